/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MG_PACKET_H
#define MG_PACKET_H

#include <stdint.h>

#define PKT_MAGIC	0x52535345u
#define PKT_UDP_PORT	9	/* destination port of flow 0; flows count up */

/**
 * struct pkt - what every test packet carries at the start of its UDP payload
 * @magic: PKT_MAGIC
 * @vm: VM it is meant for
 * @source: who sends; a flow is named by (source, flow)
 * @flow: flow within the source and VM, from 0
 * @epoch: changes when the source starts anew and its sequences with it
 * @zero: always 0
 * @seq: counts up by one for each packet of the flow, from 0
 * @stamp_ns: CLOCK_MONOTONIC when it was handed to the kernel
 *
 * Sender and receiver share one machine, so all fields are in host order.
 */
struct pkt {
	uint32_t magic;
	uint32_t vm;
	uint32_t source;
	uint32_t flow;
	uint32_t epoch;
	uint32_t zero;
	uint64_t seq;
	uint64_t stamp_ns;
};

#endif
