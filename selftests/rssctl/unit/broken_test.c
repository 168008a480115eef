// SPDX-License-Identifier: GPL-2.0-only
/* Records that are broken, each in one place: the message names the line. */
#include <stdio.h>
#include <stdlib.h>

#include "replays.h"

/* What is done to line 3 or to what @sed names, and what is said of it */
struct breakage {
	const char *sed;
	const char *says;
};

static const struct breakage breakages[] = {
	{ "3s/.*/nothing/", "line 3: is no JSON object" },
	{ "3s/$/ x/", "line 3: is no JSON object" },
	{ "3s/.*/[]/", "line 3: is no line of a record" },
	{ "3s/\"sample\"/\"simple\"/", "line 3: is no line of a record" },
	{ "1d", "line 1: a record begins with its header" },
	{ "1s/.*/{}/", "line 1: is no line of a record" },
	{ "1s/\"format\":3/\"format\":1/",
	  "line 1: format 1 is an old one; this rssctl reads format 3" },
	{ "1s/\"format\":3/\"format\":4/",
	  "line 1: format 4 is not known; this rssctl reads format 3" },
	{ "1s/format/fromat/", "line 1: is no record" },
	{ "2d", "line 2: no configuration stands before the sample" },
	{ "2s/\"share_above\":200/\"share_above\":20000/", "line 2: share-above: is not" },
	{ "2s/\"share_above\":200/\"share_above\":50/", "line 2: unshare_below must be" },
	{ "2s/\"share_above\":200,//", "line 2: share_above must be 1..10000" },
	{ "3s/\"id\":12/\"id\":11/", "line 3: placement 11 is out of order" },
	{ "3s/\"id\":12/\"id\":-1/", "line 3: vm: 2: id: is not in the range" },
	{ "3s/\"id\":12/\"id\":4294967296/", "line 3: vm: 2: id: is not in the range" },
	{ "3s/\"id\":12/\"id\":\"12\"/", "line 3: vm: 2: id: is no whole number" },
	{ "3s/\"id\":12/\"id\":12.5/", "line 3: vm: 2: id: is no whole number" },
	{ "3s/\"id\":12/\"ID\":12/", "line 3: vm: 2: \"ID\" is no known key" },
	{ "3s/\"slot\":2/\"slot\":65536/", "placement 12 cannot have slot 65536" },
	{ "3s/\"slot\":2/\"slot\":1/", "placement 12 cannot have slot 1" },
	{ "3s/\"run\":1,/\"run\":99999999999999999999,/", "line 3: run: is not in the" },
	{ "3s/\"name\":\"vm1\"/\"name\":\"\\\\u001b[2J\"/",
	  "line 3: vm: 1: name: is no name" },
	{ "3s/\"kind\":\"shared\"/\"kind\":\"shred\"/", "is no known kind of engine" },
	{ "3s/\"kind\":\"shared\"/\"kind\":1/", "is no known kind of engine" },
	{ "3s/\"nr_queues\":1/\"nr_queues\":1025/", "engine 1 has 1025 queues" },
	{ "3s/\"nr_queues\":2,/\"nr_queues\":0,/", "engine 0 has 0 queues" },
	{ "3s/\"nr_queues\":1,\"home\":2/\"nr_queues\":1,\"home\":1025/",
	  "engine 1 is to have 1025 queues" },
	{ "3s/{\"id\":1,\"kind\":\"shared\"/{\"id\":1,\"kind\":\"default\"/",
	  "engine 1 is of the wrong kind" },
	{ "3s/\"id\":2,\"engine\":1/\"id\":1,\"engine\":1/", "queue 1 is out of order" },
	{ "3s/\"id\":7,/\"id\":1024,/", "queue 1024 is out of order" },
	{ "3s/\"id\":2,\"engine\":1/\"id\":2,\"engine\":9/",
	  "queue 2 is on engine 9, which is not there" },
	{ "3s/\"limits\":\\[[^]]*\\]/\"limits\":[]/", "has 0 sets of maxima, not one" },
	{ "3s/\"limits\":\\[/&{},/", "has 2 sets of maxima, not one" },
	{ "3s/\"queues_room\":8/\"queues_room\":1025/", "has room for 1025 queues" },
	{ "3s/\"classes_room\":16/\"classes_room\":65537/", "has room for 65537 classes" },
	{ "3s/\"pairs_room\":32/\"pairs_room\":33/", "has room for 33 pairs" },
	{ "3s/\"pairs_room\":32/\"pairs_room\":1048576/", "has room for 1048576 pairs" },
	{ "3s/\"max_state\":\"dedicated\"/\"max_state\":\"most\"/", "is no known state" },
	{ "3s/\"dedicated_queues\":1/\"dedicated_queues\":0/", "impossible number of" },
	{ "3s/\"moves_room\":64/\"moves_room\":0/", "0 moves with room for 0" },
	{ "4s/.*/{\"type\":\"gap\"}/", "line 4: does not say how many messages" },
	{ "4s/.*/{\"type\":\"state\"}/", "line 4: names no PNIC" },
	{ "4s/.*/{\"type\":\"state\",\"ifindex\":2,\"ifname\":\"eth0\",\"vm\":"
	  "[{\"slot\":70000}]}/", "line 4: slot 70000 is out of order" },
	{ "4s/.*/{\"type\":\"state\",\"ifindex\":2,\"ifname\":\"eth0\",\"vm\":"
	  "[{\"slot\":1,\"cond\":5}]}/", "slot 1 holds what the policy never does" },
	{ "4s/.*/{\"type\":\"state\",\"ifindex\":2,\"ifname\":\"eth0\",\"engine\":"
	  "[{\"id\":1},{\"id\":1}]}/", "line 4: engine 1 is out of order" },
	{ "4s/.*/{\"type\":\"state\",\"ifindex\":2,\"ifname\":\"eth0\",\"engine\":"
	  "[{\"spare_nr\":1025}]}/", "engine 0 has an impossible number of queues" },
	{ "4s/.*/{\"type\":\"state\",\"ifindex\":2,\"ifname\":\"eth0\",\"engine\":"
	  "[{\"load\":1001}]}/", "engine 0 has an impossible load" },
	{ "4s/.*/{\"type\":\"state\",\"ifindex\":2,\"ifname\":\"eth0\",\"moved\":"
	  "[{\"place\":1},{\"place\":1}]}/", "line 4: place 1 is out of order" },
	{ "4s/.*/{\"type\":\"state\",\"ifindex\":2,\"ifname\":\"eth0\",\"moved\":"
	  "[{\"place\":128}]}/", "line 4: place 128 is out of order" },
	{ "4s/.*/{\"type\":\"state\",\"ifindex\":2,\"ifname\":\"eth0\",\"next_moved\":"
	  "129}/", "line 4: place 129 is beyond the last" },
};

/* Each way to break it leads to a message that names the line, or what is wrong. */
static void broken_lines_are_named(void **state)
{
	(void)state;
	history_run(&history, 5);
	make_record(0);
	for (size_t i = 0; i < ARRAY_SIZE(breakages); i++) {
		struct result r;

		assert_int_equal(shell(xasprintf("sed '%s' %s > %s", breakages[i].sed, path,
						 other)), 0);
		r = tool("replay", other);
		if (r.rc != RC_FAILED)
			fail_msg("%s: exit %d", breakages[i].sed, r.rc);
		assert_says(&r, breakages[i].says);
		result_free(&r);
	}
}

static void no_record_at_all(void **state)
{
	struct result r = tool("replay", "/no/such/file");

	(void)state;
	assert_int_equal(r.rc, RC_FAILED);
	assert_says(&r, "cannot read /no/such/file");
	result_free(&r);
	r = tool("replay", "/dev/null");
	assert_int_equal(r.rc, RC_FAILED);
	assert_says(&r, "/dev/null is empty");
	result_free(&r);
	r = tool("replay", "/");
	assert_int_equal(r.rc, RC_FAILED);
	assert_says(&r, "cannot read /");
	result_free(&r);
}

/* More than a plan has room for */
static void many_shifts_are_refused(void **state)
{
	char *shifts = xstrdup("{}");
	struct result r;

	(void)state;
	history_run(&history, 3);
	make_record(0);
	for (__u32 i = 0; i < RSSE_POL_SHIFTS_MAX; i++) {
		char *longer = xasprintf("%s,{}", shifts);

		free(shifts);
		shifts = longer;
	}
	assert_int_equal(shell(xasprintf("sed '3s/\"limits\":/\"shift\":[%s],&/' %s > %s", shifts,
					 path, other)), 0);
	free(shifts);
	r = tool("replay", other);
	assert_int_equal(r.rc, RC_FAILED);
	assert_says(&r, "line 3: shifts 65 queues");
	result_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(broken_lines_are_named),
		CASE(many_shifts_are_refused),
		CASE(no_record_at_all),
	};

	return replays_run("broken", tests);
}
