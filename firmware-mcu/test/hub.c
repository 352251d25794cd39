// SPDX-License-Identifier: MIT
#include "hub.h"

#include <string.h>

void hub_init(struct hub *hub)
{
	memset(hub, 0, sizeof(*hub));
	hearth_deframer_init(&hub->rx);
}

static void send(uint8_t type, uint8_t seq, const void *payload, size_t len)
{
	/* What was read is gone. */
	memmove(fake.rx, fake.rx + fake.rx_at, fake.rx_len - fake.rx_at);
	fake.rx_len -= fake.rx_at;
	fake.rx_at = 0;
	fake.rx_len += hearth_frame_encode(type, seq, payload, len,
					   fake.rx + fake.rx_len,
					   sizeof(fake.rx) - fake.rx_len);
}

static void take_event(struct hub *hub, const struct hearth_frame *frame)
{
	struct hearth_mcu_event event;
	struct hearth_mcu_event_ack ack;

	memcpy(&event, frame->payload, sizeof(event));
	if (event.event_seq > hub->event_seq) {
		hub->event_seq = event.event_seq;
		if (hub->events < HUB_EVENTS)
			hub->event[hub->events++] = event;
	}
	ack.event_seq = event.event_seq;
	if (!hub->no_acks)
		send(HEARTH_MCU_EVENT_ACK, 0, &ack, sizeof(ack));
}

void hub_look(struct hub *hub)
{
	struct hearth_frame frame;

	for (size_t n = 0; n < fake.tx_len; n++) {
		if (hearth_deframer_push(&hub->rx, fake.tx[n], &frame) !=
		    HEARTH_RX_FRAME)
			continue;
		if (frame.type == HEARTH_MCU_EVENT) {
			take_event(hub, &frame);
		} else if (frame.type == HEARTH_MCU_LIVE) {
			hub->lives++;
			memcpy(&hub->live, frame.payload, sizeof(hub->live));
		} else {
			hub->reply_type = frame.type;
			hub->reply_len = frame.len;
			memcpy(hub->reply, frame.payload, frame.len);
		}
	}
	fake.tx_len = 0;
}

size_t hub_ask(struct hub *hub, struct app *app, uint8_t type, const void *req,
	       size_t len, void *ret_reply, size_t room)
{
	hub_look(hub);
	hub->reply_len = 0;
	send(type, ++hub->seq, req, len);
	app_poll(app);
	hub_look(hub);
	if (hub->reply_type != (type | HEARTH_MCU_REPLY))
		return 0;
	memcpy(ret_reply, hub->reply,
	       hub->reply_len < room ? hub->reply_len : room);
	return hub->reply_len;
}

unsigned int hub_events(const struct hub *hub, uint16_t code,
			struct hearth_mcu_event *ret)
{
	unsigned int count = 0;

	for (unsigned int n = 0; n < hub->events; n++) {
		if (hub->event[n].code != code)
			continue;
		*ret = hub->event[n];
		count++;
	}
	return count;
}

void hub_run(struct hub *hub, struct app *app, unsigned int ms)
{
	for (unsigned int n = 0; n < ms; n += 10) {
		fake.now_us += 10000;
		app_poll(app);
		hub_look(hub);
	}
}
