// SPDX-License-Identifier: GPL-2.0-only
/* replay: the record's decisions again, or what would have been. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/rss_engine.h>

#include "cm.h"
#include "history.h"

static char dir[] = "/tmp/replay_test.XXXXXX";
static char path[64], other[64], saved[64];
static struct history history;

static int begin(void **state)
{
	(void)state;
	history_begin(&history);
	return 0;
}

static int end(void **state)
{
	(void)state;
	history_end(&history);
	unlink(path);
	unlink(other);
	unlink(saved);
	return 0;
}

/* Make a record of what fake.samples holds, but for @skip samples at its begin. */
static void make_record(size_t skip)
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

static void add_pnic(void)
{
	struct pnic *pnic = list_push(&fake.books.pnics, sizeof(*pnic));

	opt_set(&pnic->ifindex, HISTORY_IFINDEX);
	pnic->ifname = xstrdup("eth0");
	opt_set(&pnic->mode, RSS_ENGINE_MODE_AUTO);
}

/* Edit files by a command of the shell. */
static int shell(char *command)
{
	int status = system(command);

	free(command);
	return status;
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (text = strstr(text, what); text; text = strstr(text + 1, what))
		n++;
	return n;
}

static void assert_says(const struct result *r, const char *what)
{
	if (!strstr(r->out, what) && !strstr(r->err, what))
		fail_msg("no \"%s\" in:\n%s%s", what, r->out, r->err);
}

static void a_whole_record_gives_its_own_decisions(void **state)
{
	struct result r;

	(void)state;
	history_run(&history, HISTORY_STEPS);
	make_record(0);
	r = tool("replay", path);
	assert_int_equal(r.rc, RC_OK);
	assert_says(&r, "220 samples, 0 gaps; moves: 6 in both, 0 in the replay only, "
		    "0 in the record only");
	assert_says(&r, "880 decisions compared: 0 differ from the record; 0 plans differ");
	assert_says(&r, "vm0  on eth0  none (engine 0) -> shared (engine 1)  share-above  value ");
	assert_says(&r, "vm0  on eth0  shared (engine 1) -> dedicated  engine-full");
	assert_int_equal(count(r.out, "projection"), 0);
	result_free(&r);
}

/* Entries that were counted, the rewrite that they lead to, and what came of it. */
static void rewrites_are_replayed(void **state)
{
	struct result r;

	(void)state;
	history.uneven = true;
	history_run(&history, 12);
	assert_false(history.uneven);
	make_record(0);
	assert_int_equal(shell(xasprintf("grep -q '\"change\":.{' %s", path)), 0);
	assert_int_equal(shell(xasprintf("grep -q '\"rewritten\":.{' %s", path)), 0);
	assert_int_equal(shell(xasprintf("grep -q '\"cpu\":-1' %s", path)), 0);
	r = tool("replay", path);
	assert_int_equal(r.rc, RC_OK);
	assert_says(&r, "48 decisions compared: 0 differ from the record; 0 plans differ");
	result_free(&r);
	assert_int_equal(shell(xasprintf("sed -i 's/\"packets\":950/\"packets\":800/' %s", path)),
			 0);
	r = tool("replay", path);
	assert_int_equal(r.rc, RC_OK);
	assert_says(&r, "0 differ from the record; ");
	assert_null(strstr(r.out, " 0 plans differ"));
	result_free(&r);
	assert_int_equal(shell(xasprintf("sed -i 's/\"queue\":1,/\"queue\":2,/' %s", path)), 0);
	r = tool("replay", path);
	assert_int_equal(r.rc, RC_FAILED);
	assert_says(&r, "an entry has queue 2 of 2");
	result_free(&r);
}

static void it_can_begin_in_the_middle(void **state)
{
	struct result r;

	(void)state;
	add_pnic();
	history_run(&history, 75);
	history_state(&history);
	history_run(&history, HISTORY_STEPS - 75);
	make_record(70);
	r = tool("replay", path);
	assert_int_equal(r.rc, RC_OK);
	assert_says(&r, "145 samples, 0 gaps; moves: ");
	assert_says(&r, "580 decisions compared: 0 differ from the record; 0 plans differ");
	result_free(&r);
}

static void without_the_state_it_cannot(void **state)
{
	struct result r;

	(void)state;
	history_run(&history, 80);
	history_state(&history);
	make_record(0);
	r = tool_run((char *[]){ "replay", path, NULL });
	assert_int_equal(r.rc, RC_OK);
	result_free(&r);
	/* Without the first samples, and with no word on what was before. */
	assert_int_equal(shell(xasprintf("sed -i '3,10d' %s", path)), 0);
	r = tool("replay", path);
	assert_int_equal(r.rc, RC_FAILED);
	assert_says(&r, "line 3: no state of eth0 stands before run 9");
	result_free(&r);
}

static void a_hole_is_no_record(void **state)
{
	struct result r;

	(void)state;
	history_run(&history, 20);
	make_record(0);
	assert_int_equal(shell(xasprintf("sed -i 7d %s", path)), 0);
	r = tool("replay", path);
	assert_int_equal(r.rc, RC_FAILED);
	assert_says(&r, "line 7: run 6 of eth0 follows run 4");
	result_free(&r);
}

static void a_gap_is_gone_over(void **state)
{
	struct list all;
	struct result r;

	(void)state;
	history_run(&history, 80);
	history_state(&history);
	history_run(&history, HISTORY_STEPS - 80);
	all = fake.samples;
	/* Message 78 is lost; the state is asked for when 79 comes. */
	obj_clear(&sample_schema, list_at(&all, 77, sizeof(struct sample)));
	memmove(list_at(&all, 77, sizeof(struct sample)), list_at(&all, 78, sizeof(struct sample)),
		(all.n - 78) * sizeof(struct sample));
	fake.samples.n--;
	make_record(0);
	r = tool("replay", path);
	assert_int_equal(r.rc, RC_OK);
	assert_says(&r, "gap  1 messages were lost");
	assert_says(&r, "217 samples, 1 gaps; ");
	assert_says(&r, " 0 differ from the record; 0 plans differ");
	result_free(&r);
}

static void a_forged_decision_is_found(void **state)
{
	struct sample_vm *vm;
	struct result r;

	(void)state;
	history_run(&history, 9);
	vm = ((struct sample *)fake.samples.v)[5].vm.v;
	vm[2].decision.value++;
	make_record(0);
	r = tool("replay", path);
	assert_int_equal(r.rc, RC_OK);
	assert_says(&r, "differs  #1006  vm2  on eth0  record: idle value ");
	assert_says(&r, "36 decisions compared: 1 differ from the record; 0 plans differ");
	result_free(&r);
	r = tool("-j", "replay", path);
	assert_says(&r, "\"by\":\"differs\",\"name\":\"vm2\"");
	assert_says(&r, "\"decisions_differ\":1");
	result_free(&r);
}

static void other_thresholds_move_others(void **state)
{
	struct result r;

	(void)state;
	history_run(&history, HISTORY_STEPS);
	make_record(0);
	r = tool("replay", path, "--set", "share_above=2000", "--set", "engine_above=1000");
	assert_int_equal(r.rc, RC_OK);
	/* vm0 is heavy by itself, and now that is no reason. */
	assert_says(&r, "record       0.");
	assert_says(&r, "vm0  on eth0  none (engine 0) -> shared (engine 1)  share-above");
	assert_says(&r, "moves: 0 in both, 0 in the replay only, 6 in the record only");
	assert_int_equal(count(r.out, "decisions compared"), 0);
	result_free(&r);

	/* Earlier than the record: what follows is a projection, and says so. */
	r = tool("-j", "replay", path, "--set", "hold_up_ms=0");
	assert_int_equal(r.rc, RC_OK);
	assert_says(&r, "{\"by\":\"replay\",\"name\":\"vm0\",\"pnic\":\"eth0\",\"sample\":1010,");
	assert_says(&r, "\"to_state\":\"shared\",\"to_engine\":1,\"reason\":\"share-above\"");
	assert_true(count(r.out, "\"projection\":true") >= 4);
	/* From the second on: the first one was decided by what was measured. */
	assert_says(&r, "{\"by\":\"projection\",\"pnic\":\"eth0\",\"sample\":1010,\"model\":\"");
	assert_int_equal(count(r.out, "\"model\""), 1);
	assert_says(&r, "\"moves_projected\":5");
	assert_says(&r, "\"to_state\":\"dedicated\",\"to_engine\":null");
	assert_says(&r, "\"moves_both\":3,\"moves_replay\":3,\"moves_record\":3");
	result_free(&r);
}

/* With the loads that follow the VM, the projection ends where the record does. */
static void the_projection_calms_down_too(void **state)
{
	struct result r;

	(void)state;
	history_run(&history, HISTORY_STEPS);
	make_record(0);
	r = tool("replay", path, "--set", "hold_up_ms=0");
	assert_says(&r, "shared (engine 1) -> dedicated  engine-full");
	assert_says(&r, "dedicated -> shared (engine 1)  released");
	assert_says(&r, "shared (engine 1) -> none (engine 0)  unshared");
	assert_says(&r, "moves: 3 in both, 3 in the replay only, 3 in the record only");
	assert_says(&r, "projection  after #1010 on eth0: a VM stays where the replay put it");
	assert_says(&r, "5 moves of the replay rest on a projection");
	result_free(&r);
}

static void what_is_done_by_hand_is_followed(void **state)
{
	struct result r;

	(void)state;
	history_run(&history, 20);
	history_move(&history, 0, RSS_ENGINE_STATE_NONE);
	history_run(&history, 40);
	make_record(0);
	r = tool("replay", path);
	assert_says(&r, " 0 differ from the record; 0 plans differ");
	result_free(&r);
	/* Moved later than in the record, and then back by hand: no second move. */
	r = tool("replay", path, "--set", "hold_up_ms=100");
	assert_int_equal(r.rc, RC_OK);
	assert_int_equal(count(r.out, "replay       0."), 2);
	assert_int_equal(count(r.out, "vm0  on eth0  none (engine 0) -> shared (engine 1)"), 2);
	result_free(&r);
}

static void what_is_observed_stays(void **state)
{
	struct result r;

	(void)state;
	history.mode = RSS_ENGINE_MODE_OBSERVE;
	history_run(&history, 40);
	make_record(0);
	r = tool("replay", path);
	assert_int_equal(r.rc, RC_OK);
	/* The same plan in every period is told once. */
	assert_says(&r, "moves: 2 in both, 0 in the replay only, 0 in the record only");
	assert_says(&r, " 0 differ from the record; 0 plans differ");
	result_free(&r);
	r = tool("replay", path, "--set", "share_above=2000");
	assert_int_equal(count(r.out, "projection"), 0);
	result_free(&r);
}

static void wrong_words_are_refused(void **state)
{
	static char *const lines[][5] = {
		{ "replay" },
		{ "replay", "/dev/null", "--set" },
		{ "replay", "/dev/null", "--set", "share_above" },
		{ "replay", "/dev/null", "--set", "nothing=5" },
		{ "replay", "/dev/null", "--set", "share_above=0" },
		{ "replay", "/dev/null", "--save-state" },
		{ "replay", "/dev/null", "other" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct result r = tool_run((char **)lines[i]);

		assert_int_equal(r.rc, RC_USAGE);
		result_free(&r);
	}
}

static void settings_that_do_not_fit_are_refused(void **state)
{
	struct result r;

	(void)state;
	history_run(&history, 3);
	make_record(0);
	r = tool("replay", path, "--set", "share_above=50");
	assert_int_equal(r.rc, RC_FAILED);
	assert_says(&r, "line 2: with what is set, unshare_below must be less than share_above");
	result_free(&r);
}

static void a_saved_state_is_gone_on_with(void **state)
{
	struct result r;

	(void)state;
	history_run(&history, HISTORY_STEPS);
	make_record(0);
	/* The first half, up to run 75, and the rest. */
	assert_int_equal(shell(xasprintf("sed -n '1,77p' %s > %s", path, other)), 0);
	r = tool("replay", other, "--save-state", saved);
	assert_int_equal(r.rc, RC_OK);
	result_free(&r);
	assert_int_equal(shell(xasprintf("sed '1,77d' %s >> %s", path, saved)), 0);
	r = tool("replay", saved);
	assert_int_equal(r.rc, RC_OK);
	assert_says(&r, "145 samples, 0 gaps; ");
	assert_says(&r, "580 decisions compared: 0 differ from the record; 0 plans differ");
	result_free(&r);
	r = tool("replay", path, "--save-state", saved);
	assert_int_equal(r.rc, RC_FAILED);
	assert_says(&r, "exists");
	result_free(&r);
	unlink(saved);
	r = tool("replay", path, "--set", "hold_up_ms=0", "--save-state", saved);
	assert_int_equal(r.rc, RC_FAILED);
	assert_says(&r, "its state is a projection");
	result_free(&r);
}

static void an_interrupted_record_ends_at_its_last_line(void **state)
{
	struct result r;

	(void)state;
	history_run(&history, 30);
	make_record(0);
	assert_int_equal(shell(xasprintf("truncate -s -20 %s", path)), 0);
	r = tool("replay", path);
	assert_int_equal(r.rc, RC_OK);
	assert_says(&r, "line 32: is not whole, and is left out");
	assert_says(&r, "29 samples, 0 gaps; ");
	result_free(&r);
}

/* What is done to line 3 or to what @sed names, and what is said of it */
struct breakage {
	const char *sed;
	const char *says;
};

static void broken_lines_are_named(void **state)
{
	static const struct breakage breakages[] = {
		{ "3s/.*/nothing/", "line 3: is no JSON object" },
		{ "3s/$/ x/", "line 3: is no JSON object" },
		{ "3s/.*/[]/", "line 3: is no line of a record" },
		{ "3s/\"sample\"/\"simple\"/", "line 3: is no line of a record" },
		{ "1d", "line 1: a record begins with its header" },
		{ "1s/.*/{}/", "line 1: is no line of a record" },
		{ "1s/\"format\":1/\"format\":2/", "line 1: format 2 is not known" },
		{ "1s/format/fromat/", "line 1: is no record" },
		{ "2d", "line 2: no configuration stands before the sample" },
		{ "2s/\"share_above\":200/\"share_above\":20000/", "line 2: share-above: is not" },
		{ "2s/\"share_above\":200/\"share_above\":50/", "line 2: unshare_below must be" },
		{ "2s/\"share_above\":200,//", "line 2: share_above must be 1..10000" },
		{ "3s/\"id\":12/\"id\":11/", "line 3: placement 11 is out of order" },
		{ "3s/\"id\":12/\"id\":-1/", "line 3: vm: 2: id: is not in the range" },
		{ "3s/\"id\":12/\"id\":4294967296/", "line 3: vm: 2: id: is not in the range" },
		{ "3s/\"id\":12/\"id\":\"12\"/", "line 3: vm: 2: id: is no whole number" },
		{ "3s/\"id\":12/\"id\":12.5/", "line 3: vm: 2: id: is no whole number" },
		{ "3s/\"id\":12/\"ID\":12/", "line 3: vm: 2: \"ID\" is no known key" },
		{ "3s/\"slot\":2/\"slot\":65536/", "placement 12 cannot have slot 65536" },
		{ "3s/\"slot\":2/\"slot\":1/", "placement 12 cannot have slot 1" },
		{ "3s/\"run\":1,/\"run\":99999999999999999999,/", "line 3: run: is not in the" },
		{ "3s/\"name\":\"vm1\"/\"name\":\"\\\\u001b[2J\"/",
		  "line 3: vm: 1: name: is no name" },
		{ "3s/\"kind\":\"shared\"/\"kind\":\"shred\"/", "is no known kind of engine" },
		{ "3s/\"kind\":\"shared\"/\"kind\":1/", "is no known kind of engine" },
		{ "3s/\"nr_queues\":1/\"nr_queues\":1025/", "engine 1 has 1025 queues" },
		{ "3s/\"dedicated_queues\":1/\"dedicated_queues\":0/", "impossible number of" },
		{ "3s/\"moves_room\":64/\"moves_room\":0/", "0 moves with room for 0" },
		{ "4s/.*/{\"type\":\"gap\"}/", "line 4: does not say how many messages" },
		{ "4s/.*/{\"type\":\"state\"}/", "line 4: names no PNIC" },
		{ "4s/.*/{\"type\":\"state\",\"ifindex\":2,\"ifname\":\"eth0\",\"vm\":"
		  "[{\"slot\":70000}]}/", "line 4: slot 70000 is out of order" },
		{ "4s/.*/{\"type\":\"state\",\"ifindex\":2,\"ifname\":\"eth0\",\"vm\":"
		  "[{\"slot\":1,\"cond\":5}]}/", "slot 1 holds what the policy never does" },
		{ "4s/.*/{\"type\":\"state\",\"ifindex\":2,\"ifname\":\"eth0\",\"engine\":"
		  "[{\"id\":1},{\"id\":1}]}/", "line 4: engine 1 is out of order" },
	};

	(void)state;
	history_run(&history, 5);
	make_record(0);
	for (size_t i = 0; i < ARRAY_SIZE(breakages); i++) {
		struct result r;

		assert_int_equal(shell(xasprintf("sed '%s' %s > %s", breakages[i].sed, path,
						 other)), 0);
		r = tool("replay", other);
		if (r.rc != RC_FAILED)
			fail_msg("%s: exit %d", breakages[i].sed, r.rc);
		assert_says(&r, breakages[i].says);
		result_free(&r);
	}
}

static void no_record_at_all(void **state)
{
	struct result r = tool("replay", "/no/such/file");

	(void)state;
	assert_int_equal(r.rc, RC_FAILED);
	assert_says(&r, "cannot read /no/such/file");
	result_free(&r);
	r = tool("replay", "/dev/null");
	assert_int_equal(r.rc, RC_FAILED);
	assert_says(&r, "/dev/null is empty");
	result_free(&r);
	r = tool("replay", "/");
	assert_int_equal(r.rc, RC_FAILED);
	assert_says(&r, "cannot read /");
	result_free(&r);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_whole_record_gives_its_own_decisions),
		CASE(rewrites_are_replayed),
		CASE(it_can_begin_in_the_middle),
		CASE(without_the_state_it_cannot),
		CASE(a_hole_is_no_record),
		CASE(a_gap_is_gone_over),
		CASE(a_forged_decision_is_found),
		CASE(other_thresholds_move_others),
		CASE(the_projection_calms_down_too),
		CASE(what_is_done_by_hand_is_followed),
		CASE(what_is_observed_stays),
		CASE(wrong_words_are_refused),
		CASE(settings_that_do_not_fit_are_refused),
		CASE(a_saved_state_is_gone_on_with),
		CASE(an_interrupted_record_ends_at_its_last_line),
		CASE(broken_lines_are_named),
		CASE(no_record_at_all),
	};
	int failed;

	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/record", dir);
	snprintf(other, sizeof(other), "%s/other", dir);
	snprintf(saved, sizeof(saved), "%s/saved", dir);
	failed = cmocka_run_group_tests_name("replay", tests, NULL, NULL);
	rmdir(dir);
	return failed;
}
