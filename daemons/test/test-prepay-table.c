// SPDX-License-Identifier: LGPL-2.1-or-later
/* Every state and event of prepayment, against the rules in another form. */
#include <errno.h>
#include <string.h>

#include "prepay-make.h"

/*
 * A row a state: credit mode, good, available, emergency, protected, disabled,
 * armed. A column an event, as in enum prepay_event. A letter is the state
 * gone to, "=" so already, "-" refused.
 */
static const char letters[PREPAY_STATES + 1] = "CGAEPDR";
static const char *const rows[PREPAY_STATES] = {
	"=G-==CCCCCC", /* C */
	"C=-==GAEEPD", /* G */
	"C=E==GAEEPD", /* A */
	"C====GAEEPD", /* E */
	"C=E==GAEEPD", /* P */
	"C=R-GRRRDDD", /* D */
	"C=RGGRRRRRD", /* R */
};

static int expected(enum prepay_state state, enum prepay_event event)
{
	char c = rows[state][event];

	if (c == '=')
		return -EALREADY;
	if (c == '-')
		return -EPERM;
	return (int)(strchr(letters, c) - letters);
}

static void every_pair_is_as_ruled(void **state)
{
	(void)state;
	for (int s = 0; s < PREPAY_STATES; s++) {
		assert_int_equal(strlen(rows[s]), PREPAY_EVENTS);
		for (int e = 0; e < PREPAY_EVENTS; e++)
			assert_int_equal(prepay_next_state(s, e),
					 expected(s, e));
	}
	assert_int_equal(prepay_next_state(PREPAY_STATES, 0), -EINVAL);
	assert_int_equal(prepay_next_state(0, PREPAY_EVENTS), -EINVAL);
	assert_int_equal(prepay_next_state((enum prepay_state) - 1, 0),
			 -EINVAL);
}

/* A meter in that state at noon, or in the night where that is needed. */
static struct prepay in_state(enum prepay_state wanted)
{
	struct prepay_settings s = usual();
	struct prepay p = meter(&s, 50 * POUND);

	if (wanted == PREPAY_CREDIT)
		prepay_ask(&p, &s, PREPAY_TO_CREDIT, NULL);
	if (wanted == PREPAY_AVAILABLE || wanted == PREPAY_EMERGENCY)
		spend(&p, &s, 49 * POUND);
	if (wanted == PREPAY_EMERGENCY)
		prepay_ask(&p, &s, PREPAY_ACTIVATE, NULL);
	if (wanted == PREPAY_PROTECTED)
		go_to(&p, &s, MONDAY + 23 * HOUR);
	if (wanted >= PREPAY_PROTECTED)
		spend(&p, &s, 51 * POUND);
	if (wanted == PREPAY_ARMED)
		assert_int_equal(top_up(&p, &s, 1, 3 * POUND / 2),
				 PREPAY_TOKEN_OK);
	assert_int_equal(p.state, wanted);
	return p;
}

/* The same pairs through the door, each from a state that was lived into. */
static void what_is_asked_is_done_or_refused(void **state)
{
	struct prepay_settings s = usual();

	(void)state;
	for (int n = 0; n < PREPAY_STATES; n++)
		for (int e = 0; e <= PREPAY_RESTORE; e++) {
			struct prepay p = in_state(n), before = p;
			int want = expected(n, e);
			int ret = prepay_ask(&p, &s, e, NULL);

			/* Without credit there is nothing to restore. */
			if (n == PREPAY_DISABLED && e == PREPAY_RESTORE)
				want = -EPERM;
			if (n == PREPAY_ARMED && e == PREPAY_ACTIVATE)
				want = PREPAY_ARMED;
			assert_int_equal(ret, want < 0 ? want : 0);
			if (ret) {
				assert_memory_equal(&p, &before, sizeof(p));
				continue;
			}
			/* What is asked for is looked at again at once. */
			if (want == PREPAY_GOOD && n == PREPAY_ARMED)
				want = PREPAY_AVAILABLE;
			assert_int_equal(p.state, want);
			assert_int_equal(prepay_worth_mp(&p),
					 prepay_worth_mp(&before));
		}
}

static void no_other_event_can_be_asked(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = in_state(PREPAY_GOOD);

	(void)state;
	for (int e = PREPAY_IS_GOOD; e <= PREPAY_EVENTS; e++)
		assert_int_equal(prepay_ask(&p, &s, e, NULL), -EINVAL);
	assert_int_equal(prepay_ask(&p, &s, (enum prepay_event) - 1, NULL),
			 -EINVAL);
}

static void supply_is_off_in_two_states_only(void **state)
{
	(void)state;
	for (int n = 0; n < PREPAY_STATES; n++) {
		struct prepay p = in_state(n);
		enum prepay_want want = n == PREPAY_DISABLED ? PREPAY_HOLD_OFF :
					n == PREPAY_ARMED    ? PREPAY_ARM :
							       PREPAY_ON;

		assert_int_equal(prepay_supply(&p).want, want);
		assert_non_null(prepay_supply(&p).reason);
	}
}

/* What a damaged state or setting is refused for. */
#define BAD_STATE(line)                                                       \
	do {                                                                  \
		struct prepay p = in_state(PREPAY_EMERGENCY), b;              \
		const char *why = NULL;                                       \
		line;                                                         \
		b = p;                                                        \
		assert_int_equal(prepay_check(&p, &why), -EINVAL);            \
		assert_non_null(why);                                         \
		assert_int_equal(consume_up(&p, &s, 0, NULL), -EINVAL);       \
		assert_int_equal(prepay_look(&p, &s, MONDAY, NULL), -EINVAL); \
		assert_memory_equal(&p, &b, sizeof(p));                       \
	} while (0)
#define BAD_SETTING(line)                                                    \
	do {                                                                 \
		struct prepay_settings s = usual();                          \
		struct prepay p = in_state(PREPAY_GOOD);                     \
		const char *why = NULL;                                      \
		line;                                                        \
		assert_int_equal(prepay_settings_check(&s, &why), -EINVAL);  \
		assert_non_null(why);                                        \
		assert_int_equal(prepay_ask(&p, &s, PREPAY_TO_CREDIT, NULL), \
				 -EINVAL);                                   \
	} while (0)

static void a_damaged_state_is_refused(void **state)
{
	struct prepay_settings s = usual();

	(void)state;
	BAD_STATE(p.balance_mp++);
	BAD_STATE(p.credited_mp--);
	BAD_STATE(p.state = PREPAY_STATES);
	BAD_STATE(p.state = PREPAY_CREDIT);
	BAD_STATE(p.state = PREPAY_GOOD);
	BAD_STATE(p.at_s = -1);
	BAD_STATE(p.at_s = PREPAY_TIME_MAX_S);
	BAD_STATE(p.week++);
	BAD_STATE(p.cost.up = PREPAY_COST_MAX_UP + 1);
	BAD_STATE(p.standing.rest_up = 1000);
	BAD_STATE(p.cost.rest_up = -1);
	BAD_STATE(p.now_s = PREPAY_TIME_MAX_S);
	BAD_STATE(p.emergency = false);
	BAD_STATE(p.emergency_mp = p.granted_mp + 1);
	BAD_STATE(p.emergency_mp = INT64_MIN);
	BAD_STATE(p.debt_mp[2] = -1; p.balance_mp--);
	BAD_STATE(p.balance_mp = INT64_MAX);
	BAD_STATE(p.n_used = PREPAY_TOKENS + 1);
	BAD_STATE(p.n_used = 1);
	BAD_STATE(p.n_used = 2; p.used[0] = p.used[1] = p.highest = 4);
	BAD_STATE(p.wrong = -1);
	BAD_STATE(p.locked_until_s = -1);
}

static void a_wrong_setting_is_refused(void **state)
{
	(void)state;
	BAD_SETTING(s.emergency_limit_mp = -1);
	BAD_SETTING(s.emergency_threshold_mp = INT64_MIN);
	BAD_SETTING(s.disablement_threshold_mp = INT64_MAX);
	BAD_SETTING(s.low_credit_threshold_mp = INT64_MAX);
	BAD_SETTING(s.max_credit_mp = -1);
	BAD_SETTING(s.max_balance_mp = INT64_MAX);
	BAD_SETTING(s.recovery[1].rate_mp = -1);
	BAD_SETTING(s.share = 10001);
	BAD_SETTING(s.cap_mp = -1);
	BAD_SETTING(s.lockout_tries = -1);
	BAD_SETTING(s.calendar.profile[9].n = PREPAY_WINDOWS + 1);
	BAD_SETTING(s.calendar.profile[0].window[1].from_s = 7 * 3600);
	BAD_SETTING(s.calendar.profile[0].window[1].to_s = 86401);
	BAD_SETTING(s.calendar.profile[0].window[0].from_s = 8 * 3600);
	BAD_SETTING(s.calendar.week[6] = PREPAY_PROFILES);
	BAD_SETTING(s.calendar.n_special = PREPAY_SPECIAL_DAYS + 1);
	BAD_SETTING(s.calendar.n_special = 2);
	BAD_SETTING(s.calendar.special[0].profile = PREPAY_PROFILES);
}

static int advance(struct prepay *p, int64_t at_s, int64_t cost_up,
		   int64_t standing_up)
{
	struct prepay_settings s = usual();
	struct prepay_point point = { at_s, 1, cost_up, standing_up };

	return prepay_advance(p, &s, &point, NULL);
}

static void time_and_cost_are_bounded(void **state)
{
	struct prepay_settings s = usual();
	struct prepay p = in_state(PREPAY_GOOD), before = p;
	int64_t most_up = PREPAY_COST_MAX_UP;

	(void)state;
	assert_int_equal(advance(&p, -1, 0, 0), -EINVAL);
	assert_int_equal(advance(&p, PREPAY_TIME_MAX_S, 0, 0), -EINVAL);
	assert_int_equal(advance(&p, p.at_s, most_up + 1, 0), -EINVAL);
	assert_int_equal(advance(&p, p.at_s, 0, -most_up - 1), -EINVAL);
	assert_int_equal(prepay_look(&p, &s, -1, NULL), -EINVAL);
	assert_int_equal(prepay_look(&p, &s, PREPAY_TIME_MAX_S, NULL), -EINVAL);
	assert_memory_equal(&p, &before, sizeof(p));
	/* The balance would be below what it can be. */
	assert_int_equal(advance(&p, p.at_s, most_up, most_up), -ERANGE);
	assert_int_equal(advance(&p, p.at_s, most_up, 0), 0);
	assert_int_equal(advance(&p, p.at_s, -most_up, 0), -ERANGE);
	/* From the least to the most rate and time there can be. */
	p = before;
	s.recovery[0].rate_mp = PREPAY_RATE_MAX_MP;
	assert_int_equal(prepay_set_debt(&p, &s, PREPAY_TIME_DEBT_1,
					 PREPAY_MONEY_MAX_MP / 2, NULL),
			 0);
	assert_int_equal(
		prepay_advance(&p, &s,
			       &(struct prepay_point){ PREPAY_TIME_MAX_S - 1, 1,
						       0, 0 },
			       NULL),
		0);
	assert_int_equal(p.debt_mp[PREPAY_TIME_DEBT_1], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_is_as_ruled),
		cmocka_unit_test(what_is_asked_is_done_or_refused),
		cmocka_unit_test(no_other_event_can_be_asked),
		cmocka_unit_test(supply_is_off_in_two_states_only),
		cmocka_unit_test(a_damaged_state_is_refused),
		cmocka_unit_test(a_wrong_setting_is_refused),
		cmocka_unit_test(time_and_cost_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
