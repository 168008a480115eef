// SPDX-License-Identifier: GPL-2.0-only
/*
 * The policy's state of a PNIC. It is copied when the dump begins, so that all
 * messages are of one time.
 */
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/genetlink.h>

#include "core.h"
#include "netlink_policy.h"
#include "netlink_priv.h"
#include "policy_state.h"

/**
 * struct state_dump - a dump under way; netlink_callback.ctx points to it
 * @ifindex: of the PNIC
 * @ifname: its name
 * @sample: sample that @state is of
 * @state: the copy
 * @next_engine: first engine that is still to be sent
 * @next_slot: first slot that is still to be sent
 * @next_place: first place of entries rewritten lately that is still to be sent
 */
struct state_dump {
	u32 ifindex;
	char ifname[IFNAMSIZ];
	u64 sample;
	struct rsse_pol_state state;
	u32 next_engine;
	u32 next_slot;
	u32 next_place;
};

static struct state_dump **dump_of(struct netlink_callback *cb)
{
	return (struct state_dump **)cb->ctx;
}

static void dump_free(struct state_dump *dump)
{
	kvfree(dump->state.vm);
	kvfree(dump->state.engine);
	kfree(dump);
}

static int take_state(struct rsse_pnic *pnic, struct state_dump *dump,
		      struct netlink_ext_ack *extack)
{
	if (!pnic->sampling) {
		NL_SET_ERR_MSG_FMT(extack, "%s is off: there is no policy on it",
				   pnic->dev->name);
		return -EOPNOTSUPP;
	}
	dump->ifindex = pnic->ifindex;
	strscpy(dump->ifname, pnic->dev->name, sizeof(dump->ifname));
	return rsse_sampling_copy(pnic, &dump->state, &dump->sample);
}

int rss_engine_nl_state_start(struct netlink_callback *cb)
{
	const struct genl_info *info = genl_info_dump(cb);
	struct state_dump *dump;
	struct rsse_pnic *pnic;
	int err;

	dump = kzalloc(sizeof(*dump), GFP_KERNEL);
	if (!dump)
		return -ENOMEM;
	rtnl_lock();
	pnic = rsse_nl_pnic(info, RSS_ENGINE_A_POLICY_STATE_IFINDEX);
	err = IS_ERR(pnic) ? PTR_ERR(pnic) :
			     take_state(pnic, dump, info->extack);
	rtnl_unlock();
	if (err) {
		dump_free(dump);
		return err;
	}
	*dump_of(cb) = dump;
	return 0;
}

int rss_engine_nl_state_done(struct netlink_callback *cb)
{
	dump_free(*dump_of(cb));
	return 0;
}

static int put_head(struct sk_buff *skb, const struct state_dump *dump)
{
	return nla_put_u32(skb, RSS_ENGINE_A_POLICY_STATE_IFINDEX, dump->ifindex) ||
	       nla_put_string(skb, RSS_ENGINE_A_POLICY_STATE_IFNAME, dump->ifname) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_POLICY_STATE_SAMPLE, dump->sample) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_POLICY_STATE_RUN, dump->state.runs) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_POLICY_STATE_PERIOD_NS,
			       dump->state.period_ns) ||
	       nla_put_u32(skb, RSS_ENGINE_A_POLICY_STATE_NEXT_MOVED,
			   dump->state.next_moved);
}

static int put_backoff(struct sk_buff *skb, u32 state,
		       const struct rsse_pol_backoff *backoff)
{
	struct nlattr *nest;

	if (!memchr_inv(backoff, 0, sizeof(*backoff)))
		return 0;
	nest = nla_nest_start(skb, RSS_ENGINE_A_POLICY_VM_STATE_BACKOFF);
	if (!nest ||
	    nla_put_u32(skb, RSS_ENGINE_A_POLICY_BACKOFF_TO_STATE, state) ||
	    rsse_nl_put_struct(skb, &rsse_nl_backoff, backoff))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_slot(struct sk_buff *skb, u32 slot,
		    const struct rsse_pol_vm_state *vm)
{
	struct nlattr *nest = nla_nest_start(skb, RSS_ENGINE_A_POLICY_STATE_VM);
	u32 i;

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, RSS_ENGINE_A_POLICY_VM_STATE_SLOT, slot) ||
	    rsse_nl_put_struct(skb, &rsse_nl_vm_state, vm))
		goto cancel;
	for (i = 0; i < RSSE_POL_STATES; i++)
		if (put_backoff(skb, i, &vm->backoff[i]))
			goto cancel;
	nla_nest_end(skb, nest);
	return 0;

cancel:
	nla_nest_cancel(skb, nest);
	return -EMSGSIZE;
}

static int put_moved(struct sk_buff *skb, u32 place,
		     const struct rsse_pol_moved *moved)
{
	struct nlattr *nest = nla_nest_start(skb, RSS_ENGINE_A_POLICY_STATE_MOVED);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, RSS_ENGINE_A_POLICY_MOVED_PLACE, place) ||
	    rsse_nl_put_struct(skb, &rsse_nl_moved, moved)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* What fits; -EMSGSIZE when something is left over. What was never used is not sent. */
static int put_lists(struct sk_buff *skb, struct state_dump *dump)
{
	const struct rsse_pol_state *state = &dump->state;

	for (; dump->next_engine < state->nr_engines; dump->next_engine++)
		if (rsse_nl_put_nest(skb, RSS_ENGINE_A_POLICY_STATE_ENGINE,
				     &rsse_nl_engine_state,
				     &state->engine[dump->next_engine]))
			return -EMSGSIZE;
	for (; dump->next_slot < state->nr_slots; dump->next_slot++)
		if (state->vm[dump->next_slot].id &&
		    put_slot(skb, dump->next_slot, &state->vm[dump->next_slot]))
			return -EMSGSIZE;
	for (; dump->next_place < RSSE_POL_MOVED_MAX; dump->next_place++)
		if (state->moved[dump->next_place].time_ns &&
		    put_moved(skb, dump->next_place,
			      &state->moved[dump->next_place]))
			return -EMSGSIZE;
	return 0;
}

int rss_engine_nl_state_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb)
{
	struct state_dump *dump = *dump_of(cb);
	void *hdr;
	int err;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &rss_engine_nl_family, NLM_F_MULTI,
			  RSS_ENGINE_CMD_STATE_GET);
	if (!hdr || put_head(skb, dump))
		return -EMSGSIZE;
	err = put_lists(skb, dump);
	genlmsg_end(skb, hdr);
	return err;
}
