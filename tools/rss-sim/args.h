/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line. */
#ifndef SIM_ARGS_H
#define SIM_ARGS_H

#include "run.h"

/**
 * struct args - what is to be run
 * @scenario: NULL for all
 * @balancer: NULL for all
 * @seed: of the loads and arrivals
 * @seconds: 0 for the scenario's
 * @vms: 0 for the scenario's
 * @queues: 0 for the scenario's
 * @config: of our policy
 * @json: JSON instead of tables
 * @list: list scenarios and policies instead
 */
struct args {
	const struct scenario *scenario;
	const struct balancer *balancer;
	uint64_t seed;
	uint32_t seconds;
	uint32_t vms;
	uint32_t queues;
	struct rsse_config config;
	bool json;
	bool list;
};

#define ARGS_EXIT_USAGE	2

/* Read the command line, or say what is wrong with it and exit. */
void args_read(struct args *args, int argc, char **argv);

#endif
