// SPDX-License-Identifier: GPL-2.0-only
/*
 * monitor --record: the samples and the policy's state, as a record.
 *
 * A PNIC's samples follow each other by the number of the policy's run. Where
 * one is missing, the state is asked for anew: it is newer than all samples
 * that came before it, and the record goes on behind it.
 */
#include <stdlib.h>
#include <string.h>

#include <json-c/json_object.h>

#include <linux/rss_engine.h>

#include "cmd.h"
#include "record.h"

/**
 * struct thread - how far the record of a PNIC has come
 * @ifindex: the PNIC
 * @known: what is written of it can be gone on with
 * @fresh: a state was written and no sample since; older samples still come
 * @run: the policy's run that was written last
 */
struct thread {
	__u32 ifindex;
	bool known;
	bool fresh;
	__u64 run;
};

/**
 * struct recorder - a record that is made
 * @listener: first member, what ipc_listen() knows of it
 * @ask: connection for requests; samples wait in the other one meanwhile
 * @writer: the record
 * @force: an existing file may be overwritten
 * @left: samples to come before the end; 0 when there is no end
 * @next_seq: number of the message that comes next, once one was seen
 * @sample: sample whose parts are being put together
 * @parts: parts of @sample so far; 0 while none is
 * @threads: list of struct thread
 * @config: configuration that was written last; all 0: none
 */
struct recorder {
	struct ipc_listener listener;
	struct ipc *ask;
	struct writer writer;
	bool force;
	__s64 left;
	struct opt next_seq;
	struct sample sample;
	__u32 parts;
	struct list threads;
	struct rsse_config config;
};

static struct thread *thread_of(struct recorder *recorder, __u32 ifindex)
{
	struct thread *thread;

	for_each(t, &recorder->threads, struct thread)
		if (t->ifindex == ifindex)
			return t;
	thread = list_push(&recorder->threads, sizeof(*thread));
	thread->ifindex = ifindex;
	return thread;
}

/* Add the lists of @from, which is left without them, to those of @to. */
static void take_list(struct list *to, struct list *from, size_t size)
{
	for (size_t i = 0; i < from->n; i++)
		memcpy(list_push(to, size), list_at(from, i, size), size);
	free(from->v);
	memset(from, 0, sizeof(*from));
}

/* The state */

/* A state may take several messages: the lists of all belong to the first. */
static struct policy_state *join_states(struct list *list)
{
	struct policy_state *first = list->v;

	for (size_t i = 1; i < list->n; i++) {
		take_list(&first->engine, &first[i].engine, sizeof(struct rsse_pol_engine_state));
		take_list(&first->vm, &first[i].vm, sizeof(struct slot));
		take_list(&first->moved, &first[i].moved, sizeof(struct moved));
	}
	return first;
}

/* A PNIC that is gone by now, or off, is no failure of the record. */
static enum rc record_state(struct recorder *recorder, __u32 ifindex)
{
	struct policy_state request = {};
	struct list list = {};
	struct thread *thread;
	enum rc rc;

	opt_set(&request.ifindex, ifindex);
	rc = ipc_dump(recorder->ask, RSS_ENGINE_CMD_STATE_GET, &policy_state_schema, &request,
		      &list);
	thread = thread_of(recorder, ifindex);
	thread->known = !rc && list.n;
	thread->fresh = true;
	rc = RC_OK;
	if (thread->known) {
		const struct policy_state *state = join_states(&list);

		thread->run = state->run;
		rc = writer_obj(&recorder->writer, "state", &policy_state_schema, state);
	}
	list_clear(&policy_state_schema, &list);
	return rc;
}

/* Samples */

static enum rc record_config(struct recorder *recorder, const struct rsse_config *config)
{
	if (!memcmp(&recorder->config, config, sizeof(*config)))
		return RC_OK;
	recorder->config = *config;
	return writer_obj(&recorder->writer, "config", &policy_config_schema, config);
}

/* What only concerns the way of the messages is not written. */
static enum rc write_sample(struct recorder *recorder)
{
	struct sample *sample = &recorder->sample;
	enum rc rc;

	if (!sample->config.n)
		return err(RC_FAILED, "the kernel sent a sample without a configuration");
	rc = record_config(recorder, sample->config.v);
	list_clear(&policy_config_schema, &sample->config);
	sample->seq = 0;
	sample->part = 0;
	sample->last = 0;
	if (!rc)
		rc = writer_obj(&recorder->writer, "sample", &sample_schema, sample);
	if (recorder->left && !--recorder->left)
		recorder->listener.stop = true;
	return rc;
}

static enum rc take_sample(struct recorder *recorder)
{
	const struct sample *sample = &recorder->sample;
	struct thread *thread = thread_of(recorder, sample->ifindex);

	if (sample->run == 1 || (thread->known && sample->run == thread->run + 1)) {
		thread->known = true;
		thread->fresh = false;
		thread->run = sample->run;
		return write_sample(recorder);
	}
	if (thread->known && thread->fresh && sample->run <= thread->run)
		return RC_OK;
	return record_state(recorder, sample->ifindex);
}

static bool continues(const struct recorder *recorder, const struct sample *part)
{
	return recorder->parts && part->part == recorder->parts &&
	       part->ifindex == recorder->sample.ifindex &&
	       part->sample == recorder->sample.sample;
}

/* Put @part, which may be emptied, to those before it. */
static void take_part(struct recorder *recorder, struct sample *part)
{
	struct sample *whole = &recorder->sample;

	if (!part->part) {
		obj_clear(&sample_schema, whole);
		*whole = *part;
		memset(part, 0, sizeof(*part));
		recorder->parts = 1;
		return;
	}
	if (!continues(recorder, part)) {
		recorder->parts = 0;
		return;
	}
	take_list(&whole->engine, &part->engine, sizeof(struct sample_engine));
	take_list(&whole->vm, &part->vm, sizeof(struct sample_vm));
	take_list(&whole->outcome, &part->outcome, sizeof(struct rsse_pol_outcome));
	take_list(&whole->move, &part->move, sizeof(struct rsse_pol_move));
	take_list(&whole->counted, &part->counted, sizeof(struct rsse_pol_entries));
	take_list(&whole->queue, &part->queue, sizeof(struct rsse_pol_queue));
	take_list(&whole->entry, &part->entry, sizeof(struct rsse_pol_entry));
	take_list(&whole->written, &part->written, sizeof(struct rsse_pol_written));
	take_list(&whole->shift, &part->shift, sizeof(struct rsse_pol_shift));
	take_list(&whole->rewrite, &part->rewrite, sizeof(struct rsse_pol_rewrite));
	take_list(&whole->change, &part->change, sizeof(struct rsse_pol_change));
	recorder->parts++;
}

static enum rc record_gap(struct recorder *recorder, __u64 seq)
{
	struct opt *next = &recorder->next_seq;
	struct json_object *json;
	__s64 lost = next->set ? (__s64)seq - next->v : 0;

	opt_set(next, (__s64)seq + 1);
	if (lost <= 0)
		return RC_OK;
	recorder->parts = 0;
	json = json_object_new_object();
	json_object_object_add(json, "lost", json_object_new_int64(lost));
	return writer_line(&recorder->writer, "gap", json);
}

static enum rc on_sample(struct ipc_listener *listener, void *obj)
{
	struct recorder *recorder = (struct recorder *)listener;
	struct sample *part = obj;
	__u32 last = part->last;
	enum rc rc = record_gap(recorder, part->seq);

	if (rc)
		return rc;
	take_part(recorder, part);
	if (!recorder->parts || !last)
		return RC_OK;
	recorder->parts = 0;
	return take_sample(recorder);
}

/* The numbers of the messages tell what was lost. */
static void on_lost(struct ipc_listener *listener)
{
	(void)listener;
}

/* The file is made when nothing that is sure to fail can fail any more. */
static enum rc on_joined(struct ipc_listener *listener)
{
	struct recorder *recorder = (struct recorder *)listener;
	const char *path = recorder->writer.path;
	struct list pnics = {};
	enum rc rc;

	rc = ipc_dump(recorder->ask, RSS_ENGINE_CMD_PNIC_GET, &pnic_schema, NULL, &pnics);
	if (!rc)
		rc = writer_open(&recorder->writer, path, recorder->force);
	if (!rc)
		rc = writer_header(&recorder->writer, ipc_version(recorder->ask), &pnics);
	for_each(pnic, &pnics, struct pnic)
		if (!rc && !opt_is(&pnic->mode, RSS_ENGINE_MODE_OFF))
			rc = record_state(recorder, (__u32)pnic->ifindex.v);
	list_clear(&pnic_schema, &pnics);
	return rc;
}

/**
 * record() - write what the policy sees and decides
 * @app: the run
 * @path: file for it
 * @force: it may exist
 * @count: samples to write; 0 for no end
 */
enum rc record(struct app *app, const char *path, bool force, __s64 count)
{
	struct recorder recorder = {
		.listener = {
			.group = IPC_SAMPLES,
			.joined = on_joined,
			.told = on_sample,
			.lost = on_lost,
		},
		.writer.path = path,
		.force = force,
		.left = count,
	};
	struct ipc *ipc;
	enum rc rc = app_ipc(app, &ipc);

	if (!rc)
		rc = ipc_open(&recorder.ask);
	if (!rc)
		rc = ipc_listen(ipc, &recorder.listener);
	if (writer_close(&recorder.writer) && !rc)
		rc = RC_FAILED;
	ipc_close(recorder.ask);
	obj_clear(&sample_schema, &recorder.sample);
	free(recorder.threads.v);
	return rc;
}
