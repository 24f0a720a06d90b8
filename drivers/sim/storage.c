// SPDX-License-Identifier: GPL-2.0-only
/* SEL, SDR, FRU and sensors (IPMI 2.0 rev 1.1, chapters 31, 33, 34, 35). */
#include "commands.h"

#include <kcs/regs.h>

#define RECORD_FIRST	0x0000
#define RECORD_LAST	0xffff
#define SDR_SIZE	64

/**
 * struct sensor - what distinguishes a full sensor record from another
 * @name: id string, at most 16 bytes
 * @type: sensor type
 * @unit: base unit
 * @multiplier: M of the linear formula
 * @reading: raw reading
 */
struct sensor {
	const char *name;
	u8 type;
	u8 unit;
	u8 multiplier;
	u8 reading;
};

static const struct sensor sensors[SIM_SENSORS] = {
	{ "CPU Temp", 0x01, 1, 1, 42 },
	{ "Inlet Temp", 0x01, 1, 1, 23 },
	{ "FAN1", 0x04, 18, 60, 100 },
	{ "Power", 0x0b, 6, 4, 0 },
};

/* -- Sensors. ------------------------------------------------------------- */

static void make_sdr(u8 *record, u16 id)
{
	const struct sensor *sensor = &sensors[id];
	u8 name_len = strlen(sensor->name);

	memset(record, 0, SDR_SIZE);
	record[0] = id + 1;
	record[2] = 0x51;		/* SDR version */
	record[3] = 0x01;		/* full sensor record */
	record[4] = SDR_SIZE - 5;
	record[5] = 0x20;		/* owner: the BMC */
	record[7] = id + 1;		/* sensor number */
	record[8] = 0x07;		/* entity: system board */
	record[9] = 0x01;
	record[10] = 0x7f;
	record[11] = 0x68;
	record[12] = sensor->type;
	record[13] = 0x01;		/* threshold sensor */
	record[21] = sensor->unit;
	record[24] = sensor->multiplier;
	record[44] = 0xff;		/* sensor maximum */
	record[47] = 0xc0 | name_len;
	memcpy(&record[48], sensor->name, name_len);
}

static u8 get_sdr_info(struct sim_exchange *exchange)
{
	sim_put_u8(exchange, 0x51);
	sim_put_u16(exchange, SIM_SENSORS);
	sim_put_u16(exchange, 0);	/* free space */
	sim_put_u32(exchange, 0);	/* last addition */
	sim_put_u32(exchange, 0);	/* last erase */
	sim_put_u8(exchange, 0x22);	/* reserve supported */
	return IPMI_CC_NO_ERROR;
}

static u8 reserve(struct sim_exchange *exchange)
{
	sim_put_u16(exchange, ++exchange->bmc->sel_reservation);
	return IPMI_CC_NO_ERROR;
}

/* Request: reservation, record, offset, count (FFh: all of it). */
static u8 get_sdr(struct sim_exchange *exchange)
{
	u16 id = sim_get_u16(&exchange->data[2]);
	u8 offset = exchange->data[4], count = exchange->data[5];
	u8 record[SDR_SIZE];

	if (id == RECORD_FIRST)
		id = 1;
	if (id == RECORD_LAST)
		id = SIM_SENSORS;
	if (id > SIM_SENSORS)
		return SIM_CC_ABSENT;
	if (offset > SDR_SIZE)
		return SIM_CC_RANGE;
	if (count > SDR_SIZE - offset)
		count = SDR_SIZE - offset;
	make_sdr(record, id - 1);
	sim_put_u16(exchange, id == SIM_SENSORS ? RECORD_LAST : id + 1);
	sim_put(exchange, &record[offset], count);
	return IPMI_CC_NO_ERROR;
}

static u8 get_reading(struct sim_exchange *exchange)
{
	u8 number = exchange->data[0];

	if (!number || number > SIM_SENSORS)
		return SIM_CC_ABSENT;
	sim_put_u8(exchange, exchange->bmc->readings[number - 1]);
	sim_put_u8(exchange, 0xc0);	/* scanning, events on */
	sim_put_u8(exchange, 0xc0);	/* no threshold passed */
	return IPMI_CC_NO_ERROR;
}

/* -- SEL. ----------------------------------------------------------------- */

static u8 get_sel_info(struct sim_exchange *exchange)
{
	struct sim_bmc *bmc = exchange->bmc;

	sim_put_u8(exchange, 0x51);
	sim_put_u16(exchange, bmc->sel_count);
	sim_put_u16(exchange, (SIM_SEL_MAX - bmc->sel_count) * SIM_SEL_RECORD);
	sim_put_u32(exchange, bmc->now_s);
	sim_put_u32(exchange, 0);
	sim_put_u8(exchange, 0x02);	/* reserve supported */
	return IPMI_CC_NO_ERROR;
}

static u8 get_sel_entry(struct sim_exchange *exchange)
{
	struct sim_bmc *bmc = exchange->bmc;
	u16 id = sim_get_u16(&exchange->data[2]);
	u8 offset = exchange->data[4], count = exchange->data[5];

	if (id == RECORD_FIRST)
		id = 1;
	if (id == RECORD_LAST)
		id = bmc->sel_count;
	if (!id || id > bmc->sel_count)
		return SIM_CC_ABSENT;
	if (offset > SIM_SEL_RECORD)
		return SIM_CC_RANGE;
	if (count > SIM_SEL_RECORD - offset)
		count = SIM_SEL_RECORD - offset;
	sim_put_u16(exchange, id == bmc->sel_count ? RECORD_LAST : id + 1);
	sim_put(exchange, &bmc->sel[id - 1][offset], count);
	return IPMI_CC_NO_ERROR;
}

static u8 add_sel_entry(struct sim_exchange *exchange)
{
	struct sim_bmc *bmc = exchange->bmc;
	u8 *record;

	if (bmc->sel_count == SIM_SEL_MAX)
		return SIM_CC_SPACE;
	record = bmc->sel[bmc->sel_count++];
	memcpy(record, exchange->data, SIM_SEL_RECORD);
	record[0] = bmc->sel_count & 0xff;
	record[1] = bmc->sel_count >> 8;
	sim_put_u16(exchange, bmc->sel_count);
	return IPMI_CC_NO_ERROR;
}

/* Request: reservation, 'C' 'L' 'R', AAh to erase or 00h to ask. */
static u8 clear_sel(struct sim_exchange *exchange)
{
	if (memcmp(&exchange->data[2], "CLR", 3))
		return SIM_CC_FIELD;
	if (exchange->data[5] == 0xaa)
		exchange->bmc->sel_count = 0;
	sim_put_u8(exchange, 0x01);	/* erased */
	return IPMI_CC_NO_ERROR;
}

static u8 get_sel_time(struct sim_exchange *exchange)
{
	sim_put_u32(exchange, exchange->bmc->now_s);
	return IPMI_CC_NO_ERROR;
}

static u8 set_sel_time(struct sim_exchange *exchange)
{
	exchange->bmc->now_s = sim_get_u16(exchange->data) |
			       (u32)sim_get_u16(&exchange->data[2]) << 16;
	return IPMI_CC_NO_ERROR;
}

/* -- FRU. ----------------------------------------------------------------- */

static u8 get_fru_info(struct sim_exchange *exchange)
{
	if (exchange->data[0])
		return SIM_CC_ABSENT;
	sim_put_u16(exchange, SIM_FRU_SIZE);
	sim_put_u8(exchange, 0);	/* by bytes */
	return IPMI_CC_NO_ERROR;
}

/* Request: device, offset, count. */
static u8 read_fru(struct sim_exchange *exchange)
{
	u16 offset = sim_get_u16(&exchange->data[1]);
	u8 count = exchange->data[3];

	if (exchange->data[0])
		return SIM_CC_ABSENT;
	if (offset >= SIM_FRU_SIZE)
		return SIM_CC_RANGE;
	if (count > SIM_FRU_SIZE - offset)
		count = SIM_FRU_SIZE - offset;
	sim_put_u8(exchange, count);
	sim_put(exchange, &exchange->bmc->fru[offset], count);
	return IPMI_CC_NO_ERROR;
}

static u8 write_fru(struct sim_exchange *exchange)
{
	u16 offset = sim_get_u16(&exchange->data[1]);
	u16 count = exchange->len - 3;

	if (exchange->data[0])
		return SIM_CC_ABSENT;
	if (offset >= SIM_FRU_SIZE || count > SIM_FRU_SIZE - offset)
		return SIM_CC_RANGE;
	memcpy(&exchange->bmc->fru[offset], &exchange->data[3], count);
	sim_put_u8(exchange, count);
	return IPMI_CC_NO_ERROR;
}

/* The byte that makes the sum of all of them zero. */
static u8 checksum(const u8 *bytes, u16 len)
{
	u8 sum = 0;

	while (len--)
		sum += *bytes++;
	return -sum;
}

static u8 *put_fru_string(u8 *area, const char *text)
{
	u8 len = strlen(text);

	*area++ = 0xc0 | len;
	memcpy(area, text, len);
	return area + len;
}

/* A header and a product area of 64 bytes. */
static void make_fru(u8 *fru)
{
	u8 *product = &fru[8], *end;

	fru[0] = 0x01;
	fru[4] = 0x01;			/* the product area is at 1 * 8 */
	fru[7] = checksum(fru, 7);
	product[0] = 0x01;
	product[1] = 64 / 8;
	product[2] = 0x19;		/* English */
	end = put_fru_string(&product[3], "kcs");
	end = put_fru_string(end, "simulated BMC");
	end = put_fru_string(end, "SIM-1");
	end = put_fru_string(end, "1.0");
	end = put_fru_string(end, "0001");
	*end = 0xc1;			/* no more fields */
	product[63] = checksum(product, 63);
}

/**
 * sim_storage_init() - sensors and FRU of a new BMC
 * @bmc: the BMC
 *
 * Context: any.
 */
void sim_storage_init(struct sim_bmc *bmc)
{
	int i;

	for (i = 0; i < SIM_SENSORS; i++)
		bmc->readings[i] = sensors[i].reading;
	bmc->readings[SIM_SENSORS - 1] = bmc->watts / 4;
	make_fru(bmc->fru);
}

const struct sim_entry sim_storage_commands[] = {
	{ 0x04, 0x2d, 1, get_reading },
	{ 0x0a, 0x10, 1, get_fru_info },
	{ 0x0a, 0x11, 4, read_fru },
	{ 0x0a, 0x12, 4, write_fru },
	{ 0x0a, 0x20, 0, get_sdr_info },
	{ 0x0a, 0x22, 0, reserve },
	{ 0x0a, 0x23, 6, get_sdr },
	{ 0x0a, 0x40, 0, get_sel_info },
	{ 0x0a, 0x42, 0, reserve },
	{ 0x0a, 0x43, 6, get_sel_entry },
	{ 0x0a, 0x44, 16, add_sel_entry },
	{ 0x0a, 0x47, 6, clear_sel },
	{ 0x0a, 0x48, 0, get_sel_time },
	{ 0x0a, 0x49, 4, set_sel_time },
	{}
};
