// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tariff-calendar.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#define LOOK_AHEAD_DAYS 367
/* The longest way back to any date that comes at all: 29 February, in the
 * calendar of 2000 to 2099.
 */
#define CYCLE_YEARS 4

static int refuse(const char **ret_why, const char *why)
{
	if (ret_why)
		*ret_why = why;
	return -EINVAL;
}

static bool action_valid(unsigned int commodity, unsigned int action)
{
	if (commodity == TARIFF_SECOND)
		return action >= ACTION_SECOND &&
		       action < ACTION_SECOND + ACTION_SECONDS;
	if (action >= ACTION_TOU && action < ACTION_TOU + ACTION_TOUS)
		return true;
	return action >= ACTION_BLOCK &&
	       action <
		       ACTION_BLOCK + (commodity == TARIFF_GAS ?
					       1U :
					       (unsigned int)ACTION_BLOCK_ROWS);
}

static bool is_summer(uint8_t month)
{
	return month == DATE_SUMMER_BEGIN || month == DATE_SUMMER_END;
}

static bool date_valid(const struct calendar_date *d)
{
	bool any_year = d->year == DATE_ANY_YEAR;
	int32_t longest, weekday;

	if (!any_year && (d->year < 2000 || d->year > 2099))
		return false;
	if (is_summer(d->month))
		return d->day == DATE_ANY && d->weekday == DATE_ANY;
	if (d->month != DATE_ANY && (d->month < 1 || d->month > 12))
		return false;
	if (d->weekday != DATE_ANY && (d->weekday < 1 || d->weekday > 7))
		return false;
	if (d->day == DATE_ANY || d->day == DATE_LAST_DAY)
		return true;
	/* What a weekday would mean with it is written nowhere. */
	if (d->day == DATE_LAST_BUT_ONE)
		return d->weekday == DATE_ANY;
	longest = d->month == DATE_ANY ?
			  31 :
			  civil_month_days(any_year ? 2000 : d->year, d->month);
	if (d->day < 1 || d->day > longest)
		return false;
	if (any_year || d->month == DATE_ANY || d->weekday == DATE_ANY)
		return true;
	weekday = civil_weekday(civil_to_days(d->year, d->month, d->day));
	return d->weekday == weekday;
}

static int check_gas(const struct tariff_calendar *c, const char **ret_why)
{
	bool tou = false, block = false;

	for (unsigned int d = 0; d < c->days; d++) {
		for (unsigned int slot = 0; slot < CIVIL_SLOTS; slot++) {
			tou |= c->action[d][slot] < ACTION_BLOCK;
			block |= c->action[d][slot] >= ACTION_BLOCK;
		}
	}
	if (tou && block)
		return refuse(ret_why, "gas has registers or blocks, not both");
	return 0;
}

int calendar_check(const struct tariff_calendar *c, const char **ret_why)
{
	if (c->commodity > TARIFF_SECOND)
		return refuse(ret_why, "unknown commodity");
	if (!c->days || c->days > CALENDAR_DAYS)
		return refuse(ret_why, "1 to 16 day profiles");
	if (!c->weeks || c->weeks > CALENDAR_WEEKS)
		return refuse(ret_why, "1 to 4 week profiles");
	if (!c->seasons || c->seasons > CALENDAR_SEASONS)
		return refuse(ret_why, "1 to 8 seasons");
	if (c->specials > CALENDAR_SPECIALS)
		return refuse(ret_why, "more than 50 special days");
	for (unsigned int d = 0; d < c->days; d++)
		for (unsigned int slot = 0; slot < CIVIL_SLOTS; slot++)
			if (!action_valid(c->commodity, c->action[d][slot]))
				return refuse(ret_why, "no such register");
	for (unsigned int w = 0; w < c->weeks; w++)
		for (unsigned int d = 0; d < 7; d++)
			if (c->week_day[w][d] >= c->days)
				return refuse(ret_why,
					      "week: no such day profile");
	for (unsigned int s = 0; s < c->seasons; s++) {
		if (c->season_week[s] >= c->weeks)
			return refuse(ret_why, "season: no such week profile");
		if (!date_valid(&c->season_start[s]))
			return refuse(ret_why, "season: no such date");
	}
	for (unsigned int s = 0; s < c->specials; s++) {
		if (c->special_day[s] >= c->days)
			return refuse(ret_why,
				      "special day: no such day profile");
		if (!date_valid(&c->special[s]))
			return refuse(ret_why, "special day: no such date");
	}
	return c->commodity == TARIFF_GAS ? check_gas(c, ret_why) : 0;
}

int calendar_day(const struct calendar_switch *switches, size_t count,
		 uint8_t ret_action[CIVIL_SLOTS], const char **ret_why)
{
	size_t at = 0;

	if (!count || count > CIVIL_SLOTS)
		return refuse(ret_why, "a day has 1 to 48 switches");
	if (switches[0].minute)
		return refuse(ret_why, "a day's first switch is at midnight");
	for (size_t n = 0; n < count; n++) {
		if (switches[n].minute % 30 || switches[n].minute >= 24 * 60)
			return refuse(ret_why, "a switch is off the grid");
		if (n && switches[n].minute <= switches[n - 1].minute)
			return refuse(ret_why, "switches are out of order");
	}
	for (unsigned int slot = 0; slot < CIVIL_SLOTS; slot++) {
		if (at + 1 < count && switches[at + 1].minute == slot * 30)
			at++;
		ret_action[slot] = switches[at].action;
	}
	return 0;
}

/*
 * The first day of a month's date, given the month's first and last day:
 * before the first if the month has none. Dates of every day of a month or of
 * every so-and-so day of a week come again, *ret_step days apart.
 */
static int32_t date_in_month(const struct calendar_date *d, int32_t first,
			     int32_t last, int32_t *ret_step)
{
	int32_t day = first;

	switch (d->day) {
	case DATE_ANY:
		*ret_step = d->weekday == DATE_ANY ? 1 : 7;
		break;
	case DATE_LAST_DAY:
		if (d->weekday == DATE_ANY)
			return last;
		return last - (civil_weekday(last) - d->weekday + 7) % 7;
	case DATE_LAST_BUT_ONE:
		return last - 1;
	default:
		day += d->day - 1;
		if (day > last)
			return first - 1;
	}
	if (d->weekday == DATE_ANY)
		return day;
	if (d->day != DATE_ANY && d->year != DATE_ANY_YEAR)
		return civil_weekday(day) == d->weekday ? day : first - 1;
	return day + (d->weekday - civil_weekday(day) + 7) % 7;
}

/* The last day of a date in a month, up to and including one; INT32_MIN. */
static int32_t match_in_month(const struct calendar_date *d, int32_t year,
			      int32_t month, int32_t until)
{
	int32_t first = civil_to_days(year, month, 1), step = 0, day;
	int32_t last = first + civil_month_days(year, month) - 1;

	if (is_summer(d->month))
		day = london_change_day(year, d->month == DATE_SUMMER_BEGIN);
	else
		day = date_in_month(d, first, last, &step);
	if (day < first || day > until)
		return INT32_MIN;
	if (last > until)
		last = until;
	return step ? day + (last - day) / step * step : day;
}

/* The month a date is in: 1..12, or 0 for every one. */
static int32_t month_of(const struct calendar_date *d)
{
	switch (d->month) {
	case DATE_SUMMER_BEGIN:
		return 3;
	case DATE_SUMMER_END:
		return 10;
	case DATE_ANY:
		return 0;
	default:
		return d->month;
	}
}

/* The last matching day up to and including one, or INT32_MIN. */
static int32_t last_match(const struct calendar_date *d, int32_t until)
{
	int32_t year = civil_from_days(until).year, month = month_of(d);
	int32_t oldest = year - CYCLE_YEARS;

	if (d->year != DATE_ANY_YEAR) {
		if (d->year > year)
			return INT32_MIN;
		year = d->year;
		oldest = year;
	}
	for (; year >= oldest; year--) {
		for (int32_t m = month ? month : 12; m >= (month ? month : 1);
		     m--) {
			int32_t day = match_in_month(d, year, m, until);

			if (day != INT32_MIN)
				return day;
		}
	}
	return INT32_MIN;
}

unsigned int calendar_profile(const struct tariff_calendar *c, int32_t day)
{
	int32_t newest = INT32_MIN;
	unsigned int season = 0;

	for (unsigned int s = 0; s < c->specials; s++)
		if (last_match(&c->special[s], day) == day)
			return c->special_day[s];
	for (unsigned int s = 0; c->seasons > 1 && s < c->seasons; s++) {
		int32_t start = last_match(&c->season_start[s], day);

		if (start > newest) {
			newest = start;
			season = s;
		}
	}
	return c->week_day[c->season_week[season]][civil_weekday(day) - 1];
}

uint8_t calendar_action(const struct tariff_calendar *c, int64_t utc_s)
{
	int32_t day = civil_utc_day(utc_s);
	int64_t of_day = utc_s - (int64_t)day * CIVIL_DAY_S;

	return c->action[calendar_profile(c, day)][of_day / CIVIL_SLOT_S];
}

int calendar_next_switch(const struct tariff_calendar *c, int64_t after_s,
			 int64_t *ret_at_s, uint8_t *ret_action)
{
	int32_t day = civil_utc_day(after_s);
	int32_t until = day + LOOK_AHEAD_DAYS;
	int64_t of_day = after_s - (int64_t)day * CIVIL_DAY_S;
	unsigned int slot = (unsigned int)(of_day / CIVIL_SLOT_S);
	uint8_t now = calendar_action(c, after_s);

	for (slot++; day < until; day++, slot = 0) {
		unsigned int profile = calendar_profile(c, day);

		for (; slot < CIVIL_SLOTS; slot++) {
			if (c->action[profile][slot] == now)
				continue;
			*ret_at_s = (int64_t)day * CIVIL_DAY_S +
				    (int64_t)slot * CIVIL_SLOT_S;
			*ret_action = c->action[profile][slot];
			return 0;
		}
	}
	return -ENOENT;
}
