/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MG_STREAM_H
#define MG_STREAM_H

#include <json-c/json.h>

#include "frame.h"

#define STREAM_FLOWS	4096	/* most flows of a stream */

/**
 * struct stream - paced packets of many flows to one VM
 * @spec: what its frames look like
 * @flows: flows that take turns
 * @rate: packets/s, 0 while it pauses
 * @left: packets until it pauses by itself, 0 for no end
 * @credit: packets due, times 10^9
 * @last_ns: when @credit was brought up to date
 * @turn: flow that is next
 * @sent: packets the kernel took, over all time
 * @skipped: packets that came due while the sender could not keep up
 * @failed: packets the kernel refused
 * @seq: next sequence number of each flow
 */
struct stream {
	struct frame_spec spec;
	uint32_t flows;
	uint64_t rate;
	uint64_t left;
	uint64_t credit;
	uint64_t last_ns;
	uint32_t turn;
	uint64_t sent;
	uint64_t skipped;
	uint64_t failed;
	uint64_t seq[STREAM_FLOWS];
};

void stream_rate(struct stream *stream, uint64_t pps, uint64_t now_ns);

/** stream_due() - packets that may be sent now, at most STREAM_BURST */
unsigned int stream_due(struct stream *stream, uint64_t now_ns);

/** stream_next() - build the next frame and count it as sent; returns its bytes */
size_t stream_next(struct stream *stream, uint8_t *buf, uint64_t now_ns);

/** stream_undo() - the last frame built was refused: its number is used again */
void stream_undo(struct stream *stream);

/**
 * stream_options() - apply "flows N size N vlan N source N ipv6 rate N count N" words
 *
 * Return: NULL, or what is wrong; then @stream may be half changed.
 */
const char *stream_options(struct stream *stream, int argc, char **argv, uint64_t now_ns);

/** stream_json() - what was sent, as an object; the caller owns it */
struct json_object *stream_json(const struct stream *stream);

/** stream_flows_json() - packets sent of each flow, an array; the caller owns it */
struct json_object *stream_flows_json(const struct stream *stream);

uint64_t clock_ns(void);

#endif
