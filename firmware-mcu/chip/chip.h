/* SPDX-License-Identifier: MIT */
/*
 * What the firmware asks of the chip it runs on. Everything behind this header
 * may touch registers; nothing in front of it does.
 */
#ifndef HEARTH_CHIP_H
#define HEARTH_CHIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hearth/mcu_proto.h>

#define CHIP_SERIAL_LEN 8

/* Clocks, UARTs, converter, flash. Ends the program if the chip is not usable. */
void chip_init(void);

/* Microseconds since the start of this run. */
uint64_t chip_uptime_us(void);

/* Wait until there may be something to do: a byte, a block of samples. */
void chip_idle(void);

enum hearth_mcu_reset_cause chip_reset_cause(void);

/* Zero-padded ASCII, HEARTH_MCU_NAME_LEN bytes. */
const char *chip_hardware_name(void);

/* EUI-64 of this part. */
void chip_serial_number(uint8_t serial[CHIP_SERIAL_LEN]);

/* A line for the developer; may be dropped, never waits. */
void chip_log(const char *line);

/*
 * UART to the hub. Reads what has come, at most room bytes; returns how many.
 * A write is taken whole or not at all (false: no room now); never waits.
 */
size_t chip_link_read(uint8_t *data, size_t room);
bool chip_link_write(const uint8_t *data, size_t len);

/*
 * The converter: fills in the next block of MET_BLOCK sample sets, 24 bit
 * signed, if it is complete. *ret_lost is how many sets were lost since the
 * last call because nobody fetched them.
 */
bool chip_adc_block(int32_t *u, int32_t *live, int32_t *neutral,
		    uint32_t *ret_lost);

/* Uptime at which the last set of the block handed out last was taken. */
uint64_t chip_adc_time_us(void);

/*
 * The voltage on the load side of the supply's contact, for the block handed
 * out last; NULL where the board does not measure it.
 */
const int32_t *chip_adc_load(void);

/*
 * Contacts and limit switches, sampled each millisecond by an interrupt and
 * kept for at least a second: the main loop may be at the flash for that long.
 * Reads what has come, at most room samples; returns how many.
 */
#define CHIP_INPUT_REED (1u << 0)	    /* closed */
#define CHIP_INPUT_TERMINAL_COVER (1u << 1) /* open */
#define CHIP_INPUT_METER_COVER (1u << 2)    /* open */
#define CHIP_INPUT_MAGNET (1u << 3)
#define CHIP_INPUT_BUTTON (1u << 4)
#define CHIP_INPUT_VALVE_CLOSED (1u << 5)
#define CHIP_INPUT_VALVE_OPEN (1u << 6)
size_t chip_inputs(uint8_t *samples, size_t room);

/*
 * The supply relay's coils. A pulse begins at at_us (at once if that is past)
 * and ends by itself, by a timer of the chip's: not even a program that has
 * stopped keeps a coil on. One at a time; a new one takes the place of one that
 * has not begun.
 */
enum chip_coil {
	CHIP_COIL_OPEN,
	CHIP_COIL_CLOSE
};
void chip_relay_pulse(enum chip_coil coil, uint64_t at_us, uint32_t length_us);
void chip_relay_cancel(void);

/* The gas valve's motor, and its battery. */
enum chip_motor {
	CHIP_MOTOR_STOP,
	CHIP_MOTOR_OPEN,
	CHIP_MOTOR_CLOSE
};
void chip_valve_drive(enum chip_motor motor);
uint32_t chip_valve_current_ma(void);
uint32_t chip_battery_mv(void);

/* False from the moment the mains fails: CHIP_HOLD_UP_MS are left, at least. */
bool chip_mains_ok(void);
#define CHIP_HOLD_UP_MS 100

/*
 * Flash for the register store: NOR. Erasing a sector sets its bytes to 0xff,
 * programming clears bits. Offsets are within the store's area. 0 or -1.
 */
struct chip_flash_geometry {
	uint32_t size;	 /* bytes, a multiple of sector */
	uint32_t sector; /* bytes */
};
struct chip_flash_geometry chip_flash_geometry(void);
int chip_flash_read(uint32_t offset, void *data, size_t len);
int chip_flash_program(uint32_t offset, const void *data, size_t len);
int chip_flash_erase(uint32_t offset);

/* What of the board does not work now; 0: all does. */
#define CHIP_TROUBLE_CONVERTER (1u << 0)
#define CHIP_TROUBLE_FLASH (1u << 1)
#define CHIP_TROUBLE_CRYSTAL (1u << 2)
uint32_t chip_trouble(void);

/* RAM that a reset, but not a loss of power, leaves alone. */
#define CHIP_RETAINED_LEN 512
void *chip_retained(void);

#endif /* HEARTH_CHIP_H */
