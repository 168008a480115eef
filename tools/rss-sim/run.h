/* SPDX-License-Identifier: GPL-2.0-only */
/* One policy in one scenario. */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include "policy.h"
#include "policy_if.h"
#include "workload.h"

/*
 * What a run begins with counts for nothing: every policy has seen the load for a
 * while when the scenario begins.
 */
#define RUN_WARM_UP_MS	10000ULL

/**
 * struct setting - what a run depends on beside scenario and policy
 * @config: of our policy
 * @seed: of loads and arrivals
 * @log: where our policy tells what it does; NULL: nowhere
 */
struct setting {
	const struct rsse_config *config;
	uint64_t seed;
	FILE *log;
};

/**
 * struct result - what a run came to; times in ns
 * @p50: waiting time of victims
 * @p99: see @p50
 * @p999: see @p50
 * @all_p50: of all packets
 * @all_p99: see @all_p50
 * @all_p999: see @all_p50
 * @packets: packets that were served or dropped
 * @drops: packets dropped
 * @victim_packets: packets for victims that were not dropped
 * @victim_drops: packets for victims that were
 * @hot_ns: time during which some CPU was hot
 * @hot_longest: longest time for which one was
 * @busiest: mean load of the busiest CPU while loads were settled
 * @over_nic: the same over the bound for the NIC
 * @judged: times that the partition was judged
 * @over_part: the busiest over the bound for the partition
 * @moves: VMs that changed context, queues that changed CPU
 * @most_moves: most moves of one VM
 * @per_change: most moves of one VM from a change of its load to the next one
 * @rewritten: indirection entries that changed their queue
 * @cpus: mean number of CPUs in use
 * @phases: the scenario has quiet phases, of which the next three tell
 * @quiet_awake: CPUs to which packets could come at the end of one, the most
 * @quiet_ns: longest time that it took to come to that
 * @busy_awake: CPUs to which packets could come at the end of the others, the least
 * @floods: floods, ended ones or not
 * @reaction: longest recovery of the victims from one, METRICS_NEVER
 * @alone: longest time until the flooding VMs had their queues for themselves, and
 *	kept them so until the flood ended
 * @crowd: most VMs that were flooded at the same instant
 * @flood_ns: the longest flood
 */
struct result {
	uint64_t p50, p99, p999;
	uint64_t all_p50, all_p99, all_p999;
	uint64_t packets;
	uint64_t drops;
	uint64_t victim_packets;
	uint64_t victim_drops;
	uint64_t hot_ns;
	uint64_t hot_longest;
	double busiest;
	double over_nic;
	uint64_t judged;
	double over_part;
	uint64_t moves;
	uint32_t most_moves;
	uint32_t per_change;
	uint64_t rewritten;
	double cpus;
	bool phases;
	uint32_t quiet_awake;
	uint64_t quiet_ns;
	uint32_t busy_awake;
	uint32_t floods;
	uint64_t reaction;
	uint64_t alone;
	uint32_t crowd;
	uint64_t flood_ns;
};

/* Run @balancer in @scenario; a function of its arguments alone. */
void run(const struct scenario *scenario, const struct balancer *balancer,
	 const struct setting *setting, struct result *result);

#endif
