// SPDX-License-Identifier: GPL-2.0-only
/*
 * ethtool operations: channels, ring size, interrupts, identity, link. Tables,
 * contexts and rules are in rss.c and ntuple.c.
 */
#include <linux/rtnetlink.h>

#include "simnic.h"

static void simnic_get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, SIMNIC_KIND);
	/* The core fills in the name of the parent where there is one. */
	if (!dev->dev.parent)
		strscpy(info->bus_info, "virtual");
}

static int simnic_get_link_ksettings(struct net_device *dev,
				     struct ethtool_link_ksettings *cmd)
{
	cmd->base.speed = SPEED_100000;
	cmd->base.duplex = DUPLEX_FULL;
	cmd->base.port = PORT_OTHER;
	cmd->base.autoneg = AUTONEG_DISABLE;
	return 0;
}

static void simnic_get_channels(struct net_device *dev, struct ethtool_channels *ch)
{
	ch->max_combined = dev->num_rx_queues;
	ch->combined_count = dev->real_num_rx_queues;
}

/* A table that nobody configured follows the number of channels */
static int simnic_follow_channels(struct net_device *dev, unsigned int queues)
{
	if (netif_is_rxfh_configured(dev))
		return 0;
	return simnic_rss_respread(netdev_priv(dev), queues);
}

static int simnic_grow(struct net_device *dev, unsigned int from, unsigned int to)
{
	struct simnic *nic = netdev_priv(dev);
	int err;

	if (netif_running(dev))
		simnic_queues_up(nic, from, to);
	err = netif_set_real_num_queues(dev, to, to);
	if (err)
		goto err_queues;
	err = simnic_follow_channels(dev, to);
	if (err)
		goto err_real_num;
	return 0;

err_real_num:
	netif_set_real_num_queues(dev, from, from);
err_queues:
	if (netif_running(dev))
		simnic_queues_down(nic, from, to);
	return err;
}

static int simnic_shrink(struct net_device *dev, unsigned int from, unsigned int to)
{
	int err;

	err = simnic_follow_channels(dev, to);
	if (err)
		return err;
	err = netif_set_real_num_queues(dev, to, to);
	if (err) {
		simnic_follow_channels(dev, from);
		return err;
	}
	if (netif_running(dev))
		simnic_queues_down(netdev_priv(dev), to, from);
	return 0;
}

/* The core has checked that no rule, context or configured table is stranded */
static int simnic_set_channels(struct net_device *dev, struct ethtool_channels *ch)
{
	unsigned int from = dev->real_num_rx_queues, to = ch->combined_count;
	int err;

	if (ch->rx_count || ch->tx_count || ch->other_count)
		return -EINVAL;
	if (!to || to > dev->num_rx_queues)
		return -EINVAL;
	err = simnic_op_begin(netdev_priv(dev), SIMNIC_FAIL_SET_CHANNELS, NULL);
	if (err)
		return err;
	if (to > from)
		return simnic_grow(dev, from, to);
	return to < from ? simnic_shrink(dev, from, to) : 0;
}

static void simnic_get_ringparam(struct net_device *dev, struct ethtool_ringparam *ring,
				 struct kernel_ethtool_ringparam *kernel_ring,
				 struct netlink_ext_ack *extack)
{
	struct simnic *nic = netdev_priv(dev);

	ring->rx_max_pending = SIMNIC_MAX_RING;
	ring->rx_pending = nic->ring_size;
}

/* Packets beyond a smaller size stay until they are polled */
static int simnic_set_ringparam(struct net_device *dev, struct ethtool_ringparam *ring,
				struct kernel_ethtool_ringparam *kernel_ring,
				struct netlink_ext_ack *extack)
{
	struct simnic *nic = netdev_priv(dev);

	if (!ring->rx_pending) {
		NL_SET_ERR_MSG_MOD(extack, "a ring holds at least one packet");
		return -EINVAL;
	}
	WRITE_ONCE(nic->ring_size, ring->rx_pending);
	return 0;
}

static int simnic_get_coalesce(struct net_device *dev, struct ethtool_coalesce *coal,
			       struct kernel_ethtool_coalesce *kernel_coal,
			       struct netlink_ext_ack *extack)
{
	const struct simnic *nic = netdev_priv(dev);

	coal->rx_coalesce_usecs = nic->rx_usecs;
	return 0;
}

/* An interrupt that is under way comes when it was to come */
static int simnic_set_coalesce(struct net_device *dev, struct ethtool_coalesce *coal,
			       struct kernel_ethtool_coalesce *kernel_coal,
			       struct netlink_ext_ack *extack)
{
	struct simnic *nic = netdev_priv(dev);

	if (coal->rx_coalesce_usecs > SIMNIC_MAX_USECS) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "rx-usecs is at most %u", SIMNIC_MAX_USECS);
		return -ERANGE;
	}
	WRITE_ONCE(nic->rx_usecs, coal->rx_coalesce_usecs);
	return 0;
}

static u32 simnic_rxfh_key_size(struct net_device *dev)
{
	return SIMNIC_KEY_SIZE;
}

static u32 simnic_rxfh_indir_size(struct net_device *dev)
{
	return SIMNIC_INDIR_SIZE;
}

#ifdef RSSE_HAVE_RX_RING_COUNT
static u32 simnic_get_rx_ring_count(struct net_device *dev)
{
	return dev->real_num_rx_queues;
}
#endif

static const struct ethtool_ops simnic_nic_ethtool_ops = {
	.supported_coalesce_params = ETHTOOL_COALESCE_RX_USECS,
	.rxfh_per_ctx_key	= 1,
	.rxfh_indir_space	= SIMNIC_INDIR_SIZE,
	.rxfh_key_space		= SIMNIC_KEY_SIZE,
	.rxfh_max_num_contexts	= SIMNIC_MAX_CONTEXTS,
	.get_drvinfo		= simnic_get_drvinfo,
	.get_link		= ethtool_op_get_link,
	.get_link_ksettings	= simnic_get_link_ksettings,
	.get_ts_info		= ethtool_op_get_ts_info,
	.get_channels		= simnic_get_channels,
	.set_channels		= simnic_set_channels,
	.get_ringparam		= simnic_get_ringparam,
	.set_ringparam		= simnic_set_ringparam,
	.get_coalesce		= simnic_get_coalesce,
	.set_coalesce		= simnic_set_coalesce,
	.get_sset_count		= simnic_sset_count,
	.get_strings		= simnic_get_strings,
	.get_ethtool_stats	= simnic_get_ethtool_stats,
	.get_rxnfc		= simnic_get_rxnfc,
	.set_rxnfc		= simnic_set_rxnfc,
#ifdef RSSE_HAVE_RX_RING_COUNT
	.get_rx_ring_count	= simnic_get_rx_ring_count,
#endif
	.get_rxfh_key_size	= simnic_rxfh_key_size,
	.get_rxfh_indir_size	= simnic_rxfh_indir_size,
	.get_rxfh		= simnic_get_rxfh,
	.set_rxfh		= simnic_set_rxfh,
	.create_rxfh_context	= simnic_create_context,
	.modify_rxfh_context	= simnic_modify_context,
	.remove_rxfh_context	= simnic_remove_context,
	.get_rxfh_fields	= simnic_get_rxfh_fields,
	.set_rxfh_fields	= simnic_set_rxfh_fields,
};

/* Those of NIC ends */
const struct ethtool_ops *simnic_ethtool_ops __ro_after_init = &simnic_nic_ethtool_ops;

#ifdef RSSE_HAVE_SET_RXFH_CONTEXTS
static struct ethtool_ops simnic_by_set_ethtool_ops __ro_after_init;

static int __init simnic_ethtool_by_set(void)
{
	simnic_by_set_ethtool_ops = simnic_nic_ethtool_ops;
	simnic_by_set_ethtool_ops.cap_rss_ctx_supported = 1;
	simnic_by_set_ethtool_ops.create_rxfh_context = NULL;
	simnic_by_set_ethtool_ops.modify_rxfh_context = NULL;
	simnic_by_set_ethtool_ops.remove_rxfh_context = NULL;
	simnic_ethtool_ops = &simnic_by_set_ethtool_ops;
	return 0;
}
#else
static int __init simnic_ethtool_by_set(void)
{
	return -EOPNOTSUPP;
}
#endif

/**
 * simnic_ethtool_init() - what NICs answer to from now on
 * @by_set: RSS contexts have no operations of their own
 *
 * Return: 0, or -EOPNOTSUPP where the kernel knows no such drivers.
 */
int __init simnic_ethtool_init(bool by_set)
{
	return by_set ? simnic_ethtool_by_set() : 0;
}

const struct ethtool_ops simnic_wire_ethtool_ops = {
	.get_drvinfo		= simnic_get_drvinfo,
	.get_link		= ethtool_op_get_link,
	.get_link_ksettings	= simnic_get_link_ksettings,
	.get_ts_info		= ethtool_op_get_ts_info,
};
