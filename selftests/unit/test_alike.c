// SPDX-License-Identifier: GPL-2.0-only
/* Worlds that are alike: the policy decides the same, or nothing at all. */
#include "random_world.h"

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
	assert_int_equal(c->plan.count_engine, w->plan.count_engine);
	assert_int_equal(c->plan.rewrite.nr, w->plan.rewrite.nr);
	assert_memory_equal(c->plan.rewrite.changes, w->plan.rewrite.changes,
			    w->plan.rewrite.nr * sizeof(*w->plan.rewrite.changes));
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

/*
 * VMs that have no reason to leave the engine: above unshare_below and below share_above.
 * Together they keep it between what it would give queues away at and grow_above.
 */
static void settle_engine(struct world *w, u32 engine)
{
	u32 sum = 0, load;

	while (sum < 355 * QUEUES(w, engine)) {
		load = 85 + rnd(105);
		world_place(w, world_vm(w, load, 0), engine ? SHARED : NONE, engine);
		sum += load;
	}
}

/* Nothing is beyond a threshold: whatever the layout, nothing is done. */
static void balanced_worlds_are_left_alone(void **unused)
{
	u32 i, s, step;

	(void)unused;
	for (s = 0; s < SEEDS; s++) {
		struct world *w;

		seed_rnd(s + 400);
		w = world_new(2 + rnd(6), 1 + rnd(4), 2 + rnd(4), 0);
		world_scale(w, rnd(2));
		for (i = 0; i < w->snap.nr_engines; i++)
			settle_engine(w, i);
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
		cmocka_unit_test(same_memory_decides_alike),
		cmocka_unit_test(balanced_worlds_are_left_alone),
		cmocka_unit_test(largest_counters_are_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
