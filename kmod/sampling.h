/* SPDX-License-Identifier: GPL-2.0-only */
/* What the sampler keeps of a PNIC: between sampling.c, snapshot.c and plan.c. */
#ifndef RSSE_SAMPLING_H
#define RSSE_SAMPLING_H

#include "core.h"
#include "policy_state.h"

/**
 * struct rsse_sampling - memory for samples of a PNIC; the sampler's, under rsse_lock
 * @state: what the policy remembers
 * @plan: what it decided; its arrays are as large as the snapshot's, and all VMs
 *	may move at once
 * @cap_vms: entries of @vms
 * @cap_engines: entries of @engines
 * @cap_outcomes: entries of @outcomes
 * @vms: placements in the snapshot
 * @engines: engines in the snapshot
 * @queues: queues in the snapshot; room for all of the PNIC
 * @place: index in @queues of each rx queue, or RSSE_PLACE_NONE
 * @outcomes: outcomes in the snapshot
 * @written: outcomes of writes of tables in the snapshot
 */
struct rsse_sampling {
	struct rsse_pol_state state;
	struct rsse_pol_plan plan;
	unsigned int cap_vms;
	unsigned int cap_engines;
	unsigned int cap_outcomes;
	struct rsse_pol_vm *vms;
	struct rsse_pol_engine *engines;
	struct rsse_pol_queue *queues;
	u32 *place;
	struct rsse_pol_outcome *outcomes;
	struct rsse_pol_written written[RSSE_WRITTEN_MAX];
};

/* Make room for what the PNIC has now; false: no memory, nothing is lost. */
bool rsse_sampling_room(struct rsse_pnic *pnic);

/* Take the snapshot, with what has come back since the one before. */
void rsse_snapshot_take(struct rsse_pnic *pnic, struct rsse_pol_snapshot *snap);

#endif /* RSSE_SAMPLING_H */
