/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIM_UTIL_H
#define SIM_UTIL_H

#include <stdio.h>
#include <stdlib.h>

/* Zeroed memory, or the end of the program. */
static inline void *zalloc(size_t size)
{
	void *p = calloc(1, size);

	if (!p) {
		fputs("rss-sim: out of memory\n", stderr);
		exit(1);
	}
	return p;
}

#endif
