// SPDX-License-Identifier: MIT
/*
 * Latching at the boundaries of half hours. What was due while the power was
 * off, or before the time was known, is made up for as well as it can be, and
 * says so in its flags.
 */
#include <string.h>

#include "../chip/chip.h"
#include "app.h"

/* Since when, and from what, registers have grown to what they are. */
struct anchor {
	int64_t utc_us;
	uint64_t milli[MET_REGISTERS];
	uint64_t pulses;
};

static uint32_t half_hour_of(int64_t utc_us)
{
	return utc_us <= 0 ? 0 : (uint32_t)(utc_us / LATCH_PERIOD_US);
}

void app_latches_init(struct app *app)
{
	struct log_cursor at = { 0 };
	struct store_latch latch;
	const struct store_registers *stored = &app->at_start;
	uint32_t half_hour = stored->utc_s / 1800;

	latches_init(&app->latches);
	if (app->registers_lost)
		return;
	while (store_next_latch(&app->store, &at, &latch))
		latches_add(&app->latches, &latch);
	/* The clock was put back by force after these. */
	if (stored->utc_s)
		latches_forget(&app->latches, half_hour + 1);
	if (app->latches.count)
		app->latches_stored = latches_newest(&app->latches)->half_hour;
	/* The power went between the registers of a boundary and its latch. */
	if (!half_hour || stored->utc_s % 1800 ||
	    app->latches_stored >= half_hour)
		return;
	memset(&latch, 0, sizeof(latch));
	latch.half_hour = half_hour;
	memcpy(latch.milli, stored->registers.milli, sizeof(latch.milli));
	latch.pulses = app->pulses_at_start;
	latches_add(&app->latches, &latch);
}

/* The last instant before the window at which the registers were known. */
static struct anchor find_anchor(const struct app *app, int64_t start_us)
{
	const struct store_latch *newest = latches_newest(&app->latches);
	struct anchor anchor = { .utc_us = start_us,
				 .pulses = app->pulses_at_start };

	memcpy(anchor.milli, app->at_start.registers.milli,
	       sizeof(anchor.milli));
	if (!newest || newest->half_hour * LATCH_PERIOD_US <= start_us)
		return anchor;
	anchor.utc_us = newest->half_hour * LATCH_PERIOD_US;
	memcpy(anchor.milli, newest->milli, sizeof(anchor.milli));
	anchor.pulses = newest->pulses;
	return anchor;
}

static void latch_off(const struct app *app, int64_t at_us,
		      struct store_latch *latch)
{
	bool exact = !app->clock_lost && app->at_start.utc_s &&
		     at_us > app->at_start.utc_s * (int64_t)1000000;

	latch->flags |= exact ? HEARTH_MCU_LATCH_OUTAGE :
				HEARTH_MCU_LATCH_ESTIMATED;
	memcpy(latch->milli, app->at_start.registers.milli,
	       sizeof(latch->milli));
	latch->pulses = app->pulses_at_start;
}

static void latch_late(const struct app *app, const struct anchor *anchor,
		       int64_t until_us, int64_t at_us,
		       struct store_latch *latch)
{
	latch->flags |= HEARTH_MCU_LATCH_ESTIMATED;
	for (int r = 0; r < MET_REGISTERS; r++)
		latch->milli[r] =
			latch_between(anchor->milli[r], app->registers.milli[r],
				      anchor->utc_us, until_us, at_us);
	latch->pulses = latch_between(anchor->pulses, app->state_stored.pulses,
				      anchor->utc_us, until_us, at_us);
}

/* The first boundary that has none: since the time was known, by whoever. */
static uint32_t next_due(const struct app *app, int64_t start_us)
{
	const struct store_latch *newest = latches_newest(&app->latches);
	uint32_t known = app->at_start.utc_s / 1800;

	if (newest)
		return newest->half_hour + 1;
	if (known && known < half_hour_of(start_us))
		return known + 1;
	return half_hour_of(start_us) + 1;
}

/* The only kind there is in a meter that runs and has the time. */
static void latch_now(struct app *app, const struct met_result *res,
		      int64_t from_us, int64_t to_us, int64_t at_us,
		      struct store_latch *latch)
{
	struct met_registers reg = app->registers;

	met_registers_add(
		&reg, latch_part(res->active_energy, from_us, to_us, at_us),
		latch_part(res->reactive_energy, from_us, to_us, at_us));
	memcpy(latch->milli, reg.milli, sizeof(latch->milli));
	latch->pulses = app->state_stored.pulses;
	/* Those before it, of whose values no trace would be left. */
	if (app->latches.count &&
	    latches_newest(&app->latches)->half_hour > app->latches_stored)
		app_save(app);
	latches_add(&app->latches, latch);
	/* Both, or at the next start the latch from the registers. */
	if (app_save_boundary(app, &reg, latch->half_hour * 1800u))
		(void)app_save_latches(app);
}

void app_latch(struct app *app, const struct met_result *res, uint64_t from_us,
	       uint64_t to_us)
{
	int64_t from, to, start;
	uint32_t last, next;
	struct anchor anchor;

	if (!app->clock.set || app->registers_lost)
		return;
	to = clock_utc_us(&app->clock, to_us);
	from = to - (int64_t)(to_us - from_us);
	start = to - (int64_t)to_us;
	last = half_hour_of(to);
	next = next_due(app, start);
	if (next > last)
		return;
	if (last - next >= HEARTH_MCU_LATCHES_KEPT)
		next = last - HEARTH_MCU_LATCHES_KEPT + 1;
	anchor = find_anchor(app, start);
	for (; next <= last; next++) {
		int64_t at = next * LATCH_PERIOD_US;
		struct store_latch latch = { .half_hour = next,
					     .flags = app->latch_flags };

		if (clock_quality(&app->clock, to_us) == HEARTH_MCU_CLOCK_GOOD)
			latch.flags |= HEARTH_MCU_LATCH_CLOCK_GOOD;
		app->latch_flags = 0;
		if (at > from) {
			latch_now(app, res, from, to, at, &latch);
			continue;
		}
		if (at <= start)
			latch_off(app, at, &latch);
		else
			latch_late(app, &anchor, from, at, &latch);
		latches_add(&app->latches, &latch);
	}
}

void app_latches_stepped(struct app *app)
{
	uint32_t now =
		half_hour_of(clock_utc_us(&app->clock, chip_uptime_us()));

	app->latch_flags |= HEARTH_MCU_LATCH_STEPPED;
	latches_forget(&app->latches, now + 1);
	if (app->latches_stored > now)
		app->latches_stored = now;
}
