// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is a call made with the ACPI Global Lock held? ACPICA takes it for fields that
 * are declared Lock, for the whole call, and tells nobody.
 */
#include "global_lock.h"

#include <linux/acpi.h>
#include <linux/mutex.h>

/* Two who ask would take each other for a holder. */
static DEFINE_MUTEX(one_asks);	/* guards mutex_behind, too */
static acpi_handle mutex_behind;

/* Whoever has it takes it again without waiting, and as a number of his own. */
static bool take_once(u32 *number)
{
	if (ACPI_FAILURE(acpi_acquire_global_lock(0, number)))
		return false;
	acpi_release_global_lock(*number);
	return true;
}

/**
 * kcs_global_lock_is_mine() - does the caller hold the Global Lock?
 *
 * When the mutex behind it is free, nobody does; that is all it takes unless
 * somebody really holds it, and it does not touch what is shared with firmware.
 * Otherwise it is taken twice: each time it is taken anew it gets another number,
 * so the same number twice means that the caller had it all the time. Only if it
 * is given back between the two questions is it taken for a moment, as a field
 * that is declared Lock would.
 *
 * Context: may sleep; in a call from ACPICA, which has dropped its interpreter's
 * lock.
 * Return: true when it does.
 */
bool kcs_global_lock_is_mine(void)
{
	u32 first, second;
	bool is_mine = false;

	mutex_lock(&one_asks);
	if (!mutex_behind)
		acpi_get_handle(NULL, "\\_GL", &mutex_behind);
	if (ACPI_SUCCESS(acpi_acquire_mutex(mutex_behind, NULL, 0)))
		acpi_release_mutex(mutex_behind, NULL);
	else
		is_mine = take_once(&first) && take_once(&second) &&
			  first == second;
	mutex_unlock(&one_asks);
	return is_mine;
}
