// SPDX-License-Identifier: LGPL-2.1-or-later
/* prepayd without a bus: what is acknowledged is on disk, and done once. */
#include "prepayd-stage.h"

static int start(void **state)
{
	*state = stage_new();
	return 0;
}

static int stop(void **state)
{
	stage_free(*state);
	return 0;
}

static void to_prepayment(struct stage *stage, int64_t balance_mp)
{
	struct prepayd_account *account = electricity(stage);

	assert_int_equal(prepayd_adjust_balance(&stage->service, account,
						stage->now_us, balance_mp),
			 0);
	assert_int_equal(prepayd_ask(&stage->service, account, stage->now_us,
				     PREPAY_TO_PREPAYMENT),
			 0);
}

/* As the first version had them. */
static void accounts_move_to_their_table(void **state)
{
	static const char *const back[] = {
		"INSERT INTO state SELECT CASE id WHEN 0 THEN"
		" 'account-electricity0' ELSE 'account-gas0' END, octets"
		" FROM account",
		"DROP TABLE account",
		"PRAGMA user_version = 1",
	};
	struct stage *stage = *state;
	struct prepay before[PREPAYD_ACCOUNTS];

	to_prepayment(stage, 1234567);
	for (int n = 0; n < PREPAYD_ACCOUNTS; n++)
		before[n] = stage->service.account[n].p;
	for (size_t n = 0; n < ARRAY_SIZE(back); n++)
		assert_int_equal(store_run(stage->store, back[n], ""), 0);
	stage_crash(stage);
	for (int n = 0; n < PREPAYD_ACCOUNTS; n++)
		assert_memory_equal(&stage->service.account[n].p, &before[n],
				    sizeof(before[n]));
}

/* All that was consumed before the account began is none of its business. */
static void the_first_point_is_the_base(void **state)
{
	struct stage *stage = *state;

	fake_pass(stage, BEGIN + 5 * DAY_US, 12345678);
	cycle(stage);
	assert_int_equal(electricity(stage)->p.balance_mp, 0);
	assert_true(electricity(stage)->p.based);
	fake_pass(stage, stage->now_us + 10 * US, 2500);
	cycle(stage);
	assert_int_equal(electricity(stage)->p.balance_mp, -2);
	assert_int_equal(electricity(stage)->p.cost.rest_up, 500);
	assert_int_equal(records(stage, LOG_PREPAYMENT_DAILY_READ, -1), 0);
}

static void what_a_half_hour_brought_survives(void **state)
{
	struct stage *stage = *state;
	struct prepay before;

	cycle(stage);
	fake_pass(stage, BEGIN + 47 * HALF_HOUR + 10 * US, 999999999);
	cycle(stage);
	before = electricity(stage)->p;
	stage_crash(stage);
	/* Worked out again: not a milli-penny more or less. */
	cycle(stage);
	assert_memory_equal(&electricity(stage)->p, &before, sizeof(before));
	assert_int_equal(before.consumed_mp, 999999);
	assert_int_equal(records(stage, LOG_EVENT, -1), 0);
}

/* Flash: a turn without news writes nothing. */
static void between_half_hours_nothing_is_written(void **state)
{
	struct stage *stage = *state;
	int64_t saved_s;

	cycle(stage);
	saved_s = electricity(stage)->saved_s;
	for (int n = 0; n < 179; n++) {
		fake_pass(stage, stage->now_us + 10 * US, 1000);
		cycle(stage);
	}
	assert_int_equal(electricity(stage)->saved_s, saved_s);
	assert_int_equal(electricity(stage)->p.balance_mp, -179);
	fake_pass(stage, stage->now_us + 10 * US, 1000);
	cycle(stage);
	assert_true(electricity(stage)->saved_s > saved_s);
}

static void an_alert_is_written_at_once(void **state)
{
	struct stage *stage = *state;

	cycle(stage);
	to_prepayment(stage, 2 * POUND);
	fake_pass(stage, stage->now_us + 10 * US, 1000 * 2 * POUND);
	cycle(stage);
	assert_int_equal(electricity(stage)->p.state, PREPAY_DISABLED);
	assert_int_equal(records(stage, LOG_EVENT, 0x8f0f), 1);
	stage_crash(stage);
	assert_int_equal(electricity(stage)->p.state, PREPAY_DISABLED);
	cycle(stage);
	assert_int_equal(records(stage, LOG_EVENT, 0x8f0f), 1);
}

static void a_top_up_is_on_disk_when_it_is_acknowledged(void **state)
{
	struct stage *stage = *state;
	struct prepayd_receipt receipt;

	cycle(stage);
	to_prepayment(stage, 3 * POUND);
	fake_pass(stage, stage->now_us + 10 * US, 1000 * POUND);
	receipt = pay(stage, 7, 10 * POUND, 0);
	assert_true(receipt.accepted);
	assert_int_equal(receipt.credited_mp, 10 * POUND);
	assert_int_equal(receipt.balance_mp, 12 * POUND);
	assert_string_equal(receipt.text, "accepted");
	stage_crash(stage);
	assert_int_equal(electricity(stage)->p.balance_mp, 12 * POUND);
	receipt = pay(stage, 7, 10 * POUND, 0);
	assert_false(receipt.accepted);
	assert_string_equal(receipt.text, "used before");
	assert_int_equal(receipt.balance_mp, 12 * POUND);
	assert_int_equal(records(stage, LOG_EVENT, 0x810e), 1);
	assert_int_equal(records(stage, LOG_SECURITY, 0x8f51), 1);
}

static void wrong_tokens_count_also_over_a_crash(void **state)
{
	struct stage *stage = *state;
	struct prepayd_receipt receipt;
	struct prepay before;

	cycle(stage);
	to_prepayment(stage, 3 * POUND);
	for (int n = 0; n < 5; n++) {
		receipt = pay(stage, 7, 10 * POUND, 9);
		assert_false(receipt.accepted);
		assert_string_equal(receipt.text, "not authentic");
		stage_crash(stage);
	}
	assert_int_equal(electricity(stage)->p.balance_mp, 3 * POUND);
	before = electricity(stage)->p;
	receipt = pay(stage, 7, 10 * POUND, 0);
	assert_false(receipt.accepted);
	assert_string_equal(receipt.text, "too many wrong entries: try later");
	assert_memory_equal(&electricity(stage)->p, &before, sizeof(before));
	assert_int_equal(records(stage, LOG_SECURITY, 0x8f63), 5);
	assert_int_equal(records(stage, LOG_SECURITY, 0x81c5), 1);
	assert_int_equal(records(stage, LOG_EVENT, 0x81c4), 1);
	fake_pass(stage, stage->now_us + 600 * US, 0);
	assert_true(pay(stage, 7, 10 * POUND, 0).accepted);
}

static void without_a_key_nothing_changes(void **state)
{
	struct stage *stage = *state;
	struct prepayd_receipt receipt;
	struct prepay before;

	cycle(stage);
	to_prepayment(stage, 3 * POUND);
	before = electricity(stage)->p;
	stage->no_key = true;
	for (int n = 0; n < 9; n++) {
		receipt = pay(stage, 7, 10 * POUND, 9);
		assert_false(receipt.accepted);
		assert_string_equal(receipt.text, "no key");
	}
	assert_memory_equal(&electricity(stage)->p, &before, sizeof(before));
	assert_int_equal(records(stage, LOG_SECURITY, -1), 0);
}

static int first_two(const struct prepayd_top_up_record *record, void *userdata)
{
	struct prepayd_top_up_record *out = userdata;

	if (out[0].counter && out[1].counter)
		return -ECANCELED;
	out[out[0].counter ? 1 : 0] = *record;
	return 0;
}

static int count_top_up(const struct prepayd_top_up_record *record,
			void *userdata)
{
	int *count = userdata;

	(void)record;
	++*count;
	return 0;
}

static void the_last_top_ups_are_known(void **state)
{
	struct stage *stage = *state;
	struct prepayd_top_up_record seen[2] = { 0 };
	int count = 0;

	cycle(stage);
	to_prepayment(stage, 3 * POUND);
	for (uint32_t n = 1; n <= PREPAYD_TOP_UPS + 5; n++)
		assert_true(pay(stage, n, n, 0).accepted);
	assert_int_equal(prepayd_top_ups(&stage->service, electricity(stage),
					 count_top_up, &count),
			 0);
	assert_int_equal(count, PREPAYD_TOP_UPS);
	assert_int_equal(prepayd_top_ups(&stage->service, electricity(stage),
					 first_two, seen),
			 -ECANCELED);
	assert_true(seen[0].counter == (UINT64_C(105) << 32));
	assert_int_equal(seen[1].value_mp, 104);
	assert_int_equal(seen[0].at_us, stage->now_us);
	assert_true(seen[0].local);
	count = 0;
	assert_int_equal(prepayd_top_ups(&stage->service,
					 &stage->service.account[GAS],
					 count_top_up, &count),
			 0);
	assert_int_equal(count, 0);
}

/* T-5: an entry has the account as it was, whenever it is told. */
static void entries_are_completed_as_it_was_then(void **state)
{
	struct stage *stage = *state;
	const struct fake_meter *m = &stage->meter[0];
	uint64_t first, second;

	cycle(stage);
	fake_pass(stage, BEGIN + HALF_HOUR, 1000 * 100);
	first = fake_close_entry(stage, 0);
	fake_pass(stage, BEGIN + 2 * HALF_HOUR, 1000 * 200);
	second = fake_close_entry(stage, 0);
	fake_pass(stage, BEGIN + 3 * HALF_HOUR, 1000 * 400);
	stage->deaf = true;
	cycle(stage);
	assert_int_equal(m->n_completed, 0);
	stage_crash(stage);
	fake_pass(stage, BEGIN + 4 * HALF_HOUR, 1000 * 800);
	stage->deaf = false;
	cycle(stage);
	assert_int_equal(m->n_completed, 2);
	assert_int_equal(m->completed[0], first);
	assert_int_equal(m->completed[1], second);
	assert_int_equal(m->entry[0].balance_mp, -100);
	assert_int_equal(m->entry[1].balance_mp, -300);
	assert_int_equal(electricity(stage)->p.balance_mp, -1500);
	cycle(stage);
	assert_int_equal(m->n_completed, 2);
}

/* Of the last daily read that waits. */
static long long daily_balance(struct stage *stage, const char *meter)
{
	static const char key[] = "{\"balance_mp\":";
	long long balance_mp;
	sqlite3_stmt *row;
	const char *text;

	assert_int_equal(
		store_row(stage->store, &row,
			  "SELECT detail FROM outbox WHERE meter = ? AND"
			  " log = 'prepayment-daily-read'"
			  " ORDER BY sequence DESC",
			  "s", meter),
		1);
	text = (const char *)sqlite3_column_text(row, 0);
	assert_memory_equal(text, key, strlen(key));
	balance_mp = strtoll(text + strlen(key), NULL, 10);
	store_done(row);
	return balance_mp;
}

/* By command: off the half hour, and at one that was taken already. */
static void entries_are_closed_at_any_time(void **state)
{
	struct stage *stage = *state;
	const struct fake_meter *m = &stage->meter[0];
	int64_t saved_s;

	cycle(stage);
	fake_pass(stage, BEGIN + HALF_HOUR, 1000 * 100);
	cycle(stage);
	fake_close_now(stage, 0);
	fake_close_now(stage, 0);
	fake_pass(stage, BEGIN + HALF_HOUR + 70 * US, 1000 * 10);
	cycle(stage);
	assert_int_equal(m->n_completed, 2);
	assert_int_equal(m->entry[1].balance_mp, -100);
	assert_int_equal(electricity(stage)->p.balance_mp, -110);
	fake_close_now(stage, 0);
	cycle(stage);
	assert_int_equal(m->n_completed, 3);
	assert_int_equal(m->entry[2].balance_mp, -110);
	/* Seen again every time, and taken once. */
	saved_s = electricity(stage)->saved_s;
	for (int n = 0; n < 10; n++) {
		fake_pass(stage, stage->now_us + 10 * US, 1000);
		cycle(stage);
	}
	assert_int_equal(electricity(stage)->saved_s, saved_s);
	assert_int_equal(electricity(stage)->p.balance_mp, -120);
	assert_int_equal(records(stage, LOG_EVENT, -1), 0);
	stage_crash(stage);
	cycle(stage);
	assert_int_equal(m->n_completed, 3);
	assert_int_equal(electricity(stage)->p.balance_mp, -120);
}

/* The bill of a day is without the standing charge of the next. */
static void an_entry_at_midnight_comes_before_the_day(void **state)
{
	struct stage *stage = *state;
	const struct fake_meter *m = &stage->meter[0];

	stage->meter[0].standing_day_up = 1000 * 70;
	cycle(stage);
	fake_pass(stage, BEGIN + DAY_US, 1000 * 100);
	fake_close_at_boundary(stage, 0, 1000 * 70);
	fake_pass(stage, BEGIN + DAY_US + HALF_HOUR, 0);
	cycle(stage);
	assert_int_equal(m->entry[0].balance_mp, -100);
	assert_int_equal(electricity(stage)->p.balance_mp, -170);
	assert_int_equal(records(stage, LOG_PREPAYMENT_DAILY_READ, -1), 2);
	assert_int_equal(daily_balance(stage, "electricity0"), -170);
	assert_int_equal(records(stage, LOG_EVENT, -1), 0);
}

/* The transaction that goes past a midnight has its record. */
static void each_midnight_has_one_record(void **state)
{
	struct stage *stage = *state;

	cycle(stage);
	for (int n = 0; n < 3 * 48; n++) {
		fake_pass(stage, stage->now_us + HALF_HOUR, 5000);
		cycle(stage);
		if (n % 5 == 0)
			stage_crash(stage);
	}
	assert_int_equal(records(stage, LOG_PREPAYMENT_DAILY_READ, -1), 6);
	/* Away for two days: from the points. */
	fake_pass(stage, stage->now_us + 2 * DAY_US, 5000);
	cycle(stage);
	assert_int_equal(records(stage, LOG_PREPAYMENT_DAILY_READ, -1), 10);
	/* Away for longer than points are kept. */
	fake_pass(stage, stage->now_us + 3 * DAY_US, 5000);
	stage->meter[0].n = 0;
	stage->meter[1].n = 0;
	fake_pass(stage, stage->now_us + HALF_HOUR, 5000);
	cycle(stage);
	assert_int_equal(records(stage, LOG_PREPAYMENT_DAILY_READ, -1), 16);
	assert_int_equal(electricity(stage)->p.balance_mp, -(3 * 48 + 3) * 5);
}

static void without_tariffd_the_rest_goes_on(void **state)
{
	struct stage *stage = *state;

	cycle(stage);
	to_prepayment(stage, 3 * POUND);
	stage->away = true;
	fake_pass(stage, stage->now_us + 3 * HALF_HOUR, 1000 * 70);
	cycle(stage);
	assert_true(pay(stage, 1, POUND, 0).accepted);
	assert_int_equal(electricity(stage)->p.balance_mp, 4 * POUND);
	stage->away = false;
	cycle(stage);
	assert_int_equal(electricity(stage)->p.balance_mp, 4 * POUND - 70);
}

static void counters_out_of_bounds_keep_nobody_from_a_top_up(void **state)
{
	struct stage *stage = *state;

	cycle(stage);
	to_prepayment(stage, 3 * POUND);
	stage->meter[0].cost_up = INT64_MAX;
	assert_true(pay(stage, 1, POUND, 0).accepted);
	assert_int_equal(electricity(stage)->p.balance_mp, 4 * POUND);
	stage->meter[0].cost_up = 2000;
	cycle(stage);
	assert_int_equal(electricity(stage)->p.balance_mp, 4 * POUND - 2);
}

/* tariffd lost its store: the first point of the new epoch is the base. */
static void another_epoch_is_taken_as_a_base(void **state)
{
	struct stage *stage = *state;
	struct fake_meter *m = &stage->meter[0];

	cycle(stage);
	fake_pass(stage, stage->now_us + 2 * HALF_HOUR, 1000 * 500);
	cycle(stage);
	assert_int_equal(electricity(stage)->p.balance_mp, -500);
	m->epoch = 77;
	m->cost_up = 0;
	m->standing_up = 0;
	m->n = 0;
	fake_pass(stage, stage->now_us + 2 * HALF_HOUR, 1000 * 300);
	cycle(stage);
	assert_int_equal(electricity(stage)->p.balance_mp, -500 - 150);
	assert_int_equal(electricity(stage)->p.epoch, 77);
}

static void a_clock_put_back_is_lived_with(void **state)
{
	struct stage *stage = *state;
	struct prepayd_account *account = electricity(stage);
	int64_t at_s;

	cycle(stage);
	fake_pass(stage, stage->now_us + 10 * HALF_HOUR, 1000 * 500);
	cycle(stage);
	at_s = account->p.at_s;
	stage->now_us -= 5 * HALF_HOUR - 7 * US;
	stage->meter[0].cost_up += 1000;
	cycle(stage);
	assert_int_equal(account->p.balance_mp, -501);
	assert_int_equal(account->p.at_s, at_s);
	assert_true(account->p.behind);
	/* Said once, not every ten seconds. */
	for (int n = 0; n < 20; n++) {
		stage->now_us += 10 * US;
		stage->meter[0].cost_up += 1000;
		cycle(stage);
	}
	assert_int_equal(account->p.balance_mp, -521);
	assert_int_equal(records(stage, LOG_EVENT, -1), 2);
	stage->now_us = at_s * US;
	cycle(stage);
	assert_false(account->p.behind);
}

static void a_midnight_lived_twice_has_one_record(void **state)
{
	struct stage *stage = *state;

	cycle(stage);
	fake_pass(stage, BEGIN + DAY_US + HALF_HOUR, 0);
	cycle(stage);
	assert_int_equal(records(stage, LOG_PREPAYMENT_DAILY_READ, -1), 2);
	stage_crash(stage);
	stage->now_us = BEGIN + DAY_US - HALF_HOUR;
	cycle(stage);
	for (int n = 0; n < 5; n++) {
		fake_pass(stage, stage->now_us + HALF_HOUR, 0);
		cycle(stage);
	}
	assert_int_equal(records(stage, LOG_PREPAYMENT_DAILY_READ, -1), 2);
}

static void settings_survive_and_hold_from_now_on(void **state)
{
	struct stage *stage = *state;
	struct prepayd_account *account = electricity(stage);
	struct prepay_settings s = account->settings;

	cycle(stage);
	to_prepayment(stage, 10 * POUND);
	assert_int_equal(prepayd_set_debt(&stage->service, account,
					  stage->now_us, PREPAY_TIME_DEBT_1,
					  POUND),
			 0);
	s.recovery[0].rate_mp = 100;
	assert_int_equal(prepayd_set_settings(&stage->service, account,
					      stage->now_us, &s),
			 0);
	fake_pass(stage, stage->now_us + 4 * HALF_HOUR, 0);
	/* What fell due under the old rate is charged by the old rate. */
	s.recovery[0].rate_mp = 7;
	s.calendar.week[3] = 1;
	assert_int_equal(prepayd_set_settings(&stage->service, account,
					      stage->now_us, &s),
			 0);
	assert_int_equal(account->p.balance_mp, 10 * POUND - 200);
	stage_crash(stage);
	assert_int_equal(account->settings.recovery[0].rate_mp, 7);
	assert_int_equal(account->settings.calendar.week[3], 1);
	s.share = -1;
	assert_int_equal(prepayd_set_settings(&stage->service, account,
					      stage->now_us, &s),
			 -EINVAL);
	assert_int_equal(account->settings.share, 2500);
}

/* P-8: also when a supplier comes back. */
static void a_supplier_that_comes_back_starts_where_it_was(void **state)
{
	struct stage *stage = *state;
	struct prepayd_account *account = electricity(stage);
	const uint64_t a = 0xaaaa, b = 0xbbbb;

	cycle(stage);
	to_prepayment(stage, POUND);
	assert_int_equal(prepayd_set_supplier(&stage->service, account,
					      stage->now_us, a,
					      UINT64_C(5) << 32),
			 0);
	assert_false(pay(stage, 5, POUND, 0).accepted);
	assert_true(pay(stage, 9, POUND, 0).accepted);
	assert_int_equal(prepayd_set_supplier(&stage->service, account,
					      stage->now_us, b, 0),
			 0);
	assert_true(pay(stage, 3, POUND, 0).accepted);
	stage_crash(stage);
	assert_true(account->supplier == b);
	assert_int_equal(prepayd_set_supplier(&stage->service, account,
					      stage->now_us, a,
					      UINT64_C(8) << 32),
			 -ERANGE);
	assert_true(account->supplier == b);
	assert_int_equal(prepayd_set_supplier(&stage->service, account,
					      stage->now_us, a,
					      UINT64_C(9) << 32),
			 0);
	assert_false(pay(stage, 9, POUND, 0).accepted);
	assert_true(pay(stage, 10, POUND, 0).accepted);
	assert_int_equal(prepayd_set_supplier(&stage->service, account,
					      stage->now_us, a, 1),
			 -EINVAL);
}

/* A full disk: the caller hears of it, and nothing has happened. */
static void a_full_disk_changes_nothing(void **state)
{
	struct stage *stage = *state;
	struct prepayd_account *account = electricity(stage);
	struct prepayd_receipt receipt;
	char text[PREPAYD_UTRN_ROOM];
	struct prepay before;
	uint32_t n = 0;
	int r;

	cycle(stage);
	to_prepayment(stage, POUND);
	limit_disk(stage, true);
	do {
		before = account->p;
		receipt = (struct prepayd_receipt){ .balance_mp = -1 };
		r = prepayd_top_up(&stage->service, account, stage->now_us,
				   fake_token(text, ++n, 1, 0), true, &receipt);
		assert_true(n < 1000);
	} while (!r);
	assert_int_equal(r, -ENOSPC);
	assert_false(receipt.accepted);
	assert_int_equal(receipt.balance_mp, -1);
	assert_memory_equal(&account->p, &before, sizeof(before));
	stage_crash(stage);
	assert_memory_equal(&account->p, &before, sizeof(before));
	/* There is room again, and the token is as good as it was. */
	assert_true(pay(stage, n, 1, 0).accepted);
	assert_int_equal(account->p.balance_mp, POUND + n);
}

static void a_lost_account_is_in_credit_mode_and_said(void **state)
{
	struct stage *stage = *state;
	FILE *file;

	cycle(stage);
	to_prepayment(stage, POUND);
	store_close(stage->store);
	file = fopen(stage->path, "r+");
	assert_non_null(file);
	for (int n = 0; n < 4000; n++)
		assert_int_equal(fputc(0x55, file), 0x55);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(stage_open(stage), 0);
	assert_int_equal(electricity(stage)->p.state, PREPAY_CREDIT);
	assert_int_equal(records(stage, LOG_SECURITY, 0x81ae), 2);
}

#define TEST(_name) cmocka_unit_test_setup_teardown(_name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(accounts_move_to_their_table),
		TEST(the_first_point_is_the_base),
		TEST(what_a_half_hour_brought_survives),
		TEST(between_half_hours_nothing_is_written),
		TEST(an_alert_is_written_at_once),
		TEST(a_top_up_is_on_disk_when_it_is_acknowledged),
		TEST(wrong_tokens_count_also_over_a_crash),
		TEST(without_a_key_nothing_changes),
		TEST(the_last_top_ups_are_known),
		TEST(entries_are_completed_as_it_was_then),
		TEST(entries_are_closed_at_any_time),
		TEST(an_entry_at_midnight_comes_before_the_day),
		TEST(each_midnight_has_one_record),
		TEST(without_tariffd_the_rest_goes_on),
		TEST(counters_out_of_bounds_keep_nobody_from_a_top_up),
		TEST(another_epoch_is_taken_as_a_base),
		TEST(a_clock_put_back_is_lived_with),
		TEST(a_midnight_lived_twice_has_one_record),
		TEST(settings_survive_and_hold_from_now_on),
		TEST(a_supplier_that_comes_back_starts_where_it_was),
		TEST(a_full_disk_changes_nothing),
		TEST(a_lost_account_is_in_credit_mode_and_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
