// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dlms-data.h"

#include <errno.h>

/* GBCS 7.2, the others from the DLMS data types. */
static const struct dlms_type types[] = {
	[DLMS_NULL] = { "null-data", DLMS_FORM_NULL, 0 },
	[DLMS_ARRAY] = { "array", DLMS_FORM_LIST, 0 },
	[DLMS_STRUCTURE] = { "structure", DLMS_FORM_LIST, 0 },
	[DLMS_BOOLEAN] = { "boolean", DLMS_FORM_BOOLEAN, 1 },
	[DLMS_BIT_STRING] = { "bit-string", DLMS_FORM_BITS, 0 },
	[DLMS_DOUBLE_LONG] = { "double-long", DLMS_FORM_INT, 4 },
	[DLMS_DOUBLE_LONG_UNSIGNED] = { "double-long-unsigned", DLMS_FORM_UINT,
					4 },
	[DLMS_OCTET_STRING] = { "octet-string", DLMS_FORM_BYTES, 0 },
	[DLMS_VISIBLE_STRING] = { "visible-string", DLMS_FORM_BYTES, 0 },
	[DLMS_UTF8_STRING] = { "utf8-string", DLMS_FORM_BYTES, 0 },
	[DLMS_BCD] = { "bcd", DLMS_FORM_UINT, 1 },
	[DLMS_INTEGER] = { "integer", DLMS_FORM_INT, 1 },
	[DLMS_LONG] = { "long", DLMS_FORM_INT, 2 },
	[DLMS_UNSIGNED] = { "unsigned", DLMS_FORM_UINT, 1 },
	[DLMS_LONG_UNSIGNED] = { "long-unsigned", DLMS_FORM_UINT, 2 },
	[DLMS_COMPACT_ARRAY] = { "compact-array", DLMS_FORM_COMPACT, 0 },
	[DLMS_LONG64] = { "long64", DLMS_FORM_INT, 8 },
	[DLMS_LONG64_UNSIGNED] = { "long64-unsigned", DLMS_FORM_UINT, 8 },
	[DLMS_ENUM] = { "enum", DLMS_FORM_UINT, 1 },
	[DLMS_FLOAT32] = { "float32", DLMS_FORM_FLOAT, 4 },
	[DLMS_FLOAT64] = { "float64", DLMS_FORM_FLOAT, 8 },
	[DLMS_DATE_TIME] = { "date-time", DLMS_FORM_FIXED, 12 },
	[DLMS_DATE] = { "date", DLMS_FORM_FIXED, 5 },
	[DLMS_TIME] = { "time", DLMS_FORM_FIXED, 4 },
};

const struct dlms_type *dlms_type(uint8_t tag)
{
	static const struct dlms_type none = { "unknown", DLMS_FORM_NONE, 0 };

	if (tag >= sizeof(types) / sizeof(types[0]) || !types[tag].name)
		return &none;
	return &types[tag];
}

/* --- reading */

/* What is left to spend on one value, so that input bounds the work. */
struct limit {
	unsigned int depth;
	unsigned int values;
};

static const struct limit full = { DLMS_MAX_DEPTH, DLMS_MAX_VALUES };
/* After the value itself. */
static const struct limit within = { DLMS_MAX_DEPTH - 1, DLMS_MAX_VALUES - 1 };

static inline bool limit_reached(struct reader *r, struct limit *limit)
{
	if (!limit->values || !limit->depth)
		r->bad = true;
	else
		limit->values--;
	return r->bad;
}

/* As read_u8(), which is too general for what every value starts with. */
static inline uint8_t read_tag(struct reader *r)
{
	if (r->bad || r->p == r->end) {
		r->bad = true;
		return 0;
	}
	return *r->p++;
}

/* As read_length(), quick where it is one octet. */
static inline size_t read_len(struct reader *r)
{
	if (!r->bad && r->p != r->end && *r->p < 0x80)
		return *r->p++;
	return read_length(r);
}

/* As dlms_type(), without a name for what has none. */
static inline const struct dlms_type *type_of(uint8_t tag)
{
	return &types[tag < sizeof(types) / sizeof(types[0]) ? tag : 0x07];
}

static inline bool is_nested(const struct dlms_type *t)
{
	return t->form == DLMS_FORM_LIST || t->form == DLMS_FORM_COMPACT;
}

/*
 * Octets of a value and its tag where they are always as many and may be any;
 * else 0. That is all there is to know of most values.
 */
static const uint8_t fixed[256] = {
	[DLMS_NULL] = 1,
	[DLMS_DOUBLE_LONG] = 5,
	[DLMS_DOUBLE_LONG_UNSIGNED] = 5,
	[DLMS_BCD] = 2,
	[DLMS_INTEGER] = 2,
	[DLMS_LONG] = 3,
	[DLMS_UNSIGNED] = 2,
	[DLMS_LONG_UNSIGNED] = 3,
	[DLMS_LONG64] = 9,
	[DLMS_LONG64_UNSIGNED] = 9,
	[DLMS_ENUM] = 2,
	[DLMS_FLOAT32] = 5,
	[DLMS_FLOAT64] = 9,
	[DLMS_DATE_TIME] = 13,
	[DLMS_DATE] = 6,
	[DLMS_TIME] = 5,
};

/* What a packed value of some type takes. */
struct extent {
	bool fixed;	       /* as much whatever its octets are */
	bool has_octets;       /* not without octets */
	size_t octets, values; /* if fixed */
};

/* More is not said to be fixed: products stay within 32 bits. */
#define EXTENT_MAX 65535

static void read_type(struct reader *r, struct limit *limit,
		      struct extent *ret);

static void read_types(struct reader *r, struct limit *limit, uint8_t tag,
		       struct extent *ret)
{
	size_t each = 1, count;
	struct extent inside;

	if (tag == DLMS_ARRAY) {
		each = read_be16(r);
		count = 1;
	} else {
		count = read_length(r);
	}
	limit->depth--;
	for (size_t n = 0; n < count && !r->bad; n++) {
		read_type(r, limit, &inside);
		/* Elements without octets: work that no input bounds. */
		if (tag == DLMS_ARRAY && each && !inside.has_octets)
			r->bad = true;
		ret->fixed &= inside.fixed;
		ret->has_octets |= each && inside.has_octets;
		if (!ret->fixed)
			continue;
		ret->octets += each * inside.octets;
		ret->values += each * inside.values;
		ret->fixed = ret->octets <= EXTENT_MAX &&
			     ret->values <= EXTENT_MAX;
	}
	limit->depth++;
}

/* A type description: array n(2) type, structure n type*, or a tag. */
static void read_type(struct reader *r, struct limit *limit, struct extent *ret)
{
	const struct dlms_type *t;
	uint8_t tag;

	*ret = (struct extent){ .values = 1 };
	if (limit_reached(r, limit))
		return;
	tag = read_tag(r);
	t = type_of(tag);
	if (t->form == DLMS_FORM_NONE || t->form == DLMS_FORM_COMPACT) {
		r->bad = true;
	} else if (t->form == DLMS_FORM_LIST) {
		ret->fixed = true;
		read_types(r, limit, tag, ret);
	} else {
		ret->fixed = fixed[tag];
		ret->octets = t->size;
		ret->has_octets = t->form != DLMS_FORM_NULL;
	}
}

static struct span read_varying(struct reader *r, const struct dlms_type *t,
				uint32_t *ret_bits)
{
	struct span body = { r->p, 0 };
	size_t bits;

	if (t->form == DLMS_FORM_BYTES) {
		body = read_bytes(r, read_len(r));
	} else if (t->form == DLMS_FORM_BITS) {
		bits = read_len(r);
		*ret_bits = (uint32_t)bits;
		body = read_bytes(r, (bits + 7) / 8);
	} else if (t->form == DLMS_FORM_BOOLEAN) {
		body = read_bytes(r, 1);
		if (!r->bad && body.p[0] != 0 && body.p[0] != 0xff)
			r->bad = true;
	} else {
		r->bad = true;
	}
	return body;
}

/* What there is of a value that has no others in it, after its tag. */
static inline struct span read_leaf(struct reader *r, uint8_t tag,
				    uint32_t *ret_bits)
{
	return fixed[tag] ? read_bytes(r, fixed[tag] - 1U) :
			    read_varying(r, type_of(tag), ret_bits);
}

static void read_compact(struct reader *r, struct limit *limit,
			 struct dlms_data *v);

/* One that is not of fixed size, after its tag; its elements come next. */
static uint32_t check_other(struct reader *r, struct limit *limit,
			    const struct dlms_type *t)
{
	struct dlms_data v = { .tag = DLMS_COMPACT_ARRAY };

	if (t->form == DLMS_FORM_LIST)
		return (uint32_t)read_len(r);
	if (t->form == DLMS_FORM_COMPACT) {
		limit->depth--;
		read_compact(r, limit, &v);
		limit->depth++;
	} else {
		(void)read_varying(r, t, &v.count);
	}
	return 0;
}

/* The same of what has a length or count of one octet, as most have. */
static inline bool check_short(const uint8_t **p, const uint8_t *end,
			       uint32_t *ret_count)
{
	size_t len;

	*ret_count = 0;
	if (end - *p < 2 || (*p)[1] >= 0x80)
		return false;
	len = (*p)[1];
	if (len > (size_t)(end - *p) - 2)
		return false;
	switch (**p) {
	case DLMS_ARRAY:
	case DLMS_STRUCTURE:
		*ret_count = (uint32_t)len;
		*p += 2;
		return true;
	case DLMS_OCTET_STRING:
	case DLMS_VISIBLE_STRING:
	case DLMS_UTF8_STRING:
		*p += 2 + len;
		return true;
	default:
		return false;
	}
}

/*
 * Ordinary values, that many. Every list is gone over once for itself and once
 * for each list it is in, so this is what decoding takes its time for: no
 * recursion, and what most values need at hand.
 */
static void check_values(struct reader *r, struct limit *limit, uint32_t count)
{
	uint32_t left[DLMS_MAX_DEPTH + 1], values = limit->values;
	unsigned int depth = limit->depth, at = 0;
	const uint8_t *p = r->p;

	for (;;) {
		while (!count && at)
			count = left[--at];
		if (!count || r->bad)
			break;
		count--;
		if (p == r->end || !values || at >= depth) {
			r->bad = true;
			break;
		}
		values--;
		if (fixed[*p] && fixed[*p] <= r->end - p) {
			p += fixed[*p];
			continue;
		}
		left[at] = count;
		if (!check_short(&p, r->end, &count)) {
			*limit = (struct limit){ depth - at, values };
			r->p = p + 1;
			count = check_other(r, limit, type_of(*p));
			p = r->p;
			values = limit->values;
		}
		at++;
	}
	r->p = p;
	*limit = (struct limit){ depth, values };
}

/* Of an ordinary list: count and elements. */
static void read_list(struct reader *r, struct limit *limit,
		      struct dlms_data *v)
{
	v->count = (uint32_t)read_len(r);
	v->body.p = r->p;
	check_values(r, limit, v->count);
	v->body.len = (size_t)(r->p - v->body.p);
}

static void check_packed(struct reader *r, struct reader *type,
			 struct limit *limit);

/* Of a packed one, whose count and types of elements type has. */
static void read_packed(struct reader *r, struct reader *type,
			struct limit *limit, struct dlms_data *v)
{
	bool same = v->tag == DLMS_ARRAY;
	struct extent extent;
	const uint8_t *inside;
	struct reader first;

	v->count = same ? read_be16(type) : (uint32_t)read_len(type);
	v->body.p = r->p;
	inside = type->p;
	first = *type;
	if (same && !v->count)
		read_type(type, limit, &extent);
	for (uint32_t n = 0; n < v->count && !r->bad; n++) {
		if (same)
			*type = first;
		check_packed(r, type, limit);
	}
	v->type = SPAN(inside, (size_t)(type->p - inside));
	v->body.len = (size_t)(r->p - v->body.p);
}

static void read_contents(struct span body, struct span each,
			  struct limit *limit, struct dlms_data *v,
			  bool *ret_bad)
{
	struct reader contents = reader_of(body), type;

	while (reader_left(&contents) && !contents.bad) {
		type = reader_of(each);
		check_packed(&contents, &type, limit);
		v->count++;
	}
	*ret_bad |= contents.bad;
}

static void read_compact(struct reader *r, struct limit *limit,
			 struct dlms_data *v)
{
	const uint8_t *start = r->p;
	struct extent extent;

	read_type(r, limit, &extent);
	v->type = SPAN(start, (size_t)(r->p - start));
	v->body = read_bytes(r, read_len(r));
	if (r->bad || !v->body.len)
		return;
	if (!extent.has_octets) {
		/* There could be any number of them. */
		r->bad = true;
	} else if (!extent.fixed) {
		read_contents(v->body, v->type, limit, v, &r->bad);
	} else {
		v->count = (uint32_t)(v->body.len / extent.octets);
		if (v->body.len % extent.octets ||
		    v->count > limit->values / extent.values)
			r->bad = true;
		else
			limit->values -= v->count * (uint32_t)extent.values;
	}
}

static void check_packed(struct reader *r, struct reader *type,
			 struct limit *limit)
{
	const struct dlms_type *t;
	struct dlms_data v;

	if (limit_reached(r, limit))
		return;
	v.tag = read_tag(type);
	t = type_of(v.tag);
	if (t->form == DLMS_FORM_LIST) {
		limit->depth--;
		read_packed(r, type, limit, &v);
		limit->depth++;
	} else {
		(void)read_leaf(r, v.tag, &v.count);
	}
	r->bad |= type->bad;
}

static void read_packed_value(struct reader *r, struct reader *type,
			      struct dlms_data *v)
{
	struct limit limit = within;
	const uint8_t *start = r->p;

	memset(v, 0, sizeof(*v));
	v->packed = true;
	v->tag = read_tag(type);
	if (type_of(v->tag)->form == DLMS_FORM_LIST)
		read_packed(r, type, &limit, v);
	else
		v->body = read_leaf(r, v->tag, &v->count);
	v->raw = SPAN(start, (size_t)(r->p - start));
	r->bad |= type->bad;
}

static void read_other(struct reader *r, struct dlms_data *v)
{
	struct limit limit = within;
	uint8_t form = type_of(v->tag)->form;

	if (form == DLMS_FORM_LIST)
		read_list(r, &limit, v);
	else if (form == DLMS_FORM_COMPACT)
		read_compact(r, &limit, v);
	else
		v->body = read_varying(r, type_of(v->tag), &v->count);
}

static inline void read_value(struct reader *r, struct dlms_data *v)
{
	const uint8_t *start = r->p;
	size_t len;

	*v = (struct dlms_data){ .tag = read_tag(r) };
	len = fixed[v->tag];
	if (len)
		v->body = read_bytes(r, len - 1);
	else
		read_other(r, v);
	v->raw = SPAN(start, (size_t)(r->p - start));
}

void dlms_data_read(struct reader *r, struct dlms_data *ret)
{
	read_value(r, ret);
}

int dlms_data_parse(struct span from, struct dlms_data *ret)
{
	struct dlms_data data;
	struct reader r;

	if (!from.len)
		return -EBADMSG;
	r = reader_of(from);
	dlms_data_read(&r, &data);
	if (reader_done(&r))
		return -EBADMSG;
	*ret = data;
	return 0;
}

int dlms_data_skip(struct reader *r)
{
	struct limit limit = full;

	check_values(r, &limit, 1);
	return r->bad ? -EBADMSG : 0;
}

/* --- iterating */

/* Octets of each element, if it is known without looking at them; else 0. */
static size_t element_octets(struct span type)
{
	struct reader r = reader_of(type);
	struct limit limit = full;
	struct extent extent;

	read_type(&r, &limit, &extent);
	return !r.bad && extent.fixed ? extent.octets : 0;
}

struct dlms_iter dlms_iter_of(const struct dlms_data *list)
{
	struct dlms_iter it = { .bad = true };

	if (!is_nested(type_of(list->tag)) || !list->body.p)
		return it;
	it.bad = false;
	it.at = reader_of(list->body);
	it.left = list->count;
	it.packed = list->packed || list->tag == DLMS_COMPACT_ARRAY;
	if (it.packed) {
		it.same = list->tag != DLMS_STRUCTURE;
		it.type = list->type;
		it.types = reader_of(list->type);
		if (it.same && it.left > 1)
			it.each = element_octets(it.type);
	}
	return it;
}

/* The next one of a list whose elements are of one size. */
static void take_fixed(struct dlms_iter *it, struct dlms_data *v)
{
	struct reader type = reader_of(it->type);

	memset(v, 0, sizeof(*v));
	v->packed = true;
	v->tag = read_tag(&type);
	if (v->tag == DLMS_ARRAY)
		v->count = read_be16(&type);
	else if (v->tag == DLMS_STRUCTURE)
		v->count = (uint32_t)read_length(&type);
	if (is_nested(type_of(v->tag)))
		v->type = read_rest(&type);
	v->raw = read_bytes(&it->at, it->each);
	v->body = v->raw;
	it->at.bad |= type.bad;
}

bool dlms_next(struct dlms_iter *it, struct dlms_data *ret)
{
	if (it->bad || !it->left)
		return false;
	it->left--;
	if (!it->packed) {
		read_value(&it->at, ret);
	} else if (it->each) {
		take_fixed(it, ret);
	} else {
		if (it->same)
			it->types = reader_of(it->type);
		read_packed_value(&it->at, &it->types, ret);
	}
	it->bad = it->at.bad;
	return !it->bad;
}
