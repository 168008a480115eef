/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernels before 6.15 have no instance lock: RTNL alone serialises the ops. */
#ifndef RSSE_COMPAT_NET_NETDEV_LOCK_H
#define RSSE_COMPAT_NET_NETDEV_LOCK_H

#ifdef RSSE_HAVE_NETDEV_LOCK
#include_next <net/netdev_lock.h>
#else

struct net_device;

static inline void netdev_lock_ops(struct net_device *dev)
{
}

static inline void netdev_unlock_ops(struct net_device *dev)
{
}

#endif
#endif /* RSSE_COMPAT_NET_NETDEV_LOCK_H */
