// SPDX-License-Identifier: LGPL-2.1-or-later
/* DLMS data: values in a message. */
#include "dlms-check.h"

/* --- data */

static const struct {
	const char *hex;
	uint8_t tag;
	uint32_t count;
	int64_t number;
	const char *dump;
} values[] = {
	{ "00", DLMS_NULL, 0, 0, " null-data=00" },
	{ "01 00", DLMS_ARRAY, 0, 0, " array=0100:0 elements" },
	{ "01 01 11 07", DLMS_ARRAY, 1, 0,
	  "(array=0101:1 element [0] unsigned=1107:7)" },
	{ "02 02 00 0f ff", DLMS_STRUCTURE, 2, 0,
	  "(structure=0202:2 elements [0] null-data=00 [1] integer=0fff:-1)" },
	{ "03 ff", DLMS_BOOLEAN, 0, 1, " boolean=03ff:true" },
	{ "03 00", DLMS_BOOLEAN, 0, 0, " boolean=0300:false" },
	{ "04 00", DLMS_BIT_STRING, 0, 0, " bit-string=0400" },
	{ "04 09 a0 80", DLMS_BIT_STRING, 9, 0,
	  " bit-string=0409a080:101000001" },
	{ "05 80 00 00 00", DLMS_DOUBLE_LONG, 0, INT32_MIN,
	  " double-long=0580000000:-2147483648" },
	{ "05 7f ff ff ff", DLMS_DOUBLE_LONG, 0, INT32_MAX, NULL },
	{ "06 00 00 00 00", DLMS_DOUBLE_LONG_UNSIGNED, 0, 0, NULL },
	{ "06 ff ff ff ff", DLMS_DOUBLE_LONG_UNSIGNED, 0, UINT32_MAX,
	  " double-long-unsigned=06ffffffff:4294967295" },
	{ "09 00", DLMS_OCTET_STRING, 0, 0, " octet-string=0900" },
	{ "09 03 01 02 03", DLMS_OCTET_STRING, 0, 0,
	  " octet-string=0903010203" },
	{ "09 06 00 00 5e 2c 64 ff", DLMS_OCTET_STRING, 0, 0,
	  " octet-string=090600005e2c64ff:0-0:94.44.100.255" },
	{ "09 04 09 1e 00 00", DLMS_OCTET_STRING, 0, 0,
	  " octet-string=0904091e0000:09:30:00" },
	{ "09 05 ff ff 0c 19 ff", DLMS_OCTET_STRING, 0, 0,
	  " octet-string=0905ffff0c19ff:*-12-25" },
	{ "0a 02 41 42", DLMS_VISIBLE_STRING, 0, 0,
	  " visible-string=0a024142:\"AB\"" },
	{ "0a 02 41 1b", DLMS_VISIBLE_STRING, 0, 0,
	  " visible-string=0a02411b" },
	{ "0c 02 c2 a3", DLMS_UTF8_STRING, 0, 0,
	  " utf8-string=0c02c2a3:\"\xc2\xa3\"" },
	{ "0c 02 c0 80", DLMS_UTF8_STRING, 0, 0, " utf8-string=0c02c080" },
	{ "0d 42", DLMS_BCD, 0, 0x42, " bcd=0d42:66" },
	{ "0d ff", DLMS_BCD, 0, 255, NULL },
	{ "0f 80", DLMS_INTEGER, 0, -128, " integer=0f80:-128" },
	{ "0f 7f", DLMS_INTEGER, 0, 127, NULL },
	{ "10 80 00", DLMS_LONG, 0, INT16_MIN, NULL },
	{ "10 7f ff", DLMS_LONG, 0, INT16_MAX, NULL },
	{ "10 ff fe", DLMS_LONG, 0, -2, " long=10fffe:-2" },
	{ "11 ff", DLMS_UNSIGNED, 0, 255, " unsigned=11ff:255" },
	{ "11 00", DLMS_UNSIGNED, 0, 0, NULL },
	{ "12 ff ff", DLMS_LONG_UNSIGNED, 0, UINT16_MAX, NULL },
	{ "14 7f ff ff ff ff ff ff ff", DLMS_LONG64, 0, INT64_MAX, NULL },
	{ "15 00 00 00 00 00 00 00 00", DLMS_LONG64_UNSIGNED, 0, 0, NULL },
	{ "16 00", DLMS_ENUM, 0, 0, NULL },
	{ "12 80 00", DLMS_LONG_UNSIGNED, 0, 32768,
	  " long-unsigned=128000:32768" },
	{ "14 80 00 00 00 00 00 00 00", DLMS_LONG64, 0, INT64_MIN,
	  " long64=148000000000000000:-9223372036854775808" },
	{ "15 ff ff ff ff ff ff ff ff", DLMS_LONG64_UNSIGNED, 0, -1,
	  " long64-unsigned=15ffffffffffffffff:18446744073709551615" },
	{ "16 fa", DLMS_ENUM, 0, 250, " enum=16fa:250" },
	{ "17 3f c0 00 00", DLMS_FLOAT32, 0, 0x3fc00000,
	  " float32=173fc00000:1.5" },
	{ "18 bf f8 00 00 00 00 00 00", DLMS_FLOAT64, 0,
	  (int64_t)0xbff8000000000000, " float64=18bff8000000000000:-1.5" },
	{ "19 07df0101 ff 00000000 8000 ff", DLMS_DATE_TIME, 0, 0,
	  " date-time=1907df0101ff000000008000ff:2015-01-01T00:00:00Z" },
	{ "1a 07df0c19 05", DLMS_DATE, 0, 0,
	  " date=1a07df0c1905:2015-12-25 day 5" },
	{ "1b 17 3b 3b 63", DLMS_TIME, 0, 0, " time=1b173b3b63:23:59:59.99" },
	{ "13 06 08 00000001 00000002", DLMS_COMPACT_ARRAY, 2, 0,
	  "(compact-array=13:2 elements(type description= "
	  "double-long-unsigned=06)(contents=08 "
	  "[0] double-long-unsigned=00000001:1 "
	  "[1] double-long-unsigned=00000002:2))" },
	{ "13 02 03 12 09 01 0002 0f  0c  1234 02 aabb 01ff 0001 00 0203",
	  DLMS_COMPACT_ARRAY, 2, 0,
	  "(compact-array=13:2 elements(type description=(structure=0203:"
	  "3 elements [0] long-unsigned=12 [1] octet-string=09(["
	  "2] array=010002:2 elements [0] integer=0f)))(contents=0c"
	  "([0] structure=:3 elements [0] long-unsigned=1234:4660 "
	  "[1] octet-string=02aabb([2] array=:2 elements [0] integer=01:1 "
	  "[1] integer=ff:-1))([1] structure=:3 elements "
	  "[0] long-unsigned=0001:1 [1] octet-string=00([2] array=:2 elements "
	  "[0] integer=02:2 [1] integer=03:3))))" },
	/* An empty array still has a type to step over. */
	{ "13 02 03 11 01 0000 02 01 12 16  04  05 06 07 08",
	  DLMS_COMPACT_ARRAY, 2, 0, NULL },
	/* Elements of one size, and of one size but for what a boolean is. */
	{ "13 02 03 11 01 0002 12 00  0a  01 0002 0003 04 0005 0006",
	  DLMS_COMPACT_ARRAY, 2, 0, NULL },
	{ "13 02 02 03 11  04  ff 01 00 02", DLMS_COMPACT_ARRAY, 2, 0, NULL },
	{ "13 04  04  09 a080 00", DLMS_COMPACT_ARRAY, 2, 0, NULL },
	{ "02 02 01 01 13 11 02 0102 01 00", DLMS_STRUCTURE, 2, 0, NULL },
	{ "13 02 00 00", DLMS_COMPACT_ARRAY, 0, 0,
	  "(compact-array=13:0 elements(type description=(structure=0200:"
	  "0 elements)) contents=00)" },
};

static void each_type_round_trips(void **state)
{
	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(values); n++) {
		struct octets o = hex(values[n].hex);
		struct recorder r = recorder();
		struct dlms_data data;
		struct reader skip = reader_of(SPAN_OF(o));

		check_cuts(o, check_data);
		assert_int_equal(dlms_data_skip(&skip), 0);
		assert_int_equal(reader_done(&skip), 0);
		assert_int_equal(dlms_data_parse(SPAN_OF(o), &data), 0);
		assert_int_equal(data.tag, values[n].tag);
		assert_int_equal(data.count, values[n].count);
		if (dlms_type(data.tag)->form >= DLMS_FORM_UINT ||
		    data.tag == DLMS_BOOLEAN)
			assert_true((int64_t)dlms_number(&data) ==
				    values[n].number);
		dlms_dump_plain(&r.dump, SPAN_OF(o));
		if (values[n].dump)
			assert_string_equal(r.text, values[n].dump);
	}
}

static const char *const malformed[] = {
	"",
	"07 00",
	"08 00",
	"0b 00",
	"0e 00",
	"1c 00",
	"ff",
	/* booleans are 00 and ff */
	"03 01",
	"03 fe",
	"13 03 01 01",
	/* lengths not minimal, or not of A-XDR */
	"09 81 01 00",
	"09 82 00 01 00",
	"09 80",
	"09 83 00 00 01 00",
	"01 81 01 00",
	"04 81 08 00",
	"13 06 81 04 00000001",
	"13 02 81 01 11 00",
	/* counts and lengths over what is there */
	"01 82 ff ff 00",
	"02 7f 00 00",
	"09 05 01",
	"04 09 00",
	"13 06 05 00000001",
	"0c 82 ff ff 41",
	/* trailing */
	"00 00",
	"11 01 00",
	/* types there are not in a description, or unfinished ones */
	"13 13 06 00 00",
	"13 13 00",
	"13 07 00",
	"13 02 02 11 00",
	"13 01 00 00",
	/* elements that stop in the middle */
	"13 06 05 00000001 02",
	"13 09 02 02 aa",
	"13 02 02 11 12 02 01 02",
	"13 02 03 12 09 01 0002 0f 0a 1234 02 aabb 01 ff 0001 00",
	/* elements without octets: how many? */
	"13 00 01 00",
	"13 01 00 00 11 01 00",
	"13 02 00 01 00",
	"13 01 ff ff 01 ff ff 01 ff ff 00 01 00",
	"13 02 02 11 01 ff ff 00 03 01 02 03",
	"13 02 02 11 01 00 01 02 00 01 07",
	"13 01 00 01 00 00",
	/* not a whole number of elements of one size */
	"13 02 02 11 12 04 01 0002 03",
	/* a boolean that is neither, and one among fixed ones */
	"13 02 02 03 11  04  ff 01 01 02",
	"01 02 03 ff 03 01",
	/* packed arrays have counts of two octets */
	"13 01 02 11 02 01 02",
};

static void malformed_data_is_refused(void **state)
{
	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(malformed); n++) {
		struct octets o = hex(malformed[n]);

		if (check_data(SPAN_OF(o)))
			fail_msg("accepted %s", malformed[n]);
	}
}

static void depth_is_bounded(void **state)
{
	(void)state;
	for (unsigned int depth = 1; depth < 40; depth++) {
		struct octets list = { .len = 2 * depth };
		struct octets type = { .len = 3 * depth + 3 };

		for (unsigned int n = 0; n < depth; n++) {
			list.p[2 * n] = 1 + n % 2;
			list.p[2 * n + 1] = n + 1 < depth;
			memcpy(type.p + 1 + 3 * n, "\x01\x00\x01", 3);
		}
		type.p[0] = DLMS_COMPACT_ARRAY;
		type.p[3 * depth + 1] = DLMS_UNSIGNED;
		assert_int_equal(check_data(SPAN_OF(list)),
				 depth <= DLMS_MAX_DEPTH);
		assert_int_equal(check_data(SPAN_OF(type)),
				 depth + 2 <= DLMS_MAX_DEPTH);
	}
}

/* Values are counted, those of types without octets too. */
static void the_number_of_values_is_bounded(void **state)
{
	(void)state;
	for (unsigned int n = 0; n < 20; n++) {
		/* The type, and as many values for each of 361. */
		unsigned int each = 361 + n / 4, total = 1 + each + 361 * each;
		bool array = n & 1, fixed = n & 2;
		struct octets o = { { 0 }, 0 };
		struct wbuf w = wbuf_of(o.p, sizeof(o.p));
		struct dlms_data data;

		write_u8(&w, DLMS_COMPACT_ARRAY);
		if (array) {
			/* One element, that is all of them. */
			write_u8(&w, DLMS_ARRAY);
			write_be(&w, 361, 2);
			total += 2;
		}
		write_u8(&w, DLMS_STRUCTURE);
		write_length(&w, each - 1);
		w.len += each - 2; /* null-data */
		write_u8(&w, fixed ? DLMS_UNSIGNED : DLMS_OCTET_STRING);
		write_length(&w, 361);
		w.len += 361;
		assert_int_equal(dlms_data_parse(SPAN(o.p, w.len), &data),
				 total <= DLMS_MAX_VALUES ? 0 : -EBADMSG);
	}
}

/* A parent's parent too is not deceived by what its elements took. */
static void packed_elements_come_one_by_one(void **state)
{
	struct octets o = hex("02 02 13 02 02 11 01 0002 02 02 12 05 1a"
			      " 01 0002 00000003 0004 00000005"
			      " 06 0007 00000008 0009 0000000a 11 0b");
	struct dlms_iter top, list, row, pairs, pair;
	struct dlms_data data, item;
	uint64_t next = 1;

	(void)state;
	assert_true(check_data(SPAN_OF(o)));
	assert_int_equal(dlms_data_parse(SPAN_OF(o), &data), 0);
	top = dlms_iter_of(&data);
	list = dlms_next_list(&top, DLMS_COMPACT_ARRAY, 2);
	while (dlms_next(&list, &item)) {
		assert_true(item.packed);
		assert_int_equal(item.raw.len, 13);
		row = dlms_iter_of(&item);
		assert_int_equal(dlms_next_uint(&row, DLMS_UNSIGNED), next++);
		pairs = dlms_next_list(&row, DLMS_ARRAY, 2);
		for (int n = 0; n < 2; n++) {
			pair = dlms_next_list(&pairs, DLMS_STRUCTURE, 2);
			assert_int_equal(dlms_next_uint(&pair,
							DLMS_LONG_UNSIGNED),
					 next++);
			assert_int_equal(dlms_next_int(&pair, DLMS_DOUBLE_LONG),
					 next++);
			assert_int_equal(dlms_iter_done(&pair), 0);
		}
		assert_int_equal(dlms_iter_done(&pairs), 0);
		assert_int_equal(dlms_iter_done(&row), 0);
	}
	assert_int_equal(dlms_iter_done(&list), 0);
	assert_int_equal(dlms_next_uint(&top, DLMS_UNSIGNED), next);
	assert_int_equal(dlms_iter_done(&top), 0);
}

static void getters_tell_types_apart(void **state)
{
	struct octets o = hex("02 09 11 05 0f fb 03 ff 17 3fc00000 04 03 f0 "
			      "09 02 4142 15 8000000000000000 00 01 00");
	struct dlms_data data, item;
	struct dlms_iter it;
	struct span bytes;
	uint64_t number;
	int64_t value;
	double real;
	bool yes;

	(void)state;
	assert_int_equal(dlms_data_parse(SPAN_OF(o), &data), 0);
	it = dlms_iter_of(&data);
	assert_true(dlms_next(&it, &item));
	assert_int_equal(dlms_get_uint(&item, &number), 0);
	assert_int_equal(number, 5);
	assert_int_equal(dlms_get_int(&item, &value), 0);
	assert_int_equal(dlms_get_bool(&item, &yes), -EBADMSG);
	assert_int_equal(dlms_get_bytes(&item, &bytes), -EBADMSG);
	assert_int_equal(dlms_get_float(&item, &real), -EBADMSG);
	assert_true(dlms_iter_of(&item).bad);
	assert_true(dlms_next(&it, &item));
	assert_int_equal(dlms_get_uint(&item, &number), -EBADMSG);
	assert_int_equal(dlms_get_int(&item, &value), 0);
	assert_int_equal(value, -5);
	assert_true(dlms_next(&it, &item));
	assert_int_equal(dlms_get_bool(&item, &yes), 0);
	assert_true(yes);
	assert_true(dlms_next(&it, &item));
	assert_int_equal(dlms_get_float(&item, &real), 0);
	assert_true(real == 1.5);
	assert_true(dlms_next(&it, &item));
	assert_true(dlms_get_bit(&item, 0) && dlms_get_bit(&item, 2));
	/* Beyond its end, in an octet of it and after. */
	assert_false(dlms_get_bit(&item, 3) || dlms_get_bit(&item, 8));
	assert_true(dlms_next(&it, &item));
	assert_int_equal(dlms_get_bytes(&item, &bytes), 0);
	assert_true(span_equal(bytes, SPAN((const uint8_t *)"AB", 2)));
	assert_true(dlms_next(&it, &item));
	assert_int_equal(dlms_get_int(&item, &value), -EBADMSG);
	assert_int_equal(dlms_iter_done(&it), -EBADMSG);
	assert_true(dlms_next(&it, &item) && dlms_next(&it, &item));
	assert_int_equal(dlms_iter_done(&it), 0);
	assert_false(dlms_next(&it, &item));
}

static void structures_are_read_in_order(void **state)
{
	struct octets o = hex("02 05 12 0102 0f ff 03 00 09 02 aabb "
			      "01 02 11 01 11 02");
	struct dlms_data data, item;
	struct dlms_iter it, list;

	(void)state;
	assert_int_equal(dlms_data_parse(SPAN_OF(o), &data), 0);
	it = dlms_iter_of(&data);
	assert_int_equal(dlms_next_uint(&it, DLMS_LONG_UNSIGNED), 0x102);
	assert_int_equal(dlms_next_int(&it, DLMS_INTEGER), -1);
	assert_false(dlms_next_bool(&it));
	assert_int_equal(dlms_next_bytes(&it, DLMS_OCTET_STRING, 2).len, 2);
	list = dlms_next_list(&it, DLMS_ARRAY, 2);
	assert_int_equal(dlms_next_uint(&list, DLMS_UNSIGNED), 1);
	assert_int_equal(dlms_iter_done(&list), -EBADMSG);
	assert_int_equal(dlms_next_uint(&list, DLMS_UNSIGNED), 2);
	assert_int_equal(dlms_iter_done(&list), 0);
	assert_int_equal(dlms_iter_done(&it), 0);
	/* One of another type: nothing more comes out. */
	it = dlms_iter_of(&data);
	assert_int_equal(dlms_next_uint(&it, DLMS_UNSIGNED), 0);
	assert_int_equal(dlms_next_int(&it, DLMS_INTEGER), 0);
	assert_true(it.bad);
	it = dlms_iter_of(&data);
	dlms_next_uint(&it, DLMS_LONG_UNSIGNED);
	dlms_next_int(&it, DLMS_INTEGER);
	dlms_next_bool(&it);
	assert_int_equal(dlms_next_bytes(&it, DLMS_OCTET_STRING, 3).len, 0);
	assert_true(it.bad);
	assert_true(dlms_next_list(&it, DLMS_ARRAY, DLMS_ANY).bad);
	/* Or of another count, which "any" is not. */
	it = dlms_iter_of(&data);
	for (int n = 0; n < 4; n++)
		assert_true(dlms_next(&it, &item));
	list = it;
	assert_false(dlms_next_list(&list, DLMS_ARRAY, DLMS_ANY).bad);
	assert_true(dlms_next_list(&it, DLMS_ARRAY, 3).bad);
	assert_true(it.bad);
}

static void packed_values_become_ordinary(void **state)
{
	struct octets o = hex("13 02 02 12 01 0002 0f  04 0001 05 fa");
	struct octets want = hex("02 02 12 0001 01 02 0f 05 0f fa");
	uint8_t out[32];
	struct wbuf w = wbuf_of(out, sizeof(out));
	struct dlms_data data, item;
	struct dlms_iter it;

	(void)state;
	assert_int_equal(dlms_data_parse(SPAN_OF(o), &data), 0);
	it = dlms_iter_of(&data);
	assert_true(dlms_next(&it, &item));
	dlms_put_data(&w, &item);
	assert_false(w.bad);
	assert_true(span_equal(SPAN(out, w.len), SPAN_OF(want)));
}

static void writers_refuse_what_does_not_fit(void **state)
{
	static const uint8_t octet[1];
	struct wbuf w = wbuf_counting();

	(void)state;
	dlms_put_uint(&w, DLMS_UNSIGNED, 255);
	dlms_put_int(&w, DLMS_INTEGER, -128);
	dlms_put_int(&w, DLMS_LONG64, INT64_MIN);
	dlms_put_bits(&w, octet, 8);
	dlms_put_null(&w);
	dlms_put_bool(&w, true);
	assert_false(w.bad);
	assert_int_equal(w.len, 2 + 2 + 9 + 3 + 1 + 2);
#define REFUSED(call)                \
	do {                         \
		w = wbuf_counting(); \
		call;                \
		assert_true(w.bad);  \
	} while (0)
	REFUSED(dlms_put_uint(&w, DLMS_UNSIGNED, 256));
	REFUSED(dlms_put_uint(&w, DLMS_INTEGER, 1));
	REFUSED(dlms_put_int(&w, DLMS_INTEGER, 128));
	REFUSED(dlms_put_int(&w, DLMS_INTEGER, -129));
	REFUSED(dlms_put_int(&w, DLMS_UNSIGNED, 1));
	REFUSED(dlms_put_bytes(&w, DLMS_DATE, SPAN(octet, 1)));
	REFUSED(dlms_put_bytes(&w, DLMS_ENUM, SPAN(octet, 1)));
	REFUSED(dlms_put_list(&w, DLMS_COMPACT_ARRAY, 1));
	REFUSED(dlms_put_list(&w, DLMS_ARRAY, 65536));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_type_round_trips),
		cmocka_unit_test(malformed_data_is_refused),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(the_number_of_values_is_bounded),
		cmocka_unit_test(packed_elements_come_one_by_one),
		cmocka_unit_test(getters_tell_types_apart),
		cmocka_unit_test(structures_are_read_in_order),
		cmocka_unit_test(packed_values_become_ordinary),
		cmocka_unit_test(writers_refuse_what_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
