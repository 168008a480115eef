// SPDX-License-Identifier: GPL-2.0-only
/*
 * A balancer of filters over queues as ESXi's NetQueue has one. Its details are
 * not published; this one does what is known of it. A VM is on one queue as a
 * whole. Every 5 s those on the default queue 0 that are busy get a filter to the
 * queue with least load, those that are not go back, and a queue above its maximum
 * gives away VMs to the queue with least load as long as that makes the worse of
 * the two better (US 9571426: spread VMs so that no queue is above a maximum).
 * Period and thresholds are of our choice: 5 s is often said of the original, and we
 * have no source for it.
 *
 * VMs that had come one after the other would be spread by now; so they begin
 * spread, and not all at once on the default queue.
 */
#include <string.h>

#include "policy_if.h"
#include "util.h"

#define PERIOD	(5 * SIM_SEC)
#define BUSY	0.02	/* of a CPU: gets a filter */
#define QUIET	0.01	/* of a CPU: loses it */
#define MOST	0.75	/* of a CPU: the queue gives VMs away */

/**
 * struct netqueue - memory of the balancer
 * @next: when it looks again
 * @vm_served: of each VM, when it last looked
 * @vm_load: of each VM since then, CPUs
 * @load: of each queue, with the moves made meanwhile
 */
struct netqueue {
	uint64_t next;
	uint64_t *vm_served;
	double *vm_load;
	double load[SIM_QUEUES];
};

/* Context i + 1 is queue i; context 0 is the default queue. */
static uint32_t queue_of(const struct sim *sim, uint32_t vm)
{
	return sim->contexts[sim->vms[vm].context].table[0];
}

static void *start(struct sim *sim, const struct rsse_config *config)
{
	struct netqueue *nq = zalloc(sizeof(*nq));
	uint32_t i;

	(void)config;
	for (i = 0; i < sim->nr_queues; i++)
		sim_context_spread(sim, i, i, 1);
	for (i = 0; i < sim->nr_vms; i++)
		sim_vm_move(sim, i, 1 + i % (sim->nr_queues - 1));
	nq->next = PERIOD;
	nq->vm_served = zalloc(sim->nr_vms * sizeof(*nq->vm_served));
	nq->vm_load = zalloc(sim->nr_vms * sizeof(*nq->vm_load));
	return nq;
}

static void stop(void *memory)
{
	struct netqueue *nq = memory;

	free(nq->vm_served);
	free(nq->vm_load);
	free(nq);
}

static void measure(struct netqueue *nq, const struct sim *sim)
{
	uint32_t i;

	memset(nq->load, 0, sizeof(nq->load));
	for (i = 0; i < sim->nr_vms; i++) {
		uint64_t served = sim->vms[i].served - nq->vm_served[i];

		nq->vm_load[i] = (double)(served * SIM_PACKET_NS) / PERIOD;
		nq->vm_served[i] = sim->vms[i].served;
		nq->load[queue_of(sim, i)] += nq->vm_load[i];
	}
}

static void move(struct netqueue *nq, struct sim *sim, uint32_t vm, uint32_t to)
{
	nq->load[queue_of(sim, vm)] -= nq->vm_load[vm];
	nq->load[to] += nq->vm_load[vm];
	sim_vm_move(sim, vm, to);
}

static uint32_t least(const struct netqueue *nq, const struct sim *sim)
{
	uint32_t i, best = 1;

	for (i = 2; i < sim->nr_queues; i++)
		if (nq->load[i] < nq->load[best])
			best = i;
	return best;
}

/* Filters for the busy, none for the quiet. */
static void place(struct netqueue *nq, struct sim *sim)
{
	uint32_t i;

	for (i = 0; i < sim->nr_vms; i++) {
		bool filtered = queue_of(sim, i);

		if (!filtered && nq->vm_load[i] > BUSY)
			move(nq, sim, i, least(nq, sim));
		else if (filtered && nq->vm_load[i] < QUIET)
			move(nq, sim, i, 0);
	}
}

/* The heaviest VM on @queue whose move to @to makes the worse of the two better. */
static uint32_t candidate(const struct netqueue *nq, const struct sim *sim, uint32_t queue,
			  uint32_t to)
{
	uint32_t i, best = sim->nr_vms;

	for (i = 0; i < sim->nr_vms; i++)
		if (queue_of(sim, i) == queue && nq->vm_load[i] > 0 &&
		    nq->load[to] + nq->vm_load[i] < nq->load[queue] &&
		    (best == sim->nr_vms || nq->vm_load[i] > nq->vm_load[best]))
			best = i;
	return best;
}

static void spread(struct netqueue *nq, struct sim *sim)
{
	uint32_t queue;

	for (queue = 1; queue < sim->nr_queues; queue++) {
		while (nq->load[queue] > MOST) {
			uint32_t to = least(nq, sim), vm = candidate(nq, sim, queue, to);

			if (vm == sim->nr_vms)
				break;
			move(nq, sim, vm, to);
		}
	}
}

static void step(void *memory, struct sim *sim)
{
	struct netqueue *nq = memory;

	if (sim->now < nq->next)
		return;
	nq->next = sim->now + PERIOD;
	measure(nq, sim);
	place(nq, sim);
	spread(nq, sim);
}

const struct balancer balancer_netqueue = {
	.name = "netqueue",
	.about = "VMs as a whole over queues, balanced every 5 s",
	.queues_per_cpu = 1,
	.start = start,
	.step = step,
	.stop = stop,
};
