// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "metrics.h"
#include "moves.h"
#include "run.h"
#include "util.h"

const struct balancer *const balancers[] = {
	&balancer_ours,
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

/* Note since when the VMs of a flood are all alone; who joins them undoes it. */
static void note_alone(const struct sim *sim, const struct scenario *scenario, uint64_t *alone)
{
	uint32_t i, vm;

	for (i = 0; i < SCENARIO_EVENTS; i++) {
		const struct event *event = &scenario->events[i];
		bool all = true;

		if (!is_flood(scenario, event) || sim->now < event->start_ms * SIM_MS ||
		    sim->now >= event->end_ms * SIM_MS)
			continue;
		for (vm = event->first; all && vm < event->first + event->nr; vm++)
			all = vm >= sim->nr_vms || is_alone(sim, vm);
		if (!all)
			alone[i] = METRICS_NEVER;
		else if (alone[i] == METRICS_NEVER)
			alone[i] = sim->now - event->start_ms * SIM_MS;
	}
}

/* Summing up */

static void raise(uint64_t *most, uint64_t value)
{
	if (value > *most)
		*most = value;
}

static void sum_up_floods(const struct scenario *scenario, const struct metrics *metrics,
			  const uint64_t *alone, struct result *result)
{
	uint32_t i;

	for (i = 0; i < SCENARIO_EVENTS; i++) {
		const struct event *event = &scenario->events[i];
		uint64_t start = event->start_ms * SIM_MS, end = event->end_ms * SIM_MS;

		if (!is_flood(scenario, event))
			continue;
		if (end > scenario->seconds * SIM_SEC)
			end = scenario->seconds * SIM_SEC;
		result->floods++;
		raise(&result->reaction, metrics_recovery(metrics, start, end));
		raise(&result->alone, alone[i]);
		raise(&result->flood_ns, end - start);
		if (event->nr > result->crowd)
			result->crowd = event->nr;
	}
}

static void sum_up_moves(const struct sim *sim, const struct moves_vm *moves,
			 struct result *result)
{
	uint32_t i;

	result->moves = sim->moves;
	result->rewritten = sim->rewritten;
	for (i = 0; i < sim->nr_vms; i++) {
		if (sim->vm_moves[i] > result->most_moves)
			result->most_moves = sim->vm_moves[i];
		if (moves[i].most > result->per_change)
			result->per_change = moves[i].most;
	}
}

static void sum_up_packets(const struct metrics *metrics, struct result *result)
{
	result->p50 = hist_quantile(&metrics->victims, 500);
	result->p99 = hist_quantile(&metrics->victims, 990);
	result->p999 = hist_quantile(&metrics->victims, 999);
	result->all_p50 = hist_quantile(&metrics->all, 500);
	result->all_p99 = hist_quantile(&metrics->all, 990);
	result->all_p999 = hist_quantile(&metrics->all, 999);
	result->packets = metrics->all.count + metrics->drops;
	result->drops = metrics->drops;
	result->victim_packets = metrics->victims.count;
	result->victim_drops = metrics->victim_drops;
}

static double mean(const struct mean *mean)
{
	return mean->nr ? mean->sum / mean->nr : 0;
}

static void sum_up_loads(const struct scenario *scenario, const struct metrics *metrics,
			 struct result *result)
{
	result->hot_ns = metrics->hot_ns;
	result->hot_longest = metrics->hot_longest;
	result->busiest = mean(&metrics->busiest);
	result->over_nic = mean(&metrics->over_nic);
	result->judged = metrics->over_part.nr;
	result->over_part = mean(&metrics->over_part);
	result->cpus = mean(&metrics->used);
	result->phases = scenario->phases;
	result->quiet_awake = metrics->quiet_awake;
	result->quiet_ns = metrics->quiet_ns;
	result->busy_awake = metrics->busy_awake;
}

/* Running */

/* The scenario's clock begins with the warm-up. */
static struct scenario put_off(const struct scenario *scenario)
{
	struct scenario later = *scenario;
	uint32_t i;

	later.seconds += RUN_WARM_UP_MS / 1000;
	later.begin = RUN_WARM_UP_MS * SIM_MS;
	for (i = 0; i < SCENARIO_EVENTS; i++) {
		later.events[i].start_ms += RUN_WARM_UP_MS;
		later.events[i].end_ms += RUN_WARM_UP_MS;
	}
	return later;
}

/* @moves: NULL before the scenario begins */
static void step(struct sim *sim, struct workload *load, struct moves_vm *moves,
		 const struct balancer *balancer, void *memory)
{
	workload_step(load);
	if (moves)
		moves_step(moves, sim, load);
	if (balancer->step)
		balancer->step(memory, sim);
	sim_step(sim);
}

static void begin(struct sim *sim, struct metrics *metrics)
{
	sim->metrics = metrics;
	sim->started = true;
}

static void look(const struct sim *sim, const struct scenario *scenario,
		 const struct workload *load, struct metrics *metrics)
{
	if (!(sim->now % METRICS_SLOT))
		metrics_slot(metrics, sim);
	if (sim->now % METRICS_WINDOW)
		return;
	metrics_window(metrics, sim, workload_scripted(load), workload_changed(load));
	if (scenario->phases)
		metrics_phase(metrics, sim, workload_is_quiet(load));
}

/* The load is seeded apart from the arrivals: every policy sees the same one. */
void run(const struct scenario *scenario, const struct balancer *balancer,
	 const struct setting *setting, struct result *result)
{
	const struct scenario later = put_off(scenario);
	struct sim *sim = sim_new(later.vms, later.queues, balancer->queues_per_cpu,
				  2 * setting->seed);
	struct workload *load = workload_new(&later, sim, 2 * setting->seed + 1);
	uint64_t end = later.seconds * SIM_SEC, alone[SCENARIO_EVENTS];
	struct moves_vm *moves;
	struct metrics *metrics;
	void *memory;

	sim->begin = later.begin;
	sim->log = setting->log;
	memory = balancer->start(sim, setting->config);
	while (sim->now < sim->begin)
		step(sim, load, NULL, balancer, memory);
	metrics = metrics_new(sim, end);
	begin(sim, metrics);
	moves = moves_new(sim, load);
	memset(alone, 0xff, sizeof(alone));
	while (sim->now < end) {
		step(sim, load, moves, balancer, memory);
		note_alone(sim, &later, alone);
		look(sim, &later, load, metrics);
	}
	metrics_phase_end(metrics);
	moves_step(moves, sim, load);

	*result = (struct result){ 0 };
	sum_up_packets(metrics, result);
	sum_up_loads(&later, metrics, result);
	sum_up_moves(sim, moves, result);
	sum_up_floods(&later, metrics, alone, result);

	if (balancer->stop)
		balancer->stop(memory);
	free(moves);
	metrics_free(metrics);
	workload_free(load);
	sim_free(sim);
}
