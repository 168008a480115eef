// SPDX-License-Identifier: GPL-2.0-only
/* Queues and CPUs against closed forms, and the numbers they are driven by. */
#include <math.h>

#include "workload.h"
#include "world.h"

static struct sim *one_queue(double level)
{
	struct sim *sim = sim_new(1, 1, 1, 7);

	give_flows(sim, 0, level, 0, 16);
	sim_context_spread(sim, 0, 0, 1);
	sim->metrics = metrics_new(sim, 60 * SIM_SEC);
	return sim;
}

static double mean_wait(const struct sim *sim)
{
	return (double)sim->metrics->all.sum / sim->metrics->all.count;
}

/* Pollaczek and Khinchine, for a service time that does not vary. */
static double md1_wait(double load)
{
	return load * SIM_PACKET_NS / (2 * (1 - load));
}

static void wait_is_that_of_md1(void **unused)
{
	const double loads[] = { 0.2, 0.5, 0.8, 0.9 };
	size_t i;

	(void)unused;
	for (i = 0; i < 4; i++) {
		struct sim *sim = one_queue(loads[i]);

		run_for(sim, NULL, NULL, 20000);
		assert_near(mean_wait(sim), md1_wait(loads[i]), 0.04);
		assert_int_equal(sim->queues[0].dropped, 0);
		finish(sim, NULL, NULL);
	}
}

/* Whoever is served first, what waits altogether is the same. */
static void sharing_a_cpu_conserves_work(void **unused)
{
	struct sim *sim = sim_new(1, 1, 4, 7);

	(void)unused;
	give_flows(sim, 0, 0.8, 0, 16);
	sim_context_spread(sim, 0, 0, 4);
	sim->metrics = metrics_new(sim, 20 * SIM_SEC);
	run_for(sim, NULL, NULL, 20000);
	assert_near(mean_wait(sim), md1_wait(0.8), 0.04);
	finish(sim, NULL, NULL);
}

static void overload_drops_what_is_too_much(void **unused)
{
	struct sim *sim = one_queue(2.5);
	const struct queue *queue = &sim->queues[0];

	(void)unused;
	run_for(sim, NULL, NULL, 4000);
	assert_near((double)queue->served, 4.0 * SIM_SEC / SIM_PACKET_NS, 0.001);
	assert_near((double)queue->dropped / queue->offered, 1 - 1 / 2.5, 0.02);
	/* A packet that just got in waits for the whole ring. */
	assert_near(mean_wait(sim), (double)SIM_RING * SIM_PACKET_NS, 0.02);
	finish(sim, NULL, NULL);
}

static void packets_are_conserved(void **unused)
{
	struct sim *sim = sim_new(8, 2, 3, 3);
	uint64_t offered = 0, served = 0;
	uint32_t i;

	(void)unused;
	for (i = 0; i < 8; i++)
		give_flows(sim, i, 0.1 * i, 16 * i, 16);
	sim_context_spread(sim, 0, 0, 6);
	run_for(sim, NULL, NULL, 500);
	sim_queue_set_cpu(sim, 0, 1);
	sim_context_set(sim, 0, 5, 2);
	run_for(sim, NULL, NULL, 500);
	for (i = 0; i < 6; i++) {
		const struct queue *queue = &sim->queues[i];

		assert_int_equal(queue->offered, queue->served + queue->dropped + queue->nr);
		offered += queue->offered;
		served += queue->served;
	}
	assert_near(offered, 2.8 * SIM_SEC / SIM_PACKET_NS, 0.02);
	for (i = 0; i < 8; i++)
		served -= sim->vms[i].served;
	assert_int_equal(served, 0);
	finish(sim, NULL, NULL);
}

/* Round robin by budgets: the quiet queue never waits for the flooded ring. */
static void flooded_queue_leaves_its_turn(void **unused)
{
	struct sim *sim = sim_new(2, 1, 2, 5);

	(void)unused;
	give_flows(sim, 0, 5, 0, 1);
	give_flows(sim, 1, 0.05, 1, 1);
	sim->vms[0].aggressor = true;
	sim_context_spread(sim, 0, 0, 2);
	sim->metrics = metrics_new(sim, 2 * SIM_SEC);
	run_for(sim, NULL, NULL, 2000);
	assert_int_equal(sim->queues[1].dropped, 0);
	assert_true(sim->metrics->victims.max <= (SIM_BUDGET + 2) * SIM_PACKET_NS);
	assert_true(sim->metrics->all.max > (sim->ring - 1) * SIM_PACKET_NS);
	finish(sim, NULL, NULL);
}

static void polls_are_full_when_overloaded(void **unused)
{
	struct sim *busy = one_queue(0.7), *flooded = one_queue(1.5);

	(void)unused;
	run_for(busy, NULL, NULL, 1000);
	run_for(flooded, NULL, NULL, 1000);
	assert_true(busy->queues[0].polls > 1000);
	assert_true(busy->queues[0].full_polls * 100 < busy->queues[0].polls);
	assert_true(flooded->queues[0].full_polls * 100 > flooded->queues[0].polls * 95);
	finish(busy, NULL, NULL);
	finish(flooded, NULL, NULL);
}

static void workers_are_busy_as_packets_come(void **unused)
{
	struct sim *sim = one_queue(0.5);

	(void)unused;
	run_for(sim, NULL, NULL, 1000);
	assert_near(sim->vms[0].worker_busy_ns,
		    0.5 * SIM_SEC * SIM_WORKER_NS / SIM_PACKET_NS, 0.03);
	sim->vms[0].worker_ns = 100 * SIM_PACKET_NS;
	sim->vms[0].worker_busy_ns = 0;
	run_for(sim, NULL, NULL, 1000);
	assert_int_equal(sim->vms[0].worker_busy_ns, 4 * SIM_SEC);
	finish(sim, NULL, NULL);
}

static void changes_are_counted(void **unused)
{
	struct sim *sim = sim_new(2, 2, 2, 1);

	(void)unused;
	sim_vm_move(sim, 0, 1);
	sim_context_set(sim, 0, 0, 1);
	assert_int_equal(sim->moves + sim->rewritten, 0);
	sim->started = true;
	sim_vm_move(sim, 0, 1);
	sim_vm_move(sim, 1, 1);
	sim_context_set(sim, 0, 0, 1);
	sim_context_set(sim, 0, 0, 2);
	sim_queue_set_cpu(sim, 0, 1);
	assert_int_equal(sim->moves, 2);
	assert_int_equal(sim->vm_moves[1], 1);
	assert_int_equal(sim->rewritten, 1);
	finish(sim, NULL, NULL);
}

/* Chi-square with 127 degrees of freedom: above 182 once in a thousand. */
static void hash_spreads_flows(void **unused)
{
	uint32_t count[SIM_ENTRIES] = { 0 }, i;
	const double want = 64;
	double chi = 0;
	struct rnd rnd;

	(void)unused;
	rnd_seed(&rnd, 11);
	for (i = 0; i < want * SIM_ENTRIES; i++)
		count[workload_hash(rnd_u64(&rnd), rnd_u64(&rnd), i)]++;
	for (i = 0; i < SIM_ENTRIES; i++)
		chi += (count[i] - want) * (count[i] - want) / want;
	assert_true(chi < 182);
	assert_int_equal(workload_hash(1, 2, 3), workload_hash(1, 2, 3));
}

static void draws_have_their_means(void **unused)
{
	const struct pareto tail = pareto_make(1.5, 3);
	double exp = 0, pareto = 0;
	struct rnd rnd;
	int i, n = 400000;

	(void)unused;
	rnd_seed(&rnd, 5);
	for (i = 0; i < n; i++) {
		exp += rnd_exp(&rnd, 3) / n;
		pareto += rnd_pareto(&rnd, &tail) / n;
		assert_in_range(rnd_below(&rnd, 10), 0, 9);
	}
	assert_near(exp, 3, 0.01);
	assert_near(pareto, 3, 0.03);
}

static void alias_draws_by_weight(void **unused)
{
	const double weights[] = { 5, 0, 1, 2, 0.5, 1.5 };
	uint32_t count[6] = { 0 }, i, n = 200000;
	struct alias alias = { 0 };
	struct rnd rnd;

	(void)unused;
	rnd_seed(&rnd, 9);
	alias_make(&alias, weights, 6);
	for (i = 0; i < n; i++)
		count[alias_draw(&alias, &rnd)]++;
	assert_int_equal(count[1], 0);
	for (i = 0; i < 6; i++)
		if (weights[i] > 0)
			assert_near(count[i], n * weights[i] / 10, 0.03);
	alias_free(&alias);
}

/* Hurt from 100 to 299 ms and at 700 ms: the calm second begins at 710 ms. */
static void recovery_is_the_begin_of_a_calm_second(void **unused)
{
	struct sim *sim = one_queue(0);
	struct metrics *metrics = sim->metrics;
	const struct vm *vm = &sim->vms[0];
	uint64_t ms;

	(void)unused;
	for (ms = 100; ms < 300; ms += 5)
		metrics_drop(metrics, vm, ms * SIM_MS);
	metrics_wait(metrics, vm, 700 * SIM_MS, METRICS_HURT + 1);
	metrics_wait(metrics, vm, 900 * SIM_MS, METRICS_HURT);
	assert_int_equal(metrics_recovery(metrics, 100 * SIM_MS, 5 * SIM_SEC), 610 * SIM_MS);
	assert_true(metrics_recovery(metrics, 100 * SIM_MS, 1700 * SIM_MS) == METRICS_NEVER);
	assert_int_equal(metrics_recovery(metrics, 2 * SIM_SEC, 5 * SIM_SEC), 0);
	finish(sim, NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wait_is_that_of_md1),
		cmocka_unit_test(sharing_a_cpu_conserves_work),
		cmocka_unit_test(overload_drops_what_is_too_much),
		cmocka_unit_test(packets_are_conserved),
		cmocka_unit_test(flooded_queue_leaves_its_turn),
		cmocka_unit_test(polls_are_full_when_overloaded),
		cmocka_unit_test(workers_are_busy_as_packets_come),
		cmocka_unit_test(changes_are_counted),
		cmocka_unit_test(hash_spreads_flows),
		cmocka_unit_test(draws_have_their_means),
		cmocka_unit_test(alias_draws_by_weight),
		cmocka_unit_test(recovery_is_the_begin_of_a_calm_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
