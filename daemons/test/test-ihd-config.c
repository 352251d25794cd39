// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>

#include "../ihdd/ihd-config.h"
#include "test.h"

static int parse(struct ihd_config *config, const char *text, char *why)
{
	*why = 0;
	return ihd_config_parse(config, text, strlen(text), why, 300);
}

static void values_are_taken(void **state)
{
	struct ihd_config config = ihd_config_default;
	char why[300];

	(void)state;
	assert_int_equal(parse(&config,
			       "# a comment\n\n  price_mp_per_kwh=30000\r\n"
			       "\thigh_above_w =  2000  \n"
			       "bind = 127.0.0.1\nexport_price_mp_per_kwh=-5",
			       why),
			 0);
	assert_int_equal(config.price_mp_per_kwh, 30000);
	assert_int_equal(config.high_above_w, 2000);
	assert_int_equal(config.export_price_mp_per_kwh, -5);
	assert_string_equal(config.bind, "127.0.0.1");
	assert_int_equal(config.port, ihd_config_default.port);
}

static void errors_name_the_line_and_change_nothing(void **state)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
		{ "port = 1\nprice = 5\n", "line 2: unknown key \"price\"" },
		{ "port = 65536", "line 1: port: \"65536\"" },
		{ "port = x", "line 1: port: \"x\"" },
		{ "port = ", "line 1: port: \"\"" },
		{ "port = 80 80", "line 1: port: \"80 80\"" },
		{ "port", "line 1: \"port\": expected key = value" },
		{ "host_name = a b", "line 1: host_name: too long" },
		{ "low_below_w = 900\nhigh_above_w = 800", "above" },
		{ "price_mp_per_kwh = 99999999999999999999", "line 1" },
	};
	struct ihd_config config = ihd_config_default;
	char why[300], line[600];

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(bad); n++) {
		assert_int_equal(parse(&config, bad[n].text, why), -EINVAL);
		if (!strstr(why, bad[n].why))
			fail_msg("\"%s\": says \"%s\"", bad[n].text, why);
		assert_memory_equal(&config, &ihd_config_default,
				    sizeof(config));
	}
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = 0;
	assert_int_equal(parse(&config, line, why), -EINVAL);
	assert_int_equal(ihd_config_parse(&config, "po\0rt = 1", 9, why, 300),
			 -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_taken),
		cmocka_unit_test(errors_name_the_line_and_change_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
