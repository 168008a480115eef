// SPDX-License-Identifier: GPL-2.0-only
/*
 * After BucketMapTargetProblem of the authors' program (tbarbette/fastclick,
 * vendor/nicscheduler/methods/solver.hh), but for its end: that takes the result of
 * the last run but one, because it never notes which was the best; this one does.
 */
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

/* What the cores may end beyond the mean, summed up over one kind of them. */
struct allowance {
	double over;
	double under;
};

/* What the search looks for next. */
enum phase {
	PHASE_TOP,	/* wide enough that the result gets worse */
	PHASE_LEFT,	/* where it begins to get better */
	PHASE_RIGHT,	/* where it ends to get better */
};

/**
 * struct search - for the allowance with the best result
 * @phase: see enum phase
 * @bottom: the narrowest in question
 * @top: the widest in question
 * @at: the one that is tried
 * @part: of the way from @bottom to @top
 * @before: square that the run before had left
 */
struct search {
	enum phase phase;
	struct allowance bottom;
	struct allowance top;
	struct allowance at;
	double part;
	double before;
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
static double left_over(const struct run *run, struct allowance *left)
{
	double square = 0;
	uint32_t i;

	*left = (struct allowance){ 0 };
	for (i = 0; i < run->problem->nr_cores; i++) {
		left->over += fabs(run->excess[i]);
		left->under += fabs(run->lack[i]);
		square += run->excess[i] * run->excess[i] + run->lack[i] * run->lack[i];
	}
	return square;
}

static double greedy(struct rsspp_problem *problem, const struct allowance *allow,
		     struct allowance *left)
{
	struct run run = { .problem = problem, .over = allow->over, .under = allow->under };
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
	return left_over(&run, left);
}

static void go_between(struct search *search, double part)
{
	search->part = part;
	search->at.over = search->bottom.over + (search->top.over - search->bottom.over) * part;
	search->at.under = search->bottom.under +
			   (search->top.under - search->bottom.under) * part;
}

/* Half-way, from the other side. */
static void turn(struct search *search, enum phase phase)
{
	if (phase == PHASE_LEFT)
		search->top = search->at;
	else
		search->bottom = search->at;
	search->phase = phase;
	go_between(search, 0.5);
}

static void widen(struct search *search, bool worse)
{
	double times = worse ? 0.5 : 1.5;

	if (worse) {
		search->top = search->at;
		search->phase = PHASE_LEFT;
		search->part = 0.5;
	}
	search->at.over *= times;
	search->at.under *= times;
}

/* What to try after a run that left @square; false when the search is at its end. */
static bool next(struct search *search, double square)
{
	bool worse = square > search->before;

	search->before = square;
	if (search->phase == PHASE_TOP)
		widen(search, worse);
	else if (worse)
		turn(search, search->phase == PHASE_LEFT ? PHASE_RIGHT : PHASE_LEFT);
	else if (search->phase == PHASE_LEFT)
		go_between(search, search->part / 2);
	else
		go_between(search, (1 + search->part) / 2);
	return search->part >= 0.01 && search->part <= 0.99;
}

void rsspp_solve(struct rsspp_problem *problem)
{
	const struct allowance tight = { TIGHT, TIGHT };
	struct allowance best = tight, left;
	struct search search = { .bottom = tight, .part = 0.5 };
	double best_square, square;
	bool on = true;
	int run;

	search.before = greedy(problem, &tight, &search.at);
	best_square = search.before;
	for (run = 2; run < RUNS && on && best_square >= GOOD_ENOUGH; run++) {
		struct allowance tried = search.at;

		square = greedy(problem, &tried, &left);
		if (square < best_square) {
			best_square = square;
			best = tried;
		}
		on = next(&search, square);
	}
	/* The last run repeats the best. */
	greedy(problem, &best, &left);
}
