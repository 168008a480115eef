// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tree in /sys/kernel/rss_engine. Reading takes no mutex and no RTNL: only
 * constants and words that their writers store with WRITE_ONCE() are shown.
 * kobject_del() waits for readers, so an object outlives its open files' reads.
 */
#include <linux/bitmap.h>
#include <linux/kobject.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/sysfs.h>

#include "netlink.h"
#include "sysfs_names.h"

static struct kobject *root, *pnics_dir, *vms_dir;

/* The mode of all files */
static ushort sysfs_mode = 0444;

static int sysfs_mode_set(const char *val, const struct kernel_param *kp)
{
	u16 mode;
	int err;

	err = kstrtou16(val, 8, &mode);
	if (err)
		return err;
	if (mode != 0444 && mode != 0440 && mode != 0400) {
		pr_err("rss_engine: sysfs_mode is 0444, 0440 or 0400\n");
		return -EINVAL;
	}
	sysfs_mode = mode;
	return 0;
}

static int sysfs_mode_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%#o\n", sysfs_mode);
}

static const struct kernel_param_ops sysfs_mode_ops = {
	.set = sysfs_mode_set,
	.get = sysfs_mode_get,
};

module_param_cb(sysfs_mode, &sysfs_mode_ops, NULL, 0444);
MODULE_PARM_DESC(sysfs_mode, "Mode of the files in /sys/kernel/rss_engine: 0444, 0440 or 0400");

static umode_t visible(struct kobject *kobj, struct attribute *attr, int n)
{
	return sysfs_mode;
}

static ssize_t emit_u32(char *buf, u32 value)
{
	return sysfs_emit(buf, "%u\n", value);
}

static ssize_t emit_s32(char *buf, s32 value)
{
	return sysfs_emit(buf, "%d\n", value);
}

static ssize_t emit_u64(char *buf, u64 value)
{
	return sysfs_emit(buf, "%llu\n", value);
}

/* RSSE_ENGINE_NEW and RSSE_CONTEXT_NONE are the same */
static ssize_t emit_id(char *buf, u32 id)
{
	static_assert(RSSE_ENGINE_NEW == RSSE_CONTEXT_NONE);
	if (id == RSSE_ENGINE_NEW)
		return sysfs_emit(buf, "none\n");
	return emit_u32(buf, id);
}

static ssize_t emit_name(char *buf, const struct rsse_names *names, u32 value)
{
	return sysfs_emit(buf, "%s\n", rsse_name_of(names, value));
}

static ssize_t emit_queues(char *buf, const struct rsse_engine *engine)
{
	DECLARE_BITMAP(queues, RSS_ENGINE_QUEUES_MAX) = { };
	const struct rsse_pnic *pnic = engine->pnic;
	unsigned int i;

	for (i = 0; i < pnic->nr_queues; i++)
		if (READ_ONCE(pnic->queues[i]->engine_id) == engine->id)
			__set_bit(i, queues);
	return sysfs_emit(buf, "%*pbl\n", RSS_ENGINE_QUEUES_MAX, queues);
}

static ssize_t emit_age_ms(char *buf, u64 since_ns)
{
	return emit_u64(buf, div_u64(ktime_get_ns() - since_ns, NSEC_PER_MSEC));
}

/* The attribute NAME of TYPE; EMIT writes the object TYPE to buf */
#define RSSE_ATTR(type, name, emit)					\
static ssize_t type##_##name##_show(struct kobject *kobj,		\
				    struct kobj_attribute *attr,	\
				    char *buf)				\
{									\
	struct rsse_##type *type = container_of(kobj,			\
						struct rsse_##type,	\
						kobj);			\
									\
	return emit;							\
}									\
static struct kobj_attribute type##_##name##_attr =			\
	__ATTR(name, 0444, type##_##name##_show, NULL)

/* pnics/DEV */

RSSE_ATTR(pnic, mode, emit_name(buf, &rsse_mode_names, READ_ONCE(pnic->mode)));
RSSE_ATTR(pnic, default_queues,
	  emit_u32(buf, READ_ONCE(pnic->layout.default_queues)));
RSSE_ATTR(pnic, shared_engines,
	  emit_u32(buf, READ_ONCE(pnic->layout.shared_engines)));
RSSE_ATTR(pnic, shared_queues,
	  emit_u32(buf, READ_ONCE(pnic->layout.shared_queues)));
RSSE_ATTR(pnic, dedicated_queues,
	  emit_u32(buf, READ_ONCE(pnic->layout.dedicated_queues)));
RSSE_ATTR(pnic, host_load, emit_u32(buf, READ_ONCE(pnic->host_load)));
RSSE_ATTR(pnic, period_ms, emit_u32(buf, READ_ONCE(pnic->period_ms)));
RSSE_ATTR(pnic, sample, emit_u64(buf, READ_ONCE(pnic->sample)));
RSSE_ATTR(pnic, vms, emit_u32(buf, READ_ONCE(pnic->nr_placements)));
RSSE_ATTR(pnic, moves, emit_u64(buf, READ_ONCE(pnic->moves)));
RSSE_ATTR(pnic, failures, emit_u64(buf, READ_ONCE(pnic->failures)));
RSSE_ATTR(pnic, dialect,
	  sysfs_emit(buf, "%s\n", READ_ONCE(pnic->dialect) ?: "none"));

static struct attribute *pnic_attrs[] = {
	&pnic_mode_attr.attr,
	&pnic_default_queues_attr.attr,
	&pnic_shared_engines_attr.attr,
	&pnic_shared_queues_attr.attr,
	&pnic_dedicated_queues_attr.attr,
	&pnic_dialect_attr.attr,
	&pnic_host_load_attr.attr,
	&pnic_period_ms_attr.attr,
	&pnic_sample_attr.attr,
	&pnic_vms_attr.attr,
	&pnic_moves_attr.attr,
	&pnic_failures_attr.attr,
	NULL
};

/* pnics/DEV/engines/ID */

RSSE_ATTR(engine, kind,
	  emit_name(buf, &rsse_kind_names, READ_ONCE(engine->kind)));
RSSE_ATTR(engine, load, emit_u32(buf, READ_ONCE(engine->load)));
RSSE_ATTR(engine, hottest, emit_u32(buf, READ_ONCE(engine->hottest)));
RSSE_ATTR(engine, full_polls, emit_u32(buf, READ_ONCE(engine->full_polls)));
RSSE_ATTR(engine, vms, emit_u32(buf, READ_ONCE(engine->nr_placements)));
RSSE_ATTR(engine, context, emit_id(buf, engine->context));
RSSE_ATTR(engine, queues, emit_queues(buf, engine));
RSSE_ATTR(engine, home, emit_u32(buf, engine->home));
RSSE_ATTR(engine, resizes, emit_u64(buf, READ_ONCE(engine->resizes)));
RSSE_ATTR(engine, hottest_queue, emit_id(buf, READ_ONCE(engine->hottest_queue)));
RSSE_ATTR(engine, reason,
	  emit_name(buf, &rsse_reason_names,
		    READ_ONCE(engine->balance.reason)));
RSSE_ATTR(engine, rewrites, emit_u64(buf, READ_ONCE(engine->rewrites)));
RSSE_ATTR(engine, looks, emit_u64(buf, READ_ONCE(engine->looks)));

static struct attribute *engine_attrs[] = {
	&engine_kind_attr.attr,
	&engine_context_attr.attr,
	&engine_queues_attr.attr,
	&engine_home_attr.attr,
	&engine_resizes_attr.attr,
	&engine_load_attr.attr,
	&engine_hottest_attr.attr,
	&engine_hottest_queue_attr.attr,
	&engine_full_polls_attr.attr,
	&engine_vms_attr.attr,
	&engine_reason_attr.attr,
	&engine_rewrites_attr.attr,
	&engine_looks_attr.attr,
	NULL
};

/* pnics/DEV/queues/N */

RSSE_ATTR(queue, busy, emit_u32(buf, READ_ONCE(queue->busy)));
RSSE_ATTR(queue, full_polls, emit_u32(buf, READ_ONCE(queue->full_polls)));
RSSE_ATTR(queue, cpu, emit_s32(buf, READ_ONCE(queue->cpu)));
RSSE_ATTR(queue, busy_ns, emit_u64(buf, READ_ONCE(queue->busy_ns)));
RSSE_ATTR(queue, polls, emit_u64(buf, READ_ONCE(queue->polls)));
RSSE_ATTR(queue, packets, emit_u64(buf, READ_ONCE(queue->packets)));
RSSE_ATTR(queue, foreign, emit_s32(buf, READ_ONCE(queue->foreign)));
RSSE_ATTR(queue, engine, emit_id(buf, READ_ONCE(queue->engine_id)));
RSSE_ATTR(queue, home, emit_id(buf, READ_ONCE(queue->home)));

static struct attribute *queue_attrs[] = {
	&queue_engine_attr.attr,
	&queue_home_attr.attr,
	&queue_foreign_attr.attr,
	&queue_busy_attr.attr,
	&queue_full_polls_attr.attr,
	&queue_cpu_attr.attr,
	&queue_busy_ns_attr.attr,
	&queue_polls_attr.attr,
	&queue_packets_attr.attr,
	NULL
};

/* vms/NAME */

RSSE_ATTR(vm, state, emit_name(buf, &rsse_state_names, READ_ONCE(vm->state)));
RSSE_ATTR(vm, pin, emit_name(buf, &rsse_pin_names, READ_ONCE(vm->pin)));
RSSE_ATTR(vm, priority, emit_s32(buf, READ_ONCE(vm->priority)));
RSSE_ATTR(vm, rx_load, emit_u32(buf, READ_ONCE(vm->rx_load)));
RSSE_ATTR(vm, vnic_busy, emit_u32(buf, READ_ONCE(vm->vnic_busy)));
RSSE_ATTR(vm, vnic_total, emit_u32(buf, READ_ONCE(vm->vnic_total)));
RSSE_ATTR(vm, hottest_worker, emit_u32(buf, READ_ONCE(vm->hottest_worker)));
RSSE_ATTR(vm, rx_pps, emit_u64(buf, READ_ONCE(vm->rx_pps)));
RSSE_ATTR(vm, rx_bps, emit_u64(buf, READ_ONCE(vm->rx_bps)));
RSSE_ATTR(vm, drops, emit_u64(buf, READ_ONCE(vm->drops)));

static struct attribute *vm_attrs[] = {
	&vm_state_attr.attr,
	&vm_pin_attr.attr,
	&vm_priority_attr.attr,
	&vm_rx_load_attr.attr,
	&vm_vnic_busy_attr.attr,
	&vm_vnic_total_attr.attr,
	&vm_hottest_worker_attr.attr,
	&vm_rx_pps_attr.attr,
	&vm_rx_bps_attr.attr,
	&vm_drops_attr.attr,
	NULL
};

/* vms/NAME/pnics/DEV */

RSSE_ATTR(placement, state,
	  emit_name(buf, &rsse_state_names, READ_ONCE(placement->state)));
RSSE_ATTR(placement, moved_reason,
	  emit_name(buf, &rsse_reason_names,
		    READ_ONCE(placement->moved_reason)));
RSSE_ATTR(placement, rx_load, emit_u32(buf, READ_ONCE(placement->rx_load)));
RSSE_ATTR(placement, pnic_busy, emit_u32(buf, READ_ONCE(placement->pnic_busy)));
RSSE_ATTR(placement, moves, emit_u64(buf, READ_ONCE(placement->moves)));
RSSE_ATTR(placement, engine, emit_id(buf, READ_ONCE(placement->engine_id)));
RSSE_ATTR(placement, reason,
	  emit_name(buf, &rsse_reason_names,
		    READ_ONCE(placement->decision.reason)));
RSSE_ATTR(placement, since_ms,
	  emit_age_ms(buf, READ_ONCE(placement->since_ns)));

static struct attribute *placement_attrs[] = {
	&placement_state_attr.attr,
	&placement_engine_attr.attr,
	&placement_rx_load_attr.attr,
	&placement_pnic_busy_attr.attr,
	&placement_reason_attr.attr,
	&placement_moved_reason_attr.attr,
	&placement_moves_attr.attr,
	&placement_since_ms_attr.attr,
	NULL
};

#define RSSE_KTYPE(type)						\
static void type##_release(struct kobject *kobj)			\
{									\
	rsse_##type##_free(container_of(kobj, struct rsse_##type, kobj)); \
}									\
static const struct attribute_group type##_group = {			\
	.attrs = type##_attrs,						\
	.is_visible = visible,						\
};									\
__ATTRIBUTE_GROUPS(type);						\
const struct kobj_type rsse_##type##_ktype = {				\
	.release = type##_release,					\
	.sysfs_ops = &kobj_sysfs_ops,					\
	.default_groups = type##_groups,				\
}

RSSE_KTYPE(queue);
RSSE_KTYPE(engine);
RSSE_KTYPE(pnic);
RSSE_KTYPE(vm);
RSSE_KTYPE(placement);

static void dir_del(struct kobject **dir)
{
	kobject_del(*dir);
	kobject_put(*dir);
	*dir = NULL;
}

int rsse_sysfs_pnic_add(struct rsse_pnic *pnic)
{
	int err;

	err = kobject_add(&pnic->kobj, pnics_dir, "%s", pnic->dev->name);
	if (err)
		return err;
	pnic->queues_kobj = kobject_create_and_add("queues", &pnic->kobj);
	if (!pnic->queues_kobj)
		goto del_pnic;
	pnic->engines_kobj = kobject_create_and_add("engines", &pnic->kobj);
	if (!pnic->engines_kobj)
		goto del_queues;
	return 0;

del_queues:
	dir_del(&pnic->queues_kobj);
del_pnic:
	kobject_del(&pnic->kobj);
	return -ENOMEM;
}

void rsse_sysfs_pnic_del(struct rsse_pnic *pnic)
{
	dir_del(&pnic->engines_kobj);
	dir_del(&pnic->queues_kobj);
	kobject_del(&pnic->kobj);
}

int rsse_sysfs_pnic_rename(struct rsse_pnic *pnic)
{
	return kobject_rename(&pnic->kobj, pnic->dev->name);
}

int rsse_sysfs_queue_add(struct rsse_queue *queue)
{
	return kobject_add(&queue->kobj, queue->pnic->queues_kobj, "%u",
			   queue->index);
}

int rsse_sysfs_engine_add(struct rsse_engine *engine)
{
	return kobject_add(&engine->kobj, engine->pnic->engines_kobj, "%u",
			   engine->id);
}

int rsse_sysfs_vm_add(struct rsse_vm *vm)
{
	int err;

	err = kobject_add(&vm->kobj, vms_dir, "%s", vm->name);
	if (err)
		return err;
	vm->pnics_kobj = kobject_create_and_add("pnics", &vm->kobj);
	if (vm->pnics_kobj)
		return 0;
	kobject_del(&vm->kobj);
	return -ENOMEM;
}

void rsse_sysfs_vm_del(struct rsse_vm *vm)
{
	dir_del(&vm->pnics_kobj);
	kobject_del(&vm->kobj);
}

int rsse_sysfs_placement_add(struct rsse_placement *placement)
{
	return kobject_add(&placement->kobj, placement->vm->pnics_kobj, "%s",
			   placement->pnic->dev->name);
}

int rsse_sysfs_init(void)
{
	root = kobject_create_and_add("rss_engine", kernel_kobj);
	if (!root)
		return -ENOMEM;
	pnics_dir = kobject_create_and_add("pnics", root);
	if (!pnics_dir)
		goto del_root;
	vms_dir = kobject_create_and_add("vms", root);
	if (!vms_dir)
		goto del_pnics;
	return 0;

del_pnics:
	dir_del(&pnics_dir);
del_root:
	dir_del(&root);
	return -ENOMEM;
}

void rsse_sysfs_exit(void)
{
	dir_del(&vms_dir);
	dir_del(&pnics_dir);
	dir_del(&root);
}
