// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>
#include <linux/rss_engine.h>

#include "sysfs_names.h"

#define RSSE_NAMES(what)						\
const struct rsse_names rsse_##what##_names = {				\
	.nr = ARRAY_SIZE(what##s),					\
	.names = what##s,						\
}

static const char *const kinds[] = {
	[RSS_ENGINE_ENGINE_KIND_DEFAULT]	= "default",
	[RSS_ENGINE_ENGINE_KIND_SHARED]		= "shared",
	[RSS_ENGINE_ENGINE_KIND_DEDICATED]	= "dedicated",
};

RSSE_NAMES(kind);

static const char *const modes[] = {
	[RSS_ENGINE_MODE_AUTO]		= "auto",
	[RSS_ENGINE_MODE_OBSERVE]	= "observe",
	[RSS_ENGINE_MODE_OFF]		= "off",
};

RSSE_NAMES(mode);

static const char *const pins[] = {
	[RSS_ENGINE_PIN_OFF]		= "off",
	[RSS_ENGINE_PIN_NONE]		= "none",
	[RSS_ENGINE_PIN_SHARED]		= "shared",
	[RSS_ENGINE_PIN_DEDICATED]	= "dedicated",
};

RSSE_NAMES(pin);

static const char *const states[] = {
	[RSS_ENGINE_STATE_NONE]		= "none",
	[RSS_ENGINE_STATE_SHARED]	= "shared",
	[RSS_ENGINE_STATE_DEDICATED]	= "dedicated",
};

RSSE_NAMES(state);

static const char *const reasons[] = {
	[RSS_ENGINE_REASON_IDLE]		= "idle",
	[RSS_ENGINE_REASON_SHARE_ABOVE]		= "share-above",
	[RSS_ENGINE_REASON_DEFAULT_FULL]	= "default-full",
	[RSS_ENGINE_REASON_ENGINE_FULL]		= "engine-full",
	[RSS_ENGINE_REASON_RELEASED]		= "released",
	[RSS_ENGINE_REASON_UNSHARED]		= "unshared",
	[RSS_ENGINE_REASON_PINNED]		= "pinned",
	[RSS_ENGINE_REASON_MANUAL]		= "manual",
	[RSS_ENGINE_REASON_HOLD]		= "hold",
	[RSS_ENGINE_REASON_DWELL]		= "dwell",
	[RSS_ENGINE_REASON_MANUAL_HOLD]		= "manual-hold",
	[RSS_ENGINE_REASON_BUDGET]		= "budget",
	[RSS_ENGINE_REASON_NO_GAIN]		= "no-gain",
	[RSS_ENGINE_REASON_VNIC_BOUND]		= "vnic-bound",
	[RSS_ENGINE_REASON_NO_ENGINE]		= "no-engine",
	[RSS_ENGINE_REASON_NO_ROOM]		= "no-room",
	[RSS_ENGINE_REASON_NOT_SELECTED]	= "not-selected",
	[RSS_ENGINE_REASON_UNCONFIRMED]		= "unconfirmed",
	[RSS_ENGINE_REASON_BACKED_OFF]		= "backed-off",
	[RSS_ENGINE_REASON_NO_FILTER]		= "no-filter",
	[RSS_ENGINE_REASON_NO_WORKER]		= "no-worker",
	[RSS_ENGINE_REASON_ABSENT]		= "absent",
	[RSS_ENGINE_REASON_OBSERVE]		= "observe",
	[RSS_ENGINE_REASON_FAILED]		= "failed",
	[RSS_ENGINE_REASON_STALE]		= "stale",
	[RSS_ENGINE_REASON_GONE]		= "gone",
	[RSS_ENGINE_REASON_UNEVEN]		= "uneven",
	[RSS_ENGINE_REASON_SINGLE_ENTRY]	= "single-entry",
	[RSS_ENGINE_REASON_NO_HASH]		= "no-hash",
	[RSS_ENGINE_REASON_FOREIGN_TABLE]	= "foreign-table",
	[RSS_ENGINE_REASON_USELESS]		= "useless",
	[RSS_ENGINE_REASON_GROW_ABOVE]		= "grow-above",
	[RSS_ENGINE_REASON_SPARE]		= "spare",
	[RSS_ENGINE_REASON_UNUSED]		= "unused",
	[RSS_ENGINE_REASON_PACK_BELOW]		= "pack-below",
	[RSS_ENGINE_REASON_PLACED]		= "placed",
	[RSS_ENGINE_REASON_LIMIT]		= "limit",
	[RSS_ENGINE_REASON_RULES]		= "rules",
	[RSS_ENGINE_REASON_PREEMPTED]		= "preempted",
	[RSS_ENGINE_REASON_EXCLUDED]		= "excluded",
	[RSS_ENGINE_REASON_DUE]			= "due",
};

RSSE_NAMES(reason);
