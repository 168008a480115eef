/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all of rss_engine rests on; the objects are in engine.h, pnic.h, vm.h and
 * placement.h.
 *
 * Locking. The structure (lists, membership, modes, filters, workers, which
 * engine a placement is on) changes under RTNL and rsse_lock, both, in this
 * order, and may be read under either. So the sampler reads it under rsse_lock
 * alone and never waits for RTNL, and a driver call made under RTNL alone
 * keeps nobody from sampling. Fields marked [S] are written by the sampler
 * under rsse_lock with WRITE_ONCE() and read anywhere with READ_ONCE(); sysfs
 * takes no lock. Fields marked [C] are constant once the object is visible.
 *
 * Lifetime. Every object with a directory in sysfs is freed by the release of
 * its kobject; see Documentation/locking.rst.
 */
#ifndef RSSE_H
#define RSSE_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rtnetlink.h>

#include "policy.h"

/* Protects the structure, together with RTNL; nests inside RTNL. */
extern struct mutex rsse_lock;

/* Counts changes of the structure; for consistent dumps. Under rsse_lock. */
extern unsigned int rsse_generation;

extern struct list_head rsse_pnics;	/* struct rsse_pnic.list */
extern struct list_head rsse_vms;	/* struct rsse_vm.list */

/* config.c: the configuration in force; under rsse_lock. */
extern struct rsse_config rsse_config;

/* Replace the configuration; RTNL held. NULL, or what is wrong with it. */
const char *rsse_config_set(const struct rsse_config *config);

#endif /* RSSE_H */
