/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The clusters, attributes and commands that GBCS uses (GBCS 8.5), as tables.
 * The payload of a command is a list of fields; zcl-payload.h has the one
 * reader and the one writer that follow it.
 */
#ifndef HEARTH_ZCL_TABLE_H
#define HEARTH_ZCL_TABLE_H

#include "zcl-value.h"

enum zcl_cluster_id {
	ZCL_BASIC = 0x0000,
	ZCL_PRICE = 0x0700,
	ZCL_METERING = 0x0702,
	ZCL_MESSAGING = 0x0703,
	ZCL_PREPAYMENT = 0x0705,
	ZCL_CALENDAR = 0x0707,
	ZCL_DEVICE_MANAGEMENT = 0x0708,
	ZCL_EVENTS = 0x0709,
};

/* Of the frame control: the frame type in two bits, and flags. */
enum zcl_frame_control {
	ZCL_FRAME_TYPE = 0x03,
	ZCL_GENERAL = 0x00, /* frame types */
	ZCL_CLUSTER = 0x01,
	ZCL_MANUFACTURER = 0x04,
	ZCL_FROM_SERVER = 0x08, /* direction: server to client */
	ZCL_NO_DEFAULT_RESPONSE = 0x10,
};

/* General commands. */
enum zcl_general_id {
	ZCL_READ_ATTRIBUTES = 0x00,
	ZCL_READ_ATTRIBUTES_RESPONSE = 0x01,
	ZCL_DEFAULT_RESPONSE = 0x0b,
};

enum zcl_status {
	ZCL_SUCCESS = 0x00,
	ZCL_FAILURE = 0x01,
	ZCL_NOT_AUTHORIZED = 0x7e,
	ZCL_MALFORMED_COMMAND = 0x80,
	ZCL_UNSUP_CLUSTER_COMMAND = 0x81,
	ZCL_UNSUP_GENERAL_COMMAND = 0x82,
	ZCL_INVALID_FIELD = 0x85,
	ZCL_UNSUPPORTED_ATTRIBUTE = 0x86,
	ZCL_INVALID_VALUE = 0x87,
	ZCL_INSUFFICIENT_SPACE = 0x89,
	ZCL_NOT_FOUND = 0x8b,
	ZCL_HARDWARE_FAILURE = 0xc0,
	ZCL_SOFTWARE_FAILURE = 0xc1,
};

/* In the place of the command that failed before (GBCS 6.3). */
#define ZCL_NOT_EXECUTED 0xff

/* --- payloads */

enum zcl_rule {
	ZCL_FIELD,    /* one value */
	ZCL_OPTIONAL, /* one value, if octets are left */
	/* The next members fields form a group: */
	ZCL_TIMES,	/* as many of it as the value kept says */
	ZCL_TIMES_LOW4, /* as its low four bits say */
	ZCL_TO_END,	/* until no octets are left */
	ZCL_WHEN,	/* one, if the bit of the value kept is set in values */
};

/* Values that later fields look back at. */
#define ZCL_SLOTS 4

struct zcl_field {
	const char *name;
	uint8_t type;	 /* enum zcl_type_id, of a value */
	uint8_t meaning; /* enum zcl_meaning */
	uint8_t rule;	 /* enum zcl_rule */
	/* Of a value: where to keep it, or 0; else and of ZCL_VARIES: which. */
	uint8_t slot;
	uint8_t members;
	uint8_t values; /* of ZCL_WHEN; values over 7 are never among them */
};

/*
 * Slot in which an attribute's id is kept: what the next value of ZCL_VARIES
 * means is what the attribute means.
 */
#define ZCL_SLOT_ATTRIBUTE 3

struct zcl_command {
	uint16_t cluster; /* 0 of general commands, which all clusters have */
	uint8_t kind;	  /* frame type and direction */
	uint8_t id;
	const char *name;
	const struct zcl_field *fields;
	size_t count;
};

struct zcl_attribute {
	uint16_t cluster, id;
	uint8_t type, meaning;
	const char *name;
};

/*
 * NULL if there is none. A cluster's command that is only known in the other
 * direction is that: there are such messages (GCS05 alerts). General commands
 * are found whatever their direction.
 */
const struct zcl_command *zcl_command_find(uint16_t cluster,
					   uint8_t frame_control, uint8_t id);
const struct zcl_attribute *zcl_attribute_find(uint16_t cluster, uint16_t id);
/* "Price"; NULL if unknown. */
const char *zcl_cluster_name(uint16_t cluster);

/* By name, compared as zcl_same_name() does. NULL or -EINVAL if unknown. */
const struct zcl_command *zcl_command_by_name(uint16_t cluster,
					      const char *name);
const struct zcl_attribute *zcl_attribute_by_name(uint16_t cluster,
						  const char *name);
int zcl_cluster_by_name(const char *name, uint16_t *ret);

/*
 * Can the command be given for a later time (GBCS 6.2)? *ret_cancel_s is then
 * what cancels that. Set Low Credit Warning Level has its time in the envelope.
 */
bool zcl_command_datable(const struct zcl_command *command,
			 uint32_t *ret_cancel_s);

/* Every row, in the order of the search. */
extern const struct zcl_command zcl_commands[];
extern const size_t zcl_command_count;
extern const struct zcl_attribute zcl_attributes[];
extern const size_t zcl_attribute_count;

#endif /* HEARTH_ZCL_TABLE_H */
