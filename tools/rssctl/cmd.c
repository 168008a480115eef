// SPDX-License-Identifier: GPL-2.0-only
/* Steps that several commands share. */
#include <string.h>

#include "cmd.h"

/* The connection, opened when first needed: wrong usage is told without a module. */
enum rc app_ipc(struct app *app, struct ipc **ipc)
{
	enum rc rc = app->ipc ? RC_OK : ipc_open(&app->ipc);

	*ipc = app->ipc;
	return rc;
}

/* Send a request that has no answer but success. */
enum rc app_do(struct app *app, int cmd, const struct schema *schema, const void *request)
{
	struct ipc *ipc;
	enum rc rc = app_ipc(app, &ipc);

	return rc ? rc : ipc_do(ipc, cmd, schema, request, NULL);
}

static bool same_engine(const struct engine *a, const struct engine *b)
{
	return opt_is(&a->ifindex, b->ifindex.v) && opt_is(&a->id, b->id.v);
}

/*
 * The VMs of an engine may be more than a message holds; the rest comes with
 * the same engine once more, behind it.
 */
static void join_engines(struct list *list)
{
	struct engine *engines = list->v;
	size_t kept = 0;

	for (size_t i = 1; i < list->n; i++) {
		if (!same_engine(&engines[kept], &engines[i])) {
			kept++;
			if (kept != i) {
				engines[kept] = engines[i];
				memset(&engines[i], 0, sizeof(engines[i]));
			}
			continue;
		}
		for_each(name, &engines[i].vm, char *) {
			*(char **)list_push(&engines[kept].vm, sizeof(*name)) = *name;
			*name = NULL;
		}
		obj_clear(&engine_schema, &engines[i]);
	}
	list->n = list->n ? kept + 1 : 0;
}

enum rc app_dump(struct app *app, int cmd, const struct schema *schema, struct list *list)
{
	struct ipc *ipc;
	enum rc rc = app_ipc(app, &ipc);

	if (!rc)
		rc = ipc_dump(ipc, cmd, schema, NULL, list);
	if (schema == &engine_schema)
		join_engines(list);
	return rc;
}

/* At most one word: the name that a show is limited to, NULL for all. */
enum rc args_filter(struct args *args, const char **word)
{
	*word = args_next(args);
	return args_end(args);
}

enum rc no_such(const char *what, const char *name)
{
	return err(RC_FAILED, "no %s \"%s\"", what, name);
}

/* Keep of @list what has @key as its @key_attr; all when @key is NULL. */
void filter_list(struct list *list, const struct schema *schema, __u16 key_attr,
		 const char *key)
{
	const struct field *field = schema_attr(schema, key_attr);
	size_t kept = 0;

	if (!key)
		return;
	for (size_t i = 0; i < list->n; i++) {
		void *obj = list_at(list, i, schema->size);
		const char *value = *(char **)field_ptr(field, obj);

		if (!value || strcmp(value, key)) {
			obj_clear(schema, obj);
			continue;
		}
		if (i != kept) {
			memcpy(list_at(list, kept, schema->size), obj, schema->size);
			memset(obj, 0, schema->size);
		}
		kept++;
	}
	list->n = kept;
}

/**
 * show_dump() - read the objects of a kind and print them
 * @app: the run
 * @cmd: RSS_ENGINE_CMD_..._GET
 * @view: how they are printed
 * @key_attr: name that @key limits them by
 * @key: NULL for all; when nothing has it, that is a failure
 */
enum rc show_dump(struct app *app, int cmd, const struct view *view, __u16 key_attr,
		  const char *key)
{
	struct list list = {};
	enum rc rc = app_dump(app, cmd, view->schema, &list);

	if (!rc)
		filter_list(&list, view->schema, key_attr, key);
	if (!rc && key && !list.n)
		rc = no_such("PNIC", key);
	if (!rc)
		rc = show_list(app, view, &list);
	list_clear(view->schema, &list);
	return rc;
}
