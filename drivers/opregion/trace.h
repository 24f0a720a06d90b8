/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Each call from AML, in /sys/kernel/tracing/events/kcs_opregion/. The result is
 * &enum kcs_coalesce_how, or a negative errno.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kcs_opregion

#if !defined(KCS_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define KCS_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(kcs_opregion_call,
	    TP_PROTO(u64 address, u8 sent, const u8 *buffer, int how, u32 us),
	    TP_ARGS(address, sent, buffer, how, us),

	    TP_STRUCT__entry(__field(u64, address)
			     __field(u8, sent)
			     __field(u8, status)
			     __field(u8, length)
			     __field(u8, cc)
			     __field(int, how)
			     __field(u32, us)
	    ),

	    TP_fast_assign(__entry->address = address;
			   __entry->sent = sent;
			   __entry->status = buffer[0];
			   __entry->length = buffer[1];
			   __entry->cc = buffer[2];
			   __entry->how = how;
			   __entry->us = us;
	    ),

	    TP_printk("NetFn %02llxh command %02llxh, %u bytes: status %02xh, %u bytes, completion code %02xh, %u us, result %d",
		      __entry->address >> 8, __entry->address & 0xff,
		      __entry->sent, __entry->status, __entry->length,
		      __entry->cc, __entry->us, __entry->how)
);

#endif /* KCS_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
