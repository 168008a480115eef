// SPDX-License-Identifier: GPL-2.0-only
#include <sys/eventfd.h>
#include <unistd.h>

#include "vring.h"

#define PAGE	4096

static size_t vring_bytes(void)
{
	return (vring_size(RING_SIZE, PAGE) + PAGE - 1) / PAGE * PAGE;
}

size_t ring_bytes(void)
{
	return vring_bytes() + RING_SIZE * BUF_BYTES;
}

int ring_init(struct ring *ring, void *memory)
{
	vring_init(&ring->vring, RING_SIZE, memory, PAGE);
	ring->memory = (uint8_t *)memory + vring_bytes();
	ring->kick = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	ring->call = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return ring->kick < 0 || ring->call < 0 ? -1 : 0;
}

uint8_t *ring_buf(struct ring *ring, uint16_t id)
{
	return ring->memory + (size_t)id * BUF_BYTES;
}

void ring_give(struct ring *ring, uint16_t id, uint32_t len, uint16_t flags)
{
	struct vring_desc *desc = &ring->vring.desc[id];

	desc->addr = (uintptr_t)ring_buf(ring, id);
	desc->len = len;
	desc->flags = flags;
	ring->vring.avail->ring[ring->avail++ % RING_SIZE] = id;
	/* Pairs with vhost's read of the index: the entry is there first. */
	__atomic_store_n(&ring->vring.avail->idx, ring->avail, __ATOMIC_RELEASE);
}

int ring_take(struct ring *ring, uint32_t *len)
{
	struct vring_used_elem *elem;

	/* Pairs with vhost's write of the index, after the entry. */
	if (__atomic_load_n(&ring->vring.used->idx, __ATOMIC_ACQUIRE) == ring->seen)
		return -1;
	elem = &ring->vring.used->ring[ring->seen++ % RING_SIZE];
	*len = elem->len;
	return elem->id;
}

void ring_kick(struct ring *ring)
{
	const uint64_t one = 1;

	/* The index must be out before the flag is read, or both sides sleep. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (__atomic_load_n(&ring->vring.used->flags, __ATOMIC_RELAXED) & VRING_USED_F_NO_NOTIFY)
		return;
	if (write(ring->kick, &one, sizeof(one)) < 0)
		return;
}

void ring_quiet(struct ring *ring, int quiet)
{
	__atomic_store_n(&ring->vring.avail->flags, quiet ? VRING_AVAIL_F_NO_INTERRUPT : 0,
			 __ATOMIC_RELAXED);
	/* The caller looks at the ring once more after asking for calls. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}
