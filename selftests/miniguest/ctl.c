// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "ctl.h"

#define LINE_MAX_BYTES	1024

int ctl_open(struct ctl *ctl, const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(addr.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(addr.sun_path, path);
	unlink(path);
	ctl->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (ctl->listener < 0 ||
	    bind(ctl->listener, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -1;
	return listen(ctl->listener, 8);
}

static int read_line(int fd, char *line)
{
	size_t have = 0;

	while (have < LINE_MAX_BYTES - 1) {
		ssize_t got = read(fd, line + have, LINE_MAX_BYTES - 1 - have);

		if (got <= 0)
			return -1;
		have += got;
		line[have] = '\0';
		if (line[have - 1] == '\n')
			return 0;
	}
	return -1;
}

static int split(char *line, char **argv)
{
	char *save, *word;
	int argc = 0;

	for (word = strtok_r(line, " \t\n", &save); word; word = strtok_r(NULL, " \t\n", &save)) {
		if (argc == CTL_ARGS)
			return -1;
		argv[argc++] = word;
	}
	return argc;
}

static struct json_object *dispatch(struct ctl *ctl, int argc, char **argv, const char **error)
{
	const struct ctl_verb *verb;

	*error = argc < 0 ? "too many words" : "unknown request";
	for (verb = ctl->verbs; argc > 0 && verb->name; verb++) {
		if (strcmp(verb->name, argv[0]))
			continue;
		*error = verb->args;
		if (argc - 1 < verb->min)
			return NULL;
		return verb->run(ctl->ctx, argc - 1, argv + 1, error);
	}
	return NULL;
}

static void answer(int fd, struct json_object *reply)
{
	const char *text = json_object_to_json_string_ext(reply, JSON_C_TO_STRING_PLAIN);

	dprintf(fd, "%s\n", text);
}

void ctl_serve(struct ctl *ctl)
{
	const struct timeval patience = { .tv_sec = 1 };
	char line[LINE_MAX_BYTES], *argv[CTL_ARGS];
	struct json_object *reply;
	const char *error;
	int fd;

	fd = accept4(ctl->listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return;
	/* Packets wait while a client is served: a silent one is dropped. */
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (read_line(fd, line) == 0) {
		reply = dispatch(ctl, split(line, argv), argv, &error);
		if (!reply) {
			reply = json_object_new_object();
			json_object_object_add(reply, "error", json_object_new_string(error));
		}
		answer(fd, reply);
		json_object_put(reply);
	}
	close(fd);
}

struct json_object *ctl_done(void)
{
	struct json_object *reply = json_object_new_object();

	json_object_object_add(reply, "ok", json_object_new_boolean(1));
	return reply;
}
