/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * GBZ content, what GSME and GPF are told and answer (GBCS 8):
 *
 *   01 09 | number of components | [alert code (2) | time (4)] |
 *       components, or the body of an alert
 *   component = control | cluster (2) | length (2) | [from date time (4)] |
 *       [additional header (2)] | ZCL header | payload
 *
 * The envelope is big-endian, ZCL little-endian. Payloads are not looked at
 * here, see zcl-payload.h. Decoders check everything else and leave spans into
 * the content.
 */
#ifndef HEARTH_GBZ_MESSAGE_H
#define HEARTH_GBZ_MESSAGE_H

#include "gbcs-message.h"
#include "zcl-payload.h"

#define GBZ_PROFILE 0x0109
/* More cannot be counted. */
#define GBZ_MAX_COMPONENTS 255

/* Of the control field. */
enum gbz_control {
	GBZ_LAST = 0x01,
	GBZ_ENCRYPTED = 0x02,
	GBZ_FROM_DATE_TIME = 0x10,
};

struct gbz_component {
	uint8_t control; /* enum gbz_control; GBZ_LAST is set by the writer */
	uint16_t cluster;
	uint32_t from_s;       /* with GBZ_FROM_DATE_TIME; since 2000 */
	uint8_t frame_counter; /* with GBZ_ENCRYPTED: from 0 */
	uint8_t frame_control; /* enum zcl_frame_control */
	uint16_t manufacturer; /* with ZCL_MANUFACTURER */
	uint8_t seq;	       /* a response repeats the command's */
	uint8_t command;
	/* The payload, or for gbcs_open(): 31 00000000, ciphertext, tag. */
	struct span payload, sealed;

	/* Of a decoded one. */
	struct span raw;
	struct span ciphertext, tag;
};

/* The rest of an alert (GBCS 8.4). */
enum gbz_body {
	GBZ_COMPONENTS, /* also of every command and response */
	GBZ_NOTHING,
	GBZ_FUTURE_DATED,   /* 00CD */
	GBZ_HASH,	    /* 00CF */
	GBZ_REASON,	    /* 00F2 */
	GBZ_USER_INTERFACE, /* alert codes 8161 and 8162 */
	GBZ_OTHER,	    /* of a message code nobody knows */
};

/* The command whose time had come. */
struct gbz_future_dated {
	uint16_t message_code;
	uint64_t counter; /* originator counter of that message */
	uint16_t cluster;
	uint8_t frame_control, command;
};

#define GBZ_HASH_LEN 32

struct gbz_message {
	enum gbcs_cra cra;
	uint8_t count; /* of components; of an alert as it says */
	uint16_t alert_code;
	uint32_t time_s; /* of the alert, since 2000 */
	enum gbz_body body;
	struct gbz_future_dated future_dated;
	uint16_t number;   /* GBZ_REASON, GBZ_USER_INTERFACE */
	struct span rest;  /* the components, or the body as it is */
	struct span bytes; /* GBZ_HASH: 32 octets; GBZ_OTHER */
};

/* code: the message code, which tells what an alert has. 0 or -EBADMSG. */
int gbz_parse(enum gbcs_cra cra, uint16_t code, struct span content,
	      struct gbz_message *ret);

struct gbz_iter {
	struct reader at;
	unsigned int left;
};

struct gbz_iter gbz_components(const struct gbz_message *msg);
/* False: no more. */
bool gbz_next(struct gbz_iter *it, struct gbz_component *ret);

/* NULL if it is unknown. */
const struct zcl_command *gbz_command(const struct gbz_component *component);
/* Of its payload, or what it was before it was encrypted. */
struct zcl_reader gbz_payload(const struct gbz_component *component,
			      struct span payload);
/*
 * The command an alert speaks of, which may have the wrong direction (GCS05
 * alerts): one that can be future dated goes first.
 */
const struct zcl_command *
gbz_future_dated_command(const struct gbz_future_dated *dated);

/* --- writing: bad in w if it cannot be encoded */

/*
 * A message component by component; count, lengths and last are filled in:
 *
 *	writer = gbz_begin(&w, &msg);
 *	gbz_put_component(&writer, &component);
 *	gbz_end(&writer);
 */
struct gbz_writer {
	struct wbuf *to;
	unsigned int count;
	size_t count_at, control_at;
	uint8_t control; /* of the last component so far */
	bool components;
};

/* cra, and of an alert all but rest; count unless it has components. */
struct gbz_writer gbz_begin(struct wbuf *to, const struct gbz_message *msg);
/* With its payload, or sealed where it is encrypted. */
void gbz_put_component(struct gbz_writer *w,
		       const struct gbz_component *component);

/* A component whose payload, or sealed part, the caller writes in between. */
struct gbz_open {
	size_t length_at;
	size_t sealed_at; /* 0: it is not encrypted */
};

struct gbz_open gbz_open_component(struct gbz_writer *w,
				   const struct gbz_component *component);
void gbz_close_component(struct gbz_writer *w, const struct gbz_open *open);
void gbz_end(struct gbz_writer *w);

/* DefaultResponse to a component (GBCS 6.3, 8.2): the other direction. */
void gbz_put_default_response(struct gbz_writer *w,
			      const struct gbz_component *command,
			      uint8_t command_id, uint8_t status);

/*
 * Decoded to structures and written again, payloads too where they fit their
 * tables. 0 or -EBADMSG.
 */
int gbz_recode(enum gbcs_cra cra, uint16_t code, struct span content,
	       struct wbuf *w);

#endif /* HEARTH_GBZ_MESSAGE_H */
