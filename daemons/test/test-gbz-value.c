// SPDX-License-Identifier: LGPL-2.1-or-later
/* Values of ZCL and their texts. */
#include "dlms-check.h"

#include "../proto/zcl-table.h"

static uint64_t extreme(const struct zcl_type *type, bool high)
{
	uint64_t top = type->size ? UINT64_MAX >> (64 - 8 * type->size) : 0;

	if (type->form == ZCL_FORM_INT)
		return high ? top >> 1 : ~(top >> 1);
	return high ? top : 0;
}

static void check_number(uint8_t id, uint64_t number)
{
	struct zcl_value v = zcl_number(id, number), back;
	uint8_t out[8];
	struct wbuf w = wbuf_of(out, sizeof(out));
	struct reader r;

	zcl_value_put(&w, &v);
	assert_false(w.bad);
	assert_int_equal(w.len, zcl_type(id)->size);
	r = reader_of(SPAN(out, w.len));
	zcl_value_read(&r, id, &back);
	assert_int_equal(reader_done(&r), 0);
	assert_true(back.number == number && back.type == id);
}

static void refuse_number(uint8_t id, uint64_t number)
{
	struct zcl_value v = zcl_number(id, number);
	struct wbuf w = wbuf_counting();
	char text[ZCL_TEXT_LEN];

	zcl_value_put(&w, &v);
	assert_true(w.bad);
	assert_int_equal(zcl_value_to_text(&v, (struct zcl_about){ 0 }, text,
					   sizeof(text)),
			 -EINVAL);
}

static void test_numbers(void **state)
{
	size_t types = 0;
	uint8_t again;

	(void)state;
	for (unsigned int id = 0; id < 256; id++) {
		const struct zcl_type *type = zcl_type((uint8_t)id);

		if (type->form == ZCL_FORM_REST)
			continue;
		types++;
		assert_int_equal(zcl_type_by_name(type->name, &again), 0);
		assert_int_equal(again, id);
		if (!zcl_is_number((uint8_t)id))
			continue;
		check_number((uint8_t)id, extreme(type, false));
		check_number((uint8_t)id, extreme(type, true));
		if (type->size == 8)
			continue;
		refuse_number((uint8_t)id, extreme(type, true) + 1);
		refuse_number((uint8_t)id, extreme(type, false) - 1);
	}
	assert_int_equal(types, 51);
	assert_int_equal(zcl_type_by_name("unknown", &again), -EINVAL);
}

static void check_bytes(uint8_t id, const char *octets, const char *body,
			bool invalid)
{
	struct octets raw = hex(octets), want = hex(body), out;
	struct reader r = reader_of(SPAN_OF(raw));
	struct wbuf w = wbuf_of(out.p, sizeof(out.p));
	struct zcl_value v;

	zcl_value_read(&r, id, &v);
	assert_int_equal(reader_done(&r), 0);
	assert_int_equal(v.invalid, invalid);
	assert_true(span_equal(v.bytes, SPAN_OF(want)));
	zcl_value_put(&w, &v);
	assert_false(w.bad);
	assert_true(span_equal(SPAN(out.p, w.len), SPAN_OF(raw)));
	if (zcl_type(id)->form == ZCL_FORM_REST)
		return;
	for (size_t len = 0; len < raw.len; len++) {
		r = reader_of(SPAN(raw.p, len));
		zcl_value_read(&r, id, &v);
		assert_true(r.bad);
	}
}

static void test_bytes(void **state)
{
	static uint8_t much[UINT16_MAX];
	struct zcl_value v = zcl_bytes(ZCL_OCTET_STRING, SPAN(much, 255));
	struct wbuf w = wbuf_counting();

	(void)state;
	check_bytes(ZCL_OCTET_STRING, "02 aabb", "aabb", false);
	check_bytes(ZCL_CHARACTER_STRING, "00", "", false);
	check_bytes(ZCL_CHARACTER_STRING, "ff", "", true);
	check_bytes(ZCL_LONG_OCTET_STRING, "0200 aabb", "aabb", false);
	check_bytes(ZCL_LONG_CHARACTER_STRING, "ffff", "", true);
	check_bytes(ZCL_KEY128, "000102030405060708090a0b0c0d0e0f",
		    "000102030405060708090a0b0c0d0e0f", false);
	check_bytes(ZCL_REST, "aabb", "aabb", false);
	check_bytes(0x4c, "aabb", "aabb", false); /* a structure */

	zcl_value_put(&w, &v);
	assert_true(w.bad);
	v = zcl_bytes(ZCL_LONG_OCTET_STRING, SPAN(much, sizeof(much)));
	w = wbuf_counting();
	zcl_value_put(&w, &v);
	assert_true(w.bad);
	v = zcl_bytes(ZCL_KEY128, SPAN(much, 15));
	w = wbuf_counting();
	zcl_value_put(&w, &v);
	assert_true(w.bad);
}

/* --- text */

static struct zcl_about as(uint8_t meaning)
{
	return (struct zcl_about){ meaning, ZCL_PREPAYMENT, ZCL_FROM_SERVER };
}

/* Text of a value, and back. */
static void check_text(const struct zcl_value *v, struct zcl_about about,
		       const char *want)
{
	uint8_t octets[512];
	struct wbuf store = wbuf_of(octets, sizeof(octets));
	char text[ZCL_TEXT_LEN];
	struct zcl_value back;

	assert_int_equal(zcl_value_to_text(v, about, text, sizeof(text)), 0);
	if (want)
		assert_string_equal(text, want);
	assert_int_equal(
		zcl_value_from_text(v->type, about, text, &store, &back), 0);
	assert_int_equal(back.type, v->type);
	assert_int_equal(back.number, v->number);
	assert_int_equal(back.invalid, v->invalid);
	assert_true(span_equal(back.bytes, v->bytes));
	for (size_t room = 0; room <= strlen(text); room++)
		assert_int_equal(zcl_value_to_text(v, about, text, room),
				 -ENOSPC);
}

static const struct {
	uint8_t type, meaning;
	uint64_t number;
	const char *text;
} number_texts[] = {
	{ ZCL_UINT8, ZCL_AS_NUMBER, 200, "200" },
	{ ZCL_UINT64, ZCL_AS_NUMBER, UINT64_MAX, "18446744073709551615" },
	{ ZCL_INT32, ZCL_AS_NUMBER, UINT64_MAX, "-1" },
	{ ZCL_INT64, ZCL_AS_NUMBER, UINT64_C(1) << 63, "-9223372036854775808" },
	{ ZCL_BITMAP8, ZCL_AS_NUMBER, 0x50, "0x50" },
	{ ZCL_BITMAP32, ZCL_AS_NUMBER, 0x1800, "0x00001800" },
	{ ZCL_ENUM8, ZCL_AS_NUMBER, 0xc3, "0xC3" },
	{ ZCL_BOOLEAN, ZCL_AS_NUMBER, 1, "true" },
	{ ZCL_BOOLEAN, ZCL_AS_NUMBER, 0xff, "255" },
	{ ZCL_UTC_TIME, ZCL_AS_NUMBER, 473385600, "2015-01-01T00:00:00Z" },
	{ ZCL_UINT32, ZCL_AS_TIME, 0, "2000-01-01T00:00:00Z" },
	{ ZCL_UTC_TIME, ZCL_AS_TIME, UINT32_MAX, "2136-02-07T06:28:15Z" },
	{ ZCL_UTC_TIME, ZCL_AS_START, 0, "now" },
	{ ZCL_UTC_TIME, ZCL_AS_START, UINT32_MAX, "2136-02-07T06:28:15Z" },
	{ ZCL_UTC_TIME, ZCL_AS_START_FF, UINT32_MAX, "cancel" },
	{ ZCL_UTC_TIME, ZCL_AS_START_FF, UINT32_MAX - 1,
	  "2136-02-07T06:28:14Z" },
	{ ZCL_UTC_TIME, ZCL_AS_START_FE, UINT32_MAX - 1, "cancel" },
	{ ZCL_UTC_TIME, ZCL_AS_START_FE, 0, "now" },
	{ ZCL_UINT16, ZCL_AS_MINUTES, 420, "07:00" },
	{ ZCL_UINT16, ZCL_AS_MINUTES, 1440, "1440" },
	{ ZCL_UINT16, ZCL_AS_HEX, 0x810d, "0x810D" },
	{ ZCL_DATE, ZCL_AS_NUMBER, 0xff1b0a72, "2014-10-27" },
	{ ZCL_DATE, ZCL_AS_NUMBER, 0xff1403ff, "*-03-20" },
	{ ZCL_DATE, ZCL_AS_NUMBER, 0x01fffffe, "2154-*-* day 1" },
	{ ZCL_DATE, ZCL_AS_NUMBER, 0, "1900-00-00 day 0" },
	{ ZCL_TIME_OF_DAY, ZCL_AS_NUMBER, 0xff000907, "07:09:00.*" },
	{ ZCL_UINT8, ZCL_AS_STATUS, 0xc0, "hardware-failure" },
	{ ZCL_UINT8, ZCL_AS_STATUS, 0x42, "66" },
	{ ZCL_UINT16, ZCL_AS_CURRENCY, 826, "GBP" },
	{ ZCL_UINT8, ZCL_AS_TYPE, 0x2b, "int32" },
	{ ZCL_UINT8, ZCL_AS_TYPE, 0x4c, "0x4C" },
	{ ZCL_UINT16, ZCL_AS_ATTRIBUTE, 0x0001, "Credit Remaining" },
	{ ZCL_UINT16, ZCL_AS_ATTRIBUTE, 0xabcd, "0xABCD" },
	{ ZCL_UINT8, ZCL_AS_COMMAND, 0x02, "ChangeDebt" },
	{ ZCL_UINT8, ZCL_AS_COMMAND, 0xff, "0xFF" },
	{ ZCL_BITMAP32, ZCL_AS_SNAPSHOT_CAUSE, 0x6008,
	  "change-of-tariff|change-of-supplier|change-of-mode" },
	{ ZCL_BITMAP32, ZCL_AS_SNAPSHOT_CAUSE, 0x80000001,
	  "general|0x80000000" },
	{ ZCL_BITMAP32, ZCL_AS_SNAPSHOT_CAUSE, 0, "0x00000000" },
	{ ZCL_NODATA, ZCL_AS_NUMBER, 0, "0x0" },
};

static void test_number_text(void **state)
{
	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(number_texts); n++) {
		struct zcl_value v = zcl_number(number_texts[n].type,
						number_texts[n].number);

		check_text(&v, as(number_texts[n].meaning),
			   number_texts[n].text);
	}
}

/* The name of everything that has one, and numbers that have none. */
static void test_meanings(void **state)
{
	const struct zcl_name *names;
	struct zcl_value v;
	uint64_t number;
	size_t count;

	(void)state;
	for (unsigned int m = 0; m < ZCL_MEANINGS; m++) {
		for (number = 0; number < 300; number++) {
			v = zcl_number(ZCL_UINT32, number * number * number);
			check_text(&v, as((uint8_t)m), NULL);
		}
		/* The longest one of bits. */
		v = zcl_number(ZCL_UINT32, UINT32_MAX);
		check_text(&v, as((uint8_t)m), NULL);
		names = zcl_meaning_names(m, &count);
		for (size_t n = 0; names && n < count; n++) {
			number = names[n].number;
			if (zcl_is_bits((uint8_t)m))
				number = UINT64_C(1) << number;
			v = zcl_number(ZCL_UINT32, number);
			check_text(&v, as((uint8_t)m), names[n].name);
		}
	}
	assert_null(zcl_meaning_names(ZCL_MEANINGS, &count));
}

static void test_octet_text(void **state)
{
	static const struct {
		uint8_t type;
		const char *octets, *text;
	} cases[] = {
		{ ZCL_OCTET_STRING, "31 22 5c", "\"1\\\"\\\\\"" },
		{ ZCL_OCTET_STRING, "", "\"\"" },
		{ ZCL_OCTET_STRING, "31 00 ab", "3100ab" },
		{ ZCL_CHARACTER_STRING, "c2a3 31", "\"\\xc2\\xa31\"" },
		{ ZCL_LONG_CHARACTER_STRING, "00", "\"\\x00\"" },
		{ ZCL_REST, "41 42", "4142" },
		{ ZCL_REST, "", "\"\"" },
		{ ZCL_KEY128, "000102030405060708090a0b0c0d0e0f",
		  "000102030405060708090a0b0c0d0e0f" },
	};
	struct zcl_value v;

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(cases); n++) {
		struct octets o = hex(cases[n].octets);

		v = zcl_bytes(cases[n].type, SPAN_OF(o));
		check_text(&v, as(0), cases[n].text);
	}
	v = (struct zcl_value){ .type = ZCL_OCTET_STRING, .invalid = true };
	check_text(&v, as(0), "invalid");
}

static const struct {
	uint8_t type, meaning;
	const char *text;
	int result;
	uint64_t number;
} from_texts[] = {
	{ ZCL_UINT8, ZCL_AS_STATUS, "Hardware Failure", 0, 0xc0 },
	{ ZCL_UINT8, ZCL_AS_STATUS, "0x8b", 0, 0x8b },
	{ ZCL_UINT8, ZCL_AS_STATUS, "no-failure", -EINVAL, 0 },
	{ ZCL_UINT16, ZCL_AS_ATTRIBUTE, "creditremaining", 0, 1 },
	{ ZCL_UTC_TIME, ZCL_AS_START, "473385600", 0, 473385600 },
	{ ZCL_UTC_TIME, ZCL_AS_START, "cancel", -EINVAL, 0 },
	{ ZCL_UTC_TIME, ZCL_AS_TIME, "now", -EINVAL, 0 },
	{ ZCL_UTC_TIME, ZCL_AS_START, "never", -EINVAL, 0 },
	{ ZCL_UTC_TIME, ZCL_AS_TIME, "1999-12-31T23:59:59Z", -EINVAL, 0 },
	{ ZCL_UTC_TIME, ZCL_AS_TIME, "2136-02-07T06:28:16Z", -EINVAL, 0 },
	{ ZCL_UTC_TIME, ZCL_AS_TIME, "2015-02-29T00:00:00Z", -EINVAL, 0 },
	{ ZCL_UINT16, ZCL_AS_MINUTES, "23:59", 0, 1439 },
	{ ZCL_UINT16, ZCL_AS_MINUTES, "24:00", -EINVAL, 0 },
	{ ZCL_UINT16, ZCL_AS_MINUTES, "07:60", -EINVAL, 0 },
	{ ZCL_UINT8, ZCL_AS_NUMBER, "256", -EINVAL, 0 },
	{ ZCL_UINT8, ZCL_AS_NUMBER, "", -EINVAL, 0 },
	{ ZCL_UINT8, ZCL_AS_NUMBER, "0x", -EINVAL, 0 },
	{ ZCL_UINT8, ZCL_AS_NUMBER, "1 ", -EINVAL, 0 },
	{ ZCL_UINT8, ZCL_AS_NUMBER, "-0", -EINVAL, 0 },
	{ ZCL_UINT64, ZCL_AS_NUMBER, "-1", -EINVAL, 0 },
	{ ZCL_UINT64, ZCL_AS_NUMBER, "18446744073709551616", -EINVAL, 0 },
	{ ZCL_INT8, ZCL_AS_NUMBER, "-128", 0, (uint64_t)-128 },
	{ ZCL_INT8, ZCL_AS_NUMBER, "-129", -EINVAL, 0 },
	{ ZCL_INT8, ZCL_AS_NUMBER, "128", -EINVAL, 0 },
	{ ZCL_INT64, ZCL_AS_NUMBER, "9223372036854775808", -EINVAL, 0 },
	{ ZCL_BITMAP8, ZCL_AS_CLEARED_LOGS, "general|0x80", 0, 0x88 },
	{ ZCL_BITMAP8, ZCL_AS_CLEARED_LOGS, "general|", -EINVAL, 0 },
	{ ZCL_BITMAP8, ZCL_AS_CLEARED_LOGS, "general|0x100", -EINVAL, 0 },
	{ ZCL_BITMAP8, ZCL_AS_CLEARED_LOGS, "-1", -EINVAL, 0 },
	{ ZCL_BOOLEAN, ZCL_AS_NUMBER, "TRUE", 0, 1 },
	{ ZCL_DATE, ZCL_AS_NUMBER, "1899-01-01", -EINVAL, 0 },
	{ ZCL_DATE, ZCL_AS_NUMBER, "2155-01-01", -EINVAL, 0 },
	{ ZCL_DATE, ZCL_AS_NUMBER, "2015-01", -EINVAL, 0 },
	{ ZCL_DATE, ZCL_AS_NUMBER, "2015-01-01 day", -EINVAL, 0 },
	{ ZCL_DATE, ZCL_AS_NUMBER, "2015-01-01 dow 1", -EINVAL, 0 },
	{ ZCL_TIME_OF_DAY, ZCL_AS_NUMBER, "07:00", -EINVAL, 0 },
	{ ZCL_OCTET_STRING, 0, "abc", -EINVAL, 0 },
	{ ZCL_OCTET_STRING, 0, "ag", -EINVAL, 0 },
	{ ZCL_OCTET_STRING, 0, "", -EINVAL, 0 },
	{ ZCL_OCTET_STRING, 0, "\"", -EINVAL, 0 },
	{ ZCL_OCTET_STRING, 0, "\"\\\"", -EINVAL, 0 },
	{ ZCL_OCTET_STRING, 0, "\"\\x1\"", -EINVAL, 0 },
	{ ZCL_OCTET_STRING, 0, "\"\\n\"", -EINVAL, 0 },
	{ ZCL_OCTET_STRING, 0, "\"a\"b", -EINVAL, 0 },
	{ ZCL_OCTET_STRING, 0, "\"too long\"", -ENOSPC, 0 },
	{ ZCL_KEY128, 0, "0011", -EINVAL, 0 },
	{ ZCL_KEY128, 0, "invalid", -EINVAL, 0 },
};

static void test_from_text(void **state)
{
	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(from_texts); n++) {
		uint8_t octets[4];
		struct wbuf store = wbuf_of(octets, sizeof(octets));
		struct zcl_value v = { 0 };
		int r = zcl_value_from_text(from_texts[n].type,
					    as(from_texts[n].meaning),
					    from_texts[n].text, &store, &v);

		if (r != from_texts[n].result ||
		    v.number != from_texts[n].number)
			fail_msg("%s: %d %llx", from_texts[n].text, r,
				 (unsigned long long)v.number);
	}
}

/* As many octets as the length can say. */
static void test_long_text(void **state)
{
	static const struct {
		uint8_t type;
		size_t most;
	} cases[] = {
		{ ZCL_OCTET_STRING, 0xfe },
		{ ZCL_LONG_CHARACTER_STRING, 0xfffe },
	};
	static char text[2 * 0xffff + 1];
	static uint8_t octets[0xffff];
	struct zcl_value v;
	struct wbuf store;

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(cases); n++) {
		memset(text, '1', 2 * cases[n].most + 2);
		text[2 * cases[n].most + 2] = 0;
		store = wbuf_of(octets, sizeof(octets));
		assert_int_equal(zcl_value_from_text(cases[n].type, as(0), text,
						     &store, &v),
				 -EINVAL);
		text[2 * cases[n].most] = 0;
		store = wbuf_of(octets, sizeof(octets));
		assert_int_equal(zcl_value_from_text(cases[n].type, as(0), text,
						     &store, &v),
				 0);
		assert_int_equal(v.bytes.len, cases[n].most);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_number_text),
		cmocka_unit_test(test_meanings),
		cmocka_unit_test(test_octet_text),
		cmocka_unit_test(test_from_text),
		cmocka_unit_test(test_long_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
