// SPDX-License-Identifier: GPL-2.0-only
#include <json-c/json.h>

#include "metrics.h"
#include "out.h"

static double percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * part / whole : 0;
}

static double us(uint64_t ns)
{
	return ns / 1000.0;
}

void out_head(FILE *file, const struct scenario *scenario, uint64_t seed)
{
	fprintf(file, "%s: %s\n%u VMs, %u queues, %u s, seed %llu\n", scenario->name,
		scenario->about, scenario->vms, scenario->queues, scenario->seconds,
		(unsigned long long)seed);
	fprintf(file, "%-13s %27s %20s %12s %6s %12s %24s %5s %8s %8s\n", "",
		"victims' wait, us", "wait, us", "drops, %", "hot", "busiest/bound", "moves", "",
		"recovery", "alone");
	fprintf(file,
		"%-13s %8s %9s %8s %10s %9s %6s %5s %6s %6s %5s %5s %5s %5s %6s %5s %8s %8s\n",
		"policy", "p50", "p99", "p99.9", "p99", "p99.9", "vict.", "all", "s", "NIC",
		"part.", "all", "most", "/ch.", "entry", "CPUs", "ms", "ms");
}

static void out_ms(FILE *file, const struct result *result, uint64_t ns)
{
	if (!result->floods)
		fprintf(file, " %8s", "-");
	else if (ns == METRICS_NEVER)
		fprintf(file, " %8s", "never");
	else
		fprintf(file, " %8llu", (unsigned long long)(ns / SIM_MS));
}

void out_row(FILE *file, const struct balancer *balancer, const struct result *result)
{
	fprintf(file, "%-13s %8.0f %9.0f %8.0f %10.0f %9.0f %6.2f %5.1f %6.1f %6.2f %5.2f",
		balancer->name, us(result->p50), us(result->p99), us(result->p999),
		us(result->all_p99), us(result->all_p999),
		percent(result->victim_drops, result->victim_packets + result->victim_drops),
		percent(result->drops, result->packets), result->hot_ns / (double)SIM_SEC,
		result->over_nic, result->over_engines);
	fprintf(file, " %5llu %5u %5.2f %6llu %5.1f", (unsigned long long)result->moves,
		result->most_moves, result->per_change, (unsigned long long)result->rewritten,
		result->cpus);
	out_ms(file, result, result->reaction);
	out_ms(file, result, result->alone);
	fputc('\n', file);
}

static void add_string(struct json_object *to, const char *key, const char *value)
{
	json_object_object_add(to, key, json_object_new_string(value));
}

static void add_u64(struct json_object *to, const char *key, uint64_t value)
{
	json_object_object_add(to, key, json_object_new_uint64(value));
}

static void add_double(struct json_object *to, const char *key, double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.4f", value);
	json_object_object_add(to, key, json_object_new_double_s(value, text));
}

/* null: no flood; -1: never. */
static void add_ms(struct json_object *to, const char *key, const struct result *result,
		   uint64_t ns)
{
	struct json_object *value = NULL;

	if (result->floods)
		value = json_object_new_int64(ns == METRICS_NEVER ? -1 : (int64_t)(ns / SIM_MS));
	json_object_object_add(to, key, value);
}

struct json_object *out_json(const struct scenario *scenario, const struct balancer *balancer,
			     uint64_t seed, const struct result *result)
{
	struct json_object *to = json_object_new_object();

	add_string(to, "scenario", scenario->name);
	add_string(to, "policy", balancer->name);
	add_u64(to, "seed", seed);
	add_u64(to, "vms", scenario->vms);
	add_u64(to, "queues", scenario->queues);
	add_u64(to, "seconds", scenario->seconds);
	add_u64(to, "victims_p50_ns", result->p50);
	add_u64(to, "victims_p99_ns", result->p99);
	add_u64(to, "victims_p999_ns", result->p999);
	add_u64(to, "all_p50_ns", result->all_p50);
	add_u64(to, "all_p99_ns", result->all_p99);
	add_u64(to, "all_p999_ns", result->all_p999);
	add_u64(to, "packets", result->packets);
	add_u64(to, "drops", result->drops);
	add_u64(to, "victim_packets", result->victim_packets + result->victim_drops);
	add_u64(to, "victim_drops", result->victim_drops);
	add_u64(to, "hot_ms", result->hot_ns / SIM_MS);
	add_double(to, "busiest", result->busiest);
	add_double(to, "busiest_over_nic_bound", result->over_nic);
	add_double(to, "busiest_over_partition_bound", result->over_engines);
	add_u64(to, "moves", result->moves);
	add_u64(to, "most_moves_of_a_vm", result->most_moves);
	add_double(to, "most_moves_per_change", result->per_change);
	add_u64(to, "entries_rewritten", result->rewritten);
	add_double(to, "cpus_used", result->cpus);
	add_ms(to, "recovery_ms", result, result->reaction);
	add_ms(to, "alone_ms", result, result->alone);
	return to;
}
