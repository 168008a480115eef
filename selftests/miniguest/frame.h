/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MG_FRAME_H
#define MG_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include "packet.h"

#define FRAME_MAX	1518	/* bytes, with VLAN tag, without FCS */
#define MAC_LEN		6

/**
 * struct frame_spec - what the frames of one stream look like
 * @dst: destination MAC
 * @src: source MAC
 * @vlan: VLAN id, 0 for untagged
 * @ipv6: IPv6 in place of IPv4
 * @size: bytes on the wire without FCS; raised to what the headers need
 * @vm: VM the frames are meant for
 * @source: name of the sender, goes into the addresses too
 * @epoch: start of this sender
 */
struct frame_spec {
	uint8_t dst[MAC_LEN];
	uint8_t src[MAC_LEN];
	unsigned int vlan;
	bool ipv6;
	size_t size;
	uint32_t vm;
	uint32_t source;
	uint32_t epoch;
};

/**
 * frame_build() - write one frame of a flow
 * @buf: at least FRAME_MAX bytes, zero beyond what earlier calls wrote
 * @spec: the stream
 * @flow: flow number; addresses and ports follow from it
 * @seq: sequence number within the flow
 * @stamp_ns: CLOCK_MONOTONIC now
 *
 * Return: bytes of the frame.
 */
size_t frame_build(uint8_t *buf, const struct frame_spec *spec, uint32_t flow,
		   uint64_t seq, uint64_t stamp_ns);

/**
 * frame_parse() - find the test packet in a received frame
 * @buf: Ethernet frame
 * @len: its bytes
 * @pkt: where a copy of it goes
 *
 * Return: false when the frame is none of ours.
 */
bool frame_parse(const uint8_t *buf, size_t len, struct pkt *pkt);

/** frame_announce() - a broadcast that teaches bridges where @mac lives */
size_t frame_announce(uint8_t *buf, const uint8_t *mac);

bool mac_parse(const char *text, uint8_t *mac);

#endif
