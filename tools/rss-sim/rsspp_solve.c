// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <string.h>

#include "rsspp_solve.h"

#define RUNS		10
#define GOOD_ENOUGH	0.01
#define TIGHT		(-0.01)

/**
 * struct run - one run of the greedy
 * @problem: of which @to is set
 * @over: what an overloaded core may give beyond its excess
 * @under: what an underloaded core may take beyond its lack
 * @lack: what is left of each core's lack
 * @excess: what is left of each core's excess
 * @tried: the entry has been offered
 */
struct run {
	struct rsspp_problem *problem;
	double over;
	double under;
	double lack[SIM_QUEUES];
	double excess[SIM_QUEUES];
	bool tried[SIM_ENTRIES];
};

/* How wide the allowances are in a run, and how bad its result was. */
struct trial {
	double scale;
	double square;
};

static uint32_t largest(const double *values, const bool *open, uint32_t nr)
{
	uint32_t i, best = nr;

	for (i = 0; i < nr; i++)
		if (open[i] && (best == nr || values[i] > values[best]))
			best = i;
	return best;
}

static uint32_t heaviest_entry(const struct run *run, uint32_t core)
{
	uint32_t i, best = SIM_ENTRIES;

	for (i = 0; i < SIM_ENTRIES; i++)
		if (run->problem->from[i] == core && run->problem->load[i] > 0 && !run->tried[i] &&
		    (best == SIM_ENTRIES || run->problem->load[i] > run->problem->load[best]))
			best = i;
	return best;
}

/*
 * To the core that lacks most; where that has no room, none has. A core that has
 * what it lacked takes no more.
 */
static void give(struct run *run, uint32_t entry, bool *takes)
{
	struct rsspp_problem *problem = run->problem;
	uint32_t to = largest(run->lack, takes, problem->nr_cores);
	double load = problem->load[entry];

	if (to == problem->nr_cores || load >= run->lack[to] + run->under)
		return;
	problem->to[entry] = to;
	run->lack[to] -= load;
	run->excess[problem->from[entry]] -= load;
	takes[to] = run->lack[to] > GOOD_ENOUGH;
}

static bool any(const bool *open, uint32_t nr)
{
	uint32_t i;

	for (i = 0; i < nr; i++)
		if (open[i])
			return true;
	return false;
}

/* The result: imbalance that is left, of the givers and of the takers. */
static double left_over(const struct run *run, double *over, double *under)
{
	double square = 0;
	uint32_t i;

	*over = 0;
	*under = 0;
	for (i = 0; i < run->problem->nr_cores; i++) {
		*over += fabs(run->excess[i]);
		*under += fabs(run->lack[i]);
		square += run->excess[i] * run->excess[i] + run->lack[i] * run->lack[i];
	}
	return square;
}

static double greedy(struct rsspp_problem *problem, double allow_over, double allow_under,
		     double *over, double *under)
{
	struct run run = { .problem = problem, .over = allow_over, .under = allow_under };
	bool gives[SIM_QUEUES], takes[SIM_QUEUES];
	uint32_t i;

	memcpy(run.lack, problem->lack, sizeof(run.lack));
	memcpy(run.excess, problem->excess, sizeof(run.excess));
	for (i = 0; i < SIM_ENTRIES; i++)
		problem->to[i] = RSSPP_STAYS;
	for (i = 0; i < problem->nr_cores; i++) {
		gives[i] = problem->excess[i] > 0;
		takes[i] = problem->lack[i] > 0;
	}
	while (any(gives, problem->nr_cores) && any(takes, problem->nr_cores)) {
		uint32_t core = largest(run.excess, gives, problem->nr_cores);
		uint32_t entry = heaviest_entry(&run, core);

		if (entry < SIM_ENTRIES) {
			run.tried[entry] = true;
			give(&run, entry, takes);
		}
		gives[core] = entry < SIM_ENTRIES && run.excess[core] > -run.over;
	}
	return left_over(&run, over, under);
}

/* The scale to try next, or below 0 when the search is at its end. */
static double next_scale(struct trial *low, struct trial *high, const struct trial *latest,
			 double before)
{
	if (high->scale <= 0 && latest->square <= before)
		return latest->scale * 1.5;
	if (high->scale <= 0)
		*high = *latest;
	else if (latest->square > before)
		*low = *latest;
	else
		*high = *latest;
	return high->scale - low->scale > 0.01 ? (low->scale + high->scale) / 2 : -1;
}

void rsspp_solve(struct rsspp_problem *problem)
{
	double over, under, wide_over, wide_under, before;
	struct trial low = { 0 }, high = { 0 }, latest, best = { 0 };
	int run;

	best.square = greedy(problem, TIGHT, TIGHT, &wide_over, &wide_under);
	before = best.square;
	latest.scale = 1;
	for (run = 2; run < RUNS && best.square >= GOOD_ENOUGH && latest.scale > 0; run++) {
		latest.square = greedy(problem, wide_over * latest.scale,
				       wide_under * latest.scale, &over, &under);
		if (latest.square < best.square)
			best = latest;
		latest.scale = next_scale(&low, &high, &latest, before);
		before = latest.square;
	}
	/* The last run repeats the best. */
	if (best.scale > 0)
		greedy(problem, wide_over * best.scale, wide_under * best.scale, &over, &under);
	else
		greedy(problem, TIGHT, TIGHT, &over, &under);
}
