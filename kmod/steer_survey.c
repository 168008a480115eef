// SPDX-License-Identifier: GPL-2.0-only
/* The survey: which rx queues others have claimed. Reads only. */
#include <linux/bitmap.h>
#include <linux/ethtool.h>
#include <linux/netdevice.h>
#include <net/netdev_rx_queue.h>

#include "steer_priv.h"

/**
 * struct survey - the queues found so far
 * @dev: the NIC
 * @nr_queues: bits in @foreign
 * @foreign: the answer
 */
struct survey {
	struct net_device *dev;
	unsigned int nr_queues;
	unsigned long *foreign;
};

static void survey_mark(struct survey *survey, u64 queue)
{
	if (queue < survey->nr_queues)
		__set_bit(queue, survey->foreign);
}

/* @first: added to each entry by NICs that add a rule's queue to the table's */
static void survey_table(struct survey *survey, struct ethtool_rxfh_context *ctx,
			 u32 first)
{
	const u32 *table = ethtool_rxfh_context_indir(ctx);
	u32 i;

	for (i = 0; i < ctx->indir_size; i++)
		survey_mark(survey, (u64)first + table[i]);
}

static void survey_contexts(struct survey *survey)
{
	struct ethtool_netdev_state *state = survey->dev->ethtool;
	struct ethtool_rxfh_context *ctx;
	unsigned long id;

	mutex_lock(&state->rss_lock);
	xa_for_each(&state->rss_ctx, id, ctx)
		survey_table(survey, ctx, 0);
	mutex_unlock(&state->rss_lock);
}

static void survey_rule(struct survey *survey, const struct ethtool_rxnfc *info)
{
	struct ethtool_netdev_state *state = survey->dev->ethtool;
	u64 cookie = info->fs.ring_cookie;
	struct ethtool_rxfh_context *ctx;

	if (cookie == RX_CLS_FLOW_DISC || cookie == RX_CLS_FLOW_WAKE ||
	    ethtool_get_flow_spec_ring_vf(cookie))
		return;
	if (!(info->fs.flow_type & FLOW_RSS)) {
		survey_mark(survey, ethtool_get_flow_spec_ring(cookie));
		return;
	}
	mutex_lock(&state->rss_lock);
	ctx = xa_load(&state->rss_ctx, info->rss_context);
	if (ctx)
		survey_table(survey, ctx, ethtool_get_flow_spec_ring(cookie));
	mutex_unlock(&state->rss_lock);
}

static int survey_rules(struct survey *survey)
{
	struct net_device *dev = survey->dev;
	struct ethtool_rxnfc info;
	struct rsse_rule_list list;
	int err;
	u32 i;

	if (!dev->ethtool_ops->get_rxnfc)
		return 0;
	err = rsse_rule_list(dev, &list);
	if (err == -EOPNOTSUPP || err == -EINVAL)
		return 0;	/* it has no rules at all */
	if (err)
		return err;
	for (i = 0; i < list.nr && !err; i++) {
		err = rsse_rule_read(dev, list.locations[i], &info);
		if (!err)
			survey_rule(survey, &info);
	}
	rsse_rule_list_free(&list);
	return err;
}

static void survey_sockets(struct survey *survey)
{
#ifdef CONFIG_XDP_SOCKETS
	unsigned int i;

	for (i = 0; i < survey->nr_queues; i++)
		if (__netif_get_rx_queue(survey->dev, i)->pool)
			survey_mark(survey, i);
#endif
}

int rsse_steer_survey(struct net_device *dev, unsigned int nr_queues,
		      unsigned long *foreign, struct netlink_ext_ack *extack)
{
	struct survey survey = {
		.dev = dev,
		.nr_queues = min(nr_queues, dev->num_rx_queues),
		.foreign = foreign,
	};
	int err;

	bitmap_zero(foreign, nr_queues);
	err = rsse_nic_begin(dev, extack);
	if (err)
		return err;
	survey_contexts(&survey);
	survey_sockets(&survey);
	err = survey_rules(&survey);
	if (err)
		NL_SET_ERR_MSG(extack, "the NIC's rules cannot be read");
	rsse_nic_end(dev);
	return err;
}
