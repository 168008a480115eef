// SPDX-License-Identifier: GPL-2.0-only
/* replay, where queues follow the load: as recorded, and in a projection. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/rss_engine.h>

#include "replay.h"
#include "replays.h"

/* Queues */

/* Eight of them: 0 and 1 are due to engine 0, 2 and 3 to engine 1, all serve 0. */
static struct list eight(void)
{
	struct list queues = {};

	for (__u32 i = 0; i < 8; i++)
		*(struct rsse_pol_queue *)list_push(&queues, sizeof(struct rsse_pol_queue)) =
			(struct rsse_pol_queue){
				.id = i,
				.home = i < 4 ? i / 2 : RSSE_ENGINE_NEW,
			};
	return queues;
}

static struct rsse_pol_queue *queue_at(const struct list *queues, size_t i)
{
	return list_at(queues, i, sizeof(struct rsse_pol_queue));
}

/* The owners are @want, a digit a queue; "-" for nobody. */
static void owners_are(const struct list *queues, const char *want)
{
	char got[16] = "";

	for (size_t i = 0; i < queues->n; i++)
		got[i] = queue_at(queues, i)->engine == RSSE_ENGINE_NEW ?
			 '-' : (char)('0' + queue_at(queues, i)->engine);
	assert_string_equal(got, want);
}

static void an_engine_takes_what_is_due_to_it(void **state)
{
	struct list queues = eight();

	(void)state;
	queues_claim(&queues, 1, 1, 2);
	owners_are(&queues, "00110000");
	free(queues.v);
}

static void a_dedicated_engine_takes_idle_queues_first(void **state)
{
	struct list queues = eight();

	(void)state;
	queue_at(&queues, 1)->engine = RSSE_ENGINE_NEW;
	queues_claim(&queues, 5, RSSE_ENGINE_NEW, 2);
	owners_are(&queues, "05000005");
	queues_release(&queues, 5);
	owners_are(&queues, "0-00000-");
	free(queues.v);
}

static void far_queues_come_last_and_excluded_ones_never(void **state)
{
	struct list queues = eight();

	(void)state;
	queue_at(&queues, 7)->flags = RSSE_POL_QUEUE_EXCLUDED;
	queue_at(&queues, 6)->flags = RSSE_POL_QUEUE_FAR;
	queues_claim(&queues, 5, RSSE_ENGINE_NEW, 2);
	owners_are(&queues, "00005500");
	queues_claim(&queues, 6, RSSE_ENGINE_NEW, 9);
	/* The default engine keeps one, and that is the excluded one here. */
	owners_are(&queues, "66665560");
	free(queues.v);
}

static void shifts_of_other_owners_are_dropped(void **state)
{
	const struct rsse_pol_plan plan = {
		.nr_shifts = 3,
		.shifts = {
			{ .queue = 2, .from = 0, .to = 1 },
			{ .queue = 3, .from = 1, .to = 0 },
			{ .queue = 9, .from = 0, .to = 1 },
		},
	};
	struct list queues = eight();

	(void)state;
	queues_shift(&queues, &plan);
	owners_are(&queues, "00100000");
	assert_int_equal(queues_of(&queues, 0), 7);
	free(queues.v);
}

static void queues_that_are_gone_or_new(void **state)
{
	struct list before = eight(), now = eight();

	(void)state;
	queues_claim(&before, 1, 1, 1);
	before.n = 4;
	now.n = 6;
	queues_carry(&now, &before);
	owners_are(&now, "000100");
	before.n = 0;
	queues_carry(&now, &before);
	owners_are(&now, "000100");
	free(before.v);
	free(now.v);
}

/* Replays */

/* Some line of the record matches @pattern. */
static void record_has(const char *pattern)
{
	assert_int_equal(shell(xasprintf("grep -q '%s' %s", pattern, path)), 0);
}

static void record_elastic(unsigned int steps)
{
	history.elastic = true;
	history_run(&history, steps);
	make_record(0);
}

static void shifts_are_replayed(void **state)
{
	struct result r;

	(void)state;
	record_elastic(HISTORY_STEPS);
	record_has("\"shift\":.{");
	record_has("\"resized\":true,\"gained\":true");
	r = tool("replay", path);
	assert_int_equal(r.rc, RC_OK);
	assert_says(&r, "880 decisions compared: 0 differ from the record; 0 plans differ");
	assert_says(&r, "  on eth0  engine 0 -> engine 1  grow-above  value ");
	assert_says(&r, "  on eth0  engine 1 -> engine 0  unused  value ");
	assert_says(&r, " 0 in the replay only, 0 in the record only\nshifts of queues: ");
	assert_int_equal(count(r.out, "replay  "), 0);
	assert_int_equal(count(r.out, "record  "), 0);
	assert_int_equal(count(r.out, "projection"), 0);
	result_free(&r);
	r = tool("-j", "replay", path);
	assert_says(&r, "{\"by\":\"both\",\"name\":null,\"pnic\":\"eth0\",\"queue\":");
	assert_says(&r, "\"from_engine\":0,\"to_engine\":1,\"reason\":\"grow-above\",\"value\":");
	assert_says(&r, "\"shifts_replay\":0,\"shifts_record\":0,");
	assert_says(&r, "\"plans_differ\":0}");
	result_free(&r);
}

/* Each number of a shift counts. */
static void forged_shifts_are_found(void **state)
{
	static const char *const edits[] = {
		"s/\\(\"reason\":\"grow-above\",\"value\":\\)/\\11/",
		"s/\"grow-above\"/\"spare\"/",
		"s/\\(\"shift\":.{\"queue\":[0-9]*,\"to\":\\)1/\\10/",
		"s/\\(\"grow-above\".*\"crossed_sample\":\\)/\\11/",
	};

	(void)state;
	record_elastic(110);
	for (size_t i = 0; i < ARRAY_SIZE(edits); i++) {
		struct result r;

		assert_int_equal(shell(xasprintf("sed '%s' %s > %s", edits[i], path, other)), 0);
		assert_int_not_equal(shell(xasprintf("cmp -s %s %s", path, other)), 0);
		r = tool("replay", other);
		assert_int_equal(r.rc, RC_OK);
		assert_says(&r, " 1 plans differ");
		result_free(&r);
	}
}

/* With all that is remembered of engines that grow and have spare queues. */
static void it_can_begin_while_engines_grow(void **state)
{
	struct result r;

	(void)state;
	add_pnic();
	history.elastic = true;
	history_run(&history, 65);
	history_state(&history);
	history_run(&history, HISTORY_STEPS - 65);
	make_record(60);
	record_has("\"growing\":true,\"grow_ns\":");
	record_has("\"arrived_ns\":[0-9]*,\"placed\":true");
	r = tool("replay", path);
	assert_int_equal(r.rc, RC_OK);
	assert_says(&r, "155 samples, ");
	assert_says(&r, " 0 differ from the record; 0 plans differ");
	result_free(&r);
}

/* Entries that were rewritten lately stay, also when that is only remembered. */
static void rewritten_entries_are_remembered(void **state)
{
	struct result r;

	(void)state;
	add_pnic();
	history.uneven = true;
	history_run(&history, 12);
	assert_false(history.uneven);
	history_state(&history);
	history_run(&history, 8);
	make_record(10);
	record_has("\"moved\":.{\"engine\":1,");
	record_has("\"place\":1,\"engine\":1,");
	record_has("\"next_moved\":[1-9]");
	r = tool("replay", path, "--save-state", saved);
	assert_says(&r, " 0 differ from the record; 0 plans differ");
	result_free(&r);
	assert_int_equal(shell(xasprintf("grep -q '\"place\":1,\"engine\":1,' %s", saved)), 0);
}

static void maxima_are_replayed(void **state)
{
	struct result r;

	(void)state;
	history.limits.shared_queues = 2;
	history.limits.dedicated_engines = 0;
	record_elastic(HISTORY_STEPS);
	r = tool("replay", path);
	assert_says(&r, " 0 differ from the record; 0 plans differ");
	assert_int_equal(count(r.out, "grow-above"), 0);
	result_free(&r);
	/* Without them the engine would have grown. */
	assert_int_equal(shell(xasprintf("sed 's/\"shared_queues\":2/\"shared_queues\":4294967295/'"
					 " %s > %s", path, other)), 0);
	r = tool("replay", other);
	assert_says(&r, "on eth0  engine 0 -> engine 1  grow-above");
	assert_null(strstr(r.out, " 0 plans differ"));
	result_free(&r);
}

static void rules_are_replayed(void **state)
{
	struct result r;

	(void)state;
	history.vms[0].max_state = RSS_ENGINE_STATE_NONE;
	history.vms[1].latency = RSS_ENGINE_LATENCY_LOW;
	history.vms[1].apart = 7;
	history.vms[2].apart = 7;
	history.vms[2].min_state = RSS_ENGINE_STATE_SHARED;
	history.vms[2].together = 3;
	history.vms[3].need = 250;
	history.vms[3].require = 1;
	history.vms[3].prefer = 1;
	history.vms[3].flags |= RSSE_POL_VM_RESERVE;
	record_elastic(HISTORY_STEPS);
	r = tool("replay", path);
	assert_says(&r, "vm2  on eth0  none (engine 0) -> shared (engine 1)  placed");
	assert_says(&r, " 0 differ from the record; 0 plans differ");
	result_free(&r);
	/* Apart or not makes the difference, so the pairs have to be known. */
	assert_int_equal(shell(xasprintf("sed 's/\"pairs_room\":32/\"pairs_room\":0/' %s > %s",
					 path, other)), 0);
	r = tool("replay", other);
	assert_null(strstr(r.out, " 0 differ from the record; 0 plans differ"));
	result_free(&r);
}

/* Projections */

/*
 * Earlier by the hold times. The engine has the same VMs, and so the same load on the
 * same number of queues, and grows when that is too much.
 */
static void queues_follow_in_a_projection(void **state)
{
	struct result r;

	(void)state;
	record_elastic(110);
	r = tool("replay", path, "--set", "hold_up_ms=0");
	assert_int_equal(r.rc, RC_OK);
	assert_says(&r, "replay       1.200000  #1060  queue 6  on eth0  engine 0 -> engine 1  "
		    "grow-above  value 580  threshold 500  crossed 1060  projection");
	assert_says(&r, "record       1.400000  #1070  queue 6  on eth0  engine 0 -> engine 1  "
		    "grow-above  value 580  threshold 500  crossed 1060\n");
	/* On three queues its load is low enough: it grows no further. */
	assert_int_equal(count(r.out, "grow-above"), 2);
	assert_says(&r, "shifts of queues: 0 in both, 1 in the replay only, 1 in the record only");
	assert_says(&r, " moves and 1 shifts of the replay rest on a projection");
	result_free(&r);
	r = tool("-j", "replay", path, "--set", "hold_up_ms=0");
	assert_says(&r, "\"shifts_both\":0,\"shifts_replay\":1,\"shifts_record\":1,");
	assert_says(&r, "\"shifts_projected\":1");
	result_free(&r);
}

static void a_shift_alone_begins_a_projection(void **state)
{
	struct result r;

	(void)state;
	record_elastic(110);
	r = tool("replay", path, "--set", "scale=off");
	assert_says(&r, "  on eth0  engine 0 -> engine 1  due  value ");
	assert_says(&r, "projection  after #1001 on eth0");
	assert_says(&r, "shifts of queues: 0 in both, 6 in the replay only, 1 in the record only");
	result_free(&r);
	r = tool("replay", path, "--set", "scale=pack");
	assert_says(&r, "  on eth0  engine 0 -> nobody  pack-below  value ");
	/* What is given up is there for who grows. */
	assert_says(&r, "  on eth0  nobody -> engine 1  grow-above  value 580  threshold 500");
	result_free(&r);
}

/* Those in force where the record is edited: one may be made where the record has none. */
static void shared_engines_are_made_in_a_projection(void **state)
{
	struct result r;

	(void)state;
	history.limits = (struct rsse_pol_limits){ ~0U, 77, 1, 0 };
	record_elastic(HISTORY_STEPS);
	assert_int_equal(shell(xasprintf("sed 's/\"shared_engines\":77/\"shared_engines\":2/'"
					 " %s > %s", path, other)), 0);
	r = tool("replay", other, "--set", "hold_up_ms=0");
	assert_int_equal(r.rc, RC_OK);
	assert_says(&r, "vm1  on eth0  shared (engine 1) -> shared  engine-full  value 1000  "
		    "threshold 800  gain 77  crossed 1060  projection");
	/* It stays there, until it is calm; then the engine falls asleep, and is no more. */
	assert_int_equal(count(r.out, "engine-full"), 1);
	assert_says(&r, "vm1  on eth0  shared -> none (engine 0)  unshared");
	assert_says(&r, "on eth0  a new engine -> engine 0  unused");
	assert_says(&r, "shifts of queues: 0 in both, 2 in the replay only, 1 in the record only");
	result_free(&r);
	/* One may be all that there are: it finds no other. */
	assert_int_equal(shell(xasprintf("sed 's/\"shared_engines\":77/\"shared_engines\":1/'"
					 " %s > %s", path, other)), 0);
	r = tool("replay", other, "--set", "hold_up_ms=0");
	assert_int_equal(count(r.out, "engine-full"), 0);
	result_free(&r);
}

/* A VM that follows the record to an engine that sleeps in the projection wakes it. */
static void a_move_by_hand_brings_its_queues(void **state)
{
	struct result r;

	(void)state;
	history.elastic = true;
	history_run(&history, 14);
	history_move(&history, 3, RSS_ENGINE_STATE_DEDICATED);
	history_run(&history, 30);
	history_move(&history, 3, RSS_ENGINE_STATE_NONE);
	history_run(&history, 6);
	make_record(0);
	r = tool("replay", path);
	assert_says(&r, " 0 differ from the record; 0 plans differ");
	result_free(&r);
	r = tool("replay", path, "--set", "share_above=2000", "--set", "hold_down_ms=100");
	assert_int_equal(r.rc, RC_OK);
	assert_says(&r, "projection  after #");
	result_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_engine_takes_what_is_due_to_it),
		cmocka_unit_test(a_dedicated_engine_takes_idle_queues_first),
		cmocka_unit_test(far_queues_come_last_and_excluded_ones_never),
		cmocka_unit_test(shifts_of_other_owners_are_dropped),
		cmocka_unit_test(queues_that_are_gone_or_new),
		CASE(shifts_are_replayed),
		CASE(forged_shifts_are_found),
		CASE(it_can_begin_while_engines_grow),
		CASE(rewritten_entries_are_remembered),
		CASE(maxima_are_replayed),
		CASE(rules_are_replayed),
		CASE(queues_follow_in_a_projection),
		CASE(a_shift_alone_begins_a_projection),
		CASE(shared_engines_are_made_in_a_projection),
		CASE(a_move_by_hand_brings_its_queues),
	};

	return replays_run("replay queues", tests);
}
