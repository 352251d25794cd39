/* SPDX-License-Identifier: MIT */
/*
 * UTC from the hub, carried on by the MCU's crystal. Pure: the uptime comes in.
 * The rules are with HEARTH_MCU_CLOCK_SET in hearth/mcu_proto.h.
 */
#ifndef HEARTH_CLOCK_H
#define HEARTH_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include <hearth/mcu_proto.h>

/* The crystal, over temperature and 20 years. */
#define CLOCK_DRIFT_PPM 100

#define CLOCK_MIN_UTC_US 1577836800000000 /* 2020 */
#define CLOCK_MAX_UTC_US 4102444800000000 /* 2100 */

struct clock {
	bool set;
	uint64_t up_us; /* when the two below were true */
	int64_t utc_us;
	int64_t slew_us;    /* to be worked off from there */
	uint64_t set_us;    /* uptime of the last setting taken */
	uint32_t within_ms; /* how good that was */
	int64_t floor_us;   /* the first setting is not before it */
	int64_t offset_us;  /* what the last setting asked for */
};

/* last_utc_s: known to have been, 0 if none is. */
void clock_init(struct clock *clock, uint32_t last_utc_s);

/* Only if it is set. Never goes back but by a forced step. */
int64_t clock_utc_us(const struct clock *clock, uint64_t up_us);

/* HEARTH_MCU_CLOCK_REFUSED: nothing has changed but offset_us. */
enum hearth_mcu_clock_action clock_set(struct clock *clock, uint64_t up_us,
				       uint64_t utc_us, uint32_t within_ms,
				       bool force);

enum hearth_mcu_clock_quality clock_quality(const struct clock *clock,
					    uint64_t up_us);

/* What is still to be worked off; signed. */
int64_t clock_slew_us(const struct clock *clock, uint64_t up_us);

/* Bound of the error. */
uint32_t clock_within_ms(const struct clock *clock, uint64_t up_us);

#endif /* HEARTH_CLOCK_H */
