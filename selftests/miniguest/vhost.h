/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MG_VHOST_H
#define MG_VHOST_H

#include "vring.h"

#define VNET_HDR	12	/* struct virtio_net_hdr_mrg_rxbuf */

/**
 * struct vhost_queue - one queue pair: a tap queue and a vhost-net device
 * @tap: fd of the tap or macvtap queue
 * @vhost: fd of the vhost-net device; its worker belongs to this process
 * @rx: to the guest
 * @tx: from the guest
 */
struct vhost_queue {
	int tap;
	int vhost;
	struct ring rx;
	struct ring tx;
};

/**
 * vhost_open() - attach to a tap and start a vhost-net device on it
 * @queue: what to fill
 * @node: /dev/net/tun, or the /dev/tapN of a macvtap
 * @name: name of the tap, made when there is none; ignored for a macvtap
 * @multi: the tap has several queues
 * @kthread: the worker is to be a kernel thread; since Linux 6.17, and in Debian's 6.12.117
 *
 * Return: 0, or -1 with errno; then the process is expected to end.
 */
int vhost_open(struct vhost_queue *queue, const char *node, const char *name, int multi,
	       int kthread);

/** vhost_other_open() - also own a vhost device of another kind, with a worker of its own */
int vhost_other_open(const char *node);

#endif
