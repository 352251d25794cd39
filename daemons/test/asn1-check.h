/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What has to hold for any octets given to the ASN.1 decoder. */
#ifndef HEARTH_ASN1_CHECK_H
#define HEARTH_ASN1_CHECK_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "../proto/gbcs-asn1.h"
#include "test.h"

/* What the codec has to take for a certificate: any DER SEQUENCE. */
static const uint8_t certificate_der[] = { 0x30, 0x06, 0x02, 0x01,
					   0x05, 0x04, 0x01, 0xaa };
#define CERTIFICATE                                      \
	{                                                \
		certificate_der, sizeof(certificate_der) \
	}

#define DS GBCS_USAGE_DIGITAL_SIGNATURE
#define KA GBCS_USAGE_KEY_AGREEMENT

static inline size_t unhex(const char *hex, uint8_t *ret)
{
	size_t len = 0;

	for (; *hex; hex++) {
		char digits[3] = { hex[0], hex[1], 0 };

		if (*hex == ' ')
			continue;
		ret[len++] = (uint8_t)strtoul(digits, NULL, 16);
		hex++;
	}
	return len;
}

static inline struct span encode(const struct gbcs_asn1 *msg, uint8_t *out,
				 size_t room)
{
	struct wbuf w = wbuf_of(out, room);

	assert_int_equal(gbcs_asn1_encode(msg, &w), 0);
	return SPAN(out, w.len);
}

/* --- a dump that only puts the octets together again */

struct collect {
	struct dump dump;
	struct wbuf w;
	int depth;
	char text[4096];
};

static void collect_field(struct dump *dump, const char *name, struct span raw,
			  const char *meaning)
{
	struct collect *c = (struct collect *)dump;
	size_t len = strlen(c->text);

	assert_non_null(name);
	write_span(&c->w, raw);
	snprintf(c->text + len, sizeof(c->text) - len, "%s=%s;", name,
		 meaning ? meaning : "");
}

static void collect_begin(struct dump *dump, const char *name, struct span raw,
			  const char *meaning)
{
	((struct collect *)dump)->depth++;
	collect_field(dump, name, raw, meaning);
}

static void collect_end(struct dump *dump)
{
	((struct collect *)dump)->depth--;
}

static inline void check_dump(const struct gbcs_asn1 *msg, struct span content,
			      struct collect *c)
{
	static uint8_t out[4096];

	*c = (struct collect){ .dump = { collect_begin, collect_field,
					 collect_end } };
	c->w = wbuf_of(out, sizeof(out));
	assert_int_equal(gbcs_asn1_dump(msg, content, &c->dump), 0);
	assert_int_equal(c->depth, 0);
	assert_true(span_equal(SPAN(out, c->w.len), content));
}

/* Decodes, or leaves nothing but a reason; what decodes, encodes the same. */
static inline int decode(uint16_t code, uint8_t cra, struct span content)
{
	static uint8_t out[4096];
	struct gbcs_asn1 msg;
	struct collect c;
	/* In memory of its own, for the sanitizer to see its end. */
	uint8_t *copy = malloc(content.len + !content.len);
	struct span s = SPAN(copy, content.len);
	int r;

	assert_non_null(copy);
	memcpy(copy, content.p, content.len);
	r = gbcs_asn1_decode(code, cra, s, &msg);
	if (!r) {
		assert_null(msg.why);
		assert_true(span_equal(encode(&msg, out, sizeof(out)), s));
		check_dump(&msg, s, &c);
	} else {
		assert_non_null(msg.why);
		assert_null(msg.memory);
	}
	gbcs_asn1_free(&msg);
	free(copy);
	/* Nothing is left for who asks OpenSSL for an error next. */
	assert_int_equal(ERR_peek_error(), 0);
	return r;
}

#endif /* HEARTH_ASN1_CHECK_H */
