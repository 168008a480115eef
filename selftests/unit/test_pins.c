// SPDX-License-Identifier: GPL-2.0-only
/* Pinned VMs go to their pin, and nowhere else. */
#include "scenes.h"

static void pin_moves_at_once(u32 pin, u32 state)
{
	struct world *w = world_new(4, 1, 2, 2);
	u32 vm = world_vm(w, 5, 5), id = world_dedicated(w);

	world_place(w, vm, state == NONE ? DEDICATED : NONE, state == NONE ? id : 0);
	w->vm[vm].pin = pin;
	world_step(w, 20);
	assert_int_equal(STATE(w, vm), state);
	assert_int_equal(w->done[0].move.reason, R(PINNED));
	assert_int_equal(w->done[0].move.crossed_seq, w->snap.seq);
	world_step(w, 20);
	assert_int_equal(REASON(w, vm), R(PINNED));
	assert_int_equal(w->nr_done, 1);
	world_free(w);
}

static void pinned_goes_to_its_pin(void **unused)
{
	(void)unused;
	pin_moves_at_once(RSS_ENGINE_PIN_NONE, NONE);
	pin_moves_at_once(RSS_ENGINE_PIN_SHARED, SHARED);
	pin_moves_at_once(RSS_ENGINE_PIN_DEDICATED, DEDICATED);
}

static void pinned_is_never_selected(void **unused)
{
	u32 vm, neighbour;
	struct world *w = flooding(&vm, &neighbour);

	(void)unused;
	w->vm[vm].pin = RSS_ENGINE_PIN_SHARED;
	w->demand[neighbour].pnic = 0;
	world_run(w, 200);
	assert_int_equal(w->nr_done, 0);
	assert_int_equal(REASON(w, vm), R(PINNED));
	world_free(w);
}

static void pinned_is_never_demoted(void **unused)
{
	struct world *w = world_new(4, 1, 2, 1);
	u32 a = world_vm(w, 0, 0), b = world_vm(w, 0, 0);

	(void)unused;
	world_place(w, a, SHARED, 1);
	world_place(w, b, DEDICATED, world_dedicated(w));
	w->vm[a].pin = RSS_ENGINE_PIN_SHARED;
	w->vm[b].pin = RSS_ENGINE_PIN_DEDICATED;
	world_run(w, 10000);
	assert_int_equal(w->nr_done, 0);
	world_free(w);
}

static void pinned_to_none_is_never_promoted(void **unused)
{
	u32 vm;
	struct world *w = wanting(&vm);

	(void)unused;
	w->vm[vm].pin = RSS_ENGINE_PIN_NONE;
	w->demand[vm].pnic = 9000;
	world_run(w, 200);
	assert_int_equal(world_moves_of(w, vm), 0);
	world_free(w);
}

static void pin_waits_for_what_it_needs(void **unused)
{
	struct world *w = world_new(4, 0, 2, 1);
	u32 vm = world_vm(w, 5, 5);

	(void)unused;
	w->snap.dedicated_queues = 2;
	w->vm[vm].pin = RSS_ENGINE_PIN_DEDICATED;
	world_run(w, 40);
	assert_int_equal(REASON(w, vm), R(NO_ENGINE));
	w->vm[vm].pin = RSS_ENGINE_PIN_SHARED;
	world_run(w, 40);
	assert_int_equal(REASON(w, vm), R(NO_ENGINE));
	w->vm[vm].flags &= ~RSSE_POL_VM_HAS_FILTER;
	world_run(w, 40);
	assert_int_equal(REASON(w, vm), R(NO_FILTER));
	assert_int_equal(w->nr_done, 0);
	world_free(w);
}

static void pins_keep_to_the_budget(void **unused)
{
	struct world *w = world_new(4, 1, 2, 0);
	u32 i;

	(void)unused;
	for (i = 0; i < 6; i++)
		w->vm[world_vm(w, 5, 5)].pin = RSS_ENGINE_PIN_SHARED;
	world_step(w, 20);
	assert_int_equal(w->nr_done, 4);
	assert_int_equal(REASON(w, 5), R(BUDGET));
	world_step(w, 20);
	assert_int_equal(w->nr_done, 6);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pinned_goes_to_its_pin),
		cmocka_unit_test(pinned_is_never_selected),
		cmocka_unit_test(pinned_is_never_demoted),
		cmocka_unit_test(pinned_to_none_is_never_promoted),
		cmocka_unit_test(pin_waits_for_what_it_needs),
		cmocka_unit_test(pins_keep_to_the_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
