/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bytes to read and bytes to write, each with its bounds. Decoders take a
 * struct span and leave spans into it in their results: nothing is copied,
 * nothing allocated. Encoders write into a struct wbuf; one without memory
 * only counts, so that a first pass gives the exact size.
 *
 * A read beyond the end, or a write beyond the room, does nothing but set
 * bad; whoever uses the result looks at bad once, at the end.
 */
#ifndef HEARTH_SPAN_H
#define HEARTH_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const uint8_t *p;
	size_t len;
};

#define SPAN(_p, _len) ((struct span){ (_p), (_len) })

static inline bool span_equal(struct span a, struct span b)
{
	return a.len == b.len && (!a.len || !memcmp(a.p, b.p, a.len));
}

/* The value of a hexadecimal digit, or -1. */
static inline int hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* --- reading */

struct reader {
	const uint8_t *p, *end;
	bool bad;
};

static inline struct reader reader_of(struct span from)
{
	return (struct reader){ from.p, from.p + from.len, false };
}

static inline size_t reader_left(const struct reader *r)
{
	return (size_t)(r->end - r->p);
}

/* The next n bytes, or an empty span and bad. */
static inline struct span read_bytes(struct reader *r, size_t n)
{
	struct span out = { r->p, n };

	if (r->bad || n > reader_left(r)) {
		r->bad = true;
		return SPAN(r->end, 0);
	}
	r->p += n;
	return out;
}

static inline struct span read_rest(struct reader *r)
{
	return read_bytes(r, reader_left(r));
}

/* Big endian, n from 1 to 8; 0 and bad if they are not there. */
static inline uint64_t read_be(struct reader *r, size_t n)
{
	struct span s = read_bytes(r, n);
	uint64_t value = 0;

	for (size_t at = 0; at < s.len; at++)
		value = value << 8 | s.p[at];
	return value;
}

static inline uint64_t read_le(struct reader *r, size_t n)
{
	struct span s = read_bytes(r, n);
	uint64_t value = 0;

	for (size_t at = s.len; at > 0; at--)
		value = value << 8 | s.p[at - 1];
	return value;
}

static inline uint8_t read_u8(struct reader *r)
{
	return (uint8_t)read_be(r, 1);
}

static inline uint16_t read_be16(struct reader *r)
{
	return (uint16_t)read_be(r, 2);
}

static inline uint32_t read_be32(struct reader *r)
{
	return (uint32_t)read_be(r, 4);
}

static inline uint16_t read_le16(struct reader *r)
{
	return (uint16_t)read_le(r, 2);
}

static inline uint32_t read_le32(struct reader *r)
{
	return (uint32_t)read_le(r, 4);
}

/*
 * A-XDR and BER length: one byte below 0x80, else 0x81 and one or 0x82 and
 * two. One that could have been shorter is bad: a message has one encoding.
 */
static inline size_t read_length(struct reader *r)
{
	uint8_t first = read_u8(r);
	size_t len = first;

	if (first == 0x81) {
		len = read_u8(r);
		r->bad |= len < 0x80;
	} else if (first == 0x82) {
		len = read_be16(r);
		r->bad |= len < 0x100;
	} else if (first >= 0x80) {
		r->bad = true;
	}
	return r->bad ? 0 : len;
}

/* Everything read, nothing beyond: 0, else -1. */
static inline int reader_done(const struct reader *r)
{
	return r->bad || r->p != r->end ? -1 : 0;
}

/* --- writing */

struct wbuf {
	uint8_t *p; /* NULL: only count */
	size_t room;
	size_t len; /* written, or would have been */
	bool bad;   /* something did not fit, or cannot be encoded */
};

static inline struct wbuf wbuf_of(uint8_t *p, size_t room)
{
	return (struct wbuf){ p, room, 0, false };
}

/* Only counts. */
static inline struct wbuf wbuf_counting(void)
{
	return (struct wbuf){ NULL, SIZE_MAX, 0, false };
}

static inline void write_bytes(struct wbuf *w, const void *p, size_t n)
{
	if (w->bad || n > w->room - w->len) {
		w->bad = true;
		return;
	}
	if (w->p && n)
		memcpy(w->p + w->len, p, n);
	w->len += n;
}

static inline void write_span(struct wbuf *w, struct span s)
{
	write_bytes(w, s.p, s.len);
}

static inline void write_be(struct wbuf *w, uint64_t value, size_t n)
{
	uint8_t bytes[8];

	for (size_t at = 0; at < n; at++)
		bytes[at] = (uint8_t)(value >> (8 * (n - 1 - at)));
	write_bytes(w, bytes, n);
}

static inline void write_le(struct wbuf *w, uint64_t value, size_t n)
{
	uint8_t bytes[8];

	for (size_t at = 0; at < n; at++)
		bytes[at] = (uint8_t)(value >> (8 * at));
	write_bytes(w, bytes, n);
}

static inline void write_u8(struct wbuf *w, uint8_t value)
{
	write_be(w, value, 1);
}

/* As read_length(); bad over 65535. */
static inline void write_length(struct wbuf *w, size_t len)
{
	if (len < 0x80) {
		write_u8(w, (uint8_t)len);
	} else if (len < 0x100) {
		write_u8(w, 0x81);
		write_u8(w, (uint8_t)len);
	} else if (len < 0x10000) {
		write_u8(w, 0x82);
		write_be(w, len, 2);
	} else {
		w->bad = true;
	}
}

static inline size_t length_size(size_t len)
{
	return len < 0x80 ? 1 : len < 0x100 ? 2 : 3;
}

#endif /* HEARTH_SPAN_H */
