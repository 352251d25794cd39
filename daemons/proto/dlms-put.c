// SPDX-License-Identifier: LGPL-2.1-or-later
/* Values written, and read ones written again. */
#include "dlms-data.h"

void dlms_put_null(struct wbuf *w)
{
	write_u8(w, DLMS_NULL);
}

void dlms_put_bool(struct wbuf *w, bool value)
{
	write_u8(w, DLMS_BOOLEAN);
	write_u8(w, value ? 0xff : 0);
}

void dlms_put_uint(struct wbuf *w, uint8_t tag, uint64_t value)
{
	const struct dlms_type *t = dlms_type(tag);

	if (t->form != DLMS_FORM_UINT ||
	    (t->size < 8 && value >> (8 * t->size))) {
		w->bad = true;
		return;
	}
	write_u8(w, tag);
	write_be(w, value, t->size);
}

void dlms_put_int(struct wbuf *w, uint8_t tag, int64_t value)
{
	const struct dlms_type *t = dlms_type(tag);
	int64_t max;

	if (t->form != DLMS_FORM_INT) {
		w->bad = true;
		return;
	}
	max = (int64_t)(UINT64_MAX >> (65 - 8 * t->size));
	if (value > max || value < -max - 1) {
		w->bad = true;
		return;
	}
	write_u8(w, tag);
	write_be(w, (uint64_t)value, t->size);
}

void dlms_put_bytes(struct wbuf *w, uint8_t tag, struct span bytes)
{
	const struct dlms_type *t = dlms_type(tag);

	write_u8(w, tag);
	if (t->form == DLMS_FORM_BYTES)
		write_length(w, bytes.len);
	else if (t->form != DLMS_FORM_FIXED || bytes.len != t->size)
		w->bad = true;
	write_span(w, bytes);
}

void dlms_put_bits(struct wbuf *w, const uint8_t *bytes, uint32_t bits)
{
	write_u8(w, DLMS_BIT_STRING);
	write_length(w, bits);
	write_bytes(w, bytes, bits / 8 + (bits % 8 != 0));
}

void dlms_put_list(struct wbuf *w, uint8_t tag, size_t count)
{
	if (dlms_type(tag)->form != DLMS_FORM_LIST)
		w->bad = true;
	write_u8(w, tag);
	write_length(w, count);
}

static void put_type(struct wbuf *w, struct reader *r, unsigned int depth)
{
	uint8_t tag = read_u8(r);
	size_t count = 0;

	write_u8(w, tag);
	if (tag == DLMS_ARRAY) {
		write_be(w, read_be16(r), 2);
		count = 1;
	} else if (tag == DLMS_STRUCTURE) {
		count = read_length(r);
		write_length(w, count);
	}
	w->bad |= r->bad || !depth;
	for (size_t n = 0; n < count && !w->bad; n++)
		put_type(w, r, depth - 1);
}

static void put_elements(struct wbuf *w, const struct dlms_data *list,
			 bool packed, unsigned int depth);

static void put_value(struct wbuf *w, const struct dlms_data *v, bool packed,
		      unsigned int depth)
{
	const struct dlms_type *t = dlms_type(v->tag);
	struct wbuf count = wbuf_counting();
	struct reader type;

	if (!packed)
		write_u8(w, v->tag);
	switch ((enum dlms_form)t->form) {
	case DLMS_FORM_NULL:
		break;
	case DLMS_FORM_LIST:
		if (!packed)
			write_length(w, v->count);
		put_elements(w, v, packed, depth);
		break;
	case DLMS_FORM_COMPACT:
		type = reader_of(v->type);
		put_type(w, &type, DLMS_MAX_DEPTH);
		put_elements(&count, v, true, depth);
		write_length(w, count.len);
		put_elements(w, v, true, depth);
		break;
	case DLMS_FORM_BOOLEAN:
		write_u8(w, dlms_number(v) ? 0xff : 0);
		break;
	case DLMS_FORM_BITS:
		write_length(w, v->count);
		write_span(w, v->body);
		break;
	case DLMS_FORM_BYTES:
		write_length(w, v->body.len);
		__attribute__((fallthrough));
	case DLMS_FORM_FIXED:
		write_span(w, v->body);
		break;
	case DLMS_FORM_UINT:
	case DLMS_FORM_INT:
	case DLMS_FORM_FLOAT:
		write_be(w, dlms_number(v), t->size);
		break;
	case DLMS_FORM_NONE:
		w->bad = true;
		break;
	}
}

static void put_elements(struct wbuf *w, const struct dlms_data *list,
			 bool packed, unsigned int depth)
{
	struct dlms_iter it = dlms_iter_of(list);
	struct dlms_data child;

	if (!depth)
		w->bad = true;
	while (!w->bad && dlms_next(&it, &child))
		put_value(w, &child, packed, depth - 1);
	w->bad |= it.bad;
}

void dlms_put_data(struct wbuf *w, const struct dlms_data *data)
{
	put_value(w, data, false, DLMS_MAX_DEPTH);
}
