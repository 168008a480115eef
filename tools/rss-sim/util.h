/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIM_UTIL_H
#define SIM_UTIL_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Memory, or the end of the program. */
static inline void *xrealloc(void *p, size_t size)
{
	p = realloc(p, size);
	if (!p) {
		fputs("rss-sim: out of memory\n", stderr);
		exit(1);
	}
	return p;
}

static inline void *zalloc(size_t size)
{
	return memset(xrealloc(NULL, size), 0, size);
}

static inline char *xstrdup(const char *s)
{
	size_t size = strlen(s) + 1;

	return memcpy(xrealloc(NULL, size), s, size);
}

#endif
