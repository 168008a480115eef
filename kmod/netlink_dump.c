// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dumps of PNICs, engines and queues. A dump goes on by position, and the
 * generation of the structure tells the reader when positions have shifted.
 */
#include <linux/ethtool.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/netdev_lock.h>
#include <net/netdev_queues.h>

#include "core.h"
#include "netlink_dump.h"

/* Warnings of one PNIC; more would not fit into a message. */
#define WARNINGS_MAX	16

void *rsse_dump_begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &rss_engine_nl_family,
				NLM_F_MULTI, cmd);

	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

/* Under RTNL or rsse_lock. */
struct rsse_dump *rsse_dump_resume(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct rsse_dump) > sizeof(cb->ctx));
	cb->seq = READ_ONCE(rsse_generation);
	return (struct rsse_dump *)cb->ctx;
}

/* An object that is larger than a usual message needs a larger one. */
int rss_engine_nl_large_start(struct netlink_callback *cb)
{
	cb->min_dump_alloc = RSSE_DUMP_LARGE;
	return 0;
}

/* PNICs */

/* Two engines on one CPU isolate nothing. */
static int warn_cpu(struct sk_buff *skb, const struct rsse_pnic *pnic, int cpu)
{
	const struct rsse_engine *first = NULL;
	char text[64];
	unsigned int i;

	for (i = 0; i < pnic->nr_queues; i++) {
		const struct rsse_queue *queue = pnic->queues[i];

		if (!queue->engine || READ_ONCE(queue->cpu) != cpu)
			continue;
		if (!first)
			first = queue->engine;
		if (first == queue->engine)
			continue;
		snprintf(text, sizeof(text), "engines %u and %u share CPU %d",
			 first->id, queue->engine->id, cpu);
		return nla_put_string(skb, RSS_ENGINE_A_PNIC_WARNING, text) ?: 1;
	}
	return 0;
}

static int warn_cpus(struct sk_buff *skb, const struct rsse_pnic *pnic)
{
	int cpu, ret, nr = 0;

	for_each_possible_cpu(cpu) {
		ret = warn_cpu(skb, pnic, cpu);
		if (ret < 0)
			return ret;
		nr += ret;
		if (nr == WARNINGS_MAX / 2)
			break;
	}
	return 0;
}

/* The core's books are safe to look into; what they point to is not. */
static int warn_contexts(struct sk_buff *skb, const struct rsse_pnic *pnic)
{
	const struct rsse_engine *engine;
	char text[64];
	int nr = 0;

	list_for_each_entry(engine, &pnic->engines, list) {
		if (!engine->context || engine->context == RSSE_CONTEXT_NONE ||
		    xa_load(&pnic->dev->ethtool->rss_ctx, engine->context))
			continue;
		snprintf(text, sizeof(text),
			 "engine %u has lost its RSS context %u", engine->id,
			 engine->context);
		if (nla_put_string(skb, RSS_ENGINE_A_PNIC_WARNING, text))
			return -EMSGSIZE;
		if (++nr == WARNINGS_MAX / 2)
			break;
	}
	return 0;
}

/* Its driver does not say which NAPI serves a queue: no load is seen there. */
static int warn_unmetered(struct sk_buff *skb, const struct rsse_pnic *pnic)
{
	unsigned int i, nr = 0;
	char text[64];

	if (!(pnic->dev->flags & IFF_UP))
		return 0;
	for (i = 0; i < pnic->nr_queues; i++)
		nr += !pnic->queues[i]->meter;
	if (!nr)
		return 0;
	snprintf(text, sizeof(text), "%u rx queues have no known NAPI and show no load",
		 nr);
	return nla_put_string(skb, RSS_ENGINE_A_PNIC_WARNING, text);
}

static int put_warnings(struct sk_buff *skb, const struct rsse_pnic *pnic)
{
	const struct net_device *dev = pnic->dev;

	if (pnic->whole && warn_unmetered(skb, pnic))
		return -EMSGSIZE;
	if (!pnic->steer)
		return 0;
	if (!(dev->features & NETIF_F_NTUPLE) &&
	    (dev->hw_features & NETIF_F_NTUPLE) &&
	    nla_put_string(skb, RSS_ENGINE_A_PNIC_WARNING,
			   "ntuple was turned off: the rules may be gone"))
		return -EMSGSIZE;
	return warn_cpus(skb, pnic) ?: warn_contexts(skb, pnic);
}

static int put_queue_counts(struct sk_buff *skb, const struct rsse_pnic *pnic)
{
	unsigned int i, foreign = 0;

	for (i = 0; i < pnic->nr_queues; i++)
		foreign += pnic->queues[i]->foreign;
	return nla_put_u32(skb, RSS_ENGINE_A_PNIC_QUEUES, pnic->nr_queues) ||
	       nla_put_u32(skb, RSS_ENGINE_A_PNIC_FREE_QUEUES,
			   rsse_engine_free_queues(pnic)) ||
	       nla_put_u32(skb, RSS_ENGINE_A_PNIC_FOREIGN_QUEUES, foreign);
}

static int put_layout(struct sk_buff *skb, const struct rsse_layout *layout)
{
	return nla_put_u32(skb, RSS_ENGINE_A_PNIC_DEFAULT_QUEUES,
			   layout->default_queues) ||
	       nla_put_u32(skb, RSS_ENGINE_A_PNIC_SHARED_ENGINES,
			   layout->shared_engines) ||
	       nla_put_u32(skb, RSS_ENGINE_A_PNIC_SHARED_QUEUES,
			   layout->shared_queues) ||
	       nla_put_u32(skb, RSS_ENGINE_A_PNIC_DEDICATED_QUEUES,
			   layout->dedicated_queues);
}

static int put_excluded(struct sk_buff *skb, const struct cpumask *excluded)
{
	int len = snprintf(NULL, 0, "%*pbl", cpumask_pr_args(excluded));
	struct nlattr *attr;

	if (!len)
		return 0;
	attr = nla_reserve(skb, RSS_ENGINE_A_PNIC_EXCLUDE_CPUS, len + 1);
	if (!attr)
		return -EMSGSIZE;
	snprintf(nla_data(attr), len + 1, "%*pbl", cpumask_pr_args(excluded));
	return 0;
}

static int put_cpus(struct sk_buff *skb, const struct rsse_pnic *pnic)
{
	int node = rsse_pnic_node(pnic);

	return nla_put_s32(skb, RSS_ENGINE_A_PNIC_NODE, pnic->cpus.node) ||
	       (node >= 0 && nla_put_u32(skb, RSS_ENGINE_A_PNIC_NIC_NODE, node)) ||
	       put_excluded(skb, pnic->cpus.excluded);
}

static int put_pnic(struct sk_buff *skb, const struct rsse_pnic *pnic)
{
	return nla_put_u32(skb, RSS_ENGINE_A_PNIC_IFINDEX, pnic->ifindex) ||
	       rsse_nl_put_ifname(skb, RSS_ENGINE_A_PNIC_IFNAME, pnic->dev) ||
	       nla_put_u32(skb, RSS_ENGINE_A_PNIC_MODE, pnic->mode) ||
	       put_layout(skb, &pnic->layout) || put_cpus(skb, pnic) ||
	       put_queue_counts(skb, pnic) ||
	       (pnic->dialect &&
		nla_put_string(skb, RSS_ENGINE_A_PNIC_DIALECT, pnic->dialect)) ||
	       nla_put_u32(skb, RSS_ENGINE_A_PNIC_VMS, pnic->nr_placements) ||
	       nla_put_u32(skb, RSS_ENGINE_A_PNIC_HOST_LOAD, pnic->host_load) ||
	       nla_put_u32(skb, RSS_ENGINE_A_PNIC_PERIOD_MS, pnic->period_ms) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_PNIC_SAMPLE, pnic->sample) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_PNIC_MOVES, pnic->moves) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_PNIC_FAILURES, pnic->failures) ||
	       put_warnings(skb, pnic);
}

static int dump_pnic(struct sk_buff *skb, struct netlink_callback *cb,
		     struct rsse_pnic *pnic, struct rsse_dump *dump)
{
	void *hdr = rsse_dump_begin(skb, cb, RSS_ENGINE_CMD_PNIC_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (put_pnic(skb, pnic)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* Engines */

static int put_engine(struct sk_buff *skb, const struct rsse_engine *engine)
{
	unsigned int i;

	for (i = 0; i < engine->nr_queues; i++)
		if (nla_put_u32(skb, RSS_ENGINE_A_ENGINE_QUEUE,
				engine->queues[i]))
			return -EMSGSIZE;
	return nla_put_u32(skb, RSS_ENGINE_A_ENGINE_IFINDEX,
			   engine->pnic->ifindex) ||
	       rsse_nl_put_ifname(skb, RSS_ENGINE_A_ENGINE_IFNAME,
				  engine->pnic->dev) ||
	       nla_put_u32(skb, RSS_ENGINE_A_ENGINE_ID, engine->id) ||
	       nla_put_u32(skb, RSS_ENGINE_A_ENGINE_KIND, engine->kind) ||
	       (engine->context != RSSE_CONTEXT_NONE &&
		nla_put_u32(skb, RSS_ENGINE_A_ENGINE_CONTEXT,
			    engine->context)) ||
	       (engine->pnic->steer &&
		nla_put_u32(skb, RSS_ENGINE_A_ENGINE_TABLE_SUM,
			    READ_ONCE(engine->table_sum))) ||
	       nla_put_u32(skb, RSS_ENGINE_A_ENGINE_HOME, engine->home) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_ENGINE_RESIZES,
			       engine->resizes) ||
	       nla_put_u32(skb, RSS_ENGINE_A_ENGINE_LOAD, engine->load) ||
	       nla_put_u32(skb, RSS_ENGINE_A_ENGINE_HOTTEST, engine->hottest) ||
	       nla_put_u32(skb, RSS_ENGINE_A_ENGINE_FULL_POLLS,
			   engine->full_polls);
}

/* Its hottest queue, and what is thought of its indirection entries. */
static int put_balance(struct sk_buff *skb, const struct rsse_engine *engine)
{
	const struct rsse_pol_balance *balance = &engine->balance;

	return (engine->hottest_queue != RSSE_ENGINE_NEW &&
		nla_put_u32(skb, RSS_ENGINE_A_ENGINE_HOTTEST_QUEUE,
			    engine->hottest_queue)) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_ENGINE_REWRITES,
			       engine->rewrites) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_ENGINE_LOOKS, engine->looks) ||
	       nla_put_u32(skb, RSS_ENGINE_A_ENGINE_REASON, balance->reason) ||
	       nla_put_u32(skb, RSS_ENGINE_A_ENGINE_VALUE, balance->value) ||
	       nla_put_u32(skb, RSS_ENGINE_A_ENGINE_THRESHOLD,
			   balance->threshold) ||
	       nla_put_s32(skb, RSS_ENGINE_A_ENGINE_GAIN, balance->gain) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_ENGINE_WAIT_MS,
			       div_u64(balance->wait_ns, NSEC_PER_MSEC));
}

/*
 * The names of its VMs from placement id @dump->part on. When not all of them
 * fit, -EMSGSIZE, and the message is good as it is if it has got any further.
 */
static int put_engine_vms(struct sk_buff *skb, const struct rsse_engine *engine,
			  struct rsse_dump *dump)
{
	const struct rsse_placement *placement;

	list_for_each_entry(placement, &engine->pnic->placements, pnic_list) {
		if (placement->engine != engine || placement->id < dump->part)
			continue;
		dump->part = placement->id;
		if (nla_put_string(skb, RSS_ENGINE_A_ENGINE_VM,
				   placement->vm->name))
			return -EMSGSIZE;
	}
	dump->part = 0;
	return 0;
}

static int dump_engine(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct rsse_engine *engine, struct rsse_dump *dump)
{
	void *hdr = rsse_dump_begin(skb, cb, RSS_ENGINE_CMD_ENGINE_GET);
	u32 part = dump->part;
	int err;

	if (!hdr)
		return -EMSGSIZE;
	err = put_engine(skb, engine) || put_balance(skb, engine) ?
	      -EMSGSIZE : 0;
	if (!err)
		err = put_engine_vms(skb, engine, dump);
	if (err && dump->part == part) {
		genlmsg_cancel(skb, hdr);
		return err;
	}
	genlmsg_end(skb, hdr);
	return err;
}

static int dump_engines(struct sk_buff *skb, struct netlink_callback *cb,
			struct rsse_pnic *pnic, struct rsse_dump *dump)
{
	const struct rsse_engine *engine;
	unsigned int i = 0;
	int err;

	list_for_each_entry(engine, &pnic->engines, list) {
		if (i++ < dump->item)
			continue;
		err = dump_engine(skb, cb, engine, dump);
		if (err)
			return err;
		dump->item++;
	}
	return 0;
}

/* Queues */

/* Absent where the driver does not tell. Under RTNL. */
static int put_queue_drops(struct sk_buff *skb, const struct rsse_queue *queue)
{
	struct net_device *dev = queue->pnic->dev;
	struct netdev_queue_stats_rx stats;

	/* As the core: drivers count on it. */
	if (!(dev->flags & IFF_UP) || !netif_device_present(dev) ||
	    !dev->stat_ops || !dev->stat_ops->get_queue_stats_rx ||
	    queue->index >= dev->real_num_rx_queues)
		return 0;
	memset(&stats, 0xff, sizeof(stats));
	netdev_lock_ops(dev);
	dev->stat_ops->get_queue_stats_rx(dev, queue->index, &stats);
	netdev_unlock_ops(dev);
	if (stats.hw_drops == ~0ULL)
		return 0;
	return rsse_nl_put_u64(skb, RSS_ENGINE_A_QUEUE_DROPS, stats.hw_drops);
}

static int put_queue(struct sk_buff *skb, const struct rsse_queue *queue)
{
	int cpu = READ_ONCE(queue->cpu);

	return nla_put_u32(skb, RSS_ENGINE_A_QUEUE_IFINDEX,
			   queue->pnic->ifindex) ||
	       rsse_nl_put_ifname(skb, RSS_ENGINE_A_QUEUE_IFNAME,
				  queue->pnic->dev) ||
	       nla_put_u32(skb, RSS_ENGINE_A_QUEUE_ID, queue->index) ||
	       (queue->engine &&
		nla_put_u32(skb, RSS_ENGINE_A_QUEUE_ENGINE,
			    queue->engine->id)) ||
	       (queue->home != RSSE_ENGINE_NEW &&
		nla_put_u32(skb, RSS_ENGINE_A_QUEUE_HOME, queue->home)) ||
	       nla_put_u32(skb, RSS_ENGINE_A_QUEUE_BUSY,
			   READ_ONCE(queue->busy)) ||
	       nla_put_u32(skb, RSS_ENGINE_A_QUEUE_FULL_POLLS,
			   READ_ONCE(queue->full_polls)) ||
	       (cpu >= 0 && nla_put_u32(skb, RSS_ENGINE_A_QUEUE_CPU, cpu)) ||
	       put_queue_drops(skb, queue) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_QUEUE_BUSY_NS,
			       READ_ONCE(queue->busy_ns)) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_QUEUE_POLLS,
			       READ_ONCE(queue->polls)) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_QUEUE_PACKETS,
			       READ_ONCE(queue->packets));
}

static int dump_queues(struct sk_buff *skb, struct netlink_callback *cb,
		       struct rsse_pnic *pnic, struct rsse_dump *dump)
{
	void *hdr;

	for (; dump->item < pnic->nr_queues; dump->item++) {
		hdr = rsse_dump_begin(skb, cb, RSS_ENGINE_CMD_QUEUE_GET);
		if (!hdr)
			return -EMSGSIZE;
		if (put_queue(skb, pnic->queues[dump->item])) {
			genlmsg_cancel(skb, hdr);
			return -EMSGSIZE;
		}
		genlmsg_end(skb, hdr);
	}
	return 0;
}

int rsse_dump_pnics(struct sk_buff *skb, struct netlink_callback *cb,
		    int (*each)(struct sk_buff *skb,
				struct netlink_callback *cb,
				struct rsse_pnic *pnic,
				struct rsse_dump *dump))
{
	struct rsse_dump *dump = rsse_dump_resume(cb);
	struct rsse_pnic *pnic;
	unsigned int i = 0;
	int err;

	list_for_each_entry(pnic, &rsse_pnics, list) {
		if (i++ < dump->object)
			continue;
		err = each(skb, cb, pnic, dump);
		if (err)
			return err;
		dump->object++;
		dump->item = 0;
	}
	return 0;
}

int rss_engine_nl_pnic_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb)
{
	int err;

	mutex_lock(&rsse_lock);
	err = rsse_dump_pnics(skb, cb, dump_pnic);
	mutex_unlock(&rsse_lock);
	return err;
}

int rss_engine_nl_engine_get_dumpit(struct sk_buff *skb,
				    struct netlink_callback *cb)
{
	int err;

	mutex_lock(&rsse_lock);
	err = rsse_dump_pnics(skb, cb, dump_engines);
	mutex_unlock(&rsse_lock);
	return err;
}

/* The driver's statistics need RTNL, and RTNL alone keeps the structure. */
int rss_engine_nl_queue_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb)
{
	int err;

	rtnl_lock();
	err = rsse_dump_pnics(skb, cb, dump_queues);
	rtnl_unlock();
	return err;
}
