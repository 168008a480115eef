// SPDX-License-Identifier: GPL-2.0-only
/*
 * Indirection tables that exist already: those of our contexts, and context 0's
 * while it is ours. Read and written as a whole, in the core's books too.
 */
#include <linux/ethtool.h>
#include <linux/netdevice.h>
#include <linux/slab.h>

#include "rsse_rxfh.h"
#include "rsse_rxfh_alloc.h"
#include "steer_priv.h"

int rsse_default_read(struct net_device *dev, u32 size, u32 *table)
{
	struct ethtool_rxfh_param rxfh = {
		.indir_size = size,
		.indir = table,
	};
	int err;

	rsse_rxfh_lock(dev);
	err = dev->ethtool_ops->get_rxfh(dev, &rxfh);
	rsse_rxfh_unlock(dev);
	return err;
}

/* Key and hash function stay as they are. */
int rsse_default_write(struct net_device *dev, u32 size, u32 *table, u32 mark,
		       struct netlink_ext_ack *extack)
{
	struct ethtool_rxfh_param rxfh = {
		.hfunc = ETH_RSS_HASH_NO_CHANGE,
		.input_xfrm = RXH_XFRM_NO_CHANGE,
		.indir_size = size,
		.indir = table,
	};
	int err;

	rsse_rxfh_lock(dev);
	err = dev->ethtool_ops->set_rxfh(dev, &rxfh, extack);
	if (!err)
		rsse_rxfh_set_mark(dev, mark);
	rsse_rxfh_unlock(dev);
	return err;
}

/* The core's books have it as the administrator or we wrote it last. */
static int context_read(struct net_device *dev, u32 context, u32 size,
			u32 *table)
{
	struct ethtool_rxfh_context *ctx;
	int err = -ENOENT;

	mutex_lock(&dev->ethtool->rss_lock);
	ctx = xa_load(&dev->ethtool->rss_ctx, context);
	if (ctx && ctx->indir_size == size) {
		memcpy(table, ethtool_rxfh_context_indir(ctx),
		       array_size(size, sizeof(*table)));
		err = 0;
	}
	mutex_unlock(&dev->ethtool->rss_lock);
	return err;
}

static int context_modify(struct net_device *dev,
			  struct ethtool_rxfh_context *ctx,
			  struct ethtool_rxfh_param *rxfh,
			  struct netlink_ext_ack *extack)
{
	const struct ethtool_ops *ops = dev->ethtool_ops;

	if (!ops->create_rxfh_context)
		return rsse_rxfh_modify(dev, rxfh, extack);
	if (!ops->modify_rxfh_context)
		return -EOPNOTSUPP;
	return ops->modify_rxfh_context(dev, ctx, rxfh, extack);
}

static int context_write(struct net_device *dev, u32 context, u32 size,
			 u32 *table, struct netlink_ext_ack *extack)
{
	struct ethtool_rxfh_param rxfh = {
		.hfunc = ETH_RSS_HASH_NO_CHANGE,
		.input_xfrm = RXH_XFRM_NO_CHANGE,
		.rss_context = context,
		.indir_size = size,
		.indir = table,
	};
	struct ethtool_rxfh_context *ctx;
	int err = -ENOENT;

	mutex_lock(&dev->ethtool->rss_lock);
	ctx = xa_load(&dev->ethtool->rss_ctx, context);
	if (ctx && ctx->indir_size == size)
		err = context_modify(dev, ctx, &rxfh, extack);
	if (!err) {
		memcpy(ethtool_rxfh_context_indir(ctx), table,
		       array_size(size, sizeof(*table)));
		rsse_rxfh_ctx_mark(ctx);
	}
	mutex_unlock(&dev->ethtool->rss_lock);
	return err;
}

static bool is_ours(struct rsse_steer *steer, u32 context)
{
	return context ? rsse_steer_context_is_ours(steer, context) :
			 steer->restricted;
}

static int table_read(struct rsse_steer *steer, u32 context,
		      struct rsse_table *table)
{
	struct net_device *dev = steer->dev;
	u32 size = dev->ethtool_ops->get_rxfh_indir_size(dev);

	if (!is_ours(steer, context) || !size)
		return -ENOENT;
	table->queues = kvmalloc_array(size, sizeof(u32), GFP_KERNEL);
	if (!table->queues)
		return -ENOMEM;
	table->size = size;
	if (context)
		return context_read(dev, context, size, table->queues);
	return rsse_default_read(dev, size, table->queues);
}

int rsse_steer_table_read(struct rsse_steer *steer, u32 context,
			  struct rsse_table *table, struct netlink_ext_ack *extack)
{
	int err;

	memset(table, 0, sizeof(*table));
	err = rsse_nic_begin(steer->dev, extack);
	if (err)
		return err;
	err = table_read(steer, context, table);
	rsse_nic_end(steer->dev);
	if (!err)
		return 0;
	rsse_steer_table_free(table);
	NL_SET_ERR_MSG_FMT(extack, "the indirection table of RSS context %u could not be read",
			   context);
	return err;
}

int rsse_steer_table_write(struct rsse_steer *steer, u32 context,
			   const struct rsse_table *table,
			   struct netlink_ext_ack *extack)
{
	struct net_device *dev = steer->dev;
	int err;

	err = rsse_nic_begin(dev, extack);
	if (err)
		return err;
	if (!is_ours(steer, context) ||
	    dev->ethtool_ops->get_rxfh_indir_size(dev) != table->size)
		err = -ENOENT;
	else
		err = rsse_queues_check(dev, table->queues, table->size,
					extack);
	if (!err)
		err = context ? context_write(dev, context, table->size,
					      table->queues, extack) :
				rsse_default_write(dev, table->size,
						   table->queues, table->size,
						   extack);
	rsse_nic_end(dev);
	return err;
}

void rsse_steer_table_free(struct rsse_table *table)
{
	kvfree(table->queues);
	memset(table, 0, sizeof(*table));
}
