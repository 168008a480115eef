// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stream.h"

#define NSEC_PER_SEC	1000000000ull
#define STREAM_BURST	1024	/* packets sent at once at most */
#define CATCH_UP_NS	(NSEC_PER_SEC / 20)	/* a longer pause is not made up for */

uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

void stream_rate(struct stream *stream, uint64_t pps, uint64_t now_ns)
{
	stream->rate = pps;
	stream->left = 0;
	stream->credit = 0;
	stream->last_ns = now_ns;
}

unsigned int stream_due(struct stream *stream, uint64_t now_ns)
{
	uint64_t passed = now_ns - stream->last_ns, due;

	stream->last_ns = now_ns;
	if (passed > CATCH_UP_NS) {
		stream->skipped += (passed - CATCH_UP_NS) * stream->rate / NSEC_PER_SEC;
		passed = CATCH_UP_NS;
	}
	stream->credit += passed * stream->rate;
	due = stream->credit / NSEC_PER_SEC;
	if (due > STREAM_BURST)
		due = STREAM_BURST;
	if (stream->left && due > stream->left)
		due = stream->left;
	stream->credit -= due * NSEC_PER_SEC;
	return due;
}

size_t stream_next(struct stream *stream, uint8_t *buf, uint64_t now_ns)
{
	uint32_t flow = stream->turn;

	if (stream->left && --stream->left == 0)
		stream_rate(stream, 0, now_ns);
	stream->turn = (flow + 1) % stream->flows;
	stream->sent++;
	return frame_build(buf, &stream->spec, flow, stream->seq[flow]++, now_ns);
}

void stream_undo(struct stream *stream)
{
	stream->turn = (stream->turn + stream->flows - 1) % stream->flows;
	stream->seq[stream->turn]--;
	stream->sent--;
	stream->failed++;
}

static const char *set_number(struct stream *stream, const char *key, const char *text,
			      uint64_t now_ns)
{
	char *end;
	unsigned long value = strtoul(text, &end, 0);

	if (*end || end == text || *text == '-')
		return "not a number";
	if (!strcmp(key, "flows") && value >= 1 && value <= STREAM_FLOWS) {
		stream->flows = value;
		stream->turn = 0;
	} else if (!strcmp(key, "size") && value <= FRAME_MAX) {
		stream->spec.size = value;
	} else if (!strcmp(key, "vlan") && value < 4095) {
		stream->spec.vlan = value;
	} else if (!strcmp(key, "source")) {
		stream->spec.source = value;
	} else if (!strcmp(key, "rate") && value <= 10000000) {
		stream_rate(stream, value, now_ns);
	} else if (!strcmp(key, "count")) {
		stream->left = value;
	} else {
		return "unknown option, or value out of range";
	}
	return NULL;
}

const char *stream_options(struct stream *stream, int argc, char **argv, uint64_t now_ns)
{
	const char *error;
	int i;

	for (i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "ipv6")) {
			stream->spec.ipv6 = true;
			continue;
		}
		if (i + 1 == argc)
			return "option without a value";
		error = set_number(stream, argv[i], argv[i + 1], now_ns);
		if (error)
			return error;
		i++;
	}
	return NULL;
}

static void add_int(struct json_object *object, const char *key, int64_t value)
{
	json_object_object_add(object, key, json_object_new_int64(value));
}

struct json_object *stream_json(const struct stream *stream)
{
	struct json_object *object = json_object_new_object();

	add_int(object, "vm", stream->spec.vm);
	add_int(object, "source", stream->spec.source);
	add_int(object, "rate", stream->rate);
	add_int(object, "sent", stream->sent);
	add_int(object, "skipped", stream->skipped);
	add_int(object, "failed", stream->failed);
	return object;
}

struct json_object *stream_flows_json(const struct stream *stream)
{
	struct json_object *array = json_object_new_array();
	uint32_t i;

	for (i = 0; i < STREAM_FLOWS; i++)
		if (i < stream->flows || stream->seq[i])
			json_object_array_add(array, json_object_new_int64(stream->seq[i]));
	return array;
}
