/* SPDX-License-Identifier: GPL-2.0-only */
/* The netlink family, its events, and sysfs. */
#ifndef RSSE_NETLINK_H
#define RSSE_NETLINK_H

#include "engine.h"
#include "placement.h"
#include "pnic.h"
#include "vm.h"

int rsse_netlink_init(void);
void rsse_netlink_exit(void);

/**
 * struct rsse_event - something that happened
 * @kind: enum rss_engine_event_kind
 * @vm: name of the VM, or NULL
 * @pnic: the PNIC, or NULL
 * @has_engine: @engine is set
 * @engine: id of an engine
 * @has_rewrite: @queue, @entries and the fields from @reason on are set
 * @queue: hot queue of the engine
 * @entries: number of indirection entries that leave it
 * @has_queues: @queues and the fields from @reason on are set
 * @queues: number of queues that the engine has
 * @has_move: the fields from @from_state to @done_sample are set
 * @from_state: enum rss_engine_state
 * @from_engine: engine id, or RSSE_ENGINE_NEW where it is on none
 * @to_state: enum rss_engine_state
 * @to_engine: engine id, or RSSE_ENGINE_NEW where none was made or named
 * @reason: enum rss_engine_reason
 * @value: the load behind the reason, permille
 * @threshold: what @value was compared with, permille
 * @gain: expected gain, percent
 * @error: positive errno of a failure, or 0
 * @crossed_sample: sample in which the condition was first seen; 0 by hand
 * @decided_sample: sample that decided the move; 0 by hand
 * @done_sample: latest sample when the move was in place
 */
struct rsse_event {
	u32 kind;
	const char *vm;
	const struct rsse_pnic *pnic;
	bool has_engine;
	u32 engine;
	bool has_rewrite;
	u32 queue;
	u32 entries;
	bool has_queues;
	u32 queues;
	bool has_move;
	u32 from_state;
	u32 from_engine;
	u32 to_state;
	u32 to_engine;
	u32 reason;
	u32 value;
	u32 threshold;
	s32 gain;
	u32 error;
	u64 crossed_sample;
	u64 decided_sample;
	u64 done_sample;
};

/*
 * Number an event and send it to the multicast group. May sleep; any locks.
 * An event that cannot be sent leaves a gap in the numbers.
 */
void rsse_event_post(const struct rsse_event *event);

/**
 * rsse_sample_post() - send a sample to those who listen
 * @pnic: whose sample it is
 * @snap: what the policy saw
 * @plan: what it decided, under the configuration in force
 * @state: what it remembers afterwards
 *
 * Does nothing while nobody listens. Context: rsse_lock held; waits for nobody.
 * What cannot be sent leaves a gap in the numbers of the messages.
 */
void rsse_sample_post(const struct rsse_pnic *pnic,
		      const struct rsse_pol_snapshot *snap,
		      const struct rsse_pol_plan *plan,
		      const struct rsse_pol_state *state);

/*
 * sysfs. The ktypes' releases call rsse_*_free(). Objects are initialised with
 * kobject_init() and their ktype at allocation, added with these functions
 * (0 or a negative errno), and removed with kobject_del() + kobject_put();
 * the extra directories with rsse_sysfs_pnic_del() / rsse_sysfs_vm_del().
 */
int rsse_sysfs_init(void);
void rsse_sysfs_exit(void);
extern const struct kobj_type rsse_queue_ktype;
extern const struct kobj_type rsse_engine_ktype;
extern const struct kobj_type rsse_pnic_ktype;
extern const struct kobj_type rsse_vm_ktype;
extern const struct kobj_type rsse_placement_ktype;
int rsse_sysfs_pnic_add(struct rsse_pnic *pnic);	/* DEV, queues/, engines/ */
void rsse_sysfs_pnic_del(struct rsse_pnic *pnic);
int rsse_sysfs_pnic_rename(struct rsse_pnic *pnic);	/* DEV changed its name */
int rsse_sysfs_queue_add(struct rsse_queue *queue);
int rsse_sysfs_engine_add(struct rsse_engine *engine);
int rsse_sysfs_vm_add(struct rsse_vm *vm);		/* NAME, pnics/ */
void rsse_sysfs_vm_del(struct rsse_vm *vm);
int rsse_sysfs_placement_add(struct rsse_placement *placement);

#endif /* RSSE_NETLINK_H */
