// SPDX-License-Identifier: GPL-2.0-only
/*
 * One queue per VM, as Hyper-V's VMQ of 2012 gives them out: by MAC, first come,
 * first served, until the VM goes; who comes too late shares the default queue.
 * Queue 0 is the default queue; VMs come in the order of their numbers.
 *
 * A queue for each vNIC by its MAC, on one core: Microsoft, "VMQ Deep Dive, 2 of 3",
 * blogs.technet.microsoft.com/networking, 24 September 2013. The thresholds by which
 * its dynamic form spreads queues over cores are not published: it is not this one.
 */
#include "policy_if.h"

static void *start(struct sim *sim, const struct rsse_config *config)
{
	uint32_t vm;

	(void)config;
	sim_context_spread(sim, 0, 0, 1);
	for (vm = 0; vm < sim->nr_vms && vm + 1 < sim->nr_queues; vm++) {
		sim_context_spread(sim, vm + 1, vm + 1, 1);
		sim_vm_move(sim, vm, vm + 1);
	}
	return NULL;
}

const struct balancer balancer_vmq = {
	.name = "vmq",
	.about = "one queue per VM, first come first served",
	.queues_per_cpu = 1,
	.start = start,
};
