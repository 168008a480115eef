// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who serves a tap: the thread that is seen to do so.
 *
 * A busy worker receives from and sends through the tap's socket all the time.
 * An idle one sleeps in the wait queue of the socket; woken, it finds nothing,
 * and polls the tap once more before it goes back to sleep. So watching the
 * three functions while the wait queues are woken finds both. What stays unseen
 * is the worker of a ring that the guest has not set up or filled, and one that
 * does nothing but send, while it does not.
 */
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/net.h>
#include <linux/poll.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "meter_vhost.h"

/* How long to watch: several times what it takes to be scheduled. */
#define WATCH_MS	20
/* Three functions each of tun and tap. */
#define WATCHES_MAX	6

enum watch_kind {
	WATCH_RECEIVE,
	WATCH_SEND,
	WATCH_POLL,
};

/**
 * struct watch - one function that is watched
 * @probe: calls function_entered()
 * @function: its address; that in @probe moves when it is hooked
 * @kind: what entering it means
 * @sockets: whose servants are looked for
 */
struct watch {
	struct kprobe probe;
	void *function;
	enum watch_kind kind;
	struct rsse_vhost_sockets *sockets;
};

static bool serves(const struct rsse_vhost_socket *socket,
		   enum watch_kind kind, const void *object)
{
	return kind == WATCH_POLL ? socket->file == object :
				    socket->sock == object;
}

static int function_entered(struct kprobe *probe, struct pt_regs *regs)
{
	struct watch *watch = container_of(probe, struct watch, probe);
	const void *object = (void *)regs_get_kernel_argument(regs, 0);
	unsigned int i;

	if (!(current->flags & (PF_USER_WORKER | PF_KTHREAD)))
		return 0;
	for (i = 0; i < watch->sockets->nr; i++) {
		struct rsse_vhost_socket *socket = &watch->sockets->entries[i];

		if (!serves(socket, watch->kind, object))
			continue;
		if (watch->kind == WATCH_SEND)
			WRITE_ONCE(socket->tx_task, current);
		else
			WRITE_ONCE(socket->rx_task, current);
		break;
	}
	return 0;
}

static void add_watch(struct watch *watches, enum watch_kind kind,
		      void *function, struct rsse_vhost_sockets *sockets)
{
	unsigned int i;

	for (i = 0; i < WATCHES_MAX && function; i++) {
		struct watch *watch = &watches[i];

		if (watch->function == function)
			return;
		if (watch->function)
			continue;
		watch->function = function;
		watch->kind = kind;
		watch->sockets = sockets;
		watch->probe.addr = function;
		watch->probe.pre_handler = function_entered;
		return;
	}
}

static void add_watches(struct watch *watches,
			struct rsse_vhost_sockets *sockets)
{
	unsigned int i;

	for (i = 0; i < sockets->nr; i++) {
		const struct socket *sock = sockets->entries[i].sock;
		const struct file *file = sockets->entries[i].file;

		add_watch(watches, WATCH_RECEIVE, sock->ops->recvmsg, sockets);
		add_watch(watches, WATCH_SEND, sock->ops->sendmsg, sockets);
		add_watch(watches, WATCH_POLL, file->f_op->poll, sockets);
	}
}

static void wake_workers(const struct rsse_vhost_sockets *sockets)
{
	unsigned int i;

	for (i = 0; i < sockets->nr; i++)
		wake_up_interruptible_poll(&sockets->entries[i].sock->wq.wait,
					   EPOLLIN | EPOLLRDNORM);
}

/* Where a function cannot be hooked, the others have to do. */
static unsigned int hook_watches(struct watch *watches, struct kprobe **hooked)
{
	unsigned int i, nr = 0;

	for (i = 0; i < WATCHES_MAX; i++)
		if (watches[i].function && !register_kprobe(&watches[i].probe))
			hooked[nr++] = &watches[i].probe;
	return nr;
}

void rsse_vhost_prove(struct rsse_vhost_sockets *sockets)
{
	struct kprobe *hooked[WATCHES_MAX];
	struct watch *watches;
	unsigned int nr;

	watches = kcalloc(WATCHES_MAX, sizeof(*watches), GFP_KERNEL);
	if (!watches)
		return;
	add_watches(watches, sockets);
	nr = hook_watches(watches, hooked);
	wake_workers(sockets);
	msleep(WATCH_MS);
	if (nr)
		unregister_kprobes(hooked, nr);
	kfree(watches);
}
