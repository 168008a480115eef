// SPDX-License-Identifier: GPL-2.0-only
/* none -> shared or dedicated: for its reasons, and one off a threshold not at all. */
#include <errno.h>

#include "given.h"

/* none -> shared for the VM's own load */

static void share(u32 pnic, u32 vnic, bool moves)
{
	struct world *w = given(1, 0);
	u32 vm = on(w, NONE, 0, pnic, vnic);

	w->engine[0].load = 300;
	settle(w);
	if (moves)
		moved(w, vm, SHARED, 1, R(SHARE_ABOVE));
	else
		stayed(w, vm, R(IDLE));
	world_free(w);
}

static void none_to_shared_by_rx_load(void **unused)
{
	(void)unused;
	share(101, 100, true);
	share(100, 100, false);
	share(201, 0, true);
	share(11, 190, true);
}

static void none_to_shared_reports_numbers(void **unused)
{
	struct world *w = given(1, 0);
	u32 vm = on(w, NONE, 0, 101, 100);

	(void)unused;
	w->engine[0].load = 300;
	settle(w);
	moved(w, vm, SHARED, 1, R(SHARE_ABOVE));
	assert_int_equal(w->done[0].move.value, 201);
	assert_int_equal(w->done[0].move.threshold, 200);
	assert_int_equal(w->done[0].move.from_state, NONE);
	assert_int_equal(w->done[0].move.to_engine, 1);
	assert_int_equal(w->done[0].move.gain, 83); /* 300 -> 101 / 2 */
	world_free(w);
}

/* Traffic that never passes the NIC leaves the part at 10 permille or below. */
static void bridge_traffic_moves_nobody(void **unused)
{
	struct world *w = given(1, 1);
	u32 vm = on(w, NONE, 0, 10, 700);

	(void)unused;
	w->engine[0].load = 20;
	settle(w);
	stayed(w, vm, R(NO_GAIN));
	assert_int_equal(w->decision[vm].value, 10);
	assert_int_equal(w->decision[vm].threshold, 10);
	w->vm[vm].pnic_busy = 11;
	settle(w);
	moved(w, vm, SHARED, 1, R(SHARE_ABOVE));
	world_free(w);
}

/* none -> shared because the default queues are full */

static void default_load(u32 load, u32 full_polls, u32 hottest, bool moves)
{
	struct world *w = given(1, 0);
	u32 heavy = on(w, NONE, 0, 150, 20);
	u32 light = on(w, NONE, 0, 100, 20);

	w->engine[0].load = load;
	w->engine[0].hottest = hottest;
	w->engine[0].full_polls = full_polls;
	settle(w);
	stayed(w, light, moves ? R(NOT_SELECTED) : R(IDLE));
	if (moves)
		moved(w, heavy, SHARED, 1, R(DEFAULT_FULL));
	else
		stayed(w, heavy, R(IDLE));
	world_free(w);
}

static void none_to_shared_by_default_load(void **unused)
{
	(void)unused;
	default_load(801, 0, 900, true);
	default_load(800, 0, 1000, false);
}

static void none_to_shared_by_full_polls(void **unused)
{
	(void)unused;
	default_load(170, 750, 170, true);
	default_load(170, 749, 170, false);
	default_load(100, 750, 100, true);
	default_load(99, 1000, 99, false);
}

/* One that is saturated does, the others count by what they do: 1,000 and 3 * 735. */
static void one_full_queue_counts_as_a_cpu(void **unused)
{
	(void)unused;
	default_load(750, 750, 795, true);
	default_load(750, 750, 796, false);
	default_load(750, 749, 795, false);
	default_load(170, 1000, 400, false);
}

static void none_to_shared_takes_most_room(void **unused)
{
	struct world *w = given(3, 0);
	u32 vm = on(w, NONE, 0, 300, 0);

	(void)unused;
	w->engine[0].load = 400;
	w->engine[1].load = 200;
	w->engine[2].load = 100;
	w->engine[3].load = 150;
	settle(w);
	moved(w, vm, SHARED, 2, R(SHARE_ABOVE));
	world_free(w);
}

/* More queues can be more room, at a higher load. */
static void room_counts_queues(void **unused)
{
	struct world *w = given(2, 0);
	u32 vm = on(w, NONE, 0, 900, 0);

	(void)unused;
	w->engine[0].load = 600;
	w->engine[1].load = 100;
	w->engine[2].load = 200;
	world_add_queues(w, 2, 6);
	on(w, SHARED, 1, 200, 0);
	on(w, SHARED, 2, 1600, 0);
	settle(w);
	moved(w, vm, SHARED, 2, R(SHARE_ABOVE));
	world_free(w);
}

/* Shared engines with other VMs on them take a VM up to the limit, 650. */
static void none_to_shared_needs_room(void **unused)
{
	struct world *w = given(1, 0);
	u32 vm = on(w, NONE, 0, 902, 0);

	(void)unused;
	on(w, SHARED, 1, 400, 0);
	w->engine[0].load = 790;
	w->engine[1].load = 200;
	settle(w);
	stayed(w, vm, R(NO_ENGINE));
	w->vm[vm].pnic_busy = 901; /* (400 + 901) / 2 is 650 */
	settle(w);
	moved(w, vm, SHARED, 1, R(SHARE_ABOVE));
	world_free(w);
}

/* On a CPU that others use too, 360 at 300 permille would have been 1,200. */
static void room_is_for_what_was_kept_from_it(void **unused)
{
	struct world *w = given(1, 0);
	u32 vm = on(w, NONE, 0, 360, 0);

	(void)unused;
	on(w, SHARED, 1, 100, 0);
	w->engine[0].load = 300;
	w->engine[0].hottest = 300;
	w->engine[0].full_polls = 1000;
	w->engine[1].load = 51;
	settle(w);
	stayed(w, vm, R(NO_ENGINE));
	w->engine[1].load = 50;
	settle(w);
	moved(w, vm, SHARED, 1, R(SHARE_ABOVE));
	world_free(w);
}

/*
 * Too heavy for where others are: to an engine of its own, when one can be made. As long
 * as the others' one is not full with it, it goes there, and may go on.
 */
static void too_heavy(u32 part, u32 pool, u32 most, u32 to)
{
	struct world *w = given(1, pool);
	u32 vm = on(w, NONE, 0, part, 0);

	on(w, SHARED, 1, 400, 0);
	w->vm[vm].max_state = most;
	w->engine[0].load = 1000;
	w->engine[1].load = 400;
	settle(w);
	if (to == NONE)
		stayed(w, vm, R(NO_ENGINE));
	else
		moved(w, vm, to, to == SHARED ? 1 : 2, R(SHARE_ABOVE));
	assert_int_equal(STATE(w, vm), to);
	world_free(w);
}

/* What others fill is not for it, and a dedicated engine is not for one that light. */
static void light_ones_get_no_dedicated_engine(void **unused)
{
	struct world *w = given(1, 1);
	u32 light = on(w, NONE, 0, 290, 0), heavy = on(w, NONE, 0, 500, 0);
	u32 there = on(w, SHARED, 1, 900, 0);

	(void)unused;
	w->vm[there].max_state = SHARED;
	w->engine[0].load = 1000;
	w->engine[1].load = 700;
	settle(w);
	stayed(w, light, R(NO_ENGINE));
	world_run(w, 200);
	assert_int_equal(STATE(w, heavy), DEDICATED);	/* 700 + 500 / 2 */
	world_free(w);

	w = given(1, 1);
	heavy = on(w, NONE, 0, 500, 0);
	there = on(w, SHARED, 1, 900, 0);
	w->vm[there].max_state = SHARED;
	w->engine[0].load = 1000;
	w->engine[1].load = 810;
	settle(w);
	stayed(w, heavy, R(NO_ENGINE));
	world_free(w);
}

/* An engine that the NIC does not make is none: where there is room, it goes there. */
static void backed_off_from_dedicated_it_shares(void **unused)
{
	struct world *w = given(1, 1);
	u32 vm = on(w, NONE, 0, 1200, 0);

	(void)unused;
	on(w, SHARED, 1, 100, 0);
	saturate(w, 0, 1000);
	w->engine[1].load = 20;
	w->fail = ENOSPC;
	settle(w);
	w->fail = 0;
	world_run(w, 400);
	moved(w, vm, SHARED, 1, R(SHARE_ABOVE));
	world_free(w);
}

static void none_to_dedicated_when_too_heavy(void **unused)
{
	(void)unused;
	too_heavy(500, 0, DEDICATED, SHARED);	/* 400 + 500 / 2: room ends at 650 */
	too_heavy(502, 0, DEDICATED, NONE);
	too_heavy(800, 1, DEDICATED, SHARED);	/* 400 + 800 / 2: it is full above 800 */
	too_heavy(802, 1, DEDICATED, DEDICATED);
	too_heavy(802, 1, SHARED, NONE);
}

/*
 * As many queues as it keeps busy would be idler than those that are left to all others:
 * so it gets fewer.
 */
static void no_more_queues_than_are_worth_it(void **unused)
{
	struct world *w = given(1, 2);
	u32 vm = on(w, NONE, 0, 1540, 0);	/* three queues at 650 */

	(void)unused;
	on(w, SHARED, 1, 650, 0);
	world_scale(w, RSS_ENGINE_SCALE_SPREAD);
	saturate(w, 0, 560);
	w->engine[1].load = 325;
	settle(w);
	moved(w, vm, DEDICATED, 2, R(SHARE_ABOVE));
	assert_int_equal(w->done[0].move.queues, 2);
	world_free(w);
}

/* Where nobody knows what it needs, it is too heavy with more than a CPU. */
static void flooded(u32 part, u32 load, u32 pool, u32 to)
{
	struct world *w = given(1, pool);
	u32 vm = on(w, NONE, 0, part, 0);

	on(w, SHARED, 1, 10, 0);
	saturate(w, 0, load);
	w->engine[1].load = 5;
	settle(w);
	moved(w, vm, to, to == SHARED ? 1 : 2, R(SHARE_ABOVE));
	world_free(w);
}

static void none_to_dedicated_when_flooded(void **unused)
{
	(void)unused;
	flooded(1001, 952, 1, DEDICATED);
	flooded(1000, 952, 1, SHARED);
	flooded(1001, 800, 1, SHARED);
	flooded(1001, 952, 0, SHARED);
}

static void none_to_empty_shared_whatever_its_load(void **unused)
{
	struct world *w = given(1, 0);
	u32 vm = on(w, NONE, 0, 3000, 0);

	(void)unused;
	w->engine[0].load = 790;
	settle(w);
	moved(w, vm, SHARED, 1, R(SHARE_ABOVE));
	world_free(w);
}

static void none_stays_without_shared_engine(void **unused)
{
	struct world *w = given(0, 4);
	u32 vm = on(w, NONE, 0, 500, 0);

	(void)unused;
	w->engine[0].load = 300;
	settle(w);
	stayed(w, vm, R(NO_ENGINE));
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(none_to_shared_by_rx_load),
		cmocka_unit_test(none_to_shared_reports_numbers),
		cmocka_unit_test(bridge_traffic_moves_nobody),
		cmocka_unit_test(none_to_shared_by_default_load),
		cmocka_unit_test(none_to_shared_by_full_polls),
		cmocka_unit_test(one_full_queue_counts_as_a_cpu),
		cmocka_unit_test(none_to_shared_takes_most_room),
		cmocka_unit_test(room_counts_queues),
		cmocka_unit_test(none_to_shared_needs_room),
		cmocka_unit_test(room_is_for_what_was_kept_from_it),
		cmocka_unit_test(light_ones_get_no_dedicated_engine),
		cmocka_unit_test(backed_off_from_dedicated_it_shares),
		cmocka_unit_test(none_to_dedicated_when_too_heavy),
		cmocka_unit_test(no_more_queues_than_are_worth_it),
		cmocka_unit_test(none_to_dedicated_when_flooded),
		cmocka_unit_test(none_to_empty_shared_whatever_its_load),
		cmocka_unit_test(none_stays_without_shared_engine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
