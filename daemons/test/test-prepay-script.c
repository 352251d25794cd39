// SPDX-License-Identifier: LGPL-2.1-or-later
/* Thousands of random lives of a meter, each lived three times: in one step,
 * in many, and by the slow rules.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "prepay-make.h"
#include "prepay-slow.h"

#define SCRIPTS 3000
#define STEPS 40

static uint64_t seed;

/* xorshift64*, so that a script is the same everywhere. */
static int64_t any(int64_t from, int64_t to)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return from + (int64_t)((seed * 0x2545f4914f6cdd1dULL >> 16) %
				(uint64_t)(to - from + 1));
}

struct life {
	struct prepay_settings s;
	struct prepay one, many;
	struct slow slow;
	struct prepay_alerts one_alerts, many_alerts;
	struct prepay_point point;		/* the last */
	int64_t cost_base_up, standing_base_up; /* of what the slow rules see */
	int64_t standing_up;			/* a day */
	bool refine; /* cut consumption too, where it is a charge */
};

static struct {
	int64_t in_state[PREPAY_STATES], accepted, refused, done, not_done;
	int64_t disabled, held, back, paid;
} seen;

static struct prepay_settings any_settings(void)
{
	struct prepay_settings s = {
		.emergency_limit_mp = any(0, 3) ? any(1, 300) : 0,
		.emergency_threshold_mp = any(-20, 150),
		.disablement_threshold_mp = any(0, 1) ? 0 : any(-100, 100),
		.low_credit_threshold_mp = any(0, 200),
		.max_credit_mp = any(200, 600),
		.max_balance_mp = any(500, 1500),
		.recovery = { { any(0, 9), any(0, 1) },
			      { any(0, 40), any(0, 1) } },
		.share = (int32_t)any(0, 10000),
		.cap_mp = any(0, 500),
		.suspend_disabled = any(0, 1),
		.suspend_emergency = any(0, 1),
		.vulnerable = !any(0, 9),
	};

	for (int n = 0; n < PREPAY_PROFILES; n++) {
		struct prepay_profile *profile = &s.calendar.profile[n];
		int32_t minute = 0;

		while (profile->n < PREPAY_WINDOWS && any(0, 2)) {
			struct prepay_window *w = &profile->window[profile->n];

			minute += (int32_t)any(0, 400);
			w->from_s = minute * 60;
			minute += (int32_t)any(1, 600);
			w->to_s = minute * 60;
			if (minute > 1440)
				break;
			profile->n++;
		}
	}
	for (int n = 0; n < 7; n++)
		s.calendar.week[n] = (uint8_t)any(0, PREPAY_PROFILES - 1);
	s.calendar.n_special = (uint8_t)any(0, 5);
	for (int n = 0; n < s.calendar.n_special; n++)
		s.calendar.special[n] = (struct prepay_special_day){
			.day = (int32_t)(MONDAY / DAY + 3 * n + any(0, 2)),
			.profile = (uint8_t)any(0, PREPAY_PROFILES - 1),
		};
	return s;
}

static void compare(const struct life *l)
{
	const struct slow *o = &l->slow;
	const struct prepay *p = &l->one;

	assert_memory_equal(&l->one, &l->many, sizeof(l->one));
	assert_int_equal(p->balance_mp, o->balance);
	assert_int_equal(p->emergency, o->emergency);
	assert_int_equal(p->emergency_mp, o->left);
	assert_int_equal(p->granted_mp, o->given);
	for (int n = 0; n < PREPAY_DEBTS; n++)
		assert_int_equal(p->debt_mp[n], o->debt[n]);
	assert_int_equal(p->week_recovered_mp, o->week_taken);
	assert_int_equal(prepay_worth_mp(p), o->ledger);
	assert_int_equal(prepay_supply(p).want, o->on	 ? PREPAY_ON :
						o->armed ? PREPAY_ARM :
							   PREPAY_HOLD_OFF);
	assert_int_equal(p->state == PREPAY_CREDIT, !o->prepayment);
	assert_int_equal(prepay_check(p, NULL), 0);
	seen.in_state[p->state]++;
}

static bool is_of_time(const struct prepay_alert *alert)
{
	return alert->kind == PREPAY_TIME_DEBT_1_PAID ||
	       alert->kind == PREPAY_TIME_DEBT_2_PAID;
}

/* Those of time debt come with the point, which may be one for both. */
static void compare_paid(const struct prepay_alerts *one,
			 const struct prepay_alerts *many)
{
	for (size_t n = 0; n < one->n; n++) {
		bool found = !is_of_time(&one->alert[n]);

		for (size_t m = 0; m < many->n; m++)
			found |= many->alert[m].kind == one->alert[n].kind &&
				 many->alert[m].at_s == one->alert[n].at_s;
		assert_true(found);
		seen.paid += is_of_time(&one->alert[n]);
	}
}

/* P-5, by what was said when. */
static void compare_alerts(struct life *l)
{
	const struct prepay_alerts *one = &l->one_alerts;
	const struct prepay_alerts *many = &l->many_alerts;
	size_t n = 0, m = 0;

	assert_int_equal(one->n, many->n);
	assert_int_equal(one->lost + many->lost, 0);
	compare_paid(one, many);
	for (;; n++, m++) {
		while (n < one->n && is_of_time(&one->alert[n]))
			n++;
		while (m < many->n && is_of_time(&many->alert[m]))
			m++;
		if (n == one->n || m == many->n)
			break;
		assert_int_equal(one->alert[n].kind, many->alert[m].kind);
		assert_int_equal(one->alert[n].at_s, many->alert[m].at_s);
		assert_int_equal(one->alert[n].balance_mp,
				 many->alert[m].balance_mp);
		if (one->alert[n].kind != PREPAY_SUPPLY_DISABLED)
			continue;
		assert_false(slow_protected(&l->s, one->alert[n].at_s));
		seen.disabled++;
	}
	assert_int_equal(n == one->n, m == many->n);
	memset(&l->one_alerts, 0, sizeof(l->one_alerts));
	memset(&l->many_alerts, 0, sizeof(l->many_alerts));
}

/* All that is counted in a script is above nothing: plain division. */
static void slow_take(struct life *l)
{
	slow_advance(&l->slow, &l->s, l->point.at_s,
		     (l->point.cost_up - l->cost_base_up) / 1000,
		     (l->point.standing_up - l->standing_base_up) / 1000);
}

static void take(struct prepay *p, struct life *l, struct prepay_alerts *alerts)
{
	assert_int_equal(prepay_advance(p, &l->s, &l->point, alerts), 0);
}

/* To a point, through those of the cuts in between. */
static void advance(struct life *l, int64_t at_s, int64_t more_up)
{
	int64_t days = at_s / DAY - l->point.at_s / DAY;
	struct prepay_point end = l->point;
	int cuts = (int)any(0, 6);

	end.at_s = at_s;
	end.cost_up += more_up;
	end.standing_up += days > 0 ? days * l->standing_up : 0;
	while (cuts--) {
		int64_t next_s = any(l->point.at_s, at_s);

		l->point.standing_up +=
			(next_s / DAY - l->point.at_s / DAY) * l->standing_up;
		l->point.at_s = next_s;
		if (l->refine && more_up > 0)
			l->point.cost_up = any(l->point.cost_up, end.cost_up);
		take(&l->many, l, &l->many_alerts);
	}
	l->point = end;
	take(&l->many, l, &l->many_alerts);
	take(&l->one, l, &l->one_alerts);
	slow_take(l);
}

static void look(struct life *l, int64_t now_s)
{
	assert_int_equal(prepay_look(&l->one, &l->s, now_s, &l->one_alerts), 0);
	assert_int_equal(prepay_look(&l->many, &l->s, now_s, &l->many_alerts),
			 0);
	slow_at(&l->slow, &l->s, now_s);
}

/* The clock is put back, for a while: hours, and some Mondays. */
static void go_back(struct life *l)
{
	int64_t at_s = l->point.at_s;

	l->point.at_s -= 60 * any(1, 20000);
	l->point.cost_up += any(-40000, 150000);
	take(&l->one, l, &l->one_alerts);
	take(&l->many, l, &l->many_alerts);
	slow_take(l);
	look(l, l->point.at_s);
	l->point.at_s = at_s;
	look(l, at_s);
	seen.back++;
}

/* tariffd has lost what it had. */
static void begin_anew(struct life *l)
{
	int64_t cost_up = any(-1000000000, 1000000000);

	/* The slow rules see the counters go on. */
	l->cost_base_up += cost_up - l->point.cost_up;
	l->standing_base_up -= l->point.standing_up;
	l->point.epoch++;
	l->point.cost_up = cost_up;
	l->point.standing_up = 0;
	assert_int_equal(
		prepay_rebase(&l->one, &l->s, &l->point, &l->one_alerts), 0);
	assert_int_equal(
		prepay_rebase(&l->many, &l->s, &l->point, &l->many_alerts), 0);
}

static void ask(struct life *l)
{
	/* Modes change seldom, the others often. */
	static const enum prepay_event events[] = {
		PREPAY_TO_CREDIT, PREPAY_TO_PREPAYMENT, PREPAY_TO_PREPAYMENT,
		PREPAY_RESTORE,	  PREPAY_ACTIVATE,	PREPAY_ACTIVATE,
		PREPAY_ACTIVATE,  PREPAY_CONSENT,	PREPAY_CONSENT,
		PREPAY_CONSENT,
	};
	enum prepay_event event = events[any(0, 9)];
	int ret, again;
	bool done;

	ret = prepay_ask(&l->one, &l->s, event, &l->one_alerts);
	again = prepay_ask(&l->many, &l->s, event, &l->many_alerts);
	done = slow_ask(&l->slow, &l->s, event);
	assert_int_equal(ret, again);
	assert_int_equal(ret == 0, done);
	if (done)
		seen.done++;
	else
		seen.not_done++;
}

static void pay(struct life *l)
{
	int counter = (int)any(0, SLOW_COUNTERS - 1);
	struct prepay_token token = {
		.counter = (uint64_t)counter << 32,
		.value_mp = any(1, 700),
	};
	enum prepay_token_result one, many, slow;

	assert_int_equal(
		prepay_top_up(&l->one, &l->s, &token, &l->one_alerts, &one), 0);
	assert_int_equal(prepay_top_up(&l->many, &l->s, &token, &l->many_alerts,
				       &many),
			 0);
	slow = slow_top_up(&l->slow, &l->s, counter, token.value_mp);
	assert_int_equal(one, slow);
	assert_int_equal(many, slow);
	if (slow == PREPAY_TOKEN_OK)
		seen.accepted++;
	else
		seen.refused++;
}

static void owe(struct life *l)
{
	enum prepay_debt debt = (enum prepay_debt)any(0, 3);
	int64_t mp = any(-50, 400);
	int ret = prepay_set_debt(&l->one, &l->s, debt, mp, &l->one_alerts);

	assert_int_equal(prepay_set_debt(&l->many, &l->s, debt, mp,
					 &l->many_alerts),
			 ret);
	assert_int_equal(ret, mp < 0 ? -EINVAL : 0);
	if (ret)
		return;
	l->slow.ledger -= mp - l->slow.debt[debt];
	l->slow.debt[debt] = mp;
	slow_look(&l->slow, &l->s);
}

static void adjust(struct life *l)
{
	int64_t mp = any(-200, 200);

	assert_int_equal(
		prepay_adjust_balance(&l->one, &l->s, mp, &l->one_alerts), 0);
	assert_int_equal(
		prepay_adjust_balance(&l->many, &l->s, mp, &l->many_alerts), 0);
	l->slow.ledger += mp;
	l->slow.balance += mp;
	slow_look(&l->slow, &l->s);
}

static void step(struct life *l)
{
	int64_t at_s = l->point.at_s + 60 * any(0, any(0, 1) ? 2000 : 100);
	int what = (int)any(0, 21);

	if (what < 10) {
		advance(l, at_s, any(-40000, 150000));
		look(l, at_s);
	} else if (what < 14) {
		ask(l);
	} else if (what < 17) {
		pay(l);
	} else if (what < 18) {
		owe(l);
	} else if (what < 19) {
		adjust(l);
	} else if (what < 20) {
		go_back(l);
	} else if (what < 21) {
		begin_anew(l);
	} else {
		l->s = any_settings();
		look(l, l->one.now_s);
	}
	compare(l);
	compare_alerts(l);
	if (l->one.debt_mp[PREPAY_ACCUMULATED_DEBT])
		seen.held++;
}

static void lives_agree(void **state)
{
	static struct life l;

	(void)state;
	for (uint64_t n = 1; n <= SCRIPTS; n++) {
		int64_t balance;

		seed = n * 0x9e3779b97f4a7c15ULL;
		memset(&l, 0, sizeof(l));
		balance = any(-100, 900);
		l.s = any_settings();
		l.refine = any(0, 1);
		l.standing_up = any(0, 60000);
		l.point.at_s = MONDAY + 60 * any(0, 9000);
		l.point.cost_up = any(-1000000, 1000000);
		l.cost_base_up = l.point.cost_up - 1000000000;
		assert_int_equal(prepay_init(&l.one, l.point.at_s, balance), 0);
		assert_int_equal(prepay_rebase(&l.one, &l.s, &l.point, NULL),
				 0);
		l.many = l.one;
		l.slow.clock_s = l.point.at_s;
		l.slow.due_s = l.point.at_s;
		l.slow.cost_mp = 1000000;
		l.slow.balance = balance;
		l.slow.ledger = balance;
		l.slow.on = true;
		if (any(0, 9)) {
			prepay_ask(&l.one, &l.s, PREPAY_TO_PREPAYMENT, NULL);
			prepay_ask(&l.many, &l.s, PREPAY_TO_PREPAYMENT, NULL);
			slow_ask(&l.slow, &l.s, PREPAY_TO_PREPAYMENT);
		}
		for (int m = 0; m < STEPS; m++)
			step(&l);
	}
	/* The scripts went where it matters. */
	for (int n = 0; n < PREPAY_STATES; n++) {
		printf("state %d: %lld steps\n", n,
		       (long long)seen.in_state[n]);
		assert_true(seen.in_state[n] > 1000);
	}
	printf("disabled %lld, tokens %lld of %lld, asked %lld of %lld\n",
	       (long long)seen.disabled, (long long)seen.accepted,
	       (long long)(seen.accepted + seen.refused), (long long)seen.done,
	       (long long)(seen.done + seen.not_done));
	printf("held %lld, clock back %lld, debts paid %lld\n",
	       (long long)seen.held, (long long)seen.back,
	       (long long)seen.paid);
	assert_true(seen.disabled > 1000 && seen.accepted > 1000 &&
		    seen.refused > 1000 && seen.done > 1000 &&
		    seen.held > 1000 && seen.back > 1000 && seen.paid > 500);
}

/* P-8: each token once ever, and those in the window are taken. */
static void a_token_counts_once_ever(void **state)
{
	enum {
		COUNTERS = 1000,
		TRIES = 20000
	};
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, 0);

	(void)state;
	for (uint64_t script = 1; script <= 20; script++) {
		static bool used[COUNTERS];
		int64_t taken = 0;

		seed = script;
		memset(used, 0, sizeof(used));
		p = meter(&s, 0);
		for (int n = 0; n < TRIES; n++) {
			/* The window moves up with time. */
			int64_t top = 50 + n / 22;
			uint32_t c = (uint32_t)any(top > 300 ? top - 300 : 0,
						   top < 999 ? top : 999);
			int above = 0;
			int result;

			for (uint32_t m = c + 1; m < COUNTERS; m++)
				above += used[m];
			result = top_up(&p, &s, c, 1);
			if (used[c])
				assert_true(result == PREPAY_TOKEN_DUPLICATE ||
					    result == PREPAY_TOKEN_OLD);
			else if (c && above < PREPAY_TOKENS)
				assert_int_equal(result, PREPAY_TOKEN_OK);
			if (result != PREPAY_TOKEN_OK)
				continue;
			used[c] = true;
			taken++;
		}
		assert_int_equal(p.balance_mp, taken);
		assert_int_equal(p.credited_mp, taken);
		assert_true(taken > 500);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lives_agree),
		cmocka_unit_test(a_token_counts_once_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
