// SPDX-License-Identifier: GPL-2.0-only
/* What the tests of replays share. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/rss_engine.h>

#include "replays.h"

#define PATH_ROOM	64

struct history history;
char path[PATH_ROOM], other[PATH_ROOM], saved[PATH_ROOM];

int replays_begin(void **state)
{
	(void)state;
	history_begin(&history);
	return 0;
}

int replays_end(void **state)
{
	(void)state;
	history_end(&history);
	unlink(path);
	unlink(other);
	unlink(saved);
	return 0;
}

int replays_run_group(const char *name, const struct CMUnitTest *tests, size_t n)
{
	char dir[] = "/tmp/replay_test.XXXXXX";
	int failed;

	if (!mkdtemp(dir))
		return 1;
	snprintf(path, PATH_ROOM, "%s/record", dir);
	snprintf(other, PATH_ROOM, "%s/other", dir);
	snprintf(saved, PATH_ROOM, "%s/saved", dir);
	failed = _cmocka_run_group_tests(name, tests, n, NULL, NULL);
	rmdir(dir);
	return failed;
}

void make_record(size_t skip)
{
	struct list all = fake.samples;
	struct result r;

	fake.samples.n -= skip;
	fake.samples.v = list_at(&all, skip, sizeof(struct sample));
	r = tool("monitor", "--record", path, "--force");
	assert_int_equal(r.rc, RC_OK);
	result_free(&r);
	fake.samples = all;
}

void add_pnic(void)
{
	struct pnic *pnic = list_push(&fake.books.pnics, sizeof(*pnic));

	opt_set(&pnic->ifindex, HISTORY_IFINDEX);
	pnic->ifname = xstrdup("eth0");
	opt_set(&pnic->mode, RSS_ENGINE_MODE_AUTO);
}

int shell(char *command)
{
	int status = system(command);

	free(command);
	return status;
}

size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (text = strstr(text, what); text; text = strstr(text + 1, what))
		n++;
	return n;
}

void assert_says(const struct result *r, const char *what)
{
	if (!strstr(r->out, what) && !strstr(r->err, what))
		fail_msg("no \"%s\" in:\n%s%s", what, r->out, r->err);
}
