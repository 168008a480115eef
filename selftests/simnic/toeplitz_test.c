// SPDX-License-Identifier: GPL-2.0-only
/*
 * The NIC's hash against the vectors that Microsoft publishes for receive side
 * scaling ("Verifying the RSS Hash Calculation"), IPv4 and IPv6, with and
 * without TCP ports.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "../../kmod/simnic/toeplitz.h"

struct vector {
	int		family;
	const char	*src, *dst;
	unsigned short	sport, dport;
	__u32		plain, tcp;
};

static const __u8 key[40] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67,
	0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb,
	0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30,
	0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
};

static const struct vector vectors[] = {
	{ AF_INET, "66.9.149.187", "161.142.100.80", 2794, 1766, 0x323e8fc2, 0x51ccc178 },
	{ AF_INET, "199.92.111.2", "65.69.140.83", 14230, 4739, 0xd718262a, 0xc626b0ea },
	{ AF_INET, "24.19.198.95", "12.22.207.184", 12898, 38024, 0xd2d0a5de, 0x5c2b394a },
	{ AF_INET, "38.27.205.30", "209.142.163.6", 48228, 2217, 0x82989176, 0xafc7327f },
	{ AF_INET, "153.39.163.191", "202.188.127.2", 44251, 1303, 0x5d1809c5, 0x10e828a2 },
	{ AF_INET6, "3ffe:2501:200:1fff::7", "3ffe:2501:200:3::1", 2794, 1766,
	  0x2cc18cd5, 0x40207d3d },
	{ AF_INET6, "3ffe:501:8::260:97ff:fe40:efab", "ff02::1", 14230, 4739,
	  0x0f0c461c, 0xdde51bbf },
	{ AF_INET6, "3ffe:1900:4545:3:200:f8ff:fe21:67cf", "fe80::200:f8ff:fe21:67cf",
	  44251, 38024, 0x4b61e985, 0x02d1feef },
};

#define VECTORS	(sizeof(vectors) / sizeof(vectors[0]))

static int failed, number;

static void expect(const char *name, const char *what, __u32 got, __u32 want)
{
	if (got != want) {
		printf("# got %08x, want %08x\n", got, want);
		failed = 1;
	}
	printf("%s %d %s %s\n", got == want ? "ok" : "not ok", ++number, name, what);
}

static void test_vector(const struct vector *v)
{
	unsigned int addr = v->family == AF_INET ? 4 : 16;
	unsigned short ports[2] = { htons(v->sport), htons(v->dport) };
	__u8 input[36];

	inet_pton(v->family, v->src, input);
	inet_pton(v->family, v->dst, input + addr);
	memcpy(input + 2 * addr, ports, sizeof(ports));
	expect(v->src, "addresses", simnic_toeplitz(key, input, 2 * addr), v->plain);
	expect(v->src, "ports", simnic_toeplitz(key, input, 2 * addr + 4), v->tcp);
}

int main(void)
{
	unsigned int i;

	printf("TAP version 13\n1..%zu\n", 2 * VECTORS + 1);
	expect("empty", "input", simnic_toeplitz(key, key, 0), 0);
	for (i = 0; i < VECTORS; i++)
		test_vector(&vectors[i]);
	return failed;
}
