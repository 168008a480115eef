// SPDX-License-Identifier: GPL-2.0-only
/* Who leaves an engine that is full. */
#include "unit.h"

/* A shared engine of four queues, full by the VMs given; hold times are 0. */
static struct world *full(u32 select, u32 nr, const u32 *pnic, const s32 *priority)
{
	struct world *w = world_new(4, 1, 4, 8);
	u32 i;

	w->measured = true;
	w->config.hold_up_ms = 0;
	w->config.gain_min = 0;
	w->config.select = select;
	w->config.moves_max = 1000;
	w->frozen = true;
	for (i = 0; i < nr; i++) {
		world_vm(w, 0, 0);
		world_place(w, i, SHARED, 1);
		w->vm[i].pnic_busy = pnic[i];
		w->vm[i].vnic_busy = 300;
		w->vm[i].priority = priority ? priority[i] : 0;
		w->engine[1].load += pnic[i] / 4;
	}
	world_step(w, 20);
	world_step(w, 20);
	return w;
}

static void leaves(struct world *w, u32 nr, const u32 *vms)
{
	u32 i;

	assert_int_equal(w->plan.nr_moves, nr);
	for (i = 0; i < nr; i++)
		assert_int_equal(w->move[i].id, w->vm[vms[i]].id);
	world_free(w);
}

#define LIST(...) ((const u32[]){ __VA_ARGS__ })
#define PRIO(...) ((const s32[]){ __VA_ARGS__ })

static void select_load_takes_the_heaviest(void **unused)
{
	(void)unused;
	leaves(full(RSS_ENGINE_SELECT_LOAD, 4, LIST(400, 1200, 1000, 1000), NULL),
	       1, LIST(1));
}

/* 3,900 have to come down to 3,200. */
static void select_load_goes_on_until_enough(void **unused)
{
	(void)unused;
	leaves(full(RSS_ENGINE_SELECT_LOAD, 13,
		    LIST(300, 300, 300, 300, 300, 300, 300, 300, 300, 300, 300, 300, 300),
		    NULL), 3, LIST(0, 1, 2));
	leaves(full(RSS_ENGINE_SELECT_LOAD, 4, LIST(400, 500, 2400, 200), NULL),
	       1, LIST(2));
}

/* 3,600 have to come down to 3,200: 400 is enough, 396 is not. */
static void select_fit_takes_the_lightest_that_is_enough(void **unused)
{
	(void)unused;
	leaves(full(RSS_ENGINE_SELECT_FIT, 4, LIST(396, 400, 1800, 1004), NULL),
	       1, LIST(1));
	leaves(full(RSS_ENGINE_SELECT_FIT, 4, LIST(392, 404, 1800, 1004), NULL),
	       1, LIST(1));
}

/* 4,000 have to come down to 3,200: 500, and 300 is the lightest for the rest. */
static void select_fit_when_none_is_enough(void **unused)
{
	(void)unused;
	leaves(full(RSS_ENGINE_SELECT_FIT, 11,
		    LIST(500, 300, 480, 320, 460, 440, 400, 400, 320, 280, 100), NULL),
	       2, LIST(0, 1));
}

/* VNIC-bound is the lightest that fits: the next heavier one goes. */
static void select_fit_passes_over(void **unused)
{
	struct world *w = full(RSS_ENGINE_SELECT_FIT, 4, LIST(396, 400, 1800, 1004), NULL);

	(void)unused;
	w->vm[1].hottest_worker = 1000;
	world_step(w, 20);
	assert_int_equal(REASON(w, 1), R(VNIC_BOUND));
	leaves(w, 1, LIST(3));
}

static void select_static_takes_the_lowest_priority(void **unused)
{
	(void)unused;
	leaves(full(RSS_ENGINE_SELECT_STATIC, 4, LIST(500, 1200, 1000, 900),
		    PRIO(-1, 5, 0, 0)), 1, LIST(0));
	/* Ties go by load, and it goes on until enough. */
	leaves(full(RSS_ENGINE_SELECT_STATIC, 5, LIST(100, 2000, 100, 1000, 500),
		    PRIO(1, 2, 0, 1, 3)), 2, LIST(2, 3));
	leaves(full(RSS_ENGINE_SELECT_LOAD, 4, LIST(500, 1200, 1000, 900),
		    PRIO(-1, 5, 0, 0)), 1, LIST(1));
}

/* What brings no gain is passed over: eight queues shared, one dedicated. */
static void select_passes_over_what_gains_nothing(void **unused)
{
	struct world *w = full(RSS_ENGINE_SELECT_LOAD, 8,
			       LIST(1400, 900, 900, 800, 800, 800, 800, 400), NULL);

	(void)unused;
	world_add_queues(w, 1, 4);
	w->engine[1].load = 6800 / 8;
	w->config.gain_min = 25;
	w->vm[1].pnic_busy = 600;
	w->vm[2].pnic_busy = 1200;
	world_step(w, 20);
	assert_int_equal(REASON(w, 0), R(NO_GAIN));
	assert_int_equal(REASON(w, 2), R(NO_GAIN));
	assert_int_equal(REASON(w, 3), R(NO_GAIN));
	assert_int_equal(REASON(w, 1), R(ENGINE_FULL));
	leaves(w, 1, LIST(1));
}

/* Free queues are spent once: the third finds none. */
static void free_queues_are_spent_once(void **unused)
{
	struct world *w = full(RSS_ENGINE_SELECT_LOAD, 5,
			       LIST(800, 800, 800, 800, 800), NULL);

	(void)unused;
	w->config.engine_above = 300;
	w->snap.dedicated_queues = 3;
	world_step(w, 20);
	assert_int_equal(REASON(w, 2), R(NO_ENGINE));
	leaves(w, 2, LIST(0, 1));
}

/* One plan does not overfill the engine that it moves VMs to. */
static void plan_does_not_overfill_the_target(void **unused)
{
	struct world *w = world_new(2, 1, 2, 0);
	u32 i;

	(void)unused;
	w->measured = true;
	w->config.hold_up_ms = 0;
	w->config.moves_max = 1000;
	w->frozen = true;
	for (i = 0; i < 10; i++) {
		world_vm(w, 0, 0);
		w->vm[i].pnic_busy = 200;
		w->vm[i].vnic_busy = 300;
	}
	w->engine[0].load = 1000;
	world_step(w, 20);
	world_step(w, 20);
	assert_int_equal(w->plan.nr_moves, 6);	/* 1,300 fit, 200 at a time */
	world_free(w);
}

/* Nor does it take more than needed from the engine that they leave. */
static void plan_does_not_empty_the_source(void **unused)
{
	struct world *w = world_new(2, 2, 4, 0);
	u32 i;

	(void)unused;
	w->config.hold_up_ms = 0;
	w->config.moves_max = 1000;
	w->frozen = true;
	for (i = 0; i < 18; i++)
		world_vm(w, 100, 50);
	world_run(w, 40);
	assert_int_equal(w->plan.nr_moves, 2);	/* 1,800 to 1,600 */
	world_free(w);
}

/* Two full engines do not fill a third together. */
static void full_engines_share_the_room(void **unused)
{
	struct world *w = world_new(2, 3, 2, 0);
	u32 i;

	(void)unused;
	w->config.hold_up_ms = 0;
	w->frozen = true;
	for (i = 0; i < 6; i++) {
		world_vm(w, 580, 100);
		world_place(w, i, SHARED, 1 + i / 3);
	}
	world_vm(w, 500, 100);
	world_place(w, 6, SHARED, 3);
	world_run(w, 40);
	assert_int_equal(w->plan.nr_moves, 1);
	assert_int_equal(w->move[0].to_engine, 3);
	assert_int_equal(REASON(w, 3), R(NO_ENGINE));
	world_free(w);
}

/* The most urgent come first: pins, then up, then down. */
static void plan_is_ordered(void **unused)
{
	struct world *w = world_new(4, 1, 2, 1);
	u32 down = world_vm(w, 10, 10), up, pin;

	(void)unused;
	w->config.hold_up_ms = 0;
	w->config.hold_down_ms = 0;
	w->frozen = true;
	world_place(w, down, SHARED, 1);
	up = world_vm(w, 400, 200);
	pin = world_vm(w, 10, 10);
	w->vm[pin].pin = RSS_ENGINE_PIN_SHARED;
	world_run(w, 40);
	leaves(w, 3, LIST(pin, up, down));
}

/* What only waits takes no queue from what is due. */
static void due_comes_before_waiting(void **unused)
{
	struct world *w = world_new(4, 2, 2, 1);
	u32 i;

	(void)unused;
	for (i = 0; i < 4; i++) {
		world_vm(w, 10, 100);
		world_place(w, i, SHARED, 1 + i / 2);
	}
	w->frozen = true;
	w->demand[2].pnic = 5000;
	world_run(w, 20);
	w->demand[0].pnic = 5000;
	world_run(w, 40);
	assert_int_equal(w->plan.nr_moves, 1);
	assert_int_equal(w->move[0].id, w->vm[2].id);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(select_load_takes_the_heaviest),
		cmocka_unit_test(select_load_goes_on_until_enough),
		cmocka_unit_test(select_fit_takes_the_lightest_that_is_enough),
		cmocka_unit_test(select_fit_when_none_is_enough),
		cmocka_unit_test(select_fit_passes_over),
		cmocka_unit_test(select_static_takes_the_lowest_priority),
		cmocka_unit_test(select_passes_over_what_gains_nothing),
		cmocka_unit_test(free_queues_are_spent_once),
		cmocka_unit_test(plan_does_not_overfill_the_target),
		cmocka_unit_test(plan_does_not_empty_the_source),
		cmocka_unit_test(full_engines_share_the_room),
		cmocka_unit_test(plan_is_ordered),
		cmocka_unit_test(due_comes_before_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
