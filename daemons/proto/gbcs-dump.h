/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The envelope of a message, described field by field; see dump.h. */
#ifndef HEARTH_GBCS_DUMP_H
#define HEARTH_GBCS_DUMP_H

#include "dump.h"
#include "gbcs-message.h"

/*
 * in: the octets gbcs_message_decode() made msg of. What stands in front of
 * the content, and what behind it.
 */
void gbcs_dump_front(const struct gbcs_message *msg, struct span in,
		     struct dump *dump);
void gbcs_dump_back(const struct gbcs_message *msg, struct span in,
		    struct dump *dump);

/* Two octets by the names of what they stand for, in any content. */
void gbcs_dump_message_code(struct dump *dump, struct span raw, uint16_t code);
void gbcs_dump_alert_code(struct dump *dump, struct span raw, uint16_t code);

#endif /* HEARTH_GBCS_DUMP_H */
