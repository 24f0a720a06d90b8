// SPDX-License-Identifier: GPL-2.0-only
/* The FRU inventory of the simulated BMC (IPMI 2.0 rev 1.1, chapter 34). */
#include "commands.h"

#include <linux/kernel.h>

#define PRODUCT_AT	8
#define PRODUCT_SIZE	64

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

static u8 *put_fru_string(u8 *area, const char *text)
{
	u8 len = strlen(text);

	*area++ = 0xc0 | len;
	memcpy(area, text, len);
	return area + len;
}

/**
 * sim_fru_init() - the inventory of a new BMC: a header and a product area
 * @bmc: the BMC
 *
 * Context: any.
 */
void sim_fru_init(struct sim_bmc *bmc)
{
	static const char * const strings[] = {
		"kcs", "simulated BMC", "SIM-1", "1.0", "0001", "rack 1", "",
	};
	u8 *header = bmc->fru, *product = &bmc->fru[PRODUCT_AT], *end = &product[3];
	size_t i;

	header[0] = 0x01;
	header[4] = PRODUCT_AT / 8;
	header[7] = sim_checksum(header, 7);
	product[0] = 0x01;
	product[1] = PRODUCT_SIZE / 8;
	product[2] = 0x19;		/* English */
	for (i = 0; i < ARRAY_SIZE(strings); i++)
		end = put_fru_string(end, strings[i]);
	*end = 0xc1;			/* no more fields */
	product[PRODUCT_SIZE - 1] = sim_checksum(product, PRODUCT_SIZE - 1);
}

const struct sim_entry sim_fru_commands[] = {
	{ 0x0a, 0x10, 1, get_fru_info },
	{ 0x0a, 0x11, 4, read_fru },
	{ 0x0a, 0x12, 4, write_fru },
	{}
};
