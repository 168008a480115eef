/* SPDX-License-Identifier: GPL-2.0-only */
/* Replaying a record: the policy's own source is run over it again. */
#ifndef RSSCTL_REPLAY_H
#define RSSCTL_REPLAY_H

#include "record.h"

/* Engines that only the projection has get ids from here on. */
#define PROJECTED_ENGINE	0x80000000U

/**
 * struct place - where a placement is in the projection
 * @id: the placement
 * @own: not where the record has it, or no more because of the record; from
 *	then on only the replayed policy moves it
 * @state: where it is, when @own
 * @engine: see @state
 * @moved: the replayed policy moved it in the latest sample
 * @from_state: from where, when @moved
 * @from_engine: see @from_state
 */
struct place {
	__u32 id;
	bool own;
	__u32 state;
	__u32 engine;
	bool moved;
	__u32 from_state;
	__u32 from_engine;
};

/**
 * struct planned - what a plan has change its place
 * @moves: list of struct rsse_pol_move
 * @shifts: list of struct rsse_pol_shift
 */
struct planned {
	struct list moves;
	struct list shifts;
};

/**
 * struct replayed - a PNIC that is replayed
 * @ifindex: the PNIC
 * @known: @state is that of a run; the next sample goes on from it
 * @ifname: its name
 * @sample: number of the latest sample
 * @now_ns: its time
 * @state: what the policy remembers
 * @places: list of struct place, ascending by id, of the latest sample
 * @projected: something went another way than the record; what is shown since
 *	is a projection
 * @next_engine: for the next engine that only the projection has
 * @made: the shared engine that the latest plan has had made, RSSE_ENGINE_SPARE: none
 * @engines: list of struct rsse_pol_engine, of the latest sample
 * @queues: list of struct rsse_pol_queue, of the latest sample, with those who have
 *	them once its plan is carried out
 * @planned: what the replay planned last
 * @recorded: what the record planned last
 */
struct replayed {
	__u32 ifindex;
	bool known;
	char *ifname;
	__u64 sample;
	__u64 now_ns;
	struct rsse_pol_state state;
	struct list places;
	bool projected;
	__u32 next_engine;
	__u32 made;
	struct list engines;
	struct list queues;
	struct planned planned;
	struct planned recorded;
};

/**
 * struct scene - a sample as the replayed policy sees it, and what it decides
 * @snap: the snapshot; its arrays are those below
 * @plan: the plan; its arrays are those below
 * @entries: what was counted; its array is the sample's
 * @engines: list of struct rsse_pol_engine
 * @vms: list of struct rsse_pol_vm
 * @outcomes: list of struct rsse_pol_outcome
 * @queues: list of struct rsse_pol_queue
 * @written: list of struct rsse_pol_written
 * @moves: room for the plan's moves
 * @decisions: room for the plan's decisions
 * @balance: room for the plan's decisions on engines
 */
struct scene {
	struct rsse_pol_snapshot snap;
	struct rsse_pol_plan plan;
	struct rsse_pol_entries entries;
	struct list engines;
	struct list vms;
	struct list outcomes;
	struct list queues;
	struct list written;
	struct rsse_pol_move *moves;
	struct rsse_pol_decision *decisions;
	struct rsse_pol_balance *balance;
};

/* Who planned a move, or a shift */
enum side {
	SIDE_BOTH,
	SIDE_REPLAY,
	SIDE_RECORD,
};

/**
 * struct counts - what a replay comes to
 * @samples: samples replayed
 * @decisions: decisions compared with the record's
 * @differing_decisions: of these, those that are not the record's
 * @differing_plans: samples whose plan is not the record's in every number
 * @moves: moves by side
 * @shifts: queues that changed their engine, by side
 * @projected: moves of the replay that rest on a projection
 * @projected_shifts: shifts of the replay that do
 * @gaps: messages that the record lost
 */
struct counts {
	__u64 samples;
	__u64 decisions;
	__u64 differing_decisions;
	__u64 differing_plans;
	__u64 moves[SIDE_RECORD + 1];
	__u64 shifts[SIDE_RECORD + 1];
	__u64 projected;
	__u64 projected_shifts;
	__u64 gaps;
};

/* replay_state.c: the policy's memory */
void memory_init(struct rsse_pol_state *state);
void memory_free(struct rsse_pol_state *state);
void memory_empty(struct rsse_pol_state *state);
void memory_grow(struct rsse_pol_state *state, __u32 slots);
void memory_room(struct rsse_pol_state *state, const struct sample *sample);
void memory_load(struct rsse_pol_state *state, const struct policy_state *from);
void memory_save(const struct rsse_pol_state *state, struct policy_state *to);

/* replay_scene.c: the sample, or what it would be */
void scene_build(struct scene *scene, struct replayed *pnic, const struct sample *sample);
void scene_free(struct scene *scene);
void scene_follow(struct scene *scene, struct replayed *pnic, const struct sample *sample);
struct place *place_of(const struct list *places, __u32 id);

/* replay_plan.c: plans beside each other */
bool same_target(const struct rsse_pol_move *a, const struct rsse_pol_move *b);
bool same_rewrite(const struct rsse_pol_plan *plan, const struct sample *sample);
bool same_shifts(const struct rsse_pol_plan *plan, const struct sample *sample);
bool same_plan(const struct rsse_pol_plan *plan, const struct sample *sample);
bool same_decision(const struct rsse_pol_decision *a, const struct rsse_pol_decision *b);
const struct rsse_pol_move *find_move(const struct rsse_pol_move *moves, size_t n,
				      const struct rsse_pol_move *like);
bool has_shift(const struct rsse_pol_shift *shifts, size_t n,
	       const struct rsse_pol_shift *like);

/* replay_load.c: engines, and the load of their queues, in a projection */
void project_engines(struct scene *scene, const struct replayed *pnic,
		     const struct sample *sample);

/* replay_queue.c: which engine has which queue in a projection */
__u32 queues_of(const struct list *queues, __u32 engine);
void queues_carry(struct list *queues, const struct list *before);
void queues_claim(struct list *queues, __u32 engine, __u32 home, __u32 n);
void queues_release(struct list *queues, __u32 engine);
void queues_shift(struct list *queues, const struct rsse_pol_plan *plan);

/* replay_show.c */
void show_move(bool json, const struct replayed *pnic, const struct sample *sample,
	       const struct rsse_pol_move *move, enum side side);
void show_shift(bool json, const struct replayed *pnic, const struct sample *sample,
		const struct rsse_pol_shift *shift, enum side side);
void show_decision(bool json, const struct replayed *pnic, const struct sample_vm *vm,
		   const struct rsse_pol_decision *replayed);
void show_projection(bool json, const struct replayed *pnic);
void show_gap(bool json, __u64 lost);
void show_counts(bool json, const struct counts *counts, bool changed);

#endif
