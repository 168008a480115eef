// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mover: plans are carried out one after the other, first their shifts of queues,
 * then their moves of VMs, then their rewrite of entries. A plan that still waits
 * gives way to a newer one; one that was begun is carried through.
 */
#include <errno.h>
#include <string.h>

#include "ours.h"

static bool is_done(const struct agenda *agenda)
{
	return agenda->shifted == agenda->nr_shifts && agenda->moved == agenda->nr_moves &&
	       !agenda->rewrite.nr;
}

void ours_hand_over(struct ours *ours, uint64_t now)
{
	const struct rsse_pol_plan *plan = &ours->plan;
	struct agenda *to = &ours->waiting;

	to->handed_ns = now;
	to->expires_ns = now + 2 * plan->next_period_ns;
	to->nr_shifts = plan->nr_shifts;
	to->shifted = 0;
	memcpy(to->shifts, plan->shifts, plan->nr_shifts * sizeof(*to->shifts));
	to->nr_moves = plan->nr_moves;
	to->moved = 0;
	memcpy(to->moves, plan->moves, plan->nr_moves * sizeof(*to->moves));
	to->rewrite = plan->rewrite;
}

/* Shifts of queues */

static bool is_alike(const struct rsse_pol_shift *a, const struct rsse_pol_shift *b)
{
	return a->from == b->from && a->to == b->to && a->reason == b->reason;
}

/* The queue is where the plan found it, and may go where the plan has it. */
static bool is_current(struct ours *ours, const struct rsse_pol_shift *shift)
{
	return ours->owner[shift->queue] == shift->from &&
	       (shift->to == RSSE_ENGINE_NEW || ours_engine(ours, shift->to));
}

/* Shifts that are alike are one transaction. */
static void shift_alike(struct ours *ours, struct sim *sim)
{
	struct agenda *agenda = &ours->agenda;
	const struct rsse_pol_shift *first = &agenda->shifts[agenda->shifted];
	const struct why why = { first->reason, first->value, first->threshold };
	bool changed = false;
	uint32_t to[SIM_QUEUES];

	memcpy(to, ours->owner, sizeof(to));
	do {
		const struct rsse_pol_shift *shift = &agenda->shifts[agenda->shifted++];

		if (!is_current(ours, shift))
			continue;
		to[shift->queue] = shift->to;
		changed = true;
	} while (agenda->shifted < agenda->nr_shifts &&
		 is_alike(&agenda->shifts[agenda->shifted], first));
	if (changed)
		ours_give(ours, sim, to, &why);
}

/* Moves of VMs */

static void report(struct ours *ours, const struct sim *sim, const struct rsse_pol_move *move,
		   uint32_t to, int error)
{
	ours->outcomes[ours->snap.nr_outcomes++] = (struct rsse_pol_outcome){
		.id = move->id,
		.error = error,
		.time_ns = sim->now,
		.from_state = move->from_state,
		.to_state = move->to_state,
		.from_engine = move->from_engine,
		.to_engine = to,
	};
	ours_log_move(sim, move, to, error);
}

/* The engine to move to, NULL when there is none. */
static struct engine *target(struct ours *ours, struct sim *sim, const struct rsse_pol_move *move)
{
	const struct why why = { move->reason, move->value, move->threshold };
	struct engine *engine;

	if (move->to_state == RSS_ENGINE_STATE_NONE)
		return &ours->engines[0];
	if (move->to_engine == RSSE_ENGINE_NEW)
		return ours_dedicate(ours, sim, move->queues, &why);
	engine = ours_engine(ours, move->to_engine);
	if (engine && !engine->nr_queues && !ours_wake(ours, sim, engine, move->queues, &why))
		return NULL;
	return engine;
}

/* A dedicated engine goes with its VM. */
static void put_vm(struct ours *ours, struct sim *sim, const struct rsse_pol_move *move,
		   const struct engine *to)
{
	const struct why why = { move->reason, move->value, move->threshold };
	uint32_t vm = move->id - 1;
	struct engine *from = &ours->engines[ours->engine_of[vm]];

	sim_vm_move(sim, vm, to->context);
	ours->engine_of[vm] = to - ours->engines;
	if (from->kind == RSS_ENGINE_ENGINE_KIND_DEDICATED)
		ours_drop(ours, sim, from, &why);
}

static void move_vm(struct ours *ours, struct sim *sim)
{
	const struct rsse_pol_move *move = &ours->agenda.moves[ours->agenda.moved++];
	struct engine *to;

	/* Moved meanwhile: the next plan knows. */
	if (ours->engines[ours->engine_of[move->id - 1]].id != move->from_engine)
		return;
	if (sim->now > ours->agenda.expires_ns && move->reason != RSS_ENGINE_REASON_PLACED) {
		report(ours, sim, move, move->to_engine, ETIME);
		return;
	}
	to = target(ours, sim, move);
	report(ours, sim, move, to ? to->id : move->to_engine, to ? 0 : ENOSPC);
	if (to)
		put_vm(ours, sim, move, to);
}

/* Rewriting entries */

/* The table and the engine are what the plan was made for. */
static bool is_up_to_date(const struct ours *ours, const struct sim *sim,
			  const struct engine *engine, const struct rsse_pol_rewrite *rewrite)
{
	uint32_t i;

	for (i = 0; i < rewrite->nr; i++) {
		const struct rsse_pol_change *change = &rewrite->changes[i];

		if (sim->contexts[engine->context].table[change->entry] != change->from ||
		    ours->owner[change->to] != engine->id)
			return false;
	}
	return true;
}

static void rewrite(struct ours *ours, struct sim *sim)
{
	struct rsse_pol_rewrite *plan = &ours->agenda.rewrite;
	struct engine *engine = ours_engine(ours, plan->engine);
	uint32_t i;

	if (engine && sim->now <= ours->agenda.expires_ns) {
		ours_looks_void(ours);
		if (is_up_to_date(ours, sim, engine, plan)) {
			for (i = 0; i < plan->nr; i++)
				sim_context_set(sim, engine->context, plan->changes[i].entry,
						plan->changes[i].to);
			ours_note_written(ours, &(struct rsse_pol_written){
				.engine = engine->id,
				.time_ns = sim->now,
			});
			ours_log_rewrite(sim, plan);
		}
	}
	plan->nr = 0;
}

/* The thread */

/* Both keep their array of moves. */
static void take_waiting(struct ours *ours)
{
	struct rsse_pol_move *moves = ours->agenda.moves;

	ours->agenda = ours->waiting;
	ours->waiting = (struct agenda){ .moves = moves };
	if (ours->act_ns < ours->agenda.handed_ns + OURS_ACT_NS)
		ours->act_ns = ours->agenda.handed_ns + OURS_ACT_NS;
}

void ours_act(struct ours *ours, struct sim *sim)
{
	struct agenda *agenda = &ours->agenda;

	if (is_done(agenda)) {
		if (is_done(&ours->waiting))
			return;
		take_waiting(ours);
	}
	if (sim->now < ours->act_ns)
		return;
	if (agenda->shifted < agenda->nr_shifts)
		shift_alike(ours, sim);
	else if (agenda->moved < agenda->nr_moves)
		move_vm(ours, sim);
	else
		rewrite(ours, sim);
	ours->act_ns = sim->now + OURS_ACT_NS;
}
