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
enum rc ipc_dump(struct ipc *ipc, int cmd, const struct schema *schema, const void *request,
		 struct list *list);
unsigned int ipc_version(struct ipc *ipc);

enum ipc_group {
	IPC_EVENTS,	/* struct event */
	IPC_SAMPLES,	/* struct sample */
};

/**
 * struct ipc_listener - who is told what a group carries
 * @group: the group
 * @joined: from now on nothing is missed; NULL when that does not matter. What
 *	is asked of the kernel meanwhile needs a connection of its own
 * @told: an object came, which may be emptied; anything but RC_OK or @stop ends
 *	the listening
 * @lost: the kernel had to throw objects away
 * @stop: set by @told when it has seen enough
 */
struct ipc_listener {
	enum ipc_group group;
	enum rc (*joined)(struct ipc_listener *listener);
	enum rc (*told)(struct ipc_listener *listener, void *obj);
	void (*lost)(struct ipc_listener *listener);
	bool stop;
};

enum rc ipc_listen(struct ipc *ipc, struct ipc_listener *listener);

enum rc ipc_bridge_macs(const char *dev, struct list *macs);

#endif
