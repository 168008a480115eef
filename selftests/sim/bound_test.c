// SPDX-License-Identifier: GPL-2.0-only
/* Nobody is better than the bounds, and the bounds can be met. */
#include "bound.h"
#include "world.h"

#define CLOSE		0.000001
#define ROUNDING	0.000000001

static void random_flows(struct sim *sim, struct rnd *rnd)
{
	const struct pareto tail = pareto_make(1.5, 0.3);
	uint32_t vm, i;

	for (vm = 0; vm < sim->nr_vms; vm++) {
		give_flows(sim, vm, rnd_pareto(rnd, &tail), 0, 1 + rnd_below(rnd, 20));
		for (i = 0; i < sim->vms[vm].nr_flows; i++) {
			sim->vms[vm].flows[i].entry = rnd_below(rnd, SIM_ENTRIES);
			sim->vms[vm].flows[i].share = rnd_unit(rnd);
		}
	}
}

/* Tables at random, VMs on them at random, and queues on CPUs at random. */
static void random_steering(struct sim *sim, struct rnd *rnd)
{
	uint32_t contexts = 1 + rnd_below(rnd, 8), i, j;

	for (i = 0; i < contexts; i++) {
		uint32_t nr = 1 + rnd_below(rnd, sim->nr_queues);

		sim_context_spread(sim, i, rnd_below(rnd, sim->nr_queues - nr + 1), nr);
		for (j = rnd_below(rnd, 30); j; j--)
			sim_context_set(sim, i, rnd_below(rnd, SIM_ENTRIES),
					rnd_below(rnd, sim->nr_queues));
	}
	for (i = 0; i < sim->nr_vms; i++)
		sim_vm_move(sim, i, rnd_below(rnd, contexts));
	for (i = 0; i < sim->nr_queues; i++)
		sim_queue_set_cpu(sim, i, rnd_below(rnd, sim->nr_cpus));
}

/* The bound of the group that has @bound_busiest(). */
static double bound_part(const struct sim *sim)
{
	struct bound_group groups[SIM_QUEUES];
	uint32_t i, nr = bound_groups(sim, groups), most = 0;

	for (i = 1; i < nr; i++)
		if (groups[i].busiest > groups[most].busiest)
			most = i;
	assert_near(groups[most].busiest, bound_busiest(sim), CLOSE);
	return groups[most].bound;
}

static void nobody_is_better(void **unused)
{
	struct bound_group groups[SIM_QUEUES];
	uint32_t nr, i;
	struct rnd rnd;
	int round;

	(void)unused;
	rnd_seed(&rnd, 17);
	for (round = 0; round < 100; round++) {
		struct sim *sim = sim_new(1 + rnd_below(&rnd, 40), 1 + rnd_below(&rnd, 12),
					  1 + rnd_below(&rnd, 3), 1);

		random_flows(sim, &rnd);
		random_steering(sim, &rnd);
		assert_true(bound_nic(sim) <= bound_busiest(sim) + ROUNDING);
		nr = bound_groups(sim, groups);
		assert_in_range(nr, 1, sim->nr_cpus);
		for (i = 0; i < nr; i++)
			assert_true(groups[i].bound <= groups[i].busiest + ROUNDING);
		finish(sim, NULL, NULL);
	}
}

static void even_load_meets_the_mean(void **unused)
{
	struct sim *sim = sim_new(1, 8, 1, 1);

	(void)unused;
	give_flows(sim, 0, 4, 0, SIM_ENTRIES);
	sim_context_spread(sim, 0, 0, 8);
	assert_near(bound_nic(sim), 0.5, CLOSE);
	assert_near(bound_part(sim), 0.5, CLOSE);
	assert_near(bound_busiest(sim), 0.5, CLOSE);
	finish(sim, NULL, NULL);
}

static void one_flow_cannot_be_split(void **unused)
{
	struct sim *sim = sim_new(2, 8, 1, 1);

	(void)unused;
	give_flows(sim, 0, 3, 5, 1);
	give_flows(sim, 1, 1, 0, SIM_ENTRIES);
	sim_context_spread(sim, 0, 0, 8);
	assert_near(bound_nic(sim), 3, CLOSE);
	/* Behind one table the entry holds a bit of the other VM as well. */
	assert_near(bound_part(sim), 3 + 1.0 / SIM_ENTRIES, CLOSE);
	assert_near(bound_busiest(sim), 3.125, CLOSE);
	finish(sim, NULL, NULL);
}

/* Three equal flows on two CPUs: one has two. Of five, one has three. */
static void whole_items_meet(void **unused)
{
	uint32_t nr;

	(void)unused;
	for (nr = 3; nr <= 5; nr += 2) {
		struct sim *sim = sim_new(1, 2, 1, 1);

		give_flows(sim, 0, 0.3 * nr, 0, nr);
		sim_context_spread(sim, 0, 0, 2);
		assert_near(bound_nic(sim), 0.3 * (nr + 1) / 2, CLOSE);
		assert_near(bound_part(sim), 0.3 * (nr + 1) / 2, CLOSE);
		assert_near(bound_busiest(sim), 0.3 * (nr + 1) / 2, CLOSE);
		finish(sim, NULL, NULL);
	}
}

/*
 * Two CPUs for 0.4 and six for 3: the partition binds, not the NIC. Of 128 entries
 * on six CPUs one has 22.
 */
static void partition_binds(void **unused)
{
	struct sim *sim = sim_new(2, 8, 1, 1);
	struct bound_group groups[SIM_QUEUES];

	(void)unused;
	give_flows(sim, 0, 3, 0, SIM_ENTRIES);
	give_flows(sim, 1, 0.4, 0, SIM_ENTRIES);
	sim_context_spread(sim, 0, 0, 6);
	sim_context_spread(sim, 1, 6, 2);
	sim_vm_move(sim, 1, 1);
	assert_near(bound_nic(sim), 3.4 / 8, CLOSE);
	assert_near(bound_part(sim), 3 * 22.0 / SIM_ENTRIES, CLOSE);
	assert_int_equal(bound_groups(sim, groups), 2);
	assert_near(groups[0].bound, 3 * 22.0 / SIM_ENTRIES, CLOSE);
	assert_near(groups[1].bound, 0.2, CLOSE);
	finish(sim, NULL, NULL);
}

/* Contexts that share a CPU are one group, whose load can be spread over both. */
static void contexts_that_meet_are_one_group(void **unused)
{
	struct sim *sim = sim_new(2, 4, 1, 1);
	struct bound_group groups[SIM_QUEUES];

	(void)unused;
	give_flows(sim, 0, 1.2, 0, SIM_ENTRIES);
	give_flows(sim, 1, 0, 0, SIM_ENTRIES);
	sim_context_spread(sim, 0, 0, 2);
	sim_context_spread(sim, 1, 1, 2);
	sim_vm_move(sim, 1, 1);
	assert_int_equal(bound_groups(sim, groups), 2);
	assert_near(groups[0].busiest, 0.6, CLOSE);
	/* 128 entries on three CPUs: one has 43. */
	assert_near(groups[0].bound, 1.2 * 43 / SIM_ENTRIES, CLOSE);
	assert_true(groups[1].busiest == 0 && groups[1].bound == 0);
	finish(sim, NULL, NULL);
}

/* Awake is where some packet could come, whether one comes or not. */
static void awake_is_what_a_table_leads_to(void **unused)
{
	struct sim *sim = sim_new(2, 8, 1, 1);

	(void)unused;
	give_flows(sim, 0, 0.1, 0, 1);
	give_flows(sim, 1, 0.1, 0, 1);
	sim_context_spread(sim, 0, 0, 1);
	sim_context_spread(sim, 1, 4, 3);
	assert_int_equal(bound_awake(sim), 1);
	sim_vm_move(sim, 0, 1);
	assert_int_equal(bound_awake(sim), 4);
	sim_context_set(sim, 1, 7, 0);
	assert_int_equal(bound_awake(sim), 4);
	sim_context_spread(sim, 1, 0, 1);
	assert_int_equal(bound_awake(sim), 1);
	finish(sim, NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_better),
		cmocka_unit_test(even_load_meets_the_mean),
		cmocka_unit_test(one_flow_cannot_be_split),
		cmocka_unit_test(whole_items_meet),
		cmocka_unit_test(partition_binds),
		cmocka_unit_test(contexts_that_meet_are_one_group),
		cmocka_unit_test(awake_is_what_a_table_leads_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
