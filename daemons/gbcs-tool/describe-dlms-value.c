// SPDX-License-Identifier: LGPL-2.1-or-later
/* Descriptions: values of DLMS, by their trees, to text and back. */
#include <errno.h>
#include <inttypes.h>

#include "../proto/dlms-time.h"
#include "describe-dlms.h"

/* Lists of no more scalars than this stand on one line. */
#define SHORT_LIST 8
/* A value of n octets has at most about as many nodes (see dlms-data.h). */
#define MAX_NODES (4 * GBCS_MESSAGE_MAX)

/* --- times: octet-strings of 12 are nearly always one */

static bool time_text(struct span octets, char text[DLMS_TIME_TEXT_LEN])
{
	uint8_t again[DLMS_DATE_TIME_LEN];
	struct wbuf w = wbuf_of(again, sizeof(again));
	struct dlms_time time;

	if (octets.len != DLMS_DATE_TIME_LEN || dlms_time_parse(octets, &time))
		return false;
	dlms_time_text(&time, octets.len, text);
	if (dlms_time_from_text(text, &time))
		return false;
	dlms_time_put(&w, &time, sizeof(again));
	return span_equal(SPAN(again, w.len), octets);
}

void describe_time(struct span octets, struct text_out *out)
{
	char text[DLMS_TIME_TEXT_LEN];

	if (time_text(octets, text))
		text_putf(out, "%s", text);
	else
		text_put_hex(out, octets);
}

/* A time, or the octets as they are. */
bool undescribe_time(struct text *t, struct span *ret)
{
	char word[DLMS_TIME_TEXT_LEN];
	size_t from = t->octets.len;
	struct text before = *t;
	struct dlms_time time;

	if (!text_word(t, "time", word, sizeof(word)))
		return false;
	if (dlms_time_from_text(word, &time)) {
		*t = before;
		if (text_hex(t, "time", ret) && ret->len == DLMS_DATE_TIME_LEN)
			return true;
		return text_fail(t,
				 "'%s' is not a time, as "
				 "2015-01-01T00:00:00Z, now or never",
				 word);
	}
	dlms_time_put(&t->octets, &time, DLMS_DATE_TIME_LEN);
	*ret = SPAN(t->octets.p + from, DLMS_DATE_TIME_LEN);
	return !t->octets.bad || text_fail(t, "too long for a message");
}

void describe_seconds(uint32_t seconds, struct text_out *out)
{
	char text[DLMS_TIME_TEXT_LEN];
	struct dlms_time time;

	dlms_time_from_seconds(seconds, &time);
	dlms_time_text(&time, DLMS_DATE_TIME_LEN, text);
	text_putf(out, "%s", text);
}

bool text_time(struct text *t, const char *what, uint32_t *ret)
{
	char word[DLMS_TIME_TEXT_LEN];
	struct dlms_time time;
	int64_t seconds;

	if (!text_word(t, what, word, sizeof(word)))
		return false;
	if (dlms_time_from_text(word, &time) ||
	    dlms_time_to_seconds(&time, &seconds) || seconds < 0 ||
	    seconds > UINT32_MAX)
		return text_fail(t,
				 "%s: '%s' is not a time, as "
				 "2015-01-01T00:00:00Z",
				 what, word);
	*ret = (uint32_t)seconds;
	return true;
}

/* --- to text */

static void describe_type(struct reader *r, struct text_out *out)
{
	uint8_t tag = read_u8(r);
	size_t count;

	text_putf(out, "%s", dlms_type(tag)->name);
	if (tag == DLMS_ARRAY) {
		text_putf(out, "%u", read_be16(r));
		describe_type(r, out);
	} else if (tag == DLMS_STRUCTURE) {
		count = read_length(r);
		text_putf(out, "{");
		while (count--)
			describe_type(r, out);
		text_putf(out, "}");
	}
}

static bool is_list(const struct dlms_data *data)
{
	uint8_t form = dlms_type(data->tag)->form;

	return form == DLMS_FORM_LIST || form == DLMS_FORM_COMPACT;
}

static bool is_short(const struct dlms_data *list)
{
	struct dlms_iter it = dlms_iter_of(list);
	struct dlms_data element;

	if (list->count > SHORT_LIST)
		return false;
	while (dlms_next(&it, &element))
		if (is_list(&element) && element.count)
			return false;
	return true;
}

static int describe_list(const struct dlms_data *list, struct text_out *out)
{
	struct dlms_iter it = dlms_iter_of(list);
	bool on_one_line = is_short(list);
	struct dlms_data element;
	int r = 0;

	if (on_one_line)
		text_putf(out, "{");
	else
		text_put_open(out);
	while (!r && dlms_next(&it, &element)) {
		r = describe_value(&element, out);
		if (!on_one_line && out->line_begun)
			text_put_end(out);
	}
	if (on_one_line)
		text_putf(out, "}");
	else
		text_put_close(out);
	return r;
}

static void describe_bytes(const struct dlms_data *data, struct text_out *out)
{
	char text[DLMS_TIME_TEXT_LEN];

	if (data->tag == DLMS_OCTET_STRING && time_text(data->body, text)) {
		text_putf(out, "time %s", text);
		return;
	}
	text_putf(out, "%s", dlms_type(data->tag)->name);
	if (data->tag == DLMS_VISIBLE_STRING || data->tag == DLMS_UTF8_STRING)
		text_put_string(out, data->body);
	else
		text_put_hex(out, data->body);
}

static void describe_bits(const struct dlms_data *data, struct text_out *out)
{
	struct span octets = SPAN(data->body.p, (data->count + 7) / 8);

	text_putf(out, "bit-string %u", (unsigned int)data->count);
	text_put_hex(out, octets);
}

int describe_value(const struct dlms_data *data, struct text_out *out)
{
	const struct dlms_type *type = dlms_type(data->tag);
	struct reader r = reader_of(data->type);

	switch (type->form) {
	case DLMS_FORM_NULL:
		text_putf(out, "null-data");
		return 0;
	case DLMS_FORM_COMPACT:
		text_putf(out, "compact-array");
		describe_type(&r, out);
		return describe_list(data, out);
	case DLMS_FORM_LIST:
		text_putf(out, "%s", type->name);
		return describe_list(data, out);
	case DLMS_FORM_BITS:
		describe_bits(data, out);
		return 0;
	case DLMS_FORM_BYTES:
	case DLMS_FORM_FIXED:
		describe_bytes(data, out);
		return 0;
	case DLMS_FORM_INT:
		text_putf(out, "%s %" PRId64, type->name,
			  (int64_t)dlms_number(data));
		return 0;
	case DLMS_FORM_FLOAT:
		text_putf(out, "%s 0x%" PRIx64, type->name, dlms_number(data));
		return 0;
	default:
		text_putf(out, "%s %" PRIu64, type->name, dlms_number(data));
		return 0;
	}
}

int describe_selection(const struct dlms_spec *spec, struct text_out *out)
{
	struct dlms_range range;

	if (spec->selector == DLMS_SELECTOR_RANGE &&
	    !dlms_range_parse(&spec->selection, &range)) {
		text_putf(out, "range");
		describe_seconds(range.from_s, out);
		describe_seconds(range.to_s, out);
		return 0;
	}
	text_putf(out, "%u", spec->selector);
	return describe_value(&spec->selection, out);
}

/* --- from text */

struct tree {
	struct dlms_node *node;
	size_t n;
	unsigned int depth;
};

static struct dlms_node *add(struct text *t, struct tree *tree, uint8_t tag)
{
	struct dlms_node *node = &tree->node[tree->n];

	if (tree->n == MAX_NODES) {
		text_fail(t, "too many values for a message");
		return NULL;
	}
	tree->n++;
	*node = (struct dlms_node){ .tag = tag };
	return node;
}

/* Is it the name of a type? Then take it; 0 otherwise, which is null-data. */
static int take_type(struct text *t)
{
	for (int tag = 0; tag <= DLMS_TIME; tag++) {
		const struct dlms_type *type = dlms_type((uint8_t)tag);

		if (type->form != DLMS_FORM_NONE && text_take(t, type->name))
			return tag;
	}
	return -1;
}

bool undescribe_begins(const struct text *t)
{
	struct text ahead = *t;

	return take_type(&ahead) >= 0;
}

static bool parse_type(struct text *t, struct tree *tree)
{
	int tag = take_type(t);
	struct dlms_node *node;
	uint64_t count;
	bool good = true;

	if (tag < 0)
		return text_unexpected(t, "a type");
	node = add(t, tree, (uint8_t)tag);
	if (!node)
		return false;
	node->type = true;
	if (++tree->depth > DLMS_MAX_DEPTH)
		return text_fail(t, "nested too deeply");
	if (tag == DLMS_ARRAY) {
		good = text_uint(t, "elements", UINT16_MAX, &count);
		if (good)
			node->count = (uint32_t)count;
		good = good && parse_type(t, tree);
	} else if (tag == DLMS_STRUCTURE) {
		good = text_expect(t, "{");
		while (good && !text_take(t, "}")) {
			node->count++;
			good = parse_type(t, tree);
		}
	}
	tree->depth--;
	return good;
}

static bool parse_value(struct text *t, struct tree *tree);

static bool parse_list(struct text *t, struct tree *tree,
		       struct dlms_node *node)
{
	if (++tree->depth > DLMS_MAX_DEPTH)
		return text_fail(t, "nested too deeply");
	if (!text_expect(t, "{"))
		return false;
	while (!text_take(t, "}")) {
		node->count++;
		if (!parse_value(t, tree))
			return false;
	}
	tree->depth--;
	return true;
}

static bool parse_bits(struct text *t, struct dlms_node *node)
{
	uint64_t count;

	if (!text_uint(t, "bits", UINT16_MAX, &count) ||
	    !text_hex(t, "bit-string", &node->bytes))
		return false;
	node->count = (uint32_t)count;
	return node->bytes.len == (count + 7) / 8 ||
	       text_fail(t, "bit-string: %u bits are not %zu octets",
			 (unsigned int)count, node->bytes.len);
}

static bool parse_int(struct text *t, const struct dlms_type *type,
		      struct dlms_node *node)
{
	int64_t max = INT64_MAX >> (64 - 8 * type->size), value;

	if (!text_int(t, type->name, -max - 1, max, &value))
		return false;
	node->number = (uint64_t)value;
	return true;
}

/* What stands behind a type's name. */
static bool parse_scalar(struct text *t, int tag, struct dlms_node *node)
{
	const struct dlms_type *type = dlms_type((uint8_t)tag);

	switch (type->form) {
	case DLMS_FORM_NULL:
		return true;
	case DLMS_FORM_BOOLEAN:
		return text_uint(t, type->name, 1, &node->number);
	case DLMS_FORM_BITS:
		return parse_bits(t, node);
	case DLMS_FORM_INT:
		return parse_int(t, type, node);
	case DLMS_FORM_UINT:
	case DLMS_FORM_FLOAT:
		return text_uint(t, type->name,
				 UINT64_MAX >> (64 - 8 * type->size),
				 &node->number);
	default:
		break;
	}
	if (tag == DLMS_VISIBLE_STRING || tag == DLMS_UTF8_STRING)
		return text_string(t, type->name, &node->bytes);
	if (!text_hex(t, type->name, &node->bytes))
		return false;
	return type->form != DLMS_FORM_FIXED || node->bytes.len == type->size ||
	       text_fail(t, "%s has %u octets", type->name, type->size);
}

static bool parse_value(struct text *t, struct tree *tree)
{
	struct dlms_node *node;
	bool time = false;
	int tag = -1;

	/* "time" is the name of a type of 4 octets, too: of a hex word. */
	if (text_is(t, "time")) {
		text_take(t, "time");
		time = t->word && t->len != 2 * DLMS_TIME_LEN;
		tag = time ? DLMS_OCTET_STRING : DLMS_TIME;
	} else {
		tag = take_type(t);
	}
	if (tag < 0)
		return text_unexpected(t, "the type of a value");
	node = add(t, tree, (uint8_t)tag);
	if (!node)
		return false;
	if (time)
		return undescribe_time(t, &node->bytes);
	if (tag == DLMS_COMPACT_ARRAY)
		return parse_type(t, tree) && parse_list(t, tree, node);
	if (tag == DLMS_ARRAY || tag == DLMS_STRUCTURE)
		return parse_list(t, tree, node);
	return parse_scalar(t, tag, node);
}

bool undescribe_value(struct text *t, struct wbuf *w, struct span *ret_raw)
{
	static struct dlms_node nodes[MAX_NODES];
	struct tree tree = { .node = nodes };
	size_t from = w->len;

	if (!parse_value(t, &tree))
		return false;
	dlms_put_nodes(w, nodes, tree.n);
	if (w->bad)
		return text_fail(t, "a value is too long, or an element is not "
				    "of its compact-array's type");
	*ret_raw = SPAN(w->p + from, w->len - from);
	return true;
}

bool undescribe_selection(struct text *t, struct wbuf *w, struct dlms_spec *ret)
{
	struct dlms_range range;
	size_t from = w->len;
	struct span raw;
	uint64_t selector = DLMS_SELECTOR_RANGE;

	if (text_take(t, "range")) {
		if (!text_time(t, "range", &range.from_s) ||
		    !text_time(t, "range", &range.to_s))
			return false;
		dlms_put_range(w, &range);
		raw = SPAN(w->p + from, w->len - from);
	} else if (!text_uint(t, "selector", UINT8_MAX, &selector) ||
		   !undescribe_value(t, w, &raw)) {
		return false;
	}
	ret->selector = (uint8_t)selector;
	return !dlms_data_parse(raw, &ret->selection) ||
	       text_fail(t, "no such selection");
}
