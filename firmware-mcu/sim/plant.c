// SPDX-License-Identifier: MIT
#include "plant.h"

#include <string.h>

#define KEPT_MS 1500u
#define NL_PER_TURN ((uint64_t)PLANT_PULSE_ML * 1000000)

void plant_init(struct plant *plant, struct frontend *frontend)
{
	memset(plant, 0, sizeof(*plant));
	plant->frontend = frontend;
	plant->delay_us[CHIP_COIL_OPEN] = 5300;
	plant->delay_us[CHIP_COIL_CLOSE] = 9100;
	plant->position = PLANT_TRAVEL_US;
	plant->battery_mv = 3600;
	plant->reed_forced = -1;
	plant->wheel_nl = NL_PER_TURN / 2;
	plant->random = 0x9e3779b9;
}

static bool chance(struct plant *plant)
{
	uint32_t r = plant->random;

	r ^= r << 13;
	r ^= r >> 17;
	r ^= r << 5;
	plant->random = r;
	return r & 1;
}

/* --- relay */

void plant_pulse(struct plant *plant, enum chip_coil coil, uint64_t at_us,
		 uint32_t length_us)
{
	struct frontend *fe = plant->frontend;
	bool open = coil == CHIP_COIL_OPEN;

	plant->pulse_due = true;
	plant->coil = coil;
	plant->pulse_us = at_us;
	plant->pulse_len_us = length_us;
	plant->pulses_given++;
	if (length_us > plant->longest_us)
		plant->longest_us = length_us;
	/* Shorter than the armature takes: it falls back. */
	if (length_us < plant->delay_us[coil] || (open && plant->welded) ||
	    (!open && plant->stuck))
		return;
	fe->contact_moves = true;
	fe->contact_next_open = open;
	fe->contact_us = at_us + plant->delay_us[coil];
}

void plant_cancel(struct plant *plant, uint64_t now_us)
{
	if (plant->pulse_due && now_us < plant->pulse_us)
		plant->frontend->contact_moves = false;
	plant->pulse_due = false;
}

/* --- valve */

static bool at_end(const struct plant *plant)
{
	return (plant->motor == CHIP_MOTOR_CLOSE && plant->position <= 0) ||
	       (plant->motor == CHIP_MOTOR_OPEN &&
		plant->position >= PLANT_TRAVEL_US);
}

static void move(struct plant *plant, uint64_t now_us)
{
	int64_t way = (int64_t)(now_us - plant->valve_us);

	plant->valve_us = now_us;
	if (plant->jammed || plant->unplugged)
		return;
	if (plant->motor == CHIP_MOTOR_OPEN)
		plant->position += way;
	if (plant->motor == CHIP_MOTOR_CLOSE)
		plant->position -= way;
	if (plant->position < 0)
		plant->position = 0;
	if (plant->position > PLANT_TRAVEL_US)
		plant->position = PLANT_TRAVEL_US;
}

void plant_drive(struct plant *plant, enum chip_motor motor, uint64_t now_us)
{
	move(plant, now_us);
	plant->motor = motor;
}

uint32_t plant_current_ma(struct plant *plant, uint64_t now_us)
{
	move(plant, now_us);
	if (plant->motor == CHIP_MOTOR_STOP || plant->unplugged)
		return 0;
	return plant->jammed || at_end(plant) ? 140 : 40;
}

/* --- inputs */

/* The magnet passes the reed in a quarter of a turn. */
static bool reed(struct plant *plant)
{
	uint64_t nl = (uint64_t)plant->flow_l_h * 1000000000 / 3600000;
	bool before = plant->wheel_nl < NL_PER_TURN / 4, now;

	if (plant->position > 0 || plant->leaks)
		plant->wheel_nl += nl;
	if (plant->wheel_nl >= NL_PER_TURN) {
		plant->wheel_nl -= NL_PER_TURN;
		plant->turns++;
	}
	now = plant->wheel_nl < NL_PER_TURN / 4;
	if (plant->bounces && before != now)
		return chance(plant);
	if (plant->reed_forced == 2)
		return chance(plant);
	return plant->reed_forced < 0 ? now : plant->reed_forced == 1;
}

static uint8_t look(struct plant *plant, uint64_t at_us)
{
	uint8_t bits = plant->contacts;

	if (at_us < plant->button_until_us)
		bits |= CHIP_INPUT_BUTTON;
	if (plant->position == 0)
		bits |= CHIP_INPUT_VALVE_CLOSED;
	if (plant->position == PLANT_TRAVEL_US)
		bits |= CHIP_INPUT_VALVE_OPEN;
	if (reed(plant))
		bits |= CHIP_INPUT_REED;
	return bits;
}

size_t plant_inputs(struct plant *plant, uint64_t now_us, uint8_t *samples,
		    size_t room)
{
	uint64_t due_ms = now_us / 1000;
	size_t n = 0;

	move(plant, now_us);
	/* As a board's buffer: what nobody fetched is gone. */
	if (due_ms > plant->sampled_ms + KEPT_MS)
		plant->sampled_ms = due_ms - KEPT_MS;
	while (n < room && plant->sampled_ms < due_ms)
		samples[n++] = look(plant, ++plant->sampled_ms * 1000);
	return n;
}
