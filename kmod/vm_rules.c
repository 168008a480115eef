// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rules of VMs, and the groups that keep VMs apart or together. The policy knows
 * groups by numbers: a name has the same one as long as a VM is in the group.
 */
#include <linux/slab.h>

#include "core.h"

/**
 * struct groups - all groups of a kind; changed under RTNL
 * @list: struct rsse_group.list
 * @last: number that was given last
 */
struct groups {
	struct list_head list;
	u32 last;
};

static struct groups apart = { .list = LIST_HEAD_INIT(apart.list) };
static struct groups together = { .list = LIST_HEAD_INIT(together.list) };

const struct rsse_vm_rules rsse_vm_rules_default = {
	.max_state = RSS_ENGINE_STATE_DEDICATED,
};

/* Groups */

static struct rsse_group *group_find(const struct groups *groups, const char *name)
{
	struct rsse_group *group;

	list_for_each_entry(group, &groups->list, list)
		if (!strcmp(group->name, name))
			return group;
	return NULL;
}

static struct rsse_group *group_make(struct groups *groups, const char *name)
{
	struct rsse_group *group = kzalloc(sizeof(*group), GFP_KERNEL);

	if (!group)
		return NULL;
	strscpy(group->name, name, sizeof(group->name));
	group->number = ++groups->last;
	list_add_tail(&group->list, &groups->list);
	return group;
}

/* @name: NULL, the VM stays in @now; empty, it is in none */
static int group_join(struct groups *groups, const char *name,
		      struct rsse_group *now, struct rsse_group **to)
{
	*to = now;
	if (name && *name) {
		*to = group_find(groups, name) ?: group_make(groups, name);
		if (!*to)
			return -ENOMEM;
	} else if (name) {
		*to = NULL;
	}
	if (*to)
		(*to)->users++;
	return 0;
}

static void group_leave(struct rsse_group *group)
{
	if (!group || --group->users)
		return;
	list_del(&group->list);
	kfree(group);
}

/* Rules */

static int check(const struct rsse_vm_rules *rules, struct netlink_ext_ack *extack)
{
	if (rules->min_state > rules->max_state) {
		NL_SET_ERR_MSG(extack, "the least state is above the highest");
		return -EINVAL;
	}
	if (rules->reserve && rules->max_state < RSS_ENGINE_STATE_DEDICATED) {
		NL_SET_ERR_MSG(extack,
			       "a dedicated engine is reserved for a VM that may not have one");
		return -EINVAL;
	}
	return 0;
}

int rsse_vm_rules_make(struct rsse_vm_rules *rules, const struct rsse_vm_spec *spec,
		       const struct rsse_vm_rules *now,
		       struct netlink_ext_ack *extack)
{
	int err;

	ASSERT_RTNL();
	*rules = spec->rules;
	rules->apart = NULL;
	rules->together = NULL;
	err = check(rules, extack);
	if (err)
		return err;
	err = group_join(&apart, spec->apart, now->apart, &rules->apart);
	if (!err)
		err = group_join(&together, spec->together, now->together,
				 &rules->together);
	if (err)
		rsse_vm_rules_drop(rules);
	return err;
}

void rsse_vm_rules_drop(struct rsse_vm_rules *rules)
{
	ASSERT_RTNL();
	group_leave(rules->apart);
	group_leave(rules->together);
	rules->apart = NULL;
	rules->together = NULL;
}
