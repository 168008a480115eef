// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a run costs with 4,096 VMs on 1,024 queues. The limit is 1 ms on one
 * modern core; what is asked for here leaves room for a slow or busy machine.
 */
#include <time.h>

#include "unit.h"

#define LIMIT_NS	(5 * MS)

static u64 clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 * MS + ts.tv_nsec;
}

/* The best of several runs: what the policy costs, not who else is running. */
static u64 cost(struct world *w)
{
	u64 best = UINT64_MAX;
	int i;

	for (i = 0; i < 20; i++) {
		u64 start, ns;

		world_sample(w, 20);
		start = clock_ns();
		rsse_policy_run(&w->snap, &w->config, &w->state, &w->plan);
		ns = clock_ns() - start;
		best = ns < best ? ns : best;
	}
	return best;
}

static struct world *crowd(u32 default_queues, u32 shared, u32 shared_queues,
			   u32 free_queues)
{
	struct world *w = world_new(default_queues, shared, shared_queues, free_queues);
	u32 i;

	w->measured = true;
	for (i = 0; i < WORLD_VMS; i++)
		world_vm(w, 0, 0);
	return w;
}

static void report(const char *what, u64 ns)
{
	printf("# %s: %llu us\n", what, ns / 1000);
	assert_true(ns < LIMIT_NS);
}

static void cost_of_a_quiet_crowd(void **unused)
{
	struct world *w = crowd(512, 1, 256, 256);

	(void)unused;
	report("4096 VMs at rest", cost(w));
	world_free(w);
}

/* All above share_above, heavy and light mixed, hundreds of shared engines. */
static void crowd_moves_up(u32 select, u32 moves_max, const char *what)
{
	struct world *w = crowd(24, 1000, 1, 0);
	u32 i;

	w->config.select = select;
	w->config.moves_max = moves_max;
	w->config.hold_up_ms = 0;
	w->engine[0].load = 1000;
	w->engine[0].hottest = 1000;
	w->engine[0].full_polls = 1000;
	for (i = 0; i < WORLD_VMS; i++) {
		w->vm[i].pnic_busy = 11 + i * 7919 % 100;
		w->vm[i].vnic_busy = i % 2 ? 250 : 50;
		w->vm[i].priority = i * 31 % 17;
	}
	report(what, cost(w));
	assert_int_equal(w->plan.nr_moves, moves_max);
	world_free(w);
}

static void cost_of_a_crowd_by_load(void **unused)
{
	(void)unused;
	crowd_moves_up(RSS_ENGINE_SELECT_LOAD, 4, "full, by load");
	crowd_moves_up(RSS_ENGINE_SELECT_LOAD, 1000, "full, by load, 1000 moves");
}

static void cost_of_a_crowd_by_fit(void **unused)
{
	(void)unused;
	crowd_moves_up(RSS_ENGINE_SELECT_FIT, 4, "full, by fit");
	crowd_moves_up(RSS_ENGINE_SELECT_FIT, 1000, "full, by fit, 1000 moves");
}

static void cost_of_a_crowd_by_priority(void **unused)
{
	(void)unused;
	crowd_moves_up(RSS_ENGINE_SELECT_STATIC, 4, "full, by priority");
}

/* Every engine is full and nobody can go anywhere: all are tried. */
static void cost_of_a_crowd_without_a_way(void **unused)
{
	struct world *w = crowd(24, 500, 2, 0);
	u32 i;

	(void)unused;
	w->config.hold_up_ms = 0;
	for (i = 0; i < w->snap.nr_engines; i++)
		w->engine[i].load = 900;
	for (i = 0; i < WORLD_VMS; i++) {
		w->vm[i].pnic_busy = 220;
		world_place(w, i, i % 8 ? SHARED : NONE, i % 8 ? 1 + i % 500 : 0);
	}
	report("every engine full", cost(w));
	assert_int_equal(w->plan.nr_moves, 0);
	world_free(w);
}

/* The largest engine and table: as many entries as a plan may rewrite. */
static void cost_of_a_rewrite(void **unused)
{
	static struct rsse_pol_entry entries[4096];
	struct rsse_pol_entries counted = {
		.nr_entries = 4096, .entries = entries,
	};
	struct world *w = crowd(RSS_ENGINE_QUEUES_MAX, 0, 0, 0);
	u32 i;

	(void)unused;
	for (i = 0; i < RSS_ENGINE_QUEUES_MAX; i++)
		w->queue[i].busy = i ? 1 : 1000;
	for (i = 0; i < 4096; i++)
		entries[i].packets = 100 + i;
	w->config.gain_min = 0;
	w->config.dwell_ms = 0;
	w->config.hold_up_ms = 0;
	w->engine[0].hottest = 1000;
	w->told = true;
	w->snap.can_rewrite = true;
	w->snap.entries = &counted;
	report("32 of 4096 entries", cost(w));
	assert_int_equal(w->plan.rewrite.nr, RSSE_POL_REWRITE_MAX);
	world_free(w);
}

/* Three entries a queue: each is too large for any other but in exchange for another one. */
static void cost_of_exchanges(void **unused)
{
	static struct rsse_pol_entry entries[4096];
	struct rsse_pol_entries counted = {
		.nr_entries = 4096, .entries = entries,
	};
	struct world *w = crowd(64, 0, 0, 0);
	u32 i, back = 0;

	(void)unused;
	for (i = 0; i < 64; i++)
		w->queue[i].avg = i % 4 ? 380 : 460;
	for (i = 0; i < 4096; i++) {
		entries[i].queue = i % 64;
		entries[i].packets = i < 192 ? 900 + i % 7 * 40 : 0;
	}
	w->config.hold_down_ms = 0;
	w->config.dwell_ms = 0;
	w->told = true;
	w->snap.can_rewrite = true;
	w->snap.entries = &counted;
	report("exchanges, 4096 entries", cost(w));
	for (i = 0; i < w->plan.rewrite.nr; i++)
		back += !(w->plan.rewrite.changes[i].to % 4);
	assert_int_equal(w->plan.rewrite.nr, RSSE_POL_REWRITE_MAX);
	assert_int_equal(back, RSSE_POL_REWRITE_MAX / 2);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cost_of_a_quiet_crowd),
		cmocka_unit_test(cost_of_a_crowd_by_load),
		cmocka_unit_test(cost_of_a_crowd_by_fit),
		cmocka_unit_test(cost_of_a_crowd_by_priority),
		cmocka_unit_test(cost_of_a_crowd_without_a_way),
		cmocka_unit_test(cost_of_a_rewrite),
		cmocka_unit_test(cost_of_exchanges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
