// SPDX-License-Identifier: LGPL-2.1-or-later
/* Holds: every combination, against every call (S-1). */
#include <errno.h>
#include <string.h>

#include "../supplyd/supply.h"
#include "test.h"

#define T 1000
#define COMBINATIONS 243 /* SUPPLY_STATES to the SUPPLY_OWNERS */

static struct supply fresh(enum supply_fuel fuel)
{
	struct supply s;

	assert_int_equal(supply_init(&s, fuel, T), 0);
	return s;
}

/* What one hold does: to enabled, armed, disabled; "=" so already, "-"
 * refused. Rows: enabled, armed, disabled; columns: enable, arm, disable.
 */
static const char *const table[SUPPLY_FUELS][SUPPLY_STATES] = {
	{ "=-D", "E=D", "EA=" },
	{ "--D", "-=D", "-A=" },
};

static int by_table(enum supply_fuel fuel, enum supply_state state,
		    enum supply_request request)
{
	char c = table[fuel][state][request];

	return c == '=' ? -EALREADY :
	       c == '-' ? -EPERM :
	       c == 'E' ? SUPPLY_ENABLED :
	       c == 'A' ? SUPPLY_ARMED :
			  SUPPLY_DISABLED;
}

static void one_hold_is_as_ruled(void **state)
{
	(void)state;
	for (int f = 0; f < SUPPLY_FUELS; f++)
		for (int s = 0; s < SUPPLY_STATES; s++)
			for (int r = 0; r < SUPPLY_REQUESTS; r++)
				assert_int_equal(supply_next_state(f, s, r),
						 by_table(f, s, r));
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

/* What the holds have to be after a request, written down another way; the
 * result is that of the call.
 */
static int expect_request(int hold[SUPPLY_OWNERS], enum supply_fuel fuel, int o,
			  int r)
{
	int own = by_table(fuel, hold[o], r), limit;

	if (o == SUPPLY_PREPAYMENT || o == SUPPLY_LOAD_LIMIT)
		return -EPERM;
	if (o == SUPPLY_LOCAL) {
		if (r != SUPPLY_DISABLE)
			return -EPERM;
		if (hold[o])
			return -EALREADY;
		hold[o] = SUPPLY_ARMED;
		return 0;
	}
	if (own >= 0)
		hold[o] = own;
	if (o != SUPPLY_SUPPLIER || r == SUPPLY_DISABLE ||
	    !hold[SUPPLY_LOAD_LIMIT])
		return own < 0 ? own : 0;
	limit = by_table(fuel, hold[SUPPLY_LOAD_LIMIT], r);
	if (limit >= 0)
		hold[SUPPLY_LOAD_LIMIT] = limit;
	return own < 0 && limit < 0 ? own : 0;
}

static int expect_follow(int hold[SUPPLY_OWNERS], enum supply_fuel fuel, int to)
{
	if (fuel == SUPPLY_GAS && to == SUPPLY_ENABLED &&
	    hold[SUPPLY_PREPAYMENT])
		to = SUPPLY_ARMED;
	hold[SUPPLY_PREPAYMENT] = to;
	return 0;
}

static int expect_consent(int hold[SUPPLY_OWNERS])
{
	bool off = false, armed = false;

	for (int n = 0; n < SUPPLY_OWNERS; n++) {
		off |= hold[n] == SUPPLY_DISABLED;
		armed |= hold[n] == SUPPLY_ARMED;
	}
	if (off)
		return -EPERM;
	if (!armed)
		return -EALREADY;
	memset(hold, 0, SUPPLY_OWNERS * sizeof(*hold));
	return 0;
}

/* Call number w: requests of owner w / 3, then follow, then consent. */
#define REQUESTS (SUPPLY_OWNERS * SUPPLY_REQUESTS)
#define CALLS (REQUESTS + SUPPLY_STATES + 1)

static int call(struct supply *s, int w, unsigned int *told)
{
	if (w < REQUESTS)
		return supply_request(s, w / 3, w % 3, "why", T + 5, told);
	if (w < REQUESTS + SUPPLY_STATES)
		return supply_follow(s, w - REQUESTS, "debt", T + 5, told);
	return supply_consent(s, T + 5, told);
}

static int expect(int hold[SUPPLY_OWNERS], enum supply_fuel fuel, int w)
{
	if (w < REQUESTS)
		return expect_request(hold, fuel, w / 3, w % 3);
	if (w < REQUESTS + SUPPLY_STATES)
		return expect_follow(hold, fuel, w - REQUESTS);
	return expect_consent(hold);
}

static void check_call(const struct supply *a, int w)
{
	struct supply b = *a;
	unsigned int told = 99;
	int hold[SUPPLY_OWNERS], ret;

	for (int n = 0; n < SUPPLY_OWNERS; n++)
		hold[n] = a->hold[n].state;
	ret = call(&b, w, &told);
	assert_int_equal(ret, expect(hold, a->fuel, w));
	check_reason(&b);
	assert_int_equal(supply_check(&b, NULL), 0);
	if (ret) {
		assert_memory_equal(a, &b, sizeof(*a));
		assert_int_equal(told, 99);
		return;
	}
	for (int n = 0; n < SUPPLY_OWNERS; n++) {
		assert_int_equal(b.hold[n].state, hold[n]);
		assert_int_equal(b.hold[n].since_s,
				 hold[n] == (int)a->hold[n].state ? T : T + 5);
	}
	assert_int_equal(told, supply_state(a) != supply_state(&b));
	/* However it comes, only a person there turns gas on. */
	if (a->fuel == SUPPLY_GAS && supply_state(a) != SUPPLY_ENABLED &&
	    w < CALLS - 1)
		assert_int_not_equal(supply_state(&b), SUPPLY_ENABLED);
}

static void every_call_on_every_combination(void **state)
{
	int combinations = 0;
	struct supply a;

	(void)state;
	for (int f = 0; f < SUPPLY_FUELS; f++)
		for (int n = 0; n < COMBINATIONS; n++) {
			if (!combine(&a, f, n))
				continue;
			combinations++;
			for (int w = 0; w < CALLS; w++)
				check_call(&a, w);
		}
	assert_int_equal(combinations, 3 * 3 * 3 * 3 * 2 + 3 * 3 * 3 * 2);
}

static void what_is_off_locally_is_on_locally(void **state)
{
	struct supply s = fresh(SUPPLY_GAS);

	(void)state;
	assert_int_equal(supply_request(&s, SUPPLY_LOCAL, SUPPLY_DISABLE,
					"at the meter", T, NULL),
			 0);
	assert_string_equal(supply_state_text(supply_state(&s)), "armed");
	assert_string_equal(supply_owner_text(supply_reason(&s)), "local");
	assert_string_equal(s.hold[SUPPLY_LOCAL].reason, "at the meter");
	assert_int_equal(supply_consent(&s, T, NULL), 0);
	assert_string_equal(supply_owner_text(supply_reason(&s)), "none");
	assert_string_equal(s.hold[SUPPLY_LOCAL].reason, "");
}

static void gas_that_is_paid_for_waits_for_a_person(void **state)
{
	struct supply s = fresh(SUPPLY_GAS);

	(void)state;
	supply_follow(&s, SUPPLY_DISABLED, "no credit", T, NULL);
	supply_follow(&s, SUPPLY_ENABLED, "credit", T, NULL);
	assert_int_equal(supply_state(&s), SUPPLY_ARMED);
	/* Said again, it is still from then. */
	supply_follow(&s, SUPPLY_ENABLED, "credit", T + 9, NULL);
	assert_int_equal(supply_state(&s), SUPPLY_ARMED);
	assert_int_equal(s.hold[SUPPLY_PREPAYMENT].since_s, T);
	assert_int_equal(supply_consent(&s, T + 9, NULL), 0);
	supply_follow(&s, SUPPLY_ENABLED, "credit", T + 9, NULL);
	assert_int_equal(supply_state(&s), SUPPLY_ENABLED);
}

static void words_lead_back(void **state)
{
	(void)state;
	for (int n = 0; n < SUPPLY_OWNERS; n++)
		assert_int_equal(supply_owner_of(supply_owner_text(n)), n);
	assert_int_equal(supply_owner_of("none"), -EINVAL);
	assert_int_equal(supply_request_of("enable"), SUPPLY_ENABLE);
	assert_int_equal(supply_request_of("arm"), SUPPLY_ARM);
	assert_int_equal(supply_request_of("disable"), SUPPLY_DISABLE);
	assert_int_equal(supply_request_of("Disable"), -EINVAL);
	assert_string_equal(supply_sensed_text(SUPPLY_SENSED_ON), "on");
	assert_string_equal(supply_sensed_text(SUPPLY_SENSED_OFF), "off");
	assert_string_equal(supply_sensed_text(SUPPLY_SENSED_UNKNOWN),
			    "unknown");
}

/* The clock is put back: holds stay, and do not date from the future. */
static void a_clock_put_back_keeps_every_hold(void **state)
{
	struct supply s = fresh(SUPPLY_ELECTRICITY);

	(void)state;
	supply_request(&s, SUPPLY_SUPPLIER, SUPPLY_DISABLE, NULL, T + 50, NULL);
	assert_int_equal(supply_request(&s, SUPPLY_TAMPER, SUPPLY_DISABLE, NULL,
					T - 100, NULL),
			 0);
	assert_int_equal(s.at_s, T - 100);
	assert_int_equal(s.hold[SUPPLY_SUPPLIER].state, SUPPLY_DISABLED);
	for (int n = 0; n < SUPPLY_OWNERS; n++)
		assert_int_equal(s.hold[n].since_s, T - 100);
	assert_int_equal(supply_check(&s, NULL), 0);
}

#define BAD(fuel, line)                                                 \
	do {                                                            \
		struct supply s = fresh(fuel), b;                       \
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
		struct supply_limit l = { .active = true };         \
		struct supply_reading r = { .power_known = true,    \
					    .volume_known = true }; \
		(void)l;                                            \
		(void)r;                                            \
		assert_int_equal(call, -EINVAL);                    \
		assert_memory_equal(&s, &b, sizeof(s));             \
	} while (0)
#define READ(now) supply_advance(&s, &l, now, &r, NULL)
#define E SUPPLY_ELECTRICITY
#define G SUPPLY_GAS

static void a_state_that_cannot_be_is_refused(void **state)
{
	(void)state;
	BAD(E, s.fuel = SUPPLY_FUELS);
	BAD(E, s.at_s = SUPPLY_TIME_MAX_S);
	BAD(E, s.hold[2].state = SUPPLY_STATES);
	BAD(E, s.hold[2].since_s = T + 1);
	BAD(E, memset(s.hold[2].reason, 'x', SUPPLY_REASON_SIZE));
	BAD(E, s.hold[2].reason[0] = '\n');
	BAD(E, s.hold[SUPPLY_LOCAL].state = SUPPLY_DISABLED);
	BAD(E, s.over = true; s.over_at_s = T + 1);
	BAD(E, s.over = true; s.over_since_s = 2);
	BAD(E, s.restore_s = INT64_MAX);
	BAD(E, s.sensed = SUPPLY_SENSES);
	BAD(E, s.differs = true; s.differs_since_s = INT64_MIN);
	BAD(E, s.mismatch = true);
	BAD(E, s.flow = true);
	BAD(G, s.hold[SUPPLY_LOAD_LIMIT].state = 1);
	BAD(G, s.counted = true);
	BAD(G, s.flow = true);
	BAD(G, s.shut = true; s.shut_since_s = T + 1);
	BAD(G, s.based = true; s.grown_s = T + 1);
	BAD(G, s.base_dm3 = 1);
	BAD(G, s.last_dm3 = INT64_MAX);
}

static void a_call_out_of_bounds_is_refused(void **state)
{
	static const char *const reasons[] = {
		"an explanation of more than it is wide", "a\tb", "\xc3\xa9"
	};

	(void)state;
	BAD_CALL(READ(-1));
	BAD_CALL(READ(INT64_MAX));
	BAD_CALL((r.power_mw = INT64_MAX, READ(T)));
	BAD_CALL((r.power_mw = INT64_MIN, READ(T)));
	BAD_CALL((r.volume_dm3 = -1, READ(T)));
	BAD_CALL((r.volume_dm3 = INT64_MAX, READ(T)));
	BAD_CALL((r.sensed = SUPPLY_SENSES, READ(T)));
	BAD_CALL((l.period_s = -1, READ(T)));
	BAD_CALL((l.restoration_s = INT64_MAX, READ(T)));
	BAD_CALL((l.threshold_mw = -1, READ(T)));
	BAD_CALL(supply_request(&s, SUPPLY_OWNERS, 1, NULL, T, NULL));
	BAD_CALL(supply_request(&s, 0, SUPPLY_REQUESTS, NULL, T, NULL));
	BAD_CALL(supply_follow(&s, SUPPLY_STATES, NULL, T, NULL));
	for (size_t n = 0; n < ARRAY_SIZE(reasons); n++) {
		BAD_CALL(supply_request(&s, 0, 2, reasons[n], T, NULL));
		BAD_CALL(supply_follow(&s, 2, reasons[n], T, NULL));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_hold_is_as_ruled),
		cmocka_unit_test(every_call_on_every_combination),
		cmocka_unit_test(what_is_off_locally_is_on_locally),
		cmocka_unit_test(gas_that_is_paid_for_waits_for_a_person),
		cmocka_unit_test(words_lead_back),
		cmocka_unit_test(a_clock_put_back_keeps_every_hold),
		cmocka_unit_test(a_state_that_cannot_be_is_refused),
		cmocka_unit_test(a_call_out_of_bounds_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
