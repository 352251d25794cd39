// SPDX-License-Identifier: LGPL-2.1-or-later
#include "prepay-rules.h"

/* 1970-01-01 was a Thursday. Times are not negative. */
static const struct prepay_profile *
day_profile(const struct prepay_calendar *calendar, int64_t day)
{
	for (int n = 0; n < calendar->n_special; n++)
		if (calendar->special[n].day == day)
			return &calendar->profile[calendar->special[n].profile];
	return &calendar->profile[calendar->week[(day + 3) % 7]];
}

bool prepay_in_calendar(const struct prepay_calendar *calendar, int64_t at_s)
{
	const struct prepay_profile *profile =
		day_profile(calendar, at_s / PREPAY_DAY_S);
	int32_t second = (int32_t)(at_s % PREPAY_DAY_S);

	for (int n = 0; n < profile->n; n++)
		if (second >= profile->window[n].from_s &&
		    second < profile->window[n].to_s)
			return true;
	return false;
}

int64_t prepay_week(int64_t at_s)
{
	return (at_s + 3 * PREPAY_DAY_S) / PREPAY_WEEK_S;
}
