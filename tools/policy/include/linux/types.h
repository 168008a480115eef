/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's short names for fixed-width types, for userspace. */
#ifndef SHIM_LINUX_TYPES_H
#define SHIM_LINUX_TYPES_H

#include_next <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned long long u64;
typedef int32_t s32;
typedef long long s64;

#define U32_MAX UINT32_MAX
#define U64_MAX UINT64_MAX

#endif
