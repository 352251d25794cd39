// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "../ihdd/ihd-view.h"
#include "test.h"

static void check_text(void (*make)(int64_t, char *), int64_t value,
		       const char *expected)
{
	char text[IHD_TEXT_LEN];

	make(value, text);
	if (strcmp(text, expected) != 0)
		fail_msg("%lld: \"%s\", expected \"%s\"", (long long)value,
			 text, expected);
}

static void power_texts(void **state)
{
	(void)state;
	check_text(ihd_power_text, 0, "0 W");
	check_text(ihd_power_text, 499, "0 W");
	check_text(ihd_power_text, 46000, "46 W");
	check_text(ihd_power_text, -46499, "46 W");
	check_text(ihd_power_text, 999499, "999 W");
	check_text(ihd_power_text, 999500, "1.00 kW");
	check_text(ihd_power_text, 2300000, "2.30 kW");
	check_text(ihd_power_text, -1500000, "1.50 kW");
	check_text(ihd_power_text, 23004999, "23.00 kW");
	check_text(ihd_power_text, 23005000, "23.01 kW");
}

/* What is printed is never more than 0.5 % off, from 100 W up. */
static void power_text_is_near(void **state)
{
	(void)state;
	for (int64_t mw = 100000; mw < 30000000; mw += 1237) {
		char text[IHD_TEXT_LEN], *unit;
		double shown;

		ihd_power_text(mw, text);
		shown = strtod(text, &unit) * (unit[1] == 'k' ? 1e6 : 1e3);
		if (shown < (double)mw * 0.995 || shown > (double)mw * 1.005)
			fail_msg("%lld mW is shown as %s", (long long)mw, text);
	}
}

static void money_and_energy_texts(void **state)
{
	(void)state;
	check_text(ihd_money_text, 0, "0.0p");
	check_text(ihd_money_text, 24860, "24.9p");
	check_text(ihd_money_text, -40, "0.0p");
	check_text(ihd_money_text, -3050, "\u22123.1p");
	check_text(ihd_money_text, 99949, "99.9p");
	check_text(ihd_money_text, 99950, "\u00a31.00");
	check_text(ihd_money_text, 123456, "\u00a31.23");
	check_text(ihd_money_text, -123456, "\u2212\u00a31.23");
	check_text(ihd_energy_text, 0, "0.000 kWh");
	check_text(ihd_energy_text, 3214, "3.214 kWh");
	check_text(ihd_energy_text, 123456789, "123456.789 kWh");
}

static void cost_an_hour(void **state)
{
	struct ihd_config config = ihd_config_default;

	(void)state;
	config.price_mp_per_kwh = 24860;
	config.export_price_mp_per_kwh = 4100;
	assert_int_equal(ihd_cost_per_hour_mp(0, &config), 0);
	assert_int_equal(ihd_cost_per_hour_mp(1000000, &config), 24860);
	assert_int_equal(ihd_cost_per_hour_mp(46000, &config), 1144);
	assert_int_equal(ihd_cost_per_hour_mp(-1000000, &config), -4100);
	config.price_mp_per_kwh = -19940; /* they do happen */
	assert_int_equal(ihd_cost_per_hour_mp(1000000, &config), -19940);
}

static void ambient_has_hysteresis(void **state)
{
	const struct ihd_config *config = &ihd_config_default;
	int64_t low = config->low_below_w * 1000;
	int64_t high = config->high_above_w * 1000;

	(void)state;
	assert_int_equal(ihd_ambient_next(IHD_AMBIENT_NONE, low - 1, config),
			 IHD_LOW);
	assert_int_equal(ihd_ambient_next(IHD_AMBIENT_NONE, low, config),
			 IHD_MEDIUM);
	assert_int_equal(ihd_ambient_next(IHD_LOW, low, config), IHD_LOW);
	assert_int_equal(ihd_ambient_next(IHD_LOW, low + low / 10, config),
			 IHD_MEDIUM);
	assert_int_equal(ihd_ambient_next(IHD_MEDIUM, high + 1, config),
			 IHD_HIGH);
	assert_int_equal(ihd_ambient_next(IHD_HIGH, high, config), IHD_HIGH);
	assert_int_equal(ihd_ambient_next(IHD_HIGH, high - high / 10, config),
			 IHD_MEDIUM);
	/* Export is little use. */
	assert_int_equal(ihd_ambient_next(IHD_MEDIUM, -5000000, config),
			 IHD_LOW);
}

static const char *text(const struct ihd_view *view, const char *name)
{
	const struct ihd_field *field = ihd_view_find(view, name);

	assert_non_null(field);
	assert_int_equal(field->kind, IHD_TEXT);
	return field->text;
}

static int64_t number(const struct ihd_view *view, const char *name)
{
	const struct ihd_field *field = ihd_view_find(view, name);

	assert_non_null(field);
	assert_int_equal(field->kind, IHD_NUMBER);
	return field->number;
}

static void assert_missing(const struct ihd_view *view, const char *name)
{
	const struct ihd_field *field = ihd_view_find(view, name);

	assert_non_null(field);
	assert_int_equal(field->kind, IHD_MISSING);
}

static struct ihd_readings readings_of(enum ihd_quality quality)
{
	struct ihd_reading r = { .quality = quality, .age_ms = 1200 };
	struct ihd_readings out = { r, r, r, r, r };

	if (quality != IHD_UNKNOWN) {
		out.power_mw.value = 2300000;
		out.voltage_mv.value = 230449;
		out.frequency_mhz.value = 49985;
		out.import_wh.value = 13214;
		out.export_wh.value = 700;
	}
	return out;
}

static void a_fresh_view(void **state)
{
	struct ihd_readings readings = readings_of(IHD_VALID);
	struct today today = { .known = true,
			       .whole = true,
			       .day = 20240304,
			       .since_s = 1709510400,
			       .import_wh = 10000,
			       .export_wh = 600 };
	struct ihd_state memory = { 0 };
	struct ihd_view view;

	(void)state;
	ihd_view_make(&view, &memory, &ihd_config_default, &readings, &today,
		      "00:00");
	assert_true(view.n <= IHD_MAX_FIELDS);
	assert_string_equal(text(&view, "power_quality"), "valid");
	assert_int_equal(number(&view, "power_mw"), 2300000);
	assert_int_equal(number(&view, "power_age_ms"), 1200);
	assert_string_equal(text(&view, "power_text"), "2.30 kW");
	assert_string_equal(text(&view, "direction"), "using");
	assert_string_equal(text(&view, "freshness"), "updated 1 s ago");
	assert_string_equal(text(&view, "ambient"), "high");
	assert_int_equal(number(&view, "cost_per_hour_mp"), 57178);
	assert_string_equal(text(&view, "cost_text"), "57.2p");
	assert_int_equal(number(&view, "energy_today_wh"), 3214);
	assert_string_equal(text(&view, "energy_today_text"), "3.214 kWh");
	assert_int_equal(number(&view, "export_today_wh"), 100);
	assert_int_equal(number(&view, "cost_today_mp"), 79900);
	assert_string_equal(text(&view, "today_note"), "since midnight");
	assert_string_equal(text(&view, "voltage_text"), "230.4 V");
	assert_string_equal(text(&view, "frequency_text"), "49.99 Hz");
	today.whole = false;
	readings.power_mw.value = -1500000;
	ihd_view_make(&view, &memory, &ihd_config_default, &readings, &today,
		      "14:05");
	assert_string_equal(text(&view, "today_note"), "since 14:05");
	assert_string_equal(text(&view, "direction"), "exporting");
	readings.power_mw.value = 499;
	ihd_view_make(&view, &memory, &ihd_config_default, &readings, &today,
		      "14:05");
	assert_string_equal(text(&view, "direction"), "nothing in use");
}

/* Wherever a number could stand: "no data", and never a 0. */
static void unknown_is_never_zero(void **state)
{
	struct ihd_readings readings = readings_of(IHD_UNKNOWN);
	struct ihd_state memory = { .ambient = IHD_HIGH };
	struct today today = { 0 };
	struct ihd_view view;

	(void)state;
	ihd_view_make(&view, &memory, &ihd_config_default, &readings, &today,
		      "");
	for (int n = 0; n < view.n; n++) {
		assert_int_not_equal(view.field[n].kind, IHD_NUMBER);
		if (view.field[n].kind == IHD_TEXT &&
		    strcmp(view.field[n].name, "price_text") != 0 &&
		    strpbrk(view.field[n].text, "0123456789"))
			fail_msg("%s is \"%s\"", view.field[n].name,
				 view.field[n].text);
	}
	assert_missing(&view, "power_mw");
	assert_missing(&view, "energy_today_wh");
	assert_string_equal(text(&view, "ambient"), "none");
}

static void stale_is_never_fresh(void **state)
{
	struct ihd_readings readings = readings_of(IHD_STALE);
	struct ihd_state memory = { 0 };
	struct today today = { .known = true,
			       .whole = true,
			       .day = 20240304,
			       .since_s = 1709510400,
			       .import_wh = 10000,
			       .export_wh = 600 };
	struct ihd_view view;

	(void)state;
	readings.power_mw.age_ms = 14999;
	ihd_view_make(&view, &memory, &ihd_config_default, &readings, &today,
		      "");
	assert_string_equal(text(&view, "power_quality"), "stale");
	assert_string_equal(text(&view, "power_text"), "no data");
	assert_string_equal(text(&view, "freshness"), "no reading for 14 s");
	assert_string_equal(text(&view, "cost_text"), "no data");
	assert_string_equal(text(&view, "voltage_text"), "no data");
	assert_string_equal(text(&view, "ambient"), "none");
	assert_missing(&view, "cost_per_hour_mp");
	/* The day may be over by now; nobody knows what flowed in it. */
	assert_string_equal(text(&view, "energy_today_text"), "no data");
	assert_string_equal(text(&view, "export_today_text"), "no data");
	assert_string_equal(text(&view, "cost_today_text"), "no data");
	assert_string_equal(text(&view, "today_note"), "");
	assert_missing(&view, "energy_today_wh");
	assert_missing(&view, "export_today_wh");
	assert_missing(&view, "cost_today_mp");
	/* Each by its own register. */
	readings.export_wh.quality = IHD_VALID;
	ihd_view_make(&view, &memory, &ihd_config_default, &readings, &today,
		      "");
	assert_string_equal(text(&view, "export_today_text"), "0.100 kWh");
	assert_string_equal(text(&view, "energy_today_text"), "no data");
	assert_string_equal(text(&view, "today_note"), "since midnight");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(power_texts),
		cmocka_unit_test(power_text_is_near),
		cmocka_unit_test(money_and_energy_texts),
		cmocka_unit_test(cost_an_hour),
		cmocka_unit_test(ambient_has_hysteresis),
		cmocka_unit_test(a_fresh_view),
		cmocka_unit_test(unknown_is_never_zero),
		cmocka_unit_test(stale_is_never_fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
