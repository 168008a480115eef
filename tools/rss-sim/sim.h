/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The simulated host: a NIC whose queues are served by CPUs, VMs behind it, and
 * what a policy may read of it and do to it.
 *
 * Times are ns since the start of a run. Loads are shares of one CPU.
 */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "rnd.h"

#define SIM_MS		1000000ULL
#define SIM_SEC		(1000 * SIM_MS)

/* The state of the world changes at multiples of this only. */
#define SIM_STEP	SIM_MS

/*
 * What a packet costs the CPU of its queue: NAPI, bridge and tap. Every time that
 * is reported scales with it.
 */
#define SIM_PACKET_NS	10000ULL

/* What a packet costs the VM's vhost worker, unless the scenario says else. */
#define SIM_WORKER_NS	5000ULL

/*
 * Ring of a vhost worker, and of all queues of a CPU together, packets: who makes
 * more queues has not more room.
 */
#define SIM_RING	1024U

/* Packets that a queue may take before the next one of its CPU has its turn. */
#define SIM_BUDGET	64U

#define SIM_ENTRIES	128U	/* of an indirection table */
#define SIM_QUEUES	256U	/* at most */
#define SIM_CONTEXTS	(SIM_QUEUES + 1)	/* at most */

/**
 * struct flow - packets of one connection
 * @vm: its VM
 * @entry: indirection entry that its hash leads to
 * @share: part of the VM's packets
 */
struct flow {
	uint32_t vm;
	uint32_t entry;
	double share;
};

/**
 * struct vm - a VM and what it is sent
 * @level: what it is offered now, in CPUs of receive work
 * @worker_ns: cost of a packet for a vhost worker of it
 * @workers: number of its vhost workers; packets spread evenly
 * @flows: its flows; their shares add up to 1
 * @nr_flows: entries of @flows
 * @aggressor: floods in this scenario; its packets are nobody's concern
 * @context: RSS context that its packets go to
 * @served: packets that its queues have passed on
 * @step_served: @served when the step began
 * @backlog_ns: work that waits for its workers
 * @worker_busy_ns: CPU time of its workers
 */
struct vm {
	double level;
	uint64_t worker_ns;
	uint32_t workers;
	struct flow *flows;
	uint32_t nr_flows;
	bool aggressor;
	uint32_t context;
	uint64_t served;
	uint64_t step_served;
	uint64_t backlog_ns;
	uint64_t worker_busy_ns;
};

struct packet {
	uint64_t arrival;
	struct flow *flow;
};

/**
 * struct queue - a receive queue
 * @cpu: CPU that serves it
 * @ring: packets that wait, oldest at @head
 * @nr: packets in @ring
 * @taken: packets of the poll that goes on
 * @served: packets passed on
 * @dropped: packets for which the ring had no place
 * @offered: packets that arrived
 * @polls: polls that have ended
 * @full_polls: those that ended because their budget was used up
 * @entry_served: packets passed on, by indirection entry
 */
struct queue {
	uint32_t cpu;
	struct packet ring[SIM_RING];
	uint32_t head;
	uint32_t nr;
	uint32_t taken;
	uint64_t served;
	uint64_t dropped;
	uint64_t offered;
	uint64_t polls;
	uint64_t full_polls;
	uint64_t entry_served[SIM_ENTRIES];
};

/**
 * struct cpu - serves queues, one packet after the other
 * @queues: the queues that it serves
 * @nr_queues: entries of @queues
 * @turn: index in @queues of the one that is polled
 * @free_at: when it can begin with the next packet
 * @served: packets that it has served
 * @rate: packets that arrive for all its queues, a second
 * @draw: picks the flow of an arrival
 * @flows: what @draw picks from
 */
struct cpu {
	uint32_t queues[SIM_QUEUES];
	uint32_t nr_queues;
	uint32_t turn;
	uint64_t free_at;
	uint64_t served;
	double rate;
	struct alias draw;
	struct flow **flows;
	uint32_t nr_flows;
};

/**
 * struct context - an RSS context: queues behind an indirection table
 * @used: it exists
 * @table: queue of each entry
 */
struct context {
	bool used;
	uint32_t table[SIM_ENTRIES];
};

struct metrics;

/**
 * struct sim - a run
 * @now: end of what has been simulated
 * @begin: what happened before counts for nothing
 * @rng: of arrivals; the load of the VMs has its own, so that it is the same
 *	under every policy
 * @nr_vms: entries of @vms
 * @names: of each VM; NULL: they have none
 * @nr_queues: receive queues
 * @ring: packets that each of them has room for
 * @nr_cpus: CPUs that serve them
 * @dirty: rates or steering have changed since the CPUs' draws were made
 * @moves: VMs that changed their context, or queues that changed their CPU
 * @vm_moves: of each VM
 * @rewritten: indirection entries that changed their queue after the start
 * @started: changes count from now on
 * @metrics: where waiting times and drops go; NULL: nowhere
 * @log: where our policy tells what it does; NULL: nowhere
 */
struct sim {
	uint64_t now;
	uint64_t begin;
	struct rnd rng;
	uint32_t nr_vms;
	struct vm *vms;
	const char *const *names;
	uint32_t nr_queues;
	uint32_t ring;
	struct queue *queues;
	uint32_t nr_cpus;
	struct cpu *cpus;
	struct context *contexts;
	bool dirty;
	uint64_t moves;
	uint32_t *vm_moves;
	uint64_t rewritten;
	bool started;
	struct metrics *metrics;
	FILE *log;
};

/**
 * sim_new() - a host without load: every VM on context 0, all over queue 0
 * @nr_vms: VMs; their flows are the caller's
 * @nr_cpus: CPUs
 * @queues_per_cpu: receive queues of each
 * @seed: of the arrivals
 */
struct sim *sim_new(uint32_t nr_vms, uint32_t nr_cpus, uint32_t queues_per_cpu, uint64_t seed);
void sim_free(struct sim *sim);

/* Let SIM_STEP pass. */
void sim_step(struct sim *sim);

/* Entry by entry over queues [first, first + nr), as drivers do by default. */
void sim_context_spread(struct sim *sim, uint32_t context, uint32_t first, uint32_t nr);
/* The same over the queues that are listed. */
void sim_context_deal(struct sim *sim, uint32_t context, const uint32_t *queues, uint32_t nr);
void sim_context_set(struct sim *sim, uint32_t context, uint32_t entry, uint32_t queue);
void sim_vm_move(struct sim *sim, uint32_t vm, uint32_t context);
void sim_queue_set_cpu(struct sim *sim, uint32_t queue, uint32_t cpu);

static inline uint32_t sim_queue_of(const struct sim *sim, const struct flow *flow)
{
	return sim->contexts[sim->vms[flow->vm].context].table[flow->entry];
}

/* Packets a second that a flow is offered. */
static inline double sim_flow_rate(const struct sim *sim, const struct flow *flow)
{
	return sim->vms[flow->vm].level * flow->share * (SIM_SEC / SIM_PACKET_NS);
}

#endif
