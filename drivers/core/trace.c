// SPDX-License-Identifier: GPL-2.0-only
/* Where the trace events of the core are; trace.h says what they are. */
#define CREATE_TRACE_POINTS
#include "trace.h"
