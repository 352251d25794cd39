/* SPDX-License-Identifier: MIT */
/* The hub's end of the fake chip's wire. */
#ifndef HEARTH_TEST_HUB_H
#define HEARTH_TEST_HUB_H

#include "../app/app.h"
#include "fake_chip.h"

#define HUB_EVENTS 256

struct hub {
	struct hearth_deframer rx;
	uint8_t seq;
	unsigned int lives;
	struct hearth_mcu_live live; /* the last one */
	unsigned int events;	     /* new ones, in order */
	struct hearth_mcu_event event[HUB_EVENTS];
	uint32_t event_seq; /* the highest */
	uint8_t reply_type;
	size_t reply_len;
	uint8_t reply[HEARTH_MCU_MAX_PAYLOAD];
	bool no_acks;
};

void hub_init(struct hub *hub);

/* What has come over the wire since; acknowledges events. */
void hub_look(struct hub *hub);

/* One request, answered at once; the reply's length, 0: none came. */
size_t hub_ask(struct hub *hub, struct app *app, uint8_t type, const void *req,
	       size_t len, void *ret_reply, size_t room);

/* The events of this code so far; *ret is the last one, if there is one. */
unsigned int hub_events(const struct hub *hub, uint16_t code,
			struct hearth_mcu_event *ret);

/* Time passes in steps of 10 ms. */
void hub_run(struct hub *hub, struct app *app, unsigned int ms);

#endif /* HEARTH_TEST_HUB_H */
