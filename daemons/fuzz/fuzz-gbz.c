// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The first octet says what the others are: a message of one kind or another,
 * the payload of a command, or a value as text. What is accepted is written
 * again to the same octets, and each of them is described once.
 */
#include <errno.h>

#include "../proto/gbz-dump.h"
#include "fuzz.h"

#define ROOM 4096

/* How often each octet was described. */
struct listener {
	struct dump dump;
	struct span of;
	uint8_t times[ROOM];
	int depth;
	size_t octets;
};

static void listen(struct dump *dump, const char *name, struct span raw,
		   const char *meaning)
{
	struct listener *l = (struct listener *)dump;

	l->octets += strlen(name) + (meaning ? strlen(meaning) : 0);
	for (size_t n = 0; n < raw.len; n++)
		l->times[raw.p + n - l->of.p]++;
}

static void listen_begin(struct dump *dump, const char *name, struct span raw,
			 const char *meaning)
{
	((struct listener *)dump)->depth++;
	listen(dump, name, raw, meaning);
}

static void listen_end(struct dump *dump)
{
	require(((struct listener *)dump)->depth-- > 0);
}

static void listener_of(struct listener *l, struct span of)
{
	l->dump = (struct dump){ listen_begin, listen, listen_end };
	l->of = of;
	memset(l->times, 0, of.len);
	l->depth = 0;
	l->octets = 0;
}

static void listened(const struct listener *l)
{
	require(!l->depth);
	for (size_t n = 0; n < l->of.len; n++)
		require(l->times[n] == 1);
}

static void try_message(enum gbcs_cra cra, uint16_t code, struct span from)
{
	static struct listener l;
	static uint8_t out[ROOM];
	struct wbuf w = wbuf_of(out, sizeof(out));
	struct gbz_message msg;

	if (gbz_parse(cra, code, from, &msg)) {
		require(gbz_recode(cra, code, from, &w) == -EBADMSG);
		return;
	}
	require(!gbz_recode(cra, code, from, &w) && !w.bad);
	require(span_equal(SPAN(out, w.len), from));
	listener_of(&l, from);
	require(!gbz_dump(&l.dump, cra, code, from));
	listened(&l);
}

/* To text and back. */
static void try_text(const struct zcl_value *v, struct zcl_about about)
{
	static char text[4 * ROOM + 3];
	static uint8_t octets[ROOM];
	struct wbuf store = wbuf_of(octets, sizeof(octets));
	struct zcl_value back;

	require(!zcl_value_to_text(v, about, text, sizeof(text)));
	require(!zcl_value_from_text(v->type, about, text, &store, &back));
	require(back.number == v->number && back.invalid == v->invalid);
	require(span_equal(back.bytes, v->bytes));
}

static void try_payload(const struct zcl_command *command, uint16_t cluster,
			struct span from)
{
	static struct listener l;
	static uint8_t out[ROOM];
	struct wbuf w = wbuf_of(out, sizeof(out));
	struct zcl_reader r =
		zcl_reader_of(command, cluster, command->kind, from);
	struct zcl_writer writer =
		zcl_writer_of(command, cluster, command->kind, &w);
	struct zcl_item item;

	listener_of(&l, from);
	gbz_dump_plain(&l.dump, cluster, command->kind, command->id, from);
	listened(&l);
	if (zcl_check(command, from))
		return;
	while (zcl_next(&r, &item)) {
		try_text(&item.value, item.about);
		zcl_write(&writer, &item.value);
	}
	zcl_write_end(&writer);
	require(!r.from.bad && !w.bad);
	require(span_equal(SPAN(out, w.len), from));
}

/* type, meaning, text */
static void try_from_text(struct span from)
{
	static char text[ROOM + 1];
	static uint8_t octets[ROOM];
	struct wbuf store = wbuf_of(octets, sizeof(octets));
	struct zcl_about about = { 0, ZCL_PREPAYMENT, ZCL_FROM_SERVER };
	struct zcl_value value;

	if (from.len < 2)
		return;
	about.meaning = from.p[1] % ZCL_MEANINGS;
	memcpy(text, from.p + 2, from.len - 2);
	text[from.len - 2] = 0;
	if (!zcl_value_from_text(from.p[0], about, text, &store, &value))
		try_text(&value, about);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint16_t codes[] = { 0x008b, 0x00cd, 0x00cf, 0x00f2,
					  0x1001 };
	const struct zcl_command *command;
	struct span from;

	if (len < 2 || len > ROOM)
		return 0;
	from = SPAN(data + 1, len - 1);
	if (data[0] == 0) {
		try_message(GBCS_COMMAND, 0x006f, from);
	} else if (data[0] <= 5) {
		try_message(GBCS_ALERT, codes[data[0] - 1], from);
	} else if (data[0] == 6) {
		try_from_text(from);
	} else {
		command = &zcl_commands[data[0] % zcl_command_count];
		try_payload(command,
			    command->cluster ? command->cluster :
					       ZCL_PREPAYMENT,
			    from);
	}
	return 0;
}
