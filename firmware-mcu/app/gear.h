/* SPDX-License-Identifier: MIT */
/*
 * The switchgear of a meter: what it senses from the chip, what it drives, and
 * what of it is kept. The rules are in switchgear/.
 */
#ifndef HEARTH_GEAR_H
#define HEARTH_GEAR_H

#include "../switchgear/contact.h"
#include "../switchgear/debounce.h"
#include "../switchgear/pulse.h"
#include "../switchgear/relay.h"
#include "../switchgear/valve.h"
#include "../switchgear/zero.h"
#include "store.h"

#define GEAR_TAMPERS 3

struct gear {
	struct zero zero;
	struct contact contact;
	struct relay relay;
	struct valve valve;
	bool valve_known; /* its limit switches have been seen */
	struct pulse pulse;
	struct debounce tamper[GEAR_TAMPERS], button;
	uint32_t tamper_count[GEAR_TAMPERS];
	uint8_t tamper_active; /* HEARTH_MCU_TAMPER_* */
	uint8_t limits;	       /* HEARTH_MCU_VALVE_AT_* */
	enum valve_drive driven;
	uint32_t trouble; /* as told */
	bool mains_ok;
	uint64_t mains_us; /* when it failed */
};

struct app;

void gear_init(struct gear *gear, const struct store_state *state);

/* A block of samples has been taken. */
void gear_block(struct gear *gear, const int32_t *u, const int32_t *live);

/* To be called often. */
void gear_poll(struct app *app);

/* Nothing has changed if it is refused. */
enum hearth_mcu_reason gear_switch(struct app *app, enum relay_event event);
enum hearth_mcu_reason gear_valve(struct app *app, enum valve_event event);

#endif /* HEARTH_GEAR_H */
