/* SPDX-License-Identifier: MIT */
/*
 * A contact: covers, magnet sensor, button. On after it has been closed for a
 * while without a break, off likewise. Sampled each millisecond. Pure.
 */
#ifndef HEARTH_DEBOUNCE_H
#define HEARTH_DEBOUNCE_H

#include <stdbool.h>
#include <stdint.h>

#define DEBOUNCE_STATES 4

enum debounce_state {
	DEBOUNCE_OFF,
	DEBOUNCE_RISING,
	DEBOUNCE_ON,
	DEBOUNCE_FALLING,
};

struct debounce {
	enum debounce_state state;
	uint32_t ms; /* in the state */
};

/* Whether it has come on (+1), gone off (-1) or neither with this sample. */
int debounce_step(struct debounce *debounce, bool closed, uint32_t on_ms,
		  uint32_t off_ms);

static inline bool debounce_on(const struct debounce *debounce)
{
	return debounce->state == DEBOUNCE_ON ||
	       debounce->state == DEBOUNCE_FALLING;
}

#endif /* HEARTH_DEBOUNCE_H */
