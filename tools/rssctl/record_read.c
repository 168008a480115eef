// SPDX-License-Identifier: GPL-2.0-only
/* Reading a record: a line at a time, nothing of it trusted. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json_object.h>
#include <json-c/json_tokener.h>

#include "record.h"

/* No line is nested deeper: a sample, a list, an object, a list, an object. */
#define DEPTH_MAX	8

static const char *const type_words[] = {
	[LINE_HEADER] = "header",
	[LINE_CONFIG] = "config",
	[LINE_STATE] = "state",
	[LINE_SAMPLE] = "sample",
	[LINE_GAP] = "gap",
};

static const struct names line_names = {
	.what = "type of line",
	.name = type_words,
	.n = ARRAY_SIZE(type_words),
};

enum rc reader_open(struct reader *reader, const char *path)
{
	*reader = (struct reader){ .path = path, .file = fopen(path, "re") };
	if (!reader->file)
		return err(RC_FAILED, "cannot read %s: %s", path, strerror(errno));
	return RC_OK;
}

void reader_close(struct reader *reader)
{
	if (reader->file)
		fclose(reader->file);
	free(reader->text);
}

enum rc line_error(const struct reader *reader, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	err(RC_FAILED, "%s: line %zu: %s", reader->path, reader->number, s);
	free(s);
	return RC_FAILED;
}

static bool is_number(struct json_object *json, const char *key, __s64 *value)
{
	struct json_object *member;

	if (!json_object_object_get_ex(json, key, &member) ||
	    !json_object_is_type(member, json_type_int))
		return false;
	*value = json_object_get_int64(member);
	return true;
}

static bool read_header(struct json_object *json, char **why)
{
	__s64 format;

	if (!is_number(json, "format", &format)) {
		*why = xstrdup("is no record: its header names no format");
		return false;
	}
	if (format == RECORD_FORMAT)
		return true;
	*why = xasprintf("format %lld is %s; this rssctl reads format %d", format,
			 format < RECORD_FORMAT ? "an old one" : "not known", RECORD_FORMAT);
	return false;
}

static bool read_config(struct json_object *json, struct rsse_config *config, char **why)
{
	const char *wrong;

	if (!obj_from_json(&policy_config_schema, json, config, why))
		return false;
	wrong = rsse_config_check(config);
	if (wrong)
		*why = xstrdup(wrong);
	return !wrong;
}

static bool read_gap(struct json_object *json, __u64 *lost, char **why)
{
	__s64 value;

	if (!is_number(json, "lost", &value) || value < 1) {
		*why = xstrdup("does not say how many messages were lost");
		return false;
	}
	*lost = (__u64)value;
	return true;
}

static bool read_body(struct json_object *json, struct line *line, char **why)
{
	switch (line->type) {
	case LINE_HEADER:
		return read_header(json, why);
	case LINE_CONFIG:
		return read_config(json, &line->config, why);
	case LINE_STATE:
		return obj_from_json(&policy_state_schema, json, &line->state, why) &&
		       state_check(&line->state, why);
	case LINE_SAMPLE:
		return obj_from_json(&sample_schema, json, &line->sample, why) &&
		       sample_check(&line->sample, why);
	default:
		return read_gap(json, &line->lost, why);
	}
}

/* The type is taken out: what is left are the members of the object. */
static bool read_type(struct json_object *json, struct line *line, char **why)
{
	struct json_object *type;
	__s64 value;

	if (!json_object_is_type(json, json_type_object) ||
	    !json_object_object_get_ex(json, "type", &type) ||
	    !json_object_is_type(type, json_type_string) ||
	    !names_find(&line_names, json_object_get_string(type), &value)) {
		*why = xstrdup("is no line of a record");
		return false;
	}
	line->type = (enum line_type)value;
	json_object_object_del(json, "type");
	return true;
}

/* One object and nothing else; NULL when @text is anything but that. */
static struct json_object *parse(const char *text, size_t len)
{
	struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
	struct json_object *json;

	if (!tokener || len >= INT32_MAX)
		return NULL;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	/* With the terminator, so that the end is known to be the end. */
	json = json_tokener_parse_ex(tokener, text, (int)len + 1);
	if (json_tokener_get_error(tokener) != json_tokener_success ||
	    json_tokener_get_parse_end(tokener) < len) {
		json_object_put(json);
		json = NULL;
	}
	json_tokener_free(tokener);
	return json;
}

static enum rc read_text(const struct reader *reader, size_t len, struct line *line)
{
	struct json_object *json = parse(reader->text, len);
	char *why = NULL;
	enum rc rc = RC_OK;

	if (!json)
		return line_error(reader, "is no JSON object");
	if (!read_type(json, line, &why) || !read_body(json, line, &why))
		rc = line_error(reader, "%s", why);
	else if ((line->type == LINE_HEADER) != (reader->number == 1))
		rc = line_error(reader, "a record begins with its header, and has one only");
	free(why);
	json_object_put(json);
	return rc;
}

/**
 * read_line() - read the next line of a record
 * @reader: the record
 * @line: zeroed; filled, and to be cleared also after a failure
 * @end: set when there is no further line
 *
 * A last line that is not whole is what an interruption leaves: it is told, and
 * left out.
 *
 * Return: RC_OK, or RC_FAILED after a message that names the line.
 */
enum rc read_line(struct reader *reader, struct line *line, bool *end)
{
	ssize_t len;

	*end = false;
	errno = 0;
	len = getline(&reader->text, &reader->room, reader->file);
	if (len < 0) {
		*end = true;
		if (errno || ferror(reader->file))
			return err(RC_FAILED, "cannot read %s: %s", reader->path,
				   strerror(errno));
		if (!reader->number)
			return err(RC_FAILED, "%s is empty", reader->path);
		return RC_OK;
	}
	reader->number++;
	if (reader->text[len - 1] == '\n') {
		reader->text[--len] = '\0';
		return read_text(reader, (size_t)len, line);
	}
	*end = true;
	line_error(reader, "is not whole, and is left out");
	return reader->number == 1 ? RC_FAILED : RC_OK;
}

void line_clear(struct line *line)
{
	obj_clear(&policy_state_schema, &line->state);
	obj_clear(&sample_schema, &line->sample);
}
