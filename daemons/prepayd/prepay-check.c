// SPDX-License-Identifier: LGPL-2.1-or-later
#include "prepay-rules.h"

#include <errno.h>

static bool within(int64_t value, int64_t least, int64_t most)
{
	return value >= least && value <= most;
}

static bool money(int64_t mp)
{
	return within(mp, -PREPAY_MONEY_MAX_MP, PREPAY_MONEY_MAX_MP);
}

static const char *profile_fault(const struct prepay_profile *profile)
{
	int32_t before_s = 0;

	if (profile->n > PREPAY_WINDOWS)
		return "too many windows in a day";
	for (int n = 0; n < profile->n; n++) {
		const struct prepay_window *window = &profile->window[n];

		if (window->from_s < before_s ||
		    window->to_s <= window->from_s ||
		    window->to_s > PREPAY_DAY_S)
			return "windows of a day are not in order";
		before_s = window->to_s;
	}
	return NULL;
}

static const char *calendar_fault(const struct prepay_calendar *calendar)
{
	const char *why;

	for (int n = 0; n < PREPAY_PROFILES; n++) {
		why = profile_fault(&calendar->profile[n]);
		if (why)
			return why;
	}
	for (int n = 0; n < 7; n++)
		if (calendar->week[n] >= PREPAY_PROFILES)
			return "a weekday has no such profile";
	if (calendar->n_special > PREPAY_SPECIAL_DAYS)
		return "too many special days";
	for (int n = 0; n < calendar->n_special; n++) {
		const struct prepay_special_day *day = &calendar->special[n];

		if (day->profile >= PREPAY_PROFILES)
			return "a special day has no such profile";
		if (n && day->day <= day[-1].day)
			return "special days are not in order";
	}
	return NULL;
}

static const char *settings_fault(const struct prepay_settings *s)
{
	if (!within(s->emergency_limit_mp, 0, PREPAY_RATE_MAX_MP))
		return "emergency credit limit";
	if (!within(s->emergency_threshold_mp, -PREPAY_RATE_MAX_MP,
		    PREPAY_RATE_MAX_MP))
		return "emergency credit threshold";
	if (!within(s->disablement_threshold_mp, -PREPAY_RATE_MAX_MP,
		    PREPAY_RATE_MAX_MP))
		return "disablement threshold";
	if (!within(s->low_credit_threshold_mp, -PREPAY_RATE_MAX_MP,
		    PREPAY_RATE_MAX_MP))
		return "low credit threshold";
	if (!within(s->max_credit_mp, 0, PREPAY_RATE_MAX_MP))
		return "maximum credit";
	if (!within(s->max_balance_mp, 0, PREPAY_RATE_MAX_MP))
		return "maximum balance";
	if (!within(s->recovery[0].rate_mp, 0, PREPAY_RATE_MAX_MP) ||
	    !within(s->recovery[1].rate_mp, 0, PREPAY_RATE_MAX_MP))
		return "debt recovery rate";
	if (!within(s->share, 0, PREPAY_SHARE_ALL))
		return "debt recovery per payment";
	if (!within(s->cap_mp, 0, PREPAY_RATE_MAX_MP))
		return "debt recovery rate cap";
	if (!within(s->lockout_tries, 0, 1000) ||
	    !within(s->lockout_s, 0, PREPAY_LOCKOUT_MAX_S))
		return "lockout";
	return calendar_fault(&s->calendar);
}

int prepay_settings_check(const struct prepay_settings *settings,
			  const char **ret_why)
{
	const char *why = settings_fault(settings);

	if (why && ret_why)
		*ret_why = why;
	return why ? -EINVAL : 0;
}

int64_t prepay_worth_mp(const struct prepay *p)
{
	int64_t mp = p->balance_mp - (p->granted_mp - p->emergency_mp);

	for (int n = 0; n < PREPAY_DEBTS; n++)
		mp -= p->debt_mp[n];
	return mp;
}

static const char *emergency_fault(const struct prepay *p)
{
	if (!p->emergency && p->state == PREPAY_EMERGENCY)
		return "emergency credit and the state disagree";
	if (!p->emergency)
		return p->granted_mp || p->emergency_mp || p->spent ?
			       "emergency credit that is not active" :
			       NULL;
	if (!within(p->granted_mp, 1, PREPAY_RATE_MAX_MP) ||
	    !within(p->emergency_mp, 0, p->granted_mp))
		return "emergency credit out of bounds";
	if (p->state == PREPAY_CREDIT)
		return "emergency credit in credit mode";
	/* Each of these states is of one without it. */
	if (p->state == PREPAY_GOOD || p->state == PREPAY_AVAILABLE)
		return "emergency credit and the state disagree";
	return NULL;
}

static const char *tokens_fault(const struct prepay *p)
{
	if (!within(p->n_used, 0, PREPAY_TOKENS))
		return "too many tokens";
	for (int n = 0; n < p->n_used; n++)
		if (p->used[n] <= (n ? p->used[n - 1] : p->floor))
			return "tokens are not in order";
	if (p->n_used && p->used[p->n_used - 1] != p->highest)
		return "highest token is not";
	if (!p->n_used && p->highest != p->floor)
		return "highest token is not";
	if (!within(p->wrong, 0, 1000) ||
	    !within(p->locked_until_s, 0, PREPAY_TIME_MAX_S))
		return "lockout out of bounds";
	return NULL;
}

static const char *money_fault(const struct prepay *p)
{
	if (!money(p->balance_mp) || !money(p->opening_mp) ||
	    !money(p->consumed_mp) || !money(p->standing_mp) ||
	    !money(p->adjusted_mp))
		return "money out of bounds";
	if (!within(p->credited_mp, 0, PREPAY_MONEY_MAX_MP) ||
	    !within(p->week_recovered_mp, 0, PREPAY_MONEY_MAX_MP))
		return "money out of bounds";
	for (int n = 0; n < PREPAY_DEBTS; n++)
		if (!within(p->debt_mp[n], 0, PREPAY_MONEY_MAX_MP))
			return "debt out of bounds";
	return NULL;
}

static bool counter_fault(const struct prepay_counter *counter)
{
	return !within(counter->up, -PREPAY_COST_MAX_UP, PREPAY_COST_MAX_UP) ||
	       !within(counter->rest_up, 0, PREPAY_UP_PER_MP - 1);
}

static const char *fault(const struct prepay *p)
{
	const char *why;

	if ((unsigned int)p->state >= PREPAY_STATES)
		return "no such state";
	if (!within(p->at_s, 0, PREPAY_TIME_MAX_S - 1) ||
	    !within(p->now_s, 0, PREPAY_TIME_MAX_S - 1))
		return "time out of bounds";
	if (p->week != prepay_week(p->now_s))
		return "not the week of that time";
	if (counter_fault(&p->cost) || counter_fault(&p->standing))
		return "counter out of bounds";
	why = money_fault(p);
	if (!why)
		why = emergency_fault(p);
	if (!why)
		why = tokens_fault(p);
	if (why)
		return why;
	/* Money neither appears nor disappears (P-10). */
	if (prepay_worth_mp(p) != p->opening_mp + p->credited_mp -
					  p->consumed_mp - p->standing_mp +
					  p->adjusted_mp)
		return "registers are not what came and went";
	return NULL;
}

int prepay_check(const struct prepay *p, const char **ret_why)
{
	const char *why = fault(p);

	if (why && ret_why)
		*ret_why = why;
	return why ? -EINVAL : 0;
}
