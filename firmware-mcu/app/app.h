/* SPDX-License-Identifier: MIT */
/*
 * The meter: brings converter, metrology, store and link together.
 *
 * The rule of the house: a register value is told to the hub only once it is
 * stored. So each window is evaluated, added, stored, and then told.
 */
#ifndef HEARTH_APP_H
#define HEARTH_APP_H

#include "../link/link.h"
#include "../metrology/metrology.h"
#include "store.h"

#define APP_FIRMWARE_VERSION 0x000100 /* 0.1.0 */

struct app {
	struct metrology met;
	struct met_registers registers; /* up to date */
	struct store store;
	struct store_registers stored;	 /* what the flash has */
	bool stored_valid;		 /* the registers in it may be told */
	struct store_state state;	 /* up to date */
	struct store_state state_stored; /* what the flash has */
	uint32_t events_stored; /* events up to this one are in the flash */
	uint64_t saved_us;	/* when that was tried last */
	bool store_failing;
	bool registers_lost; /* the store has some, unreadable: not written */
	uint32_t live_seq;
	struct link link;
};

void app_init(struct app *app);

/* Do whatever is due; returns soon. */
void app_poll(struct app *app);

#endif /* HEARTH_APP_H */
