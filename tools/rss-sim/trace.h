/* SPDX-License-Identifier: GPL-2.0-only */
/* The load of a host, from a record made by rssctl monitor --record. */
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct trace_step - a VM has another load from now on
 * @time: ns since the begin of the first sample's window
 * @vm: place in &trace.names
 * @busy: pnic_busy, permille of a CPU
 */
struct trace_step {
	uint64_t time;
	uint32_t vm;
	uint32_t busy;
};

/**
 * struct trace - what a record says of the VMs on its first PNIC
 * @nr_vms: VMs
 * @names: of each
 * @nr_queues: rx queues of the PNIC
 * @length: ns from the begin of the first sample's window to the end of the last one's
 * @nr_steps: entries of @steps
 * @steps: ascending by time; all VMs begin without load
 * @cut: the last line is not whole, and left out
 */
struct trace {
	uint32_t nr_vms;
	char **names;
	uint32_t nr_queues;
	uint64_t length;
	uint32_t nr_steps;
	struct trace_step *steps;
	bool cut;
};

/**
 * trace_read() - read a record
 * @path: the file
 * @why: set to a message that names the line, where there is one; to be freed
 *
 * Return: NULL with @why set when it is no record, or says nothing.
 */
struct trace *trace_read(const char *path, char **why);
void trace_free(struct trace *trace);

#endif
