// SPDX-License-Identifier: LGPL-2.1-or-later
/* ASN.1 contents that are not right; what contents are said to mean; times. */
#include "asn1-check.h"
#include "rtds.h"

static const struct {
	uint16_t code;
	uint8_t cra;
	const char *hex, *why;
} bad_contents[] = {
	{ 0x000b, 2, "02020000", "content is not" }, /* not minimal */
	{ 0x000b, 2, "0201ff", "negative" },
	{ 0x000b, 2, "020108", "response code" },
	{ 0x000b, 2, "02020100", "none of its values" },
	{ 0x000b, 2, "02810100", "not DER" },
	{ 0x000b, 2, "0200", "content is not" },
	{ 0x000b, 2, "0a0100", "content is not" },
	{ 0x000a, 2, "020100", "response code" },
	{ 0x0013, 1, "058100", "content is not" },
	{ 0x0013, 1, "050100", "content is not" },
	{ 0x0013, 1, "0500 00", "after" },
	/* indefinite length, constructed string, long lengths */
	{ 0x000a, 1, "3080 03020780 0000", "not DER" },
	{ 0x000f, 1, "240a 0408 0102030405060708", "not DER" },
	{ 0x000f, 1, "2480 0408 0102030405060708 0000", "not DER" },
	{ 0x000a, 1, "3082000403020780", "not DER" },
	{ 0x000a, 1, "308104 03020780", "not DER" },
	/* unused bits: a zero at the end, not zero, nothing left */
	{ 0x000a, 1, "3004 03020680", "not DER" },
	{ 0x000a, 1, "3004 030207ff", "not DER" },
	{ 0x000a, 1, "3005 0303078000", "not DER" },
	{ 0x000a, 1, "3003 030100", "key usage" },
	{ 0x000a, 1, "3006 030407808080", "key usage" },
	{ 0x000a, 1, "3005 0303068040", "key usage" },
	/* lengths of identifiers, hashes, versions */
	{ 0x000f, 1, "0407 01020304050607", "8 octets" },
	{ 0x000f, 1, "0409 010203040506070809", "8 octets" },
	{ 0x0129, 2, "3008 0403000001 020101", "4 octets" },
	{ 0x0012, 1, "3006 0401aa 020100", "32 octets" },
	/* roles, types, methods, default values */
	/* of a status of two octets, an alert code of three */
	{ 0x0008, 2, "3009 3007 020102 0a020100", "ENUMERATED" },
	{ 0x012b, 3,
	  "3020 0204008f8b00 180f 32303330303131353030303030305a"
	  "04041234abcd 020100",
	  "16 bits" },
	/* certificates without counter */
	{ 0x0008, 2, "300a 3008 020102 0a0100 3000", "counter" },
	{ 0x0008, 1, "300e 3007 020109 03020308 3003 020102", "role" },
	{ 0x0008, 1, "300e 3007 020102 03020308 3003 02017e", "role" },
	{ 0x0008, 1, "3011 300a 020102 03020308 020100 3003 020102",
	  "not DER" },
	{ 0x0008, 1, "3011 300a 020102 03020308 020102 3003 020102",
	  "cell usage" },
	{ 0x000d, 1, "3010 020100 04080102030405060708 020107", "device type" },
	{ 0x000d, 1, "3010 020104 04080102030405060708 020105", "method" },
	{ 0x0008, 2, "300b 3009 020102 0a0101 020100", "counter" },
	{ 0x0008, 2, "3008 3006 020102 0a0101", "status" },
	{ 0x0125, 1, "300c 3006 02010c 830100 3000 3000", "mode" },
	{ 0x0125, 1,
	  "3018 3012 02010a 830100 a60a 3008 020102 020100"
	  " 3000 3000",
	  "content is not" },
	{ 0x0125, 1, "300e 3008 02010a 8000 830100 3000 3000", "empty" },
	/* tagged fields in another order */
	{ 0x0125, 1, "300f 3009 02010a 840100 830100 3000 3000",
	  "content is not" },
	/* counter over 64 bits */
	{ 0x0125, 1, "3014 300e 02010a 8309010000000000000000 3000 3000",
	  "64 bits" },
	/* times: no Z, a fraction, a 29th of February, an hour 24 */
	{ 0x007f, 2, "3013 180e 3230333030313135303030303030 020100", "time" },
	{ 0x007f, 2, "3016 1811 32303330303131353030303030302e315a 020100",
	  "time" },
	{ 0x007f, 2, "3014 180f 32303330303232393030303030305a 020100",
	  "time" },
	{ 0x007f, 2, "3014 180f 32303330303132393234303030305a 020100",
	  "time" },
	{ 0x007f, 2, "3014 180f 32303330303132393030303030305a 020103",
	  "clock status" },
	/* inside of a certificate */
	{ 0x000b, 1, "3080 020105 0000", "certificate" },
	{ 0x000b, 1, "3004 02810105", "certificate" },
	{ 0x000b, 1, "3002 0205", "certificate" },
	{ 0x000b, 1, "3003 1f2001", "certificate" },
	{ 0x000b, 1, "3002 0000", "certificate" },
	{ 0x000b, 1, "3003 010101", "certificate" },
	{ 0x000b, 1, "3003 010100", "certificate" },
	{ 0x000b, 1, "3002 0100", "certificate" },
};

static void what_is_not_der_or_right_is_refused(void **state)
{
	uint8_t in[256];
	struct gbcs_asn1 msg;

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(bad_contents); n++) {
		size_t len = unhex(bad_contents[n].hex, in);

		assert_int_equal(gbcs_asn1_decode(bad_contents[n].code,
						  bad_contents[n].cra,
						  SPAN(in, len), &msg),
				 -EBADMSG);
		if (!strstr(msg.why, bad_contents[n].why))
			fail_msg("%s: %s", bad_contents[n].hex, msg.why);
	}
	assert_int_equal(gbcs_asn1_decode(0x0007, 1, SPAN(in, 1), &msg),
			 -ENOENT);
	assert_int_equal(gbcs_asn1_decode(0x0008, 3, SPAN(in, 1), &msg),
			 -ENOENT);
	assert_int_equal(gbcs_asn1_decode(0x00cb, 1, SPAN(in, 1), &msg),
			 -ENOENT);
}

static const uint8_t octet[] = { 0x04, 0x00 };
static struct span not_der = { octet, sizeof(octet) };
static struct gbcs_replacement replacement = { .cell = { 2, KA, 0 } };
static struct gbcs_special_floor wrong_floor = { .usage = 1 };
static struct gbcs_restored_device restored = { .code = 14 };
static struct gbcs_device device = { .type = 7 };
static struct gbcs_held_role role = { .role = 9 };
static const struct gbcs_asn1 bad_values[] = {
	{ .code = 0x0007, .cra = 1 },
	{ .code = 0x000a, .cra = 1, .key_usage = 0 },
	{ .code = 0x000a, .cra = 1, .key_usage = 0x4000 },
	{ .code = 0x000b, .cra = 1 },
	{ .code = 0x000b, .cra = 2, .response = 8 },
	{ .code = 0x0008, .cra = 2, .credentials_response = { &role, 1 } },
	{ .code = 0x0008, .cra = 2, .credentials_response = { NULL, 1 } },
	{ .code = 0x0008,
	  .cra = 1,
	  .credentials_command = { { 2, KA, 2 }, NULL, 0 } },
	{ .code = 0x007f,
	  .cra = 1,
	  .clock_command = { 0, GBCS_TIME_CANCEL + 1 } },
	{ .code = 0x007f, .cra = 2, .clock_response = { 0, 3 } },
	{ .code = 0x0102, .cra = 1, .update_command = { .mode = 12 } },
	{ .code = 0x0102,
	  .cra = 1,
	  .update_command = { .has_time_checks = true, .time_checks = 2 } },
	{ .code = 0x0102,
	  .cra = 1,
	  .update_command = { .symmetric_key = { octet, 0 } } },
	{ .code = 0x0102,
	  .cra = 1,
	  .update_command = { .has_special = true,
			      .special = &wrong_floor,
			      .n_special = 1 } },
	{ .code = 0x0102,
	  .cra = 1,
	  .update_command = { .replacements = &replacement,
			      .n_replacements = 1 } },
	{ .code = 0x0102,
	  .cra = 1,
	  .update_command = { .path = &not_der, .n_path = 1 } },
	{ .code = 0x0012,
	  .cra = 1,
	  .firmware_command = { .has_time = true, .time = INT64_MIN } },
	{ .code = 0x0012, .cra = 2, .firmware_response = { true, { 4, 0 } } },
	{ .code = 0x0013, .cra = 2, .log_response = { .code = 2 } },
	{ .code = 0x000a, .cra = 2 },
	{ .code = 0x000c, .cra = 2, .certificate_response = { .code = 4 } },
	{ .code = 0x000d, .cra = 2, .response = 14 },
	{ .code = 0x000f, .cra = 2, .response = 3 },
	{ .code = 0x000d, .cra = 1, .join_command = { .method = 4 } },
	{ .code = 0x000d,
	  .cra = 1,
	  .join_command = { 0, { 1, 7 }, { NULL, 0 } } },
	{ .code = 0x008c, .cra = 2, .restore_response = { &restored, 1 } },
	{ .code = 0x008c, .cra = 1, .devices = { &device, 65536 } },
};

static void wrong_values_are_not_encoded(void **state)
{
	uint8_t out[64];
	const char *why;

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(bad_values); n++) {
		struct wbuf w = wbuf_of(out, sizeof(out));

		assert_int_equal(gbcs_asn1_encode(&bad_values[n], &w), -EINVAL);
		assert_int_equal(w.len, 0);
		assert_int_equal(gbcs_asn1_check(&bad_values[n], &why),
				 -EINVAL);
		assert_non_null(why);
	}
}

static void dumps_say_what_it_means(void **state)
{
	struct gbcs_asn1 msg;
	struct collect c;
	uint8_t in[64];
	size_t len = unhex("3011 3007 020104 03020308 3006 020102 02017f", in);

	(void)state;
	assert_int_equal(gbcs_asn1_decode(0x0008, 1, SPAN(in, len), &msg), 0);
	check_dump(&msg, SPAN(in, len), &c);
	assert_string_equal(c.text,
			    "CS02a command=;authorising_cell=;"
			    "role=access control broker;"
			    "key_usage=key agreement;cell_usage=management;"
			    "roles=;role=supplier;role=other;");
	/* Not the content it came from. */
	assert_int_equal(gbcs_asn1_dump(&msg, SPAN(in, len - 1), &c.dump),
			 -EBADMSG);
	gbcs_asn1_free(&msg);
	len = unhex("3014 180f 32303330303131353030303030305a 020100", in);
	assert_int_equal(gbcs_asn1_decode(0x007f, 2, SPAN(in, len), &msg), 0);
	check_dump(&msg, SPAN(in, len), &c);
	assert_string_equal(c.text, "GCS28 response=;time=2030-01-15T00:00:00Z;"
				    "clock_status=reliable;");
	gbcs_asn1_free(&msg);
	len = unhex("020103", in);
	assert_int_equal(gbcs_asn1_decode(0x000b, 2, SPAN(in, len), &msg), 0);
	check_dump(&msg, SPAN(in, len), &c);
	assert_string_equal(c.text, "CS02d response=invalid key usage;");
	gbcs_asn1_free(&msg);
}

static void times(void **state)
{
	static const struct {
		const char *text;
		int64_t time;
	} good[] = {
		{ "19700101000000Z", 0 },
		{ "19691231235959Z", -1 },
		{ "20000229123456Z", 951827696 },
		{ "20000301000000Z", 951868800 },
		{ "99991231235959Z", GBCS_TIME_CANCEL },
		{ "00000101000000Z", INT64_C(-62167219200) },
		{ "00000229000000Z", INT64_C(-62162121600) },
		{ "00000301000000Z", INT64_C(-62162035200) },
	};
	char text[16];
	int64_t time;

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(good); n++) {
		assert_int_equal(
			gbcs_time_parse(SPAN((const uint8_t *)good[n].text, 15),
					&time),
			0);
		assert_int_equal(time, good[n].time);
		assert_int_equal(gbcs_time_format(good[n].time, text), 0);
		assert_string_equal(text, good[n].text);
	}
	for (int64_t at = -62167219200; at < GBCS_TIME_CANCEL; at += 40009999) {
		assert_int_equal(gbcs_time_format(at, text), 0);
		assert_int_equal(
			gbcs_time_parse(SPAN((const uint8_t *)text, 15), &time),
			0);
		assert_int_equal(time, at);
	}
	assert_int_equal(gbcs_time_format(INT64_MIN, text), -EINVAL);
	assert_int_equal(gbcs_time_format(INT64_MAX, text), -EINVAL);
	assert_int_equal(gbcs_time_format(INT64_C(-62167219201), text),
			 -EINVAL);
}

/* --- the reference messages */

static void each(const struct rtds_message *m, void *context)
{
	struct gbcs_asn1 msg;
	bool *wide = context;

	if (gbcs_message_encoding(&m->msg) != GBCS_ASN1)
		return;
	if (decode(m->msg.code, (uint8_t)m->msg.cra, m->msg.content))
		fail_msg("%s", m->path);
	assert_int_equal(gbcs_asn1_decode(m->msg.code, (uint8_t)m->msg.cra,
					  m->msg.content, &msg),
			 0);
	wide[msg.wide_lengths] = true;
	/* Only devices send them. */
	assert_true(!msg.wide_lengths || m->msg.cra != GBCS_COMMAND);
	gbcs_asn1_free(&msg);
}

static void reference_messages_are_written_again(void **state)
{
	bool wide[2] = { false, false };

	(void)state;
	rtds_each(each, wide);
	assert_true(wide[false] && wide[true]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_der_or_right_is_refused),
		cmocka_unit_test(wrong_values_are_not_encoded),
		cmocka_unit_test(dumps_say_what_it_means),
		cmocka_unit_test(times),
		cmocka_unit_test(reference_messages_are_written_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
