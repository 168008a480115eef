// SPDX-License-Identifier: GPL-2.0-only
/*
 * The policy's own structs as attributes, so that what it saw and remembered
 * can be given to it again elsewhere. Numbers that are 0 are left out.
 */
#include <net/netlink.h>

#include "netlink_policy.h"
#include "netlink_priv.h"
#include "policy_state.h"

#define FIELD(type, member, attribute, what) \
	{ RSS_ENGINE_A_##attribute, offsetof(struct type, member), RSSE_NL_##what }

#define STRUCT(name) \
	const struct rsse_nl_struct name = { ARRAY_SIZE(name##_fields), name##_fields }

/* A member that is added to a struct must be sent, else replays differ. */
static_assert(sizeof(struct rsse_config) == 20 * sizeof(u32));
static_assert(sizeof(struct rsse_pol_engine) == 7 * sizeof(u32));
static_assert(sizeof(struct rsse_pol_vm) == 24 * sizeof(u32));
static_assert(sizeof(struct rsse_pol_outcome) == 10 * sizeof(u32));
static_assert(sizeof(struct rsse_pol_decision) == 10 * sizeof(u32));
static_assert(sizeof(struct rsse_pol_move) == 12 * sizeof(u32));
static_assert(offsetof(struct rsse_pol_entries, nr_entries) == 4 * sizeof(u32));
static_assert(sizeof(struct rsse_pol_queue) == 9 * sizeof(u32));
static_assert(sizeof(struct rsse_pol_entry) == 2 * sizeof(u32));
static_assert(sizeof(struct rsse_pol_written) == 6 * sizeof(u32));
static_assert(sizeof(struct rsse_pol_limits) == 4 * sizeof(u32));
static_assert(sizeof(struct rsse_pol_shift) == 8 * sizeof(u32));
static_assert(sizeof(struct rsse_pol_moved) == 4 * sizeof(u32));
static_assert(sizeof(struct rsse_pol_balance) == 6 * sizeof(u32));
static_assert(offsetof(struct rsse_pol_rewrite, changes) == 8 * sizeof(u32));
static_assert(sizeof(struct rsse_pol_change) == 3 * sizeof(u32));
static_assert(sizeof(struct rsse_pol_backoff) == 6 * sizeof(u32));
static_assert(offsetof(struct rsse_pol_vm_state, run) == 54 * sizeof(u32));
static_assert(offsetof(struct rsse_pol_engine_state, over) == 52 * sizeof(u32));

#define F(member, attr, kind) FIELD(rsse_config, member, CONFIG_##attr, kind)

static const struct rsse_nl_field rsse_nl_config_fields[] = {
	F(period_ms, PERIOD_MS, U32),
	F(period_max_ms, PERIOD_MAX_MS, U32),
	F(share_above, SHARE_ABOVE, U32),
	F(unshare_below, UNSHARE_BELOW, U32),
	F(engine_above, ENGINE_ABOVE, U32),
	F(return_margin, RETURN_MARGIN, U32),
	F(release_below, RELEASE_BELOW, U32),
	F(hold_up_ms, HOLD_UP_MS, U32),
	F(hold_down_ms, HOLD_DOWN_MS, U32),
	F(dwell_ms, DWELL_MS, U32),
	F(manual_hold_ms, MANUAL_HOLD_MS, U32),
	F(gain_min, GAIN_MIN, U32),
	F(moves_max, MOVES_MAX, U32),
	F(vnic_bound_above, VNIC_BOUND_ABOVE, U32),
	F(select, SELECT, U32),
	F(scale, SCALE, U32),
	F(grow_above, GROW_ABOVE, U32),
	F(pack_below, PACK_BELOW, U32),
	F(starve_ms, STARVE_MS, U32),
	F(cpu_above, CPU_ABOVE, U32),
};

STRUCT(rsse_nl_config);
#undef F
#define F(member, attr, kind) FIELD(rsse_pol_engine, member, POLICY_ENGINE_##attr, kind)

static const struct rsse_nl_field rsse_nl_engine_fields[] = {
	F(id, ID, U32),
	F(kind, KIND, U32),
	F(nr_queues, NR_QUEUES, U32),
	F(home, HOME, U32),
	F(load, LOAD, U32),
	F(hottest, HOTTEST, U32),
	F(full_polls, FULL_POLLS, U32),
};

STRUCT(rsse_nl_engine);
#undef F
#define F(member, attr, kind) FIELD(rsse_pol_vm, member, POLICY_VM_##attr, kind)

static const struct rsse_nl_field rsse_nl_vm_fields[] = {
	F(id, ID, U32),
	F(slot, SLOT, U32),
	F(engine, ENGINE, U32),
	F(state, STATE, U32),
	F(pin, PIN, U32),
	F(flags, FLAGS, U32),
	F(priority, PRIORITY, U32),
	F(min_state, MIN_STATE, U32),
	F(max_state, MAX_STATE, U32),
	F(latency, LATENCY, U32),
	F(require, REQUIRE, U32),
	F(prefer, PREFER, U32),
	F(apart, APART, U32),
	F(together, TOGETHER, U32),
	F(need, NEED, U32),
	F(pnic_busy, PNIC_BUSY, U32),
	F(vnic_busy, VNIC_BUSY, U32),
	F(vnic_total, VNIC_TOTAL, U32),
	F(hottest_worker, HOTTEST_WORKER, U32),
	F(confirmed_ns, CONFIRMED_NS, U64),
	F(manual_ns, MANUAL_NS, U64),
};

STRUCT(rsse_nl_vm);
#undef F
#define F(member, attr, kind) FIELD(rsse_pol_decision, member, POLICY_VM_##attr, kind)

static const struct rsse_nl_field rsse_nl_decision_fields[] = {
	F(reason, REASON, U32),
	F(moves, MOVES, FLAG),
	F(to_state, TO_STATE, U32),
	F(to_engine, TO_ENGINE, U32),
	F(value, VALUE, U32),
	F(threshold, THRESHOLD, U32),
	F(gain, GAIN, U32),
	F(wait_ns, WAIT_NS, U64),
};

STRUCT(rsse_nl_decision);
#undef F
#define F(member, attr, kind) FIELD(rsse_pol_outcome, member, POLICY_OUTCOME_##attr, kind)

static const struct rsse_nl_field rsse_nl_outcome_fields[] = {
	F(id, ID, U32),
	F(error, ERROR, U32),
	F(time_ns, TIME_NS, U64),
	F(from_state, FROM_STATE, U32),
	F(to_state, TO_STATE, U32),
	F(from_engine, FROM_ENGINE, U32),
	F(to_engine, TO_ENGINE, U32),
	F(manual, MANUAL, FLAG),
};

STRUCT(rsse_nl_outcome);
#undef F
#define F(member, attr, kind) FIELD(rsse_pol_move, member, POLICY_MOVE_##attr, kind)

static const struct rsse_nl_field rsse_nl_move_fields[] = {
	F(id, ID, U32),
	F(from_state, FROM_STATE, U32),
	F(from_engine, FROM_ENGINE, U32),
	F(to_state, TO_STATE, U32),
	F(to_engine, TO_ENGINE, U32),
	F(queues, QUEUES, U32),
	F(reason, REASON, U32),
	F(value, VALUE, U32),
	F(threshold, THRESHOLD, U32),
	F(gain, GAIN, U32),
	F(crossed_seq, CROSSED_SAMPLE, U64),
};

STRUCT(rsse_nl_move);
#undef F
#define F(member, attr, kind) FIELD(rsse_pol_balance, member, POLICY_ENGINE_BALANCE_##attr, kind)

static const struct rsse_nl_field rsse_nl_balance_fields[] = {
	F(reason, REASON, U32),
	F(value, VALUE, U32),
	F(threshold, THRESHOLD, U32),
	F(gain, GAIN, U32),
	F(wait_ns, WAIT_NS, U64),
};

STRUCT(rsse_nl_balance);
#undef F
#define F(member, attr, kind) FIELD(rsse_pol_entries, member, POLICY_ENTRIES_##attr, kind)

static const struct rsse_nl_field rsse_nl_entries_fields[] = {
	F(engine, ENGINE, U32),
	F(problem, PROBLEM, U32),
	F(begun_ns, BEGUN_NS, U64),
};

STRUCT(rsse_nl_entries);
#undef F
#define F(member, attr, kind) FIELD(rsse_pol_queue, member, POLICY_QUEUE_##attr, kind)

static const struct rsse_nl_field rsse_nl_queue_fields[] = {
	F(id, ID, U32),
	F(engine, ENGINE, U32),
	F(home, HOME, U32),
	F(busy, BUSY, U32),
	F(avg, AVG, U32),
	F(full_polls, FULL_POLLS, U32),
	F(cpu, CPU, U32),
	F(cpu_busy, CPU_BUSY, U32),
	F(flags, FLAGS, U32),
};

STRUCT(rsse_nl_queue);
#undef F
#define F(member, attr, kind) FIELD(rsse_pol_entry, member, POLICY_ENTRY_##attr, kind)

static const struct rsse_nl_field rsse_nl_entry_fields[] = {
	F(queue, QUEUE, U32),
	F(packets, PACKETS, U32),
};

STRUCT(rsse_nl_entry);
#undef F
#define F(member, attr, kind) FIELD(rsse_pol_written, member, POLICY_WRITTEN_##attr, kind)

static const struct rsse_nl_field rsse_nl_written_fields[] = {
	F(engine, ENGINE, U32),
	F(resized, RESIZED, FLAG),
	F(gained, GAINED, FLAG),
	F(error, ERROR, U32),
	F(time_ns, TIME_NS, U64),
};

STRUCT(rsse_nl_written);
#undef F
#define F(member, attr, kind) FIELD(rsse_pol_limits, member, POLICY_LIMITS_##attr, kind)

static const struct rsse_nl_field rsse_nl_limits_fields[] = {
	F(default_queues, DEFAULT_QUEUES, U32),
	F(shared_engines, SHARED_ENGINES, U32),
	F(shared_queues, SHARED_QUEUES, U32),
	F(dedicated_engines, DEDICATED_ENGINES, U32),
};

STRUCT(rsse_nl_limits);
#undef F
#define F(member, attr, kind) FIELD(rsse_pol_shift, member, POLICY_SHIFT_##attr, kind)

static const struct rsse_nl_field rsse_nl_shift_fields[] = {
	F(queue, QUEUE, U32),
	F(from, FROM, U32),
	F(to, TO, U32),
	F(reason, REASON, U32),
	F(value, VALUE, U32),
	F(threshold, THRESHOLD, U32),
	F(crossed_seq, CROSSED_SAMPLE, U64),
};

STRUCT(rsse_nl_shift);
#undef F
#define F(member, attr, kind) FIELD(rsse_pol_rewrite, member, POLICY_REWRITE_##attr, kind)

static const struct rsse_nl_field rsse_nl_rewrite_fields[] = {
	F(engine, ENGINE, U32),
	F(reason, REASON, U32),
	F(value, VALUE, U32),
	F(threshold, THRESHOLD, U32),
	F(gain, GAIN, U32),
	F(crossed_seq, CROSSED_SAMPLE, U64),
};

STRUCT(rsse_nl_rewrite);
#undef F
#define F(member, attr, kind) FIELD(rsse_pol_change, member, POLICY_CHANGE_##attr, kind)

static const struct rsse_nl_field rsse_nl_change_fields[] = {
	F(entry, ENTRY, U32),
	F(from, FROM, U32),
	F(to, TO, U32),
};

STRUCT(rsse_nl_change);
#undef F
#define F(member, attr, kind) FIELD(rsse_pol_engine_state, member, POLICY_ENGINE_STATE_##attr, kind)

static const struct rsse_nl_field rsse_nl_engine_state_fields[] = {
	F(id, ID, U32),
	F(full, FULL, FLAG),
	F(was_full, WAS_FULL, FLAG),
	F(saturated, SATURATED, FLAG),
	F(since_ns, SINCE_NS, U64),
	F(since_seq, SINCE_SAMPLE, U64),
	F(crowded_ns, CROWDED_NS, U64),
	F(settle_ns, SETTLE_NS, U64),
	F(hot, HOT, FLAG),
	F(hot_ns, HOT_NS, U64),
	F(hot_seq, HOT_SAMPLE, U64),
	F(uneven_ns, UNEVEN_NS, U64),
	F(rewrite_ns, REWRITE_NS, U64),
	F(judge_ns, JUDGE_NS, U64),
	F(judge_hottest, JUDGE_HOTTEST, U32),
	F(balance.until_ns, BACKOFF_UNTIL_NS, U64),
	F(balance.count, BACKOFF_COUNT, U32),
	F(balance.engine, BACKOFF_ENGINE, U32),
	F(balance.part, BACKOFF_PART, U32),
	F(balance.load, BACKOFF_LOAD, U32),
	F(verdict, VERDICT, U32),
	F(verdict_value, VERDICT_VALUE, U32),
	F(verdict_threshold, VERDICT_THRESHOLD, U32),
	F(growing, GROWING, FLAG),
	F(grow_ns, GROW_NS, U64),
	F(grow_seq, GROW_SAMPLE, U64),
	F(spare_ns, SPARE_NS, U64),
	F(spare_nr, SPARE_NR, U32),
	F(resize_ns, RESIZE_NS, U64),
	F(resize.until_ns, RESIZE_UNTIL_NS, U64),
	F(resize.count, RESIZE_COUNT, U32),
	F(resize.engine, RESIZE_ENGINE, U32),
	F(resize.part, RESIZE_PART, U32),
	F(resize.load, RESIZE_LOAD, U32),
	F(load, LOAD, U32),
	F(had, HAD, U32),
};

STRUCT(rsse_nl_engine_state);
#undef F
#define F(member, attr, kind) FIELD(rsse_pol_vm_state, member, POLICY_VM_STATE_##attr, kind)

static const struct rsse_nl_field rsse_nl_vm_state_fields[] = {
	F(id, ID, U32),
	F(cond, COND, U32),
	F(since_ns, SINCE_NS, U64),
	F(since_seq, SINCE_SAMPLE, U64),
	F(up_ns, UP_NS, U64),
	F(down_ns, DOWN_NS, U64),
	F(left_ns, LEFT_NS, U64),
	F(left_engine, LEFT_ENGINE, U32),
	F(manual_dir, MANUAL_DIR, U32),
	F(judge.since_ns, JUDGE_NS, U64),
	F(judge.from_state, JUDGE_FROM_STATE, U32),
	F(judge.from_engine, JUDGE_FROM_ENGINE, U32),
	F(judge.to_state, JUDGE_TO_STATE, U32),
	F(judge.to_engine, JUDGE_TO_ENGINE, U32),
	F(judge.load, JUDGE_LOAD, U32),
	F(judge.part, JUDGE_PART, U32),
	F(judge.vnic, JUDGE_VNIC, U32),
	F(judge.windows, JUDGE_WINDOWS, U32),
	F(judge.load_sum, JUDGE_LOAD_SUM, U32),
	F(judge.part_sum, JUDGE_PART_SUM, U32),
	F(judge.vnic_sum, JUDGE_VNIC_SUM, U32),
	F(judge.undo, JUDGE_UNDO, FLAG),
	F(arrived_ns, ARRIVED_NS, U64),
	F(placed, PLACED, FLAG),
	F(want_ns, WANT_NS, U64),
	F(part, PART, U32),
	F(vnic, VNIC, U32),
};

STRUCT(rsse_nl_vm_state);
#undef F
#define F(member, attr, kind) FIELD(rsse_pol_backoff, member, POLICY_BACKOFF_##attr, kind)

static const struct rsse_nl_field rsse_nl_backoff_fields[] = {
	F(until_ns, UNTIL_NS, U64),
	F(count, COUNT, U32),
	F(engine, ENGINE, U32),
	F(part, PART, U32),
	F(load, LOAD, U32),
};

STRUCT(rsse_nl_backoff);
#undef F
#define F(member, attr, kind) FIELD(rsse_pol_moved, member, POLICY_MOVED_##attr, kind)

static const struct rsse_nl_field rsse_nl_moved_fields[] = {
	F(engine, ENGINE, U32),
	F(entry, ENTRY, U32),
	F(time_ns, TIME_NS, U64),
};

STRUCT(rsse_nl_moved);
#undef F

static int put_field(struct sk_buff *skb, const struct rsse_nl_field *field,
		     const void *at)
{
	switch (field->kind) {
	case RSSE_NL_U32:
		if (*(const u32 *)at)
			return nla_put_u32(skb, field->attr, *(const u32 *)at);
		return 0;
	case RSSE_NL_U64:
		if (*(const u64 *)at)
			return rsse_nl_put_u64(skb, field->attr, *(const u64 *)at);
		return 0;
	case RSSE_NL_FLAG:
		return *(const bool *)at ? nla_put_flag(skb, field->attr) : 0;
	}
	return -EINVAL;
}

int rsse_nl_put_struct(struct sk_buff *skb, const struct rsse_nl_struct *desc,
		       const void *obj)
{
	unsigned int i;

	for (i = 0; i < desc->nr; i++)
		if (put_field(skb, &desc->fields[i], obj + desc->fields[i].offset))
			return -EMSGSIZE;
	return 0;
}

int rsse_nl_put_nest(struct sk_buff *skb, int attr,
		     const struct rsse_nl_struct *desc, const void *obj)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest)
		return -EMSGSIZE;
	if (rsse_nl_put_struct(skb, desc, obj)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}
