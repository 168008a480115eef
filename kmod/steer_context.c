// SPDX-License-Identifier: GPL-2.0-only
/* RSS contexts, kept in the core's books as the core keeps them. */
#include <linux/ethtool.h>
#include <linux/netdevice.h>
#include <linux/slab.h>

#include "rsse_rxfh.h"
#include "rsse_rxfh_alloc.h"
#include "steer_priv.h"

bool rsse_context_supported(const struct ethtool_ops *ops)
{
	return ops->create_rxfh_context || rsse_rxfh_alloc_supported(ops);
}

/*
 * The core frees it with kfree() if the device goes before us, and reads it
 * whatever the driver does, so size and layout are the core's.
 */
static struct ethtool_rxfh_context *context_alloc(struct net_device *dev)
{
	const struct ethtool_ops *ops = dev->ethtool_ops;
	u32 indir_size = ops->get_rxfh_indir_size(dev);
	u32 key_size = ops->get_rxfh_key_size ? ops->get_rxfh_key_size(dev) : 0;
	struct ethtool_rxfh_context *ctx;
	size_t key_off;

	key_off = size_add(ALIGN(ops->rxfh_priv_size, sizeof(u32)),
			   array_size(max(indir_size, ops->rxfh_indir_space),
				      sizeof(u32)));
	ctx = kzalloc(struct_size(ctx, data,
				  size_add(key_off, max_t(u32, key_size,
							  ops->rxfh_key_space))),
		      GFP_KERNEL_ACCOUNT);
	if (!ctx)
		return NULL;
	ctx->indir_size = indir_size;
	ctx->key_size = key_size;
	ctx->key_off = key_off;
	ctx->priv_size = ops->rxfh_priv_size;
	ctx->hfunc = ETH_RSS_HASH_NO_CHANGE;
	ctx->input_xfrm = RXH_XFRM_NO_CHANGE;
	return ctx;
}

/* The core numbers the contexts. Under rss_lock. */
static int context_make(struct net_device *dev, struct ethtool_rxfh_context *ctx,
			struct ethtool_rxfh_param *rxfh,
			struct netlink_ext_ack *extack)
{
	u32 limit = dev->ethtool_ops->rxfh_max_num_contexts ?: U32_MAX;
	int err;

	if (limit < 2)
		return -ENOSPC;
	err = xa_alloc(&dev->ethtool->rss_ctx, &rxfh->rss_context, ctx,
		       XA_LIMIT(1, limit - 1), GFP_KERNEL_ACCOUNT);
	if (err)
		return err == -EBUSY ? -ENOSPC : err;
	err = dev->ethtool_ops->create_rxfh_context(dev, ctx, rxfh, extack);
	if (err)
		xa_erase(&dev->ethtool->rss_ctx, rxfh->rss_context);
	return err;
}

/* What the driver chose by itself, for the core's books. Under rss_lock. */
static int context_read_back(struct net_device *dev,
			     struct ethtool_rxfh_context *ctx, u32 context)
{
	struct ethtool_rxfh_param rxfh = {
		.rss_context = context,
		.indir_size = ctx->indir_size,
		.indir = ethtool_rxfh_context_indir(ctx),
		.key_size = ctx->key_size,
		.key = ctx->key_size ? ethtool_rxfh_context_key(ctx) : NULL,
	};
	int err;

	err = dev->ethtool_ops->get_rxfh(dev, &rxfh);
	if (err)
		return err;
	ctx->hfunc = rxfh.hfunc;
	ctx->input_xfrm = rxfh.input_xfrm;
	return 0;
}

/* The driver numbers the contexts. Under rss_lock. */
static int context_make_by_set(struct net_device *dev,
			       struct ethtool_rxfh_context *ctx,
			       struct ethtool_rxfh_param *rxfh,
			       struct netlink_ext_ack *extack)
{
	int err;

	err = rsse_rxfh_alloc(dev, rxfh, extack);
	if (err)
		return err;
	err = context_read_back(dev, ctx, rxfh->rss_context);
	if (err)
		goto release;
	err = xa_insert(&dev->ethtool->rss_ctx, rxfh->rss_context, ctx,
			GFP_KERNEL);
	if (err)
		goto release;
	return 0;

release:
	if (rsse_rxfh_release(dev, rxfh->rss_context, NULL))
		netdev_err(dev, "rss_engine: RSS context %u cannot be taken back\n",
			   rxfh->rss_context);
	return err;
}

static int context_create_locked(struct net_device *dev, u32 *table,
				 u32 *context, struct netlink_ext_ack *extack)
{
	struct ethtool_rxfh_context *ctx = context_alloc(dev);
	struct ethtool_rxfh_param rxfh = {
		.hfunc = ETH_RSS_HASH_NO_CHANGE,
		.input_xfrm = RXH_XFRM_NO_CHANGE,
		.indir = table,
	};
	int err;

	if (!ctx)
		return -ENOMEM;
	rxfh.indir_size = ctx->indir_size;
	if (dev->ethtool_ops->create_rxfh_context)
		err = context_make(dev, ctx, &rxfh, extack);
	else
		err = context_make_by_set(dev, ctx, &rxfh, extack);
	if (err) {
		kfree(ctx);
		return err;
	}
	memcpy(ethtool_rxfh_context_indir(ctx), table,
	       array_size(ctx->indir_size, sizeof(u32)));
	rsse_rxfh_ctx_mark(ctx);
	*context = rxfh.rss_context;
	return 0;
}

int rsse_context_create(struct net_device *dev, const u32 *queues,
			unsigned int nr, u32 *context,
			struct netlink_ext_ack *extack)
{
	u32 *table;
	int err;

	table = rsse_table_make(dev->ethtool_ops->get_rxfh_indir_size(dev),
				queues, nr);
	if (!table)
		return -ENOMEM;
	mutex_lock(&dev->ethtool->rss_lock);
	err = context_create_locked(dev, table, context, extack);
	mutex_unlock(&dev->ethtool->rss_lock);
	kvfree(table);
	if (err == -ENOSPC)
		NL_SET_ERR_MSG_WEAK(extack, "the NIC has no RSS context left");
	else if (err)
		NL_SET_ERR_MSG_WEAK(extack, "the driver refused an RSS context");
	return err;
}

/* A context that the driver or somebody else dropped is as good as removed. */
int rsse_context_remove(struct net_device *dev, u32 context,
			struct netlink_ext_ack *extack)
{
	const struct ethtool_ops *ops = dev->ethtool_ops;
	struct ethtool_rxfh_context *ctx;
	int err = 0;

	mutex_lock(&dev->ethtool->rss_lock);
	ctx = xa_load(&dev->ethtool->rss_ctx, context);
	if (!ctx)
		goto unlock;
	if (ops->create_rxfh_context)
		err = ops->remove_rxfh_context(dev, ctx, context, extack);
	else
		err = rsse_rxfh_release(dev, context, extack);
	if (err)
		goto unlock;
	xa_erase(&dev->ethtool->rss_ctx, context);
	kfree(ctx);
unlock:
	mutex_unlock(&dev->ethtool->rss_lock);
	return err;
}
