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

/* Monday noon, in prepayment mode. */
static inline struct prepay meter(const struct prepay_settings *settings,
				  int64_t balance_mp)
{
	struct prepay p;

	assert_int_equal(prepay_init(&p, MONDAY + 12 * HOUR, 0, balance_mp), 0);
	assert_int_equal(prepay_ask(&p, settings, PREPAY_TO_PREPAYMENT, NULL),
			 0);
	return p;
}

/* Spend that much at once. */
static inline void spend(struct prepay *p,
			 const struct prepay_settings *settings, int64_t mp)
{
	assert_int_equal(prepay_advance(p, settings, p->at_s,
					p->cost_up + 1000 * mp, NULL),
			 0);
}

static inline void go_to(struct prepay *p,
			 const struct prepay_settings *settings, int64_t at_s)
{
	assert_int_equal(prepay_advance(p, settings, at_s, p->cost_up, NULL),
			 0);
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
