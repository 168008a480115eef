// SPDX-License-Identifier: GPL-2.0-only
/* What a run is judged by, under balancers that do what they are meant to do. */
#include "run.h"
#include "world.h"

#define NAME		"noisy"
#define ROUNDING	0.000001

/* Move VM 3 to and fro, every 100 ms. */
static void *two_contexts(struct sim *sim, const struct rsse_config *config)
{
	(void)config;
	sim_context_spread(sim, 0, 0, sim->nr_queues);
	sim_context_spread(sim, 1, 0, sim->nr_queues);
	return NULL;
}

static void to_and_fro(void *memory, struct sim *sim)
{
	(void)memory;
	if (sim->now && !(sim->now % (100 * SIM_MS)))
		sim_vm_move(sim, 3, !sim->vms[3].context);
}

/* The last queue is kept free, and VM 0 put on it 37 ms after its flood began. */
static void *free_queue(struct sim *sim, const struct rsse_config *config)
{
	(void)config;
	sim_context_spread(sim, 0, 0, sim->nr_queues - 1);
	sim_context_spread(sim, 1, sim->nr_queues - 1, 1);
	return NULL;
}

static void isolate(void *memory, struct sim *sim)
{
	(void)memory;
	if (sim->now == sim->begin + 1037 * SIM_MS)
		sim_vm_move(sim, 0, 1);
}

/* VM 5 joins it for a millisecond. */
static void join(void *memory, struct sim *sim)
{
	isolate(memory, sim);
	if (sim->now == sim->begin + 1500 * SIM_MS)
		sim_vm_move(sim, 5, 1);
	if (sim->now == sim->begin + 1501 * SIM_MS)
		sim_vm_move(sim, 5, 0);
}

static const struct balancer oscillator = {
	.name = "oscillator", .queues_per_cpu = 1, .start = two_contexts, .step = to_and_fro,
};

static const struct balancer isolator = {
	.name = "isolator", .queues_per_cpu = 1, .start = free_queue, .step = isolate,
};

static const struct balancer joiner = {
	.name = "joiner", .queues_per_cpu = 1, .start = free_queue, .step = join,
};

static struct scenario flood(uint64_t end_ms)
{
	return (struct scenario){
		.name = NAME, .about = NAME, .vms = 16, .queues = 4, .seconds = 3,
		.load = 0.2, .flows = 8,
		.events = { { 1000, end_ms, 0, 0, 1, 4, 64, false } },
	};
}

static const struct setting setting = { .config = &rsse_config_default, .seed = 1 };

static void oscillation_is_seen(void **unused)
{
	struct scenario scenario = flood(2000);
	struct result result;

	(void)unused;
	run(&scenario, &oscillator, &setting, &result);
	assert_int_equal(result.moves, 30);
	assert_int_equal(result.most_moves, 30);
	assert_int_equal(result.per_change, 30);
	assert_true(result.alone == METRICS_NEVER);
}

/* VM 3 is the one that is flooded, from 1000 ms on: the most, not the mean. */
static void moves_are_counted_from_change_to_change(void **unused)
{
	static const struct { uint64_t end_ms; uint32_t most; } floods[] = {
		{ 2000, 10 },
		{ 1200, 18 },	/* after 10 and 2 */
		{ 1100, 19 },
		{ 1099, 20 },	/* so short a flood is one change */
	};
	uint32_t i;

	(void)unused;
	for (i = 0; i < 4; i++) {
		struct scenario scenario = flood(floods[i].end_ms);
		struct result result;

		scenario.events[0].first = 3;
		run(&scenario, &oscillator, &setting, &result);
		assert_int_equal(result.most_moves, 30);
		assert_int_equal(result.per_change, floods[i].most);
	}
}

static void reaction_is_timed_to_the_millisecond(void **unused)
{
	struct scenario scenario = flood(2000);
	struct result result;

	(void)unused;
	run(&scenario, &isolator, &setting, &result);
	assert_int_equal(result.alone, 38 * SIM_MS);
	assert_int_equal(result.per_change, 1);

	/* Not in time. */
	scenario = flood(1030);
	run(&scenario, &isolator, &setting, &result);
	assert_true(result.alone == METRICS_NEVER);
}

/* VM 5 is off the queue again 501 ms after the flood began, or only after its end. */
static void who_joins_undoes_that_a_flood_was_alone(void **unused)
{
	struct scenario scenario = flood(2000);
	struct result result;

	(void)unused;
	run(&scenario, &joiner, &setting, &result);
	assert_int_equal(result.alone, 502 * SIM_MS);

	scenario = flood(1502);
	run(&scenario, &joiner, &setting, &result);
	assert_true(result.alone == METRICS_NEVER);
}

/* No policy is better than what none can be, nor than its own partition allows. */
static void bounds_hold_for_every_policy(void **unused)
{
	struct scenario scenario = *scenario_find("noisy");
	const struct balancer *const *balancer;
	struct result result;
	int judged = 0;

	(void)unused;
	scenario.vms = 32;
	scenario.queues = 8;
	scenario.seconds = 4;
	for (balancer = balancers; *balancer; balancer++) {
		run(&scenario, *balancer, &setting, &result);
		assert_true(result.over_nic >= 1 - ROUNDING);
		assert_true(!result.judged || result.over_part >= 1 - ROUNDING);
		judged += result.judged > 0;
		assert_true(result.drops >= result.victim_drops);
		assert_near((double)result.packets, 0.35 * 8 * 4 * SIM_SEC / SIM_PACKET_NS, 0.01);
	}
	assert_true(judged > 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(oscillation_is_seen),
		cmocka_unit_test(moves_are_counted_from_change_to_change),
		cmocka_unit_test(bounds_hold_for_every_policy),
		cmocka_unit_test(reaction_is_timed_to_the_millisecond),
		cmocka_unit_test(who_joins_undoes_that_a_flood_was_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
