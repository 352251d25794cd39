/* SPDX-License-Identifier: MIT */
/*
 * What a real meter has around its MCU, simulated: the supply's relay, the gas
 * valve and its battery, the gas counter's reed, covers, magnet, button and the
 * mains. Set by the bench (bench.h); stands behind chip.h as a board does.
 */
#ifndef HEARTH_PLANT_H
#define HEARTH_PLANT_H

#include <stdbool.h>
#include <stdint.h>

#include "../chip/chip.h"
#include "frontend.h"

#define PLANT_TRAVEL_US 5000000 /* of the valve, end to end */
#define PLANT_PULSE_ML 10000	/* of gas, a turn of the counter's wheel */

struct plant {
	struct frontend *frontend;

	/* Relay: the contact itself is the front end's. */
	bool welded, stuck;
	uint32_t delay_us[2]; /* by enum chip_coil */
	bool pulse_due;
	enum chip_coil coil;
	uint64_t pulse_us;
	uint32_t pulse_len_us;
	uint32_t pulses_given, longest_us;

	/* Valve: from 0, shut, to PLANT_TRAVEL_US. */
	enum chip_motor motor;
	uint64_t valve_us; /* when its position was that */
	int64_t position;
	bool jammed, unplugged;
	uint32_t battery_mv;

	/* Gas counter. */
	uint32_t flow_l_h;
	bool leaks; /* flows through a shut valve too */
	bool bounces;
	uint64_t wheel_nl; /* in the turn, nanolitres */
	uint64_t turns;
	int reed_forced; /* -1: the wheel's; else 0 open, 1 closed, 2 chatters */

	uint8_t contacts; /* CHIP_INPUT_* of covers and magnet */
	uint64_t button_until_us;
	bool mains_failed;
	uint32_t trouble; /* CHIP_TROUBLE_* */

	uint64_t sampled_ms;
	uint32_t random;
};

/* Contact closed, valve open, no gas, battery full. */
void plant_init(struct plant *plant, struct frontend *frontend);

void plant_pulse(struct plant *plant, enum chip_coil coil, uint64_t at_us,
		 uint32_t length_us);
void plant_cancel(struct plant *plant, uint64_t now_us);
void plant_drive(struct plant *plant, enum chip_motor motor, uint64_t now_us);
uint32_t plant_current_ma(struct plant *plant, uint64_t now_us);
size_t plant_inputs(struct plant *plant, uint64_t now_us, uint8_t *samples,
		    size_t room);

#endif /* HEARTH_PLANT_H */
