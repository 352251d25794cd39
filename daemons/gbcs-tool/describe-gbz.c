// SPDX-License-Identifier: LGPL-2.1-or-later
/* Descriptions: GBZ content to text and back. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "../proto/gbz-message.h"
#include "describe.h"

/* A field has at least an octet, a string 4 characters for each. */
#define MAX_FIELDS GBCS_MESSAGE_MAX
#define MAX_VALUE (4 * GBCS_MESSAGE_MAX)

static const char *const bodies[] = {
	[GBZ_COMPONENTS] = "components", [GBZ_NOTHING] = "nothing",
	[GBZ_FUTURE_DATED] = "command",	 [GBZ_HASH] = "hash",
	[GBZ_REASON] = "reason",	 [GBZ_USER_INTERFACE] = "interface",
	[GBZ_OTHER] = "octets",
};

/* --- to text */

/* Names have spaces, words have none; both mean the same to ZCL. */
static void put_name(struct text_out *out, const char *name)
{
	text_putf(out, "%s", "");
	for (; *name; name++)
		fputc(*name == ' ' ? '-' : *name, out->file);
	out->line_begun = true;
}

static int put_value(const struct zcl_item *item, struct text_out *out)
{
	static char text[MAX_VALUE];

	if (zcl_value_to_text(&item->value, item->about, text, sizeof(text)))
		return -EBADMSG;
	if (*text == '"')
		text_putf(out, "%s", text);
	else
		put_name(out, *text ? text : "\"\"");
	return 0;
}

static int put_payload(const struct gbz_component *c, struct text_out *out)
{
	const struct zcl_command *command = gbz_command(c);
	struct zcl_reader r = gbz_payload(c, c->payload);
	struct zcl_item item;

	/* Without its table, or against it, it is only octets. */
	if (!command || zcl_check(command, c->payload)) {
		text_putf(out, "payload");
		text_put_hex(out, c->payload);
		text_put_end(out);
		return 0;
	}
	text_put_open(out);
	while (zcl_next(&r, &item)) {
		/* A group on one line, fields of their own on others. */
		if (out->line_begun && (item.first || !item.depth))
			text_put_end(out);
		put_name(out, item.name);
		if (put_value(&item, out))
			return -EBADMSG;
	}
	text_put_close(out);
	return 0;
}

/* By its name where that says all, also the frame control. */
static void put_command(const struct gbz_component *c, struct text_out *out)
{
	const struct zcl_command *command = gbz_command(c);

	if (command &&
	    zcl_command_by_name(c->cluster, command->name) == command) {
		put_name(out, command->name);
		if (c->frame_control == command->kind)
			return;
	} else {
		text_putf(out, "0x%02x", c->command);
	}
	text_putf(out, "frame-control 0x%02x", c->frame_control);
}

static int put_component(const struct gbz_component *c, struct text_out *out)
{
	const char *cluster = zcl_cluster_name(c->cluster);

	text_putf(out, "component");
	if (cluster)
		put_name(out, cluster);
	else
		text_putf(out, "0x%04x", c->cluster);
	put_command(c, out);
	if (c->frame_control & ZCL_MANUFACTURER)
		text_putf(out, "manufacturer 0x%04x", c->manufacturer);
	text_putf(out, "sequence %u", c->seq);
	if (c->control & GBZ_FROM_DATE_TIME) {
		text_putf(out, "from");
		if (c->from_s >= UINT32_MAX - 1)
			text_putf(out, "0x%08x", (unsigned int)c->from_s);
		else
			describe_seconds(c->from_s, out);
	}
	if (!(c->control & GBZ_ENCRYPTED))
		return put_payload(c, out);
	text_putf(out, "sealed %u", c->frame_counter);
	text_put_hex(out, c->sealed);
	text_put_end(out);
	return 0;
}

static void put_body(const struct gbz_message *gbz, struct text_out *out)
{
	const struct gbz_future_dated *dated = &gbz->future_dated;

	if (gbz->body == GBZ_COMPONENTS)
		return;
	text_putf(out, "%s", bodies[gbz->body]);
	switch (gbz->body) {
	case GBZ_FUTURE_DATED:
		text_putf(out,
			  "0x%04x counter %" PRIu64 " cluster 0x%04x "
			  "frame-control 0x%02x command 0x%02x",
			  dated->message_code, dated->counter, dated->cluster,
			  dated->frame_control, dated->command);
		break;
	case GBZ_REASON:
	case GBZ_USER_INTERFACE:
		text_putf(out, "%u", gbz->number);
		break;
	case GBZ_HASH:
	case GBZ_OTHER:
		text_put_hex(out, gbz->bytes);
		break;
	default:
		break;
	}
	text_put_end(out);
}

int describe_gbz(const struct gbcs_message *msg, struct text_out *out)
{
	struct gbz_component component;
	struct gbz_message gbz;
	struct gbz_iter it;
	int r = 0;

	if (gbz_parse(msg->cra, msg->code, msg->content, &gbz))
		return -EBADMSG;
	text_putf(out, "gbz");
	if (gbz.cra == GBCS_ALERT) {
		text_putf(out, "alert 0x%04x", gbz.alert_code);
		describe_seconds(gbz.time_s, out);
		if (gbz.body != GBZ_COMPONENTS)
			text_putf(out, "count %u", gbz.count);
	}
	text_put_open(out);
	put_body(&gbz, out);
	it = gbz_components(&gbz);
	while (!r && gbz.body == GBZ_COMPONENTS && gbz_next(&it, &component))
		r = put_component(&component, out);
	text_put_close(out);
	return r;
}

/* --- from text */

static bool parse_cluster(struct text *t, uint16_t *ret)
{
	uint64_t number;
	char word[40];

	if (t->word && *t->word == '0') {
		if (!text_uint(t, "cluster", UINT16_MAX, &number))
			return false;
		*ret = (uint16_t)number;
		return true;
	}
	return text_word(t, "cluster", word, sizeof(word)) &&
	       (!zcl_cluster_by_name(word, ret) ||
		text_fail(t, "there is no cluster '%s'", word));
}

/* By number, or by name with the frame control that goes with it. */
static bool parse_command(struct text *t, struct gbz_component *c)
{
	const struct zcl_command *command;
	uint64_t number;
	char word[64];

	if (t->word && *t->word == '0') {
		if (!text_uint(t, "command", UINT8_MAX, &number))
			return false;
		c->command = (uint8_t)number;
		return true;
	}
	if (!text_word(t, "command", word, sizeof(word)))
		return false;
	command = zcl_command_by_name(c->cluster, word);
	if (!command)
		return text_fail(t, "the cluster has no command '%s'", word);
	c->command = command->id;
	c->frame_control = command->kind;
	return true;
}

static bool parse_small(struct text *t, const char *what, uint8_t *ret)
{
	uint64_t number;

	if (!text_uint(t, what, UINT8_MAX, &number))
		return false;
	*ret = (uint8_t)number;
	return true;
}

static bool parse_options(struct text *t, struct gbz_component *c)
{
	uint64_t number;

	if (text_take(t, "frame-control") &&
	    !parse_small(t, "frame-control", &c->frame_control))
		return false;
	if (text_take(t, "manufacturer")) {
		if (!text_uint(t, "manufacturer", UINT16_MAX, &number))
			return false;
		c->manufacturer = (uint16_t)number;
	}
	if (text_take(t, "sequence") && !parse_small(t, "sequence", &c->seq))
		return false;
	if (!text_take(t, "from"))
		return true;
	c->control |= GBZ_FROM_DATE_TIME;
	if (t->len == 20)
		return text_time(t, "from", &c->from_s);
	if (!text_uint(t, "from", UINT32_MAX, &number))
		return false;
	c->from_s = (uint32_t)number;
	return true;
}

/* The pairs of name and value up to }: kept as texts in arena. */
static bool parse_fields(struct text *t, struct zcl_text *fields, size_t *ret_n,
			 char *arena, size_t room)
{
	size_t n = 0;

	for (; !text_take(t, "}"); n++) {
		if (n == MAX_FIELDS)
			return text_fail(t, "too many fields for a message");
		for (int part = 0; part < 2; part++) {
			const char *what = part ? "value" : "name of a field";
			size_t len = t->len + 3;

			if (len > room)
				return text_fail(t, "too long for a message");
			if (!text_raw(t, what, arena, room))
				return false;
			if (part)
				fields[n].value = arena;
			else
				fields[n].name = arena;
			arena += len;
			room -= len;
		}
	}
	*ret_n = n;
	return true;
}

static bool parse_payload(struct text *t, struct gbz_component *c,
			  struct wbuf *payload)
{
	static struct zcl_text fields[MAX_FIELDS];
	static char arena[8 * MAX_VALUE];
	unsigned int line = t->line;
	size_t n = 0, wrong = 0;
	int r;

	if (text_take(t, "sealed")) {
		c->control |= GBZ_ENCRYPTED;
		return parse_small(t, "frame counter", &c->frame_counter) &&
		       text_hex(t, "sealed", &c->sealed);
	}
	if (text_take(t, "payload"))
		return text_hex(t, "payload", &c->payload);
	if (!text_expect(t, "{") ||
	    !parse_fields(t, fields, &n, arena, sizeof(arena)))
		return false;
	if (!gbz_command(c))
		return text_fail(t, "the cluster has no such command: payload "
				    "and its octets are expected");
	r = zcl_put_text(payload, gbz_command(c), c->cluster, c->frame_control,
			 fields, n, &t->octets, &wrong);
	c->payload = SPAN(payload->p, payload->len);
	if (r == -EINVAL && wrong < n)
		return text_fail(t,
				 "the component of line %u: %s %.60s is not "
				 "what comes here",
				 line, fields[wrong].name, fields[wrong].value);
	if (r == -EINVAL)
		return text_fail(t,
				 "the component of line %u: fields are "
				 "missing",
				 line);
	return !r || text_fail(t, "too long for a message");
}

static bool parse_component(struct text *t, unsigned int count,
			    struct gbz_writer *w)
{
	static uint8_t octets[GBCS_MESSAGE_MAX];
	struct wbuf payload = wbuf_of(octets, sizeof(octets));
	/* Components of a command are numbered. */
	struct gbz_component c = { .seq = (uint8_t)count };

	if (count == GBZ_MAX_COMPONENTS)
		return text_fail(t, "more than %d components",
				 GBZ_MAX_COMPONENTS);
	if (!text_expect(t, "component") || !parse_cluster(t, &c.cluster) ||
	    !parse_command(t, &c) || !parse_options(t, &c) ||
	    !parse_payload(t, &c, &payload))
		return false;
	gbz_put_component(w, &c);
	return !w->to->bad || text_fail(t, "a component that cannot be "
					   "encoded, or too long a message");
}

static bool parse_dated(struct text *t, struct gbz_future_dated *dated)
{
	uint64_t code, cluster;

	if (!text_uint(t, "message code", UINT16_MAX, &code) ||
	    !text_expect(t, "counter") ||
	    !text_uint(t, "counter", UINT64_MAX, &dated->counter) ||
	    !text_expect(t, "cluster") ||
	    !text_uint(t, "cluster", UINT16_MAX, &cluster) ||
	    !text_expect(t, "frame-control") ||
	    !parse_small(t, "frame-control", &dated->frame_control) ||
	    !text_expect(t, "command") ||
	    !parse_small(t, "command", &dated->command))
		return false;
	dated->message_code = (uint16_t)code;
	dated->cluster = (uint16_t)cluster;
	return true;
}

/* A body that is not components; without one of these it is components. */
static bool parse_body(struct text *t, struct gbz_message *gbz)
{
	uint64_t number;
	int body = GBZ_NOTHING;

	while (body <= GBZ_OTHER && !text_take(t, bodies[body]))
		body++;
	gbz->body = body > GBZ_OTHER ? GBZ_COMPONENTS : (enum gbz_body)body;
	switch (gbz->body) {
	case GBZ_FUTURE_DATED:
		return parse_dated(t, &gbz->future_dated);
	case GBZ_REASON:
	case GBZ_USER_INTERFACE:
		if (!text_uint(t, "number", UINT16_MAX, &number))
			return false;
		gbz->number = (uint16_t)number;
		return true;
	case GBZ_HASH:
		return text_hex(t, "hash", &gbz->bytes) &&
		       (gbz->bytes.len == GBZ_HASH_LEN ||
			text_fail(t, "a hash has %d octets", GBZ_HASH_LEN));
	case GBZ_OTHER:
		return text_hex(t, "octets", &gbz->bytes);
	default:
		return true;
	}
}

static bool parse_alert(struct text *t, struct gbz_message *gbz)
{
	uint64_t code;

	if (!text_expect(t, "alert") ||
	    !text_uint(t, "alert code", UINT16_MAX, &code) ||
	    !text_time(t, "time", &gbz->time_s))
		return false;
	gbz->alert_code = (uint16_t)code;
	return !text_take(t, "count") || parse_small(t, "count", &gbz->count);
}

bool undescribe_gbz(struct text *t, const struct gbcs_message *msg,
		    struct wbuf *content)
{
	struct gbz_message gbz = { .cra = msg->cra };
	struct gbz_writer w;
	unsigned int count;

	if (gbz.cra == GBCS_ALERT && !parse_alert(t, &gbz))
		return false;
	if (!text_expect(t, "{"))
		return false;
	if (gbz.cra == GBCS_ALERT && !parse_body(t, &gbz))
		return false;
	w = gbz_begin(content, &gbz);
	for (count = 0; !text_is(t, "}") && !t->failed; count++)
		if (!parse_component(t, count, &w))
			return false;
	gbz_end(&w);
	return text_expect(t, "}") &&
	       (!content->bad || text_fail(t, "cannot be encoded, or too long "
					      "for a message"));
}
