/* SPDX-License-Identifier: GPL-2.0-only */
/* How the vhost workers of a VNIC are found: what the parts share. */
#ifndef RSSE_METER_VHOST_H
#define RSSE_METER_VHOST_H

#include <linux/types.h>

struct file;
struct socket;
struct task_struct;
struct rsse_vhost_query;

#define RSSE_NO_QUERY	(-1)

/**
 * struct rsse_vhost_thread - a thread that may be a worker of a wanted device
 * @task: the thread; a reference is held
 * @owner: leader of the process that it works for; a reference is held
 * @query: index of the query whose device it is known to serve, or RSSE_NO_QUERY
 */
struct rsse_vhost_thread {
	struct task_struct *task;
	struct task_struct *owner;
	int query;
};

/**
 * struct rsse_vhost_socket - an open queue of a wanted device
 * @file: the tap file; a reference is held
 * @sock: its socket, lives as long as @file
 * @query: index of the query for the device
 * @rx_task: who was seen to receive from it; not dereferenced
 * @tx_task: who was seen to send through it; not dereferenced
 */
struct rsse_vhost_socket {
	struct file *file;
	struct socket *sock;
	int query;
	const struct task_struct *rx_task;
	const struct task_struct *tx_task;
};

/**
 * struct rsse_vhost_sockets - those that are to be proven
 * @entries: kvmalloc'ed
 * @nr: entries used
 * @room: entries allocated
 */
struct rsse_vhost_sockets {
	struct rsse_vhost_socket *entries;
	unsigned int nr;
	unsigned int room;
};

/**
 * struct rsse_vhost_scan - what looking into processes needs
 * @queries: the queries
 * @nr: entries of @queries
 * @devts: character device of each query's device; 0 where it is no macvtap
 * @tun_socket: tun_get_socket(), NULL while tun is not loaded
 * @tap_socket: tap_get_socket(), NULL while tap is not loaded
 */
struct rsse_vhost_scan {
	const struct rsse_vhost_query *queries;
	unsigned int nr;
	dev_t *devts;
	struct socket *(*tun_socket)(struct file *file);
	struct socket *(*tap_socket)(struct file *file);
};

int rsse_vhost_scan_begin(struct rsse_vhost_scan *scan,
			  const struct rsse_vhost_query *queries,
			  unsigned int nr);
void rsse_vhost_scan_end(struct rsse_vhost_scan *scan);

/*
 * Look into the open files of a process. Returns the query that all its vhost
 * workers belong to, when there is no doubt; else RSSE_NO_QUERY, with the
 * sockets that need proof, if any, added to @doubtful. @other: it was seen to
 * have vhost devices of other kinds than vhost-net. Sleeps, takes RTNL.
 */
int rsse_vhost_scan_owner(const struct rsse_vhost_scan *scan,
			  struct task_struct *owner,
			  struct rsse_vhost_sockets *doubtful, bool *other);

/*
 * Watch for a moment which threads serve @sockets. Sleeps.
 */
void rsse_vhost_prove(struct rsse_vhost_sockets *sockets);
void rsse_vhost_sockets_release(struct rsse_vhost_sockets *sockets);

#endif /* RSSE_METER_VHOST_H */
