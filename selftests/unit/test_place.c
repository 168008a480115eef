// SPDX-License-Identifier: GPL-2.0-only
/* Many VMs at once: classes, and who gets a place at all. */
#include <errno.h>
#include <string.h>

#include "arrivals.h"
#include "given.h"

/* The placement VM by VM: every engine is scored for every VM. */
struct by_one {
	struct world *w;
	u32 sum0[WORLD_ENGINES];
	u32 sum[WORLD_ENGINES];
	u32 low[WORLD_ENGINES];
	u32 bulk[WORLD_ENGINES];
};

static void begin_by_one(struct by_one *ref, struct world *w)
{
	u32 i;

	memset(ref, 0, sizeof(*ref));
	ref->w = w;
	for (i = 0; i < w->snap.nr_engines; i++)
		ref->sum0[i] = w->engine[i].load * w->engine[i].nr_queues;
	memcpy(ref->sum, ref->sum0, sizeof(ref->sum));
	for (i = 0; i < w->snap.nr_vms; i++) {
		ref->low[w->vm[i].engine] += w->vm[i].latency == RSS_ENGINE_LATENCY_LOW;
		ref->bulk[w->vm[i].engine] += w->vm[i].latency == RSS_ENGINE_LATENCY_BULK;
	}
}

static u32 filled_up_to(const struct by_one *ref, const struct rsse_pol_vm *vm)
{
	const struct rsse_config *c = &ref->w->config;
	u32 limit = c->engine_above - c->return_margin;

	if (vm->latency == RSS_ENGINE_LATENCY_LOW && c->grow_above < limit)
		return c->grow_above;
	return limit;
}

/* The preferred one before the right company, that before room; bulk wants little room. */
static long score_by_one(const struct by_one *ref, const struct rsse_pol_vm *vm, u32 i)
{
	const struct rsse_pol_engine *e = &ref->w->engine[i];
	long room = (long)filled_up_to(ref, vm) * e->nr_queues - (long)ref->sum0[i];
	bool wrong = false;

	if (vm->latency == RSS_ENGINE_LATENCY_BULK) {
		room = -room;
		wrong = ref->low[i];
	} else if (vm->latency == RSS_ENGINE_LATENCY_LOW) {
		wrong = ref->bulk[i];
	}
	return (vm->prefer == e->id) * 100000000L + !wrong * 10000000L + room;
}

static bool takes_by_one(const struct by_one *ref, const struct rsse_pol_vm *vm, u32 i)
{
	const struct rsse_pol_engine *e = &ref->w->engine[i];

	return (!vm->require || vm->require == e->id) &&
	       (ref->sum[i] + vm->need) / e->nr_queues <= filled_up_to(ref, vm);
}

/* Index of the engine, 0: there is none with room. */
static u32 place_by_one(struct by_one *ref, const struct rsse_pol_vm *vm)
{
	long points, most = 0;
	u32 i, best = 0;

	for (i = 1; i < ref->w->snap.nr_engines; i++) {
		if (!takes_by_one(ref, vm, i))
			continue;
		points = score_by_one(ref, vm, i);
		if (best && points <= most)
			continue;
		best = i;
		most = points;
	}
	ref->sum[best] += best ? vm->need : 0;
	return best;
}

/* Run, without carrying anything out, and compare; returns how many got a place. */
static u32 compare(struct world *w, u32 first)
{
	static struct by_one ref;
	u32 i, placed = 0;

	w->frozen = true;
	world_step(w, 20);
	begin_by_one(&ref, w);
	for (i = first; i < w->snap.nr_vms; i++) {
		u32 want = place_by_one(&ref, &w->vm[i]);

		assert_int_equal(REASON(w, i), want ? R(PLACED) : R(NO_ROOM));
		if (!want)
			continue;
		assert_int_equal(w->move[placed].id, w->vm[i].id);
		assert_int_equal(w->move[placed].to_engine, w->engine[want].id);
		placed++;
	}
	assert_int_equal(w->plan.nr_moves, placed);
	return placed;
}

static void classes_place_as_one_by_one(void **unused)
{
	u32 first, placed;
	struct world *w;

	(void)unused;
	first = crowd_arrives(&w, 100, 10);
	placed = compare(w, first);
	/* Most get a place, and it gets tight at the end. */
	assert_in_range(placed, ARRIVALS / 2, ARRIVALS - 1);
	world_free(w);
}

/* Some classes find the table full, or there is none: only slower. */
static void few_classes_make_no_difference(void **unused)
{
	static const u32 caps[] = { 0, 1, 2, 7, 16 };
	u32 i, first;
	struct world *w;

	(void)unused;
	for (i = 0; i < sizeof(caps) / sizeof(*caps); i++) {
		first = crowd_arrives(&w, 60, 10);
		w->state.cap_classes = caps[i];
		compare(w, first);
		world_free(w);
	}
}

static void all_are_placed_in_one_period(void **unused)
{
	struct world *w = world_new(16, 100, 10, 0);
	u32 i;

	(void)unused;
	for (i = 0; i < ARRIVALS; i++)
		w->vm[world_vm(w, 0, 0)].need = 210 + i % CLASSES;
	world_step(w, 20);
	assert_int_equal(w->nr_done, ARRIVALS);
	assert_true(w->nr_done > w->config.moves_max);
	world_free(w);
}

/* Kept apart and together among those who come in the same plan. */
static void company_counts_within_a_plan(void **unused)
{
	struct world *w = given(3, 0);
	u32 i;

	(void)unused;
	for (i = 0; i < 8; i++) {
		u32 vm = on(w, NONE, 0, 0, 0);

		w->vm[vm].need = 210;
		w->vm[vm].apart = i < 4 ? 6 : 0;
		w->vm[vm].together = i < 4 ? 0 : 8;
	}
	world_step(w, 20);
	for (i = 0; i < 3; i++) {
		assert_int_equal(STATE(w, i), SHARED);
		assert_int_not_equal(w->vm[i].engine, w->vm[(i + 1) % 3].engine);
	}
	assert_int_equal(STATE(w, 3), NONE);	/* no fourth engine */
	for (i = 5; i < 8; i++)
		assert_true(STATE(w, i) == NONE || w->vm[i].engine == w->vm[4].engine);
	assert_int_equal(STATE(w, 5), SHARED);
	world_free(w);
}

/* Arrivals one at a time */

static void need_is_for_those_who_come(void **unused)
{
	struct world *w = given(1, 0);
	u32 light = on(w, NONE, 0, 0, 0), heavy = on(w, NONE, 0, 0, 0);

	(void)unused;
	w->vm[light].need = w->config.share_above;
	w->vm[heavy].need = w->config.share_above + 1;
	world_step(w, 20);
	stayed(w, light, R(IDLE));
	moved(w, heavy, SHARED, 1, R(PLACED));
	/* It was told what it needs later: it is no arrival any more. */
	w->vm[light].need = 500;
	world_run(w, 100);
	stayed(w, light, R(IDLE));
	world_free(w);
}

/* Expected load holds the place until the VM had time to show what it really needs. */
static void need_counts_until_it_is_known(void **unused)
{
	struct world *w = given(1, 0);
	u32 vm = on(w, NONE, 0, 0, 0);

	(void)unused;
	w->config.hold_down_ms = 500;
	w->vm[vm].need = 400;
	world_run(w, 480);
	moved(w, vm, SHARED, 1, R(PLACED));
	world_run(w, 1000);
	assert_int_equal(STATE(w, vm), NONE);
	assert_true(w->done[1].time_ns - w->done[0].time_ns >= 980 * MS);
	world_free(w);
}

/* Its address is learnt later, or its device is made later: then it arrives. */
static void arrival_waits_until_it_can_be_steered(void **unused)
{
	static const u32 missing[] = { RSSE_POL_VM_HAS_FILTER, RSSE_POL_VM_PRESENT };
	u32 i;

	(void)unused;
	for (i = 0; i < 2; i++) {
		struct world *w = given(1, 0);
		u32 vm = on(w, NONE, 0, 0, 0);

		w->config.hold_down_ms = 500;
		w->vm[vm].need = 400;
		w->vm[vm].flags &= ~missing[i];
		world_run(w, 3000);
		assert_int_equal(w->nr_done, 0);
		w->vm[vm].flags |= missing[i];
		world_step(w, 20);
		moved(w, vm, SHARED, 1, R(PLACED));
		world_run(w, 400);
		assert_int_equal(STATE(w, vm), SHARED);
		world_free(w);
	}
}

/* More come than a plan has room for: the rest is placed by the next ones. */
static void full_plan_goes_on_in_the_next(void **unused)
{
	struct world *w = world_new(8, 10, 4, 0);
	u32 i;

	(void)unused;
	w->plan.cap_moves = 16;
	for (i = 0; i < 40; i++)
		w->vm[world_vm(w, 0, 0)].need = 300;
	world_step(w, 20);
	assert_int_equal(w->nr_done, 16);
	world_step(w, 20);
	world_step(w, 20);
	assert_int_equal(w->nr_done, 40);
	for (i = 0; i < 40; i++)
		assert_int_equal(w->done[i].move.reason, R(PLACED));
	world_free(w);
}

/* What becomes of a plan is not in its hands */

static void crowd_that_needs(struct world *w, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++)
		w->vm[world_vm(w, 0, 0)].need = 300;
}

static u32 nr_placed(const struct world *w)
{
	u32 i, nr = 0;

	for (i = 0; i < w->nr_done; i++)
		nr += w->done[i].move.reason == R(PLACED);
	return nr;
}

/* The mover is kept from all of it, or there is no memory for it; then from none. */
static void dropped_plan_is_made_again(void **unused)
{
	struct world *w = world_new(8, 10, 4, 0);
	u32 i;

	(void)unused;
	crowd_that_needs(w, 40);
	w->config.dwell_ms = 0;
	w->frozen = true;
	world_run(w, 3 * w->config.hold_down_ms);
	assert_int_equal(w->nr_done, 0);
	w->frozen = false;
	world_step(w, 20);
	assert_int_equal(nr_placed(w), 40);
	for (i = 0; i < 40; i++)
		assert_int_equal(STATE(w, i), SHARED);
	/* What they need still counts: none is sent back before it could show. */
	world_run(w, w->config.hold_down_ms * 3 / 2);
	assert_int_equal(w->nr_done, 40);
	world_free(w);
}

/* The mover does a few of each plan before there is a newer one. */
static void plan_in_pieces_places_everybody_once(void **unused)
{
	struct world *w = world_new(8, 10, 4, 0);
	u32 step;

	(void)unused;
	crowd_that_needs(w, 40);
	for (step = 0; step < 10; step++) {
		world_sample(w, 20);
		rsse_policy_run(&w->snap, &w->config, &w->state, &w->plan);
		w->snap.nr_outcomes = 0;
		w->snap.nr_written = 0;
		assert_int_equal(w->plan.nr_moves, 40 - 4 * step);
		w->plan.nr_moves = 4;
		world_act(w);
	}
	world_step(w, 20);
	assert_int_equal(w->plan.nr_moves, 0);
	assert_int_equal(nr_placed(w), 40);
	world_free(w);
}

/* Observed first: planned again and again, at leisure; made when that is over. */
static void observed_arrivals_are_placed_afterwards(void **unused)
{
	struct world *w = world_new(8, 10, 4, 0);

	(void)unused;
	w->snap.can_rewrite = false;
	w->frozen = true;
	crowd_that_needs(w, 40);
	world_run(w, 60000);
	assert_int_equal(w->plan.nr_moves, 40);
	assert_int_equal(w->plan.next_period_ns, w->config.period_max_ms * MS);
	w->snap.can_rewrite = true;
	w->frozen = false;
	world_step(w, w->config.period_max_ms);
	assert_int_equal(nr_placed(w), 40);
	world_free(w);
}

/* Refused: again while what it needs counts, not for ever. */
static void refused_place_is_tried_while_it_is_needed(void **unused)
{
	u32 i;

	(void)unused;
	for (i = 0; i < 2; i++) {
		struct world *w = given(1, 0);
		u32 vm = on(w, NONE, 0, 0, 0);

		w->config.hold_down_ms = 2000;
		w->vm[vm].need = 400;
		w->fail = EIO;
		world_step(w, 20);
		world_step(w, 20);
		assert_int_equal(REASON(w, vm), R(BACKED_OFF));
		world_run(w, i ? 2500 : 500);
		w->fail = 0;
		world_run(w, 10000);
		assert_int_equal(nr_placed(w), !i);
		world_free(w);
	}
}

/* Whatever state it was to have: what it needs does not count for ever. */
static void refused_place_ends_what_is_expected(void **unused)
{
	struct world *w = given(1, 1);
	u32 vm = on(w, NONE, 0, 0, 0);

	(void)unused;
	w->vm[vm].min_state = DEDICATED;
	w->vm[vm].need = 400;
	w->config.hold_down_ms = 2000;
	w->fail = EIO;
	world_run(w, 500);
	assert_int_equal(w->state.vm[w->vm[vm].slot].part, 400);
	world_run(w, 2000);
	assert_int_equal(w->state.vm[w->vm[vm].slot].part, 0);
	world_free(w);
}

/* Sent to none by hand, that is its place. */
static void moved_by_hand_is_no_arrival(void **unused)
{
	struct world *w = given(1, 0);
	u32 vm = on(w, NONE, 0, 0, 0);

	(void)unused;
	w->vm[vm].need = 400;
	w->frozen = true;
	world_step(w, 20);
	world_move(w, vm, SHARED, 1);
	world_move(w, vm, NONE, 0);
	w->frozen = false;
	world_run(w, 200);
	assert_int_equal(nr_placed(w), 0);
	assert_int_equal(STATE(w, vm), NONE);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes_place_as_one_by_one),
		cmocka_unit_test(few_classes_make_no_difference),
		cmocka_unit_test(all_are_placed_in_one_period),
		cmocka_unit_test(company_counts_within_a_plan),
		cmocka_unit_test(need_is_for_those_who_come),
		cmocka_unit_test(need_counts_until_it_is_known),
		cmocka_unit_test(arrival_waits_until_it_can_be_steered),
		cmocka_unit_test(full_plan_goes_on_in_the_next),
		cmocka_unit_test(dropped_plan_is_made_again),
		cmocka_unit_test(plan_in_pieces_places_everybody_once),
		cmocka_unit_test(observed_arrivals_are_placed_afterwards),
		cmocka_unit_test(refused_place_is_tried_while_it_is_needed),
		cmocka_unit_test(refused_place_ends_what_is_expected),
		cmocka_unit_test(moved_by_hand_is_no_arrival),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
