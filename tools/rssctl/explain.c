// SPDX-License-Identifier: GPL-2.0-only
/* Reasons in sentences. */
#include <stdlib.h>
#include <string.h>

#include <linux/rss_engine.h>

#include "explain.h"
#include "rssctl.h"

/* In these, %v is the load behind the reason, %t what it is compared with, %w the wait. */
static const char *const templates[] = {
	[RSS_ENGINE_REASON_IDLE] = "its rx_load is %v; at %t it would leave its state",
	[RSS_ENGINE_REASON_SHARE_ABOVE] = "its rx_load of %v is above share_above (%t)",
	[RSS_ENGINE_REASON_DEFAULT_FULL] =
		"the default queues are full (%v against %t), and it was selected to leave",
	[RSS_ENGINE_REASON_ENGINE_FULL] =
		"its engine is full (%v against %t), and it was selected to leave",
	[RSS_ENGINE_REASON_RELEASED] = "its rx_load of %v is below release_below (%t)",
	[RSS_ENGINE_REASON_UNSHARED] = "its rx_load of %v is below unshare_below (%t)",
	[RSS_ENGINE_REASON_PINNED] = "the administrator pinned it",
	[RSS_ENGINE_REASON_MANUAL] = "the administrator moved it by hand",
	[RSS_ENGINE_REASON_HOLD] =
		"the condition is met (%v against %t), but has to hold for %w ms more",
	[RSS_ENGINE_REASON_DWELL] =
		"the move would reverse one made less than dwell_ms ago; %w ms are left",
	[RSS_ENGINE_REASON_MANUAL_HOLD] =
		"the move would reverse one by hand within manual_hold_ms; %w ms are left",
	[RSS_ENGINE_REASON_BUDGET] = "moves_max moves are planned in this period already",
	[RSS_ENGINE_REASON_NO_GAIN] = "a move would gain too little (%v against %t)",
	[RSS_ENGINE_REASON_VNIC_BOUND] =
		"its own worker, at %v, is the bottleneck (above %t); no engine would help",
	[RSS_ENGINE_REASON_NO_ENGINE] =
		"no dedicated engine can be made, and no shared one has room for it",
	[RSS_ENGINE_REASON_NO_ROOM] =
		"with it, the engine to return to would be at %v, and %t is the limit",
	[RSS_ENGINE_REASON_NOT_SELECTED] =
		"its engine is full (%v against %t), and others were selected to leave",
	[RSS_ENGINE_REASON_UNCONFIRMED] =
		"its part of the load is an estimate that a look at the queues must confirm",
	[RSS_ENGINE_REASON_BACKED_OFF] =
		"the same move failed or was useless; it is not tried again for %w ms",
	[RSS_ENGINE_REASON_NO_FILTER] = "no MAC address of it is known yet",
	[RSS_ENGINE_REASON_NO_WORKER] =
		"no vhost worker of it is known: what it costs beyond the PNIC is not, either",
	[RSS_ENGINE_REASON_ABSENT] = "its network device does not exist",
	[RSS_ENGINE_REASON_OBSERVE] = "the PNIC is in mode observe: nothing is moved",
	[RSS_ENGINE_REASON_FAILED] = "the NIC refused the move; everything is as before",
	[RSS_ENGINE_REASON_STALE] = "the picture changed before the move could be made",
	[RSS_ENGINE_REASON_GONE] = "it or the PNIC was removed",
	[RSS_ENGINE_REASON_UNEVEN] =
		"one queue has more than its share (%v against %t): entries of it are rewritten",
	[RSS_ENGINE_REASON_SINGLE_ENTRY] =
		"a single indirection entry makes a load of %v, and its queue should have %t in all",
	[RSS_ENGINE_REASON_NO_HASH] =
		"the hashes of the packets do not lead to the queues they came by",
	[RSS_ENGINE_REASON_FOREIGN_TABLE] =
		"somebody else changed the indirection table; it is left alone",
	[RSS_ENGINE_REASON_USELESS] =
		"its last move relieved nothing (%v, before %t) and is undone",
	[RSS_ENGINE_REASON_GROW_ABOVE] = "the engine's load of %v is above grow_above (%t)",
	[RSS_ENGINE_REASON_SPARE] =
		"the engine, at %v, does not need all its queues (below %t), and another one does",
	[RSS_ENGINE_REASON_UNUSED] = "no engine needs the queues",
	[RSS_ENGINE_REASON_PACK_BELOW] =
		"the engine's load of %v fits on fewer queues, filled to pack_below (%t)",
	[RSS_ENGINE_REASON_PLACED] =
		"it is expected to need an engine, or is below its least state (%v against %t)",
	[RSS_ENGINE_REASON_LIMIT] = "a maximum of the PNIC or of the VM forbids more",
	[RSS_ENGINE_REASON_RULES] = "its rules leave no engine for it",
	[RSS_ENGINE_REASON_PREEMPTED] =
		"a VM of higher priority, or one that waited too long, needs its queues",
	[RSS_ENGINE_REASON_EXCLUDED] = "the CPU that serves the queue is excluded",
	[RSS_ENGINE_REASON_DUE] = "queues do not follow the load, and it is due to that engine",
};

/* The sentence of a reason before its numbers are put in; NULL when unknown. */
const char *reason_template(__s64 reason)
{
	if (reason < 0 || (__u64)reason >= ARRAY_SIZE(templates))
		return NULL;
	return templates[reason];
}

static char *number(const struct opt *opt)
{
	return opt->set ? xasprintf("%lld", opt->v) : xstrdup("-");
}

static char *append(char *text, const char *more, int len)
{
	char *longer = xasprintf("%s%.*s", text, len, more);

	free(text);
	return longer;
}

/* @from with the numbers in the places that it keeps for them. */
static char *fill(const char *from, const struct opt *load, const struct opt *threshold,
		  const struct opt *wait)
{
	char *text = xstrdup("");

	for (; *from; from++) {
		char *value;

		if (*from != '%') {
			text = append(text, from, 1);
			continue;
		}
		from++;
		value = number(*from == 'v' ? load : *from == 't' ? threshold : wait);
		text = append(text, value, (int)strlen(value));
		free(value);
	}
	return text;
}

/* Why @placement is where it is, as a sentence; to be freed. */
char *explain_reason(const struct placement *placement)
{
	const char *from = NULL;

	if (!placement->reason.set)
		return xstrdup("the module gives no reason");
	from = reason_template(placement->reason.v);
	if (!from)
		return xstrdup("a reason that this rssctl does not know");
	return fill(from, &placement->value, &placement->threshold, &placement->wait_ms);
}

/* What a reason means for the indirection entries of an engine. */
static const char *engine_template(__s64 reason)
{
	switch (reason) {
	case RSS_ENGINE_REASON_IDLE:
		return "no queue has more than its share while the others have room";
	case RSS_ENGINE_REASON_HOLD:
		return "one queue has more than its share (%v against %t), but has to have it for "
		       "%w ms more";
	case RSS_ENGINE_REASON_DWELL:
		return "one queue has more than its share (%v against %t), but entries were "
		       "rewritten less than dwell_ms ago; %w ms are left";
	case RSS_ENGINE_REASON_UNCONFIRMED:
		return "one queue has more than its share (%v against %t); looks at it count "
		       "packets by entry";
	case RSS_ENGINE_REASON_BACKED_OFF:
		return "the latest rewrite failed or was useless; none is tried for %w ms";
	case RSS_ENGINE_REASON_NO_ROOM:
		return "one queue has more than its share, and the others have no room for what "
		       "should leave it";
	case RSS_ENGINE_REASON_OBSERVE:
		return "the PNIC is in mode observe: its entries are left alone";
	case RSS_ENGINE_REASON_FAILED:
		return "its indirection table cannot be read";
	default:
		return reason_template(reason);
	}
}

/* Why the entries of @engine are rewritten, or not, as a sentence; to be freed. */
char *explain_engine(const struct engine *engine)
{
	const char *from = engine->reason.set ? engine_template(engine->reason.v) : NULL;

	if (!from)
		return xstrdup("a reason that this rssctl does not know");
	return fill(from, &engine->value, &engine->threshold, &engine->wait_ms);
}

/* "shared (engine 1)"; @absent stands for an engine that is not there yet. */
char *place_text(const struct opt *state, const struct opt *engine, const char *absent)
{
	const char *name = state->set ? names_get(&state_names, state->v) : "-";

	if (engine->set)
		return xasprintf("%s (engine %lld)", name, engine->v);
	return xasprintf("%s%s", name, absent);
}
