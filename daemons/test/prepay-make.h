/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A meter in prepayment mode, for the tests of its rules. */
#ifndef HEARTH_PREPAY_MAKE_H
#define HEARTH_PREPAY_MAKE_H

#include "../prepayd/prepay.h"
#include "test.h"

#define MONDAY INT64_C(1709510400) /* 2024-03-04 00:00 UTC */
#define HOUR INT64_C(3600)
#define DAY (24 * HOUR)
#define POUND INT64_C(100000) /* mp */

/* GBP 5 of emergency credit from GBP 1 on, alert at GBP 2; supply on from
 * 22:00 to 08:00 and on special day 2024-03-08, a Friday, throughout.
 */
static inline struct prepay_settings usual(void)
{
	return (struct prepay_settings){
		.emergency_limit_mp = 5 * POUND,
		.emergency_threshold_mp = POUND,
		.low_credit_threshold_mp = 2 * POUND,
		.max_credit_mp = 100 * POUND,
		.max_balance_mp = 250 * POUND,
		.lockout_tries = 3,
		.lockout_s = 600,
		.calendar = {
			.profile = {
				{ 2, { { 0, 8 * 3600 }, { 22 * 3600, 86400 } } },
				{ 1, { { 0, 86400 } } },
				{ 0 },
			},
			.n_special = 1,
			.special = { { 19790, 1 } },
		},
	};
}

/* What tariffd's counter of standing charges grows by at each midnight. */
static int64_t daily_standing_mp;

/* The next reading of the counters. */
static inline struct prepay_point point_after(const struct prepay *p,
					      int64_t at_s, int64_t more_up)
{
	int64_t days = at_s / DAY - p->at_s / DAY;

	return (struct prepay_point){
		.at_s = at_s,
		.epoch = 1,
		.cost_up = p->cost.up + more_up,
		.standing_up = p->standing.up +
			       (days > 0 ? days : 0) * daily_standing_mp * 1000,
	};
}

static inline int consume_up(struct prepay *p,
			     const struct prepay_settings *settings,
			     int64_t more_up, struct prepay_alerts *alerts)
{
	struct prepay_point point = point_after(p, p->at_s, more_up);
	int ret = prepay_advance(p, settings, &point, alerts);

	if (!ret)
		ret = prepay_look(p, settings, p->now_s, alerts);
	return ret;
}

/* Spend that much at once. */
static inline void spend(struct prepay *p,
			 const struct prepay_settings *settings, int64_t mp)
{
	assert_int_equal(consume_up(p, settings, 1000 * mp, NULL), 0);
}

/* Half hour by half hour, as a daemon does. */
static inline void go_to(struct prepay *p,
			 const struct prepay_settings *settings, int64_t at_s)
{
	do {
		int64_t next_s = (p->at_s / 1800 + 1) * 1800;
		struct prepay_point point =
			point_after(p, next_s < at_s ? next_s : at_s, 0);

		assert_int_equal(prepay_advance(p, settings, &point, NULL), 0);
		assert_int_equal(prepay_look(p, settings, point.at_s, NULL), 0);
	} while (p->at_s < at_s);
}

/* Monday noon, in credit mode, at the base of its counters. */
static inline struct prepay credit_meter(int64_t balance_mp, int64_t cost_up)
{
	struct prepay_settings s = usual();
	struct prepay_point base = { MONDAY + 12 * HOUR, 1, cost_up, 0 };
	struct prepay p;

	assert_int_equal(prepay_init(&p, base.at_s, balance_mp), 0);
	assert_int_equal(prepay_rebase(&p, &s, &base, NULL), 0);
	return p;
}

/* The same in prepayment mode. */
static inline struct prepay meter(const struct prepay_settings *settings,
				  int64_t balance_mp)
{
	struct prepay p = credit_meter(balance_mp, 0);

	assert_int_equal(prepay_ask(&p, settings, PREPAY_TO_PREPAYMENT, NULL),
			 0);
	return p;
}

/* An enum prepay_token_result. */
static inline int top_up(struct prepay *p,
			 const struct prepay_settings *settings,
			 uint32_t counter, int64_t value_mp)
{
	struct prepay_token token = {
		.counter = (uint64_t)counter << 32,
		.value_mp = value_mp,
		.local = true,
	};
	enum prepay_token_result result;

	assert_int_equal(prepay_top_up(p, settings, &token, NULL, &result), 0);
	return result;
}

#endif /* HEARTH_PREPAY_MAKE_H */
