/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The envelope of every GBCS message (GBCS 2):
 *
 *   DD 000000000000 | length | 11 00000000 | G | MAC (12)      with a MAC
 *   G                                                          without
 *   G = DF | 09 CRA counter (8) | 08 originator | 08 target | date-time |
 *       other information | content | [signature]
 *
 * A pre-command ends after its content. Nothing here is checked by
 * cryptography; see gbcs-protect.h for that.
 */
#ifndef HEARTH_GBCS_MESSAGE_H
#define HEARTH_GBCS_MESSAGE_H

#include "span.h"

#define GBCS_MAC_LEN 12
#define GBCS_SIGNATURE_LEN 64
#define GBCS_DATE_TIME_LEN 12
/* The longest message this library takes; the longest known is 3,986 octets. */
#define GBCS_MESSAGE_MAX 16384

enum gbcs_cra {
	GBCS_COMMAND = 1,
	GBCS_RESPONSE = 2,
	GBCS_ALERT = 3,
};

/* By the first octet of the content, which for ASN.1 is a DER tag. */
enum gbcs_encoding {
	GBCS_DLMS,
	GBCS_GBZ,
	GBCS_ASN1,
};

/* What other information carries besides the message code (GBCS 2). */
enum gbcs_supplementary {
	GBCS_SUPP_PARTY = 1,	   /* id */
	GBCS_SUPP_COUNTER = 2,	   /* and counter */
	GBCS_SUPP_ORIGINATOR = 4,  /* and originator counter */
	GBCS_SUPP_CERTIFICATE = 8, /* and key agreement certificate */
};

struct gbcs_message {
	enum gbcs_cra cra;
	uint64_t counter;    /* originator counter */
	uint64_t originator; /* EUI-64s */
	uint64_t target;
	struct span date_time; /* 12 octets or empty; responses only */
	uint16_t code;	       /* message code */

	unsigned int supplementary; /* enum gbcs_supplementary, or 0 */
	uint64_t supp_party;
	uint64_t supp_counter;
	uint64_t supp_originator_counter;
	struct span supp_certificate; /* DER */

	struct span content;
	bool pre_command;      /* no signature field at all */
	struct span signature; /* 64 octets, or empty: protected by MAC only */
	struct span mac;       /* 12 octets, or empty: no MAC header */

	/* Of a decoded message: what signature and MAC are over (GBCS 3, 4.3). */
	struct span signed_part; /* from the transaction id's length on */
	struct span grouped;	 /* G, with its signature field */
};

/*
 * Take a message apart; spans point into it. 0, or -EBADMSG with *ret_why (if
 * not NULL) saying what is wrong with it; *ret is then undefined.
 */
int gbcs_message_decode(struct span in, struct gbcs_message *ret,
			const char **ret_why);

/*
 * The message of its fields; signed_part and grouped are not looked at. bad in
 * w if it is too long, has a signature or date-time of a wrong length, or did
 * not fit.
 */
void gbcs_message_encode(const struct gbcs_message *msg, struct wbuf *w);

/* Only what a signature is over; a message is built in this order: this, then
 * the signature, then gbcs_message_encode_grouped(), then the MAC.
 */
void gbcs_message_encode_signed(const struct gbcs_message *msg, struct wbuf *w);
/* G. */
void gbcs_message_encode_grouped(const struct gbcs_message *msg,
				 struct wbuf *w);

/* "command", "response", "alert" */
const char *gbcs_cra_name(enum gbcs_cra cra);

enum gbcs_encoding gbcs_message_encoding(const struct gbcs_message *msg);

#endif /* HEARTH_GBCS_MESSAGE_H */
