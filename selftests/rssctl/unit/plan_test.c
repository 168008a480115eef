// SPDX-License-Identifier: GPL-2.0-only
/* plan and monitor: what they print. */
#include <string.h>

#include <linux/rss_engine.h>

#include "shows.h"

#define PLAN_KEYS "name pnic state engine to_state to_engine gain reason value threshold wait_ms"

static void plan_of_who_stays(void **state)
{
	struct json_object *o;

	(void)state;
	add_placement("a", "eth0");
	o = JSON(PLAN_KEYS, "plan");
	assert_true(is_null(o, "to_state"));
	assert_int_equal(get_num(o, "wait_ms"), 20);
	json_object_put(o);
	TEXT("a on eth0: shared (engine 1), stays\n    hold: the condition is met (912 against "
	     "800), but has to hold for 20 ms more\n", "plan");
}

static void plan_of_who_goes(void **state)
{
	struct placement *p = add_placement("a", "eth0");

	(void)state;
	opt_set(&p->to_state, RSS_ENGINE_STATE_DEDICATED);
	opt_set(&p->gain, 45);
	opt_set(&p->reason, RSS_ENGINE_REASON_ENGINE_FULL);
	TEXT("a on eth0: shared (engine 1) -> dedicated (new engine), gain 45 percent, "
	     "in 20 ms at the earliest\n    engine-full: its engine is full (912 against 800), and it "
	     "was selected to leave\n", "plan");
	opt_set(&p->to_engine, 6);
	opt_set(&p->wait_ms, 0);
	TEXT("-> dedicated (engine 6), gain 45 percent\n", "plan");
}

/* Engines follow the VMs; one that is even is not worth a line. */
static void plan_of_engines(void **state)
{
	struct engine *engine;
	struct result r;

	(void)state;
	opt_set(&add_engine(0, 0)->reason, RSS_ENGINE_REASON_IDLE);
	engine = add_engine(1, 3);
	opt_set(&engine->hottest_queue, 4);
	opt_set(&engine->hottest, 905);
	opt_set(&engine->gain, 30);
	opt_set(&engine->reason, RSS_ENGINE_REASON_HOLD);
	opt_set(&engine->value, 905);
	opt_set(&engine->threshold, 800);
	opt_set(&engine->wait_ms, 20);
	r = tool("plan");
	assert_string_equal(r.out, "engine 1 on eth0, hottest queue 4 at 905, gain 30 percent\n"
			    "    hold: one queue has more than its share (905 against 800), "
			    "but has to have it for 20 ms more\n");
	result_free(&r);
	opt_set(&engine->reason, RSS_ENGINE_REASON_SINGLE_ENTRY);
	TEXT("a single indirection entry makes a load of 905", "plan");
	opt_set(&engine->reason, RSS_ENGINE_REASON_OBSERVE);
	r = tool("plan");
	assert_string_equal(r.out, "");
	result_free(&r);
	opt_set(&engine->reason, 1000);
	TEXT("a reason that this rssctl does not know", "plan");
}

static void add_event(__s64 seq)
{
	struct event *event = list_push(&fake.events, sizeof(*event));

	opt_set(&event->seq, seq);
	opt_set(&event->time_ns, 12345678901LL);
	opt_set(&event->kind, RSS_ENGINE_EVENT_KIND_MOVED);
	event->vm = xstrdup("a");
	event->ifname = xstrdup("eth0");
	opt_set(&event->from_state, RSS_ENGINE_STATE_NONE);
	opt_set(&event->from_engine, 0);
	opt_set(&event->to_state, RSS_ENGINE_STATE_SHARED);
	opt_set(&event->to_engine, 1);
	opt_set(&event->reason, RSS_ENGINE_REASON_SHARE_ABOVE);
	opt_set(&event->value, 300);
}

static void monitor_prints_lines(void **state)
{
	struct result r;

	(void)state;
	add_event(4);
	add_event(5);
	r = tool("-j", "monitor", "count", "1");
	assert_int_equal(r.rc, RC_OK);
	assert_string_equal(r.out, "{\"seq\":4,\"time_ns\":12345678901,\"kind\":\"moved\","
		"\"name\":\"a\",\"pnic\":\"eth0\",\"from_state\":\"none\",\"from_engine\":0,"
		"\"to_state\":\"shared\",\"to_engine\":1,\"reason\":\"share-above\",\"value\":300,"
		"\"threshold\":null,\"gain\":null,\"error\":null,\"crossed_sample\":null,"
		"\"decided_sample\":null,\"done_sample\":null,\"mode\":null,"
		"\"engine\":null,\"queue\":null,\"entries\":null,\"queues\":null}\n");
	result_free(&r);
	r = tool("monitor");
	assert_string_equal(r.err, "");
	assert_ptr_equal(strstr(r.out, "    12.345678  #4  moved  a  on eth0  none (engine 0) -> "
				"shared (engine 1)  share-above  value 300\n"), r.out);
	result_free(&r);
}

static void monitor_prints_rewrites(void **state)
{
	struct event *event = list_push(&fake.events, sizeof(*event));

	(void)state;
	opt_set(&event->seq, 4);
	opt_set(&event->time_ns, 12345678901LL);
	opt_set(&event->kind, RSS_ENGINE_EVENT_KIND_REWRITTEN);
	event->ifname = xstrdup("eth0");
	opt_set(&event->engine, 1);
	opt_set(&event->queue, 4);
	opt_set(&event->entries, 3);
	opt_set(&event->reason, RSS_ENGINE_REASON_UNEVEN);
	TEXT("#4  rewritten  on eth0  engine 1  queue 4  entries 3  uneven\n", "monitor");
}

static void monitor_tells_of_losses(void **state)
{
	struct result r;

	(void)state;
	add_event(4);
	add_event(8);
	fake.lost = true;
	r = tool("-j", "monitor");
	assert_int_equal(r.rc, RC_OK);
	assert_non_null(strstr(r.err, "rssctl: 3 events before #8 were lost\n"));
	assert_non_null(strstr(r.err, "some were lost"));
	result_free(&r);
}

static void values_of_a_newer_module(void **state)
{
	struct placement *p = add_placement("a", "eth0");
	struct json_object *o;

	(void)state;
	opt_set(&p->reason, 1000);
	o = JSON(PLAN_KEYS, "plan");
	assert_string_equal(get_str(o, "reason"), "unknown");
	json_object_put(o);
	TEXT("does not know", "plan");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(plan_of_who_stays),
		CASE(plan_of_who_goes),
		CASE(plan_of_engines),
		CASE(monitor_prints_lines),
		CASE(monitor_prints_rewrites),
		CASE(monitor_tells_of_losses),
		CASE(values_of_a_newer_module),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
