// SPDX-License-Identifier: GPL-2.0-only
/*
 * Samples: what the policy saw and decided in a period, sent to whoever
 * listens. Everything here runs in the sampler, under rsse_lock: nothing may
 * wait, neither for memory nor for a listener. What cannot be sent leaves a
 * gap in the numbers of the messages.
 */
#include <net/genetlink.h>

#include "netlink_policy.h"
#include "netlink_priv.h"

/* Without direct reclaim a broadcast does not yield to a listener either. */
#define SAMPLE_GFP	GFP_NOWAIT

/* Under rsse_lock. */
static u64 sample_seq;
/* The group exists: from the registration of the family to its end. */
static bool samples_open;

/**
 * struct parts - a sample on its way into messages
 * @pnic: whose sample it is
 * @skb: the message that is filled; NULL after one could not be had
 * @hdr: of @skb
 * @last: the attribute in @skb that says whether it is the last part
 * @nr: parts so far
 */
struct parts {
	const struct rsse_pnic *pnic;
	struct sk_buff *skb;
	void *hdr;
	struct nlattr *last;
	u32 nr;
};

void rsse_sample_open(bool open)
{
	mutex_lock(&rsse_lock);
	samples_open = open;
	mutex_unlock(&rsse_lock);
}

static int put_head(struct parts *parts)
{
	const struct rsse_pnic *pnic = parts->pnic;
	struct sk_buff *skb = parts->skb;
	u32 last = 0;

	if (rsse_nl_put_u64(skb, RSS_ENGINE_A_SAMPLE_SEQ, sample_seq) ||
	    nla_put_u32(skb, RSS_ENGINE_A_SAMPLE_IFINDEX, pnic->ifindex) ||
	    rsse_nl_put_ifname(skb, RSS_ENGINE_A_SAMPLE_IFNAME, pnic->dev) ||
	    nla_put_u32(skb, RSS_ENGINE_A_SAMPLE_PART, parts->nr) ||
	    rsse_nl_put_u64(skb, RSS_ENGINE_A_SAMPLE_SAMPLE, pnic->sample))
		return -EMSGSIZE;
	parts->last = nla_reserve(skb, RSS_ENGINE_A_SAMPLE_LAST, sizeof(last));
	if (!parts->last)
		return -EMSGSIZE;
	memcpy(nla_data(parts->last), &last, sizeof(last));
	return 0;
}

/* Begin a message; it has its number whether it comes into being or not. */
static void begin_part(struct parts *parts)
{
	sample_seq++;
	parts->skb = genlmsg_new(RSSE_POLICY_MSG_SIZE, SAMPLE_GFP);
	if (!parts->skb)
		return;
	parts->hdr = genlmsg_put(parts->skb, 0, 0, &rss_engine_nl_family, 0,
				 RSS_ENGINE_CMD_SAMPLE_NTF);
	if (parts->hdr && !put_head(parts)) {
		parts->nr++;
		return;
	}
	nlmsg_free(parts->skb);
	parts->skb = NULL;
}

static void send_part(struct parts *parts, u32 last)
{
	memcpy(nla_data(parts->last), &last, sizeof(last));
	genlmsg_end(parts->skb, parts->hdr);
	genlmsg_multicast(&rss_engine_nl_family, parts->skb, 0,
			  RSS_ENGINE_NLGRP_SAMPLES, SAMPLE_GFP);
	parts->skb = NULL;
}

/* @balance: NULL where the policy was not asked for it */
static int put_engine(struct sk_buff *skb, const struct rsse_pol_engine *engine,
		      const struct rsse_pol_balance *balance)
{
	struct nlattr *nest = nla_nest_start(skb, RSS_ENGINE_A_SAMPLE_ENGINE);

	if (!nest)
		return -EMSGSIZE;
	if (rsse_nl_put_struct(skb, &rsse_nl_engine, engine) ||
	    (balance && rsse_nl_put_struct(skb, &rsse_nl_balance, balance))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_vm(struct sk_buff *skb, const char *name,
		  const struct rsse_pol_vm *vm,
		  const struct rsse_pol_decision *decision)
{
	struct nlattr *nest = nla_nest_start(skb, RSS_ENGINE_A_SAMPLE_VM);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_string(skb, RSS_ENGINE_A_POLICY_VM_NAME, name) ||
	    rsse_nl_put_struct(skb, &rsse_nl_vm, vm) ||
	    rsse_nl_put_struct(skb, &rsse_nl_decision, decision)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* Each of these goes into the next message when this one has no room left. */
static void add_engine(struct parts *parts, const struct rsse_pol_engine *engine,
		       const struct rsse_pol_balance *balance)
{
	if (!parts->skb || !put_engine(parts->skb, engine, balance))
		return;
	send_part(parts, 0);
	begin_part(parts);
	if (parts->skb)
		WARN_ON_ONCE(put_engine(parts->skb, engine, balance));
}

static void add_vm(struct parts *parts, const char *name,
		   const struct rsse_pol_vm *vm,
		   const struct rsse_pol_decision *decision)
{
	if (!parts->skb || !put_vm(parts->skb, name, vm, decision))
		return;
	send_part(parts, 0);
	begin_part(parts);
	if (parts->skb)
		WARN_ON_ONCE(put_vm(parts->skb, name, vm, decision));
}

static void add(struct parts *parts, int attr,
		const struct rsse_nl_struct *desc, const void *obj)
{
	if (!parts->skb || !rsse_nl_put_nest(parts->skb, attr, desc, obj))
		return;
	send_part(parts, 0);
	begin_part(parts);
	if (parts->skb)
		WARN_ON_ONCE(rsse_nl_put_nest(parts->skb, attr, desc, obj));
}

/* What the policy was given beside the lists: numbers, and room for its results. */
static int put_given(struct sk_buff *skb, const struct rsse_pol_snapshot *snap,
		     const struct rsse_pol_state *state)
{
	return rsse_nl_put_u64(skb, RSS_ENGINE_A_SAMPLE_NOW_NS, snap->now_ns) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_SAMPLE_WINDOW_NS,
			       snap->window_ns) ||
	       nla_put_u32(skb, RSS_ENGINE_A_SAMPLE_FREE_QUEUES,
			   snap->free_queues) ||
	       nla_put_u32(skb, RSS_ENGINE_A_SAMPLE_DEDICATED_QUEUES,
			   snap->dedicated_queues) ||
	       (snap->can_rewrite &&
		nla_put_flag(skb, RSS_ENGINE_A_SAMPLE_CAN_REWRITE)) ||
	       rsse_nl_put_nest(skb, RSS_ENGINE_A_SAMPLE_LIMITS,
				&rsse_nl_limits, &snap->limits) ||
	       nla_put_u32(skb, RSS_ENGINE_A_SAMPLE_QUEUES_ROOM,
			   state->cap_queues) ||
	       nla_put_u32(skb, RSS_ENGINE_A_SAMPLE_CLASSES_ROOM,
			   state->cap_classes) ||
	       nla_put_u32(skb, RSS_ENGINE_A_SAMPLE_PAIRS_ROOM,
			   state->cap_pairs) ||
	       rsse_nl_put_nest(skb, RSS_ENGINE_A_SAMPLE_CONFIG,
				&rsse_nl_config, &rsse_config);
}

static int put_result(struct sk_buff *skb, const struct rsse_pol_plan *plan)
{
	return nla_put_u32(skb, RSS_ENGINE_A_SAMPLE_MOVES_ROOM,
			   plan->cap_moves) ||
	       (plan->look && nla_put_flag(skb, RSS_ENGINE_A_SAMPLE_LOOK)) ||
	       nla_put_u32(skb, RSS_ENGINE_A_SAMPLE_COUNT_ENGINE,
			   plan->count_engine) ||
	       (plan->patient &&
		nla_put_flag(skb, RSS_ENGINE_A_SAMPLE_PATIENT)) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_SAMPLE_NEXT_PERIOD_NS,
			       plan->next_period_ns);
}

static int put_numbers(struct sk_buff *skb, const struct rsse_pnic *pnic,
		       const struct rsse_pol_snapshot *snap,
		       const struct rsse_pol_plan *plan,
		       const struct rsse_pol_state *state)
{
	return nla_put_u32(skb, RSS_ENGINE_A_SAMPLE_MODE, pnic->mode) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_SAMPLE_RUN, state->runs) ||
	       put_given(skb, snap, state) || put_result(skb, plan);
}

static void add_seen(struct parts *parts, const struct rsse_pol_snapshot *snap,
		     const struct rsse_pol_plan *plan)
{
	const struct rsse_placement *placement;
	u32 i;

	for (i = 0; i < snap->nr_engines; i++)
		add_engine(parts, &snap->engines[i],
			   plan->balance ? &plan->balance[i] : NULL);
	for (i = 0; i < snap->nr_queues; i++)
		add(parts, RSS_ENGINE_A_SAMPLE_QUEUE, &rsse_nl_queue,
		    &snap->queues[i]);
	i = 0;
	list_for_each_entry(placement, &parts->pnic->placements, pnic_list) {
		add_vm(parts, placement->vm->name, &snap->vms[i],
		       &plan->decisions[i]);
		i++;
	}
	for (i = 0; i < snap->nr_outcomes; i++)
		add(parts, RSS_ENGINE_A_SAMPLE_OUTCOME, &rsse_nl_outcome,
		    &snap->outcomes[i]);
	for (i = 0; i < snap->nr_written; i++)
		add(parts, RSS_ENGINE_A_SAMPLE_WRITTEN, &rsse_nl_written,
		    &snap->written[i]);
}

static void add_entries(struct parts *parts,
			const struct rsse_pol_entries *entries)
{
	u32 i;

	add(parts, RSS_ENGINE_A_SAMPLE_COUNTED, &rsse_nl_entries, entries);
	for (i = 0; i < entries->nr_entries; i++)
		add(parts, RSS_ENGINE_A_SAMPLE_ENTRY, &rsse_nl_entry,
		    &entries->entries[i]);
}

static void add_plan(struct parts *parts, const struct rsse_pol_plan *plan)
{
	const struct rsse_pol_rewrite *rewrite = &plan->rewrite;
	u32 i;

	for (i = 0; i < plan->nr_shifts; i++)
		add(parts, RSS_ENGINE_A_SAMPLE_SHIFT, &rsse_nl_shift,
		    &plan->shifts[i]);
	for (i = 0; i < plan->nr_moves; i++)
		add(parts, RSS_ENGINE_A_SAMPLE_MOVE, &rsse_nl_move,
		    &plan->moves[i]);
	if (!rewrite->nr)
		return;
	add(parts, RSS_ENGINE_A_SAMPLE_REWRITE, &rsse_nl_rewrite, rewrite);
	for (i = 0; i < rewrite->nr; i++)
		add(parts, RSS_ENGINE_A_SAMPLE_CHANGE, &rsse_nl_change,
		    &rewrite->changes[i]);
}

void rsse_sample_post(const struct rsse_pnic *pnic,
		      const struct rsse_pol_snapshot *snap,
		      const struct rsse_pol_plan *plan,
		      const struct rsse_pol_state *state)
{
	struct parts parts = { .pnic = pnic };

	lockdep_assert_held(&rsse_lock);
	if (!samples_open ||
	    !genl_has_listeners(&rss_engine_nl_family, &init_net,
				RSS_ENGINE_NLGRP_SAMPLES))
		return;
	begin_part(&parts);
	if (parts.skb)
		WARN_ON_ONCE(put_numbers(parts.skb, pnic, snap, plan, state));
	add_seen(&parts, snap, plan);
	if (snap->entries)
		add_entries(&parts, snap->entries);
	add_plan(&parts, plan);
	if (parts.skb)
		send_part(&parts, 1);
}
