// SPDX-License-Identifier: LGPL-2.1-or-later
/* Envelope, keys, protection and use cases of GBCS messages. */
#include <errno.h>
#include <string.h>

#include "../proto/gbcs-message.h"
#include "../proto/gbcs-protect.h"
#include "../proto/gbcs-usecase.h"
#include "gbcs-parties.h"
#include "test.h"

static const uint8_t content[] = { 0xd9, 0x20, 0x00, 0x04, 0xb0, 0x00 };
static const uint8_t date_time[12] = {
	0x07, 0xdf, 1, 1, 0xff, 0, 0, 0, 0, 0x80
};

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

static struct gbcs_message command(void)
{
	return (struct gbcs_message){
		.cra = GBCS_COMMAND,
		.counter = 1000,
		.originator = SUPPLIER,
		.target = DEVICE,
		.code = 0x0019,
		.content = SPAN(content, sizeof(content)),
	};
}

static struct span encode(const struct gbcs_message *msg, uint8_t *out,
			  size_t room)
{
	struct wbuf count = wbuf_counting(), w = wbuf_of(out, room);

	gbcs_message_encode(msg, &count);
	gbcs_message_encode(msg, &w);
	assert_false(w.bad || count.bad);
	assert_int_equal(w.len, count.len);
	return SPAN(out, w.len);
}

/* The same in, the same out, and no prefix of it is a message of its kind. */
static void round_trip(const struct gbcs_message *msg)
{
	uint8_t first[2048], again[2048], longer[2049];
	struct gbcs_message seen;
	struct span wire = encode(msg, first, sizeof(first));
	const char *why = NULL;

	if (gbcs_message_decode(wire, &seen, &why))
		fail_msg("refused: %s", why);
	assert_true(span_equal(encode(&seen, again, sizeof(again)), wire));
	assert_int_equal(seen.counter, msg->counter);
	assert_int_equal(seen.supplementary, msg->supplementary);
	assert_true(span_equal(seen.content, msg->content));

	for (size_t len = 0; len < wire.len; len++) {
		bool pre = !msg->mac.len && !msg->pre_command &&
			   msg->cra == GBCS_COMMAND &&
			   len == wire.len - 1 - msg->signature.len;

		/* Without its signature field a command is a pre-command. */
		if (!gbcs_message_decode(SPAN(first, len), &seen, NULL) != pre)
			fail_msg("cut at %zu of %zu", len, wire.len);
	}
	memcpy(longer, wire.p, wire.len);
	longer[wire.len] = 0;
	if (!msg->pre_command)
		assert_int_equal(gbcs_message_decode(SPAN(longer, wire.len + 1),
						     &seen, NULL),
				 -EBADMSG);
}

static void every_form_of_envelope(void **state)
{
	static const uint8_t signature[64] = { 1, 2, 3 }, mac[12] = { 4, 5 };
	static uint8_t certificate[407] = { 0x30, 0x82 }, big[1200];
	static const unsigned int supplementary[] = {
		0,
		GBCS_SUPP_PARTY,
		GBCS_SUPP_PARTY | GBCS_SUPP_COUNTER,
		GBCS_SUPP_PARTY | GBCS_SUPP_COUNTER | GBCS_SUPP_ORIGINATOR,
		GBCS_SUPP_PARTY | GBCS_SUPP_COUNTER | GBCS_SUPP_CERTIFICATE,
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(supplementary); n++) {
		for (int cra = GBCS_COMMAND; cra <= GBCS_ALERT; cra++) {
			for (int what = 0; what < 5; what++) {
				struct gbcs_message msg = command();

				msg.cra = (enum gbcs_cra)cra;
				msg.supplementary = supplementary[n];
				msg.supp_party = STRANGER;
				msg.supp_counter = 77;
				msg.supp_originator_counter = 0x7d2;
				msg.supp_certificate =
					SPAN(certificate, sizeof(certificate));
				if (cra == GBCS_RESPONSE && what & 1)
					msg.date_time = SPAN(date_time, 12);
				if (what & 1)
					msg.signature = SPAN(signature, 64);
				if (what & 2)
					msg.mac = SPAN(mac, 12);
				if (what == 4) {
					msg.content = SPAN(big, sizeof(big));
					msg.pre_command = cra == GBCS_COMMAND;
				}
				round_trip(&msg);
			}
		}
	}
}

static void malformed_envelopes(void **state)
{
	uint8_t wire[256], bad[256];
	struct gbcs_message msg = command(), seen;
	struct span good;
	static const uint8_t mac[12];
	const char *why;

	(void)state;
	msg.mac = SPAN(mac, 12);
	good = encode(&msg, wire, sizeof(wire));
	/* Octets that have one value only. */
	static const size_t fixed[] = { 0, 1, 6, 8, 9, 13, 14, 15, 24, 33 };

	for (size_t n = 0; n < ARRAY_SIZE(fixed); n++) {
		memcpy(bad, wire, good.len);
		bad[fixed[n]] ^= 0x40;
		why = NULL;
		if (gbcs_message_decode(SPAN(bad, good.len), &seen, &why) !=
		    -EBADMSG)
			fail_msg("octet %zu may be anything", fixed[n]);
		assert_non_null(why);
	}
	/* A length that could be shorter. */
	static const uint8_t long_form[] = { 0xdf, 9, 1, 0, 0, 0, 0,	0, 0,
					     0,	   1, 8, 0, 0, 0, 0,	0, 0,
					     0,	   0, 8, 0, 0, 0, 0,	0, 0,
					     0,	   0, 0, 2, 0, 8, 0x81, 1, 5 };

	assert_int_equal(gbcs_message_decode(SPAN(long_form, sizeof(long_form)),
					     &seen, &why),
			 -EBADMSG);
	assert_int_equal(gbcs_message_decode(SPAN(NULL, 0), &seen, NULL),
			 -EBADMSG);
	/* A date-time is for responses. */
	msg = command();
	msg.date_time = SPAN(date_time, 12);
	good = encode(&msg, wire, sizeof(wire));
	assert_int_equal(gbcs_message_decode(good, &seen, NULL), -EBADMSG);
}

/* GBCS worked example: ECS29e command 0x4b0 to 00db1234567890a0. */
static void worked_example(void **state)
{
	static const uint8_t z[32] = { 0xed, 0x34, 0x24, 0x41, 0xdf, 0x01, 0x55,
				       0x1a, 0x6b, 0xea, 0xff, 0x3b, 0x54, 0xad,
				       0xc9, 0x81, 0xf4, 0xc6, 0xa7, 0xe7, 0x1d,
				       0xff, 0x4c, 0x3e, 0x1c, 0xc8, 0x0b, 0x3c,
				       0x9f, 0x4e, 0x5a, 0xc0 };
	static const uint8_t key[16] = { 0x56, 0x42, 0xf8, 0xd9, 0xc3, 0x87,
					 0x31, 0x98, 0xdb, 0xbd, 0xc3, 0x11,
					 0xd3, 0x62, 0x3c, 0xe9 };
	static const uint8_t message[] = {
		0xdd, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x54, 0x11, 0x00,
		0x00, 0x00, 0x00, 0xdf, 0x09, 0x01, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x04, 0xb0, 0x08, 0x90, 0xb3, 0xd5, 0x1f, 0x30,
		0x02, 0x00, 0x00, 0x08, 0x00, 0xdb, 0x12, 0x34, 0x56, 0x78,
		0x90, 0xa0, 0x00, 0x02, 0x00, 0xd3, 0x20, 0xd9, 0x20, 0x00,
		0x04, 0xb0, 0x00, 0x02, 0x03, 0x00, 0x03, 0x01, 0x00, 0x20,
		0x20, 0x00, 0x04, 0x01, 0x03, 0x00, 0x03, 0x01, 0x00, 0x20,
		0x24, 0x00, 0x04, 0x01, 0x02, 0x0f, 0x00, 0x0f, 0x00, 0x00,
		0xca, 0xfd, 0x11, 0xf9, 0xa2, 0x4d, 0x47, 0x1f, 0x13, 0x41,
		0x1d, 0x82
	};
	static const uint8_t prefix[6] = { 0x11 };
	struct stage *stage = *state;
	uint8_t got[16], tag[16];
	struct gbcs_message msg;

	assert_int_equal(gbcs_message_decode(SPAN(message, sizeof(message)),
					     &msg, NULL),
			 0);
	assert_int_equal(msg.code, 0x00d3);
	assert_int_equal(msg.counter, 0x4b0);
	assert_int_equal(gbcs_derive_key(stage->crypto, z, msg.originator, 1,
					 msg.counter, msg.target, got),
			 0);
	assert_memory_equal(got, key, 16);
	const struct span aad[] = { SPAN(prefix, 6), msg.grouped };

	assert_int_equal(
		gbcs_tag(stage->crypto, got, msg.originator, aad, 2, tag), 0);
	assert_memory_equal(tag, msg.mac.p, 12);
}

static void check_both(struct stage *stage, struct span wire,
		       enum gbcs_check signature, enum gbcs_check mac)
{
	struct gbcs_message msg;

	assert_int_equal(gbcs_message_decode(wire, &msg, NULL), 0);
	assert_int_equal(gbcs_check_signature(stage->crypto, &msg), signature);
	assert_int_equal(gbcs_check_mac(stage->crypto, ACB, &msg), mac);
}

static void protected_messages_verify(void **state)
{
	static const unsigned int ways[] = { GBCS_SIGN, GBCS_MAC,
					     GBCS_SIGN | GBCS_MAC, 0 };
	struct stage *stage = *state;
	uint8_t wire[512];

	for (size_t n = 0; n < ARRAY_SIZE(ways); n++) {
		struct gbcs_message msg = command();
		ssize_t len = gbcs_protect(stage->crypto, ACB, &msg, ways[n],
					   wire, sizeof(wire));

		assert_true(len > 0);
		check_both(stage, SPAN(wire, (size_t)len),
			   ways[n] & GBCS_SIGN ? GBCS_CHECK_VALID :
						 GBCS_CHECK_NONE,
			   ways[n] & GBCS_MAC ? GBCS_CHECK_VALID :
						GBCS_CHECK_NONE);
	}
}

/* Every bit of what is protected, and of the protection. */
static void any_change_is_seen(void **state)
{
	struct stage *stage = *state;
	struct gbcs_message msg = command(), seen;
	uint8_t wire[512];
	ssize_t len = gbcs_protect(stage->crypto, ACB, &msg,
				   GBCS_SIGN | GBCS_MAC, wire, sizeof(wire));
	unsigned int parsed = 0;

	assert_true(len > 0);
	for (size_t at = 0; at < (size_t)len; at++) {
		for (int bit = 0; bit < 8; bit++) {
			enum gbcs_check signature, mac;

			wire[at] ^= (uint8_t)(1u << bit);
			if (gbcs_message_decode(SPAN(wire, (size_t)len), &seen,
						NULL)) {
				wire[at] ^= (uint8_t)(1u << bit);
				continue;
			}
			parsed++;
			signature = gbcs_check_signature(stage->crypto, &seen);
			mac = gbcs_check_mac(stage->crypto, ACB, &seen);
			if (mac == GBCS_CHECK_VALID)
				fail_msg("MAC valid, octet %zu bit %d", at,
					 bit);
			if (signature == GBCS_CHECK_VALID &&
			    at >= (size_t)(seen.signed_part.p - wire) &&
			    at < (size_t)(seen.mac.p - wire))
				fail_msg("signature valid, octet %zu bit %d",
					 at, bit);
			wire[at] ^= (uint8_t)(1u << bit);
		}
	}
	/* Most changes do get past the parser: the checks were at work. */
	assert_true(parsed > (unsigned int)len * 4);
	check_both(stage, SPAN(wire, (size_t)len), GBCS_CHECK_VALID,
		   GBCS_CHECK_VALID);
}

static void missing_keys_are_said(void **state)
{
	struct stage *stage = *state;
	struct gbcs_message msg = command();
	uint8_t wire[512];

	msg.originator = STRANGER;
	assert_int_equal(gbcs_protect(stage->crypto, ACB, &msg, GBCS_SIGN, wire,
				      sizeof(wire)),
			 -ENOKEY);
	msg = command();
	msg.target = STRANGER;
	assert_int_equal(gbcs_protect(stage->crypto, ACB, &msg, GBCS_MAC, wire,
				      sizeof(wire)),
			 -ENOKEY);
	msg = command();
	assert_int_equal(gbcs_protect(stage->crypto, ACB, &msg, GBCS_MAC, wire,
				      20),
			 -ENOSPC);
}

static void secrets_are_kept_and_dropped(void **state)
{
	struct stage *stage = *state;
	uint8_t a[32], b[32];
	unsigned long asked;

	assert_int_equal(gbcs_secret(stage->crypto, ACB, GBCS_KEY_KA, DEVICE,
				     GBCS_KEY_KA, a),
			 0);
	asked = gbcs_crypto_agreements(stage->crypto);
	assert_int_equal(gbcs_secret(stage->crypto, DEVICE, GBCS_KEY_KA, ACB,
				     GBCS_KEY_KA, b),
			 0);
	assert_memory_equal(a, b, 32);
	assert_int_equal(gbcs_crypto_agreements(stage->crypto), asked);
	/* Another use is another key. */
	assert_int_equal(gbcs_secret(stage->crypto, SUPPLIER, GBCS_KEY_PP_KA,
				     DEVICE, GBCS_KEY_KA, a),
			 0);
	assert_int_equal(gbcs_secret(stage->crypto, SUPPLIER, GBCS_KEY_KA,
				     DEVICE, GBCS_KEY_KA, b),
			 0);
	assert_memory_not_equal(a, b, 32);
	asked = gbcs_crypto_agreements(stage->crypto);
	gbcs_crypto_forget(stage->crypto, ACB);
	assert_int_equal(gbcs_secret(stage->crypto, ACB, GBCS_KEY_KA, DEVICE,
				     GBCS_KEY_KA, b),
			 0);
	assert_int_equal(gbcs_crypto_agreements(stage->crypto), asked + 1);

	/* More pairs than places: the oldest go, the answers stay right. */
	for (uint64_t id = 1; id <= 40; id++)
		add_key(stage->ring, id, GBCS_KEY_KA, (uint32_t)(2000 + id),
			false);
	for (int round = 0; round < 2; round++) {
		for (uint64_t id = 1; id <= 40; id++) {
			struct gbcs_crypto *fresh = gbcs_crypto_new(
				stage->ring, &stage->provider, 4);

			assert_int_equal(gbcs_secret(stage->crypto, ACB,
						     GBCS_KEY_KA, id,
						     GBCS_KEY_KA, a),
					 0);
			assert_int_equal(gbcs_secret(fresh, ACB, GBCS_KEY_KA,
						     id, GBCS_KEY_KA, b),
					 0);
			assert_memory_equal(a, b, 32);
			gbcs_crypto_free(fresh);
		}
	}
}

static void sealed_parts_open_unchanged_only(void **state)
{
	struct stage *stage = *state;
	uint8_t plain[50], sealed[50 + GBCS_SEAL_OVERHEAD], out[50], key[16];
	struct gbcs_message msg = command();

	for (size_t n = 0; n < sizeof(plain); n++)
		plain[n] = (uint8_t)(n * 7);
	msg.cra = GBCS_RESPONSE;
	msg.originator = DEVICE;
	msg.target = SUPPLIER;
	assert_int_equal(gbcs_content_key(stage->crypto, &msg, key), 0);
	assert_int_equal(gbcs_seal(stage->crypto, key, DEVICE,
				   SPAN(plain, sizeof(plain)), sealed),
			 0);
	assert_int_equal(gbcs_open(stage->crypto, key, DEVICE,
				   SPAN(sealed, sizeof(sealed)), out),
			 0);
	assert_memory_equal(out, plain, sizeof(plain));
	for (size_t at = 0; at < sizeof(sealed); at++) {
		sealed[at] ^= 1;
		assert_int_equal(gbcs_open(stage->crypto, key, DEVICE,
					   SPAN(sealed, sizeof(sealed)), out),
				 -EBADMSG);
		sealed[at] ^= 1;
	}
	for (size_t len = 0; len < sizeof(sealed); len++)
		assert_int_equal(gbcs_open(stage->crypto, key, DEVICE,
					   SPAN(sealed, len), out),
				 -EBADMSG);
	assert_int_equal(gbcs_open(stage->crypto, key, DEVICE + 1,
				   SPAN(sealed, sizeof(sealed)), out),
			 -EBADMSG);
	/* Nothing is a plaintext as well. */
	assert_int_equal(gbcs_seal(stage->crypto, key, DEVICE, SPAN(plain, 0),
				   sealed),
			 0);
	assert_int_equal(gbcs_open(stage->crypto, key, DEVICE,
				   SPAN(sealed, GBCS_SEAL_OVERHEAD), out),
			 0);
}

/* A secret for an unknown remote party is with it, not with the broker. */
static void content_key_follows_the_supplementary_party(void **state)
{
	struct stage *stage = *state;
	struct gbcs_message msg = command();
	uint8_t a[16], b[16], secret[32];

	msg.cra = GBCS_RESPONSE;
	msg.originator = DEVICE;
	msg.target = ACB;
	msg.supplementary = GBCS_SUPP_PARTY | GBCS_SUPP_COUNTER |
			    GBCS_SUPP_ORIGINATOR;
	msg.supp_party = SUPPLIER;
	msg.supp_originator_counter = 0x7d2;
	assert_int_equal(gbcs_content_key(stage->crypto, &msg, a), 0);
	assert_int_equal(gbcs_secret(stage->crypto, DEVICE, GBCS_KEY_KA,
				     SUPPLIER, GBCS_KEY_KA, secret),
			 0);
	assert_int_equal(gbcs_derive_key(stage->crypto, secret, DEVICE,
					 GBCS_CRA_ENCRYPTION, 0x7d2, SUPPLIER,
					 b),
			 0);
	assert_memory_equal(a, b, 16);
}

static void use_cases_are_in_order(void **state)
{
	const struct gbcs_use_case *row = NULL, *before = NULL;
	unsigned int rows = 0, codes = 0;

	(void)state;
	while ((row = gbcs_use_case_next(row))) {
		rows++;
		if (!before || before->code != row->code) {
			codes++;
			assert_ptr_equal(gbcs_use_case_find(row->code), row);
		}
		assert_true(!before || before->code <= row->code);
		assert_ptr_equal(gbcs_use_case_named(row->name), row);
		assert_true(row->messages && row->roles && row->devices);
		/* A message is protected, and a critical response signed. */
		if (row->messages & GBCS_UC_COMMAND)
			assert_true(row->command_protection);
		if (row->messages & GBCS_UC_RESPONSE)
			assert_true(row->response_protection);
		if (row->messages & GBCS_UC_PRE_COMMAND)
			assert_true(row->command_protection & GBCS_SIGN);
		if (row->flags & GBCS_UC_CRITICAL &&
		    row->messages & GBCS_UC_COMMAND)
			assert_true(row->response_protection & GBCS_SIGN);
		if (row->alert_code)
			assert_non_null(gbcs_use_case_find(row->alert_code));
		before = row;
	}
	assert_int_equal(rows, 254);
	assert_int_equal(codes, 240);
	assert_null(gbcs_use_case_find(0));
	assert_null(gbcs_use_case_find(0x0005));
	assert_null(gbcs_use_case_find(0xffff));
	assert_null(gbcs_use_case_named("ECS99"));
}

static void messages_find_their_use_case(void **state)
{
	static const uint8_t mac[12], signature[64], gbz[] = { 1, 9, 0 };
	struct gbcs_message msg = command();
	const struct gbcs_use_case *row;
	const char *why = NULL;

	(void)state;
	msg.mac = SPAN(mac, 12);
	msg.signature = SPAN(signature, 64);
	row = gbcs_use_case_of(&msg, 200, &why);
	assert_non_null(row);
	assert_string_equal(row->name, "ECS01a");
	assert_true(gbcs_use_case_allows(row, GBCS_ROLE_SUPPLIER));
	assert_false(gbcs_use_case_allows(row, GBCS_ROLE_NETWORK_OPERATOR));
	assert_false(gbcs_use_case_allows(row, GBCS_ROLE_DEVICE));
	assert_false(gbcs_use_case_allows(row, -1));
	assert_null(gbcs_use_case_of(&msg, 5000, &why));
	/* A critical command with its MAC only is not one. */
	msg.signature = SPAN(NULL, 0);
	assert_null(gbcs_use_case_of(&msg, 200, &why));
	msg.signature = SPAN(signature, 64);
	msg.content = SPAN(gbz, sizeof(gbz));
	assert_null(gbcs_use_case_of(&msg, 200, &why));
	msg = command();
	msg.code = 0x0005;
	assert_null(gbcs_use_case_of(&msg, 200, &why));
	assert_non_null(strstr(why, "no use case"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_of_envelope),
		cmocka_unit_test(malformed_envelopes),
		cmocka_unit_test(worked_example),
		cmocka_unit_test(protected_messages_verify),
		cmocka_unit_test(any_change_is_seen),
		cmocka_unit_test(missing_keys_are_said),
		cmocka_unit_test(secrets_are_kept_and_dropped),
		cmocka_unit_test(sealed_parts_open_unchanged_only),
		cmocka_unit_test(content_key_follows_the_supplementary_party),
		cmocka_unit_test(use_cases_are_in_order),
		cmocka_unit_test(messages_find_their_use_case),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
