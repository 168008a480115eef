// SPDX-License-Identifier: GPL-2.0-only
/* Failed and useless moves are remembered, and not repeated at once. */
#include <errno.h>

#include "scenes.h"

static u32 failures_within(struct world *w, u32 ms)
{
	u64 end = w->snap.now_ns + ms * MS;
	u32 nr = 0;

	while (w->snap.now_ns < end) {
		world_step(w, 20);
		nr += w->plan.nr_moves;
	}
	return nr;
}

static void failed_move_backs_off(void **unused)
{
	u32 vm;
	struct world *w = wanting(&vm);

	(void)unused;
	w->fail = ENOSPC;
	world_run(w, 40);
	assert_int_equal(w->snap.nr_outcomes, 1);
	world_step(w, 20);
	assert_int_equal(REASON(w, vm), R(BACKED_OFF));
	assert_true(w->decision[vm].moves);
	assert_int_equal(w->decision[vm].wait_ns, 1000 * MS);
	assert_int_equal(failures_within(w, 980), 0);
	assert_int_equal(failures_within(w, 40), 1);	/* then waits 2 s */
	assert_int_equal(failures_within(w, 1980), 0);
	assert_int_equal(failures_within(w, 40), 1);	/* 4 s */
	assert_int_equal(failures_within(w, 3960), 0);
	assert_int_equal(failures_within(w, 60), 1);	/* 8 s */
	assert_int_equal(failures_within(w, 60000), 3);	/* 16, 32, 60 s */
	assert_int_equal(failures_within(w, 600000), 10);
	w->fail = 0;
	world_run(w, 61000);
	assert_int_equal(STATE(w, vm), SHARED);
	world_free(w);
}

/* One VM's failure keeps no other VM from being selected. */
static void failed_move_selects_next(void **unused)
{
	u32 vm, neighbour;
	struct world *w = flooding(&vm, &neighbour);

	(void)unused;
	w->demand[neighbour].pnic = 3000;
	w->fail = ENOSPC;
	world_run(w, 40);
	w->fail = 0;
	world_run(w, 60);
	assert_int_equal(STATE(w, vm), SHARED);
	assert_int_equal(STATE(w, neighbour), DEDICATED);
	world_free(w);
}

/* A shared engine that refused leaves the other ones open. */
static void failed_engine_leaves_the_others(void **unused)
{
	struct world *w = world_new(4, 2, 2, 0);
	u32 vm = world_vm(w, 400, 100);

	(void)unused;
	w->config.hold_up_ms = 0;
	w->fail = EIO;
	world_run(w, 40);
	assert_int_equal(w->outcome[0].to_engine, 1);
	world_step(w, 20);
	assert_int_equal(w->outcome[0].to_engine, 2);
	world_step(w, 20);
	assert_int_equal(REASON(w, vm), R(BACKED_OFF));
	world_free(w);
}

/* A plan that grew stale is no failure of the NIC. */
static void stale_plan_leaves_no_trace(void **unused)
{
	u32 vm;
	struct world *w = wanting(&vm);

	(void)unused;
	w->fail = ETIME;
	world_run(w, 60);
	assert_int_equal(REASON(w, vm), R(SHARE_ABOVE));
	world_free(w);
}

/* Success forgets the failures before it. */
static void success_ends_the_back_off(void **unused)
{
	u32 vm;
	struct world *w = wanting(&vm);

	(void)unused;
	w->config.hold_down_ms = 0;
	w->config.dwell_ms = 0;
	w->fail = EIO;
	world_run(w, 4000);
	w->fail = 0;
	world_run(w, 8000);
	assert_int_equal(STATE(w, vm), SHARED);
	w->demand[vm] = (struct demand){ 0 };
	world_run(w, 100);
	assert_int_equal(STATE(w, vm), NONE);
	w->demand[vm] = (struct demand){ .pnic = 400, .vnic = 100 };
	w->fail = EIO;
	world_run(w, 40);
	world_step(w, 20);
	assert_int_equal(w->decision[vm].wait_ns, 1000 * MS);
	world_free(w);
}

/* The same of a move down. */
static void success_down_ends_the_back_off(void **unused)
{
	struct world *w = world_new(4, 1, 2, 0);
	u32 vm = world_vm(w, 0, 0);

	(void)unused;
	w->config.hold_down_ms = 0;
	w->config.dwell_ms = 0;
	world_place(w, vm, SHARED, 1);
	w->fail = EIO;
	world_run(w, 2000);
	w->fail = 0;
	world_run(w, 4000);
	assert_int_equal(STATE(w, vm), NONE);
	world_place(w, vm, SHARED, 1);
	w->fail = EIO;
	world_step(w, 20);
	world_step(w, 20);
	assert_int_equal(REASON(w, vm), R(BACKED_OFF));
	assert_int_equal(w->decision[vm].wait_ns, 1000 * MS);
	world_free(w);
}

/* What failed by hand is the administrator's business. */
static void manual_failure_backs_nothing_off(void **unused)
{
	u32 vm;
	struct world *w = wanting(&vm);

	(void)unused;
	w->fail = EIO;
	world_move(w, vm, SHARED, 1);
	w->fail = 0;
	w->vm[vm].manual_ns = 0;
	world_run(w, 40);
	assert_int_equal(STATE(w, vm), SHARED);
	world_free(w);
}

/*
 * A move after which what it left is as loaded as before, while the VM receives
 * as much and has brought less than half of its load along, was useless: it is
 * undone, and not repeated at once.
 */
struct after {
	u32 load;
	u32 polls;
	u32 part;
	u32 vnic;
};

static void useless_is(bool manual, struct after after, bool useless)
{
	u32 vm;
	struct world *w = wanting(&vm);

	w->config.hold_down_ms = 0;
	w->config.dwell_ms = 0;
	w->config.manual_hold_ms = 0;
	w->measured = true;
	w->engine[0].load = 300;
	world_step(w, 20);
	if (manual)
		world_move(w, vm, SHARED, 1);
	w->vm[vm].pnic_busy = 400;
	w->vm[vm].vnic_busy = 100;
	world_run(w, 40);
	assert_int_equal(STATE(w, vm), SHARED);
	w->engine[0].load = after.load;
	w->engine[0].hottest = after.load;
	w->engine[0].full_polls = after.polls;
	w->vm[vm].pnic_busy = after.part;
	w->vm[vm].vnic_busy = after.vnic;
	world_run(w, 200);
	assert_int_equal(STATE(w, vm), useless ? NONE : SHARED);
	if (useless) {
		assert_int_equal(w->done[w->nr_done - 1].move.reason, R(USELESS));
		w->vm[vm].pnic_busy = 400;
		world_run(w, 40);
		assert_int_equal(REASON(w, vm), R(BACKED_OFF));
	}
	world_free(w);
}

static void useless_move_is_undone(void **unused)
{
	(void)unused;
	useless_is(false, (struct after){ 300, 0, 199, 50 }, true);
	useless_is(false, (struct after){ 299, 0, 199, 50 }, false);
	useless_is(false, (struct after){ 300, 1000, 199, 50 }, false);	/* cannot tell */
	useless_is(false, (struct after){ 300, 0, 200, 50 }, false);	/* others grew */
	useless_is(false, (struct after){ 300, 0, 199, 49 }, false);	/* it calmed down */
	useless_is(true, (struct after){ 300, 0, 199, 50 }, false);	/* had another purpose */
}

/* On an engine of its own, after all, it shows that it costs little. */
static struct world *for_nothing(u32 *vm, u32 *neighbour)
{
	struct world *w = flooding(vm, neighbour);

	w->measured = true;
	w->vm[*vm].pnic_busy = 1500;
	w->vm[*vm].vnic_busy = 400;
	w->vm[*neighbour].pnic_busy = 300;
	w->engine[1].load = 900;
	world_run(w, 60);
	assert_int_equal(STATE(w, *vm), DEDICATED);
	w->vm[*vm].pnic_busy = 100;
	return w;
}

static void useless_engine_is_given_back(void **unused)
{
	u32 vm, neighbour;
	struct world *w = for_nothing(&vm, &neighbour);

	(void)unused;
	world_run(w, 200);
	assert_int_equal(STATE(w, vm), SHARED);
	assert_int_equal(w->vm[vm].engine, 1);
	assert_int_equal(w->done[1].move.reason, R(USELESS));
	assert_int_equal(w->done[1].move.from_state, DEDICATED);
	world_free(w);
}

/* Undone, and the picture is as it was before the move. */
static struct world *given_back(u32 *vm, u32 *neighbour)
{
	struct world *w = for_nothing(vm, neighbour);

	w->config.dwell_ms = 0;
	w->vm[*neighbour].pin = RSS_ENGINE_PIN_SHARED;
	world_run(w, 200);
	assert_int_equal(STATE(w, *vm), SHARED);
	assert_int_equal(w->nr_done, 2);
	w->vm[*vm].pnic_busy = 1500;
	return w;
}

static void stays_backed_off(struct world *w, u32 vm, u32 ms)
{
	u64 end = w->snap.now_ns + ms * MS;

	while (w->snap.now_ns < end) {
		world_step(w, 20);
		assert_int_equal(REASON(w, vm), R(BACKED_OFF));
	}
	assert_int_equal(w->nr_done, 2);
}

/* However long that is: neither after the first wait nor after the longest. */
static void useless_move_waits_for_another_picture(void **unused)
{
	u32 vm, neighbour;
	struct world *w = given_back(&vm, &neighbour);

	(void)unused;
	stays_backed_off(w, vm, 1500);
	assert_int_equal(w->decision[vm].wait_ns, 0);
	stays_backed_off(w, vm, 60500);
	/* A quarter more or less is the same, by its part and by the engine's load. */
	w->vm[vm].pnic_busy = 1500 * 3 / 4;
	stays_backed_off(w, vm, 200);
	w->vm[vm].pnic_busy = 1500 * 4 / 3;
	stays_backed_off(w, vm, 200);
	w->vm[vm].pnic_busy++;
	world_run(w, 200);
	assert_int_equal(STATE(w, vm), DEDICATED);
	world_free(w);
}

/* The same when it is the engine that has changed. */
static void useless_move_waits_for_another_load(void **unused)
{
	u32 vm, neighbour;
	struct world *w = given_back(&vm, &neighbour);
	u32 load = w->engine[1].load;

	(void)unused;
	assert_int_equal(load, 900);
	stays_backed_off(w, vm, 1500);
	w->config.engine_above = 600;
	w->engine[1].load = load * 3 / 4;
	stays_backed_off(w, vm, 200);
	w->engine[1].load--;
	world_run(w, 200);
	assert_int_equal(STATE(w, vm), DEDICATED);
	world_free(w);
}

/* Not below its least state, nor to one that it has to keep apart from. */
static void useless_engine_is_kept_by_the_rules(void **unused)
{
	u32 i, vm, neighbour;

	(void)unused;
	for (i = 0; i < 2; i++) {
		struct world *w = for_nothing(&vm, &neighbour);

		if (i) {
			w->vm[vm].apart = 1;
			w->vm[neighbour].apart = 1;
		} else {
			w->vm[vm].min_state = DEDICATED;
		}
		world_run(w, 400);
		assert_int_equal(world_moves_of(w, vm), 1);
		assert_int_equal(STATE(w, vm), DEDICATED);
		world_free(w);
	}
}

/* A move judged useless, and a mover that does not get round to undoing it. */
static struct world *still_to_undo(u32 *vm)
{
	struct world *w = wanting(vm);

	w->measured = true;
	w->engine[0].load = 300;
	w->vm[*vm].pnic_busy = 400;
	w->vm[*vm].vnic_busy = 100;
	world_run(w, 60);
	assert_int_equal(STATE(w, *vm), SHARED);
	w->vm[*vm].pnic_busy = 100;
	w->frozen = true;
	world_run(w, 200);
	assert_int_equal(REASON(w, *vm), R(USELESS));
	return w;
}

/* A pin and a move by hand leave nothing to undo, also when they have ended. */
static void useless_move_stands_when_overtaken(void **unused)
{
	u32 vm, moves;
	struct world *w = still_to_undo(&vm);

	(void)unused;
	moves = world_moves_of(w, vm);
	w->frozen = false;
	w->vm[vm].pin = RSS_ENGINE_PIN_SHARED;
	world_run(w, 100);
	w->vm[vm].pin = RSS_ENGINE_PIN_OFF;
	world_run(w, 100);
	assert_int_equal(world_moves_of(w, vm), moves);
	world_free(w);

	w = still_to_undo(&vm);
	world_move(w, vm, DEDICATED, RSSE_ENGINE_NEW);
	world_step(w, 20);
	assert_int_not_equal(REASON(w, vm), R(USELESS));
	world_free(w);
}

/* To another shared engine and back: that is not judged in its turn. */
static void useless_side_move_stays_undone(void **unused)
{
	struct world *w = world_new(4, 2, 2, 0);
	u32 vm = world_vm(w, 0, 0), other = world_vm(w, 0, 0);

	(void)unused;
	w->measured = true;
	w->config.hold_up_ms = 0;
	w->config.dwell_ms = 0;
	world_place(w, vm, SHARED, 1);
	world_place(w, other, SHARED, 1);
	w->vm[other].pin = RSS_ENGINE_PIN_SHARED;
	w->vm[other].pnic_busy = 700;
	w->vm[vm].pnic_busy = 1000;
	w->vm[vm].vnic_busy = 200;
	world_engine(w, 1)->load = 900;
	world_run(w, 60);
	assert_int_equal(w->vm[vm].engine, 2);
	w->vm[vm].pnic_busy = 100;
	world_run(w, 200);
	assert_int_equal(w->vm[vm].engine, 1);
	assert_int_equal(w->done[w->nr_done - 1].move.reason, R(USELESS));
	w->vm[vm].pnic_busy = 1000;
	world_run(w, 700);
	assert_int_equal(world_moves_of(w, vm), 2);
	assert_int_equal(REASON(w, vm), R(BACKED_OFF));
	world_free(w);
}

/* A slot that another VM takes over starts afresh. */
static void reused_slot_starts_afresh(void **unused)
{
	u32 vm;
	struct world *w = wanting(&vm);

	(void)unused;
	w->fail = EIO;
	world_run(w, 60);
	assert_int_equal(REASON(w, vm), R(BACKED_OFF));
	w->vm[vm].id = 999;
	world_step(w, 20);
	assert_int_not_equal(REASON(w, vm), R(BACKED_OFF));
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(failed_move_backs_off),
		cmocka_unit_test(failed_move_selects_next),
		cmocka_unit_test(failed_engine_leaves_the_others),
		cmocka_unit_test(stale_plan_leaves_no_trace),
		cmocka_unit_test(success_ends_the_back_off),
		cmocka_unit_test(success_down_ends_the_back_off),
		cmocka_unit_test(manual_failure_backs_nothing_off),
		cmocka_unit_test(useless_move_is_undone),
		cmocka_unit_test(useless_engine_is_given_back),
		cmocka_unit_test(useless_move_waits_for_another_picture),
		cmocka_unit_test(useless_move_waits_for_another_load),
		cmocka_unit_test(useless_engine_is_kept_by_the_rules),
		cmocka_unit_test(useless_move_stands_when_overtaken),
		cmocka_unit_test(useless_side_move_stays_undone),
		cmocka_unit_test(reused_slot_starts_afresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
