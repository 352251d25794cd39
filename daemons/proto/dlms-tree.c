// SPDX-License-Identifier: LGPL-2.1-or-later
/* Values as a tree in memory of the caller: the second half of dlms-data.h. */
#include <errno.h>

#include "dlms-data.h"

/* --- decoding */

struct builder {
	struct dlms_node *nodes;
	size_t room, n;
	int err;
};

static struct dlms_node *new_node(struct builder *b, uint8_t tag)
{
	struct dlms_node *node;

	if (b->n == b->room)
		b->err = -ENOSPC;
	if (b->err)
		return NULL;
	node = &b->nodes[b->n++];
	*node = (struct dlms_node){ .tag = tag };
	return node;
}

/* What is read here has been checked before, its depth too. */
static void add_type(struct builder *b, struct reader *r)
{
	struct dlms_node *node = new_node(b, read_u8(r));
	size_t inside = 0;

	if (!node)
		return;
	node->type = true;
	if (node->tag == DLMS_ARRAY) {
		node->count = read_be16(r);
		inside = 1;
	} else if (node->tag == DLMS_STRUCTURE) {
		inside = read_length(r);
		node->count = (uint32_t)inside;
	}
	for (size_t n = 0; n < inside && !b->err; n++)
		add_type(b, r);
}

/* The type of elements of which there are none. */
static void skip_type(struct reader *r)
{
	uint8_t tag = read_u8(r);
	size_t inside = 0;

	if (tag == DLMS_ARRAY) {
		(void)read_be16(r);
		inside = 1;
	} else if (tag == DLMS_STRUCTURE) {
		inside = read_length(r);
	}
	while (inside--)
		skip_type(r);
}

static uint64_t read_number(struct reader *r, const struct dlms_type *t)
{
	const uint8_t *p = r->p;
	uint64_t value = 0;

	r->p += t->size;
	if (t->form == DLMS_FORM_INT && *p & 0x80)
		value = UINT64_MAX;
	while (p < r->p)
		value = value << 8 | *p++;
	return t->form == DLMS_FORM_BOOLEAN ? value != 0 : value;
}

/* What a value that has no others in it has behind its tag. */
static void read_leaf(struct reader *r, struct dlms_node *node,
		      const struct dlms_type *t)
{
	switch ((enum dlms_form)t->form) {
	case DLMS_FORM_BYTES:
		node->bytes = read_bytes(r, read_length(r));
		break;
	case DLMS_FORM_BITS:
		node->count = (uint32_t)read_length(r);
		node->bytes = read_bytes(r, (node->count + 7) / 8);
		break;
	case DLMS_FORM_FIXED:
		node->bytes = read_bytes(r, t->size);
		break;
	case DLMS_FORM_NULL:
		break;
	default:
		node->number = read_number(r, t);
		break;
	}
}

/* An element of a compact-array, of the next type. */
static void add_packed(struct builder *b, struct reader *r, struct reader *type)
{
	struct dlms_node *node = new_node(b, read_u8(type));
	struct reader same;

	if (!node)
		return;
	if (node->tag == DLMS_STRUCTURE) {
		node->count = (uint32_t)read_length(type);
		for (uint32_t n = node->count; n && !b->err; n--)
			add_packed(b, r, type);
	} else if (node->tag == DLMS_ARRAY) {
		node->count = read_be16(type);
		same = *type;
		for (uint32_t n = node->count; n && !b->err; n--) {
			*type = same;
			add_packed(b, r, type);
		}
		if (!node->count)
			skip_type(type);
	} else {
		read_leaf(r, node, dlms_type(node->tag));
	}
}

static void add_compact(struct builder *b, struct reader *r)
{
	struct dlms_node *node = new_node(b, DLMS_COMPACT_ARRAY);
	const uint8_t *start = r->p;
	struct reader contents, type;
	struct span types;

	if (!node)
		return;
	add_type(b, r);
	types = SPAN(start, (size_t)(r->p - start));
	contents = reader_of(read_bytes(r, read_length(r)));
	while (reader_left(&contents) && !b->err) {
		type = reader_of(types);
		add_packed(b, &contents, &type);
		node->count++;
	}
}

/*
 * Values stand in a message in the order of the tree: a list, its elements,
 * theirs. So there is no need to go down into them.
 */
static void add_values(struct builder *b, struct span values)
{
	struct reader r = reader_of(values);

	while (r.p != r.end && !b->err) {
		uint8_t tag = *r.p++;
		const struct dlms_type *t = dlms_type(tag);
		struct dlms_node *node;

		if (t->form == DLMS_FORM_COMPACT) {
			add_compact(b, &r);
			continue;
		}
		node = new_node(b, tag);
		if (!node)
			return;
		if (t->form == DLMS_FORM_LIST)
			node->count = (uint32_t)read_length(&r);
		else
			read_leaf(&r, node, t);
	}
}

int dlms_decode(struct span from, struct dlms_node *nodes, size_t room,
		size_t *ret_n)
{
	struct builder b = { nodes, room, 0, 0 };
	struct reader r = reader_of(from);

	if (!from.len || dlms_data_skip(&r) || reader_done(&r))
		return -EBADMSG;
	add_values(&b, from);
	if (b.err)
		return b.err;
	*ret_n = b.n;
	return 0;
}

static size_t elements_of(const struct dlms_node *node)
{
	switch (dlms_type(node->tag)->form) {
	case DLMS_FORM_COMPACT:
		return (size_t)node->count + 1;
	case DLMS_FORM_LIST:
		return node->type && node->tag == DLMS_ARRAY ? 1 : node->count;
	default:
		return 0;
	}
}

size_t dlms_node_end(const struct dlms_node *nodes, size_t n, size_t at)
{
	size_t todo = 1;

	for (; at < n && todo; at++)
		todo += elements_of(&nodes[at]) - 1;
	return at;
}

/* --- encoding */

struct walk {
	const struct dlms_node *nodes;
	size_t n, at;
	unsigned int depth;
};

static const struct dlms_node *next_node(struct walk *t, struct wbuf *w,
					 bool type)
{
	if (w->bad || !t->depth || t->at >= t->n ||
	    t->nodes[t->at].type != type) {
		w->bad = true;
		return NULL;
	}
	return &t->nodes[t->at++];
}

/* Does a value of the type have octets? */
static bool encode_type(struct walk *t, struct wbuf *w)
{
	const struct dlms_node *node = next_node(t, w, true);
	bool octets = false;
	uint8_t form;

	if (!node)
		return false;
	form = dlms_type(node->tag)->form;
	w->bad |= form == DLMS_FORM_NONE || form == DLMS_FORM_COMPACT;
	write_u8(w, node->tag);
	if (node->tag == DLMS_ARRAY) {
		w->bad |= node->count > UINT16_MAX;
		write_be(w, node->count, 2);
	} else if (node->tag == DLMS_STRUCTURE) {
		write_length(w, node->count);
	} else {
		return form != DLMS_FORM_NULL;
	}
	t->depth--;
	for (size_t n = elements_of(node); n && !w->bad; n--)
		octets |= encode_type(t, w);
	t->depth++;
	if (node->tag == DLMS_ARRAY) {
		/* As decoding: elements without octets. */
		w->bad |= node->count && !octets;
		octets &= node->count != 0;
	}
	return octets;
}

static void encode_value(struct walk *t, struct wbuf *w, size_t *type);

/* type: index of the type of the next packed value, NULL for ordinary ones. */
static void encode_list(struct walk *t, struct wbuf *w,
			const struct dlms_node *node, size_t *type)
{
	bool same = type && node->tag == DLMS_ARRAY;
	size_t first = type ? *type : 0;

	if (!type)
		write_length(w, node->count);
	for (uint32_t n = 0; n < node->count && !w->bad; n++) {
		if (same)
			*type = first;
		encode_value(t, w, type);
	}
	if (same)
		*type = dlms_node_end(t->nodes, t->n, first);
}

static void encode_contents(struct walk *t, struct wbuf *w, uint32_t count,
			    size_t first)
{
	for (uint32_t n = 0; n < count && !w->bad; n++) {
		size_t type = first;

		encode_value(t, w, &type);
	}
}

static void encode_compact(struct walk *t, struct wbuf *w,
			   const struct dlms_node *node)
{
	struct wbuf counted = wbuf_counting();
	size_t first = t->at, contents;

	/* Elements without octets would be lost. */
	if (!encode_type(t, w) && node->count)
		w->bad = true;
	contents = t->at;
	counted.bad = w->bad;
	encode_contents(t, &counted, node->count, first);
	w->bad |= counted.bad;
	write_length(w, counted.len);
	t->at = contents;
	encode_contents(t, w, node->count, first);
}

static void encode_number(struct wbuf *w, const struct dlms_node *node)
{
	const struct dlms_type *t = dlms_type(node->tag);
	unsigned int bits = 8U * t->size;
	uint64_t value = node->number;

	/* Two's complement: all bits above are as the highest one. */
	if (t->form == DLMS_FORM_INT && value >> (bits - 1) & 1)
		value = ~value;
	if (bits < 64 && value >> bits)
		w->bad = true;
	write_be(w, node->number, t->size);
}

static void encode_value(struct walk *t, struct wbuf *w, size_t *type)
{
	const struct dlms_node *node = next_node(t, w, false), *want;
	struct span bytes;

	if (!node)
		return;
	if (type) {
		want = &t->nodes[(*type)++];
		w->bad |= want->tag != node->tag ||
			  (dlms_type(node->tag)->form == DLMS_FORM_LIST &&
			   want->count != node->count);
	} else {
		write_u8(w, node->tag);
	}
	t->depth--;
	bytes = node->bytes;
	switch ((enum dlms_form)dlms_type(node->tag)->form) {
	case DLMS_FORM_NONE:
		w->bad = true;
		break;
	case DLMS_FORM_NULL:
		break;
	case DLMS_FORM_LIST:
		encode_list(t, w, node, type);
		break;
	case DLMS_FORM_COMPACT:
		encode_compact(t, w, node);
		break;
	case DLMS_FORM_BOOLEAN:
		w->bad |= node->number > 1;
		write_u8(w, node->number ? 0xff : 0);
		break;
	case DLMS_FORM_BITS:
		w->bad |= bytes.len != (node->count + UINT64_C(7)) / 8;
		write_length(w, node->count);
		write_span(w, bytes);
		break;
	case DLMS_FORM_BYTES:
		write_length(w, bytes.len);
		write_span(w, bytes);
		break;
	case DLMS_FORM_FIXED:
		w->bad |= bytes.len != dlms_type(node->tag)->size;
		write_span(w, bytes);
		break;
	case DLMS_FORM_UINT:
	case DLMS_FORM_INT:
	case DLMS_FORM_FLOAT:
		encode_number(w, node);
		break;
	}
	t->depth++;
}

void dlms_put_nodes(struct wbuf *w, const struct dlms_node *nodes, size_t n)
{
	struct walk t = { nodes, n, 0, DLMS_MAX_DEPTH };

	encode_value(&t, w, NULL);
	w->bad |= t.at != n;
}

int dlms_encode(const struct dlms_node *nodes, size_t n, uint8_t *out,
		size_t room, size_t *ret_len)
{
	struct wbuf w = wbuf_counting();

	dlms_put_nodes(&w, nodes, n);
	if (w.bad)
		return -EINVAL;
	*ret_len = w.len;
	if (!out)
		return 0;
	if (w.len > room)
		return -ENOSPC;
	w = wbuf_of(out, room);
	dlms_put_nodes(&w, nodes, n);
	return w.bad ? -EINVAL : 0;
}
