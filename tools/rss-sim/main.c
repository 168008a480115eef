// SPDX-License-Identifier: GPL-2.0-only
/* rss-sim: policies for receive queues, side by side under the same load. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "args.h"
#include "out.h"
#include "trace.h"

static void list(void)
{
	const struct balancer *const *balancer;
	const struct scenario *scenario;

	puts("scenarios");
	for (scenario = scenarios; scenario->name; scenario++)
		printf("  %-13s %s\n", scenario->name, scenario->about);
	puts("policies");
	for (balancer = balancers; *balancer; balancer++)
		printf("  %-13s %s\n", (*balancer)->name, (*balancer)->about);
}

static void run_one(const struct args *args, const struct scenario *scenario,
		    const struct balancer *balancer, struct json_object *array)
{
	const struct setting setting = {
		.config = &args->config,
		.seed = args->seed,
		.log = args->log ? stdout : NULL,
	};
	struct result result;

	run(scenario, balancer, &setting, &result);
	if (array) {
		json_object_array_add(array, out_json(scenario, balancer, args->seed, &result));
		return;
	}
	out_row(stdout, balancer, &result);
	fflush(stdout);
}

static void run_scenario(const struct args *args, const struct scenario *scenario,
			 struct json_object *array)
{
	const struct balancer *const *balancer;
	struct scenario changed = *scenario;

	changed.seconds = args->seconds ? args->seconds : scenario->seconds;
	changed.vms = args->vms ? args->vms : scenario->vms;
	changed.queues = args->queues ? args->queues : scenario->queues;
	if (!array)
		out_head(stdout, &changed, args->seed);
	for (balancer = balancers; *balancer; balancer++)
		if (!args->balancer || args->balancer == *balancer)
			run_one(args, &changed, *balancer, array);
}

static void run_scenarios(const struct args *args, struct json_object *array)
{
	const struct scenario *scenario;

	for (scenario = scenarios; scenario->name; scenario++) {
		if (args->scenario && args->scenario != scenario)
			continue;
		if (!array && !args->scenario && scenario != scenarios)
			putchar('\n');
		run_scenario(args, scenario, array);
	}
}

/* NULL after a message. */
static struct trace *open_trace(const struct args *args)
{
	struct trace *trace;
	char *why;

	trace = trace_read(args->trace, &why);
	if (!trace) {
		fprintf(stderr, "rss-sim: %s: %s\n", args->trace, why);
		free(why);
		return NULL;
	}
	if (trace->cut)
		fprintf(stderr, "rss-sim: %s: the last line is not whole, and is left out\n",
			args->trace);
	if (args->queues || (trace->nr_queues >= ARGS_QUEUES_MIN &&
			     trace->nr_queues <= ARGS_QUEUES_MAX))
		return trace;
	fprintf(stderr, "rss-sim: %s: it has %u queues; --queues says how many to simulate\n",
		args->trace, trace->nr_queues);
	trace_free(trace);
	return NULL;
}

/* False after a message. */
static bool run_trace(const struct args *args, struct json_object *array)
{
	struct trace *trace = open_trace(args);
	struct scenario scenario;

	if (!trace)
		return false;
	scenario_from_trace(&scenario, args->trace, trace);
	run_scenario(args, &scenario, array);
	trace_free(trace);
	return true;
}

static void print_json(struct json_object *array)
{
	int flags = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;

	puts(json_object_to_json_string_ext(array, flags));
}

static int end(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	perror("rss-sim: standard output");
	return 1;
}

int main(int argc, char **argv)
{
	struct json_object *array = NULL;
	struct args args;

	args_read(&args, argc, argv);
	if (args.list) {
		list();
		return end();
	}
	if (args.json)
		array = json_object_new_array();
	if (!args.trace)
		run_scenarios(&args, array);
	else if (!run_trace(&args, array))
		return ARGS_EXIT_USAGE;
	if (array)
		print_json(array);
	json_object_put(array);
	return end();
}
