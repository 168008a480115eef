// SPDX-License-Identifier: GPL-2.0-only
/* No oscillation: loads that swing around a threshold, many small VMs. */
#include "unit.h"

static const u32 swings_ms[] = { 50, 70, 100, 200, 500, 1000, 2000, 3000, 4000, 5000 };
static const u32 periods_ms[] = { 10, 20, 100 };

enum shape { SQUARE, TRIANGLE };

/* @mid * (0.9 .. 1.1), at @ms of a swing that lasts @swing ms. */
static u32 swing(u32 mid, u32 swing, enum shape shape, u64 ms)
{
	u32 at = ms % swing, half = swing / 2, rise;

	if (shape == SQUARE)
		return at < half ? mid * 11 / 10 : mid * 9 / 10;
	rise = at < half ? at : swing - at;
	return mid * 9 / 10 + mid / 5 * rise / half;
}

/* One minute in which each listed VM's demand swings around @mid. */
static void minute(struct world *w, u32 first, u32 nr, u32 mid, u32 swing_ms,
		   enum shape shape)
{
	u64 start = w->snap.now_ns;
	u32 i;

	while (w->snap.now_ns - start < 60000 * MS) {
		u64 ms = (w->snap.now_ns - start) / MS;

		for (i = first; i < first + nr; i++)
			w->demand[i].pnic = swing(mid, swing_ms, shape, ms);
		world_step(w, w->config.period_ms);
	}
}

typedef void (*scene)(u32 period_ms, u32 swing_ms, enum shape shape);

static void all_swings(scene play)
{
	u32 p, s;

	for (p = 0; p < 3; p++)
		for (s = 0; s < sizeof(swings_ms) / sizeof(*swings_ms); s++) {
			play(periods_ms[p], swings_ms[s], SQUARE);
			play(periods_ms[p], swings_ms[s], TRIANGLE);
		}
}

static struct world *sampled_at(u32 period_ms, u32 pool)
{
	struct world *w = world_new(4, 2, 2, pool);

	w->config.period_ms = period_ms;
	return w;
}

static void at_most_two(struct world *w)
{
	assert_in_range(w->nr_done, 0, 2);
	world_free(w);
}

/* Down for longer than the hold time, and so it must have moved once. */
static void goes_down(struct world *w, u32 swing_ms)
{
	if (swing_ms / 2 > w->config.hold_down_ms)
		assert_true(w->nr_done > 0);
	at_most_two(w);
}

static void play_share(u32 period_ms, u32 swing_ms, enum shape shape)
{
	struct world *w = sampled_at(period_ms, 2);

	world_vm(w, 200, 0);
	minute(w, 0, 1, 200, swing_ms, shape);
	if (swing_ms >= 1000)
		assert_int_equal(STATE(w, 0), SHARED);
	at_most_two(w);
}

static void swing_around_share_above(void **unused)
{
	(void)unused;
	all_swings(play_share);
}

static void play_unshare(u32 period_ms, u32 swing_ms, enum shape shape)
{
	struct world *w = sampled_at(period_ms, 2);

	world_place(w, world_vm(w, 80, 0), SHARED, 1);
	minute(w, 0, 1, 80, swing_ms, shape);
	goes_down(w, swing_ms);
}

static void swing_around_unshare_below(void **unused)
{
	(void)unused;
	all_swings(play_unshare);
}

/* The shared engines are at 450, with room for one more VM of 300. */
static void play_release(u32 period_ms, u32 swing_ms, enum shape shape)
{
	struct world *w = sampled_at(period_ms, 2);

	world_place(w, world_vm(w, 300, 0), DEDICATED, world_dedicated(w));
	world_place(w, world_vm(w, 900, 50), SHARED, 1);
	world_place(w, world_vm(w, 900, 50), SHARED, 2);
	minute(w, 0, 1, 300, swing_ms, shape);
	goes_down(w, swing_ms);
}

static void swing_around_release_below(void **unused)
{
	(void)unused;
	all_swings(play_release);
}

/* The shared engine swings, by one VM and by all of them. */
static void play_engine(u32 period_ms, u32 swing_ms, enum shape shape)
{
	struct world *w = sampled_at(period_ms, 2);
	u32 i;

	for (i = 0; i < 4; i++)
		world_place(w, world_vm(w, 400, 100), SHARED, 1);
	minute(w, 0, 4, 400, swing_ms, shape);
	if (swing_ms >= 1000)
		assert_true(w->nr_done > 0);
	at_most_two(w);
}

static void swing_around_engine_above(void **unused)
{
	(void)unused;
	all_swings(play_engine);
}

/* Without queues for dedicated engines they go to the other shared engine. */
static void play_lateral(u32 period_ms, u32 swing_ms, enum shape shape)
{
	struct world *w = sampled_at(period_ms, 0);
	u32 i;

	for (i = 0; i < 4; i++)
		world_place(w, world_vm(w, 400, 100), SHARED, 1);
	world_place(w, world_vm(w, 500, 100), SHARED, 2);
	minute(w, 0, 4, 400, swing_ms, shape);
	if (swing_ms >= 1000)
		assert_true(w->nr_done > 0);
	at_most_two(w);
}

static void swing_with_a_second_shared_engine(void **unused)
{
	(void)unused;
	all_swings(play_lateral);
}

/* What an engine may have when a VM returns to it: 650. */
static void play_return(u32 period_ms, u32 swing_ms, enum shape shape)
{
	struct world *w = sampled_at(period_ms, 2);

	world_place(w, world_vm(w, 100, 20), DEDICATED, world_dedicated(w));
	world_place(w, world_vm(w, 1200, 50), SHARED, 1);
	world_place(w, world_vm(w, 1400, 50), SHARED, 2);
	minute(w, 1, 1, 1200, swing_ms, shape);
	goes_down(w, swing_ms);
}

static void swing_around_the_return_limit(void **unused)
{
	(void)unused;
	all_swings(play_return);
}

/* A default engine of four queues that three heavier VMs fill. */
static void play_default(u32 period_ms, u32 swing_ms, enum shape shape)
{
	struct world *w = sampled_at(period_ms, 2);
	u32 i;

	w->config.share_above = 10000;
	for (i = 0; i < 4; i++)
		world_vm(w, 800, 100);
	minute(w, 0, 4, 800, swing_ms, shape);
	if (swing_ms >= 1000)
		assert_true(w->nr_done > 0);
	at_most_two(w);
}

static void swing_around_engine_above_in_default(void **unused)
{
	(void)unused;
	all_swings(play_default);
}

/*
 * Forty small VMs fill the default queues. They move until these are no longer
 * full, and stay where they were put while that lasts, though each of them is
 * below unshare_below.
 */
static void forty_small_vms(u32 select, u32 pnic, u32 vnic)
{
	struct world *w = world_new(2, 1, 2, 2);
	u32 i, moves;

	w->config.select = select;
	for (i = 0; i < 40; i++)
		world_vm(w, pnic, vnic);
	world_run(w, 2000);
	moves = w->nr_done;
	assert_true(moves > 0);
	assert_true(w->engine[0].load <= 800);
	assert_true(w->engine[1].load <= 650);
	for (i = 0; i < moves; i++)
		assert_int_equal(w->done[i].move.reason, R(DEFAULT_FULL));
	world_run(w, 60000);
	assert_int_equal(w->nr_done, moves);
	for (i = 0; i < 40; i++)
		if (STATE(w, i) == SHARED)
			assert_int_equal(REASON(w, i), R(NO_ROOM));
	/* When they calm down, all return. */
	for (i = 0; i < 40; i++)
		w->demand[i] = (struct demand){ .pnic = 5 };
	world_run(w, 10000);
	for (i = 0; i < 40; i++)
		assert_int_equal(STATE(w, i), NONE);
	assert_int_equal(w->nr_done, 2 * moves);
	world_free(w);
}

static void forty_small_vms_fill_the_default_queues(void **unused)
{
	u32 select;

	(void)unused;
	for (select = 0; select <= RSS_ENGINE_SELECT_STATIC; select++) {
		forty_small_vms(select, 45, 20);
		forty_small_vms(select, 41, 30);
		forty_small_vms(select, 60, 10);	/* saturated */
	}
}

/* No more than needed: 1,800 of 2,000 is 900; five of forty leave. */
static void forty_small_vms_no_more_than_needed(void **unused)
{
	struct world *w = world_new(2, 1, 2, 2);
	u32 i;

	(void)unused;
	for (i = 0; i < 40; i++)
		world_vm(w, 45, 20);
	world_run(w, 5000);
	assert_int_equal(w->nr_done, 5);
	world_free(w);
}

/* All forty swing together: nobody moves twice. */
static void forty_small_vms_that_swing(void **unused)
{
	u32 s, i;

	(void)unused;
	for (s = 0; s < sizeof(swings_ms) / sizeof(*swings_ms); s++) {
		struct world *w = world_new(2, 1, 2, 2);

		for (i = 0; i < 40; i++)
			world_vm(w, 40, 20);
		minute(w, 0, 40, 40, swings_ms[s], TRIANGLE);
		for (i = 0; i < 40; i++)
			assert_in_range(world_moves_of(w, i), 0, 1);
		world_free(w);
	}
}

/* A dedicated VM whose return would fill the shared engine stays. */
static void release_does_not_come_back(void **unused)
{
	struct world *w = world_new(4, 1, 2, 2);
	u32 vm = world_vm(w, 5000, 100), i;

	(void)unused;
	for (i = 0; i < 3; i++)
		world_place(w, world_vm(w, 400, 100), SHARED, 1);
	world_run(w, 1000);
	assert_int_equal(STATE(w, vm), DEDICATED);
	w->demand[vm].pnic = 150;
	world_run(w, 60000);
	assert_int_equal(STATE(w, vm), DEDICATED);
	assert_int_equal(REASON(w, vm), R(NO_ROOM));
	world_free(w);
}

/*
 * A flood on the shared engine wants queues that VMs without any load have, and
 * those cannot return to the shared engine, because the flood fills it.
 */
static void idle_vms_do_not_keep_queues_from_a_flood(void **unused)
{
	struct world *w = world_new(4, 1, 2, 2);
	u32 flood = world_vm(w, 5000, 100), i;

	(void)unused;
	world_place(w, flood, SHARED, 1);
	world_place(w, world_vm(w, 60, 100), SHARED, 1);
	for (i = 0; i < 2; i++)
		world_place(w, world_vm(w, 0, 0), DEDICATED, world_dedicated(w));
	world_run(w, 1000);
	assert_int_equal(STATE(w, flood), SHARED);
	world_run(w, 1500);
	assert_int_equal(STATE(w, flood), DEDICATED);
	assert_int_equal(world_moves_of(w, flood), 1);
	world_run(w, 20000);
	assert_int_equal(world_moves_of(w, flood), 1);
	world_free(w);
}

/* The story of a flood, from rest to rest. */
static void flood_comes_and_goes(void **unused)
{
	struct world *w = world_new(4, 1, 2, 2);
	u32 i;

	(void)unused;
	for (i = 0; i < 6; i++)
		world_vm(w, 5, 10);
	world_run(w, 1000);
	assert_int_equal(w->nr_done, 0);
	for (i = 0; i < 3; i++)
		w->demand[i] = (struct demand){ 150, 150, 150 };
	world_run(w, 1000);
	for (i = 0; i < 6; i++)
		assert_int_equal(STATE(w, i), i < 3 ? SHARED : NONE);
	w->demand[0] = (struct demand){ 5000, 500, 500 };
	world_run(w, 1000);
	assert_int_equal(STATE(w, 0), DEDICATED);
	assert_int_equal(w->engine[1].full_polls, 0);
	w->demand[0] = (struct demand){ 150, 100, 100 };
	world_run(w, 6000);
	assert_int_equal(STATE(w, 0), SHARED);
	for (i = 0; i < 3; i++)
		w->demand[i] = (struct demand){ 5, 10, 10 };
	world_run(w, 7000);
	for (i = 0; i < 6; i++) {
		assert_int_equal(STATE(w, i), NONE);
		assert_int_equal(REASON(w, i), R(IDLE));
	}
	assert_int_equal(w->nr_done, 3 + 1 + 1 + 3);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(swing_around_share_above),
		cmocka_unit_test(swing_around_unshare_below),
		cmocka_unit_test(swing_around_release_below),
		cmocka_unit_test(swing_around_engine_above),
		cmocka_unit_test(swing_with_a_second_shared_engine),
		cmocka_unit_test(swing_around_the_return_limit),
		cmocka_unit_test(swing_around_engine_above_in_default),
		cmocka_unit_test(forty_small_vms_fill_the_default_queues),
		cmocka_unit_test(forty_small_vms_no_more_than_needed),
		cmocka_unit_test(forty_small_vms_that_swing),
		cmocka_unit_test(release_does_not_come_back),
		cmocka_unit_test(idle_vms_do_not_keep_queues_from_a_flood),
		cmocka_unit_test(flood_comes_and_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
