// SPDX-License-Identifier: MIT
/* What of the application's state goes into the flash, and in what order. */
#include <string.h>

#include "../chip/chip.h"
#include "app.h"

static struct store_registers record(const struct app *app,
				     const struct met_registers *reg)
{
	struct store_registers next = {
		/* Until it is set, the last time known stays. */
		.utc_s = app->stored.utc_s,
		/* What is queued meanwhile may be sent before the next one. */
		.event_seq = app->link.events->seq + LINK_EVENTS,
		.registers = *reg,
	};

	if (app->clock.set)
		next.utc_s =
			(uint32_t)(clock_utc_us(&app->clock, chip_uptime_us()) /
				   1000000);
	/* That of a boundary means registers of it: app_save_boundary(). */
	if (next.utc_s && next.utc_s % 1800 == 0)
		next.utc_s++;
	return next;
}

static bool save_record(struct app *app, const struct store_registers *next)
{
	app->stored_valid = !store_registers(&app->store, next);
	if (app->stored_valid) {
		app->stored = *next;
		link_events_stored(&app->link, next->event_seq);
	}
	return app->stored_valid;
}

static bool save_registers(struct app *app)
{
	struct store_registers next = record(app, &app->registers);

	if (app->stored_valid && !memcmp(&next, &app->stored, sizeof(next)))
		return true;
	return save_record(app, &next);
}

bool app_save_boundary(struct app *app, const struct met_registers *reg,
		       uint32_t utc_s)
{
	struct store_registers next = record(app, reg);

	next.utc_s = utc_s;
	return !app->registers_lost && save_record(app, &next);
}

static bool save_state(struct app *app)
{
	if (app->link.acked_seq > app->state.event_acked)
		app->state.event_acked = app->link.acked_seq;
	if (!memcmp(&app->state, &app->state_stored, sizeof(app->state)))
		return true;
	if (store_state(&app->store, &app->state))
		return false;
	app->state_stored = app->state;
	return true;
}

static bool save_events(struct app *app)
{
	const struct link_events *events = app->link.events;

	for (uint32_t n = 0; n < events->count; n++) {
		uint32_t seq = events->event[n].event_seq;

		if (seq <= app->events_stored)
			continue;
		if (store_event(&app->store, &events->event[n]))
			return false;
		app->events_stored = seq;
	}
	return true;
}

bool app_save_latches(struct app *app)
{
	for (uint32_t n = 0; n < app->latches.count; n++) {
		const struct store_latch *latch = latches_get(&app->latches, n);

		if (latch->half_hour <= app->latches_stored)
			continue;
		if (store_latch(&app->store, latch))
			return false;
		app->latches_stored = latch->half_hour;
	}
	return true;
}

/*
 * Registers come first: a store without any is a new part's, and no latch is
 * above what they will be found to be.
 */
void app_save(struct app *app)
{
	app->saved_us = chip_uptime_us();
	/*
	 * A record written now would pass for the registers at the next start,
	 * and in the end erase those that may be there still. So nothing is
	 * stored, and events cannot wait for it.
	 */
	if (app->registers_lost) {
		link_events_stored(&app->link,
				   app->link.events->seq + LINK_EVENTS);
		return;
	}
	if (save_registers(app) && save_state(app) && app_save_latches(app) &&
	    save_events(app)) {
		app->store_failing = false;
		return;
	}
	if (!app->store_failing) {
		app->store_failing = true;
		chip_log("store: cannot write");
		link_event(&app->link, HEARTH_MCU_EVENT_STORE_FAULT,
			   store_failures(&app->store), chip_uptime_us());
		/* Nothing was stored ever: this cannot wait for it. */
		if (!app->stored.event_seq)
			link_events_stored(&app->link, app->link.events->seq);
	}
}

void app_restore_events(struct app *app)
{
	struct log_cursor at = { 0 };
	struct hearth_mcu_event event;

	while (store_next_event(&app->store, &at, &event)) {
		app->events_stored = event.event_seq;
		if (!app->link.events_kept &&
		    event.event_seq > app->state.event_acked)
			link_restore(&app->link, &event);
	}
}
