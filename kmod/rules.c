// SPDX-License-Identifier: GPL-2.0-only
/* The rules of a placement on the NIC: all of them or none. */
#include <linux/slab.h>

#include "core.h"

/**
 * struct change - the way from the rules that are to the rules wanted
 * @nr: entries used in @rules
 * @rules: the wanted rules; the first @kept of them exist already
 * @kept: rules that exist and are only pointed elsewhere
 * @nr_old: entries used in @old
 * @old: rules that are to go
 */
struct change {
	unsigned int nr;
	unsigned int kept;
	struct rsse_rule *rules;
	unsigned int nr_old;
	struct rsse_rule *old;
};

static unsigned int count_filters(const struct rsse_vm *vm)
{
	const struct rsse_vnic *vnic;
	unsigned int nr = 0;

	list_for_each_entry(vnic, &vm->vnics, list)
		nr += vnic->nr_filters;
	return nr;
}

static bool same_filter(const struct rsse_filter *a,
			const struct rsse_filter *b)
{
	return !memcmp(a->mac, b->mac, ETH_ALEN) && a->vlan == b->vlan;
}

static const struct rsse_filter *
find_filter(const struct rsse_vm *vm, const struct rsse_filter *filter)
{
	const struct rsse_vnic *vnic;
	unsigned int i;

	list_for_each_entry(vnic, &vm->vnics, list)
		for (i = 0; i < vnic->nr_filters; i++)
			if (same_filter(&vnic->filters[i], filter))
				return &vnic->filters[i];
	return NULL;
}

static bool has_rule(const struct rsse_placement *placement,
		     const struct rsse_filter *filter)
{
	unsigned int i;

	for (i = 0; i < placement->nr_rules; i++)
		if (same_filter(&placement->rules[i].filter, filter))
			return true;
	return false;
}

static void add_new(struct change *change,
		    const struct rsse_placement *placement)
{
	const struct rsse_vnic *vnic;
	unsigned int i;

	list_for_each_entry(vnic, &placement->vm->vnics, list)
		for (i = 0; i < vnic->nr_filters; i++)
			if (!has_rule(placement, &vnic->filters[i]))
				change->rules[change->nr++].filter = vnic->filters[i];
}

static int change_prepare(struct change *change,
			  const struct rsse_placement *placement, bool wanted)
{
	unsigned int i;

	memset(change, 0, sizeof(*change));
	change->rules = kcalloc(count_filters(placement->vm) + 1,
				sizeof(*change->rules), GFP_KERNEL);
	change->old = kcalloc(placement->nr_rules + 1, sizeof(*change->old),
			      GFP_KERNEL);
	if (!change->rules || !change->old)
		return -ENOMEM;

	for (i = 0; i < placement->nr_rules; i++) {
		const struct rsse_rule *rule = &placement->rules[i];

		if (wanted && find_filter(placement->vm, &rule->filter))
			change->rules[change->nr++] = *rule;
		else
			change->old[change->nr_old++] = *rule;
	}
	change->kept = change->nr;
	if (wanted)
		add_new(change, placement);
	return 0;
}

static void change_free(struct change *change)
{
	kfree(change->rules);
	kfree(change->old);
}

static void undo_failed(const struct rsse_pnic *pnic, int err)
{
	if (err)
		rsse_err(pnic, "a move could not be undone: %pe\n",
			 ERR_PTR(err));
}

/* Take back the first @done wanted rules. */
static void undo_wanted(struct rsse_pnic *pnic, struct change *change,
			unsigned int done, u32 old_context)
{
	int err;

	while (done--) {
		struct rsse_rule *rule = &change->rules[done];

		if (done < change->kept)
			err = rsse_steer_rule_set(pnic->steer, rule,
						  old_context, true, NULL);
		else
			err = rsse_steer_rule_del(pnic->steer, rule);
		undo_failed(pnic, err);
	}
}

static int set_wanted(struct rsse_pnic *pnic, struct change *change,
		      u32 context, u32 old_context,
		      struct netlink_ext_ack *extack)
{
	unsigned int i;
	int err;

	for (i = 0; i < change->nr; i++) {
		err = rsse_steer_rule_set(pnic->steer, &change->rules[i],
					  context, i < change->kept, extack);
		if (err) {
			undo_wanted(pnic, change, i, old_context);
			return err;
		}
	}
	return 0;
}

/*
 * A rule put back may get another place; it goes back into the books by its
 * filter.
 */
static void put_back(struct rsse_placement *placement,
		     struct rsse_rule *rule, u32 old_context)
{
	unsigned int i;
	int err;

	err = rsse_steer_rule_set(placement->pnic->steer, rule, old_context,
				  false, NULL);
	undo_failed(placement->pnic, err);
	for (i = 0; !err && i < placement->nr_rules; i++)
		if (same_filter(&placement->rules[i].filter, &rule->filter))
			placement->rules[i].location = rule->location;
}

static int delete_old(struct rsse_placement *placement, struct change *change,
		      u32 old_context)
{
	unsigned int i;
	int err;

	for (i = 0; i < change->nr_old; i++) {
		err = rsse_steer_rule_del(placement->pnic->steer,
					  &change->old[i]);
		if (err)
			goto undo;
	}
	return 0;

undo:
	while (i--)
		put_back(placement, &change->old[i], old_context);
	return err;
}

/* A rule that was pointed elsewhere and back may have come to another place. */
static void locations_take_over(struct rsse_placement *placement,
				const struct change *change)
{
	unsigned int i, j;

	for (i = 0; i < change->kept; i++)
		for (j = 0; j < placement->nr_rules; j++)
			if (same_filter(&placement->rules[j].filter,
					&change->rules[i].filter))
				placement->rules[j].location =
					change->rules[i].location;
}

/* The rules belong to RTNL alone; nobody reads them under rsse_lock. */
static void change_commit(struct rsse_placement *placement,
			  struct change *change)
{
	swap(placement->rules, change->rules);
	placement->nr_rules = change->nr;
}

int rsse_rules_apply(struct rsse_placement *placement, u32 context,
		     struct netlink_ext_ack *extack)
{
	struct rsse_pnic *pnic = placement->pnic;
	u32 old_context = placement->engine->context;
	struct change change;
	int err;

	ASSERT_RTNL();
	err = change_prepare(&change, placement, context);
	if (err)
		goto free;
	err = set_wanted(pnic, &change, context, old_context, extack);
	if (err)
		goto undone;
	err = delete_old(placement, &change, old_context);
	if (err) {
		NL_SET_ERR_MSG(extack, "the NIC does not let go of a rule");
		undo_wanted(pnic, &change, change.nr, old_context);
		goto undone;
	}
	change_commit(placement, &change);
	goto free;

undone:
	locations_take_over(placement, &change);
free:
	change_free(&change);
	return err;
}

void rsse_rules_drop(struct rsse_placement *placement)
{
	struct rsse_pnic *pnic = placement->pnic;
	unsigned int i;
	int err;

	ASSERT_RTNL();
	for (i = 0; i < placement->nr_rules; i++) {
		const struct rsse_rule *rule = &placement->rules[i];

		err = rsse_steer_rule_del(pnic->steer, rule);
		if (!err)
			continue;
		rsse_err(pnic, "rule %u of VM %s is left behind: %pe\n",
			 rule->location, placement->vm->name, ERR_PTR(err));
		placement->engine->leaked = true;
	}
	placement->nr_rules = 0;
}
