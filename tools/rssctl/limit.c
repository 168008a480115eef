// SPDX-License-Identifier: GPL-2.0-only
/* rssctl limit */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/rss_engine.h>

#include "cmd.h"
#include "nic.h"

#define DAYS		7
#define HOUR		60	/* minutes */
#define TIME_LEN	5	/* of HH:MM */

static const char *const day_words[DAYS] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

/* Days */

/* Number of the day that @word, of @len characters, begins with; DAYS when it is none. */
static size_t find_day(const char *word, size_t len)
{
	size_t i;

	for (i = 0; i < DAYS; i++)
		if (len == strlen(day_words[i]) && !strncmp(word, day_words[i], len))
			break;
	return i;
}

/* "fri" or "sat-mon" */
static bool add_days(const char *word, size_t len, __s64 *days)
{
	const char *dash = memchr(word, '-', len);
	size_t n = dash ? (size_t)(dash - word) : len;
	size_t day = find_day(word, n), last = day;

	if (dash)
		last = find_day(dash + 1, len - n - 1);
	if (day == DAYS || last == DAYS)
		return false;
	for (; day != last; day = (day + 1) % DAYS)
		*days |= 1 << day;
	*days |= 1 << last;
	return true;
}

static enum rc parse_days(const char *what, const char *word, struct opt *days)
{
	const char *from = word;

	if (days->set)
		return given_twice(what, word);
	days->v = 0;
	for (;;) {
		size_t len = strcspn(from, ",");

		if (!add_days(from, len, &days->v))
			return err(RC_USAGE, "%s: \"%s\" is no list of days as mon-fri,sun", what,
				   word);
		if (!from[len])
			break;
		from += len + 1;
	}
	days->set = true;
	return RC_OK;
}

static char *days_text(__s64 days)
{
	char *text = xstrdup("");

	for (int i = 0, j; i < DAYS; i = j) {
		char *longer;

		for (j = i; j < DAYS && days & (1 << j); j++)
			;
		if (i == j) {
			j++;
			continue;
		}
		longer = xasprintf("%s%s%s%s%s", text, *text ? "," : "", day_words[i],
				   j - i > 1 ? "-" : "", j - i > 1 ? day_words[j - 1] : "");
		free(text);
		text = longer;
	}
	return text;
}

/* Times of the day */

static int two_digits(const char *word, int most)
{
	int v;

	if (word[0] < '0' || word[0] > '9' || word[1] < '0' || word[1] > '9')
		return -1;
	v = (word[0] - '0') * 10 + word[1] - '0';
	return v <= most ? v : -1;
}

static enum rc parse_time(const char *what, const char *word, struct opt *minute)
{
	int hours = -1, minutes = -1;

	if (minute->set)
		return given_twice(what, word);
	if (strlen(word) == TIME_LEN && word[2] == ':') {
		hours = two_digits(word, 23);
		minutes = two_digits(word + 3, 59);
	}
	if (hours < 0 || minutes < 0)
		return err(RC_USAGE, "%s: \"%s\" is no time of the day as 08:30", what, word);
	opt_set(minute, hours * HOUR + minutes);
	return RC_OK;
}

static char *time_text(__s64 minute)
{
	return xasprintf("%02lld:%02lld", minute / HOUR, minute % HOUR);
}

/* What the clock of this host shows is ahead of UTC now; the kernel has no time zone. */
static __s64 utc_offset(void)
{
	time_t now = time(NULL);
	struct tm tm;

	return localtime_r(&now, &tm) ? tm.tm_gmtoff / 60 : 0;
}

/* Commands */

static const struct column columns[] = {
	{ "pnic", RSS_ENGINE_A_LIMIT_IFNAME },
	{ "index", RSS_ENGINE_A_LIMIT_INDEX },
	{ "days", RSS_ENGINE_A_LIMIT_DAYS, .text = days_text },
	{ "from", RSS_ENGINE_A_LIMIT_FROM, .text = time_text },
	{ "to", RSS_ENGINE_A_LIMIT_TO, .text = time_text },
	{ "utc_offset", RSS_ENGINE_A_LIMIT_UTC_OFFSET },
	{ "default_queues", RSS_ENGINE_A_LIMIT_DEFAULT_QUEUES },
	{ "shared_engines", RSS_ENGINE_A_LIMIT_SHARED_ENGINES },
	{ "shared_queues", RSS_ENGINE_A_LIMIT_SHARED_QUEUES },
	{ "dedicated_engines", RSS_ENGINE_A_LIMIT_DEDICATED_ENGINES },
	{ "in_force", RSS_ENGINE_A_LIMIT_IN_FORCE },
};

static const struct view view = {
	.schema = &limit_schema,
	.columns = columns,
	.n = ARRAY_SIZE(columns),
	.n_text = ARRAY_SIZE(columns),
};

/* A PNIC without limits has none to show, which is no failure. */
static enum rc check_pnic_known(struct app *app, const char *dev)
{
	struct list list = {};
	enum rc rc = app_dump(app, RSS_ENGINE_CMD_PNIC_GET, &pnic_schema, &list);

	if (!rc)
		filter_list(&list, &pnic_schema, RSS_ENGINE_A_PNIC_IFNAME, dev);
	if (!rc && !list.n)
		rc = no_such("PNIC", dev);
	list_clear(&pnic_schema, &list);
	return rc;
}

static enum rc limit_show(struct app *app, struct args *args)
{
	struct list list = {};
	const char *dev;
	enum rc rc = args_filter(args, &dev);

	if (!rc)
		rc = app_dump(app, RSS_ENGINE_CMD_LIMITS_GET, &limit_schema, &list);
	if (!rc)
		filter_list(&list, &limit_schema, RSS_ENGINE_A_LIMIT_IFNAME, dev);
	if (!rc && dev && !list.n)
		rc = check_pnic_known(app, dev);
	if (!rc)
		rc = show_list(app, &view, &list);
	list_clear(&limit_schema, &list);
	return rc;
}

static enum rc limit_option(struct args *args, const char *word, struct limit *limit)
{
	static const __u16 allowed[] = {
		RSS_ENGINE_A_LIMIT_DEFAULT_QUEUES,
		RSS_ENGINE_A_LIMIT_SHARED_ENGINES,
		RSS_ENGINE_A_LIMIT_SHARED_QUEUES,
		RSS_ENGINE_A_LIMIT_DEDICATED_ENGINES,
	};
	const struct {
		const char *word;
		enum rc (*parse)(const char *what, const char *word, struct opt *opt);
		struct opt *opt;
	} own[] = {
		{ "days", parse_days, &limit->days },
		{ "from", parse_time, &limit->from },
		{ "to", parse_time, &limit->to },
	};
	const char *value;

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (!strcmp(own[i].word, word))
			return args_need(args, word, &value) ? RC_USAGE :
			       own[i].parse(word, value, own[i].opt);
	return args_option(args, &limit_schema, word, allowed, ARRAY_SIZE(allowed), limit);
}

static enum rc check_limit(const struct limit *limit)
{
	if (limit->from.set != limit->to.set)
		return err(RC_USAGE, "%s is missing", limit->from.set ? "to" : "from");
	if (limit->from.set && limit->from.v == limit->to.v)
		return err(RC_USAGE, "from and to are the same");
	if (!limit->default_queues.set && !limit->shared_engines.set &&
	    !limit->shared_queues.set && !limit->dedicated_engines.set)
		return err(RC_USAGE, "no maximum is given");
	return RC_OK;
}

static enum rc limit_add(struct app *app, struct args *args)
{
	struct limit limit = {};
	const char *dev, *word;
	enum rc rc = args_dev(args, "DEV", &dev);

	while (!rc && (word = args_next(args)))
		rc = limit_option(args, word, &limit);
	if (!rc)
		rc = check_limit(&limit);
	if (!rc)
		rc = nic_index(dev, &limit.ifindex);
	opt_set(&limit.utc_offset, utc_offset());
	return rc ? rc : app_do(app, RSS_ENGINE_CMD_LIMITS_ADD, &limit_schema, &limit);
}

static enum rc limit_del(struct app *app, struct args *args)
{
	struct limit limit = {};
	const char *dev, *word;
	enum rc rc = args_dev(args, "DEV", &dev);

	word = rc ? NULL : args_next(args);
	if (word) {
		rc = parse_number("INDEX", word, 0, RSS_ENGINE_LIMITS_MAX - 1, &limit.index.v);
		limit.index.set = true;
	}
	if (!rc)
		rc = args_end(args);
	if (!rc)
		rc = nic_index(dev, &limit.ifindex);
	return rc ? rc : app_do(app, RSS_ENGINE_CMD_LIMITS_DEL, &limit_schema, &limit);
}

#define TIME_ARGS "[days DAYS] [from HH:MM to HH:MM] "
#define MOST_ARGS \
	"[default-queues N] [shared-engines N] [shared-queues N] [dedicated-engines N]"

const struct cmd limit_cmds[] = {
	{ "show", "[DEV]", "limits, and which one is in force", limit_show },
	{ "add", "DEV " TIME_ARGS MOST_ARGS, "add a limit behind the others", limit_add },
	{ "del", "DEV [INDEX]", "delete a limit, or all of a NIC", limit_del },
	{}
};
