/* SPDX-License-Identifier: GPL-2.0-only */
/* rssctl pnic show */
#ifndef RSSCTL_PNIC_H
#define RSSCTL_PNIC_H

#include "args.h"
#include "rssctl.h"

enum rc pnic_show(struct app *app, struct args *args);

#endif
