/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIMNIC_TOEPLITZ_H
#define SIMNIC_TOEPLITZ_H

#include <linux/types.h>

/**
 * simnic_toeplitz() - Toeplitz hash as receive side scaling defines it
 * @key: hash key, at least @len + 4 bytes
 * @data: input in network byte order: source address, destination address,
 *	then source and destination port where they take part
 * @len: bytes of @data
 *
 * Every set bit of the input, taken from the most significant one on, adds
 * (xor) the 32 key bits that begin at its own position.
 *
 * Context: Any; pure, built for the unit tests as well.
 * Return: the hash in host byte order.
 */
__u32 simnic_toeplitz(const __u8 *key, const __u8 *data, unsigned int len);

#endif
