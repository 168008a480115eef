/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets by indirection entry; part of the look. */
#ifndef RSSE_METER_HASH_H
#define RSSE_METER_HASH_H

#include <linux/overflow.h>
#include <linux/skbuff.h>

#include "meter.h"

static inline size_t rsse_hash_size(u32 nr)
{
	struct rsse_look_entries *entries;

	return struct_size(entries, slots, nr);
}

/*
 * The driver is taken to deliver the NIC's own hash, and the NIC to look it up
 * modulo the size of the table. Where that is not so, or the stack has computed a
 * hash of its own, packets turn up on queues that their entries do not lead to.
 * Any context, on several CPUs at once.
 */
static inline void rsse_hash_count(struct rsse_look_entries *entries,
				   const struct sk_buff *skb,
				   unsigned int queue, unsigned int packets)
{
	u32 slot = skb->hash % entries->nr;

	if (!test_bit(queue, entries->queues))
		return;
	if (skb->sw_hash || entries->slots[slot].queue != queue) {
		atomic_add(packets, &entries->strangers);
		return;
	}
	atomic_add(packets, &entries->slots[slot].packets);
}

#endif /* RSSE_METER_HASH_H */
