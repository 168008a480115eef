/* SPDX-License-Identifier: GPL-2.0-only */
/* cmocka, with what it wants to be included before it. */
#ifndef RSSCTL_CM_H
#define RSSCTL_CM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
