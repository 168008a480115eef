// SPDX-License-Identifier: GPL-2.0-only
/* The adaptor of our policy: what the module would measure, and what its mover would do. */
#include <errno.h>
#include <string.h>

#include "bound.h"
#include "ours.h"
#include "workload.h"
#include "world.h"

static uint32_t queue_of(const struct sim *sim, uint32_t vm)
{
	return sim_queue_of(sim, &sim->vms[vm].flows[0]);
}

/* Thirty-two quiet VMs on eight queues. */
static struct sim *host(void)
{
	struct sim *sim = sim_new(32, 8, 1, 1);
	uint32_t i;

	for (i = 0; i < 32; i++)
		give_flows(sim, i, 0.05, 4 * i, SIM_ENTRIES);
	return sim;
}

static void *begin_with(struct sim *sim, const struct rsse_config *config)
{
	void *memory = balancer_ours.start(sim, config);

	sim->started = true;
	return memory;
}

static void isolates_a_flood(void **unused)
{
	struct sim *sim = host();
	void *memory = begin(sim, &balancer_ours);
	uint32_t queue, i;

	(void)unused;
	run_for(sim, &balancer_ours, memory, 2000);
	assert_int_equal(sim->moves, 0);
	set_level(sim, 0, 20);
	run_for(sim, &balancer_ours, memory, 151);
	queue = queue_of(sim, 0);
	for (i = 1; i < 32; i++)
		assert_int_not_equal(queue_of(sim, i), queue);
	finish(sim, &balancer_ours, memory);
}

static void goes_back_after_it(void **unused)
{
	struct sim *sim = host();
	void *memory = begin(sim, &balancer_ours);
	uint32_t i;

	(void)unused;
	set_level(sim, 0, 20);
	run_for(sim, &balancer_ours, memory, 1000);
	assert_int_not_equal(sim->vms[0].context, 0);
	set_level(sim, 0, 0.01);
	run_for(sim, &balancer_ours, memory, 15000);
	for (i = 0; i < 32; i++)
		assert_int_equal(sim->vms[i].context, 0);
	/* Two each change of its load, by the shared engine and back. */
	assert_in_range(sim->vm_moves[0], 2, 4);
	finish(sim, &balancer_ours, memory);
}

static void leaves_idle_alone(void **unused)
{
	struct sim *sim = sim_new(8, 4, 1, 1);
	uint32_t i;
	void *memory;

	(void)unused;
	for (i = 0; i < 8; i++)
		give_flows(sim, i, 0.001, 16 * i, 16);
	memory = begin(sim, &balancer_ours);
	run_for(sim, &balancer_ours, memory, 10000);
	assert_int_equal(sim->moves + sim->rewritten, 0);
	finish(sim, &balancer_ours, memory);
}

static void obeys_its_configuration(void **unused)
{
	struct rsse_config config = rsse_config_default;
	struct sim *sim = host();
	void *memory;

	(void)unused;
	config.hold_up_ms = 1000;
	memory = begin_with(sim, &config);
	set_level(sim, 0, 20);
	run_for(sim, &balancer_ours, memory, 900);
	assert_int_equal(sim->moves, 0);
	run_for(sim, &balancer_ours, memory, 300);
	assert_int_equal(sim->vm_moves[0], 1);
	finish(sim, &balancer_ours, memory);
}

/* Eight flows meet on one of the four default queues; no VM is worth an engine. */
static void rewrites_entries(void **unused)
{
	struct rsse_config config = rsse_config_default;
	struct sim *sim = sim_new(8, 8, 1, 1);
	void *memory;
	uint32_t vm;

	(void)unused;
	for (vm = 0; vm < 8; vm++)
		give_flows(sim, vm, 0.05, 4 * vm, 1);
	config.scale = RSS_ENGINE_SCALE_OFF;
	memory = begin_with(sim, &config);
	run_for(sim, &balancer_ours, memory, 100);
	assert_int_equal(queue_of(sim, 0), queue_of(sim, 7));
	for (vm = 0; vm < 8; vm++)
		set_level(sim, vm, 0.12);
	run_for(sim, &balancer_ours, memory, 2000);
	assert_true(bound_busiest(sim) < 0.8);
	assert_in_range(sim->rewritten, 1, 6);
	assert_int_equal(sim->moves, 0);
	finish(sim, &balancer_ours, memory);
}

/* Of 16 queues: so many serve the default engine, and the shared one. */
static void layout(uint32_t scale, uint32_t nr_default, uint32_t nr_shared)
{
	struct rsse_config config = rsse_config_default;
	struct sim *sim = sim_new(1, 16, 1, 1);
	struct ours *ours;

	give_flows(sim, 0, 0, 0, 1);
	config.scale = scale;
	ours = begin_with(sim, &config);
	assert_int_equal(ours->nr_engines, 2);
	assert_int_equal(ours->engines[0].nr_queues, nr_default);
	assert_int_equal(ours->engines[1].nr_queues, nr_shared);
	assert_int_equal(ours->engines[0].home, 8);
	assert_int_equal(ours->engines[1].home, 4);
	assert_int_equal(bound_awake(sim), nr_default);
	finish(sim, &balancer_ours, ours);
}

static void lays_out_as_rssctl_does(void **unused)
{
	(void)unused;
	layout(RSS_ENGINE_SCALE_OFF, 8, 4);
	layout(RSS_ENGINE_SCALE_SPREAD, 16, 0);
	layout(RSS_ENGINE_SCALE_PACK, 8, 0);
}

/* A quiet host comes to one queue, and a loaded one to all. */
static void packs_and_wakes(void **unused)
{
	struct rsse_config config = rsse_config_default;
	struct sim *sim = host();
	void *memory;
	uint32_t i;

	(void)unused;
	config.scale = RSS_ENGINE_SCALE_PACK;
	for (i = 0; i < 32; i++)
		set_level(sim, i, 0.002);
	memory = begin_with(sim, &config);
	run_for(sim, &balancer_ours, memory, 10000);
	assert_int_equal(bound_awake(sim), 1);
	for (i = 0; i < 32; i++)
		set_level(sim, i, 0.15);
	run_for(sim, &balancer_ours, memory, 2000);
	assert_int_equal(bound_awake(sim), 8);
	finish(sim, &balancer_ours, memory);
}

/* What is measured adds up to what was served. */
static void measures_what_was_served(void **unused)
{
	struct sim *sim = host();
	struct ours *ours = begin(sim, &balancer_ours);
	uint64_t queues = 0, vms = 0, workers = 0, served = 0;
	uint32_t i;

	(void)unused;
	run_for(sim, NULL, NULL, 100);
	ours_measure(ours, sim, 100 * SIM_MS);
	for (i = 0; i < 8; i++) {
		queues += ours->pol_queues[i].busy;
		served += sim->queues[i].served;
	}
	for (i = 0; i < 32; i++) {
		vms += ours->pol_vms[i].pnic_busy;
		workers += ours->pol_vms[i].vnic_total;
	}
	served = served * SIM_PACKET_NS / (100 * SIM_MS / 1000);
	/* Each of them is rounded down. */
	assert_in_range(queues, served - 8, served);
	assert_in_range(vms, served - 32, served);
	assert_in_range(workers, served / 2 - 40, served / 2);
	assert_in_range(ours->pol_engines[0].load, served / 8 - 1, served / 8);
	finish(sim, &balancer_ours, ours);
}

/* Of 1.5 ms of work half a millisecond is left for the next window. */
static void what_does_not_fit_is_left(void **unused)
{
	struct sim *sim = host();
	struct ours *ours = begin(sim, &balancer_ours);

	(void)unused;
	sim->queues[2].served += 150;
	ours_measure(ours, sim, SIM_MS);
	assert_int_equal(ours->pol_queues[2].busy, 1000);
	ours_measure(ours, sim, SIM_MS);
	assert_int_equal(ours->pol_queues[2].busy, 500);
	ours_measure(ours, sim, SIM_MS);
	assert_int_equal(ours->pol_queues[2].busy, 0);
	finish(sim, &balancer_ours, ours);
}

/* Each table leads to queues of its own engine, and each VM is on its engine's table. */
static void check_engines(const struct sim *sim, const struct ours *ours)
{
	uint32_t i, entry;

	for (i = 0; i < ours->nr_engines; i++)
		for (entry = 0; ours->engines[i].nr_queues && entry < SIM_ENTRIES; entry++)
			assert_int_equal(ours->owner[sim->contexts[ours->engines[i].context]
						     .table[entry]], ours->engines[i].id);
	for (i = 0; i < sim->nr_vms; i++) {
		const struct engine *engine = &ours->engines[ours->engine_of[i]];

		assert_int_equal(sim->vms[i].context, engine->context);
		assert_true(engine->nr_queues > 0);
	}
}

/* At every ms of scenarios in which VMs, queues and entries move, however queues do. */
static void no_queue_is_in_two_engines(uint32_t scale, const char *name)
{
	struct rsse_config config = rsse_config_default;
	const struct scenario *scenario = scenario_find(name);
	struct sim *sim = sim_new(scenario->vms, scenario->queues, 1, 2);
	struct workload *load = workload_new(scenario, sim, 3);
	struct ours *ours;

	config.scale = scale;
	ours = begin_with(sim, &config);
	while (sim->now < 12 * SIM_SEC) {
		workload_step(load);
		balancer_ours.step(ours, sim);
		sim_step(sim);
		check_engines(sim, ours);
	}
	assert_true(sim->moves > 0);
	balancer_ours.stop(ours);
	workload_free(load);
	sim_free(sim);
}

static void engines_are_apart(void **unused)
{
	(void)unused;
	no_queue_is_in_two_engines(RSS_ENGINE_SCALE_OFF, "noisy-many");
	no_queue_is_in_two_engines(RSS_ENGINE_SCALE_SPREAD, "noisy-two");
	no_queue_is_in_two_engines(RSS_ENGINE_SCALE_PACK, "noisy-bursts");
}

/* A move that waited too long is refused, and leaves the VM where it is. */
static void old_plans_are_refused(void **unused)
{
	struct sim *sim = host();
	struct ours *ours = begin(sim, &balancer_ours);
	const struct rsse_pol_move move = {
		.id = 1, .from_state = RSS_ENGINE_STATE_NONE, .from_engine = 0,
		.to_state = RSS_ENGINE_STATE_DEDICATED, .to_engine = RSSE_ENGINE_NEW,
		.queues = 1, .reason = RSS_ENGINE_REASON_ENGINE_FULL,
	};

	(void)unused;
	ours->plan.nr_moves = 1;
	ours->plan.moves[0] = move;
	ours->plan.next_period_ns = 20 * SIM_MS;
	ours_hand_over(ours, 0);
	ours->act_ns = 50 * SIM_MS;
	sim->now = 50 * SIM_MS;
	ours_act(ours, sim);
	assert_int_equal(sim->moves, 0);
	assert_int_equal(ours->snap.nr_outcomes, 1);
	assert_int_equal(ours->outcomes[0].error, ETIME);

	ours_hand_over(ours, 60 * SIM_MS);
	sim->now = 61 * SIM_MS;
	ours_act(ours, sim);
	assert_int_equal(sim->moves, 1);
	assert_int_equal(ours->outcomes[1].error, 0);
	check_engines(sim, ours);
	finish(sim, &balancer_ours, ours);
}

/* An engine with VMs is not left without a queue. */
static void nobody_is_stranded(void **unused)
{
	const struct why why = { 0 };
	struct sim *sim = host();
	struct ours *ours = begin(sim, &balancer_ours);
	uint32_t to[SIM_QUEUES], i;

	(void)unused;
	memcpy(to, ours->owner, sizeof(to));
	for (i = 0; i < 8; i++)
		to[i] = 1;
	assert_int_not_equal(ours_give(ours, sim, to, &why), 0);
	assert_int_equal(ours->engines[0].nr_queues, 8);
	to[3] = 0;
	assert_int_equal(ours_give(ours, sim, to, &why), 0);
	assert_int_equal(ours->engines[0].nr_queues, 1);
	assert_int_equal(ours->engines[1].nr_queues, 7);
	check_engines(sim, ours);
	finish(sim, &balancer_ours, ours);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(isolates_a_flood),
		cmocka_unit_test(goes_back_after_it),
		cmocka_unit_test(leaves_idle_alone),
		cmocka_unit_test(obeys_its_configuration),
		cmocka_unit_test(rewrites_entries),
		cmocka_unit_test(lays_out_as_rssctl_does),
		cmocka_unit_test(packs_and_wakes),
		cmocka_unit_test(measures_what_was_served),
		cmocka_unit_test(what_does_not_fit_is_left),
		cmocka_unit_test(engines_are_apart),
		cmocka_unit_test(old_plans_are_refused),
		cmocka_unit_test(nobody_is_stranded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
