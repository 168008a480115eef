// SPDX-License-Identifier: GPL-2.0-only
/*
 * The MAC filter: what a NIC that is not promiscuous takes from the wire.
 */
#include "simnic.h"

static void simnic_filter_add(struct simnic_filter *f, struct netdev_hw_addr_list *list)
{
	struct netdev_hw_addr *ha;

	netdev_hw_addr_list_for_each(ha, list)
		ether_addr_copy(f->mac[f->count++], ha->addr);
}

static struct simnic_filter *simnic_filter_build(struct net_device *dev)
{
	bool many = netdev_uc_count(dev) + netdev_mc_count(dev) > SIMNIC_FILTER_MACS;
	struct simnic_filter *f;

	f = kzalloc(sizeof(*f), GFP_ATOMIC);
	if (!f)
		return NULL;
	f->promisc = many || dev->flags & IFF_PROMISC;
	f->allmulti = f->promisc || dev->flags & IFF_ALLMULTI;
	if (!many) {
		simnic_filter_add(f, &dev->uc);
		simnic_filter_add(f, &dev->mc);
	}
	return f;
}

/**
 * simnic_filter_update() - take over the net_device's addresses and flags
 * @dev: NIC end
 *
 * Without memory the filter opens: a packet too many is no loss.
 *
 * Context: dev->addr_list_lock, BHs off.
 */
void simnic_filter_update(struct net_device *dev)
{
	struct simnic *nic = netdev_priv(dev);
	struct simnic_filter *f = simnic_filter_build(dev), *old;

	old = rcu_replace_pointer(nic->filter, f, lockdep_is_held(&dev->addr_list_lock));
	if (old)
		kfree_rcu(old, rcu);
}

static bool simnic_filter_listed(const struct simnic_filter *f, const u8 *dmac)
{
	unsigned int i;

	for (i = 0; i < f->count; i++)
		if (ether_addr_equal_unaligned(f->mac[i], dmac))
			return true;
	return false;
}

/**
 * simnic_filter_pass() - does the NIC take packets to this MAC?
 * @nic: NIC
 * @dmac: destination
 *
 * Context: RCU read-side section.
 * Return: true if it does.
 */
bool simnic_filter_pass(const struct simnic *nic, const u8 *dmac)
{
	const struct simnic_filter *f = rcu_dereference(nic->filter);

	if (!f || f->promisc)
		return true;
	if (is_broadcast_ether_addr(dmac))
		return true;
	if (is_multicast_ether_addr(dmac))
		return f->allmulti || simnic_filter_listed(f, dmac);
	return ether_addr_equal_unaligned(nic->dev->dev_addr, dmac) ||
	       simnic_filter_listed(f, dmac);
}
