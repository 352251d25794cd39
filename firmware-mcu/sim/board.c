// SPDX-License-Identifier: MIT
#include "board.h"

struct frontend board_frontend;
struct plant board_plant;

void board_init(void)
{
	frontend_init(&board_frontend);
	plant_init(&board_plant, &board_frontend);
}

bool chip_adc_block(int32_t *u, int32_t *live, int32_t *neutral,
		    uint32_t *ret_lost)
{
	return frontend_block(&board_frontend, chip_uptime_us(), u, live,
			      neutral, ret_lost);
}

uint64_t chip_adc_time_us(void)
{
	return frontend_time_us(&board_frontend);
}

const int32_t *chip_adc_load(void)
{
	return board_frontend.load;
}

size_t chip_inputs(uint8_t *samples, size_t room)
{
	return plant_inputs(&board_plant, chip_uptime_us(), samples, room);
}

void chip_relay_pulse(enum chip_coil coil, uint64_t at_us, uint32_t length_us)
{
	plant_pulse(&board_plant, coil, at_us, length_us);
}

void chip_relay_cancel(void)
{
	plant_cancel(&board_plant, chip_uptime_us());
}

void chip_valve_drive(enum chip_motor motor)
{
	plant_drive(&board_plant, motor, chip_uptime_us());
}

uint32_t chip_valve_current_ma(void)
{
	return plant_current_ma(&board_plant, chip_uptime_us());
}

uint32_t chip_battery_mv(void)
{
	return board_plant.battery_mv;
}

bool chip_mains_ok(void)
{
	return !board_plant.mains_failed;
}

uint32_t chip_trouble(void)
{
	return board_plant.trouble;
}
