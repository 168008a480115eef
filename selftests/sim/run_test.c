// SPDX-License-Identifier: GPL-2.0-only
/* What a run is judged by, under balancers that do what they are meant to do. */
#include "run.h"
#include "world.h"

#define NAME	"noisy"

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
	if (sim->now == 1037 * SIM_MS)
		sim_vm_move(sim, 0, 1);
}

static const struct balancer oscillator = {
	.name = "oscillator", .queues_per_cpu = 1, .start = two_contexts, .step = to_and_fro,
};

static const struct balancer isolator = {
	.name = "isolator", .queues_per_cpu = 1, .start = free_queue, .step = isolate,
};

static struct scenario flood(uint64_t end_ms)
{
	return (struct scenario){
		.name = NAME, .about = NAME, .vms = 16, .queues = 4, .seconds = 3,
		.load = 0.2, .flows = 8,
		.events = { { 1000, end_ms, 0, 0, 1, 4, 64, false } },
	};
}

static void oscillation_is_seen(void **unused)
{
	struct scenario scenario = flood(2000);
	struct result result;

	(void)unused;
	run(&scenario, &oscillator, &rsse_config_default, 1, &result);
	assert_int_equal(result.moves, 29);
	assert_int_equal(result.most_moves, 29);
	assert_near(result.per_change, 29, 0.001);
	assert_true(result.alone == METRICS_NEVER);

	/* VM 3 has three changes, when it is the one that is flooded. */
	scenario.events[0].first = 3;
	run(&scenario, &oscillator, &rsse_config_default, 1, &result);
	assert_near(result.per_change, 29.0 / 3, 0.001);
}

static void reaction_is_timed_to_the_millisecond(void **unused)
{
	struct scenario scenario = flood(2000);
	struct result result;

	(void)unused;
	run(&scenario, &isolator, &rsse_config_default, 1, &result);
	assert_int_equal(result.alone, 38 * SIM_MS);
	assert_near(result.per_change, 1.0 / 3, 0.001);

	/* Not in time. */
	scenario = flood(1030);
	run(&scenario, &isolator, &rsse_config_default, 1, &result);
	assert_true(result.alone == METRICS_NEVER);
}

/* The module's policy, in a scenario of each kind. */
static void ours_reaches_its_goals(void **unused)
{
	static const char *const names[] = { "noisy", "noisy-few", "noisy-worker" };
	struct scenario scenario;
	struct result result;
	uint32_t i;

	(void)unused;
	for (i = 0; i < 3; i++) {
		scenario = *scenario_find(names[i]);
		scenario.seconds = 6;
		run(&scenario, &balancer_ours_entries, &rsse_config_default, 1, &result);
		assert_true(result.alone <= 150 * SIM_MS);
		assert_true(result.per_change <= 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(oscillation_is_seen),
		cmocka_unit_test(reaction_is_timed_to_the_millisecond),
		cmocka_unit_test(ours_reaches_its_goals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
