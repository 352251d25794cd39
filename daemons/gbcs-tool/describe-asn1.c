// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Descriptions: ASN.1 content to text and back, by the templates that describe
 * it to OpenSSL: fields have the templates' names, so that none is missing.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "../proto/gbcs-asn1-walk.h"
#include "describe.h"

/* --- to text */

struct describer {
	struct walk walk;
	struct text_out *out;
};

static void put_begin(struct walk *walk, const char *name, struct span header,
		      size_t len)
{
	struct text_out *out = ((struct describer *)walk)->out;

	(void)header;
	(void)len;
	text_putf(out, "%s", name);
	text_put_open(out);
}

static void put_end(struct walk *walk)
{
	text_put_close(((struct describer *)walk)->out);
}

/* An INTEGER that is a number of 64 bits, else its octets. */
static void put_integer(struct text_out *out, struct span value)
{
	struct reader r = reader_of(value);

	if (value.len == 9 && !value.p[0])
		read_u8(&r);
	text_putf(out, "%" PRIu64, read_be(&r, reader_left(&r)));
}

static void put_leaf(struct walk *walk, const char *name, const ASN1_ITEM *item,
		     struct span raw, struct span value)
{
	struct text_out *out = ((struct describer *)walk)->out;

	text_putf(out, "%s", name);
	switch (item->utype) {
	case V_ASN1_INTEGER:
	case V_ASN1_ENUMERATED:
		put_integer(out, value);
		break;
	case V_ASN1_GENERALIZEDTIME:
		text_putf(out, "%.*s", (int)value.len, (const char *)value.p);
		break;
	case V_ASN1_NULL:
		break;
	case V_ASN1_SEQUENCE: /* a certificate as it is */
		text_put_hex(out, raw);
		break;
	default:
		text_put_hex(out, value);
		break;
	}
	text_put_end(out);
}

int describe_asn1(const struct gbcs_message *msg, struct text_out *out)
{
	struct describer d = { .walk = { .begin = put_begin,
					 .end = put_end,
					 .leaf = put_leaf },
			       .out = out };
	const struct gbcs_asn1_type *type;
	struct gbcs_asn1 asn1;
	int r;

	r = gbcs_asn1_decode(msg->code, (uint8_t)msg->cra, msg->content, &asn1);
	if (!r) {
		text_putf(out, "asn1");
		if (asn1.wide_lengths)
			text_putf(out, "wide-lengths");
		text_put_open(out);
		type = gbcs_asn1_type_of(msg->code, (uint8_t)msg->cra);
		(void)gbcs_asn1_walk(&d.walk, "value",
				     ASN1_ITEM_ptr(type->item), msg->content);
		text_put_close(out);
	}
	gbcs_asn1_free(&asn1);
	return r;
}

/* --- from text */

static bool build_item(struct text *t, const char *name, const ASN1_ITEM *item,
		       int implicit, struct wbuf *w);

/*
 * DER is written from behind its length: the value first, then room is made
 * for the header in front of it.
 */
static bool put_header(struct text *t, struct wbuf *w, size_t from, uint8_t tag)
{
	struct wbuf header;
	uint8_t octets[4];
	size_t len = w->len - from;

	header = wbuf_of(octets, sizeof(octets));
	write_u8(&header, tag);
	write_length(&header, len);
	if (w->bad || header.bad)
		return text_fail(t, "too long for a message");
	write_span(w, SPAN(octets, header.len));
	if (w->bad)
		return text_fail(t, "too long for a message");
	memmove(w->p + from + header.len, w->p + from, len);
	memcpy(w->p + from, octets, header.len);
	return true;
}

static bool build_integer(struct text *t, const char *name, struct wbuf *w)
{
	uint64_t value;
	int len = 8;

	if (!text_uint(t, name, UINT64_MAX, &value))
		return false;
	/* The shortest, with a bit 0 in front. */
	while (len > 1 && !(value >> (8 * len - 9)))
		len--;
	if (value >> 63)
		write_u8(w, 0);
	write_be(w, value, (size_t)len);
	return true;
}

static bool build_time(struct text *t, const char *name, struct wbuf *w)
{
	char word[16];

	if (!text_word(t, name, word, sizeof(word)))
		return false;
	if (strlen(word) != 15)
		return text_fail(t,
				 "%s: '%s' is not a time, as "
				 "20150101000000Z",
				 name, word);
	write_bytes(w, word, 15);
	return true;
}

static bool build_primitive(struct text *t, const char *name,
			    const ASN1_ITEM *item, int implicit, struct wbuf *w)
{
	uint8_t tag = implicit >= 0 ? (uint8_t)(0x80 | implicit) :
				      (uint8_t)item->utype;
	size_t from = w->len;
	struct span octets;

	switch (item->utype) {
	case V_ASN1_NULL:
		break;
	case V_ASN1_INTEGER:
	case V_ASN1_ENUMERATED:
		if (!build_integer(t, name, w))
			return false;
		break;
	case V_ASN1_GENERALIZEDTIME:
		if (!build_time(t, name, w))
			return false;
		break;
	default:
		if (!text_hex(t, name, &octets))
			return false;
		write_span(w, octets);
		/* A certificate has its header already. */
		if (item->utype == V_ASN1_SEQUENCE)
			return true;
	}
	return put_header(t, w, from, tag);
}

/* What stands behind the name of a field. */
static bool build_field(struct text *t, const char *name,
			const ASN1_TEMPLATE *tt, struct wbuf *w)
{
	int implicit = tt->flags & ASN1_TFLG_IMPTAG ? (int)tt->tag : -1;
	const ASN1_ITEM *item = ASN1_ITEM_ptr(tt->item);
	const char *element;
	size_t from = w->len;

	if (!(tt->flags & ASN1_TFLG_SK_MASK))
		return build_item(t, name, item, implicit, w);
	element = gbcs_asn1_element_name(item);
	if (!text_expect(t, "{"))
		return false;
	while (!text_take(t, "}"))
		if (!text_expect(t, element) ||
		    !build_item(t, element, item, -1, w))
			return false;
	return put_header(t, w, from,
			  implicit >= 0 ? (uint8_t)(0xa0 | implicit) : 0x30);
}

static bool build_sequence(struct text *t, const ASN1_ITEM *item, int implicit,
			   struct wbuf *w)
{
	size_t from = w->len;

	if (!text_expect(t, "{"))
		return false;
	for (long at = 0; at < item->tcount; at++) {
		const ASN1_TEMPLATE *tt = &item->templates[at];

		if (text_take(t, tt->field_name)) {
			if (!build_field(t, tt->field_name, tt, w))
				return false;
		} else if (!(tt->flags & ASN1_TFLG_OPTIONAL)) {
			return text_expect(t, tt->field_name);
		}
	}
	return text_expect(t, "}") &&
	       put_header(t, w, from,
			  implicit >= 0 ? (uint8_t)(0xa0 | implicit) : 0x30);
}

/*
 * Which of a CHOICE: what is structured begins with {, NULL has nothing, and a
 * certificate is longer than any number.
 */
static const ASN1_TEMPLATE *choose(const struct text *t, const ASN1_ITEM *item)
{
	bool long_word = t->len > 30;

	for (long at = 0; at < item->tcount; at++) {
		const ASN1_TEMPLATE *tt = &item->templates[at];
		const ASN1_ITEM *of = ASN1_ITEM_ptr(tt->item);
		bool structured = of->itype == ASN1_ITYPE_SEQUENCE;
		bool certificate = of->utype == V_ASN1_SEQUENCE;

		if (structured != text_is(t, "{"))
			continue;
		if (structured || of->utype == V_ASN1_NULL ||
		    long_word == certificate)
			return tt;
	}
	return &item->templates[0];
}

static bool build_item(struct text *t, const char *name, const ASN1_ITEM *item,
		       int implicit, struct wbuf *w)
{
	if (item->itype == ASN1_ITYPE_CHOICE)
		return build_field(t, name, choose(t, item), w);
	if (item->itype == ASN1_ITYPE_SEQUENCE)
		return build_sequence(t, item, implicit, w);
	if (item->templates)
		return build_field(t, name, item->templates, w);
	return build_primitive(t, name, item, implicit, w);
}

bool undescribe_asn1(struct text *t, const struct gbcs_message *msg,
		     struct wbuf *content)
{
	static uint8_t octets[GBCS_MESSAGE_MAX];
	struct wbuf der = wbuf_of(octets, sizeof(octets));
	const struct gbcs_asn1_type *type;
	struct gbcs_asn1 asn1;
	bool wide, good;

	type = gbcs_asn1_type_of(msg->code, (uint8_t)msg->cra);
	if (!type)
		return text_fail(t, "message 0x%04x has no ASN.1 content",
				 msg->code);
	wide = text_take(t, "wide-lengths");
	if (!text_expect(t, "{") || !text_expect(t, "value") ||
	    !build_item(t, "value", ASN1_ITEM_ptr(type->item), -1, &der) ||
	    !text_expect(t, "}"))
		return false;
	/* Values out of their range are found here. */
	good = !gbcs_asn1_decode(msg->code, (uint8_t)msg->cra,
				 SPAN(octets, der.len), &asn1);
	if (good) {
		asn1.wide_lengths = wide;
		good = !gbcs_asn1_encode(&asn1, content);
	} else {
		text_fail(t, "%s", asn1.why);
	}
	gbcs_asn1_free(&asn1);
	return good || text_fail(t, "cannot be encoded");
}
