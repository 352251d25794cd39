// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Whole messages: content of each encoding, what is encrypted in it, decoding
 * without allocation; and all of that over the reference messages, with keys.
 */
#include <errno.h>
#include <stdio.h>

#include "../common/keystore.h"
#include "../proto/dlms-access.h"
#include "../proto/gbcs-asn1.h"
#include "../proto/gbcs-content.h"
#include "../proto/gbcs-protect.h"
#include "../proto/gbcs-usecase.h"
#include "../proto/gbz-message.h"
#include "gbcs-parties.h"
#include "rtds.h"
#include "test.h"

/* --- allocations, counted by the sanitizer */

int __sanitizer_install_malloc_and_free_hooks(
	void (*on_malloc)(const volatile void *, size_t),
	void (*on_free)(const volatile void *));

static volatile bool counting; /* malloc() is known to change nothing */
static volatile unsigned long allocations;

static void on_malloc(const volatile void *p, size_t n)
{
	(void)p;
	(void)n;
	allocations += counting;
}

static void on_free(const volatile void *p)
{
	(void)p;
}

static void walk_dlms(const struct gbcs_message *msg)
{
	struct dlms_response_item answered;
	struct dlms_request_item asked;
	struct dlms_notification alert;
	struct dlms_response response;
	struct dlms_request request;
	struct dlms_data item;
	struct dlms_items it;

	if (!dlms_request_parse(msg->content, &request)) {
		it = dlms_request_items(&request);
		while (dlms_next_request(&it, &asked))
			;
	} else if (!dlms_response_parse(msg->content, &response)) {
		it = dlms_response_items(&response);
		while (dlms_next_response(&it, &answered))
			;
	} else if (!dlms_notification_parse(msg->content, &alert)) {
		while (dlms_next(&alert.items, &item))
			;
	}
}

static void walk_gbz(const struct gbcs_message *msg)
{
	struct gbz_component component;
	struct zcl_reader payload;
	struct gbz_message gbz;
	struct zcl_item item;
	struct gbz_iter it;

	if (gbz_parse(msg->cra, msg->code, msg->content, &gbz))
		return;
	it = gbz_components(&gbz);
	while (gbz_next(&it, &component)) {
		payload = gbz_payload(&component, component.payload);
		while (zcl_next(&payload, &item))
			;
	}
}

/* Envelope, DLMS and GBZ. (ASN.1 is OpenSSL's, which allocates.) */
static void decodes_without_allocation(struct span in)
{
	struct gbcs_message msg;

	allocations = 0;
	counting = true;
	if (!gbcs_message_decode(in, &msg, NULL)) {
		if (gbcs_message_encoding(&msg) == GBCS_DLMS)
			walk_dlms(&msg);
		else if (gbcs_message_encoding(&msg) == GBCS_GBZ)
			walk_gbz(&msg);
	}
	counting = false;
	assert_int_equal(allocations, 0);
}

static void allocation_is_seen(void **state)
{
	void *volatile p;

	(void)state;
	allocations = 0;
	counting = true;
	p = malloc(1);
	counting = false;
	free(p);
	assert_int_equal(allocations, 1);
}

/* --- messages of our own */

static const struct {
	uint16_t code;
	enum gbcs_cra cra;
	uint8_t len, content[64];
} own[] = {
	/* Access-request: GET of a register, SET of a long. */
	{ 0x0026,
	  GBCS_COMMAND,
	  32,
	  { 0xd9, 0x20, 0, 3, 0xe8, 0, 2, 1,	0,    3,   1,
	    0,	  1,	8, 0, 0xff, 2, 2, 0,	1,    0,   0,
	    0x5e, 0x2c, 0, 1, 2,    2, 0, 0x10, 0x4e, 0x20 } },
	/* The response: a double-long-unsigned, nothing. */
	{ 0x0026,
	  GBCS_RESPONSE,
	  19,
	  { 0xda, 0x20, 0, 3, 0xe8, 0, 0, 2, 0x06, 0, 0, 1, 2, 0, 2, 1, 0, 2,
	    0 } },
	/* An alert of DLMS, of GBZ; GCS33's question. */
	{ 0x1000, GBCS_ALERT, 25, { 0x0f, 0x20, 0,    7, 0xd0, 0,    2,	   2,
				    0x12, 0x8f, 0x0a, 9, 12,   0x07, 0xdf, 1,
				    1,	  0xff, 0,    0, 0,    0,    0x80 } },
	{ 0x1000,
	  GBCS_ALERT,
	  9,
	  { 1, 9, 0, 0x8f, 0x0a, 0x1c, 0x37, 0x4a, 0x80 } },
	{ 0x0082,
	  GBCS_COMMAND,
	  15,
	  { 1, 9, 1, 1, 7, 2, 0, 7, 0, 0, 0, 0x14, 0, 5, 2 } },
	/* CS07's question, CS08's answer. */
	{ 0x0013, GBCS_COMMAND, 2, { 5, 0 } },
	{ 0x0129, GBCS_RESPONSE, 11, { 0x30, 9, 4, 4, 1, 2, 3, 4, 2, 1, 0 } },
};

static struct gbcs_message own_message(size_t n)
{
	return (struct gbcs_message){
		.cra = own[n].cra,
		.counter = 1000,
		.originator = own[n].cra == GBCS_COMMAND ? SUPPLIER : DEVICE,
		.target = own[n].cra == GBCS_COMMAND ? DEVICE : SUPPLIER,
		.code = own[n].code,
		.content = SPAN(own[n].content, own[n].len),
	};
}

static void content_is_written_again(void **state)
{
	uint8_t out[256], wire[256];

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(own); n++) {
		struct gbcs_message msg = own_message(n), bad;
		struct wbuf w = wbuf_of(out, sizeof(out));
		const char *why = "";
		int r = gbcs_content_recode(&msg, &w, &why);

		if (r || w.bad || !span_equal(SPAN(out, w.len), msg.content))
			fail_msg("content %zu: %d %s", n, r, why);
		w = wbuf_of(wire, sizeof(wire));
		gbcs_message_encode(&msg, &w);
		decodes_without_allocation(SPAN(wire, w.len));
		/* One octet less is refused. */
		bad = msg;
		bad.content.len--;
		w = wbuf_of(out, sizeof(out));
		r = gbcs_content_recode(&bad, &w, &why);
		if (r != -EBADMSG || !*why)
			fail_msg("content %zu cut: %d %s", n, r, why);
	}
}

static void unknown_codes_are_said(void **state)
{
	static const uint8_t der[] = { 0x30, 0 };
	struct gbcs_message msg = own_message(0);
	struct wbuf w = wbuf_counting();
	const char *why = NULL;

	(void)state;
	msg.code = 0x7777;
	msg.content = SPAN(der, sizeof(der));
	assert_int_equal(gbcs_content_recode(&msg, &w, &why), -ENOENT);
	assert_non_null(why);
}

/* --- the reference messages */

struct run {
	struct keystore store;
	size_t messages, signatures, macs, no_keys, sealed, mutations;
};

static int open_part(const struct gbcs_sealed *part, void *context)
{
	uint8_t *plain = malloc(part->sealed.len);
	const struct rtds_message *m = ((void **)context)[0];
	struct run *run = ((void **)context)[1];

	assert_non_null(plain);
	if (gbcs_open_content(run->store.crypto, &m->msg, part->sealed, plain))
		fail_msg("%s: does not decrypt", m->name);
	run->sealed++;
	free(plain);
	return 0;
}

static void check_message(const struct rtds_message *m, void *context)
{
	static uint8_t out[GBCS_MESSAGE_MAX];
	struct wbuf w = wbuf_of(out, sizeof(out));
	const void *part_context[] = { m, context };
	struct run *run = context;
	enum gbcs_check signature, mac;
	const char *why = "";

	signature = gbcs_check_signature(run->store.crypto, &m->msg);
	mac = gbcs_check_mac(run->store.crypto, run->store.acb, &m->msg);
	if (signature == GBCS_CHECK_INVALID || signature == GBCS_CHECK_NOKEY)
		fail_msg("%s: signature %s", m->name,
			 gbcs_check_name(signature));
	/* From one device to another, and neither's private key is there. */
	if (mac == GBCS_CHECK_INVALID ||
	    (mac == GBCS_CHECK_NOKEY && m->msg.code != 0x0090 &&
	     m->msg.code != 0x009b))
		fail_msg("%s: MAC %s", m->name, gbcs_check_name(mac));
	run->signatures += signature == GBCS_CHECK_VALID;
	run->macs += mac == GBCS_CHECK_VALID;
	run->no_keys += mac == GBCS_CHECK_NOKEY;
	if (gbcs_content_recode(&m->msg, &w, &why) || w.bad ||
	    !span_equal(SPAN(out, w.len), m->msg.content))
		fail_msg("%s: not the same again: %s", m->name, why);
	if (gbcs_content_sealed(&m->msg, open_part, part_context))
		fail_msg("%s: encrypted parts are not found", m->name);
	if (!gbcs_use_case_of(&m->msg, m->octets.len, &why))
		fail_msg("%s: %s", m->name, why);
	decodes_without_allocation(m->octets);
	run->messages++;
}

static void reference_messages_are_good(void **state)
{
	struct run *run = *state;

	rtds_each(check_message, run);
	print_message("%zu messages, %zu signatures, %zu MACs (%zu without "
		      "keys), %zu encrypted parts\n",
		      run->messages, run->signatures, run->macs, run->no_keys,
		      run->sealed);
	assert_true(run->messages > 100 && run->signatures > 50);
	assert_true(run->macs > 100 && run->sealed > 5);
}

/* One bit of each octet: no change gets past what protects it. */
static void mutate_message(const struct rtds_message *m, void *context)
{
	static uint8_t octets[GBCS_MESSAGE_MAX];
	struct run *run = context;
	struct gbcs_message seen;
	size_t from, to;
	bool has_mac, has_signature;

	has_signature = gbcs_check_signature(run->store.crypto, &m->msg) ==
			GBCS_CHECK_VALID;
	has_mac = gbcs_check_mac(run->store.crypto, run->store.acb, &m->msg) ==
		  GBCS_CHECK_VALID;
	if (!has_signature && !has_mac)
		return;
	memcpy(octets, m->octets.p, m->octets.len);
	from = (size_t)(m->msg.signed_part.p - m->octets.p);
	to = (size_t)(m->msg.signature.p - m->octets.p) + m->msg.signature.len;
	for (size_t at = 0; at < m->octets.len; at++) {
		struct span in = SPAN(octets, m->octets.len);
		uint8_t bit = (uint8_t)(1u << (at * 5 + m->octets.len) % 8);

		octets[at] ^= bit;
		if (!gbcs_message_decode(in, &seen, NULL)) {
			if (has_mac &&
			    gbcs_check_mac(run->store.crypto, run->store.acb,
					   &seen) == GBCS_CHECK_VALID)
				fail_msg("%s: MAC valid, octet %zu", m->name,
					 at);
			if (has_signature && at >= from && at < to &&
			    gbcs_check_signature(run->store.crypto, &seen) ==
				    GBCS_CHECK_VALID)
				fail_msg("%s: signature valid, octet %zu",
					 m->name, at);
			run->mutations++;
		}
		octets[at] ^= bit;
	}
}

static void changed_reference_messages_are_refused(void **state)
{
	struct run *run = *state;

	rtds_each(mutate_message, run);
	print_message("%zu changed messages\n", run->mutations);
	assert_true(run->mutations > 10000);
}

static int open_store(void **state)
{
	static struct run run;
	char path[4096];

	snprintf(path, sizeof(path), "%s/keystore", rtds_dir());
	memset(&run, 0, sizeof(run));
	*state = &run;
	/* Where it is not, the test says so and is skipped. */
	(void)keystore_open(&run.store, path, "");
	return 0;
}

static int close_store(void **state)
{
	keystore_close(&((struct run *)*state)->store);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allocation_is_seen),
		cmocka_unit_test(content_is_written_again),
		cmocka_unit_test(unknown_codes_are_said),
		cmocka_unit_test(reference_messages_are_good),
		cmocka_unit_test(changed_reference_messages_are_refused),
	};

	__sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
	return cmocka_run_group_tests(tests, open_store, close_store);
}
