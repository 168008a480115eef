/* SPDX-License-Identifier: GPL-2.0-only */
/* What the VMs are sent: loads that come and go, and the flows they are made of. */
#ifndef SIM_WORKLOAD_H
#define SIM_WORKLOAD_H

#include "sim.h"

#define SCENARIO_EVENTS	8

struct trace;

enum pattern {
	PATTERN_STEADY,		/* every VM has its mean all the time */
	PATTERN_ONOFF,		/* Pareto bursts, exponential pauses */
	PATTERN_FLOWS,		/* flows of Pareto length come and go, new ones each time */
	PATTERN_DIURNAL,	/* half of the VMs by day, the others by night */
	PATTERN_TRACE,		/* what was recorded of other VMs */
};

/**
 * struct event - VMs have another load for a while
 * @start_ms: when it begins for the first of them
 * @end_ms: when it ends for all of them
 * @stagger_ms: how much later it begins for each next one
 * @first: first VM
 * @nr: number of VMs, 0 for no event
 * @level: load of each of them meanwhile, CPUs
 * @times: that is to be taken times its mean
 * @flows: number of flows that each of them has, 0 for as many as others
 * @harmless: they are victims like the others, and flood nobody
 */
struct event {
	uint64_t start_ms;
	uint64_t end_ms;
	uint64_t stagger_ms;
	uint32_t first;
	uint32_t nr;
	double level;
	uint32_t flows;
	bool harmless;
	bool times;
};

/**
 * struct scenario - a host and its load
 * @name: as given on the command line
 * @about: a line for the list
 * @vms: VMs
 * @queues: queues, and CPUs
 * @seconds: how long it takes
 * @load: mean load without events, share of all CPUs
 * @skew: exponent of the Zipf law of the VMs' means
 * @pattern: how loads vary
 * @flows: flows of each VM
 * @worker_ns: cost of a packet for a vhost worker, 0 for SIM_WORKER_NS
 * @workers: vhost workers of each VM, 0 for 4
 * @hopeless: no policy can help here
 * @phases: the host is quiet but for the events
 * @begin: ns before which what happens counts for nothing
 * @trace: for PATTERN_TRACE
 * @events: what happens
 */
struct scenario {
	const char *name;
	const char *about;
	uint32_t vms;
	uint32_t queues;
	uint32_t seconds;
	double load;
	double skew;
	enum pattern pattern;
	uint32_t flows;
	uint64_t worker_ns;
	uint32_t workers;
	bool hopeless;
	bool phases;
	uint64_t begin;
	const struct trace *trace;
	struct event events[SCENARIO_EVENTS];
};

/* All scenarios, ended by one without a name. */
extern const struct scenario scenarios[];

const struct scenario *scenario_find(const char *name);

/* The load of @trace, which was read from @path. */
void scenario_from_trace(struct scenario *scenario, const char *path, const struct trace *trace);

struct workload;

/* Give the VMs of @sim, as many as @scenario says, their flows and loads. */
struct workload *workload_new(const struct scenario *scenario, struct sim *sim, uint64_t seed);
void workload_free(struct workload *workload);

/* Bring the loads to sim->now; sim->dirty tells whether any has changed. */
void workload_step(struct workload *workload);

/* When an event last began or ended for a VM. */
uint64_t workload_scripted(const struct workload *workload);

/* No VM is in an event. */
bool workload_is_quiet(const struct workload *workload);

/*
 * A VM's load has changed when it is at least this many times as much as at its
 * last change, or that part of it, and differs by so many CPUs. That it begins is
 * a change.
 */
#define WORKLOAD_CHANGE		2
#define WORKLOAD_CHANGE_MIN	0.05

/* How often the load of @vm has changed so far. */
uint32_t workload_changes(const struct workload *workload, uint32_t vm);

/* When the load of a VM last changed. */
uint64_t workload_changed(const struct workload *workload);

/* Entry that the flow from @source:@port to @vm leads to. */
uint32_t workload_hash(uint32_t source, uint16_t port, uint32_t vm);

#endif
