// SPDX-License-Identifier: GPL-2.0-only
/*
 * Command lines of random words: whatever they are, the tool ends with one of
 * its exit codes, and says something when it is not 0. The sanitizers see to
 * the rest.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cm.h"
#include "fake.h"

#define RUNS		20000
#define WORDS_MAX	14

static const char *const vocabulary[] = {
	"pnic", "vm", "engine", "queue", "config", "plan", "monitor", "help", "-j", "-V", "-h",
	"show", "add", "set", "del", "move", "dev", "mac", "vlan", "worker", "pnic", "priority",
	"pin", "mode", "auto", "observe", "off", "none", "shared", "dedicated", "default-queues",
	"shared-engines", "shared-queues", "dedicated-queues", "engine", "count", "period_ms",
	"share_above", "select", "load", "fit", "eth0", "eth1", "tap0", "web1",
	"limit", "days", "from", "to", "mon-fri,sun", "22:00", "06:30", "dedicated-engines", "min",
	"max", "latency", "low", "need", "prefer", "any", "apart", "together", "reserve", "on",
	"node", "nic", "exclude-cpus", "0-3,8", "scale", "pack", "mon-,", "25:61", ":",
	"52:54:00:00:00:01", "ff:ff:ff:ff:ff:ff", "0", "1", "5", "20", "4095", "-1",
	"99999999999999999999999", "", "-", "--", "%s%n", "\x1b[2J", "\xff\xfe", "a b", "../..",
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
};

/* Pairs that are right somewhere. */
static const char *const pairs[][2] = {
	{ "dev", "tap0" }, { "dev", "tap1" }, { "mac", "52:54:00:00:00:01" }, { "vlan", "5" },
	{ "worker", "20" }, { "priority", "-1" }, { "pin", "shared" }, { "pnic", "eth0" },
	{ "pnic", "eth9" }, { "mode", "auto" }, { "default-queues", "5" }, { "engine", "1" },
	{ "shared-engines", "0" }, { "period_ms", "20" }, { "select", "fit" }, { "count", "1" },
	{ "days", "sat-mon" }, { "from", "22:00" }, { "to", "06:30" }, { "shared-queues", "2" },
	{ "min", "shared" }, { "max", "dedicated" }, { "latency", "low" }, { "need", "300" },
	{ "prefer", "any" }, { "apart", "web" }, { "together", "off" }, { "reserve", "on" },
	{ "node", "nic" }, { "exclude-cpus", "none" }, { "scale", "pack" },
};

/* Ways that lead deep, so that not every line ends at its first word. */
static const char *const starts[][3] = {
	{ "pnic", "add", "eth0" },
	{ "pnic", "set", "eth0" },
	{ "vm", "add", "web1" },
	{ "vm", "set", "web1" },
	{ "vm", "move", "web1" },
	{ "config", "set" },
	{ "limit", "add", "eth0" },
	{ "limit", "del", "eth0" },
	{ "vm", "add", "web1" },
	{},
};

static unsigned int seed = 1;

static size_t pick(size_t n)
{
	return (size_t)rand_r(&seed) % n;
}

static int random_words(char **words)
{
	const char *const *start = starts[pick(ARRAY_SIZE(starts))];
	bool junk = pick(2);
	int n = 0, more = (int)pick(junk ? WORDS_MAX - 3 : 5);

	for (int i = 0; i < 3 && start[i]; i++)
		words[n++] = xstrdup(start[i]);
	while (more-- > 0) {
		const char *const *pair = pairs[pick(ARRAY_SIZE(pairs))];

		if (more && !(junk && !pick(4))) {
			words[n++] = xstrdup(pair[0]);
			words[n++] = xstrdup(pair[1]);
			more--;
		} else {
			words[n++] = xstrdup(vocabulary[pick(ARRAY_SIZE(vocabulary))]);
		}
	}
	words[n] = NULL;
	return n;
}

static void run_once(int counts[3])
{
	char *words[WORDS_MAX + 1], *kept[WORDS_MAX + 1];
	int n = random_words(words);
	struct result r;

	fake.refuse = pick(3) ? RC_OK : RC_FAILED;
	memcpy(kept, words, sizeof(words));
	r = tool_run(words);
	assert_in_range(r.rc, RC_OK, RC_USAGE);
	counts[r.rc]++;
	if (r.rc)
		assert_int_not_equal(r.err[0], '\0');
	result_free(&r);
	for (int i = 0; i < n; i++)
		free(kept[i]);
}

static void random_words_never_crash(void **state)
{
	struct mac *mac = list_push(&fake.macs, sizeof(*mac));
	int counts[3] = {};

	(void)state;
	*mac = (struct mac){ .set = true, .addr = { 2, 0, 0, 0, 0, 1 } };
	for (int i = 0; i < RUNS; i++)
		run_once(counts);
	fake_reset();
	/* The words must be good enough to reach every end. */
	for (int i = 0; i < 3; i++)
		assert_true(counts[i] > RUNS / 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_words_never_crash),
	};

	return cmocka_run_group_tests_name("fuzz", tests, NULL, NULL);
}
