// SPDX-License-Identifier: LGPL-2.1-or-later
#include "zcl-payload.h"

#include <errno.h>

#define TO_END_LEFT UINT32_MAX

static const struct zcl_field rest_field = {
	.name = "rest",
	.type = ZCL_REST,
};

static const struct zcl_field payload_field = {
	.name = "payload",
	.type = ZCL_REST,
};

/* --- following a table */

static uint32_t times(const struct zcl_cursor *c, const struct zcl_field *rule,
		      bool more)
{
	uint64_t kept = c->kept[rule->slot];

	switch (rule->rule) {
	case ZCL_TIMES_LOW4:
		return kept & 0xf;
	case ZCL_TO_END:
		return more ? TO_END_LEFT : 0;
	default:
		return kept < TO_END_LEFT ? (uint32_t)kept : TO_END_LEFT - 1;
	}
}

/* At the end of a group: once more, or out of it. */
static void leave_groups(struct zcl_cursor *c, bool more)
{
	while (c->depth && c->at == c->group[c->depth - 1].end) {
		uint32_t *left = &c->group[c->depth - 1].left;

		if (*left == TO_END_LEFT)
			*left = more ? TO_END_LEFT : 0;
		else
			--*left;
		if (!*left) {
			c->depth--;
			continue;
		}
		c->group[c->depth - 1].index++;
		c->at = c->group[c->depth - 1].first;
	}
}

static void enter_group(struct zcl_cursor *c, const struct zcl_field *rule,
			bool more)
{
	uint64_t kept = c->kept[rule->slot];
	uint32_t left;

	if (rule->rule == ZCL_WHEN) {
		if (kept > 7 || !(rule->values >> kept & 1))
			c->at += rule->members;
		return;
	}
	left = times(c, rule, more);
	if (!left || c->depth == ZCL_MAX_DEPTH) {
		c->at += rule->members;
		return;
	}
	c->group[c->depth].rule = rule;
	c->group[c->depth].first = c->at;
	c->group[c->depth].end = c->at + rule->members;
	c->group[c->depth].index = 0;
	c->group[c->depth].left = left;
	c->depth++;
}

/*
 * The field of the next value, NULL at the end. more: there is one to read, or
 * to write; without it, a field is one that is missing.
 */
static const struct zcl_field *next_field(struct zcl_cursor *c, bool more)
{
	const struct zcl_command *command = c->command;
	const struct zcl_field *field;

	for (;;) {
		leave_groups(c, more);
		if (!command || c->at == command->count)
			break;
		field = &command->fields[c->at++];
		if (field->rule == ZCL_FIELD ||
		    (field->rule == ZCL_OPTIONAL && more))
			return field;
		if (field->rule != ZCL_OPTIONAL)
			enter_group(c, field, more);
	}
	if (!more || c->rest)
		return NULL;
	c->rest = true;
	return command ? &rest_field : &payload_field;
}

static uint8_t type_of(const struct zcl_cursor *c,
		       const struct zcl_field *field)
{
	if (field->type == ZCL_VARIES)
		return (uint8_t)c->kept[field->slot];
	return field->type;
}

static void keep(struct zcl_cursor *c, const struct zcl_field *field,
		 const struct zcl_value *value)
{
	if (field->type != ZCL_VARIES && field->slot)
		c->kept[field->slot] = value->number;
}

/* What a value means, an attribute's by its id. */
static struct zcl_about about_of(const struct zcl_cursor *c,
				 const struct zcl_field *field,
				 struct zcl_about about)
{
	const struct zcl_attribute *attribute;
	uint16_t id;

	about.meaning = field->meaning;
	if (field->type == ZCL_VARIES) {
		id = (uint16_t)c->kept[ZCL_SLOT_ATTRIBUTE];
		attribute = zcl_attribute_find(about.cluster, id);
		if (attribute)
			about.meaning = attribute->meaning;
	}
	return about;
}

static struct zcl_cursor cursor_of(const struct zcl_command *command)
{
	return (struct zcl_cursor){ .command = command };
}

/* --- reading */

struct zcl_reader zcl_reader_of(const struct zcl_command *command,
				uint16_t cluster, uint8_t frame_control,
				struct span payload)
{
	return (struct zcl_reader){
		.from = reader_of(payload),
		.cursor = cursor_of(command),
		.about = { ZCL_AS_NUMBER, cluster, frame_control },
	};
}

/* NULL: no more, or bad. */
static const struct zcl_field *read_next(struct zcl_reader *r,
					 struct zcl_value *ret)
{
	const struct zcl_field *field;

	if (r->from.bad)
		return NULL;
	field = next_field(&r->cursor, reader_left(&r->from) != 0);
	if (!field)
		return NULL;
	zcl_value_read(&r->from, type_of(&r->cursor, field), ret);
	if (r->from.bad)
		return NULL;
	keep(&r->cursor, field, ret);
	return field;
}

bool zcl_next(struct zcl_reader *r, struct zcl_item *ret)
{
	const uint8_t *start = r->from.p;
	const struct zcl_cursor *c = &r->cursor;
	const struct zcl_field *field;
	struct zcl_item item = { 0 };

	field = read_next(r, &item.value);
	if (!field)
		return false;
	item.name = field->name;
	item.about = about_of(c, field, r->about);
	item.raw = SPAN(start, (size_t)(r->from.p - start));
	item.depth = c->depth;
	if (c->depth) {
		item.group = c->group[c->depth - 1].rule->name;
		item.members = c->group[c->depth - 1].rule->members;
		item.index = c->group[c->depth - 1].index;
		item.first = c->at == c->group[c->depth - 1].first + 1;
	}
	*ret = item;
	return true;
}

uint64_t zcl_next_number(struct zcl_reader *r)
{
	struct zcl_value value;

	if (!read_next(r, &value) || !zcl_is_number(value.type)) {
		r->from.bad = true;
		return 0;
	}
	return value.number;
}

struct span zcl_next_bytes(struct zcl_reader *r)
{
	struct zcl_value value;

	if (!read_next(r, &value) || zcl_is_number(value.type)) {
		r->from.bad = true;
		return SPAN(r->from.end, 0);
	}
	return value.bytes;
}

int zcl_check(const struct zcl_command *command, struct span payload)
{
	struct zcl_reader r = zcl_reader_of(command, 0, 0, payload);
	struct zcl_value value;

	while (read_next(&r, &value))
		;
	return r.from.bad ? -EBADMSG : 0;
}

int zcl_find(struct zcl_reader from, const char *name, size_t nth,
	     struct zcl_item *ret)
{
	struct zcl_item item;

	while (zcl_next(&from, &item)) {
		if (strcmp(item.name, name) != 0 || nth--)
			continue;
		*ret = item;
		return 0;
	}
	return from.from.bad ? -EBADMSG : -ENOENT;
}

int zcl_find_number(struct zcl_reader from, const char *name, uint64_t *ret)
{
	struct zcl_item item;
	int r = zcl_find(from, name, 0, &item);

	if (r)
		return r;
	if (!zcl_is_number(item.value.type))
		return -ENOENT;
	*ret = item.value.number;
	return 0;
}

/* --- writing */

struct zcl_writer zcl_writer_of(const struct zcl_command *command,
				uint16_t cluster, uint8_t frame_control,
				struct wbuf *to)
{
	return (struct zcl_writer){
		.to = to,
		.cursor = cursor_of(command),
		.about = { ZCL_AS_NUMBER, cluster, frame_control },
	};
}

const char *zcl_write_next(const struct zcl_writer *w, uint8_t *ret_type,
			   struct zcl_about *ret_about)
{
	struct zcl_cursor cursor = w->cursor;
	const struct zcl_field *field = next_field(&cursor, true);

	if (!field)
		return NULL;
	*ret_type = type_of(&cursor, field);
	*ret_about = about_of(&cursor, field, w->about);
	return field->name;
}

enum given {
	GIVEN_VALUE, /* of a type, or 0 */
	GIVEN_NUMBER,
	GIVEN_BYTES,
};

static void write_value(struct zcl_writer *w, struct zcl_value v,
			enum given given)
{
	const struct zcl_field *field = next_field(&w->cursor, true);
	uint8_t type;

	if (!field) {
		w->to->bad = true;
		return;
	}
	type = type_of(&w->cursor, field);
	if (given != GIVEN_VALUE)
		w->to->bad |= zcl_is_number(type) != (given == GIVEN_NUMBER);
	else if (v.type)
		w->to->bad |= v.type != type;
	v.type = type;
	keep(&w->cursor, field, &v);
	zcl_value_put(w->to, &v);
}

void zcl_write(struct zcl_writer *w, const struct zcl_value *value)
{
	write_value(w, *value, GIVEN_VALUE);
}

void zcl_write_number(struct zcl_writer *w, uint64_t number)
{
	write_value(w, (struct zcl_value){ .number = number }, GIVEN_NUMBER);
}

void zcl_write_bytes(struct zcl_writer *w, struct span bytes)
{
	write_value(w, (struct zcl_value){ .bytes = bytes }, GIVEN_BYTES);
}

void zcl_write_end(struct zcl_writer *w)
{
	if (next_field(&w->cursor, false))
		w->to->bad = true;
}

void zcl_put(struct wbuf *w, const struct zcl_command *command,
	     const struct zcl_value *values, size_t count)
{
	struct zcl_writer writer = zcl_writer_of(command, 0, 0, w);

	for (size_t n = 0; n < count; n++)
		zcl_write(&writer, &values[n]);
	zcl_write_end(&writer);
}

int zcl_put_text(struct wbuf *w, const struct zcl_command *command,
		 uint16_t cluster, uint8_t frame_control,
		 const struct zcl_text *texts, size_t count, struct wbuf *store,
		 size_t *ret_at)
{
	struct zcl_writer writer =
		zcl_writer_of(command, cluster, frame_control, w);
	struct zcl_about about;
	struct zcl_value value;
	size_t n = 0, unused;
	const char *name;
	uint8_t type;
	int r = 0;

	for (; n < count && !r; n++) {
		name = zcl_write_next(&writer, &type, &about);
		if (!name ||
		    (texts[n].name && !zcl_same_name(texts[n].name, name)))
			r = -EINVAL;
		else
			r = zcl_value_from_text(type, about, texts[n].value,
						store, &value);
		if (!r)
			zcl_write(&writer, &value);
	}
	if (!r && !w->bad) {
		zcl_write_end(&writer);
		*(ret_at ? ret_at : &unused) = count;
		return w->bad ? -EINVAL : 0;
	}
	*(ret_at ? ret_at : &unused) = n - 1;
	return r ? r : -ENOSPC;
}
