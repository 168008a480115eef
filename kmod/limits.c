// SPDX-License-Identifier: GPL-2.0-only
/*
 * The limits of a PNIC: maxima for its engines, and the times at which they hold.
 * They are part of the PNIC, and change under both locks.
 */
#include <linux/math.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "core.h"
#include "netlink.h"

static int check(const struct rsse_pol_schedule *limit, struct netlink_ext_ack *extack)
{
	const struct rsse_pol_limits *most = &limit->most;

	if (abs((s64)limit->utc_offset) >= (s64)RSSE_POL_DAY) {
		NL_SET_ERR_MSG(extack, "local time is less than a day from UTC");
		return -EINVAL;
	}
	if (most->default_queues == RSSE_POL_NO_LIMIT &&
	    most->shared_engines == RSSE_POL_NO_LIMIT &&
	    most->shared_queues == RSSE_POL_NO_LIMIT &&
	    most->dedicated_engines == RSSE_POL_NO_LIMIT) {
		NL_SET_ERR_MSG(extack, "no maximum is given");
		return -EINVAL;
	}
	return 0;
}

static void tell(const struct rsse_pnic *pnic)
{
	const struct rsse_event event = {
		.kind = RSS_ENGINE_EVENT_KIND_LIMITS,
		.pnic = pnic,
	};

	rsse_event_post(&event);
	rsse_sampler_wake();
}

int rsse_limits_add(struct rsse_pnic *pnic, const struct rsse_pol_schedule *limit,
		    struct netlink_ext_ack *extack)
{
	int err;

	ASSERT_RTNL();
	err = check(limit, extack);
	if (err)
		return err;
	if (pnic->nr_limits == RSS_ENGINE_LIMITS_MAX) {
		NL_SET_ERR_MSG_FMT(extack, "%s has %u limits already",
				   pnic->dev->name, pnic->nr_limits);
		return -E2BIG;
	}
	mutex_lock(&rsse_lock);
	pnic->limits[pnic->nr_limits++] = *limit;
	rsse_generation++;
	mutex_unlock(&rsse_lock);
	tell(pnic);
	return 0;
}

int rsse_limits_del(struct rsse_pnic *pnic, u32 index, struct netlink_ext_ack *extack)
{
	u32 nr = 1;

	ASSERT_RTNL();
	if (index == RSSE_LIMITS_ALL) {
		index = 0;
		nr = pnic->nr_limits;
	}
	if (index >= pnic->nr_limits) {
		NL_SET_ERR_MSG_FMT(extack, "%s has no such limit", pnic->dev->name);
		return -ENOENT;
	}
	mutex_lock(&rsse_lock);
	pnic->nr_limits -= nr;
	memmove(&pnic->limits[index], &pnic->limits[index + nr],
		(pnic->nr_limits - index) * sizeof(*pnic->limits));
	rsse_generation++;
	mutex_unlock(&rsse_lock);
	tell(pnic);
	return 0;
}

u32 rsse_limits_index(const struct rsse_pnic *pnic)
{
	return rsse_pol_schedule_now(pnic->limits, pnic->nr_limits,
				     ktime_get_real_seconds());
}

void rsse_limits_now(const struct rsse_pnic *pnic, struct rsse_pol_limits *to)
{
	u32 index = rsse_limits_index(pnic);

	memset(to, 0xff, sizeof(*to));
	if (index < pnic->nr_limits)
		*to = pnic->limits[index].most;
}
