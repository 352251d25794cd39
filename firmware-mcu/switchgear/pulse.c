// SPDX-License-Identifier: MIT
#include "pulse.h"

#include <string.h>

/* What a sample is, with how long it has been so. */
enum event {
	OPEN,
	CLOSED,
	OPEN_LONG,
	CLOSED_LONG,
	HELD_LONG
};

enum action {
	NONE,
	COUNT,
	REJECT,
	HELD_ON,
	HELD_OFF
};

static const struct {
	uint8_t next;
	uint8_t action;
} table[PULSE_STATES][PULSE_EVENTS] = {
	[PULSE_OPEN] = {
		[OPEN] = { PULSE_OPEN, NONE },
		[CLOSED] = { PULSE_CLOSING, NONE },
		[OPEN_LONG] = { PULSE_OPEN, NONE },
		[CLOSED_LONG] = { PULSE_CLOSING, NONE },
		[HELD_LONG] = { PULSE_CLOSING, NONE },
	},
	[PULSE_CLOSING] = {
		[OPEN] = { PULSE_OPEN, REJECT },
		[CLOSED] = { PULSE_CLOSING, NONE },
		[OPEN_LONG] = { PULSE_OPEN, REJECT },
		[CLOSED_LONG] = { PULSE_CLOSED, NONE },
		[HELD_LONG] = { PULSE_CLOSED, NONE },
	},
	[PULSE_CLOSED] = {
		[OPEN] = { PULSE_OPENING, NONE },
		[CLOSED] = { PULSE_CLOSED, NONE },
		[OPEN_LONG] = { PULSE_OPENING, NONE },
		[CLOSED_LONG] = { PULSE_CLOSED, NONE },
		[HELD_LONG] = { PULSE_HELD, HELD_ON },
	},
	[PULSE_OPENING] = {
		[OPEN] = { PULSE_OPENING, NONE },
		[CLOSED] = { PULSE_CLOSED, REJECT },
		[OPEN_LONG] = { PULSE_OPEN, COUNT },
		[CLOSED_LONG] = { PULSE_CLOSED, REJECT },
		[HELD_LONG] = { PULSE_CLOSED, REJECT },
	},
	[PULSE_HELD] = {
		[OPEN] = { PULSE_OPENING, HELD_OFF },
		[CLOSED] = { PULSE_HELD, NONE },
		[OPEN_LONG] = { PULSE_OPENING, HELD_OFF },
		[CLOSED_LONG] = { PULSE_HELD, NONE },
		[HELD_LONG] = { PULSE_HELD, NONE },
	},
};

void pulse_init(struct pulse *pulse, uint64_t count)
{
	memset(pulse, 0, sizeof(*pulse));
	pulse->count = count;
	pulse->since_ms = PULSE_PERIOD_MS;
}

static enum event event_of(const struct pulse *pulse, bool closed)
{
	bool same = closed ? pulse->state == PULSE_CLOSING ||
				     pulse->state == PULSE_CLOSED ||
				     pulse->state == PULSE_HELD :
			     pulse->state == PULSE_OPEN ||
				     pulse->state == PULSE_OPENING;
	uint32_t ms = same ? pulse->ms + 1 : 1;

	if (!closed)
		return ms >= PULSE_OPEN_MS ? OPEN_LONG : OPEN;
	if (ms >= PULSE_HELD_MS)
		return HELD_LONG;
	return ms >= PULSE_CLOSED_MS ? CLOSED_LONG : CLOSED;
}

enum pulse_news pulse_step(struct pulse *pulse, bool closed)
{
	enum event event = event_of(pulse, closed);
	enum pulse_state before = pulse->state;
	enum action action = (enum action)table[before][event].action;

	pulse->state = (enum pulse_state)table[before][event].next;
	if (pulse->state != before)
		pulse->ms = 1;
	else if (pulse->ms < PULSE_HELD_MS)
		pulse->ms++;
	if (pulse->since_ms < PULSE_PERIOD_MS)
		pulse->since_ms++;
	switch (action) {
	case COUNT:
		if (pulse->since_ms < PULSE_PERIOD_MS) {
			pulse->rejected++;
			return PULSE_NOTHING;
		}
		pulse->since_ms = 0;
		pulse->count++;
		return PULSE_COUNTED;
	case REJECT:
		pulse->rejected++;
		return PULSE_NOTHING;
	case HELD_ON:
		return PULSE_HELD_ON;
	case HELD_OFF:
		return PULSE_HELD_OFF;
	default:
		return PULSE_NOTHING;
	}
}
