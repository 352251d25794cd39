// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>

#include "prepay-make.h"

/* P-1, P-2 */
static void credit_mode_only_counts(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = credit_meter(0, 77);

	(void)state;
	daily_standing_mp = 50000;
	s.recovery[0].rate_mp = 100;
	assert_int_equal(
		prepay_set_debt(&p, &s, PREPAY_TIME_DEBT_1, 5000, NULL), 0);
	go_to(&p, &s, MONDAY + DAY);
	spend(&p, &s, 30 * POUND);
	assert_int_equal(p.balance_mp, -30 * POUND - 50000);
	assert_int_equal(p.debt_mp[PREPAY_TIME_DEBT_1], 5000);
	assert_int_equal(prepay_supply(&p).want, PREPAY_ON);
	assert_int_equal(top_up(&p, &s, 1, 1000), PREPAY_TOKEN_MODE);
}

static void mode_is_switched_and_back(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, POUND);

	(void)state;
	assert_int_equal(prepay_ask(&p, &s, PREPAY_ACTIVATE, NULL), 0);
	spend(&p, &s, 3 * POUND);
	assert_int_equal(p.balance_mp, 0);
	assert_int_equal(p.emergency_mp, 3 * POUND);
	/* Emergency credit used becomes a balance below nothing. */
	assert_int_equal(prepay_ask(&p, &s, PREPAY_TO_CREDIT, NULL), 0);
	assert_int_equal(p.balance_mp, -2 * POUND);
	assert_false(p.emergency);
	/* At noon, with nothing left: off at once. */
	assert_int_equal(prepay_ask(&p, &s, PREPAY_TO_PREPAYMENT, NULL), 0);
	assert_int_equal(p.state, PREPAY_DISABLED);
	assert_int_equal(prepay_ask(&p, &s, PREPAY_TO_CREDIT, NULL), 0);
	assert_int_equal(prepay_supply(&p).want, PREPAY_ON);
}

static void cost_below_a_milli_penny_is_kept(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = credit_meter(10 * POUND, 999);

	(void)state;
	for (int n = 0; n < 3001; n++)
		assert_int_equal(consume_up(&p, &s, 1, NULL), 0);
	assert_int_equal(p.balance_mp, 10 * POUND - 3);
	assert_int_equal(p.cost.rest_up, 1);
	/* Prices can be negative; the counter falls below where it began. */
	assert_int_equal(consume_up(&p, &s, -3002, NULL), 0);
	assert_int_equal(p.balance_mp, 10 * POUND + 1);
	assert_int_equal(consume_up(&p, &s, 1, NULL), 0);
	assert_int_equal(p.balance_mp, 10 * POUND);
	assert_int_equal(p.cost.rest_up, 0);
}

/* A counter that began anew is neither a credit nor a charge. */
static void another_epoch_moves_no_money(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, 10 * POUND);
	struct prepay_point point = point_after(&p, p.at_s, 1700);
	struct prepay_alerts alerts = { 0 };
	struct prepay before;

	(void)state;
	point.standing_up = 2300;
	assert_int_equal(prepay_advance(&p, &s, &point, NULL), 0);
	assert_int_equal(p.balance_mp, 10 * POUND - 1 - 2);
	before = p;
	point = (struct prepay_point){ p.at_s + HOUR, 2, -5 * POUND, 7 };
	assert_int_equal(prepay_advance(&p, &s, &point, &alerts), -ESTALE);
	assert_memory_equal(&p, &before, sizeof(p));
	assert_int_equal(prepay_rebase(&p, &s, &point, &alerts), 0);
	assert_int_equal(prepay_rebase(&p, &s, &point, &alerts), -EALREADY);
	assert_int_equal(alerts.n, 1);
	assert_int_equal(alerts.alert[0].kind, PREPAY_REBASED);
	assert_int_equal(p.balance_mp, before.balance_mp);
	assert_int_equal(p.at_s, before.at_s);
	/* What was left below a milli-penny is owed still. */
	point.cost_up += 300;
	point.standing_up += 700;
	assert_int_equal(prepay_advance(&p, &s, &point, NULL), 0);
	assert_int_equal(p.balance_mp, before.balance_mp - 2);
	assert_int_equal(p.consumed_mp, 2);
	assert_int_equal(p.standing_mp, 3);
}

static void without_a_base_nothing_is_charged(void **state)
{
	struct prepay_settings s = usual();
	struct prepay_point point = { MONDAY, 0, 5000, 0 };
	struct prepay p;

	(void)state;
	assert_int_equal(prepay_init(&p, MONDAY, 0), 0);
	assert_int_equal(prepay_advance(&p, &s, &point, NULL), -ESTALE);
	/* The first epoch may well be number 0. */
	assert_int_equal(prepay_rebase(&p, &s, &point, NULL), 0);
	assert_int_equal(prepay_advance(&p, &s, &point, NULL), 0);
	assert_int_equal(p.balance_mp, 0);
}

/* M-10: a clock that is put back stops nobody's service. */
static void no_hour_is_charged_twice(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, 10 * POUND);
	struct prepay_alerts alerts = { 0 };
	struct prepay_point point;

	(void)state;
	s.recovery[0] = (struct prepay_recovery){ 100, false };
	prepay_set_debt(&p, &s, PREPAY_TIME_DEBT_1, 10 * POUND, NULL);
	go_to(&p, &s, MONDAY + 20 * HOUR);
	assert_int_equal(p.balance_mp, 10 * POUND - 800);
	for (int64_t at_s = MONDAY + 15 * HOUR; at_s < MONDAY + 20 * HOUR;
	     at_s += HOUR) {
		point = point_after(&p, at_s, 2000);
		assert_int_equal(prepay_advance(&p, &s, &point, &alerts), 0);
		assert_int_equal(prepay_look(&p, &s, at_s, &alerts), 0);
		assert_int_equal(p.at_s, MONDAY + 20 * HOUR);
	}
	assert_int_equal(alerts.n, 1);
	assert_int_equal(alerts.alert[0].kind, PREPAY_CLOCK_BACK);
	assert_int_equal(alerts.alert[0].at_s, MONDAY + 15 * HOUR);
	assert_int_equal(p.balance_mp, 10 * POUND - 800 - 10);
	go_to(&p, &s, MONDAY + 21 * HOUR);
	assert_int_equal(p.balance_mp, 10 * POUND - 900 - 10);
	/* A point that is late only is not worth a word. */
	point = point_after(&p, MONDAY + 20 * HOUR, 0);
	assert_int_equal(prepay_advance(&p, &s, &point, &alerts), 0);
	assert_int_equal(alerts.n, 1);
	assert_int_equal(p.at_s, MONDAY + 21 * HOUR);
	/* Again: said again. */
	point = point_after(&p, MONDAY, 0);
	assert_int_equal(prepay_advance(&p, &s, &point, &alerts), 0);
	assert_int_equal(alerts.n, 2);
}

/* P-5: the calendar is asked what it is now, not when the charge arose. */
static void nobody_is_switched_off_in_the_past(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, 10 * POUND);
	struct prepay_point point;

	(void)state;
	s.suspend_disabled = true;
	s.recovery[0] = (struct prepay_recovery){ 100, false };
	prepay_set_debt(&p, &s, PREPAY_TIME_DEBT_1, 10 * POUND, NULL);
	/* Gone at two in the afternoon, found out at eleven at night. */
	point = point_after(&p, MONDAY + 14 * HOUR, 1000 * 11 * POUND);
	assert_int_equal(prepay_advance(&p, &s, &point, NULL), 0);
	point = point_after(&p, MONDAY + 23 * HOUR, 0);
	assert_int_equal(prepay_advance(&p, &s, &point, NULL), 0);
	assert_int_equal(prepay_look(&p, &s, MONDAY + 23 * HOUR, NULL), 0);
	assert_int_equal(p.state, PREPAY_PROTECTED);
	/* Supply was on: debt was collected. */
	assert_int_equal(p.debt_mp[PREPAY_ACCUMULATED_DEBT], 0);
	assert_int_equal(p.balance_mp, -POUND - 1100);
	go_to(&p, &s, MONDAY + DAY + 8 * HOUR);
	assert_int_equal(p.state, PREPAY_DISABLED);
}

/* P-2, P-3 */
static void debts_fall_due_on_hours_and_days(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, 10 * POUND);

	(void)state;
	daily_standing_mp = 40000;
	s.recovery[0] = (struct prepay_recovery){ 100, false };
	s.recovery[1] = (struct prepay_recovery){ 7000, true };
	prepay_set_debt(&p, &s, PREPAY_TIME_DEBT_1, 250, NULL);
	prepay_set_debt(&p, &s, PREPAY_TIME_DEBT_2, 10000, NULL);
	go_to(&p, &s, MONDAY + 13 * HOUR - 1);
	assert_int_equal(p.balance_mp, 10 * POUND);
	go_to(&p, &s, MONDAY + 13 * HOUR);
	assert_int_equal(p.balance_mp, 10 * POUND - 100);
	/* The last part of a debt is what is left of it. */
	go_to(&p, &s, MONDAY + DAY - 1);
	assert_int_equal(p.debt_mp[PREPAY_TIME_DEBT_1], 0);
	assert_int_equal(p.balance_mp, 10 * POUND - 250);
	go_to(&p, &s, MONDAY + 3 * DAY);
	assert_int_equal(p.debt_mp[PREPAY_TIME_DEBT_2], 0);
	assert_int_equal(p.balance_mp, 10 * POUND - 250 - 10000 - 3 * 40000);
}

/* P-4 */
static void emergency_credit_is_used_after_the_balance(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, POUND + 1);

	(void)state;
	assert_int_equal(prepay_ask(&p, &s, PREPAY_ACTIVATE, NULL), -EPERM);
	spend(&p, &s, 1);
	assert_int_equal(p.state, PREPAY_AVAILABLE);
	assert_int_equal(prepay_ask(&p, &s, PREPAY_ACTIVATE, NULL), 0);
	assert_int_equal(prepay_ask(&p, &s, PREPAY_ACTIVATE, NULL), -EALREADY);
	spend(&p, &s, POUND);
	assert_int_equal(p.balance_mp, 0);
	assert_int_equal(p.emergency_mp, 5 * POUND);
	spend(&p, &s, 5 * POUND - 1);
	assert_int_equal(p.state, PREPAY_EMERGENCY);
	assert_int_equal(p.emergency_mp, 1);
	spend(&p, &s, 1);
	assert_int_equal(p.state, PREPAY_DISABLED);
	/* Once, until it is paid back. */
	assert_int_equal(prepay_ask(&p, &s, PREPAY_ACTIVATE, NULL), -EALREADY);
	spend(&p, &s, 10);
	assert_int_equal(p.balance_mp, -10);
}

static void no_limit_means_no_emergency_credit(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p;

	(void)state;
	s.emergency_limit_mp = 0;
	p = meter(&s, 10);
	assert_int_equal(p.state, PREPAY_GOOD);
	assert_int_equal(prepay_ask(&p, &s, PREPAY_ACTIVATE, NULL), -EPERM);
}

/* P-5 */
static void supply_stays_on_through_a_non_disablement_period(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, 10 * POUND);

	(void)state;
	go_to(&p, &s, MONDAY + 22 * HOUR);
	spend(&p, &s, 11 * POUND);
	assert_int_equal(p.state, PREPAY_PROTECTED);
	assert_int_equal(p.balance_mp, -POUND);
	go_to(&p, &s, MONDAY + DAY + 8 * HOUR - 1);
	assert_int_equal(p.state, PREPAY_PROTECTED);
	go_to(&p, &s, MONDAY + DAY + 8 * HOUR);
	assert_int_equal(p.state, PREPAY_DISABLED);
	/* The next one does not bring supply back. */
	go_to(&p, &s, MONDAY + DAY + 23 * HOUR);
	assert_int_equal(p.state, PREPAY_DISABLED);
}

static void a_special_day_comes_before_the_week(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, 10 * POUND);

	(void)state;
	go_to(&p, &s, MONDAY + 4 * DAY + 12 * HOUR);
	spend(&p, &s, 11 * POUND);
	assert_int_equal(p.state, PREPAY_PROTECTED);
	/* Friday runs into the night, the night to Saturday at eight. */
	go_to(&p, &s, MONDAY + 5 * DAY + 8 * HOUR - 1);
	assert_int_equal(p.state, PREPAY_PROTECTED);
	go_to(&p, &s, MONDAY + 5 * DAY + 8 * HOUR);
	assert_int_equal(p.state, PREPAY_DISABLED);
}

static void the_threshold_itself_disables(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p;

	(void)state;
	s.disablement_threshold_mp = -POUND;
	p = meter(&s, 0);
	spend(&p, &s, POUND - 1);
	assert_int_equal(p.state, PREPAY_AVAILABLE);
	spend(&p, &s, 1);
	assert_int_equal(p.state, PREPAY_DISABLED);
	assert_int_equal(prepay_supply(&p).want, PREPAY_HOLD_OFF);
}

/* P-6 */
static void debt_is_held_while_emergency_credit_is_active(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, POUND);

	(void)state;
	s.suspend_emergency = true;
	daily_standing_mp = 40000;
	s.recovery[0] = (struct prepay_recovery){ 100, false };
	prepay_set_debt(&p, &s, PREPAY_TIME_DEBT_1, 10 * POUND, NULL);
	prepay_ask(&p, &s, PREPAY_ACTIVATE, NULL);
	go_to(&p, &s, MONDAY + DAY);
	assert_int_equal(p.balance_mp, POUND);
	assert_int_equal(p.debt_mp[PREPAY_ACCUMULATED_DEBT], 41200);
	assert_int_equal(p.debt_mp[PREPAY_TIME_DEBT_1], 10 * POUND - 1200);
}

static void debt_is_held_while_supply_is_disabled(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, POUND);

	(void)state;
	daily_standing_mp = 40000;
	spend(&p, &s, POUND);
	assert_int_equal(p.state, PREPAY_DISABLED);
	go_to(&p, &s, MONDAY + DAY);
	assert_int_equal(p.balance_mp, -40000);
	s.suspend_disabled = true;
	go_to(&p, &s, MONDAY + 3 * DAY);
	assert_int_equal(p.balance_mp, -40000);
	assert_int_equal(p.debt_mp[PREPAY_ACCUMULATED_DEBT], 80000);
}

/* P-7 */
static void a_top_up_pays_in_order(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, POUND);

	(void)state;
	s.share = 2500;
	s.cap_mp = 100 * POUND;
	prepay_set_debt(&p, &s, PREPAY_PAYMENT_DEBT, 4 * POUND, NULL);
	prepay_set_debt(&p, &s, PREPAY_ACCUMULATED_DEBT, 2 * POUND, NULL);
	prepay_ask(&p, &s, PREPAY_ACTIVATE, NULL);
	spend(&p, &s, 6 * POUND);
	assert_int_equal(p.state, PREPAY_DISABLED);
	/* 1 of 4 to payment debt, 2 to accumulated debt, 1 to emergency. */
	assert_int_equal(top_up(&p, &s, 1, 4 * POUND), PREPAY_TOKEN_OK);
	assert_int_equal(p.debt_mp[PREPAY_PAYMENT_DEBT], 3 * POUND);
	assert_int_equal(p.debt_mp[PREPAY_ACCUMULATED_DEBT], 0);
	assert_int_equal(p.emergency_mp, POUND);
	assert_int_equal(p.balance_mp, 0);
	/* The balance is not above the threshold: not armed. */
	assert_int_equal(p.state, PREPAY_DISABLED);
	/* 2 of 8, then 4 of emergency credit, and 2 of balance. */
	assert_int_equal(top_up(&p, &s, 2, 8 * POUND), PREPAY_TOKEN_OK);
	assert_int_equal(p.debt_mp[PREPAY_PAYMENT_DEBT], POUND);
	assert_int_equal(p.balance_mp, 2 * POUND);
	assert_false(p.emergency);
	assert_int_equal(prepay_supply(&p).want, PREPAY_ARM);
	assert_int_equal(prepay_ask(&p, &s, PREPAY_CONSENT, NULL), 0);
	assert_int_equal(p.state, PREPAY_GOOD);
	/* No more than is owed. */
	assert_int_equal(top_up(&p, &s, 3, 10 * POUND), PREPAY_TOKEN_OK);
	assert_int_equal(p.debt_mp[PREPAY_PAYMENT_DEBT], 0);
	assert_int_equal(p.balance_mp, 11 * POUND);
}

static void a_week_takes_no_more_than_the_cap(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, 20 * POUND);

	(void)state;
	s.share = PREPAY_SHARE_ALL;
	s.cap_mp = 3 * POUND;
	prepay_set_debt(&p, &s, PREPAY_PAYMENT_DEBT, 10 * POUND, NULL);
	assert_int_equal(top_up(&p, &s, 1, 2 * POUND), PREPAY_TOKEN_OK);
	assert_int_equal(top_up(&p, &s, 2, 2 * POUND), PREPAY_TOKEN_OK);
	assert_int_equal(p.debt_mp[PREPAY_PAYMENT_DEBT], 7 * POUND);
	/* A cap below what the week has taken is no refund. */
	s.cap_mp = POUND;
	assert_int_equal(top_up(&p, &s, 3, 2 * POUND), PREPAY_TOKEN_OK);
	assert_int_equal(p.debt_mp[PREPAY_PAYMENT_DEBT], 7 * POUND);
	go_to(&p, &s, MONDAY + 7 * DAY - 1);
	assert_int_equal(top_up(&p, &s, 4, 2 * POUND), PREPAY_TOKEN_OK);
	assert_int_equal(p.debt_mp[PREPAY_PAYMENT_DEBT], 7 * POUND);
	go_to(&p, &s, MONDAY + 7 * DAY);
	assert_int_equal(top_up(&p, &s, 5, 2 * POUND), PREPAY_TOKEN_OK);
	assert_int_equal(p.debt_mp[PREPAY_PAYMENT_DEBT], 6 * POUND);
	/* A clock put back to last week does not begin it again. */
	assert_int_equal(prepay_look(&p, &s, MONDAY + 6 * DAY, NULL), 0);
	assert_int_equal(top_up(&p, &s, 6, 2 * POUND), PREPAY_TOKEN_OK);
	assert_int_equal(p.debt_mp[PREPAY_PAYMENT_DEBT], 6 * POUND);
}

/* P-8 */
static void a_refused_token_changes_nothing(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, 200 * POUND);
	struct prepay before;
	struct prepay_token token = { .counter = 1, .value_mp = 1 };
	enum prepay_token_result result = PREPAY_TOKEN_RESULTS;

	(void)state;
	assert_int_equal(top_up(&p, &s, 9, POUND), PREPAY_TOKEN_OK);
	before = p;
	assert_int_equal(top_up(&p, &s, 9, POUND), PREPAY_TOKEN_DUPLICATE);
	assert_int_equal(top_up(&p, &s, 0, POUND), PREPAY_TOKEN_OLD);
	assert_int_equal(top_up(&p, &s, 10, 100 * POUND + 1),
			 PREPAY_TOKEN_TOO_LARGE);
	assert_int_equal(top_up(&p, &s, 10, 49 * POUND + 1),
			 PREPAY_TOKEN_BALANCE);
	assert_int_equal(prepay_top_up(&p, &s, &token, NULL, &result), -EINVAL);
	token = (struct prepay_token){ .counter = 1ULL << 40 };
	assert_int_equal(prepay_top_up(&p, &s, &token, NULL, &result), -EINVAL);
	assert_int_equal(result, PREPAY_TOKEN_RESULTS);
	assert_memory_equal(&p, &before, sizeof(p));
	/* And it is still good once there is room. */
	assert_int_equal(top_up(&p, &s, 10, 49 * POUND), PREPAY_TOKEN_OK);
	for (int n = 0; n <= PREPAY_TOKEN_RESULTS; n++)
		assert_non_null(prepay_token_text((enum prepay_token_result)n));
}

static void what_is_forgotten_is_refused(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, 0);

	(void)state;
	for (uint32_t n = 1; n <= PREPAY_TOKENS + 1; n++)
		assert_int_equal(top_up(&p, &s, 2 * n, 1), PREPAY_TOKEN_OK);
	assert_int_equal(p.floor, 2);
	assert_int_equal(top_up(&p, &s, 1, 1), PREPAY_TOKEN_OLD);
	assert_int_equal(top_up(&p, &s, 2, 1), PREPAY_TOKEN_OLD);
	assert_int_equal(top_up(&p, &s, 3, 1), PREPAY_TOKEN_OK);
	assert_int_equal(top_up(&p, &s, 3, 1), PREPAY_TOKEN_OLD);
	assert_int_equal(top_up(&p, &s, 4, 1), PREPAY_TOKEN_DUPLICATE);
	assert_int_equal(top_up(&p, &s, UINT32_MAX, 1), PREPAY_TOKEN_OK);
	assert_int_equal(top_up(&p, &s, UINT32_MAX, 1), PREPAY_TOKEN_DUPLICATE);
	assert_int_equal(top_up(&p, &s, 4, 1), PREPAY_TOKEN_OLD);
}

static void wrong_entries_lock_the_keypad(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, 0);
	struct prepay_token token = { .counter = 1ULL << 32, .value_mp = 1 };
	enum prepay_token_result result;

	(void)state;
	/* A good one between starts the count again. */
	assert_int_equal(prepay_wrong_entry(&p, &s, NULL), 0);
	assert_int_equal(prepay_wrong_entry(&p, &s, NULL), 0);
	assert_int_equal(top_up(&p, &s, 2, 1), PREPAY_TOKEN_OK);
	for (int n = 0; n < 3; n++) {
		assert_false(prepay_locked(&p));
		assert_int_equal(prepay_wrong_entry(&p, &s, NULL), 0);
	}
	assert_true(prepay_locked(&p));
	assert_int_equal(prepay_wrong_entry(&p, &s, NULL), -EPERM);
	assert_int_equal(top_up(&p, &s, 3, 1), PREPAY_TOKEN_LOCKED);
	/* The supplier can still send one. */
	assert_int_equal(prepay_top_up(&p, &s, &token, NULL, &result), 0);
	assert_int_equal(result, PREPAY_TOKEN_OK);
	go_to(&p, &s, p.at_s + 599);
	assert_int_equal(top_up(&p, &s, 3, 1), PREPAY_TOKEN_LOCKED);
	go_to(&p, &s, p.at_s + 1);
	assert_int_equal(top_up(&p, &s, 3, 1), PREPAY_TOKEN_OK);
}

/* P-9 */
static void debts_are_set_adjusted_and_cleared(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, POUND);

	(void)state;
	for (int n = 0; n < PREPAY_DEBTS; n++) {
		enum prepay_debt debt = (enum prepay_debt)n;

		assert_int_equal(prepay_set_debt(&p, &s, debt, 70, NULL), 0);
		assert_int_equal(prepay_adjust_debt(&p, &s, debt, -71, NULL),
				 -EINVAL);
		assert_int_equal(prepay_adjust_debt(&p, &s, debt, 5, NULL), 0);
		assert_int_equal(p.debt_mp[n], 75);
	}
	assert_int_equal(prepay_worth_mp(&p), POUND - 300);
	assert_int_equal(prepay_clear_debts(&p, &s, NULL), 0);
	assert_int_equal(prepay_worth_mp(&p), POUND);
	assert_int_equal(prepay_set_debt(&p, &s, PREPAY_DEBTS, 1, NULL),
			 -EINVAL);
	assert_int_equal(prepay_set_debt(&p, &s, PREPAY_PAYMENT_DEBT, INT64_MAX,
					 NULL),
			 -ERANGE);
	assert_int_equal(prepay_adjust_balance(&p, &s, INT64_MIN, NULL),
			 -ERANGE);
	assert_int_equal(prepay_adjust_balance(&p, &s, PREPAY_MONEY_MAX_MP,
					       NULL),
			 -ERANGE);
	assert_int_equal(p.balance_mp, POUND);
}

static void the_vulnerable_are_restored_at_once(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, 0);

	(void)state;
	assert_int_equal(p.state, PREPAY_DISABLED);
	assert_int_equal(prepay_ask(&p, &s, PREPAY_RESTORE, NULL), -EPERM);
	s.vulnerable = true;
	assert_int_equal(prepay_ask(&p, &s, PREPAY_RESTORE, NULL), 0);
	assert_int_equal(p.state, PREPAY_PROTECTED);
	go_to(&p, &s, MONDAY + 9 * DAY);
	assert_int_equal(prepay_supply(&p).want, PREPAY_ON);
	/* With credit, without the consumer. */
	s.vulnerable = false;
	go_to(&p, &s, MONDAY + 9 * DAY + 9 * HOUR);
	assert_int_equal(p.state, PREPAY_DISABLED);
	assert_int_equal(prepay_adjust_balance(&p, &s, 9 * POUND, NULL), 0);
	assert_int_equal(p.state, PREPAY_ARMED);
	assert_int_equal(prepay_ask(&p, &s, PREPAY_RESTORE, NULL), 0);
	assert_int_equal(p.state, PREPAY_GOOD);
}

static void alerts_are_given_once_and_bounded(void **state)
{
	static const enum prepay_alert_kind expected[] = {
		PREPAY_LOW_CREDIT,	 PREPAY_EMERGENCY_AVAILABLE,
		PREPAY_EMERGENCY_ACTIVE, PREPAY_EMERGENCY_EXHAUSTED,
		PREPAY_LOW_CREDIT,	 PREPAY_SUPPLY_DISABLED,
		PREPAY_SUPPLY_ARMED,	 PREPAY_EMERGENCY_ENDED,
		PREPAY_SUPPLY_RELEASED,
	};
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, 3 * POUND);
	struct prepay_alerts alerts = { 0 };

	(void)state;
	for (int n = 1; n <= 200; n++)
		assert_int_equal(consume_up(&p, &s, 10 * POUND, &alerts), 0);
	assert_int_equal(prepay_ask(&p, &s, PREPAY_ACTIVATE, &alerts), 0);
	assert_int_equal(consume_up(&p, &s, 7000 * POUND, &alerts), 0);
	assert_int_equal(prepay_adjust_balance(&p, &s, 50 * POUND, &alerts), 0);
	/* That went to the balance; emergency credit is still owed. */
	assert_int_equal(consume_up(&p, &s, -9000 * POUND, &alerts), 0);
	assert_int_equal(prepay_ask(&p, &s, PREPAY_CONSENT, &alerts), 0);
	assert_int_equal(p.state, PREPAY_GOOD);
	assert_int_equal(alerts.n, ARRAY_SIZE(expected));
	for (size_t n = 0; n < alerts.n; n++)
		assert_int_equal(alerts.alert[n].kind, expected[n]);
	for (int n = 0; n < 100; n++) {
		prepay_ask(&p, &s, PREPAY_TO_CREDIT, &alerts);
		prepay_ask(&p, &s, PREPAY_TO_PREPAYMENT, &alerts);
	}
	assert_int_equal(alerts.n, PREPAY_ALERTS);
	assert_true(alerts.lost > 100);
}

static int no_standing_charge(void **state)
{
	(void)state;
	daily_standing_mp = 0;
	return 0;
}

/* P-4: as SMETS has it, also without supply. */
static void emergency_credit_arms_a_disabled_supply(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, 0);
	struct prepay_alerts alerts = { 0 };

	(void)state;
	assert_int_equal(p.state, PREPAY_DISABLED);
	assert_int_equal(prepay_ask(&p, &s, PREPAY_ACTIVATE, &alerts), 0);
	assert_int_equal(p.state, PREPAY_ARMED);
	assert_int_equal(alerts.n, 2);
	assert_int_equal(alerts.alert[0].kind, PREPAY_EMERGENCY_ACTIVE);
	assert_int_equal(alerts.alert[1].kind, PREPAY_EMERGENCY_ARMED);
	assert_int_equal(prepay_ask(&p, &s, PREPAY_CONSENT, NULL), 0);
	assert_int_equal(p.state, PREPAY_EMERGENCY);
}

/* P-3 */
static void low_credit_counts_emergency_credit(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, 2 * POUND);

	(void)state;
	assert_false(p.low);
	spend(&p, &s, 1);
	assert_true(p.low);
	spend(&p, &s, POUND);
	assert_int_equal(prepay_ask(&p, &s, PREPAY_ACTIVATE, NULL), 0);
	assert_false(p.low);
	spend(&p, &s, 4 * POUND - 1);
	assert_false(p.low);
	spend(&p, &s, 1);
	assert_true(p.low);
}

static void paid_debts_are_said(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, 10 * POUND);
	struct prepay_alerts alerts = { 0 };
	struct prepay_point point;

	(void)state;
	s.recovery[0] = (struct prepay_recovery){ 100, false };
	s.recovery[1] = (struct prepay_recovery){ 100, true };
	s.share = PREPAY_SHARE_ALL;
	s.cap_mp = 10 * POUND;
	for (int n = 0; n < PREPAY_DEBTS; n++)
		prepay_set_debt(&p, &s, (enum prepay_debt)n, 150, NULL);
	/* Found out late, and said when it was. */
	point = point_after(&p, MONDAY + 3 * DAY, 0);
	assert_int_equal(prepay_advance(&p, &s, &point, &alerts), 0);
	assert_int_equal(alerts.n, 2);
	assert_int_equal(alerts.alert[0].kind, PREPAY_TIME_DEBT_1_PAID);
	assert_int_equal(alerts.alert[0].at_s, MONDAY + 14 * HOUR);
	assert_int_equal(alerts.alert[1].kind, PREPAY_TIME_DEBT_2_PAID);
	assert_int_equal(alerts.alert[1].at_s, MONDAY + 2 * DAY);
	assert_int_equal(p.balance_mp, 10 * POUND - 300);
	alerts.n = 0;
	assert_int_equal(
		prepay_top_up(&p, &s,
			      &(struct prepay_token){ 1ULL << 32, 150, false },
			      &alerts, &(enum prepay_token_result){ 0 }),
		0);
	assert_int_equal(alerts.n, 2);
	assert_int_equal(alerts.alert[0].kind, PREPAY_PAYMENT_DEBT_PAID);
}

/* P-8 */
static void a_floor_refuses_what_is_below(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, 0);

	(void)state;
	assert_int_equal(top_up(&p, &s, 5, 1), PREPAY_TOKEN_OK);
	assert_int_equal(top_up(&p, &s, 9, 1), PREPAY_TOKEN_OK);
	assert_int_equal(prepay_token_floor(&p, &s, 7, false), 0);
	assert_int_equal(top_up(&p, &s, 6, 1), PREPAY_TOKEN_OLD);
	assert_int_equal(top_up(&p, &s, 7, 1), PREPAY_TOKEN_OLD);
	assert_int_equal(top_up(&p, &s, 9, 1), PREPAY_TOKEN_DUPLICATE);
	assert_int_equal(top_up(&p, &s, 8, 1), PREPAY_TOKEN_OK);
	assert_int_equal(prepay_token_floor(&p, &s, 6, false), -ERANGE);
	assert_int_equal(prepay_token_floor(&p, &s, 100, false), 0);
	assert_int_equal(p.highest, 100);
	assert_int_equal(p.n_used, 0);
	/* Another supplier counts for itself. */
	assert_int_equal(prepay_token_floor(&p, &s, 3, true), 0);
	assert_int_equal(top_up(&p, &s, 3, 1), PREPAY_TOKEN_OLD);
	assert_int_equal(top_up(&p, &s, 8, 1), PREPAY_TOKEN_OK);
	assert_int_equal(p.balance_mp, 4);
	assert_int_equal(prepay_check(&p, NULL), 0);
}

static void a_lockout_outlasts_no_clock(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, 0);

	(void)state;
	for (int n = 0; n < 3; n++)
		assert_int_equal(prepay_wrong_entry(&p, &s, NULL), 0);
	assert_int_equal(prepay_look(&p, &s, p.now_s + 100, NULL), 0);
	/* A year back, and 500 seconds still to go. */
	assert_int_equal(prepay_look(&p, &s, p.now_s - 365 * DAY, NULL), 0);
	assert_int_equal(prepay_look(&p, &s, p.now_s + 499, NULL), 0);
	assert_true(prepay_locked(&p));
	assert_int_equal(prepay_look(&p, &s, p.now_s + 1, NULL), 0);
	assert_false(prepay_locked(&p));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(credit_mode_only_counts,
				       no_standing_charge),
		cmocka_unit_test_setup(mode_is_switched_and_back,
				       no_standing_charge),
		cmocka_unit_test_setup(cost_below_a_milli_penny_is_kept,
				       no_standing_charge),
		cmocka_unit_test_setup(another_epoch_moves_no_money,
				       no_standing_charge),
		cmocka_unit_test_setup(without_a_base_nothing_is_charged,
				       no_standing_charge),
		cmocka_unit_test_setup(no_hour_is_charged_twice,
				       no_standing_charge),
		cmocka_unit_test_setup(nobody_is_switched_off_in_the_past,
				       no_standing_charge),
		cmocka_unit_test_setup(emergency_credit_arms_a_disabled_supply,
				       no_standing_charge),
		cmocka_unit_test_setup(low_credit_counts_emergency_credit,
				       no_standing_charge),
		cmocka_unit_test_setup(paid_debts_are_said, no_standing_charge),
		cmocka_unit_test_setup(a_floor_refuses_what_is_below,
				       no_standing_charge),
		cmocka_unit_test_setup(a_lockout_outlasts_no_clock,
				       no_standing_charge),
		cmocka_unit_test_setup(debts_fall_due_on_hours_and_days,
				       no_standing_charge),
		cmocka_unit_test_setup(
			emergency_credit_is_used_after_the_balance,
			no_standing_charge),
		cmocka_unit_test_setup(no_limit_means_no_emergency_credit,
				       no_standing_charge),
		cmocka_unit_test_setup(
			supply_stays_on_through_a_non_disablement_period,
			no_standing_charge),
		cmocka_unit_test_setup(a_special_day_comes_before_the_week,
				       no_standing_charge),
		cmocka_unit_test_setup(the_threshold_itself_disables,
				       no_standing_charge),
		cmocka_unit_test_setup(
			debt_is_held_while_emergency_credit_is_active,
			no_standing_charge),
		cmocka_unit_test_setup(debt_is_held_while_supply_is_disabled,
				       no_standing_charge),
		cmocka_unit_test_setup(a_top_up_pays_in_order,
				       no_standing_charge),
		cmocka_unit_test_setup(a_week_takes_no_more_than_the_cap,
				       no_standing_charge),
		cmocka_unit_test_setup(a_refused_token_changes_nothing,
				       no_standing_charge),
		cmocka_unit_test_setup(what_is_forgotten_is_refused,
				       no_standing_charge),
		cmocka_unit_test_setup(wrong_entries_lock_the_keypad,
				       no_standing_charge),
		cmocka_unit_test_setup(debts_are_set_adjusted_and_cleared,
				       no_standing_charge),
		cmocka_unit_test_setup(the_vulnerable_are_restored_at_once,
				       no_standing_charge),
		cmocka_unit_test_setup(alerts_are_given_once_and_bounded,
				       no_standing_charge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
