// SPDX-License-Identifier: GPL-2.0-only
/* Requests to the interface found first, straight through kcs/host.h. */
#include "load.h"

#include <kcs/host.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/panic_notifier.h>
#include <linux/timekeeping.h>

static bool listen;
module_param(listen, bool, 0444);
MODULE_PARM_DESC(listen, "hear what the BMC has to say; see heard");

static atomic_t heard;
module_param_named(heard, heard.counter, int, 0444);
MODULE_PARM_DESC(heard, "messages and events heard");

static uint panic_ms;
module_param(panic_ms, uint, 0444);
MODULE_PARM_DESC(panic_ms, "in a panic, send Get Device ID and wait so long (0: do not)");

static struct kcs_host *first;

static u8 byte(u32 thread, u32 serial, u32 i)
{
	return i < 4 ? serial >> (8 * i) : thread + i;
}

static int make(struct load *load, u32 thread, u32 serial, struct kcs_msg *msg)
{
	u8 data[KCS_MSG_MAX];
	u32 i;

	for (i = 0; i < load->size && i < sizeof(data); i++)
		data[i] = byte(thread, serial, i);
	return kcs_msg_request(msg, load->netfn, load->cmd, data,
			       min_t(u32, load->size, sizeof(data)));
}

/* The BMC's echo (30/EE) gives back the data; a completion code is an errno over 1000. */
static int check(struct load *load, u32 thread, u32 serial,
		 const struct kcs_msg *reply)
{
	u32 i;

	if (kcs_msg_cc(reply) != IPMI_CC_NO_ERROR)
		return -kcs_msg_cc(reply) - 1000;
	if (load->netfn != 0x30 || load->cmd != 0xee)
		return 0;
	if (reply->len != KCS_MSG_REPLY_MIN + load->size)
		return -EPROTO;
	for (i = 0; i < load->size; i++)
		if (reply->bytes[KCS_MSG_REPLY_MIN + i] != byte(thread, serial, i)) {
			atomic_inc(&load->foreign);
			return -EILSEQ;
		}
	return 0;
}

static int ask(struct load *load, struct kcs_request *request, u32 thread,
	       u32 serial)
{
	struct kcs_host *host = kcs_host_find(NULL, NULL);
	int err;

	if (!host)
		return -ENODEV;
	kcs_host_execute(host, request);
	err = kcs_request_wait(request);
	if (!err)
		err = check(load, thread, serial, kcs_request_reply(request));
	kcs_host_put(host);
	return err;
}

static int once(struct load *load, u32 thread, u32 serial)
{
	struct kcs_request *request;
	struct kcs_msg msg;
	int err;

	if (load->class >= KCS_CLASSES)
		return -EINVAL;
	err = make(load, thread, serial, &msg);
	if (err)
		return err;
	request = kcs_request_create(&msg, load->class, load->timeout_ms, GFP_KERNEL);
	if (!request)
		return -ENOMEM;
	err = ask(load, request, thread, serial);
	kcs_request_put(request);
	return err;
}

/* -- Listening, and dying. ------------------------------------------------ */

static void hear(struct kcs_listener *listener, const struct kcs_msg *reply)
{
	atomic_inc(&heard);
}

static void hear_pretimeout(struct kcs_listener *listener)
{
	atomic_inc(&heard);
}

static void hear_oem(struct kcs_listener *listener, u8 flags)
{
	atomic_inc(&heard);
}

static struct kcs_listener listener = {
	.message = hear,
	.event = hear,
	.pretimeout = hear_pretimeout,
	.oem = hear_oem,
};

static int on_panic(struct notifier_block *nb, unsigned long event, void *text)
{
	u64 start_ns = ktime_get_raw_fast_ns();
	struct kcs_msg request, reply;
	int err;

	kcs_msg_request(&request, IPMI_NETFN_APP_REQUEST, IPMI_GET_DEVICE_ID_CMD, NULL, 0);
	err = kcs_host_panic_transfer(first, &request, &reply, panic_ms);
	/* The log's own clock may stand still with interrupts off. */
	pr_emerg("panic transfer: %d in %llu us\n", err,
		 div_u64(ktime_get_raw_fast_ns() - start_ns, 1000));
	return NOTIFY_DONE;
}

static struct notifier_block panicking = { .notifier_call = on_panic };

static int __init kcs_load_init(void)
{
	first = kcs_host_find(NULL, NULL);
	if (!first && (listen || panic_ms))
		return -ENODEV;
	if (listen && kcs_host_listen(first, &listener)) {
		kcs_host_put(first);
		return -EBUSY;
	}
	if (panic_ms)
		atomic_notifier_chain_register(&panic_notifier_list, &panicking);
	return load_create("kcs_load", once);
}
module_init(kcs_load_init);

static void __exit kcs_load_exit(void)
{
	load_remove();
	if (panic_ms)
		atomic_notifier_chain_unregister(&panic_notifier_list, &panicking);
	if (listen)
		kcs_host_unlisten(first);
	if (first)
		kcs_host_put(first);
}
module_exit(kcs_load_exit);

MODULE_DESCRIPTION("Test traffic for KCS interfaces");
MODULE_LICENSE("GPL");
