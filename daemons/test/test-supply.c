// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>

#include "../supplyd/supply.h"
#include "test.h"

#define T 1000

static struct supply fresh(enum supply_fuel fuel)
{
	struct supply s;

	assert_int_equal(supply_init(&s, fuel, T), 0);
	return s;
}

/* S-1: what one hold does: to enabled, armed, disabled; "=" so already, "-"
 * refused. Rows: enabled, armed, disabled; columns: enable, arm, disable.
 */
static void one_hold_is_as_ruled(void **state)
{
	static const char *const rows[SUPPLY_FUELS][SUPPLY_STATES] = {
		{ "=-D", "E=D", "EA=" },
		{ "--D", "-=D", "-A=" },
	};

	(void)state;
	for (int f = 0; f < SUPPLY_FUELS; f++)
		for (int s = 0; s < SUPPLY_STATES; s++)
			for (int r = 0; r < SUPPLY_REQUESTS; r++) {
				char c = rows[f][s][r];
				int want = c == '=' ? -EALREADY :
					   c == '-' ? -EPERM :
					   c == 'E' ? SUPPLY_ENABLED :
					   c == 'A' ? SUPPLY_ARMED :
						      SUPPLY_DISABLED;

				assert_int_equal(supply_next_state(f, s, r),
						 want);
			}
	assert_int_equal(supply_next_state(SUPPLY_FUELS, 0, 0), -EINVAL);
	assert_int_equal(supply_next_state(0, SUPPLY_STATES, 0), -EINVAL);
	assert_int_equal(supply_next_state(0, 0, SUPPLY_REQUESTS), -EINVAL);
}

/* Combination number n of holds, if there is such a one. */
static bool combine(struct supply *s, enum supply_fuel fuel, int n)
{
	*s = fresh(fuel);
	for (int m = 0; m < SUPPLY_OWNERS; m++, n /= SUPPLY_STATES)
		s->hold[m].state = n % SUPPLY_STATES;
	return supply_check(s, NULL) == 0;
}

static void check_reason(const struct supply *s)
{
	enum supply_owner owner = supply_reason(s);
	bool off = false, armed = false;

	for (int n = 0; n < SUPPLY_OWNERS; n++) {
		off |= s->hold[n].state == SUPPLY_DISABLED;
		armed |= s->hold[n].state == SUPPLY_ARMED;
	}
	assert_int_equal(supply_state(s), off	? SUPPLY_DISABLED :
					  armed ? SUPPLY_ARMED :
						  SUPPLY_ENABLED);
	if (!off && !armed) {
		assert_int_equal(owner, SUPPLY_OWNERS);
		return;
	}
	assert_int_equal(s->hold[owner].state, supply_state(s));
	for (int n = 0; n < (int)owner; n++)
		assert_int_not_equal(s->hold[n].state, supply_state(s));
}

/* Only one hold moves, only as its owner may, and gas is never let on. */
static void check_step(const struct supply *a, const struct supply *b, int ret,
		       int owner, unsigned int told)
{
	check_reason(b);
	assert_int_equal(supply_check(b, NULL), 0);
	if (ret) {
		assert_memory_equal(a, b, sizeof(*a));
		assert_int_equal(told, 99);
		return;
	}
	for (int n = 0; n < SUPPLY_OWNERS; n++)
		if (n != owner)
			assert_memory_equal(&a->hold[n], &b->hold[n],
					    sizeof(a->hold[n]));
	assert_int_equal(told & SUPPLY_TOLD_STATE,
			 supply_state(a) != supply_state(b));
	if (a->fuel == SUPPLY_GAS && supply_state(a) != SUPPLY_ENABLED)
		assert_int_not_equal(supply_state(b), SUPPLY_ENABLED);
}

static void every_combination_of_holds(void **state)
{
	int steps = 0;

	(void)state;
	for (int f = 0; f < SUPPLY_FUELS; f++)
		for (int n = 0; n < 243; n++)
			for (int w = 0; w < SUPPLY_OWNERS * 6; w++) {
				unsigned int told = 99;
				struct supply a, b;
				int o = w / 6, r = w % 3, ret;

				if (!combine(&a, f, n))
					continue;
				b = a;
				ret = w % 6 < 3 ? supply_request(&b, o, r,
								 T + 5, &told) :
						  supply_follow(&b, o, r, T + 5,
								&told);
				check_step(&a, &b, ret, o, told);
				steps++;
				if (o == SUPPLY_LOAD_LIMIT)
					assert_int_equal(ret, -EPERM);
				if (ret == 0 && r == SUPPLY_DISABLE)
					assert_int_not_equal(b.hold[o].state,
							     SUPPLY_ENABLED);
				if (ret == 0 &&
				    b.hold[o].state != a.hold[o].state)
					assert_int_equal(b.hold[o].since_s,
							 T + 5);
			}
	assert_int_equal(steps, 30 * (3 * 3 * 3 * 3 * 2 + 3 * 3 * 3 * 2));
}

static void consent_lifts_what_is_armed(void **state)
{
	(void)state;
	for (int f = 0; f < SUPPLY_FUELS; f++)
		for (int n = 0; n < 243; n++) {
			unsigned int told = 99;
			struct supply a, b;
			int ret;

			if (!combine(&a, f, n))
				continue;
			b = a;
			ret = supply_consent(&b, T + 1, &told);
			if (supply_state(&a) == SUPPLY_ARMED) {
				assert_int_equal(ret, 0);
				assert_int_equal(told, SUPPLY_TOLD_STATE);
				assert_int_equal(supply_state(&b),
						 SUPPLY_ENABLED);
				continue;
			}
			assert_int_equal(ret,
					 supply_state(&a) ? -EPERM : -EALREADY);
			assert_memory_equal(&a, &b, sizeof(a));
		}
}

static void what_is_off_locally_is_on_locally(void **state)
{
	struct supply s = fresh(SUPPLY_GAS);

	(void)state;
	assert_int_equal(supply_request(&s, SUPPLY_LOCAL, SUPPLY_ENABLE, T,
					NULL),
			 -EPERM);
	assert_int_equal(
		supply_request(&s, SUPPLY_LOCAL, SUPPLY_DISABLE, T, NULL), 0);
	assert_int_equal(supply_request(&s, SUPPLY_LOCAL, SUPPLY_DISABLE, T,
					NULL),
			 -EALREADY);
	assert_int_equal(supply_state(&s), SUPPLY_ARMED);
	assert_string_equal(supply_owner_text(supply_reason(&s)), "local");
	assert_int_equal(supply_consent(&s, T, NULL), 0);
	assert_string_equal(supply_owner_text(supply_reason(&s)), "nobody");
}

static void gas_that_is_paid_for_waits_for_a_person(void **state)
{
	struct supply s = fresh(SUPPLY_GAS);

	(void)state;
	supply_follow(&s, SUPPLY_PREPAYMENT, SUPPLY_DISABLED, T, NULL);
	supply_follow(&s, SUPPLY_PREPAYMENT, SUPPLY_ENABLED, T, NULL);
	assert_int_equal(supply_state(&s), SUPPLY_ARMED);
	supply_follow(&s, SUPPLY_PREPAYMENT, SUPPLY_ENABLED, T, NULL);
	assert_int_equal(supply_state(&s), SUPPLY_ARMED);
	assert_int_equal(supply_consent(&s, T, NULL), 0);
	supply_follow(&s, SUPPLY_PREPAYMENT, SUPPLY_ENABLED, T, NULL);
	assert_int_equal(supply_state(&s), SUPPLY_ENABLED);
}

static const struct supply_limit usual = {
	.active = true,
	.threshold_mw = 5000000,
	.period_s = 30,
	.disables = true,
	.restoration_s = 300,
};

static unsigned int reading(struct supply *s, const struct supply_limit *limit,
			    int64_t now_s, int64_t power_mw)
{
	enum supply_sensed sensed = supply_state(s) ? SUPPLY_OPEN :
						      SUPPLY_CLOSED;
	unsigned int told = 99;

	assert_int_equal(supply_advance(s, limit, now_s, true, power_mw, sensed,
					&told),
			 0);
	return told;
}

/* S-3 */
static void load_above_the_limit_for_long_is_cut_off(void **state)
{
	struct supply s = fresh(SUPPLY_ELECTRICITY);

	(void)state;
	assert_int_equal(reading(&s, &usual, T, 5000001), 0);
	assert_int_equal(reading(&s, &usual, T + 29, 5000001), 0);
	/* The threshold itself is within the limit. */
	assert_int_equal(reading(&s, &usual, T + 30, 5000000), 0);
	assert_int_equal(reading(&s, &usual, T + 31, 5000001), 0);
	assert_int_equal(reading(&s, &usual, T + 60, 9000000), 0);
	assert_int_equal(reading(&s, &usual, T + 61, 9000000),
			 SUPPLY_TOLD_LIMITED | SUPPLY_TOLD_STATE);
	assert_int_equal(s.limited, 1);
	assert_int_equal(supply_reason(&s), SUPPLY_LOAD_LIMIT);
	assert_int_equal(supply_consent(&s, T + 62, NULL), -EPERM);
	assert_int_equal(reading(&s, &usual, T + 360, 0), 0);
	assert_int_equal(reading(&s, &usual, T + 361, 0), SUPPLY_TOLD_STATE);
	assert_int_equal(supply_state(&s), SUPPLY_ENABLED);
}

static void load_limiting_may_only_count(void **state)
{
	struct supply s = fresh(SUPPLY_ELECTRICITY);
	struct supply_limit limit = usual;

	(void)state;
	limit.disables = false;
	reading(&s, &limit, T, 6000000);
	assert_int_equal(reading(&s, &limit, T + 30, 6000000),
			 SUPPLY_TOLD_LIMITED);
	/* Once, until it has been below. */
	assert_int_equal(reading(&s, &limit, T + 90, 6000000), 0);
	reading(&s, &limit, T + 91, 0);
	reading(&s, &limit, T + 92, 6000000);
	assert_int_equal(reading(&s, &limit, T + 122, 6000000),
			 SUPPLY_TOLD_LIMITED);
	assert_int_equal(s.limited, 2);
	assert_int_equal(supply_state(&s), SUPPLY_ENABLED);
}

static void restoration_may_arm_and_others_still_hold(void **state)
{
	struct supply s = fresh(SUPPLY_ELECTRICITY);
	struct supply_limit limit = usual;

	(void)state;
	limit.arms = true;
	limit.period_s = 0;
	assert_int_equal(reading(&s, &limit, T, 6000000),
			 SUPPLY_TOLD_LIMITED | SUPPLY_TOLD_STATE);
	supply_request(&s, SUPPLY_SUPPLIER, SUPPLY_DISABLE, T + 1, NULL);
	assert_int_equal(reading(&s, &limit, T + 300, 0), 0);
	assert_int_equal(s.hold[SUPPLY_LOAD_LIMIT].state, SUPPLY_ARMED);
	assert_int_equal(supply_reason(&s), SUPPLY_SUPPLIER);
	supply_request(&s, SUPPLY_SUPPLIER, SUPPLY_ENABLE, T + 301, NULL);
	assert_int_equal(supply_reason(&s), SUPPLY_LOAD_LIMIT);
	assert_int_equal(supply_consent(&s, T + 302, NULL), 0);
	assert_int_equal(supply_state(&s), SUPPLY_ENABLED);
}

static void a_gap_or_an_end_of_limiting_starts_anew(void **state)
{
	struct supply s = fresh(SUPPLY_ELECTRICITY);
	struct supply_limit limit = usual;

	(void)state;
	reading(&s, &limit, T, 6000000);
	assert_int_equal(supply_advance(&s, &limit, T + 20, false, 0,
					SUPPLY_CLOSED, NULL),
			 0);
	assert_int_equal(reading(&s, &limit, T + 40, 6000000), 0);
	limit.active = false;
	assert_int_equal(reading(&s, &limit, T + 90, 6000000), 0);
	assert_int_equal(s.limited, 0);
	/* Gas has no such limit. */
	s = fresh(SUPPLY_GAS);
	reading(&s, &usual, T, 6000000);
	assert_int_equal(reading(&s, &usual, T + 90, 6000000), 0);
}

/* S-2 */
static void contacts_that_disobey_are_told_once(void **state)
{
	static const enum supply_sensed sensed[] = {
		SUPPLY_CLOSED, SUPPLY_UNKNOWN, SUPPLY_CLOSED,
		SUPPLY_CLOSED, SUPPLY_OPEN,    SUPPLY_OPEN,
	};
	static const int64_t at_s[] = { 0, 9, 10, 20, 21, 40 };
	static const unsigned int expected[] = {
		0, 0, SUPPLY_TOLD_MISMATCH, 0, SUPPLY_TOLD_AGREES, 0,
	};
	struct supply s = fresh(SUPPLY_ELECTRICITY);

	(void)state;
	supply_request(&s, SUPPLY_SUPPLIER, SUPPLY_DISABLE, T, NULL);
	for (size_t n = 0; n < 6; n++) {
		unsigned int told = 99;

		assert_int_equal(supply_advance(&s, &usual, T + at_s[n], true,
						0, sensed[n], &told),
				 0);
		assert_int_equal(told, expected[n]);
	}
	/* A relay that is slow is not a fault. */
	supply_request(&s, SUPPLY_SUPPLIER, SUPPLY_ENABLE, T + 50, NULL);
	supply_advance(&s, &usual, T + 51, true, 0, SUPPLY_OPEN, NULL);
	supply_advance(&s, &usual, T + 60, true, 0, SUPPLY_OPEN, NULL);
	supply_advance(&s, &usual, T + 61, true, 0, SUPPLY_CLOSED, NULL);
	assert_false(s.mismatch);
}

#define BAD(line)                                                       \
	do {                                                            \
		struct supply s = fresh(SUPPLY_ELECTRICITY), b;         \
		const char *why = NULL;                                 \
		line;                                                   \
		b = s;                                                  \
		assert_int_equal(supply_check(&s, &why), -EINVAL);      \
		assert_non_null(why);                                   \
		assert_int_equal(supply_consent(&s, T, NULL), -EINVAL); \
		assert_memory_equal(&s, &b, sizeof(s));                 \
	} while (0)
#define BAD_CALL(call)                                              \
	do {                                                        \
		struct supply s = fresh(SUPPLY_ELECTRICITY), b = s; \
		struct supply_limit l = usual;                      \
		(void)l;                                            \
		assert_int_equal(call, -EINVAL);                    \
		assert_memory_equal(&s, &b, sizeof(s));             \
	} while (0)
#define READ(now, mw, sensed) \
	supply_advance(&s, &l, now, true, mw, sensed, NULL)

static void what_is_wrong_is_refused(void **state)
{
	(void)state;
	BAD(s.fuel = SUPPLY_FUELS);
	BAD(s.at_s = SUPPLY_TIME_MAX_S);
	BAD(s.hold[2].state = SUPPLY_STATES);
	BAD(s.hold[2].since_s = T + 1);
	BAD(s.hold[SUPPLY_LOCAL].state = SUPPLY_DISABLED);
	BAD(s.over = true; s.over_since_s = T + 1);
	BAD(s.counted = true);
	BAD(s.restore_s = INT64_MAX);
	BAD(s.sensed = SUPPLY_OPEN + 1);
	BAD(s.differs = true; s.differs_since_s = INT64_MIN);
	BAD(s.mismatch = true);
	BAD(s.fuel = SUPPLY_GAS; s.hold[SUPPLY_LOAD_LIMIT].state = 1);
	BAD_CALL(READ(T - 1, 0, SUPPLY_OPEN));
	BAD_CALL(READ(INT64_MAX, 0, SUPPLY_OPEN));
	BAD_CALL(READ(T, INT64_MAX, SUPPLY_OPEN));
	BAD_CALL(READ(T, 0, SUPPLY_OPEN + 1));
	BAD_CALL((l.period_s = -1, READ(T, 0, SUPPLY_OPEN)));
	BAD_CALL((l.restoration_s = INT64_MAX, READ(T, 0, SUPPLY_OPEN)));
	BAD_CALL((l.threshold_mw = -1, READ(T, 0, SUPPLY_OPEN)));
	BAD_CALL(supply_request(&s, SUPPLY_OWNERS, SUPPLY_ARM, T, NULL));
	BAD_CALL(supply_request(&s, 0, SUPPLY_REQUESTS, T, NULL));
	BAD_CALL(supply_follow(&s, 0, SUPPLY_STATES, T, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_hold_is_as_ruled),
		cmocka_unit_test(every_combination_of_holds),
		cmocka_unit_test(consent_lifts_what_is_armed),
		cmocka_unit_test(what_is_off_locally_is_on_locally),
		cmocka_unit_test(gas_that_is_paid_for_waits_for_a_person),
		cmocka_unit_test(load_above_the_limit_for_long_is_cut_off),
		cmocka_unit_test(load_limiting_may_only_count),
		cmocka_unit_test(restoration_may_arm_and_others_still_hold),
		cmocka_unit_test(a_gap_or_an_end_of_limiting_starts_anew),
		cmocka_unit_test(contacts_that_disobey_are_told_once),
		cmocka_unit_test(what_is_wrong_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
