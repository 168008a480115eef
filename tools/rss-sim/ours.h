/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the adaptor of our policy: ours.c plays the sampler, ours_snap.c makes
 * the snapshot, ours_look.c takes looks and counts indirection entries, ours_act.c
 * plays the mover, ours_queue.c gives queues to engines, ours_log.c tells of it.
 */
#ifndef SIM_OURS_H
#define SIM_OURS_H

#include "policy.h"
#include "policy_state.h"
#include "sim.h"

/* Time that one transaction takes: contexts, tables, rules, RTNL and firmware. */
#define OURS_ACT_NS	SIM_MS

/* A look at the queues, and from the begin of one to that of the next. */
#define OURS_LOOK_NS		(5 * SIM_MS)
#define OURS_LOOK_INTERVAL_NS	(500 * SIM_MS)

/* Writes of tables between two samples, at most: what is more is not reported. */
#define OURS_WRITTEN	256U

/* Classes of VMs that come at the same time, as many as the module has room for. */
#define OURS_CLASSES	64U

/**
 * struct engine - an engine of the NIC
 * @id: for the policy; engine 0 is the default engine
 * @kind: enum rss_engine_engine_kind
 * @context: its RSS context
 * @nr_queues: queues that it has; 0: it is asleep
 * @home: queues that are due to it
 * @busy_ns: busy time of its queues in the latest window
 * @packets: what these queues have passed on in it
 * @weight: what VMs that are on it were sent in it
 * @changed: its VMs, queues or entries have changed in the window
 */
struct engine {
	uint32_t id;
	uint32_t kind;
	uint32_t context;
	uint32_t nr_queues;
	uint32_t home;
	uint64_t busy_ns;
	uint64_t packets;
	uint64_t weight;
	bool changed;
};

/**
 * struct average - of the load of a queue
 * @busy: permille
 * @time: that it is of, RSSE_POL_AVG_NS at most
 */
struct average {
	double busy;
	uint64_t time;
};

/**
 * struct looks - looks at the queues, and the entries of the engine that they count
 * @running: a look was begun, and its result is not taken in yet
 * @begun_ns: when the latest look began
 * @spent_ns: the looks so far use up the time until then
 * @engine: whose entries are wanted, RSSE_ENGINE_NEW for none
 * @wanted_ns: when they were last wanted
 * @counts: there is a table of that engine
 * @serial: of that table
 * @look_serial: of the table for which the look counts, 0 for none
 * @base: packets of each queue and entry when the look began
 * @seen: what the look has counted
 * @table: the entries with what looks have counted
 * @entries: the same for the snapshot
 */
struct looks {
	bool running;
	uint64_t begun_ns;
	uint64_t spent_ns;
	uint32_t engine;
	uint64_t wanted_ns;
	bool counts;
	uint32_t serial;
	uint32_t look_serial;
	uint64_t base[SIM_QUEUES][SIM_ENTRIES];
	uint32_t seen[SIM_ENTRIES];
	struct rsse_pol_entry table[SIM_ENTRIES];
	struct rsse_pol_entries entries;
};

/**
 * struct meters - counters at the end of the previous window
 * @queue_busy_ns: of each queue
 * @queue_served: see @queue_busy_ns
 * @queue_polls: see @queue_busy_ns
 * @queue_full: see @queue_busy_ns
 * @vm_served: of each VM
 * @vm_busy_ns: see @vm_served
 */
struct meters {
	uint64_t queue_busy_ns[SIM_QUEUES];
	uint64_t queue_served[SIM_QUEUES];
	uint64_t queue_polls[SIM_QUEUES];
	uint64_t queue_full[SIM_QUEUES];
	uint64_t *vm_served;
	uint64_t *vm_busy_ns;
};

/**
 * struct agenda - a plan that is to be carried out
 * @handed_ns: when it was made
 * @expires_ns: a move that was not begun by then is refused
 * @nr_shifts: entries used in @shifts
 * @shifted: those that are done
 * @nr_moves: entries used in @moves
 * @moved: those that are done
 * @moves: as many as there are VMs at most
 * @shifts: queues that change their engine
 * @rewrite: entries that are rewritten
 */
struct agenda {
	uint64_t handed_ns;
	uint64_t expires_ns;
	uint32_t nr_shifts;
	uint32_t shifted;
	uint32_t nr_moves;
	uint32_t moved;
	struct rsse_pol_move *moves;
	struct rsse_pol_shift shifts[RSSE_POL_SHIFTS_MAX];
	struct rsse_pol_rewrite rewrite;
};

/**
 * struct ours - what the module keeps of a NIC
 * @config: configuration of the policy
 * @seq: number of the latest sample
 * @sampled_ns: when it was taken
 * @next_ns: when the next one is due
 * @full_polls: of all queues, when the sampler went to sleep
 * @engines: the engines, ascending by id
 * @nr_engines: entries of @engines
 * @next_id: for the next engine
 * @owner: of each queue, id of the engine that has it, RSSE_ENGINE_NEW for none
 * @home: of each queue, id of the engine that it is due to, or RSSE_ENGINE_NEW
 * @engine_of: of each VM, index in @engines
 * @meters: see struct meters
 * @avg: average load of each queue, permille
 * @looks: see struct looks
 * @snap: the snapshot, over the arrays that follow
 * @pol_engines: see @snap
 * @pol_vms: see @snap
 * @pol_queues: see @snap
 * @outcomes: see @snap; room for those of two agendas
 * @written: see @snap
 * @state: memory of the policy
 * @plan: the latest plan
 * @waiting: the latest plan, when the mover has not begun with it yet
 * @agenda: the plan that the mover is at
 * @act_ns: when it is through with what it does
 */
struct ours {
	struct rsse_config config;
	uint64_t seq;
	uint64_t sampled_ns;
	uint64_t next_ns;
	uint64_t full_polls;
	struct engine engines[SIM_CONTEXTS];
	uint32_t nr_engines;
	uint32_t next_id;
	uint32_t owner[SIM_QUEUES];
	uint32_t home[SIM_QUEUES];
	uint32_t *engine_of;
	struct meters meters;
	struct average avg[SIM_QUEUES];
	struct looks looks;
	struct rsse_pol_snapshot snap;
	struct rsse_pol_engine pol_engines[SIM_CONTEXTS];
	struct rsse_pol_vm *pol_vms;
	struct rsse_pol_queue pol_queues[SIM_QUEUES];
	struct rsse_pol_outcome *outcomes;
	struct rsse_pol_written written[OURS_WRITTEN];
	struct rsse_pol_state state;
	struct rsse_pol_plan plan;
	struct agenda waiting;
	struct agenda agenda;
	uint64_t act_ns;
};

/**
 * struct why - what a change is made for, as the policy says it
 * @reason: enum rss_engine_reason
 * @value: load behind it, permille
 * @threshold: what @value is compared with
 */
struct why {
	uint32_t reason;
	uint32_t value;
	uint32_t threshold;
};

/* ours_snap.c: the window that ends now, as the module would measure it. */
void ours_measure(struct ours *ours, const struct sim *sim, uint64_t window);

/* ours_look.c: what the look that has ended says. */
void ours_looks_take(struct ours *ours);
/* ours_look.c: what the plan says of looks; with what was counted so far, and a new look. */
void ours_looks_plan(struct ours *ours, const struct sim *sim);
/* ours_look.c: the look ends, when it is time for that. */
void ours_looks_step(struct ours *ours, const struct sim *sim);
/* ours_look.c: what was counted is of tables that are gone. */
void ours_looks_void(struct ours *ours);

/* ours_act.c: the plan is handed to the mover; and what the mover does. */
void ours_hand_over(struct ours *ours, uint64_t now);
void ours_act(struct ours *ours, struct sim *sim);

/* ours_queue.c: the engines that the module makes when a PNIC is added. */
void ours_layout(struct ours *ours, struct sim *sim);

/* ours_queue.c: an engine by its id, NULL when there is none. */
struct engine *ours_engine(struct ours *ours, uint32_t id);

/*
 * ours_queue.c: each queue goes to the engine whose id @to has, RSSE_ENGINE_NEW: to none.
 * All of them, or none when an engine with VMs would have no queue left: EINVAL then.
 */
int ours_give(struct ours *ours, struct sim *sim, const uint32_t *to, const struct why *why);

/* ours_queue.c: a dedicated engine of @nr queues; NULL when they cannot be had. */
struct engine *ours_dedicate(struct ours *ours, struct sim *sim, uint32_t nr,
			     const struct why *why);

/* ours_queue.c: a shared engine that sleeps gets @nr queues; false when they cannot be had. */
bool ours_wake(struct ours *ours, struct sim *sim, struct engine *engine, uint32_t nr,
	       const struct why *why);

/* ours_queue.c: a dedicated engine is gone, and its queues serve nobody. */
void ours_drop(struct ours *ours, struct sim *sim, struct engine *engine,
	       const struct why *why);

/* ours_queue.c: for the next snapshot. */
void ours_note_written(struct ours *ours, const struct rsse_pol_written *written);

/* ours_log.c: nothing is said without sim->log. */
void ours_log_move(const struct sim *sim, const struct rsse_pol_move *move, uint32_t to,
		   int error);
/* ours_log.c: queues change hands; @to as for ours_give(); @why NULL: nothing is said. */
void ours_log_queues(const struct ours *ours, const struct sim *sim, const uint32_t *to,
		     const struct why *why, int error);
void ours_log_rewrite(const struct sim *sim, const struct rsse_pol_rewrite *rewrite);

#endif
