// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sensor data records of the simulated BMC (IPMI 2.0 rev 1.1, chapters 33, 35 and
 * 43): one for each sensor, and one for the controller itself. The repository and
 * the device's own records are the same ones.
 */
#include "commands.h"
#include "sensor.h"

#define RECORD_FIRST	0x0000
#define RECORD_LAST	0xffff
#define RECORDS		(SIM_SENSORS + 1)
#define SDR_VERSION	0x51
#define SDR_MAX		64
#define SDR_HEADER	5

/* Where the name is in each type of record, behind its type/length byte. */
#define FULL_NAME	48
#define COMPACT_NAME	32
#define LOCATOR_NAME	16

/* Closes a record with its name; returns its length. */
static u8 finish(u8 *record, u8 type, u8 at, const char *name)
{
	u8 len = strlen(name);

	record[2] = SDR_VERSION;
	record[3] = type;
	record[4] = at + len - SDR_HEADER;
	record[at - 1] = 0xc0 | len;
	memcpy(&record[at], name, len);
	return at + len;
}

/* What full and compact sensor records have in common. */
static void put_sensor(u8 *record, u8 number, u16 events)
{
	const struct sim_sensor_model *model = &sim_sensor_models[number - 1];

	record[5] = SIM_ADDRESS;
	record[7] = number;
	record[8] = model->entity;
	record[9] = 0x01;
	record[10] = 0x7f;		/* all of it is initialised */
	record[12] = model->type;
	record[13] = model->reading_type;
	record[14] = events & 0xff;	/* assertions ... */
	record[15] = events >> 8;
	record[16] = record[14];	/* ... and deassertions */
	record[17] = record[15];
	record[21] = model->unit;
}

static u8 make_full(u8 *record, u8 number)
{
	const struct sim_sensor_model *model = &sim_sensor_models[number - 1];
	int i;

	put_sensor(record, number, sim_sensor_events(model->readable));
	record[11] = 0x58;		/* rearms itself, thresholds can be set */
	record[18] = model->readable;
	record[19] = model->readable;
	record[24] = model->multiplier;
	record[29] = model->exponents;
	record[31] = model->reading;	/* nominal */
	record[34] = 0xff;		/* sensor maximum */
	/* Here the thresholds are in the opposite order. */
	for (i = 0; i < SIM_THRESHOLDS; i++)
		record[36 + i] = model->thresholds[SIM_THRESHOLDS - 1 - i];
	return finish(record, 0x01, FULL_NAME, model->name);
}

static u8 make_compact(u8 *record, u8 number)
{
	put_sensor(record, number, 0x010f);
	record[11] = 0x40;
	record[18] = 0x0f;		/* states that can be read */
	record[19] = 0x01;
	record[20] = 0xc0;		/* no analog reading */
	record[23] = 0x01;		/* one sensor in this record */
	return finish(record, 0x02, COMPACT_NAME, sim_sensor_models[number - 1].name);
}

static u8 make_locator(u8 *record)
{
	record[5] = SIM_ADDRESS;
	record[8] = 0x8f;		/* chassis, FRU, SEL, SDR, sensors */
	record[12] = 0x07;		/* entity: system board */
	record[13] = 0x01;
	return finish(record, 0x12, LOCATOR_NAME, "BMC");
}

/* Returns the length of record @id, from 1 to RECORDS. */
static u8 make_record(u8 *record, u16 id)
{
	memset(record, 0, SDR_MAX);
	record[0] = id;
	if (id > SIM_SENSORS)
		return make_locator(record);
	if (sim_sensor_models[id - 1].reading_type == SIM_TYPE_DISCRETE)
		return make_compact(record, id);
	return make_full(record, id);
}

static u8 get_sdr_info(struct sim_exchange *exchange)
{
	sim_put_u8(exchange, SDR_VERSION);
	sim_put_u16(exchange, RECORDS);
	sim_put_u16(exchange, 0);	/* free space */
	sim_put_u32(exchange, 0);	/* last addition */
	sim_put_u32(exchange, 0);	/* last erase */
	sim_put_u8(exchange, 0x02);	/* can be reserved */
	return IPMI_CC_NO_ERROR;
}

/* Bit 0 of the request: count records instead of sensors. */
static u8 get_device_sdr_info(struct sim_exchange *exchange)
{
	bool records = exchange->len && exchange->data[0] & 0x01;

	sim_put_u8(exchange, records ? RECORDS : SIM_SENSORS);
	sim_put_u8(exchange, 0x01);	/* a static population, of LUN 0 */
	return IPMI_CC_NO_ERROR;
}

static u8 reserve_sdr(struct sim_exchange *exchange)
{
	sim_put_u16(exchange, ++exchange->bmc->sdr_reservation);
	return IPMI_CC_NO_ERROR;
}

/* Request: reservation, needed for a part only, record, offset, count (FFh: all). */
static u8 get_sdr(struct sim_exchange *exchange)
{
	u16 id = sim_get_u16(&exchange->data[2]);
	u8 offset = exchange->data[4], count = exchange->data[5];
	u8 record[SDR_MAX], len;

	if (offset && sim_get_u16(exchange->data) != exchange->bmc->sdr_reservation)
		return SIM_CC_RESERVATION;
	if (id == RECORD_FIRST)
		id = 1;
	if (id == RECORD_LAST)
		id = RECORDS;
	if (id > RECORDS)
		return SIM_CC_ABSENT;
	len = make_record(record, id);
	if (offset > len)
		return SIM_CC_RANGE;
	if (count > len - offset)
		count = len - offset;
	sim_put_u16(exchange, id == RECORDS ? RECORD_LAST : id + 1);
	sim_put(exchange, &record[offset], count);
	return IPMI_CC_NO_ERROR;
}

const struct sim_entry sim_sdr_commands[] = {
	{ 0x04, 0x20, 0, get_device_sdr_info },
	{ 0x04, 0x21, 6, get_sdr },
	{ 0x04, 0x22, 0, reserve_sdr },
	{ 0x0a, 0x20, 0, get_sdr_info },
	{ 0x0a, 0x22, 0, reserve_sdr },
	{ 0x0a, 0x23, 6, get_sdr },
	{}
};
