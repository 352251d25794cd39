// SPDX-License-Identifier: LGPL-2.1-or-later
#include "prepay-rules.h"

#include <errno.h>
#include <string.h>

static int64_t min_mp(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void prepay_alert(struct prepay_alerts *alerts, const struct prepay *p,
		  enum prepay_alert_kind kind, int64_t at_s)
{
	if (alerts->n == PREPAY_ALERTS) {
		alerts->lost++;
		return;
	}
	alerts->alert[alerts->n++] = (struct prepay_alert){
		.kind = kind,
		.at_s = at_s,
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

int prepay_init(struct prepay *p, int64_t now_s, int64_t balance_mp)
{
	struct prepay next;

	/* With what is between the members: states are compared as octets. */
	memset(&next, 0, sizeof(next));
	next.state = PREPAY_CREDIT;
	next.now_s = now_s;
	next.at_s = now_s;
	next.balance_mp = balance_mp;
	next.opening_mp = balance_mp;
	if (now_s >= 0 && now_s < PREPAY_TIME_MAX_S)
		next.week = prepay_week(now_s);
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

/* Whole hours and days that begin after at_s, up to until_s. */
static void fall_due(struct prepay *p, const struct prepay_settings *settings,
		     int64_t until_s, bool held, struct prepay_alerts *alerts)
{
	static const enum prepay_alert_kind paid[] = {
		PREPAY_TIME_DEBT_1_PAID,
		PREPAY_TIME_DEBT_2_PAID,
	};

	for (int n = 0; n < 2; n++) {
		const struct prepay_recovery *recovery = &settings->recovery[n];
		int64_t *debt_mp = &p->debt_mp[PREPAY_TIME_DEBT_1 + n];
		int64_t every_s = recovery->daily ? PREPAY_DAY_S :
						    PREPAY_HOUR_S;
		int64_t times = until_s / every_s - p->at_s / every_s;
		int64_t before_mp = *debt_mp;
		/* Below INT64_MAX: the bounds of rate and time see to it. */
		int64_t part = min_mp(recovery->rate_mp * times, before_mp);

		*debt_mp -= part;
		collect(p, held, part);
		if (!part || *debt_mp)
			continue;
		times = (before_mp - 1) / recovery->rate_mp + 1;
		prepay_alert(alerts, p, paid[n],
			     (p->at_s / every_s + times) * every_s);
	}
}

/* What a counter has come to since, in whole milli-pence. */
static int64_t count(struct prepay_counter *counter, int64_t up)
{
	int64_t more_up = up - counter->up + counter->rest_up;
	int64_t mp = more_up / PREPAY_UP_PER_MP;

	if (more_up % PREPAY_UP_PER_MP < 0)
		mp--;
	counter->up = up;
	counter->rest_up = (int32_t)(more_up - mp * PREPAY_UP_PER_MP);
	return mp;
}

static void consume(struct prepay *p, const struct prepay_point *point,
		    bool held)
{
	int64_t standing_mp = count(&p->standing, point->standing_up);
	int64_t mp = count(&p->cost, point->cost_up);

	p->standing_mp += standing_mp;
	if (standing_mp > 0)
		collect(p, held, standing_mp);
	else
		prepay_credit(p, -standing_mp);
	p->consumed_mp += mp;
	if (mp > 0)
		prepay_charge(p, mp);
	else
		prepay_credit(p, -mp);
}

static bool counted(int64_t up)
{
	return up >= -PREPAY_COST_MAX_UP && up <= PREPAY_COST_MAX_UP;
}

static int point_check(const struct prepay_point *point)
{
	if (point->at_s < 0 || point->at_s >= PREPAY_TIME_MAX_S ||
	    !counted(point->cost_up) || !counted(point->standing_up))
		return -EINVAL;
	return 0;
}

int prepay_rebase(struct prepay *p, const struct prepay_settings *settings,
		  const struct prepay_point *point,
		  struct prepay_alerts *alerts)
{
	struct prepay next = *p;
	struct prepay_alerts more = { 0 };
	int ret;

	ret = prepay_ready(p, settings);
	if (!ret)
		ret = point_check(point);
	if (ret)
		return ret;
	if (p->based && p->epoch == point->epoch)
		return -EALREADY;
	/* What is left below a milli-penny is owed still. */
	next.cost.up = point->cost_up;
	next.standing.up = point->standing_up;
	next.epoch = point->epoch;
	next.based = true;
	if (p->based)
		prepay_alert(&more, &next, PREPAY_REBASED, point->at_s);
	return prepay_commit(p, &next, alerts, &more);
}

int prepay_advance(struct prepay *p, const struct prepay_settings *settings,
		   const struct prepay_point *point,
		   struct prepay_alerts *alerts)
{
	struct prepay next = *p;
	struct prepay_alerts more = { 0 };
	bool held = suspended(p, settings);
	int ret;

	ret = prepay_ready(p, settings);
	if (!ret)
		ret = point_check(point);
	if (ret)
		return ret;
	if (!p->based || p->epoch != point->epoch)
		return -ESTALE;
	next.behind = point->at_s < p->at_s - PREPAY_LATE_S;
	if (next.behind && !p->behind)
		prepay_alert(&more, &next, PREPAY_CLOCK_BACK, point->at_s);
	if (point->at_s > p->at_s) {
		/* Credit mode recovers no debt: it is on the bill. */
		if (p->state != PREPAY_CREDIT)
			fall_due(&next, settings, point->at_s, held, &more);
		next.at_s = point->at_s;
	}
	consume(&next, point, held);
	return prepay_commit(p, &next, alerts, &more);
}
