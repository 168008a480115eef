// SPDX-License-Identifier: GPL-2.0-only
/* Dedicated engines that there are too few of: reservation, pre-emption, starvation. */
#include "given.h"

/* A VM that fills shared engine @id, and one that would be better off without it. */
static u32 flooder(struct world *w, u32 id, s32 priority)
{
	u32 vm = on(w, SHARED, id, 1500, 300);

	w->vm[on(w, SHARED, id, 100, 100)].pin = RSS_ENGINE_PIN_SHARED;
	w->vm[vm].priority = priority;
	world_engine(w, id)->load = 900;
	world_engine(w, id)->hottest = 900;
	return vm;
}

/* One that has a dedicated engine, and shared engine 1 to go to. */
static u32 holder(struct world *w, s32 priority)
{
	u32 engine = world_dedicated(w), vm = on(w, DEDICATED, engine, 500, 100);

	w->vm[vm].priority = priority;
	return vm;
}

/* Two shared engines, and one queue for dedicated ones that is taken. */
static struct world *taken(u32 *has, u32 *wants, s32 difference)
{
	struct world *w = given(2, 1);

	w->config.starve_ms = 1000;
	*has = holder(w, 0);
	*wants = flooder(w, 2, difference);
	return w;
}

static void reserved_engine_is_not_for_others(void **unused)
{
	struct world *w = given(2, 1);
	u32 owner = on(w, SHARED, 1, 10, 10), other = flooder(w, 2, 9);

	(void)unused;
	w->vm[owner].flags |= RSSE_POL_VM_RESERVE;
	w->vm[owner].min_state = SHARED;
	w->engine[1].load = 760;	/* no room there either */
	world_run(w, 1000);
	stayed(w, other, R(NO_ENGINE));
	/* The owner gets it, though the other one has waited. */
	w->engine[1].load = 900;
	w->vm[owner].pnic_busy = 1600;
	w->vm[on(w, SHARED, 1, 100, 100)].pin = RSS_ENGINE_PIN_SHARED;
	world_run(w, 100);
	moved(w, owner, DEDICATED, 3, R(ENGINE_FULL));
	stayed(w, other, R(NO_ENGINE));
	world_free(w);
}

/* Where a maximum allows a single one, it is that which is kept. */
static void reserved_engine_is_kept_under_a_maximum(void **unused)
{
	struct world *w = given(2, 3);
	u32 owner = on(w, SHARED, 1, 10, 10), other = flooder(w, 2, 9);

	(void)unused;
	w->vm[owner].flags |= RSSE_POL_VM_RESERVE;
	w->vm[owner].min_state = SHARED;
	w->snap.limits.dedicated_engines = 1;
	w->engine[1].load = 760;
	world_run(w, 1000);
	stayed(w, other, R(NO_ENGINE));
	w->vm[owner].flags = w->vm[other].flags;
	world_run(w, 100);
	moved(w, other, DEDICATED, 3, R(ENGINE_FULL));
	world_free(w);
}

/* They all have reserved it: then the one that needs it gets it. */
static void owners_do_not_keep_each_other_away(void **unused)
{
	struct world *w = given(2, 1);
	u32 idle = on(w, SHARED, 1, 10, 10), needs = flooder(w, 2, 9);

	(void)unused;
	w->vm[idle].flags |= RSSE_POL_VM_RESERVE;
	w->vm[idle].min_state = SHARED;
	w->vm[needs].flags |= RSSE_POL_VM_RESERVE;
	w->snap.limits.dedicated_engines = 1;
	w->engine[1].load = 760;
	world_run(w, 100);
	moved(w, needs, DEDICATED, 3, R(ENGINE_FULL));
	world_free(w);
}

static void higher_priority_takes_the_engine(void **unused)
{
	struct world *w;
	u32 has, wants;

	(void)unused;
	w = taken(&has, &wants, 1);
	w->config.starve_ms = 0;
	w->vm[has].max_state = DEDICATED;
	world_run(w, 100);
	moved(w, wants, DEDICATED, w->vm[wants].engine, R(ENGINE_FULL));
	assert_int_equal(w->done[0].move.reason, R(PREEMPTED));
	assert_int_equal(w->done[0].move.id, w->vm[has].id);
	assert_int_equal(STATE(w, has), SHARED);
	assert_int_equal(w->done[0].seq, w->done[1].seq);
	world_free(w);
}

static void lower_priority_does_not(void **unused)
{
	struct world *w;
	u32 has, wants;

	(void)unused;
	w = taken(&has, &wants, -1);
	w->config.starve_ms = 3600000;
	w->engine[1].load = 350;
	world_run(w, 5000);
	stayed(w, wants, R(NO_ENGINE));
	assert_int_equal(STATE(w, has), DEDICATED);
	world_free(w);
}

/* The guard, for both: who waited so long goes before all, who came just now may stay. */
static void nobody_starves(void **unused)
{
	struct world *w;
	u32 has, wants;
	u64 begun;

	(void)unused;
	w = taken(&has, &wants, -100);
	w->engine[1].load = 350;	/* takes the one, not the other */
	begun = w->snap.now_ns;
	world_run(w, 900);
	assert_int_equal(STATE(w, wants), SHARED);
	world_run(w, 300);
	assert_int_equal(STATE(w, wants), DEDICATED);
	assert_true(w->done[0].time_ns - begun >= 1000 * MS);
	world_free(w);
}

static void holder_has_its_time_first(void **unused)
{
	struct world *w;
	u32 has, wants;

	(void)unused;
	w = taken(&has, &wants, 100);
	w->engine[1].load = 350;
	w->state.vm[has].id = w->vm[has].id;
	w->state.vm[has].up_ns = w->snap.now_ns;
	world_run(w, 900);
	assert_int_equal(STATE(w, has), DEDICATED);
	world_run(w, 300);
	assert_int_equal(STATE(w, wants), DEDICATED);
	world_free(w);
}

/* Who has a right to its engine is not asked. */
static void rights_are_kept(void **unused)
{
	u32 has, wants, i;
	struct world *w;

	(void)unused;
	for (i = 0; i < 3; i++) {
		w = taken(&has, &wants, 100);
		w->engine[1].load = 350;
		if (i == 0)
			w->vm[has].flags |= RSSE_POL_VM_RESERVE;
		if (i == 1)
			w->vm[has].min_state = DEDICATED;
		if (i == 2)
			w->vm[has].pin = RSS_ENGINE_PIN_DEDICATED;
		world_run(w, 5000);
		stayed(w, wants, R(NO_ENGINE));
		assert_int_equal(STATE(w, has), DEDICATED);
		world_free(w);
	}
}

/* It has nowhere to go to: then it stays, and does not fill the ones that are there. */
static void victim_needs_a_place(void **unused)
{
	struct world *w;
	u32 has, wants;

	(void)unused;
	w = taken(&has, &wants, 100);
	w->engine[1].load = 760;
	w->vm[has].pnic_busy = 1900;	/* more than leaves the other one's engine */
	world_run(w, 5000);
	stayed(w, wants, R(NO_ENGINE));
	assert_int_equal(STATE(w, has), DEDICATED);
	world_free(w);
}

/* Who put a VM somewhere by hand wants it there, for a time; both, and that is said. */
static void moved_by_hand_neither_takes_nor_yields(void **unused)
{
	struct world *w;
	u32 has, wants;

	(void)unused;
	w = taken(&has, &wants, 100);
	w->config.starve_ms = 0;
	w->config.manual_hold_ms = 2000;
	w->vm[wants].manual_ns = w->snap.now_ns;
	world_run(w, 1000);
	stayed(w, wants, R(MANUAL_HOLD));
	assert_true(w->decision[wants].moves);
	assert_int_equal(w->decision[wants].to_state, DEDICATED);
	assert_int_equal(w->decision[wants].wait_ns, 1000 * MS);
	assert_int_equal(STATE(w, has), DEDICATED);
	world_run(w, 1100);
	moved(w, wants, DEDICATED, w->vm[wants].engine, R(ENGINE_FULL));
	world_free(w);

	w = taken(&has, &wants, 100);
	w->config.starve_ms = 0;
	w->config.manual_hold_ms = 2000;
	w->vm[has].manual_ns = w->snap.now_ns;
	world_run(w, 1900);
	stayed(w, wants, R(NO_ENGINE));
	world_run(w, 200);
	moved(w, wants, DEDICATED, w->vm[wants].engine, R(ENGINE_FULL));
	world_free(w);
}

/* Whatever else keeps it from an engine that is to be had is said as well. */
static void says_what_keeps_it(void **unused)
{
	struct world *w;
	u32 has, wants;

	(void)unused;
	w = taken(&has, &wants, 1);
	w->config.starve_ms = 0;
	w->config.hold_up_ms = 200;
	world_run(w, 100);
	stayed(w, wants, R(HOLD));
	assert_int_equal(w->decision[wants].wait_ns, 120 * MS);
	w->vm[has].pnic_busy = 1900;	/* nowhere to go */
	w->engine[1].load = 760;
	world_run(w, 40);
	stayed(w, wants, R(NO_ENGINE));
	world_free(w);
}

/* The heavier one is to be alone: while its part is being confirmed it is waited for. */
static void lighter_one_waits_for_the_heavier(void **unused)
{
	struct world *w;
	u32 has, heavy, light;

	(void)unused;
	w = taken(&has, &heavy, 1);
	light = on(w, SHARED, 2, 700, 100);
	w->vm[light].priority = 2;
	w->config.starve_ms = 0;
	w->blind = true;
	w->engine[1].load = 350;	/* takes the one who has to leave, no other */
	w->vm[light].confirmed_ns = 3600 * 1000 * MS;
	world_step(w, 20);
	stayed(w, heavy, R(UNCONFIRMED));
	stayed(w, light, R(NO_ENGINE));
	assert_int_equal(STATE(w, has), DEDICATED);
	world_step(w, 20);
	moved(w, heavy, DEDICATED, w->vm[heavy].engine, R(ENGINE_FULL));
	assert_int_equal(STATE(w, light), SHARED);
	world_free(w);
}

static void one_at_a_time_and_the_least_first(void **unused)
{
	struct world *w = given(3, 3);
	u32 i, has[3], wants[2];

	(void)unused;
	w->config.starve_ms = 0;
	for (i = 0; i < 3; i++) {
		has[i] = holder(w, i == 1 ? -5 : (s32)i);
		w->vm[has[i]].pnic_busy = 400;
	}
	wants[0] = flooder(w, 2, 50);
	wants[1] = flooder(w, 3, 50);
	world_step(w, 20);
	world_step(w, 20);
	assert_int_equal(w->nr_done, 2);
	assert_int_equal(w->done[0].move.id, w->vm[has[1]].id);
	assert_int_equal(STATE(w, wants[0]) + STATE(w, wants[1]), SHARED + DEDICATED);
	assert_int_equal(STATE(w, has[0]), DEDICATED);
	assert_int_equal(STATE(w, has[2]), DEDICATED);
	world_free(w);
}

/* Two that are equal take turns, each for starve_ms at least. */
static void equals_take_turns(void **unused)
{
	struct world *w = world_new(4, 3, 2, 1);
	u32 i, a, b;

	(void)unused;
	w->config.starve_ms = 1000;
	w->config.dwell_ms = 100;
	a = world_vm(w, 3000, 300);
	b = world_vm(w, 3000, 300);
	world_place(w, a, SHARED, 1);
	world_place(w, b, SHARED, 2);
	for (i = 1; i < 4; i++) {
		u32 quiet = world_vm(w, 60, 100);

		world_place(w, quiet, SHARED, i);
		w->vm[quiet].pin = RSS_ENGINE_PIN_SHARED;
	}
	world_run(w, 20000);
	/* No more than one change in starve_ms: two moves each. */
	assert_true(w->nr_done <= 2 * 20 + 2);
	for (i = 2; i < w->nr_done; i++)
		if (w->done[i].move.reason == R(PREEMPTED))
			assert_true(w->done[i].time_ns - w->done[i - 2].time_ns >=
				    1000 * MS);
	assert_true(world_moves_of(w, a) > 1);
	assert_true(world_moves_of(w, b) > 1);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reserved_engine_is_not_for_others),
		cmocka_unit_test(reserved_engine_is_kept_under_a_maximum),
		cmocka_unit_test(owners_do_not_keep_each_other_away),
		cmocka_unit_test(higher_priority_takes_the_engine),
		cmocka_unit_test(lower_priority_does_not),
		cmocka_unit_test(nobody_starves),
		cmocka_unit_test(holder_has_its_time_first),
		cmocka_unit_test(rights_are_kept),
		cmocka_unit_test(victim_needs_a_place),
		cmocka_unit_test(moved_by_hand_neither_takes_nor_yields),
		cmocka_unit_test(says_what_keeps_it),
		cmocka_unit_test(lighter_one_waits_for_the_heavier),
		cmocka_unit_test(one_at_a_time_and_the_least_first),
		cmocka_unit_test(equals_take_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
