/* SPDX-License-Identifier: GPL-2.0-only */
/* One policy in one scenario. */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include "policy.h"
#include "policy_if.h"
#include "workload.h"

/**
 * struct result - what a run came to; times in ns
 * @p50: waiting time of victims
 * @p99: see @p50
 * @p999: see @p50
 * @all_p50: of all packets
 * @all_p99: see @all_p50
 * @all_p999: see @all_p50
 * @packets: packets that arrived
 * @drops: packets dropped
 * @victim_packets: packets for victims that were not dropped
 * @victim_drops: packets for victims that were
 * @hot_ns: time during which some CPU was hot
 * @busiest: mean load of the busiest CPU while loads were settled
 * @over_nic: the same over the bound for the NIC
 * @over_engines: the same over the bound for the partition
 * @moves: VMs that changed context, queues that changed CPU
 * @most_moves: most moves of one VM
 * @per_change: moves of a VM for each change of its load, the most of any VM
 * @rewritten: indirection entries that changed their queue
 * @cpus: mean number of CPUs in use
 * @floods: floods, ended ones or not
 * @reaction: longest recovery of the victims from one, METRICS_NEVER
 * @alone: longest time until a flooding VM had its queues for itself
 */
struct result {
	uint64_t p50, p99, p999;
	uint64_t all_p50, all_p99, all_p999;
	uint64_t packets;
	uint64_t drops;
	uint64_t victim_packets;
	uint64_t victim_drops;
	uint64_t hot_ns;
	double busiest;
	double over_nic;
	double over_engines;
	uint64_t moves;
	uint32_t most_moves;
	double per_change;
	uint64_t rewritten;
	double cpus;
	uint32_t floods;
	uint64_t reaction;
	uint64_t alone;
};

/* Run @balancer in @scenario; a function of its arguments alone. */
void run(const struct scenario *scenario, const struct balancer *balancer,
	 const struct rsse_config *config, uint64_t seed, struct result *result);

#endif
