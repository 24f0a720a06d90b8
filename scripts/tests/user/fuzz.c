// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer's way into the pure code. The first byte says which: the transport
 * against any BMC, the codec against any AML and any reply, the simulator
 * against any host, the transport against the simulator, the reader of byte code
 * against any table, the reader of resources against any device, the reader of
 * hotmod against any line, and the search for Status at any register. With
 * ONLY it is always that one. What the sanitizers do not see is demanded here.
 */
#include "../../../drivers/discovery/hotmod.h"
#include "../../../drivers/discovery/location.h"
#include "../../../drivers/discovery/spacing.h"
#include "../../../drivers/opregion/aml.h"
#include "../../../drivers/opregion/codec.h"
#include "../../../drivers/protocol/transport.h"
#include "../../../drivers/sim/bmc.h"
#include "../../../drivers/sim/kcs.h"
#include "../../../drivers/sim/monitor.h"

#include <linux/container_of.h>
#include <linux/ioport.h>
#include <linux/minmax.h>
#include <stdlib.h>

#define DEADLINE_US	50000

/* Status is read so often in a row, at most, and a read takes a microsecond. */
#define POLLS_MAX	200

/* Accesses in one step, and so the time past the deadline. */
#define STEP_MAX	3000

/**
 * struct input - the fuzzer's bytes
 * @bytes: what is left
 * @size: how many
 */
struct input {
	const u8 *bytes;
	size_t size;
};

static u8 next_byte(struct input *input, u8 otherwise)
{
	if (!input->size)
		return otherwise;
	input->size--;
	return *input->bytes++;
}

static void demand(bool ok)
{
	if (!ok)
		abort();
}

/**
 * struct host - a register pair on any BMC, or on a simulated one
 * @io: the registers
 * @pair: the transport
 * @input: what any BMC shows
 * @kcs: the simulated one, unless it is any
 * @bmc: behind @kcs
 * @monitor: watches the host
 * @now_us: the time
 * @polls: reads of Status since the last sleep, or the last other access
 */
struct host {
	struct kcs_io io;
	struct kcs_pair pair;
	struct input *input;
	struct sim_kcs *kcs;
	struct sim_bmc bmc;
	struct sim_monitor monitor;
	u64 now_us;
	u32 polls;
};

static u8 host_read(struct kcs_io *io, enum kcs_reg reg)
{
	struct host *host = container_of(io, struct host, io);
	u8 value;

	host->polls = reg == KCS_REG_STATUS ? host->polls + 1 : 0;
	demand(host->polls <= POLLS_MAX);
	host->now_us++;
	if (host->kcs)
		value = sim_kcs_read(host->kcs, reg, host->now_us);
	else
		value = next_byte(host->input, KCS_STATUS_IBF);
	sim_monitor_read(&host->monitor, reg, value, host->now_us);
	return value;
}

static void host_write(struct kcs_io *io, enum kcs_reg reg, u8 value)
{
	struct host *host = container_of(io, struct host, io);

	host->polls = 0;
	host->now_us++;
	sim_monitor_write(&host->monitor, reg, value, host->now_us);
	if (host->kcs)
		sim_kcs_write(host->kcs, reg, value, host->now_us);
}

static const struct kcs_io_ops io_ops = { host_read, host_write };

/* An interrupt that is not the transport's ends a sleep, too. */
static void host_sleep(struct host *host, u32 us, u64 deadline_us, bool interrupt)
{
	demand(host->now_us < deadline_us);
	host->polls = 0;
	host->now_us += min_t(u64, interrupt ? (us + 1) / 2 : us,
			      deadline_us - host->now_us);
}

static int run(struct host *host, u64 deadline_us, bool interrupt)
{
	struct kcs_transport *transport = &host->pair.transport;
	u32 us;

	for (;;) {
		us = transport->ops->step(transport, host->now_us, interrupt);
		if (us == KCS_STEP_DONE)
			return transport->result;
		if (host->now_us >= deadline_us) {
			transport->ops->abandon(transport);
			return -ETIMEDOUT;
		}
		if (us)
			host_sleep(host, us, deadline_us, interrupt);
	}
}

/* The highest bit of the length: sleeps are ended by an interrupt. */
static void transfer(struct host *host)
{
	struct kcs_msg request, reply;
	struct kcs_transport *transport = &host->pair.transport;
	u8 data[64], first = next_byte(host->input, 0), len = first % sizeof(data), i;
	u64 start_us = host->now_us;
	int err;

	for (i = 0; i < len; i++)
		data[i] = next_byte(host->input, 0x55);
	demand(!kcs_msg_request(&request, (next_byte(host->input, 6) & 0x3e),
				next_byte(host->input, 1), data, len));
	sim_monitor_transfer(&host->monitor);
	host->polls = 0;
	transport->ops->begin(transport, &request, &reply);
	err = run(host, start_us + DEADLINE_US, first & 0x80);
	demand(host->now_us - start_us < DEADLINE_US + STEP_MAX);
	demand(reply.len <= KCS_MSG_MAX);
	demand(!sim_monitor_total(&host->monitor));
	switch (err) {
	case 0:
		demand(kcs_msg_answers(&reply, &request));
		break;
	case -EIO:
	case -EBADMSG:
	case -EMSGSIZE:
	case -ETIMEDOUT:
		break;
	default:
		abort();
	}
}

static void init_host(struct host *host, struct input *input)
{
	memset(host, 0, sizeof(*host));
	host->io.ops = &io_ops;
	kcs_pair_init(&host->pair, &host->io);
	host->input = input;
}

static void any_bmc(struct input *input)
{
	static struct host host;

	init_host(&host, input);
	transfer(&host);
	transfer(&host);
}

static struct sim_kcs *make_bmc(struct host *host, struct input *input)
{
	static struct sim_kcs kcs;
	struct sim_fault fault = {};

	sim_bmc_init(&host->bmc, 187);
	sim_kcs_init(&kcs, &sim_personalities[next_byte(input, 0) % 6],
		     sim_bmc_command, &host->bmc, 1);
	kcs.byte.max_us = next_byte(input, 0);
	kcs.think.max_us = next_byte(input, 0) * 64;
	fault.kind = next_byte(input, 0) % SIM_FAULT_KINDS;
	fault.byte = next_byte(input, 0xff);
	fault.byte = fault.byte == 0xff ? SIM_ANY_BYTE : fault.byte;
	fault.states = next_byte(input, 0) & 0xf;
	fault.command = SIM_ANY_COMMAND;
	fault.from_us = next_byte(input, 0) * 16;
	fault.for_us = next_byte(input, 0) * 256;
	fault.times = next_byte(input, 0) & 7;
	fault.code = next_byte(input, 0);
	sim_fault_set(&kcs.trouble, &fault);
	return &kcs;
}

static void simulated_bmc(struct input *input)
{
	static struct host host;
	int i;

	init_host(&host, input);
	host.kcs = make_bmc(&host, input);
	for (i = 0; i < 3; i++)
		transfer(&host);
}

static void any_host(struct input *input)
{
	static struct host host;
	struct sim_kcs *kcs;
	u64 now_us = 0;

	init_host(&host, input);
	kcs = make_bmc(&host, input);
	while (input->size) {
		u8 what = next_byte(input, 0);

		now_us += what >> 2;
		if (what & 1)
			sim_kcs_write(kcs, what >> 1 & 1, next_byte(input, 0), now_us);
		else
			sim_kcs_read(kcs, what >> 1 & 1, now_us);
		sim_kcs_irq(kcs, now_us);
	}
}

static void any_aml(struct input *input)
{
	u8 buffer[KCS_CODEC_BUFFER_SIZE];
	struct kcs_msg msg;
	u64 address = 0;
	size_t i;

	for (i = 0; i < 4; i++)
		address = address << 8 | next_byte(input, 0);
	for (i = 0; i < sizeof(buffer); i++)
		buffer[i] = next_byte(input, 0);
	if (!kcs_codec_request(address, buffer, &msg)) {
		demand(msg.len >= KCS_MSG_REQUEST_MIN && msg.len <= 66);
		demand(msg.bytes[0] >> 2 == (u8)(address >> 8));
	}
	msg.len = next_byte(input, 0) | (next_byte(input, 0) & 1) << 8;
	if (msg.len > KCS_MSG_MAX)
		msg.len = KCS_MSG_MAX;
	for (i = 0; i < msg.len; i++)
		msg.bytes[i] = next_byte(input, 0);
	if (kcs_codec_reply(buffer, &msg))
		kcs_codec_failure(buffer, -EMSGSIZE);
	demand(buffer[1] >= 1 && buffer[1] <= 64);
	demand(buffer[0] == 0x00 || buffer[0] == 0x07 || buffer[0] == 0x10);
	kcs_codec_failure(buffer, -(int)next_byte(input, 1));
	demand(buffer[1] == 1 && buffer[2]);
}

static void check_field(const struct kcs_aml_field *field, void *context)
{
	const struct kcs_aml *aml = context;

	demand(field->region >= aml->regions &&
	       field->region < aml->regions + aml->count);
	demand(strlen(field->name) == 4 && field->region->path[0] == '\\');
}

static void any_table(struct input *input)
{
	static struct kcs_aml aml;

	aml.count = 0;
	kcs_aml_find_regions(&aml, input->bytes, input->size);
	demand(aml.count <= KCS_AML_REGIONS_MAX);
	kcs_aml_find_fields(&aml, input->bytes, input->size, check_field, &aml);
}

/* The largest value is as likely as any other. */
static u64 next_address(struct input *input)
{
	u64 address = 0;
	u8 bytes = next_byte(input, 0) & 15;

	while (bytes--)
		address = address << 8 | next_byte(input, 0xff);
	return address;
}

static void any_device(struct input *input)
{
	struct kcs_location location = {
		.size_bytes = next_byte(input, 1), .shift_bits = next_byte(input, 0),
	};
	struct resource resources[4];
	u64 last;
	size_t i;

	for (i = 0; i < 4; i++) {
		resources[i].flags = IORESOURCE_IO << (next_byte(input, 0) & 3);
		resources[i].start = next_address(input);
		resources[i].end = next_address(input);
	}
	if (kcs_location_decode(resources, next_byte(input, 4) % 5, &location))
		return;
	if (kcs_location_mend(&location))
		demand(!location.is_memory);
	if (kcs_location_check(&location))
		return;
	last = location.base + location.spacing_bytes + location.size_bytes - 1;
	demand(last > location.base && (location.is_memory || last <= U16_MAX));
	demand(location.spacing_bytes >= location.size_bytes);
	demand(location.shift_bits + 8 <= 8 * location.size_bytes);
}

/* An operation in words, as it was read: means the same again. */
static void demand_same(const struct kcs_hotmod *operation)
{
	const struct kcs_location *location = &operation->location;
	struct kcs_hotmod again;
	char line[128];
	const char *text = line;

	snprintf(line, sizeof(line), "%s,kcs,%s,0x%llx,rsp=%u,rsi=%u,rsh=%u,irq=%u\n",
		 operation->is_removal ? "remove" : "add",
		 location->is_memory ? "mem" : "i/o", location->base,
		 location->spacing_bytes, location->size_bytes, location->shift_bits,
		 operation->irq);
	demand(!kcs_hotmod_read(&text, &again) && !text);
	demand(again.is_removal == operation->is_removal);
	demand(kcs_hotmod_fits(&again, location, operation->irq));
	demand(kcs_hotmod_fits(operation, &again.location, again.irq));
}

/* With a NUL where the fuzzer wants one, too. */
static void any_line(struct input *input)
{
	char line[257];
	const char *text = line, *before;
	struct kcs_hotmod operation;
	const char *why = NULL;

	demand(input->size < sizeof(line));
	memcpy(line, input->bytes, input->size);
	line[input->size] = 0;
	while (!why && text) {
		before = text;
		why = kcs_hotmod_read(&text, &operation);
		demand(why ? text >= before : !text || text > before);
		demand(!text || text <= line + strlen(line));
		if (!why)
			demand_same(&operation);
	}
}

/* What it leaves behind is no trouble to the messages that follow. */
static void any_place(struct input *input)
{
	static struct host host;
	u64 before_us;

	init_host(&host, input);
	if (next_byte(input, 0) & 1)
		host.kcs = make_bmc(&host, input);
	before_us = host.now_us;
	kcs_spacing_responds(&host.io);
	demand(host.now_us - before_us <= 3 && !sim_monitor_total(&host.monitor));
	transfer(&host);
	transfer(&host);
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size)
{
	struct input input = { bytes, size };
#ifdef ONLY
	u8 which = ONLY;
#else
	u8 which = next_byte(&input, 0);
#endif

	switch (which >= 0xd0 ? which >> 3 : which & 3) {
	case 0:
		any_bmc(&input);
		break;
	case 1:
		simulated_bmc(&input);
		break;
	case 2:
		any_host(&input);
		break;
	case 3:
		any_aml(&input);
		break;
	case 0xd0 >> 3:
		any_place(&input);
		break;
	case 0xd8 >> 3:
		any_line(&input);
		break;
	case 0xe0 >> 3:
		any_device(&input);
		break;
	default:
		any_table(&input);
	}
	return 0;
}
