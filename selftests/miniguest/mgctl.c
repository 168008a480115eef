// SPDX-License-Identifier: GPL-2.0-only
/* mgctl: sends one request to a control socket, prints the answer or parts of it. */
#include <err.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int dial(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0)
		err(1, "socket");
	if (strlen(path) >= sizeof(addr.sun_path))
		errx(1, "%s: name too long", path);
	strcpy(addr.sun_path, path);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		err(1, "%s", path);
	return fd;
}

static struct json_object *request(int fd, int argc, char **argv)
{
	struct json_object *reply;
	int i;

	for (i = 0; i < argc; i++)
		dprintf(fd, "%s%c", argv[i], i + 1 < argc ? ' ' : '\n');
	reply = json_object_from_fd(fd);
	if (!reply)
		errx(1, "no answer");
	return reply;
}

static const char *text_of(struct json_object *object)
{
	if (json_object_is_type(object, json_type_string))
		return json_object_get_string(object);
	return json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN);
}

/* The values of "KEY[.KEY]...", several with commas between, on one line. */
static void print_fields(struct json_object *reply, char *fields)
{
	char *field, *key, *rest, *inner, *between = "";

	for (field = strtok_r(fields, ",", &rest); field; field = strtok_r(NULL, ",", &rest)) {
		struct json_object *at = reply;

		for (key = strtok_r(field, ".", &inner); key; key = strtok_r(NULL, ".", &inner))
			if (!json_object_object_get_ex(at, key, &at))
				errx(1, "no '%s' in %s", key, text_of(reply));
		printf("%s%s", between, text_of(at));
		between = " ";
	}
	putchar('\n');
}

int main(int argc, char **argv)
{
	struct json_object *reply, *error;
	char *fields = NULL;

	if (argc > 2 && !strcmp(argv[1], "-f")) {
		fields = argv[2];
		argc -= 2;
		argv += 2;
	}
	if (argc < 3)
		errx(2, "usage: mgctl [-f KEY[.KEY][,...]] SOCKET WORD...");
	reply = request(dial(argv[1]), argc - 2, argv + 2);
	if (json_object_is_type(reply, json_type_object) &&
	    json_object_object_get_ex(reply, "error", &error))
		errx(1, "%s", text_of(error));
	if (fields)
		print_fields(reply, fields);
	else
		puts(text_of(reply));
	return 0;
}
