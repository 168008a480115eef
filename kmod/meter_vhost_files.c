// SPDX-License-Identifier: GPL-2.0-only
/* What the open files of a process tell of the vhost workers that it has. */
#include <linux/device.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/if_tap.h>
#include <linux/if_tun.h>
#include <linux/major.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <net/sock.h>

#include "meter.h"
#include "meter_vhost.h"

/*
 * Character devices that a process may have open before the rest is not looked
 * at: a VM has one for each queue of each tap and one vhost device with it.
 */
#define FILES_MAX	8192

/**
 * struct file_list - files of a process that may be taps or vhost devices
 * @scan: whose taps are known
 * @files: the files, a reference to each
 * @nr: entries used in @files
 * @room: entries of @files
 * @overflow: there were more
 */
struct file_list {
	const struct rsse_vhost_scan *scan;
	struct file **files;
	unsigned int nr;
	unsigned int room;
	bool overflow;
};

/**
 * struct findings - what the files of a process are
 * @vhost_net: vhost-net devices
 * @vhost_other: vhost devices of other kinds
 * @query: query of the taps seen so far, or RSSE_NO_QUERY
 * @mixed: there are taps of more than one network device
 */
struct findings {
	unsigned int vhost_net;
	unsigned int vhost_other;
	int query;
	bool mixed;
};

/*
 * tun and vhost are misc devices, taps have their driver's number. Others are
 * left alone: a reference to a VFIO group, say, would keep it busy.
 */
static bool is_candidate(const struct rsse_vhost_scan *scan,
			 const struct file *file)
{
	unsigned int i, major = MAJOR(file_inode(file)->i_rdev);

	if (major == MISC_MAJOR)
		return true;
	for (i = 0; i < scan->nr; i++)
		if (scan->devts[i] && MAJOR(scan->devts[i]) == major)
			return true;
	return false;
}

static int take_device(const void *priv, struct file *file, unsigned int fd)
{
	struct file_list *list = (struct file_list *)priv;

	if (!S_ISCHR(file_inode(file)->i_mode) ||
	    !file->f_op->unlocked_ioctl || !is_candidate(list->scan, file))
		return 0;
	if (list->nr == list->room) {
		list->overflow = true;
		return 1;
	}
	list->files[list->nr++] = get_file(file);
	return 0;
}

/* Threads made by the kernel have no files, and a leader may have exited. */
static void take_devices(struct task_struct *owner, struct file_list *list)
{
	struct task_struct *thread;
	bool found = false;

	rcu_read_lock();
	for_each_thread(owner, thread) {
		task_lock(thread);
		if (thread->files) {
			iterate_fd(thread->files, 0, take_device, list);
			found = true;
		}
		task_unlock(thread);
		if (found)
			break;
	}
	rcu_read_unlock();
}

static void list_clear(struct file_list *list)
{
	while (list->nr)
		fput(list->files[--list->nr]);
	kvfree(list->files);
	list->files = NULL;
}

static int list_devices(struct task_struct *owner, struct file_list *list)
{
	for (list->room = 64; list->room <= FILES_MAX; list->room *= 2) {
		list->nr = 0;
		list->overflow = false;
		list->files = kvmalloc_array(list->room, sizeof(*list->files),
					     GFP_KERNEL);
		if (!list->files)
			return -ENOMEM;
		take_devices(owner, list);
		if (!list->overflow)
			return 0;
		list_clear(list);
	}
	return -E2BIG;
}

/* The name that a tun file shows in fdinfo; takes RTNL. */
static bool tun_name(struct file *file, char name[IFNAMSIZ])
{
	char text[64];
	struct seq_file seq = { .buf = text, .size = sizeof(text) };

	BUILD_BUG_ON(IFNAMSIZ != 16);
	if (!file->f_op->show_fdinfo)
		return false;
	file->f_op->show_fdinfo(&seq, file);
	if (seq_has_overflowed(&seq))
		return false;
	text[seq.count] = '\0';
	return sscanf(text, "iff: %15s", name) == 1;
}

/*
 * A tun file is bound to a device by name in the network namespace that it was
 * opened in, so the same name elsewhere is another device.
 */
static int query_of_tun(const struct rsse_vhost_scan *scan,
			const struct socket *sock, const char *name)
{
	unsigned int i;

	for (i = 0; i < scan->nr; i++) {
		const struct net_device *dev = scan->queries[i].dev;

		if (net_eq(dev_net(dev), sock_net(sock->sk)) &&
		    !strncmp(dev->name, name, IFNAMSIZ))
			return i;
	}
	return RSSE_NO_QUERY;
}

static int query_of_tap(const struct rsse_vhost_scan *scan, dev_t devt)
{
	unsigned int i;

	for (i = 0; i < scan->nr; i++)
		if (scan->devts[i] == devt)
			return i;
	return RSSE_NO_QUERY;
}

static int add_socket(struct rsse_vhost_sockets *sockets, struct file *file,
		      struct socket *sock, int query)
{
	if (sockets->nr == sockets->room) {
		unsigned int room = sockets->room * 2 + 16;
		struct rsse_vhost_socket *entries;

		entries = kvmalloc_array(room, sizeof(*entries), GFP_KERNEL);
		if (!entries)
			return -ENOMEM;
		if (sockets->nr)
			memcpy(entries, sockets->entries,
			       sockets->nr * sizeof(*entries));
		kvfree(sockets->entries);
		sockets->entries = entries;
		sockets->room = room;
	}
	sockets->entries[sockets->nr++] = (struct rsse_vhost_socket) {
		.file = get_file(file),
		.sock = sock,
		.query = query,
	};
	return 0;
}

static void drop_sockets(struct rsse_vhost_sockets *sockets, unsigned int nr)
{
	while (sockets->nr > nr)
		fput(sockets->entries[--sockets->nr].file);
}

void rsse_vhost_sockets_release(struct rsse_vhost_sockets *sockets)
{
	drop_sockets(sockets, 0);
	kvfree(sockets->entries);
	sockets->entries = NULL;
	sockets->room = 0;
}

/* vhost-scsi has no fixed number, but all of them name their ioctl alike. */
static void classify_vhost(const struct file *file, struct findings *found)
{
	char symbol[KSYM_NAME_LEN];

	if (file_inode(file)->i_rdev == MKDEV(MISC_MAJOR, VHOST_NET_MINOR)) {
		found->vhost_net++;
		return;
	}
	snprintf(symbol, sizeof(symbol), "%ps", file->f_op->unlocked_ioctl);
	if (strstarts(symbol, "vhost_"))
		found->vhost_other++;
}

static struct socket *tap_socket(const struct rsse_vhost_scan *scan,
				 struct file *file, int *query)
{
	char name[IFNAMSIZ];
	struct socket *sock;

	sock = scan->tun_socket ? scan->tun_socket(file) : NULL;
	if (!IS_ERR_OR_NULL(sock)) {
		if (!tun_name(file, name))
			return NULL;
		*query = query_of_tun(scan, sock, name);
		return sock;
	}
	sock = scan->tap_socket ? scan->tap_socket(file) : NULL;
	if (!IS_ERR_OR_NULL(sock)) {
		*query = query_of_tap(scan, file_inode(file)->i_rdev);
		return sock;
	}
	return NULL;
}

static int classify(const struct rsse_vhost_scan *scan, struct file *file,
		    struct findings *found, struct rsse_vhost_sockets *sockets)
{
	int query = RSSE_NO_QUERY;
	struct socket *sock = tap_socket(scan, file, &query);

	if (IS_ERR_OR_NULL(sock)) {
		classify_vhost(file, found);
		return 0;
	}
	if (query == RSSE_NO_QUERY) {
		found->mixed = true;
		return 0;
	}
	if (found->query != RSSE_NO_QUERY && found->query != query)
		found->mixed = true;
	found->query = query;
	return add_socket(sockets, file, sock, query);
}

int rsse_vhost_scan_owner(const struct rsse_vhost_scan *scan,
			  struct task_struct *owner,
			  struct rsse_vhost_sockets *doubtful, bool *other)
{
	struct findings found = { .query = RSSE_NO_QUERY };
	unsigned int i, nr_before = doubtful->nr;
	struct file_list list = { .scan = scan };
	bool certain;
	int err;

	err = list_devices(owner, &list);
	for (i = 0; !err && i < list.nr; i++)
		err = classify(scan, list.files[i], &found, doubtful);
	list_clear(&list);

	certain = found.vhost_net && !found.vhost_other && !found.mixed;
	if (err || certain || !found.vhost_net)
		drop_sockets(doubtful, nr_before);
	*other = !err && found.vhost_other;
	return !err && certain ? found.query : RSSE_NO_QUERY;
}

/* A macvtap has one child of its driver's class: the device that is opened. */
static int note_devt(struct device *child, void *priv)
{
	dev_t *devt = priv;

	if (!child->devt)
		return 0;
	*devt = child->devt;
	return 1;
}

int rsse_vhost_scan_begin(struct rsse_vhost_scan *scan,
			  const struct rsse_vhost_query *queries,
			  unsigned int nr)
{
	unsigned int i;

	scan->queries = queries;
	scan->nr = nr;
	scan->devts = kvcalloc(nr, sizeof(*scan->devts), GFP_KERNEL);
	if (!scan->devts)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		device_for_each_child(&queries[i].dev->dev, &scan->devts[i],
				      note_devt);
	scan->tun_socket = symbol_get(tun_get_socket);
	scan->tap_socket = symbol_get(tap_get_socket);
	return 0;
}

void rsse_vhost_scan_end(struct rsse_vhost_scan *scan)
{
	if (scan->tun_socket)
		symbol_put(tun_get_socket);
	if (scan->tap_socket)
		symbol_put(tap_get_socket);
	kvfree(scan->devts);
}
