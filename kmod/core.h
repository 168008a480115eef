/* SPDX-License-Identifier: GPL-2.0-only */
/* What the rooms of the core offer each other. */
#ifndef RSSE_CORE_H
#define RSSE_CORE_H

#include "engine.h"
#include "placement.h"
#include "pnic.h"
#include "rsse.h"
#include "steer.h"
#include "vm.h"

/**
 * struct rsse_why - why queues change their engine
 * @reason: enum rss_engine_reason
 * @value: the load behind the reason, permille
 * @threshold: what @value was compared with, permille
 * @crossed: sample in which the condition was first seen; 0 by hand
 * @decided: sample that decided it; 0 by hand
 * @of_move: they do so for a move, whose event tells when that fails
 */
struct rsse_why {
	u32 reason;
	u32 value;
	u32 threshold;
	u64 crossed;
	u64 decided;
	bool of_move;
};

/*
 * Unless it says otherwise, a function here is called under RTNL, without
 * rsse_lock, and may sleep.
 */

/* engine.c */

/**
 * struct rsse_engine_spec - an engine to be made
 * @kind: enum rss_engine_engine_kind
 * @queues: rx queue indices, ascending; its table leads to them
 * @nr: entries of @queues
 * @home: queues that are due to it
 * @asleep: it does not have its queues before it is woken
 */
struct rsse_engine_spec {
	u32 kind;
	const u32 *queues;
	unsigned int nr;
	unsigned int home;
	bool asleep;
};

/**
 * rsse_engine_create() - make an engine and show it
 * @pnic: where
 * @spec: what
 * @extack: says what the NIC refused
 *
 * On a PNIC without steering state (observed only) the NIC is not touched, and
 * all but the default engine have no queue.
 *
 * Return: the engine, or an ERR_PTR; nothing has changed then.
 */
struct rsse_engine *rsse_engine_create(struct rsse_pnic *pnic,
				       const struct rsse_engine_spec *spec,
				       struct netlink_ext_ack *extack);

/*
 * An engine of this kind with @nr queues, idle ones or of the default engine; -ENOSPC
 * when there are too few. Nothing has changed after an error. The caller posts the
 * event of the engine once its VM is on it; @why is for those that lose queues. To a
 * shared engine that is made like this no queue is due.
 */
struct rsse_engine *rsse_engine_make(struct rsse_pnic *pnic, u32 kind, unsigned int nr,
				     const struct rsse_why *why,
				     struct netlink_ext_ack *extack);

/* Whether so many can be found for the engine with the id @home: 0, or the same. */
int rsse_engine_has_queues(struct rsse_pnic *pnic, u32 home, unsigned int nr,
			   struct netlink_ext_ack *extack);

/* Put a shared engine without queues to work with @nr of them, found likewise. */
int rsse_engine_wake(struct rsse_engine *engine, unsigned int nr,
		     const struct rsse_why *why, struct netlink_ext_ack *extack);

/*
 * Take an engine that nobody is on off the NIC and forget it. What the NIC
 * refuses is logged. @going: the device goes, touch nothing.
 */
void rsse_engine_destroy(struct rsse_engine *engine, bool going);

/* The same of one that has no queue; when the NIC keeps its context it stays. */
int rsse_engine_retire(struct rsse_engine *engine);

/* Under RTNL or rsse_lock. */
struct rsse_engine *rsse_engine_find(struct rsse_pnic *pnic, u32 id);
/* The shared engine with the lowest load, or NULL. */
struct rsse_engine *rsse_engine_coolest(struct rsse_pnic *pnic);
/* It exists, and nobody else uses it. */
bool rsse_queue_is_usable(const struct rsse_queue *queue);
/* Queues that are left for dedicated engines, those included that are lent. */
unsigned int rsse_engine_free_queues(const struct rsse_pnic *pnic);

/* engine_made.c: shared engines beyond those of the layout */

/* It is one: no queue is due to it. */
static inline bool rsse_engine_is_made(const struct rsse_engine *engine)
{
	return engine->kind == RSS_ENGINE_ENGINE_KIND_SHARED && !engine->home;
}

/* One more may be made with these maxima. Under RTNL or rsse_lock. */
bool rsse_made_is_allowed(const struct rsse_pnic *pnic, const struct rsse_pol_limits *limits);

/* Whether the NIC had another one goes to the policy. */
void rsse_made_note(struct rsse_pnic *pnic, int error);

/* Those that have fallen asleep are no more. */
void rsse_made_reap(struct rsse_pnic *pnic);

/* queues.c */

/**
 * rsse_queues_give() - have queues change their engine
 * @pnic: where
 * @to: for each rx queue, the engine that is to have it, NULL for nobody; what it
 *	has already for those that stay
 * @why: for the events
 * @extack: says what the NIC refused
 *
 * Engines that lose queues are written first, so that no queue serves two. The
 * outcome goes back to the policy. Nothing has changed after an error.
 */
int rsse_queues_give(struct rsse_pnic *pnic, struct rsse_engine **to,
		     const struct rsse_why *why, struct netlink_ext_ack *extack);

/* The owners as they are, for rsse_queues_give(); kvfree() it; NULL: no memory. */
struct rsse_engine **rsse_queues_owners(const struct rsse_pnic *pnic);

/* An event: an engine has gained or lost queues. */
void rsse_queues_post(const struct rsse_engine *engine, const struct rsse_why *why);

/* Carry planned shifts out; those whose queue is elsewhere by now are dropped. */
void rsse_queues_shift(struct rsse_pnic *pnic, const struct rsse_pol_shift *shifts,
		       unsigned int nr, u64 decided);

/* What became of a rewrite of an engine's entries goes to the policy. */
void rsse_written_note(struct rsse_engine *engine, int error);

/* The same of any change of a table; under rsse_lock. */
void rsse_written_add(struct rsse_pnic *pnic, const struct rsse_pol_written *written);

/* layout.c */

/**
 * rsse_layout_settle() - choose what was not given, refuse what cannot be
 * @layout: in: as asked for; out: settled
 * @usable: queues that nobody else uses
 * @extack: says what does not fit
 */
int rsse_layout_settle(struct rsse_layout *layout, unsigned int usable,
		       struct netlink_ext_ack *extack);

/* Whether a settled layout still fits. */
int rsse_layout_check(const struct rsse_layout *layout, unsigned int usable,
		      struct netlink_ext_ack *extack);

/* pnic_meter.c */

/* Start and stop metering a PNIC. Nothing has changed after an error. */
int rsse_pnic_meters_start(struct rsse_pnic *pnic);
void rsse_pnic_meters_stop(struct rsse_pnic *pnic);
/* Look the NAPIs up again and meter those that changed. */
void rsse_pnic_resolve(struct rsse_pnic *pnic);

/* pnic_cpus.c */

/* Those that nothing was said about; the mask is had. 0 or -ENOMEM. */
int rsse_cpus_init(struct rsse_cpus *cpus);
void rsse_cpus_copy(struct rsse_cpus *to, const struct rsse_cpus *from);
void rsse_cpus_free(struct rsse_cpus *cpus);
/* Whether they can be wanted. */
int rsse_cpus_check(const struct rsse_cpus *cpus, struct netlink_ext_ack *extack);
/* Have others serve the queues, of a PNIC that is managed already. */
void rsse_pnic_set_cpus(struct rsse_pnic *pnic, const struct rsse_cpus *cpus);
/* NUMA node of the NIC, NUMA_NO_NODE when it is of none. */
int rsse_pnic_node(const struct rsse_pnic *pnic);
/*
 * Of the CPU that polls a queue, negative when that is not known: engines are not to
 * use such queues; it is of another node than wanted. Under RTNL or rsse_lock.
 */
bool rsse_pnic_cpu_excluded(const struct rsse_pnic *pnic, int cpu);
bool rsse_pnic_cpu_far(const struct rsse_pnic *pnic, int cpu);

/* pnic_mode.c */

/* From mode off to another; nothing has changed after an error. */
int rsse_pnic_start(struct rsse_pnic *pnic, u32 mode,
		    struct netlink_ext_ack *extack);
/* To mode off: restore the NIC. @going: the device goes, touch nothing. */
void rsse_pnic_stop(struct rsse_pnic *pnic, bool going);

/* limits.c */

/* Of rsse_limits_del(): all of them. */
#define RSSE_LIMITS_ALL		((u32)~0U)

/* Add a limit behind the others; delete one or all. */
int rsse_limits_add(struct rsse_pnic *pnic, const struct rsse_pol_schedule *limit,
		    struct netlink_ext_ack *extack);
int rsse_limits_del(struct rsse_pnic *pnic, u32 index, struct netlink_ext_ack *extack);
/* Index of the one in force, or their number; under RTNL or rsse_lock. */
u32 rsse_limits_index(const struct rsse_pnic *pnic);
/* The maxima in force, RSSE_POL_NO_LIMIT where there is none; likewise. */
void rsse_limits_now(const struct rsse_pnic *pnic, struct rsse_pol_limits *to);

/* pnic.c */

void rsse_pnic_renamed(struct rsse_pnic *pnic);

/* vm_rules.c */

/*
 * Make @rules from what is given in @spec and what was so far; nothing is held after
 * an error.
 */
int rsse_vm_rules_make(struct rsse_vm_rules *rules, const struct rsse_vm_spec *spec,
		       const struct rsse_vm_rules *now,
		       struct netlink_ext_ack *extack);
/* Leave the groups. */
void rsse_vm_rules_drop(struct rsse_vm_rules *rules);

/* placement.c */

/* Put @vm on @pnic, state none. */
int rsse_placement_add(struct rsse_vm *vm, struct rsse_pnic *pnic,
		       struct netlink_ext_ack *extack);
/* @going: the device goes, touch nothing. */
void rsse_placement_del(struct rsse_placement *placement, bool going);
/* Whether a VM is to be placed on a PNIC. */
bool rsse_placement_wanted(const struct rsse_vm *vm,
			   const struct rsse_pnic *pnic);
struct rsse_placement *rsse_placement_find(const struct rsse_vm *vm,
					   const struct rsse_pnic *pnic);
/* Write the rules anew after the VM's filters have changed; or nothing. */
int rsse_placement_refresh(struct rsse_placement *placement,
			   struct netlink_ext_ack *extack);

/* rules.c */

/**
 * rsse_rules_apply() - make the NIC's rules for a placement lead to a context
 * @placement: its rules are replaced on success
 * @context: RSS context that they lead to; 0: no rules
 * @extack: says what the driver refused
 *
 * All of it or nothing: what was done is undone on an error.
 */
int rsse_rules_apply(struct rsse_placement *placement, u32 context,
		     struct netlink_ext_ack *extack);

/* Delete its rules; what the NIC refuses is logged and forgotten. */
void rsse_rules_drop(struct rsse_placement *placement);

/* migrate.c */

/**
 * rsse_migrate() - move a placement: prepare, act, commit or undo
 * @placement: what moves
 * @move: where to and why
 * @decided: sample that decided it, 0: by hand
 * @extack: says why not
 *
 * The outcome becomes an event and goes back to the policy.
 */
int rsse_migrate(struct rsse_placement *placement,
		 const struct rsse_pol_move *move, u64 decided,
		 struct netlink_ext_ack *extack);

/* Report a planned move that was not tried. */
void rsse_migrate_refuse(struct rsse_placement *placement,
			 const struct rsse_pol_move *move, u64 decided, int error);

/* Send every placement of @pnic to no engine. @going: touch nothing. */
void rsse_migrate_evacuate(struct rsse_pnic *pnic, bool going);

/* rewrite.c */

/**
 * rsse_rewrite() - rewrite indirection entries of an engine
 * @pnic: where
 * @rewrite: what is planned
 * @decided: sample that decided it
 *
 * All entries or none. Dropped without a word when the engine, the table or the
 * queues are not what the plan was made for: the next plan knows. Otherwise the
 * outcome becomes an event and goes back to the policy.
 */
void rsse_rewrite(struct rsse_pnic *pnic,
		  const struct rsse_pol_rewrite *rewrite, u64 decided);

/*
 * Whether an engine's table, as it was read, is as we left it; an event tells
 * when somebody else has changed it.
 */
bool rsse_table_is_ours(struct rsse_engine *engine,
			const struct rsse_table *table);
/* It was just written; RTNL. */
void rsse_table_left(struct rsse_engine *engine, const struct rsse_table *table);

/* entries.c: the entries that are counted, for one engine of a PNIC at a time */

/* Mover: read the table of the engine that the sampler wants counted. */
void rsse_entries_serve(struct rsse_pnic *pnic);
/* Forget them. */
void rsse_entries_drop(struct rsse_pnic *pnic);

/* Sampler, under rsse_lock: */

/* Want an engine's entries counted; true when that is new. */
bool rsse_entries_want(struct rsse_pnic *pnic, u32 engine, u64 now_ns);
/* For a look, or NULL. */
struct rsse_look_entries *rsse_entries_for_look(const struct rsse_pnic *pnic);
/* Add what a look has counted. */
void rsse_entries_add(struct rsse_pnic *pnic,
		      const struct rsse_look_entries *look);
/* Place of a queue that is not in the snapshot. */
#define RSSE_PLACE_NONE		((u32)~0U)
/* For the policy, or NULL; @place: of each rx queue in the snapshot. */
const struct rsse_pol_entries *rsse_entries_snapshot(struct rsse_pnic *pnic,
						     const u32 *place);

/* vnic.c */

struct rsse_vnic *rsse_vnic_create(struct rsse_vm *vm,
				   const struct rsse_vnic_spec *spec,
				   struct netlink_ext_ack *extack);
void rsse_vnic_destroy(struct rsse_vnic *vnic);
/* Take the device of its name, if there is one now. */
void rsse_vnic_bind(struct rsse_vnic *vnic, struct net_device *dev);
/* Let the device and the workers go. */
void rsse_vnic_unbind(struct rsse_vnic *vnic);
struct rsse_vnic *rsse_vnic_find(const char *ifname);
/* Add a worker; takes over the reference to @task. */
int rsse_vnic_add_worker(struct rsse_vnic *vnic, struct task_struct *task,
			 bool named);
/*
 * References to the workers that @spec names, for rsse_vnic_create(). Context: no
 * lock held, RTNL in particular; sleeps. Also after a failure they are to be put.
 */
int rsse_vnic_get_workers(struct rsse_vnic_spec *spec,
			  struct netlink_ext_ack *extack);
void rsse_vnic_put_workers(struct rsse_vnic_spec *spec);
/* Forget workers that have exited. */
void rsse_vnic_reap(struct rsse_vnic *vnic);
/* VNICs with a device and without an address; READ_ONCE() anywhere. */
extern unsigned int rsse_vnics_unlearnt;
/* Count them anew; under both locks. */
void rsse_vnic_count_unlearnt(void);
/* Take the addresses named for @claimed from VNICs that learnt them. */
void rsse_vnic_claim(const struct rsse_vnic *claimed);
/* Whether an address named for @vnic overlaps @filter. */
bool rsse_vnic_overlap(const struct rsse_vnic *vnic,
		       const struct rsse_filter *filter);
/* An address was learnt behind @dev. */
void rsse_vnic_learn(struct net_device *dev, const u8 *mac);
/* Would @filter collide with one of @other's? */
bool rsse_filter_overlaps(const struct rsse_filter *a,
			  const struct rsse_filter *b);

/* watch.c: notifiers of devices and of the bridge */

int rsse_watch_init(void);
/* After every PNIC has been restored: unregistering replays UNREGISTER. */
void rsse_watch_exit(void);

/* sampler.c */

int rsse_sampler_start(void);
void rsse_sampler_stop(void);
/* Sample soon; any context. */
void rsse_sampler_wake(void);

/* sampling.c */

struct rsse_sampling *rsse_sampling_create(const struct rsse_pnic *pnic);
void rsse_sampling_destroy(struct rsse_sampling *sampling);
/*
 * Copy what the policy remembers into @to, whose arrays are then the caller's
 * to kvfree() also after an error, and the number of the sample that it is of.
 * RTNL held, rsse_lock not; the PNIC has a sampling. 0 or -ENOMEM.
 */
int rsse_sampling_copy(const struct rsse_pnic *pnic, struct rsse_pol_state *to,
		       u64 *sample);

/* load.c, look.c, plan.c: parts of a sample; rsse_lock held, sampler only */

/* Read how busy the CPUs are. */
void rsse_load_cpus(u64 window_ns);
/* Read the VNICs and the workers. */
void rsse_load_vms(u64 window_ns);
/* Read the queues, and share their busy time out among the VMs. */
void rsse_load_pnic(struct rsse_pnic *pnic, u64 window_ns);
/* After all PNICs: the load of each VM over its placements. */
void rsse_load_sum_up(void);
/* Cost of what the VM's VNICs were sent to this PNIC, in frames. */
u64 rsse_load_weight(const struct rsse_placement *placement);
/* Take in what a look at the queues has seen; start one. */
void rsse_look_take_in(struct rsse_pnic *pnic);
void rsse_look_ask(struct rsse_pnic *pnic, bool patient);
/* Whether what an earlier look corrected is to be looked at again. */
bool rsse_look_is_due(const struct rsse_pnic *pnic, u64 now);
/* Let the policy decide; the period until the next sample, ns. */
u64 rsse_plan(struct rsse_pnic *pnic, u64 now_ns, u64 window_ns);
/* The plan that waits for the mover is void; anybody, under rsse_lock. */
void rsse_agenda_drop(struct rsse_pnic *pnic);

/* mover.c */

int rsse_mover_start(void);
void rsse_mover_stop(void);
/* There is work for the mover; any context. */
void rsse_mover_wake(void);
/* Workers have come or gone; any context. */
void rsse_mover_rescan(void);

/* permille of @window that @part is; both ns; saturates at U32_MAX */
u32 rsse_permille(u64 part, u64 window);

#endif /* RSSE_CORE_H */
