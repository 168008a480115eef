// SPDX-License-Identifier: GPL-2.0-only
/* The scenarios bring the load that they promise, the same under every policy. */
#include <string.h>

#include "workload.h"
#include "world.h"

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
		cmocka_unit_test(main_scenarios_have_four_vms_a_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
