/* SPDX-License-Identifier: GPL-2.0-only */
/* Printers: one description of the columns, text and JSON from it. */
#ifndef RSSCTL_OUT_H
#define RSSCTL_OUT_H

#include <json-c/json_object.h>

#include "rssctl.h"
#include "schema.h"

/**
 * struct column - a field as it is shown
 * @title: heading of the text and key of the JSON
 * @attr: the field's attribute
 * @zero_is_null: a number or an enumeration of which 0 means "none given"
 * @text: a number that is shown as this text, to be freed; NULL: as it is
 */
struct column {
	const char *title;
	__u16 attr;
	bool zero_is_null;
	char *(*text)(__s64 value);
};

/**
 * struct view - how a kind of object is shown
 * @schema: of the objects
 * @columns: in their order
 * @n: number of @columns
 * @n_text: columns that fit into a text table; the rest is JSON only
 */
struct view {
	const struct schema *schema;
	const struct column *columns;
	size_t n;
	size_t n_text;
};

struct json_object *view_json(const struct view *view, const void *obj);
void view_table(const struct view *view, const struct list *list);
char *column_text(const struct view *view, const struct column *column, const void *obj);

enum rc show_list(struct app *app, const struct view *view, const struct list *list);
void print_json(struct json_object *json);
void print_json_line(struct json_object *json);
struct json_object *json_opt(const struct opt *opt);
struct json_object *json_u32s(const struct list *list);
char *ranges_text(const struct list *list);
char *mac_text(const struct mac *mac);

#endif
