// SPDX-License-Identifier: LGPL-2.1-or-later
/* Values from text: the inverse of zcl-text.c. */
#include "zcl-value.h"

#include <errno.h>

#include "dlms-time.h"

#define CANCEL_FF UINT32_C(0xffffffff)
#define CANCEL_FE UINT32_C(0xfffffffe)
#define ANY 0xff
#define YEAR_0 1900

/* Decimal or 0x, all of text, with a sign. */
static int parse_number(const char *text, uint64_t *ret)
{
	bool negative = *text == '-';
	uint64_t number = 0;
	unsigned int base = 10;

	text += negative;
	if (text[0] == '0' && zcl_folded(text[1]) == 'x') {
		base = 16;
		text += 2;
	}
	if (!*text)
		return -EINVAL;
	for (; *text; text++) {
		unsigned int digit = (unsigned int)hex_digit(*text);

		if (digit >= base || number > (UINT64_MAX - digit) / base)
			return -EINVAL;
		number = number * base + digit;
	}
	if (negative && number > UINT64_C(1) << 63)
		return -EINVAL;
	*ret = negative ? 0 - number : number;
	return 0;
}

/* Non-negative numbers only: two's complement could be a large one. */
static int parse_plain_number(uint8_t type, const char *text, uint64_t *ret)
{
	bool is_signed = zcl_type(type)->form == ZCL_FORM_INT;

	if (parse_number(text, ret))
		return -EINVAL;
	if (*text == '-')
		return is_signed && *ret ? 0 : -EINVAL;
	/* 2^63 and more are not what they look like in an int64. */
	return is_signed && *ret > INT64_MAX ? -EINVAL : 0;
}

static int parse_time(uint8_t meaning, const char *text, uint64_t *ret)
{
	struct dlms_time time;
	int64_t seconds;

	if (!strcmp(text, "now") || !strcmp(text, "cancel")) {
		if (meaning == ZCL_AS_TIME ||
		    (*text == 'c' && meaning == ZCL_AS_START))
			return -EINVAL;
		*ret = *text == 'n'		  ? 0 :
		       meaning == ZCL_AS_START_FF ? CANCEL_FF :
						    CANCEL_FE;
		return 0;
	}
	if (dlms_time_from_text(text, &time) ||
	    dlms_time_to_seconds(&time, &seconds) || seconds < 0 ||
	    seconds > UINT32_MAX)
		return -EINVAL;
	*ret = (uint64_t)seconds;
	return 0;
}

/* "*" or a number that with add fits into an octet; then the end character. */
static const char *parse_part(const char *text, unsigned int add, char end,
			      unsigned int n, uint64_t *number)
{
	unsigned int value = 0, digits = 0;

	if (*text == '*') {
		value = ANY;
		text++;
	} else {
		for (; *text >= '0' && *text <= '9' && digits < 4; digits++)
			value = value * 10 + (unsigned int)(*text++ - '0');
		if (!digits || value < add || value - add >= ANY)
			return NULL;
		value -= add;
	}
	if (*text != end)
		return NULL;
	*number |= (uint64_t)value << (8 * n);
	return end ? text + 1 : text;
}

static int parse_date(const char *text, uint64_t *ret)
{
	const char *day = strchr(text, ' ');
	uint64_t date = 0;

	text = parse_part(text, YEAR_0, '-', 0, &date);
	if (text)
		text = parse_part(text, 0, '-', 1, &date);
	if (text)
		text = parse_part(text, 0, day ? ' ' : 0, 2, &date);
	if (!text)
		return -EINVAL;
	if (!day)
		date |= (uint64_t)ANY << 24;
	else if (strncmp(text, "day ", 4) != 0 ||
		 !parse_part(text + 4, 0, 0, 3, &date))
		return -EINVAL;
	*ret = date;
	return 0;
}

static int parse_clock(const char *text, uint64_t *ret)
{
	static const char ends[4] = { ':', ':', '.', 0 };
	uint64_t clock = 0;

	for (unsigned int n = 0; n < 4 && text; n++)
		text = parse_part(text, 0, ends[n], n, &clock);
	*ret = clock;
	return text ? 0 : -EINVAL;
}

static int parse_minutes(const char *text, uint64_t *ret)
{
	uint64_t parts = 0, hour, minute;

	text = parse_part(text, 0, ':', 0, &parts);
	if (!text || !parse_part(text, 0, 0, 1, &parts))
		return -EINVAL;
	hour = parts & 0xff;
	minute = parts >> 8;
	if (hour >= 24 || minute >= 60)
		return -EINVAL;
	*ret = hour * 60 + minute;
	return 0;
}

/* Names and numbers of bits, | between them. */
static int parse_bits(struct zcl_about about, const char *text, uint64_t *ret)
{
	char word[64];
	uint64_t bits = 0, number;
	size_t len;

	for (;;) {
		len = strcspn(text, "|");
		if (len >= sizeof(word))
			return -EINVAL;
		memcpy(word, text, len);
		word[len] = 0;
		if (!zcl_number_of_name(about, word, &number))
			number = UINT64_C(1) << number;
		else if (*word == '-' || parse_number(word, &number))
			return -EINVAL;
		bits |= number;
		if (!text[len])
			break;
		text += len + 1;
	}
	*ret = bits;
	return 0;
}

static int parse_value_number(uint8_t type, struct zcl_about about,
			      const char *text, uint64_t *ret)
{
	const struct zcl_type *t = zcl_type(type);
	bool is_time = zcl_is_time(type, about.meaning);

	if (zcl_is_bits(about.meaning))
		return parse_bits(about, text, ret);
	if (!zcl_number_of_name(about, text, ret))
		return 0;
	if (about.meaning == ZCL_AS_MINUTES && !parse_minutes(text, ret))
		return 0;
	if ((t->form == ZCL_FORM_UTC || is_time) &&
	    !parse_time(is_time ? about.meaning : ZCL_AS_TIME, text, ret))
		return 0;
	if (t->form == ZCL_FORM_DATE && !parse_date(text, ret))
		return 0;
	if (t->form == ZCL_FORM_CLOCK && !parse_clock(text, ret))
		return 0;
	if (t->form == ZCL_FORM_BOOLEAN &&
	    (zcl_same_name(text, "true") || zcl_same_name(text, "false"))) {
		*ret = zcl_folded(*text) == 't';
		return 0;
	}
	return parse_plain_number(type, text, ret);
}

static int parse_hex(const char *text, struct wbuf *store)
{
	for (; *text; text += 2) {
		int high = hex_digit(text[0]);
		int low = text[1] ? hex_digit(text[1]) : -1;

		if (high < 0 || low < 0)
			return -EINVAL;
		write_u8(store, (uint8_t)(high << 4 | low));
	}
	return 0;
}

static int parse_quoted(const char *text, struct wbuf *store)
{
	for (text++; *text != '"'; text++) {
		int octet = (unsigned char)*text, low;

		if (octet == '\\' && text[1] == 'x') {
			octet = hex_digit(text[2]);
			low = octet >= 0 ? hex_digit(text[3]) : -1;
			if (low < 0)
				return -EINVAL;
			octet = octet << 4 | low;
			text += 3;
		} else if (octet == '\\') {
			octet = (unsigned char)*++text;
			if (octet != '\\' && octet != '"')
				return -EINVAL;
		}
		if (!octet && !*text)
			return -EINVAL;
		write_u8(store, (uint8_t)octet);
	}
	return text[1] ? -EINVAL : 0;
}

static int parse_octets(const char *text, struct wbuf *store,
			struct zcl_value *v)
{
	const struct zcl_type *type = zcl_type(v->type);
	size_t from = store->len;
	int r;

	if (type->form == ZCL_FORM_STRING && zcl_same_name(text, "invalid")) {
		v->invalid = true;
		return 0;
	}
	if (!*text)
		return -EINVAL;
	r = *text == '"' ? parse_quoted(text, store) : parse_hex(text, store);
	if (r)
		return r;
	if (store->bad)
		return -ENOSPC;
	v->bytes = SPAN(store->p + from, store->len - from);
	if (type->form == ZCL_FORM_BYTES && v->bytes.len != type->size)
		return -EINVAL;
	if (type->form == ZCL_FORM_STRING &&
	    v->bytes.len >= (type->size == 1 ? UINT8_MAX : UINT16_MAX))
		return -EINVAL;
	return 0;
}

int zcl_value_from_text(uint8_t type, struct zcl_about about, const char *text,
			struct wbuf *store, struct zcl_value *ret)
{
	struct zcl_value v = { .type = type };
	int r;

	if (!zcl_is_number(type)) {
		r = parse_octets(text, store, &v);
		if (r)
			return r;
	} else if (parse_value_number(type, about, text, &v.number) ||
		   !zcl_in_range(type, v.number)) {
		return -EINVAL;
	}
	*ret = v;
	return 0;
}
