// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>

#include "prepay-make.h"

/* P-1, P-2 */
static void credit_mode_only_counts(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p;

	(void)state;
	s.standing_mp = 50000;
	s.recovery[0].rate_mp = 100;
	assert_int_equal(prepay_init(&p, MONDAY + 12 * HOUR, 77, 0), 0);
	assert_int_equal(
		prepay_set_debt(&p, &s, PREPAY_TIME_DEBT_1, 5000, NULL), 0);
	assert_int_equal(prepay_advance(&p, &s, MONDAY + DAY,
					77 + 1000 * 30 * POUND, NULL),
			 0);
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
	struct prepay p = meter(&s, 10 * POUND);

	(void)state;
	for (int64_t up = 1; up <= 3001; up++)
		assert_int_equal(prepay_advance(&p, &s, p.at_s, up, NULL), 0);
	assert_int_equal(p.balance_mp, 10 * POUND - 3);
	/* Prices can be negative; the counter falls below where it began. */
	assert_int_equal(prepay_advance(&p, &s, p.at_s, -1, NULL), 0);
	assert_int_equal(p.balance_mp, 10 * POUND + 1);
	assert_int_equal(prepay_advance(&p, &s, p.at_s, 0, NULL), 0);
	assert_int_equal(p.balance_mp, 10 * POUND);
}

/* P-2, P-3 */
static void debts_fall_due_on_hours_and_days(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, 10 * POUND);

	(void)state;
	s.standing_mp = 40000;
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
	go_to(&p, &s, MONDAY + 6 * DAY);
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
	s.standing_mp = 40000;
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
	s.standing_mp = 40000;
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
		PREPAY_EMERGENCY_ACTIVE, PREPAY_SUPPLY_DISABLED,
		PREPAY_SUPPLY_ARMED,	 PREPAY_EMERGENCY_ENDED,
		PREPAY_SUPPLY_RELEASED,
	};
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, 3 * POUND);
	struct prepay_alerts alerts = { 0 };

	(void)state;
	for (int n = 1; n <= 200; n++)
		assert_int_equal(prepay_advance(&p, &s, p.at_s, n * 10 * POUND,
						&alerts),
				 0);
	assert_int_equal(prepay_ask(&p, &s, PREPAY_ACTIVATE, &alerts), 0);
	assert_int_equal(prepay_advance(&p, &s, p.at_s, 9000 * POUND, &alerts),
			 0);
	assert_int_equal(prepay_adjust_balance(&p, &s, 50 * POUND, &alerts), 0);
	/* That went to the balance; emergency credit is still owed. */
	assert_int_equal(prepay_advance(&p, &s, p.at_s, 0, &alerts), 0);
	assert_int_equal(prepay_ask(&p, &s, PREPAY_CONSENT, &alerts), 0);
	assert_int_equal(p.state, PREPAY_GOOD);
	assert_int_equal(alerts.n, 7);
	for (size_t n = 0; n < alerts.n; n++)
		assert_int_equal(alerts.alert[n].kind, expected[n]);
	for (int n = 0; n < 100; n++) {
		prepay_ask(&p, &s, PREPAY_TO_CREDIT, &alerts);
		prepay_ask(&p, &s, PREPAY_TO_PREPAYMENT, &alerts);
	}
	assert_int_equal(alerts.n, PREPAY_ALERTS);
	assert_true(alerts.lost > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(credit_mode_only_counts),
		cmocka_unit_test(mode_is_switched_and_back),
		cmocka_unit_test(cost_below_a_milli_penny_is_kept),
		cmocka_unit_test(debts_fall_due_on_hours_and_days),
		cmocka_unit_test(emergency_credit_is_used_after_the_balance),
		cmocka_unit_test(no_limit_means_no_emergency_credit),
		cmocka_unit_test(
			supply_stays_on_through_a_non_disablement_period),
		cmocka_unit_test(a_special_day_comes_before_the_week),
		cmocka_unit_test(the_threshold_itself_disables),
		cmocka_unit_test(debt_is_held_while_emergency_credit_is_active),
		cmocka_unit_test(debt_is_held_while_supply_is_disabled),
		cmocka_unit_test(a_top_up_pays_in_order),
		cmocka_unit_test(a_week_takes_no_more_than_the_cap),
		cmocka_unit_test(a_refused_token_changes_nothing),
		cmocka_unit_test(what_is_forgotten_is_refused),
		cmocka_unit_test(wrong_entries_lock_the_keypad),
		cmocka_unit_test(debts_are_set_adjusted_and_cleared),
		cmocka_unit_test(the_vulnerable_are_restored_at_once),
		cmocka_unit_test(alerts_are_given_once_and_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
