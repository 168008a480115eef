/* SPDX-License-Identifier: GPL-2.0-only */
/* How kernels remember that an indirection table was configured by somebody. */
#ifndef RSSE_COMPAT_RXFH_H
#define RSSE_COMPAT_RXFH_H

#include <linux/ethtool.h>
#include <linux/netdevice.h>

/*
 * The mark of context 0: not 0 when its table was configured, else the table
 * is spread again whenever the number of channels changes. Under RTNL.
 */
static inline u32 rsse_rxfh_mark(const struct net_device *dev)
{
#ifdef RSSE_HAVE_RSS_INDIR_USER_SIZE
	return dev->ethtool->rss_indir_user_size;
#else
	return !!(dev->priv_flags & IFF_RXFH_CONFIGURED);
#endif
}

/* @mark: what rsse_rxfh_mark() said, or the number of entries configured */
static inline void rsse_rxfh_set_mark(struct net_device *dev, u32 mark)
{
#ifdef RSSE_HAVE_RSS_INDIR_USER_SIZE
	dev->ethtool->rss_indir_user_size = mark;
#else
	if (mark)
		dev->priv_flags |= IFF_RXFH_CONFIGURED;
	else
		dev->priv_flags &= ~IFF_RXFH_CONFIGURED;
#endif
}

/* The same for another context. Under rss_lock. */
static inline void rsse_rxfh_ctx_mark(struct ethtool_rxfh_context *ctx)
{
#ifdef RSSE_HAVE_RSS_INDIR_USER_SIZE
	ctx->indir_user_size = ctx->indir_size;
#endif
#ifdef RSSE_HAVE_INDIR_CONFIGURED
	ctx->indir_configured = 1;
#endif
}

/*
 * Around the ops on context 0: where the mark is a size, the core holds
 * rss_lock there as well; before, drivers may take it themselves.
 */
static inline void rsse_rxfh_lock(struct net_device *dev)
{
#ifdef RSSE_HAVE_RSS_INDIR_USER_SIZE
	mutex_lock(&dev->ethtool->rss_lock);
#endif
}

static inline void rsse_rxfh_unlock(struct net_device *dev)
{
#ifdef RSSE_HAVE_RSS_INDIR_USER_SIZE
	mutex_unlock(&dev->ethtool->rss_lock);
#endif
}

#endif /* RSSE_COMPAT_RXFH_H */
