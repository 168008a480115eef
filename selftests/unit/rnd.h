/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers that look random and are the same everywhere. */
#ifndef UNIT_RND_H
#define UNIT_RND_H

#include "world.h"

static u64 seed;

static inline void seed_rnd(u64 from)
{
	seed = from * 0x9e3779b97f4a7c15ULL + 1;
}

/* xorshift64*: the same sequence everywhere. */
static inline u32 rnd(u32 below)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (u32)((seed * 0x2545f4914f6cdd1dULL) >> 33) % below;
}

#endif
