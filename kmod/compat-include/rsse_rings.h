/* SPDX-License-Identifier: GPL-2.0-only */
/* Newer kernels ask for the number of receive rings by an op of its own. */
#ifndef RSSE_COMPAT_RINGS_H
#define RSSE_COMPAT_RINGS_H

#include <linux/ethtool.h>
#include <linux/netdevice.h>

/* 0 where the driver does not tell. Under what the ops need. */
static inline unsigned int rsse_rx_rings(struct net_device *dev)
{
	const struct ethtool_ops *ops = dev->ethtool_ops;
	struct ethtool_rxnfc info = { .cmd = ETHTOOL_GRXRINGS };

#ifdef RSSE_HAVE_RX_RING_COUNT
	if (ops->get_rx_ring_count)
		return ops->get_rx_ring_count(dev);
#endif
	if (!ops->get_rxnfc || ops->get_rxnfc(dev, &info, NULL))
		return 0;
	return info.data;
}

#endif /* RSSE_COMPAT_RINGS_H */
