/* SPDX-License-Identifier: GPL-2.0-only */
/* What a policy is to the simulator. */
#ifndef SIM_POLICY_IF_H
#define SIM_POLICY_IF_H

#include <stddef.h>

#include "sim.h"

struct rsse_config;

/**
 * struct balancer - a policy
 * @name: as given on the command line
 * @about: a line for the list
 * @queues_per_cpu: receive queues that it has the NIC make for each CPU
 * @start: set up the NIC; @config is for our policy. Returns its memory
 * @step: called at each step, before it; looks at the clock itself
 * @stop: frees its memory; NULL: it has none
 */
struct balancer {
	const char *name;
	const char *about;
	uint32_t queues_per_cpu;
	void *(*start)(struct sim *sim, const struct rsse_config *config);
	void (*step)(void *memory, struct sim *sim);
	void (*stop)(void *memory);
};

extern const struct balancer balancer_ours;
extern const struct balancer balancer_rss;
extern const struct balancer balancer_vmq;
extern const struct balancer balancer_netqueue;
extern const struct balancer balancer_ovs;
extern const struct balancer balancer_rsspp;

/* All policies, ended by NULL. */
extern const struct balancer *const balancers[];

const struct balancer *balancer_find(const char *name);

#endif
