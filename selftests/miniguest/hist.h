/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MG_HIST_H
#define MG_HIST_H

#include <stdint.h>

#ifndef HIST_SUB_BITS
#define HIST_SUB_BITS	4	/* 16 steps a power of two: within 6.25 % */
#endif
#define HIST_SUBS	(1u << HIST_SUB_BITS)
#define HIST_BUCKETS	((64 - HIST_SUB_BITS + 1) * HIST_SUBS)

/**
 * struct hist - log-linear histogram of times in ns
 * @bucket: counts; below HIST_SUBS one bucket a ns
 * @count: samples
 * @sum: their sum in ns
 * @max: the largest in ns
 */
struct hist {
	uint64_t bucket[HIST_BUCKETS];
	uint64_t count;
	uint64_t sum;
	uint64_t max;
};

void hist_add(struct hist *hist, uint64_t ns);

/** hist_quantile() - upper bound in ns of the bucket that holds @permille of the samples */
uint64_t hist_quantile(const struct hist *hist, unsigned int permille);

#endif
