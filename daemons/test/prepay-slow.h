/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules of prepayment once more, to be compared with: minute by minute and
 * milli-penny by milli-penny, with supply and emergency credit as flags, not
 * states. Slow, and written from the requirements, not from the engine.
 */
#ifndef HEARTH_PREPAY_SLOW_H
#define HEARTH_PREPAY_SLOW_H

#include "../prepayd/prepay.h"

#define SLOW_COUNTERS 64

struct slow {
	bool prepayment, on, armed, emergency;
	int64_t clock_s;	      /* what the clock said last */
	int64_t due_s;		      /* minutes up to then were lived */
	int64_t cost_mp, standing_mp; /* in whole milli-pence */
	int64_t balance, left, given, debt[4], week_taken;
	int64_t ledger; /* opening + credits - charges (P-10) */
	bool used[SLOW_COUNTERS];
};

static inline bool slow_protected(const struct prepay_settings *s, int64_t at_s)
{
	int64_t day = at_s / 86400, minute = at_s % 86400 / 60;
	int which = s->calendar.week[(day + 3) % 7];
	const struct prepay_profile *profile;

	if (s->vulnerable)
		return true;
	for (int n = 0; n < s->calendar.n_special; n++)
		if (s->calendar.special[n].day == day)
			which = s->calendar.special[n].profile;
	profile = &s->calendar.profile[which];
	for (int n = 0; n < profile->n; n++)
		for (int64_t m = profile->window[n].from_s / 60;
		     m < profile->window[n].to_s / 60; m++)
			if (m == minute)
				return true;
	return false;
}

static inline void slow_charge(struct slow *o, int64_t mp)
{
	while (mp-- > 0) {
		if (o->emergency && o->balance <= 0 && o->left)
			o->left--;
		else
			o->balance--;
	}
}

static inline void slow_credit(struct slow *o, int64_t mp)
{
	while (mp-- > 0) {
		if (o->emergency && o->left < o->given)
			o->left++;
		else
			o->balance++;
	}
}

static inline bool slow_empty(const struct slow *o,
			      const struct prepay_settings *s)
{
	return o->balance <= s->disablement_threshold_mp &&
	       !(o->emergency && o->left);
}

static inline void slow_look(struct slow *o, const struct prepay_settings *s)
{
	bool off;

	if (!o->prepayment)
		return;
	if (o->emergency && o->left == o->given &&
	    o->balance > s->emergency_threshold_mp) {
		o->emergency = false;
		o->left = 0;
		o->given = 0;
	}
	off = slow_empty(o, s) && !slow_protected(s, o->clock_s);
	if (off) {
		o->on = false;
		o->armed = false;
	}
	if (!o->on && o->balance > s->disablement_threshold_mp)
		o->armed = true;
}

static inline void slow_due(struct slow *o, int64_t mp, bool held)
{
	if (held)
		o->debt[PREPAY_ACCUMULATED_DEBT] += mp;
	else
		slow_charge(o, mp);
}

static inline bool slow_held(const struct slow *o,
			     const struct prepay_settings *s)
{
	return o->prepayment && ((s->suspend_emergency && o->emergency) ||
				 (s->suspend_disabled && !o->on && !o->armed));
}

static inline void slow_minute(struct slow *o, const struct prepay_settings *s)
{
	o->due_s += 60;
	for (int n = 0; n < 2 && o->prepayment && o->due_s % 3600 == 0; n++) {
		int64_t part = s->recovery[n].rate_mp;

		if (s->recovery[n].daily && o->due_s % 86400)
			continue;
		if (part > o->debt[n])
			part = o->debt[n];
		o->debt[n] -= part;
		slow_due(o, part, slow_held(o, s));
	}
}

/* Counters in whole milli-pence. */
static inline void slow_advance(struct slow *o, const struct prepay_settings *s,
				int64_t at_s, int64_t cost_mp,
				int64_t standing_mp)
{
	while (o->due_s < at_s)
		slow_minute(o, s);
	o->ledger -= cost_mp - o->cost_mp + standing_mp - o->standing_mp;
	slow_due(o, standing_mp - o->standing_mp, slow_held(o, s));
	slow_charge(o, cost_mp - o->cost_mp);
	slow_credit(o, o->cost_mp - cost_mp);
	o->cost_mp = cost_mp;
	o->standing_mp = standing_mp;
}

/* Supply, at the time it is; a Monday that has begun begins once. */
static inline void slow_at(struct slow *o, const struct prepay_settings *s,
			   int64_t now_s)
{
	for (int64_t t = o->clock_s / 60 + 1; t <= now_s / 60; t++)
		if (t % 1440 == 0 && (t / 1440 + 3) % 7 == 0)
			o->week_taken = 0;
	o->clock_s = now_s;
	slow_look(o, s);
}

/* Whether it is done. */
static inline bool slow_ask(struct slow *o, const struct prepay_settings *s,
			    enum prepay_event event)
{
	slow_look(o, s);
	if (event == PREPAY_TO_CREDIT && o->prepayment) {
		o->prepayment = false;
		o->on = true;
		o->armed = false;
		o->balance -= o->given - o->left;
		o->emergency = false;
		o->given = 0;
		o->left = 0;
		return true;
	}
	if (event == PREPAY_TO_PREPAYMENT && !o->prepayment) {
		o->prepayment = true;
		slow_look(o, s);
		return true;
	}
	if (event == PREPAY_ACTIVATE && o->prepayment && !o->emergency &&
	    s->emergency_limit_mp && o->balance <= s->emergency_threshold_mp) {
		o->emergency = true;
		o->given = s->emergency_limit_mp;
		o->left = o->given;
		if (!o->on)
			o->armed = true;
		return true;
	}
	if ((event == PREPAY_CONSENT && !o->on && o->armed) ||
	    (event == PREPAY_RESTORE && !o->on &&
	     (!slow_empty(o, s) || slow_protected(s, o->clock_s)))) {
		o->on = true;
		o->armed = false;
		return true;
	}
	return false;
}

static inline enum prepay_token_result
slow_top_up(struct slow *o, const struct prepay_settings *s, int counter,
	    int64_t mp)
{
	int64_t share = mp * s->share / 10000;

	if (!o->prepayment)
		return PREPAY_TOKEN_MODE;
	if (o->used[counter])
		return PREPAY_TOKEN_DUPLICATE;
	if (!counter)
		return PREPAY_TOKEN_OLD;
	if (mp > s->max_credit_mp)
		return PREPAY_TOKEN_TOO_LARGE;
	if (o->balance + mp > s->max_balance_mp)
		return PREPAY_TOKEN_BALANCE;
	slow_look(o, s);
	o->used[counter] = true;
	o->ledger += mp;
	for (; mp; mp--) {
		if (share-- > 0 && o->debt[PREPAY_PAYMENT_DEBT] &&
		    o->week_taken < s->cap_mp) {
			o->debt[PREPAY_PAYMENT_DEBT]--;
			o->week_taken++;
		} else if (o->debt[PREPAY_ACCUMULATED_DEBT]) {
			o->debt[PREPAY_ACCUMULATED_DEBT]--;
		} else {
			slow_credit(o, 1);
		}
	}
	slow_look(o, s);
	return PREPAY_TOKEN_OK;
}

#endif /* HEARTH_PREPAY_SLOW_H */
