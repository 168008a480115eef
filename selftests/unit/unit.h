/* SPDX-License-Identifier: GPL-2.0-only */
/* What every test file needs: cmocka in the order that it wants, and names. */
#ifndef UNIT_UNIT_H
#define UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "world.h"

#define NONE		RSS_ENGINE_STATE_NONE
#define SHARED		RSS_ENGINE_STATE_SHARED
#define DEDICATED	RSS_ENGINE_STATE_DEDICATED
#define R(name)		RSS_ENGINE_REASON_##name

#endif
