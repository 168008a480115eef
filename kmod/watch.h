/* SPDX-License-Identifier: GPL-2.0-only */
/* What the bridges have learnt. */
#ifndef RSSE_WATCH_H
#define RSSE_WATCH_H

#include <linux/if_ether.h>
#include <linux/types.h>

/**
 * struct rsse_learnt - an address that a bridge has learnt
 * @ifindex: bridge port behind which it is
 * @mac: the address
 */
struct rsse_learnt {
	int ifindex;
	u8 mac[ETH_ALEN];
};

/* Take the next one out; false when there is none. Any context. */
bool rsse_watch_next_learnt(struct rsse_learnt *entry);

/* Whether there is one. Any context. */
bool rsse_watch_any_learnt(void);

#endif /* RSSE_WATCH_H */
