// SPDX-License-Identifier: LGPL-2.1-or-later
/* The folder that stands in for the switches. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../supplyd/switchgear.h"
#include "test.h"

static char dir[64];

static int make_folder(void **state)
{
	char path[128];

	(void)state;
	strcpy(dir, "/tmp/test-switchgear-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/gas0", dir);
	return mkdir(path, 0755);
}

static int remove_folder(void **state)
{
	char line[128];

	(void)state;
	snprintf(line, sizeof(line), "rm -r '%s'", dir);
	return system(line);
}

static void put(const char *name, const char *word)
{
	char path[128];
	FILE *out;

	snprintf(path, sizeof(path), "%s/gas0/%s", dir, name);
	out = fopen(path, "w");
	assert_non_null(out);
	fputs(word, out);
	fclose(out);
}

static void a_command_can_be_read_again(void **state)
{
	struct switchgear gear = switchgear_folder(dir);
	struct switch_state seen;

	(void)state;
	assert_int_equal(gear.ops->read(gear.gear, "gas0", &seen), 0);
	assert_int_equal(seen.commanded, SUPPLY_SENSED_UNKNOWN);
	assert_int_equal(seen.sensed, SUPPLY_SENSED_UNKNOWN);
	for (int on = 0; on < 2; on++) {
		enum supply_sensed want = on ? SUPPLY_SENSED_ON :
					       SUPPLY_SENSED_OFF;

		assert_int_equal(gear.ops->command(gear.gear, "gas0", on), 0);
		put("sensed", on ? "on" : "off\n");
		assert_int_equal(gear.ops->read(gear.gear, "gas0", &seen), 0);
		assert_int_equal(seen.commanded, want);
		assert_int_equal(seen.sensed, want);
	}
}

static void what_is_not_a_switch_says_so(void **state)
{
	struct switchgear gear = switchgear_folder(dir);
	struct switchgear none = switchgear_folder("");
	struct switch_state seen = { SUPPLY_SENSED_ON, SUPPLY_SENSED_ON };
	static const char *const bad[] = { "", "\n", "ON", "on and off",
					   "offofftwothreefourfive" };

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(bad); n++) {
		put("sensed", bad[n]);
		assert_int_equal(gear.ops->read(gear.gear, "gas0", &seen),
				 -EPROTO);
	}
	assert_int_equal(seen.sensed, SUPPLY_SENSED_ON);
	put("sensed", "unknown");
	assert_int_equal(gear.ops->read(gear.gear, "gas0", &seen), 0);
	assert_int_equal(gear.ops->read(gear.gear, "electricity0", &seen),
			 -ENODEV);
	assert_int_equal(gear.ops->command(gear.gear, "electricity0", true),
			 -ENODEV);
	assert_int_equal(none.ops->command(none.gear, "gas0", true), -ENODEV);
	assert_non_null(strstr(switchgear_error_text(-ENODEV), "no switch"));
	assert_non_null(strstr(switchgear_error_text(-EPROTO), "neither"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_can_be_read_again),
		cmocka_unit_test(what_is_not_a_switch_says_so),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
