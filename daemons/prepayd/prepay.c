// SPDX-License-Identifier: LGPL-2.1-or-later
#include "prepay-rules.h"

#include <errno.h>

static int64_t min_mp(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* 1970-01-01 was a Thursday; weeks begin on Monday. */
static int64_t week_of(int64_t at_s)
{
	return (at_s + 3 * PREPAY_DAY_S) / PREPAY_WEEK_S;
}

void prepay_alert(struct prepay_alerts *alerts, const struct prepay *p,
		  enum prepay_alert_kind kind)
{
	if (alerts->n == PREPAY_ALERTS) {
		alerts->lost++;
		return;
	}
	alerts->alert[alerts->n++] = (struct prepay_alert){
		.kind = kind,
		.at_s = p->at_s,
		.balance_mp = p->balance_mp,
	};
}

int prepay_commit(struct prepay *p, const struct prepay *next,
		  struct prepay_alerts *alerts,
		  const struct prepay_alerts *more)
{
	if (prepay_check(next, NULL))
		return -ERANGE;
	*p = *next;
	if (!alerts)
		return 0;
	for (size_t n = 0; n < more->n; n++) {
		if (alerts->n < PREPAY_ALERTS)
			alerts->alert[alerts->n++] = more->alert[n];
		else
			alerts->lost++;
	}
	alerts->lost += more->lost;
	return 0;
}

int prepay_ready(const struct prepay *p, const struct prepay_settings *settings)
{
	int ret = prepay_settings_check(settings, NULL);

	return ret ? ret : prepay_check(p, NULL);
}

int prepay_init(struct prepay *p, int64_t now_s, int64_t cost_up,
		int64_t balance_mp)
{
	struct prepay next = {
		.state = PREPAY_CREDIT,
		.at_s = now_s,
		.cost_up = cost_up,
		.balance_mp = balance_mp,
		.opening_mp = balance_mp,
	};

	if (now_s >= 0 && now_s < PREPAY_TIME_MAX_S)
		next.week = week_of(now_s);
	if (prepay_check(&next, NULL))
		return -EINVAL;
	*p = next;
	return 0;
}

/* The balance down to nothing, then emergency credit, then a balance below
 * nothing: in a non-disablement period, or a threshold below nothing (P-4).
 */
void prepay_charge(struct prepay *p, int64_t mp)
{
	int64_t part;

	if (p->emergency) {
		part = p->balance_mp > 0 ? min_mp(mp, p->balance_mp) : 0;
		p->balance_mp -= part;
		mp -= part;
		part = min_mp(mp, p->emergency_mp);
		p->emergency_mp -= part;
		mp -= part;
	}
	p->balance_mp -= mp;
}

void prepay_credit(struct prepay *p, int64_t mp)
{
	int64_t part = min_mp(mp, p->granted_mp - p->emergency_mp);

	p->emergency_mp += part;
	p->balance_mp += mp - part;
}

static bool suspended(const struct prepay *p,
		      const struct prepay_settings *settings)
{
	return (settings->suspend_emergency && p->emergency) ||
	       (settings->suspend_disabled && p->state == PREPAY_DISABLED);
}

/* To be paid now, or held until the next top-up (P-6). */
static void collect(struct prepay *p, bool held, int64_t mp)
{
	if (held)
		p->debt_mp[PREPAY_ACCUMULATED_DEBT] += mp;
	else
		prepay_charge(p, mp);
}

/* Whether all that falls due at an instant is held is decided before it. */
static void fall_due(struct prepay *p, const struct prepay_settings *settings)
{
	bool midnight = p->at_s % PREPAY_DAY_S == 0;
	bool held = suspended(p, settings);

	if (p->at_s % PREPAY_HOUR_S)
		return;
	if (midnight) {
		p->standing_mp += settings->standing_mp;
		collect(p, held, settings->standing_mp);
	}
	/* Credit mode recovers no debt: it is on the bill. */
	if (p->state == PREPAY_CREDIT)
		return;
	for (int n = 0; n < 2; n++) {
		const struct prepay_recovery *recovery = &settings->recovery[n];
		int64_t *debt_mp = &p->debt_mp[PREPAY_TIME_DEBT_1 + n];
		int64_t part = min_mp(recovery->rate_mp, *debt_mp);

		if (recovery->daily && !midnight)
			continue;
		*debt_mp -= part;
		collect(p, held, part);
	}
}

/* Telescopes: however it is cut, the rests below a milli-penny add up. */
static void consume(struct prepay *p, int64_t cost_up)
{
	int64_t mp = floor_div(cost_up, 1000) - floor_div(p->cost_up, 1000);

	p->cost_up = cost_up;
	p->consumed_mp += mp;
	if (mp > 0)
		prepay_charge(p, mp);
	else
		prepay_credit(p, -mp);
}

int prepay_advance(struct prepay *p, const struct prepay_settings *settings,
		   int64_t now_s, int64_t cost_up, struct prepay_alerts *alerts)
{
	struct prepay next = *p;
	struct prepay_alerts more = { 0 };
	int ret;

	ret = prepay_ready(p, settings);
	if (ret)
		return ret;
	if (now_s >= PREPAY_TIME_MAX_S || cost_up > PREPAY_COST_MAX_UP ||
	    cost_up < -PREPAY_COST_MAX_UP)
		return -EINVAL;
	if (now_s < p->at_s)
		return -ETIME;
	if (now_s - p->at_s > PREPAY_SPAN_MAX_S)
		return -EOVERFLOW;
	/* First, for settings may have changed at this instant. */
	prepay_evaluate(&next, settings, &more);
	while (next.at_s < now_s) {
		int64_t hour_s =
			(next.at_s / PREPAY_HOUR_S + 1) * PREPAY_HOUR_S;
		int64_t edge_s =
			prepay_calendar_next(&settings->calendar, next.at_s);

		next.at_s = min_mp(now_s, min_mp(hour_s, edge_s));
		if (week_of(next.at_s) != next.week) {
			next.week = week_of(next.at_s);
			next.week_recovered_mp = 0;
		}
		fall_due(&next, settings);
		prepay_evaluate(&next, settings, &more);
	}
	consume(&next, cost_up);
	prepay_evaluate(&next, settings, &more);
	return prepay_commit(p, &next, alerts, &more);
}

static int set_debt(struct prepay *next, enum prepay_debt debt, int64_t mp)
{
	if (mp < 0)
		return -EINVAL;
	if (mp > PREPAY_MONEY_MAX_MP)
		return -ERANGE;
	next->adjusted_mp -= mp - next->debt_mp[debt];
	next->debt_mp[debt] = mp;
	return 0;
}

int prepay_set_debt(struct prepay *p, const struct prepay_settings *settings,
		    enum prepay_debt debt, int64_t mp,
		    struct prepay_alerts *alerts)
{
	struct prepay next = *p;
	struct prepay_alerts more = { 0 };
	int ret;

	ret = prepay_ready(p, settings);
	if (ret)
		return ret;
	if ((unsigned int)debt >= PREPAY_DEBTS)
		return -EINVAL;
	ret = set_debt(&next, debt, mp);
	if (ret)
		return ret;
	prepay_evaluate(&next, settings, &more);
	return prepay_commit(p, &next, alerts, &more);
}

int prepay_adjust_debt(struct prepay *p, const struct prepay_settings *settings,
		       enum prepay_debt debt, int64_t by_mp,
		       struct prepay_alerts *alerts)
{
	if ((unsigned int)debt >= PREPAY_DEBTS || prepay_check(p, NULL))
		return -EINVAL;
	if (by_mp > PREPAY_MONEY_MAX_MP || by_mp < -PREPAY_MONEY_MAX_MP)
		return -ERANGE;
	return prepay_set_debt(p, settings, debt, p->debt_mp[debt] + by_mp,
			       alerts);
}

int prepay_clear_debts(struct prepay *p, const struct prepay_settings *settings,
		       struct prepay_alerts *alerts)
{
	struct prepay next = *p;
	struct prepay_alerts more = { 0 };
	int ret;

	ret = prepay_ready(p, settings);
	if (ret)
		return ret;
	for (int n = 0; n < PREPAY_DEBTS; n++)
		(void)set_debt(&next, (enum prepay_debt)n, 0);
	prepay_evaluate(&next, settings, &more);
	return prepay_commit(p, &next, alerts, &more);
}

int prepay_adjust_balance(struct prepay *p,
			  const struct prepay_settings *settings, int64_t by_mp,
			  struct prepay_alerts *alerts)
{
	struct prepay next = *p;
	struct prepay_alerts more = { 0 };
	int ret;

	ret = prepay_ready(p, settings);
	if (ret)
		return ret;
	if (by_mp > PREPAY_MONEY_MAX_MP || by_mp < -PREPAY_MONEY_MAX_MP)
		return -ERANGE;
	next.balance_mp += by_mp;
	next.adjusted_mp += by_mp;
	prepay_evaluate(&next, settings, &more);
	return prepay_commit(p, &next, alerts, &more);
}
