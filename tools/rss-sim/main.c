// SPDX-License-Identifier: GPL-2.0-only
/* rss-sim: policies for receive queues, side by side under the same load. */
#include <json-c/json.h>
#include <stdio.h>

#include "args.h"
#include "out.h"

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
	struct result result;

	run(scenario, balancer, &args->config, args->seed, &result);
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
	const struct scenario *scenario;
	struct args args;

	args_read(&args, argc, argv);
	if (args.list) {
		list();
		return end();
	}
	if (args.json)
		array = json_object_new_array();
	for (scenario = scenarios; scenario->name; scenario++) {
		if (args.scenario && args.scenario != scenario)
			continue;
		if (!array && !args.scenario && scenario != scenarios)
			putchar('\n');
		run_scenario(&args, scenario, array);
	}
	if (array)
		print_json(array);
	json_object_put(array);
	return end();
}
