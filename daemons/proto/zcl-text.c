// SPDX-License-Identifier: LGPL-2.1-or-later
/* Values to text. */
#include "zcl-value.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "dlms-time.h"

#define CANCEL_FF UINT32_C(0xffffffff)
#define CANCEL_FE UINT32_C(0xfffffffe)
#define DAY_MINUTES 1440
#define ANY 0xff
#define YEAR_0 1900

/* With an end, or bad. */
static void put_text(struct wbuf *w, const char *text)
{
	write_bytes(w, text, strlen(text));
}

static void putf(struct wbuf *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void putf(struct wbuf *w, const char *format, ...)
{
	char text[64];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	put_text(w, text);
}

static void put_hex(struct wbuf *w, struct span octets)
{
	for (size_t n = 0; n < octets.len; n++)
		putf(w, "%02x", octets.p[n]);
	if (!octets.len)
		put_text(w, "\"\"");
}

static bool is_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x7f;
}

static void put_quoted(struct wbuf *w, struct span octets)
{
	put_text(w, "\"");
	for (size_t n = 0; n < octets.len; n++) {
		uint8_t c = octets.p[n];

		if (c == '"' || c == '\\')
			putf(w, "\\%c", c);
		else if (is_plain(c))
			write_u8(w, c);
		else
			putf(w, "\\x%02x", c);
	}
	put_text(w, "\"");
}

static void put_string(struct wbuf *w, const struct zcl_value *v)
{
	bool text = true;

	if (v->invalid) {
		put_text(w, "invalid");
		return;
	}
	for (size_t n = 0; n < v->bytes.len; n++)
		text = text && is_plain(v->bytes.p[n]);
	if (text || v->type == ZCL_CHARACTER_STRING ||
	    v->type == ZCL_LONG_CHARACTER_STRING)
		put_quoted(w, v->bytes);
	else
		put_hex(w, v->bytes);
}

static void put_time(struct wbuf *w, uint8_t meaning, uint32_t seconds)
{
	char text[DLMS_TIME_TEXT_LEN];
	struct dlms_time time;

	if (!seconds &&
	    (meaning == ZCL_AS_START || meaning == ZCL_AS_START_FF ||
	     meaning == ZCL_AS_START_FE)) {
		put_text(w, "now");
	} else if ((meaning == ZCL_AS_START_FF && seconds == CANCEL_FF) ||
		   (meaning == ZCL_AS_START_FE && seconds == CANCEL_FE)) {
		put_text(w, "cancel");
	} else {
		dlms_time_from_seconds(seconds, &time);
		dlms_time_text(&time, DLMS_DATE_TIME_LEN, text);
		put_text(w, text);
	}
}

/* Octet n from the lowest of a date or time. */
static uint8_t part(uint64_t number, unsigned int n)
{
	return (uint8_t)(number >> (8 * n));
}

static void put_part(struct wbuf *w, uint8_t value, unsigned int add)
{
	if (value == ANY)
		put_text(w, "*");
	else
		putf(w, "%02u", value + add);
}

static void put_date(struct wbuf *w, uint64_t date)
{
	put_part(w, part(date, 0), YEAR_0);
	put_text(w, "-");
	put_part(w, part(date, 1), 0);
	put_text(w, "-");
	put_part(w, part(date, 2), 0);
	if (part(date, 3) != ANY)
		putf(w, " day %u", part(date, 3));
}

static void put_clock(struct wbuf *w, uint64_t clock)
{
	for (unsigned int n = 0; n < 4; n++) {
		put_part(w, part(clock, n), 0);
		if (n < 3)
			put_text(w, n < 2 ? ":" : ".");
	}
}

static void put_bits(struct wbuf *w, uint8_t meaning, uint64_t number,
		     int digits)
{
	const struct zcl_name *names;
	uint64_t left = number;
	size_t count;

	names = zcl_meaning_names(meaning, &count);
	for (size_t n = 0; names && n < count; n++) {
		if (!(number >> names[n].number & 1))
			continue;
		left &= ~(UINT64_C(1) << names[n].number);
		put_text(w, w->len ? "|" : "");
		put_text(w, names[n].name);
	}
	if (left || !number)
		putf(w, "%s0x%0*llX", w->len ? "|" : "", digits,
		     (unsigned long long)left);
}

static void put_plain_number(struct wbuf *w, const struct zcl_value *v,
			     uint8_t meaning)
{
	const struct zcl_type *type = zcl_type(v->type);
	int digits = 2 * type->size;
	bool hex = meaning >= ZCL_AS_HEX && meaning <= ZCL_AS_COMMAND;

	switch ((enum zcl_form)type->form) {
	case ZCL_FORM_INT:
		putf(w, "%lld", (long long)v->number);
		break;
	case ZCL_FORM_UINT:
	case ZCL_FORM_BOOLEAN:
		if (hex)
			putf(w, "0x%0*llX", digits,
			     (unsigned long long)v->number);
		else
			putf(w, "%llu", (unsigned long long)v->number);
		break;
	case ZCL_FORM_UTC:
		put_time(w, ZCL_AS_TIME, (uint32_t)v->number);
		break;
	case ZCL_FORM_DATE:
		put_date(w, v->number);
		break;
	case ZCL_FORM_CLOCK:
		put_clock(w, v->number);
		break;
	default:
		putf(w, "0x%0*llX", digits, (unsigned long long)v->number);
		break;
	}
}

static void put_number(struct wbuf *w, const struct zcl_value *v,
		       struct zcl_about about)
{
	const struct zcl_type *type = zcl_type(v->type);
	const char *name = zcl_name_of(about, v->number);

	if (zcl_is_time(v->type, about.meaning))
		put_time(w, about.meaning, (uint32_t)v->number);
	else if (zcl_is_bits(about.meaning))
		put_bits(w, about.meaning, v->number, 2 * type->size);
	else if (about.meaning == ZCL_AS_MINUTES && v->number < DAY_MINUTES)
		putf(w, "%02u:%02u", (unsigned int)v->number / 60,
		     (unsigned int)v->number % 60);
	else if (name)
		put_text(w, name);
	else if (type->form == ZCL_FORM_BOOLEAN && v->number < 2)
		put_text(w, v->number ? "true" : "false");
	else
		put_plain_number(w, v, about.meaning);
}

int zcl_value_to_text(const struct zcl_value *value, struct zcl_about about,
		      char *text, size_t room)
{
	struct wbuf w = wbuf_of((uint8_t *)text, room ? room - 1 : 0);
	enum zcl_form form = zcl_type(value->type)->form;

	if (form == ZCL_FORM_REST || form == ZCL_FORM_BYTES)
		put_hex(&w, value->bytes);
	else if (form == ZCL_FORM_STRING)
		put_string(&w, value);
	else if (zcl_in_range(value->type, value->number))
		put_number(&w, value, about);
	else
		return -EINVAL;
	if (w.bad || !room)
		return -ENOSPC;
	text[w.len] = 0;
	return 0;
}
