// SPDX-License-Identifier: GPL-2.0-only
/* Tables of the contract's attributes; a test compares them with the spec. */
#include <stdint.h>

#include <linux/rss_engine.h>

#include "rssctl.h"
#include "schema.h"

#define FIELD(set, SET, member, MEMBER, text, what, ...) {	\
	.attr = RSS_ENGINE_A_##SET##_##MEMBER,			\
	.name = text,						\
	.type = what,						\
	.off = offsetof(struct set, member),			\
	__VA_ARGS__						\
}

#define SCHEMA(set)						\
	const struct schema set##_schema = {			\
		.name = #set,					\
		.size = sizeof(struct set),			\
		.fields = set##_fields,				\
		.n = ARRAY_SIZE(set##_fields),			\
	}

#define F(...) FIELD(config, CONFIG, __VA_ARGS__)

static const struct field config_fields[] = {
	F(period_ms, PERIOD_MS, "period-ms", F_U32,
	  .min = RSS_ENGINE_PERIOD_MIN, .max = RSS_ENGINE_PERIOD_MAX),
	F(period_max_ms, PERIOD_MAX_MS, "period-max-ms", F_U32,
	  .min = RSS_ENGINE_PERIOD_MIN, .max = RSS_ENGINE_PERIOD_MAX),
	F(share_above, SHARE_ABOVE, "share-above", F_U32, .min = 1, .max = RSS_ENGINE_LOAD_MAX),
	F(unshare_below, UNSHARE_BELOW, "unshare-below", F_U32,
	  .min = 1, .max = RSS_ENGINE_LOAD_MAX),
	F(engine_above, ENGINE_ABOVE, "engine-above", F_U32, .min = 1, .max = 1000),
	F(return_margin, RETURN_MARGIN, "return-margin", F_U32, .min = 1, .max = 1000),
	F(release_below, RELEASE_BELOW, "release-below", F_U32,
	  .min = 1, .max = RSS_ENGINE_LOAD_MAX),
	F(hold_up_ms, HOLD_UP_MS, "hold-up-ms", F_U32, .max = RSS_ENGINE_HOLD_MAX),
	F(hold_down_ms, HOLD_DOWN_MS, "hold-down-ms", F_U32, .max = RSS_ENGINE_HOLD_MAX),
	F(dwell_ms, DWELL_MS, "dwell-ms", F_U32, .max = RSS_ENGINE_HOLD_MAX),
	F(manual_hold_ms, MANUAL_HOLD_MS, "manual-hold-ms", F_U32, .max = RSS_ENGINE_HOLD_MAX),
	F(gain_min, GAIN_MIN, "gain-min", F_U32, .max = 100),
	F(moves_max, MOVES_MAX, "moves-max", F_U32, .min = 1, .max = 1000),
	F(vnic_bound_above, VNIC_BOUND_ABOVE, "vnic-bound-above", F_U32, .min = 1, .max = 1000),
	F(select, SELECT, "select", F_ENUM, .names = &select_names),
	F(scale, SCALE, "scale", F_ENUM, .names = &scale_names),
	F(grow_above, GROW_ABOVE, "grow-above", F_U32, .min = 1, .max = 1000),
	F(pack_below, PACK_BELOW, "pack-below", F_U32, .min = 1, .max = 1000),
	F(starve_ms, STARVE_MS, "starve-ms", F_U32, .max = RSS_ENGINE_HOLD_MAX),
	F(cpu_above, CPU_ABOVE, "cpu-above", F_U32, .min = 1, .max = 1000),
};

#undef F

SCHEMA(config);

#define F(...) FIELD(pnic, PNIC, __VA_ARGS__)

static const struct field pnic_fields[] = {
	F(ifindex, IFINDEX, "ifindex", F_U32, .min = 1, .max = UINT32_MAX),
	F(ifname, IFNAME, "ifname", F_STR, .max = 15),
	F(mode, MODE, "mode", F_ENUM, .names = &mode_names),
	F(default_queues, DEFAULT_QUEUES, "default-queues", F_U32,
	  .min = 1, .max = RSS_ENGINE_QUEUES_MAX),
	F(shared_engines, SHARED_ENGINES, "shared-engines", F_U32, .max = RSS_ENGINE_QUEUES_MAX),
	F(shared_queues, SHARED_QUEUES, "shared-queues", F_U32,
	  .min = 1, .max = RSS_ENGINE_QUEUES_MAX),
	F(dedicated_queues, DEDICATED_QUEUES, "dedicated-queues", F_U32,
	  .min = 1, .max = RSS_ENGINE_QUEUES_MAX),
	F(queues, QUEUES, "queues", F_U32, .max = UINT32_MAX),
	F(free_queues, FREE_QUEUES, "free-queues", F_U32, .max = UINT32_MAX),
	F(foreign_queues, FOREIGN_QUEUES, "foreign-queues", F_U32, .max = UINT32_MAX),
	F(dialect, DIALECT, "dialect", F_STR),
	F(vms, VMS, "vms", F_U32, .max = UINT32_MAX),
	F(host_load, HOST_LOAD, "host-load", F_U32, .max = UINT32_MAX),
	F(period_ms, PERIOD_MS, "period-ms", F_U32, .max = UINT32_MAX),
	F(sample, SAMPLE, "sample", F_U64),
	F(moves, MOVES, "moves", F_U64),
	F(failures, FAILURES, "failures", F_U64),
	F(warning, WARNING, "warning", F_STRS),
	F(node, NODE, "node", F_S32, .min = INT32_MIN, .max = INT32_MAX),
	F(exclude_cpus, EXCLUDE_CPUS, "exclude-cpus", F_STR, .max = RSS_ENGINE_CPUS_MAX),
	F(nic_node, NIC_NODE, "nic-node", F_U32, .max = UINT32_MAX),
};

#undef F

SCHEMA(pnic);

#define F(...) FIELD(filter, FILTER, __VA_ARGS__)

static const struct field filter_fields[] = {
	F(mac, MAC, "mac", F_MAC),
	F(vlan, VLAN, "vlan", F_U32, .min = 1, .max = RSS_ENGINE_VLAN_MAX),
	F(learnt, LEARNT, "learnt", F_FLAG),
};

#undef F

SCHEMA(filter);

#define F(...) FIELD(vnic, VNIC, __VA_ARGS__)

static const struct field vnic_fields[] = {
	F(ifname, IFNAME, "ifname", F_STR, .max = 15),
	F(ifindex, IFINDEX, "ifindex", F_U32, .max = UINT32_MAX),
	F(filter, FILTER, "filter", F_NESTS, .nest = &filter_schema),
	F(worker, WORKER, "worker", F_U32S, .max = UINT32_MAX),
};

#undef F

SCHEMA(vnic);

#define F(...) FIELD(vm, VM, __VA_ARGS__)

static const struct field vm_fields[] = {
	F(name, NAME, "name", F_STR, .max = RSS_ENGINE_NAME_MAX),
	F(vnic, VNIC, "vnic", F_NESTS, .nest = &vnic_schema),
	F(pnic, PNIC, "pnic", F_U32S, .min = 1, .max = UINT32_MAX),
	F(priority, PRIORITY, "priority", F_S32, .min = INT32_MIN, .max = INT32_MAX),
	F(pin, PIN, "pin", F_ENUM, .names = &pin_names),
	F(state, STATE, "state", F_ENUM, .names = &state_names),
	F(rx_load, RX_LOAD, "rx-load", F_U32, .max = UINT32_MAX),
	F(vnic_busy, VNIC_BUSY, "vnic-busy", F_U32, .max = UINT32_MAX),
	F(vnic_total, VNIC_TOTAL, "vnic-total", F_U32, .max = UINT32_MAX),
	F(hottest_worker, HOTTEST_WORKER, "hottest-worker", F_U32, .max = UINT32_MAX),
	F(min_state, MIN_STATE, "min-state", F_ENUM, .names = &state_names),
	F(max_state, MAX_STATE, "max-state", F_ENUM, .names = &state_names),
	F(latency, LATENCY, "latency", F_ENUM, .names = &latency_names),
	F(need, NEED, "need", F_U32, .max = RSS_ENGINE_NEED_MAX),
	F(require, REQUIRE, "require", F_U32, .max = UINT32_MAX),
	F(prefer, PREFER, "prefer", F_U32, .max = UINT32_MAX),
	F(apart, APART, "apart", F_STR, .max = RSS_ENGINE_NAME_MAX),
	F(together, TOGETHER, "together", F_STR, .max = RSS_ENGINE_NAME_MAX),
	F(reserve, RESERVE, "reserve", F_U32, .max = 1),
};

#undef F

SCHEMA(vm);

#define F(...) FIELD(placement, PLACEMENT, __VA_ARGS__)

static const struct field placement_fields[] = {
	F(vm, VM, "vm", F_STR, .max = RSS_ENGINE_NAME_MAX),
	F(ifindex, IFINDEX, "ifindex", F_U32, .min = 1, .max = UINT32_MAX),
	F(ifname, IFNAME, "ifname", F_STR),
	F(state, STATE, "state", F_ENUM, .names = &state_names),
	F(engine, ENGINE, "engine", F_U32, .max = UINT32_MAX),
	F(pin, PIN, "pin", F_ENUM, .names = &pin_names),
	F(priority, PRIORITY, "priority", F_S32, .min = INT32_MIN, .max = INT32_MAX),
	F(rx_load, RX_LOAD, "rx-load", F_U32, .max = UINT32_MAX),
	F(vnic_busy, VNIC_BUSY, "vnic-busy", F_U32, .max = UINT32_MAX),
	F(vnic_total, VNIC_TOTAL, "vnic-total", F_U32, .max = UINT32_MAX),
	F(hottest_worker, HOTTEST_WORKER, "hottest-worker", F_U32, .max = UINT32_MAX),
	F(pnic_busy, PNIC_BUSY, "pnic-busy", F_U32, .max = UINT32_MAX),
	F(rx_pps, RX_PPS, "rx-pps", F_U64),
	F(rx_bps, RX_BPS, "rx-bps", F_U64),
	F(drops, DROPS, "drops", F_U64),
	F(reason, REASON, "reason", F_ENUM, .names = &reason_names),
	F(since_ms, SINCE_MS, "since-ms", F_U64),
	F(moves, MOVES, "moves", F_U64),
	F(to_state, TO_STATE, "to-state", F_ENUM, .names = &state_names),
	F(to_engine, TO_ENGINE, "to-engine", F_U32, .max = UINT32_MAX),
	F(value, VALUE, "value", F_U32, .max = UINT32_MAX),
	F(threshold, THRESHOLD, "threshold", F_U32, .max = UINT32_MAX),
	F(gain, GAIN, "gain", F_S32, .min = INT32_MIN, .max = INT32_MAX),
	F(wait_ms, WAIT_MS, "wait-ms", F_U64),
	F(moved_reason, MOVED_REASON, "moved-reason", F_ENUM, .names = &reason_names),
};

#undef F

SCHEMA(placement);

#define F(...) FIELD(engine, ENGINE, __VA_ARGS__)

static const struct field engine_fields[] = {
	F(ifindex, IFINDEX, "ifindex", F_U32, .min = 1, .max = UINT32_MAX),
	F(ifname, IFNAME, "ifname", F_STR),
	F(id, ID, "id", F_U32, .max = UINT32_MAX),
	F(kind, KIND, "kind", F_ENUM, .names = &kind_names),
	F(context, CONTEXT, "context", F_U32, .max = UINT32_MAX),
	F(queue, QUEUE, "queue", F_U32S, .max = UINT32_MAX),
	F(load, LOAD, "load", F_U32, .max = UINT32_MAX),
	F(hottest, HOTTEST, "hottest", F_U32, .max = UINT32_MAX),
	F(full_polls, FULL_POLLS, "full-polls", F_U32, .max = UINT32_MAX),
	F(vm, VM, "vm", F_STRS),
	F(hottest_queue, HOTTEST_QUEUE, "hottest-queue", F_U32, .max = UINT32_MAX),
	F(rewrites, REWRITES, "rewrites", F_U64),
	F(looks, LOOKS, "looks", F_U64),
	F(home, HOME, "home", F_U32, .max = UINT32_MAX),
	F(resizes, RESIZES, "resizes", F_U64),
	F(table_sum, TABLE_SUM, "table-sum", F_U32, .max = UINT32_MAX),
	F(reason, REASON, "reason", F_ENUM, .names = &reason_names),
	F(value, VALUE, "value", F_U32, .max = UINT32_MAX),
	F(threshold, THRESHOLD, "threshold", F_U32, .max = UINT32_MAX),
	F(gain, GAIN, "gain", F_S32, .min = INT32_MIN, .max = INT32_MAX),
	F(wait_ms, WAIT_MS, "wait-ms", F_U64),
};

#undef F

SCHEMA(engine);

#define F(...) FIELD(queue, QUEUE, __VA_ARGS__)

static const struct field queue_fields[] = {
	F(ifindex, IFINDEX, "ifindex", F_U32, .min = 1, .max = UINT32_MAX),
	F(ifname, IFNAME, "ifname", F_STR),
	F(id, ID, "id", F_U32, .max = UINT32_MAX),
	F(engine, ENGINE, "engine", F_U32, .max = UINT32_MAX),
	F(busy, BUSY, "busy", F_U32, .max = UINT32_MAX),
	F(full_polls, FULL_POLLS, "full-polls", F_U32, .max = UINT32_MAX),
	F(cpu, CPU, "cpu", F_U32, .max = UINT32_MAX),
	F(drops, DROPS, "drops", F_U64),
	F(busy_ns, BUSY_NS, "busy-ns", F_U64),
	F(polls, POLLS, "polls", F_U64),
	F(packets, PACKETS, "packets", F_U64),
	F(home, HOME, "home", F_U32, .max = UINT32_MAX),
};

#undef F

SCHEMA(queue);

#define F(...) FIELD(event, EVENT, __VA_ARGS__)

static const struct field event_fields[] = {
	F(seq, SEQ, "seq", F_U64),
	F(time_ns, TIME_NS, "time-ns", F_U64),
	F(kind, KIND, "kind", F_ENUM, .names = &event_names),
	F(vm, VM, "vm", F_STR),
	F(ifindex, IFINDEX, "ifindex", F_U32, .max = UINT32_MAX),
	F(ifname, IFNAME, "ifname", F_STR),
	F(from_state, FROM_STATE, "from-state", F_ENUM, .names = &state_names),
	F(from_engine, FROM_ENGINE, "from-engine", F_U32, .max = UINT32_MAX),
	F(to_state, TO_STATE, "to-state", F_ENUM, .names = &state_names),
	F(to_engine, TO_ENGINE, "to-engine", F_U32, .max = UINT32_MAX),
	F(reason, REASON, "reason", F_ENUM, .names = &reason_names),
	F(value, VALUE, "value", F_U32, .max = UINT32_MAX),
	F(threshold, THRESHOLD, "threshold", F_U32, .max = UINT32_MAX),
	F(gain, GAIN, "gain", F_S32, .min = INT32_MIN, .max = INT32_MAX),
	F(error, ERRNO, "errno", F_U32, .max = UINT32_MAX),
	F(crossed_sample, CROSSED_SAMPLE, "crossed-sample", F_U64),
	F(decided_sample, DECIDED_SAMPLE, "decided-sample", F_U64),
	F(done_sample, DONE_SAMPLE, "done-sample", F_U64),
	F(mode, MODE, "mode", F_ENUM, .names = &mode_names),
	F(engine, ENGINE, "engine", F_U32, .max = UINT32_MAX),
	F(queue, QUEUE, "queue", F_U32, .max = UINT32_MAX),
	F(entries, ENTRIES, "entries", F_U32, .max = UINT32_MAX),
	F(queues, QUEUES, "queues", F_U32, .max = UINT32_MAX),
};

#undef F

SCHEMA(event);

#define F(...) FIELD(limit, LIMIT, __VA_ARGS__)

static const struct field limit_fields[] = {
	F(ifindex, IFINDEX, "ifindex", F_U32, .min = 1, .max = UINT32_MAX),
	F(ifname, IFNAME, "ifname", F_STR),
	F(index, INDEX, "index", F_U32, .max = UINT32_MAX),
	F(days, DAYS, "days", F_U32, .min = 1, .max = RSS_ENGINE_DAYS_MAX),
	F(from, FROM, "from", F_U32, .max = RSS_ENGINE_MINUTE_MAX),
	F(to, TO, "to", F_U32, .max = RSS_ENGINE_MINUTE_MAX),
	F(utc_offset, UTC_OFFSET, "utc-offset", F_S32, .min = INT32_MIN, .max = INT32_MAX),
	F(default_queues, DEFAULT_QUEUES, "default-queues", F_U32,
	  .min = 1, .max = RSS_ENGINE_QUEUES_MAX),
	F(shared_engines, SHARED_ENGINES, "shared-engines", F_U32, .max = RSS_ENGINE_QUEUES_MAX),
	F(shared_queues, SHARED_QUEUES, "shared-queues", F_U32,
	  .min = 1, .max = RSS_ENGINE_QUEUES_MAX),
	F(dedicated_engines, DEDICATED_ENGINES, "dedicated-engines", F_U32,
	  .max = RSS_ENGINE_QUEUES_MAX),
	F(in_force, IN_FORCE, "in-force", F_FLAG),
};

#undef F

SCHEMA(limit);
