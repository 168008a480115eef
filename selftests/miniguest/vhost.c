// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/vhost.h>
#include <linux/virtio_config.h>
#include <linux/virtio_net.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vhost.h"

static int tap_open(const char *node, const char *name, int multi)
{
	struct ifreq ifr = {
		.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | (multi ? IFF_MULTI_QUEUE : 0),
	};
	int hdr = VNET_HDR;
	int fd = open(node, O_RDWR | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -1;
	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	if (ioctl(fd, TUNSETIFF, &ifr) < 0 || ioctl(fd, TUNSETVNETHDRSZ, &hdr) < 0)
		return -1;
	return fd;
}

/* Guest memory is all that the rings live in, at the same addresses. */
static int share_memory(int vhost, void *base, size_t bytes)
{
	struct vhost_memory *table;
	int ret;

	table = calloc(1, sizeof(*table) + sizeof(table->regions[0]));
	if (!table)
		return -1;
	table->nregions = 1;
	table->regions[0].guest_phys_addr = (uintptr_t)base;
	table->regions[0].userspace_addr = (uintptr_t)base;
	table->regions[0].memory_size = bytes;
	ret = ioctl(vhost, VHOST_SET_MEM_TABLE, table);
	free(table);
	return ret;
}

static int ring_start(const struct vhost_queue *queue, unsigned int index, struct ring *ring)
{
	struct vhost_vring_state num = { .index = index, .num = RING_SIZE };
	struct vhost_vring_state base = { .index = index };
	struct vhost_vring_addr addr = {
		.index = index,
		.desc_user_addr = (uintptr_t)ring->vring.desc,
		.used_user_addr = (uintptr_t)ring->vring.used,
		.avail_user_addr = (uintptr_t)ring->vring.avail,
	};
	struct vhost_vring_file kick = { .index = index, .fd = ring->kick };
	struct vhost_vring_file call = { .index = index, .fd = ring->call };
	struct vhost_vring_file backend = { .index = index, .fd = queue->tap };

	if (ioctl(queue->vhost, VHOST_SET_VRING_NUM, &num) < 0 ||
	    ioctl(queue->vhost, VHOST_SET_VRING_BASE, &base) < 0 ||
	    ioctl(queue->vhost, VHOST_SET_VRING_ADDR, &addr) < 0 ||
	    ioctl(queue->vhost, VHOST_SET_VRING_KICK, &kick) < 0 ||
	    ioctl(queue->vhost, VHOST_SET_VRING_CALL, &call) < 0)
		return -1;
	return ioctl(queue->vhost, VHOST_NET_SET_BACKEND, &backend);
}

/* Newer kernels have a choice, theirs before there is a worker; uapi headers may be older. */
#ifndef VHOST_SET_FORK_FROM_OWNER
#define VHOST_SET_FORK_FROM_OWNER _IOW(VHOST_VIRTIO, 0x84, __u8)
#endif

static int ask_for_kthreads(int vhost)
{
	__u8 fork_from_owner = 0;

	return ioctl(vhost, VHOST_SET_FORK_FROM_OWNER, &fork_from_owner);
}

static int device_start(struct vhost_queue *queue)
{
	uint64_t features = 1ull << VIRTIO_F_VERSION_1 | 1ull << VIRTIO_NET_F_MRG_RXBUF;
	size_t bytes = 2 * ring_bytes();
	uint8_t *memory;

	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED || ring_init(&queue->rx, memory) < 0 ||
	    ring_init(&queue->tx, memory + ring_bytes()) < 0)
		return -1;
	if (ioctl(queue->vhost, VHOST_SET_OWNER) < 0 ||
	    ioctl(queue->vhost, VHOST_SET_FEATURES, &features) < 0 ||
	    share_memory(queue->vhost, memory, bytes) < 0 ||
	    ring_start(queue, 0, &queue->rx) < 0)
		return -1;
	return ring_start(queue, 1, &queue->tx);
}

int vhost_open(struct vhost_queue *queue, const char *node, const char *name, int multi,
	       int kthread)
{
	uint16_t id;

	queue->tap = tap_open(node, name, multi);
	if (queue->tap < 0)
		return -1;
	queue->vhost = open("/dev/vhost-net", O_RDWR | O_CLOEXEC);
	if (queue->vhost < 0 || (kthread && ask_for_kthreads(queue->vhost) < 0) ||
	    device_start(queue) < 0)
		return -1;
	for (id = 0; id < RING_SIZE; id++)
		ring_give(&queue->rx, id, BUF_BYTES, VRING_DESC_F_WRITE);
	ring_kick(&queue->rx);
	ring_quiet(&queue->tx, 1);
	return 0;
}

int vhost_other_open(const char *node)
{
	int fd = open(node, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -1 : ioctl(fd, VHOST_SET_OWNER);
}
