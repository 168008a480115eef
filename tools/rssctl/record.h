/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of what the policy saw and decided: the objects that they are made
 * of, and how they are written and read. The format is that of
 * Documentation/record.rst.
 */
#ifndef RSSCTL_RECORD_H
#define RSSCTL_RECORD_H

#include <stdio.h>

#include <policy.h>
#include <policy_state.h>

#include "rssctl.h"
#include "schema.h"

/* An engine in a sample. */
struct sample_engine {
	struct rsse_pol_engine seen;
	struct rsse_pol_balance balance;
};

/* A placement in a sample. */
struct sample_vm {
	char *name;
	struct rsse_pol_vm seen;
	struct rsse_pol_decision decision;
};

/* A period of a PNIC, or a part of it as it comes from the kernel. */
struct sample {
	__u64 seq;
	__u32 ifindex;
	char *ifname;
	__u32 part, last;
	__u64 sample;
	__u32 mode;
	__u64 run, now_ns, window_ns;
	__u32 free_queues, dedicated_queues, moves_room;
	bool look;
	__u64 next_period_ns;
	struct list config;	/* struct rsse_config; at most one */
	struct list engine;	/* struct sample_engine */
	struct list vm;		/* struct sample_vm */
	struct list outcome;	/* struct rsse_pol_outcome */
	struct list move;	/* struct rsse_pol_move */
	bool can_rewrite;
	__u32 queues_room, count_engine;
	struct list counted;	/* struct rsse_pol_entries without array; at most one */
	struct list queue;	/* struct rsse_pol_queue */
	struct list entry;	/* struct rsse_pol_entry */
	struct list written;	/* struct rsse_pol_written */
	struct list rewrite;	/* struct rsse_pol_rewrite without changes; at most one */
	struct list change;	/* struct rsse_pol_change */
	struct list limits;	/* struct rsse_pol_limits; one */
	__u32 classes_room, pairs_room;
	bool patient;
	struct list shift;	/* struct rsse_pol_shift */
};

/* Failed and useless moves to @to_state. */
struct backoff {
	__u32 to_state;
	struct rsse_pol_backoff is;
};

/* Memory of one placement. */
struct slot {
	__u32 slot;
	struct rsse_pol_vm_state is;	/* without its backoffs */
	struct list backoff;		/* struct backoff */
};

/* An entry that was rewritten lately, and where that is remembered. */
struct moved {
	__u32 place;
	struct rsse_pol_moved is;
};

/* What the policy remembers of a PNIC, or a part of it. */
struct policy_state {
	struct opt ifindex;
	char *ifname;
	__u64 sample, run, period_ns;
	struct list engine;	/* struct rsse_pol_engine_state */
	struct list vm;		/* struct slot */
	struct list moved;	/* struct moved */
	__u32 next_moved;
};

/* Lines of a record; their order is that of the table in record_read.c. */
enum line_type {
	LINE_HEADER,
	LINE_CONFIG,
	LINE_STATE,
	LINE_SAMPLE,
	LINE_GAP,
};

#define RECORD_FORMAT	3

/* Limits of what is read: no kernel reaches them, a broken file does. */
#define RECORD_SLOTS_MAX	65536
#define RECORD_MOVES_MAX	65536
#define RECORD_ENTRIES_MAX	65536
#define RECORD_CLASSES_MAX	65536
#define RECORD_PAIRS_MAX	(8 * RECORD_SLOTS_MAX)

struct json_object;

/* record_json.c: objects as JSON, and back with every number checked */
void obj_to_json(const struct schema *schema, const void *obj, struct json_object *json);
bool obj_from_json(const struct schema *schema, struct json_object *json, void *obj, char **why);

/**
 * struct writer - a record that is written
 * @path: its name, for messages
 * @file: where it goes
 */
struct writer {
	const char *path;
	FILE *file;
};

enum rc writer_open(struct writer *writer, const char *path, bool force);
enum rc writer_close(struct writer *writer);
enum rc writer_line(struct writer *writer, const char *type, struct json_object *json);
enum rc writer_header(struct writer *writer, unsigned int version, const struct list *pnics);
enum rc writer_obj(struct writer *writer, const char *type, const struct schema *schema,
		   const void *obj);

/**
 * struct line - a line of a record
 * @type: what it is; the rest is set as its type says
 * @config: of LINE_CONFIG
 * @state: of LINE_STATE
 * @sample: of LINE_SAMPLE, without a configuration
 * @lost: of LINE_GAP, messages
 */
struct line {
	enum line_type type;
	struct rsse_config config;
	struct policy_state state;
	struct sample sample;
	__u64 lost;
};

/**
 * struct reader - a record that is read
 * @path: its name, for messages
 * @file: where it comes from
 * @number: of the line that was read last, from 1
 * @text: that line
 * @room: of @text
 */
struct reader {
	const char *path;
	FILE *file;
	size_t number;
	char *text;
	size_t room;
};

enum rc reader_open(struct reader *reader, const char *path);
void reader_close(struct reader *reader);
enum rc read_line(struct reader *reader, struct line *line, bool *end);
enum rc line_error(const struct reader *reader, const char *fmt, ...) __printf(2, 3);
void line_clear(struct line *line);

/* record_check.c: what must hold of a line before the policy may see it */
bool sample_check(const struct sample *sample, char **why);
bool state_check(const struct policy_state *state, char **why);

/* record.c: monitor --record */
enum rc record(struct app *app, const char *path, bool force, __s64 count);

#endif
