/* SPDX-License-Identifier: GPL-2.0-only */
/* min(), max() and their like: one evaluation, equal types, as in the kernel. */
#ifndef SHIM_LINUX_MINMAX_H
#define SHIM_LINUX_MINMAX_H

#define shim_same_type(a, b)						\
	_Static_assert(__builtin_types_compatible_p(__typeof__((a) + 0),	\
						    __typeof__((b) + 0)),	\
		       "types differ: " #a ", " #b)

#define min(a, b) ({ shim_same_type(a, b);				\
	__typeof__(a) shim_a = (a); __typeof__(b) shim_b = (b);		\
	shim_a < shim_b ? shim_a : shim_b; })
#define max(a, b) ({ shim_same_type(a, b);				\
	__typeof__(a) shim_a = (a); __typeof__(b) shim_b = (b);		\
	shim_a > shim_b ? shim_a : shim_b; })
#define min3(a, b, c) min(min(a, b), c)
#define min_t(type, a, b) min((type)(a), (type)(b))
#define clamp(v, lo, hi) min(max(v, lo), hi)
#define swap(a, b) \
	do { __typeof__(a) shim_t = (a); (a) = (b); (b) = shim_t; } while (0)

#endif
