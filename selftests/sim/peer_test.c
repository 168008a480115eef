// SPDX-License-Identifier: GPL-2.0-only
/* What makes each policy what it is. */
#include <string.h>

#include "bound.h"
#include "rsspp_solve.h"
#include "world.h"

static uint32_t queue_of(const struct sim *sim, uint32_t vm)
{
	return sim_queue_of(sim, &sim->vms[vm].flows[0]);
}

static void rss_spreads_and_stays(void **unused)
{
	struct sim *sim = sim_new(1, 4, 1, 1);
	void *memory;
	uint32_t i;

	(void)unused;
	give_flows(sim, 0, 6, 0, 3);
	memory = begin(sim, &balancer_rss);
	run_for(sim, &balancer_rss, memory, 1000);
	for (i = 0; i < SIM_ENTRIES; i++)
		assert_int_equal(sim->contexts[0].table[i], i % 4);
	assert_int_equal(sim->moves + sim->rewritten, 0);
	finish(sim, &balancer_rss, memory);
}

static void vmq_first_come_first_served(void **unused)
{
	struct sim *sim = sim_new(8, 4, 1, 1);
	void *memory;
	uint32_t i;

	(void)unused;
	for (i = 0; i < 8; i++)
		give_flows(sim, i, i < 3 ? 0.01 : 0.9, 16 * i, 16);
	memory = begin(sim, &balancer_vmq);
	run_for(sim, &balancer_vmq, memory, 500);
	for (i = 0; i < 8; i++)
		assert_int_equal(queue_of(sim, i), i < 3 ? i + 1 : 0);
	assert_int_equal(sim->moves, 0);
	finish(sim, &balancer_vmq, memory);
}

static void netqueue_acts_every_5_s(void **unused)
{
	struct sim *sim = sim_new(6, 4, 1, 1);
	uint32_t used = 0, i;
	void *memory;

	(void)unused;
	for (i = 0; i < 6; i++)
		give_flows(sim, i, i < 3 ? 0.3 : 0.005, 16 * i, 16);
	memory = begin(sim, &balancer_netqueue);
	run_for(sim, &balancer_netqueue, memory, 5000);
	assert_int_equal(sim->moves, 0);
	run_for(sim, &balancer_netqueue, memory, 1);
	for (i = 0; i < 3; i++)
		used |= 1u << queue_of(sim, i);
	assert_int_equal(used, 0xe);
	for (i = 3; i < 6; i++)
		assert_int_equal(queue_of(sim, i), 0);

	set_level(sim, 0, 0.001);
	run_for(sim, &balancer_netqueue, memory, 5000);
	assert_int_equal(queue_of(sim, 0), 0);
	finish(sim, &balancer_netqueue, memory);
}

/* Two VMs fill a queue above its maximum: one of them goes to the emptiest. */
static void netqueue_spreads_a_full_queue(void **unused)
{
	struct sim *sim = sim_new(4, 3, 1, 1);
	void *memory;
	uint32_t i;

	(void)unused;
	for (i = 0; i < 4; i++)
		give_flows(sim, i, 0.1 + 0.02 * i, 16 * i, 16);
	memory = begin(sim, &balancer_netqueue);
	run_for(sim, &balancer_netqueue, memory, 5001);
	assert_int_equal(queue_of(sim, 0), queue_of(sim, 2));
	set_level(sim, 0, 0.5);
	set_level(sim, 2, 0.4);
	run_for(sim, &balancer_netqueue, memory, 5000);
	assert_int_not_equal(queue_of(sim, 0), queue_of(sim, 2));
	finish(sim, &balancer_netqueue, memory);
}

/* Two heavy queues on core 0 of 2, two light ones on core 1. */
static struct sim *uneven_cores(double heavy)
{
	struct sim *sim = sim_new(2, 2, 4, 1);

	give_flows(sim, 0, heavy, 0, 1);
	give_flows(sim, 1, heavy, 2, 1);
	return sim;
}

static void ovs_waits_a_minute(void **unused)
{
	struct sim *sim = uneven_cores(0.6);
	void *memory = begin(sim, &balancer_ovs);

	(void)unused;
	assert_int_equal(sim->queues[queue_of(sim, 0)].cpu, sim->queues[queue_of(sim, 1)].cpu);
	run_for(sim, &balancer_ovs, memory, 60000);
	assert_int_equal(sim->moves, 0);
	run_for(sim, &balancer_ovs, memory, 1);
	assert_true(sim->moves > 0);
	assert_int_not_equal(sim->queues[queue_of(sim, 0)].cpu,
			     sim->queues[queue_of(sim, 1)].cpu);
	finish(sim, &balancer_ovs, memory);
}

/* A break of the overload at one check begins the minute anew. */
static void ovs_wants_six_checks_in_a_row(void **unused)
{
	struct sim *sim = uneven_cores(0.6);
	void *memory = begin(sim, &balancer_ovs);

	(void)unused;
	run_for(sim, &balancer_ovs, memory, 30000);
	set_level(sim, 0, 0.2);
	run_for(sim, &balancer_ovs, memory, 10000);
	set_level(sim, 0, 0.6);
	run_for(sim, &balancer_ovs, memory, 50000);
	assert_int_equal(sim->moves, 0);
	finish(sim, &balancer_ovs, memory);
}

static void ovs_leaves_what_is_below_95_percent(void **unused)
{
	struct sim *sim = uneven_cores(0.46);
	void *memory = begin(sim, &balancer_ovs);

	(void)unused;
	run_for(sim, &balancer_ovs, memory, 70000);
	assert_int_equal(sim->moves, 0);
	finish(sim, &balancer_ovs, memory);
}

/* One queue is the whole load: no assignment is better. */
static void ovs_wants_an_improvement(void **unused)
{
	struct sim *sim = uneven_cores(0);
	void *memory = begin(sim, &balancer_ovs);

	(void)unused;
	set_level(sim, 0, 1.1);
	run_for(sim, &balancer_ovs, memory, 70000);
	assert_int_equal(sim->moves, 0);
	finish(sim, &balancer_ovs, memory);
}

static void rsspp_moves_a_hot_entry(void **unused)
{
	struct sim *sim = sim_new(4, 4, 1, 1);
	void *memory;
	uint32_t i;

	(void)unused;
	for (i = 0; i < 4; i++)
		give_flows(sim, i, 0.3, 4 * i, 1);
	memory = begin(sim, &balancer_rsspp);
	for (i = 0; i < 4; i++)
		assert_int_equal(queue_of(sim, i), 0);
	run_for(sim, &balancer_rsspp, memory, 100);
	assert_int_equal(sim->rewritten, 0);
	run_for(sim, &balancer_rsspp, memory, 900);
	assert_near(bound_busiest(sim), 0.3, 0.000001);
	assert_true(sim->rewritten >= 3);
	finish(sim, &balancer_rsspp, memory);
}

static void rsspp_leaves_a_core_with_one_entry(void **unused)
{
	struct sim *sim = sim_new(1, 4, 1, 1);
	void *memory;

	(void)unused;
	give_flows(sim, 0, 0.9, 0, 1);
	memory = begin(sim, &balancer_rsspp);
	run_for(sim, &balancer_rsspp, memory, 1000);
	assert_int_equal(sim->rewritten, 0);
	finish(sim, &balancer_rsspp, memory);
}

static void rsspp_has_a_dead_band(void **unused)
{
	struct sim *sim = sim_new(1, 4, 1, 1);
	void *memory;

	(void)unused;
	/* Even within 2 % of a core, and too few packets to seem uneven by chance. */
	give_flows(sim, 0, 0.02, 0, SIM_ENTRIES);
	memory = begin(sim, &balancer_rsspp);
	run_for(sim, &balancer_rsspp, memory, 2000);
	assert_int_equal(sim->rewritten, 0);
	finish(sim, &balancer_rsspp, memory);
}

/* Core 0 has 0.5, 0.2, 0.1 and should have 0.4; core 1 has nothing. */
static void rsspp_solves_a_small_problem(void **unused)
{
	struct rsspp_problem problem = {
		.nr_cores = 2,
		.lack = { 0, 0.4 },
		.excess = { 0.4, 0 },
		.load = { 0.5, 0.2, 0.1 },
	};
	double moved = 0;
	uint32_t i;

	(void)unused;
	rsspp_solve(&problem);
	for (i = 0; i < SIM_ENTRIES; i++) {
		assert_true(problem.to[i] == RSSPP_STAYS || problem.to[i] == 1);
		moved += problem.to[i] == 1 ? problem.load[i] : 0;
	}
	/* What is left is at most a tenth of a core on either side. */
	assert_true(moved > 0.299 && moved < 0.501);
}

/* Core 1 lacks 0.1: the entry that has so much moves, the one with 0.9 has no room. */
static void rsspp_moves_only_what_fits(void **unused)
{
	struct rsspp_problem problem = {
		.nr_cores = 2,
		.lack = { 0, 0.1 },
		.excess = { 0.1, 0 },
		.load = { 0.9, 0.1 },
	};

	(void)unused;
	rsspp_solve(&problem);
	assert_true(problem.to[0] == RSSPP_STAYS);
	assert_int_equal(problem.to[1], 1);
}

static void rsspp_solves_nothing_where_nothing_is(void **unused)
{
	struct rsspp_problem problem = { .nr_cores = 4 };
	uint32_t i;

	(void)unused;
	rsspp_solve(&problem);
	for (i = 0; i < SIM_ENTRIES; i++)
		assert_true(problem.to[i] == RSSPP_STAYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rss_spreads_and_stays),
		cmocka_unit_test(vmq_first_come_first_served),
		cmocka_unit_test(netqueue_acts_every_5_s),
		cmocka_unit_test(netqueue_spreads_a_full_queue),
		cmocka_unit_test(ovs_waits_a_minute),
		cmocka_unit_test(ovs_wants_six_checks_in_a_row),
		cmocka_unit_test(ovs_leaves_what_is_below_95_percent),
		cmocka_unit_test(ovs_wants_an_improvement),
		cmocka_unit_test(rsspp_moves_a_hot_entry),
		cmocka_unit_test(rsspp_leaves_a_core_with_one_entry),
		cmocka_unit_test(rsspp_has_a_dead_band),
		cmocka_unit_test(rsspp_solves_a_small_problem),
		cmocka_unit_test(rsspp_moves_only_what_fits),
		cmocka_unit_test(rsspp_solves_nothing_where_nothing_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
