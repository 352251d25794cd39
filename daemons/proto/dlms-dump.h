/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DLMS messages and data described field by field, see dump.h. */
#ifndef HEARTH_DLMS_DUMP_H
#define HEARTH_DLMS_DUMP_H

#include "dlms-access.h"
#include "dump.h"

/* Text of an OBIS code, "0-0:94.44.100.255". */
#define DLMS_OBIS_TEXT_LEN 24

void dlms_obis_text(const uint8_t obis[DLMS_OBIS_LEN],
		    char text[DLMS_OBIS_TEXT_LEN]);
/* Name of an interface class, NULL if it has none here. */
const char *dlms_class_name(uint16_t class_id);

/* One value with all that is in it. */
void dlms_dump_data(struct dump *dump, const char *name,
		    const struct dlms_data *data);
/* Values up to the end, as in decrypted content. -EBADMSG: nothing dumped. */
int dlms_dump_plain(struct dump *dump, struct span plain);
/* Request, response or notification by its first octet; errors the same. */
int dlms_dump(struct dump *dump, struct span content);

#endif /* HEARTH_DLMS_DUMP_H */
