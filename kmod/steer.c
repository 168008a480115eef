// SPDX-License-Identifier: GPL-2.0-only
/*
 * Steering: access to a NIC's ethtool_ops as the core has it, context 0, and
 * the attachment to a NIC.
 */
#include <linux/ethtool.h>
#include <linux/netdevice.h>
#include <linux/pm_runtime.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/netdev_lock.h>

#include "rsse_rings.h"
#include "rsse_rxfh.h"
#include "steer.h"
#include "steer_priv.h"

/* What the core does before it calls an ethtool op, in its order. */
int rsse_nic_begin(struct net_device *dev, struct netlink_ext_ack *extack)
{
	int err = -ENODEV;

	ASSERT_RTNL();
	netdev_lock_ops(dev);
	if (dev->dev.parent)
		pm_runtime_get_sync(dev->dev.parent);
	if (!netif_device_present(dev) ||
	    dev->reg_state >= NETREG_UNREGISTERING) {
		NL_SET_ERR_MSG(extack, "the device is not present");
		goto put;
	}
	if (dev->ethtool_ops->begin) {
		err = dev->ethtool_ops->begin(dev);
		if (err < 0) {
			NL_SET_ERR_MSG(extack, "the driver is not ready");
			goto put;
		}
	}
	return 0;

put:
	if (dev->dev.parent)
		pm_runtime_put(dev->dev.parent);
	netdev_unlock_ops(dev);
	return err;
}

void rsse_nic_end(struct net_device *dev)
{
	if (dev->ethtool_ops->complete)
		dev->ethtool_ops->complete(dev);
	if (dev->dev.parent)
		pm_runtime_put(dev->dev.parent);
	netdev_unlock_ops(dev);
}

/* An indirection table of @size entries, dealt out evenly; to be kvfree()d. */
u32 *rsse_table_make(u32 size, const u32 *queues, unsigned int nr)
{
	u32 *table = kvmalloc_array(size, sizeof(*table), GFP_KERNEL);
	u32 i;

	if (!table)
		return NULL;
	for (i = 0; i < size; i++)
		table[i] = queues[i % nr];
	return table;
}

static int rx_rings(struct net_device *dev)
{
	unsigned int rings = rsse_rx_rings(dev);

	return rings ? min(rings, dev->real_num_rx_queues) : dev->real_num_rx_queues;
}

int rsse_steer_nr_queues(struct net_device *dev)
{
	int ret = rsse_nic_begin(dev, NULL);

	if (ret)
		return ret;
	ret = rx_rings(dev);
	rsse_nic_end(dev);
	return ret;
}

int rsse_steer_check(struct net_device *dev, struct netlink_ext_ack *extack)
{
	const struct ethtool_ops *ops = dev->ethtool_ops;

	if (!ops->get_rxfh || !ops->set_rxfh || !ops->get_rxfh_indir_size) {
		NL_SET_ERR_MSG(extack, "the NIC has neither RSS contexts nor an indirection table");
		return -EOPNOTSUPP;
	}
	if (!rsse_context_supported(ops)) {
		NL_SET_ERR_MSG(extack, "the NIC has no RSS contexts");
		return -EOPNOTSUPP;
	}
	if (!ops->get_rxnfc || !ops->set_rxnfc) {
		NL_SET_ERR_MSG(extack, "the NIC takes no flow rules");
		return -EOPNOTSUPP;
	}
	if (!(dev->features & NETIF_F_NTUPLE) &&
	    (dev->hw_features & NETIF_F_NTUPLE)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "ntuple is off, turn it on: ethtool -K %s ntuple on",
				   dev->name);
		return -EOPNOTSUPP;
	}
	return 0;
}

static int default_save(struct rsse_steer *steer, struct netlink_ext_ack *extack)
{
	struct net_device *dev = steer->dev;
	int err;

	steer->indir_size = dev->ethtool_ops->get_rxfh_indir_size(dev);
	if (!steer->indir_size) {
		NL_SET_ERR_MSG(extack, "the NIC has no RSS indirection table");
		return -EOPNOTSUPP;
	}
	steer->indir = kvcalloc(steer->indir_size, sizeof(u32), GFP_KERNEL);
	if (!steer->indir)
		return -ENOMEM;
	err = rsse_default_read(dev, steer->indir_size, steer->indir);
	if (err) {
		NL_SET_ERR_MSG(extack, "the indirection table cannot be read");
		return err;
	}
	steer->mark = rsse_rxfh_mark(dev);
	steer->nr_queues = rx_rings(dev);
	return 0;
}

/* Does every entry of the saved table lead to a queue that is in use? */
static bool saved_table_valid(const struct rsse_steer *steer, u32 size,
			      unsigned int nr_queues)
{
	u32 i;

	if (size != steer->indir_size)
		return false;
	if (!steer->mark)
		return nr_queues == steer->nr_queues;
	for (i = 0; i < size; i++)
		if (steer->indir[i] >= nr_queues)
			return false;
	return true;
}

/* The number of channels has changed: as the NIC would have spread by itself. */
static int default_respread(struct net_device *dev, u32 size,
			    unsigned int nr_queues)
{
	u32 *table = kvmalloc_array(size, sizeof(*table), GFP_KERNEL);
	int err;
	u32 i;

	if (!table)
		return -ENOMEM;
	for (i = 0; i < size; i++)
		table[i] = ethtool_rxfh_indir_default(i, nr_queues);
	err = rsse_default_write(dev, size, table, 0, NULL);
	kvfree(table);
	return err;
}

static int default_restore(struct rsse_steer *steer)
{
	struct net_device *dev = steer->dev;
	unsigned int nr_queues;
	u32 size;
	int err;

	err = rsse_nic_begin(dev, NULL);
	if (err)
		return err;
	size = dev->ethtool_ops->get_rxfh_indir_size(dev);
	nr_queues = rx_rings(dev);
	if (saved_table_valid(steer, size, nr_queues)) {
		err = rsse_default_write(dev, size, steer->indir, steer->mark, NULL);
	} else {
		if (steer->mark)
			netdev_warn(dev, "rss_engine: the channels have changed, the configured indirection table does not fit any more\n");
		err = default_respread(dev, size, nr_queues);
	}
	rsse_nic_end(dev);
	return err;
}

static void steer_free(struct rsse_steer *steer)
{
	xa_destroy(&steer->rules);
	xa_destroy(&steer->contexts);
	kvfree(steer->indir);
	kfree(steer);
}

struct rsse_steer *rsse_steer_attach(struct net_device *dev,
				     struct netlink_ext_ack *extack)
{
	struct rsse_steer *steer;
	int err;

	err = rsse_steer_check(dev, extack);
	if (err)
		return ERR_PTR(err);
	steer = kzalloc(sizeof(*steer), GFP_KERNEL);
	if (!steer)
		return ERR_PTR(-ENOMEM);
	steer->dev = dev;
	xa_init(&steer->rules);
	xa_init(&steer->contexts);
	err = rsse_nic_begin(dev, extack);
	if (err)
		goto free;
	err = default_save(steer, extack);
	if (!err)
		err = rsse_steer_probe(steer, extack);
	rsse_nic_end(dev);
	if (err)
		goto free;
	return steer;

free:
	steer_free(steer);
	return ERR_PTR(err);
}

void rsse_steer_detach(struct rsse_steer *steer, bool going)
{
	int err;

	if (!going && steer->restricted) {
		err = default_restore(steer);
		if (err)
			netdev_err(steer->dev, "rss_engine: the indirection table cannot be put back (error %d)\n",
				   err);
	}
	steer_free(steer);
}

const char *rsse_steer_dialect(const struct rsse_steer *steer)
{
	static const char *const dialects[2][RSSE_REPLACE_MAX] = {
		{ "ether slot in-place", "ether slot equal", "ether slot delete" },
		{ "ether any in-place", "ether any equal", "ether any delete" },
	};

	return dialects[steer->any_location][steer->replace];
}

unsigned int rsse_steer_contexts_max(const struct rsse_steer *steer)
{
	u32 limit = steer->dev->ethtool_ops->rxfh_max_num_contexts;

	return limit ? limit - 1 : 0;
}

/*
 * The core checks tables of the administrator's against the channels in use,
 * and drivers rely on it; ours do not pass there.
 */
int rsse_queues_check(struct net_device *dev, const u32 *queues,
		      unsigned int nr, struct netlink_ext_ack *extack)
{
	u32 limit = rx_rings(dev);
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (queues[i] < limit)
			continue;
		NL_SET_ERR_MSG_FMT(extack,
				   "rx queue %u is not in use any more: the channels have changed",
				   queues[i]);
		return -ENXIO;
	}
	return 0;
}

int rsse_steer_set_default(struct rsse_steer *steer, const u32 *queues,
			   unsigned int nr, struct netlink_ext_ack *extack)
{
	struct net_device *dev = steer->dev;
	u32 *table;
	u32 size;
	int err;

	err = rsse_nic_begin(dev, extack);
	if (err)
		return err;
	err = rsse_queues_check(dev, queues, nr, extack);
	if (err)
		goto end;
	size = dev->ethtool_ops->get_rxfh_indir_size(dev);
	table = rsse_table_make(size, queues, nr);
	if (!table) {
		err = -ENOMEM;
		goto end;
	}
	err = rsse_default_write(dev, size, table, size, extack);
	if (err)
		NL_SET_ERR_MSG_WEAK(extack, "the driver refused the indirection table");
	else
		steer->restricted = true;
	kvfree(table);
end:
	rsse_nic_end(dev);
	return err;
}

static int context_remember(struct rsse_steer *steer, u32 context)
{
	void *ctx = xa_load(&steer->dev->ethtool->rss_ctx, context);
	int err = xa_err(xa_store(&steer->contexts, context, ctx, GFP_KERNEL));

	if (err && rsse_context_remove(steer->dev, context, NULL))
		netdev_err(steer->dev, "rss_engine: RSS context %u cannot be taken back\n",
			   context);
	return err;
}

/* The administrator may have deleted ours and made one of the same number. */
bool rsse_steer_context_is_ours(struct rsse_steer *steer, u32 context)
{
	void *ctx = xa_load(&steer->contexts, context);

	return ctx && ctx == xa_load(&steer->dev->ethtool->rss_ctx, context);
}

int rsse_steer_context_create(struct rsse_steer *steer, const u32 *queues,
			      unsigned int nr, u32 *context,
			      struct netlink_ext_ack *extack)
{
	int err = rsse_nic_begin(steer->dev, extack);

	if (err)
		return err;
	err = rsse_queues_check(steer->dev, queues, nr, extack);
	if (!err)
		err = rsse_context_create(steer->dev, queues, nr, context,
					  extack);
	if (!err)
		err = context_remember(steer, *context);
	rsse_nic_end(steer->dev);
	return err;
}

int rsse_steer_context_remove(struct rsse_steer *steer, u32 context)
{
	int err = rsse_nic_begin(steer->dev, NULL);

	if (err)
		return err;
	if (rsse_steer_context_is_ours(steer, context))
		err = rsse_context_remove(steer->dev, context, NULL);
	if (!err)
		xa_erase(&steer->contexts, context);
	rsse_nic_end(steer->dev);
	return err;
}

int rsse_steer_rule_set(struct rsse_steer *steer, struct rsse_rule *rule,
			u32 context, bool replace,
			struct netlink_ext_ack *extack)
{
	int err = rsse_nic_begin(steer->dev, extack);

	if (err)
		return err;
	if (!rsse_steer_context_is_ours(steer, context)) {
		NL_SET_ERR_MSG_FMT(extack, "RSS context %u was taken away from its engine",
				   context);
		err = -ENOENT;
	} else if (replace) {
		err = rsse_rule_replace(steer, rule, context, extack);
	} else {
		err = rsse_rule_add(steer, rule, context, extack);
	}
	rsse_nic_end(steer->dev);
	return err;
}

int rsse_steer_rule_del(struct rsse_steer *steer, const struct rsse_rule *rule)
{
	int err = rsse_nic_begin(steer->dev, NULL);

	if (err)
		return err;
	err = rsse_rule_del(steer, rule);
	rsse_nic_end(steer->dev);
	return err;
}
