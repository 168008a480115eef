// SPDX-License-Identifier: GPL-2.0-only
/* The error function, and allocation that ends the tool when it fails. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rssctl.h"

/* Messages quote the user's words: control characters do not reach the terminal. */
static void put_clean(const char *s)
{
	for (; *s; s++)
		fputc((unsigned char)*s < 0x20 || *s == 0x7f ? '?' : *s, stderr);
	fputc('\n', stderr);
}

char *xvasprintf(const char *fmt, va_list ap)
{
	char *s;

	if (vasprintf(&s, fmt, ap) < 0) {
		fputs("rssctl: out of memory\n", stderr);
		exit(RC_FAILED);
	}
	return s;
}

/**
 * err() - say what went wrong
 * @rc: exit code to return
 * @fmt: the message, without the tool's name and without a newline
 *
 * Return: @rc, so that a caller can return the call.
 */
enum rc err(enum rc rc, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	fflush(stdout);
	fputs("rssctl: ", stderr);
	put_clean(s);
	free(s);
	return rc;
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	return s;
}

void *xrealloc(void *p, size_t n, size_t size)
{
	p = reallocarray(p, n ? n : 1, size ? size : 1);
	if (!p)
		exit(err(RC_FAILED, "out of memory"));
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	return memset(xrealloc(NULL, n, size), 0, n * size);
}

char *xstrdup(const char *s)
{
	size_t len = strlen(s) + 1;

	return memcpy(xrealloc(NULL, len, 1), s, len);
}
