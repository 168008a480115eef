// SPDX-License-Identifier: GPL-2.0-only
/* Queues follow the load: engines grow, fall asleep, lend, pack; within the maxima. */
#include <errno.h>

#include "scaled.h"

static u32 shifts_for(const struct world *w, u32 reason)
{
	u32 i, nr = 0;

	for (i = 0; i < w->nr_shifted; i++)
		nr += w->shifted[i].shift.reason == reason;
	return nr;
}

/* Quiet hosts */

static void unused_engine_serves_the_default_one(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_SPREAD, 4, 1, 4, 2);

	(void)unused;
	world_run(w, w->config.hold_down_ms - 100);
	assert_int_equal(QUEUES(w, 1), 4);
	world_run(w, 5000 - w->config.hold_down_ms);
	assert_int_equal(QUEUES(w, 1), 0);
	assert_int_equal(QUEUES(w, 0), 10);
	assert_int_equal(shifts_for(w, R(UNUSED)), w->nr_shifted);
	world_free(w);
}

static void nothing_moves_when_off(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_OFF, 4, 1, 4, 2);

	(void)unused;
	w->host = 3900;
	world_run(w, 10000);
	assert_int_equal(w->nr_shifted, 0);
	world_free(w);
}

static void quiet_host_packs_onto_one_queue(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_PACK, 8, 2, 4, 4);

	(void)unused;
	w->host = 100;
	world_run(w, 5000);
	assert_int_equal(QUEUES(w, 0), 1);
	assert_int_equal(QUEUES(w, 1) + QUEUES(w, 2), 0);
	assert_int_equal(world_unowned(w), 19);
	assert_int_equal(shifts_for(w, R(PACK_BELOW)), 7);
	world_free(w);
}

/* So many queues that each is at pack_below at most. */
static void pack_stops_at_its_threshold(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_PACK, 8, 0, 0, 0);

	(void)unused;
	w->host = 3 * w->config.pack_below;
	world_run(w, 10000);
	assert_int_equal(QUEUES(w, 0), 3);
	w->host++;
	world_run(w, 10000);
	assert_int_equal(QUEUES(w, 0), 3);	/* too many for 2, too few to grow */
	world_free(w);

	w = scaled(RSS_ENGINE_SCALE_PACK, 8, 0, 0, 0);
	w->host = 3 * w->config.pack_below + 8;
	world_run(w, 10000);
	assert_int_equal(QUEUES(w, 0), 4);
	world_free(w);
}

/* The most that was needed in hold_down_ms, not the latest. */
static void pack_remembers_the_bursts(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_PACK, 8, 0, 0, 0);
	u32 i;

	(void)unused;
	for (i = 0; i < 20; i++) {
		w->host = 100;
		world_run(w, 340);
		w->host = 1100;
		world_run(w, 100);
	}
	assert_int_equal(QUEUES(w, 0), 5);
	world_free(w);
}

/* Growing */

static void default_grows_above_its_threshold(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_PACK, 4, 0, 0, 4);

	(void)unused;
	w->host = 4 * w->config.grow_above;
	world_run(w, 3000);
	assert_int_equal(QUEUES(w, 0), 4);
	w->host += 4;
	world_run(w, 1000);
	assert_int_equal(QUEUES(w, 0), 5);
	assert_int_equal(w->shifted[0].shift.reason, R(GROW_ABOVE));
	assert_int_equal(w->shifted[0].shift.threshold, w->config.grow_above);
	assert_int_equal(w->shifted[0].shift.value, w->config.grow_above + 1);
	world_free(w);
}

static void warm_engine_is_in_no_hurry(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_PACK, 4, 0, 0, 4);
	u64 begun;

	(void)unused;
	w->host = 2400;
	world_run(w, 5 * w->config.hold_up_ms - 20);
	w->host = 1900;
	world_run(w, 200);
	assert_int_equal(w->nr_shifted, 0);
	begun = w->snap.now_ns;
	w->host = 2400;
	world_run(w, 1000);
	assert_int_equal(w->shifted[0].time_ns - begun, (5 * w->config.hold_up_ms + 20) * MS);
	world_free(w);
}

static void full_engine_is(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_PACK, 4, 0, 0, 4);
	u64 begun = w->snap.now_ns;

	(void)unused;
	w->host = 3500;
	world_run(w, 1000);
	assert_int_equal(w->shifted[0].time_ns - begun, (w->config.hold_up_ms + 20) * MS);
	assert_int_equal(QUEUES(w, 0), 7);
	world_free(w);
}

/* From its minimum of queues to all it needs, before one is over 95 % for 200 ms. */
static void in_time(u32 sum, u32 queues)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_PACK, 8, 1, 4, 4);
	u32 i, worst = 0, now = 0;

	for (i = 0; i < 40; i++)
		w->vm[world_vm(w, 2, 10)].max_state = NONE;
	world_run(w, 5000);
	assert_int_equal(QUEUES(w, 0), 1);
	now_do(w, 0, 40, sum);
	for (i = 0; i < 100; i++) {
		world_step(w, 20);
		now = w->engine[0].hottest > 950 ? now + 20 : 0;
		worst = worst > now ? worst : now;
	}
	assert_in_range(worst, 20, 199);
	assert_true(QUEUES(w, 0) >= queues);
	assert_true(w->engine[0].load <= w->config.grow_above);
	world_free(w);
}

static void packed_host_is_there_in_time(void **unused)
{
	(void)unused;
	in_time(4000, 8);
	in_time(7800, 16);	/* most of it is due to others, who do not need it */
}

static void swing_does_not_flap(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_PACK, 8, 0, 0, 0);
	u32 i;

	(void)unused;
	for (i = 0; i < 60; i++) {
		w->host = i % 2 ? 2200 : 400;
		world_run(w, 1000);
	}
	/* Once down to what the peaks need, if at all, and no queue comes back. */
	assert_int_equal(shifts_for(w, R(GROW_ABOVE)), 0);
	world_free(w);
}

/* Lending */

static void queue_is_borrowed_and_given_back(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_SPREAD, 4, 2, 4, 0);
	u32 hot = tenants(w, 1, 8, 3000), cold = tenants(w, 2, 8, 80);

	(void)unused;
	w->host = 1900;
	world_run(w, 1500);
	assert_in_range(QUEUES(w, 1), 5, 6);
	assert_int_equal(QUEUES(w, 1) + QUEUES(w, 2), 8);	/* what is cold lends */
	assert_true(QUEUES(w, 2) >= 2);				/* but half of its own */
	assert_int_equal(QUEUES(w, 0), 4);
	now_do(w, hot, 8, 300);
	now_do(w, cold, 8, 2800);
	world_run(w, 8000);
	assert_true(QUEUES(w, 2) >= 4);
	assert_true(world_engine(w, 2)->load < 800);
	world_free(w);
}

/* A little colder is no reason, nor what would be as hot without the queue. */
static void balanced_engines_keep_their_queues(void **unused)
{
	static const u32 each[] = { 4, 16 };
	u32 i;

	(void)unused;
	for (i = 0; i < 2; i++) {
		struct world *w = scaled(RSS_ENGINE_SCALE_SPREAD, 4, 2, each[i], 0);

		tenants(w, 1, 32, each[i] * 620);
		tenants(w, 2, 32, each[i] * 510);
		w->host = 2300;
		world_run(w, 20000);
		assert_int_equal(w->nr_shifted, 0);
		world_free(w);
	}
}

static void dedicated_gets_what_is_spare_and_gives_it_back(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_SPREAD, 8, 0, 0, 6);
	u32 engine = world_dedicated(w), vm = world_vm(w, 3000, 100);

	(void)unused;
	world_place(w, vm, DEDICATED, engine);
	w->host = 400;
	world_run(w, 10000);
	assert_int_equal(QUEUES(w, engine), 6);		/* 3000 at grow_above */
	assert_int_equal(QUEUES(w, 0), 8);
	w->host = 7500;
	world_run(w, 1000);
	assert_true(QUEUES(w, 0) > 8);
	assert_true(QUEUES(w, engine) >= 1);
	w->host = 400;
	w->demand[vm].pnic = 350;
	world_run(w, 10000);
	assert_int_equal(QUEUES(w, engine), 1);
	world_free(w);
}

/*
 * There are not as many queues as it keeps busy for an engine of its own, but fewer
 * could be spared if need be: when the default engine is full, it has to do with those.
 */
static void too_heavy_for_what_is_left(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_SPREAD, 4, 1, 2, 2);
	u32 vm = world_vm(w, 50, 10);

	(void)unused;
	tenants(w, 1, 4, 600);
	w->host = 1200;
	world_run(w, 1000);
	now_do(w, vm, 1, 3000);
	world_run(w, 1000);
	assert_int_equal(STATE(w, vm), NONE);
	assert_int_equal(REASON(w, vm), R(NO_GAIN));
	w->host = 3200;
	world_run(w, w->config.hold_up_ms + 60);
	assert_int_equal(STATE(w, vm), DEDICATED);
	world_run(w, 1000);
	assert_true(w->engine[0].load <= w->config.engine_above);
	assert_true(w->engine[1].load <= w->config.engine_above);
	world_free(w);
}

static void engine_is_woken_with_its_queues(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_SPREAD, 4, 1, 4, 0);
	u32 vm;

	(void)unused;
	world_run(w, 5000);
	assert_int_equal(QUEUES(w, 1), 0);
	vm = world_vm(w, 100, 100);
	w->vm[vm].min_state = SHARED;
	world_step(w, 20);
	assert_int_equal(w->done[0].move.queues, 4);
	assert_int_equal(STATE(w, vm), SHARED);
	assert_int_equal(QUEUES(w, 1), 4);
	assert_int_equal(QUEUES(w, 0), 4);
	world_free(w);
}

static void failed_shifts_back_off(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_PACK, 4, 0, 0, 4);
	u32 i, tries = 0;

	(void)unused;
	w->fail_shifts = EIO;
	w->host = 3500;
	for (i = 0; i < 500; i++) {
		world_step(w, 20);
		tries += !!w->plan.nr_shifts;
	}
	/* 1, 2, 4 s between them */
	assert_in_range(tries, 3, 4);
	w->fail_shifts = 0;
	world_run(w, 10000);
	assert_int_equal(QUEUES(w, 0), 7);
	world_free(w);
}

/* Maxima */

static void default_keeps_to_its_maximum(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_SPREAD, 4, 0, 0, 4);

	(void)unused;
	w->snap.limits.default_queues = 3;
	w->host = 3900;
	world_run(w, 5000);
	assert_int_equal(QUEUES(w, 0), 3);
	assert_int_equal(shifts_for(w, R(LIMIT)), w->nr_shifted);
	w->snap.limits.default_queues = 6;
	world_run(w, 5000);
	assert_int_equal(QUEUES(w, 0), 6);
	world_free(w);
}

static void shared_keeps_to_its_maximum(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_SPREAD, 8, 1, 4, 0);

	(void)unused;
	tenants(w, 1, 8, 3500);
	w->snap.limits.shared_queues = 2;
	world_run(w, 5000);
	assert_int_equal(QUEUES(w, 1), 2);
	w->snap.limits.shared_queues = 5;
	world_run(w, 5000);
	assert_int_equal(QUEUES(w, 1), 5);
	world_free(w);
}

static void shared_engines_are_closed(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_SPREAD, 4, 2, 4, 0);
	u32 i, first = tenants(w, 2, 4, 400);

	(void)unused;
	tenants(w, 1, 4, 400);
	w->snap.limits.shared_engines = 1;
	world_run(w, 5000);
	for (i = first; i < first + 4; i++) {
		assert_int_equal(w->vm[i].engine, 1);
		assert_int_equal(world_moves_of(w, i), 1);
	}
	assert_int_equal(w->done[0].move.reason, R(LIMIT));
	assert_int_equal(QUEUES(w, 2), 0);
	world_free(w);
}

static void dedicated_engines_are_given_up(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_SPREAD, 4, 1, 4, 3);
	u32 i;

	(void)unused;
	tenants(w, 1, 2, 100);
	for (i = 0; i < 3; i++)
		world_place(w, world_vm(w, 500, 100), DEDICATED, world_dedicated(w));
	w->vm[3].priority = -1;
	w->snap.limits.dedicated_engines = 2;
	world_run(w, 1000);
	assert_int_equal(w->nr_done, 1);
	assert_int_equal(w->done[0].move.reason, R(LIMIT));
	assert_int_equal(STATE(w, 3), SHARED);	/* the one of least priority */
	world_free(w);
}

/* CPUs */

static void excluded_cpus_serve_nobody(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_SPREAD, 4, 0, 0, 4);
	u32 i;

	(void)unused;
	w->queue[1].flags = RSSE_POL_QUEUE_EXCLUDED;
	w->queue[6].flags = RSSE_POL_QUEUE_EXCLUDED;
	w->host = 7000;
	world_run(w, 5000);
	assert_int_equal(QUEUES(w, 0), 6);
	assert_int_equal(w->queue[1].engine, RSSE_ENGINE_NEW);
	assert_int_equal(w->queue[6].engine, RSSE_ENGINE_NEW);
	assert_int_equal(shifts_for(w, R(EXCLUDED)), 1);
	/* All of them: one queue stays, for there has to be a way. */
	for (i = 0; i < 8; i++)
		w->queue[i].flags = RSSE_POL_QUEUE_EXCLUDED;
	world_run(w, 5000);
	assert_int_equal(QUEUES(w, 0), 1);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unused_engine_serves_the_default_one),
		cmocka_unit_test(nothing_moves_when_off),
		cmocka_unit_test(quiet_host_packs_onto_one_queue),
		cmocka_unit_test(pack_stops_at_its_threshold),
		cmocka_unit_test(pack_remembers_the_bursts),
		cmocka_unit_test(default_grows_above_its_threshold),
		cmocka_unit_test(warm_engine_is_in_no_hurry),
		cmocka_unit_test(full_engine_is),
		cmocka_unit_test(packed_host_is_there_in_time),
		cmocka_unit_test(swing_does_not_flap),
		cmocka_unit_test(queue_is_borrowed_and_given_back),
		cmocka_unit_test(balanced_engines_keep_their_queues),
		cmocka_unit_test(dedicated_gets_what_is_spare_and_gives_it_back),
		cmocka_unit_test(too_heavy_for_what_is_left),
		cmocka_unit_test(engine_is_woken_with_its_queues),
		cmocka_unit_test(failed_shifts_back_off),
		cmocka_unit_test(default_keeps_to_its_maximum),
		cmocka_unit_test(shared_keeps_to_its_maximum),
		cmocka_unit_test(shared_engines_are_closed),
		cmocka_unit_test(dedicated_engines_are_given_up),
		cmocka_unit_test(excluded_cpus_serve_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
