// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of the simulated BMC (IPMI 2.0 rev 1.1, chapter 29): into the log, and to
 * the host through the event message buffer, as the global enables have it (22.1).
 */
#include "commands.h"

#define RECORD_SYSTEM_EVENT	0x02
#define SEL_LOGGING		IPMI_BMC_SYS_LOG

/**
 * sim_event_raise() - something happened
 * @bmc: the BMC
 * @event: what
 *
 * The event message buffer holds one event; further ones are in the log only.
 *
 * Context: any; the caller serialises.
 */
void sim_event_raise(struct sim_bmc *bmc, const struct sim_event *event)
{
	u8 record[SIM_SEL_RECORD] = {
		0, 0, RECORD_SYSTEM_EVENT, 0, 0, 0, 0, event->generator, 0,
		event->revision, event->sensor_type, event->number, event->type,
		event->data[0], event->data[1], event->data[2],
	};
	bool is_logged = bmc->enables & SEL_LOGGING && sim_sel_add(bmc, record);

	if (!(bmc->enables & IPMI_BMC_EVT_MSG_BUFF) || bmc->flags & SIM_FLAG_EVENT)
		return;
	if (is_logged)
		memcpy(record, bmc->sel.records[bmc->sel.count - 1], SIM_SEL_RECORD);
	memcpy(bmc->event, record, SIM_SEL_RECORD);
	bmc->flags |= SIM_FLAG_EVENT;
}

static u8 read_event(struct sim_exchange *exchange)
{
	struct sim_bmc *bmc = exchange->bmc;

	if (!(bmc->flags & SIM_FLAG_EVENT))
		return SIM_CC_EMPTY;
	sim_put(exchange, bmc->event, sizeof(bmc->event));
	bmc->flags &= ~SIM_FLAG_EVENT;
	return IPMI_CC_NO_ERROR;
}

static u8 set_receiver(struct sim_exchange *exchange)
{
	memcpy(exchange->bmc->receiver, exchange->data, sizeof(exchange->bmc->receiver));
	return IPMI_CC_NO_ERROR;
}

static u8 get_receiver(struct sim_exchange *exchange)
{
	sim_put(exchange, exchange->bmc->receiver, sizeof(exchange->bmc->receiver));
	return IPMI_CC_NO_ERROR;
}

/* Data that the host leaves out is not specified: FFh (29.7). */
static u8 take_event(struct sim_exchange *exchange)
{
	struct sim_event event = { .data = { 0xff, 0xff, 0xff } };

	if (exchange->len > sizeof(event))
		return SIM_CC_LENGTH;
	memcpy(&event, exchange->data, exchange->len);
	sim_event_raise(exchange->bmc, &event);
	return IPMI_CC_NO_ERROR;
}

const struct sim_entry sim_event_commands[] = {
	{ 0x04, 0x00, 2, set_receiver },
	{ 0x04, 0x01, 0, get_receiver },
	{ 0x04, 0x02, 6, take_event },
	{ 0x06, 0x35, 0, read_event },
	{}
};
