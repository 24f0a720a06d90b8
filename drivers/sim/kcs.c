// SPDX-License-Identifier: GPL-2.0-only
/*
 * The BMC side of KCS (IPMI 2.0 rev 1.1, chapter 9).
 *
 * Each register access first lets happen what the time has brought: a write is
 * taken, an answer is ready, a byte is offered. Then it does its own part. What
 * a BMC does its own way is a field of its personality; what goes wrong is a
 * fault, asked for at the one place where it strikes.
 */
#include "kcs.h"

/* How late a late byte is. */
#define LATE_US		3

/* -- Faults. -------------------------------------------------------------- */

static struct sim_moment moment(const struct sim_kcs *kcs, u64 now_us)
{
	return (struct sim_moment){
		.now_us = now_us,
		.handshake = kcs->handshake,
		.state = kcs->state,
		.command = (kcs->request.bytes[0] >> 2) << 8 |
			   kcs->request.bytes[1],
	};
}

static bool strikes(struct sim_kcs *kcs, enum sim_fault_kind kind, u64 now_us)
{
	struct sim_moment now = moment(kcs, now_us);

	return sim_fault_strikes(&kcs->trouble, kind, &now);
}

static bool lasts(struct sim_kcs *kcs, enum sim_fault_kind kind, u64 now_us)
{
	struct sim_moment now = moment(kcs, now_us);

	return sim_fault_lasts(&kcs->trouble, kind, &now);
}

/* -- Bytes for the host. -------------------------------------------------- */

static void offer(struct sim_kcs *kcs, u8 byte)
{
	kcs->data_out = byte;
	kcs->obf = true;
	kcs->offering = false;
}

static void offer_later(struct sim_kcs *kcs, u8 byte, u64 at_us)
{
	kcs->next_out = byte;
	kcs->offer_us = at_us;
	kcs->offering = true;
}

static void offer_in_read(struct sim_kcs *kcs, u8 byte, u64 now_us)
{
	if (kcs->personality->late_obf)
		offer_later(kcs, byte, now_us + LATE_US);
	else
		offer(kcs, byte);
}

/* The byte by which an interrupt-driven host learns that its write was taken. */
static void offer_dummy(struct sim_kcs *kcs, u64 now_us)
{
	if (strikes(kcs, SIM_FAULT_LATE_DUMMY, now_us))
		offer_later(kcs, 0, now_us + LATE_US);
	else if (kcs->personality->dummy == SIM_ALWAYS)
		offer(kcs, 0);
}

static void fail(struct sim_kcs *kcs, u8 code, bool with_obf)
{
	kcs->state = KCS_STATE_ERROR;
	kcs->phase = SIM_FAILED;
	kcs->error_code = code;
	kcs->ibf = false;
	kcs->offering = false;
	if (with_obf)
		offer(kcs, 0);
}

static void go_idle(struct sim_kcs *kcs, u64 now_us)
{
	kcs->state = KCS_STATE_IDLE;
	kcs->phase = SIM_IDLE;
	if (!strikes(kcs, SIM_FAULT_NO_LAST_DUMMY, now_us))
		offer_in_read(kcs, 0, now_us);
}

/* The BMC loses all it was doing. */
static void reset(struct sim_kcs *kcs)
{
	kcs->phase = SIM_IDLE;
	kcs->state = kcs->personality->start;
	kcs->ibf = false;
	kcs->obf = false;
	kcs->taking = false;
	kcs->offering = false;
	kcs->drop_reply = false;
	kcs->error_code = KCS_ERROR_NONE;
	kcs->daemon = (struct sim_daemon){};
}

/* -- Replies. ------------------------------------------------------------- */

static void next_byte(struct sim_kcs *kcs, u64 now_us)
{
	if (kcs->tx_pos < kcs->tx_len ||
	    strikes(kcs, SIM_FAULT_NO_END, now_us)) {
		kcs->state = KCS_STATE_READ;
		offer_in_read(kcs, kcs->tx[kcs->tx_pos++ % SIM_KCS_BUFFER],
			      now_us);
	} else {
		go_idle(kcs, now_us);
	}
}

/* The reply goes out, as the fault of the day has it. */
static void send_reply(struct sim_kcs *kcs, u64 now_us)
{
	struct sim_moment now = moment(kcs, now_us);
	u16 more = sim_fault_reply(&kcs->trouble, &now, &kcs->reply);

	memset(kcs->tx, 0, sizeof(kcs->tx));
	memcpy(kcs->tx, kcs->reply.bytes, kcs->reply.len);
	kcs->tx_len = kcs->reply.len + more;
	kcs->tx_pos = 0;
	next_byte(kcs, now_us);
}

static void answer(struct sim_kcs *kcs, u64 now_us)
{
	kcs->ibf = false;
	kcs->state = KCS_STATE_READ;
	kcs->phase = SIM_REPLY;
	if (kcs->drop_reply) {
		kcs->drop_reply = false;
		return;
	}
	kcs->commands++;
	kcs->command(kcs->bmc, &kcs->request, &kcs->reply);
	if (kcs->reply.len > kcs->personality->reply_max)
		sim_reply(&kcs->request, &kcs->reply, 0xca);
	send_reply(kcs, now_us);
}

static void think(struct sim_kcs *kcs, u64 now_us)
{
	u32 think_us = sim_delay_draw(&kcs->think, &kcs->random);
	bool late = strikes(kcs, SIM_FAULT_LATE, now_us);
	bool behind = late || sim_daemon_is_busy(&kcs->daemon);

	if (!behind && (kcs->personality->think == SIM_NEVER || !think_us)) {
		answer(kcs, now_us);
		return;
	}
	kcs->phase = SIM_THINK;
	kcs->think_us = behind ? ~0ull : now_us + think_us;
	if (behind)
		sim_daemon_add(&kcs->daemon, &kcs->request, now_us,
			       think_us + (late ? SIM_DAEMON_LATE_US : 0));
	if (kcs->personality->think == SIM_IBF)
		kcs->ibf = true;
	else
		kcs->state = KCS_STATE_READ;
}

/* The interface itself answers, without asking the BMC. */
static void refuse(struct sim_kcs *kcs, u8 code, u64 now_us)
{
	sim_reply(&kcs->request, &kcs->reply, code);
	kcs->state = KCS_STATE_READ;
	kcs->phase = SIM_REPLY;
	send_reply(kcs, now_us);
}

/* The request is complete, or as complete as it gets. */
static void execute(struct sim_kcs *kcs, u64 now_us)
{
	const struct sim_personality *personality = kcs->personality;

	if (kcs->rx_len > personality->request_max ||
	    kcs->rx_len > KCS_MSG_MAX) {
		if (personality->too_long)
			refuse(kcs, personality->too_long, now_us);
		else
			fail(kcs, KCS_ERROR_LENGTH, true);
		return;
	}
	kcs->request.len = kcs->rx_len;
	if (kcs->rx_len >= KCS_MSG_REQUEST_MIN) {
		think(kcs, now_us);
		return;
	}
	/* Stale: the command is what the buffer held before. */
	if (personality->short_request == SIM_STALE)
		refuse(kcs, 0xc7, now_us);
	else if (personality->short_request == SIM_ERROR)
		fail(kcs, personality->abort_code, true);
	else
		fail(kcs, KCS_ERROR_LENGTH, true);
}

/* -- Writes. -------------------------------------------------------------- */

static void take_abort(struct sim_kcs *kcs, u64 now_us)
{
	const struct sim_personality *personality = kcs->personality;

	kcs->handshake = 0;
	kcs->offering = false;
	if (!personality->abort_keeps_error || !kcs->error_code)
		kcs->error_code = personality->abort_code;
	if (personality->abort_drops_reply && kcs->phase == SIM_THINK)
		kcs->drop_reply = true;
	kcs->phase = SIM_ABORTED;
	switch (personality->abort) {
	case SIM_ERROR_BARE:
		kcs->state = KCS_STATE_ERROR;
		break;
	case SIM_READ:
		kcs->state = KCS_STATE_READ;
		offer(kcs, 0);
		break;
	default:
		kcs->state = KCS_STATE_WRITE;
		offer_dummy(kcs, now_us);
	}
}

static void take_write_start(struct sim_kcs *kcs, u64 now_us)
{
	if (kcs->personality->restart == SIM_ERROR &&
	    (kcs->state == KCS_STATE_WRITE || kcs->state == KCS_STATE_READ)) {
		fail(kcs, KCS_ERROR_CONTROL, true);
		return;
	}
	kcs->handshake = 0;
	kcs->error_code = KCS_ERROR_NONE;
	kcs->offering = false;
	kcs->rx_len = 0;
	kcs->state = KCS_STATE_WRITE;
	kcs->phase = SIM_WRITE;
	offer_dummy(kcs, now_us);
}

static void take_command(struct sim_kcs *kcs, u8 code, u64 now_us)
{
	if (code == KCS_CTRL_WRITE_START) {
		take_write_start(kcs, now_us);
	} else if (code == KCS_CTRL_WRITE_END && kcs->phase == SIM_WRITE) {
		kcs->phase = SIM_LAST;
		offer_dummy(kcs, now_us);
	} else if (code == KCS_CTRL_ABORT ||
		   kcs->personality->illegal == SIM_ABORT) {
		take_abort(kcs, now_us);
	} else {
		fail(kcs, KCS_ERROR_CONTROL,
		     kcs->personality->illegal == SIM_ERROR);
	}
}

static void take_request_byte(struct sim_kcs *kcs, u8 byte, u64 now_us)
{
	if (kcs->rx_len < KCS_MSG_MAX)
		kcs->request.bytes[kcs->rx_len] = byte;
	if (kcs->rx_len < SIM_KCS_BUFFER)
		kcs->rx_len++;
	if (kcs->phase == SIM_LAST)
		execute(kcs, now_us);
	else
		offer_dummy(kcs, now_us);
}

static void take_data(struct sim_kcs *kcs, u8 byte, u64 now_us)
{
	switch (kcs->phase) {
	case SIM_WRITE:
	case SIM_LAST:
		take_request_byte(kcs, byte, now_us);
		break;
	case SIM_REPLY:
		if (byte == KCS_CTRL_READ)
			next_byte(kcs, now_us);
		else
			fail(kcs, KCS_ERROR_CONTROL, true);
		break;
	case SIM_ABORTED:
		kcs->state = KCS_STATE_READ;
		kcs->phase = SIM_CODE;
		offer_in_read(kcs, kcs->error_code, now_us);
		break;
	case SIM_CODE:
		kcs->error_code = KCS_ERROR_NONE;
		go_idle(kcs, now_us);
		break;
	case SIM_IDLE:
		if (kcs->personality->idle_data == SIM_ERROR)
			fail(kcs, kcs->personality->abort_code, true);
		break;
	default:
		break;
	}
}

static void take(struct sim_kcs *kcs, u64 now_us)
{
	kcs->taking = false;
	kcs->ibf = false;
	if (kcs->in_cmd)
		take_command(kcs, kcs->data_in, now_us);
	else
		take_data(kcs, kcs->data_in, now_us);

	if (strikes(kcs, SIM_FAULT_ERROR, now_us))
		fail(kcs, KCS_ERROR_UNSPECIFIED, true);
	if (strikes(kcs, SIM_FAULT_ERROR_BARE, now_us)) {
		kcs->obf = false;
		fail(kcs, KCS_ERROR_UNSPECIFIED, false);
	}
	if (strikes(kcs, SIM_FAULT_RESET, now_us))
		reset(kcs);
	kcs->handshake++;
}

/* -- Register accesses. --------------------------------------------------- */

/* What was due happens as of the time it was due. */
static void catch_up(struct sim_kcs *kcs, u64 now_us)
{
	if (lasts(kcs, SIM_FAULT_SILENCE, now_us))
		return;
	if (kcs->taking && now_us >= kcs->take_us)
		take(kcs, kcs->take_us);
	if (kcs->phase == SIM_THINK && now_us >= kcs->think_us)
		answer(kcs, kcs->think_us);
	if (sim_daemon_next(&kcs->daemon, &kcs->late, now_us) &&
	    kcs->phase == SIM_THINK) {
		kcs->request = kcs->late;
		answer(kcs, now_us);
	}
	if (kcs->offering && now_us >= kcs->offer_us)
		offer(kcs, kcs->next_out);
}

static u8 status(struct sim_kcs *kcs, u64 now_us)
{
	u8 status = kcs->state << 6;

	if (kcs->obf && !lasts(kcs, SIM_FAULT_OBF_NEVER, now_us))
		status |= KCS_STATUS_OBF;
	if (kcs->ibf || lasts(kcs, SIM_FAULT_IBF_STUCK, now_us))
		status |= KCS_STATUS_IBF;
	if (kcs->attention || lasts(kcs, SIM_FAULT_ATN_STUCK, now_us) ||
	    lasts(kcs, SIM_FAULT_EVENTS, now_us))
		status |= KCS_STATUS_SMS_ATN;
	if (kcs->cd && kcs->personality->cd)
		status |= KCS_STATUS_CD;
	return status;
}

/**
 * sim_kcs_read() - the host reads a register
 * @kcs: the BMC
 * @reg: which
 * @now_us: when, never before the access before
 *
 * Context: any; the caller serialises.
 * Return: what it reads.
 */
u8 sim_kcs_read(struct sim_kcs *kcs, enum kcs_reg reg, u64 now_us)
{
	catch_up(kcs, now_us);
	if (lasts(kcs, SIM_FAULT_FLOATING, now_us))
		return 0xff;
	if (reg == KCS_REG_STATUS)
		return status(kcs, now_us);
	kcs->obf = false;
	return kcs->data_out;
}

/**
 * sim_kcs_write() - the host writes a register
 * @kcs: the BMC
 * @reg: which
 * @value: what
 * @now_us: when, never before the access before
 *
 * Context: any; the caller serialises.
 */
void sim_kcs_write(struct sim_kcs *kcs, enum kcs_reg reg, u8 value, u64 now_us)
{
	catch_up(kcs, now_us);
	if (lasts(kcs, SIM_FAULT_FLOATING, now_us))
		return;
	if (kcs->ibf && kcs->personality->busy_write == SIM_LOST)
		return;
	kcs->ibf = true;
	kcs->in_cmd = reg == KCS_REG_CMD;
	kcs->cd = kcs->in_cmd;
	kcs->data_in = value;
	kcs->taking = true;
	kcs->take_us = now_us + sim_delay_draw(&kcs->byte, &kcs->random);
	if (kcs->personality->ibf == SIM_NEVER) {
		kcs->take_us = now_us;
		catch_up(kcs, now_us);
	}
}

/**
 * sim_kcs_irq() - test whether the interrupt line is up
 * @kcs: the BMC
 * @now_us: when, never before the access before
 *
 * Up while a byte is offered (IPMI 2.0 rev 1.1, 9.10), if the BMC may.
 *
 * Context: any; the caller serialises.
 * Return: true while it is.
 */
bool sim_kcs_irq(struct sim_kcs *kcs, u64 now_us)
{
	catch_up(kcs, now_us);
	if (lasts(kcs, SIM_FAULT_IRQ_STUCK, now_us) ||
	    strikes(kcs, SIM_FAULT_IRQ_SPURIOUS, now_us))
		return true;
	if (lasts(kcs, SIM_FAULT_IRQ_LOST, now_us))
		return false;
	return kcs->interrupts && (status(kcs, now_us) & KCS_STATUS_OBF);
}
