/* SPDX-License-Identifier: MIT */
/*
 * Gas pulses: a reed at the counter's wheel, sampled each millisecond. A pulse
 * counts once, when the reed has opened for good after it was closed for
 * good: bounce is too short, a magnet at rest on the edge of the reed, which
 * makes it chatter, never opens it for long. Pure.
 */
#ifndef HEARTH_PULSE_H
#define HEARTH_PULSE_H

#include <stdbool.h>
#include <stdint.h>

#define PULSE_CLOSED_MS 10u
#define PULSE_OPEN_MS 500u
/* A U6 meter at its overload, 7.2 m3/h, gives one each 5 s. */
#define PULSE_PERIOD_MS 2000u
/* A wheel may rest there for a night without gas, hardly for a day. */
#define PULSE_HELD_MS 86400000u

#define PULSE_STATES 5
#define PULSE_EVENTS 5

enum pulse_state {
	PULSE_OPEN,
	PULSE_CLOSING,
	PULSE_CLOSED,
	PULSE_OPENING,
	PULSE_HELD, /* closed for longer than can be */
};

struct pulse {
	enum pulse_state state;
	uint32_t ms;	   /* in the state */
	uint32_t since_ms; /* the last one counted; stops at the period */
	uint64_t count;
	uint32_t rejected;
};

enum pulse_news {
	PULSE_NOTHING,
	PULSE_COUNTED,
	PULSE_HELD_ON,
	PULSE_HELD_OFF
};

void pulse_init(struct pulse *pulse, uint64_t count);
enum pulse_news pulse_step(struct pulse *pulse, bool closed);

#endif /* HEARTH_PULSE_H */
