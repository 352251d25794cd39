/* SPDX-License-Identifier: MIT */
/* A ring of bytes with one writer and one reader, one of them an interrupt. */
#ifndef HEARTH_RING_H
#define HEARTH_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RING_LEN 4096u /* a power of two */

struct ring {
	volatile uint32_t in, out; /* counted on, taken modulo RING_LEN */
	uint32_t overflows;
	uint8_t data[RING_LEN];
};

static inline uint32_t ring_used(const struct ring *ring)
{
	return ring->in - ring->out;
}

static inline uint32_t ring_room(const struct ring *ring)
{
	return RING_LEN - ring_used(ring);
}

static inline void ring_put(struct ring *ring, uint8_t byte)
{
	if (!ring_room(ring)) {
		ring->overflows++;
		return;
	}
	ring->data[ring->in % RING_LEN] = byte;
	ring->in++;
}

/* Only if ring_used(). */
static inline uint8_t ring_get(struct ring *ring)
{
	uint8_t byte = ring->data[ring->out % RING_LEN];

	ring->out++;
	return byte;
}

#endif /* HEARTH_RING_H */
