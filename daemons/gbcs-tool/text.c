// SPDX-License-Identifier: LGPL-2.1-or-later
#include "text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "../common/keystore.h"

bool text_fail(struct text *t, const char *format, ...)
{
	va_list args;
	int n;

	if (t->failed)
		return false;
	t->failed = true;
	n = snprintf(t->error, sizeof(t->error), "line %u: ", t->line);
	va_start(args, format);
	vsnprintf(t->error + n, sizeof(t->error) - (size_t)n, format, args);
	va_end(args);
	return false;
}

static void skip_space(struct text *t)
{
	for (; t->at < t->end; t->at++) {
		if (*t->at == '#') {
			while (t->at < t->end && *t->at != '\n')
				t->at++;
			if (t->at == t->end)
				return;
		}
		if (!text_is_space(*t->at))
			return;
		t->line += *t->at == '\n';
	}
}

static void take_quoted(struct text *t)
{
	t->quoted = true;
	t->word = ++t->at;
	for (; t->at < t->end && *t->at != '"' && *t->at != '\n'; t->at++)
		if (*t->at == '\\' && t->at + 1 < t->end)
			t->at++;
	t->len = (size_t)(t->at - t->word);
	if (t->at >= t->end || *t->at != '"')
		text_fail(t, "a text has no \" at its end");
	else
		t->at++;
}

/* Look at the next word. */
static void advance(struct text *t)
{
	skip_space(t);
	t->quoted = false;
	t->word = NULL;
	t->len = 0;
	if (t->at == t->end || t->failed)
		return;
	if (*t->at == '"') {
		take_quoted(t);
		return;
	}
	t->word = t->at++;
	if (*t->word != '{' && *t->word != '}')
		while (t->at < t->end && !text_is_space(*t->at) &&
		       *t->at != '{' && *t->at != '}' && *t->at != '"' &&
		       *t->at != '#')
			t->at++;
	t->len = (size_t)(t->at - t->word);
}

void text_open(struct text *t, const char *from, size_t len, uint8_t *octets,
	       size_t room)
{
	*t = (struct text){ .at = from,
			    .end = from + len,
			    .line = 1,
			    .octets = wbuf_of(octets, room) };
	advance(t);
}

/* What stands there, for an error. */
static const char *shown(const struct text *t, char out[48])
{
	if (!t->word)
		return "the end";
	snprintf(out, 48, "'%.*s'", t->len > 40 ? 40 : (int)t->len, t->word);
	return out;
}

bool text_unexpected(struct text *t, const char *what)
{
	char there[48];

	return text_fail(t, "%s is expected, here is %s", what,
			 shown(t, there));
}

bool text_is(const struct text *t, const char *word)
{
	return !t->failed && t->word && !t->quoted && strlen(word) == t->len &&
	       !memcmp(word, t->word, t->len);
}

bool text_take(struct text *t, const char *word)
{
	if (!text_is(t, word))
		return false;
	advance(t);
	return true;
}

bool text_expect(struct text *t, const char *word)
{
	char there[48];

	return text_take(t, word) || text_fail(t, "%s is expected, here is %s",
					       word, shown(t, there));
}

bool text_word(struct text *t, const char *what, char *ret, size_t room)
{
	if (t->failed || !t->word || t->quoted || t->len >= room ||
	    *t->word == '{' || *t->word == '}')
		return text_unexpected(t, what);
	memcpy(ret, t->word, t->len);
	ret[t->len] = 0;
	advance(t);
	return true;
}

bool text_raw(struct text *t, const char *what, char *ret, size_t room)
{
	if (!t->quoted || t->failed)
		return text_word(t, what, ret, room);
	if (t->len + 3 > room)
		return text_fail(t, "%s is too long", what);
	snprintf(ret, room, "\"%.*s\"", (int)t->len, t->word);
	advance(t);
	return true;
}

/* Decimal or 0x...; out of range is a failure of the conversion. */
static bool to_uint(const char *word, uint64_t *ret)
{
	bool hexadecimal = !strncmp(word, "0x", 2);
	char *end;

	errno = 0;
	*ret = strtoull(word, &end, hexadecimal ? 16 : 10);
	return isdigit((unsigned char)*word) && !*end && !errno;
}

bool text_uint(struct text *t, const char *what, uint64_t max, uint64_t *ret)
{
	char word[40];
	uint64_t value;

	if (!text_word(t, what, word, sizeof(word)))
		return false;
	if (!to_uint(word, &value) || value > max)
		return text_fail(t, "%s: '%s' is not from 0 to %" PRIu64, what,
				 word, max);
	*ret = value;
	return true;
}

bool text_int(struct text *t, const char *what, int64_t min, int64_t max,
	      int64_t *ret)
{
	uint64_t value, limit;
	char word[40];
	bool negative;

	if (!text_word(t, what, word, sizeof(word)))
		return false;
	negative = *word == '-';
	limit = negative ? -(uint64_t)min : (uint64_t)max;
	if (!to_uint(word + negative, &value) || value > limit)
		return text_fail(t,
				 "%s: '%s' is not from %" PRId64 " to %" PRId64,
				 what, word, min, max);
	*ret = negative ? (int64_t)-value : (int64_t)value;
	return true;
}

bool text_eui(struct text *t, const char *what, uint64_t *ret)
{
	char word[40];

	if (!text_word(t, what, word, sizeof(word)))
		return false;
	return !parse_eui(word, ret) ||
	       text_fail(t, "%s: '%s' is not an EUI-64", what, word);
}

/* An octet of two digits, or -1. */
static int hex_octet(const char *p)
{
	int high = hex_digit(p[0]), low = hex_digit(p[1]);

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static bool keep(struct text *t, size_t from, struct span *ret)
{
	if (t->octets.bad)
		return text_fail(t, "too long for a message");
	*ret = SPAN(t->octets.p + from, t->octets.len - from);
	advance(t);
	return true;
}

bool text_hex(struct text *t, const char *what, struct span *ret)
{
	size_t from = t->octets.len;
	char there[48];
	int octet;

	if (t->failed || !t->word || t->len % 2 || (t->quoted && t->len))
		return text_fail(t, "%s: hexadecimal is expected, here is %s",
				 what, shown(t, there));
	for (size_t n = 0; n < t->len; n += 2) {
		octet = hex_octet(t->word + n);
		if (octet < 0)
			return text_fail(t, "%s: %s is not hexadecimal", what,
					 shown(t, there));
		write_u8(&t->octets, (uint8_t)octet);
	}
	return keep(t, from, ret);
}

bool text_string(struct text *t, const char *what, struct span *ret)
{
	size_t from = t->octets.len;
	char there[48];

	if (t->failed || !t->quoted)
		return text_fail(t, "%s: a text in \" is expected, here is %s",
				 what, shown(t, there));
	for (size_t n = 0; n < t->len; n++) {
		int octet = (unsigned char)t->word[n];

		if (octet == '\\' && n + 3 < t->len && t->word[n + 1] == 'x') {
			octet = hex_octet(t->word + n + 2);
			n += 3;
		} else if (octet == '\\') {
			octet = (unsigned char)t->word[++n];
			if (octet != '\\' && octet != '"')
				octet = -1;
		}
		if (octet < 0)
			return text_fail(t,
					 "%s: only \\\\, \\\" and \\xNN "
					 "stand for octets",
					 what);
		write_u8(&t->octets, (uint8_t)octet);
	}
	return keep(t, from, ret);
}

/* --- writing */

static void begin_word(struct text_out *out)
{
	if (out->line_begun)
		fputc(' ', out->file);
	else
		fprintf(out->file, "%*s", (int)out->depth * 2, "");
	out->line_begun = true;
}

void text_putf(struct text_out *out, const char *format, ...)
{
	va_list args;

	begin_word(out);
	va_start(args, format);
	vfprintf(out->file, format, args);
	va_end(args);
}

void text_put_hex(struct text_out *out, struct span octets)
{
	begin_word(out);
	if (!octets.len)
		fputs("\"\"", out->file);
	for (size_t n = 0; n < octets.len; n++)
		fprintf(out->file, "%02x", octets.p[n]);
}

void text_put_string(struct text_out *out, struct span octets)
{
	begin_word(out);
	fputc('"', out->file);
	for (size_t n = 0; n < octets.len; n++) {
		uint8_t c = octets.p[n];

		if (c == '"' || c == '\\')
			fprintf(out->file, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			fprintf(out->file, "\\x%02x", c);
		else
			fputc(c, out->file);
	}
	fputc('"', out->file);
}

void text_put_end(struct text_out *out)
{
	fputc('\n', out->file);
	out->line_begun = false;
}

void text_put_open(struct text_out *out)
{
	begin_word(out);
	fputc('{', out->file);
	text_put_end(out);
	out->depth++;
}

void text_put_close(struct text_out *out)
{
	if (out->line_begun)
		text_put_end(out);
	out->depth--;
	begin_word(out);
	fputc('}', out->file);
	text_put_end(out);
}
