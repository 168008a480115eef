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
	fprintf(file, "%-9s %27s %29s %12s %12s %12s %24s %17s %8s %8s\n", "",
		"victims' wait, us", "wait, us", "drops, %", "hot", "busiest/bound", "moves",
		"CPUs", "recovery", "alone");
	fprintf(file, "%-9s %8s %9s %8s %9s %9s %9s %6s %5s", "policy", "p50", "p99", "p99.9",
		"p50", "p99", "p99.9", "vict.", "all");
	fprintf(file, " %5s %6s %6s %5s %5s %5s %5s %6s", "s", "ms", "NIC", "part.", "all",
		"most", "/ch.", "entry");
	fprintf(file, " %5s %5s %5s %8s %8s\n", "used", "quiet", "busy", "ms", "ms");
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

static void out_waits(FILE *file, const struct result *result)
{
	fprintf(file, " %8.1f %9.1f %8.1f %9.1f %9.1f %9.1f %6.2f %5.1f", us(result->p50),
		us(result->p99), us(result->p999), us(result->all_p50), us(result->all_p99),
		us(result->all_p999),
		percent(result->victim_drops, result->victim_packets + result->victim_drops),
		percent(result->drops, result->packets));
}

static void out_loads(FILE *file, const struct result *result)
{
	fprintf(file, " %5.1f %6llu %6.2f", result->hot_ns / (double)SIM_SEC,
		(unsigned long long)(result->hot_longest / SIM_MS), result->over_nic);
	if (result->judged)
		fprintf(file, " %5.2f", result->over_part);
	else
		fprintf(file, " %5s", "-");
}

static void out_cpus(FILE *file, const struct result *result)
{
	fprintf(file, " %5.1f", result->cpus);
	if (result->phases)
		fprintf(file, " %5u %5u", result->quiet_awake, result->busy_awake);
	else
		fprintf(file, " %5s %5s", "-", "-");
}

void out_row(FILE *file, const struct balancer *balancer, const struct result *result)
{
	fprintf(file, "%-9s", balancer->name);
	out_waits(file, result);
	out_loads(file, result);
	fprintf(file, " %5llu %5u %5u %6llu", (unsigned long long)result->moves,
		result->most_moves, result->per_change, (unsigned long long)result->rewritten);
	out_cpus(file, result);
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

/* null: there is none. */
static void add_known(struct json_object *to, const char *key, bool known, uint64_t value)
{
	json_object_object_add(to, key, known ? json_object_new_uint64(value) : NULL);
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

static void add_packets(struct json_object *to, const struct result *result)
{
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
}

static void add_loads(struct json_object *to, const struct result *result)
{
	add_u64(to, "hot_ms", result->hot_ns / SIM_MS);
	add_u64(to, "hot_longest_ms", result->hot_longest / SIM_MS);
	add_double(to, "busiest", result->busiest);
	add_double(to, "busiest_over_nic_bound", result->over_nic);
	if (result->judged)
		add_double(to, "busiest_over_partition_bound", result->over_part);
	else
		json_object_object_add(to, "busiest_over_partition_bound", NULL);
	add_double(to, "cpus_used", result->cpus);
	add_known(to, "cpus_quiet", result->phases, result->quiet_awake);
	add_known(to, "quiet_after_ms", result->phases, result->quiet_ns / SIM_MS);
	add_known(to, "cpus_busy", result->phases, result->busy_awake);
}

static void add_moves(struct json_object *to, const struct result *result)
{
	add_u64(to, "moves", result->moves);
	add_u64(to, "most_moves_of_a_vm", result->most_moves);
	add_u64(to, "most_moves_per_change", result->per_change);
	add_u64(to, "entries_rewritten", result->rewritten);
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
	add_packets(to, result);
	add_loads(to, result);
	add_moves(to, result);
	json_object_object_add(to, "hopeless", json_object_new_boolean(scenario->hopeless));
	add_known(to, "flooded_ms", result->floods, result->flood_ns / SIM_MS);
	add_known(to, "flooded_at_once", result->floods, result->crowd);
	add_ms(to, "recovery_ms", result, result->reaction);
	add_ms(to, "alone_ms", result, result->alone);
	return to;
}
