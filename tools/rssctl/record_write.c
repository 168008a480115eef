// SPDX-License-Identifier: GPL-2.0-only
/* Writing a record: a line of JSON at a time, each whole before the next. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json_object.h>
#include <json-c/linkhash.h>

#include "record.h"

static enum rc write_failed(const struct writer *writer)
{
	return err(RC_FAILED, "cannot write %s: %s", writer->path, strerror(errno));
}

/* Names and loads of VMs are not for everybody. */
enum rc writer_open(struct writer *writer, const char *path, bool force)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (force ? O_TRUNC : O_EXCL), 0600);

	writer->path = path;
	if (fd < 0 && errno == EEXIST)
		return err(RC_FAILED, "%s exists, and is not overwritten without --force", path);
	writer->file = fd < 0 ? NULL : fdopen(fd, "w");
	if (writer->file)
		return RC_OK;
	write_failed(writer);
	if (fd >= 0)
		close(fd);
	return RC_FAILED;
}

enum rc writer_close(struct writer *writer)
{
	FILE *file = writer->file;

	writer->file = NULL;
	return file && fclose(file) ? write_failed(writer) : RC_OK;
}

/* Write @json, and let go of it, as a line of @type. */
enum rc writer_line(struct writer *writer, const char *type, struct json_object *json)
{
	struct json_object *line = json_object_new_object();
	int ret;

	json_object_object_add(line, "type", json_object_new_string(type));
	json_object_object_foreach(json, key, value)
		json_object_object_add(line, key, json_object_get(value));
	ret = fprintf(writer->file, "%s\n",
		      json_object_to_json_string_ext(line, JSON_C_TO_STRING_PLAIN |
						     JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(line);
	json_object_put(json);
	return ret < 0 || fflush(writer->file) ? write_failed(writer) : RC_OK;
}

enum rc writer_obj(struct writer *writer, const char *type, const struct schema *schema,
		   const void *obj)
{
	struct json_object *json = json_object_new_object();

	obj_to_json(schema, obj, json);
	return writer_line(writer, type, json);
}

/* @version: of the kernel's family; @pnics: list of struct pnic, or NULL */
enum rc writer_header(struct writer *writer, unsigned int version, const struct list *pnics)
{
	struct json_object *json = json_object_new_object();
	struct json_object *array = json_object_new_array();

	json_object_object_add(json, "format", json_object_new_int(RECORD_FORMAT));
	json_object_object_add(json, "family_version", json_object_new_int64(version));
	json_object_object_add(json, "rssctl", json_object_new_string(RSSCTL_VERSION));
	for (size_t i = 0; pnics && i < pnics->n; i++) {
		const struct pnic *pnic = list_at(pnics, i, sizeof(*pnic));

		json_object_array_add(array, json_object_new_string(pnic->ifname));
	}
	json_object_object_add(json, "pnics", array);
	return writer_line(writer, "header", json);
}
