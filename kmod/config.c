// SPDX-License-Identifier: GPL-2.0-only
/* The configuration in force. */
#include "core.h"
#include "netlink.h"

struct rsse_config rsse_config;

const char *rsse_config_set(const struct rsse_config *config)
{
	const struct rsse_event event = { .kind = RSS_ENGINE_EVENT_KIND_CONFIG };
	const char *wrong = rsse_config_check(config);

	ASSERT_RTNL();
	if (wrong)
		return wrong;

	mutex_lock(&rsse_lock);
	rsse_config = *config;
	rsse_generation++;
	mutex_unlock(&rsse_lock);

	rsse_event_post(&event);
	rsse_sampler_wake();
	return NULL;
}
