/* SPDX-License-Identifier: GPL-2.0-only */
/* rssctl pnic show */
#ifndef RSSCTL_PNIC_H
#define RSSCTL_PNIC_H

#include "args.h"
#include "rssctl.h"

/* What the attribute node has for other than a node; see the spec. */
#define NODE_ANY	(-1)
#define NODE_NIC	(-2)

enum rc pnic_show(struct app *app, struct args *args);

#endif
