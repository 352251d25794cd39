// SPDX-License-Identifier: MIT
#include "valve.h"

#include <string.h>

#define S(state) HEARTH_MCU_VALVE_##state
#define WHY(reason) HEARTH_MCU_REASON_##reason

enum action {
	STAY,
	STOP,
	OPEN,
	CLOSE,
	TEST,
	REFUSE,
	LEAK
};

struct transition {
	uint8_t next;	/* enum hearth_mcu_valve_state */
	uint8_t action; /* enum action */
	uint8_t reason; /* enum hearth_mcu_reason; NONE: as it was */
};

/* clang-format off */
#define DO(next, action, reason) { S(next), action, WHY(reason) }
#define NO(same, reason) { S(same), REFUSE, WHY(reason) }
#define SAME(same) { S(same), STAY, WHY(NONE) }
/* clang-format on */

/* CLOSED stands for CLOSED and ARMED where a transition leads to it. */
static const struct transition table[VALVE_STATES][VALVE_EVENTS] = {
	[S(UNKNOWN)] = {
		[VALVE_CLOSE] = DO(CLOSING, CLOSE, COMMAND),
		[VALVE_ARM] = NO(UNKNOWN, POSITION),
		[VALVE_OPEN_LOCAL] = NO(UNKNOWN, POSITION),
		[VALVE_OPEN_REMOTE] = NO(UNKNOWN, REMOTE),
		[VALVE_AT_END] = SAME(UNKNOWN),
		[VALVE_JAM] = SAME(UNKNOWN),
		[VALVE_LATE] = SAME(UNKNOWN),
		[VALVE_DEAD] = SAME(UNKNOWN),
		[VALVE_FLOW] = SAME(UNKNOWN),
		[VALVE_TESTED] = SAME(UNKNOWN),
		[VALVE_MOVED_OFF] = SAME(UNKNOWN),
	},
	[S(CLOSED)] = {
		[VALVE_CLOSE] = DO(CLOSED, STAY, COMMAND),
		[VALVE_ARM] = DO(CLOSED, STAY, COMMAND),
		[VALVE_OPEN_LOCAL] = NO(CLOSED, NOT_ARMED),
		[VALVE_OPEN_REMOTE] = NO(CLOSED, REMOTE),
		[VALVE_AT_END] = SAME(CLOSED),
		[VALVE_JAM] = SAME(CLOSED),
		[VALVE_LATE] = SAME(CLOSED),
		[VALVE_DEAD] = SAME(CLOSED),
		[VALVE_FLOW] = DO(CLOSED, LEAK, NONE),
		[VALVE_TESTED] = SAME(CLOSED),
		/* Somebody turned it: shut it again. */
		[VALVE_MOVED_OFF] = DO(CLOSING, CLOSE, MISMATCH),
	},
	[S(ARMED)] = {
		[VALVE_CLOSE] = DO(CLOSED, STAY, COMMAND),
		[VALVE_ARM] = DO(CLOSED, STAY, COMMAND),
		[VALVE_OPEN_LOCAL] = DO(TESTING, TEST, BUTTON),
		[VALVE_OPEN_REMOTE] = NO(ARMED, REMOTE),
		[VALVE_AT_END] = SAME(CLOSED),
		[VALVE_JAM] = SAME(CLOSED),
		[VALVE_LATE] = SAME(CLOSED),
		[VALVE_DEAD] = SAME(CLOSED),
		[VALVE_FLOW] = DO(CLOSED, LEAK, NONE),
		[VALVE_TESTED] = SAME(CLOSED),
		[VALVE_MOVED_OFF] = DO(CLOSING, CLOSE, MISMATCH),
	},
	[S(TESTING)] = {
		[VALVE_CLOSE] = DO(CLOSED, STAY, COMMAND),
		[VALVE_ARM] = SAME(TESTING),
		[VALVE_OPEN_LOCAL] = NO(TESTING, BUSY),
		[VALVE_OPEN_REMOTE] = NO(TESTING, REMOTE),
		[VALVE_AT_END] = SAME(TESTING),
		[VALVE_JAM] = SAME(TESTING),
		[VALVE_LATE] = SAME(TESTING),
		[VALVE_DEAD] = SAME(TESTING),
		[VALVE_FLOW] = DO(CLOSED, LEAK, FLOW),
		[VALVE_TESTED] = DO(OPENING, OPEN, NONE),
		[VALVE_MOVED_OFF] = DO(CLOSING, CLOSE, MISMATCH),
	},
	[S(OPENING)] = {
		/* Whatever it was about to do: shut is safe. */
		[VALVE_CLOSE] = DO(CLOSING, CLOSE, COMMAND),
		[VALVE_ARM] = DO(CLOSING, CLOSE, COMMAND),
		[VALVE_OPEN_LOCAL] = NO(OPENING, BUSY),
		[VALVE_OPEN_REMOTE] = NO(OPENING, REMOTE),
		[VALVE_AT_END] = DO(OPENED, STOP, NONE),
		[VALVE_JAM] = DO(FAULT, STOP, JAM),
		[VALVE_LATE] = DO(FAULT, STOP, TIMEOUT),
		[VALVE_DEAD] = DO(FAULT, STOP, NO_CURRENT),
		[VALVE_FLOW] = SAME(OPENING),
		[VALVE_TESTED] = SAME(OPENING),
		[VALVE_MOVED_OFF] = SAME(OPENING),
	},
	[S(OPENED)] = {
		[VALVE_CLOSE] = DO(CLOSING, CLOSE, COMMAND),
		[VALVE_ARM] = DO(CLOSING, CLOSE, COMMAND),
		[VALVE_OPEN_LOCAL] = SAME(OPENED),
		[VALVE_OPEN_REMOTE] = NO(OPENED, REMOTE),
		[VALVE_AT_END] = SAME(OPENED),
		[VALVE_JAM] = SAME(OPENED),
		[VALVE_LATE] = SAME(OPENED),
		[VALVE_DEAD] = SAME(OPENED),
		[VALVE_FLOW] = SAME(OPENED),
		[VALVE_TESTED] = SAME(OPENED),
		[VALVE_MOVED_OFF] = DO(UNKNOWN, STAY, MISMATCH),
	},
	[S(CLOSING)] = {
		[VALVE_CLOSE] = DO(CLOSING, STAY, COMMAND),
		[VALVE_ARM] = DO(CLOSING, STAY, COMMAND),
		[VALVE_OPEN_LOCAL] = NO(CLOSING, BUSY),
		[VALVE_OPEN_REMOTE] = NO(CLOSING, REMOTE),
		[VALVE_AT_END] = DO(CLOSED, STOP, NONE),
		[VALVE_JAM] = DO(FAULT, STOP, JAM),
		[VALVE_LATE] = DO(FAULT, STOP, TIMEOUT),
		[VALVE_DEAD] = DO(FAULT, STOP, NO_CURRENT),
		[VALVE_FLOW] = SAME(CLOSING),
		[VALVE_TESTED] = SAME(CLOSING),
		[VALVE_MOVED_OFF] = SAME(CLOSING),
	},
	[S(FAULT)] = {
		[VALVE_CLOSE] = DO(CLOSING, CLOSE, COMMAND),
		[VALVE_ARM] = NO(FAULT, FAULT),
		[VALVE_OPEN_LOCAL] = NO(FAULT, FAULT),
		[VALVE_OPEN_REMOTE] = NO(FAULT, REMOTE),
		[VALVE_AT_END] = SAME(FAULT),
		[VALVE_JAM] = SAME(FAULT),
		[VALVE_LATE] = SAME(FAULT),
		[VALVE_DEAD] = SAME(FAULT),
		[VALVE_FLOW] = SAME(FAULT),
		[VALVE_TESTED] = SAME(FAULT),
		[VALVE_MOVED_OFF] = SAME(FAULT),
	},
};

static bool shut(const struct valve *valve)
{
	return valve->state == HEARTH_MCU_VALVE_CLOSED ||
	       valve->state == HEARTH_MCU_VALVE_ARMED ||
	       valve->state == HEARTH_MCU_VALVE_TESTING;
}

/* Both ends at once is a broken switch: then nothing is known. */
static bool at_end(uint8_t limits, uint8_t end)
{
	return (limits &
		(HEARTH_MCU_VALVE_AT_CLOSED | HEARTH_MCU_VALVE_AT_OPEN)) == end;
}

void valve_init(struct valve *valve, uint8_t state, uint8_t reason,
		uint32_t operations, uint32_t used_mas,
		const struct valve_inputs *in)
{
	bool closed = at_end(in->limits, HEARTH_MCU_VALVE_AT_CLOSED);
	bool open = at_end(in->limits, HEARTH_MCU_VALVE_AT_OPEN);

	memset(valve, 0, sizeof(*valve));
	valve->reason = (enum hearth_mcu_reason)reason;
	valve->operations = operations;
	valve->used_mas = used_mas;
	valve->since_us = in->now_us;
	valve->shut_pulses = in->pulses;
	valve->state = HEARTH_MCU_VALVE_UNKNOWN;
	/* A test cut short is begun anew, and only on site. */
	if (closed && (state == HEARTH_MCU_VALVE_ARMED ||
		       state == HEARTH_MCU_VALVE_TESTING))
		valve->state = HEARTH_MCU_VALVE_ARMED;
	else if (closed)
		valve->state = HEARTH_MCU_VALVE_CLOSED;
	else if (open && (state == HEARTH_MCU_VALVE_OPENED ||
			  state == HEARTH_MCU_VALVE_OPENING ||
			  state == HEARTH_MCU_VALVE_UNKNOWN))
		valve->state = HEARTH_MCU_VALVE_OPENED;
	else if (state == HEARTH_MCU_VALVE_FAULT)
		valve->state = HEARTH_MCU_VALVE_FAULT;
	valve->to_armed = valve->state == HEARTH_MCU_VALVE_ARMED;
}

static enum hearth_mcu_reason forbidden(const struct valve *valve,
					const struct transition *to,
					const struct valve_inputs *in)
{
	if (to->action != OPEN && to->action != TEST)
		return HEARTH_MCU_REASON_NONE;
	if (in->battery_mv < VALVE_BATTERY_MV ||
	    valve_left_mas(valve) < VALVE_OPEN_MAS + VALVE_RESERVE_MAS)
		return HEARTH_MCU_REASON_BATTERY;
	return HEARTH_MCU_REASON_NONE;
}

static void start(struct valve *valve, enum valve_drive drive,
		  const struct valve_inputs *in)
{
	valve->drive = drive;
	valve->last_us = in->now_us;
	valve->odd = false;
	if (drive != VALVE_STOP)
		valve->operations++;
}

static void act(struct valve *valve, const struct transition *to,
		const struct valve_inputs *in, struct valve_output *out)
{
	switch (to->action) {
	case STOP:
		start(valve, VALVE_STOP, in);
		break;
	case OPEN:
		start(valve, VALVE_DRIVE_OPEN, in);
		break;
	case CLOSE:
		start(valve, VALVE_DRIVE_CLOSE, in);
		break;
	case TEST:
		valve->shut_pulses = in->pulses;
		break;
	case LEAK:
		out->leak = !valve->flow_told;
		valve->flow_told = true;
		break;
	default:
		break;
	}
}

static enum hearth_mcu_reason step(struct valve *valve, enum valve_event event,
				   const struct valve_inputs *in,
				   struct valve_output *out)
{
	const struct transition *to = &table[valve->state][event];
	enum hearth_mcu_valve_state before = valve->state;
	enum hearth_mcu_reason why = valve->reason, no;
	bool was_shut = shut(valve);

	if (to->action == REFUSE)
		return (enum hearth_mcu_reason)to->reason;
	no = forbidden(valve, to, in);
	if (no)
		return no;
	if (event == VALVE_CLOSE || event == VALVE_ARM)
		valve->to_armed = event == VALVE_ARM;
	valve->state = (enum hearth_mcu_valve_state)to->next;
	if (valve->state == HEARTH_MCU_VALVE_CLOSED && valve->to_armed)
		valve->state = HEARTH_MCU_VALVE_ARMED;
	if (to->reason)
		valve->reason = (enum hearth_mcu_reason)to->reason;
	act(valve, to, in, out);
	/* The first time it is shut: what has passed until now is its own. */
	if (shut(valve) && !was_shut) {
		valve->shut_pulses = in->pulses;
		valve->flow_told = false;
	}
	if (valve->state != before || to->action == CLOSE)
		valve->since_us = in->now_us;
	out->changed |= valve->state != before || valve->reason != why;
	return HEARTH_MCU_REASON_NONE;
}

enum hearth_mcu_reason valve_command(struct valve *valve,
				     enum valve_event event,
				     const struct valve_inputs *in,
				     struct valve_output *ret_out)
{
	memset(ret_out, 0, sizeof(*ret_out));
	return step(valve, event, in, ret_out);
}

static void take_charge(struct valve *valve, const struct valve_inputs *in)
{
	uint64_t us = in->now_us - valve->last_us;
	uint64_t uas;

	valve->last_us = in->now_us;
	/* A step that long is none of ours; and the product stays small. */
	if (us > VALVE_TIMEOUT_US)
		us = VALVE_TIMEOUT_US;
	uas = valve->part_uas + us * in->current_ma / 1000;
	valve->used_mas += (uint32_t)(uas / 1000);
	valve->part_uas = (uint32_t)(uas % 1000);
}

/* Held for long enough to be believed. */
static bool sure(struct valve *valve, bool odd, uint64_t now_us)
{
	if (!odd || !valve->odd)
		valve->odd_us = now_us;
	valve->odd = odd;
	return odd && now_us - valve->odd_us >= VALVE_SURE_US;
}

static void poll_moving(struct valve *valve, const struct valve_inputs *in,
			struct valve_output *out)
{
	bool opening = valve->drive == VALVE_DRIVE_OPEN;
	uint64_t ran_us = in->now_us - valve->since_us;
	bool stalled = in->current_ma >= VALVE_STALL_MA;
	bool dead = in->current_ma < VALVE_DEAD_MA;

	take_charge(valve, in);
	if (at_end(in->limits, opening ? HEARTH_MCU_VALVE_AT_OPEN :
					 HEARTH_MCU_VALVE_AT_CLOSED))
		(void)step(valve, VALVE_AT_END, in, out);
	else if (ran_us >= VALVE_TIMEOUT_US)
		(void)step(valve, VALVE_LATE, in, out);
	else if (ran_us >= VALVE_START_US &&
		 sure(valve, stalled || dead, in->now_us))
		(void)step(valve, dead ? VALVE_DEAD : VALVE_JAM, in, out);
}

void valve_poll(struct valve *valve, const struct valve_inputs *in,
		struct valve_output *ret_out)
{
	uint64_t passed = in->pulses - valve->shut_pulses;
	bool testing = valve->state == HEARTH_MCU_VALVE_TESTING;
	bool off;

	memset(ret_out, 0, sizeof(*ret_out));
	if (valve->drive != VALVE_STOP) {
		poll_moving(valve, in, ret_out);
		return;
	}
	off = (shut(valve) &&
	       !at_end(in->limits, HEARTH_MCU_VALVE_AT_CLOSED)) ||
	      (valve->state == HEARTH_MCU_VALVE_OPENED &&
	       !at_end(in->limits, HEARTH_MCU_VALVE_AT_OPEN));
	if (sure(valve, off, in->now_us)) {
		(void)step(valve, VALVE_MOVED_OFF, in, ret_out);
		return;
	}
	/* In the test every pulse counts: the wheel is at rest. */
	if (shut(valve) && passed >= (testing ? 1 : VALVE_LEAK_PULSES))
		(void)step(valve, VALVE_FLOW, in, ret_out);
	if (valve->state != HEARTH_MCU_VALVE_TESTING ||
	    in->now_us - valve->since_us < VALVE_TEST_US)
		return;
	/* The battery may have given up meanwhile. */
	if (step(valve, VALVE_TESTED, in, ret_out)) {
		valve->state = HEARTH_MCU_VALVE_ARMED;
		valve->reason = HEARTH_MCU_REASON_BATTERY;
		ret_out->changed = true;
	}
}
