/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What tests of the tariff engine share: random numbers that repeat, tables
 * made of them, and slow ways of its rules that take nothing from it.
 */
#ifndef HEARTH_TARIFF_ORACLE_H
#define HEARTH_TARIFF_ORACLE_H

#include <string.h>
#include <time.h>

#include "../tariffd/tariff.h"
#include "test.h"

#define HOUR 3600
#define DAY INT64_C(86400)
#define MARCH_4 INT64_C(1709510400) /* Monday, 2024-03-04 00:00 UTC */

static inline uint32_t draw(uint64_t *seed, uint32_t below)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (uint32_t)((*seed >> 16) % below);
}

static inline struct calendar_date any_date(uint64_t *seed)
{
	struct calendar_date d = { DATE_ANY_YEAR, DATE_ANY, DATE_ANY,
				   DATE_ANY };

	if (!draw(seed, 3))
		d.year = (uint16_t)(2022 + draw(seed, 4));
	if (draw(seed, 4))
		d.month = (uint8_t)(1 + draw(seed, 12));
	switch (draw(seed, 9)) {
	case 0:
		d.day = DATE_LAST_DAY;
		break;
	case 1:
		d.day = DATE_LAST_BUT_ONE;
		break;
	case 2:
		d.weekday = (uint8_t)(1 + draw(seed, 7));
		break;
	case 3:
		d.day = DATE_LAST_DAY;
		d.weekday = (uint8_t)(1 + draw(seed, 7));
		break;
	case 4:
		d.month = draw(seed, 2) ? DATE_SUMMER_BEGIN : DATE_SUMMER_END;
		break;
	case 5:
		d.year = DATE_ANY_YEAR;
		d.weekday = (uint8_t)(1 + draw(seed, 7));
		d.day = (uint8_t)(1 + draw(seed, 29));
		break;
	default:
		d.day = (uint8_t)(1 + draw(seed, 28));
	}
	return d;
}

static inline void any_calendar(uint64_t *seed, struct tariff_calendar *c)
{
	unsigned int style = draw(seed, 3);

	memset(c, 0, sizeof(*c));
	c->days = (uint8_t)(1 + draw(seed, CALENDAR_DAYS));
	c->weeks = (uint8_t)(1 + draw(seed, CALENDAR_WEEKS));
	c->seasons = (uint8_t)(1 + draw(seed, CALENDAR_SEASONS));
	c->specials = (uint8_t)draw(seed, CALENDAR_SPECIALS + 1);
	for (unsigned int d = 0; d < c->days; d++) {
		uint8_t action = 1;

		for (unsigned int slot = 0; slot < CIVIL_SLOTS; slot++) {
			if (!slot || !draw(seed, 8))
				action = style == 0 || (style == 1 &&
							draw(seed, 2)) ?
						 (uint8_t)(1 + draw(seed, 48)) :
						 (uint8_t)(101 + draw(seed, 8));
			c->action[d][slot] = action;
		}
	}
	for (unsigned int w = 0; w < c->weeks; w++)
		for (unsigned int d = 0; d < 7; d++)
			c->week_day[w][d] = (uint8_t)draw(seed, c->days);
	for (unsigned int s = 0; s < c->seasons; s++) {
		c->season_week[s] = (uint8_t)draw(seed, c->weeks);
		c->season_start[s] = any_date(seed);
	}
	for (unsigned int s = 0; s < c->specials; s++) {
		c->special_day[s] = (uint8_t)draw(seed, c->days);
		c->special[s] = any_date(seed);
	}
}

static inline void any_prices(uint64_t *seed, struct tariff_prices *p)
{
	for (unsigned int n = 0; n < TARIFF_CELLS; n++)
		p->cell_mp[n] = (int32_t)draw(seed, 100001) - 20000;
	p->standing_mp = (int32_t)draw(seed, 80000);
}

static inline void any_thresholds(uint64_t *seed, struct tariff_thresholds *x)
{
	for (unsigned int row = 0; row < TARIFF_ROWS; row++) {
		int64_t wh = draw(seed, 200);

		for (unsigned int n = 0; n < TARIFF_BLOCKS - 1; n++) {
			x->wh[row][n] = wh;
			wh = wh == TARIFF_NO_THRESHOLD || !draw(seed, 5) ?
				     TARIFF_NO_THRESHOLD :
				     wh + 1 + draw(seed, 300);
		}
	}
}

/* --- dates by the C library */

static inline struct tm oracle_tm(int64_t utc_s)
{
	time_t t = (time_t)utc_s;
	struct tm tm;

	gmtime_r(&t, &tm);
	return tm;
}

/* A day by its fields alone, but for a weekday. */
static inline bool oracle_fields(const struct calendar_date *d, int64_t day)
{
	struct tm tm = oracle_tm(day * DAY);
	/* Days until the month changes. */
	int left = 0;

	while (oracle_tm((day + left + 1) * DAY).tm_mon == tm.tm_mon &&
	       left < 2)
		left++;
	if (d->year != DATE_ANY_YEAR && d->year != tm.tm_year + 1900)
		return false;
	if (d->month != DATE_ANY && d->month != tm.tm_mon + 1)
		return false;
	if (d->day == DATE_LAST_DAY)
		return left == 0;
	if (d->day == DATE_LAST_BUT_ONE)
		return left == 1;
	return d->day == DATE_ANY || d->day == tm.tm_mday;
}

static inline bool oracle_matches(const struct calendar_date *d, int64_t day)
{
	struct calendar_date other = *d;
	struct tm tm = oracle_tm(day * DAY);

	/* A Sunday of March or October without another after it. */
	if (d->month == DATE_SUMMER_BEGIN || d->month == DATE_SUMMER_END) {
		other.month = d->month == DATE_SUMMER_BEGIN ? 3 : 10;
		return tm.tm_wday == 0 && tm.tm_mday > 24 &&
		       oracle_fields(&other, day);
	}
	if (d->weekday == DATE_ANY)
		return oracle_fields(d, day);
	if (d->weekday % 7 != tm.tm_wday)
		return false;
	other.weekday = DATE_ANY;
	if (d->day == DATE_ANY)
		return oracle_fields(&other, day);
	if (d->day == DATE_LAST_DAY) {
		/* One of its last seven days. */
		other.day = DATE_ANY;
		return oracle_fields(&other, day) &&
		       oracle_tm((day + 7) * DAY).tm_mon != tm.tm_mon;
	}
	if (d->year != DATE_ANY_YEAR)
		return oracle_fields(&other, day);
	for (int back = 0; back < 7; back++)
		if (oracle_fields(&other, day - back))
			return true;
	return false;
}

/* Day by day into the past until a season begins. */
static inline unsigned int oracle_profile(const struct tariff_calendar *c,
					  int64_t day)
{
	unsigned int wday = (unsigned int)oracle_tm(day * DAY).tm_wday;

	for (unsigned int s = 0; s < c->specials; s++)
		if (oracle_matches(&c->special[s], day))
			return c->special_day[s];
	for (int64_t past = day; past > day - 30 * 366; past--)
		for (unsigned int s = 0; s < c->seasons; s++)
			if (oracle_matches(&c->season_start[s], past))
				return c->week_day[c->season_week[s]]
						  [(wday + 6) % 7];
	return c->week_day[c->season_week[0]][(wday + 6) % 7];
}

/* Whether an instant is one of the series. */
static inline bool oracle_repeats(const struct tariff_period *p, int64_t at_s)
{
	static const int months[] = { [REPEAT_MONTHLY] = 1,
				      [REPEAT_QUARTERLY] = 3,
				      [REPEAT_HALF_YEARLY] = 6,
				      [REPEAT_YEARLY] = 12 };
	struct tm at = oracle_tm(at_s), anchor = oracle_tm(p->anchor_s);
	int apart;

	if (p->repeat == REPEAT_NEVER || at.tm_hour != anchor.tm_hour ||
	    at.tm_min != anchor.tm_min || at.tm_sec != anchor.tm_sec)
		return false;
	if (p->repeat == REPEAT_DAILY)
		return true;
	if (p->repeat == REPEAT_WEEKLY)
		return at.tm_wday == anchor.tm_wday;
	apart = (at.tm_year - anchor.tm_year) * 12 + at.tm_mon - anchor.tm_mon;
	return at.tm_mday == anchor.tm_mday && apart % months[p->repeat] == 0;
}

#endif /* HEARTH_TARIFF_ORACLE_H */
