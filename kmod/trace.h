/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM rss_engine

#if !defined(RSSE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define RSSE_TRACE_H

#include <linux/tracepoint.h>

#include "netlink.h"

/* A queue in the latest sample; loads in permille of a CPU. */
TRACE_EVENT(rsse_queue,
	TP_PROTO(const struct rsse_pnic *pnic, const struct rsse_queue *queue),
	TP_ARGS(pnic, queue),
	TP_STRUCT__entry(
		__field(int, ifindex)
		__field(unsigned int, queue)
		__field(u64, sample)
		__field(u32, busy)
		__field(u32, full_polls)
		__field(u64, packets)
		__field(int, cpu)
	),
	TP_fast_assign(
		__entry->ifindex = pnic->ifindex;
		__entry->queue = queue->index;
		__entry->sample = pnic->sample;
		__entry->busy = queue->busy;
		__entry->full_polls = queue->full_polls;
		__entry->packets = queue->packets;
		__entry->cpu = queue->cpu;
	),
	TP_printk("ifindex=%d queue=%u sample=%llu busy=%u full_polls=%u packets=%llu cpu=%d",
		  __entry->ifindex, __entry->queue, __entry->sample,
		  __entry->busy, __entry->full_polls, __entry->packets,
		  __entry->cpu)
);

/* A VM on a PNIC in the latest sample; loads in permille of a CPU. */
TRACE_EVENT(rsse_placement,
	TP_PROTO(const struct rsse_placement *placement),
	TP_ARGS(placement),
	TP_STRUCT__entry(
		__string(vm, placement->vm->name)
		__field(int, ifindex)
		__field(u64, sample)
		__field(u32, state)
		__field(u32, engine)
		__field(u32, rx_load)
		__field(u32, pnic_busy)
		__field(u32, vnic_busy)
		__field(u32, vnic_total)
		__field(u32, hottest_worker)
	),
	TP_fast_assign(
		__assign_str(vm);
		__entry->ifindex = placement->pnic->ifindex;
		__entry->sample = placement->pnic->sample;
		__entry->state = placement->state;
		__entry->engine = placement->engine_id;
		__entry->rx_load = placement->rx_load;
		__entry->pnic_busy = placement->pnic_busy;
		__entry->vnic_busy = placement->vm->vnic_busy;
		__entry->vnic_total = placement->vm->vnic_total;
		__entry->hottest_worker = placement->vm->hottest_worker;
	),
	TP_printk("vm=%s ifindex=%d sample=%llu state=%u engine=%u rx_load=%u pnic_busy=%u vnic_busy=%u vnic_total=%u hottest_worker=%u",
		  __get_str(vm), __entry->ifindex, __entry->sample,
		  __entry->state, __entry->engine, __entry->rx_load,
		  __entry->pnic_busy, __entry->vnic_busy, __entry->vnic_total,
		  __entry->hottest_worker)
);

/* What the policy thinks of a VM on a PNIC; reason as in the netlink spec. */
TRACE_EVENT(rsse_decision,
	TP_PROTO(const struct rsse_placement *placement),
	TP_ARGS(placement),
	TP_STRUCT__entry(
		__string(vm, placement->vm->name)
		__field(int, ifindex)
		__field(u64, sample)
		__field(u32, reason)
		__field(bool, moves)
		__field(u32, to_state)
		__field(u32, to_engine)
		__field(u32, value)
		__field(u32, threshold)
		__field(s32, gain)
		__field(u64, wait_ns)
	),
	TP_fast_assign(
		__assign_str(vm);
		__entry->ifindex = placement->pnic->ifindex;
		__entry->sample = placement->pnic->sample;
		__entry->reason = placement->decision.reason;
		__entry->moves = placement->decision.moves;
		__entry->to_state = placement->decision.to_state;
		__entry->to_engine = placement->decision.to_engine;
		__entry->value = placement->decision.value;
		__entry->threshold = placement->decision.threshold;
		__entry->gain = placement->decision.gain;
		__entry->wait_ns = placement->decision.wait_ns;
	),
	TP_printk("vm=%s ifindex=%d sample=%llu reason=%u moves=%d to_state=%u to_engine=%d value=%u threshold=%u gain=%d wait_ns=%llu",
		  __get_str(vm), __entry->ifindex, __entry->sample,
		  __entry->reason, __entry->moves, __entry->to_state,
		  (int)__entry->to_engine, __entry->value, __entry->threshold,
		  __entry->gain, __entry->wait_ns)
);

/* A move that was made, failed (error) or was refused. */
TRACE_EVENT(rsse_move,
	TP_PROTO(const struct rsse_placement *placement,
		 const struct rsse_event *event),
	TP_ARGS(placement, event),
	TP_STRUCT__entry(
		__string(vm, placement->vm->name)
		__field(int, ifindex)
		__field(u32, kind)
		__field(u32, from_state)
		__field(u32, from_engine)
		__field(u32, to_state)
		__field(u32, to_engine)
		__field(u32, reason)
		__field(u32, error)
		__field(u64, crossed_sample)
		__field(u64, decided_sample)
		__field(u64, done_sample)
	),
	TP_fast_assign(
		__assign_str(vm);
		__entry->ifindex = placement->pnic->ifindex;
		__entry->kind = event->kind;
		__entry->from_state = event->from_state;
		__entry->from_engine = event->from_engine;
		__entry->to_state = event->to_state;
		__entry->to_engine = event->to_engine;
		__entry->reason = event->reason;
		__entry->error = event->error;
		__entry->crossed_sample = event->crossed_sample;
		__entry->decided_sample = event->decided_sample;
		__entry->done_sample = event->done_sample;
	),
	TP_printk("vm=%s ifindex=%d kind=%u from_state=%u from_engine=%u to_state=%u to_engine=%d reason=%u error=%u crossed=%llu decided=%llu done=%llu",
		  __get_str(vm), __entry->ifindex, __entry->kind,
		  __entry->from_state, __entry->from_engine, __entry->to_state,
		  (int)__entry->to_engine, __entry->reason, __entry->error,
		  __entry->crossed_sample, __entry->decided_sample,
		  __entry->done_sample)
);

/* Indirection entries of an engine that were rewritten, or not (error). */
TRACE_EVENT(rsse_rewrite,
	TP_PROTO(const struct rsse_event *event),
	TP_ARGS(event),
	TP_STRUCT__entry(
		__field(int, ifindex)
		__field(u32, engine)
		__field(u32, queue)
		__field(u32, entries)
		__field(u32, value)
		__field(s32, gain)
		__field(u32, error)
		__field(u64, crossed_sample)
		__field(u64, decided_sample)
		__field(u64, done_sample)
	),
	TP_fast_assign(
		__entry->ifindex = event->pnic->ifindex;
		__entry->engine = event->engine;
		__entry->queue = event->queue;
		__entry->entries = event->entries;
		__entry->value = event->value;
		__entry->gain = event->gain;
		__entry->error = event->error;
		__entry->crossed_sample = event->crossed_sample;
		__entry->decided_sample = event->decided_sample;
		__entry->done_sample = event->done_sample;
	),
	TP_printk("ifindex=%d engine=%u queue=%u entries=%u value=%u gain=%d error=%u crossed=%llu decided=%llu done=%llu",
		  __entry->ifindex, __entry->engine, __entry->queue,
		  __entry->entries, __entry->value, __entry->gain,
		  __entry->error, __entry->crossed_sample,
		  __entry->decided_sample, __entry->done_sample)
);

/* An engine that gained or lost queues, or did not (error). */
TRACE_EVENT(rsse_resize,
	TP_PROTO(const struct rsse_event *event),
	TP_ARGS(event),
	TP_STRUCT__entry(
		__field(int, ifindex)
		__field(u32, engine)
		__field(u32, queues)
		__field(u32, reason)
		__field(u32, value)
		__field(u32, error)
		__field(u64, crossed_sample)
		__field(u64, decided_sample)
		__field(u64, done_sample)
	),
	TP_fast_assign(
		__entry->ifindex = event->pnic->ifindex;
		__entry->engine = event->engine;
		__entry->queues = event->queues;
		__entry->reason = event->reason;
		__entry->value = event->value;
		__entry->error = event->error;
		__entry->crossed_sample = event->crossed_sample;
		__entry->decided_sample = event->decided_sample;
		__entry->done_sample = event->done_sample;
	),
	TP_printk("ifindex=%d engine=%u queues=%u reason=%u value=%u error=%u crossed=%llu decided=%llu done=%llu",
		  __entry->ifindex, __entry->engine, __entry->queues,
		  __entry->reason, __entry->value, __entry->error,
		  __entry->crossed_sample, __entry->decided_sample,
		  __entry->done_sample)
);

#endif /* RSSE_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
