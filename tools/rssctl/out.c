// SPDX-License-Identifier: GPL-2.0-only
/* Printers: one description of the columns, text and JSON from it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"

#define JSON_FLAGS (JSON_C_TO_STRING_NOSLASHESCAPE)

char *mac_text(const struct mac *mac)
{
	const __u8 *a = mac->addr;

	if (!mac->set)
		return xstrdup("-");
	return xasprintf("%02x:%02x:%02x:%02x:%02x:%02x", a[0], a[1], a[2], a[3], a[4], a[5]);
}

static char *join(char *list, const char *sep, const char *more)
{
	char *longer = xasprintf("%s%s%s", list, *list ? sep : "", more);

	free(list);
	return longer;
}

/* "0-3,6" of numbers in rising order; "-" of none. */
char *ranges_text(const struct list *list)
{
	const __u32 *v = list->v;
	char *text = xstrdup("");

	for (size_t i = 0, j; i < list->n; i = j) {
		char *part;

		for (j = i + 1; j < list->n && v[j] == v[j - 1] + 1; j++)
			;
		if (j - i > 1)
			part = xasprintf("%u-%u", v[i], v[j - 1]);
		else
			part = xasprintf("%u", v[i]);
		text = join(text, ",", part);
		free(part);
	}
	return *text ? text : join(text, "", "-");
}

static char *strings_text(const struct list *list)
{
	char *text = xstrdup("");

	for_each(s, list, char *)
		text = join(text, ",", *s);
	return *text ? text : join(text, "", "-");
}

static bool opt_shown(const struct column *column, const struct opt *opt)
{
	return opt->set && !(column->zero_is_null && !opt->v);
}

static char *number_text(const struct column *column, __s64 value)
{
	return column->text ? column->text(value) : xasprintf("%lld", value);
}

/* A column of an object as text, to be freed; "-" for what is absent. */
char *column_text(const struct view *view, const struct column *column, const void *obj)
{
	const struct field *field = schema_attr(view->schema, column->attr);
	const void *p = field_ptr(field, obj);

	switch (field->type) {
	case F_STR:
		return xstrdup(*(char *const *)p ? *(char *const *)p : "-");
	case F_STRS:
		return strings_text(p);
	case F_U32S:
		return ranges_text(p);
	case F_MAC:
		return mac_text(p);
	case F_FLAG:
		return xstrdup(((const struct opt *)p)->set ? "yes" : "no");
	case F_ENUM:
		if (!opt_shown(column, p))
			return xstrdup("-");
		return xstrdup(names_get(field->names, ((const struct opt *)p)->v));
	default:
		if (!opt_shown(column, p))
			return xstrdup("-");
		return number_text(column, ((const struct opt *)p)->v);
	}
}

struct json_object *json_opt(const struct opt *opt)
{
	return opt->set ? json_object_new_int64(opt->v) : NULL;
}

struct json_object *json_u32s(const struct list *list)
{
	struct json_object *array = json_object_new_array();

	for_each(v, list, __u32)
		json_object_array_add(array, json_object_new_int64(*v));
	return array;
}

static struct json_object *strings_json(const struct list *list)
{
	struct json_object *array = json_object_new_array();

	for_each(s, list, char *)
		json_object_array_add(array, json_object_new_string(*s));
	return array;
}

static struct json_object *number_json(const struct column *column, const struct opt *opt)
{
	struct json_object *json;
	char *text;

	if (!opt_shown(column, opt))
		return NULL;
	if (!column->text)
		return json_opt(opt);
	text = column->text(opt->v);
	json = json_object_new_string(text);
	free(text);
	return json;
}

/* A column of an object as JSON; NULL, which prints as null, for what is absent. */
static struct json_object *column_json(const struct view *view, const struct column *column,
				       const void *obj)
{
	const struct field *field = schema_attr(view->schema, column->attr);
	const void *p = field_ptr(field, obj);
	const struct opt *opt = p;

	switch (field->type) {
	case F_STR:
		return *(char *const *)p ? json_object_new_string(*(char *const *)p) : NULL;
	case F_STRS:
		return strings_json(p);
	case F_U32S:
		return json_u32s(p);
	case F_FLAG:
		return json_object_new_boolean(opt->set);
	case F_ENUM:
		if (!opt_shown(column, opt))
			return NULL;
		return json_object_new_string(names_get(field->names, opt->v));
	default:
		return number_json(column, opt);
	}
}

struct json_object *view_json(const struct view *view, const void *obj)
{
	struct json_object *json = json_object_new_object();

	for (size_t i = 0; i < view->n; i++)
		json_object_object_add(json, view->columns[i].title,
				       column_json(view, &view->columns[i], obj));
	return json;
}

/* Print @json and let go of it. */
void print_json(struct json_object *json)
{
	puts(json_object_to_json_string_ext(json, JSON_FLAGS | JSON_C_TO_STRING_PRETTY |
					    JSON_C_TO_STRING_SPACED));
	json_object_put(json);
}

void print_json_line(struct json_object *json)
{
	puts(json_object_to_json_string_ext(json, JSON_FLAGS | JSON_C_TO_STRING_PLAIN));
	json_object_put(json);
}

/* Numbers stand to the right, so that they can be compared down a column. */
static bool is_right(const struct view *view, const struct column *column)
{
	enum field_type type = schema_attr(view->schema, column->attr)->type;

	return !column->text && (type == F_U32 || type == F_S32 || type == F_U64);
}

static void print_row(const struct view *view, char **cells, const int *width)
{
	for (size_t i = 0; i < view->n_text; i++) {
		bool right = is_right(view, &view->columns[i]);
		bool last = i == view->n_text - 1;

		if (right)
			printf("%*s", width[i], cells[i]);
		else
			printf("%-*s", last ? 0 : width[i], cells[i]);
		fputs(last ? "\n" : "  ", stdout);
	}
}

/* Print @list as a table under headings, each column as wide as it must be. */
void view_table(const struct view *view, const struct list *list)
{
	size_t n = view->n_text, rows = list->n + 1;
	char **cells = xcalloc(rows * n, sizeof(*cells));
	int *width = xcalloc(n, sizeof(*width));

	for (size_t i = 0; i < rows * n; i++) {
		const struct column *column = &view->columns[i % n];
		int len;

		if (i < n)
			cells[i] = xstrdup(column->title);
		else
			cells[i] = column_text(view, column, list_at(list, i / n - 1,
								     view->schema->size));
		len = (int)strlen(cells[i]);
		if (len > width[i % n])
			width[i % n] = len;
	}
	for (size_t row = 0; row < rows; row++)
		print_row(view, cells + row * n, width);
	for (size_t i = 0; i < rows * n; i++)
		free(cells[i]);
	free(cells);
	free(width);
}

/**
 * show_list() - print objects as a table or, with -j, as an array
 * @app: the run
 * @view: how
 * @list: of view->schema
 *
 * Return: RC_OK.
 */
enum rc show_list(struct app *app, const struct view *view, const struct list *list)
{
	struct json_object *array;

	if (!app->json) {
		view_table(view, list);
		return RC_OK;
	}
	array = json_object_new_array();
	for (size_t i = 0; i < list->n; i++)
		json_object_array_add(array, view_json(view, list_at(list, i,
								     view->schema->size)));
	print_json(array);
	return RC_OK;
}
