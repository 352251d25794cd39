// SPDX-License-Identifier: LGPL-2.1-or-later
#include "prepay-rules.h"

#include <errno.h>

#define DONE (-EALREADY)
#define NO (-EPERM)

/*
 * Every state and event. A question answered by "good" is looked at again at
 * once, so that what holds by then decides: prepay_evaluate().
 *
 * A non-disablement period keeps supply on, but does not bring it back (P-5),
 * and credit alone does not either: the consumer does, from armed (P-7). What
 * pays back only a part of the emergency credit does not arm.
 */
static const int16_t next_state[PREPAY_STATES][PREPAY_EVENTS] = {
	[PREPAY_CREDIT] = {
		[PREPAY_TO_CREDIT] = DONE,
		[PREPAY_TO_PREPAYMENT] = PREPAY_GOOD,
		[PREPAY_ACTIVATE] = NO,
		[PREPAY_CONSENT] = DONE,
		[PREPAY_RESTORE] = DONE,
		[PREPAY_IS_GOOD] = PREPAY_CREDIT,
		[PREPAY_IS_LOW] = PREPAY_CREDIT,
		[PREPAY_IS_BACKED] = PREPAY_CREDIT,
		[PREPAY_IS_EMERGENCY] = PREPAY_CREDIT,
		[PREPAY_IS_PROTECTED] = PREPAY_CREDIT,
		[PREPAY_IS_EMPTY] = PREPAY_CREDIT,
	},
	[PREPAY_GOOD] = {
		[PREPAY_TO_CREDIT] = PREPAY_CREDIT,
		[PREPAY_TO_PREPAYMENT] = DONE,
		[PREPAY_ACTIVATE] = NO,
		[PREPAY_CONSENT] = DONE,
		[PREPAY_RESTORE] = DONE,
		[PREPAY_IS_GOOD] = PREPAY_GOOD,
		[PREPAY_IS_LOW] = PREPAY_AVAILABLE,
		[PREPAY_IS_BACKED] = PREPAY_EMERGENCY,
		[PREPAY_IS_EMERGENCY] = PREPAY_EMERGENCY,
		[PREPAY_IS_PROTECTED] = PREPAY_PROTECTED,
		[PREPAY_IS_EMPTY] = PREPAY_DISABLED,
	},
	[PREPAY_AVAILABLE] = {
		[PREPAY_TO_CREDIT] = PREPAY_CREDIT,
		[PREPAY_TO_PREPAYMENT] = DONE,
		[PREPAY_ACTIVATE] = PREPAY_EMERGENCY,
		[PREPAY_CONSENT] = DONE,
		[PREPAY_RESTORE] = DONE,
		[PREPAY_IS_GOOD] = PREPAY_GOOD,
		[PREPAY_IS_LOW] = PREPAY_AVAILABLE,
		[PREPAY_IS_BACKED] = PREPAY_EMERGENCY,
		[PREPAY_IS_EMERGENCY] = PREPAY_EMERGENCY,
		[PREPAY_IS_PROTECTED] = PREPAY_PROTECTED,
		[PREPAY_IS_EMPTY] = PREPAY_DISABLED,
	},
	[PREPAY_EMERGENCY] = {
		[PREPAY_TO_CREDIT] = PREPAY_CREDIT,
		[PREPAY_TO_PREPAYMENT] = DONE,
		[PREPAY_ACTIVATE] = DONE,
		[PREPAY_CONSENT] = DONE,
		[PREPAY_RESTORE] = DONE,
		[PREPAY_IS_GOOD] = PREPAY_GOOD,
		[PREPAY_IS_LOW] = PREPAY_AVAILABLE,
		[PREPAY_IS_BACKED] = PREPAY_EMERGENCY,
		[PREPAY_IS_EMERGENCY] = PREPAY_EMERGENCY,
		[PREPAY_IS_PROTECTED] = PREPAY_PROTECTED,
		[PREPAY_IS_EMPTY] = PREPAY_DISABLED,
	},
	[PREPAY_PROTECTED] = {
		[PREPAY_TO_CREDIT] = PREPAY_CREDIT,
		[PREPAY_TO_PREPAYMENT] = DONE,
		[PREPAY_ACTIVATE] = PREPAY_EMERGENCY,
		[PREPAY_CONSENT] = DONE,
		[PREPAY_RESTORE] = DONE,
		[PREPAY_IS_GOOD] = PREPAY_GOOD,
		[PREPAY_IS_LOW] = PREPAY_AVAILABLE,
		[PREPAY_IS_BACKED] = PREPAY_EMERGENCY,
		[PREPAY_IS_EMERGENCY] = PREPAY_EMERGENCY,
		[PREPAY_IS_PROTECTED] = PREPAY_PROTECTED,
		[PREPAY_IS_EMPTY] = PREPAY_DISABLED,
	},
	[PREPAY_DISABLED] = {
		[PREPAY_TO_CREDIT] = PREPAY_CREDIT,
		[PREPAY_TO_PREPAYMENT] = DONE,
		[PREPAY_ACTIVATE] = PREPAY_ARMED,
		[PREPAY_CONSENT] = NO,
		[PREPAY_RESTORE] = PREPAY_GOOD,
		[PREPAY_IS_GOOD] = PREPAY_ARMED,
		[PREPAY_IS_LOW] = PREPAY_ARMED,
		[PREPAY_IS_BACKED] = PREPAY_ARMED,
		[PREPAY_IS_EMERGENCY] = PREPAY_DISABLED,
		[PREPAY_IS_PROTECTED] = PREPAY_DISABLED,
		[PREPAY_IS_EMPTY] = PREPAY_DISABLED,
	},
	[PREPAY_ARMED] = {
		[PREPAY_TO_CREDIT] = PREPAY_CREDIT,
		[PREPAY_TO_PREPAYMENT] = DONE,
		[PREPAY_ACTIVATE] = PREPAY_ARMED,
		[PREPAY_CONSENT] = PREPAY_GOOD,
		[PREPAY_RESTORE] = PREPAY_GOOD,
		[PREPAY_IS_GOOD] = PREPAY_ARMED,
		[PREPAY_IS_LOW] = PREPAY_ARMED,
		[PREPAY_IS_BACKED] = PREPAY_ARMED,
		[PREPAY_IS_EMERGENCY] = PREPAY_ARMED,
		[PREPAY_IS_PROTECTED] = PREPAY_ARMED,
		[PREPAY_IS_EMPTY] = PREPAY_DISABLED,
	},
};

int prepay_next_state(enum prepay_state state, enum prepay_event event)
{
	if ((unsigned int)state >= PREPAY_STATES ||
	    (unsigned int)event >= PREPAY_EVENTS)
		return -EINVAL;
	return next_state[state][event];
}

static enum prepay_event condition(const struct prepay *p,
				   const struct prepay_settings *settings)
{
	if (p->balance_mp <= settings->disablement_threshold_mp &&
	    (!p->emergency || !p->emergency_mp)) {
		if (settings->vulnerable ||
		    prepay_in_calendar(&settings->calendar, p->now_s))
			return PREPAY_IS_PROTECTED;
		return PREPAY_IS_EMPTY;
	}
	if (p->emergency)
		return p->balance_mp > settings->disablement_threshold_mp ?
			       PREPAY_IS_BACKED :
			       PREPAY_IS_EMERGENCY;
	if (settings->emergency_limit_mp &&
	    p->balance_mp <= settings->emergency_threshold_mp)
		return PREPAY_IS_LOW;
	return PREPAY_IS_GOOD;
}

static bool supply_on(enum prepay_state state)
{
	return state != PREPAY_DISABLED && state != PREPAY_ARMED;
}

static void state_alert(const struct prepay *p, enum prepay_state before,
			struct prepay_alerts *alerts)
{
	static const enum prepay_alert_kind kinds[PREPAY_STATES] = {
		[PREPAY_AVAILABLE] = PREPAY_EMERGENCY_AVAILABLE,
		[PREPAY_PROTECTED] = PREPAY_CREDIT_EXHAUSTED,
		[PREPAY_DISABLED] = PREPAY_SUPPLY_DISABLED,
		[PREPAY_ARMED] = PREPAY_SUPPLY_ARMED,
	};

	if (p->state == before)
		return;
	if (supply_on(p->state) && !supply_on(before))
		prepay_alert(alerts, p, PREPAY_SUPPLY_RELEASED, p->now_s);
	if (kinds[p->state])
		prepay_alert(alerts, p, kinds[p->state], p->now_s);
}

static void end_emergency(struct prepay *p)
{
	p->emergency = false;
	p->emergency_mp = 0;
	p->granted_mp = 0;
	p->spent = false;
}

static void look_at_emergency(struct prepay *p,
			      const struct prepay_settings *settings,
			      struct prepay_alerts *alerts)
{
	bool spent = p->emergency && !p->emergency_mp;

	if (spent && !p->spent)
		prepay_alert(alerts, p, PREPAY_EMERGENCY_EXHAUSTED, p->now_s);
	p->spent = spent;
	/* Paid back, and no longer needed: it can be activated again. */
	if (p->emergency && p->emergency_mp == p->granted_mp &&
	    p->balance_mp > settings->emergency_threshold_mp) {
		end_emergency(p);
		prepay_alert(alerts, p, PREPAY_EMERGENCY_ENDED, p->now_s);
	}
}

void prepay_evaluate(struct prepay *p, const struct prepay_settings *settings,
		     struct prepay_alerts *alerts)
{
	enum prepay_state before = p->state;
	bool low;

	if (p->state == PREPAY_CREDIT) {
		p->low = false;
		return;
	}
	look_at_emergency(p, settings, alerts);
	low = p->balance_mp + p->emergency_mp <
	      settings->low_credit_threshold_mp;
	if (low && !p->low)
		prepay_alert(alerts, p, PREPAY_LOW_CREDIT, p->now_s);
	p->low = low;
	p->state =
		(enum prepay_state)next_state[p->state][condition(p, settings)];
	state_alert(p, before, alerts);
}

bool prepay_emergency_available(const struct prepay *p,
				const struct prepay_settings *settings)
{
	return p->state != PREPAY_CREDIT && !p->emergency &&
	       settings->emergency_limit_mp &&
	       p->balance_mp <= settings->emergency_threshold_mp;
}

/* Emergency credit is given once, until it is paid back (P-4). */
static int activate(struct prepay *p, const struct prepay_settings *settings,
		    struct prepay_alerts *alerts)
{
	if (p->emergency)
		return -EALREADY;
	if (!prepay_emergency_available(p, settings))
		return -EPERM;
	p->emergency = true;
	p->granted_mp = settings->emergency_limit_mp;
	p->emergency_mp = settings->emergency_limit_mp;
	prepay_alert(alerts, p, PREPAY_EMERGENCY_ACTIVE, p->now_s);
	return 0;
}

/* Emergency credit is prepayment's: what was used of it is owed (P-1). */
static void to_credit(struct prepay *p, struct prepay_alerts *alerts)
{
	p->balance_mp -= p->granted_mp - p->emergency_mp;
	end_emergency(p);
	prepay_alert(alerts, p, PREPAY_MODE_CREDIT, p->now_s);
}

static int ask(struct prepay *p, const struct prepay_settings *settings,
	       enum prepay_event event, struct prepay_alerts *alerts)
{
	enum prepay_state before = p->state;
	enum prepay_event found;
	int next;
	int ret = 0;

	next = prepay_next_state(p->state, event);
	if (next < 0)
		return next;
	found = condition(p, settings);
	/* Restored without credit, supply would be off again at once. */
	if (event == PREPAY_RESTORE && found == PREPAY_IS_EMPTY)
		return -EPERM;
	if (event == PREPAY_ACTIVATE)
		ret = activate(p, settings, alerts);
	if (ret)
		return ret;
	if (event == PREPAY_TO_CREDIT)
		to_credit(p, alerts);
	if (event == PREPAY_TO_PREPAYMENT)
		prepay_alert(alerts, p, PREPAY_MODE_PREPAYMENT, p->now_s);
	p->state = (enum prepay_state)next;
	if (event == PREPAY_ACTIVATE && before == PREPAY_DISABLED)
		prepay_alert(alerts, p, PREPAY_EMERGENCY_ARMED, p->now_s);
	else
		state_alert(p, before, alerts);
	prepay_evaluate(p, settings, alerts);
	return 0;
}

int prepay_ask(struct prepay *p, const struct prepay_settings *settings,
	       enum prepay_event event, struct prepay_alerts *alerts)
{
	struct prepay next = *p;
	struct prepay_alerts more = { 0 };
	int ret;

	ret = prepay_ready(p, settings);
	if (ret)
		return ret;
	if ((unsigned int)event > PREPAY_RESTORE)
		return -EINVAL;
	/* Not on what settings and registers were. */
	prepay_evaluate(&next, settings, &more);
	ret = ask(&next, settings, event, &more);
	if (ret)
		return ret;
	return prepay_commit(p, &next, alerts, &more);
}

int prepay_look(struct prepay *p, const struct prepay_settings *settings,
		int64_t now_s, struct prepay_alerts *alerts)
{
	struct prepay next = *p;
	struct prepay_alerts more = { 0 };
	int64_t week;
	int ret;

	ret = prepay_ready(p, settings);
	if (ret)
		return ret;
	if (now_s < 0 || now_s >= PREPAY_TIME_MAX_S)
		return -EINVAL;
	/* What is left of a lockout stays as long when the clock is put back. */
	if (now_s < p->now_s && p->locked_until_s > p->now_s)
		next.locked_until_s -= p->now_s - now_s;
	week = prepay_week(now_s);
	/* A week begun twice is one. */
	if (week > p->week)
		next.week_recovered_mp = 0;
	next.week = week;
	next.now_s = now_s;
	prepay_evaluate(&next, settings, &more);
	return prepay_commit(p, &next, alerts, &more);
}

struct prepay_supply prepay_supply(const struct prepay *p)
{
	static const struct prepay_supply supply[PREPAY_STATES] = {
		[PREPAY_CREDIT] = { PREPAY_ON, "credit mode" },
		[PREPAY_GOOD] = { PREPAY_ON, "in credit" },
		[PREPAY_AVAILABLE] = { PREPAY_ON,
				       "emergency credit available" },
		[PREPAY_EMERGENCY] = { PREPAY_ON, "emergency credit" },
		[PREPAY_PROTECTED] = { PREPAY_ON, "non-disablement period" },
		[PREPAY_DISABLED] = { PREPAY_HOLD_OFF, "credit exhausted" },
		[PREPAY_ARMED] = { PREPAY_ARM, "credit again" },
	};

	return supply[p->state];
}
