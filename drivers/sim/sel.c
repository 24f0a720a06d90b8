// SPDX-License-Identifier: GPL-2.0-only
/* The system event log of the simulated BMC (IPMI 2.0 rev 1.1, chapters 31, 32). */
#include "commands.h"

#define RECORD_FIRST	0x0000
#define RECORD_LAST	0xffff
#define SEL_VERSION	0x51

#define TYPE_NOT_STAMPED	0xe0	/* record types from here on have no time */

#define ACTION_ERASE	0xaa
#define ERASED		0x01

static u32 sel_now_s(const struct sim_bmc *bmc)
{
	return bmc->now_s + bmc->sel.offset_s;
}

/* The place of a record; the count of records where it is not there. */
static u16 sel_find(const struct sim_sel *sel, u16 id)
{
	u16 i;

	if (id == RECORD_FIRST)
		return 0;
	if (id == RECORD_LAST && sel->count)
		return sel->count - 1;
	for (i = 0; i < sel->count; i++)
		if (sim_get_u16(sel->records[i]) == id)
			break;
	return i;
}

/* IDs go up, and after FFFEh begin again with those that are free. */
static u16 sel_new_id(struct sim_sel *sel)
{
	do
		sel->last_id = sel->last_id % (RECORD_LAST - 1) + 1;
	while (sel_find(sel, sel->last_id) < sel->count);
	return sel->last_id;
}

/**
 * sim_sel_add() - add a record
 * @bmc: the BMC
 * @bytes: the record; its ID is given here, and its time where it has one
 *
 * Context: any; the caller serialises.
 * Return: true unless the log is full.
 */
bool sim_sel_add(struct sim_bmc *bmc, const u8 *bytes)
{
	struct sim_sel *sel = &bmc->sel;
	u32 now_s = sel_now_s(bmc);
	u8 *record;
	u16 id;
	int i;

	if (sel->count == SIM_SEL_MAX) {
		sel->has_overflowed = true;
		return false;
	}
	id = sel_new_id(sel);
	record = sel->records[sel->count++];
	memcpy(record, bytes, SIM_SEL_RECORD);
	record[0] = id & 0xff;
	record[1] = id >> 8;
	for (i = 0; i < 4 && record[2] < TYPE_NOT_STAMPED; i++)
		record[3 + i] = now_s >> 8 * i;
	sel->added_s = now_s;
	return true;
}

static u8 get_sel_info(struct sim_exchange *exchange)
{
	const struct sim_sel *sel = &exchange->bmc->sel;

	sim_put_u8(exchange, SEL_VERSION);
	sim_put_u16(exchange, sel->count);
	sim_put_u16(exchange, (SIM_SEL_MAX - sel->count) * SIM_SEL_RECORD);
	sim_put_u32(exchange, sel->added_s);
	sim_put_u32(exchange, sel->erased_s);
	/* Deletes, reserves, knows its allocation. */
	sim_put_u8(exchange, 0x0b | (sel->has_overflowed ? 0x80 : 0));
	return IPMI_CC_NO_ERROR;
}

static u8 get_sel_allocation(struct sim_exchange *exchange)
{
	u16 free = SIM_SEL_MAX - exchange->bmc->sel.count;

	sim_put_u16(exchange, SIM_SEL_MAX);
	sim_put_u16(exchange, SIM_SEL_RECORD);
	sim_put_u16(exchange, free);
	sim_put_u16(exchange, free);	/* in one block */
	sim_put_u8(exchange, 1);	/* the largest record */
	return IPMI_CC_NO_ERROR;
}

static u8 reserve_sel(struct sim_exchange *exchange)
{
	struct sim_sel *sel = &exchange->bmc->sel;

	sel->reservation = sel->reservation % RECORD_LAST + 1;
	sel->is_reserved = true;
	sim_put_u16(exchange, sel->reservation);
	return IPMI_CC_NO_ERROR;
}

static bool is_reserved(const struct sim_exchange *exchange)
{
	const struct sim_sel *sel = &exchange->bmc->sel;

	return sel->is_reserved && sim_get_u16(exchange->data) == sel->reservation;
}

/* Request: reservation, needed for a part only, record, offset, count. */
static u8 get_sel_entry(struct sim_exchange *exchange)
{
	struct sim_sel *sel = &exchange->bmc->sel;
	u16 place = sel_find(sel, sim_get_u16(&exchange->data[2]));
	u8 offset = exchange->data[4], count = exchange->data[5];

	if (offset && !is_reserved(exchange))
		return SIM_CC_RESERVATION;
	if (place == sel->count)
		return SIM_CC_ABSENT;
	if (offset > SIM_SEL_RECORD)
		return SIM_CC_RANGE;
	if (count > SIM_SEL_RECORD - offset)
		count = SIM_SEL_RECORD - offset;
	sim_put_u16(exchange, place == sel->count - 1 ? RECORD_LAST :
			      sim_get_u16(sel->records[place + 1]));
	sim_put(exchange, &sel->records[place][offset], count);
	return IPMI_CC_NO_ERROR;
}

static u8 add_sel_entry(struct sim_exchange *exchange)
{
	if (!sim_sel_add(exchange->bmc, exchange->data))
		return SIM_CC_SPACE;
	sim_put_u16(exchange, exchange->bmc->sel.last_id);
	return IPMI_CC_NO_ERROR;
}

/* A deletion, like an erasure, takes the reservation away (31.6). */
static u8 delete_sel_entry(struct sim_exchange *exchange)
{
	struct sim_sel *sel = &exchange->bmc->sel;
	u16 place = sel_find(sel, sim_get_u16(&exchange->data[2]));

	if (!is_reserved(exchange))
		return SIM_CC_RESERVATION;
	if (place == sel->count)
		return SIM_CC_ABSENT;
	sim_put(exchange, sel->records[place], 2);
	sel->count--;
	memmove(sel->records[place], sel->records[place + 1],
		(sel->count - place) * SIM_SEL_RECORD);
	sel->erased_s = sel_now_s(exchange->bmc);	/* 31.2: of a deletion as well */
	sel->is_reserved = false;
	return IPMI_CC_NO_ERROR;
}

/* Request: reservation, 'C' 'L' 'R', AAh to erase or 00h to ask. */
static u8 clear_sel(struct sim_exchange *exchange)
{
	struct sim_sel *sel = &exchange->bmc->sel;

	if (!is_reserved(exchange))
		return SIM_CC_RESERVATION;
	if (memcmp(&exchange->data[2], "CLR", 3))
		return SIM_CC_FIELD;
	if (exchange->data[5] == ACTION_ERASE) {
		sel->count = 0;
		sel->is_reserved = false;
		sel->has_overflowed = false;
		sel->erased_s = sel_now_s(exchange->bmc);
	}
	sim_put_u8(exchange, ERASED);
	return IPMI_CC_NO_ERROR;
}

static u8 get_sel_time(struct sim_exchange *exchange)
{
	sim_put_u32(exchange, sel_now_s(exchange->bmc));
	return IPMI_CC_NO_ERROR;
}

static u8 set_sel_time(struct sim_exchange *exchange)
{
	exchange->bmc->sel.offset_s = sim_get_u32(exchange->data) - exchange->bmc->now_s;
	return IPMI_CC_NO_ERROR;
}

static u8 get_utc_offset(struct sim_exchange *exchange)
{
	sim_put_u16(exchange, exchange->bmc->sel.utc_minutes);
	return IPMI_CC_NO_ERROR;
}

static u8 set_utc_offset(struct sim_exchange *exchange)
{
	exchange->bmc->sel.utc_minutes = sim_get_u16(exchange->data);
	return IPMI_CC_NO_ERROR;
}

const struct sim_entry sim_sel_commands[] = {
	{ 0x0a, 0x40, 0, get_sel_info },
	{ 0x0a, 0x41, 0, get_sel_allocation },
	{ 0x0a, 0x42, 0, reserve_sel },
	{ 0x0a, 0x43, 6, get_sel_entry },
	{ 0x0a, 0x44, SIM_SEL_RECORD, add_sel_entry },
	{ 0x0a, 0x46, 4, delete_sel_entry },
	{ 0x0a, 0x47, 6, clear_sel },
	{ 0x0a, 0x48, 0, get_sel_time },
	{ 0x0a, 0x49, 4, set_sel_time },
	{ 0x0a, 0x5c, 0, get_utc_offset },
	{ 0x0a, 0x5d, 2, set_utc_offset },
	{}
};
