// SPDX-License-Identifier: GPL-2.0-only
/*
 * ntuple rules. Packets look rules up locklessly; rules that name a whole
 * destination MAC, the usual kind, are found by hash.
 */
#include <linux/jhash.h>
#include <linux/rtnetlink.h>

#include "simnic.h"

/**
 * simnic_ntuple_init() - set up an empty table of rules
 * @nt: zeroed
 */
void simnic_ntuple_init(struct simnic_ntuple *nt)
{
	seqlock_init(&nt->lock);
}

/**
 * simnic_ntuple_free() - free all rules
 * @nt: rules that no packet can see any more
 */
void simnic_ntuple_free(struct simnic_ntuple *nt)
{
	unsigned int i;

	for (i = 0; i < SIMNIC_RULES; i++)
		kfree(nt->at[i]);
}

static u32 simnic_mac_bucket(const u8 *mac)
{
	return jhash(mac, ETH_ALEN, 0) >> (32 - SIMNIC_RULE_HASH_BITS);
}

static struct hlist_head *simnic_rule_list(struct simnic_ntuple *nt,
					   const struct simnic_rule *rule)
{
	if (!is_broadcast_ether_addr(rule->mask.dmac))
		return &nt->other;
	return &nt->exact[simnic_mac_bucket(rule->value.dmac)];
}

static bool simnic_rule_match(const struct simnic_rule *rule, const struct simnic_key *key)
{
	const unsigned long *v = (const unsigned long *)&rule->value;
	const unsigned long *m = (const unsigned long *)&rule->mask;
	const unsigned long *k = (const unsigned long *)key;
	unsigned int i;

	static_assert(sizeof(*key) % sizeof(unsigned long) == 0);
	for (i = 0; i < sizeof(*key) / sizeof(unsigned long); i++)
		if ((k[i] & m[i]) != v[i])
			return false;
	return true;
}

static const struct simnic_rule *simnic_list_best(struct hlist_head *list,
						  const struct simnic_key *key,
						  const struct simnic_rule *best)
{
	const struct simnic_rule *rule;

	hlist_for_each_entry_rcu(rule, list, node)
		if ((!best || rule->fs.location < best->fs.location) &&
		    simnic_rule_match(rule, key))
			best = rule;
	return best;
}

static void simnic_rule_verdict(const struct simnic_rule *rule, struct simnic_verdict *v)
{
	if (rule->fs.ring_cookie == RX_CLS_FLOW_DISC) {
		v->action = SIMNIC_DISCARD;
	} else if (rule->fs.flow_type & FLOW_RSS) {
		v->action = SIMNIC_TO_CONTEXT;
		v->target = rule->context;
	} else {
		v->action = SIMNIC_TO_QUEUE;
		v->target = rule->fs.ring_cookie;
	}
}

/**
 * simnic_ntuple_lookup() - which rule decides about a packet?
 * @nt: rules
 * @key: the packet's
 * @verdict: set if a rule matches
 *
 * Context: RCU read-side section.
 * Return: true if a rule matches.
 */
bool simnic_ntuple_lookup(struct simnic_ntuple *nt, const struct simnic_key *key,
			  struct simnic_verdict *verdict)
{
	struct hlist_head *exact = &nt->exact[simnic_mac_bucket(key->dmac)];
	const struct simnic_rule *best;
	unsigned int seq;

	do {
		seq = read_seqbegin(&nt->lock);
		best = simnic_list_best(exact, key, NULL);
		best = simnic_list_best(&nt->other, key, best);
	} while (read_seqretry(&nt->lock, seq));
	if (best)
		simnic_rule_verdict(best, verdict);
	return best;
}

/**
 * simnic_ntuple_context_user() - which rule uses a context?
 * @nt: rules
 * @context: id
 *
 * Context: RTNL.
 * Return: location of the first rule, or -ENOENT.
 */
int simnic_ntuple_context_user(const struct simnic_ntuple *nt, u32 context)
{
	unsigned int i;

	for (i = 0; i < SIMNIC_RULES; i++)
		if (nt->at[i] && nt->at[i]->fs.flow_type & FLOW_RSS &&
		    nt->at[i]->context == context)
			return i;
	return -ENOENT;
}

/* Puts @rule, or nothing, in the place of what is at @location, in one step */
static void simnic_ntuple_replace(struct simnic_ntuple *nt, u32 location,
				  struct simnic_rule *rule)
{
	struct simnic_rule *old = nt->at[location];

	write_seqlock_bh(&nt->lock);
	if (old)
		hlist_del_rcu(&old->node);
	if (rule)
		hlist_add_head_rcu(&rule->node, simnic_rule_list(nt, rule));
	write_sequnlock_bh(&nt->lock);
	nt->at[location] = rule;
	nt->count += !!rule - !!old;
	if (old)
		kfree_rcu(old, rcu);
}

/* The ethtool operations for rules carry no extack: the log has to tell */
static int simnic_refuse(struct net_device *dev, int err, const char *why)
{
	if (net_ratelimit())
		netdev_info(dev, "rule refused: %s\n", why);
	return err;
}

static int simnic_free_location(const struct simnic_ntuple *nt, u32 wish)
{
	int i;

	if (wish == RX_CLS_LOC_LAST) {
		for (i = SIMNIC_RULES - 1; i >= 0; i--)
			if (!nt->at[i])
				return i;
		return -ENOSPC;
	}
	for (i = 0; i < SIMNIC_RULES; i++)
		if (!nt->at[i])
			return i;
	return -ENOSPC;
}

static int simnic_rule_location(struct net_device *dev, struct ethtool_rx_flow_spec *fs)
{
	struct simnic *nic = netdev_priv(dev);
	int location;

	if (fs->location & RX_CLS_LOC_SPECIAL) {
		if (fs->location != RX_CLS_LOC_ANY && fs->location != RX_CLS_LOC_FIRST &&
		    fs->location != RX_CLS_LOC_LAST)
			return simnic_refuse(dev, -EINVAL, "unknown special location");
		location = simnic_free_location(&nic->ntuple, fs->location);
		if (location < 0)
			return simnic_refuse(dev, location, "all locations are in use");
		fs->location = location;
	}
	if (fs->location >= SIMNIC_RULES)
		return simnic_refuse(dev, -EINVAL, "location out of range");
	return 0;
}

static int simnic_rule_target(struct net_device *dev, const struct ethtool_rxnfc *info)
{
	const struct ethtool_rx_flow_spec *fs = &info->fs;

	if (fs->flow_type & FLOW_RSS) {
		if (fs->ring_cookie)
			return simnic_refuse(dev, -EINVAL, "a queue besides a context");
		if (!simnic_rss_exists(netdev_priv(dev), info->rss_context))
			return simnic_refuse(dev, -ENOENT, "no such RSS context");
		return 0;
	}
	if (fs->ring_cookie != RX_CLS_FLOW_DISC &&
	    fs->ring_cookie >= dev->real_num_rx_queues)
		return simnic_refuse(dev, -EINVAL, "no such queue");
	return 0;
}

static int simnic_rule_insert(struct net_device *dev, struct ethtool_rxnfc *info)
{
	struct simnic *nic = netdev_priv(dev);
	struct simnic_rule *rule;
	const char *wrong;
	int err;

	if (!(dev->features & NETIF_F_NTUPLE))
		return simnic_refuse(dev, -EOPNOTSUPP, "ntuple filters are off");
	err = simnic_rule_target(dev, info) ?: simnic_rule_location(dev, &info->fs);
	if (err)
		return err;
	rule = kzalloc(sizeof(*rule), GFP_KERNEL);
	if (!rule)
		return -ENOMEM;
	wrong = simnic_spec_parse(&info->fs, &rule->value, &rule->mask);
	err = wrong ? simnic_refuse(dev, -EINVAL, wrong) :
		      simnic_op_begin(nic, SIMNIC_FAIL_RULE_INSERT, NULL);
	if (err) {
		kfree(rule);
		return err;
	}
	rule->fs = info->fs;
	if (rule->fs.flow_type & FLOW_RSS)
		rule->context = info->rss_context;
	simnic_ntuple_replace(&nic->ntuple, info->fs.location, rule);
	return 0;
}

static int simnic_rule_delete(struct net_device *dev, u32 location)
{
	struct simnic *nic = netdev_priv(dev);
	int err;

	if (location >= SIMNIC_RULES || !nic->ntuple.at[location])
		return simnic_refuse(dev, -ENOENT, "no rule at this location");
	err = simnic_op_begin(nic, SIMNIC_FAIL_RULE_DELETE, NULL);
	if (err)
		return err;
	simnic_ntuple_replace(&nic->ntuple, location, NULL);
	return 0;
}

/**
 * simnic_set_rxnfc() - ethtool operation: insert or delete a rule
 * @dev: NIC end
 * @info: command; @info->fs.location is set to the place chosen
 *
 * Context: RTNL.
 * Return: 0; -EINVAL, -ENOENT (context or rule), -ENOSPC, -ENOMEM, or
 * -EOPNOTSUPP while ntuple filters are off.
 */
int simnic_set_rxnfc(struct net_device *dev, struct ethtool_rxnfc *info)
{
	switch (info->cmd) {
	case ETHTOOL_SRXCLSRLINS:
		return simnic_rule_insert(dev, info);
	case ETHTOOL_SRXCLSRLDEL:
		return simnic_rule_delete(dev, info->fs.location);
	default:
		return -EOPNOTSUPP;
	}
}

static int simnic_rule_get(const struct simnic_ntuple *nt, struct ethtool_rxnfc *info)
{
	const struct simnic_rule *rule;

	if (info->fs.location >= SIMNIC_RULES)
		return -EINVAL;
	rule = nt->at[info->fs.location];
	if (!rule)
		return -ENOENT;
	info->fs = rule->fs;
	info->rss_context = rule->context;
	return 0;
}

static int simnic_rule_locations(const struct simnic_ntuple *nt,
				 struct ethtool_rxnfc *info, u32 *locs)
{
	unsigned int i, n = 0;

	for (i = 0; i < SIMNIC_RULES; i++) {
		if (!nt->at[i])
			continue;
		if (n == info->rule_cnt)
			return -EMSGSIZE;
		locs[n++] = i;
	}
	info->rule_cnt = n;
	info->data = SIMNIC_RULES;
	return 0;
}

/**
 * simnic_get_rxnfc() - ethtool operation: number of queues, and rules
 * @dev: NIC end
 * @info: question and answer
 * @locs: room for @info->rule_cnt locations, for ETHTOOL_GRXCLSRLALL
 *
 * Context: RTNL.
 * Return: 0, -EINVAL, -ENOENT, -EMSGSIZE where @locs is too small.
 */
int simnic_get_rxnfc(struct net_device *dev, struct ethtool_rxnfc *info, u32 *locs)
{
	struct simnic *nic = netdev_priv(dev);

	switch (info->cmd) {
	case ETHTOOL_GRXRINGS:
		info->data = dev->real_num_rx_queues;
		return 0;
	case ETHTOOL_GRXCLSRLCNT:
		info->rule_cnt = nic->ntuple.count;
		info->data = SIMNIC_RULES | RX_CLS_LOC_SPECIAL;
		return 0;
	case ETHTOOL_GRXCLSRULE:
		return simnic_rule_get(&nic->ntuple, info);
	case ETHTOOL_GRXCLSRLALL:
		return simnic_rule_locations(&nic->ntuple, info, locs);
	default:
		return -EOPNOTSUPP;
	}
}
