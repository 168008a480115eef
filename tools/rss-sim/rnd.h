/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers that look random and are the same everywhere for the same seed. */
#ifndef SIM_RND_H
#define SIM_RND_H

#include <stdint.h>

/* State of a generator. */
struct rnd {
	uint64_t s[4];
};

void rnd_seed(struct rnd *rnd, uint64_t seed);

uint64_t rnd_u64(struct rnd *rnd);

/* Evenly in (0, 1). */
double rnd_unit(struct rnd *rnd);

/* Evenly in [0, below). */
uint32_t rnd_below(struct rnd *rnd, uint32_t below);

/* Exponential with the given mean. */
double rnd_exp(struct rnd *rnd, double mean);

/**
 * struct pareto - a heavy tail
 * @alpha: shape, above 1
 * @least: smallest value
 * @most: what would be larger is this
 */
struct pareto {
	double alpha;
	double least;
	double most;
};

/* With the given mean, cut off at 100 times that. */
struct pareto pareto_make(double alpha, double mean);

double rnd_pareto(struct rnd *rnd, const struct pareto *pareto);

/**
 * struct alias - draws an index by weight in constant time
 * @nr: indices
 * @cap: entries of the arrays
 * @keep: probability that a column keeps its own index
 * @other: else this one
 * @stack: scratch
 */
struct alias {
	uint32_t nr;
	uint32_t cap;
	double *keep;
	uint32_t *other;
	uint32_t *stack;
};

/* Weights of which at least one is above 0. */
void alias_make(struct alias *alias, const double *weights, uint32_t nr);
void alias_free(struct alias *alias);
uint32_t alias_draw(const struct alias *alias, struct rnd *rnd);

#endif
