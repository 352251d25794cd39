/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The words of a description: separated by white space, # starts a comment,
 * { and } stand for themselves, "..." is a text in which \" \\ and \xNN are
 * octets. One word is looked at; taking it goes to the next. The first error
 * is kept with its line, and nothing is taken from then on.
 */
#ifndef HEARTH_TEXT_H
#define HEARTH_TEXT_H

#include <stdio.h>

#include "../proto/span.h"

#define TEXT_ERROR_LEN 200

struct text {
	const char *at, *end; /* after the word looked at */
	const char *word;     /* NULL: there are no more */
	size_t len;
	bool quoted;
	unsigned int line;
	bool failed;
	char error[TEXT_ERROR_LEN];
	/* Octets of hexadecimal words and texts are put here. */
	struct wbuf octets;
};

/* octets: room for what is decoded, which lives as long as that. */
void text_open(struct text *t, const char *from, size_t len, uint8_t *octets,
	       size_t room);

/* False, always: so that a parser can return it. */
bool text_fail(struct text *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* "what is expected, here is ..." */
bool text_unexpected(struct text *t, const char *what);

/* Is it this word? Takes nothing. */
bool text_is(const struct text *t, const char *word);
/* Is it this word? Then take it. */
bool text_take(struct text *t, const char *word);
/* Take this word, or fail. */
bool text_expect(struct text *t, const char *word);
/* Take whatever word it is, for what: at most room - 1 characters. */
bool text_word(struct text *t, const char *what, char *ret, size_t room);

/* The same with texts as they stand, quotes and all; room has 3 to spare. */
bool text_raw(struct text *t, const char *what, char *ret, size_t room);

/* The next n of these are what the name says, or it fails. */
bool text_uint(struct text *t, const char *what, uint64_t max, uint64_t *ret);
bool text_int(struct text *t, const char *what, int64_t min, int64_t max,
	      int64_t *ret);
bool text_eui(struct text *t, const char *what, uint64_t *ret);
/* Hexadecimal, or "" for none. */
bool text_hex(struct text *t, const char *what, struct span *ret);
bool text_string(struct text *t, const char *what, struct span *ret);

static inline bool text_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* --- writing */

struct text_out {
	FILE *file;
	unsigned int depth;
	bool line_begun;
};

/* A word behind the others of its line. */
void text_putf(struct text_out *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void text_put_hex(struct text_out *out, struct span octets);
void text_put_string(struct text_out *out, struct span octets);
void text_put_open(struct text_out *out);  /* { and end the line */
void text_put_close(struct text_out *out); /* } on a line of its own */
void text_put_end(struct text_out *out);

#endif /* HEARTH_TEXT_H */
