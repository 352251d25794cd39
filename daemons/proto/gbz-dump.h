/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * GBZ content, described field by field; see dump.h. Every octet is in exactly
 * one field or in the header of one group. A payload that does not fit the
 * table of its command is one field of its own.
 */
#ifndef HEARTH_GBZ_DUMP_H
#define HEARTH_GBZ_DUMP_H

#include "dump.h"
#include "gbz-message.h"

/* 0, or -EBADMSG and nothing was dumped. */
int gbz_dump(struct dump *dump, enum gbcs_cra cra, uint16_t code,
	     struct span content);

/* A payload that was encrypted, of this command. */
void gbz_dump_plain(struct dump *dump, uint16_t cluster, uint8_t frame_control,
		    uint8_t command, struct span plain);

#endif /* HEARTH_GBZ_DUMP_H */
