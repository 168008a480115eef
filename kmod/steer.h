/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Steering: everything that touches the NIC, through its own ethtool_ops with
 * the core's locks and bookkeeping, so that ethtool shows the truth.
 *
 * Context of every function: RTNL held, rsse_lock not held; may sleep. Errors
 * are negative errnos with an extack message where there is an extack; a
 * function that fails has changed nothing.
 */
#ifndef RSSE_STEER_H
#define RSSE_STEER_H

#include "vm.h"

/**
 * struct rsse_rule - a rule of ours on the NIC
 * @filter: what it matches; a copy, so that it can be removed when the VNIC
 *	has changed
 * @location: where the NIC put it
 */
struct rsse_rule {
	struct rsse_filter filter;
	u32 location;
};

/**
 * struct rsse_steer - what is ours on a NIC, and what was there before
 *
 * Owned by the steering code. Exists from rsse_steer_attach() to
 * rsse_steer_detach().
 */
struct rsse_steer;

/**
 * rsse_steer_survey() - find the queues that others use
 * @dev: the device
 * @nr_queues: bits in @foreign
 * @foreign: bitmap of queues; set where rules, RSS contexts or AF_XDP sockets
 *	of others use the queue
 * @extack: why it cannot be told
 *
 * Reads only.
 */
int rsse_steer_survey(struct net_device *dev, unsigned int nr_queues,
		      unsigned long *foreign, struct netlink_ext_ack *extack);

/* Number of rx queues in use (channels), or a negative errno. */
int rsse_steer_nr_queues(struct net_device *dev);

/*
 * 0 when the NIC may be steered as far as can be told without touching it, or
 * -EOPNOTSUPP with the reason, and the command that helps.
 */
int rsse_steer_check(struct net_device *dev, struct netlink_ext_ack *extack);

/**
 * rsse_steer_attach() - probe by trial and save what will be changed
 * @dev: the device
 * @extack: says why the NIC cannot be used, and the command that helps
 *
 * Makes a context and a rule to it and takes both back, to learn the dialect;
 * saves context 0's table and whether it was user-configured. Leaves the NIC
 * as it was.
 *
 * Return: the steering state or an ERR_PTR (-EOPNOTSUPP where the NIC has no
 * RSS contexts, ntuple is off or no rule to a context is taken).
 */
struct rsse_steer *rsse_steer_attach(struct net_device *dev,
				     struct netlink_ext_ack *extack);

/* Put context 0's table and its mark back, free @steer. Contexts and rules of
 * ours are already gone. @going: the device goes; touch nothing.
 */
void rsse_steer_detach(struct rsse_steer *steer, bool going);

/* How rules are written on this NIC; constant string for pnic show. */
const char *rsse_steer_dialect(const struct rsse_steer *steer);

/* How many RSS contexts the NIC can have besides 0; 0: it does not tell. */
unsigned int rsse_steer_contexts_max(const struct rsse_steer *steer);

/* Restrict context 0 to @queues. */
int rsse_steer_set_default(struct rsse_steer *steer, const u32 *queues,
			   unsigned int nr, struct netlink_ext_ack *extack);

/* Make an RSS context over @queues, entries dealt out evenly. */
int rsse_steer_context_create(struct rsse_steer *steer, const u32 *queues,
			      unsigned int nr, u32 *context,
			      struct netlink_ext_ack *extack);
/* Whether the context of this number is the one made here. RTNL is enough. */
bool rsse_steer_context_is_ours(struct rsse_steer *steer, u32 context);
int rsse_steer_context_remove(struct rsse_steer *steer, u32 context);

/**
 * struct rsse_table - an indirection table
 * @size: entries of @queues
 * @queues: rx queue of each entry
 */
struct rsse_table {
	u32 size;
	u32 *queues;
};

/**
 * rsse_steer_table_read() - the indirection table of an engine, as it is
 * @steer: the NIC
 * @context: RSS context of ours, or 0 while its table is ours
 * @table: to be given back to rsse_steer_table_free()
 * @extack: says that it could not be read
 *
 * Return: 0, -ENOENT when the context is not ours any more, -ENOMEM or what
 * the driver said.
 */
int rsse_steer_table_read(struct rsse_steer *steer, u32 context,
			  struct rsse_table *table, struct netlink_ext_ack *extack);

/* Write it, and the core's books; the hash key stays. The same errors. */
int rsse_steer_table_write(struct rsse_steer *steer, u32 context,
			   const struct rsse_table *table,
			   struct netlink_ext_ack *extack);
void rsse_steer_table_free(struct rsse_table *table);

/**
 * rsse_steer_rule_set() - send a filter's packets to a context
 * @steer: the NIC
 * @rule: the filter; its location is written, also by a replacement
 * @context: RSS context
 * @replace: the rule exists at @rule->location and is pointed to @context,
 *	in place where the NIC can
 * @extack: says what the driver refused
 */
int rsse_steer_rule_set(struct rsse_steer *steer, struct rsse_rule *rule,
			u32 context, bool replace,
			struct netlink_ext_ack *extack);
int rsse_steer_rule_del(struct rsse_steer *steer, const struct rsse_rule *rule);

#endif /* RSSE_STEER_H */
