/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MG_VRING_H
#define MG_VRING_H

#include <linux/virtio_ring.h>
#include <stddef.h>
#include <stdint.h>

#define RING_SIZE	256
#define BUF_BYTES	2048

/**
 * struct ring - the driver's side of one split virtqueue, one buffer a descriptor
 * @vring: descriptors, available and used ring, shared with vhost
 * @memory: RING_SIZE buffers of BUF_BYTES
 * @seen: used entries taken so far
 * @avail: available entries given so far
 * @kick: eventfd that tells vhost
 * @call: eventfd that vhost tells us by
 */
struct ring {
	struct vring vring;
	uint8_t *memory;
	uint16_t seen;
	uint16_t avail;
	int kick;
	int call;
};

/** ring_bytes() - memory that ring_init() needs, page aligned */
size_t ring_bytes(void);

int ring_init(struct ring *ring, void *memory);

/** ring_give() - make a buffer available; vhost is told by ring_kick() */
void ring_give(struct ring *ring, uint16_t id, uint32_t len, uint16_t flags);

/** ring_take() - the next used buffer and the bytes written to it, -1 when there is none */
int ring_take(struct ring *ring, uint32_t *len);

void ring_kick(struct ring *ring);

/** ring_quiet() - ask vhost for no calls (@quiet) or for calls again */
void ring_quiet(struct ring *ring, int quiet);

uint8_t *ring_buf(struct ring *ring, uint16_t id);

#endif
