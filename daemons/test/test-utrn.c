// SPDX-License-Identifier: LGPL-2.1-or-later
/* Prepayment tokens: digits, check digit, MAC, counters, every refusal. */
#include <errno.h>
#include <stdio.h>

#include "../proto/gbcs-utrn.h"
#include "gbcs-parties.h"
#include "test.h"

#define STEP (UINT64_C(1) << 32)

static int start(void **state)
{
	*state = stage_new();
	return 0;
}

static int stop(void **state)
{
	stage_free(*state);
	return 0;
}

static struct gbcs_utrn make(struct stage *stage, uint64_t counter,
			     enum gbcs_utrn_class value_class, uint16_t value)
{
	struct gbcs_utrn utrn;

	assert_int_equal(gbcs_utrn_make(stage->crypto, SUPPLIER, DEVICE,
					counter, value_class, value, &utrn),
			 0);
	return utrn;
}

/* GBCS 5.1: the two tokens with their parts; keys do not matter here. */
static void published_tokens_are_taken_apart(void **state)
{
	struct gbcs_utrn utrn;
	char text[GBCS_UTRN_LEN + 1];

	(void)state;
	assert_int_equal(gbcs_utrn_parse("73943333457189043313", &utrn),
			 GBCS_UTRN_OK);
	assert_int_equal(utrn.counter_bits, 1);
	assert_int_equal(utrn.value_class, GBCS_UTRN_WHOLE);
	assert_int_equal(utrn.value, 100);
	assert_int_equal(gbcs_utrn_value_mp(&utrn), 10000000);
	gbcs_utrn_print(&utrn, text);
	assert_string_equal(text, "73943333457189043313");

	assert_int_equal(gbcs_utrn_parse("73947252416745201637", &utrn),
			 GBCS_UTRN_OK);
	assert_int_equal(utrn.counter_bits, 4);
	assert_int_equal(utrn.value_class, GBCS_UTRN_HUNDREDTHS);
	assert_int_equal(utrn.value, 1234);
	assert_int_equal(gbcs_utrn_value_mp(&utrn), 1234000);
	gbcs_utrn_print(&utrn, text);
	assert_string_equal(text, "73947252416745201637");
}

static void digits_are_checked(void **state)
{
	static const char *const not_digits[] = { "",
						  "7394333345718904331",
						  "739433334571890433133",
						  "7394333345718904331a",
						  " 73943333457189043313",
						  "7394-3333-4571-8904-3313",
						  "7394333345718904331\xb3" };
	struct gbcs_utrn utrn;
	char text[] = "73943333457189043313";

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(not_digits); n++)
		assert_int_equal(gbcs_utrn_parse(not_digits[n], &utrn),
				 GBCS_UTRN_NOT_DIGITS);
	/* Verhoeff's code finds every single digit that is wrong... */
	for (int at = 0; at < GBCS_UTRN_LEN; at++) {
		char right = text[at];

		for (char digit = '0'; digit <= '9'; digit++) {
			text[at] = digit;
			assert_int_equal(gbcs_utrn_parse(text, &utrn),
					 digit == right ?
						 GBCS_UTRN_OK :
						 GBCS_UTRN_CHECK_DIGIT);
		}
		text[at] = right;
	}
	/* ... and every two neighbours that were exchanged. */
	for (int at = 0; at + 1 < GBCS_UTRN_LEN - 1; at++) {
		char left = text[at];

		if (left == text[at + 1])
			continue;
		text[at] = text[at + 1];
		text[at + 1] = left;
		assert_int_equal(gbcs_utrn_parse(text, &utrn),
				 GBCS_UTRN_CHECK_DIGIT);
		text[at + 1] = text[at];
		text[at] = left;
	}
}

/* A number with its right check digit, whatever it means. */
static enum gbcs_utrn_result parse_number(const char *pptd,
					  struct gbcs_utrn *ret)
{
	enum gbcs_utrn_result result = GBCS_UTRN_CHECK_DIGIT;
	char text[GBCS_UTRN_LEN + 1];
	int right = 0;

	for (char digit = '0'; digit <= '9'; digit++) {
		snprintf(text, sizeof(text), "%s%c", pptd, digit);
		if (gbcs_utrn_parse(text, ret) == GBCS_UTRN_CHECK_DIGIT)
			continue;
		result = gbcs_utrn_parse(text, ret);
		right++;
	}
	assert_int_equal(right, 1);
	return result;
}

static void other_numbers_are_no_tokens(void **state)
{
	struct gbcs_utrn utrn;

	(void)state;
	/* The smallest and largest token, and their neighbours. */
	assert_int_equal(parse_number("7394156990786306048", &utrn),
			 GBCS_UTRN_OK);
	assert_int_equal(utrn.value, 0);
	assert_int_equal(parse_number("7394156990786306047", &utrn),
			 GBCS_UTRN_FORMAT);
	assert_int_equal(parse_number("0000000000000000000", &utrn),
			 GBCS_UTRN_FORMAT);
	assert_int_equal(parse_number("9999999999999999999", &utrn),
			 GBCS_UTRN_FORMAT);
	/* Class 2 is no class: bit 46 of the 64. */
	assert_int_equal(parse_number("7394227359530483712", &utrn),
			 GBCS_UTRN_FORMAT);
	/* Sub-class 1: bit 57. */
	assert_int_equal(parse_number("7538272178862161920", &utrn),
			 GBCS_UTRN_FORMAT);
}

static void what_is_made_is_accepted(void **state)
{
	struct stage *stage = *state;
	const struct gbcs_utrn_state fresh = { .max_credit_mp = INT64_MAX,
					       .max_balance_mp = INT64_MAX };

	for (unsigned int n = 0; n < 400; n++) {
		uint64_t counter = (n + 1) * STEP, seen = 0;
		uint16_t value = (uint16_t)(n * 8191 / 399);
		struct gbcs_utrn made = make(stage, counter, n & 1, value);
		struct gbcs_utrn read;
		char text[GBCS_UTRN_LEN + 1];

		gbcs_utrn_print(&made, text);
		assert_int_equal(gbcs_utrn_parse(text, &read), GBCS_UTRN_OK);
		assert_int_equal(read.value, value);
		assert_int_equal(read.mac, made.mac);
		assert_int_equal(gbcs_utrn_check(stage->crypto, SUPPLIER,
						 DEVICE, &read, &fresh, &seen),
				 GBCS_UTRN_OK);
		assert_true(seen == counter);
		/* Of another value, counter or MAC it is not authentic. */
		read.value ^= 1;
		assert_int_equal(gbcs_utrn_check(stage->crypto, SUPPLIER,
						 DEVICE, &read, &fresh, &seen),
				 GBCS_UTRN_NOT_AUTHENTIC);
		read.value ^= 1;
		read.counter_bits ^= 1;
		assert_int_equal(gbcs_utrn_check(stage->crypto, SUPPLIER,
						 DEVICE, &read, &fresh, &seen),
				 GBCS_UTRN_NOT_AUTHENTIC);
		read.counter_bits ^= 1;
		read.mac ^= 1u << n % 32;
		assert_int_equal(gbcs_utrn_check(stage->crypto, SUPPLIER,
						 DEVICE, &read, &fresh, &seen),
				 GBCS_UTRN_NOT_AUTHENTIC);
	}
}

static void making_refuses_what_does_not_fit(void **state)
{
	struct stage *stage = *state;
	struct gbcs_utrn utrn;

	assert_int_equal(gbcs_utrn_make(stage->crypto, SUPPLIER, DEVICE,
					STEP + 1, GBCS_UTRN_WHOLE, 1, &utrn),
			 -EINVAL);
	assert_int_equal(gbcs_utrn_make(stage->crypto, SUPPLIER, DEVICE, 0,
					GBCS_UTRN_WHOLE, 1, &utrn),
			 -EINVAL);
	assert_int_equal(gbcs_utrn_make(stage->crypto, SUPPLIER, DEVICE, STEP,
					GBCS_UTRN_WHOLE, 8192, &utrn),
			 -EINVAL);
	assert_int_equal(gbcs_utrn_make(stage->crypto, SUPPLIER, DEVICE, STEP,
					(enum gbcs_utrn_class)2, 1, &utrn),
			 -EINVAL);
	assert_int_equal(gbcs_utrn_make(stage->crypto, SUPPLIER, STRANGER, STEP,
					GBCS_UTRN_WHOLE, 1, &utrn),
			 -ENOKEY);
}

/*
 * The candidates are those with the token's ten bits that are nearest to the
 * highest counter: found here by walking from it.
 */
static void candidates_are_the_nearest(void **state)
{
	static const uint32_t highest[] = {
		0,    1,	  5,	      1023,	  1024,	      1025,
		5000, 0x7fffffff, 0xfffffbff, 0xfffffc00, 0xfffffffe, 0xffffffff
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(highest); n++) {
		for (uint16_t bits = 0; bits < 1024; bits += 31) {
			struct gbcs_utrn utrn = { .counter_bits = bits };
			uint64_t candidate[2], above, below;
			int got, want = 0, at = 0;

			got = gbcs_utrn_candidates(
				&utrn, (uint64_t)highest[n] << 32, candidate);
			above = (uint64_t)highest[n] + 1;
			while ((above & 1023) != bits)
				above++;
			below = highest[n];
			while ((below & 1023) != bits && below)
				below--;
			if (above <= UINT32_MAX) {
				assert_true(candidate[at++] == above << 32);
				want++;
			}
			if ((below & 1023) == bits) {
				assert_true(candidate[at++] == below << 32);
				want++;
			}
			assert_int_equal(got, want);
		}
	}
}

static void refusals(void **state)
{
	struct stage *stage = *state;
	static const uint32_t used[] = { 7, 9 };
	struct gbcs_utrn_state s = {
		.highest = 9 * STEP,
		.used = used,
		.n_used = ARRAY_SIZE(used),
		.floor = 6,
		.max_credit_mp = 5000000,
		.balance_mp = 90000000,
		.max_balance_mp = 95000000,
	};
	struct gbcs_utrn utrn;
	uint64_t counter;

#define CHECK(_counter, _class, _value)                                    \
	(utrn = make(stage, (_counter)*STEP, _class, _value), counter = 0, \
	 gbcs_utrn_check(stage->crypto, SUPPLIER, DEVICE, &utrn, &s,       \
			 &counter))

	/* Older than the newest, but not used: a slip found in a drawer. */
	assert_int_equal(CHECK(8, GBCS_UTRN_WHOLE, 10), GBCS_UTRN_OK);
	assert_true(counter == 8 * STEP);
	assert_int_equal(CHECK(10, GBCS_UTRN_WHOLE, 50), GBCS_UTRN_OK);
	assert_int_equal(CHECK(7, GBCS_UTRN_WHOLE, 10), GBCS_UTRN_DUPLICATE);
	assert_int_equal(CHECK(9, GBCS_UTRN_WHOLE, 10), GBCS_UTRN_DUPLICATE);
	assert_int_equal(CHECK(6, GBCS_UTRN_WHOLE, 10), GBCS_UTRN_OLD);
	assert_true(counter == 6 * STEP);
	assert_int_equal(CHECK(1, GBCS_UTRN_WHOLE, 10), GBCS_UTRN_OLD);
	/* A replay is one, whatever its value. */
	assert_int_equal(CHECK(7, GBCS_UTRN_WHOLE, 8191), GBCS_UTRN_DUPLICATE);
	assert_int_equal(CHECK(10, GBCS_UTRN_WHOLE, 51), GBCS_UTRN_TOO_LARGE);
	s.balance_mp = 90000001;
	assert_int_equal(CHECK(10, GBCS_UTRN_WHOLE, 50), GBCS_UTRN_BALANCE);
	assert_int_equal(CHECK(10, GBCS_UTRN_HUNDREDTHS, 4999), GBCS_UTRN_OK);
	s.balance_mp = INT64_MIN;
	s.max_balance_mp = INT64_MAX;
	assert_int_equal(CHECK(10, GBCS_UTRN_WHOLE, 50), GBCS_UTRN_OK);
	/* Beyond the window of ten bits the counter is not found. */
	assert_int_equal(CHECK(9 + 1024, GBCS_UTRN_WHOLE, 1), GBCS_UTRN_OK);
	assert_int_equal(CHECK(9 + 1025, GBCS_UTRN_WHOLE, 1),
			 GBCS_UTRN_NOT_AUTHENTIC);
#undef CHECK
	assert_int_equal(gbcs_utrn_check(stage->crypto, SUPPLIER, STRANGER,
					 &utrn, &s, &counter),
			 GBCS_UTRN_NO_KEY);
	/* For another device of the same supplier it is not authentic. */
	add_key(stage->ring, STRANGER, GBCS_KEY_KA, 1099, true);
	utrn = make(stage, 10 * STEP, GBCS_UTRN_WHOLE, 1);
	assert_int_equal(gbcs_utrn_check(stage->crypto, SUPPLIER, STRANGER,
					 &utrn, &s, &counter),
			 GBCS_UTRN_NOT_AUTHENTIC);
}

static void every_result_has_a_text(void **state)
{
	(void)state;
	for (int n = GBCS_UTRN_OK; n <= GBCS_UTRN_NO_KEY; n++) {
		const char *text =
			gbcs_utrn_result_text((enum gbcs_utrn_result)n);

		assert_non_null(text);
		for (int other = 0; other < n; other++)
			assert_string_not_equal(
				text, gbcs_utrn_result_text(
					      (enum gbcs_utrn_result)other));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_tokens_are_taken_apart),
		cmocka_unit_test(digits_are_checked),
		cmocka_unit_test(other_numbers_are_no_tokens),
		cmocka_unit_test(what_is_made_is_accepted),
		cmocka_unit_test(making_refuses_what_does_not_fit),
		cmocka_unit_test(candidates_are_the_nearest),
		cmocka_unit_test(refusals),
		cmocka_unit_test(every_result_has_a_text),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
