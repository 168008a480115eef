/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MG_FLOWS_H
#define MG_FLOWS_H

#include <json-c/json.h>
#include <stddef.h>

#include "hist.h"
#include "packet.h"

#define FLOW_WINDOW	4096	/* sequence numbers back that a duplicate is known in */
#define FLOW_TABLE	8192	/* flows a receiver can tell apart */

/**
 * struct flow_count - what happened to packets, of a flow or of all
 * @packets: received, duplicates included
 * @lost: sequence numbers skipped and not seen since
 * @duplicates: received again
 * @reordered: received after a later one of the same flow
 * @stale: so late that it cannot be told whether they are duplicates
 */
struct flow_count {
	uint64_t packets;
	int64_t lost;
	uint64_t duplicates;
	uint64_t reordered;
	uint64_t stale;
};

/**
 * struct flow - one (source, flow) as the receiver sees it
 * @source: sender
 * @id: flow of that sender
 * @epoch: start of the sender that the sequence belongs to
 * @next: highest sequence number seen, plus one
 * @count: since the last reset
 * @latency: from the sender's stamp to the guest's ring, since the last reset
 * @seen: one bit for each of the last FLOW_WINDOW sequence numbers
 */
struct flow {
	uint32_t source;
	uint32_t id;
	uint32_t epoch;
	uint64_t next;
	struct flow_count count;
	struct hist latency;
	uint64_t seen[FLOW_WINDOW / 64];
};

/**
 * struct receiver - all that one VM received
 * @vm: the VM
 * @total: over all flows
 * @bytes: of test packets, Ethernet header included
 * @misdelivered: test packets meant for another VM
 * @other: frames that are no test packets
 * @unaccounted: test packets beyond FLOW_TABLE flows
 * @latency: that of all flows
 * @flows: hash table over (source, flow), open addressing
 */
struct receiver {
	uint32_t vm;
	struct flow_count total;
	uint64_t bytes;
	uint64_t misdelivered;
	uint64_t other;
	uint64_t unaccounted;
	struct hist latency;
	struct flow *flows[FLOW_TABLE];
};

void receiver_frame(struct receiver *rx, const uint8_t *frame, size_t len, uint64_t now_ns);

/** receiver_reset() - counters to zero; sequences go on, so no gap is hidden */
void receiver_reset(struct receiver *rx);

/** receiver_json() - totals as an object; the caller owns it */
struct json_object *receiver_json(const struct receiver *rx);

/** receiver_flows_json() - an array with one object a flow; the caller owns it */
struct json_object *receiver_flows_json(const struct receiver *rx);

#endif
