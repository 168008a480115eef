// SPDX-License-Identifier: GPL-2.0-only
/*
 * The scenarios. Loads of 35 % leave a NIC of which the host's administrator
 * expects no trouble; floods last 20 s and more, short for real ones. Shapes
 * without a source named in workload.c (storms, floods) are ours.
 */
#include <string.h>

#include "trace.h"
#include "workload.h"

#define BACKGROUND \
	.vms = 64, .queues = 16, .load = 0.35, .skew = 0.5, .flows = 32

const struct scenario scenarios[] = {
	{
		.name = "noisy", BACKGROUND, .seconds = 30,
		.about = "one VM is flooded with 24 CPUs of work in 1024 flows for 20 s",
		.events = { { 4000, 24000, 0, 0, 1, 24, 1024, false } },
	}, {
		.name = "noisy-few", BACKGROUND, .seconds = 30,
		.about = "one VM is flooded with 4 CPUs of work in 4 flows for 20 s",
		.events = { { 4000, 24000, 0, 0, 1, 4, 4, false } },
	}, {
		.name = "noisy-worker", BACKGROUND, .seconds = 30, .workers = 1,
		.about = "noisy, and the one vhost worker of the VM is at its end as well",
		.events = { { 4000, 24000, 0, 0, 1, 24, 1024, false } },
	}, {
		.name = "noisy-bursts", BACKGROUND, .seconds = 30, .pattern = PATTERN_ONOFF,
		.about = "noisy, while the other VMs have heavy-tailed bursts",
		.events = { { 4000, 24000, 0, 0, 1, 24, 1024, false } },
	}, {
		.name = "noisy-two", BACKGROUND, .seconds = 40, .pattern = PATTERN_ONOFF,
		.about = "two floods of 16 CPUs that overlap for 10 s of 20, and bursts",
		.events = { { 4000, 24000, 0, 0, 1, 16, 1024, false },
			    { 14000, 34000, 0, 1, 1, 16, 1024, false } },
	}, {
		.name = "noisy-many", BACKGROUND, .seconds = 30,
		.about = "six VMs are flooded with 4 CPUs of work each for 20 s",
		.events = { { 4000, 24000, 0, 0, 6, 4, 256, false } },
	}, {
		.name = "noisy-long", BACKGROUND, .seconds = 150, .vms = 32, .queues = 8,
		.about = "8 queues; a flood of 3 CPUs in 4 flows for 140 s",
		.events = { { 4000, 144000, 0, 0, 1, 3, 4, false } },
	}, {
		.name = "crowd", BACKGROUND, .seconds = 26, .vms = 256, .queues = 32, .flows = 16,
		.about = "32 queues, 256 VMs; one is flooded with 48 CPUs of work for 20 s",
		.events = { { 4000, 24000, 0, 0, 1, 48, 1024, false } },
	}, {
		.name = "onoff", BACKGROUND, .seconds = 30, .pattern = PATTERN_ONOFF,
		.about = "no flood: VMs with heavy-tailed bursts at 35 %",
	}, {
		.name = "busy", BACKGROUND, .seconds = 30, .load = 0.6, .pattern = PATTERN_ONOFF,
		.about = "no flood: the same at 60 %",
	}, {
		.name = "elephants", BACKGROUND, .seconds = 30, .skew = 1.0,
		.pattern = PATTERN_FLOWS,
		.about = "no flood: flows of heavy-tailed length, VMs of Zipf weight",
	}, {
		.name = "diurnal", BACKGROUND, .seconds = 40, .load = 0.45,
		.pattern = PATTERN_DIURNAL,
		.about = "no flood: days of 20 s, half of the VMs work at night",
	}, {
		.name = "boot-storm", BACKGROUND, .seconds = 30, .load = 0.2,
		.pattern = PATTERN_ONOFF,
		.about = "24 VMs boot, one every 50 ms, and fetch with half a CPU each for 10 s",
		.events = { { 4000, 14000, 50, 8, 24, 0.5, 0, true } },
	}, {
		.name = "wake-up", BACKGROUND, .seconds = 30, .load = 0.01, .phases = true,
		.about = "quiet for 10 s, then at once 60 % for 10 s, and quiet again",
		.events = { { 10000, 20000, 0, 0, 64, 60, 0, true, true } },
	}, {
		.name = "equal", BACKGROUND, .seconds = 20, .load = 1.25, .skew = 0,
		.hopeless = true, .flows = 256,
		.about = "hopeless: all VMs are equal and the NIC is overloaded",
	}, {
		.name = "idle", BACKGROUND, .seconds = 20, .load = 0.01,
		.hopeless = true,
		.about = "hopeless: there is next to nothing to do",
	}, {
		.name = "vnic-bound", BACKGROUND, .seconds = 20, .load = 0.2, .skew = 0,
		.hopeless = true, .worker_ns = 250000, .workers = 1,
		.about = "hopeless: the VMs' vhost workers are the bottleneck, not the NIC",
	},
	{ 0 }
};

const struct scenario *scenario_find(const char *name)
{
	const struct scenario *scenario;

	for (scenario = scenarios; scenario->name; scenario++)
		if (!strcmp(scenario->name, name))
			return scenario;
	return NULL;
}

void scenario_from_trace(struct scenario *scenario, const char *path, const struct trace *trace)
{
	*scenario = (struct scenario){
		.name = "trace",
		.about = path,
		.vms = trace->nr_vms,
		.queues = trace->nr_queues,
		.seconds = (trace->length + SIM_SEC - 1) / SIM_SEC,
		.pattern = PATTERN_TRACE,
		.flows = 32,
		.trace = trace,
	};
}
