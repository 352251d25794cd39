// SPDX-License-Identifier: MIT
#include "relay.h"

#include <string.h>

/* Until the chip is told, its state is stored: four records, 3 ms each. */
#define LEAD_US 20000u
/* After a pulse, to see where the contact is. */
#define LOOK_US 100000u

#define S(state) HEARTH_MCU_SWITCH_##state
#define WHY(reason) HEARTH_MCU_REASON_##reason

enum action {
	STAY,	/* nothing to do; the state may change all the same */
	PULSE,	/* towards the state it goes to */
	REFUSE, /* with the reason */
	CANCEL,
};

struct transition {
	uint8_t next;	/* enum hearth_mcu_switch_state */
	uint8_t action; /* enum action */
	uint8_t reason; /* enum hearth_mcu_reason; NONE: as it was */
};

#define GO(next, reason)                    \
	{                                   \
		S(next), PULSE, WHY(reason) \
	}
#define IS(next, reason)                   \
	{                                  \
		S(next), STAY, WHY(reason) \
	}
#define NO(same, reason)                     \
	{                                    \
		S(same), REFUSE, WHY(reason) \
	}

/* OPEN stands for OPEN and ARMED where a transition leads to it. */
static const struct transition table[RELAY_STATES][RELAY_EVENTS] = {
	[S(UNKNOWN)] = {
		[RELAY_DISABLE] = GO(OPENING, COMMAND),
		[RELAY_ARM] = GO(OPENING, COMMAND),
		[RELAY_ENABLE] = GO(CLOSING, COMMAND),
		[RELAY_BUTTON] = NO(UNKNOWN, NOT_ARMED),
		[RELAY_SEEN_OPEN] = IS(OPEN, NONE),
		[RELAY_SEEN_CLOSED] = IS(CLOSED, NONE),
		[RELAY_SEEN_FOREIGN] = IS(OPEN, LOAD_LIVE),
		[RELAY_AGAIN] = IS(UNKNOWN, NONE),
		[RELAY_GIVE_UP] = IS(UNKNOWN, NONE),
		[RELAY_BLIND] = IS(UNKNOWN, NONE),
		[RELAY_POWER_FAILS] = IS(UNKNOWN, NONE),
	},
	[S(OPEN)] = {
		[RELAY_DISABLE] = IS(OPEN, COMMAND),
		[RELAY_ARM] = IS(OPEN, COMMAND),
		[RELAY_ENABLE] = GO(CLOSING, COMMAND),
		[RELAY_BUTTON] = NO(OPEN, NOT_ARMED),
		[RELAY_SEEN_OPEN] = IS(OPEN, NONE),
		[RELAY_SEEN_CLOSED] = GO(OPENING, MISMATCH),
		[RELAY_SEEN_FOREIGN] = IS(OPEN, LOAD_LIVE),
		[RELAY_AGAIN] = IS(OPEN, NONE),
		[RELAY_GIVE_UP] = IS(OPEN, NONE),
		[RELAY_BLIND] = IS(OPEN, NONE),
		[RELAY_POWER_FAILS] = IS(OPEN, NONE),
	},
	[S(ARMED)] = {
		[RELAY_DISABLE] = IS(OPEN, COMMAND),
		[RELAY_ARM] = IS(OPEN, COMMAND),
		[RELAY_ENABLE] = GO(CLOSING, COMMAND),
		[RELAY_BUTTON] = GO(CLOSING, BUTTON),
		[RELAY_SEEN_OPEN] = IS(OPEN, NONE),
		[RELAY_SEEN_CLOSED] = GO(OPENING, MISMATCH),
		[RELAY_SEEN_FOREIGN] = IS(OPEN, LOAD_LIVE),
		[RELAY_AGAIN] = IS(OPEN, NONE),
		[RELAY_GIVE_UP] = IS(OPEN, NONE),
		[RELAY_BLIND] = IS(OPEN, NONE),
		[RELAY_POWER_FAILS] = IS(OPEN, NONE),
	},
	[S(CLOSED)] = {
		[RELAY_DISABLE] = GO(OPENING, COMMAND),
		[RELAY_ARM] = GO(OPENING, COMMAND),
		[RELAY_ENABLE] = IS(CLOSED, COMMAND),
		[RELAY_BUTTON] = NO(CLOSED, NOT_ARMED),
		/* Not closed again on its own: somebody has to look. */
		[RELAY_SEEN_OPEN] = IS(OPEN, MISMATCH),
		[RELAY_SEEN_CLOSED] = IS(CLOSED, NONE),
		[RELAY_SEEN_FOREIGN] = IS(OPEN, LOAD_LIVE),
		[RELAY_AGAIN] = IS(CLOSED, NONE),
		[RELAY_GIVE_UP] = IS(CLOSED, NONE),
		[RELAY_BLIND] = IS(CLOSED, NONE),
		[RELAY_POWER_FAILS] = IS(CLOSED, NONE),
	},
	[S(OPENING)] = {
		[RELAY_DISABLE] = IS(OPENING, COMMAND),
		[RELAY_ARM] = IS(OPENING, COMMAND),
		[RELAY_ENABLE] = NO(OPENING, BUSY),
		[RELAY_BUTTON] = NO(OPENING, BUSY),
		[RELAY_SEEN_OPEN] = IS(OPEN, NONE),
		[RELAY_SEEN_CLOSED] = IS(OPENING, NONE),
		[RELAY_SEEN_FOREIGN] = IS(OPEN, LOAD_LIVE),
		[RELAY_AGAIN] = GO(OPENING, NONE),
		[RELAY_GIVE_UP] = IS(WELDED, WELDED),
		/* Without mains it cannot be seen: when there is, it will. */
		[RELAY_BLIND] = IS(OPEN, NONE),
		[RELAY_POWER_FAILS] = { S(OPEN), CANCEL, WHY(POWER) },
	},
	[S(CLOSING)] = {
		[RELAY_DISABLE] = NO(CLOSING, BUSY),
		[RELAY_ARM] = NO(CLOSING, BUSY),
		[RELAY_ENABLE] = IS(CLOSING, COMMAND),
		[RELAY_BUTTON] = IS(CLOSING, NONE),
		[RELAY_SEEN_OPEN] = IS(CLOSING, NONE),
		[RELAY_SEEN_CLOSED] = IS(CLOSED, NONE),
		[RELAY_SEEN_FOREIGN] = IS(CLOSING, NONE),
		[RELAY_AGAIN] = GO(CLOSING, NONE),
		[RELAY_GIVE_UP] = IS(STUCK, STUCK),
		[RELAY_BLIND] = IS(UNKNOWN, NO_MAINS),
		[RELAY_POWER_FAILS] = { S(UNKNOWN), CANCEL, WHY(POWER) },
	},
	[S(WELDED)] = {
		[RELAY_DISABLE] = GO(OPENING, COMMAND),
		[RELAY_ARM] = GO(OPENING, COMMAND),
		[RELAY_ENABLE] = IS(CLOSED, COMMAND),
		[RELAY_BUTTON] = NO(WELDED, WELDED),
		[RELAY_SEEN_OPEN] = IS(OPEN, NONE),
		[RELAY_SEEN_CLOSED] = IS(WELDED, NONE),
		[RELAY_SEEN_FOREIGN] = IS(OPEN, LOAD_LIVE),
		[RELAY_AGAIN] = IS(WELDED, NONE),
		[RELAY_GIVE_UP] = IS(WELDED, NONE),
		[RELAY_BLIND] = IS(WELDED, NONE),
		[RELAY_POWER_FAILS] = IS(WELDED, NONE),
	},
	[S(STUCK)] = {
		[RELAY_DISABLE] = IS(OPEN, COMMAND),
		[RELAY_ARM] = IS(OPEN, COMMAND),
		[RELAY_ENABLE] = GO(CLOSING, COMMAND),
		[RELAY_BUTTON] = NO(STUCK, STUCK),
		[RELAY_SEEN_OPEN] = IS(STUCK, NONE),
		/* Late, but as it was told. */
		[RELAY_SEEN_CLOSED] = IS(CLOSED, NONE),
		[RELAY_SEEN_FOREIGN] = IS(STUCK, NONE),
		[RELAY_AGAIN] = IS(STUCK, NONE),
		[RELAY_GIVE_UP] = IS(STUCK, NONE),
		[RELAY_BLIND] = IS(STUCK, NONE),
		[RELAY_POWER_FAILS] = IS(STUCK, NONE),
	},
};

static uint16_t plausible(uint16_t delay_us)
{
	return delay_us && delay_us <= RELAY_DELAY_MAX_US ? delay_us :
							    RELAY_DELAY_US;
}

void relay_init(struct relay *relay, uint8_t state, uint8_t reason,
		uint16_t open_delay_us, uint16_t close_delay_us,
		uint32_t operations)
{
	memset(relay, 0, sizeof(*relay));
	relay->delay_us[RELAY_COIL_OPEN] = plausible(open_delay_us);
	relay->delay_us[RELAY_COIL_CLOSE] = plausible(close_delay_us);
	relay->operations = operations;
	relay->reason = (enum hearth_mcu_reason)reason;
	relay->to_armed = state == HEARTH_MCU_SWITCH_ARMED;
	switch (state) {
	case HEARTH_MCU_SWITCH_OPEN:
	case HEARTH_MCU_SWITCH_ARMED:
	case HEARTH_MCU_SWITCH_CLOSED:
	case HEARTH_MCU_SWITCH_WELDED:
	case HEARTH_MCU_SWITCH_STUCK:
		relay->state = (enum hearth_mcu_switch_state)state;
		break;
	case HEARTH_MCU_SWITCH_OPENING:
		/* If it is not open, it will be seen, and opened. */
		relay->state = HEARTH_MCU_SWITCH_OPEN;
		break;
	default:
		relay->state = HEARTH_MCU_SWITCH_UNKNOWN;
		break;
	}
}

/* When to begin, so that the contact moves at a zero. */
static uint64_t pulse_time(const struct relay *relay,
			   const struct relay_inputs *in, enum relay_coil coil)
{
	uint64_t first_us = in->now_us + LEAD_US, zero_us;

	if (relay->pulsed &&
	    relay->pulse_us + RELAY_PULSE_US + RELAY_REST_US > first_us)
		first_us = relay->pulse_us + RELAY_PULSE_US + RELAY_REST_US;
	if (!zero_next(in->zero, in->now_us, first_us + relay->delay_us[coil],
		       &zero_us))
		return first_us;
	return zero_us - relay->delay_us[coil];
}

static void give_pulse(struct relay *relay, const struct relay_inputs *in,
		       struct relay_output *out)
{
	enum relay_coil coil = relay->state == HEARTH_MCU_SWITCH_CLOSING ?
				       RELAY_COIL_CLOSE :
				       RELAY_COIL_OPEN;

	out->pulse = true;
	out->coil = coil;
	out->at_us = pulse_time(relay, in, coil);
	relay->coil = coil;
	relay->pulse_us = out->at_us;
	relay->pulsed = true;
	relay->moving = true;
	relay->operations++;
}

/* What no state allows: power and other people's voltage. */
static enum hearth_mcu_reason forbidden(const struct transition *to,
					const struct relay_inputs *in)
{
	uint64_t zero_us;

	if (to->action != PULSE)
		return HEARTH_MCU_REASON_NONE;
	if (!in->mains_ok)
		return HEARTH_MCU_REASON_POWER;
	if (to->next != HEARTH_MCU_SWITCH_CLOSING)
		return HEARTH_MCU_REASON_NONE;
	if (!zero_next(in->zero, in->now_us, in->now_us, &zero_us))
		return HEARTH_MCU_REASON_NO_MAINS;
	if (in->contact == HEARTH_MCU_CONTACT_FOREIGN)
		return HEARTH_MCU_REASON_LOAD_LIVE;
	return HEARTH_MCU_REASON_NONE;
}

static enum hearth_mcu_reason step(struct relay *relay, enum relay_event event,
				   const struct relay_inputs *in,
				   struct relay_output *out)
{
	const struct transition *to = &table[relay->state][event];
	enum hearth_mcu_switch_state before = relay->state;
	enum hearth_mcu_reason why = relay->reason, no;

	if (to->action == REFUSE)
		return (enum hearth_mcu_reason)to->reason;
	no = forbidden(to, in);
	if (no)
		return no;
	if (event == RELAY_DISABLE || event == RELAY_ARM)
		relay->to_armed = event == RELAY_ARM;
	if (event == RELAY_SEEN_OPEN && before == HEARTH_MCU_SWITCH_CLOSED)
		relay->to_armed = false;
	relay->state = (enum hearth_mcu_switch_state)to->next;
	if (relay->state == HEARTH_MCU_SWITCH_OPEN && relay->to_armed)
		relay->state = HEARTH_MCU_SWITCH_ARMED;
	if (to->reason)
		relay->reason = (enum hearth_mcu_reason)to->reason;
	if (to->action == PULSE) {
		relay->tries = event == RELAY_AGAIN ? relay->tries + 1 : 1;
		give_pulse(relay, in, out);
	}
	if (to->action == CANCEL)
		out->cancel = true;
	if (relay->state != HEARTH_MCU_SWITCH_OPENING &&
	    relay->state != HEARTH_MCU_SWITCH_CLOSING)
		relay->moving = false;
	out->changed |= relay->state != before || relay->reason != why;
	return HEARTH_MCU_REASON_NONE;
}

enum hearth_mcu_reason relay_command(struct relay *relay,
				     enum relay_event event,
				     const struct relay_inputs *in,
				     struct relay_output *ret_out)
{
	memset(ret_out, 0, sizeof(*ret_out));
	return step(relay, event, in, ret_out);
}

/* How long it took: half of what is new each time. */
static void measure_delay(struct relay *relay, const struct relay_inputs *in)
{
	uint16_t *delay = &relay->delay_us[relay->coil];
	int64_t took = (int64_t)(in->contact_us - relay->pulse_us);

	if (took <= 0 || took > RELAY_DELAY_MAX_US)
		return;
	*delay = (uint16_t)(*delay + (took - *delay) / 2);
	if (!*delay)
		*delay = 1;
}

/* A current comes through the contact whatever its load side looks like. */
static enum hearth_mcu_contact seen(const struct relay_inputs *in)
{
	return in->current ? HEARTH_MCU_CONTACT_CLOSED : in->contact;
}

static enum relay_event event_of(enum hearth_mcu_contact contact)
{
	switch (contact) {
	case HEARTH_MCU_CONTACT_OPEN:
		return RELAY_SEEN_OPEN;
	case HEARTH_MCU_CONTACT_CLOSED:
		return RELAY_SEEN_CLOSED;
	case HEARTH_MCU_CONTACT_FOREIGN:
		return RELAY_SEEN_FOREIGN;
	default:
		return RELAY_BLIND;
	}
}

void relay_poll(struct relay *relay, const struct relay_inputs *in,
		struct relay_output *ret_out)
{
	enum relay_event event = event_of(seen(in));
	bool closing = relay->state == HEARTH_MCU_SWITCH_CLOSING;
	bool arrived = event == (closing ? RELAY_SEEN_CLOSED : RELAY_SEEN_OPEN);
	uint64_t done_us = relay->pulse_us + RELAY_PULSE_US;

	memset(ret_out, 0, sizeof(*ret_out));
	if (!in->mains_ok) {
		(void)step(relay, RELAY_POWER_FAILS, in, ret_out);
		return;
	}
	if (!relay->moving) {
		(void)step(relay, event, in, ret_out);
		return;
	}
	if (in->now_us < done_us)
		return;
	if (arrived) {
		measure_delay(relay, in);
		(void)step(relay, event, in, ret_out);
	} else if (in->now_us >= done_us + LOOK_US) {
		if (event == RELAY_SEEN_CLOSED || closing)
			event = event == RELAY_BLIND	    ? RELAY_BLIND :
				relay->tries >= RELAY_TRIES ? RELAY_GIVE_UP :
							      RELAY_AGAIN;
		/* Another try that is not allowed any more was the last. */
		if (step(relay, event, in, ret_out) && event == RELAY_AGAIN)
			(void)step(relay, RELAY_GIVE_UP, in, ret_out);
	}
}
