// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/rss_engine.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "nl_gen.h"

#include <uapi/linux/rss_engine.h>

/* Integer value ranges */
static const struct netlink_range_validation rss_engine_a_config_hold_up_ms_range = {
	.max	= RSS_ENGINE_HOLD_MAX,
};

static const struct netlink_range_validation rss_engine_a_config_hold_down_ms_range = {
	.max	= RSS_ENGINE_HOLD_MAX,
};

static const struct netlink_range_validation rss_engine_a_config_dwell_ms_range = {
	.max	= RSS_ENGINE_HOLD_MAX,
};

static const struct netlink_range_validation rss_engine_a_config_manual_hold_ms_range = {
	.max	= RSS_ENGINE_HOLD_MAX,
};

static const struct netlink_range_validation rss_engine_a_config_starve_ms_range = {
	.max	= RSS_ENGINE_HOLD_MAX,
};

static const struct netlink_range_validation rss_engine_a_vm_need_range = {
	.max	= RSS_ENGINE_NEED_MAX,
};

/* Common nested types */
const struct nla_policy rss_engine_filter_nl_policy[RSS_ENGINE_A_FILTER_LEARNT + 1] = {
	[RSS_ENGINE_A_FILTER_MAC] = NLA_POLICY_EXACT_LEN(6),
	[RSS_ENGINE_A_FILTER_VLAN] = NLA_POLICY_RANGE(NLA_U32, 1, RSS_ENGINE_VLAN_MAX),
	[RSS_ENGINE_A_FILTER_LEARNT] = { .type = NLA_FLAG, },
};

const struct nla_policy rss_engine_vnic_nl_policy[RSS_ENGINE_A_VNIC_WORKER + 1] = {
	[RSS_ENGINE_A_VNIC_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[RSS_ENGINE_A_VNIC_IFINDEX] = { .type = NLA_U32, },
	[RSS_ENGINE_A_VNIC_FILTER] = NLA_POLICY_NESTED(rss_engine_filter_nl_policy),
	[RSS_ENGINE_A_VNIC_WORKER] = { .type = NLA_U32, },
};

/* RSS_ENGINE_CMD_CONFIG_SET - do */
static const struct nla_policy rss_engine_config_set_nl_policy[RSS_ENGINE_A_CONFIG_CPU_ABOVE + 1] = {
	[RSS_ENGINE_A_CONFIG_PERIOD_MS] = NLA_POLICY_RANGE(NLA_U32, RSS_ENGINE_PERIOD_MIN, RSS_ENGINE_PERIOD_MAX),
	[RSS_ENGINE_A_CONFIG_PERIOD_MAX_MS] = NLA_POLICY_RANGE(NLA_U32, RSS_ENGINE_PERIOD_MIN, RSS_ENGINE_PERIOD_MAX),
	[RSS_ENGINE_A_CONFIG_SHARE_ABOVE] = NLA_POLICY_RANGE(NLA_U32, 1, RSS_ENGINE_LOAD_MAX),
	[RSS_ENGINE_A_CONFIG_UNSHARE_BELOW] = NLA_POLICY_RANGE(NLA_U32, 1, RSS_ENGINE_LOAD_MAX),
	[RSS_ENGINE_A_CONFIG_ENGINE_ABOVE] = NLA_POLICY_RANGE(NLA_U32, 1, 1000),
	[RSS_ENGINE_A_CONFIG_RETURN_MARGIN] = NLA_POLICY_RANGE(NLA_U32, 1, 1000),
	[RSS_ENGINE_A_CONFIG_RELEASE_BELOW] = NLA_POLICY_RANGE(NLA_U32, 1, RSS_ENGINE_LOAD_MAX),
	[RSS_ENGINE_A_CONFIG_HOLD_UP_MS] = NLA_POLICY_FULL_RANGE(NLA_U32, &rss_engine_a_config_hold_up_ms_range),
	[RSS_ENGINE_A_CONFIG_HOLD_DOWN_MS] = NLA_POLICY_FULL_RANGE(NLA_U32, &rss_engine_a_config_hold_down_ms_range),
	[RSS_ENGINE_A_CONFIG_DWELL_MS] = NLA_POLICY_FULL_RANGE(NLA_U32, &rss_engine_a_config_dwell_ms_range),
	[RSS_ENGINE_A_CONFIG_MANUAL_HOLD_MS] = NLA_POLICY_FULL_RANGE(NLA_U32, &rss_engine_a_config_manual_hold_ms_range),
	[RSS_ENGINE_A_CONFIG_GAIN_MIN] = NLA_POLICY_MAX(NLA_U32, 100),
	[RSS_ENGINE_A_CONFIG_MOVES_MAX] = NLA_POLICY_RANGE(NLA_U32, 1, 1000),
	[RSS_ENGINE_A_CONFIG_VNIC_BOUND_ABOVE] = NLA_POLICY_RANGE(NLA_U32, 1, 1000),
	[RSS_ENGINE_A_CONFIG_SELECT] = NLA_POLICY_MAX(NLA_U32, 2),
	[RSS_ENGINE_A_CONFIG_SCALE] = NLA_POLICY_MAX(NLA_U32, 2),
	[RSS_ENGINE_A_CONFIG_GROW_ABOVE] = NLA_POLICY_RANGE(NLA_U32, 1, 1000),
	[RSS_ENGINE_A_CONFIG_PACK_BELOW] = NLA_POLICY_RANGE(NLA_U32, 1, 1000),
	[RSS_ENGINE_A_CONFIG_STARVE_MS] = NLA_POLICY_FULL_RANGE(NLA_U32, &rss_engine_a_config_starve_ms_range),
	[RSS_ENGINE_A_CONFIG_CPU_ABOVE] = NLA_POLICY_RANGE(NLA_U32, 1, 1000),
};

/* RSS_ENGINE_CMD_PNIC_ADD - do */
static const struct nla_policy rss_engine_pnic_add_nl_policy[RSS_ENGINE_A_PNIC_EXCLUDE_CPUS + 1] = {
	[RSS_ENGINE_A_PNIC_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[RSS_ENGINE_A_PNIC_MODE] = NLA_POLICY_MAX(NLA_U32, 2),
	[RSS_ENGINE_A_PNIC_DEFAULT_QUEUES] = NLA_POLICY_RANGE(NLA_U32, 1, RSS_ENGINE_QUEUES_MAX),
	[RSS_ENGINE_A_PNIC_SHARED_ENGINES] = NLA_POLICY_MAX(NLA_U32, RSS_ENGINE_QUEUES_MAX),
	[RSS_ENGINE_A_PNIC_SHARED_QUEUES] = NLA_POLICY_RANGE(NLA_U32, 1, RSS_ENGINE_QUEUES_MAX),
	[RSS_ENGINE_A_PNIC_DEDICATED_QUEUES] = NLA_POLICY_RANGE(NLA_U32, 1, RSS_ENGINE_QUEUES_MAX),
	[RSS_ENGINE_A_PNIC_NODE] = { .type = NLA_S32, },
	[RSS_ENGINE_A_PNIC_EXCLUDE_CPUS] = { .type = NLA_NUL_STRING, .len = RSS_ENGINE_CPUS_MAX, },
};

/* RSS_ENGINE_CMD_PNIC_SET - do */
static const struct nla_policy rss_engine_pnic_set_nl_policy[RSS_ENGINE_A_PNIC_EXCLUDE_CPUS + 1] = {
	[RSS_ENGINE_A_PNIC_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[RSS_ENGINE_A_PNIC_MODE] = NLA_POLICY_MAX(NLA_U32, 2),
	[RSS_ENGINE_A_PNIC_NODE] = { .type = NLA_S32, },
	[RSS_ENGINE_A_PNIC_EXCLUDE_CPUS] = { .type = NLA_NUL_STRING, .len = RSS_ENGINE_CPUS_MAX, },
};

/* RSS_ENGINE_CMD_PNIC_DEL - do */
static const struct nla_policy rss_engine_pnic_del_nl_policy[RSS_ENGINE_A_PNIC_IFINDEX + 1] = {
	[RSS_ENGINE_A_PNIC_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* RSS_ENGINE_CMD_VM_ADD - do */
static const struct nla_policy rss_engine_vm_add_nl_policy[RSS_ENGINE_A_VM_RESERVE + 1] = {
	[RSS_ENGINE_A_VM_NAME] = { .type = NLA_NUL_STRING, .len = RSS_ENGINE_NAME_MAX, },
	[RSS_ENGINE_A_VM_VNIC] = NLA_POLICY_NESTED(rss_engine_vnic_nl_policy),
	[RSS_ENGINE_A_VM_PNIC] = NLA_POLICY_MIN(NLA_U32, 1),
	[RSS_ENGINE_A_VM_PRIORITY] = { .type = NLA_S32, },
	[RSS_ENGINE_A_VM_PIN] = NLA_POLICY_MAX(NLA_U32, 3),
	[RSS_ENGINE_A_VM_MIN_STATE] = NLA_POLICY_MAX(NLA_U32, 2),
	[RSS_ENGINE_A_VM_MAX_STATE] = NLA_POLICY_MAX(NLA_U32, 2),
	[RSS_ENGINE_A_VM_LATENCY] = NLA_POLICY_MAX(NLA_U32, 2),
	[RSS_ENGINE_A_VM_NEED] = NLA_POLICY_FULL_RANGE(NLA_U32, &rss_engine_a_vm_need_range),
	[RSS_ENGINE_A_VM_REQUIRE] = { .type = NLA_U32, },
	[RSS_ENGINE_A_VM_PREFER] = { .type = NLA_U32, },
	[RSS_ENGINE_A_VM_APART] = { .type = NLA_NUL_STRING, .len = RSS_ENGINE_NAME_MAX, },
	[RSS_ENGINE_A_VM_TOGETHER] = { .type = NLA_NUL_STRING, .len = RSS_ENGINE_NAME_MAX, },
	[RSS_ENGINE_A_VM_RESERVE] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* RSS_ENGINE_CMD_VM_SET - do */
static const struct nla_policy rss_engine_vm_set_nl_policy[RSS_ENGINE_A_VM_RESERVE + 1] = {
	[RSS_ENGINE_A_VM_NAME] = { .type = NLA_NUL_STRING, .len = RSS_ENGINE_NAME_MAX, },
	[RSS_ENGINE_A_VM_VNIC] = NLA_POLICY_NESTED(rss_engine_vnic_nl_policy),
	[RSS_ENGINE_A_VM_PRIORITY] = { .type = NLA_S32, },
	[RSS_ENGINE_A_VM_PIN] = NLA_POLICY_MAX(NLA_U32, 3),
	[RSS_ENGINE_A_VM_MIN_STATE] = NLA_POLICY_MAX(NLA_U32, 2),
	[RSS_ENGINE_A_VM_MAX_STATE] = NLA_POLICY_MAX(NLA_U32, 2),
	[RSS_ENGINE_A_VM_LATENCY] = NLA_POLICY_MAX(NLA_U32, 2),
	[RSS_ENGINE_A_VM_NEED] = NLA_POLICY_FULL_RANGE(NLA_U32, &rss_engine_a_vm_need_range),
	[RSS_ENGINE_A_VM_REQUIRE] = { .type = NLA_U32, },
	[RSS_ENGINE_A_VM_PREFER] = { .type = NLA_U32, },
	[RSS_ENGINE_A_VM_APART] = { .type = NLA_NUL_STRING, .len = RSS_ENGINE_NAME_MAX, },
	[RSS_ENGINE_A_VM_TOGETHER] = { .type = NLA_NUL_STRING, .len = RSS_ENGINE_NAME_MAX, },
	[RSS_ENGINE_A_VM_RESERVE] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* RSS_ENGINE_CMD_VM_DEL - do */
static const struct nla_policy rss_engine_vm_del_nl_policy[RSS_ENGINE_A_VM_NAME + 1] = {
	[RSS_ENGINE_A_VM_NAME] = { .type = NLA_NUL_STRING, .len = RSS_ENGINE_NAME_MAX, },
};

/* RSS_ENGINE_CMD_VM_MOVE - do */
static const struct nla_policy rss_engine_vm_move_nl_policy[RSS_ENGINE_A_PLACEMENT_TO_ENGINE + 1] = {
	[RSS_ENGINE_A_PLACEMENT_VM] = { .type = NLA_NUL_STRING, .len = RSS_ENGINE_NAME_MAX, },
	[RSS_ENGINE_A_PLACEMENT_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[RSS_ENGINE_A_PLACEMENT_TO_STATE] = NLA_POLICY_MAX(NLA_U32, 2),
	[RSS_ENGINE_A_PLACEMENT_TO_ENGINE] = { .type = NLA_U32, },
};

/* RSS_ENGINE_CMD_STATE_GET - dump */
static const struct nla_policy rss_engine_state_get_nl_policy[RSS_ENGINE_A_POLICY_STATE_IFINDEX + 1] = {
	[RSS_ENGINE_A_POLICY_STATE_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* RSS_ENGINE_CMD_LIMITS_ADD - do */
static const struct nla_policy rss_engine_limits_add_nl_policy[RSS_ENGINE_A_LIMIT_DEDICATED_ENGINES + 1] = {
	[RSS_ENGINE_A_LIMIT_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[RSS_ENGINE_A_LIMIT_DAYS] = NLA_POLICY_RANGE(NLA_U32, 1, RSS_ENGINE_DAYS_MAX),
	[RSS_ENGINE_A_LIMIT_FROM] = NLA_POLICY_MAX(NLA_U32, RSS_ENGINE_MINUTE_MAX),
	[RSS_ENGINE_A_LIMIT_TO] = NLA_POLICY_MAX(NLA_U32, RSS_ENGINE_MINUTE_MAX),
	[RSS_ENGINE_A_LIMIT_UTC_OFFSET] = { .type = NLA_S32, },
	[RSS_ENGINE_A_LIMIT_DEFAULT_QUEUES] = NLA_POLICY_RANGE(NLA_U32, 1, RSS_ENGINE_QUEUES_MAX),
	[RSS_ENGINE_A_LIMIT_SHARED_ENGINES] = NLA_POLICY_MAX(NLA_U32, RSS_ENGINE_QUEUES_MAX),
	[RSS_ENGINE_A_LIMIT_SHARED_QUEUES] = NLA_POLICY_RANGE(NLA_U32, 1, RSS_ENGINE_QUEUES_MAX),
	[RSS_ENGINE_A_LIMIT_DEDICATED_ENGINES] = NLA_POLICY_MAX(NLA_U32, RSS_ENGINE_QUEUES_MAX),
};

/* RSS_ENGINE_CMD_LIMITS_DEL - do */
static const struct nla_policy rss_engine_limits_del_nl_policy[RSS_ENGINE_A_LIMIT_INDEX + 1] = {
	[RSS_ENGINE_A_LIMIT_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[RSS_ENGINE_A_LIMIT_INDEX] = { .type = NLA_U32, },
};

/* Ops table for rss_engine */
static const struct genl_split_ops rss_engine_nl_ops[] = {
	{
		.cmd	= RSS_ENGINE_CMD_CONFIG_GET,
		.doit	= rss_engine_nl_config_get_doit,
		.flags	= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= RSS_ENGINE_CMD_CONFIG_SET,
		.doit		= rss_engine_nl_config_set_doit,
		.policy		= rss_engine_config_set_nl_policy,
		.maxattr	= RSS_ENGINE_A_CONFIG_CPU_ABOVE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= RSS_ENGINE_CMD_PNIC_ADD,
		.doit		= rss_engine_nl_pnic_add_doit,
		.policy		= rss_engine_pnic_add_nl_policy,
		.maxattr	= RSS_ENGINE_A_PNIC_EXCLUDE_CPUS,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= RSS_ENGINE_CMD_PNIC_SET,
		.doit		= rss_engine_nl_pnic_set_doit,
		.policy		= rss_engine_pnic_set_nl_policy,
		.maxattr	= RSS_ENGINE_A_PNIC_EXCLUDE_CPUS,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= RSS_ENGINE_CMD_PNIC_DEL,
		.doit		= rss_engine_nl_pnic_del_doit,
		.policy		= rss_engine_pnic_del_nl_policy,
		.maxattr	= RSS_ENGINE_A_PNIC_IFINDEX,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= RSS_ENGINE_CMD_PNIC_GET,
		.dumpit	= rss_engine_nl_pnic_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= RSS_ENGINE_CMD_VM_ADD,
		.doit		= rss_engine_nl_vm_add_doit,
		.policy		= rss_engine_vm_add_nl_policy,
		.maxattr	= RSS_ENGINE_A_VM_RESERVE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= RSS_ENGINE_CMD_VM_SET,
		.doit		= rss_engine_nl_vm_set_doit,
		.policy		= rss_engine_vm_set_nl_policy,
		.maxattr	= RSS_ENGINE_A_VM_RESERVE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= RSS_ENGINE_CMD_VM_DEL,
		.doit		= rss_engine_nl_vm_del_doit,
		.policy		= rss_engine_vm_del_nl_policy,
		.maxattr	= RSS_ENGINE_A_VM_NAME,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= RSS_ENGINE_CMD_VM_GET,
		.start	= rss_engine_nl_large_start,
		.dumpit	= rss_engine_nl_vm_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= RSS_ENGINE_CMD_VM_MOVE,
		.doit		= rss_engine_nl_vm_move_doit,
		.policy		= rss_engine_vm_move_nl_policy,
		.maxattr	= RSS_ENGINE_A_PLACEMENT_TO_ENGINE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= RSS_ENGINE_CMD_PLACEMENT_GET,
		.dumpit	= rss_engine_nl_placement_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= RSS_ENGINE_CMD_ENGINE_GET,
		.start	= rss_engine_nl_large_start,
		.dumpit	= rss_engine_nl_engine_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= RSS_ENGINE_CMD_QUEUE_GET,
		.dumpit	= rss_engine_nl_queue_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= RSS_ENGINE_CMD_STATE_GET,
		.start		= rss_engine_nl_state_start,
		.dumpit		= rss_engine_nl_state_get_dumpit,
		.done		= rss_engine_nl_state_done,
		.policy		= rss_engine_state_get_nl_policy,
		.maxattr	= RSS_ENGINE_A_POLICY_STATE_IFINDEX,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= RSS_ENGINE_CMD_LIMITS_ADD,
		.doit		= rss_engine_nl_limits_add_doit,
		.policy		= rss_engine_limits_add_nl_policy,
		.maxattr	= RSS_ENGINE_A_LIMIT_DEDICATED_ENGINES,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= RSS_ENGINE_CMD_LIMITS_DEL,
		.doit		= rss_engine_nl_limits_del_doit,
		.policy		= rss_engine_limits_del_nl_policy,
		.maxattr	= RSS_ENGINE_A_LIMIT_INDEX,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= RSS_ENGINE_CMD_LIMITS_GET,
		.dumpit	= rss_engine_nl_limits_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
};

static const struct genl_multicast_group rss_engine_nl_mcgrps[] = {
	[RSS_ENGINE_NLGRP_EVENTS] = { "events", },
	[RSS_ENGINE_NLGRP_SAMPLES] = { "samples", },
};

struct genl_family rss_engine_nl_family __ro_after_init = {
	.name		= RSS_ENGINE_FAMILY_NAME,
	.version	= RSS_ENGINE_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= rss_engine_nl_ops,
	.n_split_ops	= ARRAY_SIZE(rss_engine_nl_ops),
	.mcgrps		= rss_engine_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(rss_engine_nl_mcgrps),
};
