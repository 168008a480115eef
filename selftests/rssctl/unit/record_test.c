// SPDX-License-Identifier: GPL-2.0-only
/* monitor --record: what is written of what comes, and what of what does not. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <json-c/json_object.h>
#include <json-c/json_tokener.h>

#include <linux/rss_engine.h>

#include "cm.h"
#include "history.h"

static char dir[] = "/tmp/record_test.XXXXXX";
static char path[64];
static struct history history;

static int begin(void **state)
{
	(void)state;
	unlink(path);
	history_begin(&history);
	return 0;
}

static int end(void **state)
{
	(void)state;
	history_end(&history);
	return 0;
}

static struct result make_record(const char *count)
{
	return tool("monitor", "count", (char *)count, "--record", path);
}

/* How many lines of the record are of a type; @last: the last of them */
static size_t count_lines(const char *type, struct json_object **last)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t room = 0, n = 0;

	assert_non_null(file);
	if (last)
		*last = NULL;
	while (getline(&text, &room, file) > 0) {
		struct json_object *json = json_tokener_parse(text);
		const char *word = json_object_get_string(json_object_object_get(json, "type"));

		assert_non_null(word);
		if (!strcmp(word, type)) {
			n++;
			if (last) {
				json_object_put(*last);
				*last = json_object_get(json);
			}
		}
		json_object_put(json);
	}
	free(text);
	fclose(file);
	return n;
}

static __s64 number(struct json_object *json, const char *key)
{
	return json_object_get_int64(json_object_object_get(json, key));
}

static void every_sample_is_a_line(void **state)
{
	struct json_object *json;
	struct stat info;
	struct result r;

	(void)state;
	history_run(&history, 40);
	r = make_record("40");
	assert_int_equal(r.rc, RC_OK);
	assert_int_equal(count_lines("header", &json), 1);
	assert_int_equal(number(json, "format"), RECORD_FORMAT);
	assert_int_equal(number(json, "family_version"), RSS_ENGINE_FAMILY_VERSION);
	json_object_put(json);
	assert_int_equal(count_lines("config", NULL), 1);
	assert_int_equal(count_lines("gap", NULL), 0);
	assert_int_equal(count_lines("sample", &json), 40);
	assert_int_equal(number(json, "run"), 40);
	assert_int_equal(json_object_array_length(json_object_object_get(json, "vm")), 4);
	assert_null(json_object_object_get(json, "seq"));
	json_object_put(json);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	result_free(&r);
}

static void a_change_of_the_configuration_is_a_line(void **state)
{
	struct json_object *json;
	struct result r;

	(void)state;
	history_run(&history, 5);
	history.config.share_above = 150;
	history_run(&history, 5);
	r = make_record("10");
	assert_int_equal(r.rc, RC_OK);
	assert_int_equal(count_lines("config", &json), 2);
	assert_int_equal(number(json, "share_above"), 150);
	json_object_put(json);
	result_free(&r);
}

static void an_existing_file_is_kept(void **state)
{
	struct result r;

	(void)state;
	history_run(&history, 3);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	r = make_record("3");
	assert_int_equal(r.rc, RC_FAILED);
	assert_non_null(strstr(r.err, "exists"));
	assert_int_equal(count_lines("sample", NULL), 0);
	result_free(&r);
	r = tool("monitor", "--record", path, "--force", "count", "3");
	assert_int_equal(r.rc, RC_OK);
	assert_int_equal(count_lines("sample", NULL), 3);
	result_free(&r);
}

static void a_full_disk_is_told(void **state)
{
	struct result r;

	(void)state;
	history_run(&history, 3);
	r = tool("monitor", "--record", "/dev/full", "--force", "count", "3");
	assert_int_equal(r.rc, RC_FAILED);
	assert_non_null(strstr(r.err, "cannot write /dev/full"));
	result_free(&r);
	r = tool("monitor", "--record", "/no/such/directory/x", "count", "3");
	assert_int_equal(r.rc, RC_FAILED);
	assert_non_null(strstr(r.err, "cannot write"));
	result_free(&r);
}

static void wrong_words_are_refused(void **state)
{
	struct result r = tool("monitor", "--force");

	(void)state;
	assert_int_equal(r.rc, RC_USAGE);
	result_free(&r);
	r = tool("monitor", "--record");
	assert_int_equal(r.rc, RC_USAGE);
	result_free(&r);
}

/* Cut the sample at @index into parts, each with one more VM. */
static void cut(size_t index)
{
	struct list whole = fake.samples;

	memset(&fake.samples, 0, sizeof(fake.samples));
	history.seq = 1;
	for (size_t i = 0; i < whole.n; i++) {
		struct sample *from = list_at(&whole, i, sizeof(*from));
		struct list vms = from->vm, moves = from->move;

		from->seq = history.seq++;
		if (i == index) {
			memset(&from->vm, 0, sizeof(from->vm));
			memset(&from->move, 0, sizeof(from->move));
			from->last = 0;
		}
		*(struct sample *)list_push(&fake.samples, sizeof(*from)) = *from;
		for (size_t v = 0; i == index && v < vms.n; v++) {
			struct sample *part = list_push(&fake.samples, sizeof(*part));

			*part = (struct sample){
				.seq = history.seq++,
				.ifindex = from->ifindex,
				.ifname = xstrdup("eth0"),
				.part = (__u32)v + 1,
				.last = v == vms.n - 1,
				.sample = from->sample,
			};
			memcpy(list_push(&part->vm, sizeof(struct sample_vm)),
			       list_at(&vms, v, sizeof(struct sample_vm)),
			       sizeof(struct sample_vm));
			if (part->last)
				part->move = moves;
		}
		if (i == index)
			free(vms.v);
	}
	free(whole.v);
}

static void parts_are_put_together(void **state)
{
	struct json_object *json;
	struct result r;

	(void)state;
	history_run(&history, 6);
	cut(5);
	assert_int_equal(fake.samples.n, 10);
	r = make_record("6");
	assert_int_equal(r.rc, RC_OK);
	assert_int_equal(count_lines("sample", &json), 6);
	assert_int_equal(json_object_array_length(json_object_object_get(json, "vm")), 4);
	json_object_put(json);
	result_free(&r);
}

static void drop(size_t index)
{
	size_t size = sizeof(struct sample);

	obj_clear(&sample_schema, list_at(&fake.samples, index, size));
	memmove(list_at(&fake.samples, index, size), list_at(&fake.samples, index + 1, size),
		(fake.samples.n - index - 1) * size);
	fake.samples.n--;
}

static void a_missing_part_is_a_gap(void **state)
{
	struct json_object *json;
	struct result r;

	(void)state;
	history_run(&history, 6);
	history_state(&history);
	history_run(&history, 3);
	cut(4);
	drop(6);
	r = make_record("8");
	assert_int_equal(count_lines("gap", &json), 1);
	assert_int_equal(number(json, "lost"), 1);
	json_object_put(json);
	/* Up to run 4; run 5 lacks a part; run 6 is in the state; then 7 to 9. */
	assert_int_equal(count_lines("state", &json), 1);
	assert_int_equal(number(json, "run"), 6);
	json_object_put(json);
	assert_int_equal(count_lines("sample", &json), 7);
	assert_int_equal(number(json, "run"), 9);
	json_object_put(json);
	result_free(&r);
}

static void a_state_that_is_refused_ends_nothing(void **state)
{
	struct result r;

	(void)state;
	history_run(&history, 6);
	drop(2);
	r = make_record("6");
	assert_int_equal(r.rc, RC_OK);
	assert_int_equal(count_lines("sample", NULL), 2);
	assert_int_equal(count_lines("state", NULL), 0);
	result_free(&r);
}

static void the_record_begins_with_the_states(void **state)
{
	struct pnic *pnic = list_push(&fake.books.pnics, sizeof(*pnic));
	struct json_object *json;
	struct result r;

	(void)state;
	opt_set(&pnic->ifindex, HISTORY_IFINDEX);
	pnic->ifname = xstrdup("eth0");
	opt_set(&pnic->mode, RSS_ENGINE_MODE_AUTO);
	history_run(&history, 60);
	history_state(&history);
	history_run(&history, 10);
	for (int i = 0; i < 50; i++)
		drop(0);
	r = make_record("10");
	assert_int_equal(r.rc, RC_OK);
	assert_int_equal(count_lines("state", &json), 1);
	assert_int_equal(number(json, "run"), 60);
	json_object_put(json);
	/* What the state has in it already is left out. */
	assert_int_equal(count_lines("sample", &json), 10);
	assert_int_equal(number(json, "run"), 70);
	json_object_put(json);
	result_free(&r);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(every_sample_is_a_line),
		CASE(a_change_of_the_configuration_is_a_line),
		CASE(an_existing_file_is_kept),
		CASE(a_full_disk_is_told),
		CASE(wrong_words_are_refused),
		CASE(parts_are_put_together),
		CASE(a_missing_part_is_a_gap),
		CASE(a_state_that_is_refused_ends_nothing),
		CASE(the_record_begins_with_the_states),
	};
	int failed;

	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/record", dir);
	failed = cmocka_run_group_tests_name("record", tests, NULL, NULL);
	unlink(path);
	rmdir(dir);
	return failed;
}
