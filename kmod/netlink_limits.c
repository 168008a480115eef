// SPDX-License-Identifier: GPL-2.0-only
/* Requests on the limits of PNICs, and their dump. */
#include <linux/rtnetlink.h>
#include <net/genetlink.h>

#include "core.h"
#include "netlink_dump.h"

/**
 * struct maximum - where an attribute is kept
 * @attr: RSS_ENGINE_A_LIMIT_*
 * @offset: of a u32 in struct rsse_pol_limits
 */
struct maximum {
	int attr;
	size_t offset;
};

#define MAXIMUM(attr, field) \
	{ RSS_ENGINE_A_LIMIT_##attr, offsetof(struct rsse_pol_limits, field) }

static const struct maximum maxima[] = {
	MAXIMUM(DEFAULT_QUEUES, default_queues),
	MAXIMUM(SHARED_ENGINES, shared_engines),
	MAXIMUM(SHARED_QUEUES, shared_queues),
	MAXIMUM(DEDICATED_ENGINES, dedicated_engines),
};

static int parse_hours(const struct genl_info *info, struct rsse_pol_schedule *limit)
{
	const struct nlattr *from = info->attrs[RSS_ENGINE_A_LIMIT_FROM];
	const struct nlattr *to = info->attrs[RSS_ENGINE_A_LIMIT_TO];

	if (!from && !to)
		return 0;
	if (!from || !to) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, from ? RSS_ENGINE_A_LIMIT_TO :
								RSS_ENGINE_A_LIMIT_FROM);
		NL_SET_ERR_MSG(info->extack, "from and to belong together");
		return -EINVAL;
	}
	limit->from = nla_get_u32(from);
	limit->to = nla_get_u32(to);
	if (limit->from != limit->to)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, to, "it would end when it begins");
	return -EINVAL;
}

static int parse_limit(const struct genl_info *info, struct rsse_pol_schedule *limit)
{
	const struct nlattr *days = info->attrs[RSS_ENGINE_A_LIMIT_DAYS];
	const struct nlattr *offset = info->attrs[RSS_ENGINE_A_LIMIT_UTC_OFFSET];
	unsigned int i;

	*limit = (struct rsse_pol_schedule){
		.days = days ? nla_get_u32(days) : RSS_ENGINE_DAYS_MAX,
		.utc_offset = offset ? nla_get_s32(offset) : 0,
	};
	for (i = 0; i < ARRAY_SIZE(maxima); i++) {
		const struct nlattr *attr = info->attrs[maxima[i].attr];

		*(u32 *)((char *)&limit->most + maxima[i].offset) =
			attr ? nla_get_u32(attr) : RSSE_POL_NO_LIMIT;
	}
	return parse_hours(info, limit);
}

int rss_engine_nl_limits_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rsse_pol_schedule limit;
	struct rsse_pnic *pnic;
	int err;

	err = parse_limit(info, &limit);
	if (err)
		return err;
	rtnl_lock();
	pnic = rsse_nl_pnic(info, RSS_ENGINE_A_LIMIT_IFINDEX);
	err = IS_ERR(pnic) ? PTR_ERR(pnic) :
			     rsse_limits_add(pnic, &limit, info->extack);
	rtnl_unlock();
	return err;
}

int rss_engine_nl_limits_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *index = info->attrs[RSS_ENGINE_A_LIMIT_INDEX];
	struct rsse_pnic *pnic;
	int err;

	if (index && nla_get_u32(index) == RSSE_LIMITS_ALL) {
		NL_SET_ERR_MSG_ATTR(info->extack, index, "no index is as high as that");
		return -EINVAL;
	}
	rtnl_lock();
	pnic = rsse_nl_pnic(info, RSS_ENGINE_A_LIMIT_IFINDEX);
	err = IS_ERR(pnic) ? PTR_ERR(pnic) :
	      rsse_limits_del(pnic, index ? nla_get_u32(index) : RSSE_LIMITS_ALL,
			      info->extack);
	rtnl_unlock();
	return err;
}

static int put_hours(struct sk_buff *skb, const struct rsse_pol_schedule *limit)
{
	return nla_put_u32(skb, RSS_ENGINE_A_LIMIT_FROM, limit->from) ||
	       nla_put_u32(skb, RSS_ENGINE_A_LIMIT_TO, limit->to);
}

static int put_limit(struct sk_buff *skb, const struct rsse_pnic *pnic, u32 index)
{
	const struct rsse_pol_schedule *limit = &pnic->limits[index];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(maxima); i++) {
		u32 most = *(const u32 *)((const char *)&limit->most +
					  maxima[i].offset);

		if (most != RSSE_POL_NO_LIMIT &&
		    nla_put_u32(skb, maxima[i].attr, most))
			return -EMSGSIZE;
	}
	return nla_put_u32(skb, RSS_ENGINE_A_LIMIT_IFINDEX, pnic->ifindex) ||
	       rsse_nl_put_ifname(skb, RSS_ENGINE_A_LIMIT_IFNAME, pnic->dev) ||
	       nla_put_u32(skb, RSS_ENGINE_A_LIMIT_INDEX, index) ||
	       (limit->days != RSS_ENGINE_DAYS_MAX &&
		nla_put_u32(skb, RSS_ENGINE_A_LIMIT_DAYS, limit->days)) ||
	       (limit->from != limit->to && put_hours(skb, limit)) ||
	       nla_put_s32(skb, RSS_ENGINE_A_LIMIT_UTC_OFFSET, limit->utc_offset) ||
	       (rsse_limits_index(pnic) == index &&
		nla_put_flag(skb, RSS_ENGINE_A_LIMIT_IN_FORCE));
}

static int dump_limits(struct sk_buff *skb, struct netlink_callback *cb,
		       struct rsse_pnic *pnic, struct rsse_dump *dump)
{
	void *hdr;

	for (; dump->item < pnic->nr_limits; dump->item++) {
		hdr = rsse_dump_begin(skb, cb, RSS_ENGINE_CMD_LIMITS_GET);
		if (!hdr)
			return -EMSGSIZE;
		if (put_limit(skb, pnic, dump->item)) {
			genlmsg_cancel(skb, hdr);
			return -EMSGSIZE;
		}
		genlmsg_end(skb, hdr);
	}
	return 0;
}

int rss_engine_nl_limits_get_dumpit(struct sk_buff *skb,
				    struct netlink_callback *cb)
{
	int err;

	mutex_lock(&rsse_lock);
	err = rsse_dump_pnics(skb, cb, dump_limits);
	mutex_unlock(&rsse_lock);
	return err;
}
