/* SPDX-License-Identifier: MIT */
/*
 * The meter: brings converter, metrology, store and link together.
 *
 * The rule of the house: a value is told to the hub only once it is stored.
 * So each window is evaluated, added, stored, and then told; and so are
 * latches, pulses and events.
 */
#ifndef HEARTH_APP_H
#define HEARTH_APP_H

#include "../link/link.h"
#include "../metrology/metrology.h"
#include "clock.h"
#include "gear.h"
#include "latch.h"
#include "store.h"

#define APP_FIRMWARE_VERSION 0x000200 /* 0.2.0 */

struct app {
	struct metrology met;
	struct met_registers registers; /* up to date */
	struct clock clock;

	struct store store;
	struct store_registers stored;	 /* what the flash has */
	bool stored_valid;		 /* the registers in it may be told */
	struct store_state state;	 /* up to date */
	struct store_state state_stored; /* what the flash has */
	uint32_t events_stored; /* events up to this one are in the flash */
	uint64_t saved_us;	/* when that was tried last */
	bool store_failing;
	bool registers_lost; /* the store has some, unreadable: not written */

	struct latches latches;
	uint32_t latches_stored; /* those up to this half hour may be told */
	uint32_t latch_flags;	 /* for the next one */
	/* As this run began. */
	struct store_registers at_start;
	uint64_t pulses_at_start;
	bool clock_lost; /* the run before never had the time */

	struct gear gear;

	uint32_t samples_lost; /* and not told yet */
	bool lost_told;
	uint64_t lost_told_us;

	uint32_t live_seq;
	struct link link;
};

void app_init(struct app *app);

/* Do whatever is due; returns soon. */
void app_poll(struct app *app);

/* --- between the files of app/ */

/* app.c: the open window ends here, there may be no other; added. */
void app_close_window(struct app *app);

/* requests.c */
extern const struct link_request app_requests[];
extern const size_t app_n_requests;
void app_registers_wire(const uint64_t milli[MET_REGISTERS],
			struct hearth_mcu_registers *ret);

/* keep.c: the way into the flash. */
/* What an earlier run could not get rid of before its power went. */
void app_restore_events(struct app *app);
/* Put what is new into the flash. Sets what may be told. */
void app_save(struct app *app);
/* Registers as they were at a boundary; before app->registers are those. */
bool app_save_boundary(struct app *app, const struct met_registers *reg,
		       uint32_t utc_s);
bool app_save_latches(struct app *app);

/* halfhour.c */
void app_latches_init(struct app *app);
/*
 * A window has closed, which app->registers does not have yet: latch at what
 * boundaries it has passed. The times are uptimes.
 */
void app_latch(struct app *app, const struct met_result *res, uint64_t from_us,
	       uint64_t to_us);
/* The clock went back by force: what lies ahead of it now never was. */
void app_latches_stepped(struct app *app);

#endif /* HEARTH_APP_H */
