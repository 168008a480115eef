// SPDX-License-Identifier: GPL-2.0-only
/*
 * The trial: a context and a rule to it, made and taken back, tell what no
 * feature flag tells. The rule's address is a random locally administered one,
 * so no packet meets it.
 */
#include <linux/ethtool.h>
#include <linux/etherdevice.h>
#include <linux/netdevice.h>

#include "steer_priv.h"

/* Exactly @nr rules, and the one at @rule's location is @rule to @context. */
static bool probe_reads_back(struct net_device *dev, const struct rsse_rule *rule,
			     u32 context, u32 nr)
{
	struct rsse_rule_list list;
	struct ethtool_rxnfc info;
	bool same;

	if (rsse_rule_list(dev, &list))
		return false;
	same = list.nr == nr;
	rsse_rule_list_free(&list);
	return same && !rsse_rule_read(dev, rule->location, &info) &&
	       (info.fs.flow_type & FLOW_RSS) && info.rss_context == context &&
	       rsse_rule_matches(&info, &rule->filter);
}

/* A driver that cannot, unlike one that this once could not */
static bool probe_cannot(int err)
{
	return err == -EINVAL || err == -EOPNOTSUPP || err == -EEXIST;
}

/*
 * Try the ways to point a rule elsewhere, best first, from @context to @other
 * and back; the one that works is left in @steer.
 */
static int probe_replace(struct rsse_steer *steer, struct rsse_rule *rule,
			 u32 context, u32 other, u32 nr)
{
	int err = -EOPNOTSUPP;

	for (steer->replace = RSSE_REPLACE_IN_PLACE;
	     steer->replace < RSSE_REPLACE_MAX && probe_cannot(err);
	     steer->replace++) {
		if (steer->replace == RSSE_REPLACE_EQUAL && !steer->any_location)
			continue;
		err = rsse_rule_replace(steer, rule, other, NULL);
		if (!err && probe_reads_back(steer->dev, rule, other, nr))
			return rsse_rule_replace(steer, rule, context, NULL);
		if (!err)
			err = -EOPNOTSUPP;
	}
	return err;
}

static int probe_insert(struct rsse_steer *steer, struct rsse_rule *rule,
			u32 context, struct netlink_ext_ack *extack)
{
	int err;

	err = rsse_rule_add(steer, rule, context, NULL);
	if (probe_cannot(err) && steer->any_location) {
		steer->any_location = false;
		err = rsse_rule_add(steer, rule, context, NULL);
	}
	if (err)
		NL_SET_ERR_MSG_FMT(extack,
				   "the NIC takes no rule from a MAC to an RSS context (error %d)",
				   err);
	return err == -EINVAL ? -EOPNOTSUPP : err;
}

static int probe_rule(struct rsse_steer *steer, u32 context, u32 other,
		      struct netlink_ext_ack *extack)
{
	struct rsse_rule rule = { .filter.vlan = RSSE_VLAN_ANY };
	struct rsse_rule_list list;
	int err, undo;

	err = rsse_rule_list(steer->dev, &list);
	if (err) {
		NL_SET_ERR_MSG(extack, "the NIC's rules cannot be read");
		return err;
	}
	rsse_rule_list_free(&list);
	steer->any_location = list.any_location;
	eth_random_addr(rule.filter.mac);
	err = probe_insert(steer, &rule, context, extack);
	if (err)
		return err;
	if (!probe_reads_back(steer->dev, &rule, context, list.nr + 1)) {
		NL_SET_ERR_MSG(extack, "the NIC does not give back the rule it was given");
		err = -EOPNOTSUPP;
	} else {
		err = probe_replace(steer, &rule, context, other, list.nr + 1);
		if (err)
			NL_SET_ERR_MSG(extack, "the NIC's rules cannot be replaced");
	}
	undo = rsse_rule_undo(steer, &rule);
	if (undo) {
		NL_SET_ERR_MSG_FMT(extack, "the trial rule at %u cannot be taken back",
				   rule.location);
		netdev_err(steer->dev, "rss_engine: the trial rule at %u cannot be taken back (error %d)\n",
			   rule.location, undo);
	}
	return err ?: undo;
}

static int probe_take_back(struct rsse_steer *steer, u32 context,
			   struct netlink_ext_ack *extack)
{
	int err = rsse_context_remove(steer->dev, context, NULL);

	if (err) {
		NL_SET_ERR_MSG_FMT(extack, "trial RSS context %u cannot be taken back",
				   context);
		netdev_err(steer->dev, "rss_engine: trial RSS context %u cannot be taken back (error %d)\n",
			   context, err);
	}
	return err;
}

/* A NIC with a single context to spare is tried with that one alone. */
int rsse_steer_probe(struct rsse_steer *steer, struct netlink_ext_ack *extack)
{
	const u32 queue = 0;
	u32 context, other;
	int err, undo;
	bool two;

	err = rsse_context_create(steer->dev, &queue, 1, &context, extack);
	if (err)
		return err;
	two = !rsse_context_create(steer->dev, &queue, 1, &other, NULL);
	err = probe_rule(steer, context, two ? other : context, extack);
	if (two) {
		undo = probe_take_back(steer, other, extack);
		err = err ?: undo;
	}
	undo = probe_take_back(steer, context, extack);
	return err ?: undo;
}
