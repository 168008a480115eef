// SPDX-License-Identifier: GPL-2.0-only
/* Moves that would reverse an earlier one, or one by hand. */
#include "scenes.h"

/* Up, then down as soon as the dwell time allows, counted from the move. */
static void dwell_keeps_from_going_down(void **unused)
{
	struct world *w = at_period(20);
	u32 vm = world_vm(w, 300, 0);
	u64 up;

	(void)unused;
	w->config.hold_down_ms = 100;
	world_run(w, 60);
	assert_int_equal(STATE(w, vm), SHARED);
	up = w->snap.now_ns + MS;
	w->demand[vm].pnic = 0;
	world_run(w, 200);
	assert_int_equal(REASON(w, vm), R(DWELL));
	assert_true(w->decision[vm].moves);
	assert_int_equal(w->decision[vm].to_state, NONE);
	assert_int_equal(w->decision[vm].wait_ns, up + 5000 * MS - w->snap.now_ns);
	while (STATE(w, vm) == SHARED)
		world_step(w, 20);
	assert_true(w->snap.now_ns >= up + 5000 * MS);
	assert_true(w->snap.now_ns < up + 5020 * MS);
	world_free(w);
}

static void dwell_keeps_from_going_up(void **unused)
{
	struct world *w = at_period(20);
	u32 vm = world_vm(w, 0, 0);
	u64 down;

	(void)unused;
	world_place(w, vm, SHARED, 1);
	world_run(w, 2020);
	assert_int_equal(STATE(w, vm), NONE);
	down = w->snap.now_ns + MS;
	w->demand[vm].pnic = 300;
	world_run(w, 200);
	assert_int_equal(REASON(w, vm), R(DWELL));
	while (STATE(w, vm) == NONE)
		world_step(w, 20);
	assert_true(w->snap.now_ns >= down + 5000 * MS);
	assert_true(w->snap.now_ns < down + 5020 * MS);
	world_free(w);
}

/* Moves in one direction reverse nothing. */
static void dwell_lets_go_further(void **unused)
{
	struct world *w = at_period(20);
	u32 vm = world_vm(w, 9000, 100);

	(void)unused;
	world_place(w, world_vm(w, 60, 100), SHARED, 1);
	world_run(w, 200);
	assert_int_equal(STATE(w, vm), DEDICATED);
	w->demand[vm].pnic = 0;
	w->demand[vm].vnic = 0;
	world_run(w, 5000);
	assert_int_equal(STATE(w, vm), SHARED);
	world_run(w, 2060);
	assert_int_equal(STATE(w, vm), NONE);
	world_free(w);
}

static void dwell_keeps_from_going_back_sideways(void **unused)
{
	struct world *w = world_new(4, 2, 2, 0);
	u32 vm = world_vm(w, 1000, 100), other;

	(void)unused;
	world_place(w, vm, SHARED, 1);
	world_place(w, world_vm(w, 900, 100), SHARED, 1);
	world_run(w, 200);
	assert_int_equal(w->vm[vm].engine, 2);
	w->demand[1].pnic = 100;
	other = world_vm(w, 700, 100);
	world_place(w, other, SHARED, 2);
	w->vm[other].pin = RSS_ENGINE_PIN_SHARED;
	world_run(w, 200);
	assert_int_equal(w->vm[vm].engine, 2);
	assert_int_equal(REASON(w, vm), R(DWELL));
	world_run(w, 5000);
	assert_int_equal(w->vm[vm].engine, 1);
	world_free(w);
}

/* A move by hand */

static void manual_is_not_reversed(u32 state, u32 engine, struct demand demand)
{
	struct world *w = at_period(20);
	u32 vm = world_vm(w, demand.pnic, demand.vnic);
	u64 then;

	w->config.dwell_ms = 0;
	if (state == NONE)
		world_place(w, vm, SHARED, 1);
	then = w->snap.now_ns + MS;
	world_move(w, vm, state, engine);
	world_run(w, 59000);
	assert_int_equal(w->nr_done, 0);
	assert_int_equal(REASON(w, vm), R(MANUAL_HOLD));
	assert_true(w->decision[vm].wait_ns <= 1001 * MS);
	while (!w->nr_done)
		world_step(w, 20);
	assert_true(w->snap.now_ns >= then + 60000 * MS);
	assert_true(w->snap.now_ns < then + 60020 * MS);
	world_free(w);
}

static void manual_move_is_not_reversed(void **unused)
{
	(void)unused;
	manual_is_not_reversed(SHARED, 1, (struct demand){ 0 });
	manual_is_not_reversed(DEDICATED, RSSE_ENGINE_NEW, (struct demand){ 0 });
	manual_is_not_reversed(NONE, 0, (struct demand){ .pnic = 400 });
}

/* The memory may be younger than the move: whatever it was is not reversed. */
static void manual_move_of_unknown_direction(void **unused)
{
	struct world *w = at_period(20);
	u32 up = world_vm(w, 300, 100), down = world_vm(w, 0, 0);

	(void)unused;
	world_place(w, down, SHARED, 1);
	w->vm[up].manual_ns = w->snap.now_ns;
	w->vm[down].manual_ns = w->snap.now_ns;
	world_run(w, 5000);
	assert_int_equal(REASON(w, up), R(MANUAL_HOLD));
	assert_int_equal(REASON(w, down), R(MANUAL_HOLD));
	world_free(w);
}

/* Room has to hold too: one quiet sample does not send a VM back. */
static void room_has_to_hold(void **unused)
{
	struct world *w = world_new(1, 1, 1, 1);
	u32 busy = world_vm(w, 700, 0), idle = world_vm(w, 0, 0);

	(void)unused;
	w->config.period_ms = 20;
	w->config.share_above = 10000;
	world_place(w, idle, SHARED, 1);
	world_run(w, 3000);
	assert_int_equal(REASON(w, idle), R(NO_ROOM));
	w->demand[busy].pnic = 0;
	world_step(w, 20);
	w->demand[busy].pnic = 700;
	world_run(w, 1000);
	assert_int_equal(STATE(w, idle), SHARED);
	w->demand[busy].pnic = 0;
	world_run(w, 2100);
	assert_int_equal(STATE(w, idle), NONE);
	world_free(w);
}

/* By hand from one shared engine to another: there it is to stay. */
static void manual_side_move_is_not_left_down(void **unused)
{
	struct world *w = world_new(4, 2, 2, 2);
	u32 vm = world_vm(w, 0, 0);

	(void)unused;
	w->config.dwell_ms = 0;
	world_place(w, vm, SHARED, 1);
	world_move(w, vm, SHARED, 2);
	world_run(w, 59000);
	assert_int_equal(w->nr_done, 0);
	assert_int_equal(REASON(w, vm), R(MANUAL_HOLD));
	world_free(w);
}

/* By hand to a shared engine; a flood still takes it to a dedicated one. */
static void manual_move_may_be_continued(void **unused)
{
	struct world *w = at_period(20);
	u32 vm = world_vm(w, 0, 0);

	(void)unused;
	world_place(w, world_vm(w, 60, 100), SHARED, 1);
	world_move(w, vm, SHARED, 1);
	w->demand[vm].pnic = 5000;
	world_run(w, 200);
	assert_int_equal(STATE(w, vm), DEDICATED);
	world_free(w);
}

/* A pin is a newer order than a move by hand. */
static void pin_overrides_manual_hold_and_dwell(void **unused)
{
	struct world *w = at_period(20);
	u32 vm = world_vm(w, 0, 0);

	(void)unused;
	world_move(w, vm, SHARED, 1);
	world_step(w, 20);
	w->vm[vm].pin = RSS_ENGINE_PIN_NONE;
	world_step(w, 20);
	assert_int_equal(STATE(w, vm), NONE);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dwell_keeps_from_going_down),
		cmocka_unit_test(dwell_keeps_from_going_up),
		cmocka_unit_test(dwell_lets_go_further),
		cmocka_unit_test(dwell_keeps_from_going_back_sideways),
		cmocka_unit_test(manual_move_is_not_reversed),
		cmocka_unit_test(manual_move_of_unknown_direction),
		cmocka_unit_test(room_has_to_hold),
		cmocka_unit_test(manual_side_move_is_not_left_down),
		cmocka_unit_test(manual_move_may_be_continued),
		cmocka_unit_test(pin_overrides_manual_hold_and_dwell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
