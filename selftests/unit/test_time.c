// SPDX-License-Identifier: GPL-2.0-only
/* Hold times and confirmation, counted in samples. */
#include "scenes.h"

static const u32 periods[] = { 100, 20, 10 };

#define EACH_PERIOD(p) for (p = 0; p < 3; p++)

static u32 ceil_div(u32 a, u32 b)
{
	return (a + b - 1) / b;
}

/*
 * The one move of a VM: its crossing is the sample that first saw the load, and
 * the move is planned the given number of samples later.
 */
static void planned_after(struct world *w, u32 vm, u64 crossed, u32 samples)
{
	const struct done *done = &w->done[w->nr_done - 1];

	assert_int_equal(w->nr_done, 1);
	assert_int_equal(done->move.id, w->vm[vm].id);
	assert_int_equal(done->move.crossed_seq, crossed);
	assert_int_equal(done->seq, crossed + samples);
}

static void share_at(u32 period, u32 hold, bool blind)
{
	struct world *w = at_period(period);
	u32 vm = world_vm(w, 0, 0), samples = ceil_div(hold, period);
	u64 crossed;

	/* The look that is asked for at the crossing is there a sample later. */
	if (blind)
		samples++;
	else if (!samples)
		samples = 1;
	w->config.hold_up_ms = hold;
	w->blind = blind;
	world_run(w, 500);
	w->demand[vm] = (struct demand){ .pnic = 300 };
	crossed = w->snap.seq + 1;
	world_run(w, 1000);
	planned_after(w, vm, crossed, samples);
	/* From crossing to plan: at most the hold time and two periods. */
	assert_true(samples * period <= hold + 2 * period);
	world_free(w);
}

static void share_after_hold(void **unused)
{
	u32 p;

	(void)unused;
	EACH_PERIOD(p) {
		share_at(periods[p], 40, false);
		share_at(periods[p], 0, false);
		share_at(periods[p], periods[p], false);
		share_at(periods[p], 200, false);
		share_at(periods[p], 205, false);
	}
}

static void share_after_hold_unconfirmed(void **unused)
{
	u32 p;

	(void)unused;
	EACH_PERIOD(p) {
		share_at(periods[p], 40, true);
		share_at(periods[p], 0, true);
		share_at(periods[p], 200, true);
	}
}

static void dedicated_at(u32 period, bool blind)
{
	struct world *w = at_period(period);
	u32 flood = world_vm(w, 200, 100), i;
	u64 crossed;

	for (i = 0; i < 2; i++)
		world_place(w, world_vm(w, 60, 100), SHARED, 1);
	world_place(w, flood, SHARED, 1);
	w->blind = blind;
	world_run(w, 500);
	w->demand[flood].pnic = 5000;
	crossed = w->snap.seq + 1;
	world_run(w, 500);
	planned_after(w, flood, crossed, ceil_div(40, period) + blind);
	world_free(w);
}

static void dedicated_after_hold(void **unused)
{
	u32 p;

	(void)unused;
	EACH_PERIOD(p) {
		dedicated_at(periods[p], false);
		dedicated_at(periods[p], true);
	}
}

static void down_at(u32 period, u32 state)
{
	struct world *w = at_period(period);
	u32 vm = world_vm(w, 300, 100);
	u64 crossed;

	world_place(w, vm, state, state == SHARED ? 1 : world_dedicated(w));
	world_run(w, 500);
	w->demand[vm] = (struct demand){ .pnic = 60 };
	crossed = w->snap.seq + 1;
	world_run(w, 2300);
	planned_after(w, vm, crossed, ceil_div(2000, period));
	world_free(w);
}

static void down_after_hold(void **unused)
{
	u32 p;

	(void)unused;
	EACH_PERIOD(p) {
		down_at(periods[p], SHARED);
		down_at(periods[p], DEDICATED);
	}
}

/* A VM floods, with two small neighbours on the shared engine. */
static struct world *flood_begins(u32 *flood, u64 look_every_ns)
{
	struct world *w = at_period(20);
	u32 i;

	*flood = world_vm(w, 5, 5);
	for (i = 0; i < 2; i++)
		world_place(w, world_vm(w, 60, 100), SHARED, 1);
	world_run(w, 500);
	w->look_every_ns = look_every_ns;
	w->demand[*flood] = (struct demand){ 9000, 500, 500 };
	return w;
}

/* A flood takes a VM from none to dedicated in the hold time and two periods. */
static void flood_from_none_to_dedicated(void **unused)
{
	u32 flood;
	struct world *w = flood_begins(&flood, 0);
	u64 start = w->snap.now_ns;

	(void)unused;
	while (STATE(w, flood) != DEDICATED) {
		world_step(w, 20);
		assert_true(w->snap.now_ns - start <= 80 * MS);
	}
	assert_int_equal(world_moves_of(w, flood), 1);
	world_free(w);
}

/* A VM gets busy, and floods as soon as it is on a shared engine. */
static void flood_grows(struct world *w, u32 flood)
{
	w->demand[flood].pnic = w->nr_done ? 9000 : 700;
	world_step(w, 20);
}

/* The look that confirmed the first move is the only one for half a second. */
static void one_look_confirms_both_moves(void **unused)
{
	u32 flood, both, one;
	struct world *w = flood_begins(&flood, 500 * MS);
	u64 start = w->snap.now_ns;

	(void)unused;
	while (STATE(w, flood) != DEDICATED) {
		flood_grows(w, flood);
		assert_int_not_equal(REASON(w, flood), R(UNCONFIRMED));
	}
	assert_int_equal(world_moves_of(w, flood), 2);
	both = w->snap.now_ns - start;
	assert_true(w->looked_ns < w->done[0].time_ns);
	world_free(w);

	/* Without it, the second move waits a sample longer. */
	w = flood_begins(&flood, 500 * MS);
	start = w->snap.now_ns;
	while (STATE(w, flood) != DEDICATED) {
		flood_grows(w, flood);
		w->blind = w->nr_done;
		if (w->nr_done)
			w->vm[flood].confirmed_ns = 0;
	}
	one = w->snap.now_ns - start;
	assert_int_equal(one - both, 20 * MS);
	world_free(w);
}

/* A look from long before the engine was full tells nothing about that. */
static void stale_look_confirms_no_second_move(void **unused)
{
	u32 flood;
	struct world *w = flood_begins(&flood, 0);

	(void)unused;
	w->demand[flood] = (struct demand){ 500, 500, 500 };
	world_run(w, 600);
	assert_int_equal(STATE(w, flood), SHARED);
	w->blind = true;
	w->demand[flood].pnic = 9000;
	world_run(w, 60);
	assert_int_equal(REASON(w, flood), R(UNCONFIRMED));
	world_free(w);
}

/* A break starts the hold time anew. */
static void hold_starts_anew(void **unused)
{
	struct world *w = at_period(20);
	u32 vm = world_vm(w, 300, 0), i;

	(void)unused;
	for (i = 0; i < 20; i++) {
		world_step(w, 20);
		world_step(w, 20);
		assert_int_equal(REASON(w, vm), R(HOLD));
		assert_int_equal(w->decision[vm].wait_ns, 20 * MS);
		assert_int_equal(w->decision[vm].to_state, SHARED);
		assert_int_equal(w->decision[vm].to_engine, 1);
		assert_true(w->decision[vm].moves);
		w->demand[vm].pnic = 200;
		world_step(w, 20);
		assert_int_equal(REASON(w, vm), R(IDLE));
		w->demand[vm].pnic = 300;
	}
	assert_int_equal(w->nr_done, 0);
	world_free(w);
}

static void engine_hold_starts_anew(void **unused)
{
	struct world *w = at_period(20);
	u32 vm = world_vm(w, 1200, 100), i;

	(void)unused;
	world_place(w, vm, SHARED, 1);
	world_place(w, world_vm(w, 200, 100), SHARED, 1);
	for (i = 0; i < 20; i++) {
		w->demand[vm].pnic = 1500;
		world_step(w, 20);
		world_step(w, 20);
		assert_int_equal(REASON(w, vm), R(HOLD));
		w->demand[vm].pnic = 1400;
		world_step(w, 20);
		assert_int_equal(REASON(w, vm), R(IDLE));
	}
	assert_int_equal(w->nr_done, 0);
	world_free(w);
}

static void rename_queues(struct world *w, u32 from, u32 to)
{
	u32 i;

	for (i = 0; i < w->snap.nr_queues; i++) {
		if (w->queue[i].engine == from)
			w->queue[i].engine = to;
		if (w->queue[i].home == from)
			w->queue[i].home = to;
	}
}

/* The last of the engines. */
static void rename_engine(struct world *w, u32 from, u32 to)
{
	world_engine(w, from)->id = to;
	w->next_id = to + 1;
	rename_queues(w, from, to);
}

/* Engines that come and go do not disturb the memory of the others. */
static void engine_hold_outlasts_changes(void **unused)
{
	struct world *w = world_new(4, 2, 2, 2);
	u32 vm = world_vm(w, 1500, 100);
	u64 crossed = w->snap.seq + 1;

	(void)unused;
	w->config.hold_up_ms = 100;
	rename_engine(w, 2, 7);
	world_place(w, vm, SHARED, 7);
	world_place(w, world_vm(w, 200, 100), SHARED, 7);
	world_step(w, 20);
	w->engine[3] = w->engine[2];	/* 5 comes between 1 and 7 */
	w->engine[2] = (struct rsse_pol_engine){
		.id = 5, .kind = RSS_ENGINE_ENGINE_KIND_SHARED,
	};
	w->snap.nr_engines++;
	world_add_queues(w, 5, 2);
	world_step(w, 20);
	w->engine[1] = w->engine[2];	/* 1 goes, and 5 has its queues */
	w->engine[2] = w->engine[3];
	w->snap.nr_engines--;
	rename_queues(w, 1, 5);
	world_run(w, 200);
	planned_after(w, vm, crossed, 5);
	world_free(w);
}

/* A look is asked for while a condition to move up is unconfirmed, only then. */
static void look_is_asked_for(void **unused)
{
	struct world *w = at_period(20);
	u32 vm = world_vm(w, 100, 0);

	(void)unused;
	w->config.hold_up_ms = 200;
	w->config.dwell_ms = 0;
	world_run(w, 100);
	assert_false(w->plan.look);
	w->demand[vm].pnic = 300;
	world_step(w, 20);
	assert_true(w->plan.look);
	world_step(w, 20);
	assert_false(w->plan.look);
	world_run(w, 180);
	assert_int_equal(w->nr_done, 1);
	w->demand[vm].pnic = 0;
	world_run(w, 1000);
	assert_int_equal(REASON(w, vm), R(HOLD)); /* down: needs no look */
	assert_false(w->plan.look);
	world_free(w);
}

/* A look that came before the crossing confirms nothing. */
static void old_look_confirms_nothing(void **unused)
{
	struct world *w = at_period(20);
	u32 vm = world_vm(w, 300, 0);

	(void)unused;
	w->config.hold_up_ms = 0;
	w->blind = true;
	w->vm[vm].confirmed_ns = w->snap.now_ns + 20 * MS - 1;
	world_step(w, 20);
	assert_int_equal(REASON(w, vm), R(UNCONFIRMED));
	assert_int_equal(w->plan.nr_moves, 0);
	world_step(w, 20);
	assert_int_equal(w->plan.nr_moves, 1);
	world_free(w);
}

static void fresh_look_confirms(void **unused)
{
	struct world *w = at_period(20);
	u32 vm = world_vm(w, 300, 0);

	(void)unused;
	w->config.hold_up_ms = 0;
	w->vm[vm].confirmed_ns = w->snap.now_ns + 20 * MS;
	world_step(w, 20);
	assert_int_equal(w->plan.nr_moves, 1);
	world_free(w);
}

/*
 * A window in which a VM left an engine still holds its load: nobody else is
 * sent after it because of that window.
 */
static void departure_is_waited_for(void **unused)
{
	struct world *w = at_period(20);
	u32 flood = world_vm(w, 0, 0), next = world_vm(w, 0, 0);

	(void)unused;
	w->measured = true;
	w->config.hold_up_ms = 0;
	world_place(w, flood, SHARED, 1);
	world_place(w, next, SHARED, 1);
	w->vm[flood].pnic_busy = 1500;
	w->vm[next].pnic_busy = 300;
	w->vm[next].vnic_busy = 300;
	w->engine[1].load = 900;
	world_step(w, 20);
	world_step(w, 20);
	assert_int_equal(STATE(w, flood), DEDICATED);
	world_step(w, 20);	/* half of it is from before the move */
	assert_int_equal(REASON(w, next), R(IDLE));
	w->engine[1].load = 150;
	world_run(w, 200);
	assert_int_equal(w->nr_done, 1);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(share_after_hold),
		cmocka_unit_test(share_after_hold_unconfirmed),
		cmocka_unit_test(dedicated_after_hold),
		cmocka_unit_test(down_after_hold),
		cmocka_unit_test(flood_from_none_to_dedicated),
		cmocka_unit_test(one_look_confirms_both_moves),
		cmocka_unit_test(stale_look_confirms_no_second_move),
		cmocka_unit_test(hold_starts_anew),
		cmocka_unit_test(engine_hold_starts_anew),
		cmocka_unit_test(engine_hold_outlasts_changes),
		cmocka_unit_test(look_is_asked_for),
		cmocka_unit_test(old_look_confirms_nothing),
		cmocka_unit_test(fresh_look_confirms),
		cmocka_unit_test(departure_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
