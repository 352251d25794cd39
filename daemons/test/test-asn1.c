// SPDX-License-Identifier: LGPL-2.1-or-later
/* ASN.1 contents: an example of each, there and back. */
#include "asn1-check.h"

static uint8_t some_roles[] = { GBCS_ROLE_SUPPLIER, GBCS_ROLE_OTHER };
static struct gbcs_held_certificate held[] = {
	{ DS, GBCS_CELL_MANAGEMENT, 0x0102030405060708, 0x4102030405060708 },
	{ KA, GBCS_CELL_PREPAYMENT_TOP_UP, 0x0102030405060700,
	  0x4f02030405060708 },
};
static struct gbcs_held_role held_roles[] = {
	{ .role = GBCS_ROLE_SUPPLIER,
	  .has_details = true,
	  .counter = 0x80,
	  .certificates = held,
	  .n_certificates = 2 },
	{ .role = GBCS_ROLE_RECOVERY, .status = GBCS_CREDENTIALS_OTHER },
};
/* 6 of them make an outcome of 128 to 255 octets. */
static struct gbcs_held_role many_roles[6];
static struct gbcs_special_floor special[] = { { 0, 0x0102030405060708 } };
static struct gbcs_role_floor floors[] = {
	{ GBCS_ROLE_SUPPLIER, UINT64_MAX, true, special, 1 },
	{ .role = GBCS_ROLE_ROOT },
};
static struct gbcs_replacement replacements[] = {
	{ CERTIFICATE, { GBCS_ROLE_SUPPLIER, DS, GBCS_CELL_MANAGEMENT } },
	{ CERTIFICATE,
	  { GBCS_ROLE_SUPPLIER, KA, GBCS_CELL_PREPAYMENT_TOP_UP } },
};
static struct span path[] = { CERTIFICATE };
static struct gbcs_replacement_outcome outcomes[] = {
	{ { GBCS_ROLE_ROOT, GBCS_USAGE_KEY_CERT_SIGN, 0 },
	  GBCS_CREDENTIALS_NO_TRUST_ANCHOR,
	  0,
	  1,
	  2,
	  3 },
};
#define OUTCOME                                                            \
	{                                                                  \
		.counter = 1001, .mode = GBCS_SUPPLIER_BY_SUPPLIER,        \
		.floors = floors, .n_floors = 2, .replacements = outcomes, \
		.n_replacements = 1                                        \
	}
static struct gbcs_device devices[] = {
	{ 0x0102030405060708, GBCS_DEVICE_PPMID },
	{ 0xffffffffffffffff, GBCS_DEVICE_TYPE_2 },
};
static struct gbcs_restored_device restored[] = {
	{ { 0x0102030405060708, GBCS_DEVICE_PPMID }, 13 },
};

#define TIME_2030 INT64_C(1894665600) /* 2030-01-15T00:00:00Z */

/* The DER of them, as written by hand. */
#define HEX_2030 "180f 32303330303131353030303030305a "
#define HEX_HELD                                                  \
	"3043 020102 0a0100 02020080 3037"                        \
	"3018 03020780 04080102030405060708 04084102030405060708" \
	"301b 0302 0308 020101 04080102030405060700 04084f02030405060708"
#define HEX_NOT_HELD "300c 020102 0a0100 02020080 3000"
#define HEX_FLOORS                           \
	"301f 020102 020900ffffffffffffffff" \
	"300f 300d 020100 02080102030405060708 3006 020100 020100"
#define HEX_OUTCOME                                                  \
	"306a 020203e9 020102 3029" HEX_FLOORS                       \
	"3036 3034 3007 020100 03020204 0a010a 04080000000000000000" \
	"04080000000000000001 04080000000000000002 04080000000000000003"

/* Of every message. */
static const struct {
	struct gbcs_asn1 msg;
	const char *hex;
} examples[] = {
	{ { .code = 0x0008,
	    .cra = 1,
	    .credentials_command = { { GBCS_ROLE_ACB, KA, 0 }, some_roles, 2 } },
	  "3011 3007 020104 03020308 3006 020102 02017f" },
	{ { .code = 0x011b,
	    .cra = 1,
	    .credentials_command = { { GBCS_ROLE_SUPPLIER, KA, 1 }, NULL, 0 } },
	  "300e 300a 020102 03020308 020101 3000" },
	{ { .code = 0x0008,
	    .cra = 2,
	    .credentials_response = { held_roles, 2 } },
	  "304d" HEX_HELD "3006 020101 0a017f" },
	{ { .code = 0x011b,
	    .cra = 2,
	    .credentials_response = { many_roles, 6 } },
	  "3081f9" HEX_NOT_HELD HEX_NOT_HELD HEX_NOT_HELD HEX_HELD HEX_HELD
		  HEX_HELD },
	{ { .code = 0x0008,
	    .cra = 2,
	    .wide_lengths = true,
	    .credentials_response = { many_roles, 6 } },
	  "308200f9" HEX_NOT_HELD HEX_NOT_HELD HEX_NOT_HELD HEX_HELD HEX_HELD
		  HEX_HELD },
	{ { .code = 0x000a, .cra = 1, .key_usage = DS }, "3004 03020780" },
	{ { .code = 0x000a,
	    .cra = 2,
	    .certificate_response = { .certificate = CERTIFICATE } },
	  "3006 020105 0401aa" },
	{ { .code = 0x000a, .cra = 2, .certificate_response = { .code = 3 } },
	  "020103" },
	{ { .code = 0x000b, .cra = 1, .certificate = CERTIFICATE },
	  "3006 020105 0401aa" },
	{ { .code = 0x000b, .cra = 2, .response = 7 }, "020107" },
	{ { .code = 0x000c, .cra = 1, .key_usage = 0x8000 | KA },
	  "3005 0303070880" },
	{ { .code = 0x000c,
	    .cra = 2,
	    .certificate_response = { .certificate = CERTIFICATE } },
	  "3006 020105 0401aa" },
	{ { .code = 0x000d,
	    .cra = 1,
	    .join_command = { 0, { 0x0102030405060708, 5 }, { NULL, 0 } } },
	  "3010 020100 04080102030405060708 020105" },
	{ { .code = 0x000d, .cra = 2, .response = 13 }, "02010d" },
	{ { .code = 0x000e,
	    .cra = 1,
	    .join_command = { 2, { 0, 0 }, { NULL, 0 } } },
	  "3010 020102 04080000000000000000 020100" },
	{ { .code = 0x000e, .cra = 2, .response = 0 }, "020100" },
	{ { .code = 0x000f, .cra = 1, .device = 0x0102030405060708 },
	  "0408 0102030405060708" },
	{ { .code = 0x000f, .cra = 2, .response = 2 }, "020102" },
	{ { .code = 0x0010, .cra = 1, .device = UINT64_MAX },
	  "0408 ffffffffffffffff" },
	{ { .code = 0x0010, .cra = 2, .response = 1 }, "020101" },
	{ { .code = 0x0012,
	    .cra = 1,
	    .firmware_command = { { 0xaa }, 1000, true, GBCS_TIME_CANCEL } },
	  "3037 0420 aa"
	  "00000000000000000000000000000000000000000000000000000000000000"
	  "020203e8 180f 39393939313233313233353935395a" },
	{ { .code = 0x0012,
	    .cra = 1,
	    .firmware_command = { { 0 }, UINT64_MAX, false, 0 } },
	  "302d 0420 0000000000000000000000000000000000000000000000000000000000000000"
	  "020900ffffffffffffffff" },
	{ { .code = 0x0012, .cra = 2 }, "0500" },
	{ { .code = 0x0012,
	    .cra = 2,
	    .firmware_response = { true, { 3, 0x12 } } },
	  "3009 020103 040400000012" },
	{ { .code = 0x0013, .cra = 1 }, "0500" },
	{ { .code = 0x0013, .cra = 2, .log_response = { .code = 1 } },
	  "3003 020101" },
	{ { .code = 0x0013,
	    .cra = 2,
	    .log_response = { 0, true, { devices, 2 } } },
	  "3023 020100 301e 300d 04080102030405060708 020105"
	  "300d 0408ffffffffffffffff 020106" },
	{ { .code = 0x007f, .cra = 1, .clock_command = { 0, TIME_2030 } },
	  "3022 180f 31393730303130313030303030305a"
	  "180f 32303330303131353030303030305a" },
	{ { .code = 0x007f, .cra = 2, .clock_response = { 951827696, 2 } },
	  "3014 180f 32303030303232393132333435365a 020102" },
	{ { .code = 0x008c, .cra = 1, .devices = { devices, 1 } },
	  "3011 300f 300d 04080102030405060708 020105" },
	{ { .code = 0x008c, .cra = 2, .restore_response = { restored, 1 } },
	  "3016 3014 3012 300d 04080102030405060708 020105 02010d" },
	{ { .code = 0x00ab,
	    .cra = 1,
	    .join_command = { 1, { 1, 1 }, { NULL, 0 } } },
	  "3010 020101 04080000000000000001 020101" },
	{ { .code = 0x00ab, .cra = 2, .response = 4 }, "020104" },
	{ { .code = 0x00af,
	    .cra = 1,
	    .join_command = { 3, { 1, 6 }, CERTIFICATE } },
	  "3018 020103 04080000000000000001 020106 3006 020105 0401aa" },
	{ { .code = 0x00af, .cra = 2, .response = 11 }, "02010b" },
	{ { .code = 0x00b2,
	    .cra = 3,
	    .backup_alert = { 0x8071, TIME_2030, { devices, 2 } } },
	  "3036 0203008071" HEX_2030 "301e 300d 04080102030405060708 020105"
	  "300d 0408ffffffffffffffff 020106" },
	{ { .code = 0x00ca,
	    .cra = 3,
	    .firmware_alert = { 0x8f66, TIME_2030, 1001, { 0, 0x0123abcd } } },
	  "3025 0203008f66 180f 32303330303131353030303030305a 020203e9"
	  "3009 020100 04040123abcd" },
	{ { .code = 0x00cb,
	    .cra = 3,
	    .update_alert = { 0x8f67, TIME_2030, OUTCOME } },
	  "308182 0203008f67" HEX_2030 HEX_OUTCOME },
	{ { .code = 0x0102,
	    .cra = 1,
	    .update_command = { .mode = GBCS_SUPPLIER_BY_SUPPLIER,
				.has_time_checks = true,
				.time_checks = 1,
				.has_authorising = true,
				.authorising = { GBCS_ROLE_SUPPLIER, DS, 0 },
				.counter = 1000,
				.has_floor = true,
				.has_special = true,
				.special = special,
				.n_special = 1,
				.replacements = replacements,
				.n_replacements = 2,
				.path = path,
				.n_path = 1,
				.has_time = true,
				.time = TIME_2030 } },
	  "306f"
	  "3027 020102 810101 a207 020102 03020780 830203e8 840100"
	  "a50f 300d 020100 02080102030405060708"
	  "3029 3011 3006 020105 0401aa 3007 020102 03020780"
	  "3014 3006 020105 0401aa 300a 020102 03020308 020101"
	  "3008 3006 020105 0401aa"
	  "180f 32303330303131353030303030305a" },
	{ { .code = 0x0109,
	    .cra = 1,
	    .update_command = { .mode = GBCS_ANY_BY_CONTINGENCY,
				.symmetric_key = CERTIFICATE,
				.counter = UINT64_MAX,
				.has_role_floors = true,
				.role_floors = floors,
				.n_role_floors = 2 } },
	  "3049 3043 020109 8008 3006 020105 0401aa"
	  "8309 00ffffffffffffffff a629" HEX_FLOORS "3000 3000" },
	{ { .code = 0x0100, .cra = 2 }, "3002 0500" },
	{ { .code = 0x0108, .cra = 2, .update_response = { true, OUTCOME } },
	  "306e 0500" HEX_OUTCOME },
	{ { .code = 0x0124,
	    .cra = 3,
	    .update_alert = { 0x8f66, TIME_2030, OUTCOME } },
	  "308182 0203008f66" HEX_2030 HEX_OUTCOME },
	{ { .code = 0x0125, .cra = 1, .update_command = { .mode = 10 } },
	  "300c 3006 02010a 830100 3000 3000" },
	{ { .code = 0x0126, .cra = 2 }, "3002 0500" },
	{ { .code = 0x0128,
	    .cra = 3,
	    .version = { 0x8f8a, TIME_2030, 1, 0x0123abcd, 0 } },
	  "3029 0203008f8a 180f 32303330303131353030303030305a"
	  "04080000000000000001 04040123abcd 020100" },
	{ { .code = 0x0129, .cra = 1 }, "0500" },
	{ { .code = 0x0129, .cra = 2, .version = { .version = 1, .code = 1 } },
	  "3009 040400000001 020101" },
	{ { .code = 0x012b,
	    .cra = 3,
	    .version = { 0x8f8b, TIME_2030, 0, 0x1234abcd, 0 } },
	  "301f 0203008f8b 180f 32303330303131353030303030305a"
	  "04041234abcd 020100" },
};

static int set_up(void **state)
{
	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(many_roles); n++)
		many_roles[n] = held_roles[0];
	many_roles[0].n_certificates = 0;
	many_roles[1].n_certificates = 0;
	many_roles[2].n_certificates = 0;
	return 0;
}

static void every_message_has_an_example(void **state)
{
	(void)state;
	for (unsigned int code = 0; code <= 0x200; code++) {
		for (uint8_t cra = 0; cra <= 4; cra++) {
			bool is = gbcs_asn1_name((uint16_t)code, cra);
			bool has = false;

			for (size_t n = 0; n < ARRAY_SIZE(examples); n++)
				has |= examples[n].msg.code == code &&
				       examples[n].msg.cra == cra;
			/* Of CS02b not every mode. */
			if (code >= 0x0100 && code <= 0x0126)
				assert_true(is || !has);
			else
				assert_int_equal(is, has);
		}
	}
}

static void examples_round_trip(void **state)
{
	uint8_t out[1024], hex[1024];

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(examples); n++) {
		const struct gbcs_asn1 *msg = &examples[n].msg;
		struct span content = encode(msg, out, sizeof(out));
		struct wbuf w = wbuf_counting();
		const char *why;

		size_t len = unhex(examples[n].hex, hex);

		if (!span_equal(content, SPAN(hex, len)))
			fail_msg("%04x %u", msg->code, msg->cra);
		assert_int_equal(decode(msg->code, msg->cra, content), 0);
		assert_int_equal(gbcs_asn1_check(msg, &why), 0);
		assert_null(why);
		assert_int_equal(gbcs_asn1_encode(msg, &w), 0);
		assert_int_equal(w.len, content.len);
		for (size_t room = 0; room < content.len; room++) {
			w = wbuf_of(hex, room);
			assert_int_equal(gbcs_asn1_encode(msg, &w), -ENOSPC);
		}
	}
}

static void values_come_back(void **state)
{
	uint8_t out[1024];
	struct span content;
	struct gbcs_asn1 msg;

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(examples); n++) {
		if (examples[n].msg.code != 0x0102)
			continue;
		content = encode(&examples[n].msg, out, sizeof(out));
		assert_int_equal(gbcs_asn1_decode(0x0102, 1, content, &msg), 0);
		assert_int_equal(msg.update_command.mode, 2);
		assert_int_equal(msg.update_command.counter, 1000);
		assert_int_equal(msg.update_command.time, TIME_2030);
		assert_int_equal(msg.update_command.n_replacements, 2);
		assert_int_equal(msg.update_command.replacements[1].cell.usage,
				 GBCS_CELL_PREPAYMENT_TOP_UP);
		assert_int_equal(
			msg.update_command.replacements[1].cell.key_usage, KA);
		assert_int_equal(msg.update_command.special[0].floor,
				 0x0102030405060708);
		/* Nothing points into what was decoded. */
		memset(out, 0, sizeof(out));
		assert_memory_equal(msg.update_command.path[0].p,
				    certificate_der, sizeof(certificate_der));
		gbcs_asn1_free(&msg);
		return;
	}
	fail();
}

static void truncated_and_longer_are_refused(void **state)
{
	uint8_t out[1024];

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(examples); n++) {
		const struct gbcs_asn1 *msg = &examples[n].msg;
		struct span content = encode(msg, out, sizeof(out) - 1);

		for (size_t len = 0; len < content.len; len++)
			assert_int_equal(decode(msg->code, msg->cra,
						SPAN(out, len)),
					 -EBADMSG);
		out[content.len] = 0;
		assert_int_equal(decode(msg->code, msg->cra,
					SPAN(out, content.len + 1)),
				 -EBADMSG);
	}
}

static void mutations_are_refused_or_exact(void **state)
{
	uint8_t out[1024];

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(examples); n++) {
		const struct gbcs_asn1 *msg = &examples[n].msg;
		struct span content = encode(msg, out, sizeof(out));

		for (size_t at = 0; at < content.len; at++) {
			for (int bit = 0; bit < 8; bit++) {
				out[at] ^= 1u << bit;
				(void)decode(msg->code, msg->cra, content);
				out[at] ^= 1u << bit;
			}
		}
	}
}

static void noise_is_refused_or_exact(void **state)
{
	uint8_t noise[64];

	(void)state;
	srand(1);
	for (int round = 0; round < 20000; round++) {
		size_t n = (size_t)rand() % ARRAY_SIZE(examples);
		size_t len = (size_t)rand() % sizeof(noise);

		for (size_t at = 0; at < len; at++)
			noise[at] = rand() % 4 ? (uint8_t)(rand() % 48) :
						 (uint8_t)rand();
		(void)decode(examples[n].msg.code, examples[n].msg.cra,
			     SPAN(noise, len));
	}
}

/* All of a content's lengths are of one form. */
static void wide_lengths(void **state)
{
	struct gbcs_asn1 msg = { .code = 0x0008,
				 .cra = 2,
				 .credentials_response = { many_roles, 6 } };
	uint8_t narrow[512], wide[512];
	struct span n = encode(&msg, narrow, sizeof(narrow)), w;

	(void)state;
	msg.wide_lengths = true;
	w = encode(&msg, wide, sizeof(wide));
	assert_int_equal(n.len, w.len - 1);
	assert_memory_equal(narrow, ((uint8_t[]){ 0x30, 0x81 }), 2);
	assert_memory_equal(wide, ((uint8_t[]){ 0x30, 0x82, 0x00 }), 3);
	assert_int_equal(gbcs_asn1_decode(0x0008, 2, w, &msg), 0);
	assert_true(msg.wide_lengths);
	gbcs_asn1_free(&msg);
	assert_int_equal(gbcs_asn1_decode(0x0008, 2, n, &msg), 0);
	assert_false(msg.wide_lengths);
	gbcs_asn1_free(&msg);
}

/* From 128 octets on, not before. */
static void wide_lengths_begin_at_128(void **state)
{
	uint8_t roles[43] = { 0 }, out[256];
	struct gbcs_asn1 msg = {
		.code = 0x0008,
		.cra = 1,
		.wide_lengths = true,
		.credentials_command = { { GBCS_ROLE_ACB, KA, 0 }, roles, 42 },
	};

	(void)state;
	encode(&msg, out, sizeof(out));
	assert_memory_equal(out, ((uint8_t[]){ 0x30, 0x82, 0, 0x89 }), 4);
	assert_memory_equal(out + 13, ((uint8_t[]){ 0x30, 0x7e, 2 }), 3);
	msg.credentials_command.n_roles = 43;
	encode(&msg, out, sizeof(out));
	assert_memory_equal(out, ((uint8_t[]){ 0x30, 0x82, 0, 0x8e }), 4);
	assert_memory_equal(out + 13, ((uint8_t[]){ 0x30, 0x82, 0, 0x81 }), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_message_has_an_example),
		cmocka_unit_test(examples_round_trip),
		cmocka_unit_test(values_come_back),
		cmocka_unit_test(truncated_and_longer_are_refused),
		cmocka_unit_test(mutations_are_refused_or_exact),
		cmocka_unit_test(noise_is_refused_or_exact),
		cmocka_unit_test(wide_lengths),
		cmocka_unit_test(wide_lengths_begin_at_128),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
