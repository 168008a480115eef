/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line. */
#ifndef SIM_ARGS_H
#define SIM_ARGS_H

#include "run.h"

/**
 * struct args - what is to be run
 * @scenario: NULL for all, or for @trace
 * @trace: record to take as the load; NULL for none
 * @balancer: NULL for all
 * @seed: of the loads and arrivals
 * @seconds: 0 for the scenario's
 * @vms: 0 for the scenario's
 * @queues: 0 for the scenario's
 * @config: of our policy
 * @json: JSON instead of tables
 * @log: tell what our policy does
 * @list: list scenarios and policies instead
 */
struct args {
	const struct scenario *scenario;
	const char *trace;
	const struct balancer *balancer;
	uint64_t seed;
	uint32_t seconds;
	uint32_t vms;
	uint32_t queues;
	struct rsse_config config;
	bool json;
	bool log;
	bool list;
};

#define ARGS_EXIT_USAGE	2

/* Our policy needs two queues, Open vSwitch makes four of each. */
#define ARGS_QUEUES_MIN	2
#define ARGS_QUEUES_MAX	(SIM_QUEUES / 4)

/* Read the command line, or say what is wrong with it and exit. */
void args_read(struct args *args, int argc, char **argv);

#endif
