// SPDX-License-Identifier: GPL-2.0-only
#include "bound.h"
#include "util.h"

static double flow_load(const struct sim *sim, const struct flow *flow)
{
	return sim->vms[flow->vm].level * flow->share;
}

static double larger(double a, double b)
{
	return a > b ? a : b;
}

static double largest(const double *loads, uint32_t nr)
{
	double most = 0;
	uint32_t i;

	for (i = 0; i < nr; i++)
		most = larger(most, loads[i]);
	return most;
}

double bound_busiest(const struct sim *sim)
{
	double loads[SIM_QUEUES] = { 0 };
	uint32_t vm, i;

	for (vm = 0; vm < sim->nr_vms; vm++)
		for (i = 0; i < sim->vms[vm].nr_flows; i++) {
			const struct flow *flow = &sim->vms[vm].flows[i];

			loads[sim->queues[sim_queue_of(sim, flow)].cpu] += flow_load(sim, flow);
		}
	return largest(loads, sim->nr_cpus);
}

/* Add the load of each entry of a VM; returns their sum. */
static double add_items(const struct sim *sim, const struct vm *vm, double *items)
{
	double sum = 0;
	uint32_t i;

	for (i = 0; i < vm->nr_flows; i++) {
		items[vm->flows[i].entry] += flow_load(sim, &vm->flows[i]);
		sum += flow_load(sim, &vm->flows[i]);
	}
	return sum;
}

double bound_nic(const struct sim *sim)
{
	double sum = 0, item = 0;
	uint32_t vm;

	for (vm = 0; vm < sim->nr_vms; vm++) {
		double items[SIM_ENTRIES] = { 0 };

		sum += add_items(sim, &sim->vms[vm], items);
		item = larger(item, largest(items, SIM_ENTRIES));
	}
	return larger(sum / sim->nr_cpus, item);
}

/**
 * struct group - CPUs that contexts share, and what those bring
 * @cpus: number of CPUs
 * @sum: load of all
 * @item: largest (context, entry)
 */
struct group {
	uint32_t cpus;
	double sum;
	double item;
};

/* The lowest CPU of the group that @cpu belongs to. */
static uint32_t root(uint32_t *parent, uint32_t cpu)
{
	while (parent[cpu] != cpu) {
		parent[cpu] = parent[parent[cpu]];
		cpu = parent[cpu];
	}
	return cpu;
}

static void join(uint32_t *parent, uint32_t a, uint32_t b)
{
	a = root(parent, a);
	b = root(parent, b);
	parent[a > b ? a : b] = a < b ? a : b;
}

static uint32_t cpu_of(const struct sim *sim, uint32_t context, uint32_t entry)
{
	return sim->queues[sim->contexts[context].table[entry]].cpu;
}

static void make_groups(const struct sim *sim, uint32_t *parent)
{
	uint32_t vm, i;

	for (i = 0; i < sim->nr_cpus; i++)
		parent[i] = i;
	for (vm = 0; vm < sim->nr_vms; vm++)
		for (i = 1; i < SIM_ENTRIES; i++)
			join(parent, cpu_of(sim, sim->vms[vm].context, 0),
			     cpu_of(sim, sim->vms[vm].context, i));
}

static void fill_groups(const struct sim *sim, uint32_t *parent, struct group *groups)
{
	double (*items)[SIM_ENTRIES] = zalloc(SIM_CONTEXTS * sizeof(*items));
	uint32_t i;

	for (i = 0; i < sim->nr_cpus; i++)
		groups[root(parent, i)].cpus++;
	for (i = 0; i < sim->nr_vms; i++) {
		const struct vm *vm = &sim->vms[i];

		groups[root(parent, cpu_of(sim, vm->context, 0))].sum +=
			add_items(sim, vm, items[vm->context]);
	}
	for (i = 0; i < sim->nr_vms; i++) {
		uint32_t context = sim->vms[i].context;
		struct group *group = &groups[root(parent, cpu_of(sim, context, 0))];

		group->item = larger(group->item, largest(items[context], SIM_ENTRIES));
	}
	free(items);
}

double bound_engines(const struct sim *sim)
{
	struct group groups[SIM_QUEUES] = { { 0 } };
	uint32_t parent[SIM_QUEUES];
	double bound = 0;
	uint32_t i;

	make_groups(sim, parent);
	fill_groups(sim, parent, groups);
	for (i = 0; i < sim->nr_cpus; i++)
		if (groups[i].cpus)
			bound = larger(bound, larger(groups[i].sum / groups[i].cpus,
						     groups[i].item));
	return bound;
}
