/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCS_ENABLES_H
#define KCS_ENABLES_H

#include <linux/types.h>

struct kcs_host;

/**
 * struct kcs_enables - the BMC's global enables (IPMI 2.0 rev 1.1, 22.1)
 * @is_busy: they are being read or written
 * @is_known: @word is what the BMC has
 * @is_stale: a request went by since they were last read
 * @is_slow: the last request took so long that the BMC is left alone
 * @is_refused: the BMC does not know the commands
 * @has_original: @original was read
 * @word: what the BMC was last seen to have, or told
 * @original: what it was found with
 * @losses: reads in a row that found them lost
 * @checked_us: when they were last read
 * @next_us: they are not asked for before it
 * @irq_tested: the interrupt passed its self-test
 * @irq_given_up: the interrupt is not used any more
 * @irq_tests: self-tests in which it did not come
 * @irq_bytes: interrupts with a byte before the self-test
 *
 * Protected by kcs_host.lock.
 */
struct kcs_enables {
	bool is_busy;
	bool is_known;
	bool is_stale;
	bool is_slow;
	bool is_refused;
	bool has_original;
	u8 word;
	u8 original;
	u32 losses;
	u64 checked_us;
	u64 next_us;
	bool irq_tested;
	bool irq_given_up;
	u32 irq_tests;
	u32 irq_bytes;
};

u64 kcs_enables_due_us(struct kcs_host *host);
void kcs_enables_start(struct kcs_host *host);
void kcs_enables_doubt(struct kcs_host *host);
void kcs_enables_note_message(struct kcs_host *host, u64 took_us);
void kcs_enables_check_irq(struct kcs_host *host);
void kcs_enables_restore(struct kcs_host *host);

#endif /* KCS_ENABLES_H */
