// SPDX-License-Identifier: LGPL-2.1-or-later
/* Scripts of the simulator, their arguments, and the values that come back. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "../meter-sim/sim-args.h"
#include "../meter-sim/sim-script.h"
#include "test.h"

#define MONDAY INT64_C(1709510400) /* 2024-03-04 */

static struct sim_script script;
static unsigned int line;
static char why[SIM_WHY_LEN];

static int parse_from(const char *text, int64_t from_s)
{
	sim_script_free(&script);
	*why = '\0';
	return sim_script_parse(text, strlen(text), from_s, &script, &line,
				why);
}

static int parse(const char *text)
{
	return parse_from(text, 0);
}

static int forget(void **state)
{
	(void)state;
	sim_script_free(&script);
	return 0;
}

static void every_action_is_read(void **state)
{
	const struct sim_action *a;

	(void)state;
	assert_int_equal(
		parse("# a home\n\n"
		      "2024-03-04 call tariffd electricity0 SetX a(tu)s 1 5 6 "
		      "\"a b\"\n"
		      "+0 refused NotNow prepayd gas0 TopUp s 1234\n"
		      "+0 expect electricity0 Prepayment1 Balance >= -5\n"
		      "+1h expect storage Storage1 ReadLog().1.0 s a == b\n"
		      "+0 show /a/b Tariff1 GetCost().2\n"
		      "+0 load electricity0 -2300.5\n"
		      "+0 load electricity0 profile\n"
		      "+0 load gas0 made-up 9\n"
		      "+0 outage 1d\n"
		      "+0 hub-off 2h\n"
		      "+0 latches hub\n"
		      "+0 kill all\n"
		      "+0 kill supplyd 1500\n"
		      "+0 stop storaged\n"
		      "+0 start storaged\n"
		      "+0 clock -1h\n"
		      "+0 disk prepayd fails\n"
		      "+0 contact gas0 welded\n"
		      "+0 meter electricity0 replaced 77\n"
		      "+0 step 10s\n"
		      "+0 print \"so far\"\n"
		      "+1d end\n"),
		0);
	assert_int_equal(script.n, 22);
	assert_int_equal(script.from_s, MONDAY);
	a = script.action;
	assert_int_equal(a->verb, SIM_CALL);
	assert_int_equal(a->line, 3);
	assert_int_equal(a->at_s, MONDAY);
	assert_int_equal(a->daemon, SIM_TARIFFD);
	assert_string_equal(a->interface, "Tariff1");
	assert_string_equal(a->member, "SetX");
	assert_string_equal(a->signature, "a(tu)s");
	assert_int_equal(a->n_args, 4);
	assert_string_equal(a->args[3], "a b");
	a++;
	assert_int_equal(a->verb, SIM_REFUSED);
	assert_string_equal(a->right, "NotNow");
	a++;
	assert_false(a->method);
	assert_string_equal(a->op, ">=");
	assert_string_equal(a->right, "-5");
	a++;
	assert_int_equal(a->at_s, MONDAY + 3600);
	assert_true(a->method);
	assert_string_equal(a->member, "ReadLog");
	assert_string_equal(a->path, "1.0");
	assert_string_equal(a->signature, "s");
	assert_int_equal(a->n_args, 1);
	assert_string_equal(a->op, "==");
	a++;
	assert_string_equal(a->object, "/a/b");
	assert_int_equal(a->n_args, 0);
	a++;
	assert_int_equal(a->choice, SIM_LOAD_FIXED);
	assert_int_equal(a->value, -2300500);
	assert_int_equal((++a)->choice, SIM_LOAD_PROFILE);
	assert_int_equal((++a)->choice, SIM_LOAD_MADE_UP);
	assert_int_equal(a->meter, SIM_GAS);
	assert_int_equal(a->value, 9);
	assert_int_equal((++a)->value, 86400);
	assert_int_equal((++a)->verb, SIM_HUB);
	assert_int_equal((++a)->choice, SIM_LATCH_HUB);
	assert_int_equal((++a)->daemon, SIM_DAEMONS);
	assert_int_equal(a->value, -1);
	assert_int_equal((++a)->value, 1500);
	assert_int_equal(a->daemon, SIM_SUPPLYD);
	assert_int_equal((++a)->verb, SIM_STOP);
	assert_int_equal((++a)->verb, SIM_START);
	assert_int_equal((++a)->value, -3600);
	assert_int_equal((++a)->choice, 1);
	assert_int_equal((++a)->choice, SIM_CONTACT_WELDED);
	assert_int_equal((++a)->value, 77);
	assert_int_equal((++a)->value, 10);
	assert_string_equal((++a)->right, "so far");
	assert_int_equal((++a)->at_s, MONDAY + 3600 + 86400);
}

static void actions_are_in_the_order_of_time(void **state)
{
	(void)state;
	assert_int_equal(parse("2024-03-04 every 1d 3 print a\n"
			       "+1d print b\n"
			       "2024-03-04 print c\n"),
			 0);
	assert_int_equal(script.n, 5);
	assert_string_equal(script.action[0].right, "a");
	assert_string_equal(script.action[1].right, "c");
	assert_string_equal(script.action[2].right, "a");
	assert_string_equal(script.action[3].right, "b");
	assert_int_equal(script.action[4].at_s, MONDAY + 2 * 86400);

	/* The beginning can come from without. */
	assert_int_equal(parse_from("+1h end", MONDAY), 0);
	assert_int_equal(script.action[0].at_s, MONDAY + 3600);
	assert_int_equal(parse_from("2024-03-03 end", MONDAY), -EINVAL);
}

static void mistakes_are_told_with_their_line(void **state)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
		{ "+1h end", "the first time must be a date" },
		{ "2024-03-04", "action is missing" },
		{ "2024-02-30 end", "is no time" },
		{ "2024-03-04 dance", "\"dance\" is no action" },
		{ "2024-03-04 end now", "one word too many" },
		{ "2024-03-04 call", "daemon is missing" },
		{ "2024-03-04 call wand gas0 X", "\"wand\" is no daemon" },
		{ "2024-03-04 call prepayd gas9 X", "is no object" },
		{ "2024-03-04 call prepayd gas0 9X", "method" },
		{ "2024-03-04 call prepayd gas0 X t -1", "not a number" },
		{ "2024-03-04 call prepayd gas0 X z 1", "not a signature" },
		{ "2024-03-04 call prepayd gas0 X s", "a value is missing" },
		{ "2024-03-04 call prepayd gas0 X s a b", "more values" },
		{ "2024-03-04 call prepayd gas0 X as 2 a", "longer than" },
		{ "2024-03-04 expect gas0 X1 Y", "a comparison and a value" },
		{ "2024-03-04 expect gas0 X1 Y ~ 1", "is no ==" },
		{ "2024-03-04 expect gas0 X1 Y < a", "whole numbers" },
		{ "2024-03-04 expect gas0 X1 Y s a == 1", "only a method()" },
		{ "2024-03-04 show gas0 X1 Y.", "a path in a value" },
		{ "2024-03-04 show gas0 X1 Y.1..2", "a path in a value" },
		{ "2024-03-04 show gas0 X1 Y(", "is no name" },
		{ "2024-03-04 load gas0 profile", "is no load" },
		{ "2024-03-04 load gas0 -1", "is no load" },
		{ "2024-03-04 load electricity0 23001", "is no load" },
		{ "2024-03-04 outage 0s", "how long" },
		{ "2024-03-04 kill prepayd 1x", "us" },
		{ "2024-03-04 clock 1h", "+DURATION" },
		{ "2024-03-04 step 25h", "a step is 1 s to 86400 s" },
		{ "2024-03-04 contact gas0 bent", "is no state of a contact" },
		{ "2024-03-04 meter gas0 broken", "can be replaced" },
		{ "2024-03-04 every 1d end", "how many times" },
		{ "2024-03-04 every 1d 200001 end", "how many times" },
		{ "2024-03-04 every 366d 99 end", "after 2099" },
		{ "2024-03-04 every 1s 200000 end\n2024-03-04 end",
		  "more than" },
		{ "2024-03-04 print \"a", "a quote without its end" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(bad); n++) {
		char text[200];

		snprintf(text, sizeof(text), "# first\n%s\n", bad[n].text);
		assert_int_equal(parse(text), -EINVAL);
		if (!strstr(why, bad[n].why))
			fail_msg("\"%s\": %s", bad[n].text, why);
		assert_int_equal(line, strchr(bad[n].text, '\n') ? 3 : 2);
		assert_null(script.text);
	}
	assert_int_equal(sim_script_parse("a\0b", 3, 0, &script, &line, why),
			 -EINVAL);
}

/* --- over a bus of two ends that is never spoken on */

static sd_bus *bus;

static int open_pair(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_true(sd_bus_new(&bus) >= 0);
	assert_true(sd_bus_set_fd(bus, fds[0], fds[0]) >= 0);
	assert_true(sd_bus_start(bus) >= 0);
	close(fds[1]);
	return 0;
}

static int close_pair(void **state)
{
	(void)state;
	sd_bus_close_unref(bus);
	return 0;
}

static sd_bus_message *message_of(const char *signature, char *const *words,
				  size_t n)
{
	sd_bus_message *message = NULL;
	const char *reason = "";

	if (sim_args_check(signature, words, n, &reason))
		fail_msg("%s: %s", signature, reason);
	assert_true(sd_bus_message_new_method_call(bus, &message, "a.b", "/a",
						   "a.b", "C") >= 0);
	assert_int_equal(sim_args_append(message, signature, words, n, MONDAY),
			 0);
	assert_true(sd_bus_message_seal(message, 1, 0) >= 0);
	return message;
}

static void value_is(const char *signature, char *const *words, size_t n,
		     const char *path, const char *wanted)
{
	CLEANUP(cleanup_message)
	sd_bus_message *message = message_of(signature, words, n);
	char text[SIM_VALUE_MAX];

	if (sim_value_text(message, path, text, sizeof(text)))
		fail_msg("%s leads nowhere in %s", path, signature);
	assert_string_equal(text, wanted);
}

#define VALUE_IS(signature, path, wanted, ...)                               \
	do {                                                                 \
		char *const words[] = { __VA_ARGS__ };                       \
		value_is(signature, words, ARRAY_SIZE(words), path, wanted); \
	} while (0)

static void arguments_come_back_as_values(void **state)
{
	(void)state;
	VALUE_IS("ybnqiuxtds", "",
		 "255 true -32768 65535 -2147483648 4294967295 "
		 "-9223372036854775808 18446744073709551615 1.5 a b",
		 "255", "yes", "-32768", "65535", "-2147483648", "4294967295",
		 "-9223372036854775808", "18446744073709551615", "1.5", "a b");
	VALUE_IS("og", "0", "/a/b_1", "/a/b_1", "a{sv}");
	VALUE_IS("sa(tas)", "1.1.1.0", "z", "x", "2", "1", "0", "2", "2", "z",
		 "y");
	VALUE_IS("sa(tas)", "1", "1 7 z", "x", "1", "1", "2", "7", "z");
	VALUE_IS("v(su)", "0.1", "9", "(su)", "a", "9", "b", "8");
	VALUE_IS("a{sv}", "0.0.1.1", "2", "1", "k", "ai", "2", "1", "2");
	VALUE_IS("t", "", "1709510400000000", "@2024-03-04");
	VALUE_IS("tx", "", "1709514000000000 1709506800000000", "@+1h", "@-1h");
}

static void a_path_that_leads_nowhere_is_told(void **state)
{
	static char *const words[] = { "1", "5" };
	static const char *const paths[] = { "1", "0.1", "0.0.0" };
	char text[SIM_VALUE_MAX];

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(paths); n++) {
		CLEANUP(cleanup_message)
		sd_bus_message *message = message_of("au", words, 2);

		assert_int_equal(sim_value_text(message, paths[n], text,
						sizeof(text)),
				 -ENOENT);
	}
}

static void long_values_are_cut_off(void **state)
{
	static char *const words[] = { "abcdefghijklmnopqrstuvwxyz" };
	CLEANUP(cleanup_message)
	sd_bus_message *message = message_of("s", words, 1);
	char text[8];

	(void)state;
	assert_int_equal(sim_value_text(message, "", text, sizeof(text)), 0);
	assert_string_equal(text, "abcdefg");
}

static void bad_arguments_are_refused(void **state)
{
	static const struct {
		const char *signature, *word;
	} bad[] = {
		{ "y", "256" },	     { "n", "32768" },
		{ "q", "-1" },	     { "u", "+1" },
		{ "x", "1.5" },	     { "x", " 1" },
		{ "t", "0x10" },     { "b", "maybe" },
		{ "o", "a" },	     { "o", "/a/" },
		{ "o", "/a//b" },    { "g", "a" },
		{ "g", "()" },	     { "s", "\xff" },
		{ "s", "\xc0\x80" }, { "d", "x" },
		{ "v", "ii" },	     { "ai", "-1" },
		{ "t", "@x" },	     { "h", "0" },
		{ "u", "@+1h" },     { "aaaaaaaaaaaaaaaaaaaai", "0" },
	};
	const char *reason;

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(bad); n++) {
		char *word = (char *)bad[n].word;

		reason = NULL;
		if (sim_args_check(bad[n].signature, &word, 1, &reason) !=
		    -EINVAL)
			fail_msg("%s %s", bad[n].signature, bad[n].word);
		assert_non_null(reason);
	}
}

static void values_are_compared(void **state)
{
	(void)state;
	assert_int_equal(sim_value_compare("10", ">", "9"), 1);
	assert_int_equal(sim_value_compare("-10", "<=", "-10"), 1);
	assert_int_equal(sim_value_compare("-9", "<", "-10"), 0);
	assert_int_equal(sim_value_compare("1", "!=", "01"), 0);
	assert_int_equal(sim_value_compare("on", "==", "on"), 1);
	assert_int_equal(sim_value_compare("on", "!=", "off"), 1);
	assert_int_equal(sim_value_compare("on", ">=", "off"), -EINVAL);
	assert_int_equal(sim_value_compare("1", "=", "1"), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_action_is_read, forget),
		cmocka_unit_test_teardown(actions_are_in_the_order_of_time,
					  forget),
		cmocka_unit_test_teardown(mistakes_are_told_with_their_line,
					  forget),
		cmocka_unit_test(arguments_come_back_as_values),
		cmocka_unit_test(a_path_that_leads_nowhere_is_told),
		cmocka_unit_test(long_values_are_cut_off),
		cmocka_unit_test(bad_arguments_are_refused),
		cmocka_unit_test(values_are_compared),
	};

	return cmocka_run_group_tests(tests, open_pair, close_pair);
}
