// SPDX-License-Identifier: GPL-2.0-only
/*
 * The wire end: what is sent on it arrives at the NIC.
 */
#include <linux/rtnetlink.h>

#include "simnic.h"

static void simnic_wire_send(struct simnic *nic, struct sk_buff *skb)
{
	if (!netif_carrier_ok(nic->dev)) {
		simnic_count_drop(nic, SIMNIC_DROP_DOWN);
		kfree_skb(skb);
		return;
	}
	simnic_receive(nic, skb);
}

static netdev_tx_t simnic_wire_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct simnic_wire *wire = netdev_priv(dev);
	unsigned int len = skb->len;
	struct net_device *nic;

	rcu_read_lock();
	nic = rcu_dereference(wire->nic);
	if (!nic || !simnic_cross(skb)) {
		dev_core_stats_tx_dropped_inc(dev);
		kfree_skb(skb);
	} else {
		skb_reset_mac_header(skb);
		dev_sw_netstats_tx_add(dev, 1, len);
		simnic_wire_send(netdev_priv(nic), skb);
	}
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

static int simnic_wire_open(struct net_device *dev)
{
	struct simnic_wire *wire = netdev_priv(dev);
	struct net_device *nic = rtnl_dereference(wire->nic);

	if (nic && nic->flags & IFF_UP) {
		netif_carrier_on(dev);
		netif_carrier_on(nic);
	}
	return 0;
}

static int simnic_wire_stop(struct net_device *dev)
{
	struct simnic_wire *wire = netdev_priv(dev);
	struct net_device *nic = rtnl_dereference(wire->nic);

	netif_carrier_off(dev);
	if (nic)
		netif_carrier_off(nic);
	return 0;
}

static int simnic_wire_iflink(const struct net_device *dev)
{
	struct simnic_wire *wire = netdev_priv(dev);
	struct net_device *nic;
	int ifindex = 0;

	rcu_read_lock();
	nic = rcu_dereference(wire->nic);
	if (nic)
		ifindex = READ_ONCE(nic->ifindex);
	rcu_read_unlock();
	return ifindex;
}

static const struct net_device_ops simnic_wire_ops = {
	.ndo_open		= simnic_wire_open,
	.ndo_stop		= simnic_wire_stop,
	.ndo_start_xmit		= simnic_wire_xmit,
	.ndo_set_mac_address	= eth_mac_addr,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_get_iflink		= simnic_wire_iflink,
};

/**
 * simnic_wire_setup() - what every wire end has
 * @dev: fresh net_device with a struct simnic_wire behind it
 */
void simnic_wire_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &simnic_wire_ops;
	dev->ethtool_ops = &simnic_wire_ethtool_ops;
	dev->needs_free_netdev = true;
	dev->pcpu_stat_type = NETDEV_PCPU_STAT_TSTATS;
	dev->lltx = true;
	dev->max_mtu = SIMNIC_MAX_MTU;
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->priv_flags |= IFF_LIVE_ADDR_CHANGE | IFF_NO_QUEUE | IFF_DISABLE_NETPOLL;
	dev->hw_features = NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HW_CSUM |
			   NETIF_F_HIGHDMA;
	dev->features |= dev->hw_features;
	dev->vlan_features = dev->hw_features;
}
