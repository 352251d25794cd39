// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gbz-message.h"

#include <errno.h>

#include "gbcs-crypto.h"

/* Message codes of alerts that have a body (GBCS 8.4). */
enum alert_message_code {
	CODE_BILLING_DATA = 0x008b,
	CODE_FUTURE_DATED = 0x00cd,
	CODE_FIRMWARE = 0x00cf,
	CODE_INTEGRITY = 0x00f2,
};

/* Alert codes: input at the user interface, carried out or not. */
#define ALERT_INPUT_DONE 0x8161
#define ALERT_INPUT_FAILED 0x8162

#define FUTURE_DATED_LEN 14
#define OCTET_STRING 0x09
#define CONTROL_BITS (GBZ_LAST | GBZ_ENCRYPTED | GBZ_FROM_DATE_TIME)

static const uint8_t seal_header[GBCS_SEAL_HEADER_LEN] = { 0x31 };

static bool is_sealed(struct span s)
{
	return s.len >= GBCS_SEAL_OVERHEAD &&
	       !memcmp(s.p, seal_header, sizeof(seal_header));
}

/* Octets of control that are known, and fit together (GBCS 8.2). */
static bool control_valid(uint8_t control)
{
	return !(control & ~CONTROL_BITS) &&
	       (control & (GBZ_ENCRYPTED | GBZ_FROM_DATE_TIME)) !=
		       (GBZ_ENCRYPTED | GBZ_FROM_DATE_TIME);
}

/* --- reading */

/* What is behind the length field. */
static void read_inner(struct reader *r, struct gbz_component *c)
{
	if (c->control & GBZ_FROM_DATE_TIME)
		c->from_s = read_be32(r);
	if (c->control & GBZ_ENCRYPTED) {
		r->bad |= read_u8(r) != 0;
		c->frame_counter = read_u8(r);
	}
	c->frame_control = read_u8(r);
	if (c->frame_control & ZCL_MANUFACTURER)
		c->manufacturer = read_le16(r);
	c->seq = read_u8(r);
	c->command = read_u8(r);
	if (!(c->control & GBZ_ENCRYPTED)) {
		c->payload = read_rest(r);
		return;
	}
	c->sealed = read_bytes(r, read_be16(r));
	if (r->bad || reader_left(r) || !is_sealed(c->sealed)) {
		r->bad = true;
		return;
	}
	c->ciphertext = SPAN(c->sealed.p + GBCS_SEAL_HEADER_LEN,
			     c->sealed.len - GBCS_SEAL_OVERHEAD);
	c->tag = SPAN(c->ciphertext.p + c->ciphertext.len, GBCS_MAC_LEN);
}

static void read_component(struct reader *r, bool last,
			   struct gbz_component *ret)
{
	const uint8_t *start = r->p;
	struct gbz_component c = { 0 };
	struct reader inner;

	c.control = read_u8(r);
	r->bad |= !control_valid(c.control) || last != (c.control & GBZ_LAST);
	c.cluster = read_be16(r);
	inner = reader_of(read_bytes(r, read_be16(r)));
	if (!r->bad)
		read_inner(&inner, &c);
	r->bad |= inner.bad;
	c.raw = SPAN(start, (size_t)(r->p - start));
	*ret = c;
}

struct gbz_iter gbz_components(const struct gbz_message *msg)
{
	bool has = msg->body == GBZ_COMPONENTS;

	return (struct gbz_iter){ reader_of(msg->rest), has ? msg->count : 0 };
}

bool gbz_next(struct gbz_iter *it, struct gbz_component *ret)
{
	if (!it->left || it->at.bad)
		return false;
	it->left--;
	read_component(&it->at, !it->left, ret);
	return !it->at.bad;
}

static int parse_components(struct gbz_message *msg)
{
	struct gbz_component component;
	struct gbz_iter it;

	msg->body = GBZ_COMPONENTS;
	it = gbz_components(msg);
	while (gbz_next(&it, &component))
		;
	return msg->count && !it.left && !reader_done(&it.at) ? 0 : -EBADMSG;
}

static void read_future_dated(struct reader *r, struct gbz_message *msg)
{
	msg->body = GBZ_FUTURE_DATED;
	r->bad |= read_u8(r) != FUTURE_DATED_LEN;
	msg->future_dated.message_code = read_be16(r);
	msg->future_dated.counter = read_be(r, 8);
	msg->future_dated.cluster = read_be16(r);
	msg->future_dated.frame_control = read_u8(r);
	msg->future_dated.command = read_u8(r);
}

static int parse_body(uint16_t code, struct gbz_message *msg)
{
	struct reader r = reader_of(msg->rest);

	switch (code) {
	case CODE_BILLING_DATA:
		return parse_components(msg);
	case CODE_FUTURE_DATED:
		read_future_dated(&r, msg);
		break;
	case CODE_FIRMWARE:
		msg->body = GBZ_HASH;
		r.bad |= read_u8(&r) != OCTET_STRING;
		r.bad |= read_u8(&r) != GBZ_HASH_LEN;
		msg->bytes = read_bytes(&r, GBZ_HASH_LEN);
		break;
	case CODE_INTEGRITY:
		msg->body = GBZ_REASON;
		msg->number = read_be16(&r);
		break;
	default:
		if (!msg->rest.len) {
			msg->body = GBZ_NOTHING;
		} else if (msg->rest.len == 2 &&
			   (msg->alert_code == ALERT_INPUT_DONE ||
			    msg->alert_code == ALERT_INPUT_FAILED)) {
			msg->body = GBZ_USER_INTERFACE;
			msg->number = read_be16(&r);
		} else {
			msg->body = GBZ_OTHER;
			msg->bytes = read_rest(&r);
		}
		break;
	}
	return reader_done(&r) ? -EBADMSG : 0;
}

int gbz_parse(enum gbcs_cra cra, uint16_t code, struct span content,
	      struct gbz_message *ret)
{
	struct gbz_message msg = { .cra = cra };
	struct reader r;

	if (!content.len)
		return -EBADMSG;
	r = reader_of(content);
	r.bad |= read_be16(&r) != GBZ_PROFILE;
	msg.count = read_u8(&r);
	if (cra == GBCS_ALERT) {
		msg.alert_code = read_be16(&r);
		msg.time_s = read_be32(&r);
	}
	msg.rest = read_rest(&r);
	if (r.bad || (cra == GBCS_ALERT ? parse_body(code, &msg) :
					  parse_components(&msg)))
		return -EBADMSG;
	*ret = msg;
	return 0;
}

const struct zcl_command *gbz_command(const struct gbz_component *component)
{
	return zcl_command_find(component->cluster, component->frame_control,
				component->command);
}

struct zcl_reader gbz_payload(const struct gbz_component *component,
			      struct span payload)
{
	return zcl_reader_of(gbz_command(component), component->cluster,
			     component->frame_control, payload);
}

const struct zcl_command *
gbz_future_dated_command(const struct gbz_future_dated *dated)
{
	const struct zcl_command *said, *other;
	uint32_t cancel_s;

	said = zcl_command_find(dated->cluster, dated->frame_control,
				dated->command);
	other = zcl_command_find(dated->cluster,
				 dated->frame_control ^ ZCL_FROM_SERVER,
				 dated->command);
	if (said && other && !zcl_command_datable(said, &cancel_s) &&
	    zcl_command_datable(other, &cancel_s))
		return other;
	return said;
}

/* --- writing */

/* Octets written before, if they are there. */
static void patch(struct wbuf *w, size_t at, size_t value, size_t n)
{
	if (n < sizeof(value) && value >> (8 * n))
		w->bad = true;
	if (w->bad || !w->p)
		return;
	for (; n; n--, value >>= 8)
		w->p[at + n - 1] = (uint8_t)value;
}

static void put_body(struct wbuf *w, const struct gbz_message *msg)
{
	const struct gbz_future_dated *dated = &msg->future_dated;

	switch (msg->body) {
	case GBZ_FUTURE_DATED:
		write_u8(w, FUTURE_DATED_LEN);
		write_be(w, dated->message_code, 2);
		write_be(w, dated->counter, 8);
		write_be(w, dated->cluster, 2);
		write_u8(w, dated->frame_control);
		write_u8(w, dated->command);
		break;
	case GBZ_HASH:
		w->bad |= msg->bytes.len != GBZ_HASH_LEN;
		write_u8(w, OCTET_STRING);
		write_u8(w, GBZ_HASH_LEN);
		write_span(w, msg->bytes);
		break;
	case GBZ_REASON:
	case GBZ_USER_INTERFACE:
		write_be(w, msg->number, 2);
		break;
	case GBZ_OTHER:
		write_span(w, msg->bytes);
		break;
	case GBZ_COMPONENTS:
	case GBZ_NOTHING:
		break;
	}
}

struct gbz_writer gbz_begin(struct wbuf *to, const struct gbz_message *msg)
{
	struct gbz_writer w = { .to = to };

	w.components = msg->body == GBZ_COMPONENTS;
	write_be(to, GBZ_PROFILE, 2);
	w.count_at = to->len;
	write_u8(to, w.components ? 0 : msg->count);
	if (msg->cra == GBCS_ALERT) {
		write_be(to, msg->alert_code, 2);
		write_be(to, msg->time_s, 4);
		put_body(to, msg);
	} else {
		to->bad |= !w.components;
	}
	return w;
}

struct gbz_open gbz_open_component(struct gbz_writer *w,
				   const struct gbz_component *c)
{
	struct gbz_open open = { 0 };
	uint8_t control = c->control & (uint8_t)~GBZ_LAST;
	struct wbuf *to = w->to;

	to->bad |= !w->components || !control_valid(control);
	w->count++;
	w->control_at = to->len;
	w->control = control;
	write_u8(to, control);
	write_be(to, c->cluster, 2);
	open.length_at = to->len;
	write_be(to, 0, 2);
	if (control & GBZ_FROM_DATE_TIME)
		write_be(to, c->from_s, 4);
	if (control & GBZ_ENCRYPTED) {
		write_u8(to, 0);
		write_u8(to, c->frame_counter);
	}
	write_u8(to, c->frame_control);
	if (c->frame_control & ZCL_MANUFACTURER)
		write_le(to, c->manufacturer, 2);
	write_u8(to, c->seq);
	write_u8(to, c->command);
	if (control & GBZ_ENCRYPTED) {
		open.sealed_at = to->len;
		write_be(to, 0, 2);
	}
	return open;
}

void gbz_close_component(struct gbz_writer *w, const struct gbz_open *open)
{
	struct wbuf *to = w->to;

	if (to->bad)
		return;
	patch(to, open->length_at, to->len - open->length_at - 2, 2);
	if (open->sealed_at)
		patch(to, open->sealed_at, to->len - open->sealed_at - 2, 2);
}

void gbz_put_component(struct gbz_writer *w, const struct gbz_component *c)
{
	struct gbz_open open = gbz_open_component(w, c);

	if (c->control & GBZ_ENCRYPTED) {
		w->to->bad |= !is_sealed(c->sealed);
		write_span(w->to, c->sealed);
	} else {
		write_span(w->to, c->payload);
	}
	gbz_close_component(w, &open);
}

void gbz_end(struct gbz_writer *w)
{
	if (!w->components)
		return;
	w->to->bad |= !w->count;
	patch(w->to, w->count_at, w->count, 1);
	patch(w->to, w->control_at, w->control | GBZ_LAST, 1);
}

void gbz_put_default_response(struct gbz_writer *w,
			      const struct gbz_component *command,
			      uint8_t command_id, uint8_t status)
{
	const uint8_t payload[] = { command_id, status };
	const struct gbz_component c = {
		.cluster = command->cluster,
		.frame_control = ~command->frame_control & ZCL_FROM_SERVER,
		.seq = command->seq,
		.command = ZCL_DEFAULT_RESPONSE,
		.payload = SPAN(payload, sizeof(payload)),
	};

	gbz_put_component(w, &c);
}

/* A payload by its table, or as it is. */
static void recode_payload(struct wbuf *w, const struct gbz_component *c)
{
	const struct zcl_command *command = gbz_command(c);
	struct zcl_reader reader = gbz_payload(c, c->payload);
	struct zcl_writer writer;
	struct zcl_item item;

	if (zcl_check(command, c->payload)) {
		write_span(w, c->payload);
		return;
	}
	writer = zcl_writer_of(command, c->cluster, c->frame_control, w);
	while (zcl_next(&reader, &item))
		zcl_write(&writer, &item.value);
	zcl_write_end(&writer);
}

int gbz_recode(enum gbcs_cra cra, uint16_t code, struct span content,
	       struct wbuf *w)
{
	struct gbz_component component;
	struct gbz_writer writer;
	struct gbz_message msg;
	struct gbz_open open;
	struct gbz_iter it;

	if (gbz_parse(cra, code, content, &msg))
		return -EBADMSG;
	writer = gbz_begin(w, &msg);
	it = gbz_components(&msg);
	while (gbz_next(&it, &component)) {
		open = gbz_open_component(&writer, &component);
		if (component.control & GBZ_ENCRYPTED)
			write_span(w, component.sealed);
		else
			recode_payload(w, &component);
		gbz_close_component(&writer, &open);
	}
	gbz_end(&writer);
	return 0;
}
