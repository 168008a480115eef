// SPDX-License-Identifier: GPL-2.0-only
/*
 * Static RSS: one table over all queues, as drivers set it up by
 * ethtool_rxfh_indir_default(). Nothing ever changes.
 */
#include "policy_if.h"

static void *start(struct sim *sim, const struct rsse_config *config)
{
	(void)config;
	sim_context_spread(sim, 0, 0, sim->nr_queues);
	return NULL;
}

const struct balancer balancer_rss = {
	.name = "rss",
	.about = "static RSS over all queues",
	.queues_per_cpu = 1,
	.start = start,
};
