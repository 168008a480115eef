// SPDX-License-Identifier: GPL-2.0-only
/* Shared engines that are made when VMs find no room, and are no more when unused. */
#include <errno.h>

#include "scaled.h"

/* The shared engine of the layout is full, and may have no more queues. */
static struct world *crowded(u32 most_engines)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_SPREAD, 8, 1, 2, 0);

	w->snap.limits.shared_queues = 2;
	tenants(w, 1, 4, 1400);
	if (most_engines)
		world_allow_shared(w, most_engines);
	return w;
}

/* It is above share_above, and wants no dedicated engine. */
static u32 comer(struct world *w, u32 pnic)
{
	u32 vm = world_vm(w, pnic, 10);

	w->vm[vm].max_state = SHARED;
	return vm;
}

static u32 shared_engines(const struct world *w)
{
	u32 i, nr = 0;

	for (i = 0; i < w->snap.nr_engines; i++)
		nr += w->engine[i].kind == RSS_ENGINE_ENGINE_KIND_SHARED &&
		      w->engine[i].id != RSSE_ENGINE_SPARE;
	return nr;
}

static void made_when_none_has_room(void **unused)
{
	struct world *w = crowded(2);
	u32 vm = comer(w, 300);

	(void)unused;
	world_run(w, 200);
	assert_int_equal(shared_engines(w), 2);
	assert_int_equal(w->nr_done, 1);
	assert_int_equal(w->done[0].move.reason, R(SHARE_ABOVE));
	assert_int_equal(STATE(w, vm), SHARED);
	assert_int_equal(w->vm[vm].engine, 2);
	assert_int_equal(QUEUES(w, 2), 1);
	assert_int_equal(QUEUES(w, 0), 7);
	world_free(w);
}

/* hold_up_ms as for any other move up. */
static void made_after_the_hold_time(void **unused)
{
	struct world *w = crowded(2);
	u32 vm = comer(w, 300);

	(void)unused;
	world_step(w, 20);
	world_step(w, 20);
	assert_int_equal(REASON(w, vm), R(HOLD));
	assert_int_equal(shared_engines(w), 1);
	world_step(w, 20);
	assert_int_equal(shared_engines(w), 2);
	world_free(w);
}

static void none_is_made_without_a_maximum(void **unused)
{
	struct world *w = crowded(0);
	u32 vm = comer(w, 300);

	(void)unused;
	world_run(w, 5000);
	assert_int_equal(shared_engines(w), 1);
	assert_int_equal(STATE(w, vm), NONE);
	assert_int_equal(REASON(w, vm), R(NO_ENGINE));
	world_free(w);
}

static void none_is_made_where_queues_stay(void **unused)
{
	struct world *w = crowded(2);
	u32 vm = comer(w, 300);

	(void)unused;
	w->config.scale = RSS_ENGINE_SCALE_OFF;
	world_run(w, 5000);
	assert_int_equal(w->nr_tried, 0);
	assert_int_equal(REASON(w, vm), R(NO_ENGINE));
	world_free(w);
}

static void none_is_made_while_another_has_room(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_SPREAD, 8, 2, 2, 0);
	u32 vm;

	(void)unused;
	w->snap.limits.shared_queues = 2;
	world_allow_shared(w, 4);
	tenants(w, 1, 4, 1400);
	vm = comer(w, 300);
	world_run(w, 200);
	assert_int_equal(w->vm[vm].engine, 2);
	comer(w, 300);
	world_run(w, 200);
	assert_int_equal(shared_engines(w), 2);
	assert_int_equal(w->nr_done, 2);
	world_free(w);
}

/* Those that come in one plan go to the same one, as far as it has room. */
static void one_is_made_for_many(void **unused)
{
	struct world *w = crowded(4);
	u32 i, first = comer(w, 210);

	(void)unused;
	for (i = 1; i < 4; i++)
		comer(w, 210);
	world_run(w, 100);
	for (i = 0; i < 3; i++)
		assert_int_equal(w->vm[first + i].engine, 2);
	world_run(w, 200);
	assert_int_equal(w->vm[first + 3].engine, 3);
	assert_int_equal(shared_engines(w), 3);
	world_free(w);
}

static void maximum_is_kept(void **unused)
{
	struct world *w = crowded(2);
	u32 i, vm = 0;

	(void)unused;
	for (i = 0; i < 6; i++)
		vm = comer(w, 250);
	world_run(w, 5000);
	assert_int_equal(shared_engines(w), 2);
	assert_int_equal(STATE(w, vm), NONE);
	world_free(w);
}

/* Only as long as somebody is on it, and hold_down_ms more. */
static void unused_one_is_no_more(void **unused)
{
	struct world *w = crowded(2);
	u32 vm = comer(w, 300);

	(void)unused;
	world_run(w, 8000);
	assert_int_equal(shared_engines(w), 2);
	w->demand[vm].pnic = 0;
	world_run(w, 3000);
	assert_int_equal(STATE(w, vm), NONE);
	assert_int_equal(shared_engines(w), 2);
	world_run(w, 2100);
	assert_int_equal(shared_engines(w), 1);
	assert_int_equal(QUEUES(w, 0), 8);
	world_free(w);
}

/* Whoever wants one: the NIC has none. So it is asked rarely, and not for each VM. */
static void failure_backs_off_for_all(void **unused)
{
	struct world *w = crowded(2);
	u32 i;

	(void)unused;
	w->config.hold_down_ms = 60000;
	for (i = 0; i < 5; i++)
		w->vm[comer(w, 0)].need = 210;
	w->fail_making = ENOSPC;
	world_step(w, 20);
	assert_int_equal(w->plan.nr_moves, 3);
	assert_int_equal(w->nr_tried, 1);
	/* After 1 s, 2 and 4. */
	world_run(w, 6900);
	assert_int_equal(w->nr_tried, 3);
	world_run(w, 1000);
	assert_int_equal(w->nr_tried, 4);
	assert_int_equal(shared_engines(w), 1);
	w->fail_making = 0;
	world_run(w, 8000);
	assert_int_equal(shared_engines(w), 2);
	world_free(w);
}

/* The wait is not that of a VM for which one would have no room, or that may not go there. */
static void failure_is_no_reason_for_others(void **unused)
{
	struct world *w = crowded(2);
	u32 heavy, bound, light;

	(void)unused;
	w->config.hold_down_ms = 60000;
	light = comer(w, 0);
	w->vm[light].need = 210;
	w->fail_making = ENOSPC;
	world_step(w, 20);
	assert_int_equal(w->nr_tried, 1);
	heavy = comer(w, 0);
	bound = comer(w, 0);
	w->vm[heavy].need = 700;
	w->vm[bound].need = 210;
	w->vm[bound].require = 1;
	world_step(w, 20);
	assert_int_equal(REASON(w, light), R(BACKED_OFF));
	assert_int_equal(REASON(w, heavy), R(NO_ROOM));
	assert_int_equal(REASON(w, bound), R(NO_ROOM));
	world_free(w);
}

/* What the VM was thought to do stays behind, wherever it goes. */
static void live_on(struct world *w, u32 vm, u32 steps)
{
	while (steps--) {
		world_engine(w, 1)->load = 900;
		world_engine(w, 0)->load = 600;
		w->vm[vm].pnic_busy = w->vm[vm].engine == 1 ? 650 : 100;
		world_step(w, 20);
	}
}

/* One that has helped nobody is not made again, nor used when another VM has it made. */
static void useless_one_is_not_made_again(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_SPREAD, 8, 1, 2, 0);
	u32 vm = world_vm(w, 0, 0), other = world_vm(w, 0, 0), third;

	(void)unused;
	w->snap.limits.shared_queues = 2;
	world_allow_shared(w, 2);
	w->measured = true;
	w->vm[vm].max_state = SHARED;
	w->vm[other].pin = RSS_ENGINE_PIN_SHARED;
	w->vm[other].pnic_busy = 900;
	w->vm[vm].vnic_busy = 200;
	world_place(w, vm, SHARED, 1);
	world_place(w, other, SHARED, 1);
	live_on(w, vm, 6000);
	assert_int_equal(world_moves_of(w, vm), 2);
	assert_int_equal(w->done[1].move.reason, R(USELESS));
	assert_int_equal(w->nr_tried, 1);
	assert_int_equal(shared_engines(w), 1);

	third = world_vm(w, 0, 0);
	w->vm[third].pin = RSS_ENGINE_PIN_SHARED;
	live_on(w, vm, 3000);
	assert_int_equal(w->vm[third].engine, 3);
	assert_int_equal(world_moves_of(w, vm), 2);
	world_free(w);
}

/* Nor has an engine that is warm the queue that a planned one is made of. */
static void its_queue_is_not_given_away(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_PACK, 3, 1, 1, 1);
	u32 i, vm;

	(void)unused;
	w->config.gain_min = 0;
	w->snap.limits.shared_queues = 1;
	tenants(w, 1, 2, 600);
	world_allow_shared(w, 2);
	w->host = 1600;
	for (i = 0; i < 8; i++)
		world_step(w, 20);
	vm = comer(w, 300);
	world_step(w, 20);
	world_step(w, 20);
	assert_int_equal(w->nr_shifted, 0);
	assert_int_equal(world_unowned(w), 1);
	/* Both are due now. */
	world_step(w, 20);
	assert_int_equal(w->plan.nr_moves, 1);
	assert_int_equal(w->vm[vm].engine, 2);
	assert_int_equal(w->nr_shifted, 0);
	assert_int_equal(QUEUES(w, 0), 3);
	world_free(w);
}

/* A failure does not keep its VM from an engine that comes to have room. */
static void failure_bars_no_other_engine(void **unused)
{
	struct world *w = crowded(2);
	u32 vm = comer(w, 300);

	(void)unused;
	w->fail_making = ENOSPC;
	world_run(w, 200);
	assert_int_equal(STATE(w, vm), NONE);
	now_do(w, 0, 4, 400);
	world_run(w, 200);
	assert_int_equal(w->vm[vm].engine, 1);
	world_free(w);
}

/* It has just come, and waits for what may be made later: its need still counts. */
static void arrival_waits_after_a_failure(void **unused)
{
	struct world *w = crowded(2);
	u32 vm = comer(w, 0);

	(void)unused;
	w->vm[vm].need = 400;
	w->config.hold_down_ms = 60000;
	w->fail_making = ENOSPC;
	world_run(w, 100);
	assert_int_equal(STATE(w, vm), NONE);
	assert_int_equal(REASON(w, vm), R(BACKED_OFF));
	w->fail_making = 0;
	world_run(w, 800);
	assert_int_equal(STATE(w, vm), NONE);
	world_run(w, 200);
	assert_int_equal(w->vm[vm].engine, 2);
	world_free(w);
}

/* The layout has no queue for it, so it keeps none but for its VMs. */
static void goes_when_queues_go_home(void **unused)
{
	struct world *w = crowded(2);
	u32 vm = comer(w, 300);

	(void)unused;
	world_run(w, 200);
	assert_int_equal(QUEUES(w, 2), 1);
	w->config.scale = RSS_ENGINE_SCALE_OFF;
	world_run(w, 200);
	assert_int_equal(QUEUES(w, 2), 1);
	w->config.dwell_ms = 0;
	w->demand[vm].pnic = 0;
	world_run(w, 3000);
	assert_int_equal(STATE(w, vm), NONE);
	assert_int_equal(shared_engines(w), 1);
	assert_int_equal(QUEUES(w, 0), 8);
	world_free(w);
}

/* Whether or not somebody may have its queue: it is nobody's then. */
static void goes_when_nobody_takes_its_queue(void **unused)
{
	struct world *w = crowded(2);
	u32 i, vm = comer(w, 300);

	(void)unused;
	world_run(w, 200);
	w->config.scale = RSS_ENGINE_SCALE_OFF;
	w->snap.limits.default_queues = 4;
	w->config.dwell_ms = 0;
	w->demand[vm].pnic = 0;
	for (i = 0; i < w->snap.nr_queues; i++)
		if (w->queue[i].engine == 2)
			w->queue[i].flags = RSSE_POL_QUEUE_EXCLUDED;
	world_run(w, 3000);
	assert_int_equal(shared_engines(w), 1);
	assert_true(QUEUES(w, 0) <= 4);
	world_free(w);
}

static void those_kept_apart_get_one_each(void **unused)
{
	struct world *w = crowded(3);
	u32 a = comer(w, 250), b = comer(w, 250);

	(void)unused;
	w->vm[a].apart = 1;
	w->vm[b].apart = 1;
	world_run(w, 300);
	assert_int_equal(STATE(w, a), SHARED);
	assert_int_equal(STATE(w, b), SHARED);
	assert_int_not_equal(w->vm[a].engine, w->vm[b].engine);
	assert_int_equal(shared_engines(w), 3);
	world_free(w);
}

/* It has no number yet that a rule could mean. */
static void no_rule_names_it(void **unused)
{
	struct world *w = crowded(3);
	u32 a = comer(w, 250), b = comer(w, 250);

	(void)unused;
	w->vm[a].require = RSSE_ENGINE_SPARE;
	w->vm[b].prefer = RSSE_ENGINE_SPARE;
	now_do(w, 0, 4, 200);
	world_run(w, 2000);
	assert_int_equal(STATE(w, a), NONE);
	assert_int_equal(w->vm[b].engine, 1);
	assert_int_equal(shared_engines(w), 1);
	world_free(w);
}

/* For bulk, too, which would rather have what has least room. */
static void existing_ones_are_woken_first(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_SPREAD, 8, 1, 2, 0);
	u32 vm;

	(void)unused;
	world_run(w, 3000);
	assert_int_equal(QUEUES(w, 1), 0);
	world_allow_shared(w, 3);
	vm = comer(w, 300);
	w->vm[vm].latency = RSS_ENGINE_LATENCY_BULK;
	world_run(w, 200);
	assert_int_equal(w->vm[vm].engine, 1);
	assert_int_equal(shared_engines(w), 1);
	world_free(w);
}

static void lower_maximum_closes_it(void **unused)
{
	struct world *w = crowded(2);
	u32 vm = comer(w, 300);

	(void)unused;
	world_run(w, 200);
	assert_int_equal(w->vm[vm].engine, 2);
	now_do(w, 0, 4, 400);
	world_allow_shared(w, 1);
	world_run(w, 3000);
	assert_int_equal(w->vm[vm].engine, 1);
	assert_int_equal(shared_engines(w), 1);
	world_free(w);
}

/* What fills it can go to one that is made, where no dedicated one can be. */
static void made_for_one_that_leaves_a_full_one(void **unused)
{
	struct world *w = crowded(2);
	u32 i, moved = 0;

	(void)unused;
	for (i = 0; i < 4; i++)
		w->vm[i].min_state = NONE;
	now_do(w, 0, 4, 1800);
	world_run(w, 300);
	assert_int_equal(shared_engines(w), 2);
	for (i = 0; i < 4; i++)
		moved += w->vm[i].engine == 2;
	assert_int_equal(moved, 1);
	assert_int_equal(w->done[0].move.reason, R(ENGINE_FULL));
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_when_none_has_room),
		cmocka_unit_test(made_after_the_hold_time),
		cmocka_unit_test(none_is_made_without_a_maximum),
		cmocka_unit_test(none_is_made_where_queues_stay),
		cmocka_unit_test(none_is_made_while_another_has_room),
		cmocka_unit_test(one_is_made_for_many),
		cmocka_unit_test(maximum_is_kept),
		cmocka_unit_test(unused_one_is_no_more),
		cmocka_unit_test(failure_backs_off_for_all),
		cmocka_unit_test(failure_bars_no_other_engine),
		cmocka_unit_test(failure_is_no_reason_for_others),
		cmocka_unit_test(useless_one_is_not_made_again),
		cmocka_unit_test(its_queue_is_not_given_away),
		cmocka_unit_test(goes_when_nobody_takes_its_queue),
		cmocka_unit_test(arrival_waits_after_a_failure),
		cmocka_unit_test(goes_when_queues_go_home),
		cmocka_unit_test(those_kept_apart_get_one_each),
		cmocka_unit_test(no_rule_names_it),
		cmocka_unit_test(existing_ones_are_woken_first),
		cmocka_unit_test(lower_maximum_closes_it),
		cmocka_unit_test(made_for_one_that_leaves_a_full_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
