/* SPDX-License-Identifier: MIT */
/*
 * The supply's relay: a bistable one with two coils, its contact seen from
 * the load side (contact.h). The whole of what it may do is one table, state
 * by event, in relay.c. Pure: a pulse for a coil comes out.
 *
 * A coil is driven so that the contact moves at a zero of the voltage: ahead
 * of it by the delay that was measured when it moved before. A pulse has one
 * length, pulses have a rest between them, and a contact that did not follow
 * is tried three times, then it is welded or stuck.
 */
#ifndef HEARTH_RELAY_H
#define HEARTH_RELAY_H

#include <stdbool.h>
#include <stdint.h>

#include <hearth/mcu_proto.h>

#include "zero.h"

#define RELAY_PULSE_US 30000u
/* What a chip must never exceed, whatever it is told. */
#define RELAY_PULSE_MAX_US 60000u
#define RELAY_REST_US 500000u
#define RELAY_TRIES 3
#define RELAY_STATES 8

/* A new part's, until it has been measured; and what a measure may be. */
#define RELAY_DELAY_US 8000
#define RELAY_DELAY_MAX_US 25000

enum relay_event {
	RELAY_DISABLE,
	RELAY_ARM,
	RELAY_ENABLE,
	RELAY_BUTTON,
	RELAY_SEEN_OPEN,
	RELAY_SEEN_CLOSED,
	RELAY_SEEN_FOREIGN,
	RELAY_AGAIN,   /* in time it has not followed */
	RELAY_GIVE_UP, /* nor after the last try */
	RELAY_BLIND,   /* nothing can be seen */
	RELAY_POWER_FAILS,
	RELAY_EVENTS
};

enum relay_coil {
	RELAY_COIL_OPEN,
	RELAY_COIL_CLOSE,
	RELAY_COILS
};

struct relay {
	enum hearth_mcu_switch_state state;
	enum hearth_mcu_reason reason; /* why it is in it */
	bool to_armed;		       /* open is armed */
	bool moving;		       /* a pulse is given or about to be */
	uint32_t tries;
	enum relay_coil coil;
	uint64_t pulse_us; /* when the last one begins */
	bool pulsed;	   /* there was one */
	uint32_t operations;
	uint16_t delay_us[RELAY_COILS]; /* coil to contact */
};

struct relay_inputs {
	uint64_t now_us;
	enum hearth_mcu_contact contact;
	uint64_t contact_us; /* since when */
	bool current;	     /* flows through it */
	bool mains_ok;
	const struct zero *zero;
};

/* What to do, and what to tell. */
struct relay_output {
	bool pulse; /* give coil a pulse at at_us */
	bool cancel;
	enum relay_coil coil;
	uint64_t at_us;
	bool changed; /* state or reason: to be stored, and an event */
};

/* As it was when the power went, from the store; all zero for a new part. */
void relay_init(struct relay *relay, uint8_t state, uint8_t reason,
		uint16_t open_delay_us, uint16_t close_delay_us,
		uint32_t operations);

/* HEARTH_MCU_REASON_NONE, or why it is refused: then nothing has changed. */
enum hearth_mcu_reason relay_command(struct relay *relay,
				     enum relay_event event,
				     const struct relay_inputs *in,
				     struct relay_output *ret_out);

/* To be called often. */
void relay_poll(struct relay *relay, const struct relay_inputs *in,
		struct relay_output *ret_out);

#endif /* HEARTH_RELAY_H */
