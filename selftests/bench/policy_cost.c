// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run the policy on a host of a given size, all of whose VMs want to move, and
 * print what the best of the runs took: the cost of a period, not of who else is
 * on the machine. Under a profiler that counts instructions of rsse_policy_run()
 * the count is RUNS times that of one period.
 *
 * usage: policy_cost VMS QUEUES RUNS
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "world.h"

static u64 clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* Half of the queues default ones, the rest shared engines of two. */
static struct world *crowd(u32 vms, u32 queues)
{
	struct world *w = world_new(queues / 2, queues / 4, 2, 0);
	u32 i;

	w->measured = true;
	w->config.scale = RSS_ENGINE_SCALE_SPREAD;
	w->config.hold_up_ms = 0;
	w->snap.can_rewrite = true;
	w->engine[0].load = 1000;
	w->engine[0].hottest = 1000;
	w->engine[0].full_polls = 1000;
	for (i = 0; i < vms; i++) {
		world_vm(w, 0, 0);
		w->vm[i].pnic_busy = 11 + i * 7919 % 100;
		w->vm[i].vnic_busy = i % 2 ? 250 : 50;
		w->vm[i].max_state = RSS_ENGINE_STATE_DEDICATED;
	}
	return w;
}

static u64 period(struct world *w)
{
	u64 start;

	w->snap.seq++;
	w->snap.now_ns += 20 * MS;
	w->snap.window_ns = 20 * MS;
	start = clock_ns();
	rsse_policy_run(&w->snap, &w->config, &w->state, &w->plan);
	return clock_ns() - start;
}

int main(int argc, char **argv)
{
	u64 best = ~0ULL, ns;
	struct world *w;
	u32 vms, queues;
	int runs;

	if (argc != 4) {
		fputs("usage: policy_cost VMS QUEUES RUNS\n", stderr);
		return 2;
	}
	vms = strtoul(argv[1], NULL, 10);
	queues = strtoul(argv[2], NULL, 10);
	runs = atoi(argv[3]);
	if (!vms || vms > WORLD_VMS || queues < 4 || queues >= WORLD_ENGINES || runs < 1) {
		fputs("policy_cost: out of range\n", stderr);
		return 2;
	}
	w = crowd(vms, queues);
	while (runs--) {
		ns = period(w);
		best = ns < best ? ns : best;
	}
	printf("%llu %u\n", best, w->plan.nr_moves);
	world_free(w);
	return 0;
}
