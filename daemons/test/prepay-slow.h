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
	int64_t now_s, whole_mp; /* consumption, in whole milli-pence */
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
	off = slow_empty(o, s) && !slow_protected(s, o->now_s);
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

static inline void slow_minute(struct slow *o, const struct prepay_settings *s)
{
	bool held = o->prepayment &&
		    ((s->suspend_emergency && o->emergency) ||
		     (s->suspend_disabled && !o->on && !o->armed));

	o->now_s += 60;
	if (o->now_s % 86400 == 0 && (o->now_s / 86400 + 3) % 7 == 0)
		o->week_taken = 0;
	if (o->now_s % 86400 == 0) {
		o->ledger -= s->standing_mp;
		slow_due(o, s->standing_mp, held);
	}
	for (int n = 0; n < 2 && o->prepayment && o->now_s % 3600 == 0; n++) {
		int64_t part = s->recovery[n].rate_mp;

		if (s->recovery[n].daily && o->now_s % 86400)
			continue;
		if (part > o->debt[n])
			part = o->debt[n];
		o->debt[n] -= part;
		slow_due(o, part, held);
	}
	slow_look(o, s);
}

static inline void slow_advance(struct slow *o, const struct prepay_settings *s,
				int64_t now_s, int64_t whole_mp)
{
	slow_look(o, s);
	while (o->now_s < now_s)
		slow_minute(o, s);
	o->ledger -= whole_mp - o->whole_mp;
	slow_charge(o, whole_mp - o->whole_mp);
	slow_credit(o, o->whole_mp - whole_mp);
	o->whole_mp = whole_mp;
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
	     (!slow_empty(o, s) || slow_protected(s, o->now_s)))) {
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
