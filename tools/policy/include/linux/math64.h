/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * 64-bit division by name. With SHIM_EXTERN_DIV it is an undefined symbol, so
 * that a 32-bit object shows whether any other 64-bit division is left in it.
 */
#ifndef SHIM_LINUX_MATH64_H
#define SHIM_LINUX_MATH64_H

#include <linux/types.h>

#ifdef SHIM_EXTERN_DIV
u64 div_u64(u64 dividend, u32 divisor);
#else
static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}
#endif

#endif
