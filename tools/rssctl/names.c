// SPDX-License-Identifier: GPL-2.0-only
/* Names of the contract's enumerations; a test compares them with the spec. */
#include <stdlib.h>
#include <string.h>

#include <linux/rss_engine.h>

#include "names.h"
#include "rssctl.h"

#define NAMES(var, text, table) \
	const struct names var = { .what = text, .name = table, .n = ARRAY_SIZE(table) }

static const char *const state_table[] = {
	[RSS_ENGINE_STATE_NONE] = "none",
	[RSS_ENGINE_STATE_SHARED] = "shared",
	[RSS_ENGINE_STATE_DEDICATED] = "dedicated",
};

NAMES(state_names, "state", state_table);

static const char *const pin_table[] = {
	[RSS_ENGINE_PIN_OFF] = "off",
	[RSS_ENGINE_PIN_NONE] = "none",
	[RSS_ENGINE_PIN_SHARED] = "shared",
	[RSS_ENGINE_PIN_DEDICATED] = "dedicated",
};

NAMES(pin_names, "pin", pin_table);

static const char *const kind_table[] = {
	[RSS_ENGINE_ENGINE_KIND_DEFAULT] = "default",
	[RSS_ENGINE_ENGINE_KIND_SHARED] = "shared",
	[RSS_ENGINE_ENGINE_KIND_DEDICATED] = "dedicated",
};

NAMES(kind_names, "kind of engine", kind_table);

static const char *const mode_table[] = {
	[RSS_ENGINE_MODE_AUTO] = "auto",
	[RSS_ENGINE_MODE_OBSERVE] = "observe",
	[RSS_ENGINE_MODE_OFF] = "off",
};

NAMES(mode_names, "mode", mode_table);

static const char *const select_table[] = {
	[RSS_ENGINE_SELECT_LOAD] = "load",
	[RSS_ENGINE_SELECT_FIT] = "fit",
	[RSS_ENGINE_SELECT_STATIC] = "static",
};

NAMES(select_names, "selection", select_table);

static const char *const latency_table[] = {
	[RSS_ENGINE_LATENCY_NORMAL] = "normal",
	[RSS_ENGINE_LATENCY_LOW] = "low",
	[RSS_ENGINE_LATENCY_BULK] = "bulk",
};

NAMES(latency_names, "latency class", latency_table);

static const char *const scale_table[] = {
	[RSS_ENGINE_SCALE_OFF] = "off",
	[RSS_ENGINE_SCALE_SPREAD] = "spread",
	[RSS_ENGINE_SCALE_PACK] = "pack",
};

NAMES(scale_names, "scale", scale_table);

static const char *const reason_table[] = {
	[RSS_ENGINE_REASON_IDLE] = "idle",
	[RSS_ENGINE_REASON_SHARE_ABOVE] = "share-above",
	[RSS_ENGINE_REASON_DEFAULT_FULL] = "default-full",
	[RSS_ENGINE_REASON_ENGINE_FULL] = "engine-full",
	[RSS_ENGINE_REASON_RELEASED] = "released",
	[RSS_ENGINE_REASON_UNSHARED] = "unshared",
	[RSS_ENGINE_REASON_PINNED] = "pinned",
	[RSS_ENGINE_REASON_MANUAL] = "manual",
	[RSS_ENGINE_REASON_HOLD] = "hold",
	[RSS_ENGINE_REASON_DWELL] = "dwell",
	[RSS_ENGINE_REASON_MANUAL_HOLD] = "manual-hold",
	[RSS_ENGINE_REASON_BUDGET] = "budget",
	[RSS_ENGINE_REASON_NO_GAIN] = "no-gain",
	[RSS_ENGINE_REASON_VNIC_BOUND] = "vnic-bound",
	[RSS_ENGINE_REASON_NO_ENGINE] = "no-engine",
	[RSS_ENGINE_REASON_NO_ROOM] = "no-room",
	[RSS_ENGINE_REASON_NOT_SELECTED] = "not-selected",
	[RSS_ENGINE_REASON_UNCONFIRMED] = "unconfirmed",
	[RSS_ENGINE_REASON_BACKED_OFF] = "backed-off",
	[RSS_ENGINE_REASON_NO_FILTER] = "no-filter",
	[RSS_ENGINE_REASON_NO_WORKER] = "no-worker",
	[RSS_ENGINE_REASON_ABSENT] = "absent",
	[RSS_ENGINE_REASON_OBSERVE] = "observe",
	[RSS_ENGINE_REASON_FAILED] = "failed",
	[RSS_ENGINE_REASON_STALE] = "stale",
	[RSS_ENGINE_REASON_GONE] = "gone",
	[RSS_ENGINE_REASON_UNEVEN] = "uneven",
	[RSS_ENGINE_REASON_SINGLE_ENTRY] = "single-entry",
	[RSS_ENGINE_REASON_NO_HASH] = "no-hash",
	[RSS_ENGINE_REASON_FOREIGN_TABLE] = "foreign-table",
	[RSS_ENGINE_REASON_USELESS] = "useless",
	[RSS_ENGINE_REASON_GROW_ABOVE] = "grow-above",
	[RSS_ENGINE_REASON_SPARE] = "spare",
	[RSS_ENGINE_REASON_UNUSED] = "unused",
	[RSS_ENGINE_REASON_PACK_BELOW] = "pack-below",
	[RSS_ENGINE_REASON_PLACED] = "placed",
	[RSS_ENGINE_REASON_LIMIT] = "limit",
	[RSS_ENGINE_REASON_RULES] = "rules",
	[RSS_ENGINE_REASON_PREEMPTED] = "preempted",
	[RSS_ENGINE_REASON_EXCLUDED] = "excluded",
	[RSS_ENGINE_REASON_DUE] = "due",
};

NAMES(reason_names, "reason", reason_table);

static const char *const event_table[] = {
	[RSS_ENGINE_EVENT_KIND_MOVED] = "moved",
	[RSS_ENGINE_EVENT_KIND_REFUSED] = "refused",
	[RSS_ENGINE_EVENT_KIND_FAILED] = "failed",
	[RSS_ENGINE_EVENT_KIND_VM_ADDED] = "vm-added",
	[RSS_ENGINE_EVENT_KIND_VM_DELETED] = "vm-deleted",
	[RSS_ENGINE_EVENT_KIND_VM_ABSENT] = "vm-absent",
	[RSS_ENGINE_EVENT_KIND_VM_PRESENT] = "vm-present",
	[RSS_ENGINE_EVENT_KIND_PNIC_ADDED] = "pnic-added",
	[RSS_ENGINE_EVENT_KIND_PNIC_DELETED] = "pnic-deleted",
	[RSS_ENGINE_EVENT_KIND_PNIC_MODE] = "pnic-mode",
	[RSS_ENGINE_EVENT_KIND_CONFIG] = "config",
	[RSS_ENGINE_EVENT_KIND_REWRITTEN] = "rewritten",
	[RSS_ENGINE_EVENT_KIND_TABLE_CHANGED] = "table-changed",
	[RSS_ENGINE_EVENT_KIND_RESIZED] = "resized",
	[RSS_ENGINE_EVENT_KIND_LIMITS] = "limits",
	[RSS_ENGINE_EVENT_KIND_PNIC_CPUS] = "pnic-cpus",
	[RSS_ENGINE_EVENT_KIND_VM_CHANGED] = "vm-changed",
};

NAMES(event_names, "kind of event", event_table);

/**
 * names_get() - name of a value
 * @names: the enumeration
 * @value: the value, as the kernel sent it
 *
 * Return: the name; "unknown" for a value that a newer module may send.
 */
const char *names_get(const struct names *names, __s64 value)
{
	if (value < 0 || (__u64)value >= names->n)
		return "unknown";
	return names->name[value];
}

bool names_find(const struct names *names, const char *word, __s64 *value)
{
	for (size_t i = 0; i < names->n; i++) {
		if (!strcmp(names->name[i], word)) {
			*value = (__s64)i;
			return true;
		}
	}
	return false;
}

/* "none, shared, dedicated", for messages; to be freed. */
char *names_list(const struct names *names)
{
	char *list = xstrdup(names->name[0]);

	for (size_t i = 1; i < names->n; i++) {
		char *longer = xasprintf("%s, %s", list, names->name[i]);

		free(list);
		list = longer;
	}
	return list;
}
