// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>

#include "../prepayd/prepay-codec.h"
#include "prepay-make.h"

/* Every member another value, in bounds. */
static struct prepay full_state(void)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, 40 * POUND);

	for (uint32_t n = 1; n <= PREPAY_TOKENS + 3; n++)
		assert_int_equal(top_up(&p, &s, 0x1000000 * n / 2, 1),
				 PREPAY_TOKEN_OK);
	for (int n = 0; n < PREPAY_DEBTS; n++)
		assert_int_equal(prepay_set_debt(&p, &s, (enum prepay_debt)n,
						 1111 * n + 7, NULL),
				 0);
	daily_standing_mp = 12345;
	go_to(&p, &s, MONDAY + 3 * DAY + 1234);
	spend(&p, &s, 39 * POUND + 50000);
	assert_int_equal(consume_up(&p, &s, 321, NULL), 0);
	assert_int_equal(prepay_ask(&p, &s, PREPAY_ACTIVATE, NULL), 0);
	spend(&p, &s, 7 * POUND);
	p.standing.rest_up = 987;
	p.week_recovered_mp = 4;
	p.behind = true;
	p.epoch = 0xfedcba98;
	assert_int_equal(prepay_wrong_entry(&p, &s, NULL), 0);
	p.locked_until_s = p.now_s + 3;
	p.now_s -= 10;
	assert_true(p.emergency && p.spent && p.low);
	assert_int_equal(prepay_check(&p, NULL), 0);
	return p;
}

static struct prepay_settings full_settings(void)
{
	struct prepay_settings s = usual();

	s.emergency_threshold_mp = -17;
	s.disablement_threshold_mp = -5 * POUND;
	s.recovery[0] = (struct prepay_recovery){ 77, true };
	s.recovery[1] = (struct prepay_recovery){ 78, false };
	s.share = 2345;
	s.cap_mp = 9 * POUND;
	s.suspend_disabled = true;
	s.vulnerable = true;
	for (int n = 0; n < PREPAY_PROFILES; n++) {
		s.calendar.profile[n].n = PREPAY_WINDOWS;
		for (int i = 0; i < PREPAY_WINDOWS; i++)
			s.calendar.profile[n].window[i] =
				(struct prepay_window){
					9000 * i + n, 9000 * i + 100 * n + 50
				};
	}
	for (int n = 0; n < 7; n++)
		s.calendar.week[n] = (uint8_t)(n + 3);
	s.calendar.n_special = PREPAY_SPECIAL_DAYS;
	for (int n = 0; n < PREPAY_SPECIAL_DAYS; n++)
		s.calendar.special[n] =
			(struct prepay_special_day){ 20000 + 3 * n - 1,
						     (uint8_t)(n % 16) };
	assert_int_equal(prepay_settings_check(&s, NULL), 0);
	return s;
}

static struct span write_one(const struct prepay *p,
			     const struct prepay_settings *s, uint8_t *room)
{
	struct wbuf w = wbuf_of(room, PREPAY_OCTETS_MAX);

	if (p)
		prepay_write_state(&w, p);
	else
		prepay_write_settings(&w, s);
	assert_false(w.bad);
	return SPAN(room, w.len);
}

static void a_state_comes_back(void **state)
{
	uint8_t room[PREPAY_OCTETS_MAX];
	struct prepay p = full_state(), back;

	(void)state;
	memset(&back, 0xff, sizeof(back));
	assert_int_equal(prepay_read_state(write_one(&p, NULL, room), &back),
			 0);
	assert_memory_equal(&p, &back, sizeof(p));
	p = credit_meter(0, 0);
	assert_int_equal(prepay_read_state(write_one(&p, NULL, room), &back),
			 0);
	assert_memory_equal(&p, &back, sizeof(p));
}

static void flags_come_back(bool yes)
{
	struct prepay_settings s = full_settings(), back;
	uint8_t room[PREPAY_OCTETS_MAX];

	s.suspend_disabled = yes;
	s.suspend_emergency = !yes;
	s.vulnerable = yes;
	s.recovery[0].daily = yes;
	s.recovery[1].daily = !yes;
	assert_int_equal(prepay_read_settings(write_one(NULL, &s, room), &back),
			 0);
	assert_int_equal(back.suspend_disabled, yes);
	assert_int_equal(back.suspend_emergency, !yes);
	assert_int_equal(back.vulnerable, yes);
	assert_int_equal(back.recovery[0].daily, yes);
	assert_int_equal(back.recovery[1].daily, !yes);
}

static void settings_come_back(void **state)
{
	struct prepay_settings s = full_settings(), back;
	uint8_t room[PREPAY_OCTETS_MAX];

	(void)state;
	memset(&back, 0xff, sizeof(back));
	assert_int_equal(prepay_read_settings(write_one(NULL, &s, room), &back),
			 0);
	assert_int_equal(back.emergency_limit_mp, s.emergency_limit_mp);
	assert_int_equal(back.emergency_threshold_mp, -17);
	assert_int_equal(back.disablement_threshold_mp, -5 * POUND);
	assert_int_equal(back.low_credit_threshold_mp,
			 s.low_credit_threshold_mp);
	assert_int_equal(back.max_credit_mp, s.max_credit_mp);
	assert_int_equal(back.max_balance_mp, s.max_balance_mp);
	assert_int_equal(back.recovery[0].rate_mp, 77);
	assert_int_equal(back.recovery[1].rate_mp, 78);
	assert_int_equal(back.share, 2345);
	assert_int_equal(back.cap_mp, 9 * POUND);
	assert_int_equal(back.lockout_tries, 3);
	assert_int_equal(back.lockout_s, 600);
	assert_memory_equal(back.calendar.week, s.calendar.week, 7);
	for (int n = 0; n < PREPAY_PROFILES; n++)
		assert_memory_equal(back.calendar.profile[n].window,
				    s.calendar.profile[n].window,
				    sizeof(s.calendar.profile[n].window));
	for (int n = 0; n < PREPAY_SPECIAL_DAYS; n++) {
		assert_int_equal(back.calendar.special[n].day,
				 s.calendar.special[n].day);
		assert_int_equal(back.calendar.special[n].profile,
				 s.calendar.special[n].profile);
	}
	flags_come_back(false);
	flags_come_back(true);
	s = usual();
	assert_int_equal(prepay_read_settings(write_one(NULL, &s, room), &back),
			 0);
	assert_int_equal(back.calendar.profile[0].n, 2);
	assert_int_equal(back.calendar.n_special, 1);
}

/* A half hour writes little, whatever the settings are (flash). */
static void a_state_without_tokens_is_small(void **state)
{
	uint8_t room[PREPAY_OCTETS_MAX];
	struct prepay p = credit_meter(0, 0);

	(void)state;
	assert_true(write_one(&p, NULL, room).len < 250);
	p = full_state();
	assert_true(write_one(&p, NULL, room).len < 650);
}

static void what_is_cut_or_damaged_is_refused(void **state)
{
	struct prepay_settings s = full_settings(), s_back;
	uint8_t room[PREPAY_OCTETS_MAX + 1] = { 0 };
	struct prepay p = full_state(), back;
	struct span whole = write_one(&p, NULL, room);

	(void)state;
	for (size_t len = 0; len < whole.len; len++)
		assert_int_equal(prepay_read_state(SPAN(room, len), &back),
				 -EBADMSG);
	assert_int_equal(prepay_read_state(SPAN(room, whole.len + 1), &back),
			 -EBADMSG);
	/* A balance that is not what came and went. */
	for (size_t at = 0; at < whole.len; at++) {
		room[at] ^= 0x40;
		if (!prepay_read_state(whole, &back))
			assert_int_equal(prepay_worth_mp(&back),
					 prepay_worth_mp(&p));
		room[at] ^= 0x40;
	}
	room[0] = 2;
	assert_int_equal(prepay_read_state(whole, &back), -ENOTSUP);
	whole = write_one(NULL, &s, room);
	for (size_t len = 0; len < whole.len; len++)
		assert_int_equal(prepay_read_settings(SPAN(room, len), &s_back),
				 -EBADMSG);
	room[0] = 9;
	assert_int_equal(prepay_read_settings(whole, &s_back), -ENOTSUP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_state_comes_back),
		cmocka_unit_test(settings_come_back),
		cmocka_unit_test(a_state_without_tokens_is_small),
		cmocka_unit_test(what_is_cut_or_damaged_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
