// SPDX-License-Identifier: LGPL-2.1-or-later
/* Load limiting (S-3), contacts (S-2), flow (M-7). */
#include <errno.h>
#include <string.h>

#include "../supplyd/supply.h"
#include "test.h"

#define T 100000
#define LIMITED SUPPLY_TOLD_LIMITED
#define STATE SUPPLY_TOLD_STATE
#define RESTORED SUPPLY_TOLD_RESTORED
#define UNKNOWN SUPPLY_SENSED_UNKNOWN
#define ON SUPPLY_SENSED_ON
#define OFF SUPPLY_SENSED_OFF
#define NO_READING INT64_MIN

static struct supply fresh(enum supply_fuel fuel)
{
	struct supply s;

	assert_int_equal(supply_init(&s, fuel, T), 0);
	return s;
}

static const struct supply_limit usual = {
	.active = true,
	.threshold_mw = 5000000,
	.period_s = 30,
	.disables = true,
	.restoration_s = 300,
};

/* At T + at_s; contacts obey. */
static unsigned int load(struct supply *s, const struct supply_limit *limit,
			 int64_t at_s, int64_t power_mw)
{
	struct supply_reading reading = {
		.power_known = power_mw != NO_READING,
		.power_mw = power_mw,
		.sensed = supply_state(s) ? OFF : ON,
	};
	unsigned int told = 99;

	assert_int_equal(supply_advance(s, limit, T + at_s, &reading, &told),
			 0);
	assert_int_equal(supply_check(s, NULL), 0);
	return told;
}

static void load_above_the_limit_for_long_is_cut_off(void **state)
{
	struct supply s = fresh(SUPPLY_ELECTRICITY);

	(void)state;
	assert_int_equal(load(&s, &usual, 0, 5000001), 0);
	assert_int_equal(load(&s, &usual, 29, 5000001), 0);
	/* The threshold itself is within the limit. */
	assert_int_equal(load(&s, &usual, 30, 5000000), 0);
	assert_int_equal(load(&s, &usual, 31, 5000001), 0);
	assert_int_equal(load(&s, &usual, 60, 9000000), 0);
	assert_int_equal(load(&s, &usual, 61, 9000000), LIMITED | STATE);
	assert_int_equal(s.limited, 1);
	assert_int_equal(supply_reason(&s), SUPPLY_LOAD_LIMIT);
	assert_int_equal(supply_consent(&s, T + 62, NULL), -EPERM);
	assert_int_equal(load(&s, &usual, 360, 0), 0);
	assert_int_equal(load(&s, &usual, 361, 0), RESTORED | STATE);
	assert_int_equal(supply_state(&s), SUPPLY_ENABLED);
}

/* One event a crossing, whatever the contacts do and the readings miss. */
static void a_crossing_counts_once(void **state)
{
	struct supply s = fresh(SUPPLY_ELECTRICITY);
	struct supply_limit limit = usual;

	(void)state;
	load(&s, &usual, 0, 6000000);
	assert_int_equal(load(&s, &usual, 30, 6000000), LIMITED | STATE);
	/* The contacts have not opened. */
	for (int n = 31; n < 329; n++)
		assert_int_equal(load(&s, &usual, n, 6000000), 0);
	/* Supply is let on again: what is above now is another one. */
	assert_int_equal(load(&s, &usual, 330, 6000000), RESTORED | STATE);
	assert_int_equal(load(&s, &usual, 359, 6000000), 0);
	assert_int_equal(load(&s, &usual, 360, 6000000), LIMITED | STATE);
	assert_int_equal(s.limited, 2);

	s = fresh(SUPPLY_ELECTRICITY);
	limit.disables = false;
	load(&s, &limit, 0, 6000000);
	assert_int_equal(load(&s, &limit, 30, 6000000), LIMITED);
	for (int n = 31; n < 200; n++)
		assert_int_equal(
			load(&s, &limit, n, n % 3 ? 6000000 : NO_READING), 0);
	load(&s, &limit, 200, 0);
	load(&s, &limit, 201, 6000000);
	assert_int_equal(load(&s, &limit, 231, 6000000), LIMITED);
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
	assert_int_equal(load(&s, &limit, 0, 6000000), LIMITED | STATE);
	supply_request(&s, SUPPLY_TAMPER, SUPPLY_DISABLE, NULL, T + 1, NULL);
	assert_int_equal(load(&s, &limit, 300, 0), RESTORED);
	assert_int_equal(s.hold[SUPPLY_LOAD_LIMIT].state, SUPPLY_ARMED);
	assert_int_equal(supply_reason(&s), SUPPLY_TAMPER);
	supply_request(&s, SUPPLY_TAMPER, SUPPLY_ENABLE, NULL, T + 301, NULL);
	assert_int_equal(supply_reason(&s), SUPPLY_LOAD_LIMIT);
	assert_int_equal(supply_consent(&s, T + 302, NULL), 0);
	assert_int_equal(supply_state(&s), SUPPLY_ENABLED);
}

static void the_supplier_may_end_load_limiting_early(void **state)
{
	struct supply s = fresh(SUPPLY_ELECTRICITY);
	unsigned int told = 0;

	(void)state;
	load(&s, &usual, 0, 6000000);
	load(&s, &usual, 30, 6000000);
	assert_int_equal(supply_request(&s, SUPPLY_SUPPLIER, SUPPLY_ENABLE,
					NULL, T + 40, &told),
			 0);
	assert_int_equal(told, STATE);
	assert_int_equal(supply_state(&s), SUPPLY_ENABLED);
	assert_int_equal(load(&s, &usual, 330, 0), 0);
}

static void a_gap_or_other_settings_start_anew(void **state)
{
	struct supply s = fresh(SUPPLY_ELECTRICITY);
	struct supply_limit limit = usual;

	(void)state;
	load(&s, &limit, 0, 6000000);
	load(&s, &limit, 20, NO_READING);
	assert_int_equal(load(&s, &limit, 40, 6000000), 0);
	/* Nobody knows what was between. */
	assert_int_equal(load(&s, &limit, 40 + SUPPLY_GAP_S + 1, 6000000), 0);
	assert_int_equal(load(&s, &limit, 40 + 2 * SUPPLY_GAP_S + 1, 6000000),
			 LIMITED | STATE);

	s = fresh(SUPPLY_ELECTRICITY);
	load(&s, &limit, 0, 6000000);
	limit.period_s = 60;
	supply_limit_changed(&s);
	assert_int_equal(load(&s, &limit, 59, 6000000), 0);
	assert_int_equal(load(&s, &limit, 60, 6000000), 0);
	limit.active = false;
	assert_int_equal(load(&s, &limit, 119, 6000000), 0);
	assert_int_equal(s.limited, 0);
	/* Gas has no such limit. */
	s = fresh(SUPPLY_GAS);
	load(&s, &usual, 0, 6000000);
	assert_int_equal(load(&s, &usual, 60, 6000000), 0);
}

/* Nothing gets off or on early by a clock put back. */
static void a_clock_put_back_restarts_the_periods(void **state)
{
	struct supply s = fresh(SUPPLY_ELECTRICITY);

	(void)state;
	load(&s, &usual, 0, 6000000);
	load(&s, &usual, 29, 6000000);
	assert_int_equal(load(&s, &usual, -5000, 6000000), 0);
	assert_int_equal(load(&s, &usual, -4971, 6000000), 0);
	assert_int_equal(load(&s, &usual, -4970, 6000000), LIMITED | STATE);
	/* 300 s to go, of which 100 pass; then an hour back. */
	load(&s, &usual, -4870, 0);
	assert_int_equal(load(&s, &usual, -8470, 0), 0);
	assert_int_equal(load(&s, &usual, -8271, 0), 0);
	assert_int_equal(load(&s, &usual, -8270, 0), RESTORED | STATE);
}

static void a_restart_forgets_what_was_being_measured(void **state)
{
	struct supply s = fresh(SUPPLY_ELECTRICITY), stored = s;

	(void)state;
	load(&s, &usual, 0, 6000000);
	load(&s, &usual, 29, 6000000);
	assert_false(supply_to_store(&s, &stored));
	supply_restart(&s);
	assert_int_equal(load(&s, &usual, 30, 6000000), 0);
	stored = s;
	assert_int_equal(load(&s, &usual, 60, 6000000), LIMITED | STATE);
	assert_true(supply_to_store(&s, &stored));
	/* Counted stays counted. */
	supply_restart(&s);
	for (int n = 61; n < 300; n++)
		assert_int_equal(load(&s, &usual, n, 6000000), 0);
	assert_int_equal(load(&s, &usual, 360, 6000000), RESTORED | STATE);
}

/* --- contacts */

static unsigned int sense(struct supply *s, int64_t at_s,
			  enum supply_sensed sensed)
{
	struct supply_reading reading = { .sensed = sensed };
	unsigned int told = 99;

	assert_int_equal(supply_advance(s, &usual, T + at_s, &reading, &told),
			 0);
	assert_int_equal(supply_check(s, NULL), 0);
	return told;
}

static void contacts_that_disobey_are_told_once(void **state)
{
	static const enum supply_sensed sensed[] = { ON, UNKNOWN, ON,
						     ON, OFF,	  OFF };
	static const int64_t at_s[] = { 0, 9, 10, 20, 21, 40 };
	static const unsigned int expected[] = {
		0, 0, SUPPLY_TOLD_NOT_OFF, 0, SUPPLY_TOLD_AGREES, 0,
	};
	struct supply s = fresh(SUPPLY_ELECTRICITY);

	(void)state;
	supply_request(&s, SUPPLY_SUPPLIER, SUPPLY_DISABLE, NULL, T, NULL);
	for (size_t n = 0; n < 6; n++)
		assert_int_equal(sense(&s, at_s[n], sensed[n]), expected[n]);
	/* Unknown is no fault. */
	for (int n = 41; n < 60; n += 4)
		assert_int_equal(sense(&s, n, UNKNOWN), 0);
	assert_false(s.differs);
	/* Nor is a relay that is slow. */
	supply_request(&s, SUPPLY_SUPPLIER, SUPPLY_ENABLE, NULL, T + 60, NULL);
	sense(&s, 61, OFF);
	sense(&s, 70, OFF);
	/* Another command: its time begins with it. */
	supply_request(&s, SUPPLY_SUPPLIER, SUPPLY_DISABLE, NULL, T + 70, NULL);
	assert_int_equal(sense(&s, 71, ON), 0);
	assert_int_equal(sense(&s, 80, ON), 0);
	assert_int_equal(sense(&s, 81, ON), SUPPLY_TOLD_NOT_OFF);
	supply_request(&s, SUPPLY_SUPPLIER, SUPPLY_ENABLE, NULL, T + 82, NULL);
	assert_false(s.mismatch);
	assert_int_equal(sense(&s, 83, OFF), 0);
	assert_int_equal(sense(&s, 93, OFF), SUPPLY_TOLD_NOT_ON);
	assert_int_equal(supply_state(&s), SUPPLY_ENABLED);
	/* Told before a restart is not told again. */
	supply_restart(&s);
	assert_int_equal(sense(&s, 120, OFF), 0);
	assert_int_equal(sense(&s, 121, ON), SUPPLY_TOLD_AGREES);
}

static void a_clock_put_back_is_no_mismatch(void **state)
{
	struct supply s = fresh(SUPPLY_ELECTRICITY);

	(void)state;
	assert_int_equal(sense(&s, 0, OFF), 0);
	assert_int_equal(sense(&s, 9, OFF), 0);
	assert_int_equal(sense(&s, 0, OFF), 0);
	assert_int_equal(sense(&s, 9, OFF), 0);
	assert_int_equal(sense(&s, 10, OFF), SUPPLY_TOLD_NOT_ON);
	assert_int_equal(sense(&s, 0, OFF), 0);
	assert_true(s.mismatch);
}

/* It might open later, when the person is gone. */
static void a_valve_that_did_not_open_is_armed_again(void **state)
{
	struct supply s = fresh(SUPPLY_GAS);

	(void)state;
	supply_request(&s, SUPPLY_LOCAL, SUPPLY_DISABLE, NULL, T, NULL);
	sense(&s, 1, OFF);
	assert_int_equal(supply_consent(&s, T + 2, NULL), 0);
	assert_int_equal(sense(&s, 3, OFF), 0);
	assert_int_equal(sense(&s, 2 + SUPPLY_SETTLE_GAS_S, OFF), 0);
	assert_int_equal(sense(&s, 3 + SUPPLY_SETTLE_GAS_S, OFF),
			 SUPPLY_TOLD_NOT_ON | STATE);
	assert_int_equal(supply_state(&s), SUPPLY_ARMED);
	assert_string_equal(s.hold[SUPPLY_LOCAL].reason, "valve did not open");
	assert_false(s.mismatch);
	assert_int_equal(supply_consent(&s, T + 999, NULL), 0);
}

/* --- flow */

static unsigned int flow(struct supply *s, int64_t at_s,
			 enum supply_sensed sensed, int64_t volume_dm3)
{
	struct supply_reading reading = {
		.volume_known = volume_dm3 != NO_READING,
		.volume_dm3 = volume_dm3,
		.sensed = sensed,
	};
	unsigned int told = 99;

	assert_int_equal(supply_advance(s, &usual, T + at_s, &reading, &told),
			 0);
	assert_int_equal(supply_check(s, NULL), 0);
	return told;
}

static struct supply shut_valve(void)
{
	struct supply s = fresh(SUPPLY_GAS);

	supply_request(&s, SUPPLY_SUPPLIER, SUPPLY_DISABLE, NULL, T, NULL);
	supply_request(&s, SUPPLY_SUPPLIER, SUPPLY_ARM, NULL, T, NULL);
	assert_int_equal(flow(&s, 0, OFF, 1000), 0);
	return s;
}

static void gas_through_a_shut_valve_is_told(void **state)
{
	struct supply s = shut_valve();

	(void)state;
	/* On its way; and one pulse is none. */
	assert_int_equal(flow(&s, 59, OFF, 1030), 0);
	assert_int_equal(flow(&s, 60, OFF, 1030), 0);
	assert_int_equal(flow(&s, 70, OFF, 1040), 0);
	assert_int_equal(supply_consent(&s, T + 70, NULL), 0);
	s = shut_valve();
	flow(&s, 60, OFF, 1000);
	assert_int_equal(flow(&s, 4000, OFF, 1010), 0);
	assert_int_equal(flow(&s, 4001, UNKNOWN, NO_READING), 0);
	assert_int_equal(flow(&s, 7000, OFF, 1020), SUPPLY_TOLD_FLOW);
	assert_int_equal(flow(&s, 7001, OFF, 1030), 0);
	assert_int_equal(supply_consent(&s, T + 7002, NULL), -EBUSY);
	assert_int_equal(supply_state(&s), SUPPLY_ARMED);
	/* Until it has been quiet for long. */
	assert_int_equal(flow(&s, 7000 + SUPPLY_QUIET_S, OFF, 1030), 0);
	assert_int_equal(flow(&s, 7001 + SUPPLY_QUIET_S, OFF, 1030),
			 SUPPLY_TOLD_FLOW_ENDED);
	assert_int_equal(supply_consent(&s, T + 20000, NULL), 0);
}

static void what_is_not_shut_has_no_uncontrolled_flow(void **state)
{
	struct supply s = shut_valve();

	(void)state;
	/* The valve disobeys: that is another alert. */
	for (int n = 1; n < 300; n++)
		assert_int_equal(
			flow(&s, n, ON, 1000 + n * 10) & SUPPLY_TOLD_FLOW, 0);
	/* Shut now; what flowed before is not counted. */
	assert_int_equal(flow(&s, 300, OFF, 5000), SUPPLY_TOLD_AGREES);
	assert_int_equal(flow(&s, 360, OFF, 5010), 0);
	assert_int_equal(flow(&s, 370, OFF, 5020), 0);
	assert_int_equal(flow(&s, 380, OFF, 5030), SUPPLY_TOLD_FLOW);
	/* Another meter. */
	assert_int_equal(flow(&s, 390, OFF, 10), 0);
	assert_true(s.flow);
	/* No reading proves nothing. */
	assert_int_equal(flow(&s, 390 + SUPPLY_QUIET_S, UNKNOWN, NO_READING),
			 0);
	assert_int_equal(flow(&s, 390 + SUPPLY_QUIET_S, OFF, NO_READING), 0);
	assert_true(s.flow);
	assert_int_equal(flow(&s, 400, ON, 10), SUPPLY_TOLD_FLOW_ENDED);
}

static void flow_goes_on_over_a_restart_and_a_clock_put_back(void **state)
{
	struct supply s = shut_valve();

	(void)state;
	flow(&s, 60, OFF, 1000);
	flow(&s, 70, OFF, 1010);
	supply_restart(&s);
	assert_int_equal(flow(&s, 80, OFF, 1020), SUPPLY_TOLD_FLOW);
	supply_restart(&s);
	assert_true(s.flow);
	assert_int_equal(flow(&s, 80 + SUPPLY_QUIET_S - 1, OFF, 1020), 0);
	assert_int_equal(flow(&s, 0, OFF, 1020), 0);
	assert_int_equal(flow(&s, SUPPLY_QUIET_S - 1, OFF, 1020), 0);
	assert_int_equal(flow(&s, SUPPLY_QUIET_S, OFF, 1020),
			 SUPPLY_TOLD_FLOW_ENDED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(load_above_the_limit_for_long_is_cut_off),
		cmocka_unit_test(a_crossing_counts_once),
		cmocka_unit_test(restoration_may_arm_and_others_still_hold),
		cmocka_unit_test(the_supplier_may_end_load_limiting_early),
		cmocka_unit_test(a_gap_or_other_settings_start_anew),
		cmocka_unit_test(a_clock_put_back_restarts_the_periods),
		cmocka_unit_test(a_restart_forgets_what_was_being_measured),
		cmocka_unit_test(contacts_that_disobey_are_told_once),
		cmocka_unit_test(a_clock_put_back_is_no_mismatch),
		cmocka_unit_test(a_valve_that_did_not_open_is_armed_again),
		cmocka_unit_test(gas_through_a_shut_valve_is_told),
		cmocka_unit_test(what_is_not_shut_has_no_uncontrolled_flow),
		cmocka_unit_test(
			flow_goes_on_over_a_restart_and_a_clock_put_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
