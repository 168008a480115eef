// SPDX-License-Identifier: GPL-2.0-only
#include "toeplitz.h"

__u32 simnic_toeplitz(const __u8 *key, const __u8 *data, unsigned int len)
{
	__u64 window;
	__u32 hash = 0;
	unsigned int i, byte, shift;

	/* 40 key bits: the 32 of the byte's first bit and the 7 that follow */
	window = (__u64)key[0] << 24 | key[1] << 16 | key[2] << 8 | key[3];
	for (i = 0; i < len; i++) {
		window = (window << 8 | key[i + 4]) & 0xffffffffffULL;
		for (byte = data[i], shift = 1; byte; byte >>= 1, shift++)
			if (byte & 1)
				hash ^= (__u32)(window >> shift);
	}
	return hash;
}
