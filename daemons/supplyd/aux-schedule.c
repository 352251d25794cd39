// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the schedule says (S-4). Settings have been checked. */
#include "aux.h"

#define DAY_S 86400

struct day {
	struct aux_date date;
	unsigned int weekday; /* 0 is Monday */
};

/* Civil date of a day since 1970, by Hinnant's days_from_civil backwards. */
static struct day day_of(int64_t number)
{
	int64_t z = number + 719468, era = z / 146097, doe = z % 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	int64_t month = mp < 10 ? mp + 3 : mp - 9;

	return (struct day){
		.date = { .year = (uint16_t)(yoe + era * 400 + (month <= 2)),
			  .month = (uint8_t)month,
			  .day = (uint8_t)(doy - (153 * mp + 2) / 5 + 1) },
		/* 1 January 1970 was a Thursday. */
		.weekday = (unsigned int)((number + 3) % 7),
	};
}

/* The place in the list, or -1. */
static int special_day(const struct aux_settings *set, struct aux_date date)
{
	for (int n = 0; n < set->special_days; n++)
		if (set->special[n].month == date.month &&
		    set->special[n].day == date.day &&
		    (!set->special[n].year ||
		     set->special[n].year == date.year))
			return n;
	return -1;
}

static bool in_season(const struct aux_switch *at, struct aux_date date)
{
	int today = date.month * 32 + date.day;
	int begin = at->begin_month * 32 + at->begin_day;
	int end = at->end_month * 32 + at->end_day;

	if (!at->begin_month)
		return true;
	if (begin <= end)
		return today >= begin && today <= end;
	return today >= begin || today <= end;
}

/* The last one of the day at or before the minute, or NULL. */
static const struct aux_switch *last_of_day(const struct aux_settings *set,
					    unsigned int n, int64_t number,
					    int minute)
{
	struct day day = day_of(number);
	int special = special_day(set, day.date);
	const struct aux_switch *last = NULL;

	for (int m = 0; m < set->switches; m++) {
		const struct aux_switch *at = &set->at[m];

		if (at->controller != n || at->minute > minute ||
		    !in_season(at, day.date))
			continue;
		if (special >= 0 ? !(at->special_days >> special & 1) :
				   !(at->weekdays >> day.weekday & 1))
			continue;
		/* Of two at one time the later in the list. */
		if (!last || at->minute >= last->minute)
			last = at;
	}
	return last;
}

static bool scheduled_at_all(const struct aux_settings *set, unsigned int n)
{
	for (int m = 0; m < set->switches; m++)
		if (set->at[m].controller == n)
			return true;
	return false;
}

int aux_scheduled(const struct aux_settings *set, unsigned int n, int64_t now_s)
{
	int64_t then_s = now_s - set->offset_s, today = then_s / DAY_S;
	int minute = (int)(then_s % DAY_S / 60);

	if (then_s < 0 || !scheduled_at_all(set, n))
		return -1;
	for (int64_t day = today; day >= 0 && day >= today - AUX_LOOK_BACK_DAYS;
	     day--) {
		const struct aux_switch *last =
			last_of_day(set, n, day, minute);

		if (last)
			return last->pct;
		minute = 24 * 60;
	}
	return -1;
}
