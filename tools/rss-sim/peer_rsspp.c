// SPDX-License-Identifier: GPL-2.0-only
/*
 * RSS++ (Barbette, Katsikas, Maguire, Kostic: RSS++, load and state-aware receive
 * side scaling, 2019), with the defaults of its authors' program: every 100 ms
 * the load of an entry is that of its core times the entry's share of the
 * packets; cores more than 2 % off the mean take part, except those that
 * received entries in the round before, and cores whose load is one entry.
 * rsspp_solve() chooses the entries that move.
 */
#include <math.h>
#include <string.h>

#include "policy_if.h"
#include "rsspp_solve.h"
#include "util.h"

#define TICK		(100 * SIM_MS)
#define DEAD_BAND	0.02

/**
 * struct rsspp - memory of the balancer
 * @next: next round
 * @served: packets of each entry at the round before
 * @core_served: packets of each core at the round before
 * @received: the core received entries in the round before
 */
struct rsspp {
	uint64_t next;
	uint64_t served[SIM_ENTRIES];
	uint64_t core_served[SIM_QUEUES];
	bool received[SIM_QUEUES];
};

static void *start(struct sim *sim, const struct rsse_config *config)
{
	struct rsspp *rsspp = zalloc(sizeof(*rsspp));

	(void)config;
	sim_context_spread(sim, 0, 0, sim->nr_queues);
	rsspp->next = TICK;
	return rsspp;
}

/* Packets of each entry since the last round, whatever queue they were on. */
static void count_entries(struct rsspp *rsspp, const struct sim *sim, uint64_t *packets)
{
	uint32_t entry, i;

	for (entry = 0; entry < SIM_ENTRIES; entry++) {
		uint64_t served = 0;

		for (i = 0; i < sim->nr_queues; i++)
			served += sim->queues[i].entry_served[entry];
		packets[entry] = served - rsspp->served[entry];
		rsspp->served[entry] = served;
	}
}

/* How much each core lacks to the mean; below 0: has too much. */
static void measure(struct rsspp *rsspp, const struct sim *sim, double *load, double *lack)
{
	double mean = 0;
	uint32_t i;

	for (i = 0; i < sim->nr_cpus; i++) {
		uint64_t served = sim->cpus[i].served - rsspp->core_served[i];

		load[i] = (double)(served * SIM_PACKET_NS) / TICK;
		rsspp->core_served[i] = sim->cpus[i].served;
		mean += load[i] / sim->nr_cpus;
	}
	for (i = 0; i < sim->nr_cpus; i++) {
		lack[i] = rsspp->received[i] ? 0 : mean - load[i];
		rsspp->received[i] = false;
	}
}

static void fill_problem(struct rsspp *rsspp, const struct sim *sim, struct rsspp_problem *problem)
{
	const uint32_t *table = sim->contexts[0].table;
	uint64_t packets[SIM_ENTRIES], sum[SIM_QUEUES] = { 0 };
	uint32_t used[SIM_QUEUES] = { 0 }, i;
	double load[SIM_QUEUES], lack[SIM_QUEUES];

	count_entries(rsspp, sim, packets);
	measure(rsspp, sim, load, lack);
	for (i = 0; i < SIM_ENTRIES; i++) {
		sum[table[i]] += packets[i];
		used[table[i]] += packets[i] > 0;
	}
	for (i = 0; i < sim->nr_cpus; i++) {
		problem->lack[i] = lack[i] > DEAD_BAND ? lack[i] : 0;
		problem->excess[i] = lack[i] < -DEAD_BAND && used[i] > 1 ? -lack[i] : 0;
	}
	for (i = 0; i < SIM_ENTRIES; i++) {
		problem->from[i] = table[i];
		problem->load[i] = sum[table[i]] ?
			load[table[i]] * packets[i] / sum[table[i]] : 0;
	}
}

static void step(void *memory, struct sim *sim)
{
	struct rsspp *rsspp = memory;
	struct rsspp_problem problem = { .nr_cores = sim->nr_cpus };
	uint32_t i;

	if (sim->now < rsspp->next)
		return;
	rsspp->next = sim->now + TICK;
	fill_problem(rsspp, sim, &problem);
	rsspp_solve(&problem);
	for (i = 0; i < SIM_ENTRIES; i++) {
		if (problem.to[i] == RSSPP_STAYS)
			continue;
		rsspp->received[problem.to[i]] = true;
		sim_context_set(sim, 0, i, problem.to[i]);
	}
}

const struct balancer balancer_rsspp = {
	.name = "rss++",
	.about = "RSS++: entries over queues, balanced every 100 ms",
	.queues_per_cpu = 1,
	.start = start,
	.step = step,
	.stop = free,
};
