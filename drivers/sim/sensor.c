// SPDX-License-Identifier: GPL-2.0-only
/* Sensors of the simulated BMC (IPMI 2.0 rev 1.1, chapter 35). */
#include "commands.h"
#include "sensor.h"

#define READING_ON	0xc0	/* events and scanning are enabled */
#define STATE_RESERVED	0xc0	/* bits of a state that read as ones */

const struct sim_sensor_model sim_sensor_models[SIM_SENSORS] = {
	{ "CPU Temp", 0x01, SIM_TYPE_THRESHOLD, 0x03, 1, 1, 0x00, 42, 3, 0x38,
	  { 0, 0, 0, 80, 90, 100 } },
	{ "Inlet Temp", 0x01, SIM_TYPE_THRESHOLD, 0x37, 1, 1, 0x00, 23, 1, 0x18,
	  { 0, 0, 0, 38, 42, 0 } },
	{ "FAN1", 0x04, SIM_TYPE_THRESHOLD, 0x1d, 18, 60, 0x00, 100, 2, 0x03,
	  { 30, 20, 0, 0, 0, 0 } },
	{ "12V", 0x02, SIM_TYPE_THRESHOLD, 0x07, 4, 60, 0xd0, 200, 1, 0x12,
	  { 0, 180, 0, 0, 220, 0 } },
	{ "Power", 0x0b, SIM_TYPE_THRESHOLD, 0x07, 6, 4, 0x00, 0, 0, 0x00, { 0 } },
	{ "Watchdog", SIM_SENSOR_WATCHDOG, SIM_TYPE_DISCRETE, 0x07, 0, 0, 0x00, 0, 0,
	  0x00, { 0 } },
};

/* The event offset of going beyond each threshold (table 42-2). */
static const u8 event_offsets[SIM_THRESHOLDS] = { 0, 2, 4, 7, 9, 11 };

static const struct sim_sensor_model *model(u8 number)
{
	return number && number <= SIM_SENSORS ? &sim_sensor_models[number - 1] : NULL;
}

static bool is_high(int threshold)
{
	return threshold >= SIM_THRESHOLDS / 2;
}

/* A triangle: up by the swing, down by two, up again, a step each second. */
static u8 drift(const struct sim_sensor_model *model, u32 now_s)
{
	u8 swing = model->swing, step;

	if (!swing)
		return model->reading;
	step = now_s % (4 * swing);
	if (step <= swing)
		return model->reading + step;
	if (step <= 3 * swing)
		return model->reading + 2 * swing - step;
	return model->reading + step - 4 * swing;
}

/**
 * sim_sensor_reading() - what a sensor reads
 * @bmc: the BMC
 * @number: number of the sensor
 *
 * Context: any; the caller serialises.
 * Return: the raw reading.
 */
u8 sim_sensor_reading(const struct sim_bmc *bmc, u8 number)
{
	const struct sim_sensor *sensor = &bmc->sensors[number - 1];
	u16 raw;

	if (sensor->is_fixed)
		return sensor->fixed;
	if (number != SIM_NUMBER_POWER)
		return drift(model(number), bmc->now_s);
	raw = bmc->watts / model(number)->multiplier;
	return raw < 0xff ? raw : 0xff;
}

/* Which thresholds the reading is at or beyond, a bit for each. */
static u8 crossed(const struct sim_bmc *bmc, u8 number)
{
	const struct sim_sensor *sensor = &bmc->sensors[number - 1];
	u8 reading = sim_sensor_reading(bmc, number), bits = 0;
	int i;

	for (i = 0; i < SIM_THRESHOLDS; i++)
		if (is_high(i) ? reading >= sensor->thresholds[i] :
				 reading <= sensor->thresholds[i])
			bits |= 1 << i;
	return bits & model(number)->readable;
}

/* A threshold was passed: the event has the reading and the threshold with it. */
static void report(struct sim_bmc *bmc, u8 number, int threshold, bool is_over)
{
	const struct sim_event event = {
		.generator = SIM_ADDRESS,
		.revision = SIM_EVENT_REVISION,
		.sensor_type = model(number)->type,
		.number = number,
		.type = SIM_TYPE_THRESHOLD | (is_over ? 0 : 0x80),
		.data = { 0x50 | event_offsets[threshold],
			  sim_sensor_reading(bmc, number),
			  bmc->sensors[number - 1].thresholds[threshold] },
	};

	sim_event_raise(bmc, &event);
}

static void compare(struct sim_bmc *bmc, u8 number)
{
	struct sim_sensor *sensor = &bmc->sensors[number - 1];
	u8 now = crossed(bmc, number), changed = now ^ sensor->crossed;
	int i;

	sensor->crossed = now;
	for (i = 0; i < SIM_THRESHOLDS; i++)
		if (changed & 1 << i)
			report(bmc, number, i, now & 1 << i);
}

/**
 * sim_sensor_fix() - have a sensor read a value
 * @bmc: the BMC
 * @number: number of the sensor, from 1 to %SIM_SENSORS
 * @raw: the raw reading
 *
 * An event is raised for each threshold that it passes.
 *
 * Context: any; the caller serialises.
 */
void sim_sensor_fix(struct sim_bmc *bmc, u8 number, u8 raw)
{
	bmc->sensors[number - 1].is_fixed = true;
	bmc->sensors[number - 1].fixed = raw;
	compare(bmc, number);
}

/**
 * sim_sensor_release() - have a sensor read as it did before sim_sensor_fix()
 * @bmc: the BMC
 * @number: number of the sensor, from 1 to %SIM_SENSORS
 *
 * Context: any; the caller serialises.
 */
void sim_sensor_release(struct sim_bmc *bmc, u8 number)
{
	bmc->sensors[number - 1].is_fixed = false;
	compare(bmc, number);
}

/**
 * sim_sensor_events() - the events that thresholds can raise
 * @thresholds: the thresholds, a bit for each
 *
 * Context: any.
 * Return: a bit for each event offset.
 */
u16 sim_sensor_events(u8 thresholds)
{
	u16 events = 0;
	int i;

	for (i = 0; i < SIM_THRESHOLDS; i++)
		if (thresholds & 1 << i)
			events |= 1 << event_offsets[i];
	return events;
}

static u16 discrete_state(const struct sim_bmc *bmc)
{
	return bmc->watchdog.expired ? 0x01 : 0;
}

static u8 get_reading(struct sim_exchange *exchange)
{
	const struct sim_bmc *bmc = exchange->bmc;
	u8 number = exchange->data[0];

	if (!model(number))
		return SIM_CC_ABSENT;
	sim_put_u8(exchange, sim_sensor_reading(bmc, number));
	sim_put_u8(exchange, READING_ON);
	if (model(number)->reading_type == SIM_TYPE_DISCRETE)
		sim_put_u16(exchange, discrete_state(bmc) | 0x8000);
	else
		sim_put_u8(exchange, STATE_RESERVED | crossed(bmc, number));
	return IPMI_CC_NO_ERROR;
}

static u8 get_thresholds(struct sim_exchange *exchange)
{
	u8 number = exchange->data[0];

	if (!model(number))
		return SIM_CC_ABSENT;
	sim_put_u8(exchange, model(number)->readable);
	sim_put(exchange, exchange->bmc->sensors[number - 1].thresholds, SIM_THRESHOLDS);
	return IPMI_CC_NO_ERROR;
}

/* Request: number, which, six thresholds. */
static u8 set_thresholds(struct sim_exchange *exchange)
{
	u8 number = exchange->data[0], which = exchange->data[1];
	int i;

	if (!model(number))
		return SIM_CC_ABSENT;
	if (which & ~model(number)->readable)
		return SIM_CC_FIELD;
	for (i = 0; i < SIM_THRESHOLDS; i++)
		if (which & 1 << i)
			exchange->bmc->sensors[number - 1].thresholds[i] =
				exchange->data[2 + i];
	compare(exchange->bmc, number);
	return IPMI_CC_NO_ERROR;
}

static u8 get_hysteresis(struct sim_exchange *exchange)
{
	if (!model(exchange->data[0]))
		return SIM_CC_ABSENT;
	sim_put_u16(exchange, 0);
	return IPMI_CC_NO_ERROR;
}

/* Linear, so the same for each reading. */
static u8 get_factors(struct sim_exchange *exchange)
{
	const struct sim_sensor_model *found = model(exchange->data[0]);

	if (!found)
		return SIM_CC_ABSENT;
	sim_put_u8(exchange, exchange->data[1]);
	sim_put_u8(exchange, found->multiplier);
	sim_put(exchange, "\0\0\0\0", 4);	/* M, tolerance, B, accuracy */
	sim_put_u8(exchange, found->exponents);
	return IPMI_CC_NO_ERROR;
}

static void put_events(struct sim_exchange *exchange, u16 asserted, u16 deasserted)
{
	sim_put_u8(exchange, READING_ON);
	sim_put_u16(exchange, asserted);
	sim_put_u16(exchange, deasserted);
}

static u8 get_event_enable(struct sim_exchange *exchange)
{
	const struct sim_sensor_model *found = model(exchange->data[0]);
	u16 events;

	if (!found)
		return SIM_CC_ABSENT;
	events = sim_sensor_events(found->readable);
	put_events(exchange, events, events);
	return IPMI_CC_NO_ERROR;
}

static u8 get_event_status(struct sim_exchange *exchange)
{
	u8 number = exchange->data[0];

	if (!model(number))
		return SIM_CC_ABSENT;
	if (model(number)->reading_type == SIM_TYPE_DISCRETE)
		put_events(exchange, discrete_state(exchange->bmc), 0);
	else
		put_events(exchange, sim_sensor_events(crossed(exchange->bmc, number)), 0);
	return IPMI_CC_NO_ERROR;
}

static u8 get_type(struct sim_exchange *exchange)
{
	const struct sim_sensor_model *found = model(exchange->data[0]);

	if (!found)
		return SIM_CC_ABSENT;
	sim_put_u8(exchange, found->type);
	sim_put_u8(exchange, found->reading_type);
	return IPMI_CC_NO_ERROR;
}

/**
 * sim_sensor_init() - the sensors of a new BMC
 * @bmc: the BMC
 *
 * Context: any.
 */
void sim_sensor_init(struct sim_bmc *bmc)
{
	u8 i;

	for (i = 0; i < SIM_SENSORS; i++) {
		memcpy(bmc->sensors[i].thresholds, sim_sensor_models[i].thresholds,
		       SIM_THRESHOLDS);
		bmc->sensors[i].crossed = crossed(bmc, i + 1);
	}
}

const struct sim_entry sim_sensor_commands[] = {
	{ 0x04, 0x23, 2, get_factors },
	{ 0x04, 0x25, 2, get_hysteresis },
	{ 0x04, 0x26, 8, set_thresholds },
	{ 0x04, 0x27, 1, get_thresholds },
	{ 0x04, 0x29, 1, get_event_enable },
	{ 0x04, 0x2b, 1, get_event_status },
	{ 0x04, 0x2d, 1, get_reading },
	{ 0x04, 0x2f, 1, get_type },
	{}
};
