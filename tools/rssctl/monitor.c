// SPDX-License-Identifier: GPL-2.0-only
/* rssctl monitor */
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <linux/rss_engine.h>

#include "cmd.h"
#include "explain.h"
#include "record.h"

static const struct column columns[] = {
	{ "seq", RSS_ENGINE_A_EVENT_SEQ },
	{ "time_ns", RSS_ENGINE_A_EVENT_TIME_NS },
	{ "kind", RSS_ENGINE_A_EVENT_KIND },
	{ "name", RSS_ENGINE_A_EVENT_VM },
	{ "pnic", RSS_ENGINE_A_EVENT_IFNAME },
	{ "from_state", RSS_ENGINE_A_EVENT_FROM_STATE },
	{ "from_engine", RSS_ENGINE_A_EVENT_FROM_ENGINE },
	{ "to_state", RSS_ENGINE_A_EVENT_TO_STATE },
	{ "to_engine", RSS_ENGINE_A_EVENT_TO_ENGINE },
	{ "reason", RSS_ENGINE_A_EVENT_REASON },
	{ "value", RSS_ENGINE_A_EVENT_VALUE },
	{ "threshold", RSS_ENGINE_A_EVENT_THRESHOLD },
	{ "gain", RSS_ENGINE_A_EVENT_GAIN },
	{ "error", RSS_ENGINE_A_EVENT_ERRNO },
	{ "crossed_sample", RSS_ENGINE_A_EVENT_CROSSED_SAMPLE },
	{ "decided_sample", RSS_ENGINE_A_EVENT_DECIDED_SAMPLE },
	{ "done_sample", RSS_ENGINE_A_EVENT_DONE_SAMPLE },
	{ "mode", RSS_ENGINE_A_EVENT_MODE },
	{ "engine", RSS_ENGINE_A_EVENT_ENGINE },
	{ "queue", RSS_ENGINE_A_EVENT_QUEUE },
	{ "entries", RSS_ENGINE_A_EVENT_ENTRIES },
	{ "queues", RSS_ENGINE_A_EVENT_QUEUES },
};

static const struct view view = {
	.schema = &event_schema,
	.columns = columns,
	.n = ARRAY_SIZE(columns),
};

/*
 * @listener: first member, what ipc_listen() knows of it
 * @left: events to come before the end; 0 when there is no end
 * @next: number of the event that comes next, once one was seen
 */
struct monitor {
	struct ipc_listener listener;
	const struct app *app;
	__s64 left;
	struct opt next;
};

static void print_move(const struct event *event)
{
	char *from = place_text(&event->from_state, &event->from_engine, "");
	char *to = place_text(&event->to_state, &event->to_engine, "");

	if (event->from_state.set || event->to_state.set)
		printf("  %s -> %s", from, to);
	free(from);
	free(to);
}

static void print_number(const char *before, const struct opt *opt)
{
	if (opt->set)
		printf("%s%lld", before, opt->v);
}

static void print_reason(const struct event *event)
{
	if (event->reason.set)
		printf("  %s", names_get(&reason_names, event->reason.v));
	print_number("  value ", &event->value);
	print_number("  threshold ", &event->threshold);
	print_number("  gain ", &event->gain);
	if (event->error.set)
		printf("  error %s", strerror((int)event->error.v));
}

static void print_event(const struct event *event)
{
	__s64 us = event->time_ns.v / 1000;

	printf("%6lld.%06lld  #%lld  %s", us / 1000000, us % 1000000,
	       event->seq.v, names_get(&event_names, event->kind.v));
	if (event->vm)
		printf("  %s", event->vm);
	if (event->ifname)
		printf("  on %s", event->ifname);
	print_number("  engine ", &event->engine);
	print_number("  queue ", &event->queue);
	print_number("  entries ", &event->entries);
	print_number("  queues ", &event->queues);
	print_move(event);
	print_reason(event);
	print_number("  crossed ", &event->crossed_sample);
	print_number("  decided ", &event->decided_sample);
	print_number("  done ", &event->done_sample);
	if (event->mode.set)
		printf("  mode %s", names_get(&mode_names, event->mode.v));
	putchar('\n');
}

static void check_gap(struct monitor *monitor, const struct event *event)
{
	if (monitor->next.set && event->seq.v > monitor->next.v)
		err(RC_FAILED, "%lld events before #%lld were lost",
		    event->seq.v - monitor->next.v, event->seq.v);
	opt_set(&monitor->next, event->seq.v + 1);
}

/* Each line goes out at once: whoever reads a pipe acts on it now. */
static enum rc on_event(struct ipc_listener *listener, void *obj)
{
	struct monitor *monitor = (struct monitor *)listener;
	const struct event *event = obj;

	check_gap(monitor, event);
	if (monitor->app->json)
		print_json_line(view_json(&view, event));
	else
		print_event(event);
	if (fflush(stdout))
		return err(RC_FAILED, "cannot write events");
	if (monitor->left && !--monitor->left)
		listener->stop = true;
	return RC_OK;
}

static void on_lost(struct ipc_listener *listener)
{
	(void)listener;
	err(RC_FAILED, "events came faster than they were read; some were lost");
}

/**
 * struct words - what the command line says
 * @left: objects to come before the end; 0 when there is no end
 * @record: file for a record, or NULL
 * @force: the file may exist
 */
struct words {
	__s64 left;
	const char *record;
	bool force;
};

static enum rc monitor_word(struct args *args, const char *word, struct words *words)
{
	const char *value;
	enum rc rc;

	if (!strcmp(word, "--force")) {
		words->force = true;
		return RC_OK;
	}
	if (!strcmp(word, "--record"))
		return args_need(args, "FILE", &words->record);
	if (strcmp(word, "count"))
		return unknown_word(word);
	rc = args_need(args, "count", &value);
	return rc ? rc : parse_number("count", value, 1, INT32_MAX, &words->left);
}

static enum rc monitor_words(struct args *args, struct words *words)
{
	const char *word;
	enum rc rc = RC_OK;

	while (!rc && (word = args_next(args)))
		rc = monitor_word(args, word, words);
	if (!rc && words->force && !words->record)
		rc = err(RC_USAGE, "--force belongs to --record");
	return rc;
}

static enum rc monitor(struct app *app, struct args *args)
{
	struct monitor monitor = {
		.listener = { .group = IPC_EVENTS, .told = on_event, .lost = on_lost },
		.app = app,
	};
	struct words words = {};
	struct ipc *ipc;
	enum rc rc = monitor_words(args, &words);

	if (rc)
		return rc;
	if (words.record)
		return record(app, words.record, words.force, words.left);
	monitor.left = words.left;
	rc = app_ipc(app, &ipc);
	return rc ? rc : ipc_listen(ipc, &monitor.listener);
}

const struct cmd monitor_cmds[] = {
	{ NULL, "[count N] [--record FILE [--force]]",
	  "print events as they happen, or record what the policy sees and decides", monitor },
	{}
};
