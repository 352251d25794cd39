/* SPDX-License-Identifier: MIT */
/*
 * The MCU's end of the link; the rules are in hearth/mcu_proto.h. Pure: bytes
 * and the time come in, bytes go out through one callback.
 */
#ifndef HEARTH_LINK_H
#define HEARTH_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hearth/mcu_frame.h>

#define LINK_EVENTS 16

/* Events not yet acknowledged, oldest first. Lives in retained memory. */
struct link_events {
	uint32_t magic;
	uint32_t count;
	uint32_t lost; /* since the last EVENTS_LOST */
	uint32_t seq;  /* the last one given */
	struct hearth_mcu_event event[LINK_EVENTS];
	uint32_t crc;
};

struct link;

/*
 * Answers a request. payload has at least min_len bytes. Writes the whole
 * reply, status first, to reply (HEARTH_MCU_MAX_PAYLOAD bytes of room) and
 * returns its length.
 */
typedef size_t (*link_handler)(void *context, const uint8_t *payload,
			       uint8_t *reply);

struct link_request {
	uint8_t type;
	uint16_t min_len; /* of the request's payload */
	link_handler handle;
};

struct link_config {
	const struct link_request *requests;
	size_t n_requests;
	void *context; /* of the handlers and of write */
	/* Takes a frame whole or not at all (false). */
	bool (*write)(void *context, const uint8_t *wire, size_t len);
};

struct link {
	const struct link_config *config;
	struct hearth_deframer rx;
	struct link_events *events;
	uint32_t boot_count;
	uint32_t stored_seq; /* events up to this one may be sent */
	uint32_t acked_seq;  /* the last one acknowledged; 0: none yet */
	bool events_kept;    /* retained memory still had them */
	uint64_t event_sent_us;
	uint32_t event_sent_seq; /* 0: none yet */
	/* The last request and its reply, to be given again. */
	bool replied;
	uint8_t reply_type, reply_seq;
	uint16_t reply_len;
	uint8_t reply[HEARTH_MCU_MAX_PAYLOAD];
	uint32_t rx_errors, tx_dropped;
};

/*
 * events outlives a reset: what is in it is taken over if it is intact;
 * otherwise it begins anew, and EVENTS_LOST says so if a reset tore it. The
 * numbers up to first_seq may have been given, as far as the store knows.
 */
void link_init(struct link *link, const struct link_config *config,
	       struct link_events *events, uint32_t first_seq,
	       uint32_t boot_count);

/*
 * An event of an earlier run that nobody has acknowledged, from the store,
 * oldest first. For a start after which events were not kept.
 */
void link_restore(struct link *link, const struct hearth_mcu_event *event);

void link_receive(struct link *link, const uint8_t *data, size_t len);

/* Send what is due, which is the oldest event. To be called often. */
void link_poll(struct link *link, uint64_t now_us);

/* false: no room, the message is dropped. */
bool link_send_live(struct link *link, const struct hearth_mcu_live *live);

/*
 * Queue an event. It is sent once its sequence number has been stored
 * (link_events_stored), so that no number is ever given to two events.
 */
void link_event(struct link *link, enum hearth_mcu_event_code code,
		uint32_t arg, uint64_t now_us);
void link_events_stored(struct link *link, uint32_t seq);

#endif /* HEARTH_LINK_H */
