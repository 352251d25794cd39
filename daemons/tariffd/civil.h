/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Dates without the C library: days since 1970-01-01, and Europe/London by
 * its own rule (M-10: stored time is UTC, display time London). Pure. Times
 * are seconds UTC since 1970 (_s), as everywhere in the tariff engine.
 */
#ifndef HEARTH_CIVIL_H
#define HEARTH_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

#define CIVIL_DAY_S 86400
#define CIVIL_SLOT_S 1800 /* the half-hour grid (T-2) */
#define CIVIL_SLOTS 48	  /* in a UTC day */

/* What the engine believes a time to be: from 2000 until before 2100. */
#define CIVIL_MIN_S INT64_C(946684800)
#define CIVIL_END_S INT64_C(4102444800)

struct civil_date {
	int32_t year;
	int32_t month; /* 1..12 */
	int32_t day;   /* 1..31 */
};

int32_t civil_month_days(int32_t year, int32_t month);
int32_t civil_to_days(int32_t year, int32_t month, int32_t day);
struct civil_date civil_from_days(int32_t days);
/* 1 Monday .. 7 Sunday */
int32_t civil_weekday(int32_t days);

/* The day a UTC time lies in; floors, also before 1970. */
int32_t civil_utc_day(int64_t utc_s);

/* Seconds to add to UTC: 0, or 3600 between the last Sundays of March and
 * October, 01:00 UTC. The rule holds since 1996.
 */
int32_t london_offset_s(int64_t utc_s);
/* The day of a year on which summer time begins, or ends. */
int32_t london_change_day(int32_t year, bool begin);
/* The London date a UTC time lies in, as days since 1970-01-01. */
int32_t london_day(int64_t utc_s);
/* UTC of 00:00 London on a date; the next one may be 23 or 25 h later. */
int64_t london_midnight_s(int32_t days);

enum london_period {
	LONDON_DAY,
	LONDON_WEEK,
	LONDON_MONTH
};

/* The first day of the period a day lies in; weeks begin on Monday. */
int32_t london_period_first(enum london_period period, int32_t day);
/* The first day of the n-th period after (before, if negative) that. */
int32_t london_period_shift(enum london_period period, int32_t first,
			    int32_t n);

#endif /* HEARTH_CIVIL_H */
