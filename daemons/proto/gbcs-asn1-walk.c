// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include "gbcs-asn1-walk.h"

#define MAX_DEPTH 16

static int check_depth(struct reader *r, int depth)
{
	if (depth > MAX_DEPTH)
		return -EBADMSG;
	while (reader_left(r)) {
		uint8_t tag = read_u8(r);
		struct span value = read_bytes(r, read_length(r));
		struct reader inner = reader_of(value);

		/* Tags over 30 occur nowhere in certificates or requests. */
		if (r->bad || !tag || (tag & 0x1f) == 0x1f)
			return -EBADMSG;
		/*
		 * Those of certificates and requests default to FALSE: DER has
		 * TRUE, as FF. OpenSSL keeps others as they came.
		 */
		if (tag == V_ASN1_BOOLEAN &&
		    (value.len != 1 || value.p[0] != 0xff))
			return -EBADMSG;
		if (tag & 0x20 && check_depth(&inner, depth + 1))
			return -EBADMSG;
	}
	return 0;
}

int gbcs_der_check(struct span der)
{
	struct reader r = reader_of(der);

	read_u8(&r);
	read_bytes(&r, read_length(&r));
	if (reader_done(&r))
		return -EBADMSG;
	r = reader_of(der);
	return check_depth(&r, 0);
}

/* As read_length(), but long forms need not be the shortest. */
static size_t read_any_length(struct reader *r)
{
	uint8_t first = read_u8(r);

	if (first < 0x80)
		return first;
	if (first != 0x81 && first != 0x82)
		r->bad = true;
	return (size_t)read_be(r, first == 0x82 ? 2 : 1);
}

static bool fits(const ASN1_TEMPLATE *tt, uint8_t tag)
{
	const ASN1_ITEM *item = ASN1_ITEM_ptr(tt->item);

	if (tt->flags & ASN1_TFLG_IMPTAG)
		return (tag & ~0x20) == (0x80 | tt->tag);
	if (tt->flags & ASN1_TFLG_SK_MASK || item->itype == ASN1_ITYPE_SEQUENCE)
		return tag == 0x30;
	if (item->utype == V_ASN1_SEQUENCE)
		return tag == 0x30;
	return tag == item->utype;
}

static int walk_item(struct walk *walk, const char *name, const ASN1_ITEM *item,
		     struct reader *r);

const char *gbcs_asn1_element_name(const ASN1_ITEM *item)
{
	if (item->itype == ASN1_ITYPE_SEQUENCE)
		return item->sname + sizeof("der_") - 1;
	return item->utype == V_ASN1_SEQUENCE ? "certificate" : "role";
}

static int walk_template(struct walk *walk, const char *name,
			 const ASN1_TEMPLATE *tt, struct reader *r)
{
	const ASN1_ITEM *item = ASN1_ITEM_ptr(tt->item);
	const uint8_t *start = r->p;
	struct reader inner;
	struct span header;
	size_t len;

	if (!reader_left(r) || !fits(tt, *r->p))
		return -EBADMSG;
	if (!(tt->flags & ASN1_TFLG_SK_MASK))
		return walk_item(walk, name, item, r);
	read_u8(r);
	len = read_any_length(r);
	header = SPAN(start, (size_t)(r->p - start));
	inner = reader_of(read_bytes(r, len));
	if (r->bad)
		return -EBADMSG;
	walk->begin(walk, name, header, len);
	while (reader_left(&inner))
		if (walk_item(walk, gbcs_asn1_element_name(item), item, &inner))
			return -EBADMSG;
	walk->end(walk);
	return 0;
}

static int walk_sequence(struct walk *walk, const ASN1_ITEM *item,
			 struct reader *r)
{
	for (long at = 0; at < item->tcount; at++) {
		const ASN1_TEMPLATE *tt = &item->templates[at];

		if (tt->flags & ASN1_TFLG_OPTIONAL &&
		    (!reader_left(r) || !fits(tt, *r->p))) {
			if (walk->absent)
				walk->absent(walk, tt->field_name);
		} else if (walk_template(walk, tt->field_name, tt, r)) {
			return -EBADMSG;
		}
	}
	return reader_done(r) ? -EBADMSG : 0;
}

static int walk_item(struct walk *walk, const char *name, const ASN1_ITEM *item,
		     struct reader *r)
{
	const uint8_t *start = r->p;
	struct span header, value;
	struct reader inner;

	if (item->itype == ASN1_ITYPE_CHOICE) {
		for (long at = 0; at < item->tcount; at++)
			if (reader_left(r) && fits(&item->templates[at], *r->p))
				return walk_template(walk, name,
						     &item->templates[at], r);
		return -EBADMSG;
	}
	if (item->itype == ASN1_ITYPE_PRIMITIVE && item->templates)
		return walk_template(walk, name, item->templates, r);
	read_u8(r);
	value.len = read_any_length(r);
	header = SPAN(start, (size_t)(r->p - start));
	value = read_bytes(r, value.len);
	if (r->bad)
		return -EBADMSG;
	if (item->itype != ASN1_ITYPE_SEQUENCE) {
		walk->leaf(walk, name, item,
			   SPAN(start, (size_t)(r->p - start)), value);
		return 0;
	}
	inner = reader_of(value);
	walk->begin(walk, name, header, value.len);
	if (walk_sequence(walk, item, &inner))
		return -EBADMSG;
	walk->end(walk);
	return 0;
}

int gbcs_asn1_walk(struct walk *walk, const char *name, const ASN1_ITEM *item,
		   struct span content)
{
	struct reader r = reader_of(content);

	if (walk_item(walk, name, item, &r))
		return -EBADMSG;
	return reader_done(&r) ? -EBADMSG : 0;
}

/* --- wide lengths */

struct widen {
	struct walk walk;
	struct wbuf *w;
	size_t start[MAX_DEPTH]; /* after a wide header; 0: it was short */
	int depth;
};

static void widen_begin(struct walk *walk, const char *name, struct span header,
			size_t len)
{
	struct widen *widen = (struct widen *)walk;
	size_t *start = &widen->start[widen->depth++];

	(void)name;
	*start = 0;
	if (len < 0x80) {
		write_span(widen->w, header);
		return;
	}
	write_bytes(widen->w, header.p, 1);
	write_bytes(widen->w, "\x82\0\0", 3);
	*start = widen->w->len;
}

static void widen_end(struct walk *walk)
{
	struct widen *widen = (struct widen *)walk;
	size_t start = widen->start[--widen->depth];
	size_t len = widen->w->len - start;

	if (!start || widen->w->bad)
		return;
	if (len > UINT16_MAX) {
		widen->w->bad = true;
	} else if (widen->w->p) {
		widen->w->p[start - 2] = (uint8_t)(len >> 8);
		widen->w->p[start - 1] = (uint8_t)len;
	}
}

static void widen_leaf(struct walk *walk, const char *name,
		       const ASN1_ITEM *item, struct span raw,
		       struct span value)
{
	struct widen *widen = (struct widen *)walk;

	(void)name;
	(void)item;
	(void)value;
	write_span(widen->w, raw);
}

void gbcs_der_widen(const ASN1_ITEM *item, struct span der, struct wbuf *w)
{
	struct widen widen = {
		.walk = { widen_begin, widen_end, widen_leaf, NULL },
		.w = w,
	};

	if (gbcs_asn1_walk(&widen.walk, "", item, der))
		w->bad = true;
}
