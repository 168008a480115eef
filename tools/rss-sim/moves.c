// SPDX-License-Identifier: GPL-2.0-only
#include "moves.h"
#include "util.h"

struct moves_vm *moves_new(const struct sim *sim, const struct workload *load)
{
	struct moves_vm *vms = zalloc(sim->nr_vms * sizeof(*vms));
	uint32_t i;

	for (i = 0; i < sim->nr_vms; i++)
		vms[i] = (struct moves_vm){
			.changes = workload_changes(load, i),
			.since = sim->now,
			.before = sim->vm_moves[i],
		};
	return vms;
}

void moves_step(struct moves_vm *vms, const struct sim *sim, const struct workload *load)
{
	uint32_t i;

	for (i = 0; i < sim->nr_vms; i++) {
		uint32_t changes = workload_changes(load, i);
		struct moves_vm *vm = &vms[i];

		if (sim->vm_moves[i] - vm->before > vm->most)
			vm->most = sim->vm_moves[i] - vm->before;
		if (vm->changes == changes)
			continue;
		vm->changes = changes;
		if (sim->now - vm->since < MOVES_SAME_CHANGE)
			continue;
		vm->since = sim->now;
		vm->before = sim->vm_moves[i];
	}
}
