// SPDX-License-Identifier: GPL-2.0-only
/* What stops a move that a condition calls for: one test a reason. */
#include "scenes.h"

static void gate_vnic_bound(void **unused)
{
	u32 vm;
	struct world *w = wanting(&vm);

	(void)unused;
	w->demand[vm].worker = 901;
	world_run(w, 100);
	assert_int_equal(w->nr_done, 0);
	assert_int_equal(REASON(w, vm), R(VNIC_BOUND));
	assert_int_equal(w->decision[vm].value, 901);
	assert_int_equal(w->decision[vm].threshold, 900);
	w->demand[vm].worker = 900;
	world_run(w, 40);
	assert_int_equal(STATE(w, vm), SHARED);
	world_free(w);
}

/* The engine needs relief all the same: the next one is selected. */
static void gate_vnic_bound_selects_next(void **unused)
{
	u32 vm, neighbour;
	struct world *w = flooding(&vm, &neighbour);

	(void)unused;
	w->demand[vm].worker = 950;
	w->demand[neighbour].pnic = 3000;
	world_run(w, 40);
	assert_int_equal(REASON(w, vm), R(VNIC_BOUND));
	assert_int_equal(STATE(w, vm), SHARED);
	assert_int_equal(STATE(w, neighbour), DEDICATED);
	world_free(w);
}

/* No other one is enough: it leaves for its neighbours' sake, all the way up. */
static void vnic_bound_leaves_what_it_floods(void **unused)
{
	struct world *w = world_new(4, 1, 2, 1);
	u32 flood = world_vm(w, 9000, 100), i;

	(void)unused;
	for (i = 0; i < 8; i++)
		world_vm(w, 100, 50);
	world_place(w, world_vm(w, 60, 100), SHARED, 1);
	w->demand[flood].worker = 1000;
	world_run(w, 200);
	assert_int_equal(STATE(w, flood), DEDICATED);
	assert_int_equal(w->nr_done, 1);
	assert_int_equal(w->done[0].move.reason, R(DEFAULT_FULL));
	world_free(w);
}

/* A VM of its size that is not bound would gain, and nobody gains by its leaving. */
static void vnic_bound_stays_where_nobody_gains(bool bound)
{
	struct world *w = world_new(4, 1, 2, 1);
	u32 vm = world_vm(w, 0, 0), pinned = world_vm(w, 0, 0);

	w->measured = true;
	w->config.hold_up_ms = 0;
	w->vm[pinned].pin = RSS_ENGINE_PIN_NONE;
	w->vm[pinned].pnic_busy = 3000;
	w->vm[vm].pnic_busy = 190;
	w->vm[vm].hottest_worker = bound ? 950 : 100;
	w->engine[0].load = 810;
	world_run(w, 40);
	assert_int_equal(STATE(w, vm), bound ? NONE : SHARED);
	if (bound) {
		assert_int_equal(REASON(w, vm), R(VNIC_BOUND));
		assert_int_equal(w->decision[vm].value, 950);
		assert_int_equal(w->decision[vm].threshold, 900);
	}
	world_free(w);
}

static void gate_vnic_bound_wants_a_neighbours_gain(void **unused)
{
	(void)unused;
	vnic_bound_stays_where_nobody_gains(true);
	vnic_bound_stays_where_nobody_gains(false);
}

/* Equal VMs fill 15 queues; of one idle queue more they would have nothing. */
static struct world *overloaded(u32 shared_queues, u32 nr)
{
	struct world *w = world_new(15, 1, shared_queues, 0);
	u32 i;

	w->config.hold_up_ms = 0;
	for (i = 0; i < nr; i++)
		world_vm(w, 312, 100);
	return w;
}

static void hopeless_host_is_left_alone(void **unused)
{
	struct world *w = overloaded(1, 64);
	u32 i;

	(void)unused;
	world_run(w, 5000);
	assert_int_equal(w->nr_done, 0);
	for (i = 0; i < 64; i++) {
		assert_int_equal(REASON(w, i), R(NO_GAIN));
		assert_int_equal(w->decision[i].value, 1000);
		assert_int_equal(w->decision[i].threshold, 800);
		assert_int_equal(w->decision[i].gain, 5); /* 650 + 234 of 15,000 */
	}
	world_free(w);
}

/* 650 * 5 + 234 is more than the excess of 3,000; 650 * 4 + 234 is 18 percent. */
static void relief_that_counts_is_had(void **unused)
{
	struct world *w = overloaded(5, 64);

	(void)unused;
	world_run(w, 5000);
	assert_true(w->nr_done > 4);
	world_free(w);

	w = overloaded(4, 64);
	w->config.gain_min = 19;
	world_run(w, 5000);
	assert_int_equal(w->nr_done, 0);
	w->config.gain_min = 18;
	world_run(w, 1000);
	assert_true(w->nr_done > 4);
	world_free(w);
}

/* Other engines carry much already: moves go on while there is room. */
static void relief_goes_on_half_way(void **unused)
{
	struct world *w = overloaded(4, 64);
	u32 id, flood;

	(void)unused;
	world_add_queues(w, RSSE_ENGINE_NEW, 1);
	id = world_dedicated(w);
	flood = world_vm(w, 9000, 100);
	world_place(w, flood, DEDICATED, id);
	world_add_queues(w, id, 7);
	world_run(w, 1000);
	assert_true(w->nr_done > 4);
	assert_int_equal(STATE(w, flood), DEDICATED);
	world_free(w);
}

/* The queues are filled by what no VM accounts for, and all VMs can escape it. */
static void vms_escape_a_flooded_host(void **unused)
{
	struct world *w = world_new(8, 1, 4, 0);
	u32 i;

	(void)unused;
	w->config.hold_up_ms = 0;
	w->host = 30000;
	for (i = 0; i < 4; i++)
		world_vm(w, 400, 100);
	world_run(w, 1000);
	for (i = 0; i < 4; i++)
		assert_int_equal(STATE(w, i), SHARED);
	world_free(w);
}

/* A pinned VM and one without a filter do not make a host hopeless. */
static void who_may_not_move_is_not_counted(void **unused)
{
	struct world *w = overloaded(1, 4);
	u32 i;

	(void)unused;
	for (i = 0; i < 3; i++) {
		w->demand[i].pnic = 9000;
		if (i)
			w->vm[i].flags &= ~RSSE_POL_VM_HAS_FILTER;
		else
			w->vm[i].pin = RSS_ENGINE_PIN_NONE;
	}
	world_run(w, 1000);
	assert_int_equal(w->nr_done, 1);
	assert_int_equal(STATE(w, 3), SHARED);
	world_free(w);
}

static void gate_no_filter(void **unused)
{
	u32 vm;
	struct world *w = wanting(&vm);

	(void)unused;
	w->vm[vm].flags &= ~RSSE_POL_VM_HAS_FILTER;
	world_run(w, 100);
	assert_int_equal(w->nr_done, 0);
	assert_int_equal(REASON(w, vm), R(NO_FILTER));
	w->demand[vm] = (struct demand){ 0 };
	world_run(w, 20);
	assert_int_equal(REASON(w, vm), R(NO_FILTER));
	world_free(w);
}

static void gate_absent(void **unused)
{
	u32 vm;
	struct world *w = wanting(&vm);

	(void)unused;
	w->vm[vm].flags = 0;
	world_run(w, 100);
	assert_int_equal(w->nr_done, 0);
	assert_int_equal(REASON(w, vm), R(ABSENT));
	world_free(w);
}

/* Absent, it gives back what it had. */
static void absent_is_demoted(void **unused)
{
	struct world *w = world_new(4, 1, 2, 1);
	u32 id = world_dedicated(w), vm = world_vm(w, 0, 0);

	(void)unused;
	world_place(w, vm, DEDICATED, id);
	w->vm[vm].flags = 0;
	world_run(w, 5000);
	assert_int_equal(STATE(w, vm), NONE);
	assert_int_equal(w->nr_done, 2);
	assert_int_equal(world_unowned(w), 1);
	assert_int_equal(REASON(w, vm), R(ABSENT));
	world_free(w);
}

/* No worker yet: shown at rest; the PNIC's part of the load counts. */
static void no_worker_is_shown(void **unused)
{
	u32 vm;
	struct world *w = wanting(&vm);

	(void)unused;
	w->vm[vm].flags &= ~RSSE_POL_VM_HAS_WORKER;
	w->demand[vm] = (struct demand){ .pnic = 20 };
	world_run(w, 100);
	assert_int_equal(REASON(w, vm), R(NO_WORKER));
	w->demand[vm].pnic = 300;
	world_run(w, 60);
	assert_int_equal(STATE(w, vm), SHARED);
	world_free(w);
}

/* A neighbour's gain of 25 percent is enough, one of 24 is not. */
static void gate_gain(u32 gain_min, bool moves)
{
	struct world *w = world_new(1, 1, 1, 0);
	u32 vm = world_vm(w, 0, 0);

	w->measured = true;
	w->config.hold_up_ms = 0;
	w->config.gain_min = gain_min;
	w->engine[0].load = 400;
	w->engine[1].load = 300;
	world_place(w, world_vm(w, 0, 0), SHARED, 1);
	w->vm[vm].pnic_busy = 100;
	w->vm[vm].vnic_busy = 150;
	world_step(w, 20);
	world_step(w, 20);
	assert_int_equal(STATE(w, vm), moves ? SHARED : NONE);
	if (!moves) {
		assert_int_equal(REASON(w, vm), R(NO_GAIN));
		assert_int_equal(w->decision[vm].gain, 25);
		assert_int_equal(w->decision[vm].value, 250);
		assert_int_equal(w->decision[vm].threshold, 200);
	}
	world_free(w);
}

static void gate_no_gain(void **unused)
{
	(void)unused;
	gate_gain(25, true);
	gate_gain(26, false);
}

/* Heavy VMs leave together: the last few gain what all of them give. */
static void gain_counts_all_that_leave(void **unused)
{
	struct world *w = world_new(4, 1, 4, 0);
	u32 i;

	(void)unused;
	for (i = 0; i < 12; i++)
		world_vm(w, 150, 100);
	world_run(w, 1000);
	for (i = 0; i < 12; i++)
		assert_int_equal(STATE(w, i), SHARED);
	assert_int_equal(w->nr_done, 12);
	world_free(w);
}

/* What has left already relieves nobody a second time: 20 of 100 are left. */
static void gain_counts_nobody_twice(void **unused)
{
	struct world *w = world_new(4, 1, 2, 0);
	u32 heavy = world_vm(w, 300, 100), light = world_vm(w, 20, 190);

	(void)unused;
	w->host = 80;
	w->config.hold_up_ms = 0;
	w->frozen = true;
	world_run(w, 40);
	assert_int_equal(REASON(w, heavy), R(SHARE_ABOVE));
	assert_int_equal(w->decision[heavy].gain, 80);
	assert_int_equal(REASON(w, light), R(NO_GAIN));
	assert_int_equal(w->decision[light].gain, 20);
	world_free(w);
}

static void gate_budget(void **unused)
{
	struct world *w = world_new(4, 1, 4, 0);
	u32 i, planned = 0, late = 0;

	(void)unused;
	w->config.hold_up_ms = 0;
	w->config.moves_max = 3;
	w->frozen = true;
	for (i = 0; i < 8; i++)
		world_vm(w, 150, 100);
	world_run(w, 40);
	assert_int_equal(w->plan.nr_moves, 3);
	for (i = 0; i < 8; i++) {
		planned += REASON(w, i) == R(SHARE_ABOVE);
		late += REASON(w, i) == R(BUDGET);
		assert_true(w->decision[i].moves);
		assert_int_equal(w->decision[i].to_engine, 1);
	}
	assert_int_equal(planned, 3);
	assert_int_equal(late, 5);
	world_free(w);
}

/* The caller's array may be smaller than moves_max. */
static void budget_fits_the_array(void **unused)
{
	struct world *w = world_new(4, 1, 4, 0);
	u32 i;

	(void)unused;
	w->config.hold_up_ms = 0;
	w->frozen = true;
	w->plan.cap_moves = 1;
	for (i = 0; i < 8; i++)
		world_vm(w, 150, 100);
	world_run(w, 40);
	assert_int_equal(w->plan.nr_moves, 1);
	world_free(w);
}

static void gate_not_selected(void **unused)
{
	u32 vm, neighbour;
	struct world *w = flooding(&vm, &neighbour);

	(void)unused;
	world_run(w, 40);
	assert_int_equal(STATE(w, vm), DEDICATED);
	assert_int_equal(REASON(w, neighbour), R(NOT_SELECTED));
	assert_int_equal(w->decision[neighbour].value, 1000);
	assert_int_equal(w->decision[neighbour].threshold, 800);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gate_vnic_bound),
		cmocka_unit_test(gate_vnic_bound_selects_next),
		cmocka_unit_test(vnic_bound_leaves_what_it_floods),
		cmocka_unit_test(gate_vnic_bound_wants_a_neighbours_gain),
		cmocka_unit_test(hopeless_host_is_left_alone),
		cmocka_unit_test(relief_that_counts_is_had),
		cmocka_unit_test(relief_goes_on_half_way),
		cmocka_unit_test(vms_escape_a_flooded_host),
		cmocka_unit_test(who_may_not_move_is_not_counted),
		cmocka_unit_test(gate_no_filter),
		cmocka_unit_test(gate_absent),
		cmocka_unit_test(absent_is_demoted),
		cmocka_unit_test(no_worker_is_shown),
		cmocka_unit_test(gate_no_gain),
		cmocka_unit_test(gain_counts_all_that_leave),
		cmocka_unit_test(gain_counts_nobody_twice),
		cmocka_unit_test(gate_budget),
		cmocka_unit_test(budget_fits_the_array),
		cmocka_unit_test(gate_not_selected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
