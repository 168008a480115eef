// SPDX-License-Identifier: GPL-2.0-only
/*
 * RSS contexts: indirection tables and keys. A context is replaced as a whole,
 * so every packet sees one table and its key.
 */
#include <linux/rtnetlink.h>

#include "simnic.h"

/* queues fit the bytes of &simnic_rss.indir */
static_assert(SIMNIC_MAX_QUEUES < U8_MAX);

static void simnic_rss_spread(struct simnic_rss *rss, unsigned int queues)
{
	unsigned int i;

	for (i = 0; i < SIMNIC_INDIR_SIZE; i++)
		rss->indir[i] = ethtool_rxfh_indir_default(i, queues);
}

static void simnic_rss_publish(struct simnic *nic, u32 context, struct simnic_rss *rss)
{
	struct simnic_rss *old;

	old = rcu_replace_pointer(nic->rss[context], rss, lockdep_rtnl_is_held());
	if (old)
		kfree_rcu(old, rcu);
}

/**
 * simnic_rss_init() - make context 0, spread over all queues
 * @nic: NIC that nobody can see yet
 *
 * Return: 0 or -ENOMEM.
 */
int simnic_rss_init(struct simnic *nic)
{
	struct simnic_rss *rss = kzalloc(sizeof(*rss), GFP_KERNEL);

	if (!rss)
		return -ENOMEM;
	simnic_rss_spread(rss, nic->dev->real_num_rx_queues);
	netdev_rss_key_fill(rss->key, sizeof(rss->key));
	RCU_INIT_POINTER(nic->rss[0], rss);
	simnic_hash_init(nic);
	return 0;
}

/**
 * simnic_rss_free() - free all contexts
 * @nic: NIC that nobody can see any more
 */
void simnic_rss_free(struct simnic *nic)
{
	unsigned int i;

	for (i = 0; i < SIMNIC_MAX_CONTEXTS; i++)
		kfree(rcu_dereference_protected(nic->rss[i], 1));
}

/**
 * simnic_rss_exists() - is there such a context?
 * @nic: NIC
 * @context: id, any value
 *
 * Context: RTNL.
 * Return: true if there is.
 */
bool simnic_rss_exists(const struct simnic *nic, u32 context)
{
	return context < SIMNIC_MAX_CONTEXTS && rtnl_dereference(nic->rss[context]);
}

/**
 * simnic_rss_respread() - spread context 0 evenly again
 * @nic: NIC
 * @queues: over queues [0, @queues)
 *
 * Context: RTNL.
 * Return: 0 or -ENOMEM.
 */
int simnic_rss_respread(struct simnic *nic, unsigned int queues)
{
	struct simnic_rss *rss;

	rss = kmemdup(rtnl_dereference(nic->rss[0]), sizeof(*rss), GFP_KERNEL);
	if (!rss)
		return -ENOMEM;
	simnic_rss_spread(rss, queues);
	simnic_rss_publish(nic, 0, rss);
	return 0;
}

/**
 * simnic_rss_queue() - hash a packet and pick its queue
 * @nic: NIC
 * @context: id; one that is just going away counts as 0
 * @key: the packet's
 * @hash: set; type PKT_HASH_TYPE_NONE and value 0 for what is not IP
 *
 * Context: RCU read-side section.
 * Return: the queue.
 */
unsigned int simnic_rss_queue(const struct simnic *nic, u32 context,
			      const struct simnic_key *key, struct simnic_hash *hash)
{
	const struct simnic_rss *rss = rcu_dereference(nic->rss[context]);

	if (unlikely(!rss))
		rss = rcu_dereference(nic->rss[0]);
	simnic_hash_packet(nic, rss->key, key, hash);
	return rss->indir[hash->value % SIMNIC_INDIR_SIZE];
}

/**
 * simnic_get_rxfh() - ethtool operation: table and key of a context
 * @dev: NIC end
 * @rxfh: its @indir and @key are filled where they are not NULL
 *
 * The core asks for context 0 only, where contexts have operations of their own.
 *
 * Context: RTNL.
 * Return: 0, or -ENOENT where there is no such context.
 */
int simnic_get_rxfh(struct net_device *dev, struct ethtool_rxfh_param *rxfh)
{
	struct simnic *nic = netdev_priv(dev);
	const struct simnic_rss *rss;
	unsigned int i;

	if (!simnic_rss_exists(nic, rxfh->rss_context))
		return -ENOENT;
	rss = rtnl_dereference(nic->rss[rxfh->rss_context]);
	rxfh->hfunc = ETH_RSS_HASH_TOP;
	if (rxfh->indir)
		for (i = 0; i < SIMNIC_INDIR_SIZE; i++)
			rxfh->indir[i] = rss->indir[i];
	if (rxfh->key)
		memcpy(rxfh->key, rss->key, SIMNIC_KEY_SIZE);
	return 0;
}

static int simnic_rxfh_check(struct net_device *dev, const struct ethtool_rxfh_param *rxfh,
			     struct netlink_ext_ack *extack)
{
	unsigned int i;

	if (rxfh->hfunc != ETH_RSS_HASH_NO_CHANGE && rxfh->hfunc != ETH_RSS_HASH_TOP) {
		NL_SET_ERR_MSG_MOD(extack, "only the Toeplitz hash is supported");
		return -EOPNOTSUPP;
	}
	if (rxfh->input_xfrm && rxfh->input_xfrm != RXH_XFRM_NO_CHANGE) {
		NL_SET_ERR_MSG_MOD(extack, "no input transformation is supported");
		return -EOPNOTSUPP;
	}
	if (!rxfh->indir)
		return 0;
	for (i = 0; i < SIMNIC_INDIR_SIZE; i++) {
		if (rxfh->indir[i] < dev->real_num_rx_queues)
			continue;
		NL_SET_ERR_MSG_FMT_MOD(extack, "queue %u at %u of the table, of %u queues",
				       rxfh->indir[i], i, dev->real_num_rx_queues);
		return -EINVAL;
	}
	return 0;
}

static void simnic_rxfh_apply(struct simnic_rss *rss, const struct ethtool_rxfh_param *rxfh)
{
	unsigned int i;

	if (rxfh->indir)
		for (i = 0; i < SIMNIC_INDIR_SIZE; i++)
			rss->indir[i] = rxfh->indir[i];
	if (rxfh->key)
		memcpy(rss->key, rxfh->key, SIMNIC_KEY_SIZE);
}

static int simnic_rxfh_change(struct net_device *dev, u32 context,
			      const struct ethtool_rxfh_param *rxfh,
			      enum simnic_fail_op op, struct netlink_ext_ack *extack)
{
	struct simnic *nic = netdev_priv(dev);
	struct simnic_rss *rss;
	int err;

	err = simnic_rxfh_check(dev, rxfh, extack);
	if (err)
		return err;
	if (!simnic_rss_exists(nic, context)) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "no RSS context %u", context);
		return -ENOENT;
	}
	err = simnic_op_begin(nic, op, extack);
	if (err)
		return err;
	rss = kmemdup(rtnl_dereference(nic->rss[context]), sizeof(*rss), GFP_KERNEL);
	if (!rss)
		return -ENOMEM;
	simnic_rxfh_apply(rss, rxfh);
	simnic_rss_publish(nic, context, rss);
	return 0;
}

/**
 * simnic_modify_context() - ethtool operation: change another context
 * @dev: NIC end
 * @ctx: the core's record of it
 * @rxfh: what to change
 * @extack: told what is wrong, may be NULL
 *
 * Context: RTNL and the core's rss_lock.
 * Return: as simnic_set_rxfh() of context 0, or -ENOENT.
 */
int simnic_modify_context(struct net_device *dev, struct ethtool_rxfh_context *ctx,
			  const struct ethtool_rxfh_param *rxfh,
			  struct netlink_ext_ack *extack)
{
	return simnic_rxfh_change(dev, rxfh->rss_context, rxfh, SIMNIC_FAIL_CTX_MODIFY,
				  extack);
}

static unsigned int simnic_rss_count(const struct simnic *nic)
{
	unsigned int i, count = 0;

	for (i = 0; i < SIMNIC_MAX_CONTEXTS; i++)
		count += !!rtnl_dereference(nic->rss[i]);
	return count;
}

static int simnic_create_check(struct net_device *dev, const struct ethtool_rxfh_param *rxfh,
			       struct netlink_ext_ack *extack)
{
	struct simnic *nic = netdev_priv(dev);
	u32 max = READ_ONCE(nic->max_contexts);
	int err;

	err = simnic_rxfh_check(dev, rxfh, extack);
	if (err)
		return err;
	if (rxfh->rss_context >= SIMNIC_MAX_CONTEXTS ||
	    simnic_rss_exists(nic, rxfh->rss_context)) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "RSS context %u cannot be created",
				       rxfh->rss_context);
		return -EINVAL;
	}
	if (simnic_rss_count(nic) >= max) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "all %u RSS contexts are in use", max);
		return -ENOSPC;
	}
	return simnic_op_begin(nic, SIMNIC_FAIL_CTX_CREATE, extack);
}

static struct simnic_rss *simnic_context_make(struct net_device *dev,
					      const struct ethtool_rxfh_param *rxfh,
					      struct netlink_ext_ack *extack)
{
	struct simnic *nic = netdev_priv(dev);
	struct simnic_rss *rss;
	int err;

	err = simnic_create_check(dev, rxfh, extack);
	if (err)
		return ERR_PTR(err);
	rss = kzalloc(sizeof(*rss), GFP_KERNEL);
	if (!rss)
		return ERR_PTR(-ENOMEM);
	simnic_rss_spread(rss, dev->real_num_rx_queues);
	memcpy(rss->key, rtnl_dereference(nic->rss[0])->key, sizeof(rss->key));
	simnic_rxfh_apply(rss, rxfh);
	simnic_rss_publish(nic, rxfh->rss_context, rss);
	return rss;
}

/* The core copies what userspace gave; what it did not give is ours to fill in */
static void simnic_create_defaults(struct ethtool_rxfh_context *ctx,
				   const struct simnic_rss *rss,
				   const struct ethtool_rxfh_param *rxfh)
{
	u32 *indir = ethtool_rxfh_context_indir(ctx);
	unsigned int i;

	if (!rxfh->indir)
		for (i = 0; i < SIMNIC_INDIR_SIZE; i++)
			indir[i] = rss->indir[i];
	if (!rxfh->key)
		memcpy(ethtool_rxfh_context_key(ctx), rss->key, SIMNIC_KEY_SIZE);
	ctx->hfunc = ETH_RSS_HASH_TOP;
	ctx->input_xfrm = 0;
}

/**
 * simnic_create_context() - ethtool operation: make a context
 * @dev: NIC end
 * @ctx: the core's record, completed with the defaults
 * @rxfh: id that the core chose, table and key where given
 * @extack: told what is wrong, may be NULL
 *
 * Context: RTNL and the core's rss_lock.
 * Return: as simnic_set_rxfh() of context 0, or -ENOSPC.
 */
int simnic_create_context(struct net_device *dev, struct ethtool_rxfh_context *ctx,
			  const struct ethtool_rxfh_param *rxfh,
			  struct netlink_ext_ack *extack)
{
	struct simnic_rss *rss = simnic_context_make(dev, rxfh, extack);

	if (IS_ERR(rss))
		return PTR_ERR(rss);
	simnic_create_defaults(ctx, rss, rxfh);
	return 0;
}

/**
 * simnic_remove_context() - ethtool operation: delete a context
 * @dev: NIC end
 * @ctx: the core's record of it
 * @context: id
 * @extack: told what is wrong, may be NULL
 *
 * Context: RTNL and the core's rss_lock.
 * Return: 0, -ENOENT, or -EBUSY while a rule uses it.
 */
int simnic_remove_context(struct net_device *dev, struct ethtool_rxfh_context *ctx,
			  u32 context, struct netlink_ext_ack *extack)
{
	struct simnic *nic = netdev_priv(dev);
	int rule, err;

	if (!context || !simnic_rss_exists(nic, context)) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "no RSS context %u to remove", context);
		return -ENOENT;
	}
	rule = simnic_ntuple_context_user(&nic->ntuple, context);
	if (rule >= 0) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "RSS context %u is used by rule %d",
				       context, rule);
		return -EBUSY;
	}
	err = simnic_op_begin(nic, SIMNIC_FAIL_CTX_REMOVE, extack);
	if (err)
		return err;
	simnic_rss_publish(nic, context, NULL);
	return 0;
}

#ifdef RSSE_HAVE_SET_RXFH_CONTEXTS
static u32 simnic_rss_free_id(const struct simnic *nic)
{
	u32 context = 1;

	while (simnic_rss_exists(nic, context))
		context++;
	return context;
}

/* What operations of their own do, where there are any */
static int simnic_set_context(struct net_device *dev, struct ethtool_rxfh_param *rxfh,
			      struct netlink_ext_ack *extack)
{
	if (rxfh->rss_context == ETH_RXFH_CONTEXT_ALLOC) {
		rxfh->rss_context = simnic_rss_free_id(netdev_priv(dev));
		return PTR_ERR_OR_ZERO(simnic_context_make(dev, rxfh, extack));
	}
	if (rxfh->rss_delete)
		return simnic_remove_context(dev, NULL, rxfh->rss_context, extack);
	return simnic_modify_context(dev, NULL, rxfh, extack);
}
#else
static int simnic_set_context(struct net_device *dev, struct ethtool_rxfh_param *rxfh,
			      struct netlink_ext_ack *extack)
{
	return -EOPNOTSUPP;
}
#endif

/**
 * simnic_set_rxfh() - ethtool operation: change context 0, and others where contexts
 *	have no operations of their own
 * @dev: NIC end
 * @rxfh: what to change; gets the id of a context that is made
 * @extack: told what is wrong, may be NULL
 *
 * Context: RTNL.
 * Return: 0, -EINVAL for a queue that is none, -EOPNOTSUPP for another hash,
 * -ENOMEM; of a context: as the operations.
 */
int simnic_set_rxfh(struct net_device *dev, struct ethtool_rxfh_param *rxfh,
		    struct netlink_ext_ack *extack)
{
	if (rxfh->rss_context)
		return simnic_set_context(dev, rxfh, extack);
	return simnic_rxfh_change(dev, 0, rxfh, SIMNIC_FAIL_SET_RXFH, extack);
}
