// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "flows.h"
#include "frame.h"

static struct flow *flow_new(const struct pkt *pkt)
{
	struct flow *flow = calloc(1, sizeof(*flow));

	if (!flow)
		return NULL;
	flow->source = pkt->source;
	flow->id = pkt->flow;
	flow->epoch = pkt->epoch;
	return flow;
}

static struct flow *flow_find(struct receiver *rx, const struct pkt *pkt)
{
	uint32_t at = (pkt->source * 2654435761u + pkt->flow) % FLOW_TABLE, probes;

	for (probes = 0; probes < FLOW_TABLE; probes++, at = (at + 1) % FLOW_TABLE) {
		struct flow *flow = rx->flows[at];

		if (!flow)
			return rx->flows[at] = flow_new(pkt);
		if (flow->source == pkt->source && flow->id == pkt->flow)
			return flow;
	}
	return NULL;
}

static bool test_and_mark(struct flow *flow, uint64_t seq)
{
	uint64_t *word = &flow->seen[seq / 64 % (FLOW_WINDOW / 64)];
	uint64_t bit = 1ull << seq % 64;
	bool was = *word & bit;

	*word |= bit;
	return was;
}

/* The window slides to @seq: what it now covers anew has not been seen. */
static void advance(struct flow *flow, uint64_t seq)
{
	uint64_t i = flow->next;

	if (seq >= i + FLOW_WINDOW)
		i = seq - FLOW_WINDOW + 1;
	for (; i <= seq; i++)
		flow->seen[i / 64 % (FLOW_WINDOW / 64)] &= ~(1ull << i % 64);
	flow->next = seq + 1;
	test_and_mark(flow, seq);
}

static void flow_restart(struct flow *flow, uint32_t epoch)
{
	flow->epoch = epoch;
	flow->next = 0;
	memset(flow->seen, 0, sizeof(flow->seen));
}

static void flow_packet(struct flow *flow, const struct pkt *pkt, struct flow_count *delta)
{
	if (flow->epoch != pkt->epoch)
		flow_restart(flow, pkt->epoch);
	delta->packets = 1;
	if (pkt->seq >= flow->next) {
		delta->lost = pkt->seq - flow->next;
		advance(flow, pkt->seq);
	} else if (flow->next - pkt->seq > FLOW_WINDOW) {
		delta->stale = 1;
		delta->reordered = 1;
	} else if (test_and_mark(flow, pkt->seq)) {
		delta->duplicates = 1;
	} else {
		delta->lost = -1;
		delta->reordered = 1;
	}
}

static void count_add(struct flow_count *sum, const struct flow_count *delta)
{
	sum->packets += delta->packets;
	sum->lost += delta->lost;
	sum->duplicates += delta->duplicates;
	sum->reordered += delta->reordered;
	sum->stale += delta->stale;
}

void receiver_frame(struct receiver *rx, const uint8_t *frame, size_t len, uint64_t now_ns)
{
	uint64_t latency_ns;
	struct flow_count delta = {};
	struct flow *flow;
	struct pkt pkt;

	if (!frame_parse(frame, len, &pkt)) {
		rx->other++;
		return;
	}
	if (pkt.vm != rx->vm) {
		rx->misdelivered++;
		return;
	}
	flow = flow_find(rx, &pkt);
	if (!flow) {
		rx->unaccounted++;
		return;
	}
	flow_packet(flow, &pkt, &delta);
	count_add(&flow->count, &delta);
	count_add(&rx->total, &delta);
	rx->bytes += len;
	latency_ns = now_ns > pkt.stamp_ns ? now_ns - pkt.stamp_ns : 0;
	hist_add(&flow->latency, latency_ns);
	hist_add(&rx->latency, latency_ns);
}

void receiver_reset(struct receiver *rx)
{
	unsigned int i;

	memset(&rx->total, 0, sizeof(rx->total));
	memset(&rx->latency, 0, sizeof(rx->latency));
	rx->bytes = 0;
	rx->misdelivered = 0;
	rx->other = 0;
	rx->unaccounted = 0;
	for (i = 0; i < FLOW_TABLE; i++) {
		if (!rx->flows[i])
			continue;
		memset(&rx->flows[i]->count, 0, sizeof(rx->flows[i]->count));
		memset(&rx->flows[i]->latency, 0, sizeof(rx->flows[i]->latency));
	}
}

static void add_int(struct json_object *object, const char *key, int64_t value)
{
	json_object_object_add(object, key, json_object_new_int64(value));
}

static void count_json(struct json_object *object, const struct flow_count *count)
{
	add_int(object, "packets", count->packets);
	add_int(object, "lost", count->lost);
	add_int(object, "duplicates", count->duplicates);
	add_int(object, "reordered", count->reordered);
	add_int(object, "stale", count->stale);
}

static void latency_json(struct json_object *object, const struct hist *latency)
{
	add_int(object, "latency_mean_ns", latency->count ? latency->sum / latency->count : 0);
	add_int(object, "latency_p50_ns", hist_quantile(latency, 500));
	add_int(object, "latency_p99_ns", hist_quantile(latency, 990));
	add_int(object, "latency_max_ns", latency->max);
}

struct json_object *receiver_json(const struct receiver *rx)
{
	struct json_object *object = json_object_new_object();

	add_int(object, "vm", rx->vm);
	count_json(object, &rx->total);
	add_int(object, "bytes", rx->bytes);
	add_int(object, "misdelivered", rx->misdelivered);
	add_int(object, "other", rx->other);
	add_int(object, "unaccounted", rx->unaccounted);
	latency_json(object, &rx->latency);
	return object;
}

struct json_object *receiver_flows_json(const struct receiver *rx)
{
	struct json_object *array = json_object_new_array();
	unsigned int i;

	for (i = 0; i < FLOW_TABLE; i++) {
		struct json_object *object;

		if (!rx->flows[i])
			continue;
		object = json_object_new_object();
		add_int(object, "source", rx->flows[i]->source);
		add_int(object, "flow", rx->flows[i]->id);
		count_json(object, &rx->flows[i]->count);
		latency_json(object, &rx->flows[i]->latency);
		json_object_array_add(array, object);
	}
	return array;
}
