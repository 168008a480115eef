// SPDX-License-Identifier: GPL-2.0-only
/*
 * The NIC end as a net_device.
 */
#include <linux/rtnetlink.h>

#include "simnic.h"

/**
 * simnic_cross() - take away what a packet cannot carry over a wire
 * @skb: packet that one end was given to send
 *
 * What arrives shares nothing with the sender that the receiver changes: TCP
 * keeps a clone to send again, whose fragments GRO would take. What has no
 * unfilled checksum arrives unverified.
 *
 * Context: BHs off.
 * Return: true, or false if the packet is too short or memory is.
 */
bool simnic_cross(struct sk_buff *skb)
{
	if (skb_orphan_frags(skb, GFP_ATOMIC) || skb_unclone(skb, GFP_ATOMIC) ||
	    !pskb_may_pull(skb, ETH_HLEN))
		return false;
	skb_tx_timestamp(skb);
	skb_orphan(skb);
	skb_scrub_packet(skb, true);
	skb->priority = 0;
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		skb->ip_summed = CHECKSUM_NONE;
	return true;
}

static netdev_tx_t simnic_xmit_drop(struct simnic *nic, struct sk_buff *skb)
{
	simnic_count_drop(nic, SIMNIC_DROP_TX);
	kfree_skb(skb);
	return NETDEV_TX_OK;
}

static netdev_tx_t simnic_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct simnic *nic = netdev_priv(dev);
	struct simnic_txq *q = &nic->txq[skb_get_queue_mapping(skb)];
	unsigned int len = skb->len;
	struct net_device *wire;

	wire = rcu_dereference_bh(nic->wire);
	if (!wire || !(wire->flags & IFF_UP) || !simnic_cross(skb))
		return simnic_xmit_drop(nic, skb);

	skb_clear_hash(skb);
	skb->protocol = eth_type_trans(skb, wire);
	if (netif_rx(skb) != NET_RX_SUCCESS) {
		simnic_count_drop(nic, SIMNIC_DROP_TX);
		return NETDEV_TX_OK;
	}
	dev_sw_netstats_rx_add(wire, len);
	u64_stats_update_begin(&q->sync);
	u64_stats_inc(&q->packets);
	u64_stats_add(&q->bytes, len);
	u64_stats_update_end(&q->sync);
	return NETDEV_TX_OK;
}

static void simnic_nic_free(struct net_device *dev)
{
	struct simnic *nic = netdev_priv(dev);

	simnic_ntuple_free(&nic->ntuple);
	simnic_rss_free(nic);
	kfree(rcu_dereference_protected(nic->filter, 1));
	kvfree(nic->rxq);
	kvfree(nic->txq);
	simnic_parent_del(dev);
}

static int simnic_nic_init(struct net_device *dev)
{
	struct simnic *nic = netdev_priv(dev);
	unsigned int i;

	nic->dev = dev;
	nic->ring_size = SIMNIC_DEF_RING;
	nic->max_contexts = SIMNIC_DEF_CONTEXTS;
	simnic_ntuple_init(&nic->ntuple);
	nic->rxq = kvcalloc(dev->num_rx_queues, sizeof(*nic->rxq), GFP_KERNEL);
	nic->txq = kvcalloc(dev->num_tx_queues, sizeof(*nic->txq), GFP_KERNEL);
	if (!nic->rxq || !nic->txq || simnic_rss_init(nic) || simnic_parent_add(dev)) {
		simnic_nic_free(dev);
		return -ENOMEM;
	}
	for (i = 0; i < dev->num_rx_queues; i++)
		simnic_rxq_init(&nic->rxq[i], nic, i);
	for (i = 0; i < dev->num_tx_queues; i++)
		u64_stats_init(&nic->txq[i].sync);
	return 0;
}

static void simnic_nic_uninit(struct net_device *dev)
{
	simnic_debugfs_remove(netdev_priv(dev));
}

static int simnic_nic_open(struct net_device *dev)
{
	struct simnic *nic = netdev_priv(dev);
	struct net_device *wire = rtnl_dereference(nic->wire);

	simnic_queues_up(nic, 0, dev->real_num_rx_queues);
	netif_tx_start_all_queues(dev);
	if (wire && wire->flags & IFF_UP) {
		netif_carrier_on(dev);
		netif_carrier_on(wire);
	}
	return 0;
}

static int simnic_nic_stop(struct net_device *dev)
{
	struct simnic *nic = netdev_priv(dev);
	struct net_device *wire = rtnl_dereference(nic->wire);

	netif_carrier_off(dev);
	if (wire)
		netif_carrier_off(wire);
	netif_tx_stop_all_queues(dev);
	simnic_queues_down(nic, 0, dev->real_num_rx_queues);
	return 0;
}

static const struct net_device_ops simnic_nic_ops = {
	.ndo_init		= simnic_nic_init,
	.ndo_uninit		= simnic_nic_uninit,
	.ndo_open		= simnic_nic_open,
	.ndo_stop		= simnic_nic_stop,
	.ndo_start_xmit		= simnic_xmit,
	.ndo_set_rx_mode	= simnic_filter_update,
	.ndo_set_mac_address	= eth_mac_addr,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_get_stats64	= simnic_get_stats64,
};

/**
 * simnic_nic_setup() - what every NIC end has
 * @dev: fresh net_device with a struct simnic behind it
 */
void simnic_nic_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &simnic_nic_ops;
	dev->ethtool_ops = simnic_ethtool_ops;
	dev->stat_ops = &simnic_stat_ops;
	dev->needs_free_netdev = true;
	dev->priv_destructor = simnic_nic_free;
	dev->max_mtu = SIMNIC_MAX_MTU;
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->priv_flags |= IFF_LIVE_ADDR_CHANGE | IFF_UNICAST_FLT | IFF_DISABLE_NETPOLL;
	dev->hw_features = NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HW_CSUM |
			   NETIF_F_HIGHDMA | NETIF_F_RXHASH | NETIF_F_NTUPLE;
	dev->features |= dev->hw_features;
	dev->vlan_features = NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HW_CSUM |
			     NETIF_F_HIGHDMA;
}
