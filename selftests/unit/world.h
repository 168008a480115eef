/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small world for the policy: VMs with demands, engines with queues, a mover
 * that carries plans out, and samples that measure what follows from all that.
 *
 * Tests set demands and step the world; they read back where everybody is.
 * Nothing here is random or takes the time of day.
 *
 * Queues stay with the engines that they are due to, unless a test asks for
 * something else: see world_scale().
 */
#ifndef UNIT_WORLD_H
#define UNIT_WORLD_H

#include <stddef.h>

#include "policy.h"
#include "policy_state.h"

#define MS		1000000ULL
#define WORLD_VMS	4096
#define WORLD_QUEUES	RSS_ENGINE_QUEUES_MAX
#define WORLD_ENGINES	RSSE_POL_ENGINES_MAX
#define WORLD_CLASSES	256
#define WORLD_PAIRS	(4 * WORLD_VMS)
#define WORLD_LOG	8192

/* What one VM asks of the receive path, permille of a CPU. */
struct demand {
	u32 pnic;
	u32 vnic;
	u32 worker;
};

/* A move that was carried out. */
struct done {
	u64 seq;
	u64 time_ns;
	struct rsse_pol_move move;
};

/* Queues that changed their engine by one plan's shift. */
struct shifted {
	u64 seq;
	u64 time_ns;
	struct rsse_pol_shift shift;
};

/**
 * struct world - everything that a run of the policy sees
 * @config: may be changed at any time
 * @snap: the latest snapshot; counters that a test may change are marked
 * @engine: the engines; load, hottest and full_polls are measured
 * @vm: the VMs; state and engine follow the moves, the rest is the test's
 * @queue: the queues; engine follows the shifts and moves, loads are measured;
 *	home and flags are the test's
 * @others: of each queue, what else its CPU does, permille
 * @demand: of each VM
 * @host: the host's own load on the default queues
 * @fail: errno with which the mover fails every move, 0 none
 * @fail_shifts: errno with which it fails every shift, 0 none
 * @fail_making: errno with which it fails to make a shared engine, 0 none
 * @frozen: the mover does nothing, not even report
 * @blind: looks confirm nothing
 * @look_every_ns: a look begins no sooner after the one before
 * @looked_ns: when the latest one was asked for
 * @measured: the test sets loads in @engine and @vm itself; queues follow
 * @told: and in @queue
 * @most_shared: shared engines are made in need up to so many
 * @made: shared engine that the plan at hand has had made, RSSE_ENGINE_SPARE for none,
 *	RSSE_ENGINE_NEW when that failed
 * @nr_tried: how often one was to be made
 * @next_id: for the next engine
 */
struct world {
	struct rsse_config config;
	struct rsse_pol_snapshot snap;
	struct rsse_pol_engine engine[WORLD_ENGINES];
	struct rsse_pol_vm vm[WORLD_VMS];
	struct rsse_pol_queue queue[WORLD_QUEUES];
	u32 others[WORLD_QUEUES];
	struct demand demand[WORLD_VMS];
	u32 host;
	int fail;
	int fail_shifts;
	int fail_making;
	bool frozen;
	bool blind;
	u64 look_every_ns;
	u64 looked_ns;
	bool measured;
	bool told;
	u32 most_shared;
	u32 made;
	u32 nr_tried;
	u32 next_id;
	bool looking;

	u64 avg[WORLD_QUEUES];
	u64 avg_time[WORLD_QUEUES];
	struct rsse_pol_outcome outcome[WORLD_VMS];
	struct rsse_pol_written written[WORLD_ENGINES];
	struct rsse_pol_state state;
	struct rsse_pol_vm_state *vm_state;
	struct rsse_pol_engine_state *engine_state;
	u32 room[WORLD_QUEUES];
	u32 owner[WORLD_QUEUES];
	struct rsse_pol_class classes[WORLD_CLASSES];
	struct rsse_pol_pair pairs[WORLD_PAIRS];
	struct rsse_pol_plan plan;
	struct rsse_pol_move move[WORLD_VMS];
	struct rsse_pol_decision decision[WORLD_VMS];
	struct rsse_pol_balance balance[WORLD_ENGINES];
	struct done done[WORLD_LOG];
	u32 nr_done;
	struct shifted shifted[WORLD_LOG];
	u32 nr_shifted;
};

/* Default queues, shared engines of @shared_queues each, queues for dedicated ones. */
struct world *world_new(u32 default_queues, u32 shared_engines,
			u32 shared_queues, u32 pool);
void world_free(struct world *w);

/* From now on queues follow the load: enum rss_engine_scale. */
void world_scale(struct world *w, u32 scale);

/* Up to @most shared engines, those that are there already included. */
void world_allow_shared(struct world *w, u32 most);

/* A VM in state none with filter and worker; returns its index. */
u32 world_vm(struct world *w, u32 pnic, u32 vnic);

/* Put a VM somewhere at once, without the policy's knowledge. */
void world_place(struct world *w, u32 vm, u32 state, u32 engine);

/* One dedicated engine, out of the queues that nobody has; returns its id. */
u32 world_dedicated(struct world *w);

struct rsse_pol_engine *world_engine(struct world *w, u32 id);

/* More queues, due to an engine that has them (RSSE_ENGINE_NEW: nobody has). */
void world_add_queues(struct world *w, u32 engine, u32 nr);

/* Queues that nobody has. */
u32 world_unowned(const struct world *w);

/* Take a sample @period_ms after the last, run the policy, carry out the plan. */
void world_step(struct world *w, u32 period_ms);

/* The first half of a step: the next sample. */
void world_sample(struct world *w, u32 period_ms);

/* Carry out the plan of the latest step. */
void world_act(struct world *w);

/* Step at the configured period until @ms have passed. */
void world_run(struct world *w, u32 ms);

/* Move a VM by hand; the outcome is in the next sample. */
void world_move(struct world *w, u32 vm, u32 state, u32 engine);

u32 world_moves_of(const struct world *w, u32 vm);

#define REASON(w, vm) ((w)->decision[vm].reason)
#define STATE(w, n) ((w)->vm[n].state)
#define QUEUES(w, id) (world_engine(w, id)->nr_queues)

#endif
