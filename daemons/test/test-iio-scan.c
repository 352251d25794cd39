// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>

#include "../metrologyd/iio-device.h"
#include "../metrologyd/iio-scan.h"
#include "test.h"

static void types_are_parsed(void **state)
{
	struct iio_scan_element e;

	(void)state;
	memset(&e, 0, sizeof(e));
	assert_int_equal(iio_scan_parse_type("le:s32/32>>0\n", &e), 0);
	assert_false(e.big_endian);
	assert_true(e.is_signed);
	assert_int_equal(e.bits, 32);
	assert_int_equal(e.storage, 4);
	assert_int_equal(e.shift, 0);
	assert_int_equal(iio_scan_parse_type("be:u12/16>>4", &e), 0);
	assert_true(e.big_endian);
	assert_false(e.is_signed);
	assert_int_equal(e.bits, 12);
	assert_int_equal(e.storage, 2);
	assert_int_equal(e.shift, 4);
	assert_int_equal(iio_scan_parse_type("le:s64/64>>0", &e), 0);
	assert_int_equal(e.storage, 8);
}

static void bad_types_change_nothing(void **state)
{
	static const char *const bad[] = {
		"",
		"le",
		"le:",
		"s32/32>>0",
		"xe:s32/32>>0",
		"le:f32/32>>0",
		"le:s0/32>>0",
		"le:s33/32>>0",
		"le:s32/32>>1",
		"le:s32/24>>0",
		"le:s32/128>>0",
		"le:s32/32",
		"le:s32/32>>",
		"le:s32/32>>0x",
		"le:s32/32X2>>0",
		"le:s-1/32>>0",
		"le:s32/32>>99",
		"le:s99999999999/32>>0",
		"le:s32/32>>0 ",
		"le:s32/32>>0\n\n",
	};
	struct iio_scan_element e, before;

	(void)state;
	memset(&e, 0x5a, sizeof(e));
	before = e;
	for (size_t n = 0; n < ARRAY_SIZE(bad); n++) {
		if (iio_scan_parse_type(bad[n], &e) != -EINVAL)
			fail_msg("accepted \"%s\"", bad[n]);
		assert_memory_equal(&e, &before, sizeof(e));
	}
}

static void layout_follows_index_and_alignment(void **state)
{
	struct iio_scan_element e[] = {
		{ .index = 7, .storage = 8 },
		{ .index = 0, .storage = 4 },
		{ .index = 3, .storage = 2 },
		{ .index = 1, .storage = 1 },
	};

	(void)state;
	assert_int_equal(iio_scan_layout(e, 4), 16);
	assert_int_equal(e[1].offset, 0);
	assert_int_equal(e[3].offset, 4);
	assert_int_equal(e[2].offset, 6);
	assert_int_equal(e[0].offset, 8);
	/* The length is padded to the largest. */
	e[0].index = 0;
	e[1].index = 1;
	assert_int_equal(iio_scan_layout(e, 2), 16);
}

static void bad_layouts_are_refused(void **state)
{
	struct iio_scan_element e[IIO_SCAN_MAX_CHANNELS + 1];

	(void)state;
	memset(e, 0, sizeof(e));
	assert_int_equal(iio_scan_layout(e, 0), -EINVAL);
	for (unsigned int n = 0; n <= IIO_SCAN_MAX_CHANNELS; n++) {
		e[n].index = n;
		e[n].storage = 8;
	}
	assert_int_equal(iio_scan_layout(e, IIO_SCAN_MAX_CHANNELS), 128);
	assert_int_equal(iio_scan_layout(e, IIO_SCAN_MAX_CHANNELS + 1),
			 -EINVAL);
	e[3].index = 2;
	assert_int_equal(iio_scan_layout(e, 4), -EINVAL);
}

static void values_are_sign_extended(void **state)
{
	static const uint8_t scan[16] = { 0xfe, 0xff, 0xff, 0xff, 0x80, 0x01,
					  0,	0,    0,    0,	  0,	0,
					  0,	0,    0,    0x80 };
	struct iio_scan_element e = { .is_signed = true,
				      .bits = 32,
				      .storage = 4 };

	(void)state;
	assert_int_equal(iio_scan_value(&e, scan), -2);
	e.is_signed = false;
	assert_int_equal(iio_scan_value(&e, scan), 0xfffffffe);
	e = (struct iio_scan_element){ .big_endian = true,
				       .is_signed = true,
				       .bits = 12,
				       .storage = 2,
				       .shift = 4,
				       .offset = 4 };
	assert_int_equal(iio_scan_value(&e, scan), -2048);
	assert_true(iio_scan_no_value(&e, -2048));
	assert_false(iio_scan_no_value(&e, -2047));
	e = (struct iio_scan_element){
		.is_signed = true, .bits = 64, .storage = 8, .offset = 8
	};
	assert_true(iio_scan_value(&e, scan) == INT64_MIN);
	assert_true(iio_scan_no_value(&e, INT64_MIN));
	e.is_signed = false;
	assert_false(iio_scan_no_value(&e, INT64_MIN));
}

static void scales_are_parsed(void **state)
{
	int64_t v = 77;

	(void)state;
	assert_int_equal(iio_parse_micro("3.600000", &v), 0);
	assert_int_equal(v, 3600000);
	assert_int_equal(iio_parse_micro("1", &v), 0);
	assert_int_equal(v, 1000000);
	assert_int_equal(iio_parse_micro("0.001000000", &v), 0);
	assert_int_equal(v, 1000);
	assert_int_equal(iio_parse_micro("49.98", &v), 0);
	assert_int_equal(v, 49980000);
	assert_int_equal(iio_parse_micro("10000009.999999", &v), 0);
	assert_int_equal(v, 10000009999999);
	v = 77;
	assert_int_equal(iio_parse_micro("", &v), -EINVAL);
	assert_int_equal(iio_parse_micro("0", &v), -EINVAL);
	assert_int_equal(iio_parse_micro("-1", &v), -EINVAL);
	assert_int_equal(iio_parse_micro("1.0.0", &v), -EINVAL);
	assert_int_equal(iio_parse_micro("1.0000000x", &v), -EINVAL);
	assert_int_equal(iio_parse_micro("99999999999999999", &v), -EINVAL);
	assert_int_equal(iio_parse_micro("10000010", &v), -EINVAL);
	assert_int_equal(iio_parse_micro("1000000000000.8", &v), -EINVAL);
	assert_int_equal(v, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_are_parsed),
		cmocka_unit_test(bad_types_change_nothing),
		cmocka_unit_test(layout_follows_index_and_alignment),
		cmocka_unit_test(bad_layouts_are_refused),
		cmocka_unit_test(values_are_sign_extended),
		cmocka_unit_test(scales_are_parsed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
