// SPDX-License-Identifier: GPL-2.0-only
/* The arithmetic of what a run is judged by, on cases worked out by hand. */
#include "run.h"
#include "world.h"

#define CLOSE	0.000001

/* Two CPUs, a VM on each; VM 1 is what floods. */
static struct sim *two(void)
{
	struct sim *sim = sim_new(2, 2, 1, 1);

	give_flows(sim, 0, 0, 0, 1);
	give_flows(sim, 1, 0, 1, 1);
	sim->vms[1].aggressor = true;
	sim_context_spread(sim, 0, 0, 2);
	sim->metrics = metrics_new(sim, 20 * SIM_SEC);
	return sim;
}

/* One packet of 200 waits 5 us, two wait 9 us: p50 0, p99 5 us, p99.9 9 us. */
static void quantiles(void **unused)
{
	struct sim *sim = two();
	struct metrics *metrics = sim->metrics;
	int i;

	(void)unused;
	for (i = 0; i < 197; i++)
		metrics_wait(metrics, &sim->vms[0], 0, 0);
	metrics_wait(metrics, &sim->vms[0], 0, 5000);
	metrics_wait(metrics, &sim->vms[0], 0, 9000);
	metrics_wait(metrics, &sim->vms[0], 0, 9000);
	metrics_wait(metrics, &sim->vms[1], 0, 70000);
	assert_int_equal(hist_quantile(&metrics->victims, 500), 0);
	assert_near((double)hist_quantile(&metrics->victims, 990), 5000, 0.01);
	assert_near((double)hist_quantile(&metrics->victims, 999), 9000, 0.01);
	assert_int_equal(metrics->victims.count, 200);
	assert_int_equal(metrics->all.count, 201);
	assert_int_equal(metrics->all.max, 70000);
	finish(sim, NULL, NULL);
}

static void drops_by_whose(void **unused)
{
	struct sim *sim = two();

	(void)unused;
	metrics_drop(sim->metrics, &sim->vms[0], 5 * SIM_MS);
	metrics_drop(sim->metrics, &sim->vms[1], 25 * SIM_MS);
	assert_int_equal(sim->metrics->drops, 2);
	assert_int_equal(sim->metrics->victim_drops, 1);
	assert_true(sim->metrics->hurt[0]);
	assert_false(sim->metrics->hurt[2]);
	finish(sim, NULL, NULL);
}

/* Busy for @share of the slot that ends at @ms, 10 us a packet. */
static void slot(struct sim *sim, uint64_t ms, double share)
{
	sim->now = ms * SIM_MS;
	sim->cpus[0].served += share * METRICS_SLOT / SIM_PACKET_NS + 0.5;
	metrics_slot(sim->metrics, sim);
}

/* Hot for 30 ms, then for 20 ms; exactly 95 % is not hot. */
static void longest_time_hot(void **unused)
{
	static const double shares[] = { 1, 0.96, 0.96, 0.95, 1, 1, 0.5 };
	struct sim *sim = two();
	uint32_t i;

	(void)unused;
	for (i = 0; i < 7; i++)
		slot(sim, 10 * (i + 1), shares[i]);
	assert_int_equal(sim->metrics->hot_longest, 30 * SIM_MS);
	finish(sim, NULL, NULL);
}

static void window(struct sim *sim, uint64_t ms, double first, double second)
{
	sim->now = ms * SIM_MS;
	sim->cpus[0].served += first * METRICS_WINDOW / SIM_PACKET_NS + 0.5;
	sim->cpus[1].served += second * METRICS_WINDOW / SIM_PACKET_NS + 0.5;
	metrics_window(sim->metrics, sim, 0, 0);
}

static void windows_are_hot_and_cpus_in_use(void **unused)
{
	struct sim *sim = two();

	(void)unused;
	window(sim, 100, 1, 0.5);
	window(sim, 200, 0.5, 0.96);
	window(sim, 300, 0.95, 0);
	window(sim, 400, 0, 0.01);
	assert_int_equal(sim->metrics->hot_ns, 200 * SIM_MS);
	assert_near(sim->metrics->used.sum / sim->metrics->used.nr, 5.0 / 4, CLOSE);
	finish(sim, NULL, NULL);
}

/*
 * VM 0 has 0.6 in two flows on CPU 0, VM 1 0.2 on CPU 1: the busiest has 0.6, at
 * best 0.4. The NIC is judged a second after the script, the partition five
 * seconds after any change.
 */
static void loads_over_bounds_when_settled(void **unused)
{
	struct sim *sim = sim_new(2, 2, 1, 1);
	struct metrics *metrics;

	(void)unused;
	give_flows(sim, 0, 0.6, 0, 2);
	give_flows(sim, 1, 0.2, 2, 1);
	sim_context_spread(sim, 0, 0, 2);
	sim_context_set(sim, 0, 1, 0);
	sim_context_set(sim, 0, 2, 1);
	sim->metrics = metrics_new(sim, 20 * SIM_SEC);
	metrics = sim->metrics;
	sim->now = 2 * SIM_SEC - METRICS_WINDOW;
	metrics_window(metrics, sim, SIM_SEC, 2 * SIM_SEC);
	assert_int_equal(metrics->over_nic.nr, 0);
	sim->now = 2 * SIM_SEC;
	metrics_window(metrics, sim, SIM_SEC, 2 * SIM_SEC);
	assert_near(metrics->busiest.sum, 0.6, CLOSE);
	/* Items of 0.3, 0.3, 0.2 on two CPUs: one has two. */
	assert_near(metrics->over_nic.sum, 0.6 / 0.5, CLOSE);
	sim->now = 7 * SIM_SEC - METRICS_WINDOW;
	metrics_window(metrics, sim, SIM_SEC, 2 * SIM_SEC);
	assert_int_equal(metrics->over_part.nr, 0);
	sim->now = 7 * SIM_SEC;
	metrics_window(metrics, sim, SIM_SEC, 2 * SIM_SEC);
	assert_int_equal(metrics->over_part.nr, 1);
	assert_near(metrics->over_part.sum, 0.6 / 0.5, CLOSE);
	finish(sim, NULL, NULL);
}

/* Too little to matter, and too much to be had. */
static void partition_is_judged_where_it_can_be_had(void **unused)
{
	static const double levels[] = { 0.29, 0.31, 0.99, 1.01 };
	uint32_t i;

	(void)unused;
	for (i = 0; i < 4; i++) {
		struct sim *sim = two();

		set_level(sim, 0, levels[i]);
		sim->now = 10 * SIM_SEC;
		metrics_window(sim->metrics, sim, 0, 0);
		assert_int_equal(sim->metrics->over_part.nr, i == 1 || i == 2);
		finish(sim, NULL, NULL);
	}
}

/* Both flows of a VM are on one CPU of two; what it could have at best is half of that. */
static void unevenness_is_judged_where_the_bound_is_low(void **unused)
{
	static const double levels[] = { 0.29, 0.31, 0.58 };
	uint32_t i;

	(void)unused;
	for (i = 0; i < 3; i++) {
		struct sim *sim = sim_new(1, 2, 1, 1);

		give_flows(sim, 0, levels[i], 0, 2);
		sim_context_spread(sim, 0, 0, 2);
		sim_context_set(sim, 0, 1, 0);
		sim->metrics = metrics_new(sim, 20 * SIM_SEC);
		sim->now = 10 * SIM_SEC;
		metrics_window(sim->metrics, sim, 0, 0);
		assert_int_equal(sim->metrics->over_part.nr, i > 0);
		if (i)
			assert_near(sim->metrics->over_part.sum, 2, CLOSE);
		finish(sim, NULL, NULL);
	}
}

/* Quiet: 2 CPUs, 1 after 300 ms; busy: 2 at the end; quiet: 2 to the end. */
static void phases(void **unused)
{
	static const struct { bool quiet; uint32_t cpus; } times[] = {
		{ true, 2 }, { true, 2 }, { true, 1 }, { true, 1 },
		{ false, 1 }, { false, 2 }, { true, 2 }, { true, 2 },
	};
	struct sim *sim = two();
	uint32_t i;

	(void)unused;
	for (i = 0; i < 8; i++) {
		sim_context_spread(sim, 0, 0, times[i].cpus);
		sim->now += METRICS_WINDOW;
		metrics_phase(sim->metrics, sim, times[i].quiet);
		if (i != 6)
			continue;
		assert_int_equal(sim->metrics->quiet_awake, 1);
		assert_int_equal(sim->metrics->quiet_ns, 300 * SIM_MS);
		assert_int_equal(sim->metrics->busy_awake, 2);
	}
	metrics_phase_end(sim->metrics);
	assert_int_equal(sim->metrics->quiet_awake, 2);
	finish(sim, NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles),
		cmocka_unit_test(drops_by_whose),
		cmocka_unit_test(longest_time_hot),
		cmocka_unit_test(windows_are_hot_and_cpus_in_use),
		cmocka_unit_test(loads_over_bounds_when_settled),
		cmocka_unit_test(partition_is_judged_where_it_can_be_had),
		cmocka_unit_test(unevenness_is_judged_where_the_bound_is_low),
		cmocka_unit_test(phases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
