// SPDX-License-Identifier: GPL-2.0-only
/* How long until the next sample. */
#include "scenes.h"

static void period_backs_off_at_rest(void **unused)
{
	struct world *w = at_period(20);
	u32 expected[] = { 40, 80, 160, 320, 640, 1000, 1000 }, i;

	(void)unused;
	world_vm(w, 20, 20);
	w->state.period_ns = 20 * MS;
	for (i = 0; i < 7; i++) {
		world_step(w, 20);
		assert_int_equal(w->plan.next_period_ns, expected[i] * MS);
	}
	w->config.period_max_ms = 100;
	world_step(w, 20);
	assert_int_equal(w->plan.next_period_ns, 100 * MS);
	world_free(w);
}

static void period_starts_short(void **unused)
{
	struct world *w = at_period(20);

	(void)unused;
	world_step(w, 20);
	assert_int_equal(w->plan.next_period_ns, 20 * MS);
	world_free(w);
}

static void period_is(struct world *w, bool is_short)
{
	u32 i;

	for (i = 0; i < 10; i++)
		world_step(w, 20);
	assert_int_equal(w->plan.next_period_ns, is_short ? 20 * MS : 1000 * MS);
}

static void period_is_short_when_near(void **unused)
{
	struct world *w = at_period(20);
	u32 vm = world_vm(w, 0, 0), in_shared = world_vm(w, 0, 0);

	(void)unused;
	w->measured = true;
	world_place(w, in_shared, SHARED, 1);
	w->vm[in_shared].vnic_busy = 5000;
	period_is(w, false);
	w->vm[vm].vnic_busy = 100;
	period_is(w, false);
	w->vm[vm].vnic_busy = 101;
	period_is(w, true);
	w->vm[vm].vnic_busy = 0;
	w->engine[1].load = 400;
	period_is(w, false);
	w->engine[1].load = 401;
	period_is(w, true);
	w->engine[1].load = 0;
	world_engine(w, world_dedicated(w))->load = 1000;
	period_is(w, false);
	w->vm[in_shared].vnic_busy = 79;	/* held for two seconds */
	period_is(w, true);
	world_free(w);
}

/* What cannot be helped now needs no close watch. */
static void period_is_long_without_room(void **unused)
{
	struct world *w = at_period(20);
	u32 id = world_dedicated(w), vm = world_vm(w, 0, 0);

	(void)unused;
	w->measured = true;
	w->config.engine_above = 1000;
	w->config.return_margin = 700;
	world_place(w, vm, DEDICATED, id);
	w->vm[vm].pnic_busy = 290;
	w->engine[1].load = 250;
	period_is(w, false);
	assert_int_equal(REASON(w, vm), R(NO_ROOM));
	world_free(w);
}

/* Nor what has to wait; when the wait is nearly over, it does. */
static void period_is_long_while_blocked(void **unused)
{
	struct world *w = at_period(20);
	u32 vm = world_vm(w, 0, 0);

	(void)unused;
	world_move(w, vm, SHARED, 1);
	world_run(w, 58900);
	assert_int_equal(REASON(w, vm), R(MANUAL_HOLD));
	assert_int_equal(w->plan.next_period_ns, 1000 * MS);
	world_run(w, 120);
	assert_int_equal(REASON(w, vm), R(MANUAL_HOLD));
	assert_int_equal(w->plan.next_period_ns, 20 * MS);
	world_free(w);
}

/*
 * Where nothing is done, the same is planned again and again: only what may come to be
 * planned is watched closely.
 */
static void period_backs_off_where_nothing_is_done(void **unused)
{
	u32 vm;
	struct world *w = wanting(&vm);

	(void)unused;
	w->config.period_ms = 20;
	w->config.hold_up_ms = 1000;
	w->config.moves_max = 1;
	world_vm(w, 400, 100);
	w->snap.can_rewrite = false;
	w->frozen = true;
	world_step(w, 20);
	assert_int_equal(REASON(w, vm), R(HOLD));
	period_is(w, true);
	world_run(w, 1000);
	assert_int_equal(REASON(w, vm), R(SHARE_ABOVE));
	period_is(w, false);
	w->snap.can_rewrite = true;
	period_is(w, true);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(period_backs_off_at_rest),
		cmocka_unit_test(period_starts_short),
		cmocka_unit_test(period_is_short_when_near),
		cmocka_unit_test(period_is_long_without_room),
		cmocka_unit_test(period_is_long_while_blocked),
		cmocka_unit_test(period_backs_off_where_nothing_is_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
