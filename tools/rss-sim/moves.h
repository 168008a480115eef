/* SPDX-License-Identifier: GPL-2.0-only */
/* Moves of VMs, by the changes of their loads that they follow. */
#ifndef SIM_MOVES_H
#define SIM_MOVES_H

#include "sim.h"
#include "workload.h"

/*
 * A change that comes so soon after the one from which on a VM's moves are counted is
 * part of it: no policy has answered that one yet, which takes a few periods.
 */
#define MOVES_SAME_CHANGE	(100 * SIM_MS)

/**
 * struct moves_vm - the change of a VM's load that counts
 * @changes: changes that were seen
 * @since: when the one came from which on moves are counted
 * @before: moves of the VM before that
 * @most: most moves that followed one
 */
struct moves_vm {
	uint32_t changes;
	uint64_t since;
	uint32_t before;
	uint32_t most;
};

/* For all VMs of @sim; that they begin is a change. */
struct moves_vm *moves_new(const struct sim *sim, const struct workload *load);

/* After the loads were brought to sim->now, before a policy acts; and at the end. */
void moves_step(struct moves_vm *vms, const struct sim *sim, const struct workload *load);

#endif
