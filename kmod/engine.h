/* SPDX-License-Identifier: GPL-2.0-only */
/* Queues of a PNIC, and engines. Locks and marks: see rsse.h. */
#ifndef RSSE_ENGINE_H
#define RSSE_ENGINE_H

#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/types.h>

#include "policy.h"

struct rsse_napi_meter;
struct rsse_pnic;

/**
 * struct rsse_queue - one rx queue of a PNIC
 * @kobj: pnics/DEV/queues/N
 * @pnic: [C]
 * @index: rx queue index on the device [C]
 * @foreign: somebody else's rules, contexts or sockets use it; left alone
 * @home: id of the engine that it is due to, RSSE_ENGINE_NEW: to dedicated ones
 * @engine: engine that has it, or NULL
 * @engine_id: its id for sysfs, RSSE_ENGINE_NEW for none; WRITE_ONCE()
 * @meter: meter of its NAPI, or NULL while the device has none
 * @last_busy_ns: meter reading that the samples have accounted for; sampler only
 * @last_polls: see @last_busy_ns
 * @last_full_polls: see @last_busy_ns
 * @last_packets: see @last_busy_ns
 * @window_busy_ns: busy time in the latest window; sampler only
 * @window_packets: packets polled in the latest window; sampler only
 * @window_polls: polls in the latest window; sampler only
 * @window_full_polls: full polls in the latest window; sampler only
 * @busy_ns: busy time since the PNIC was added, ns [S]
 * @polls: polls since then [S]
 * @packets: packets since then [S]
 * @busy: busy share, permille [S]
 * @avg: the same on average, permille of a permille; sampler only
 * @avg_ns: the time that @avg is of, at most RSSE_POL_AVG_NS; sampler only
 * @others: the most that its CPU has done of late beside it, permille of a permille
 *	[S]
 * @full_polls: share of polls that used their whole budget, permille [S]
 * @cpu: CPU that it was polled on last, -1 before the first poll [S]
 */
struct rsse_queue {
	struct kobject kobj;
	struct rsse_pnic *pnic;
	unsigned int index;
	bool foreign;
	u32 home;
	struct rsse_engine *engine;
	u32 engine_id;
	struct rsse_napi_meter *meter;
	u64 last_busy_ns;
	u64 last_polls;
	u64 last_full_polls;
	u64 last_packets;
	u64 window_busy_ns;
	u64 window_packets;
	u64 window_polls;
	u64 window_full_polls;
	u64 busy_ns;
	u64 polls;
	u64 packets;
	u32 busy;
	u32 avg;
	u64 avg_ns;
	u32 others;
	u32 full_polls;
	int cpu;
};

/* Context of an engine that the NIC has none of. */
#define RSSE_CONTEXT_NONE	((u32)~0U)

/**
 * struct rsse_engine - an RSS context with its queues
 * @kobj: pnics/DEV/engines/ID
 * @list: in rsse_pnic.engines, ascending by @id
 * @pnic: [C]
 * @id: 0 for the default engine, else never used twice on a PNIC [C]
 * @kind: enum rss_engine_engine_kind [C]
 * @context: RSS context of the NIC, 0 for the default engine;
 *	RSSE_CONTEXT_NONE while the PNIC is only observed [C]
 * @home: queues that are due to it [C]
 * @nr_queues: entries used in @queues; 0: it has none, for it is asleep, or the
 *	PNIC is only observed
 * @queues: rx queue indices, ascending; room for all of the PNIC
 * @nr_placements: placements on it
 * @rewrites: rewrites of its indirection entries
 * @resizes: how often it gained or lost queues
 * @table_sum: of its table as it was left, see the netlink specification; written
 *	under RTNL with WRITE_ONCE()
 * @table_foreign: somebody else changed its table, and an event told so; RTNL
 * @leaked: the NIC kept a rule that leads to it; RTNL
 * @stays: the NIC would not remove its context, so it was not forgotten; RTNL
 * @losing: it loses queues; scratch of queues.c, RTNL
 * @gaining: it gains queues; scratch of queues.c, RTNL
 * @looks: looks that counted its entries [S]
 * @balance: the policy's latest decision about its entries [S], each field by
 *	itself
 * @changed: its VMs, queues or entries have changed since the latest sample; rsse_lock
 * @window_packets: packets its queues polled in the latest window; sampler only
 * @window_busy_ns: busy time of its queues in the latest window; sampler only
 * @window_weight: sum of the weights of its placements; sampler only
 * @load: mean busy share of its queues, permille [S]
 * @hottest: busy share of its busiest queue, permille [S]
 * @hottest_queue: that queue, RSSE_ENGINE_NEW while none is known [S]
 * @full_polls: highest share of full polls among its queues, permille [S]
 */
struct rsse_engine {
	struct kobject kobj;
	struct list_head list;
	struct rsse_pnic *pnic;
	u32 id;
	u32 kind;
	u32 context;
	unsigned int home;
	unsigned int nr_queues;
	u32 *queues;
	unsigned int nr_placements;
	u64 rewrites;
	u64 resizes;
	u32 table_sum;
	bool table_foreign;
	bool leaked;
	bool stays;
	bool losing;
	bool gaining;
	u64 looks;
	struct rsse_pol_balance balance;
	bool changed;
	u64 window_packets;
	u64 window_busy_ns;
	u64 window_weight;
	u32 load;
	u32 hottest;
	u32 hottest_queue;
	u32 full_polls;
};

/* Called by the release of their kobjects (sysfs.c). */
void rsse_queue_free(struct rsse_queue *queue);
void rsse_engine_free(struct rsse_engine *engine);

#endif /* RSSE_ENGINE_H */
