// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "metrics.h"
#include "run.h"
#include "util.h"

const struct balancer *const balancers[] = {
	&balancer_ours,
	&balancer_ours_entries,
	&balancer_rss,
	&balancer_vmq,
	&balancer_netqueue,
	&balancer_ovs,
	&balancer_rsspp,
	NULL
};

const struct balancer *balancer_find(const char *name)
{
	const struct balancer *const *balancer;

	for (balancer = balancers; *balancer; balancer++)
		if (!strcmp((*balancer)->name, name))
			return *balancer;
	return NULL;
}

/* No queue has packets of @vm and of another one. */
static bool is_alone(const struct sim *sim, uint32_t vm)
{
	bool his[SIM_QUEUES] = { false };
	uint32_t other, i;

	for (i = 0; i < sim->vms[vm].nr_flows; i++)
		his[sim_queue_of(sim, &sim->vms[vm].flows[i])] = true;
	for (other = 0; other < sim->nr_vms; other++)
		for (i = 0; other != vm && i < sim->vms[other].nr_flows; i++)
			if (his[sim_queue_of(sim, &sim->vms[other].flows[i])])
				return false;
	return true;
}

static bool is_flood(const struct scenario *scenario, const struct event *event)
{
	return event->nr && !event->harmless &&
	       event->start_ms < scenario->seconds * 1000ULL;
}

/* Note since when the VMs of a flood are all alone. */
static void note_alone(const struct sim *sim, const struct scenario *scenario, uint64_t *alone)
{
	uint32_t i, vm;

	for (i = 0; i < SCENARIO_EVENTS; i++) {
		const struct event *event = &scenario->events[i];
		bool all = true;

		if (alone[i] != METRICS_NEVER || !is_flood(scenario, event) ||
		    sim->now < event->start_ms * SIM_MS || sim->now >= event->end_ms * SIM_MS)
			continue;
		for (vm = event->first; all && vm < event->first + event->nr; vm++)
			all = vm >= sim->nr_vms || is_alone(sim, vm);
		if (all)
			alone[i] = sim->now - event->start_ms * SIM_MS;
	}
}

static void sum_up_floods(const struct scenario *scenario, const struct metrics *metrics,
			  const uint64_t *alone, struct result *result)
{
	uint64_t length = scenario->seconds * SIM_SEC;
	uint32_t i;

	for (i = 0; i < SCENARIO_EVENTS; i++) {
		const struct event *event = &scenario->events[i];
		uint64_t end = event->end_ms * SIM_MS, reaction;

		if (!is_flood(scenario, event))
			continue;
		reaction = metrics_recovery(metrics, event->start_ms * SIM_MS,
					    end < length ? end : length);
		result->floods++;
		if (reaction > result->reaction)
			result->reaction = reaction;
		if (alone[i] > result->alone)
			result->alone = alone[i];
	}
}

static void sum_up_moves(const struct sim *sim, const struct workload *load,
			 struct result *result)
{
	uint32_t i;

	result->moves = sim->moves;
	for (i = 0; i < sim->nr_vms; i++) {
		double per_change = (double)sim->vm_moves[i] / workload_changes(load, i);

		if (sim->vm_moves[i] > result->most_moves)
			result->most_moves = sim->vm_moves[i];
		if (per_change > result->per_change)
			result->per_change = per_change;
	}
}

static void sum_up(const struct sim *sim, const struct metrics *metrics, struct result *result)
{
	double settled = metrics->settled ? metrics->settled : 1;
	uint32_t i;

	result->p50 = hist_quantile(&metrics->victims, 500);
	result->p99 = hist_quantile(&metrics->victims, 990);
	result->p999 = hist_quantile(&metrics->victims, 999);
	result->all_p50 = hist_quantile(&metrics->all, 500);
	result->all_p99 = hist_quantile(&metrics->all, 990);
	result->all_p999 = hist_quantile(&metrics->all, 999);
	result->drops = metrics->drops;
	result->victim_packets = metrics->victims.count;
	result->victim_drops = metrics->victim_drops;
	result->hot_ns = metrics->hot_ns;
	result->busiest = metrics->busiest / settled;
	result->over_nic = metrics->over_nic / settled;
	result->over_engines = metrics->over_engines / settled;
	result->rewritten = sim->rewritten;
	result->cpus = metrics->windows ? (double)metrics->used / metrics->windows : 0;
	for (i = 0; i < sim->nr_queues; i++)
		result->packets += sim->queues[i].offered;
}

/* The load is seeded apart from the arrivals: every policy sees the same one. */
void run(const struct scenario *scenario, const struct balancer *balancer,
	 const struct rsse_config *config, uint64_t seed, struct result *result)
{
	struct sim *sim = sim_new(scenario->vms, scenario->queues, balancer->queues_per_cpu,
				  2 * seed);
	struct workload *load = workload_new(scenario, sim, 2 * seed + 1);
	struct metrics *metrics = metrics_new(sim, scenario->seconds * SIM_SEC);
	void *memory = balancer->start(sim, config);
	uint64_t alone[SCENARIO_EVENTS];

	memset(alone, 0xff, sizeof(alone));
	*result = (struct result){ 0 };
	sim->metrics = metrics;
	sim->started = true;
	while (sim->now < scenario->seconds * SIM_SEC) {
		workload_step(load);
		if (balancer->step)
			balancer->step(memory, sim);
		sim_step(sim);
		note_alone(sim, scenario, alone);
		if (!(sim->now % METRICS_WINDOW))
			metrics_window(metrics, sim, workload_changed(load));
	}
	sum_up(sim, metrics, result);
	sum_up_moves(sim, load, result);
	sum_up_floods(scenario, metrics, alone, result);

	if (balancer->stop)
		balancer->stop(memory);
	metrics_free(metrics);
	workload_free(load);
	sim_free(sim);
}
