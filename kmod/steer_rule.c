// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules: a destination MAC, with or without a VLAN, to an RSS context. The core
 * keeps no books of rules, so what is on the NIC is read from the NIC; only the
 * locations of our own are remembered, to tell them from those of others.
 */
#include <linux/bitmap.h>
#include <linux/ethtool.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/slab.h>

#include "steer_priv.h"

/* Tables beyond it are the driver's to manage (RX_CLS_LOC_ANY). */
#define RULE_LOCATIONS_MAX	1048576

int rsse_rule_list(struct net_device *dev, struct rsse_rule_list *list)
{
	const struct ethtool_ops *ops = dev->ethtool_ops;
	struct ethtool_rxnfc info = { .cmd = ETHTOOL_GRXCLSRLCNT };
	u32 room;
	int err;

	memset(list, 0, sizeof(*list));
	err = ops->get_rxnfc(dev, &info, NULL);
	if (err < 0)
		return err;
	list->any_location = info.data & RX_CLS_LOC_SPECIAL;
	room = info.rule_cnt;
	list->locations = kvcalloc(max(room, 1U), sizeof(u32), GFP_KERNEL);
	if (!list->locations)
		return -ENOMEM;
	info = (struct ethtool_rxnfc) {
		.cmd = ETHTOOL_GRXCLSRLALL,
		.rule_cnt = room,
	};
	err = ops->get_rxnfc(dev, &info, list->locations);
	if (err < 0) {
		rsse_rule_list_free(list);
		return err;
	}
	list->nr = min(info.rule_cnt, room);
	list->size = info.data & ~(u64)RX_CLS_LOC_SPECIAL;
	return 0;
}

void rsse_rule_list_free(struct rsse_rule_list *list)
{
	kvfree(list->locations);
	list->locations = NULL;
}

int rsse_rule_read(struct net_device *dev, u32 location,
		   struct ethtool_rxnfc *info)
{
	*info = (struct ethtool_rxnfc) {
		.cmd = ETHTOOL_GRXCLSRULE,
		.fs.location = location,
	};
	return dev->ethtool_ops->get_rxnfc(dev, info, NULL);
}

/* Is it a rule that looks at @filter's MAC and VLAN, wherever it sends them? */
bool rsse_rule_matches(const struct ethtool_rxnfc *info,
		       const struct rsse_filter *filter)
{
	const struct ethtool_rx_flow_spec *fs = &info->fs;
	u16 vlan = RSSE_VLAN_ANY;

	if ((fs->flow_type & ~(FLOW_EXT | FLOW_MAC_EXT | FLOW_RSS)) != ETHER_FLOW)
		return false;
	if ((fs->flow_type & FLOW_EXT) && fs->m_ext.vlan_tci)
		vlan = be16_to_cpu(fs->h_ext.vlan_tci) & VLAN_VID_MASK;
	return vlan == filter->vlan &&
	       ether_addr_equal(fs->h_u.ether_spec.h_dest, filter->mac);
}

/* Still on the NIC, and not another's rule that has taken its location? */
static bool rule_is_there(struct net_device *dev, const struct rsse_rule *rule,
			  struct ethtool_rxnfc *info)
{
	return !rsse_rule_read(dev, rule->location, info) &&
	       (info->fs.flow_type & FLOW_RSS) &&
	       rsse_rule_matches(info, &rule->filter);
}

static int rule_insert(struct net_device *dev, const struct rsse_filter *filter,
		       u32 context, u32 *location)
{
	struct ethtool_rxnfc info = {
		.cmd = ETHTOOL_SRXCLSRLINS,
		.fs.flow_type = ETHER_FLOW | FLOW_RSS,
		.fs.location = *location,
	};
	int err;

	info.rss_context = context;
	ether_addr_copy(info.fs.h_u.ether_spec.h_dest, filter->mac);
	eth_broadcast_addr(info.fs.m_u.ether_spec.h_dest);
	if (filter->vlan != RSSE_VLAN_ANY) {
		info.fs.flow_type |= FLOW_EXT;
		info.fs.h_ext.vlan_tci = cpu_to_be16(filter->vlan);
		info.fs.m_ext.vlan_tci = cpu_to_be16(VLAN_VID_MASK);
	}
	err = dev->ethtool_ops->set_rxnfc(dev, &info);
	if (!err)
		*location = info.fs.location;
	return err;
}

static int rule_delete(struct net_device *dev, u32 location)
{
	struct ethtool_rxnfc info = {
		.cmd = ETHTOOL_SRXCLSRLDEL,
		.fs.location = location,
	};

	return dev->ethtool_ops->set_rxnfc(dev, &info);
}

/* Another's rule for the same packets: which of the two wins nobody can tell. */
static bool rule_is_taken(struct rsse_steer *steer,
			  const struct rsse_rule_list *list,
			  const struct rsse_filter *filter)
{
	struct ethtool_rxnfc info;
	u32 i;

	for (i = 0; i < list->nr; i++)
		if (!xa_load(&steer->rules, list->locations[i]) &&
		    !rsse_rule_read(steer->dev, list->locations[i], &info) &&
		    rsse_rule_matches(&info, filter))
			return true;
	return false;
}

static int rule_free_location(const struct rsse_rule_list *list, u32 *location)
{
	unsigned long *used;
	u32 i;

	if (!list->size || list->size > RULE_LOCATIONS_MAX)
		return -EOPNOTSUPP;
	used = kvcalloc(BITS_TO_LONGS(list->size), sizeof(*used), GFP_KERNEL);
	if (!used)
		return -ENOMEM;
	for (i = 0; i < list->nr; i++)
		if (list->locations[i] < list->size)
			__set_bit(list->locations[i], used);
	*location = find_first_zero_bit(used, list->size);
	kvfree(used);
	return *location < list->size ? 0 : -ENOSPC;
}

static int rule_choose(struct rsse_steer *steer, const struct rsse_filter *filter,
		       u32 *location, struct netlink_ext_ack *extack)
{
	struct rsse_rule_list list;
	int err;

	err = rsse_rule_list(steer->dev, &list);
	if (err) {
		NL_SET_ERR_MSG(extack, "the NIC's rules cannot be read");
		return err;
	}
	if (rule_is_taken(steer, &list, filter)) {
		NL_SET_ERR_MSG_FMT(extack, "somebody else's rule matches %pM",
				   filter->mac);
		err = -EEXIST;
	} else if (steer->any_location) {
		*location = RX_CLS_LOC_ANY;
	} else {
		err = rule_free_location(&list, location);
		if (err)
			NL_SET_ERR_MSG(extack, "the NIC has no room for a rule");
	}
	rsse_rule_list_free(&list);
	return err;
}

/* A rule that cannot be remembered as ours would never be taken back. */
static int rule_remember(struct rsse_steer *steer, u32 location)
{
	return xa_err(xa_store(&steer->rules, location, xa_mk_value(1),
			       GFP_KERNEL));
}

int rsse_rule_add(struct rsse_steer *steer, struct rsse_rule *rule, u32 context,
		  struct netlink_ext_ack *extack)
{
	u32 location;
	int err;

	err = rule_choose(steer, &rule->filter, &location, extack);
	if (err)
		return err;
	err = rule_insert(steer->dev, &rule->filter, context, &location);
	if (err) {
		NL_SET_ERR_MSG_FMT(extack, "the driver refused a rule for %pM",
				   rule->filter.mac);
		return err;
	}
	err = rule_remember(steer, location);
	if (err) {
		rule_delete(steer->dev, location);
		return err;
	}
	rule->location = location;
	return 0;
}

/*
 * Insert again, at the same location or where the NIC likes it. In the latter
 * case both rules may exist for a moment.
 */
static int replace_insert(struct rsse_steer *steer, struct rsse_rule *rule,
			  u32 context, u32 location)
{
	struct ethtool_rxnfc old;
	int err;

	err = rule_insert(steer->dev, &rule->filter, context, &location);
	if (err || location == rule->location)
		return err;
	err = rule_remember(steer, location);
	if (!err && rule_is_there(steer->dev, rule, &old))
		err = rule_delete(steer->dev, rule->location);
	if (err) {
		if (rule_delete(steer->dev, location))
			netdev_err(steer->dev, "rss_engine: the rule at %u cannot be taken back\n",
				   location);
		xa_erase(&steer->rules, location);
		return err;
	}
	xa_erase(&steer->rules, rule->location);
	rule->location = location;
	return 0;
}

/* @old: the rule as it is on the NIC, to be put back if the new one fails. */
static int replace_delete(struct rsse_steer *steer, struct rsse_rule *rule,
			  u32 context, const struct ethtool_rxnfc *old)
{
	u32 location = steer->any_location ? RX_CLS_LOC_ANY : rule->location;
	int err, undo = 0;

	err = rule_delete(steer->dev, rule->location);
	if (err)
		return err;
	err = rule_insert(steer->dev, &rule->filter, context, &location);
	if (err) {
		location = steer->any_location ? RX_CLS_LOC_ANY : rule->location;
		undo = rule_insert(steer->dev, &rule->filter, old->rss_context,
				   &location);
	}
	xa_erase(&steer->rules, rule->location);
	if (undo) {
		netdev_err(steer->dev, "rss_engine: the rule for %pM is lost (error %d), its packets go to the default queues\n",
			   rule->filter.mac, undo);
		return err;
	}
	rule->location = location;
	if (rule_remember(steer, location))
		netdev_warn(steer->dev, "rss_engine: no memory to remember the rule at %u\n",
			    location);
	return err;
}

int rsse_rule_replace(struct rsse_steer *steer, struct rsse_rule *rule,
		      u32 context, struct netlink_ext_ack *extack)
{
	struct ethtool_rxnfc old;
	int err;

	if (!rule_is_there(steer->dev, rule, &old)) {
		xa_erase(&steer->rules, rule->location);
		return rsse_rule_add(steer, rule, context, extack);
	}
	switch (steer->replace) {
	case RSSE_REPLACE_IN_PLACE:
		err = replace_insert(steer, rule, context, rule->location);
		break;
	case RSSE_REPLACE_EQUAL:
		err = replace_insert(steer, rule, context, RX_CLS_LOC_ANY);
		break;
	default:
		err = replace_delete(steer, rule, context, &old);
		break;
	}
	if (err)
		NL_SET_ERR_MSG_FMT(extack,
				   "the driver refused to replace the rule for %pM",
				   rule->filter.mac);
	return err;
}

/*
 * Take a rule of ours off by its location, whatever the NIC made of it. What
 * is not there is as good as removed.
 */
int rsse_rule_undo(struct rsse_steer *steer, const struct rsse_rule *rule)
{
	int err;

	if (!xa_load(&steer->rules, rule->location))
		return 0;
	err = rule_delete(steer->dev, rule->location);
	if (err && err != -ENOENT)
		return err;
	xa_erase(&steer->rules, rule->location);
	return 0;
}

/* A rule that is no longer on the NIC is as good as removed. */
int rsse_rule_del(struct rsse_steer *steer, const struct rsse_rule *rule)
{
	struct ethtool_rxnfc info;
	int err = 0;

	if (rule_is_there(steer->dev, rule, &info))
		err = rule_delete(steer->dev, rule->location);
	if (!err)
		xa_erase(&steer->rules, rule->location);
	return err;
}
