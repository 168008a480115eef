// SPDX-License-Identifier: GPL-2.0-only
/*
 * The standing probes: two around every softirq, one after every NAPI poll.
 * None of them is on the path of a single packet.
 */
#include <linux/interrupt.h>
#include <linux/rtnetlink.h>
#include <linux/tracepoint.h>
#include <trace/events/irq.h>
#include <trace/events/napi.h>

#include "meter.h"
#include "meter_probe.h"

static void softirq_begins(void *data, unsigned int vector)
{
	if (vector == NET_RX_SOFTIRQ)
		rsse_napi_softirq_edge();
	rsse_task_softirq_begin();
}

static void softirq_ends(void *data, unsigned int vector)
{
	rsse_task_softirq_end();
	rsse_napi_softirq_edge();
}

static struct probe {
	const char *tracepoint;
	void *func;
	struct tracepoint *tp;
} probes[] = {
	{ .tracepoint = "softirq_entry", .func = softirq_begins },
	{ .tracepoint = "softirq_exit", .func = softirq_ends },
	{ .tracepoint = "napi_poll", .func = rsse_napi_polled },
};

/* How many PNICs are metered; under RTNL. */
static unsigned int nr_starts;

static void match_tracepoint(struct tracepoint *tp, void *priv)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (!strcmp(tp->name, probes[i].tracepoint))
			probes[i].tp = tp;
}

/* Not all of them are exported by name, so all are looked for alike. */
static int find_probes(void)
{
	unsigned int i;

	for_each_kernel_tracepoint(match_tracepoint, NULL);
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		if (!probes[i].tp) {
			pr_err("rss_engine: this kernel has no tracepoint %s\n",
			       probes[i].tracepoint);
			return -ENOENT;
		}
	}
	return 0;
}

/* The first @nr of them; waits for those that still run. */
static void unhook_probes(unsigned int nr)
{
	while (nr--)
		tracepoint_probe_unregister(probes[nr].tp, probes[nr].func,
					    NULL);
	tracepoint_synchronize_unregister();
	rsse_napi_softirq_forget();
	rsse_task_softirq_forget();
}

static int hook_probes(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		err = tracepoint_probe_register(probes[i].tp, probes[i].func,
						NULL);
		if (err) {
			unhook_probes(i);
			return err;
		}
	}
	return 0;
}

/**
 * rsse_meter_start() - hook the standing probes
 *
 * Counted: each start that succeeds has one stop.
 *
 * Context: RTNL held; sleeps, for tens of milliseconds at the first.
 * Return: 0 or -ENOMEM.
 */
int rsse_meter_start(void)
{
	int err;

	ASSERT_RTNL();
	if (!nr_starts) {
		err = hook_probes();
		if (err)
			return err;
	}
	nr_starts++;
	return 0;
}

/**
 * rsse_meter_stop() - unhook the standing probes after the last user
 *
 * Context: RTNL held; sleeps.
 */
void rsse_meter_stop(void)
{
	ASSERT_RTNL();
	if (!--nr_starts)
		unhook_probes(ARRAY_SIZE(probes));
}

/**
 * rsse_meter_init() - prepare the meters; hooks nothing
 *
 * Return: 0, -ENOENT on a kernel without a tracepoint that is needed, -ENOMEM.
 */
int rsse_meter_init(void)
{
	int err;

	check_trace_callback_type_softirq_entry(softirq_begins);
	check_trace_callback_type_softirq_exit(softirq_ends);
	check_trace_callback_type_napi_poll(rsse_napi_polled);

	err = find_probes();
	return err ?: rsse_look_init();
}

/**
 * rsse_meter_exit() - undo rsse_meter_init()
 *
 * Nothing is metered any more.
 */
void rsse_meter_exit(void)
{
	rsse_look_exit();
}
