// SPDX-License-Identifier: GPL-2.0-only
/* Placements: one VM on one PNIC. */
#include <linux/slab.h>

#include "core.h"
#include "netlink.h"

/* The id of the next placement; under rsse_lock. */
static u32 next_id = 1;

void rsse_placement_free(struct rsse_placement *placement)
{
	kfree(placement->rules);
	kfree(placement);
}

struct rsse_placement *rsse_placement_find(const struct rsse_vm *vm,
					   const struct rsse_pnic *pnic)
{
	struct rsse_placement *placement;

	list_for_each_entry(placement, &vm->placements, vm_list)
		if (placement->pnic == pnic)
			return placement;
	return NULL;
}

bool rsse_placement_wanted(const struct rsse_vm *vm,
			   const struct rsse_pnic *pnic)
{
	unsigned int i;

	for (i = 0; i < vm->nr_pnics; i++)
		if (vm->pnics[i] == pnic->ifindex)
			return true;
	return !vm->nr_pnics;
}

static struct rsse_placement *placement_alloc(struct rsse_vm *vm,
					      struct rsse_pnic *pnic)
{
	struct rsse_placement *placement;
	int slot;

	placement = kzalloc(sizeof(*placement), GFP_KERNEL);
	if (!placement)
		return NULL;
	slot = ida_alloc(&pnic->slots, GFP_KERNEL);
	if (slot < 0) {
		kfree(placement);
		return NULL;
	}
	kobject_init(&placement->kobj, &rsse_placement_ktype);
	placement->vm = vm;
	placement->pnic = pnic;
	placement->slot = slot;
	placement->state = RSS_ENGINE_STATE_NONE;
	placement->engine_id = pnic->default_engine ? 0 : RSSE_ENGINE_NEW;
	placement->since_ns = ktime_get_ns();
	placement->pnic_part = RSSE_PART_ONE;
	return placement;
}

static void publish(struct rsse_placement *placement)
{
	struct rsse_pnic *pnic = placement->pnic;

	mutex_lock(&rsse_lock);
	placement->id = next_id++;
	placement->engine = pnic->default_engine;
	if (placement->engine) {
		placement->engine->nr_placements++;
		placement->engine->changed = true;
	}
	list_add_tail(&placement->vm_list, &placement->vm->placements);
	list_add_tail(&placement->pnic_list, &pnic->placements);
	pnic->nr_placements++;
	rsse_generation++;
	mutex_unlock(&rsse_lock);
}

int rsse_placement_add(struct rsse_vm *vm, struct rsse_pnic *pnic,
		       struct netlink_ext_ack *extack)
{
	struct rsse_placement *placement;
	int err;

	ASSERT_RTNL();
	placement = placement_alloc(vm, pnic);
	if (!placement)
		return -ENOMEM;
	err = rsse_sysfs_placement_add(placement);
	if (err) {
		NL_SET_ERR_MSG(extack, "its directory in sysfs could not be made");
		ida_free(&pnic->slots, placement->slot);
		kobject_put(&placement->kobj);
		return err;
	}
	publish(placement);
	return 0;
}

static void leave(struct rsse_placement *placement, bool going)
{
	const struct rsse_pol_move home = {
		.to_state = RSS_ENGINE_STATE_NONE,
		.reason = RSS_ENGINE_REASON_GONE,
	};

	if (going || placement->state == RSS_ENGINE_STATE_NONE)
		return;
	if (rsse_migrate(placement, &home, 0, NULL))
		rsse_rules_drop(placement);
}

static void unpublish(struct rsse_placement *placement)
{
	mutex_lock(&rsse_lock);
	if (placement->engine) {
		placement->engine->nr_placements--;
		placement->engine->changed = true;
	}
	list_del(&placement->vm_list);
	list_del(&placement->pnic_list);
	placement->pnic->nr_placements--;
	rsse_generation++;
	mutex_unlock(&rsse_lock);
}

void rsse_placement_del(struct rsse_placement *placement, bool going)
{
	struct rsse_engine *engine;

	ASSERT_RTNL();
	leave(placement, going);
	engine = placement->engine;
	unpublish(placement);
	if (engine && engine->kind == RSS_ENGINE_ENGINE_KIND_DEDICATED &&
	    !engine->nr_placements)
		rsse_engine_destroy(engine, going);
	ida_free(&placement->pnic->slots, placement->slot);
	kobject_del(&placement->kobj);
	kobject_put(&placement->kobj);
}

int rsse_placement_refresh(struct rsse_placement *placement,
			   struct netlink_ext_ack *extack)
{
	ASSERT_RTNL();
	if (placement->state == RSS_ENGINE_STATE_NONE)
		return 0;
	return rsse_rules_apply(placement, placement->engine->context, extack);
}
