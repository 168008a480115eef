// SPDX-License-Identifier: GPL-2.0-only
/* Which CPUs are to serve the queues of a PNIC's engines. */
#include <linux/cpumask.h>
#include <linux/topology.h>

#include "core.h"
#include "netlink.h"

int rsse_cpus_init(struct rsse_cpus *cpus)
{
	cpus->node = RSSE_NODE_NIC;
	return zalloc_cpumask_var(&cpus->excluded, GFP_KERNEL) ? 0 : -ENOMEM;
}

void rsse_cpus_copy(struct rsse_cpus *to, const struct rsse_cpus *from)
{
	to->node = from->node;
	cpumask_copy(to->excluded, from->excluded);
}

void rsse_cpus_free(struct rsse_cpus *cpus)
{
	free_cpumask_var(cpus->excluded);
}

int rsse_cpus_check(const struct rsse_cpus *cpus, struct netlink_ext_ack *extack)
{
	if (cpus->node < RSSE_NODE_NIC || cpus->node >= MAX_NUMNODES ||
	    (cpus->node >= 0 && !node_online(cpus->node))) {
		NL_SET_ERR_MSG_FMT(extack, "there is no NUMA node %d", cpus->node);
		return -EINVAL;
	}
	if (cpumask_subset(cpu_online_mask, cpus->excluded)) {
		NL_SET_ERR_MSG(extack, "every CPU is excluded");
		return -EINVAL;
	}
	if (snprintf(NULL, 0, "%*pbl", cpumask_pr_args(cpus->excluded)) >
	    RSS_ENGINE_CPUS_MAX) {
		NL_SET_ERR_MSG(extack, "the list of excluded CPUs is too long");
		return -E2BIG;
	}
	return 0;
}

void rsse_pnic_set_cpus(struct rsse_pnic *pnic, const struct rsse_cpus *cpus)
{
	const struct rsse_event event = {
		.kind = RSS_ENGINE_EVENT_KIND_PNIC_CPUS,
		.pnic = pnic,
	};

	ASSERT_RTNL();
	mutex_lock(&rsse_lock);
	rsse_cpus_copy(&pnic->cpus, cpus);
	rsse_generation++;
	mutex_unlock(&rsse_lock);
	rsse_event_post(&event);
	rsse_sampler_wake();
}

int rsse_pnic_node(const struct rsse_pnic *pnic)
{
	const struct device *parent = pnic->dev->dev.parent;

	return parent ? dev_to_node((struct device *)parent) : NUMA_NO_NODE;
}

bool rsse_pnic_cpu_excluded(const struct rsse_pnic *pnic, int cpu)
{
	return cpu >= 0 && cpumask_test_cpu(cpu, pnic->cpus.excluded);
}

bool rsse_pnic_cpu_far(const struct rsse_pnic *pnic, int cpu)
{
	int node = pnic->cpus.node;

	if (node == RSSE_NODE_NIC)
		node = rsse_pnic_node(pnic);
	return cpu >= 0 && node >= 0 && cpu_to_node(cpu) != node;
}
