// SPDX-License-Identifier: GPL-2.0-only
/* The module kcs_opregion: its parameters, and interfaces that come and go. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "coalesce.h"
#include "consumers.h"
#include "handler.h"
#include "route.h"
#include "space_handler.h"
#include "stats.h"
#include "tables.h"

#include <kcs/host.h>
#include <kcs/version.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/workqueue.h>

static char *policy = "all";
module_param(policy, charp, 0444);
MODULE_PARM_DESC(policy,
		 "commands AML may send: all, none, monitor-only, no-power, and +NN/CC[:DD] or -NN/CC[:DD], hexadecimal NetFn, command, first data byte; the last word counts (all)");

static char *map = "";
module_param(map, charp, 0444);
MODULE_PARM_DESC(map,
		 "DEVICE=INTERFACE,...: ACPI path, and _UID or device name of the interface that serves the regions below it");

static char *consumers = "ACPI000D";
module_param(consumers, charp, 0444);
MODULE_PARM_DESC(consumers,
		 "ACPI device IDs to be probed again when a BMC becomes ready (ACPI000D)");

static void offer_consumers(struct work_struct *work)
{
	kcs_consumers_probe_again();
}

static DECLARE_WORK(offer_work, offer_consumers);

/* While there is no interface, regions stay with what serves them. */
static void cover(struct work_struct *work)
{
	if (!kcs_host_exists(NULL, NULL))
		return;
	kcs_route_cover();
	kcs_tables_report();
}

static DECLARE_WORK(cover_work, cover);

static int on_event(struct notifier_block *nb, unsigned long event, void *host)
{
	if (event == KCS_HOST_READY) {
		queue_work(system_long_wq, &offer_work);
		return NOTIFY_OK;
	}
	kcs_route_changed();
	if (event == KCS_HOST_ADDED)
		queue_work(system_long_wq, &cover_work);
	else if (!kcs_host_exists(NULL, NULL))
		pr_notice("no KCS interface is left; IPMI regions below \\_SB answer with a failure until one is back, or kcs_anchor is unloaded and acpi_ipmi reloaded\n");
	return NOTIFY_OK;
}

static struct notifier_block events = { .notifier_call = on_event };

static bool is_ready(struct kcs_host *host, const void *unused)
{
	return kcs_host_is_ready(host);
}

static int __init kcs_opregion_init(void)
{
	int err = kcs_handler_set_policy(policy);

	if (err)
		return err;
	err = kcs_route_open(map);
	if (err)
		return err;
	err = kcs_tables_open();
	if (err)
		goto err_tables;
	err = kcs_stats_create();
	if (err)
		goto err_stats;
	err = kcs_consumers_open(consumers);
	if (err)
		goto err_consumers;
	kcs_coalesce_open();
	kcs_anchor_attach(&kcs_handler_ops);
	kcs_host_notify(&events);
	if (!kcs_host_exists(NULL, NULL))
		pr_info("no KCS interface yet; until there is one, IPMI regions stay with whoever serves them\n");
	cover(&cover_work);
	if (kcs_host_exists(is_ready, NULL))
		queue_work(system_long_wq, &offer_work);
	return 0;

err_consumers:
	kcs_stats_remove();
err_stats:
	kcs_tables_close();
err_tables:
	kcs_route_free();
	return err;
}
module_init(kcs_opregion_init);

/*
 * First nobody waits for the BMC any more, then nobody is inside. A call that
 * waits when _REG methods are still being run ends, too.
 */
static void __exit kcs_opregion_exit(void)
{
	kcs_host_unnotify(&events);
	kcs_coalesce_close();
	cancel_work_sync(&offer_work);
	cancel_work_sync(&cover_work);
	kcs_anchor_detach();
	kcs_consumers_close();
	kcs_stats_remove();
	kcs_tables_close();
	kcs_route_free();
}
module_exit(kcs_opregion_exit);

MODULE_DESCRIPTION("ACPI IPMI operation region over KCS");
MODULE_AUTHOR(KCS_AUTHOR);
MODULE_VERSION(KCS_VERSION);
MODULE_LICENSE("GPL");
