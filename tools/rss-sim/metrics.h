/* SPDX-License-Identifier: GPL-2.0-only */
/* What a run is judged by. */
#ifndef SIM_METRICS_H
#define SIM_METRICS_H

#include "bound.h"
#include "hist.h"
#include "sim.h"

/* Loads are looked at this often; a CPU is hot when it is busier than this. */
#define METRICS_WINDOW	(100 * SIM_MS)
#define METRICS_HOT	0.95

/* A CPU is in use when it is busier than this. */
#define METRICS_USED	0.01

/* How long after a scripted change the loads count as settled. */
#define METRICS_SETTLE	SIM_SEC

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
 * struct metrics - of one run
 * @victims: waiting times of packets for VMs that flood nobody
 * @all: of all packets
 * @victim_drops: packets that found the ring full, by the same two
 * @drops: see @victim_drops
 * @nr_slots: entries of @hurt
 * @hurt: victims were hurt in this slot
 * @hot_ns: time during which a CPU was hot
 * @used: CPUs in use, summed over @windows
 * @windows: windows so far
 * @busiest: load of the busiest CPU, summed over @settled
 * @over_nic: that load over the bound for the NIC, summed
 * @over_engines: the same for the partition that the policy has made
 * @settled: windows that count as settled
 * @last_served: packets of each CPU at the end of the previous window
 */
struct metrics {
	struct hist victims;
	struct hist all;
	uint64_t victim_drops;
	uint64_t drops;
	uint32_t nr_slots;
	bool *hurt;
	uint64_t hot_ns;
	uint64_t used;
	uint64_t windows;
	double busiest;
	double over_nic;
	double over_engines;
	uint64_t settled;
	uint64_t *last_served;
};

struct metrics *metrics_new(const struct sim *sim, uint64_t length);
void metrics_free(struct metrics *metrics);

void metrics_wait(struct metrics *metrics, const struct vm *vm, uint64_t arrival, uint64_t wait);
void metrics_drop(struct metrics *metrics, const struct vm *vm, uint64_t when);

/* After each METRICS_WINDOW; @changed: when the script last changed a load. */
void metrics_window(struct metrics *metrics, const struct sim *sim, uint64_t changed);

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
