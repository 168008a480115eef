/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the adaptor of our policy: ours.c plays the sampler, ours_snap.c makes
 * the snapshot, ours_move.c carries out the plan, ours_entry.c does both for
 * indirection entries.
 */
#ifndef SIM_OURS_H
#define SIM_OURS_H

#include "policy.h"
#include "policy_state.h"
#include "sim.h"

/* Time that one move takes: a context, a rule, both through RTNL and firmware. */
#define OURS_MOVE_NS	SIM_MS

/* A look at the queues, and from the begin of one to that of the next. */
#define OURS_LOOK_NS		(5 * SIM_MS)
#define OURS_LOOK_INTERVAL_NS	(500 * SIM_MS)

/* As many moves as the module lets one plan have. */
#define OURS_MOVES	64U

/**
 * struct engine - an engine of the NIC
 * @id: for the policy; engine 0 is the default engine
 * @kind: enum rss_engine_engine_kind
 * @context: its RSS context
 * @first: first of its queues
 * @nr_queues: queues from @first on
 */
struct engine {
	uint32_t id;
	uint32_t kind;
	uint32_t context;
	uint32_t first;
	uint32_t nr_queues;
};

/**
 * struct counting - looks at the entries of one engine
 * @engine: its id, RSSE_ENGINE_NEW for none
 * @base: packets of each queue and entry when the look began
 * @queues: see @entries
 * @table: see @entries
 * @entries: for the snapshot
 * @rewrite: the rewrite that is being carried out
 * @rewrite_ns: when it is done
 * @rewritten: its outcome, for the snapshot
 */
struct counting {
	uint32_t engine;
	uint64_t base[SIM_QUEUES][SIM_ENTRIES];
	struct rsse_pol_queue queues[SIM_QUEUES];
	struct rsse_pol_entry table[SIM_ENTRIES];
	struct rsse_pol_entries entries;
	struct rsse_pol_rewrite rewrite;
	uint64_t rewrite_ns;
	struct rsse_pol_rewritten rewritten;
};

/* Counters at the end of the previous window. */
struct last {
	uint64_t queue_served[SIM_QUEUES];
	uint64_t queue_polls[SIM_QUEUES];
	uint64_t queue_full[SIM_QUEUES];
	uint64_t *vm_served;
	uint64_t *vm_busy_ns;
};

/**
 * struct ours - what the module keeps of a NIC
 * @config: configuration of the policy
 * @seq: number of the latest sample
 * @sampled_ns: when it was taken
 * @next_ns: when the next one is due
 * @full_polls: of all queues, when the sampler went to sleep
 * @look_ns: begin of the latest look, 0 for none yet
 * @looking: that look's result is still to come
 * @engines: the engines, ascending by id
 * @nr_engines: entries of @engines
 * @next_id: for the next engine
 * @taken: the queue belongs to an engine
 * @busy: of each queue in the latest window, permille
 * @full: share of its full polls in the latest window, permille
 * @engine_of: of each VM, index in @engines
 * @last: see struct last
 * @counting: see struct counting
 * @snap: the snapshot, over the arrays that follow
 * @pol_engines: see @snap
 * @pol_vms: see @snap
 * @outcomes: see @snap
 * @state: memory of the policy
 * @plan: the latest plan
 * @agenda: moves that are being carried out
 * @nr_agenda: entries of @agenda
 * @done: those of them that are done
 * @act_ns: when the next of them is
 */
struct ours {
	struct rsse_config config;
	uint64_t seq;
	uint64_t sampled_ns;
	uint64_t next_ns;
	uint64_t full_polls;
	uint64_t look_ns;
	bool looking;
	struct engine engines[SIM_CONTEXTS];
	uint32_t nr_engines;
	uint32_t next_id;
	bool taken[SIM_QUEUES];
	uint32_t busy[SIM_QUEUES];
	uint32_t full[SIM_QUEUES];
	uint32_t *engine_of;
	struct last last;
	struct counting counting;
	struct rsse_pol_snapshot snap;
	struct rsse_pol_engine pol_engines[SIM_CONTEXTS];
	struct rsse_pol_vm *pol_vms;
	struct rsse_pol_outcome outcomes[2 * OURS_MOVES];
	struct rsse_pol_state state;
	struct rsse_pol_plan plan;
	struct rsse_pol_move agenda[OURS_MOVES];
	uint32_t nr_agenda;
	uint32_t done;
	uint64_t act_ns;
};

/* ours_snap.c: the window that ends now, as the module would measure it. */
void ours_measure(struct ours *ours, const struct sim *sim, uint64_t window);

/* ours_move.c: make the engines that the module makes when a PNIC is added. */
void ours_layout(struct ours *ours, struct sim *sim);

/* ours_move.c: carry out what is due of the plan. */
void ours_act(struct ours *ours, struct sim *sim);

/* ours_entry.c: a look at all queues begins, and has ended. */
void ours_look_begins(struct ours *ours, const struct sim *sim);
void ours_look_ends(struct ours *ours, const struct sim *sim);

/* ours_entry.c: what the snapshot says of entries; what the plan asks for. */
void ours_entries_measure(struct ours *ours, const struct sim *sim);
void ours_entries_plan(struct ours *ours, uint64_t now);

/* ours_entry.c: rewrite what is due. */
void ours_entries_act(struct ours *ours, struct sim *sim);

/* ours_move.c: index of an engine, nr_engines when there is none. */
uint32_t ours_engine_find(const struct ours *ours, uint32_t id);

#endif
