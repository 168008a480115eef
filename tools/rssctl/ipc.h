/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tool asks of the kernel, in plain structs. Every function says what
 * went wrong itself and returns an exit code.
 */
#ifndef RSSCTL_IPC_H
#define RSSCTL_IPC_H

#include "rssctl.h"
#include "schema.h"

struct ipc;

enum rc ipc_open(struct ipc **ipc);
void ipc_close(struct ipc *ipc);

enum rc ipc_do(struct ipc *ipc, int cmd, const struct schema *schema, const void *request,
	       void *reply);
enum rc ipc_dump(struct ipc *ipc, int cmd, const struct schema *schema, struct list *list);

/**
 * struct ipc_listener - who is told of events
 * @event: an event came; anything but RC_OK or @stop ends the listening
 * @lost: the kernel had to throw events away
 * @stop: set by @event when it has seen enough
 */
struct ipc_listener {
	enum rc (*event)(struct ipc_listener *listener, const struct event *event);
	void (*lost)(struct ipc_listener *listener);
	bool stop;
};

enum rc ipc_listen(struct ipc *ipc, struct ipc_listener *listener);

enum rc ipc_bridge_macs(const char *dev, struct list *macs);

#endif
