// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"

static const char usage[] =
	"usage: rss-sim [-j | --log] [--scenario NAME | --trace FILE] [--policy NAME]\n"
	"               [--seed N] [--time S] [--vms N] [--queues N] [--set KEY=VALUE]...\n"
	"       rss-sim --list | --help\n";

static const struct option options[] = {
	{ "scenario", required_argument, NULL, 's' },
	{ "trace", required_argument, NULL, 'f' },
	{ "policy", required_argument, NULL, 'p' },
	{ "seed", required_argument, NULL, 'r' },
	{ "time", required_argument, NULL, 't' },
	{ "vms", required_argument, NULL, 'v' },
	{ "queues", required_argument, NULL, 'q' },
	{ "set", required_argument, NULL, 'c' },
	{ "json", no_argument, NULL, 'j' },
	{ "log", no_argument, NULL, 'g' },
	{ "list", no_argument, NULL, 'l' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 }
};

#define KEY(name) { #name, offsetof(struct rsse_config, name) }

static const struct key {
	const char *name;
	size_t offset;
} keys[] = {
	KEY(period_ms),
	KEY(period_max_ms),
	KEY(share_above),
	KEY(unshare_below),
	KEY(engine_above),
	KEY(return_margin),
	KEY(release_below),
	KEY(hold_up_ms),
	KEY(hold_down_ms),
	KEY(dwell_ms),
	KEY(manual_hold_ms),
	KEY(gain_min),
	KEY(moves_max),
	KEY(vnic_bound_above),
	KEY(grow_above),
	KEY(pack_below),
	KEY(starve_ms),
	KEY(cpu_above),
};

static const char *const select_words[] = {
	[RSS_ENGINE_SELECT_LOAD] = "load",
	[RSS_ENGINE_SELECT_FIT] = "fit",
	[RSS_ENGINE_SELECT_STATIC] = "static",
};

__attribute__((noreturn, format(printf, 1, 2)))
static void wrong(const char *format, ...)
{
	va_list list;

	fputs("rss-sim: ", stderr);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fputc('\n', stderr);
	exit(ARGS_EXIT_USAGE);
}

static uint64_t number(const char *what, const char *text, uint64_t low, uint64_t high)
{
	char *end;
	uint64_t value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || value < low || value > high)
		wrong("%s: '%s' is not a number from %llu to %llu", what, text,
		      (unsigned long long)low, (unsigned long long)high);
	return value;
}

static const char *after_key(const char *text, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(text, name, length) && text[length] == '=' ? text + length + 1 : NULL;
}

static const char *const scale_words[] = {
	[RSS_ENGINE_SCALE_OFF] = "off",
	[RSS_ENGINE_SCALE_SPREAD] = "spread",
	[RSS_ENGINE_SCALE_PACK] = "pack",
};

static uint32_t word(const char *what, const char *text, const char *const *words)
{
	uint32_t i;

	for (i = 0; i < 3; i++)
		if (!strcmp(text, words[i]))
			return i;
	wrong("--set: %s is %s, %s or %s, not '%s'", what, words[0], words[1], words[2], text);
}

static void set_key(struct rsse_config *config, const char *text)
{
	const char *value = after_key(text, "select");
	size_t i;

	if (value) {
		config->select = word("select", value, select_words);
		return;
	}
	value = after_key(text, "scale");
	if (value) {
		config->scale = word("scale", value, scale_words);
		return;
	}
	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		value = after_key(text, keys[i].name);
		if (!value)
			continue;
		*(u32 *)((char *)config + keys[i].offset) =
			number(keys[i].name, value, 0, UINT32_MAX);
		return;
	}
	wrong("--set: '%s' is not KEY=VALUE with a key of rssctl's config", text);
}

static void take_scale(struct args *args, int option)
{
	switch (option) {
	case 'r':
		args->seed = number("--seed", optarg, 0, UINT32_MAX);
		break;
	case 't':
		args->seconds = number("--time", optarg, 1, 3600);
		break;
	case 'v':
		args->vms = number("--vms", optarg, 1, 4096);
		break;
	default:
		args->queues = number("--queues", optarg, ARGS_QUEUES_MIN, ARGS_QUEUES_MAX);
	}
}

static void take(struct args *args, int option)
{
	switch (option) {
	case 's':
		args->scenario = scenario_find(optarg);
		if (!args->scenario)
			wrong("--scenario: there is no '%s'; --list shows all", optarg);
		break;
	case 'f':
		args->trace = optarg;
		break;
	case 'p':
		args->balancer = balancer_find(optarg);
		if (!args->balancer)
			wrong("--policy: there is no '%s'; --list shows all", optarg);
		break;
	case 'c':
		set_key(&args->config, optarg);
		break;
	case 'j':
		args->json = true;
		break;
	case 'g':
		args->log = true;
		break;
	case 'l':
		args->list = true;
		break;
	case 'h':
		fputs(usage, stdout);
		exit(0);
	case '?':
		fputs(usage, stderr);
		exit(ARGS_EXIT_USAGE);
	default:
		take_scale(args, option);
	}
}

static void check(const struct args *args)
{
	const char *complaint = rsse_config_check(&args->config);

	if (complaint)
		wrong("--set: %s", complaint);
	if (args->trace && args->scenario)
		wrong("--trace and --scenario do not go together");
	if (args->trace && args->vms)
		wrong("--trace and --vms do not go together: a trace has VMs of its own");
	if (args->log && args->json)
		wrong("--log and --json do not go together");
}

void args_read(struct args *args, int argc, char **argv)
{
	int option;

	*args = (struct args){ .seed = 1, .config = rsse_config_default };
	while ((option = getopt_long(argc, argv, "jh", options, NULL)) != -1)
		take(args, option);
	if (optind < argc)
		wrong("'%s' is not an option", argv[optind]);
	check(args);
}
