// SPDX-License-Identifier: GPL-2.0-only
/* Events: numbered and sent to the multicast group. */
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <net/genetlink.h>

#include "netlink_priv.h"

/*
 * Protects event_seq and events_open, and has the events sent in the order of
 * their numbers.
 */
static DEFINE_MUTEX(event_lock);
static u64 event_seq;
/* The group exists: from the registration of the family to its end. */
static bool events_open;

void rsse_event_open(void)
{
	mutex_lock(&event_lock);
	events_open = true;
	mutex_unlock(&event_lock);
}

void rsse_event_close(void)
{
	mutex_lock(&event_lock);
	events_open = false;
	mutex_unlock(&event_lock);
}

static int put_pnic(struct sk_buff *skb, const struct rsse_pnic *pnic)
{
	return nla_put_u32(skb, RSS_ENGINE_A_EVENT_IFINDEX, pnic->ifindex) ||
	       rsse_nl_put_ifname(skb, RSS_ENGINE_A_EVENT_IFNAME, pnic->dev) ||
	       nla_put_u32(skb, RSS_ENGINE_A_EVENT_MODE, READ_ONCE(pnic->mode));
}

static int put_move(struct sk_buff *skb, const struct rsse_event *event)
{
	return nla_put_u32(skb, RSS_ENGINE_A_EVENT_FROM_STATE, event->from_state) ||
	       (event->from_engine != RSSE_ENGINE_NEW &&
		nla_put_u32(skb, RSS_ENGINE_A_EVENT_FROM_ENGINE, event->from_engine)) ||
	       nla_put_u32(skb, RSS_ENGINE_A_EVENT_TO_STATE, event->to_state) ||
	       (event->to_engine != RSSE_ENGINE_NEW &&
		nla_put_u32(skb, RSS_ENGINE_A_EVENT_TO_ENGINE, event->to_engine));
}

static int put_rewrite(struct sk_buff *skb, const struct rsse_event *event)
{
	return nla_put_u32(skb, RSS_ENGINE_A_EVENT_QUEUE, event->queue) ||
	       nla_put_u32(skb, RSS_ENGINE_A_EVENT_ENTRIES, event->entries);
}

static int put_why(struct sk_buff *skb, const struct rsse_event *event)
{
	return nla_put_u32(skb, RSS_ENGINE_A_EVENT_REASON, event->reason) ||
	       nla_put_u32(skb, RSS_ENGINE_A_EVENT_VALUE, event->value) ||
	       nla_put_u32(skb, RSS_ENGINE_A_EVENT_THRESHOLD, event->threshold) ||
	       nla_put_s32(skb, RSS_ENGINE_A_EVENT_GAIN, event->gain) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_EVENT_CROSSED_SAMPLE, event->crossed_sample) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_EVENT_DECIDED_SAMPLE, event->decided_sample) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_EVENT_DONE_SAMPLE, event->done_sample);
}

static int put_event(struct sk_buff *skb, const struct rsse_event *event)
{
	return rsse_nl_put_u64(skb, RSS_ENGINE_A_EVENT_SEQ, event_seq) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_EVENT_TIME_NS, ktime_get_ns()) ||
	       nla_put_u32(skb, RSS_ENGINE_A_EVENT_KIND, event->kind) ||
	       (event->vm &&
		nla_put_string(skb, RSS_ENGINE_A_EVENT_VM, event->vm)) ||
	       (event->pnic && put_pnic(skb, event->pnic)) ||
	       (event->has_engine &&
		nla_put_u32(skb, RSS_ENGINE_A_EVENT_ENGINE, event->engine)) ||
	       (event->has_rewrite && put_rewrite(skb, event)) ||
	       (event->has_queues &&
		nla_put_u32(skb, RSS_ENGINE_A_EVENT_QUEUES, event->queues)) ||
	       (event->has_move && put_move(skb, event)) ||
	       ((event->has_move || event->has_rewrite || event->has_queues) &&
		put_why(skb, event)) ||
	       (event->error &&
		nla_put_u32(skb, RSS_ENGINE_A_EVENT_ERRNO, event->error));
}

static void event_send(const struct rsse_event *event)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *hdr;

	if (!skb)
		return;
	hdr = genlmsg_put(skb, 0, 0, &rss_engine_nl_family, 0,
			  RSS_ENGINE_CMD_EVENT_NTF);
	if (!hdr || put_event(skb, event)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, hdr);
	genlmsg_multicast(&rss_engine_nl_family, skb, 0, RSS_ENGINE_NLGRP_EVENTS,
			  GFP_KERNEL);
}

void rsse_event_post(const struct rsse_event *event)
{
	mutex_lock(&event_lock);
	event_seq++;
	if (events_open)
		event_send(event);
	mutex_unlock(&event_lock);
}
