/* SPDX-License-Identifier: GPL-2.0-only */
/* What a NIC says of itself, by the ethtool ioctls. */
#ifndef RSSCTL_NIC_H
#define RSSCTL_NIC_H

#include "rssctl.h"
#include "schema.h"

/**
 * struct nic_context - an RSS context
 * @id: as the NIC counts
 * @entries: length of its indirection table
 * @table_sum: of the table, as the module sums it up
 * @queues: list of __u32, the queues in the table, rising
 */
struct nic_context {
	__u32 id;
	__u32 entries;
	__u32 table_sum;
	struct list queues;
};

/**
 * struct nic_rule - an ntuple rule
 * @location: where it stands
 * @flow: kind of flow, by ethtool's word
 * @mac: destination address that it matches; not set when it matches others
 * @vlan: VLAN that it matches
 * @context: RSS context that it leads to
 * @queue: queue that it leads to; absent with a context or a drop
 */
struct nic_rule {
	__u32 location;
	const char *flow;
	struct mac mac;
	struct opt vlan;
	struct opt context;
	struct opt queue;
};

/**
 * struct nic - the whole of it
 * @rx: receive channels; @combined: those that also send; absent when unknown
 * @rx_max: most receive channels
 * @combined_max: most combined channels
 * @contexts: list of struct nic_context, 0 first
 * @rules: list of struct nic_rule
 */
struct nic {
	struct opt rx;
	struct opt combined;
	struct opt rx_max;
	struct opt combined_max;
	struct list contexts;
	struct list rules;
};

enum rc nic_index(const char *dev, struct opt *ifindex);
enum rc nic_read(const char *dev, const struct list *engines, struct nic *nic);
void nic_clear(struct nic *nic);

#endif
