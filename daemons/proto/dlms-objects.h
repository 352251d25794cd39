/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The COSEM objects that GBCS uses (GBCS 7.4), by name. */
#ifndef HEARTH_DLMS_OBJECTS_H
#define HEARTH_DLMS_OBJECTS_H

#include "dlms-access.h"

/* "Meter Balance"; NULL: not one of GBCS. */
const char *dlms_object_name(uint16_t class_id,
			     const uint8_t obis[DLMS_OBIS_LEN]);
/* "value" of an attribute, "reset" of a method; NULL: not one of GBCS. */
const char *dlms_member_name(uint16_t class_id, bool method, uint8_t index);

#endif /* HEARTH_DLMS_OBJECTS_H */
