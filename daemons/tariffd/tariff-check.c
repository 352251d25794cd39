// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a tariff state must be, whoever stored or sent it. */
#include <errno.h>

#include "tariff.h"

static int refuse(const char **ret_why, const char *why)
{
	if (ret_why)
		*ret_why = why;
	return -EINVAL;
}

int tariff_thresholds_check(const struct tariff_thresholds *x,
			    const char **ret_why)
{
	for (unsigned int row = 0; row < TARIFF_ROWS; row++) {
		int64_t before = 0;

		for (unsigned int n = 0; n < TARIFF_BLOCKS - 1; n++) {
			int64_t wh = x->wh[row][n];

			if (wh == TARIFF_NO_THRESHOLD) {
				before = wh;
				continue;
			}
			if (wh < 0 || wh > TARIFF_WH_MAX)
				return refuse(ret_why,
					      "a threshold is out of bounds");
			if (wh <= before && n)
				return refuse(ret_why,
					      "thresholds do not rise");
			before = wh;
		}
	}
	return 0;
}

static int check_sums(const struct tariff *t, const char **ret_why)
{
	int64_t cells = 0;

	for (unsigned int n = 0; n < TARIFF_CELLS; n++) {
		if (t->cell_wh[n] < 0 || t->cell_wh[n] > TARIFF_WH_MAX)
			return refuse(ret_why, "a cell is out of bounds");
		cells += t->cell_wh[n];
	}
	if (cells != t->upto_wh - t->start_wh)
		return refuse(ret_why, "cells and register differ");
	for (unsigned int row = 0; row < TARIFF_ROWS; row++)
		for (unsigned int n = 0; n < TARIFF_BLOCKS; n++)
			/* Counted since later than the cells are. */
			if (t->counter_wh[row][n] < 0 ||
			    t->counter_wh[row][n] >
				    t->cell_wh[TARIFF_CELL(row, n)])
				return refuse(ret_why,
					      "a counter is out of bounds");
	if (t->estimated_wh < 0 || t->estimated_wh > cells ||
	    t->fallback_wh < 0 || t->fallback_wh > cells)
		return refuse(ret_why, "flagged Wh are out of bounds");
	return 0;
}

static int check_pending_time(const struct tariff *t, int64_t at_s,
			      const char **ret_why)
{
	if (at_s && (at_s <= t->upto_s || at_s >= CIVIL_END_S))
		return refuse(ret_why, "pending for a time that has passed");
	return 0;
}

static int check_pending(const struct tariff *t, const char **ret_why)
{
	const struct tariff_pending *p = &t->pending;
	int r = check_pending_time(t, p->calendar_at_s, ret_why);

	if (!r)
		r = check_pending_time(t, p->thresholds_at_s, ret_why);
	if (!r)
		r = check_pending_time(t, p->prices_at_s, ret_why);
	if (!r && p->calendar_at_s)
		r = calendar_check(&p->calendar, ret_why);
	if (!r && p->calendar_at_s &&
	    p->calendar.commodity != t->calendar.commodity)
		r = refuse(ret_why, "a calendar of another commodity");
	if (!r && p->thresholds_at_s)
		r = tariff_thresholds_check(&p->thresholds, ret_why);
	return r;
}

static int check_slots(const struct tariff *t, const char **ret_why)
{
	if (t->dynamic > 1)
		return refuse(ret_why,
			      "half-hourly prices: neither on nor off");
	for (unsigned int n = 0; n < TARIFF_DYNAMIC_SLOTS; n++) {
		int64_t at = t->slot[n].start_s;

		if (at && (at < CIVIL_MIN_S || at >= CIVIL_END_S ||
			   at % CIVIL_SLOT_S ||
			   at / CIVIL_SLOT_S % TARIFF_DYNAMIC_SLOTS != n))
			return refuse(ret_why, "a half hour is out of place");
	}
	return 0;
}

int tariff_check(const struct tariff *t, const char **ret_why)
{
	int r;

	if (t->upto_s < CIVIL_MIN_S || t->upto_s >= CIVIL_END_S ||
	    t->start_s < CIVIL_MIN_S || t->start_s >= CIVIL_END_S)
		return refuse(ret_why, "a time is out of bounds");
	if (t->upto_wh < 0 || t->upto_wh > TARIFF_WH_MAX ||
	    t->start_wh < -TARIFF_WH_MAX || t->start_wh > TARIFF_WH_MAX)
		return refuse(ret_why, "a register is out of bounds");
	r = calendar_check(&t->calendar, ret_why);
	if (!r)
		r = tariff_thresholds_check(&t->thresholds, ret_why);
	if (!r)
		r = tariff_period_check(&t->reset, ret_why);
	if (!r)
		r = tariff_period_check(&t->billing, ret_why);
	if (!r && (t->charged_day < civil_utc_day(t->upto_s) ||
		   t->charged_day >= CIVIL_END_S / CIVIL_DAY_S))
		r = refuse(ret_why, "a day was not charged");
	if (!r)
		r = check_sums(t, ret_why);
	if (!r)
		r = check_pending(t, ret_why);
	return r ? r : check_slots(t, ret_why);
}
