/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The switching table (T-2): which register is active at a UTC time. A
 * special day's profile, or else that of the weekday in the week profile of
 * the season that began last. Days, seasons and switches are UTC's. Pure.
 */
#ifndef HEARTH_TARIFF_CALENDAR_H
#define HEARTH_TARIFF_CALENDAR_H

#include <stddef.h>
#include <stdint.h>

#include "civil.h"

#define CALENDAR_DAYS 16
#define CALENDAR_WEEKS 4
#define CALENDAR_SEASONS 8
#define CALENDAR_SPECIALS 50

/* What a switch selects, as script selectors on the wire do. */
#define ACTION_TOU 1	  /* 1..48: a time-of-use register */
#define ACTION_BLOCK 101  /* 101..108: a row of block registers */
#define ACTION_SECOND 201 /* 201..204: the second element's registers */
#define ACTION_TOUS 48
#define ACTION_BLOCK_ROWS 8
#define ACTION_SECONDS 4

#define DATE_ANY_YEAR 0xffff
#define DATE_ANY 0xff	       /* month, day, weekday */
#define DATE_SUMMER_BEGIN 0xfe /* month: the day clocks go forward */
#define DATE_SUMMER_END 0xfd   /* month: the day clocks go back */
#define DATE_LAST_DAY 0xfe     /* day: the month's last */
#define DATE_LAST_BUT_ONE 0xfd

/*
 * As dates on the wire are: last with a weekday is the last such day of the
 * month; a day with a weekday and any year is the first such weekday on or
 * after the day. The ends of summer time are days of their own: neither day
 * nor weekday is said with them.
 */
struct calendar_date {
	uint16_t year;	 /* 2000..2099, or any */
	uint8_t month;	 /* 1..12, an end of summer time, or any */
	uint8_t day;	 /* 1..31, last, last but one, or any */
	uint8_t weekday; /* 1 Monday .. 7, or any */
};

enum tariff_commodity {
	TARIFF_ELECTRICITY, /* 48 registers, 8 rows of 4 blocks */
	TARIFF_GAS,	    /* 48 registers or 4 blocks */
	TARIFF_SECOND,	    /* the second of twin elements (T-4) */
};

/*
 * A day is its 48 half hours: off the grid, out of order or overlapping
 * cannot be said. Of seasons that began on the same day, and of special days
 * that fall together, the first in the table counts.
 */
struct tariff_calendar {
	uint8_t commodity; /* enum tariff_commodity */
	uint8_t days, weeks, seasons, specials;
	uint8_t action[CALENDAR_DAYS][CIVIL_SLOTS];
	uint8_t week_day[CALENDAR_WEEKS][7]; /* day profiles, from Monday */
	uint8_t season_week[CALENDAR_SEASONS];
	struct calendar_date season_start[CALENDAR_SEASONS];
	uint8_t special_day[CALENDAR_SPECIALS];
	struct calendar_date special[CALENDAR_SPECIALS];
};

struct calendar_switch {
	uint16_t minute; /* of the UTC day, on the half-hour grid */
	uint8_t action;
};

/* 0, or -EINVAL with the reason in *ret_why. */
int calendar_check(const struct tariff_calendar *c, const char **ret_why);

/* A day from its switches: the first at midnight, times rising. */
int calendar_day(const struct calendar_switch *switches, size_t count,
		 uint8_t ret_action[CIVIL_SLOTS], const char **ret_why);

/*
 * The profile of a UTC day (days since 1970) of a checked calendar. Where no
 * season has begun yet, the season first in the table applies.
 */
unsigned int calendar_profile(const struct tariff_calendar *c, int32_t day);
uint8_t calendar_action(const struct tariff_calendar *c, int64_t utc_s);

/*
 * The next change of action after a time, looking a year and a day ahead;
 * -ENOENT if there is none.
 */
int calendar_next_switch(const struct tariff_calendar *c, int64_t after_s,
			 int64_t *ret_at_s, uint8_t *ret_action);

#endif /* HEARTH_TARIFF_CALENDAR_H */
