// SPDX-License-Identifier: GPL-2.0-only
/*
 * How the cost of a run grows, and what classes save. Counted are the basic blocks
 * that the optimised policy executes: the compiler has put a call into each. So the
 * numbers are the same on every machine, whatever else that does.
 */
#include "arrivals.h"

void __sanitizer_cov_trace_pc(void);

static u64 blocks;

void __sanitizer_cov_trace_pc(void)
{
	blocks++;
}

static u64 cost(struct world *w)
{
	world_sample(w, 20);
	blocks = 0;
	rsse_policy_run(&w->snap, &w->config, &w->state, &w->plan);
	return blocks;
}

/* What the places of all that arrive cost, beyond what a run costs anyhow. */
static u64 cost_of_places(u32 engines, u32 queues, u32 cap_classes)
{
	struct world *w, *without;
	u64 all, rest;
	u32 i;

	crowd_arrives(&w, engines, queues);
	w->state.cap_classes = cap_classes;
	all = cost(w);
	assert_true(w->plan.nr_moves > ARRIVALS / 4);
	world_free(w);

	crowd_arrives(&without, engines, queues);
	without->state.cap_classes = cap_classes;
	for (i = 0; i < without->snap.nr_vms; i++)
		without->vm[i].need = 0;
	rest = cost(without);
	assert_int_equal(without->plan.nr_moves, 0);
	world_free(without);
	return all - rest;
}

static void classes_cost_a_twentieth(u32 engines, u32 queues)
{
	u64 classes = cost_of_places(engines, queues, WORLD_CLASSES);
	u64 one_by_one = cost_of_places(engines, queues, 0);

	printf("# %u VMs on %u engines: %llu blocks by classes, %llu one by one\n",
	       ARRIVALS, engines, classes, one_by_one);
	assert_true(20 * classes < one_by_one);
}

static void arrivals_cost_a_twentieth(void **unused)
{
	(void)unused;
	classes_cost_a_twentieth(500, 2);
	classes_cost_a_twentieth(100, 10);
}

/* Worlds of any number of VMs, on 1,024 queues. */

static struct world *host(u32 vms, u32 default_queues, u32 engines, u32 each)
{
	struct world *w = world_new(default_queues, engines, each, 0);
	u32 i;

	w->measured = true;
	w->config.hold_up_ms = 0;
	for (i = 0; i < vms; i++)
		world_vm(w, 0, 0);
	return w;
}

static void fill_default(struct world *w)
{
	u32 i;

	w->engine[0].load = 1000;
	w->engine[0].hottest = 1000;
	w->engine[0].full_polls = 1000;
	for (i = 0; i < w->snap.nr_vms; i++) {
		w->vm[i].pnic_busy = 11 + i * 7919 % 100;
		w->vm[i].vnic_busy = i % 2 ? 250 : 50;
		w->vm[i].priority = i * 31 % 17;
	}
}

static struct world *quiet(u32 vms)
{
	return host(vms, 512, 256, 2);
}

static struct world *all_go_up(u32 vms)
{
	struct world *w = host(vms, 24, 1000, 1);

	fill_default(w);
	return w;
}

static struct world *all_go_up_by_fit(u32 vms)
{
	struct world *w = all_go_up(vms);

	w->config.select = RSS_ENGINE_SELECT_FIT;
	return w;
}

static struct world *no_way(u32 vms)
{
	struct world *w = host(vms, 24, 500, 2);
	u32 i;

	for (i = 0; i < w->snap.nr_engines; i++)
		w->engine[i].load = 900;
	for (i = 0; i < vms; i++) {
		w->vm[i].pnic_busy = 220;
		world_place(w, i, i % 8 ? SHARED : NONE, i % 8 ? 1 + i % 500 : 0);
	}
	return w;
}

static struct world *scaling(u32 vms)
{
	struct world *w = no_way(vms);

	world_scale(w, RSS_ENGINE_SCALE_SPREAD);
	return w;
}

static struct world *all_have_rules(u32 vms)
{
	struct world *w = all_go_up(vms);
	u32 i;

	for (i = 0; i < vms; i++) {
		w->vm[i].latency = i % 3;
		w->vm[i].apart = i % 5 ? 0 : 1 + i / 50;
		w->vm[i].together = i % 7 ? 0 : 1 + i / 70;
	}
	return w;
}

static struct world *all_arrive(u32 vms)
{
	struct world *w = host(vms, 24, 100, 10);
	u32 i;

	for (i = 0; i < vms; i++)
		make_class(&w->vm[i], i % CLASSES);
	return w;
}

static u64 cost_of(struct world *(*make)(u32 vms), u32 vms)
{
	struct world *w = make(vms);
	u64 sum = cost(w) + cost(w);

	world_free(w);
	return sum;
}

static void grows_with_the_vms(const char *what, struct world *(*make)(u32 vms))
{
	u64 few = cost_of(make, 512), many = cost_of(make, WORLD_VMS);

	printf("# %s: %llu blocks with 512 VMs, %llu with %u\n", what, few / 2, many / 2,
	       WORLD_VMS);
	assert_true(many <= 9 * few);
}

static void cost_grows_as_the_vms(void **unused)
{
	(void)unused;
	grows_with_the_vms("quiet", quiet);
	grows_with_the_vms("all go up", all_go_up);
	grows_with_the_vms("all go up, by fit", all_go_up_by_fit);
	grows_with_the_vms("every engine full", no_way);
	grows_with_the_vms("every engine full, spread", scaling);
	grows_with_the_vms("all have rules", all_have_rules);
	grows_with_the_vms("all arrive", all_arrive);
}

/* As the kernel-doc of struct rsse_pol_state has it. */
static void what_is_remembered_is_as_stated(void **unused)
{
	const struct rsse_pol_state *state = NULL;

	(void)unused;
	assert_in_range(sizeof(*state->vm), 1, 240);
	assert_in_range(sizeof(*state->pairs), 1, 16);
	assert_in_range(sizeof(*state->engine), 1, 328);
	assert_in_range(sizeof(*state->room) + sizeof(*state->owner), 1, 8);
	assert_in_range(sizeof(*state->classes), 1, 108);
	assert_in_range(sizeof(*state), 1, 2160);
}

/* What sampling.c has for each VM, engine and queue, as Documentation/policy.rst has it. */
#define PAIRS_A_VM	4
#define OF_VM		(240 + PAIRS_A_VM * 16 + 184)
#define OF_ENGINE	(328 + 52)
#define OF_QUEUE	(8 + 40)
#define OF_WRITTEN	64
#define OF_CLASSES	64
#define FIXED		13200

static void memory_is_as_stated(void **unused)
{
	const struct rsse_pol_snapshot *snap = NULL;
	const struct rsse_pol_state *state = NULL;
	const struct rsse_pol_plan *plan = NULL;

	(void)unused;
	assert_in_range(sizeof(*snap->vms) + sizeof(*plan->decisions) + sizeof(*plan->moves),
			1, 184);
	assert_in_range(sizeof(*snap->engines) + sizeof(*plan->balance), 1, 52);
	/* And its place in the snapshot. */
	assert_in_range(sizeof(*snap->queues) + sizeof(u32), 1, 40);
	assert_in_range(sizeof(*snap->outcomes), 1, 40);
	/* And struct rsse_sampling's own numbers and pointers. */
	assert_in_range(sizeof(*state) + sizeof(*plan) + OF_CLASSES * sizeof(*state->classes) +
			OF_WRITTEN * sizeof(*snap->written) + 64, 13000, FIXED);
	assert_in_range(4096 * OF_VM + (1024 + 1) * OF_ENGINE + 1024 * OF_QUEUE + FIXED,
			2400000, 2500000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arrivals_cost_a_twentieth),
		cmocka_unit_test(cost_grows_as_the_vms),
		cmocka_unit_test(what_is_remembered_is_as_stated),
		cmocka_unit_test(memory_is_as_stated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
