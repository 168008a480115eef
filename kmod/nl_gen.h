/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/rss_engine.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_RSS_ENGINE_GEN_H
#define _LINUX_RSS_ENGINE_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/rss_engine.h>

/* Common nested types */
extern const struct nla_policy rss_engine_filter_nl_policy[RSS_ENGINE_A_FILTER_LEARNT + 1];
extern const struct nla_policy rss_engine_vnic_nl_policy[RSS_ENGINE_A_VNIC_WORKER + 1];

int rss_engine_nl_large_start(struct netlink_callback *cb);
int rss_engine_nl_state_start(struct netlink_callback *cb);
int rss_engine_nl_state_done(struct netlink_callback *cb);

int rss_engine_nl_config_get_doit(struct sk_buff *skb, struct genl_info *info);
int rss_engine_nl_config_set_doit(struct sk_buff *skb, struct genl_info *info);
int rss_engine_nl_pnic_add_doit(struct sk_buff *skb, struct genl_info *info);
int rss_engine_nl_pnic_set_doit(struct sk_buff *skb, struct genl_info *info);
int rss_engine_nl_pnic_del_doit(struct sk_buff *skb, struct genl_info *info);
int rss_engine_nl_pnic_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb);
int rss_engine_nl_vm_add_doit(struct sk_buff *skb, struct genl_info *info);
int rss_engine_nl_vm_set_doit(struct sk_buff *skb, struct genl_info *info);
int rss_engine_nl_vm_del_doit(struct sk_buff *skb, struct genl_info *info);
int rss_engine_nl_vm_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int rss_engine_nl_vm_move_doit(struct sk_buff *skb, struct genl_info *info);
int rss_engine_nl_placement_get_dumpit(struct sk_buff *skb,
				       struct netlink_callback *cb);
int rss_engine_nl_engine_get_dumpit(struct sk_buff *skb,
				    struct netlink_callback *cb);
int rss_engine_nl_queue_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb);
int rss_engine_nl_state_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb);
int rss_engine_nl_limits_add_doit(struct sk_buff *skb, struct genl_info *info);
int rss_engine_nl_limits_del_doit(struct sk_buff *skb, struct genl_info *info);
int rss_engine_nl_limits_get_dumpit(struct sk_buff *skb,
				    struct netlink_callback *cb);

enum {
	RSS_ENGINE_NLGRP_EVENTS,
	RSS_ENGINE_NLGRP_SAMPLES,
};

extern struct genl_family rss_engine_nl_family;

#endif /* _LINUX_RSS_ENGINE_GEN_H */
