/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Descriptions of messages: text that a person can read, write and keep under
 * version control. describe() makes one of a message, undescribe() a message
 * of one; the second undoes the first, but for signature and MAC. The grammar
 * is in gbcs-tool(1); each encoding's part of it has a file of its own.
 */
#ifndef HEARTH_DESCRIBE_H
#define HEARTH_DESCRIBE_H

#include "../proto/gbcs-message.h"
#include "text.h"

/* 0, or -EBADMSG or -ENOMEM and why. */
int describe(struct span message, FILE *out, const char **ret_why);

/*
 * Fields of ret point into t and content, which has GBCS_MESSAGE_MAX octets of
 * room. False: t->error.
 */
bool undescribe(struct text *t, uint8_t *content, struct gbcs_message *ret);

/* --- the encodings: what stands behind the keyword, { and } included */

/* 0, or negative errno: cannot be described; nothing was written then. */
int describe_dlms(const struct gbcs_message *msg, struct text_out *out);
int describe_gbz(const struct gbcs_message *msg, struct text_out *out);
int describe_asn1(const struct gbcs_message *msg, struct text_out *out);

/* msg has all but its content; false: t->error. */
bool undescribe_dlms(struct text *t, const struct gbcs_message *msg,
		     const char *keyword, struct wbuf *content);
bool undescribe_gbz(struct text *t, const struct gbcs_message *msg,
		    struct wbuf *content);
bool undescribe_asn1(struct text *t, const struct gbcs_message *msg,
		     struct wbuf *content);

/* --- shared */

/* Seconds since 2000 as a time. */
void describe_seconds(uint32_t seconds, struct text_out *out);
/* "2015-01-01T00:00:00Z" to seconds since 2000; false: t->error. */
bool text_time(struct text *t, const char *what, uint32_t *ret);

#endif /* HEARTH_DESCRIBE_H */
