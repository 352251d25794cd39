// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The power goes at each persistence point of an account's life, one by one.
 * Whoever got no answer asks again, and in the end the account, the entries,
 * the top-ups and the records are those of a life without a cut (P-8, P-10).
 */
#include <stdio.h>

#include "powercut-vfs.h"
#include "prepayd-stage.h"

#define STEPS 40

/* Each can be asked for again: it is done, or was. */
static int step(struct stage *stage, int n)
{
	struct prepayd_account *account = electricity(stage);
	struct prepayd_service *service = &stage->service;
	int64_t now_us = stage->now_us;
	struct prepayd_receipt receipt;
	struct prepay_settings s;
	char text[PREPAYD_UTRN_ROOM];
	int r;

	switch (n % 10) {
	case 1:
		r = prepayd_ask(service, account, now_us, PREPAY_TO_PREPAYMENT);
		return r == -EALREADY ? 0 : r;
	case 2:
	case 7:
		r = prepayd_top_up(service, account, now_us,
				   fake_token(text, (uint32_t)n, POUND * 3, 0),
				   true, &receipt);
		if (!r && !receipt.accepted)
			assert_string_equal(receipt.text, "used before");
		return r;
	case 3:
		return prepayd_set_debt(service, account, now_us,
					PREPAY_TIME_DEBT_1, 1000 * n);
	case 4:
		s = account->settings;
		s.recovery[0].rate_mp = 10 * n;
		return prepayd_set_settings(service, account, now_us, &s);
	case 5:
		r = prepayd_ask(service, account, now_us, PREPAY_ACTIVATE);
		return r == -EALREADY || r == -EPERM ? 0 : r;
	case 6:
		r = prepayd_ask(service, account, now_us, PREPAY_CONSENT);
		return r == -EALREADY || r == -EPERM ? 0 : r;
	default:
		return prepayd_cycle(service, now_us);
	}
}

/* What tariffd does between two steps: nothing of it is ours to lose. */
static void world(struct stage *stage, int n)
{
	int64_t span_us = n % 4 ? 7 * 60 * US : 11 * HALF_HOUR;

	fake_pass(stage, stage->now_us + span_us, 100000000 + 777 * n);
	if (n % 4 == 0) {
		fake_close_entry(stage, 0);
		fake_close_now(stage, 1);
	}
}

/* The end of a life, to be compared. */
struct end {
	struct prepay p[PREPAYD_ACCOUNTS];
	struct prepay_settings settings;
	size_t n_completed[PREPAYD_ACCOUNTS];
	struct prepayd_entry entry[PREPAYD_ACCOUNTS][64];
	int64_t top_ups_mp, top_ups;
	int events, daily;
};

static int add_top_up(const struct prepayd_top_up_record *record,
		      void *userdata)
{
	struct end *end = userdata;

	end->top_ups++;
	end->top_ups_mp += record->value_mp;
	return 0;
}

static void end_of(struct stage *stage, struct end *end)
{
	memset(end, 0, sizeof(*end));
	for (int n = 0; n < PREPAYD_ACCOUNTS; n++) {
		end->p[n] = stage->service.account[n].p;
		end->n_completed[n] = stage->meter[n].n_completed;
		memcpy(end->entry[n], stage->meter[n].entry,
		       sizeof(end->entry[n]));
	}
	end->settings = electricity(stage)->settings;
	assert_int_equal(prepayd_top_ups(&stage->service, electricity(stage),
					 add_top_up, end),
			 0);
	end->events = records(stage, LOG_EVENT, -1);
	end->daily = records(stage, LOG_PREPAYMENT_DAILY_READ, -1);
}

static void begin(struct stage *stage)
{
	memset(stage, 0, sizeof(*stage));
	strcpy(stage->path, "prepayd.db");
	stage->meter[0].standing_day_up = 12345678;
	stage_set_up(stage);
}

/* Until it starts again; the power may go meanwhile, too. */
static void restart(struct stage *stage, struct powercut *disk)
{
	int r;

	do {
		if (stage->store)
			store_close(stage->store);
		stage->store = NULL;
		powercut_restart(disk);
		r = stage_open(stage);
	} while (r && powercut_is_off(disk));
	assert_int_equal(r, 0);
}

/* A life; the power goes at that point, if any. Persistence points passed. */
static uint64_t live(uint64_t seed, uint64_t cut_at, struct end *ret)
{
	static struct stage stage;
	struct powercut *disk = powercut_new(seed);
	uint64_t points;
	int r;

	begin(&stage);
	powercut_at(disk, cut_at);
	r = stage_open(&stage);
	if (r)
		restart(&stage, disk);
	for (int n = 0; n < STEPS; n++) {
		world(&stage, n);
		while ((r = step(&stage, n)) < 0) {
			assert_true(powercut_is_off(disk));
			restart(&stage, disk);
		}
		assert_int_equal(r, 0);
	}
	points = powercut_points(disk);
	powercut_at(disk, 0);
	if (powercut_is_off(disk))
		restart(&stage, disk);
	cycle(&stage);
	end_of(&stage, ret);
	store_close(stage.store);
	powercut_free(disk);
	return points;
}

static void compare(const struct end *whole, const struct end *cut)
{
	for (int n = 0; n < PREPAYD_ACCOUNTS; n++) {
		assert_memory_equal(&whole->p[n], &cut->p[n],
				    sizeof(whole->p[n]));
		assert_int_equal(whole->n_completed[n], cut->n_completed[n]);
		for (size_t i = 0; i < whole->n_completed[n]; i++)
			assert_memory_equal(&whole->entry[n][i],
					    &cut->entry[n][i],
					    sizeof(whole->entry[n][i]));
	}
	assert_int_equal(whole->settings.recovery[0].rate_mp,
			 cut->settings.recovery[0].rate_mp);
	assert_int_equal(whole->top_ups, cut->top_ups);
	assert_int_equal(whole->top_ups_mp, cut->top_ups_mp);
	assert_int_equal(whole->events, cut->events);
	assert_int_equal(whole->daily, cut->daily);
}

static void a_cut_anywhere_changes_nothing_in_the_end(void **state)
{
	static struct end whole, cut;
	uint64_t points = live(1, 0, &whole);

	(void)state;
	printf("%llu points, %d events, %lld top-ups, %zu entries\n",
	       (unsigned long long)points, whole.events,
	       (long long)whole.top_ups, whole.n_completed[0]);
	assert_true(points > 100 && whole.top_ups == 8 &&
		    whole.n_completed[0] == 10 && whole.daily > 2);
	for (uint64_t n = 1; n <= points; n++) {
		(void)live(n, n, &cut);
		compare(&whole, &cut);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cut_anywhere_changes_nothing_in_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
