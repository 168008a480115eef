// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading a record as a load. Of a line only what is needed is looked at: what
 * other keys say is the business of others, and so is a key that is not known.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "trace.h"
#include "util.h"

/* Formats that have what is needed under the same names. */
#define FORMAT_FIRST	1
#define FORMAT_LAST	2

/* No line is nested deeper: a sample, a list, an object, a list, an object. */
#define DEPTH_MAX	8

#define BUSY_MAX	1024000
#define QUEUES_MAX	1024
#define VMS_MAX		4096
#define STEPS_MAX	(1U << 28)

/**
 * struct seen - a VM of the record
 * @id: as the record has it
 * @index: place in &trace.names
 */
struct seen {
	int64_t id;
	uint32_t index;
};

/**
 * struct reader - a record that is read
 * @trace: what was read of it
 * @cap_steps: entries that @trace->steps has room for
 * @line: number of the line, counted from 1
 * @samples: samples of the PNIC so far
 * @ifindex: the PNIC
 * @begin: begin of the first window
 * @seen: VMs so far, ascending by id
 * @busy: latest load of each VM
 * @sample: latest sample of each VM
 * @why: what is wrong with the line; empty: nothing
 */
struct reader {
	struct trace *trace;
	uint32_t cap_steps;
	size_t line;
	uint64_t samples;
	int64_t ifindex;
	int64_t begin;
	struct seen seen[VMS_MAX];
	uint32_t busy[VMS_MAX];
	uint64_t sample[VMS_MAX];
	char why[160];
};

/* False, for the caller to return. */
__attribute__((format(printf, 2, 3)))
static bool wrong(struct reader *reader, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(reader->why, sizeof(reader->why), format, list);
	va_end(list);
	return false;
}

/* Members of an object: what is 0 is left out in a record */

static bool number(struct reader *reader, struct json_object *json, const char *key, int64_t most,
		   int64_t *value)
{
	struct json_object *member;

	*value = 0;
	if (!json_object_object_get_ex(json, key, &member))
		return true;
	if (!json_object_is_type(member, json_type_int))
		return wrong(reader, "%s is not a number", key);
	*value = json_object_get_int64(member);
	if (*value < 0 || *value > most)
		return wrong(reader, "%s is not from 0 to %lld", key, (long long)most);
	return true;
}

static bool list(struct reader *reader, struct json_object *json, const char *key,
		 struct json_object **value)
{
	*value = NULL;
	if (!json_object_object_get_ex(json, key, value))
		return true;
	if (!json_object_is_type(*value, json_type_array))
		return wrong(reader, "%s is not a list", key);
	return true;
}

static size_t length(struct json_object *array)
{
	return array ? json_object_array_length(array) : 0;
}

/* VMs */

static uint32_t place_of(const struct reader *reader, int64_t id)
{
	uint32_t low = 0, high = reader->trace->nr_vms;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (reader->seen[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool add_vm(struct reader *reader, struct json_object *json, int64_t id, uint32_t place)
{
	struct trace *trace = reader->trace;
	struct json_object *name;

	if (!json_object_object_get_ex(json, "name", &name) ||
	    !json_object_is_type(name, json_type_string))
		return wrong(reader, "a VM has no name");
	if (trace->nr_vms == VMS_MAX)
		return wrong(reader, "more than %u VMs", VMS_MAX);
	memmove(&reader->seen[place + 1], &reader->seen[place],
		(trace->nr_vms - place) * sizeof(*reader->seen));
	reader->seen[place] = (struct seen){ id, trace->nr_vms };
	trace->names[trace->nr_vms++] = xstrdup(json_object_get_string(name));
	return true;
}

static bool set_busy(struct reader *reader, uint32_t vm, uint64_t time, uint32_t busy)
{
	struct trace *trace = reader->trace;

	if (reader->busy[vm] == busy)
		return true;
	if (trace->nr_steps == STEPS_MAX)
		return wrong(reader, "too long");
	if (trace->nr_steps == reader->cap_steps) {
		reader->cap_steps = 2 * reader->cap_steps + 1024;
		trace->steps = xrealloc(trace->steps, reader->cap_steps * sizeof(*trace->steps));
	}
	trace->steps[trace->nr_steps++] = (struct trace_step){ time, vm, busy };
	reader->busy[vm] = busy;
	return true;
}

static bool read_vm(struct reader *reader, struct json_object *json, uint64_t time)
{
	int64_t id, busy;
	uint32_t place, vm;

	if (!json_object_is_type(json, json_type_object))
		return wrong(reader, "a VM is not an object");
	if (!number(reader, json, "id", UINT32_MAX, &id) ||
	    !number(reader, json, "pnic_busy", BUSY_MAX, &busy))
		return false;
	place = place_of(reader, id);
	if ((place == reader->trace->nr_vms || reader->seen[place].id != id) &&
	    !add_vm(reader, json, id, place))
		return false;
	vm = reader->seen[place].index;
	reader->sample[vm] = reader->samples;
	return set_busy(reader, vm, time, busy);
}

/* Who is not in the sample is not on the PNIC any more. */
static bool read_vms(struct reader *reader, struct json_object *json, uint64_t time)
{
	struct json_object *vms;
	uint32_t i;
	size_t j;

	if (!list(reader, json, "vm", &vms))
		return false;
	for (j = 0; j < length(vms); j++)
		if (!read_vm(reader, json_object_array_get_idx(vms, j), time))
			return false;
	for (i = 0; i < reader->trace->nr_vms; i++)
		if (reader->sample[i] != reader->samples && !set_busy(reader, i, time, 0))
			return false;
	return true;
}

/* Queues */

/* Of engines, and what is free; for records that do not list the queues. */
static bool count_queues(struct reader *reader, struct json_object *json, uint64_t *nr)
{
	struct json_object *engines;
	int64_t value;
	size_t i;

	if (!list(reader, json, "engine", &engines) ||
	    !number(reader, json, "free_queues", QUEUES_MAX, &value))
		return false;
	*nr = value;
	for (i = 0; i < length(engines); i++) {
		struct json_object *engine = json_object_array_get_idx(engines, i);

		if (!json_object_is_type(engine, json_type_object))
			return wrong(reader, "an engine is not an object");
		if (!number(reader, engine, "nr_queues", QUEUES_MAX, &value))
			return false;
		*nr += value;
	}
	return true;
}

static bool read_queues(struct reader *reader, struct json_object *json)
{
	struct json_object *queues;
	uint64_t nr;

	if (!list(reader, json, "queue", &queues))
		return false;
	nr = length(queues);
	if (!nr && !count_queues(reader, json, &nr))
		return false;
	if (nr > QUEUES_MAX)
		return wrong(reader, "more than %u queues", QUEUES_MAX);
	if (nr > reader->trace->nr_queues)
		reader->trace->nr_queues = nr;
	return true;
}

/* Lines */

/* Its window begins where the one before has ended, or later. */
static bool read_time(struct reader *reader, struct json_object *json, uint64_t *time)
{
	int64_t now, window;

	if (!number(reader, json, "now_ns", INT64_MAX, &now) ||
	    !number(reader, json, "window_ns", INT64_MAX, &window))
		return false;
	if (!now || window > now)
		return wrong(reader, "the sample does not say when it was taken");
	if (!reader->samples)
		reader->begin = now - window;
	if (now < reader->begin || now - reader->begin < (int64_t)reader->trace->length)
		return wrong(reader, "the sample is older than the one before it");
	*time = now - window > reader->begin ? now - window - reader->begin : 0;
	if (*time < reader->trace->length)
		*time = reader->trace->length;
	reader->trace->length = now - reader->begin;
	return true;
}

static bool read_sample(struct reader *reader, struct json_object *json)
{
	int64_t ifindex;
	uint64_t time = 0;

	if (!number(reader, json, "ifindex", INT32_MAX, &ifindex))
		return false;
	if (reader->samples && ifindex != reader->ifindex)
		return true;
	if (!read_time(reader, json, &time))
		return false;
	reader->ifindex = ifindex;
	reader->samples++;
	return read_queues(reader, json) && read_vms(reader, json, time);
}

static bool read_header(struct reader *reader, struct json_object *json)
{
	int64_t format;

	if (!number(reader, json, "format", INT64_MAX, &format))
		return false;
	if (format < FORMAT_FIRST || format > FORMAT_LAST)
		return wrong(reader, "format %lld is not known, only %d to %d are",
			     (long long)format, FORMAT_FIRST, FORMAT_LAST);
	return true;
}

static bool read_object(struct reader *reader, struct json_object *json)
{
	struct json_object *member;
	const char *type = "";

	if (json_object_is_type(json, json_type_object) &&
	    json_object_object_get_ex(json, "type", &member) &&
	    json_object_is_type(member, json_type_string))
		type = json_object_get_string(member);
	if (!*type)
		return wrong(reader, "is no line of a record");
	if (reader->line == 1) {
		if (strcmp(type, "header"))
			return wrong(reader, "is no header: this is no record");
		return read_header(reader, json);
	}
	return strcmp(type, "sample") || read_sample(reader, json);
}

/* One object and nothing else; NULL when @text is anything but that. */
static struct json_object *parse(const char *text, size_t len)
{
	struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
	struct json_object *json = NULL;

	if (!tokener)
		return NULL;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	if (len < INT32_MAX)
		json = json_tokener_parse_ex(tokener, text, len + 1);
	if (json_tokener_get_error(tokener) != json_tokener_success ||
	    json_tokener_get_parse_end(tokener) < len) {
		json_object_put(json);
		json = NULL;
	}
	json_tokener_free(tokener);
	return json;
}

static bool read_line(struct reader *reader, char *text, size_t len)
{
	struct json_object *json = strlen(text) == len ? parse(text, len) : NULL;
	bool good = json ? read_object(reader, json) : wrong(reader, "is no JSON object");

	json_object_put(json);
	return good;
}

/* A last line that is not whole is what an interruption leaves. */
static void read_lines(struct reader *reader, FILE *file)
{
	char *text = NULL;
	size_t room = 0;
	ssize_t len;
	bool good = true;

	while (good && (len = getline(&text, &room, file)) >= 0) {
		reader->line++;
		reader->trace->cut = text[len - 1] != '\n' && reader->line > 1;
		if (reader->trace->cut)
			break;
		text[len - (text[len - 1] == '\n')] = '\0';
		good = read_line(reader, text, len - 1);
	}
	if (ferror(file))
		wrong(reader, "%s", strerror(errno));
	free(text);
}

/* True when all is well, else with a message in @why. */
static bool is_good(const struct reader *reader, char **why)
{
	char text[sizeof(reader->why) + 64];

	if (*reader->why && reader->line)
		snprintf(text, sizeof(text), "line %zu: %s", reader->line, reader->why);
	else if (*reader->why)
		snprintf(text, sizeof(text), "%s", reader->why);
	else if (!reader->trace->length || !reader->trace->nr_vms)
		snprintf(text, sizeof(text), "no sample tells of a VM");
	else
		return true;
	*why = xstrdup(text);
	return false;
}

struct trace *trace_read(const char *path, char **why)
{
	struct reader *reader;
	struct trace *trace;
	FILE *file = fopen(path, "re");
	bool good;

	if (!file) {
		*why = xstrdup(strerror(errno));
		return NULL;
	}
	trace = zalloc(sizeof(*trace));
	trace->names = zalloc(VMS_MAX * sizeof(*trace->names));
	reader = zalloc(sizeof(*reader));
	reader->trace = trace;
	read_lines(reader, file);
	fclose(file);
	good = is_good(reader, why);
	free(reader);
	if (good)
		return trace;
	trace_free(trace);
	return NULL;
}

void trace_free(struct trace *trace)
{
	uint32_t i;

	for (i = 0; i < trace->nr_vms; i++)
		free(trace->names[i]);
	free(trace->names);
	free(trace->steps);
	free(trace);
}
