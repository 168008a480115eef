// SPDX-License-Identifier: GPL-2.0-only
/* The scenarios bring the load that they promise, the same under every policy. */
#include <string.h>

#include "workload.h"
#include "world.h"

#define CLOSE	0.000001

struct world {
	struct sim *sim;
	struct workload *load;
};

static struct world make(const struct scenario *scenario, uint64_t arrivals, uint64_t seed)
{
	struct world w = { .sim = sim_new(scenario->vms, scenario->queues, 1, arrivals) };

	w.load = workload_new(scenario, w.sim, seed);
	return w;
}

static void drop(struct world *w)
{
	workload_free(w->load);
	sim_free(w->sim);
}

static double total(const struct sim *sim)
{
	double sum = 0;
	uint32_t vm, i;

	for (vm = 0; vm < sim->nr_vms; vm++)
		for (i = 0; i < sim->vms[vm].nr_flows; i++)
			sum += sim->vms[vm].level * sim->vms[vm].flows[i].share;
	return sum;
}

/* Looked at every 10 ms, much less than the length of a burst. */
static double mean_total(struct world *w, uint64_t until_ms)
{
	uint64_t ms, n = 0;
	double sum = 0;

	for (ms = 0; ms < until_ms; ms += 10) {
		w->sim->now = ms * SIM_MS;
		workload_step(w->load);
		sum += total(w->sim);
		n++;
	}
	return sum / n;
}

/*
 * Before anything happens; steady loads at once, others over 200 s, of which
 * heavy tails still leave something to chance.
 */
static void load_is_as_promised(void **unused)
{
	const char *const names[] = { "noisy", "onoff", "elephants", "diurnal", "idle" };
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct scenario calm = *scenario_find(names[i]);
		bool steady = calm.pattern == PATTERN_STEADY;
		struct world w;
		double mean;

		memset(calm.events, 0, sizeof(calm.events));
		w = make(&calm, 1, 3);
		mean = mean_total(&w, steady ? 10 : 200000);
		assert_near(mean, calm.load * calm.queues, steady ? 0.001 : 0.05);
		drop(&w);
	}
}

static void arrivals_do_not_change_the_load(void **unused)
{
	const struct scenario *s = scenario_find("onoff");
	struct world a = make(s, 1, 5), b = make(s, 2, 5), c = make(s, 1, 6);
	bool differs = false;
	uint64_t ms;
	uint32_t i;

	(void)unused;
	for (ms = 0; ms < 3000; ms++) {
		a.sim->now = ms * SIM_MS;
		b.sim->now = a.sim->now;
		c.sim->now = a.sim->now;
		workload_step(a.load);
		workload_step(b.load);
		workload_step(c.load);
		for (i = 0; i < s->vms; i++) {
			assert_true(a.sim->vms[i].level == b.sim->vms[i].level);
			differs |= a.sim->vms[i].level != c.sim->vms[i].level;
		}
	}
	assert_true(differs);
	drop(&a);
	drop(&b);
	drop(&c);
}

static void flood_comes_and_goes(void **unused)
{
	struct world w = make(scenario_find("noisy"), 1, 1);
	double calm = w.sim->vms[0].level;

	(void)unused;
	assert_true(w.sim->vms[0].aggressor);
	assert_false(w.sim->vms[1].aggressor);
	assert_int_equal(w.sim->vms[0].nr_flows, 1024);
	w.sim->now = 4000 * SIM_MS;
	workload_step(w.load);
	assert_true(w.sim->vms[0].level == 24);
	assert_int_equal(workload_changed(w.load), 4000 * SIM_MS);
	w.sim->now = 24000 * SIM_MS;
	workload_step(w.load);
	assert_true(w.sim->vms[0].level == calm);
	assert_int_equal(workload_changed(w.load), 24000 * SIM_MS);
	drop(&w);
}

static void storm_is_staggered_and_harmless(void **unused)
{
	struct world w = make(scenario_find("boot-storm"), 1, 1);
	uint32_t i, booting = 0;

	(void)unused;
	w.sim->now = 4120 * SIM_MS;
	workload_step(w.load);
	for (i = 0; i < w.sim->nr_vms; i++) {
		booting += w.sim->vms[i].level == 0.5;
		assert_false(w.sim->vms[i].aggressor);
	}
	assert_int_equal(booting, 3);
	drop(&w);
}

/* A flow that comes back is another one; one that goes on stays what it is. */
static void flows_are_renewed(void **unused)
{
	struct world w = make(scenario_find("elephants"), 1, 1);
	uint32_t before[64], changed = 0, i;

	(void)unused;
	for (i = 0; i < 64; i++)
		before[i] = w.sim->vms[i].flows[0].entry;
	w.sim->now = SIM_MS;
	workload_step(w.load);
	for (i = 0; i < 64; i++)
		changed += w.sim->vms[i].flows[0].entry != before[i];
	assert_true(changed < 8);
	mean_total(&w, 10000);
	for (i = 0, changed = 0; i < 64; i++)
		changed += w.sim->vms[i].flows[0].entry != before[i];
	assert_true(changed > 48);
	drop(&w);
}

/* That it begins, a flood's begin and its end; what only wavers does not count. */
static void changes_are_counted(void **unused)
{
	struct world w = make(scenario_find("noisy"), 1, 1);

	(void)unused;
	assert_int_equal(workload_changes(w.load, 0), 1);
	for (; w.sim->now < 30 * SIM_SEC; w.sim->now += SIM_MS)
		workload_step(w.load);
	assert_int_equal(workload_changes(w.load, 0), 3);
	assert_int_equal(workload_changes(w.load, 1), 1);
	drop(&w);

	w = make(scenario_find("onoff"), 1, 1);
	for (; w.sim->now < 10 * SIM_SEC; w.sim->now += SIM_MS)
		workload_step(w.load);
	assert_true(workload_changes(w.load, 0) > 3);
	drop(&w);
}

/* Lengths of bursts that end within 200 s, by VM; returns how many. */
static uint32_t measure_bursts(struct world *w, uint32_t vm, double longer, uint32_t *tail)
{
	uint64_t since = 0;
	uint32_t nr = 0;

	for (w->sim->now = 0; w->sim->now < 200 * SIM_SEC; w->sim->now += 10 * SIM_MS) {
		double before = w->sim->vms[vm].level;

		workload_step(w->load);
		if (w->sim->vms[vm].level > 0 && before <= 0)
			since = w->sim->now;
		if (w->sim->vms[vm].level > 0 || before <= 0)
			continue;
		nr++;
		*tail += w->sim->now - since > longer;
	}
	return nr;
}

/*
 * One burst in 147 is ten times as long as the mean and more, with a Pareto tail of
 * shape 1.4 that is cut off at a hundred times; were they exponential, one in 22,026.
 */
static void bursts_have_heavy_tails(void **unused)
{
	struct scenario scenario = *scenario_find("onoff");
	uint32_t nr = 0, tail = 0, seed;

	(void)unused;
	scenario.vms = 4;
	for (seed = 1; seed <= 12; seed++) {
		struct world w = make(&scenario, 1, seed);

		nr += measure_bursts(&w, seed % 4, 4000.0 * SIM_MS, &tail);
		drop(&w);
	}
	assert_in_range(nr, 2400, 3600);
	assert_in_range(tail, nr / 300, nr / 75);
}

/* Zipf: of 32 flows the first has 1/H(32), of 64 VMs the heaviest 1/H(64). */
static void elephants_and_mice(void **unused)
{
	struct world w = make(scenario_find("elephants"), 1, 1);
	double most = 0, sum = 0;
	uint32_t i;

	(void)unused;
	for (i = 0; i < 64; i++) {
		double level = w.sim->vms[i].level;

		sum += level;
		most = level > most ? level : most;
	}
	assert_near(most / sum, 0.2108, 0.001);
	drop(&w);

	w = make(scenario_find("onoff"), 1, 1);
	assert_near(w.sim->vms[3].flows[0].share, 0.2464, 0.001);
	assert_near(w.sim->vms[3].flows[31].share, 0.2464 / 32, 0.001);
	drop(&w);
	/* Packets of a flood look all alike. */
	w = make(scenario_find("noisy"), 1, 1);
	assert_near(w.sim->vms[0].flows[1023].share, 1.0 / 1024, CLOSE);
	drop(&w);
}

/* At the height of the day even VMs have 180 % of their mean, and odd ones 20 %. */
static void half_of_the_vms_sleep(void **unused)
{
	struct scenario scenario = *scenario_find("diurnal");
	struct world w;
	uint32_t i;

	(void)unused;
	scenario.skew = 0;
	w = make(&scenario, 1, 1);
	w.sim->now = 5 * SIM_SEC;
	workload_step(w.load);
	for (i = 0; i < 64; i++)
		assert_near(w.sim->vms[i].level, 0.45 * 16 / 64 * (i % 2 ? 0.2 : 1.8), CLOSE);
	w.sim->now = 15 * SIM_SEC;
	workload_step(w.load);
	assert_near(w.sim->vms[0].level, 0.45 * 16 / 64 * 0.2, CLOSE);
	drop(&w);
}

/* All VMs wake at once, and sleep again; nobody floods anybody. */
static void quiet_and_loaded_phases(void **unused)
{
	struct world w = make(scenario_find("wake-up"), 1, 1);

	(void)unused;
	assert_near(total(w.sim), 0.16, CLOSE);
	assert_true(workload_is_quiet(w.load));
	w.sim->now = 10 * SIM_SEC;
	workload_step(w.load);
	assert_near(total(w.sim), 0.6 * 16, CLOSE);
	assert_false(workload_is_quiet(w.load));
	assert_false(w.sim->vms[0].aggressor);
	assert_int_equal(workload_scripted(w.load), 10 * SIM_SEC);
	w.sim->now = 20 * SIM_SEC;
	workload_step(w.load);
	assert_true(workload_is_quiet(w.load));
	drop(&w);
}

static void main_scenarios_have_four_vms_a_queue(void **unused)
{
	const struct scenario *s;

	(void)unused;
	for (s = scenarios; s->name; s++) {
		assert_true(s->vms >= 4 * s->queues);
		if (!strncmp(s->name, "noisy", 5))
			assert_true(s->events[0].end_ms - s->events[0].start_ms >= 20000);
	}
	assert_null(scenario_find("no-such"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(load_is_as_promised),
		cmocka_unit_test(arrivals_do_not_change_the_load),
		cmocka_unit_test(flood_comes_and_goes),
		cmocka_unit_test(storm_is_staggered_and_harmless),
		cmocka_unit_test(flows_are_renewed),
		cmocka_unit_test(changes_are_counted),
		cmocka_unit_test(bursts_have_heavy_tails),
		cmocka_unit_test(elephants_and_mice),
		cmocka_unit_test(half_of_the_vms_sleep),
		cmocka_unit_test(quiet_and_loaded_phases),
		cmocka_unit_test(main_scenarios_have_four_vms_a_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
