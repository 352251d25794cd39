/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * DLMS/COSEM data (A-XDR, GBCS 7.2): values where they lie in a message
 * (struct dlms_data, walked by struct dlms_iter), the same as a tree in memory
 * of the caller (struct dlms_node), and encoders. Nothing is allocated or
 * copied, nesting and the number of values are bounded.
 *
 * There is one encoding of a value: lengths are minimal, true is FF. Functions
 * return 0 or -EBADMSG (malformed, or not the type asked for), -EINVAL (cannot
 * be encoded) or -ENOSPC.
 */
#ifndef HEARTH_DLMS_DATA_H
#define HEARTH_DLMS_DATA_H

#include "span.h"

/* Lists inside lists; messages of GBCS need 7. */
#define DLMS_MAX_DEPTH 16
/*
 * Values in one value. Only a compact-array of types without octets (null,
 * empty arrays) can have more values than it has octets.
 */
#define DLMS_MAX_VALUES 131072

enum dlms_tag {
	DLMS_NULL = 0x00,
	DLMS_ARRAY = 0x01,
	DLMS_STRUCTURE = 0x02,
	DLMS_BOOLEAN = 0x03,
	DLMS_BIT_STRING = 0x04,
	DLMS_DOUBLE_LONG = 0x05,
	DLMS_DOUBLE_LONG_UNSIGNED = 0x06,
	DLMS_OCTET_STRING = 0x09,
	DLMS_VISIBLE_STRING = 0x0a,
	DLMS_UTF8_STRING = 0x0c,
	DLMS_BCD = 0x0d,
	DLMS_INTEGER = 0x0f,
	DLMS_LONG = 0x10,
	DLMS_UNSIGNED = 0x11,
	DLMS_LONG_UNSIGNED = 0x12,
	DLMS_COMPACT_ARRAY = 0x13,
	DLMS_LONG64 = 0x14,
	DLMS_LONG64_UNSIGNED = 0x15,
	DLMS_ENUM = 0x16,
	DLMS_FLOAT32 = 0x17,
	DLMS_FLOAT64 = 0x18,
	DLMS_DATE_TIME = 0x19,
	DLMS_DATE = 0x1a,
	DLMS_TIME = 0x1b,
};

enum dlms_form {
	DLMS_FORM_NONE, /* no such type */
	DLMS_FORM_NULL,
	DLMS_FORM_LIST,
	DLMS_FORM_COMPACT,
	DLMS_FORM_BOOLEAN,
	DLMS_FORM_BITS,
	DLMS_FORM_BYTES, /* length, octets */
	DLMS_FORM_FIXED, /* as many octets as the type says */
	DLMS_FORM_UINT,
	DLMS_FORM_INT,
	DLMS_FORM_FLOAT,
};

struct dlms_type {
	const char *name;
	uint8_t form; /* enum dlms_form */
	uint8_t size; /* octets of FIXED, UINT, INT, FLOAT, BOOLEAN */
};

/* Never NULL; an unknown type has DLMS_FORM_NONE. */
const struct dlms_type *dlms_type(uint8_t tag);

/* --- values in a message */

/* All zero is null-data. */
struct dlms_data {
	uint8_t tag;
	bool packed;	  /* element of a compact-array: no tag, no count */
	uint32_t count;	  /* elements; bits of a bit-string */
	struct span raw;  /* everything */
	struct span body; /* the octets, or the elements */
	struct span type; /* compact-array: of an element; packed: inside */
};

/* The next value, all of it checked; or r->bad. */
void dlms_data_read(struct reader *r, struct dlms_data *ret);
/* Exactly one value. */
int dlms_data_parse(struct span from, struct dlms_data *ret);
/* One value, not looked at. */
int dlms_data_skip(struct reader *r);

/* raw before body: tag, and length or count; of a compact-array the tag. */
struct span dlms_data_head(const struct dlms_data *data);

/* Two's complement; the bits of a float; 0 or 1 of a boolean. */
uint64_t dlms_number(const struct dlms_data *data);
int dlms_get_uint(const struct dlms_data *data, uint64_t *ret);
/* Signed, and unsigned ones that fit. */
int dlms_get_int(const struct dlms_data *data, int64_t *ret);
int dlms_get_bool(const struct dlms_data *data, bool *ret);
int dlms_get_float(const struct dlms_data *data, double *ret);
/* Of octet-, visible-, utf8-strings and the date and time types. */
int dlms_get_bytes(const struct dlms_data *data, struct span *ret);
/* Bit n of a bit-string, counted from the first; false beyond its end. */
bool dlms_get_bit(const struct dlms_data *data, uint32_t n);

/*
 * Walks array, structure and compact-array. The dlms_next_* functions take the
 * next element if it is what is asked for, else they set bad and return
 * nothing, so that a structure is read like octets with struct reader.
 */
struct dlms_iter {
	struct reader at;
	struct reader types; /* packed: type of the next one */
	struct span type;    /* packed: of each one, if same */
	size_t each;	     /* their octets, if of one size; else 0 */
	uint32_t left;
	bool packed, same;
	bool bad;
};

struct dlms_iter dlms_iter_of(const struct dlms_data *list);
/* False: no more, or bad. */
bool dlms_next(struct dlms_iter *it, struct dlms_data *ret);

#define DLMS_ANY UINT32_MAX

uint64_t dlms_next_uint(struct dlms_iter *it, uint8_t tag);
int64_t dlms_next_int(struct dlms_iter *it, uint8_t tag);
bool dlms_next_bool(struct dlms_iter *it);
/* len octets, or DLMS_ANY. */
struct span dlms_next_bytes(struct dlms_iter *it, uint8_t tag, uint32_t len);
/* count elements, or DLMS_ANY. */
struct dlms_iter dlms_next_list(struct dlms_iter *it, uint8_t tag,
				uint32_t count);
/* Nothing bad and nothing left: 0, else -EBADMSG. */
int dlms_iter_done(const struct dlms_iter *it);

/* --- values as a tree */

/*
 * A value is followed by its elements, these by theirs. After a compact-array
 * comes first the type of an element: nodes with type set, where an array has
 * one element (its type) whatever count says; then count elements. Nodes of
 * numbers use number, as dlms_number() gives it, others bytes.
 */
struct dlms_node {
	uint8_t tag;
	bool type;
	uint32_t count; /* elements; bits of a bit-string */
	union {
		uint64_t number;
		struct span bytes;
	};
};

/* Exactly one value. */
int dlms_decode(struct span from, struct dlms_node *nodes, size_t room,
		size_t *ret_n);
/* Where the value at ends: the index after it, n if there is none. */
size_t dlms_node_end(const struct dlms_node *nodes, size_t n, size_t at);
/* Exactly one value; with out NULL only *ret_len. */
int dlms_encode(const struct dlms_node *nodes, size_t n, uint8_t *out,
		size_t room, size_t *ret_len);

/* --- writing: w->bad if it cannot be encoded */

void dlms_put_nodes(struct wbuf *w, const struct dlms_node *nodes, size_t n);
/* Value by value; a packed one becomes an ordinary one. */
void dlms_put_data(struct wbuf *w, const struct dlms_data *data);
void dlms_put_null(struct wbuf *w);
void dlms_put_bool(struct wbuf *w, bool value);
void dlms_put_uint(struct wbuf *w, uint8_t tag, uint64_t value);
void dlms_put_int(struct wbuf *w, uint8_t tag, int64_t value);
void dlms_put_bytes(struct wbuf *w, uint8_t tag, struct span bytes);
void dlms_put_bits(struct wbuf *w, const uint8_t *bytes, uint32_t bits);
/* Array or structure; the elements come next. */
void dlms_put_list(struct wbuf *w, uint8_t tag, size_t count);

#endif /* HEARTH_DLMS_DATA_H */
