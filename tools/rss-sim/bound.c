// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

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

static void load_cpus(const struct sim *sim, double *loads)
{
	uint32_t vm, i;

	for (i = 0; i < sim->nr_cpus; i++)
		loads[i] = 0;
	for (vm = 0; vm < sim->nr_vms; vm++)
		for (i = 0; i < sim->vms[vm].nr_flows; i++) {
			const struct flow *flow = &sim->vms[vm].flows[i];

			loads[sim->queues[sim_queue_of(sim, flow)].cpu] += flow_load(sim, flow);
		}
}

double bound_busiest(const struct sim *sim)
{
	double loads[SIM_QUEUES], most = 0;
	uint32_t i;

	load_cpus(sim, loads);
	for (i = 0; i < sim->nr_cpus; i++)
		most = larger(most, loads[i]);
	return most;
}

/* Add the load of each entry of a VM. */
static void add_items(const struct sim *sim, const struct vm *vm, double *items)
{
	uint32_t i;

	for (i = 0; i < vm->nr_flows; i++)
		items[vm->flows[i].entry] += flow_load(sim, &vm->flows[i]);
}

static int falling(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x < y) - (x > y);
}

/* Least that the busiest of @cpus CPUs has of @items, which are sorted. */
static double bound_items(double *items, uint32_t nr, uint32_t cpus)
{
	double sum = 0, bound;
	uint32_t i, each;

	qsort(items, nr, sizeof(*items), falling);
	for (i = 0; i < nr; i++)
		sum += items[i];
	bound = sum / cpus;
	for (each = 0; each * cpus < nr && items[each * cpus] > 0; each++) {
		double together = 0;

		for (i = each * cpus - each; i <= each * cpus; i++)
			together += items[i];
		bound = larger(bound, together);
	}
	return bound;
}

double bound_nic(const struct sim *sim)
{
	double (*items)[SIM_ENTRIES] = zalloc(sim->nr_vms * sizeof(*items));
	double bound;
	uint32_t vm;

	for (vm = 0; vm < sim->nr_vms; vm++)
		add_items(sim, &sim->vms[vm], items[vm]);
	bound = bound_items(*items, sim->nr_vms * SIM_ENTRIES, sim->nr_cpus);
	free(items);
	return bound;
}

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

/* Of the CPUs whose lowest is @first; @room takes the items of all contexts. */
static double bound_group(const struct sim *sim, uint32_t *parent, uint32_t first,
			  double (*items)[SIM_ENTRIES], double *room)
{
	uint32_t cpus = 0, nr = 0, i;

	for (i = 0; i < sim->nr_cpus; i++)
		cpus += root(parent, i) == first;
	for (i = 0; i < SIM_CONTEXTS; i++) {
		if (!sim->contexts[i].used || root(parent, cpu_of(sim, i, 0)) != first)
			continue;
		memcpy(&room[nr], items[i], sizeof(items[i]));
		nr += SIM_ENTRIES;
	}
	return bound_items(room, nr, cpus);
}

static double busiest_of(const struct sim *sim, uint32_t *parent, uint32_t first,
			 const double *loads)
{
	double most = 0;
	uint32_t i;

	for (i = 0; i < sim->nr_cpus; i++)
		if (root(parent, i) == first)
			most = larger(most, loads[i]);
	return most;
}

uint32_t bound_groups(const struct sim *sim, struct bound_group *groups)
{
	double (*items)[SIM_ENTRIES] = zalloc(2 * SIM_CONTEXTS * sizeof(*items));
	uint32_t parent[SIM_QUEUES], nr = 0, i;
	double loads[SIM_QUEUES];

	make_groups(sim, parent);
	load_cpus(sim, loads);
	for (i = 0; i < sim->nr_vms; i++)
		add_items(sim, &sim->vms[i], items[sim->vms[i].context]);
	for (i = 0; i < sim->nr_cpus; i++)
		if (root(parent, i) == i)
			groups[nr++] = (struct bound_group){
				.busiest = busiest_of(sim, parent, i, loads),
				.bound = bound_group(sim, parent, i, items, items[SIM_CONTEXTS]),
			};
	free(items);
	return nr;
}

uint32_t bound_awake(const struct sim *sim)
{
	bool in_use[SIM_CONTEXTS] = { true }, awake[SIM_QUEUES] = { false };
	uint32_t i, entry, nr = 0;

	for (i = 0; i < sim->nr_vms; i++)
		in_use[sim->vms[i].context] = true;
	for (i = 0; i < SIM_CONTEXTS; i++)
		for (entry = 0; in_use[i] && entry < SIM_ENTRIES; entry++)
			awake[cpu_of(sim, i, entry)] = true;
	for (i = 0; i < sim->nr_cpus; i++)
		nr += awake[i];
	return nr;
}
