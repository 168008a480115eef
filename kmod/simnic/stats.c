// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters. The queues' own are the only ones; every sum is made on reading.
 */
#include <net/netdev_queues.h>

#include "simnic.h"

struct simnic_rx_counts {
	u64	packets;
	u64	bytes;
	u64	drops;
	u64	polls;
	u64	full_polls;
	u64	spun_ns;
	u64	poll_drops;
};

static const char simnic_rx_names[][ETH_GSTRING_LEN] = {
	"packets", "bytes", "drops", "polls", "full_polls", "spun_ns", "poll_drops",
};

static_assert(sizeof(struct simnic_rx_counts) ==
	      ARRAY_SIZE(simnic_rx_names) * sizeof(u64));

static const char simnic_drop_names[SIMNIC_DROP_MAX][ETH_GSTRING_LEN] = {
	[SIMNIC_DROP_FILTER]	= "rx_filtered",
	[SIMNIC_DROP_LENGTH]	= "rx_length_errors",
	[SIMNIC_DROP_RULE]	= "rx_rule_discards",
	[SIMNIC_DROP_DOWN]	= "rx_link_down",
	[SIMNIC_DROP_TX]	= "tx_drops",
};

static void simnic_rxq_read(const struct simnic_rxq *q, struct simnic_rx_counts *to)
{
	const struct simnic_rxq_stats *s = &q->stats;
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&q->sync);
		to->packets = u64_stats_read(&s->packets);
		to->bytes = u64_stats_read(&s->bytes);
		to->polls = u64_stats_read(&s->polls);
		to->full_polls = u64_stats_read(&s->full_polls);
		to->spun_ns = u64_stats_read(&s->spun_ns);
		to->poll_drops = u64_stats_read(&s->poll_drops);
	} while (u64_stats_fetch_retry(&q->sync, start));
	to->drops = atomic64_read(&q->drops);
}

static void simnic_txq_read(const struct simnic_txq *q, u64 *packets, u64 *bytes)
{
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&q->sync);
		*packets = u64_stats_read(&q->packets);
		*bytes = u64_stats_read(&q->bytes);
	} while (u64_stats_fetch_retry(&q->sync, start));
}

static void simnic_rxq_sum(const struct simnic *nic, unsigned int from,
			   struct simnic_rx_counts *sum)
{
	struct simnic_rx_counts one;
	unsigned int i, j;

	memset(sum, 0, sizeof(*sum));
	for (i = from; i < nic->dev->num_rx_queues; i++) {
		simnic_rxq_read(&nic->rxq[i], &one);
		for (j = 0; j < ARRAY_SIZE(simnic_rx_names); j++)
			((u64 *)sum)[j] += ((u64 *)&one)[j];
	}
}

static void simnic_txq_sum(const struct simnic *nic, unsigned int from,
			   u64 *packets, u64 *bytes)
{
	u64 p, b;
	unsigned int i;

	*packets = 0;
	*bytes = 0;
	for (i = from; i < nic->dev->num_tx_queues; i++) {
		simnic_txq_read(&nic->txq[i], &p, &b);
		*packets += p;
		*bytes += b;
	}
}

static u64 simnic_drops(const struct simnic *nic, enum simnic_drop why)
{
	return atomic64_read(&nic->drops[why]);
}

/**
 * simnic_get_stats64() - ndo_get_stats64
 * @dev: NIC end
 * @s: filled; full rings are missed packets, what the MAC filter turned away
 *	was never the NIC's
 */
void simnic_get_stats64(struct net_device *dev, struct rtnl_link_stats64 *s)
{
	struct simnic *nic = netdev_priv(dev);
	struct simnic_rx_counts rx;

	simnic_rxq_sum(nic, 0, &rx);
	s->rx_packets = rx.packets;
	s->rx_bytes = rx.bytes;
	s->rx_missed_errors = rx.drops;
	s->rx_dropped = rx.poll_drops + simnic_drops(nic, SIMNIC_DROP_RULE);
	s->rx_length_errors = simnic_drops(nic, SIMNIC_DROP_LENGTH);
	s->rx_errors = s->rx_length_errors;
	simnic_txq_sum(nic, 0, &s->tx_packets, &s->tx_bytes);
	s->tx_dropped = simnic_drops(nic, SIMNIC_DROP_TX);
}

static void simnic_fill_rx(struct netdev_queue_stats_rx *to,
			   const struct simnic_rx_counts *from)
{
	to->packets = from->packets;
	to->bytes = from->bytes;
	to->hw_drops = from->drops;
	to->hw_drop_overruns = from->drops;
}

static void simnic_queue_stats_rx(struct net_device *dev, int idx,
				  struct netdev_queue_stats_rx *stats)
{
	struct simnic *nic = netdev_priv(dev);
	struct simnic_rx_counts rx;

	simnic_rxq_read(&nic->rxq[idx], &rx);
	simnic_fill_rx(stats, &rx);
}

static void simnic_queue_stats_tx(struct net_device *dev, int idx,
				  struct netdev_queue_stats_tx *stats)
{
	struct simnic *nic = netdev_priv(dev);

	simnic_txq_read(&nic->txq[idx], &stats->packets, &stats->bytes);
}

/* What queues counted that are no channels any more */
static void simnic_base_stats(struct net_device *dev, struct netdev_queue_stats_rx *rx,
			      struct netdev_queue_stats_tx *tx)
{
	struct simnic *nic = netdev_priv(dev);
	struct simnic_rx_counts sum;

	simnic_rxq_sum(nic, dev->real_num_rx_queues, &sum);
	simnic_fill_rx(rx, &sum);
	simnic_txq_sum(nic, dev->real_num_tx_queues, &tx->packets, &tx->bytes);
}

const struct netdev_stat_ops simnic_stat_ops = {
	.get_queue_stats_rx	= simnic_queue_stats_rx,
	.get_queue_stats_tx	= simnic_queue_stats_tx,
	.get_base_stats		= simnic_base_stats,
};

/**
 * simnic_sset_count() - ethtool operation: number of counters
 * @dev: NIC end
 * @set: ETH_SS_STATS
 *
 * Return: the number, for queues that are no channels as well, or -EOPNOTSUPP.
 */
int simnic_sset_count(struct net_device *dev, int set)
{
	if (set != ETH_SS_STATS)
		return -EOPNOTSUPP;
	return SIMNIC_DROP_MAX + dev->num_rx_queues * ARRAY_SIZE(simnic_rx_names) +
	       dev->num_tx_queues * 2;
}

/**
 * simnic_get_strings() - ethtool operation: names of the counters
 * @dev: NIC end
 * @set: ETH_SS_STATS
 * @data: room for simnic_sset_count() names of ETH_GSTRING_LEN bytes
 */
void simnic_get_strings(struct net_device *dev, u32 set, u8 *data)
{
	unsigned int i, j;

	if (set != ETH_SS_STATS)
		return;
	for (i = 0; i < SIMNIC_DROP_MAX; i++)
		ethtool_puts(&data, simnic_drop_names[i]);
	for (i = 0; i < dev->num_rx_queues; i++)
		for (j = 0; j < ARRAY_SIZE(simnic_rx_names); j++)
			ethtool_sprintf(&data, "rx%u_%s", i, simnic_rx_names[j]);
	for (i = 0; i < dev->num_tx_queues; i++) {
		ethtool_sprintf(&data, "tx%u_packets", i);
		ethtool_sprintf(&data, "tx%u_bytes", i);
	}
}

/**
 * simnic_get_ethtool_stats() - ethtool operation: the counters
 * @dev: NIC end
 * @stats: unused
 * @data: room for simnic_sset_count() values
 *
 * Context: RTNL.
 */
void simnic_get_ethtool_stats(struct net_device *dev, struct ethtool_stats *stats,
			      u64 *data)
{
	struct simnic *nic = netdev_priv(dev);
	struct simnic_rx_counts rx;
	unsigned int i;

	for (i = 0; i < SIMNIC_DROP_MAX; i++)
		*data++ = simnic_drops(nic, i);
	for (i = 0; i < dev->num_rx_queues; i++) {
		simnic_rxq_read(&nic->rxq[i], &rx);
		memcpy(data, &rx, sizeof(rx));
		data += ARRAY_SIZE(simnic_rx_names);
	}
	for (i = 0; i < dev->num_tx_queues; i++, data += 2)
		simnic_txq_read(&nic->txq[i], &data[0], &data[1]);
}
