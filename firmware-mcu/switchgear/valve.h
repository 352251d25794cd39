/* SPDX-License-Identifier: MIT */
/*
 * The gas valve: a motor on a battery, a limit switch at either end, the
 * motor's current. The whole of what it may do is one table, state by event,
 * in valve.c. Pure: which way to drive the motor comes out.
 *
 * Nobody far away opens it: it can only be armed, and is opened on site, after
 * a minute in which no gas has passed the shut valve. The battery has charge
 * put by for closing it, which opening may not use.
 */
#ifndef HEARTH_VALVE_H
#define HEARTH_VALVE_H

#include <stdbool.h>
#include <stdint.h>

#include <hearth/mcu_proto.h>

#define VALVE_STATES 8
#define VALVE_TEST_US 60000000u
#define VALVE_TIMEOUT_US 12000000u
#define VALVE_STALL_MA 100u /* running takes some 40 */
#define VALVE_DEAD_MA 5u    /* less is not connected */
#define VALVE_SURE_US 100000u
#define VALVE_START_US 200000u /* the current of a start says nothing */
/* The share of the battery, and what closing may need: twice the worst. */
#define VALVE_BUDGET_MAS 720000u
#define VALVE_OPEN_MAS 1000u
#define VALVE_RESERVE_MAS 3600u
#define VALVE_BATTERY_MV 2700u
/* One pulse may be the wheel coming to rest. */
#define VALVE_LEAK_PULSES 2u

enum valve_event {
	VALVE_CLOSE,
	VALVE_ARM,
	VALVE_OPEN_LOCAL,
	VALVE_OPEN_REMOTE,
	VALVE_AT_END,
	VALVE_JAM,
	VALVE_LATE,
	VALVE_DEAD,
	VALVE_FLOW,
	VALVE_TESTED,
	VALVE_MOVED_OFF, /* not at the end it should be at */
	VALVE_EVENTS
};

enum valve_drive {
	VALVE_STOP,
	VALVE_DRIVE_OPEN,
	VALVE_DRIVE_CLOSE
};

struct valve {
	enum hearth_mcu_valve_state state;
	enum hearth_mcu_reason reason; /* why it is in it */
	enum valve_drive drive;
	bool to_armed;	   /* shut is armed */
	uint64_t since_us; /* in the state */
	uint64_t last_us;  /* of the charge taken */
	uint64_t odd_us;   /* stalled or dead since then */
	bool odd;
	uint64_t shut_pulses; /* count when it shut, or the test began */
	bool flow_told;
	uint32_t operations;
	uint32_t used_mas;
	uint32_t part_uas; /* of the next mA s */
};

struct valve_inputs {
	uint64_t now_us;
	uint64_t pulses;
	uint32_t current_ma;
	uint32_t battery_mv;
	uint8_t limits; /* HEARTH_MCU_VALVE_AT_* */
};

struct valve_output {
	bool changed; /* state or reason: to be stored, and an event */
	bool leak;    /* gas passes the shut valve */
};

/* As it was when the power went, from the store; all zero for a new part. */
void valve_init(struct valve *valve, uint8_t state, uint8_t reason,
		uint32_t operations, uint32_t used_mas,
		const struct valve_inputs *in);

/* HEARTH_MCU_REASON_NONE, or why it is refused: then nothing has changed. */
enum hearth_mcu_reason valve_command(struct valve *valve,
				     enum valve_event event,
				     const struct valve_inputs *in,
				     struct valve_output *ret_out);

/* To be called often. valve->drive is which way to drive. */
void valve_poll(struct valve *valve, const struct valve_inputs *in,
		struct valve_output *ret_out);

static inline uint32_t valve_left_mas(const struct valve *valve)
{
	return valve->used_mas < VALVE_BUDGET_MAS ?
		       VALVE_BUDGET_MAS - valve->used_mas :
		       0;
}

#endif /* HEARTH_VALVE_H */
