// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>

#include "rnd.h"
#include "util.h"

/* splitmix64 (Vigna): seeds that differ by one bit give states far apart. */
static uint64_t split(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

void rnd_seed(struct rnd *rnd, uint64_t seed)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		rnd->s[i] = split(&seed);
}

static uint64_t rotate(uint64_t x, unsigned int k)
{
	return x << k | x >> (64 - k);
}

/* xoshiro256** (Blackman, Vigna: Scrambled linear pseudorandom number generators). */
uint64_t rnd_u64(struct rnd *rnd)
{
	uint64_t *s = rnd->s;
	uint64_t result = rotate(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

double rnd_unit(struct rnd *rnd)
{
	return ((rnd_u64(rnd) >> 12) + 0.5) / (1ULL << 52);
}

uint32_t rnd_below(struct rnd *rnd, uint32_t below)
{
	return (rnd_u64(rnd) >> 32) * below >> 32;
}

double rnd_exp(struct rnd *rnd, double mean)
{
	return -log(rnd_unit(rnd)) * mean;
}

/*
 * The mean of what is cut off at h is (a * l - l^a * h^(1 - a)) / (a - 1) with
 * the smallest value l; solved for the first l by iteration, which contracts.
 */
struct pareto pareto_make(double alpha, double mean)
{
	struct pareto pareto = { .alpha = alpha, .least = 0, .most = 100 * mean };
	int i;

	for (i = 0; i < 100; i++)
		pareto.least = (mean * (alpha - 1) +
				pow(pareto.least, alpha) * pow(pareto.most, 1 - alpha)) / alpha;
	return pareto;
}

double rnd_pareto(struct rnd *rnd, const struct pareto *pareto)
{
	double x = pareto->least * pow(rnd_unit(rnd), -1 / pareto->alpha);

	return x < pareto->most ? x : pareto->most;
}

static void grow(struct alias *alias, uint32_t nr)
{
	if (nr <= alias->cap)
		return;
	alias_free(alias);
	alias->cap = 2 * nr;
	alias->keep = zalloc(alias->cap * sizeof(*alias->keep));
	alias->other = zalloc(alias->cap * sizeof(*alias->other));
	alias->stack = zalloc(alias->cap * sizeof(*alias->stack));
}

/*
 * Vose, A linear algorithm for generating random numbers with a given
 * distribution: columns below the mean are filled up by ones above it. The
 * small ones are stacked from the bottom of @stack, the large ones from its top.
 */
void alias_make(struct alias *alias, const double *weights, uint32_t nr)
{
	uint32_t small = 0, large, i;
	double sum = 0;

	grow(alias, nr);
	alias->nr = nr;
	large = nr;
	for (i = 0; i < nr; i++)
		sum += weights[i];
	for (i = 0; i < nr; i++) {
		alias->keep[i] = weights[i] * nr / sum;
		alias->other[i] = i;
		if (alias->keep[i] < 1)
			alias->stack[small++] = i;
		else
			alias->stack[--large] = i;
	}
	while (small && large < nr) {
		uint32_t low = alias->stack[--small], high = alias->stack[large];

		alias->other[low] = high;
		alias->keep[high] -= 1 - alias->keep[low];
		if (alias->keep[high] < 1) {
			large++;
			alias->stack[small++] = high;
		}
	}
	/* What is left is full but for rounding. */
	while (small)
		alias->keep[alias->stack[--small]] = 1;
}

void alias_free(struct alias *alias)
{
	free(alias->keep);
	free(alias->other);
	free(alias->stack);
	*alias = (struct alias){ 0 };
}

uint32_t alias_draw(const struct alias *alias, struct rnd *rnd)
{
	uint64_t x = rnd_u64(rnd);
	uint32_t column = (x >> 32) * alias->nr >> 32;

	return (uint32_t)x / 4294967296.0 < alias->keep[column] ? column : alias->other[column];
}
