// SPDX-License-Identifier: GPL-2.0-only
/* What the rules of a VM allow: states, latency, engines, company. */
#include "given.h"

static void carries(struct world *w, u32 engine, u32 load)
{
	world_engine(w, engine)->load = load;
	world_engine(w, engine)->hottest = load;
}

/* A VM in state none whose load calls for a shared engine, on busy default queues. */
static u32 wanting(struct world *w)
{
	carries(w, 0, 700);
	w->config.gain_min = 1;
	return on(w, NONE, 0, 400, 100);
}

/* States */

static void max_state_keeps_from_a_shared_engine(void **unused)
{
	struct world *w = given(1, 1);
	u32 vm = wanting(w);

	(void)unused;
	w->vm[vm].max_state = NONE;
	settle(w);
	stayed(w, vm, R(LIMIT));
	w->vm[vm].max_state = SHARED;
	settle(w);
	moved(w, vm, SHARED, 1, R(SHARE_ABOVE));
	world_free(w);
}

static void max_state_keeps_from_a_dedicated_engine(void **unused)
{
	struct world *w = given(1, 1);
	u32 vm = on(w, SHARED, 1, 1500, 300);

	(void)unused;
	w->vm[on(w, SHARED, 1, 300, 100)].max_state = SHARED;
	carries(w, 1, 900);
	w->vm[vm].max_state = SHARED;
	settle(w);
	stayed(w, vm, R(LIMIT));
	w->vm[vm].max_state = DEDICATED;
	settle(w);
	moved(w, vm, DEDICATED, 2, R(ENGINE_FULL));
	world_free(w);
}

static void max_state_is_obeyed_at_once(void **unused)
{
	struct world *w = given(1, 1);
	u32 engine = world_dedicated(w);
	u32 vm = on(w, DEDICATED, engine, 900, 300);

	(void)unused;
	w->vm[vm].max_state = SHARED;
	world_step(w, 20);
	moved(w, vm, SHARED, 1, R(LIMIT));
	world_free(w);
}

static void min_state_is_given_at_once_and_kept(void **unused)
{
	struct world *w = given(1, 1);
	u32 shared = on(w, NONE, 0, 1, 1), dedicated = on(w, NONE, 0, 1, 1);

	(void)unused;
	w->vm[shared].min_state = SHARED;
	w->vm[dedicated].min_state = DEDICATED;
	world_step(w, 20);
	assert_int_equal(w->done[0].move.reason, R(PLACED));
	assert_int_equal(STATE(w, shared), SHARED);
	assert_int_equal(STATE(w, dedicated), DEDICATED);
	world_run(w, 5000);
	assert_int_equal(w->nr_done, 2);
	/* Without the rule they go: it was the rule that held them. */
	w->vm[shared].min_state = NONE;
	w->vm[dedicated].min_state = NONE;
	world_run(w, 200);
	assert_int_equal(STATE(w, shared), NONE);
	assert_int_not_equal(STATE(w, dedicated), DEDICATED);
	world_free(w);
}

/* Latency */

static void low_latency_wants_an_engine_that_stays_cold(void **unused)
{
	struct world *w = given(2, 0);
	u32 vm = wanting(w);

	(void)unused;
	w->vm[vm].latency = RSS_ENGINE_LATENCY_LOW;
	w->vm[on(w, SHARED, 1, 1, 1)].min_state = SHARED;
	w->vm[on(w, SHARED, 2, 1, 1)].min_state = SHARED;
	carries(w, 1, 310);
	carries(w, 2, 320);
	settle(w);
	/* 310 + 400 / 2 is above grow_above, though far below what others may fill. */
	stayed(w, vm, R(RULES));
	carries(w, 2, 290);
	settle(w);
	moved(w, vm, SHARED, 2, R(SHARE_ABOVE));
	world_free(w);
}

static void low_latency_and_bulk_keep_apart(void **unused)
{
	struct world *w = given(2, 0);
	u32 bulk = on(w, SHARED, 1, 100, 100), low = wanting(w);

	(void)unused;
	w->vm[bulk].latency = RSS_ENGINE_LATENCY_BULK;
	w->vm[bulk].min_state = SHARED;
	w->vm[low].latency = RSS_ENGINE_LATENCY_LOW;
	carries(w, 1, 50);
	carries(w, 2, 200);	/* less room, better company */
	settle(w);
	moved(w, low, SHARED, 2, R(SHARE_ABOVE));
	world_free(w);
}

static void bulk_fills_the_fullest_that_has_room(void **unused)
{
	struct world *w = given(3, 0);
	u32 vm = wanting(w);

	(void)unused;
	w->vm[vm].latency = RSS_ENGINE_LATENCY_BULK;
	carries(w, 1, 100);
	carries(w, 2, 400);
	carries(w, 3, 500);	/* 500 + 400 / 2 is more than it may have */
	settle(w);
	moved(w, vm, SHARED, 2, R(SHARE_ABOVE));
	world_free(w);
}

/* Engines */

static void required_engine_is_the_only_one(void **unused)
{
	struct world *w = given(2, 0);
	u32 vm = wanting(w);

	(void)unused;
	w->vm[vm].require = 77;
	settle(w);
	stayed(w, vm, R(RULES));
	w->vm[vm].require = 2;
	carries(w, 2, 300);	/* the other one has more room */
	settle(w);
	moved(w, vm, SHARED, 2, R(SHARE_ABOVE));
	world_free(w);
}

/* Also when that is said of a VM that is on another one. */
static void required_engine_is_gone_to(void **unused)
{
	struct world *w = given(2, 0);
	u32 vm = on(w, SHARED, 1, 300, 0);

	(void)unused;
	w->vm[vm].require = 77;
	settle(w);
	stayed(w, vm, R(RULES));
	w->vm[vm].require = 2;
	carries(w, 2, 300);
	settle(w);
	moved(w, vm, SHARED, 2, R(RULES));
	world_free(w);
}

static void preferred_engine_is_taken_while_it_has_room(void **unused)
{
	struct world *w = given(2, 0);
	u32 first = wanting(w), second;

	(void)unused;
	w->vm[first].prefer = 2;
	carries(w, 2, 440);
	settle(w);
	moved(w, first, SHARED, 2, R(SHARE_ABOVE));
	carries(w, 2, 640);
	second = wanting(w);
	w->vm[second].prefer = 2;
	settle(w);
	moved(w, second, SHARED, 1, R(SHARE_ABOVE));
	world_free(w);
}

/* The rules say which engine; that it is full is no reason to keep off for ever. */
static void flood_with_rules_gets_its_own(void **unused)
{
	struct world *w = world_new(4, 1, 2, 1);
	u32 vm = world_vm(w, 3000, 300), quiet = world_vm(w, 700, 100);

	(void)unused;
	world_place(w, quiet, SHARED, 1);
	w->vm[vm].prefer = 1;
	world_run(w, 400);
	assert_int_equal(STATE(w, vm), DEDICATED);
	assert_int_equal(world_moves_of(w, vm), 1);
	world_free(w);
}

static void return_with_rules_says_that_room_is_missing(void **unused)
{
	struct world *w = given(1, 1);
	u32 engine = world_dedicated(w);
	u32 vm = on(w, DEDICATED, engine, 100, 100);

	(void)unused;
	w->vm[vm].prefer = 1;
	carries(w, 1, 790);
	settle(w);
	stayed(w, vm, R(NO_ROOM));
	assert_int_equal(w->decision[vm].threshold, 650);
	assert_int_equal(w->decision[vm].value, 790 + 100 / 2);
	world_free(w);
}

static void pin_to_shared_heeds_rules_whatever_the_room(void **unused)
{
	struct world *w = given(2, 0);
	u32 other = on(w, SHARED, 1, 1, 1), vm = on(w, NONE, 0, 50, 50);

	(void)unused;
	w->vm[other].apart = 5;
	w->vm[other].min_state = SHARED;
	w->vm[vm].apart = 5;
	w->vm[vm].pin = RSS_ENGINE_PIN_SHARED;
	carries(w, 1, 700);	/* both have none, the second less than none */
	carries(w, 2, 790);
	world_step(w, 20);
	moved(w, vm, SHARED, 2, R(PINNED));
	world_free(w);
}

/* Company */

static void apart_is_kept(void **unused)
{
	struct world *w = given(2, 0);
	u32 i, vm[3];

	(void)unused;
	for (i = 0; i < 3; i++) {
		vm[i] = wanting(w);
		w->vm[vm[i]].apart = 9;
	}
	settle(w);
	settle(w);
	assert_int_equal(w->nr_done, 2);
	assert_int_equal(STATE(w, vm[0]), SHARED);
	assert_int_equal(STATE(w, vm[1]), SHARED);
	assert_int_not_equal(w->vm[vm[0]].engine, w->vm[vm[1]].engine);
	stayed(w, vm[2], R(RULES));
	world_free(w);
}

static void together_is_kept(void **unused)
{
	struct world *w = given(2, 0);
	u32 first = on(w, SHARED, 2, 300, 100), vm = wanting(w);

	(void)unused;
	carries(w, 2, 400);
	w->vm[first].together = 3;
	w->vm[vm].together = 3;
	settle(w);
	moved(w, vm, SHARED, 2, R(SHARE_ABOVE));	/* 1 has more room */
	world_free(w);
}

/* Where all are not on one engine yet, the one that is by itself may join the others. */
static void together_joins_but_does_not_part(void **unused)
{
	struct world *w = given(3, 0);
	u32 vm = on(w, SHARED, 1, 900, 100), mate = on(w, SHARED, 1, 300, 100);

	(void)unused;
	on(w, SHARED, 1, 600, 100);
	w->vm[vm].together = 4;
	w->vm[mate].together = 4;
	w->vm[vm].max_state = SHARED;
	w->vm[mate].max_state = SHARED;
	carries(w, 1, 900);
	world_step(w, 20);
	world_step(w, 20);
	assert_int_equal(w->vm[vm].engine, 1);
	assert_int_equal(w->vm[mate].engine, 1);
	w->vm[vm].together = 0;
	settle(w);
	assert_int_not_equal(w->vm[vm].engine, 1);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(max_state_keeps_from_a_shared_engine),
		cmocka_unit_test(max_state_keeps_from_a_dedicated_engine),
		cmocka_unit_test(max_state_is_obeyed_at_once),
		cmocka_unit_test(min_state_is_given_at_once_and_kept),
		cmocka_unit_test(low_latency_wants_an_engine_that_stays_cold),
		cmocka_unit_test(low_latency_and_bulk_keep_apart),
		cmocka_unit_test(bulk_fills_the_fullest_that_has_room),
		cmocka_unit_test(required_engine_is_the_only_one),
		cmocka_unit_test(required_engine_is_gone_to),
		cmocka_unit_test(preferred_engine_is_taken_while_it_has_room),
		cmocka_unit_test(flood_with_rules_gets_its_own),
		cmocka_unit_test(return_with_rules_says_that_room_is_missing),
		cmocka_unit_test(pin_to_shared_heeds_rules_whatever_the_room),
		cmocka_unit_test(apart_is_kept),
		cmocka_unit_test(together_is_kept),
		cmocka_unit_test(together_joins_but_does_not_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
