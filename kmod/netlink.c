// SPDX-License-Identifier: GPL-2.0-only
/* The netlink family; requests on the configuration and on PNICs. */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>

#include "core.h"
#include "netlink_priv.h"

/**
 * struct config_key - where an attribute of the configuration is kept
 * @attr: RSS_ENGINE_A_CONFIG_*
 * @offset: of a u32 in struct rsse_config
 */
struct config_key {
	int attr;
	size_t offset;
};

#define CONFIG_KEY(attr, field) \
	{ RSS_ENGINE_A_CONFIG_##attr, offsetof(struct rsse_config, field) }

static const struct config_key config_keys[] = {
	CONFIG_KEY(PERIOD_MS, period_ms),
	CONFIG_KEY(PERIOD_MAX_MS, period_max_ms),
	CONFIG_KEY(SHARE_ABOVE, share_above),
	CONFIG_KEY(UNSHARE_BELOW, unshare_below),
	CONFIG_KEY(ENGINE_ABOVE, engine_above),
	CONFIG_KEY(RETURN_MARGIN, return_margin),
	CONFIG_KEY(RELEASE_BELOW, release_below),
	CONFIG_KEY(HOLD_UP_MS, hold_up_ms),
	CONFIG_KEY(HOLD_DOWN_MS, hold_down_ms),
	CONFIG_KEY(DWELL_MS, dwell_ms),
	CONFIG_KEY(MANUAL_HOLD_MS, manual_hold_ms),
	CONFIG_KEY(GAIN_MIN, gain_min),
	CONFIG_KEY(MOVES_MAX, moves_max),
	CONFIG_KEY(VNIC_BOUND_ABOVE, vnic_bound_above),
	CONFIG_KEY(SELECT, select),
	CONFIG_KEY(SCALE, scale),
	CONFIG_KEY(GROW_ABOVE, grow_above),
	CONFIG_KEY(PACK_BELOW, pack_below),
	CONFIG_KEY(STARVE_MS, starve_ms),
	CONFIG_KEY(CPU_ABOVE, cpu_above),
};

static u32 *config_value(struct rsse_config *config,
			 const struct config_key *key)
{
	return (u32 *)((char *)config + key->offset);
}

int rss_engine_nl_config_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rsse_config config;
	struct sk_buff *msg;
	unsigned int i;
	void *hdr;

	mutex_lock(&rsse_lock);
	config = rsse_config;
	mutex_unlock(&rsse_lock);

	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	hdr = genlmsg_iput(msg, info);
	if (!hdr)
		goto free_msg;
	for (i = 0; i < ARRAY_SIZE(config_keys); i++)
		if (nla_put_u32(msg, config_keys[i].attr,
				*config_value(&config, &config_keys[i])))
			goto free_msg;
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);

free_msg:
	nlmsg_free(msg);
	return -EMSGSIZE;
}

/* All keys that are given or none: the result is checked as a whole. */
int rss_engine_nl_config_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rsse_config config;
	const char *wrong;
	bool given = false;
	unsigned int i;

	rtnl_lock();
	config = rsse_config;
	for (i = 0; i < ARRAY_SIZE(config_keys); i++) {
		const struct nlattr *attr = info->attrs[config_keys[i].attr];

		if (!attr)
			continue;
		given = true;
		*config_value(&config, &config_keys[i]) = nla_get_u32(attr);
	}
	wrong = given ? rsse_config_set(&config) : "no key to set is given";
	rtnl_unlock();
	if (!wrong)
		return 0;
	NL_SET_ERR_MSG_FMT(info->extack, "%s", wrong);
	return -EINVAL;
}

static struct net_device *nl_device(const struct genl_info *info,
				    unsigned int attr)
{
	struct net_device *dev;
	u32 ifindex;

	if (!info->attrs[attr]) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, attr);
		NL_SET_ERR_MSG(info->extack, "no device is given");
		return ERR_PTR(-EINVAL);
	}
	ifindex = nla_get_u32(info->attrs[attr]);
	dev = ifindex > INT_MAX ? NULL : __dev_get_by_index(&init_net, ifindex);
	if (!dev) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr],
				    "no such device");
		return ERR_PTR(-ENODEV);
	}
	return dev;
}

struct rsse_pnic *rsse_nl_pnic(const struct genl_info *info, unsigned int attr)
{
	struct net_device *dev = nl_device(info, attr);
	struct rsse_pnic *pnic;

	if (IS_ERR(dev))
		return ERR_CAST(dev);
	pnic = rsse_pnic_find(dev);
	if (!pnic) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, info->attrs[attr],
					"%s is not under management", dev->name);
		return ERR_PTR(-ENODEV);
	}
	return pnic;
}

static u32 attr_or(const struct nlattr *attr, u32 otherwise)
{
	return attr ? nla_get_u32(attr) : otherwise;
}

static bool has_cpus(const struct genl_info *info)
{
	return info->attrs[RSS_ENGINE_A_PNIC_NODE] ||
	       info->attrs[RSS_ENGINE_A_PNIC_EXCLUDE_CPUS];
}

/* What is given of @cpus; the rest is left as it is. */
static int parse_cpus(const struct genl_info *info, struct rsse_cpus *cpus)
{
	const struct nlattr *node = info->attrs[RSS_ENGINE_A_PNIC_NODE];
	const struct nlattr *list = info->attrs[RSS_ENGINE_A_PNIC_EXCLUDE_CPUS];

	if (!has_cpus(info))
		return 0;
	if (node)
		cpus->node = nla_get_s32(node);
	if (list && cpulist_parse(nla_data(list), cpus->excluded)) {
		NL_SET_ERR_MSG_ATTR(info->extack, list, "no list of CPUs of this host");
		return -EINVAL;
	}
	return rsse_cpus_check(cpus, info->extack);
}

static int pnic_add(const struct genl_info *info, struct rsse_pnic_spec *spec)
{
	struct net_device *dev;
	int err;

	err = parse_cpus(info, &spec->cpus);
	if (err)
		return err;
	rtnl_lock();
	dev = nl_device(info, RSS_ENGINE_A_PNIC_IFINDEX);
	err = IS_ERR(dev) ? PTR_ERR(dev) : rsse_pnic_add(dev, spec, info->extack);
	rtnl_unlock();
	return err;
}

int rss_engine_nl_pnic_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct rsse_pnic_spec spec = {
		.mode = attr_or(attrs[RSS_ENGINE_A_PNIC_MODE], RSS_ENGINE_MODE_AUTO),
		.layout.default_queues =
			attr_or(attrs[RSS_ENGINE_A_PNIC_DEFAULT_QUEUES], 0),
		.layout.shared_engines =
			attr_or(attrs[RSS_ENGINE_A_PNIC_SHARED_ENGINES],
				RSSE_LAYOUT_CHOOSE),
		.layout.shared_queues =
			attr_or(attrs[RSS_ENGINE_A_PNIC_SHARED_QUEUES], 0),
		.layout.dedicated_queues =
			attr_or(attrs[RSS_ENGINE_A_PNIC_DEDICATED_QUEUES], 0),
	};
	int err;

	err = rsse_cpus_init(&spec.cpus);
	if (err)
		return err;
	err = pnic_add(info, &spec);
	rsse_cpus_free(&spec.cpus);
	return err;
}

/* Under RTNL. What can be refused comes first: all of it is set, or nothing. */
static int pnic_set(const struct genl_info *info, struct rsse_cpus *cpus)
{
	const struct nlattr *mode = info->attrs[RSS_ENGINE_A_PNIC_MODE];
	struct rsse_pnic *pnic = rsse_nl_pnic(info, RSS_ENGINE_A_PNIC_IFINDEX);
	int err;

	if (IS_ERR(pnic))
		return PTR_ERR(pnic);
	rsse_cpus_copy(cpus, &pnic->cpus);
	err = parse_cpus(info, cpus);
	if (!err && mode)
		err = rsse_pnic_set_mode(pnic, nla_get_u32(mode), info->extack);
	if (!err && has_cpus(info))
		rsse_pnic_set_cpus(pnic, cpus);
	return err;
}

int rss_engine_nl_pnic_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rsse_cpus cpus;
	int err;

	if (!info->attrs[RSS_ENGINE_A_PNIC_MODE] && !has_cpus(info)) {
		NL_SET_ERR_MSG(info->extack, "nothing to change is given");
		return -EINVAL;
	}
	err = rsse_cpus_init(&cpus);
	if (err)
		return err;
	rtnl_lock();
	err = pnic_set(info, &cpus);
	rtnl_unlock();
	rsse_cpus_free(&cpus);
	return err;
}

int rss_engine_nl_pnic_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rsse_pnic *pnic;

	rtnl_lock();
	pnic = rsse_nl_pnic(info, RSS_ENGINE_A_PNIC_IFINDEX);
	if (!IS_ERR(pnic))
		rsse_pnic_del(pnic, false);
	rtnl_unlock();
	return PTR_ERR_OR_ZERO(pnic);
}

/* The generator of 6.12 knows no flags of groups. */
static struct genl_multicast_group groups[RSS_ENGINE_NLGRP_SAMPLES + 1] __ro_after_init;

int __init rsse_netlink_init(void)
{
	int err;

	memcpy(groups, rss_engine_nl_family.mcgrps, sizeof(groups));
	groups[RSS_ENGINE_NLGRP_SAMPLES].flags = GENL_MCAST_CAP_NET_ADMIN;
	rss_engine_nl_family.mcgrps = groups;
	rss_engine_nl_family.n_mcgrps = ARRAY_SIZE(groups);
	rss_engine_nl_family.netnsok = false;
	err = genl_register_family(&rss_engine_nl_family);
	if (err)
		return err;
	rsse_event_open();
	rsse_sample_open(true);
	return 0;
}

void rsse_netlink_exit(void)
{
	rsse_sample_open(false);
	rsse_event_close();
	genl_unregister_family(&rss_engine_nl_family);
}
