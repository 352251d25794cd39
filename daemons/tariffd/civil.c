// SPDX-License-Identifier: LGPL-2.1-or-later
#include "civil.h"

/* 400 years, and the days from 0000-03-01 to 1970-01-01. */
#define ERA_DAYS 146097
#define EPOCH_DAYS 719468

int32_t civil_month_days(int32_t year, int32_t month)
{
	if (month == 2)
		return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ?
			       29 :
			       28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* Years begin in March here, so that a leap day is the last of its year. */
int32_t civil_to_days(int32_t year, int32_t month, int32_t day)
{
	int32_t y = month <= 2 ? year - 1 : year;
	int32_t era = (y >= 0 ? y : y - 399) / 400;
	int32_t of_era = y - era * 400;
	int32_t of_year =
		(153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - EPOCH_DAYS;
}

struct civil_date civil_from_days(int32_t days)
{
	int32_t z = days + EPOCH_DAYS;
	int32_t era = (z >= 0 ? z : z - (ERA_DAYS - 1)) / ERA_DAYS;
	int32_t of_era = z - era * ERA_DAYS;
	int32_t y = (of_era - of_era / 1460 + of_era / 36524 -
		     of_era / (ERA_DAYS - 1)) /
		    365;
	int32_t of_year = of_era - (365 * y + y / 4 - y / 100);
	int32_t m = (5 * of_year + 2) / 153;
	struct civil_date date = {
		.day = of_year - (153 * m + 2) / 5 + 1,
		.month = m < 10 ? m + 3 : m - 9,
	};

	date.year = y + era * 400 + (date.month <= 2);
	return date;
}

int32_t civil_weekday(int32_t days)
{
	/* 1970-01-01 was a Thursday. */
	int32_t w = (days + 3) % 7;

	return (w < 0 ? w + 7 : w) + 1;
}

static int32_t floor_day(int64_t s)
{
	return (int32_t)((s >= 0 ? s : s - (CIVIL_DAY_S - 1)) / CIVIL_DAY_S);
}

int32_t civil_utc_day(int64_t utc_s)
{
	return floor_day(utc_s);
}

int32_t london_change_day(int32_t year, bool begin)
{
	int32_t last = civil_to_days(year, begin ? 3 : 10, 31);

	return last - civil_weekday(last) % 7;
}

static int64_t change_s(int32_t year, bool begin)
{
	return (int64_t)london_change_day(year, begin) * CIVIL_DAY_S + 3600;
}

int32_t london_offset_s(int64_t utc_s)
{
	int32_t year = civil_from_days(floor_day(utc_s)).year;

	return utc_s >= change_s(year, true) && utc_s < change_s(year, false) ?
		       3600 :
		       0;
}

int32_t london_day(int64_t utc_s)
{
	return floor_day(utc_s + london_offset_s(utc_s));
}

/* Clocks change at 01:00 UTC, so midnight is by what held before. */
int64_t london_midnight_s(int32_t days)
{
	int64_t utc_s = (int64_t)days * CIVIL_DAY_S;

	return utc_s - london_offset_s(utc_s);
}

int32_t london_period_first(enum london_period period, int32_t day)
{
	if (period == LONDON_WEEK)
		return day - (civil_weekday(day) - 1);
	if (period == LONDON_MONTH)
		return day - (civil_from_days(day).day - 1);
	return day;
}

int32_t london_period_shift(enum london_period period, int32_t first, int32_t n)
{
	struct civil_date date;
	int32_t month;

	if (period == LONDON_DAY)
		return first + n;
	if (period == LONDON_WEEK)
		return first + 7 * n;
	date = civil_from_days(first);
	month = date.year * 12 + date.month - 1 + n;
	return civil_to_days(month / 12, month % 12 + 1, 1);
}
