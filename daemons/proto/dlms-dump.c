// SPDX-License-Identifier: LGPL-2.1-or-later
/* Values and what is in them; dlms-dump-message.c has what they are in. */
#include <errno.h>

#include "dlms-dump-text.h"
#include "dlms-time.h"

/* Longer texts are cut in the meaning, longer bit-strings have none. */
#define MEANING_LEN 1056

static const struct span no_octets;

void dlms_obis_text(const uint8_t obis[DLMS_OBIS_LEN],
		    char text[DLMS_OBIS_TEXT_LEN])
{
	snprintf(text, DLMS_OBIS_TEXT_LEN, "%u-%u:%u.%u.%u.%u", obis[0],
		 obis[1], obis[2], obis[3], obis[4], obis[5]);
}

const char *dlms_class_name(uint16_t class_id)
{
	/* GBCS 7.4. */
	static const struct {
		uint16_t id;
		const char *name;
	} classes[] = {
		{ 1, "data" },
		{ 3, "register" },
		{ 4, "extended register" },
		{ 7, "profile generic" },
		{ 8, "clock" },
		{ 9, "script table" },
		{ 10, "schedule" },
		{ 11, "special days table" },
		{ 20, "activity calendar" },
		{ 21, "register monitor" },
		{ 30, "data protection" },
		{ 40, "push setup" },
		{ 70, "disconnect control" },
		{ 71, "limiter" },
		{ 104, "zigbee network control" },
		{ 111, "account" },
		{ 112, "credit" },
		{ 113, "charge" },
		{ 115, "token gateway" },
		{ 9000, "gbcs extended data" },
	};

	for (size_t n = 0; n < sizeof(classes) / sizeof(classes[0]); n++)
		if (classes[n].id == class_id)
			return classes[n].name;
	return NULL;
}

/* --- meanings */

/* Octets of the UTF-8 character at the start, 0 if there is none to show. */
static size_t utf8_len(struct span s)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t code;
	size_t len;

	if (!s.len || s.p[0] < 0x20 || s.p[0] == 0x7f)
		return 0;
	if (s.p[0] < 0x80)
		return 1;
	len = s.p[0] >= 0xf0 ? 4 : s.p[0] >= 0xe0 ? 3 : 2;
	if (s.p[0] < 0xc2 || s.p[0] > 0xf4 || len > s.len)
		return 0;
	code = s.p[0] & (0x7fU >> len);
	for (size_t at = 1; at < len; at++) {
		if ((s.p[at] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s.p[at] & 0x3f);
	}
	/* Overlong, surrogates, C1 controls: nothing a terminal should get. */
	if (code < least[len] || code > 0x10ffff || code < 0xa0 ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	return len;
}

static const char *quoted(struct span s, char text[MEANING_LEN])
{
	size_t n = 0, at = 0, len;

	text[n++] = '"';
	while (at < s.len) {
		len = utf8_len(SPAN(s.p + at, s.len - at));
		if (!len)
			return NULL;
		if (n + len + 6 > MEANING_LEN) {
			memcpy(text + n, "...", 3);
			n += 3;
			break;
		}
		memcpy(text + n, s.p + at, len);
		n += len;
		at += len;
	}
	text[n++] = '"';
	text[n] = 0;
	return text;
}

/*
 * What an octet-string is follows from the attribute, which is not known here:
 * by length it may be a date, a time or an OBIS code, else a text.
 */
static const char *octets_meaning(struct span s, char text[MEANING_LEN])
{
	struct dlms_time time;

	if (!dlms_time_parse(s, &time)) {
		dlms_time_text(&time, s.len, text);
		return text;
	}
	if (s.len > 1 && quoted(s, text))
		return text;
	if (s.len != DLMS_OBIS_LEN)
		return NULL;
	dlms_obis_text(s.p, text);
	return text;
}

static const char *bits_meaning(const struct dlms_data *v,
				char text[MEANING_LEN])
{
	uint32_t n;

	if (v->count >= MEANING_LEN)
		return NULL;
	for (n = 0; n < v->count; n++)
		text[n] = dlms_get_bit(v, n) ? '1' : '0';
	text[n] = 0;
	return n ? text : NULL;
}

static const char *meaning_of(const struct dlms_data *v, char text[MEANING_LEN])
{
	struct dlms_time time;
	double real;

	switch ((enum dlms_form)dlms_type(v->tag)->form) {
	case DLMS_FORM_BOOLEAN:
		return dlms_number(v) ? "true" : "false";
	case DLMS_FORM_BITS:
		return bits_meaning(v, text);
	case DLMS_FORM_BYTES:
		return v->tag == DLMS_OCTET_STRING ?
			       octets_meaning(v->body, text) :
			       quoted(v->body, text);
	case DLMS_FORM_FIXED:
		if (dlms_time_parse(v->body, &time))
			return NULL;
		dlms_time_text(&time, v->body.len, text);
		return text;
	case DLMS_FORM_UINT:
		snprintf(text, MEANING_LEN, "%llu",
			 (unsigned long long)dlms_number(v));
		return text;
	case DLMS_FORM_INT:
		snprintf(text, MEANING_LEN, "%lld", (long long)dlms_number(v));
		return text;
	case DLMS_FORM_FLOAT:
		if (dlms_get_float(v, &real))
			return NULL;
		snprintf(text, MEANING_LEN, "%.17g", real);
		return text;
	default:
		return NULL;
	}
}

/* --- data */

static void dump_value(struct dump *dump, const char *name,
		       const struct dlms_data *v, unsigned int depth);

static void dump_elements(struct dump *dump, const struct dlms_data *list,
			  unsigned int depth)
{
	struct dlms_iter it = dlms_iter_of(list);
	struct dlms_data child;
	char name[DLMS_NAME_LEN];

	for (size_t n = 0; depth && dlms_next(&it, &child); n++) {
		dlms_indexed(name, n, dlms_type(child.tag)->name);
		dump_value(dump, name, &child, depth - 1);
	}
}

/* Has been checked, but for the depth from here. */
static void dump_type(struct dump *dump, const char *name, struct reader *r,
		      unsigned int depth)
{
	const uint8_t *start = r->p;
	uint8_t tag = read_u8(r);
	char text[DLMS_NAME_LEN];
	size_t count;

	if (!depth)
		r->bad = true;
	if (r->bad)
		return;
	if (tag != DLMS_ARRAY && tag != DLMS_STRUCTURE) {
		dump_field(dump, name, SPAN(start, 1), NULL);
		return;
	}
	count = tag == DLMS_ARRAY ? read_be16(r) : read_length(r);
	dump_begin(dump, name, SPAN(start, (size_t)(r->p - start)),
		   dlms_elements(count, text));
	if (tag == DLMS_ARRAY)
		count = 1;
	for (size_t n = 0; n < count && !r->bad && reader_left(r); n++) {
		dlms_indexed(text, n, dlms_type(*r->p)->name);
		dump_type(dump, text, r, depth - 1);
	}
	dump_end(dump);
}

static void dump_compact(struct dump *dump, const char *name,
			 const struct dlms_data *v, unsigned int depth)
{
	struct reader type = reader_of(v->type);
	const uint8_t *length = v->type.p + v->type.len;
	struct span head = SPAN(length, (size_t)(v->body.p - length));
	char text[DLMS_NAME_LEN];

	dump_begin(dump, name, dlms_data_head(v),
		   dlms_elements(v->count, text));
	dump_begin(dump, "type description", no_octets, NULL);
	dump_type(dump, dlms_type(*type.p)->name, &type, DLMS_MAX_DEPTH);
	dump_end(dump);
	if (v->count) {
		dump_begin(dump, "contents", head, NULL);
		dump_elements(dump, v, depth);
		dump_end(dump);
	} else {
		dump_field(dump, "contents", head, NULL);
	}
	dump_end(dump);
}

static void dump_value(struct dump *dump, const char *name,
		       const struct dlms_data *v, unsigned int depth)
{
	char text[MEANING_LEN], count[DLMS_NAME_LEN];

	switch ((enum dlms_form)dlms_type(v->tag)->form) {
	case DLMS_FORM_COMPACT:
		dump_compact(dump, name, v, depth);
		break;
	case DLMS_FORM_LIST:
		dlms_elements(v->count, count);
		if (!v->count) {
			dump_field(dump, name, dlms_data_head(v), count);
			break;
		}
		dump_begin(dump, name, dlms_data_head(v), count);
		dump_elements(dump, v, depth);
		dump_end(dump);
		break;
	default:
		dump_field(dump, name, v->raw, meaning_of(v, text));
		break;
	}
}

void dlms_dump_data(struct dump *dump, const char *name,
		    const struct dlms_data *data)
{
	dump_value(dump, name, data, DLMS_MAX_DEPTH);
}

int dlms_dump_plain(struct dump *dump, struct span plain)
{
	struct dlms_data data;
	struct reader r;

	if (!plain.len)
		return -EBADMSG;
	r = reader_of(plain);
	while (!r.bad && reader_left(&r))
		dlms_data_skip(&r);
	if (r.bad)
		return -EBADMSG;
	for (r = reader_of(plain); reader_left(&r);) {
		dlms_data_read(&r, &data);
		dlms_dump_data(dump, dlms_type(data.tag)->name, &data);
	}
	return 0;
}
