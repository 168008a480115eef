/* SPDX-License-Identifier: GPL-2.0-only */
/* What the policy may use of string.h, declared here: a 32-bit compiler often has no libc. */
#ifndef SHIM_LINUX_STRING_H
#define SHIM_LINUX_STRING_H

#include <stddef.h>

void *memset(void *to, int byte, size_t size);
void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);

#endif
