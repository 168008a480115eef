/* SPDX-License-Identifier: GPL-2.0-only */
/* What a run is judged by. */
#ifndef SIM_METRICS_H
#define SIM_METRICS_H

#include "bound.h"
#include "hist.h"
#include "sim.h"

/* Loads are looked at this often. */
#define METRICS_WINDOW	(100 * SIM_MS)

/* A CPU is hot in a slot, or in a window, in which it is busier than this. */
#define METRICS_HOT	0.95

/* A CPU is in use when it is busier than this. */
#define METRICS_USED	0.01

/*
 * Loads are compared with the bound for the NIC so long after a scripted change, and
 * with that for the partition so long after any change of a VM's load.
 */
#define METRICS_SETTLE_NIC	SIM_SEC
#define METRICS_SETTLE		(5 * SIM_SEC)

/*
 * The partition is judged where it matters and can be had: by the groups of CPUs
 * whose busiest has at least so much, and at best at most so much. How little it
 * could have is no reason not to ask.
 */
#define METRICS_BUSIEST_LOW	0.3
#define METRICS_BOUND_HIGH	1.0

/*
 * Victims are hurt in a slot in which one of their packets is dropped or waits
 * longer than METRICS_HURT; they have recovered when they are not hurt for
 * METRICS_CALM.
 */
#define METRICS_SLOT	(10 * SIM_MS)
#define METRICS_HURT	SIM_MS
#define METRICS_CALM	SIM_SEC

#define METRICS_NEVER	UINT64_MAX

/**
 * struct mean - of numbers that are summed up
 * @sum: of them
 * @nr: how many
 */
struct mean {
	double sum;
	uint64_t nr;
};

/**
 * struct phase - a time during which the host is quiet, or is not
 * @quiet: it is
 * @since: when it began
 * @awake: CPUs to which packets can come
 * @reached: how long after @since there were as many for the first time
 */
struct phase {
	bool quiet;
	uint64_t since;
	uint32_t awake;
	uint64_t reached;
};

/**
 * struct metrics - of one run
 * @victims: waiting times of packets for VMs that flood nobody
 * @all: of all packets
 * @victim_drops: packets that found the ring full, by the same two
 * @drops: see @victim_drops
 * @nr_slots: entries of @hurt
 * @hurt: victims were hurt in this slot
 * @hot_ns: time during which a CPU was hot
 * @hot_run: of each CPU, for how long it has been hot, by slots
 * @hot_longest: the longest of these
 * @used: CPUs in use
 * @busiest: offered load of the busiest CPU
 * @over_nic: that load over the bound for the NIC
 * @over_part: the same for the partition that the policy has made, where it is judged
 * @phase: see struct phase; its @awake is 0 before the first
 * @quiet_awake: most CPUs awake at the end of a quiet phase
 * @quiet_ns: longest time that it took to come to that
 * @busy_awake: fewest CPUs awake at the end of a phase that was not quiet
 * @slot_served: packets of each CPU at the end of the previous slot
 * @window_served: packets of each CPU at the end of the previous window
 */
struct metrics {
	struct hist victims;
	struct hist all;
	uint64_t victim_drops;
	uint64_t drops;
	uint32_t nr_slots;
	bool *hurt;
	uint64_t hot_ns;
	uint64_t *hot_run;
	uint64_t hot_longest;
	struct mean used;
	struct mean busiest;
	struct mean over_nic;
	struct mean over_part;
	struct phase phase;
	uint32_t quiet_awake;
	uint64_t quiet_ns;
	uint32_t busy_awake;
	uint64_t *slot_served;
	uint64_t *window_served;
};

/* From sim->now on, up to sim->now == @end. */
struct metrics *metrics_new(const struct sim *sim, uint64_t end);
void metrics_free(struct metrics *metrics);

void metrics_wait(struct metrics *metrics, const struct vm *vm, uint64_t arrival, uint64_t wait);
void metrics_drop(struct metrics *metrics, const struct vm *vm, uint64_t when);

/* After each METRICS_SLOT. */
void metrics_slot(struct metrics *metrics, const struct sim *sim);

/*
 * After each METRICS_WINDOW; @scripted: when the script last changed a load, @changed:
 * when the load of a VM last changed.
 */
void metrics_window(struct metrics *metrics, const struct sim *sim, uint64_t scripted,
		    uint64_t changed);

/* After each METRICS_WINDOW of a scenario with phases, and once at the end. */
void metrics_phase(struct metrics *metrics, const struct sim *sim, bool quiet);
void metrics_phase_end(struct metrics *metrics);

/**
 * metrics_recovery() - how long a flood hurts
 * @metrics: of a run
 * @start: of the flood
 * @end: of the flood, or of the run
 *
 * Return: ns from @start to the slot from which on the victims are not hurt for
 * METRICS_CALM; 0 when they never were; METRICS_NEVER when not before @end.
 */
uint64_t metrics_recovery(const struct metrics *metrics, uint64_t start, uint64_t end);

#endif
