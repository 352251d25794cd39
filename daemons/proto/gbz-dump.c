// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gbz-dump.h"

#include <errno.h>
#include <stdio.h>

#include "gbcs-crypto.h"
#include "gbcs-dump.h"

/* A string of ZCL, all of it escaped; longer ones go without a meaning. */
#define MEANING_LEN (4 * 254 + 3)
#define NAME_LEN 64

static const struct span no_octets;

/* --- payloads */

static const char *meaning_of(const struct zcl_item *item,
			      char text[MEANING_LEN])
{
	const struct zcl_value *v = &item->value;

	if (zcl_value_to_text(v, item->about, text, MEANING_LEN))
		return NULL;
	/* What is not a text would only repeat the octets. */
	if (!zcl_is_number(v->type) && !v->invalid && *text != '"')
		return NULL;
	return text;
}

static void begin_group(struct dump *dump, const struct zcl_item *item)
{
	char name[NAME_LEN];

	snprintf(name, sizeof(name), "[%u] %s", (unsigned int)item->index,
		 item->group);
	dump_begin(dump, name, no_octets,
		   item->about.meaning == ZCL_AS_ATTRIBUTE ?
			   zcl_name_of(item->about, item->value.number) :
			   NULL);
}

/* A group of one field needs no group around it, only its index. */
static unsigned int groups_around(const struct zcl_item *item)
{
	return item->depth - (item->depth && item->members == 1);
}

static void dump_item(struct dump *dump, const struct zcl_item *item,
		      unsigned int *depth)
{
	unsigned int around = groups_around(item);
	bool indexed = around != item->depth;
	char text[MEANING_LEN], name[NAME_LEN];

	for (; *depth > around; --*depth)
		dump_end(dump);
	if (around && item->first && !indexed) {
		if (*depth == around)
			dump_end(dump);
		begin_group(dump, item);
		*depth = around;
	}
	snprintf(name, sizeof(name), "[%u] %s", (unsigned int)item->index,
		 item->name);
	dump_field(dump, indexed ? name : item->name, item->raw,
		   meaning_of(item, text));
}

static void dump_payload(struct dump *dump, const struct gbz_component *c,
			 struct span payload)
{
	struct zcl_reader r = gbz_payload(c, payload);
	struct zcl_item item;
	unsigned int depth = 0;

	if (zcl_check(gbz_command(c), payload)) {
		dump_field(dump, "payload", payload, "malformed");
		return;
	}
	while (zcl_next(&r, &item))
		dump_item(dump, &item, &depth);
	for (; depth; depth--)
		dump_end(dump);
}

void gbz_dump_plain(struct dump *dump, uint16_t cluster, uint8_t frame_control,
		    uint8_t command, struct span plain)
{
	const struct gbz_component c = {
		.cluster = cluster,
		.frame_control = frame_control,
		.command = command,
	};

	dump_payload(dump, &c, plain);
}

/* --- envelope */

static void dump_seconds(struct dump *dump, const char *name, struct span raw,
			 uint32_t seconds, uint8_t meaning)
{
	struct zcl_value value = zcl_number(ZCL_UTC_TIME, seconds);
	struct zcl_about about = { .meaning = meaning };
	char text[ZCL_TEXT_LEN];

	if (zcl_value_to_text(&value, about, text, sizeof(text)))
		return;
	dump_field(dump, name, raw, text);
}

static void dump_control(struct dump *dump, struct span raw)
{
	static const char *const texts[] = {
		[0] = NULL,
		[GBZ_LAST] = "last",
		[GBZ_ENCRYPTED] = "encrypted",
		[GBZ_ENCRYPTED | GBZ_LAST] = "encrypted, last",
		[GBZ_FROM_DATE_TIME] = "from date time",
		[GBZ_FROM_DATE_TIME | GBZ_LAST] = "from date time, last",
	};

	dump_field(dump, "control", raw, texts[*raw.p]);
}

static void dump_cluster(struct dump *dump, struct span raw, uint16_t cluster)
{
	const char *name = zcl_cluster_name(cluster);

	dump_field(dump, "cluster", raw, name ? name : "unknown");
}

static void dump_frame_control(struct dump *dump, struct span raw)
{
	static const char *const types[] = { "general", "cluster specific",
					     "reserved", "reserved" };
	uint8_t control = *raw.p;

	dump_fieldf(dump, "frame control", raw, "%s%s, to %s%s",
		    types[control & ZCL_FRAME_TYPE],
		    control & ZCL_MANUFACTURER ? ", of a manufacturer" : "",
		    control & ZCL_FROM_SERVER ? "client" : "server",
		    control & ZCL_NO_DEFAULT_RESPONSE ?
			    ", no default response" :
			    "");
}

static void dump_sealed(struct dump *dump, struct reader *r,
			const struct gbz_component *c)
{
	struct span length = read_bytes(r, 2);

	dump_fieldf(dump, "ciphered length", length, "%zu", c->sealed.len);
	dump_field(dump, "security header",
		   SPAN(c->sealed.p, GBCS_SEAL_HEADER_LEN),
		   "authentication and encryption");
	dump_field(dump, "ciphertext", c->ciphertext, NULL);
	dump_field(dump, "mac", c->tag, NULL);
}

/* Its form has been checked. */
static void dump_component(struct dump *dump, size_t n,
			   const struct gbz_component *c)
{
	const struct zcl_command *command = gbz_command(c);
	const char *command_name = command ? command->name : "unknown";
	struct reader r = reader_of(c->raw);
	char name[NAME_LEN];
	struct span length;

	snprintf(name, sizeof(name), "[%zu] %s", n, command_name);
	dump_begin(dump, name, no_octets, NULL);
	dump_control(dump, read_bytes(&r, 1));
	dump_cluster(dump, read_bytes(&r, 2), c->cluster);
	length = read_bytes(&r, 2);
	dump_fieldf(dump, "length", length, "%zu", reader_left(&r));
	if (c->control & GBZ_FROM_DATE_TIME)
		dump_seconds(dump, "from date time", read_bytes(&r, 4),
			     c->from_s, ZCL_AS_START_FF);
	if (c->control & GBZ_ENCRYPTED) {
		dump_field(dump, "additional header control", read_bytes(&r, 1),
			   NULL);
		dump_fieldf(dump, "frame counter", read_bytes(&r, 1), "%u",
			    c->frame_counter);
	}
	dump_frame_control(dump, read_bytes(&r, 1));
	if (c->frame_control & ZCL_MANUFACTURER)
		dump_fieldf(dump, "manufacturer", read_bytes(&r, 2), "0x%04x",
			    c->manufacturer);
	dump_fieldf(dump, "sequence number", read_bytes(&r, 1), "%u", c->seq);
	dump_field(dump, "command", read_bytes(&r, 1), command_name);
	if (c->control & GBZ_ENCRYPTED)
		dump_sealed(dump, &r, c);
	else
		dump_payload(dump, c, c->payload);
	dump_end(dump);
}

static void dump_future_dated(struct dump *dump, const struct gbz_message *msg)
{
	const struct gbz_future_dated *dated = &msg->future_dated;
	const struct zcl_command *command = gbz_future_dated_command(dated);
	struct reader r = reader_of(msg->rest);

	dump_begin(dump, "future dated command", read_bytes(&r, 1), NULL);
	gbcs_dump_message_code(dump, read_bytes(&r, 2), dated->message_code);
	dump_fieldf(dump, "originator counter", read_bytes(&r, 8), "%llu",
		    (unsigned long long)dated->counter);
	dump_cluster(dump, read_bytes(&r, 2), dated->cluster);
	dump_frame_control(dump, read_bytes(&r, 1));
	dump_field(dump, "command", read_bytes(&r, 1),
		   command ? command->name : "unknown");
	dump_end(dump);
}

static void dump_body(struct dump *dump, const struct gbz_message *msg)
{
	switch (msg->body) {
	case GBZ_FUTURE_DATED:
		dump_future_dated(dump, msg);
		break;
	case GBZ_HASH:
		dump_begin(dump, "image hash",
			   SPAN(msg->rest.p, msg->rest.len - msg->bytes.len),
			   NULL);
		dump_field(dump, "sha-256", msg->bytes, NULL);
		dump_end(dump);
		break;
	case GBZ_REASON:
		dump_field(dump, "reason", msg->rest,
			   zcl_meaning_name(ZCL_AS_INTEGRITY, msg->number));
		break;
	case GBZ_USER_INTERFACE:
		dump_field(dump, "user interface command", msg->rest,
			   zcl_meaning_name(ZCL_AS_USER_INTERFACE,
					    msg->number));
		break;
	case GBZ_OTHER:
		dump_field(dump, "alert body", msg->bytes, "unknown");
		break;
	case GBZ_COMPONENTS:
	case GBZ_NOTHING:
		break;
	}
}

int gbz_dump(struct dump *dump, enum gbcs_cra cra, uint16_t code,
	     struct span content)
{
	struct gbz_component component;
	struct gbz_message msg;
	struct gbz_iter it;
	struct reader r;

	if (gbz_parse(cra, code, content, &msg))
		return -EBADMSG;
	r = reader_of(content);
	dump_begin(dump, "gbz", read_bytes(&r, 2), "profile 0x0109");
	dump_fieldf(dump, "components", read_bytes(&r, 1), "%u", msg.count);
	if (cra == GBCS_ALERT) {
		gbcs_dump_alert_code(dump, read_bytes(&r, 2), msg.alert_code);
		dump_seconds(dump, "time stamp", read_bytes(&r, 4), msg.time_s,
			     ZCL_AS_TIME);
	}
	dump_body(dump, &msg);
	it = gbz_components(&msg);
	for (size_t n = 0; gbz_next(&it, &component); n++)
		dump_component(dump, n, &component);
	dump_end(dump);
	return 0;
}
