/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the steering room. Everything here is called under RTNL and, but for
 * rsse_nic_begin() itself, between rsse_nic_begin() and rsse_nic_end().
 */
#ifndef RSSE_STEER_PRIV_H
#define RSSE_STEER_PRIV_H

#include <linux/ethtool.h>
#include <linux/xarray.h>

#include "steer.h"

/**
 * enum rsse_replace - how a rule is pointed to another context
 * @RSSE_REPLACE_IN_PLACE: insert again at the same location
 * @RSSE_REPLACE_EQUAL: insert an equal match at a location of the NIC's choice,
 *	then delete the old one if it is still there
 * @RSSE_REPLACE_DELETE: delete, then insert; between the two the packets go to
 *	context 0
 * @RSSE_REPLACE_MAX: number of ways
 */
enum rsse_replace {
	RSSE_REPLACE_IN_PLACE,
	RSSE_REPLACE_EQUAL,
	RSSE_REPLACE_DELETE,
	RSSE_REPLACE_MAX
};

/**
 * struct rsse_steer - what is ours on a NIC, and what was there before
 * @dev: the NIC; its owner holds the reference
 * @any_location: the NIC chooses where a rule goes
 * @replace: how a rule is pointed to another context
 * @rules: locations of our rules
 * @contexts: our contexts by number, as the core's books have them; one of the
 *	same number that is another's is not ours to touch
 * @restricted: context 0's table is ours
 * @mark: mark of context 0 before us, see rsse_rxfh_mark()
 * @nr_queues: rx queues in use when @indir was saved
 * @indir_size: entries of @indir
 * @indir: context 0's table before us
 */
struct rsse_steer {
	struct net_device *dev;
	bool any_location;
	enum rsse_replace replace;
	struct xarray rules;
	struct xarray contexts;
	bool restricted;
	u32 mark;
	unsigned int nr_queues;
	u32 indir_size;
	u32 *indir;
};

/**
 * struct rsse_rule_list - where a NIC has rules
 * @any_location: the NIC chooses where a rule goes
 * @size: number of locations; 0 when the NIC does not tell
 * @nr: entries of @locations
 * @locations: in the driver's order
 */
struct rsse_rule_list {
	bool any_location;
	u32 size;
	u32 nr;
	u32 *locations;
};

/* steer.c */
int rsse_nic_begin(struct net_device *dev, struct netlink_ext_ack *extack);
void rsse_nic_end(struct net_device *dev);
u32 *rsse_table_make(u32 size, const u32 *queues, unsigned int nr);

int rsse_queues_check(struct net_device *dev, const u32 *queues,
		      unsigned int nr, struct netlink_ext_ack *extack);

/* steer_table.c */
int rsse_default_read(struct net_device *dev, u32 size, u32 *table);
int rsse_default_write(struct net_device *dev, u32 size, u32 *table, u32 mark,
		       struct netlink_ext_ack *extack);

/* steer_context.c */
bool rsse_context_supported(const struct ethtool_ops *ops);
int rsse_context_create(struct net_device *dev, const u32 *queues,
			unsigned int nr, u32 *context,
			struct netlink_ext_ack *extack);
int rsse_context_remove(struct net_device *dev, u32 context,
			struct netlink_ext_ack *extack);

/* steer_rule.c */
int rsse_rule_list(struct net_device *dev, struct rsse_rule_list *list);
void rsse_rule_list_free(struct rsse_rule_list *list);
int rsse_rule_read(struct net_device *dev, u32 location,
		   struct ethtool_rxnfc *info);
bool rsse_rule_matches(const struct ethtool_rxnfc *info,
		       const struct rsse_filter *filter);
int rsse_rule_add(struct rsse_steer *steer, struct rsse_rule *rule, u32 context,
		  struct netlink_ext_ack *extack);
int rsse_rule_replace(struct rsse_steer *steer, struct rsse_rule *rule,
		      u32 context, struct netlink_ext_ack *extack);
int rsse_rule_undo(struct rsse_steer *steer, const struct rsse_rule *rule);
int rsse_rule_del(struct rsse_steer *steer, const struct rsse_rule *rule);

/* steer_probe.c */
int rsse_steer_probe(struct rsse_steer *steer, struct netlink_ext_ack *extack);

#endif /* RSSE_STEER_PRIV_H */
