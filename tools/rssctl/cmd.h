/* SPDX-License-Identifier: GPL-2.0-only */
/* Steps that several commands share. */
#ifndef RSSCTL_CMD_H
#define RSSCTL_CMD_H

#include "args.h"
#include "ipc.h"
#include "out.h"

enum rc app_ipc(struct app *app, struct ipc **ipc);
enum rc app_do(struct app *app, int cmd, const struct schema *schema, const void *request);
enum rc app_dump(struct app *app, int cmd, const struct schema *schema, struct list *list);

enum rc args_filter(struct args *args, const char **word);
enum rc show_dump(struct app *app, int cmd, const struct view *view, __u16 key_attr,
		  const char *key);
void filter_list(struct list *list, const struct schema *schema, __u16 key_attr,
		 const char *key);
enum rc no_such(const char *what, const char *name);

#endif
