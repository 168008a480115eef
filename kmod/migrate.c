// SPDX-License-Identifier: GPL-2.0-only
/* Migration: a placement changes its engine, whole or not at all. */
#include <linux/slab.h>

#include "core.h"
#include "netlink.h"
#include "trace.h"

/**
 * struct migration - one move on its way
 * @placement: what moves
 * @move: where to and why
 * @decided: sample that decided it, 0: by hand
 * @from_state: as it was
 * @from: as it was
 * @to: where it goes; NULL while that is still to be made
 * @made: @to was made for this move
 * @outcome: for the policy; allocated before anything is done
 */
struct migration {
	struct rsse_placement *placement;
	const struct rsse_pol_move *move;
	u64 decided;
	u32 from_state;
	struct rsse_engine *from;
	struct rsse_engine *to;
	bool made;
	struct rsse_outcome *outcome;
};

/* Where nothing was found or made yet, as it was asked for. */
static u32 to_engine(const struct migration *mig)
{
	return mig->to ? mig->to->id : mig->move->to_engine;
}

/* Only the policy has a name for the one that may be made. */
static u32 engine_told(const struct migration *mig)
{
	u32 id = to_engine(mig);

	return id == RSSE_ENGINE_SPARE ? RSSE_ENGINE_NEW : id;
}

static void report(struct migration *mig, u32 kind, u32 reason, int err)
{
	const struct rsse_pol_move *move = mig->move;
	struct rsse_pnic *pnic = mig->placement->pnic;
	const struct rsse_event event = {
		.kind = kind,
		.vm = mig->placement->vm->name,
		.pnic = pnic,
		.has_move = true,
		.from_state = mig->from_state,
		.from_engine = mig->from ? mig->from->id : RSSE_ENGINE_NEW,
		.to_state = move->to_state,
		.to_engine = engine_told(mig),
		.reason = reason,
		.value = move->value,
		.threshold = move->threshold,
		.gain = move->gain,
		.error = -err,
		.crossed_sample = move->crossed_seq,
		.decided_sample = mig->decided,
		.done_sample = READ_ONCE(pnic->sample),
	};

	trace_rsse_move(mig->placement, &event);
	rsse_event_post(&event);
}

static void feed_back(struct migration *mig, int err)
{
	struct rsse_outcome *outcome = mig->outcome;

	outcome->outcome = (struct rsse_pol_outcome){
		.id = mig->placement->id,
		.error = -err,
		.time_ns = ktime_get_ns(),
		.from_state = mig->from_state,
		.to_state = mig->move->to_state,
		.from_engine = mig->from->id,
		.to_engine = to_engine(mig),
		.manual = !mig->decided,
	};
	mutex_lock(&rsse_lock);
	list_add_tail(&outcome->list, &mig->placement->pnic->outcomes);
	mutex_unlock(&rsse_lock);
	mig->outcome = NULL;
}

/* Of an engine that is made. */
static unsigned int queues_wanted(const struct migration *mig)
{
	return mig->move->queues ?: mig->placement->pnic->layout.dedicated_queues;
}

/* The policy alone has a shared engine made. */
static bool makes_shared(const struct migration *mig)
{
	return mig->decided && mig->move->to_state == RSS_ENGINE_STATE_SHARED &&
	       mig->move->to_engine == RSSE_ENGINE_SPARE;
}

/* The plan is as old as a period: the maximum may be lower now. */
static int choose_made(struct migration *mig, struct netlink_ext_ack *extack)
{
	struct rsse_pnic *pnic = mig->placement->pnic;
	struct rsse_pol_limits limits;

	rsse_limits_now(pnic, &limits);
	if (!rsse_made_is_allowed(pnic, &limits))
		return -ETIME;
	return rsse_engine_has_queues(pnic, RSSE_ENGINE_NEW, queues_wanted(mig), extack);
}

static int choose_shared(struct migration *mig, struct netlink_ext_ack *extack)
{
	struct rsse_pnic *pnic = mig->placement->pnic;

	if (makes_shared(mig))
		return choose_made(mig, extack);
	if (mig->move->to_engine == RSSE_ENGINE_NEW)
		mig->to = rsse_engine_coolest(pnic);
	else
		mig->to = rsse_engine_find(pnic, mig->move->to_engine);
	if (!mig->to) {
		NL_SET_ERR_MSG(extack, "no such shared engine on this PNIC");
		return -ENOENT;
	}
	if (mig->to->kind != RSS_ENGINE_ENGINE_KIND_SHARED) {
		NL_SET_ERR_MSG(extack, "the engine is not a shared one");
		return -EINVAL;
	}
	return mig->to->nr_queues ? 0 :
	       rsse_engine_has_queues(pnic, mig->to->id, 1, extack);
}

/* By hand nothing is taken that is due to other engines; the policy may know better. */
static int check_free(const struct rsse_pnic *pnic, struct netlink_ext_ack *extack)
{
	unsigned int free = rsse_engine_free_queues(pnic);

	if (free >= pnic->layout.dedicated_queues)
		return 0;
	NL_SET_ERR_MSG_FMT(extack, "a dedicated engine takes %u queues, %u are free",
			   pnic->layout.dedicated_queues, free);
	return -ENOSPC;
}

/* One that exists already can only be the placement's own. */
static int choose_dedicated(struct migration *mig,
			    struct netlink_ext_ack *extack)
{
	struct rsse_pnic *pnic = mig->placement->pnic;
	u32 id = mig->move->to_engine;
	int err;

	if (mig->from->kind == RSS_ENGINE_ENGINE_KIND_DEDICATED &&
	    (id == RSSE_ENGINE_NEW || id == mig->from->id)) {
		mig->to = mig->from;
		return 0;
	}
	if (id != RSSE_ENGINE_NEW) {
		NL_SET_ERR_MSG(extack,
			       "a dedicated engine is made for the move; none can be named");
		return -EINVAL;
	}
	err = mig->decided ? 0 : check_free(pnic, extack);
	return err ?: rsse_engine_has_queues(pnic, RSSE_ENGINE_NEW, queues_wanted(mig),
					     extack);
}

/* Leaves @to NULL where an engine is to be made. */
static int choose_target(struct migration *mig, struct netlink_ext_ack *extack)
{
	switch (mig->move->to_state) {
	case RSS_ENGINE_STATE_SHARED:
		return choose_shared(mig, extack);
	case RSS_ENGINE_STATE_DEDICATED:
		return choose_dedicated(mig, extack);
	default:
		mig->to = mig->placement->pnic->default_engine;
		return 0;
	}
}

static bool has_filter(const struct rsse_vm *vm)
{
	const struct rsse_vnic *vnic;

	list_for_each_entry(vnic, &vm->vnics, list)
		if (vnic->nr_filters)
			return true;
	return false;
}

static int check(const struct migration *mig, struct netlink_ext_ack *extack)
{
	const struct rsse_pnic *pnic = mig->placement->pnic;

	if (!pnic->steer || (pnic->mode != RSS_ENGINE_MODE_AUTO &&
			     mig->move->reason != RSS_ENGINE_REASON_GONE)) {
		NL_SET_ERR_MSG(extack, "nothing is moved on this PNIC: its mode is not auto");
		return -EPERM;
	}
	if (mig->move->to_state != RSS_ENGINE_STATE_NONE &&
	    !has_filter(mig->placement->vm)) {
		NL_SET_ERR_MSG(extack, "no MAC address of the VM is known yet");
		return -EDESTADDRREQ;
	}
	return 0;
}

static int prepare(struct migration *mig, struct netlink_ext_ack *extack)
{
	int err = check(mig, extack);

	if (err)
		return err;
	mig->outcome = kzalloc(sizeof(*mig->outcome), GFP_KERNEL);
	if (!mig->outcome)
		return -ENOMEM;
	return choose_target(mig, extack);
}

/* Under rsse_lock. */
static void update_vm_state(struct rsse_vm *vm)
{
	const struct rsse_placement *placement;
	u32 state = RSS_ENGINE_STATE_NONE;

	list_for_each_entry(placement, &vm->placements, vm_list)
		state = max(state, placement->state);
	WRITE_ONCE(vm->state, state);
}

static void commit(struct migration *mig)
{
	struct rsse_placement *placement = mig->placement;
	struct rsse_pnic *pnic = placement->pnic;
	u64 now = ktime_get_ns();

	mutex_lock(&rsse_lock);
	mig->from->nr_placements--;
	mig->to->nr_placements++;
	mig->from->changed = true;
	mig->to->changed = true;
	placement->engine = mig->to;
	WRITE_ONCE(placement->engine_id, mig->to->id);
	WRITE_ONCE(placement->state, mig->move->to_state);
	update_vm_state(placement->vm);
	WRITE_ONCE(placement->since_ns, now);
	WRITE_ONCE(placement->moved_reason, mig->move->reason);
	WRITE_ONCE(placement->moves, placement->moves + 1);
	if (!mig->decided)
		placement->manual_ns = now;
	WRITE_ONCE(pnic->moves, pnic->moves + 1);
	rsse_generation++;
	mutex_unlock(&rsse_lock);
}

/* A dedicated engine goes with its VM. */
static void release(struct rsse_engine *engine)
{
	if (engine->kind == RSS_ENGINE_ENGINE_KIND_DEDICATED &&
	    !engine->nr_placements)
		rsse_engine_destroy(engine, false);
}

static void done(struct migration *mig)
{
	commit(mig);
	feed_back(mig, 0);
	report(mig, RSS_ENGINE_EVENT_KIND_MOVED, mig->move->reason, 0);
	release(mig->from);
}

/* Without asking the NIC. The policy is told of its own moves only. */
static void refused(struct migration *mig, int err)
{
	if (mig->decided && !mig->outcome)
		mig->outcome = kzalloc(sizeof(*mig->outcome), GFP_KERNEL);
	if (mig->decided && mig->outcome)
		feed_back(mig, err);
	report(mig, RSS_ENGINE_EVENT_KIND_REFUSED,
	       mig->decided ? RSS_ENGINE_REASON_STALE : mig->move->reason, err);
}

static int make_target(struct migration *mig, const struct rsse_why *why,
		       struct netlink_ext_ack *extack)
{
	u32 kind = makes_shared(mig) ? RSS_ENGINE_ENGINE_KIND_SHARED :
				       RSS_ENGINE_ENGINE_KIND_DEDICATED;
	struct rsse_engine *made;

	made = rsse_engine_make(mig->placement->pnic, kind, queues_wanted(mig), why, extack);
	if (IS_ERR(made))
		return PTR_ERR(made);
	mig->to = made;
	mig->made = true;
	return 0;
}

/* Where the target has no queues yet, it gets some. */
static int ready_target(struct migration *mig, const struct rsse_why *why,
			struct netlink_ext_ack *extack)
{
	if (!mig->to)
		return make_target(mig, why, extack);
	if (mig->to->nr_queues)
		return 0;
	return rsse_engine_wake(mig->to, mig->move->queues ?: max(mig->to->home, 1U), why,
				extack);
}

/* Undo it; @owners: of the queues, before. */
static void unready_target(struct migration *mig, struct rsse_engine **owners)
{
	const struct rsse_why why = {
		.reason = RSS_ENGINE_REASON_FAILED,
		.decided = mig->decided,
		.of_move = true,
	};
	struct rsse_pnic *pnic = mig->placement->pnic;
	unsigned int i;

	if (mig->made) {
		rsse_engine_destroy(mig->to, false);
		mig->to = NULL;
	}
	/* Those of a context that could not be removed are lost. */
	for (i = 0; i < pnic->nr_queues; i++)
		if (pnic->queues[i]->foreign)
			owners[i] = NULL;
	rsse_queues_give(pnic, owners, &why, NULL);
}

static int act(struct migration *mig, struct netlink_ext_ack *extack)
{
	const struct rsse_why why = {
		.reason = mig->move->reason,
		.value = mig->move->value,
		.threshold = mig->move->threshold,
		.crossed = mig->move->crossed_seq,
		.decided = mig->decided,
		.of_move = true,
	};
	struct rsse_engine **owners = rsse_queues_owners(mig->placement->pnic);
	bool takes_queues = !mig->to || !mig->to->nr_queues;
	int err;

	if (!owners)
		return -ENOMEM;
	err = ready_target(mig, &why, extack);
	if (makes_shared(mig))
		rsse_made_note(mig->placement->pnic, err);
	if (err)
		goto free;
	err = rsse_rules_apply(mig->placement, mig->to->context, extack);
	if (err && takes_queues)
		unready_target(mig, owners);
	/* Before, it could have gone without an event to say so. */
	if (!err && mig->made)
		rsse_queues_post(mig->to, &why);
free:
	kvfree(owners);
	return err;
}

/* It is there already; said by hand, it is to stay there for a while. */
static void stay(struct migration *mig)
{
	if (!mig->decided) {
		mutex_lock(&rsse_lock);
		mig->placement->manual_ns = ktime_get_ns();
		mutex_unlock(&rsse_lock);
	}
}

static void failed(struct migration *mig, int err)
{
	struct rsse_pnic *pnic = mig->placement->pnic;

	WRITE_ONCE(pnic->failures, pnic->failures + 1);
	feed_back(mig, err);
	report(mig, RSS_ENGINE_EVENT_KIND_FAILED, RSS_ENGINE_REASON_FAILED,
	       err);
}

int rsse_migrate(struct rsse_placement *placement,
		 const struct rsse_pol_move *move, u64 decided,
		 struct netlink_ext_ack *extack)
{
	struct migration mig = {
		.placement = placement,
		.move = move,
		.decided = decided,
		.from_state = placement->state,
		.from = placement->engine,
	};
	int err;

	ASSERT_RTNL();
	err = prepare(&mig, extack);
	if (err) {
		refused(&mig, err);
		goto free;
	}
	if (mig.to == mig.from) {
		stay(&mig);
		goto free;
	}
	err = act(&mig, extack);
	if (err)
		failed(&mig, err);
	else
		done(&mig);
free:
	kfree(mig.outcome);
	return err;
}

void rsse_migrate_refuse(struct rsse_placement *placement,
			 const struct rsse_pol_move *move, u64 decided, int error)
{
	struct migration mig = {
		.placement = placement,
		.move = move,
		.decided = decided,
		.from_state = placement->state,
		.from = placement->engine,
	};

	refused(&mig, error);
}

static void evacuate(struct rsse_placement *placement, bool going)
{
	if (!going)
		rsse_rules_drop(placement);
	placement->nr_rules = 0;

	mutex_lock(&rsse_lock);
	if (placement->engine)
		placement->engine->nr_placements--;
	placement->engine = NULL;
	WRITE_ONCE(placement->engine_id, RSSE_ENGINE_NEW);
	WRITE_ONCE(placement->state, RSS_ENGINE_STATE_NONE);
	update_vm_state(placement->vm);
	WRITE_ONCE(placement->since_ns, ktime_get_ns());
	WRITE_ONCE(placement->pnic_busy, 0);
	WRITE_ONCE(placement->rx_load, 0);
	rsse_generation++;
	mutex_unlock(&rsse_lock);
}

void rsse_migrate_evacuate(struct rsse_pnic *pnic, bool going)
{
	struct rsse_placement *placement;

	ASSERT_RTNL();
	list_for_each_entry(placement, &pnic->placements, pnic_list)
		evacuate(placement, going);
}
