// SPDX-License-Identifier: GPL-2.0-only
/*
 * A good record, broken at random from a fixed seed: whatever is in the file,
 * the replay ends, and names the line when it refuses. The sanitizers see to the
 * rest.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/rss_engine.h>

#include "cm.h"
#include "history.h"

#define RUNS		3000
#define STEPS		36
#define STEPS_ELASTIC	76	/* until queues change hands */
#define NESTING		40
#define BREAKAGES_MAX	3

static char path[] = "/tmp/record_fuzz.XXXXXX";
static unsigned int seed = 1;

/* The text of a record; room for what is inserted */
struct text {
	char *s;
	size_t len;
};

static size_t pick(size_t n)
{
	return n ? (size_t)rand_r(&seed) % n : 0;
}

static void replace(struct text *text, size_t at, size_t gone, const char *with, size_t len)
{
	char *s = xcalloc(text->len - gone + len + 1, 1);

	memcpy(s, text->s, at);
	memcpy(s + at, with, len);
	memcpy(s + at + len, text->s + at + gone, text->len - at - gone);
	free(text->s);
	text->s = s;
	text->len += len - gone;
}

static void put(struct text *text, size_t at, size_t gone, const char *with)
{
	replace(text, at, gone, with, strlen(with));
}

/* Begin of a line at random; @len: without its end */
static size_t pick_line(const struct text *text, size_t *len)
{
	size_t at = pick(text->len), from = at, to = at;

	while (from && text->s[from - 1] != '\n')
		from--;
	while (to < text->len && text->s[to] != '\n')
		to++;
	*len = to - from;
	return from;
}

/* The next @c after a place at random, or NULL */
static const char *pick_char(const struct text *text, char c)
{
	size_t at = pick(text->len);

	return memchr(text->s + at, c, text->len - at);
}

/* A value behind a colon at random; @len: up to what ends it */
static size_t pick_value(const struct text *text, size_t *len)
{
	const char *colon = pick_char(text, ':');
	size_t from;

	*len = 0;
	if (!colon)
		return 0;
	from = (size_t)(colon - text->s) + 1;
	while (from + *len < text->len && !memchr(",}]\n", text->s[from + *len], 4))
		++*len;
	return from;
}

static void flip_bits(struct text *text)
{
	for (size_t n = 1 + pick(4); n; n--)
		text->s[pick(text->len)] ^= (char)(1 << pick(8));
}

static void truncate_text(struct text *text)
{
	text->len = pick(text->len);
	text->s[text->len] = '\0';
}

static void swap_type(struct text *text)
{
	static const char *const others[] = {
		"null", "true", "\"x\"", "[]", "{}", "1.5", "-1", "[1]", "{\"a\":1}", "\"\"",
		"4294967295", "4294967296", "9223372036854775807", "18446744073709551615",
		"99999999999999999999999999", "-9223372036854775808", "1e999", "NaN", "0", "65535",
		"2147483648", "\"dedicated\"", "\"\\u0000\"",
	};
	size_t len, at = pick_value(text, &len);

	if (len)
		put(text, at, len, others[pick(ARRAY_SIZE(others))]);
}

static void nest(struct text *text)
{
	size_t len, at = pick_value(text, &len);
	char deep[2 * NESTING + 1] = "";

	memset(deep, pick(2) ? '[' : '{', NESTING);
	memset(deep + NESTING, ']', NESTING);
	if (len)
		put(text, at, len, deep);
}

static void repeat_key(struct text *text)
{
	static const char *const keys[] = {
		"\"id\":1,", "\"slot\":1,", "\"run\":7,", "\"type\":\"state\",", "\"vm\":[],",
		"\"engine\":7,", "\"state\":\"shared\",", "\"ifindex\":9,", "\"nr_queues\":3,",
		"\"home\":1,", "\"engine\":1,", "\"flags\":2,", "\"apart\":1,", "\"need\":1000,",
		"\"pairs_room\":2,", "\"classes_room\":1,", "\"queues_room\":3,", "\"moved\":[{}],",
	};
	const char *brace = pick_char(text, '{');

	if (brace)
		put(text, (size_t)(brace - text->s) + 1, 0, keys[pick(ARRAY_SIZE(keys))]);
}

static void drop_line(struct text *text)
{
	size_t len, at = pick_line(text, &len);

	if (at + len < text->len)
		put(text, at, len + 1, "");
}

static void repeat_line(struct text *text)
{
	size_t len, at = pick_line(text, &len);
	char *line = xcalloc(len + 2, 1);

	memcpy(line, text->s + at, len);
	line[len] = '\n';
	put(text, pick(2) ? at : 0, 0, line);
	free(line);
}

static void insert_junk(struct text *text)
{
	char junk[16];

	for (size_t i = 0; i < sizeof(junk); i++)
		junk[i] = (char)pick(256);
	replace(text, pick(text->len), 1, junk, 1 + pick(sizeof(junk)));
}

/* Numbers that are right in themselves, and wrong where they stand. */
static void change_number(struct text *text)
{
	size_t len, at = pick_value(text, &len);
	char number[16];

	snprintf(number, sizeof(number), "%zu", pick(pick(2) ? 8 : 70000));
	if (len && text->s[at] >= '0' && text->s[at] <= '9')
		put(text, at, len, number);
}

static void (*const ways[])(struct text *text) = {
	flip_bits, truncate_text, swap_type, nest, repeat_key, drop_line, repeat_line,
	insert_junk, change_number, change_number,
};

static void write_file(const struct text *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text->s, 1, text->len, file), text->len);
	fclose(file);
}

/* "FILE: line N: WHY", and the file has such a line, or ends before it. */
static void assert_names_line(const char *err, const struct text *text)
{
	char start[64], *end;
	unsigned long line;
	size_t lines = 1;

	for (size_t i = 0; i < text->len; i++)
		lines += text->s[i] == '\n';
	snprintf(start, sizeof(start), "%s: line ", path);
	err = strstr(err, start);
	assert_non_null(err);
	line = strtoul(err + strlen(start), &end, 10);
	assert_in_range(line, 1, lines);
	assert_int_equal(strncmp(end, ": ", 2), 0);
	assert_int_not_equal(end[2], '\n');
}

static void run_once(const struct text *good, int counts[2])
{
	static char *const settings[] = {
		"hold_up_ms=0", "share_above=100", "select=fit", "scale=pack", "scale=off",
		"grow_above=260", "starve_ms=0",
	};
	struct text text = { .s = xcalloc(good->len + 1, 1), .len = good->len };
	struct result r;

	memcpy(text.s, good->s, good->len);
	for (size_t n = 1 + pick(BREAKAGES_MAX); n && text.len; n--)
		ways[pick(ARRAY_SIZE(ways))](&text);
	write_file(&text);
	if (pick(2))
		r = tool("replay", path);
	else
		r = tool("-j", "replay", path, "--set", settings[pick(ARRAY_SIZE(settings))]);
	assert_in_range(r.rc, RC_OK, RC_FAILED);
	counts[r.rc]++;
	if (r.rc)
		assert_names_line(r.err, &text);
	result_free(&r);
	free(text.s);
}

static void give_rules(struct history *history)
{
	history->vms[0].apart = 1;
	history->vms[1].apart = 1;
	history->vms[2].together = 2;
	history->vms[2].need = 300;
	history->vms[3].latency = RSS_ENGINE_LATENCY_LOW;
	history->vms[3].min_state = RSS_ENGINE_STATE_SHARED;
	history->vms[3].flags |= RSSE_POL_VM_RESERVE;
	history->limits.dedicated_engines = 2;
}

/* A record with every type of line; queues follow the load, or entries are rewritten. */
static struct text good_record(bool elastic)
{
	unsigned int half = (elastic ? STEPS_ELASTIC : STEPS) / 2;
	struct history history;
	struct text text = {};
	struct result r;
	FILE *file;

	history_begin(&history);
	history.uneven = !elastic;
	history.elastic = elastic;
	if (elastic)
		give_rules(&history);
	history_run(&history, half);
	history_state(&history);
	history.config.share_above = 150;
	history_run(&history, half);
	((struct sample *)fake.samples.v)[8].part = 1;
	r = tool("monitor", "--record", path, "--force");
	assert_int_equal(r.rc, RC_OK);
	result_free(&r);
	history_end(&history);
	file = fopen(path, "r");
	assert_non_null(file);
	text.s = xcalloc(1 << 20, 1);
	text.len = fread(text.s, 1, (1 << 20) - 1, file);
	fclose(file);
	assert_non_null(strstr(text.s, "{\"type\":\"state\""));
	r = tool("replay", path);
	assert_int_equal(r.rc, RC_OK);
	assert_non_null(strstr(r.out, " 0 differ from the record; 0 plans differ"));
	result_free(&r);
	return text;
}

static void broken_records_never_crash(void **state)
{
	struct text good[] = { good_record(false), good_record(true) };
	int counts[2] = {};

	(void)state;
	for (int i = 0; i < RUNS; i++)
		run_once(&good[pick(ARRAY_SIZE(good))], counts);
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		free(good[i].s);
	/* Some must be refused, and some must reach the policy. */
	for (int i = 0; i < 2; i++)
		assert_true(counts[i] > RUNS / 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(broken_records_never_crash),
	};
	int fd = mkstemp(path), failed;

	if (fd < 0)
		return 1;
	close(fd);
	failed = cmocka_run_group_tests_name("record fuzz", tests, NULL, NULL);
	unlink(path);
	return failed;
}
