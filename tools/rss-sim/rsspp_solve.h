/* SPDX-License-Identifier: GPL-2.0-only */
/* Which indirection entries RSS++ moves. */
#ifndef SIM_RSSPP_SOLVE_H
#define SIM_RSSPP_SOLVE_H

#include "sim.h"

#define RSSPP_STAYS	((uint32_t)~0U)

/**
 * struct rsspp_problem - loads in CPUs, and the answer
 * @nr_cores: cores
 * @lack: what each underloaded core could take, 0 for the others
 * @excess: what each overloaded core has too much, 0 for the others
 * @from: core of each entry
 * @load: of each entry
 * @to: the answer: core that each entry moves to, or RSSPP_STAYS
 */
struct rsspp_problem {
	uint32_t nr_cores;
	double lack[SIM_QUEUES];
	double excess[SIM_QUEUES];
	uint32_t from[SIM_ENTRIES];
	double load[SIM_ENTRIES];
	uint32_t to[SIM_ENTRIES];
};

/**
 * rsspp_solve() - choose the entries that move
 * @problem: cores and entries; its @to is set
 *
 * Greedy: the core with most excess gives its heaviest entry to the core that
 * lacks most, where that has room for it. How much below or beyond the mean a
 * core may end is searched for in up to 10 runs: grown from the imbalance that
 * the first run left while the sum of squared imbalances falls, then narrowed from
 * both sides; the best is taken. A sum below 0.01 ends the search.
 */
void rsspp_solve(struct rsspp_problem *problem);

#endif
