// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of the attributes that carry the policy's own structs; a test compares
 * them with the spec.
 */
#include <stdint.h>

#include <linux/rss_engine.h>

#include "record.h"

#define FIELD(type_of, member, ATTR, text, what, ...) {		\
	.attr = RSS_ENGINE_A_##ATTR,				\
	.name = text,						\
	.type = what,						\
	.off = offsetof(type_of, member),			\
	__VA_ARGS__						\
}

#define RAW(member, ATTR, text) F(member, ATTR, text, F_RAW_U32, .max = UINT32_MAX)
#define RAW_S32(member, ATTR, text) \
	F(member, ATTR, text, F_RAW_S32, .min = INT32_MIN, .max = INT32_MAX)
#define RAW_U64(member, ATTR, text) F(member, ATTR, text, F_RAW_U64)
#define RAW_FLAG(member, ATTR, text) F(member, ATTR, text, F_RAW_FLAG)
#define RAW_ENUM(member, ATTR, text, of) F(member, ATTR, text, F_RAW_ENUM, .names = &(of))
#define NESTS(member, ATTR, text, of) F(member, ATTR, text, F_NESTS, .nest = &(of))

#define SCHEMA(set, text, type_of)				\
	const struct schema set##_schema = {			\
		.name = text,					\
		.size = sizeof(type_of),			\
		.fields = set##_fields,				\
		.n = ARRAY_SIZE(set##_fields),			\
	}

#define F(member, ATTR, ...) FIELD(struct rsse_config, member, CONFIG_##ATTR, __VA_ARGS__)
#define LIMITED(member, ATTR, text, low, high) \
	F(member, ATTR, text, F_RAW_U32, .min = low, .max = high)

static const struct field policy_config_fields[] = {
	LIMITED(period_ms, PERIOD_MS, "period-ms", RSS_ENGINE_PERIOD_MIN, RSS_ENGINE_PERIOD_MAX),
	LIMITED(period_max_ms, PERIOD_MAX_MS, "period-max-ms",
		RSS_ENGINE_PERIOD_MIN, RSS_ENGINE_PERIOD_MAX),
	LIMITED(share_above, SHARE_ABOVE, "share-above", 1, RSS_ENGINE_LOAD_MAX),
	LIMITED(unshare_below, UNSHARE_BELOW, "unshare-below", 1, RSS_ENGINE_LOAD_MAX),
	LIMITED(engine_above, ENGINE_ABOVE, "engine-above", 1, 1000),
	LIMITED(return_margin, RETURN_MARGIN, "return-margin", 1, 1000),
	LIMITED(release_below, RELEASE_BELOW, "release-below", 1, RSS_ENGINE_LOAD_MAX),
	LIMITED(hold_up_ms, HOLD_UP_MS, "hold-up-ms", 0, RSS_ENGINE_HOLD_MAX),
	LIMITED(hold_down_ms, HOLD_DOWN_MS, "hold-down-ms", 0, RSS_ENGINE_HOLD_MAX),
	LIMITED(dwell_ms, DWELL_MS, "dwell-ms", 0, RSS_ENGINE_HOLD_MAX),
	LIMITED(manual_hold_ms, MANUAL_HOLD_MS, "manual-hold-ms", 0, RSS_ENGINE_HOLD_MAX),
	LIMITED(gain_min, GAIN_MIN, "gain-min", 0, 100),
	LIMITED(moves_max, MOVES_MAX, "moves-max", 1, 1000),
	LIMITED(vnic_bound_above, VNIC_BOUND_ABOVE, "vnic-bound-above", 1, 1000),
	RAW_ENUM(select, SELECT, "select", select_names),
	RAW_ENUM(scale, SCALE, "scale", scale_names),
	LIMITED(grow_above, GROW_ABOVE, "grow-above", 1, 1000),
	LIMITED(pack_below, PACK_BELOW, "pack-below", 1, 1000),
	LIMITED(starve_ms, STARVE_MS, "starve-ms", 0, RSS_ENGINE_HOLD_MAX),
	LIMITED(cpu_above, CPU_ABOVE, "cpu-above", 1, 1000),
};

#undef F

SCHEMA(policy_config, "config-in-force", struct rsse_config);

#define F(member, ATTR, ...) \
	FIELD(struct sample_engine, member, POLICY_ENGINE_##ATTR, __VA_ARGS__)

static const struct field policy_engine_fields[] = {
	RAW(seen.id, ID, "id"),
	RAW_ENUM(seen.kind, KIND, "kind", kind_names),
	RAW(seen.nr_queues, NR_QUEUES, "nr-queues"),
	RAW(seen.home, HOME, "home"),
	RAW(seen.load, LOAD, "load"),
	RAW(seen.hottest, HOTTEST, "hottest"),
	RAW(seen.full_polls, FULL_POLLS, "full-polls"),
	RAW_ENUM(balance.reason, BALANCE_REASON, "balance-reason", reason_names),
	RAW(balance.value, BALANCE_VALUE, "balance-value"),
	RAW(balance.threshold, BALANCE_THRESHOLD, "balance-threshold"),
	RAW_S32(balance.gain, BALANCE_GAIN, "balance-gain"),
	RAW_U64(balance.wait_ns, BALANCE_WAIT_NS, "balance-wait-ns"),
};

#undef F

SCHEMA(policy_engine, "policy-engine", struct sample_engine);

#define F(member, ATTR, ...) FIELD(struct sample_vm, member, POLICY_VM_##ATTR, __VA_ARGS__)

static const struct field policy_vm_fields[] = {
	F(name, NAME, "name", F_STR),
	RAW(seen.id, ID, "id"),
	RAW(seen.slot, SLOT, "slot"),
	RAW(seen.engine, ENGINE, "engine"),
	RAW_ENUM(seen.state, STATE, "state", state_names),
	RAW_ENUM(seen.pin, PIN, "pin", pin_names),
	RAW(seen.flags, FLAGS, "flags"),
	RAW_S32(seen.priority, PRIORITY, "priority"),
	RAW_ENUM(seen.min_state, MIN_STATE, "min-state", state_names),
	RAW_ENUM(seen.max_state, MAX_STATE, "max-state", state_names),
	RAW_ENUM(seen.latency, LATENCY, "latency", latency_names),
	RAW(seen.require, REQUIRE, "require"),
	RAW(seen.prefer, PREFER, "prefer"),
	RAW(seen.apart, APART, "apart"),
	RAW(seen.together, TOGETHER, "together"),
	RAW(seen.need, NEED, "need"),
	RAW(seen.pnic_busy, PNIC_BUSY, "pnic-busy"),
	RAW(seen.vnic_busy, VNIC_BUSY, "vnic-busy"),
	RAW(seen.vnic_total, VNIC_TOTAL, "vnic-total"),
	RAW(seen.hottest_worker, HOTTEST_WORKER, "hottest-worker"),
	RAW_U64(seen.confirmed_ns, CONFIRMED_NS, "confirmed-ns"),
	RAW_U64(seen.manual_ns, MANUAL_NS, "manual-ns"),
	RAW_ENUM(decision.reason, REASON, "reason", reason_names),
	RAW_FLAG(decision.moves, MOVES, "moves"),
	RAW_ENUM(decision.to_state, TO_STATE, "to-state", state_names),
	RAW(decision.to_engine, TO_ENGINE, "to-engine"),
	RAW(decision.value, VALUE, "value"),
	RAW(decision.threshold, THRESHOLD, "threshold"),
	RAW_S32(decision.gain, GAIN, "gain"),
	RAW_U64(decision.wait_ns, WAIT_NS, "wait-ns"),
};

#undef F

SCHEMA(policy_vm, "policy-vm", struct sample_vm);

#define F(member, ATTR, ...) \
	FIELD(struct rsse_pol_outcome, member, POLICY_OUTCOME_##ATTR, __VA_ARGS__)

static const struct field policy_outcome_fields[] = {
	RAW(id, ID, "id"),
	RAW_S32(error, ERROR, "error"),
	RAW_U64(time_ns, TIME_NS, "time-ns"),
	RAW_ENUM(from_state, FROM_STATE, "from-state", state_names),
	RAW_ENUM(to_state, TO_STATE, "to-state", state_names),
	RAW(from_engine, FROM_ENGINE, "from-engine"),
	RAW(to_engine, TO_ENGINE, "to-engine"),
	RAW_FLAG(manual, MANUAL, "manual"),
};

#undef F

SCHEMA(policy_outcome, "policy-outcome", struct rsse_pol_outcome);

#define F(member, ATTR, ...) \
	FIELD(struct rsse_pol_move, member, POLICY_MOVE_##ATTR, __VA_ARGS__)

static const struct field policy_move_fields[] = {
	RAW(id, ID, "id"),
	RAW_ENUM(from_state, FROM_STATE, "from-state", state_names),
	RAW(from_engine, FROM_ENGINE, "from-engine"),
	RAW_ENUM(to_state, TO_STATE, "to-state", state_names),
	RAW(to_engine, TO_ENGINE, "to-engine"),
	RAW(queues, QUEUES, "queues"),
	RAW_ENUM(reason, REASON, "reason", reason_names),
	RAW(value, VALUE, "value"),
	RAW(threshold, THRESHOLD, "threshold"),
	RAW_S32(gain, GAIN, "gain"),
	RAW_U64(crossed_seq, CROSSED_SAMPLE, "crossed-sample"),
};

#undef F

SCHEMA(policy_move, "policy-move", struct rsse_pol_move);

#define F(member, ATTR, ...) \
	FIELD(struct rsse_pol_entries, member, POLICY_ENTRIES_##ATTR, __VA_ARGS__)

static const struct field policy_entries_fields[] = {
	RAW(engine, ENGINE, "engine"),
	RAW_ENUM(problem, PROBLEM, "problem", reason_names),
	RAW_U64(begun_ns, BEGUN_NS, "begun-ns"),
};

#undef F

SCHEMA(policy_entries, "policy-entries", struct rsse_pol_entries);

#define F(member, ATTR, ...) \
	FIELD(struct rsse_pol_queue, member, POLICY_QUEUE_##ATTR, __VA_ARGS__)

static const struct field policy_queue_fields[] = {
	RAW(id, ID, "id"),
	RAW(engine, ENGINE, "engine"),
	RAW(home, HOME, "home"),
	RAW(busy, BUSY, "busy"),
	RAW(avg, AVG, "avg"),
	RAW(full_polls, FULL_POLLS, "full-polls"),
	RAW_S32(cpu, CPU, "cpu"),
	RAW(cpu_busy, CPU_BUSY, "cpu-busy"),
	RAW(flags, FLAGS, "flags"),
};

#undef F

SCHEMA(policy_queue, "policy-queue", struct rsse_pol_queue);

#define F(member, ATTR, ...) \
	FIELD(struct rsse_pol_entry, member, POLICY_ENTRY_##ATTR, __VA_ARGS__)

static const struct field policy_entry_fields[] = {
	RAW(queue, QUEUE, "queue"),
	RAW(packets, PACKETS, "packets"),
};

#undef F

SCHEMA(policy_entry, "policy-entry", struct rsse_pol_entry);

#define F(member, ATTR, ...) \
	FIELD(struct rsse_pol_written, member, POLICY_WRITTEN_##ATTR, __VA_ARGS__)

static const struct field policy_written_fields[] = {
	RAW(engine, ENGINE, "engine"),
	RAW_FLAG(resized, RESIZED, "resized"),
	RAW_FLAG(gained, GAINED, "gained"),
	RAW_S32(error, ERROR, "error"),
	RAW_U64(time_ns, TIME_NS, "time-ns"),
};

#undef F

SCHEMA(policy_written, "policy-written", struct rsse_pol_written);

#define F(member, ATTR, ...) \
	FIELD(struct rsse_pol_limits, member, POLICY_LIMITS_##ATTR, __VA_ARGS__)

static const struct field policy_limits_fields[] = {
	RAW(default_queues, DEFAULT_QUEUES, "default-queues"),
	RAW(shared_engines, SHARED_ENGINES, "shared-engines"),
	RAW(shared_queues, SHARED_QUEUES, "shared-queues"),
	RAW(dedicated_engines, DEDICATED_ENGINES, "dedicated-engines"),
};

#undef F

SCHEMA(policy_limits, "policy-limits", struct rsse_pol_limits);

#define F(member, ATTR, ...) \
	FIELD(struct rsse_pol_shift, member, POLICY_SHIFT_##ATTR, __VA_ARGS__)

static const struct field policy_shift_fields[] = {
	RAW(queue, QUEUE, "queue"),
	RAW(from, FROM, "from"),
	RAW(to, TO, "to"),
	RAW_ENUM(reason, REASON, "reason", reason_names),
	RAW(value, VALUE, "value"),
	RAW(threshold, THRESHOLD, "threshold"),
	RAW_U64(crossed_seq, CROSSED_SAMPLE, "crossed-sample"),
};

#undef F

SCHEMA(policy_shift, "policy-shift", struct rsse_pol_shift);

#define F(member, ATTR, ...) \
	FIELD(struct rsse_pol_rewrite, member, POLICY_REWRITE_##ATTR, __VA_ARGS__)

static const struct field policy_rewrite_fields[] = {
	RAW(engine, ENGINE, "engine"),
	RAW_ENUM(reason, REASON, "reason", reason_names),
	RAW(value, VALUE, "value"),
	RAW(threshold, THRESHOLD, "threshold"),
	RAW_S32(gain, GAIN, "gain"),
	RAW_U64(crossed_seq, CROSSED_SAMPLE, "crossed-sample"),
};

#undef F

SCHEMA(policy_rewrite, "policy-rewrite", struct rsse_pol_rewrite);

#define F(member, ATTR, ...) \
	FIELD(struct rsse_pol_change, member, POLICY_CHANGE_##ATTR, __VA_ARGS__)

static const struct field policy_change_fields[] = {
	RAW(entry, ENTRY, "entry"),
	RAW(from, FROM, "from"),
	RAW(to, TO, "to"),
};

#undef F

SCHEMA(policy_change, "policy-change", struct rsse_pol_change);

#define F(member, ATTR, ...) FIELD(struct sample, member, SAMPLE_##ATTR, __VA_ARGS__)

static const struct field sample_fields[] = {
	RAW_U64(seq, SEQ, "seq"),
	RAW(ifindex, IFINDEX, "ifindex"),
	F(ifname, IFNAME, "ifname", F_STR),
	RAW(part, PART, "part"),
	RAW(last, LAST, "last"),
	RAW_U64(sample, SAMPLE, "sample"),
	RAW_ENUM(mode, MODE, "mode", mode_names),
	RAW_U64(run, RUN, "run"),
	RAW_U64(now_ns, NOW_NS, "now-ns"),
	RAW_U64(window_ns, WINDOW_NS, "window-ns"),
	RAW(free_queues, FREE_QUEUES, "free-queues"),
	RAW(dedicated_queues, DEDICATED_QUEUES, "dedicated-queues"),
	RAW(moves_room, MOVES_ROOM, "moves-room"),
	RAW_FLAG(look, LOOK, "look"),
	RAW_U64(next_period_ns, NEXT_PERIOD_NS, "next-period-ns"),
	NESTS(config, CONFIG, "config", policy_config_schema),
	NESTS(engine, ENGINE, "engine", policy_engine_schema),
	NESTS(vm, VM, "vm", policy_vm_schema),
	NESTS(outcome, OUTCOME, "outcome", policy_outcome_schema),
	NESTS(move, MOVE, "move", policy_move_schema),
	RAW_FLAG(can_rewrite, CAN_REWRITE, "can-rewrite"),
	RAW(queues_room, QUEUES_ROOM, "queues-room"),
	RAW(count_engine, COUNT_ENGINE, "count-engine"),
	NESTS(counted, COUNTED, "counted", policy_entries_schema),
	NESTS(queue, QUEUE, "queue", policy_queue_schema),
	NESTS(entry, ENTRY, "entry", policy_entry_schema),
	NESTS(written, WRITTEN, "written", policy_written_schema),
	NESTS(rewrite, REWRITE, "rewrite", policy_rewrite_schema),
	NESTS(change, CHANGE, "change", policy_change_schema),
	NESTS(limits, LIMITS, "limits", policy_limits_schema),
	RAW(classes_room, CLASSES_ROOM, "classes-room"),
	RAW(pairs_room, PAIRS_ROOM, "pairs-room"),
	RAW_FLAG(patient, PATIENT, "patient"),
	NESTS(shift, SHIFT, "shift", policy_shift_schema),
};

#undef F

SCHEMA(sample, "sample", struct sample);

#define F(member, ATTR, ...) FIELD(struct backoff, member, POLICY_BACKOFF_##ATTR, __VA_ARGS__)

static const struct field policy_backoff_fields[] = {
	RAW_ENUM(to_state, TO_STATE, "to-state", state_names),
	RAW_U64(is.until_ns, UNTIL_NS, "until-ns"),
	RAW(is.count, COUNT, "count"),
	RAW(is.engine, ENGINE, "engine"),
	RAW(is.part, PART, "part"),
	RAW(is.load, LOAD, "load"),
};

#undef F

SCHEMA(policy_backoff, "policy-backoff", struct backoff);

#define F(member, ATTR, ...) FIELD(struct slot, member, POLICY_VM_STATE_##ATTR, __VA_ARGS__)

static const struct field policy_vm_state_fields[] = {
	RAW(slot, SLOT, "slot"),
	RAW(is.id, ID, "id"),
	RAW(is.cond, COND, "cond"),
	RAW_U64(is.since_ns, SINCE_NS, "since-ns"),
	RAW_U64(is.since_seq, SINCE_SAMPLE, "since-sample"),
	RAW_U64(is.up_ns, UP_NS, "up-ns"),
	RAW_U64(is.down_ns, DOWN_NS, "down-ns"),
	RAW_U64(is.left_ns, LEFT_NS, "left-ns"),
	RAW(is.left_engine, LEFT_ENGINE, "left-engine"),
	RAW(is.manual_dir, MANUAL_DIR, "manual-dir"),
	RAW_U64(is.judge.since_ns, JUDGE_NS, "judge-ns"),
	RAW_ENUM(is.judge.from_state, JUDGE_FROM_STATE, "judge-from-state", state_names),
	RAW(is.judge.from_engine, JUDGE_FROM_ENGINE, "judge-from-engine"),
	RAW_ENUM(is.judge.to_state, JUDGE_TO_STATE, "judge-to-state", state_names),
	RAW(is.judge.to_engine, JUDGE_TO_ENGINE, "judge-to-engine"),
	RAW(is.judge.load, JUDGE_LOAD, "judge-load"),
	RAW(is.judge.part, JUDGE_PART, "judge-part"),
	RAW(is.judge.vnic, JUDGE_VNIC, "judge-vnic"),
	RAW(is.judge.windows, JUDGE_WINDOWS, "judge-windows"),
	RAW(is.judge.load_sum, JUDGE_LOAD_SUM, "judge-load-sum"),
	RAW(is.judge.part_sum, JUDGE_PART_SUM, "judge-part-sum"),
	RAW(is.judge.vnic_sum, JUDGE_VNIC_SUM, "judge-vnic-sum"),
	RAW_FLAG(is.judge.undo, JUDGE_UNDO, "judge-undo"),
	RAW_U64(is.arrived_ns, ARRIVED_NS, "arrived-ns"),
	RAW_FLAG(is.placed, PLACED, "placed"),
	RAW_U64(is.want_ns, WANT_NS, "want-ns"),
	RAW(is.part, PART, "part"),
	RAW(is.vnic, VNIC, "vnic"),
	NESTS(backoff, BACKOFF, "backoff", policy_backoff_schema),
};

#undef F

SCHEMA(policy_vm_state, "policy-vm-state", struct slot);

#define F(member, ATTR, ...) \
	FIELD(struct rsse_pol_engine_state, member, POLICY_ENGINE_STATE_##ATTR, __VA_ARGS__)

static const struct field policy_engine_state_fields[] = {
	RAW(id, ID, "id"),
	RAW_FLAG(full, FULL, "full"),
	RAW_FLAG(was_full, WAS_FULL, "was-full"),
	RAW_FLAG(saturated, SATURATED, "saturated"),
	RAW_U64(since_ns, SINCE_NS, "since-ns"),
	RAW_U64(since_seq, SINCE_SAMPLE, "since-sample"),
	RAW_U64(crowded_ns, CROWDED_NS, "crowded-ns"),
	RAW_U64(settle_ns, SETTLE_NS, "settle-ns"),
	RAW_FLAG(hot, HOT, "hot"),
	RAW_U64(hot_ns, HOT_NS, "hot-ns"),
	RAW_U64(hot_seq, HOT_SAMPLE, "hot-sample"),
	RAW_U64(uneven_ns, UNEVEN_NS, "uneven-ns"),
	RAW_U64(rewrite_ns, REWRITE_NS, "rewrite-ns"),
	RAW_U64(judge_ns, JUDGE_NS, "judge-ns"),
	RAW(judge_hottest, JUDGE_HOTTEST, "judge-hottest"),
	RAW_U64(balance.until_ns, BACKOFF_UNTIL_NS, "backoff-until-ns"),
	RAW(balance.count, BACKOFF_COUNT, "backoff-count"),
	RAW(balance.engine, BACKOFF_ENGINE, "backoff-engine"),
	RAW(balance.part, BACKOFF_PART, "backoff-part"),
	RAW(balance.load, BACKOFF_LOAD, "backoff-load"),
	RAW_ENUM(verdict, VERDICT, "verdict", reason_names),
	RAW(verdict_value, VERDICT_VALUE, "verdict-value"),
	RAW(verdict_threshold, VERDICT_THRESHOLD, "verdict-threshold"),
	RAW_FLAG(growing, GROWING, "growing"),
	RAW_U64(grow_ns, GROW_NS, "grow-ns"),
	RAW_U64(grow_seq, GROW_SAMPLE, "grow-sample"),
	RAW_U64(spare_ns, SPARE_NS, "spare-ns"),
	RAW(spare_nr, SPARE_NR, "spare-nr"),
	RAW_U64(resize_ns, RESIZE_NS, "resize-ns"),
	RAW_U64(resize.until_ns, RESIZE_UNTIL_NS, "resize-until-ns"),
	RAW(resize.count, RESIZE_COUNT, "resize-count"),
	RAW(resize.engine, RESIZE_ENGINE, "resize-engine"),
	RAW(resize.part, RESIZE_PART, "resize-part"),
	RAW(resize.load, RESIZE_LOAD, "resize-load"),
	RAW(load, LOAD, "load"),
	RAW(had, HAD, "had"),
};

#undef F

SCHEMA(policy_engine_state, "policy-engine-state", struct rsse_pol_engine_state);

#define F(member, ATTR, ...) FIELD(struct moved, member, POLICY_MOVED_##ATTR, __VA_ARGS__)

static const struct field policy_moved_fields[] = {
	RAW(place, PLACE, "place"),
	RAW(is.engine, ENGINE, "engine"),
	RAW(is.entry, ENTRY, "entry"),
	RAW_U64(is.time_ns, TIME_NS, "time-ns"),
};

#undef F

SCHEMA(policy_moved, "policy-moved", struct moved);

#define F(member, ATTR, ...) \
	FIELD(struct policy_state, member, POLICY_STATE_##ATTR, __VA_ARGS__)

static const struct field policy_state_fields[] = {
	F(ifindex, IFINDEX, "ifindex", F_U32, .min = 1, .max = UINT32_MAX),
	F(ifname, IFNAME, "ifname", F_STR),
	RAW_U64(sample, SAMPLE, "sample"),
	RAW_U64(run, RUN, "run"),
	RAW_U64(period_ns, PERIOD_NS, "period-ns"),
	NESTS(engine, ENGINE, "engine", policy_engine_state_schema),
	NESTS(vm, VM, "vm", policy_vm_state_schema),
	NESTS(moved, MOVED, "moved", policy_moved_schema),
	RAW(next_moved, NEXT_MOVED, "next-moved"),
};

#undef F

SCHEMA(policy_state, "policy-state", struct policy_state);
