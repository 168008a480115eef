/* SPDX-License-Identifier: GPL-2.0-only */
/* What the dumps have in common. */
#ifndef RSSE_NETLINK_DUMP_H
#define RSSE_NETLINK_DUMP_H

#include "netlink_priv.h"

/*
 * Holds the largest object: a VM with all VNICs, filters and workers takes
 * less than 17 KiB, an engine with all queues less than 9 KiB.
 */
#define RSSE_DUMP_LARGE		(20 * 1024)

/**
 * struct rsse_dump - where a dump goes on; in netlink_callback.ctx
 * @object: PNICs or VMs that are done
 * @item: items of the next one that are done
 * @part: the first placement of the next item that is not done, by id
 */
struct rsse_dump {
	unsigned int object;
	unsigned int item;
	u32 part;
};

struct rsse_dump *rsse_dump_resume(struct netlink_callback *cb);
void *rsse_dump_begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd);

/* Have @each dump its items of every PNIC. Under RTNL or rsse_lock. */
int rsse_dump_pnics(struct sk_buff *skb, struct netlink_callback *cb,
		    int (*each)(struct sk_buff *skb,
				struct netlink_callback *cb,
				struct rsse_pnic *pnic,
				struct rsse_dump *dump));

#endif /* RSSE_NETLINK_DUMP_H */
