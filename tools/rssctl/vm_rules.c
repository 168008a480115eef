// SPDX-License-Identifier: GPL-2.0-only
/* The rules of VMs: their words, and how they are shown. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/linkhash.h>

#include <linux/rss_engine.h>

#include "cmd.h"
#include "vm.h"

/* What @word means for @field of @vm */
typedef enum rc parse_fn(const struct field *field, const char *word, struct vm *vm);

static enum rc parse_plain(const struct field *field, const char *word, struct vm *vm)
{
	return parse_field(field, word, vm);
}

/* Engine 0 is no shared one, and stands for any. */
static enum rc parse_engine(const struct field *field, const char *word, struct vm *vm)
{
	struct field number = *field;

	if (!strcmp(word, "any"))
		return parse_field(field, "0", vm);
	number.min = 1;
	return parse_field(&number, word, vm);
}

static enum rc parse_group(const struct field *field, const char *word, struct vm *vm)
{
	char **group = field_ptr(field, vm);
	bool off = !strcmp(word, "off");

	if (*group)
		return given_twice(field->name, word);
	if (!off && parse_name(field->name, word))
		return RC_USAGE;
	*group = xstrdup(off ? "" : word);
	return RC_OK;
}

static enum rc parse_switch(const struct field *field, const char *word, struct vm *vm)
{
	bool on = !strcmp(word, "on");

	if (!on && strcmp(word, "off"))
		return err(RC_USAGE, "%s: \"%s\" is none of on, off", field->name, word);
	return parse_field(field, on ? "1" : "0", vm);
}

static const struct {
	__u16 attr;
	const char *word;
	parse_fn *parse;
} rules[] = {
	{ RSS_ENGINE_A_VM_MIN_STATE, "min", parse_plain },
	{ RSS_ENGINE_A_VM_MAX_STATE, "max", parse_plain },
	{ RSS_ENGINE_A_VM_LATENCY, "latency", parse_plain },
	{ RSS_ENGINE_A_VM_NEED, "need", parse_plain },
	{ RSS_ENGINE_A_VM_REQUIRE, "engine", parse_engine },
	{ RSS_ENGINE_A_VM_PREFER, "prefer", parse_engine },
	{ RSS_ENGINE_A_VM_APART, "apart", parse_group },
	{ RSS_ENGINE_A_VM_TOGETHER, "together", parse_group },
	{ RSS_ENGINE_A_VM_RESERVE, "reserve", parse_switch },
};

static size_t find_rule(const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rules); i++)
		if (!strcmp(rules[i].word, word))
			break;
	return i;
}

bool is_rule(const char *word)
{
	return find_rule(word) < ARRAY_SIZE(rules);
}

/* Read the value of the rule @word; messages name it as the user does. */
enum rc parse_rule(struct args *args, const char *word, struct vm *vm)
{
	size_t i = find_rule(word);
	struct field field = *schema_attr(&vm_schema, rules[i].attr);
	const char *value;
	enum rc rc = args_need(args, word, &value);

	field.name = word;
	return rc ? rc : rules[i].parse(&field, value, vm);
}

static const struct column columns[] = {
	{ "min", RSS_ENGINE_A_VM_MIN_STATE },
	{ "max", RSS_ENGINE_A_VM_MAX_STATE },
	{ "latency", RSS_ENGINE_A_VM_LATENCY },
	{ "need", RSS_ENGINE_A_VM_NEED, .zero_is_null = true },
	{ "engine_required", RSS_ENGINE_A_VM_REQUIRE, .zero_is_null = true },
	{ "engine_preferred", RSS_ENGINE_A_VM_PREFER, .zero_is_null = true },
	{ "apart", RSS_ENGINE_A_VM_APART },
	{ "together", RSS_ENGINE_A_VM_TOGETHER },
};

static const struct view view = {
	.schema = &vm_schema,
	.columns = columns,
	.n = ARRAY_SIZE(columns),
};

/* Add the rules of @vm to @json, which shows a placement of it. */
void rules_json(const struct vm *vm, struct json_object *json)
{
	struct json_object *all = view_json(&view, vm);

	json_object_object_foreach(all, key, value)
		json_object_object_add(json, key, json_object_get(value));
	json_object_put(all);
	json_object_object_add(json, "reserved", json_object_new_boolean(opt_is(&vm->reserve, 1)));
}

/* In the words that set them. */
void print_rules(const struct vm *vm)
{
	static const struct {
		const char *word;
		const char *unset;
	} words[] = {
		{ "min", "-" }, { "max", "-" }, { "latency", "-" }, { "need", "0" },
		{ "engine", "any" }, { "prefer", "any" }, { "apart", "off" },
		{ "together", "off" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		char *text = column_text(&view, &columns[i], vm);

		printf("  %s %s", words[i].word, strcmp(text, "-") ? text : words[i].unset);
		free(text);
	}
	printf("  reserve %s\n", opt_is(&vm->reserve, 1) ? "on" : "off");
}
