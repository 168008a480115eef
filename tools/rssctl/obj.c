// SPDX-License-Identifier: GPL-2.0-only
/* Finding, growing and freeing the objects that the schema tables describe. */
#include <stdlib.h>
#include <string.h>

#include "rssctl.h"
#include "schema.h"

const struct field *schema_attr(const struct schema *schema, __u16 attr)
{
	for (size_t i = 0; i < schema->n; i++)
		if (schema->fields[i].attr == attr)
			return &schema->fields[i];
	return NULL;
}

/* @name may be written with underscores: JSON and config keys are. */
static bool name_matches(const char *field, const char *name)
{
	for (; *field && *name; field++, name++)
		if (*field != *name && !(*field == '-' && *name == '_'))
			return false;
	return *field == *name;
}

const struct field *schema_name(const struct schema *schema, const char *name)
{
	for (size_t i = 0; i < schema->n; i++)
		if (name_matches(schema->fields[i].name, name))
			return &schema->fields[i];
	return NULL;
}

/* Size of an element of a list field; 0 when it is no list. */
size_t field_elem_size(const struct field *field)
{
	switch (field->type) {
	case F_STRS:
		return sizeof(char *);
	case F_U32S:
		return sizeof(__u32);
	case F_NESTS:
		return field->nest->size;
	default:
		return 0;
	}
}

bool field_is_raw(const struct field *field)
{
	return field->type >= F_RAW_U32;
}

/* Value of a member of the policy's structs; no u64 there reaches 2^63. */
__s64 raw_get(const struct field *field, const void *p)
{
	switch (field->type) {
	case F_RAW_S32:
		return *(const __s32 *)p;
	case F_RAW_U64:
		return (__s64)*(const __u64 *)p;
	case F_RAW_FLAG:
		return *(const bool *)p;
	default:
		return *(const __u32 *)p;
	}
}

void raw_set(const struct field *field, void *p, __s64 value)
{
	switch (field->type) {
	case F_RAW_U64:
		*(__u64 *)p = (__u64)value;
		break;
	case F_RAW_FLAG:
		*(bool *)p = value;
		break;
	default:
		*(__u32 *)p = (__u32)value;
		break;
	}
}

/**
 * list_push() - add a zeroed element
 * @list: the list
 * @size: size of an element
 *
 * Return: the element; valid until the next push.
 */
void *list_push(struct list *list, size_t size)
{
	/* The room doubles at each power of two, so no capacity need be kept. */
	if (!(list->n & (list->n - 1)))
		list->v = xrealloc(list->v, list->n ? 2 * list->n : 1, size);
	return memset(list_at(list, list->n++, size), 0, size);
}

void *list_at(const struct list *list, size_t i, size_t size)
{
	return (char *)list->v + i * size;
}

static void field_clear(const struct field *field, void *p)
{
	struct list *list = p;

	switch (field->type) {
	case F_STR:
		free(*(char **)p);
		break;
	case F_STRS:
		for_each(s, list, char *)
			free(*s);
		free(list->v);
		break;
	case F_U32S:
		free(list->v);
		break;
	case F_NESTS:
		list_clear(field->nest, list);
		break;
	default:
		break;
	}
}

/* Free what @obj holds and leave it empty; @obj itself stays. */
void obj_clear(const struct schema *schema, void *obj)
{
	for (size_t i = 0; i < schema->n; i++)
		field_clear(&schema->fields[i], field_ptr(&schema->fields[i], obj));
	memset(obj, 0, schema->size);
}

void list_clear(const struct schema *schema, struct list *list)
{
	for (size_t i = 0; i < list->n; i++)
		obj_clear(schema, list_at(list, i, schema->size));
	free(list->v);
	list->n = 0;
	list->v = NULL;
}
