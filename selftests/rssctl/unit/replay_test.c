// SPDX-License-Identifier: GPL-2.0-only
/* replay: the record's decisions again, or what would have been. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/rss_engine.h>

#include "replays.h"

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
	assert_int_equal(shell(xasprintf("grep -q '\"written\":.{' %s", path)), 0);
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
	assert_int_equal(shell(xasprintf("sed -i 's/{\"queue\":3,/{\"queue\":8,/' %s", path)), 0);
	r = tool("replay", path);
	assert_int_equal(r.rc, RC_FAILED);
	assert_says(&r, "an entry has queue 8 of 8");
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
	assert_says(&r, "a queue with the engine that the replay gave it to; ");
	assert_says(&r, "5 moves and 0 shifts of the replay rest on a projection");
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
	};

	return replays_run("replay", tests);
}
