// SPDX-License-Identifier: GPL-2.0-only
/* rssctl vm show */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/rss_engine.h>

#include "cmd.h"
#include "vm.h"

static const struct column columns[] = {
	{ "name", RSS_ENGINE_A_PLACEMENT_VM },
	{ "pnic", RSS_ENGINE_A_PLACEMENT_IFNAME },
	{ "state", RSS_ENGINE_A_PLACEMENT_STATE },
	{ "engine", RSS_ENGINE_A_PLACEMENT_ENGINE },
	{ "pinned", RSS_ENGINE_A_PLACEMENT_PIN, .zero_is_null = true },
	{ "priority", RSS_ENGINE_A_PLACEMENT_PRIORITY },
	{ "rx_load", RSS_ENGINE_A_PLACEMENT_RX_LOAD },
	{ "vnic_busy", RSS_ENGINE_A_PLACEMENT_VNIC_BUSY },
	{ "vnic_total", RSS_ENGINE_A_PLACEMENT_VNIC_TOTAL },
	{ "hottest_worker", RSS_ENGINE_A_PLACEMENT_HOTTEST_WORKER },
	{ "pnic_busy", RSS_ENGINE_A_PLACEMENT_PNIC_BUSY },
	{ "rx_pps", RSS_ENGINE_A_PLACEMENT_RX_PPS },
	{ "rx_bps", RSS_ENGINE_A_PLACEMENT_RX_BPS },
	{ "drops", RSS_ENGINE_A_PLACEMENT_DROPS },
	{ "reason", RSS_ENGINE_A_PLACEMENT_REASON },
	{ "since_ms", RSS_ENGINE_A_PLACEMENT_SINCE_MS },
	{ "moves", RSS_ENGINE_A_PLACEMENT_MOVES },
	{ "value", RSS_ENGINE_A_PLACEMENT_VALUE },
	{ "threshold", RSS_ENGINE_A_PLACEMENT_THRESHOLD },
	{ "moved_reason", RSS_ENGINE_A_PLACEMENT_MOVED_REASON },
};

static const struct view view = {
	.schema = &placement_schema,
	.columns = columns,
	.n = ARRAY_SIZE(columns),
	.n_text = 17,	/* up to moves; what is behind it "plan" tells in words */
};

static bool has_placement(const struct list *placements, const char *name)
{
	for_each(placement, placements, struct placement)
		if (placement->vm && name && !strcmp(placement->vm, name))
			return true;
	return false;
}

/* A VM that is on no PNIC has a line too, with what is known of it. */
static void add_homeless(struct list *placements, const struct list *vms)
{
	for_each(vm, vms, struct vm) {
		struct placement *placement;

		if (!vm->name || has_placement(placements, vm->name))
			continue;
		placement = list_push(placements, sizeof(*placement));
		placement->vm = xstrdup(vm->name);
		placement->pin = vm->pin;
		placement->priority = vm->priority;
		placement->rx_load = vm->rx_load;
		placement->vnic_busy = vm->vnic_busy;
		placement->vnic_total = vm->vnic_total;
		placement->hottest_worker = vm->hottest_worker;
	}
}

static struct json_object *filter_json(const struct filter *filter)
{
	struct json_object *json = json_object_new_object();
	char *mac = mac_text(&filter->mac);

	json_object_object_add(json, "mac", filter->mac.set ? json_object_new_string(mac) : NULL);
	json_object_object_add(json, "vlan", json_opt(&filter->vlan));
	json_object_object_add(json, "learnt", json_object_new_boolean(filter->learnt.set));
	free(mac);
	return json;
}

static struct json_object *vnic_json(const struct vnic *vnic)
{
	struct json_object *json = json_object_new_object();
	struct json_object *filters = json_object_new_array();

	for_each(filter, &vnic->filter, struct filter)
		json_object_array_add(filters, filter_json(filter));
	json_object_object_add(json, "dev", vnic->ifname ? json_object_new_string(vnic->ifname)
							 : NULL);
	json_object_object_add(json, "ifindex", json_opt(&vnic->ifindex));
	json_object_object_add(json, "filters", filters);
	json_object_object_add(json, "workers", json_u32s(&vnic->worker));
	return json;
}

static struct json_object *vnics_json(const struct vm *vm)
{
	struct json_object *array = json_object_new_array();

	for_each(vnic, &vm->vnic, struct vnic)
		json_object_array_add(array, vnic_json(vnic));
	return array;
}

/* An empty one when the VM has come or gone between the two readings. */
static const struct vm *find_vm(const struct list *vms, const char *name)
{
	static const struct vm none;

	for_each(vm, vms, struct vm)
		if (vm->name && name && !strcmp(vm->name, name))
			return vm;
	return &none;
}

static void print_vnic(const struct vnic *vnic)
{
	printf("  dev %s%s", vnic->ifname ? vnic->ifname : "-",
	       vnic->ifindex.set ? "" : " (absent)");
	for_each(filter, &vnic->filter, struct filter) {
		char *mac = mac_text(&filter->mac);

		printf("  mac %s", mac);
		if (filter->vlan.set)
			printf(" vlan %lld", filter->vlan.v);
		if (filter->learnt.set)
			fputs(" (learnt)", stdout);
		free(mac);
	}
	for_each(worker, &vnic->worker, __u32)
		printf("  worker %u", *worker);
	putchar('\n');
}

static void show_json(const struct list *placements, const struct list *vms)
{
	struct json_object *array = json_object_new_array();

	for_each(placement, placements, struct placement) {
		struct json_object *json = view_json(&view, placement);
		const struct vm *vm = find_vm(vms, placement->vm);

		json_object_object_add(json, "vnics", vnics_json(vm));
		rules_json(vm, json);
		json_object_array_add(array, json);
	}
	print_json(array);
}

/* Of one VM, its rules and devices follow the table. */
static void show_text(const struct list *placements, const struct list *vms, const char *name)
{
	view_table(&view, placements);
	if (!name)
		return;
	for_each(vm, vms, struct vm) {
		print_rules(vm);
		for_each(vnic, &vm->vnic, struct vnic)
			print_vnic(vnic);
	}
}

static enum rc read_vms(struct app *app, const char *name, struct list *placements,
			struct list *vms)
{
	enum rc rc = app_dump(app, RSS_ENGINE_CMD_PLACEMENT_GET, &placement_schema, placements);

	if (!rc)
		rc = app_dump(app, RSS_ENGINE_CMD_VM_GET, &vm_schema, vms);
	if (rc)
		return rc;
	add_homeless(placements, vms);
	filter_list(placements, &placement_schema, RSS_ENGINE_A_PLACEMENT_VM, name);
	filter_list(vms, &vm_schema, RSS_ENGINE_A_VM_NAME, name);
	return name && !placements->n ? no_such("VM", name) : RC_OK;
}

enum rc vm_show(struct app *app, struct args *args)
{
	struct list placements = {}, vms = {};
	const char *name;
	enum rc rc = args_filter(args, &name);

	if (!rc)
		rc = read_vms(app, name, &placements, &vms);
	if (!rc && app->json)
		show_json(&placements, &vms);
	else if (!rc)
		show_text(&placements, &vms, name);
	list_clear(&placement_schema, &placements);
	list_clear(&vm_schema, &vms);
	return rc;
}
