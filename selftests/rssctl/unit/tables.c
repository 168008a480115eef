// SPDX-License-Identifier: GPL-2.0-only
/* Prints the tool's tables of the contract, for the comparison with the spec. */
#include <stdio.h>

#include <linux/rss_engine.h>

#include "explain.h"
#include "schema.h"

#include "rssctl.h"

static const char *const type_words[] = {
	[F_U32] = "u32", [F_S32] = "s32", [F_U64] = "u64", [F_ENUM] = "enum", [F_FLAG] = "flag",
	[F_STR] = "string", [F_MAC] = "mac", [F_STRS] = "strings", [F_U32S] = "u32s",
	[F_NESTS] = "nests", [F_RAW_U32] = "u32", [F_RAW_S32] = "s32", [F_RAW_U64] = "u64",
	[F_RAW_ENUM] = "enum", [F_RAW_FLAG] = "flag",
};

static void print_names(const char *name, const struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		printf("enum %s %zu %s\n", name, i, names->name[i]);
}

static void print_schema(const struct schema *schema)
{
	for (size_t i = 0; i < schema->n; i++) {
		const struct field *f = &schema->fields[i];

		printf("attr %s %u %s %s %lld %lld %s\n", schema->name, f->attr, f->name,
		       type_words[f->type], f->min, f->max, f->nest ? f->nest->name : "-");
	}
}

int main(void)
{
	print_names("state", &state_names);
	print_names("pin", &pin_names);
	print_names("engine-kind", &kind_names);
	print_names("mode", &mode_names);
	print_names("select", &select_names);
	print_names("latency", &latency_names);
	print_names("scale", &scale_names);
	print_names("reason", &reason_names);
	print_names("event-kind", &event_names);
	print_schema(&config_schema);
	print_schema(&pnic_schema);
	print_schema(&filter_schema);
	print_schema(&vnic_schema);
	print_schema(&vm_schema);
	print_schema(&placement_schema);
	print_schema(&engine_schema);
	print_schema(&queue_schema);
	print_schema(&event_schema);
	print_schema(&limit_schema);
	print_schema(&policy_config_schema);
	print_schema(&policy_engine_schema);
	print_schema(&policy_vm_schema);
	print_schema(&policy_outcome_schema);
	print_schema(&policy_move_schema);
	print_schema(&policy_entries_schema);
	print_schema(&policy_queue_schema);
	print_schema(&policy_entry_schema);
	print_schema(&policy_written_schema);
	print_schema(&policy_limits_schema);
	print_schema(&policy_shift_schema);
	print_schema(&policy_rewrite_schema);
	print_schema(&policy_change_schema);
	print_schema(&sample_schema);
	print_schema(&policy_backoff_schema);
	print_schema(&policy_vm_state_schema);
	print_schema(&policy_engine_state_schema);
	print_schema(&policy_moved_schema);
	print_schema(&policy_state_schema);
	for (size_t i = 0; i < reason_names.n; i++)
		printf("sentence %s %s\n", reason_names.name[i],
		       reason_template((__s64)i) ? "yes" : "no");
	return 0;
}
