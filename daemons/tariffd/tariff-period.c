// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tariff-period.h"

#include <errno.h>
#include <stddef.h>

#include "civil.h"

static const int32_t months_of[REPEAT_KINDS] = {
	[REPEAT_MONTHLY] = 1,
	[REPEAT_QUARTERLY] = 3,
	[REPEAT_HALF_YEARLY] = 6,
	[REPEAT_YEARLY] = 12,
};

int tariff_period_check(const struct tariff_period *p, const char **ret_why)
{
	const char *why = NULL;

	if (p->repeat >= REPEAT_KINDS)
		why = "unknown period";
	else if (p->repeat == REPEAT_NEVER)
		return 0;
	else if (p->anchor_s < CIVIL_MIN_S || p->anchor_s >= CIVIL_END_S)
		why = "a period's anchor is out of bounds";
	else if (p->anchor_s % CIVIL_SLOT_S)
		why = "a period's anchor is off the half-hour grid";
	else if (months_of[p->repeat] &&
		 civil_from_days(civil_utc_day(p->anchor_s)).day > 28)
		why = "not every month has the day of a period's anchor";
	if (!why)
		return 0;
	if (ret_why)
		*ret_why = why;
	return -EINVAL;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int64_t months_after(const struct tariff_period *p, int32_t months)
{
	int32_t day = civil_utc_day(p->anchor_s);
	int64_t of_day = p->anchor_s - (int64_t)day * CIVIL_DAY_S;
	struct civil_date date = civil_from_days(day);
	int32_t month = date.year * 12 + date.month - 1 + months;

	return (int64_t)civil_to_days(month / 12, month % 12 + 1, date.day) *
		       CIVIL_DAY_S +
	       of_day;
}

int64_t tariff_period_last(const struct tariff_period *p, int64_t until_s)
{
	int32_t step = months_of[p->repeat], months;
	int64_t length = p->repeat == REPEAT_WEEKLY ? 7 * CIVIL_DAY_S :
						      CIVIL_DAY_S;
	struct civil_date from, to;

	if (p->repeat == REPEAT_NEVER)
		return INT64_MIN;
	if (!step)
		return p->anchor_s +
		       floor_div(until_s - p->anchor_s, length) * length;
	from = civil_from_days(civil_utc_day(p->anchor_s));
	to = civil_from_days(civil_utc_day(until_s));
	months = (to.year - from.year) * 12 + to.month - from.month;
	months = (int32_t)floor_div(months, step) * step;
	if (months_after(p, months) > until_s)
		months -= step;
	return months_after(p, months);
}

int64_t tariff_period_next(const struct tariff_period *p, int64_t after_s)
{
	int32_t step = months_of[p->repeat], months;
	struct civil_date from, to;

	if (p->repeat == REPEAT_NEVER)
		return INT64_MAX;
	if (!step)
		return tariff_period_last(p, after_s) +
		       (p->repeat == REPEAT_WEEKLY ? 7 : 1) * CIVIL_DAY_S;
	from = civil_from_days(civil_utc_day(p->anchor_s));
	to = civil_from_days(civil_utc_day(after_s));
	months = (to.year - from.year) * 12 + to.month - from.month;
	months = (int32_t)floor_div(months, step) * step;
	if (months_after(p, months) <= after_s)
		months += step;
	return months_after(p, months);
}
