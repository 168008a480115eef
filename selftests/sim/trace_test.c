// SPDX-License-Identifier: GPL-2.0-only
/* Records as loads: what is read of them, and what is wrong with broken ones. */
#include <string.h>
#include <unistd.h>

#include "trace.h"
#include "workload.h"
#include "world.h"

#define HEADER	"{\"type\":\"header\",\"format\":2}\n"

/* Windows of 20 ms that end at 1.02, 1.04 and 1.06 s; VM 8 comes, VM 7 goes. */
static const char record[] =
	HEADER
	"{\"type\":\"config\",\"period_ms\":20}\n"
	"{\"type\":\"sample\",\"ifindex\":2,\"now_ns\":1020000000,\"window_ns\":20000000,"
	"\"queue\":[{},{\"id\":1},{\"id\":2},{\"id\":3}],"
	"\"vm\":[{\"name\":\"a\",\"id\":7,\"pnic_busy\":300,\"new\":[[1]]}]}\n"
	"{\"type\":\"sample\",\"ifindex\":3,\"now_ns\":1030000000,\"window_ns\":20000000,"
	"\"vm\":[{\"name\":\"elsewhere\",\"id\":9,\"pnic_busy\":10}]}\n"
	"{\"type\":\"sample\",\"ifindex\":2,\"now_ns\":1040000000,\"window_ns\":20000000,"
	"\"vm\":[{\"name\":\"a\",\"id\":7,\"pnic_busy\":300},{\"name\":\"b\",\"id\":8}]}\n"
	"{\"type\":\"gap\",\"lost\":1}\n"
	"{\"type\":\"sample\",\"ifindex\":2,\"now_ns\":1060000000,\"window_ns\":20000000,"
	"\"vm\":[{\"name\":\"b\",\"id\":8,\"pnic_busy\":1500}]}\n";

static struct trace *read_text(const char *text, size_t size, char **why)
{
	char path[] = "/tmp/rss-sim-trace.XXXXXX";
	struct trace *trace;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, size), size);
	close(fd);
	trace = trace_read(path, why);
	unlink(path);
	return trace;
}

static void reads_a_record(void **unused)
{
	static const struct trace_step steps[] = {
		{ 0, 0, 300 }, { 40 * SIM_MS, 1, 1500 }, { 40 * SIM_MS, 0, 0 },
	};
	struct trace *trace;
	char *why;
	int i;

	(void)unused;
	trace = read_text(record, sizeof(record) - 1, &why);
	assert_non_null(trace);
	assert_int_equal(trace->nr_vms, 2);
	assert_string_equal(trace->names[0], "a");
	assert_string_equal(trace->names[1], "b");
	assert_int_equal(trace->nr_queues, 4);
	assert_int_equal(trace->length, 60 * SIM_MS);
	assert_int_equal(trace->nr_steps, 3);
	for (i = 0; i < 3; i++) {
		assert_int_equal(trace->steps[i].time, steps[i].time);
		assert_int_equal(trace->steps[i].vm, steps[i].vm);
		assert_int_equal(trace->steps[i].busy, steps[i].busy);
	}
	assert_false(trace->cut);
	trace_free(trace);
}

/* What an interruption leaves of the last line is left out. */
static void a_cut_line_is_left_out(void **unused)
{
	struct trace *trace;
	char *why;

	(void)unused;
	trace = read_text(record, sizeof(record) - 10, &why);
	assert_non_null(trace);
	assert_true(trace->cut);
	assert_int_equal(trace->length, 40 * SIM_MS);
	trace_free(trace);
}

/* The load is what the record says, and what it begins with before it begins. */
static void load_follows_the_record(void **unused)
{
	struct scenario scenario;
	struct workload *load;
	struct trace *trace;
	struct sim *sim;
	char *why;

	(void)unused;
	trace = read_text(record, sizeof(record) - 1, &why);
	assert_non_null(trace);
	scenario_from_trace(&scenario, "record", trace);
	assert_int_equal(scenario.seconds, 1);
	scenario.begin = SIM_SEC;
	sim = sim_new(scenario.vms, scenario.queues, 1, 1);
	load = workload_new(&scenario, sim, 1);
	assert_near(sim->vms[0].level, 0.3, 0.0001);
	assert_true(sim->vms[1].level == 0);
	sim->now = SIM_SEC + 39 * SIM_MS;
	workload_step(load);
	assert_near(sim->vms[0].level, 0.3, 0.0001);
	sim->now = SIM_SEC + 40 * SIM_MS;
	workload_step(load);
	assert_true(sim->vms[0].level == 0);
	assert_near(sim->vms[1].level, 1.5, 0.0001);
	assert_string_equal(sim->names[1], "b");
	workload_free(load);
	sim_free(sim);
	trace_free(trace);
}

#define SAMPLE	"{\"type\":\"sample\",\"ifindex\":2,\"now_ns\":50,\"window_ns\":20,"

/* Each with the whole message. */
static void broken_ones_are_refused(void **unused)
{
	static const char *const cases[][2] = {
		{ "", "no sample tells of a VM" },
		{ HEADER, "no sample tells of a VM" },
		{ "rss\n", "line 1: is no JSON object" },
		{ "{\"type\":\"header\",\"format\":2}", "line 1: is no JSON object" },
		{ "[]\n", "line 1: is no line of a record" },
		{ "{\"type\":7}\n", "line 1: is no line of a record" },
		{ "{\"type\":\"sample\"}\n", "line 1: is no header: this is no record" },
		{ "{\"type\":\"header\",\"format\":3}\n",
		  "line 1: format 3 is not known, only 1 to 2 are" },
		{ "{\"type\":\"header\",\"format\":\"2\"}\n", "line 1: format is not a number" },
		{ HEADER "{\"type\":\"config\"}\n{\"a\":1}\n", "line 3: is no line of a record" },
		{ HEADER "{} {}\n", "line 2: is no JSON object" },
		{ HEADER SAMPLE "\"vm\":{}}\n", "line 2: vm is not a list" },
		{ HEADER SAMPLE "\"vm\":[1]}\n", "line 2: a VM is not an object" },
		{ HEADER SAMPLE "\"vm\":[{\"id\":1}]}\n", "line 2: a VM has no name" },
		{ HEADER SAMPLE "\"vm\":[{\"id\":-1,\"name\":\"a\"}]}\n",
		  "line 2: id is not from 0 to 4294967295" },
		{ HEADER SAMPLE "\"vm\":[{\"name\":\"a\",\"pnic_busy\":1024001}]}\n",
		  "line 2: pnic_busy is not from 0 to 1024000" },
		{ HEADER SAMPLE "\"engine\":[1]}\n", "line 2: an engine is not an object" },
		{ HEADER SAMPLE "\"free_queues\":1025}\n",
		  "line 2: free_queues is not from 0 to 1024" },
		{ HEADER "{\"type\":\"sample\",\"vm\":[]}\n",
		  "line 2: the sample does not say when it was taken" },
		{ HEADER SAMPLE "\"x\":1}\n" SAMPLE "\"x\":1}\n"
		  "{\"type\":\"sample\",\"ifindex\":2,\"now_ns\":49,\"window_ns\":20}\n",
		  "line 4: the sample is older than the one before it" },
		{ HEADER "[[[[[[[[[1]]]]]]]]]\n", "line 2: is no JSON object" },
	};
	char *why = NULL;
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_null(read_text(cases[i][0], strlen(cases[i][0]), &why));
		assert_string_equal(why, cases[i][1]);
		free(why);
	}
	assert_null(trace_read("/nonexistent", &why));
	assert_string_equal(why, "No such file or directory");
	free(why);
}

/* A NUL hides nothing that follows it. */
static void nul_is_refused(void **unused)
{
	char text[] = HEADER "{\"type\":\"gap\"}?\n";
	char *why;

	(void)unused;
	*strchr(text, '?') = '\0';
	assert_null(read_text(text, sizeof(text) - 1, &why));
	assert_string_equal(why, "line 2: is no JSON object");
	free(why);
}

static void mutate(struct rnd *rnd, char *text, size_t *size)
{
	static const char bytes[] = "{}[]\",:0-9\n\\e.\xff";
	size_t at = rnd_below(rnd, *size);

	switch (rnd_below(rnd, 3)) {
	case 0:
		text[at] = bytes[rnd_below(rnd, sizeof(bytes))];
		break;
	case 1:
		memmove(&text[at], &text[at + 1], *size - at - 1);
		--*size;
		break;
	default:
		memmove(&text[at + 1], &text[at], *size - at);
		text[at] = bytes[rnd_below(rnd, sizeof(bytes))];
		++*size;
	}
}

/* Whatever is in the file: a load or a message. */
static void nothing_crashes_it(void **unused)
{
	uint32_t good = 0, bad = 0, round, i;
	struct rnd rnd;

	(void)unused;
	rnd_seed(&rnd, 23);
	for (round = 0; round < 3000; round++) {
		char text[sizeof(record) + 16], *why = NULL;
		size_t size = sizeof(record) - 1;
		struct trace *trace;

		memcpy(text, record, sizeof(record));
		for (i = 1 + rnd_below(&rnd, 8); i; i--)
			mutate(&rnd, text, &size);
		trace = read_text(text, size, &why);
		assert_true(!trace == !!why);
		free(why);
		good += !!trace;
		bad += !trace;
		if (trace)
			trace_free(trace);
	}
	assert_true(good > 100 && bad > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_record),
		cmocka_unit_test(a_cut_line_is_left_out),
		cmocka_unit_test(load_follows_the_record),
		cmocka_unit_test(broken_ones_are_refused),
		cmocka_unit_test(nul_is_refused),
		cmocka_unit_test(nothing_crashes_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
