// SPDX-License-Identifier: GPL-2.0-only
/* VMs. */
#include <linux/if_arp.h>
#include <linux/slab.h>

#include "core.h"
#include "netlink.h"

struct rsse_vm *rsse_vm_find(const char *name)
{
	struct rsse_vm *vm;

	list_for_each_entry(vm, &rsse_vms, list)
		if (!strcmp(vm->name, name))
			return vm;
	return NULL;
}

void rsse_vm_free(struct rsse_vm *vm)
{
	kfree(vm->pnics);
	kfree(vm);
}

/* Checks */

static bool share_a_pnic(const struct rsse_vm *a, const struct rsse_vm *b)
{
	unsigned int i, j;

	if (!a->nr_pnics || !b->nr_pnics)
		return true;
	for (i = 0; i < a->nr_pnics; i++)
		for (j = 0; j < b->nr_pnics; j++)
			if (a->pnics[i] == b->pnics[j])
				return true;
	return false;
}

static const struct rsse_filter *
first_overlap(const struct rsse_vnic *vnic, const struct rsse_vnic *other)
{
	unsigned int i, j;

	/* What another has only learnt, it gives up: rsse_vnic_claim(). */
	for (i = 0; i < vnic->nr_filters; i++)
		for (j = 0; j < other->nr_filters; j++)
			if ((vnic->filters[i].learnt ||
			     !other->filters[j].learnt) &&
			    rsse_filter_overlaps(&vnic->filters[i],
						 &other->filters[j]))
				return &vnic->filters[i];
	return NULL;
}

static int check_against(const struct rsse_vnic *vnic,
			 const struct rsse_vnic *other, bool same_pnic,
			 struct netlink_ext_ack *extack)
{
	const struct rsse_filter *filter;

	if (!strcmp(vnic->ifname, other->ifname)) {
		NL_SET_ERR_MSG_FMT(extack, "%s belongs to VM %s already",
				   vnic->ifname, other->vm->name);
		return -EBUSY;
	}
	filter = same_pnic ? first_overlap(vnic, other) : NULL;
	if (filter) {
		NL_SET_ERR_MSG_FMT(extack, "%pM is used by VM %s already",
				   filter->mac, other->vm->name);
		return -EEXIST;
	}
	return 0;
}

/* Test a new VNIC against those of the other VMs. */
static int check_vnic(const struct rsse_vm *owner,
		      const struct rsse_vnic *vnic,
		      struct netlink_ext_ack *extack)
{
	struct rsse_vnic *other;
	struct rsse_vm *vm;
	int err;

	if (rsse_pnic_find(vnic->dev)) {
		NL_SET_ERR_MSG_FMT(extack, "%s is a managed PNIC",
				   vnic->ifname);
		return -EBUSY;
	}
	if (vnic->dev->type != ARPHRD_ETHER) {
		NL_SET_ERR_MSG_FMT(extack, "%s is no Ethernet device",
				   vnic->ifname);
		return -EINVAL;
	}
	list_for_each_entry(vm, &rsse_vms, list) {
		if (!strcmp(vm->name, owner->name))
			continue;
		list_for_each_entry(other, &vm->vnics, list) {
			err = check_against(vnic, other,
					    share_a_pnic(owner, vm), extack);
			if (err)
				return err;
		}
	}
	return 0;
}

static int check_pnics(const struct rsse_vm_spec *spec,
		       struct netlink_ext_ack *extack)
{
	struct net_device *dev;
	unsigned int i;

	for (i = 0; i < spec->nr_pnics; i++) {
		dev = __dev_get_by_index(&init_net, spec->pnics[i]);
		if (!dev || !rsse_pnic_find(dev)) {
			NL_SET_ERR_MSG_FMT(extack, "%s is not managed",
					   dev ? dev->name : "the PNIC");
			return -ENODEV;
		}
	}
	return 0;
}

/* VNICs */

static void vnics_free(struct list_head *vnics)
{
	struct rsse_vnic *vnic, *next;

	list_for_each_entry_safe(vnic, next, vnics, list) {
		list_del(&vnic->list);
		rsse_vnic_destroy(vnic);
	}
}

static int vnics_make(struct rsse_vm *vm, const struct rsse_vm_spec *spec,
		      struct list_head *vnics, struct netlink_ext_ack *extack)
{
	struct rsse_vnic *vnic;
	unsigned int i;
	int err;

	for (i = 0; i < spec->nr_vnics; i++) {
		vnic = rsse_vnic_create(vm, &spec->vnics[i], extack);
		if (IS_ERR(vnic)) {
			err = PTR_ERR(vnic);
			goto free_vnics;
		}
		list_add_tail(&vnic->list, vnics);
		err = check_vnic(vm, vnic, extack);
		if (err)
			goto free_vnics;
	}
	return 0;

free_vnics:
	vnics_free(vnics);
	return err;
}

/* Adding and removing */

static struct rsse_vm *vm_alloc(const struct rsse_vm_spec *spec)
{
	struct rsse_vm *vm = kzalloc(sizeof(*vm), GFP_KERNEL);

	if (!vm)
		return NULL;
	kobject_init(&vm->kobj, &rsse_vm_ktype);
	INIT_LIST_HEAD(&vm->vnics);
	INIT_LIST_HEAD(&vm->placements);
	strscpy(vm->name, spec->name, sizeof(vm->name));
	vm->priority = spec->priority;
	vm->pin = spec->pin;
	vm->nr_pnics = spec->nr_pnics;
	vm->pnics = kmemdup_array(spec->pnics, spec->nr_pnics,
				  sizeof(*spec->pnics), GFP_KERNEL);
	if (spec->nr_pnics && !vm->pnics) {
		kobject_put(&vm->kobj);
		return NULL;
	}
	return vm;
}

static void placements_drop(struct rsse_vm *vm)
{
	struct rsse_placement *placement, *next;

	list_for_each_entry_safe(placement, next, &vm->placements, vm_list)
		rsse_placement_del(placement, false);
}

static int placements_make(struct rsse_vm *vm, struct netlink_ext_ack *extack)
{
	struct rsse_pnic *pnic;
	int err;

	list_for_each_entry(pnic, &rsse_pnics, list) {
		if (!rsse_placement_wanted(vm, pnic))
			continue;
		err = rsse_placement_add(vm, pnic, extack);
		if (err) {
			placements_drop(vm);
			return err;
		}
	}
	return 0;
}

static void post(struct rsse_vm *vm, u32 kind)
{
	const struct rsse_event event = { .kind = kind, .vm = vm->name };

	rsse_event_post(&event);
}

static void claim_addresses(const struct rsse_vm *vm)
{
	const struct rsse_vnic *vnic;

	list_for_each_entry(vnic, &vm->vnics, list)
		rsse_vnic_claim(vnic);
}

static void publish(struct rsse_vm *vm, struct list_head *vnics,
		    unsigned int nr)
{
	mutex_lock(&rsse_lock);
	list_splice_tail_init(vnics, &vm->vnics);
	vm->nr_vnics = nr;
	list_add_tail(&vm->list, &rsse_vms);
	rsse_generation++;
	rsse_vnic_count_unlearnt();
	mutex_unlock(&rsse_lock);
	claim_addresses(vm);
}

static void unpublish(struct rsse_vm *vm, struct list_head *vnics)
{
	mutex_lock(&rsse_lock);
	list_del(&vm->list);
	list_splice_init(&vm->vnics, vnics);
	rsse_generation++;
	rsse_vnic_count_unlearnt();
	mutex_unlock(&rsse_lock);
}

int rsse_vm_add(const struct rsse_vm_spec *spec, struct netlink_ext_ack *extack)
{
	struct rsse_vm *vm;
	LIST_HEAD(vnics);
	int err;

	ASSERT_RTNL();
	if (rsse_vm_find(spec->name)) {
		NL_SET_ERR_MSG(extack, "a VM of this name exists already");
		return -EEXIST;
	}
	err = check_pnics(spec, extack);
	if (err)
		return err;
	vm = vm_alloc(spec);
	if (!vm)
		return -ENOMEM;
	err = rsse_vm_rules_make(&vm->rules, spec, &rsse_vm_rules_default, extack);
	if (err)
		goto put_vm;
	err = vnics_make(vm, spec, &vnics, extack);
	if (err)
		goto drop_rules;
	err = rsse_sysfs_vm_add(vm);
	if (err)
		goto free_vnics;
	publish(vm, &vnics, spec->nr_vnics);
	err = placements_make(vm, extack);
	if (err)
		goto hide_vm;

	post(vm, RSS_ENGINE_EVENT_KIND_VM_ADDED);
	rsse_mover_rescan();
	return 0;

hide_vm:
	unpublish(vm, &vnics);
	rsse_sysfs_vm_del(vm);
free_vnics:
	vnics_free(&vnics);
drop_rules:
	rsse_vm_rules_drop(&vm->rules);
put_vm:
	kobject_put(&vm->kobj);
	return err;
}

void rsse_vm_del(struct rsse_vm *vm)
{
	LIST_HEAD(vnics);

	ASSERT_RTNL();
	placements_drop(vm);
	unpublish(vm, &vnics);
	vnics_free(&vnics);
	rsse_vm_rules_drop(&vm->rules);
	post(vm, RSS_ENGINE_EVENT_KIND_VM_DELETED);
	rsse_sysfs_vm_del(vm);
	kobject_put(&vm->kobj);
}

/* Changing and moving */

/* @vnics become the VM's, and the VM's become @vnics. */
static void swap_vnics(struct rsse_vm *vm, struct list_head *vnics)
{
	LIST_HEAD(old);

	mutex_lock(&rsse_lock);
	list_splice_init(&vm->vnics, &old);
	list_splice_init(vnics, &vm->vnics);
	list_splice_init(&old, vnics);
	vm->nr_vnics = list_count_nodes(&vm->vnics);
	rsse_generation++;
	rsse_vnic_count_unlearnt();
	mutex_unlock(&rsse_lock);
}

static int refresh(struct rsse_vm *vm, struct netlink_ext_ack *extack)
{
	struct rsse_placement *placement;
	int err;

	list_for_each_entry(placement, &vm->placements, vm_list) {
		err = rsse_placement_refresh(placement, extack);
		if (err)
			return err;
	}
	return 0;
}

/* The old VNICs are in @vnics then, to be freed; after an error the new ones. */
static int replace_vnics(struct rsse_vm *vm, struct list_head *vnics,
			 struct netlink_ext_ack *extack)
{
	int err;

	swap_vnics(vm, vnics);
	err = refresh(vm, extack);
	if (!err) {
		claim_addresses(vm);
		return 0;
	}
	swap_vnics(vm, vnics);
	if (refresh(vm, NULL))
		pr_err("rss_engine: rules of VM %s could not be put back\n",
		       vm->name);
	return err;
}

static int set_vnics(struct rsse_vm *vm, const struct rsse_vm_spec *spec,
		     struct netlink_ext_ack *extack)
{
	LIST_HEAD(vnics);
	int err;

	err = vnics_make(vm, spec, &vnics, extack);
	if (err)
		return err;
	if (spec->nr_vnics)
		err = replace_vnics(vm, &vnics, extack);
	vnics_free(&vnics);
	return err;
}

/* @rules become the VM's, and the VM's become @rules. */
static void set_orders(struct rsse_vm *vm, const struct rsse_vm_spec *spec,
		       struct rsse_vm_rules *rules)
{
	mutex_lock(&rsse_lock);
	if (spec->has_priority)
		WRITE_ONCE(vm->priority, spec->priority);
	if (spec->has_pin)
		WRITE_ONCE(vm->pin, spec->pin);
	swap(vm->rules, *rules);
	rsse_generation++;
	mutex_unlock(&rsse_lock);
}

int rsse_vm_set(struct rsse_vm *vm, const struct rsse_vm_spec *spec,
		struct netlink_ext_ack *extack)
{
	struct rsse_vm_rules rules;
	int err;

	ASSERT_RTNL();
	err = rsse_vm_rules_make(&rules, spec, &vm->rules, extack);
	if (err)
		return err;
	err = set_vnics(vm, spec, extack);
	if (!err)
		set_orders(vm, spec, &rules);
	rsse_vm_rules_drop(&rules);
	if (err)
		return err;
	post(vm, RSS_ENGINE_EVENT_KIND_VM_CHANGED);
	rsse_sampler_wake();
	rsse_mover_rescan();
	return 0;
}

static struct rsse_placement *only_placement(struct rsse_vm *vm)
{
	if (!list_is_singular(&vm->placements))
		return NULL;
	return list_first_entry(&vm->placements, struct rsse_placement,
				vm_list);
}

int rsse_vm_move(struct rsse_vm *vm, struct rsse_pnic *pnic, u32 to_state,
		 u32 to_engine, struct netlink_ext_ack *extack)
{
	struct rsse_pol_move move = {
		.to_state = to_state,
		.to_engine = to_engine,
		.reason = RSS_ENGINE_REASON_MANUAL,
	};
	struct rsse_placement *placement;

	ASSERT_RTNL();
	placement = pnic ? rsse_placement_find(vm, pnic) : only_placement(vm);
	if (!placement) {
		NL_SET_ERR_MSG_FMT(extack, "the VM is not on %s",
				   pnic ? "this PNIC" :
				   "exactly one PNIC; name one");
		return -ENODEV;
	}
	if (to_state == RSS_ENGINE_STATE_NONE && to_engine != RSSE_ENGINE_NEW &&
	    to_engine != 0) {
		NL_SET_ERR_MSG(extack, "state none is on engine 0 only");
		return -EINVAL;
	}
	return rsse_migrate(placement, &move, 0, extack);
}
