// SPDX-License-Identifier: GPL-2.0-only
/* Moves of VMs that have an engine: for their reasons, and one off not at all. */
#include "given.h"

/* shared -> dedicated */

static void shared_load(u32 load, u32 full_polls, u32 free_queues, u32 dedicated,
			bool moves, u32 reason)
{
	struct world *w = given(1, free_queues);
	u32 heavy = on(w, SHARED, 1, 1000, 100);
	u32 light = on(w, SHARED, 1, 500, 100);

	w->snap.dedicated_queues = dedicated;
	w->engine[1].load = load;
	w->engine[1].hottest = load;
	w->engine[1].full_polls = full_polls;
	settle(w);
	if (moves)
		moved(w, heavy, DEDICATED, 2, reason);
	else
		stayed(w, heavy, reason);
	assert_int_equal(STATE(w, light), SHARED);
	world_free(w);
}

static void shared_to_dedicated_by_engine_load(void **unused)
{
	(void)unused;
	shared_load(801, 0, 1, 1, true, R(ENGINE_FULL));
	shared_load(800, 0, 1, 1, false, R(IDLE));
}

static void shared_to_dedicated_by_full_polls(void **unused)
{
	(void)unused;
	shared_load(400, 750, 1, 1, true, R(ENGINE_FULL));
	shared_load(400, 749, 1, 1, false, R(IDLE));
}

static void shared_to_dedicated_needs_free_queues(void **unused)
{
	(void)unused;
	shared_load(900, 0, 2, 2, true, R(ENGINE_FULL));
	shared_load(900, 0, 1, 2, false, R(NO_ENGINE));
	shared_load(900, 0, 0, 1, false, R(NO_ENGINE));
}

/* Nobody is relieved, and the VM has no more queues than before. */
static void shared_alone_gains_nothing(void **unused)
{
	u32 queues;

	(void)unused;
	for (queues = 1; queues <= 4; queues++) {
		struct world *w = given(1, 8);
		u32 vm = on(w, SHARED, 1, 2000, 100);

		w->snap.dedicated_queues = queues;
		w->engine[1].load = 1000;
		w->engine[1].hottest = 1000;
		w->engine[1].full_polls = 1000;
		settle(w);
		if (queues > 2)
			moved(w, vm, DEDICATED, 2, R(ENGINE_FULL));
		else
			stayed(w, vm, R(NO_GAIN));
		world_free(w);
	}
}

/* Who is absent is no neighbour. */
static void shared_alone_with_the_absent(void **unused)
{
	struct world *w = given(1, 8);
	u32 vm = on(w, SHARED, 1, 2000, 100), other = on(w, SHARED, 1, 0, 0);

	(void)unused;
	w->vm[other].pin = RSS_ENGINE_PIN_SHARED;
	w->vm[other].flags &= ~RSSE_POL_VM_PRESENT;
	w->engine[1].load = 1000;
	settle(w);
	stayed(w, vm, R(NO_GAIN));
	w->vm[other].flags |= RSSE_POL_VM_PRESENT;
	settle(w);
	moved(w, vm, DEDICATED, 2, R(ENGINE_FULL));
	world_free(w);
}

/* One hot queue of two: as many queues elsewhere have a hot one too. */
static void shared_alone_elephant_gains_nothing(void **unused)
{
	struct world *w = given(1, 8);
	u32 vm = on(w, SHARED, 1, 1000, 100);

	(void)unused;
	w->snap.dedicated_queues = 2;
	saturate(w, 1, 500);
	settle(w);
	stayed(w, vm, R(NO_GAIN));
	world_free(w);
}

static void shared_flood_leaves_quiet_neighbours(void **unused)
{
	struct world *w = given(1, 2);
	u32 flood = on(w, SHARED, 1, 1900, 300);
	u32 quiet = on(w, SHARED, 1, 50, 50);

	(void)unused;
	on(w, SHARED, 1, 50, 50);
	saturate(w, 1, 1000);
	settle(w);
	moved(w, flood, DEDICATED, 2, R(ENGINE_FULL));
	assert_int_equal(w->done[0].move.value, 1000);
	assert_int_equal(w->done[0].move.threshold, 800);
	assert_int_equal(w->done[0].move.gain, 95);
	assert_int_equal(STATE(w, quiet), SHARED);
	world_free(w);
}

/* A CPU that others use too: saturated at 300 permille. */
static void shared_flood_on_a_busy_cpu(void **unused)
{
	struct world *w = given(1, 2);
	u32 flood = on(w, SHARED, 1, 550, 100);

	(void)unused;
	on(w, SHARED, 1, 50, 100);
	w->engine[1].load = 300;
	w->engine[1].hottest = 300;
	w->engine[1].full_polls = 1000;
	settle(w);
	moved(w, flood, DEDICATED, 2, R(ENGINE_FULL));
	assert_int_equal(w->done[0].move.value, 1000);
	assert_int_equal(w->done[0].move.threshold, 750);
	world_free(w);
}

/* shared -> other shared */

static void lateral(u32 other_load, u32 free_queues, u32 state, u32 engine)
{
	struct world *w = given(2, free_queues);
	u32 vm = on(w, SHARED, 1, 900, 100);

	on(w, SHARED, 1, 800, 100);
	on(w, SHARED, 2, 2 * other_load, 100);
	w->engine[1].load = 850;
	w->engine[2].load = other_load;
	settle(w);
	if (state == SHARED && engine == 1)
		stayed(w, vm, R(NO_ENGINE));
	else
		moved(w, vm, state, engine, R(ENGINE_FULL));
	world_free(w);
}

static void shared_to_other_shared(void **unused)
{
	(void)unused;
	lateral(150, 0, SHARED, 2);
	lateral(100, 1, DEDICATED, 3);
}

static void shared_to_other_shared_needs_room(void **unused)
{
	(void)unused;
	lateral(200, 0, SHARED, 2);  /* (400 + 900) / 2 is 650 */
	lateral(201, 0, SHARED, 1);
}

/* dedicated -> shared */

static void release(u32 rx, u32 other_load, bool moves, u32 reason)
{
	struct world *w = given(1, 1);
	u32 id = world_dedicated(w);
	u32 vm = on(w, DEDICATED, id, rx - 100, 100);

	on(w, SHARED, 1, 2 * other_load, 100);
	world_engine(w, 1)->load = other_load;
	world_engine(w, id)->load = rx - 100;
	world_step(w, 20);
	if (moves)
		moved(w, vm, SHARED, 1, reason);
	else
		stayed(w, vm, reason);
	world_free(w);
}

static void dedicated_to_shared_by_rx_load(void **unused)
{
	(void)unused;
	release(299, 100, true, R(RELEASED));
	release(300, 100, false, R(IDLE));
}

static void dedicated_to_shared_needs_room(void **unused)
{
	(void)unused;
	release(200, 600, true, R(RELEASED)); /* 600 + 100 / 2 is 650 */
	release(202, 600, false, R(NO_ROOM));
	release(200, 601, false, R(NO_ROOM));
}

/* To the default queues, when it would go on to them, and they have room. */
static void release_past_shared(u32 rx, u32 shared_load, u32 default_load,
				u32 state, u32 reason)
{
	struct world *w = given(1, 1);
	u32 id = world_dedicated(w);
	u32 vm = on(w, DEDICATED, id, rx - 40, 40);

	w->engine[0].load = default_load;
	world_engine(w, 1)->load = shared_load;
	world_step(w, 20);
	if (state == NONE)
		moved(w, vm, NONE, 0, reason);
	else
		stayed(w, vm, reason);
	world_free(w);
}

static void dedicated_to_none_past_a_full_shared(void **unused)
{
	(void)unused;
	release_past_shared(79, 801, 100, NONE, R(RELEASED));
	release_past_shared(79, 800, 100, DEDICATED, R(NO_ROOM));
	release_past_shared(80, 801, 100, DEDICATED, R(NO_ROOM));
	release_past_shared(60, 801, 645, NONE, R(RELEASED)); /* 645 + 20 / 4 is 650 */
	release_past_shared(60, 801, 646, DEDICATED, R(NO_ROOM));
}

static void no_room_reports_numbers(void **unused)
{
	struct world *w = given(1, 1);
	u32 id = world_dedicated(w);
	u32 vm = on(w, DEDICATED, id, 102, 100);

	(void)unused;
	world_engine(w, 1)->load = 600;
	world_step(w, 20);
	stayed(w, vm, R(NO_ROOM));
	assert_int_equal(w->decision[vm].value, 651);
	assert_int_equal(w->decision[vm].threshold, 650);
	world_free(w);
}

static void dedicated_stays_without_shared_engine(void **unused)
{
	struct world *w = given(0, 1);
	u32 id = world_dedicated(w);
	u32 vm = on(w, DEDICATED, id, 10, 10);

	(void)unused;
	world_step(w, 20);
	stayed(w, vm, R(NO_ENGINE));
	world_free(w);
}

/* Its own engine full is no reason to go anywhere. */
static void dedicated_full_stays(void **unused)
{
	struct world *w = given(1, 4);
	u32 id = world_dedicated(w);
	u32 vm = on(w, DEDICATED, id, 1000, 300);

	(void)unused;
	world_engine(w, id)->load = 1000;
	world_engine(w, id)->hottest = 1000;
	world_engine(w, id)->full_polls = 1000;
	settle(w);
	stayed(w, vm, R(IDLE));
	world_free(w);
}

/* shared -> none */

static void unshare(u32 rx, u32 default_load, bool moves, u32 reason)
{
	struct world *w = given(1, 1);
	u32 vm = on(w, SHARED, 1, rx - 40, 40);

	w->engine[0].load = default_load;
	w->engine[1].load = 20;
	world_step(w, 20);
	if (moves)
		moved(w, vm, NONE, 0, reason);
	else
		stayed(w, vm, reason);
	world_free(w);
}

static void shared_to_none_by_rx_load(void **unused)
{
	(void)unused;
	unshare(79, 100, true, R(UNSHARED));
	unshare(80, 100, false, R(IDLE));
}

static void shared_to_none_needs_room(void **unused)
{
	(void)unused;
	unshare(60, 645, true, R(UNSHARED)); /* 645 + 20 / 4 is 650 */
	unshare(64, 645, false, R(NO_ROOM));
	unshare(60, 646, false, R(NO_ROOM));
}

/* A balanced world: nothing is planned, and everybody is idle. */
static void balanced_world_rests(void **unused)
{
	struct world *w = given(2, 2);
	u32 id = world_dedicated(w), i;

	(void)unused;
	on(w, NONE, 0, 60, 60);
	on(w, NONE, 0, 60, 60);
	on(w, SHARED, 1, 300, 300);
	on(w, SHARED, 2, 300, 300);
	on(w, DEDICATED, id, 500, 300);
	world_engine(w, 0)->load = 30;
	world_engine(w, 1)->load = 150;
	world_engine(w, 2)->load = 150;
	world_engine(w, id)->load = 500;
	for (i = 0; i < 100; i++) {
		world_step(w, 20);
		assert_int_equal(w->plan.nr_moves, 0);
		assert_false(w->plan.look);
	}
	for (i = 0; i < w->snap.nr_vms; i++)
		assert_int_equal(REASON(w, i), R(IDLE));
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shared_to_dedicated_by_engine_load),
		cmocka_unit_test(shared_to_dedicated_by_full_polls),
		cmocka_unit_test(shared_to_dedicated_needs_free_queues),
		cmocka_unit_test(shared_alone_gains_nothing),
		cmocka_unit_test(shared_alone_with_the_absent),
		cmocka_unit_test(shared_alone_elephant_gains_nothing),
		cmocka_unit_test(shared_flood_leaves_quiet_neighbours),
		cmocka_unit_test(shared_flood_on_a_busy_cpu),
		cmocka_unit_test(shared_to_other_shared),
		cmocka_unit_test(shared_to_other_shared_needs_room),
		cmocka_unit_test(dedicated_to_shared_by_rx_load),
		cmocka_unit_test(dedicated_to_shared_needs_room),
		cmocka_unit_test(dedicated_to_none_past_a_full_shared),
		cmocka_unit_test(no_room_reports_numbers),
		cmocka_unit_test(dedicated_stays_without_shared_engine),
		cmocka_unit_test(dedicated_full_stays),
		cmocka_unit_test(shared_to_none_by_rx_load),
		cmocka_unit_test(shared_to_none_needs_room),
		cmocka_unit_test(balanced_world_rests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
