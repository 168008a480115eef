// SPDX-License-Identifier: GPL-2.0-only
/*
 * The PMD auto load balance of Open vSwitch with DPDK, as its pmd.rst describes
 * it: a core that was above 95 % at each of six checks, 10 s apart, starts a dry
 * run of the assignment "cycles" (queues by falling load, dealt to the cores up
 * and down in turns); when that improves the variance of the cores' loads by 25 %
 * or more, all queues are assigned so. At least a minute lies between two.
 *
 * What moves is a whole receive queue, from core to core, so each core has four
 * of them; RSS spreads the packets over all. Loads of queues are those of the
 * last minute, as there.
 */
#include <string.h>

#include "policy_if.h"
#include "util.h"

#define CHECK		(10 * SIM_SEC)
#define CHECKS		6
#define OVERLOADED	0.95
#define IMPROVEMENT	0.25

/**
 * struct ovs - memory of the balancer
 * @next: the next check
 * @above: checks in a row at which a core was overloaded
 * @checks: checks so far
 * @core_served: of each core, at the latest check
 * @served: of each queue, at each of the latest checks
 */
struct ovs {
	uint64_t next;
	uint32_t above[SIM_QUEUES];
	uint32_t checks;
	uint64_t core_served[SIM_QUEUES];
	uint64_t served[CHECKS + 1][SIM_QUEUES];
};

struct rxq {
	uint32_t queue;
	double load;
};

static void *start(struct sim *sim, const struct rsse_config *config)
{
	struct ovs *ovs = zalloc(sizeof(*ovs));

	(void)config;
	sim_context_spread(sim, 0, 0, sim->nr_queues);
	ovs->next = CHECK;
	return ovs;
}

static int by_falling_load(const void *a, const void *b)
{
	const struct rxq *x = a, *y = b;

	if (x->load != y->load)
		return x->load > y->load ? -1 : 1;
	return x->queue < y->queue ? -1 : 1;
}

static void load_queues(const struct ovs *ovs, const struct sim *sim, struct rxq *rxqs)
{
	const uint64_t *then = ovs->served[(ovs->checks + 1) % (CHECKS + 1)];
	uint32_t i;

	for (i = 0; i < sim->nr_queues; i++) {
		uint64_t served = sim->queues[i].served - then[i];

		rxqs[i] = (struct rxq){ i, (double)(served * SIM_PACKET_NS) / (CHECKS * CHECK) };
	}
	qsort(rxqs, sim->nr_queues, sizeof(*rxqs), by_falling_load);
}

/* Up and down over the cores: 0 1 2 2 1 0 0 1 2 ... */
static uint32_t core_in_turn(uint32_t place, uint32_t nr)
{
	uint32_t i = place % (2 * nr);

	return i < nr ? i : 2 * nr - 1 - i;
}

static double variance(const double *loads, uint32_t nr)
{
	double mean = 0, sum = 0;
	uint32_t i;

	for (i = 0; i < nr; i++)
		mean += loads[i] / nr;
	for (i = 0; i < nr; i++)
		sum += (loads[i] - mean) * (loads[i] - mean);
	return sum / nr;
}

static bool dry_run(const struct sim *sim, const struct rxq *rxqs)
{
	double now[SIM_QUEUES] = { 0 }, then[SIM_QUEUES] = { 0 }, before;
	uint32_t i;

	for (i = 0; i < sim->nr_queues; i++) {
		now[sim->queues[rxqs[i].queue].cpu] += rxqs[i].load;
		then[core_in_turn(i, sim->nr_cpus)] += rxqs[i].load;
	}
	before = variance(now, sim->nr_cpus);
	return before > 0 &&
	       (before - variance(then, sim->nr_cpus)) / before >= IMPROVEMENT;
}

static void rebalance(struct ovs *ovs, struct sim *sim)
{
	struct rxq *rxqs = zalloc(sim->nr_queues * sizeof(*rxqs));
	uint32_t i;

	load_queues(ovs, sim, rxqs);
	if (dry_run(sim, rxqs))
		for (i = 0; i < sim->nr_queues; i++)
			sim_queue_set_cpu(sim, rxqs[i].queue, core_in_turn(i, sim->nr_cpus));
	free(rxqs);
}

/* True when a core was overloaded at each of the latest checks. */
static bool check(struct ovs *ovs, const struct sim *sim)
{
	bool overloaded = false;
	uint32_t i;

	for (i = 0; i < sim->nr_cpus; i++) {
		uint64_t served = sim->cpus[i].served - ovs->core_served[i];
		bool above = (double)(served * SIM_PACKET_NS) / CHECK > OVERLOADED;

		ovs->above[i] = above ? ovs->above[i] + 1 : 0;
		ovs->core_served[i] = sim->cpus[i].served;
		overloaded |= ovs->above[i] >= CHECKS;
	}
	ovs->checks++;
	for (i = 0; i < sim->nr_queues; i++)
		ovs->served[ovs->checks % (CHECKS + 1)][i] = sim->queues[i].served;
	return overloaded;
}

static void step(void *memory, struct sim *sim)
{
	struct ovs *ovs = memory;

	if (sim->now < ovs->next)
		return;
	ovs->next += CHECK;
	if (!check(ovs, sim))
		return;
	rebalance(ovs, sim);
	/* The next six checks are the minute until the next attempt. */
	memset(ovs->above, 0, sizeof(ovs->above));
}

const struct balancer balancer_ovs = {
	.name = "ovs-alb",
	.about = "Open vSwitch PMD auto load balance, four queues a core",
	.queues_per_cpu = 4,
	.start = start,
	.step = step,
	.stop = free,
};
