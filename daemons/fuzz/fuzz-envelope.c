// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A whole message: what decodes encodes to the same octets, can be described,
 * and is checked without a fall. Then its content in an envelope of its own
 * with lengths, signature field and MAC repaired, so that what comes behind
 * authentication is reached as well.
 */
#include <stdlib.h>

#include "../proto/gbcs-content.h"
#include "../proto/gbcs-dump.h"
#include "../proto/gbcs-protect.h"
#include "../proto/gbcs-usecase.h"
#include "../test/gbcs-parties.h"
#include "fuzz.h"

static struct gbcs_crypto *crypto;

static void setup(void)
{
	static struct stage *stage;

	if (!stage)
		stage = stage_new();
	crypto = stage->crypto;
}

/* Groups end, and what is described lies in the message. */
struct listener {
	struct dump dump;
	int depth;
	size_t octets;
};

static void on_field(struct dump *dump, const char *name, struct span raw,
		     const char *meaning)
{
	struct listener *l = (struct listener *)dump;

	require(name && *name);
	require(!meaning || strlen(meaning) < 65536);
	l->octets += raw.len;
}

static void on_begin(struct dump *dump, const char *name, struct span raw,
		     const char *meaning)
{
	((struct listener *)dump)->depth++;
	on_field(dump, name, raw, meaning);
}

static void on_end(struct dump *dump)
{
	require(--((struct listener *)dump)->depth >= 0);
}

static int on_sealed(const struct gbcs_sealed *part, void *context)
{
	uint8_t plain[GBCS_MESSAGE_MAX];
	struct listener l = { { on_begin, on_field, on_end }, 0, 0 };

	require(part->sealed.len >= GBCS_SEAL_OVERHEAD);
	require(gbcs_open_content(crypto, context, part->sealed, plain));
	/* As if the octets had been the plaintext. */
	(void)gbcs_sealed_dump(part, part->sealed, &l.dump);
	require(!l.depth);
	return 0;
}

static void try_content(const struct gbcs_message *msg)
{
	struct listener l = { { on_begin, on_field, on_end }, 0, 0 };
	uint8_t *out = malloc(msg->content.len);
	struct wbuf w = wbuf_of(out, msg->content.len);
	const char *why = NULL;
	int r = gbcs_content_recode(msg, &w, &why);

	require(out);
	if (!r)
		require(!w.bad && span_equal(SPAN(out, w.len), msg->content));
	else
		require(why);
	free(out);
	require(!gbcs_content_dump(msg, &l.dump) == !r);
	require(!l.depth);
	(void)gbcs_content_sealed(msg, on_sealed, (void *)(uintptr_t)msg);
}

/* True if it is a message. */
static bool try_message(struct span in, struct gbcs_message *ret)
{
	struct listener l = { { on_begin, on_field, on_end }, 0, 0 };
	static uint8_t out[GBCS_MESSAGE_MAX];
	struct wbuf w = wbuf_of(out, sizeof(out));
	const char *why = NULL;

	if (gbcs_message_decode(in, ret, &why)) {
		require(why);
		return false;
	}
	gbcs_message_encode(ret, &w);
	require(!w.bad && span_equal(SPAN(out, w.len), in));
	gbcs_dump_front(ret, in, &l.dump);
	gbcs_dump_back(ret, in, &l.dump);
	require(!l.depth && l.octets + ret->content.len == in.len);
	(void)gbcs_use_case_of(ret, in.len, &why);
	try_content(ret);
	return true;
}

static void try_protected(const struct gbcs_message *msg)
{
	static uint8_t out[GBCS_MESSAGE_MAX];
	struct gbcs_message repaired = *msg, seen;
	ssize_t len;

	repaired.originator = msg->cra == GBCS_COMMAND ? SUPPLIER : DEVICE;
	repaired.target = msg->cra == GBCS_COMMAND ? DEVICE : SUPPLIER;
	repaired.pre_command = false;
	len = gbcs_protect(crypto, ACB, &repaired, GBCS_MAC, out, sizeof(out));
	if (len < 0)
		return;
	require(try_message(SPAN(out, (size_t)len), &seen));
	require(gbcs_check_signature(crypto, &seen) == GBCS_CHECK_NONE);
	require(gbcs_check_mac(crypto, ACB, &seen) == GBCS_CHECK_VALID);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gbcs_message msg;

	setup();
	if (try_message(SPAN(data, len), &msg)) {
		require(gbcs_check_signature(crypto, &msg) != GBCS_CHECK_VALID);
		(void)gbcs_check_mac(crypto, ACB, &msg);
		try_protected(&msg);
		return 0;
	}
	/* Message code, CRA, then content: the envelope is ours. */
	if (len < 4)
		return 0;
	memset(&msg, 0, sizeof(msg));
	msg.code = (uint16_t)(data[0] << 8 | data[1]);
	msg.cra = (enum gbcs_cra)(data[2] % 3 + 1);
	msg.counter = 1000;
	msg.content = SPAN(data + 3, len - 3);
	try_protected(&msg);
	return 0;
}
