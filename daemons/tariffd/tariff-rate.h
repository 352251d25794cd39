/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Many half hours at once: what tariff_advance() does with every latched
 * boundary, in one go. Registers are cumulative, so the Wh of all half hours
 * with one action are one difference; only prices of their own are gone
 * through half hour by half hour. Pure.
 */
#ifndef HEARTH_TARIFF_RATE_H
#define HEARTH_TARIFF_RATE_H

#include "tariff.h"

#define RATES_DAYS 800

struct rates_run {
	uint8_t begin, end; /* its first slot, and the one after its last */
	uint8_t action;
};

/* A calendar laid out: runs of one action of each day profile, and the day
 * profile of each day.
 */
struct tariff_rates {
	int32_t first_day; /* days since 1970, UTC */
	uint32_t days;
	struct rates_run run[CALENDAR_DAYS][CIVIL_SLOTS];
	uint8_t run_at[CALENDAR_DAYS][CIVIL_SLOTS]; /* the run a slot is in */
	uint8_t profile[RATES_DAYS];
	uint8_t rows, row[ACTION_BLOCK_ROWS]; /* of blocks, in use */
};

/* Of a checked calendar. -ERANGE: days before 2000, after 2099, or too many. */
int tariff_rates_compile(const struct tariff_calendar *c, int32_t first_day,
			 unsigned int days, struct tariff_rates *ret);

/*
 * n half hours from t->upto_s on, with the registers at their boundaries:
 * n + 1 of them, the first that of t->upto_s. price_mp is a price a half hour,
 * which goes before the matrix (T-7), or NULL; dynamic prices of the state are
 * not looked at. The state is then as after n calls of tariff_advance(), with
 * the same sums, but nobody is told of boundaries and billing periods.
 *
 * rates is t's own calendar, compiled. -EINVAL: off the half-hour grid, or a
 * register fell; -ERANGE: days that rates does not have; -EBUSY: something is
 * pending for that time; -EOVERFLOW. Nothing is changed then.
 */
int tariff_rate_profile(struct tariff *t, const struct tariff_rates *rates,
			const int64_t *register_wh, size_t n,
			const int32_t *price_mp, struct tariff_step *ret_step);

#endif /* HEARTH_TARIFF_RATE_H */
