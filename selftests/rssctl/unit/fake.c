// SPDX-License-Identifier: GPL-2.0-only
/* A kernel made of tables, and a way to run the tool against it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/rss_engine.h>

#include "fake.h"
#include "out.h"

#define WORDS_MAX 128

struct fake fake;

void fake_reset(void)
{
	books_clear(&fake.books);
	list_clear(&queue_schema, &fake.queues);
	list_clear(&limit_schema, &fake.limits);
	obj_clear(&config_schema, &fake.config);
	nic_clear(&fake.nic);
	free(fake.macs.v);
	list_clear(&event_schema, &fake.events);
	list_clear(&sample_schema, &fake.samples);
	list_clear(&policy_state_schema, &fake.states);
	free(fake.request);
	memset(&fake, 0, sizeof(fake));
}

static void write_obj(FILE *to, const struct schema *schema, const void *obj);

static void write_list(FILE *to, const struct field *field, const struct list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const void *elem = list_at(list, i, field_elem_size(field));

		if (field->type == F_U32S) {
			fprintf(to, " %s=%u", field->name, *(const __u32 *)elem);
			continue;
		}
		fprintf(to, " %s{", field->name);
		write_obj(to, field->nest, elem);
		fputs(" }", to);
	}
}

static void write_field(FILE *to, const struct field *field, const void *p)
{
	const struct opt *opt = p;
	char *mac;

	switch (field->type) {
	case F_STR:
		if (*(char *const *)p)
			fprintf(to, " %s=%s", field->name, *(char *const *)p);
		break;
	case F_MAC:
		if (!((const struct mac *)p)->set)
			break;
		mac = mac_text(p);
		fprintf(to, " %s=%s", field->name, mac);
		free(mac);
		break;
	case F_U32S:
	case F_NESTS:
		write_list(to, field, p);
		break;
	case F_ENUM:
		if (opt->set)
			fprintf(to, " %s=%s", field->name, names_get(field->names, opt->v));
		break;
	default:
		if (opt->set)
			fprintf(to, " %s=%lld", field->name, opt->v);
		break;
	}
}

static void write_obj(FILE *to, const struct schema *schema, const void *obj)
{
	for (size_t i = 0; i < schema->n; i++)
		write_field(to, &schema->fields[i], field_ptr(&schema->fields[i], obj));
}

enum rc ipc_open(struct ipc **ipc)
{
	*ipc = (struct ipc *)&fake;
	return RC_OK;
}

void ipc_close(struct ipc *ipc)
{
	(void)ipc;
}

enum rc ipc_do(struct ipc *ipc, int cmd, const struct schema *schema, const void *request,
	       void *reply)
{
	size_t len;
	FILE *to;

	(void)ipc;
	free(fake.request);
	to = open_memstream(&fake.request, &len);
	fprintf(to, "%d", cmd);
	if (request)
		write_obj(to, schema, request);
	fclose(to);
	if (fake.refuse)
		return err(fake.refuse, "kernel: the fake refuses");
	if (reply)
		memcpy(reply, &fake.config, schema->size);
	return RC_OK;
}

static const struct list *fake_dump(int cmd)
{
	switch (cmd) {
	case RSS_ENGINE_CMD_PNIC_GET:
		return &fake.books.pnics;
	case RSS_ENGINE_CMD_VM_GET:
		return &fake.books.vms;
	case RSS_ENGINE_CMD_PLACEMENT_GET:
		return &fake.books.placements;
	case RSS_ENGINE_CMD_ENGINE_GET:
		return &fake.books.engines;
	case RSS_ENGINE_CMD_QUEUE_GET:
		return &fake.queues;
	case RSS_ENGINE_CMD_LIMITS_GET:
		return &fake.limits;
	default:
		return NULL;
	}
}

static void copy_list(const struct schema *schema, const struct list *from, struct list *to);

static void copy_field(const struct field *field, void *p)
{
	struct list *list = p, from;
	size_t size = field_elem_size(field);

	if (field->type == F_STR && *(char **)p)
		*(char **)p = xstrdup(*(char **)p);
	if (!size)
		return;
	from = *list;
	memset(list, 0, sizeof(*list));
	if (field->type == F_NESTS) {
		copy_list(field->nest, &from, list);
		return;
	}
	for (size_t i = 0; i < from.n; i++) {
		void *elem = memcpy(list_push(list, size), list_at(&from, i, size), size);

		if (field->type == F_STRS)
			*(char **)elem = xstrdup(*(char **)elem);
	}
}

static void copy_list(const struct schema *schema, const struct list *from, struct list *to)
{
	for (size_t i = 0; i < from->n; i++) {
		void *obj = list_push(to, schema->size);

		memcpy(obj, list_at(from, i, schema->size), schema->size);
		for (size_t f = 0; f < schema->n; f++)
			copy_field(&schema->fields[f], field_ptr(&schema->fields[f], obj));
	}
}

/* Each request gets the next state. */
static enum rc dump_state(struct list *list)
{
	struct list one = { .n = 1 };

	if (fake.state_reads == fake.states.n)
		return err(RC_FAILED, "kernel: the fake has no more states");
	one.v = list_at(&fake.states, fake.state_reads++, sizeof(struct policy_state));
	copy_list(&policy_state_schema, &one, list);
	return RC_OK;
}

enum rc ipc_dump(struct ipc *ipc, int cmd, const struct schema *schema, const void *request,
		 struct list *list)
{
	(void)ipc;
	(void)request;
	if (fake.refuse)
		return err(fake.refuse, "kernel: the fake refuses");
	if (cmd == RSS_ENGINE_CMD_STATE_GET)
		return dump_state(list);
	copy_list(schema, fake_dump(cmd), list);
	return RC_OK;
}

unsigned int ipc_version(struct ipc *ipc)
{
	(void)ipc;
	return RSS_ENGINE_FAMILY_VERSION;
}

/* What is told is a copy: the listener may empty it. */
static enum rc tell(struct ipc_listener *listener, const struct schema *schema,
		    const struct list *all)
{
	struct list copies = {};
	enum rc rc = RC_OK;

	copy_list(schema, all, &copies);
	for (size_t i = 0; i < copies.n && !rc && !listener->stop; i++)
		rc = listener->told(listener, list_at(&copies, i, schema->size));
	list_clear(schema, &copies);
	return rc;
}

enum rc ipc_listen(struct ipc *ipc, struct ipc_listener *listener)
{
	enum rc rc = listener->joined ? listener->joined(listener) : RC_OK;

	(void)ipc;
	if (rc)
		return rc;
	rc = listener->group == IPC_EVENTS ? tell(listener, &event_schema, &fake.events) :
					     tell(listener, &sample_schema, &fake.samples);
	if (rc || listener->stop)
		return rc;
	if (fake.lost)
		listener->lost(listener);
	return rc;
}

enum rc ipc_bridge_macs(const char *dev, struct list *macs)
{
	(void)dev;
	for_each(mac, &fake.macs, struct mac)
		memcpy(list_push(macs, sizeof(*mac)), mac, sizeof(*mac));
	return RC_OK;
}

enum rc nic_index(const char *dev, struct opt *ifindex)
{
	if (strcmp(dev, "eth0") && strcmp(dev, "eth1"))
		return err(RC_FAILED, "no network device \"%s\"", dev);
	opt_set(ifindex, FAKE_ETH0 + (dev[3] - '0'));
	return RC_OK;
}

static void move(void)
{
	struct list *engines = &fake.books.engines;
	struct engine *last = list_at(engines, engines->n - 1, sizeof(*last));

	((struct pnic *)fake.books.pnics.v)->moves.v++;
	last->id.v++;
	last->resizes.v--;
}

enum rc nic_read(const char *dev, const struct list *engines, struct nic *nic)
{
	(void)dev;
	(void)engines;
	fake.nic_reads++;
	if (fake.moves) {
		fake.moves--;
		move();
	}
	*nic = fake.nic;
	memset(&nic->contexts, 0, sizeof(nic->contexts));
	memset(&nic->rules, 0, sizeof(nic->rules));
	for_each(from, &fake.nic.contexts, struct nic_context) {
		struct nic_context *to = list_push(&nic->contexts, sizeof(*to));

		*to = *from;
		memset(&to->queues, 0, sizeof(to->queues));
		for_each(queue, &from->queues, __u32)
			memcpy(list_push(&to->queues, sizeof(*queue)), queue, sizeof(*queue));
	}
	for_each(rule, &fake.nic.rules, struct nic_rule)
		memcpy(list_push(&nic->rules, sizeof(*rule)), rule, sizeof(*rule));
	return RC_OK;
}

void nic_clear(struct nic *nic)
{
	for_each(context, &nic->contexts, struct nic_context)
		free(context->queues.v);
	free(nic->contexts.v);
	free(nic->rules.v);
	memset(nic, 0, sizeof(*nic));
}

/* Turn @fd to a file without a name; what it was is kept in @saved. */
static void redirect(int fd, int *saved)
{
	int file = memfd_create("output", 0);

	*saved = dup(fd);
	if (file < 0 || *saved < 0 || dup2(file, fd) < 0)
		abort();
	close(file);
}

/* Put @fd back and give what was written to it meanwhile. */
static char *restore(int fd, int saved)
{
	off_t len = lseek(fd, 0, SEEK_END);
	char *text = xcalloc((size_t)len + 1, 1);

	if (pread(fd, text, (size_t)len, 0) != len || dup2(saved, fd) < 0)
		abort();
	close(saved);
	return text;
}

struct result tool_run(char **words)
{
	char *argv[WORDS_MAX + 2] = { "rssctl" };
	struct result result;
	int argc = 1, out, errors;

	while (words[argc - 1] && argc <= WORDS_MAX) {
		argv[argc] = words[argc - 1];
		argc++;
	}
	fflush(stdout);
	redirect(STDOUT_FILENO, &out);
	redirect(STDERR_FILENO, &errors);
	result.rc = rssctl_main(argc, argv);
	fflush(stdout);
	result.out = restore(STDOUT_FILENO, out);
	result.err = restore(STDERR_FILENO, errors);
	return result;
}

void result_free(struct result *result)
{
	free(result->out);
	free(result->err);
}
