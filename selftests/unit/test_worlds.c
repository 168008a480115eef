// SPDX-License-Identifier: GPL-2.0-only
/*
 * Properties that hold in any world whose queues follow the load and whose VMs have
 * rules: random ones from fixed seeds, with failures, maxima and clocks that jump.
 */
#include "random_world.h"

/* What a plan may say */

static u32 least(const struct rsse_pol_vm *vm)
{
	return vm->pin ? vm->pin - RSS_ENGINE_PIN_NONE : vm->min_state;
}

static u32 most(const struct rsse_pol_vm *vm)
{
	return vm->pin ? vm->pin - RSS_ENGINE_PIN_NONE : vm->max_state;
}

static void states_are_kept(const struct rsse_pol_vm *vm, const struct rsse_pol_move *move)
{
	assert_int_equal(move->from_state, vm->state);
	assert_int_equal(move->from_engine, vm->engine);
	/* Nearer to what is allowed, when it is outside; else within. */
	if (vm->state <= most(vm))
		assert_true(move->to_state <= most(vm));
	if (vm->state >= least(vm))
		assert_true(move->to_state >= least(vm));
}

/* Another one of the same number is on the engine, or comes to it before. */
static bool has_number(const struct world *w, u32 nr_moves, u32 engine, u32 but,
		       u32 number, bool apart)
{
	u32 i, j;

	for (i = 0; i < w->snap.nr_vms; i++) {
		const struct rsse_pol_vm *vm = &w->vm[i];
		u32 at = vm->state == SHARED ? vm->engine : 0;

		for (j = 0; j < nr_moves; j++)
			if (w->move[j].id == vm->id)
				at = w->move[j].to_state == SHARED ?
				     w->move[j].to_engine : 0;
		if (i != but && at == engine && (apart ? vm->apart : vm->together) == number)
			return true;
	}
	return false;
}

static void rules_are_kept(const struct world *w, u32 nr)
{
	const struct rsse_pol_move *move = &w->move[nr];
	const struct rsse_pol_vm *vm = &w->vm[move->id - 1000];

	states_are_kept(vm, move);
	if (move->to_state != SHARED)
		return;
	if (vm->require)
		assert_int_equal(move->to_engine, vm->require);
	if (vm->apart)
		assert_false(has_number(w, nr, move->to_engine, vm->id - 1000, vm->apart,
					true));
}

static void budgets_are_kept(const struct world *w)
{
	u32 i, counted = 0;

	for (i = 0; i < w->plan.nr_moves; i++)
		counted += w->move[i].reason != R(PLACED);
	assert_true(counted <= w->config.moves_max);
	assert_true(w->plan.nr_shifts <= RSSE_POL_SHIFTS_MAX);
}

/* From who has it, once, to who exists, and not onto a CPU that is excluded. */
static void shifts_are_legal(struct world *w)
{
	u32 i, j, q;

	for (i = 0; i < w->plan.nr_shifts; i++) {
		const struct rsse_pol_shift *shift = &w->plan.shifts[i];

		for (q = 0; w->queue[q].id != shift->queue; q++)
			assert_true(q + 1 < w->snap.nr_queues);
		assert_int_equal(w->queue[q].engine, shift->from);
		assert_int_not_equal(shift->from, shift->to);
		for (j = 0; j < i; j++)
			assert_int_not_equal(w->plan.shifts[j].queue, shift->queue);
		if (shift->to == RSSE_ENGINE_NEW)
			continue;
		assert_non_null(world_engine(w, shift->to));
		assert_false(w->queue[q].flags & RSSE_POL_QUEUE_EXCLUDED);
	}
}

static u32 maximum(const struct world *w, u32 i)
{
	const struct rsse_pol_limits *limits = &w->snap.limits;

	if (!i)
		return limits->default_queues;
	return w->engine[i].kind == RSS_ENGINE_ENGINE_KIND_SHARED ? limits->shared_queues :
								    UINT32_MAX;
}

struct counts {
	u32 queues[WORLD_ENGINES];
	u32 id[WORLD_ENGINES];
	u32 nr;
	u32 awake;
	u32 dedicated;
};

static void count(struct world *w, struct counts *c)
{
	u32 i;

	memset(c, 0, sizeof(*c));
	c->nr = w->snap.nr_engines;
	for (i = 0; i < c->nr; i++) {
		c->id[i] = w->engine[i].id;
		c->queues[i] = w->engine[i].nr_queues;
		c->dedicated += w->engine[i].kind == RSS_ENGINE_ENGINE_KIND_DEDICATED;
		c->awake += w->engine[i].kind == RSS_ENGINE_ENGINE_KIND_SHARED &&
			    w->engine[i].nr_queues;
	}
}

static u32 had(const struct counts *c, u32 id)
{
	u32 i;

	for (i = 0; i < c->nr; i++)
		if (c->id[i] == id)
			return c->queues[i];
	return 0;
}

/* Queues that the plan's moves may take from the default engine. */
static u32 taken(const struct world *w)
{
	u32 i, nr = 0;

	for (i = 0; i < w->plan.nr_moves; i++)
		nr += w->move[i].queues;
	return nr;
}

/*
 * What grew has not grown beyond its maximum; the default engine gets what it is to
 * lose by moves, which may find other queues then.
 */
static void maxima_are_kept(struct world *w, const struct counts *before)
{
	struct counts after;
	u32 i;

	count(w, &after);
	for (i = 0; i < w->snap.nr_engines; i++)
		if (w->engine[i].nr_queues > had(before, w->engine[i].id))
			assert_true(w->engine[i].nr_queues <=
				    (u64)maximum(w, i) + (i ? 0 : taken(w)));
	if (after.awake > before->awake)
		assert_true(after.awake <= w->snap.limits.shared_engines);
	if (after.dedicated > before->dedicated)
		assert_true(after.dedicated <= w->snap.limits.dedicated_engines);
}

/* Every VM is on an engine that is there and has a queue. */
static void all_have_a_way(struct world *w)
{
	u32 i;

	assert_true(w->engine[0].nr_queues >= 1);
	for (i = 0; i < w->snap.nr_vms; i++) {
		assert_non_null(world_engine(w, w->vm[i].engine));

		assert_true(QUEUES(w, w->vm[i].engine) >= 1);
	}
}

static bool has_excluded(const struct world *w)
{
	u32 i;

	for (i = 0; i < w->snap.nr_queues; i++)
		if (w->queue[i].flags & RSSE_POL_QUEUE_EXCLUDED)
			return true;
	return false;
}

/* A plan asks for no queue that is not there; those due to some may be excluded. */
static void nothing_was_missing(const struct world *w)
{
	u32 i;

	if (w->fail_shifts || has_excluded(w))
		return;
	for (i = 0; i < w->snap.nr_outcomes; i++)
		assert_int_not_equal(w->outcome[i].error, ENOSPC);
}

static void step(struct world *w)
{
	bool frozen = w->frozen;
	struct counts before;
	u32 i;

	w->frozen = true;
	world_step(w, w->config.period_ms);
	w->frozen = frozen;
	for (i = 0; i < w->plan.nr_moves; i++)
		rules_are_kept(w, i);
	budgets_are_kept(w);
	shifts_are_legal(w);
	if (frozen)
		return;
	count(w, &before);
	world_act(w);
	maxima_are_kept(w, &before);
	all_have_a_way(w);
	nothing_was_missing(w);
}

static void live(bool jumps)
{
	u32 i, s, moves = 0, shifts = 0;

	for (s = 0; s < SEEDS; s++) {
		struct world *w = random_world(s + 100 * jumps);

		for (i = 0; i < STEPS; i++) {
			random_event(w);
			if (jumps)
				random_jump(w);
			step(w);
			moves += w->plan.nr_moves;
			shifts += w->plan.nr_shifts;
		}
		world_free(w);
	}
	print_message("# %u moves, %u shifts\n", moves, shifts);
	assert_true(moves > 500 && shifts > 500);
}

static void any_world_obeys(void **unused)
{
	(void)unused;
	live(false);
}

static void clocks_that_jump_do_no_harm(void **unused)
{
	(void)unused;
	live(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_world_obeys),
		cmocka_unit_test(clocks_that_jump_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
