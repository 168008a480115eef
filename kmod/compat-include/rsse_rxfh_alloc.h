/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RSS contexts of drivers that have no op of their own to create one and take
 * them through set_rxfh(); newer kernels know no such driver.
 */
#ifndef RSSE_COMPAT_RXFH_ALLOC_H
#define RSSE_COMPAT_RXFH_ALLOC_H

#include <linux/ethtool.h>
#include <linux/netdevice.h>

#ifdef RSSE_HAVE_SET_RXFH_CONTEXTS

static inline bool rsse_rxfh_alloc_supported(const struct ethtool_ops *ops)
{
	return ops->cap_rss_ctx_supported && ops->set_rxfh;
}

/* Make a context; the driver chooses @rxfh->rss_context. */
static inline int rsse_rxfh_alloc(struct net_device *dev,
				  struct ethtool_rxfh_param *rxfh,
				  struct netlink_ext_ack *extack)
{
	rxfh->rss_context = ETH_RXFH_CONTEXT_ALLOC;
	return dev->ethtool_ops->set_rxfh(dev, rxfh, extack);
}

static inline int rsse_rxfh_release(struct net_device *dev, u32 context,
				    struct netlink_ext_ack *extack)
{
	struct ethtool_rxfh_param rxfh = {
		.hfunc = ETH_RSS_HASH_NO_CHANGE,
		.input_xfrm = RXH_XFRM_NO_CHANGE,
		.rss_context = context,
		.rss_delete = true,
	};

	return dev->ethtool_ops->set_rxfh(dev, &rxfh, extack);
}

/* Change the context @rxfh->rss_context. */
static inline int rsse_rxfh_modify(struct net_device *dev,
				   struct ethtool_rxfh_param *rxfh,
				   struct netlink_ext_ack *extack)
{
	return dev->ethtool_ops->set_rxfh(dev, rxfh, extack);
}

#else

static inline bool rsse_rxfh_alloc_supported(const struct ethtool_ops *ops)
{
	return false;
}

static inline int rsse_rxfh_alloc(struct net_device *dev,
				  struct ethtool_rxfh_param *rxfh,
				  struct netlink_ext_ack *extack)
{
	return -EOPNOTSUPP;
}

static inline int rsse_rxfh_release(struct net_device *dev, u32 context,
				    struct netlink_ext_ack *extack)
{
	return -EOPNOTSUPP;
}

static inline int rsse_rxfh_modify(struct net_device *dev,
				   struct ethtool_rxfh_param *rxfh,
				   struct netlink_ext_ack *extack)
{
	return -EOPNOTSUPP;
}

#endif
#endif /* RSSE_COMPAT_RXFH_ALLOC_H */
