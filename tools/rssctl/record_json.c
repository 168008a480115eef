// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects of a record as JSON, by the schema tables, and back. What is 0 or
 * empty is left out. What is read is not trusted.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json_object.h>
#include <json-c/linkhash.h>

#include "record.h"

#define KEY_MAX		64
#define STRING_MAX	63

/* The key of a field: its name, with underscores. */
static void key_of(const struct field *field, char key[KEY_MAX])
{
	size_t i;

	for (i = 0; field->name[i] && i < KEY_MAX - 1; i++)
		key[i] = field->name[i] == '-' ? '_' : field->name[i];
	key[i] = '\0';
}

/* Writing */

static struct json_object *list_json(const struct field *field, const struct list *list)
{
	struct json_object *array;

	if (!list->n)
		return NULL;
	array = json_object_new_array();
	for (size_t i = 0; i < list->n; i++) {
		struct json_object *json = json_object_new_object();

		obj_to_json(field->nest, list_at(list, i, field->nest->size), json);
		json_object_array_add(array, json);
	}
	return array;
}

static struct json_object *raw_json(const struct field *field, const void *p)
{
	__s64 value = raw_get(field, p);

	if (!value)
		return NULL;
	if (field->type == F_RAW_FLAG)
		return json_object_new_boolean(true);
	/* What a newer module knows stays a number, and is refused when it is read. */
	if (field->type == F_RAW_ENUM && (__u64)value < field->names->n)
		return json_object_new_string(names_get(field->names, value));
	return json_object_new_int64(value);
}

static struct json_object *field_json(const struct field *field, const void *p)
{
	const struct opt *opt = p;

	if (field_is_raw(field))
		return raw_json(field, p);
	if (field->type == F_NESTS)
		return list_json(field, p);
	if (field->type == F_STR)
		return *(char *const *)p ? json_object_new_string(*(char *const *)p) : NULL;
	return opt->set ? json_object_new_int64(opt->v) : NULL;
}

/* Add the members of @obj to @json. */
void obj_to_json(const struct schema *schema, const void *obj, struct json_object *json)
{
	for (size_t i = 0; i < schema->n; i++) {
		const struct field *field = &schema->fields[i];
		struct json_object *value = field_json(field, field_ptr(field, obj));
		char key[KEY_MAX];

		if (!value)
			continue;
		key_of(field, key);
		json_object_object_add(json, key, value);
	}
}

/* Reading */

/* Put "KEY: " in front of what is wrong. */
static bool inside(char **why, const char *key)
{
	char *longer = xasprintf("%s: %s", key, *why);

	free(*why);
	*why = longer;
	return false;
}

static bool is_string(struct json_object *json)
{
	const char *s = json_object_get_string(json);
	size_t len = strlen(s);

	if (len != (size_t)json_object_get_string_len(json) || len > STRING_MAX)
		return false;
	for (; *s; s++)
		if (*s <= 0x20 || *s == 0x7f)
			return false;
	return true;
}

static bool read_string(struct json_object *json, char **p, char **why)
{
	if (!json_object_is_type(json, json_type_string) || !is_string(json)) {
		*why = xasprintf("is no name");
		return false;
	}
	free(*p);
	*p = xstrdup(json_object_get_string(json));
	return true;
}

static bool read_enum(const struct field *field, struct json_object *json, void *p, char **why)
{
	__s64 value;

	if (!json_object_is_type(json, json_type_string) ||
	    !names_find(field->names, json_object_get_string(json), &value)) {
		*why = xasprintf("is no known %s", field->names->what);
		return false;
	}
	raw_set(field, p, value);
	return true;
}

static bool read_flag(const struct field *field, struct json_object *json, void *p, char **why)
{
	if (!json_object_is_type(json, json_type_boolean)) {
		*why = xasprintf("is neither true nor false");
		return false;
	}
	raw_set(field, p, json_object_get_boolean(json));
	return true;
}

static bool read_number(const struct field *field, struct json_object *json, void *p, char **why)
{
	bool wide = field->type == F_RAW_U64;
	__s64 min = field->min, max = wide ? INT64_MAX : field->max, value;

	if (!json_object_is_type(json, json_type_int)) {
		*why = xasprintf("is no whole number");
		return false;
	}
	value = json_object_get_int64(json);
	/* A number that is too large for 64 bits comes as the largest. */
	if (value < min || value > max || json_object_get_uint64(json) > INT64_MAX) {
		*why = xasprintf("is not in the range %lld..%lld", min, max);
		return false;
	}
	if (field_is_raw(field))
		raw_set(field, p, value);
	else
		opt_set(p, value);
	return true;
}

static bool read_list(const struct field *field, struct json_object *json, struct list *list,
		      char **why)
{
	if (!json_object_is_type(json, json_type_array)) {
		*why = xasprintf("is no array");
		return false;
	}
	for (size_t i = 0; i < json_object_array_length(json); i++) {
		void *obj = list_push(list, field->nest->size);
		char number[24];

		snprintf(number, sizeof(number), "%zu", i);
		if (!obj_from_json(field->nest, json_object_array_get_idx(json, i), obj, why))
			return inside(why, number);
	}
	return true;
}

static bool read_field(const struct field *field, struct json_object *json, void *p, char **why)
{
	switch (field->type) {
	case F_STR:
		return read_string(json, p, why);
	case F_NESTS:
		return read_list(field, json, p, why);
	case F_RAW_ENUM:
		return read_enum(field, json, p, why);
	case F_RAW_FLAG:
		return read_flag(field, json, p, why);
	default:
		return read_number(field, json, p, why);
	}
}

/**
 * obj_from_json() - read an object
 * @schema: of the object
 * @json: what it is read from
 * @obj: zeroed; filled, and to be cleared also after a failure
 * @why: says what is wrong, to be freed
 *
 * Return: false when a key is unknown, or a value is of another type or beyond
 * the field's range.
 */
bool obj_from_json(const struct schema *schema, struct json_object *json, void *obj, char **why)
{
	if (!json_object_is_type(json, json_type_object)) {
		*why = xasprintf("is no object");
		return false;
	}
	json_object_object_foreach(json, key, value) {
		const struct field *field = schema_name(schema, key);

		if (!field) {
			*why = xasprintf("\"%.40s\" is no known key", key);
			return false;
		}
		if (!read_field(field, value, field_ptr(field, obj), why))
			return inside(why, field->name);
	}
	return true;
}
