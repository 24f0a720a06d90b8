/* SPDX-License-Identifier: GPL-2.0-only */
/* Digits in what an administrator writes. Pure: a value in, a value out. */
#ifndef KCS_DIGIT_H
#define KCS_DIGIT_H

/**
 * kcs_digit() - read a digit, up to hexadecimal ones
 * @c: the character
 *
 * Not hex_to_bin(), for whose header pure code would need all of linux/kernel.h on
 * some kernels, and another on others.
 *
 * Context: any.
 * Return: its value, 0 to 15; -1 when it is none.
 */
static inline int kcs_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

#endif /* KCS_DIGIT_H */
