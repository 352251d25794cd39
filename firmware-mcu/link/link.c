// SPDX-License-Identifier: MIT
#include "link.h"

#include <string.h>

#define EVENTS_MAGIC 0x48454531u

static void seal(struct link_events *events)
{
	events->magic = EVENTS_MAGIC;
	events->crc = hearth_crc32(events, offsetof(struct link_events, crc));
}

static bool intact(const struct link_events *events)
{
	return events->magic == EVENTS_MAGIC && events->count <= LINK_EVENTS &&
	       events->crc ==
		       hearth_crc32(events, offsetof(struct link_events, crc));
}

void link_init(struct link *link, const struct link_config *config,
	       struct link_events *events, uint32_t first_seq,
	       uint32_t boot_count)
{
	memset(link, 0, sizeof(*link));
	link->config = config;
	link->events = events;
	link->boot_count = boot_count;
	hearth_deframer_init(&link->rx);
	link->events_kept = intact(events);
	if (!link->events_kept) {
		/* A reset between a change and its seal; how many is gone, too. */
		bool torn = events->magic == EVENTS_MAGIC;

		memset(events, 0, sizeof(*events));
		events->seq = first_seq;
		events->lost = torn;
	}
	/* The store may know more than a RAM of long ago. */
	if (events->seq < first_seq)
		events->seq = first_seq;
	link->stored_seq = first_seq;
	seal(events);
}

void link_restore(struct link *link, const struct hearth_mcu_event *event)
{
	struct link_events *events = link->events;

	if (event->event_seq > events->seq)
		events->seq = event->event_seq;
	if (event->event_seq > link->stored_seq)
		link->stored_seq = event->event_seq;
	/* As in link_event(): the last place says that there was none. */
	if (events->count < LINK_EVENTS - 1)
		events->event[events->count++] = *event;
	else
		events->lost++;
	seal(events);
}

static bool send(struct link *link, uint8_t type, uint8_t seq,
		 const void *payload, size_t len)
{
	uint8_t wire[HEARTH_FRAME_MAX_WIRE];
	size_t wire_len = hearth_frame_encode(type, seq, payload, len, wire,
					      sizeof(wire));

	if (wire_len &&
	    link->config->write(link->config->context, wire, wire_len))
		return true;
	link->tx_dropped++;
	return false;
}

static void put_le16(uint8_t *p, uint16_t value)
{
	p[0] = (uint8_t)value;
	p[1] = (uint8_t)(value >> 8);
}

static void answer(struct link *link, const struct hearth_frame *frame)
{
	const struct link_config *config = link->config;
	const struct link_request *request = NULL;

	for (size_t n = 0; n < config->n_requests; n++)
		if (config->requests[n].type == frame->type)
			request = &config->requests[n];
	link->reply_len = 2;
	if (!request)
		put_le16(link->reply, HEARTH_MCU_EOPNOTSUPP);
	else if (frame->len < request->min_len)
		put_le16(link->reply, HEARTH_MCU_EINVAL);
	else
		link->reply_len = (uint16_t)request->handle(
			config->context, frame->payload, link->reply);
	link->reply_type = frame->type;
	link->reply_seq = frame->seq;
	link->replied = true;
}

/* A request is carried out once; the same one again gets the same reply. */
static void take_request(struct link *link, const struct hearth_frame *frame)
{
	bool again = link->replied && link->reply_type == frame->type &&
		     link->reply_seq == frame->seq;

	/* A new hub says so in IDENTITY, whatever number it begins with. */
	if (!again || frame->type == HEARTH_MCU_IDENTITY)
		answer(link, frame);
	send(link, frame->type | HEARTH_MCU_REPLY, frame->seq, link->reply,
	     link->reply_len);
}

static void take_ack(struct link *link, const struct hearth_frame *frame)
{
	struct link_events *events = link->events;
	struct hearth_mcu_event_ack ack;

	if (frame->len < sizeof(ack)) {
		link->rx_errors++;
		return;
	}
	memcpy(&ack, frame->payload, sizeof(ack));
	if (!events->count || ack.event_seq != events->event[0].event_seq)
		return;
	link->acked_seq = ack.event_seq;
	events->count--;
	memmove(&events->event[0], &events->event[1],
		events->count * sizeof(events->event[0]));
	seal(events);
}

void link_receive(struct link *link, const uint8_t *data, size_t len)
{
	struct hearth_frame frame;

	while (len--) {
		switch (hearth_deframer_push(&link->rx, *data++, &frame)) {
		case HEARTH_RX_MORE:
			break;
		case HEARTH_RX_FRAME:
			if (frame.type == HEARTH_MCU_EVENT_ACK)
				take_ack(link, &frame);
			else if (frame.type < HEARTH_MCU_LIVE)
				take_request(link, &frame);
			break;
		default:
			link->rx_errors++;
			break;
		}
	}
}

static void append(struct link *link, enum hearth_mcu_event_code code,
		   uint32_t arg, uint64_t now_us)
{
	struct link_events *events = link->events;
	struct hearth_mcu_event *event = &events->event[events->count++];

	if (++events->seq == 0)
		events->seq = 1;
	memset(event, 0, sizeof(*event));
	event->event_seq = events->seq;
	event->code = (uint16_t)code;
	event->boot_count = link->boot_count;
	event->arg = arg;
	event->uptime_ms = now_us / 1000;
}

void link_event(struct link *link, enum hearth_mcu_event_code code,
		uint32_t arg, uint64_t now_us)
{
	/* The last place is kept for saying that there was none. */
	if (link->events->count < LINK_EVENTS - 1)
		append(link, code, arg, now_us);
	else
		link->events->lost++;
	seal(link->events);
}

void link_poll(struct link *link, uint64_t now_us)
{
	const struct hearth_mcu_event *oldest = &link->events->event[0];

	if (link->events->lost && link->events->count < LINK_EVENTS) {
		append(link, HEARTH_MCU_EVENT_EVENTS_LOST, link->events->lost,
		       now_us);
		link->events->lost = 0;
		seal(link->events);
	}
	if (!link->events->count || oldest->event_seq > link->stored_seq)
		return;
	if (oldest->event_seq == link->event_sent_seq &&
	    now_us - link->event_sent_us < HEARTH_MCU_EVENT_REPEAT_MS * 1000u)
		return;
	if (send(link, HEARTH_MCU_EVENT, 0, oldest, sizeof(*oldest))) {
		link->event_sent_us = now_us;
		link->event_sent_seq = oldest->event_seq;
	}
}

bool link_send_live(struct link *link, const struct hearth_mcu_live *live)
{
	return send(link, HEARTH_MCU_LIVE, 0, live, sizeof(*live));
}

void link_events_stored(struct link *link, uint32_t seq)
{
	link->stored_seq = seq;
}
