/* SPDX-License-Identifier: GPL-2.0-only */
/* Structs into netlink attributes and back, for the files behind ipc.h only. */
#ifndef RSSCTL_IPC_ATTR_H
#define RSSCTL_IPC_ATTR_H

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "schema.h"

char *attr_string(const struct nlattr *attr);
void attrs_read(const struct schema *schema, struct nlattr *head, int len, void *obj);
int attrs_write(struct nl_msg *msg, const struct schema *schema, const void *obj);

#endif
