// SPDX-License-Identifier: GPL-2.0-only
/*
 * Properties that hold in any world whose queues follow the load and whose VMs have
 * rules: random ones from fixed seeds, with failures, maxima and clocks that jump.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rnd.h"
#include "unit.h"

#define SEEDS	60
#define STEPS	150

/* Worlds */

/* Every other world has CPUs that are excluded. */
static bool excluding;

static void random_limits(struct world *w)
{
	memset(&w->snap.limits, 0xff, sizeof(w->snap.limits));
	if (!rnd(3))
		w->snap.limits.default_queues = 1 + rnd(8);
	if (!rnd(3))
		w->snap.limits.shared_engines = rnd(4);
	if (!rnd(3))
		w->snap.limits.shared_queues = 1 + rnd(4);
	if (!rnd(3))
		w->snap.limits.dedicated_engines = rnd(4);
}

static void random_states(struct rsse_pol_vm *vm)
{
	vm->min_state = rnd(4) ? NONE : rnd(3);
	vm->max_state = vm->min_state + rnd(3 - vm->min_state);
	if (rnd(2))
		vm->max_state = DEDICATED;
	vm->pin = rnd(8) ? RSS_ENGINE_PIN_OFF : rnd(4);
}

static void random_rules(struct rsse_pol_vm *vm)
{
	random_states(vm);
	vm->flags = 7 | (rnd(12) ? 0 : RSSE_POL_VM_RESERVE);
	vm->priority = (s32)rnd(5) - 2;
	vm->latency = rnd(3);
	vm->require = rnd(10) ? 0 : 1 + rnd(4);
	vm->prefer = rnd(4) ? 0 : 1 + rnd(4);
	vm->apart = rnd(4) ? 0 : 1 + rnd(6);
	vm->together = rnd(6) ? 0 : 1 + rnd(6);
	vm->need = rnd(4) ? 0 : rnd(1000);
}

static void random_demand(struct world *w, u32 vm)
{
	static const u32 scale[] = { 10, 100, 300, 1500, 8000 };
	u32 top = scale[rnd(5)];

	w->demand[vm] = (struct demand){ rnd(top), rnd(top), rnd(1001) };
}

static struct world *random_world(u64 from)
{
	struct world *w;
	u32 i, nr;

	seed_rnd(from);
	excluding = from % 2;
	w = world_new(1 + rnd(8), rnd(5), 1 + rnd(4), rnd(8));
	world_scale(w, rnd(3));
	w->config.hold_up_ms = rnd(100);
	w->config.hold_down_ms = rnd(400);
	w->config.dwell_ms = rnd(1000);
	w->config.starve_ms = rnd(1000);
	w->config.gain_min = rnd(50);
	w->config.moves_max = 1 + rnd(8);
	w->config.select = rnd(3);
	w->snap.dedicated_queues = 1 + rnd(3);
	w->host = rnd(2) * rnd(2000);
	random_limits(w);
	nr = 1 + rnd(60);
	for (i = 0; i < nr; i++) {
		world_vm(w, 0, 0);
		random_demand(w, i);
		random_rules(&w->vm[i]);
	}
	return w;
}

static void random_event(struct world *w)
{
	u32 vm = rnd(w->snap.nr_vms);

	if (!rnd(3))
		random_demand(w, vm);
	if (!rnd(20))
		random_rules(&w->vm[vm]);
	if (!rnd(40))
		w->vm[vm].flags = rnd(16);
	if (!rnd(40))
		random_limits(w);
	if (!rnd(20))
		w->queue[rnd(w->snap.nr_queues)].flags = rnd(excluding ? 4 : 2);
	if (!rnd(20))
		w->others[rnd(w->snap.nr_queues)] = rnd(1000);
	w->blind = !rnd(4);
	w->frozen = !rnd(8);
	w->fail = rnd(12) ? 0 : EIO;
	w->fail_shifts = rnd(12) ? 0 : EIO;
}

/* A clock that jumps back, and what lies in the future then. */
static void random_jump(struct world *w)
{
	if (!rnd(30))
		w->snap.now_ns -= rnd(900) * MS;
	if (!rnd(30))
		w->snap.seq -= rnd(50);
	if (!rnd(30))
		w->vm[rnd(w->snap.nr_vms)].manual_ns = w->snap.now_ns + rnd(900) * MS;
	if (!rnd(30))
		w->vm[rnd(w->snap.nr_vms)].confirmed_ns = w->snap.now_ns + rnd(900) * MS;
}

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

/* Determinism */

/* The memory alone, with rubbish where the policy only scribbles. */
struct copy {
	struct rsse_pol_state state;
	struct rsse_pol_vm_state vm[WORLD_VMS];
	struct rsse_pol_engine_state engine[WORLD_ENGINES];
	u32 room[WORLD_QUEUES];
	u32 owner[WORLD_QUEUES];
	struct rsse_pol_class classes[WORLD_CLASSES];
	struct rsse_pol_pair pairs[WORLD_PAIRS];
	struct rsse_pol_plan plan;
	struct rsse_pol_move move[WORLD_VMS];
	struct rsse_pol_decision decision[WORLD_VMS];
	struct rsse_pol_balance balance[WORLD_ENGINES];
};

static void take_copy(struct copy *c, const struct world *w)
{
	memset(c, 0xa5, sizeof(*c));
	c->state = w->state;
	memcpy(c->vm, w->vm_state, w->snap.nr_vms * sizeof(*c->vm));
	memcpy(c->engine, w->engine_state, w->state.nr_engines * sizeof(*c->engine));
	c->state.vm = c->vm;
	c->state.nr_slots = w->snap.nr_vms;
	c->state.engine = c->engine;
	c->state.room = c->room;
	c->state.owner = c->owner;
	c->state.classes = c->classes;
	c->state.pairs = c->pairs;
	c->plan.moves = c->move;
	c->plan.cap_moves = WORLD_VMS;
	c->plan.decisions = c->decision;
	c->plan.balance = c->balance;
}

static void plans_are_equal(const struct copy *c, const struct world *w)
{
	assert_int_equal(c->plan.nr_moves, w->plan.nr_moves);
	assert_memory_equal(c->move, w->move, w->plan.nr_moves * sizeof(*w->move));
	assert_memory_equal(c->decision, w->decision, w->snap.nr_vms * sizeof(*w->decision));
	assert_memory_equal(c->balance, w->balance, w->snap.nr_engines * sizeof(*w->balance));
	assert_int_equal(c->plan.nr_shifts, w->plan.nr_shifts);
	assert_memory_equal(c->plan.shifts, w->plan.shifts,
			    w->plan.nr_shifts * sizeof(*w->plan.shifts));
	assert_int_equal(c->plan.look, w->plan.look);
	assert_int_equal(c->plan.next_period_ns, w->plan.next_period_ns);
}

static void same_memory_decides_alike(void **unused)
{
	struct copy *c = malloc(sizeof(*c));
	u32 i, s;

	(void)unused;
	assert_non_null(c);
	for (s = 0; s < SEEDS / 2; s++) {
		struct world *w = random_world(s + 300);

		for (i = 0; i < STEPS / 2; i++) {
			random_event(w);
			world_sample(w, 20);
			if (!(i % 4)) {
				take_copy(c, w);
				rsse_policy_run(&w->snap, &w->config, &c->state, &c->plan);
			}
			rsse_policy_run(&w->snap, &w->config, &w->state, &w->plan);
			if (!(i % 4))
				plans_are_equal(c, w);
			w->looking = w->plan.look;
			w->snap.nr_outcomes = 0;
			w->snap.nr_written = 0;
			world_act(w);
		}
		world_free(w);
	}
	free(c);
}

/* Balance */

/* Nothing is near a threshold: whatever the layout, nothing is done. */
static void balanced_worlds_are_left_alone(void **unused)
{
	u32 i, s, step;

	(void)unused;
	for (s = 0; s < SEEDS; s++) {
		struct world *w;

		seed_rnd(s + 400);
		w = world_new(2 + rnd(6), 1 + rnd(4), 2 + rnd(4), 0);
		world_scale(w, rnd(2));
		for (i = 0; i < w->snap.nr_engines; i++) {
			u32 nr = 4 + rnd(6), load = 350 + rnd(100), j;

			for (j = 0; j < nr; j++)
				world_place(w, world_vm(w, load * QUEUES(w, i) / nr, 0),
					    i ? SHARED : NONE, i);
		}
		for (i = 0; i < w->snap.nr_vms; i++) {
			w->vm[i].min_state = STATE(w, i);
			w->vm[i].max_state = STATE(w, i);
		}
		for (step = 0; step < 200; step++) {
			world_step(w, 20);
			assert_int_equal(w->plan.nr_moves, 0);
			assert_int_equal(w->plan.nr_shifts, 0);
			assert_int_equal(w->plan.rewrite.nr, 0);
		}
		world_free(w);
	}
}

/* Counters at their end */

static void most_of_all(struct world *w, u32 most_of_one)
{
	u32 i;

	w->measured = true;
	w->told = true;
	for (i = 0; i < w->snap.nr_engines; i++) {
		w->engine[i].load = most_of_one;
		w->engine[i].hottest = most_of_one;
		w->engine[i].full_polls = most_of_one;
	}
	for (i = 0; i < w->snap.nr_queues; i++) {
		w->queue[i].busy = most_of_one;
		w->queue[i].avg = most_of_one;
		w->queue[i].full_polls = most_of_one;
	}
	for (i = 0; i < w->snap.nr_vms; i++) {
		w->vm[i].pnic_busy = most_of_one;
		w->vm[i].vnic_busy = most_of_one;
		w->vm[i].need = most_of_one;
	}
}

/* More than can be is the same as the most that can be: no sum comes round. */
static void largest_counters_are_large(void **unused)
{
	u32 i, s, moves = 0;

	(void)unused;
	for (s = 0; s < SEEDS; s++) {
		struct world *a = random_world(s + 500), *b = random_world(s + 500);

		most_of_all(a, 1000 * RSS_ENGINE_QUEUES_MAX);
		most_of_all(b, UINT32_MAX);
		for (i = 0; i < 20; i++) {
			world_step(a, 20);
			world_step(b, 20);
			assert_int_equal(a->plan.nr_moves, b->plan.nr_moves);
			assert_int_equal(a->plan.nr_shifts, b->plan.nr_shifts);
			moves += a->plan.nr_moves;
		}
		assert_memory_equal(a->vm_state, b->vm_state,
				    a->snap.nr_vms * sizeof(*a->vm_state));
		world_free(a);
		world_free(b);
	}
	assert_true(moves > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_world_obeys),
		cmocka_unit_test(clocks_that_jump_do_no_harm),
		cmocka_unit_test(same_memory_decides_alike),
		cmocka_unit_test(balanced_worlds_are_left_alone),
		cmocka_unit_test(largest_counters_are_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
