/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The life of a request, and of a BMC, in /sys/kernel/tracing/events/kcs_host/. Data
 * bytes are left out: passwords travel in them. What kcs_submit has as @request links
 * the events of one request; errors are negative errnos.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kcs_host

#if !defined(KCS_CORE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define KCS_CORE_TRACE_H

#include "host.h"
#include "request.h"

#include <linux/string.h>
#include <linux/tracepoint.h>

TRACE_DEFINE_ENUM(KCS_CLASS_WATCHDOG);
TRACE_DEFINE_ENUM(KCS_CLASS_AML);
TRACE_DEFINE_ENUM(KCS_CLASS_USER);
TRACE_DEFINE_ENUM(KCS_CLASS_BACKGROUND);

#define kcs_trace_class(class)				\
	__print_symbolic(class,				\
			 { KCS_CLASS_WATCHDOG, "watchdog" },	\
			 { KCS_CLASS_AML, "AML" },		\
			 { KCS_CLASS_USER, "user" },		\
			 { KCS_CLASS_BACKGROUND, "background" })

/* What each event of a request begins with. */
#define KCS_TRACE_REQUEST_ASSIGN			\
	do {						\
		strscpy(__entry->host, dev_name(&host->dev), 16);	\
		__entry->request = request;		\
		__entry->class = request->class;	\
		__entry->netfn = request->msg.bytes[0] >> 2;	\
		__entry->cmd = request->msg.bytes[1];	\
	} while (0)

/* A request was submitted; where @err is not 0, it has ended with that. */
TRACE_EVENT(kcs_submit,
	    TP_PROTO(const struct kcs_host *host,
		     const struct kcs_request *request, int err),
	    TP_ARGS(host, request, err),

	    TP_STRUCT__entry(__array(char, host, 16)
			     __field(const void *, request)
			     __field(u8, class)
			     __field(u8, netfn)
			     __field(u8, cmd)
			     __field(u16, bytes)
			     __field(u32, timeout_ms)
			     __field(int, err)
	    ),

	    TP_fast_assign(KCS_TRACE_REQUEST_ASSIGN;
			   __entry->bytes = request->msg.len;
			   __entry->timeout_ms = request->timeout_ms;
			   __entry->err = err;
	    ),

	    TP_printk("%s %p %s: NetFn %02xh command %02xh, %u bytes, deadline in %u ms, result %d",
		      __entry->host, __entry->request,
		      kcs_trace_class(__entry->class), __entry->netfn,
		      __entry->cmd, __entry->bytes, __entry->timeout_ms,
		      __entry->err)
);

/* It goes to the BMC, for the @tries-th time, @since_us after it was submitted. */
TRACE_EVENT(kcs_issue,
	    TP_PROTO(const struct kcs_host *host,
		     const struct kcs_request *request),
	    TP_ARGS(host, request),

	    TP_STRUCT__entry(__array(char, host, 16)
			     __field(const void *, request)
			     __field(u8, class)
			     __field(u8, netfn)
			     __field(u8, cmd)
			     __field(u32, tries)
			     __field(u64, since_us)
	    ),

	    TP_fast_assign(KCS_TRACE_REQUEST_ASSIGN;
			   __entry->tries = request->tries;
			   __entry->since_us = host->sent_us -
					       kcs_request_submitted_us(request);
	    ),

	    TP_printk("%s %p %s: NetFn %02xh command %02xh, try %u, %llu us after its submission",
		      __entry->host, __entry->request,
		      kcs_trace_class(__entry->class), __entry->netfn,
		      __entry->cmd, __entry->tries, __entry->since_us)
);

/*
 * The interface is through with it @us after it was submitted: it ended with a reply of
 * @bytes and its completion code @cc, or with @err. One that was cancelled, or reached
 * its deadline, in mid-message ended before: @err is -ECANCELED or -ETIMEDOUT, and
 * nobody waited any more. @tries is 0 where it was not sent; @wire_us, @sleeps and
 * @polls are of all tries.
 */
TRACE_EVENT(kcs_complete,
	    TP_PROTO(const struct kcs_host *host,
		     const struct kcs_request *request, int err),
	    TP_ARGS(host, request, err),

	    TP_STRUCT__entry(__array(char, host, 16)
			     __field(const void *, request)
			     __field(u8, class)
			     __field(u8, netfn)
			     __field(u8, cmd)
			     __field(u8, cc)
			     __field(u16, bytes)
			     __field(int, err)
			     __field(u32, tries)
			     __field(u32, sleeps)
			     __field(u32, polls)
			     __field(u64, wire_us)
			     __field(u64, us)
	    ),

	    TP_fast_assign(KCS_TRACE_REQUEST_ASSIGN;
			   __entry->cc = err ? 0 : kcs_msg_cc(&request->reply);
			   __entry->bytes = err ? 0 : request->reply.len;
			   __entry->err = err;
			   __entry->tries = request->tries;
			   __entry->sleeps = request->sleeps;
			   __entry->polls = request->polls;
			   __entry->wire_us = request->wire_us;
			   __entry->us = kcs_host_now_us(host) -
					 kcs_request_submitted_us(request);
	    ),

	    TP_printk("%s %p %s: NetFn %02xh command %02xh, result %d, completion code %02xh, %u bytes, %u tries, %llu us on the wire of %llu us, %u sleeps, %u polls",
		      __entry->host, __entry->request,
		      kcs_trace_class(__entry->class), __entry->netfn,
		      __entry->cmd, __entry->err, __entry->cc, __entry->bytes,
		      __entry->tries, __entry->wire_us, __entry->us,
		      __entry->sleeps, __entry->polls)
);

/* The health of a BMC changed, as in the attribute of that name. */
TRACE_EVENT(kcs_health,
	    TP_PROTO(const struct kcs_host *host, const char *before,
		     const char *after),
	    TP_ARGS(host, before, after),

	    TP_STRUCT__entry(__array(char, host, 16)
			     __array(char, before, 16)
			     __array(char, after, 16)
	    ),

	    TP_fast_assign(strscpy(__entry->host, dev_name(&host->dev), 16);
			   strscpy(__entry->before, before, 16);
			   strscpy(__entry->after, after, 16);
	    ),

	    TP_printk("%s %s -> %s", __entry->host, __entry->before,
		      __entry->after)
);

#endif /* KCS_CORE_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
