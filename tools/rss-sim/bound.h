/* SPDX-License-Identifier: GPL-2.0-only */
/* How well the present load could be spread at best. */
#ifndef SIM_BOUND_H
#define SIM_BOUND_H

#include "sim.h"

/* Offered load of the busiest CPU, CPUs; above 1 when it is overloaded. */
double bound_busiest(const struct sim *sim);

/**
 * bound_nic() - lower bound of bound_busiest() for every policy
 * @sim: the host
 *
 * Whatever the contexts, tables and queues, the packets of one VM whose hash
 * leads to one entry are on one queue, and a queue is on one CPU. So the work
 * comes in items (VM, entry) of which each is on one CPU as a whole. The CPU
 * with the largest item has at least its load; and were all CPUs below the
 * mean, their sum would be below the sum of the items. Of the k * CPUs + 1 largest
 * items some CPU has k + 1, and so at least the k + 1 smallest of these. The bound
 * is the largest of all that.
 */
double bound_nic(const struct sim *sim);

/**
 * struct bound_group - CPUs that the policy has put together
 * @busiest: offered load of the busiest of them, CPUs
 * @bound: the least that this could be
 */
struct bound_group {
	double busiest;
	double bound;
};

/**
 * bound_groups() - the same, with the VMs on the contexts where they are and
 * each context on the CPUs where it is
 * @sim: the host
 * @groups: room for as many as there are CPUs
 *
 * Contexts that share a CPU form a group. Within it an item is (context, entry)
 * and the argument of bound_nic() holds for the group's CPUs.
 *
 * Return: number of groups.
 */
uint32_t bound_groups(const struct sim *sim, struct bound_group *groups);

/* CPUs to which some table leads that is in use: that of context 0 always is. */
uint32_t bound_awake(const struct sim *sim);

#endif
