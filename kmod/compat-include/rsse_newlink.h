/* SPDX-License-Identifier: GPL-2.0-only */
/* Newer kernels hand a newlink op what the link is to be as one structure. */
#ifndef RSSE_COMPAT_NEWLINK_H
#define RSSE_COMPAT_NEWLINK_H

#include <net/rtnetlink.h>

/* The arguments of a newlink op, dev and extack among them, and its attributes. */
#ifdef RSSE_HAVE_NEWLINK_PARAMS
#define RSSE_NEWLINK_ARGS	struct net_device *dev, struct rtnl_newlink_params *params, \
				struct netlink_ext_ack *extack
#define RSSE_NEWLINK_TB		(params->tb)
#else
#define RSSE_NEWLINK_ARGS	struct net *src_net, struct net_device *dev, \
				struct nlattr *tb[], struct nlattr *data[], \
				struct netlink_ext_ack *extack
#define RSSE_NEWLINK_TB		(tb)
#endif

#endif /* RSSE_COMPAT_NEWLINK_H */
