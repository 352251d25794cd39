/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Values of the ZigBee Cluster Library: little-endian, of a type that a table
 * or the message tells; and the same as text. Spans point into what was read:
 * nothing is allocated or copied.
 */
#ifndef HEARTH_ZCL_VALUE_H
#define HEARTH_ZCL_VALUE_H

#include "span.h"

/* Those of the tables by name; zcl_type() knows the other ones of ZCL. */
enum zcl_type_id {
	ZCL_NODATA = 0x00,
	ZCL_BOOLEAN = 0x10,
	ZCL_BITMAP8 = 0x18,
	ZCL_BITMAP16 = 0x19,
	ZCL_BITMAP32 = 0x1b,
	ZCL_UINT8 = 0x20,
	ZCL_UINT16 = 0x21,
	ZCL_UINT24 = 0x22,
	ZCL_UINT32 = 0x23,
	ZCL_UINT48 = 0x25,
	ZCL_UINT64 = 0x27,
	ZCL_INT8 = 0x28,
	ZCL_INT16 = 0x29,
	ZCL_INT24 = 0x2a,
	ZCL_INT32 = 0x2b,
	ZCL_INT64 = 0x2f,
	ZCL_ENUM8 = 0x30,
	ZCL_ENUM16 = 0x31,
	ZCL_OCTET_STRING = 0x41,
	ZCL_CHARACTER_STRING = 0x42,
	ZCL_LONG_OCTET_STRING = 0x43,
	ZCL_LONG_CHARACTER_STRING = 0x44,
	ZCL_TIME_OF_DAY = 0xe0,
	ZCL_DATE = 0xe1,
	ZCL_UTC_TIME = 0xe2, /* seconds since 2000-01-01T00:00:00Z */
	ZCL_EUI64 = 0xf0,
	ZCL_KEY128 = 0xf1,
	/* Ours, ids that ZCL reserves: */
	ZCL_REST = 0x01,   /* all that is left; so are types nobody knows */
	ZCL_VARIES = 0x02, /* of the type that an earlier field has said */
};

enum zcl_form {
	ZCL_FORM_REST, /* octets to the end */
	ZCL_FORM_UINT,
	ZCL_FORM_INT,
	ZCL_FORM_BITS, /* bitmaps, data, floats: as it lies there */
	ZCL_FORM_ENUM,
	ZCL_FORM_BOOLEAN,
	ZCL_FORM_UTC,
	ZCL_FORM_DATE,	 /* octets from the lowest: year - 1900, month, day, */
	ZCL_FORM_CLOCK,	 /* weekday; hour, minute, second, hundredth; FF: any */
	ZCL_FORM_STRING, /* length of as many octets as size says, octets */
	ZCL_FORM_BYTES,	 /* as many octets as size says */
};

struct zcl_type {
	const char *name;
	uint8_t form; /* enum zcl_form */
	uint8_t size; /* octets of a number, of the length of a string */
};

/* Never NULL: an unknown type has ZCL_FORM_REST. */
const struct zcl_type *zcl_type(uint8_t id);

struct zcl_value {
	uint8_t type;
	bool invalid;	   /* a string of length FF or FFFF: no octets */
	uint64_t number;   /* two's complement; dates and times too */
	struct span bytes; /* of ZCL_FORM_STRING, _BYTES and _REST */
};

static inline bool zcl_is_number(uint8_t type)
{
	uint8_t form = zcl_type(type)->form;

	return form != ZCL_FORM_REST && form != ZCL_FORM_STRING &&
	       form != ZCL_FORM_BYTES;
}

static inline struct zcl_value zcl_number(uint8_t type, uint64_t number)
{
	return (struct zcl_value){ .type = type, .number = number };
}

static inline struct zcl_value zcl_bytes(uint8_t type, struct span bytes)
{
	return (struct zcl_value){ .type = type, .bytes = bytes };
}

/* Can the type hold this number? */
bool zcl_in_range(uint8_t type, uint64_t number);
/* The next value, or r->bad. */
void zcl_value_read(struct reader *r, uint8_t type, struct zcl_value *ret);
/* w->bad if it is not in the range of its type. */
void zcl_value_put(struct wbuf *w, const struct zcl_value *value);

/* --- what numbers mean */

enum zcl_meaning {
	ZCL_AS_NUMBER,
	/* seconds since 2000; of an instruction 0 is "now" (GBCS 6.1) */
	ZCL_AS_TIME,
	ZCL_AS_START,
	ZCL_AS_START_FF, /* and FFFFFFFF is "cancel" */
	ZCL_AS_START_FE, /* and FFFFFFFE is "cancel" */
	ZCL_AS_MINUTES,	 /* of a day: "07:00" */
	ZCL_AS_HEX,
	/* names of the tables */
	ZCL_AS_TYPE,
	ZCL_AS_ATTRIBUTE,
	ZCL_AS_COMMAND, /* that the component answers */
	/* names of their own */
	ZCL_AS_STATUS,
	ZCL_AS_CURRENCY,
	ZCL_AS_UNIT,
	ZCL_AS_CALORIFIC_UNIT,
	ZCL_AS_TARIFF,
	ZCL_AS_TARIFF_SCHEME,
	ZCL_AS_RESOLUTION,
	ZCL_AS_CALENDAR,
	ZCL_AS_SUPPLY,
	ZCL_AS_SUPPLY_STATE,
	ZCL_AS_SAMPLE,
	ZCL_AS_SNAPSHOT,
	ZCL_AS_PREPAY_SNAPSHOT,
	ZCL_AS_ORIGIN,
	ZCL_AS_TOP_UP,
	ZCL_AS_ADJUSTMENT,
	ZCL_AS_DEBT_METHOD,
	ZCL_AS_DEBT_AMOUNT,
	ZCL_AS_DEBT_FREQUENCY,
	ZCL_AS_DEBT,
	ZCL_AS_PASSWORD,
	ZCL_AS_EVENT_CONTROL,
	ZCL_AS_LOG,
	ZCL_AS_INTEGRITY,
	ZCL_AS_USER_INTERFACE,
	/* names of bits */
	ZCL_AS_SNAPSHOT_CAUSE,
	ZCL_AS_PAYMENT_CONTROL,
	ZCL_AS_CLEARED_LOGS,
	ZCL_MEANINGS
};

/* Whose name a number is may depend on where it stands. */
struct zcl_about {
	uint8_t meaning; /* enum zcl_meaning */
	uint16_t cluster;
	uint8_t frame_control;
};

static inline bool zcl_is_bits(uint8_t meaning)
{
	return meaning >= ZCL_AS_SNAPSHOT_CAUSE;
}

/* Seconds since 2000, of a type that can hold them. */
static inline bool zcl_is_time(uint8_t type, uint8_t meaning)
{
	return (type == ZCL_UTC_TIME || type == ZCL_UINT32) &&
	       meaning >= ZCL_AS_TIME && meaning <= ZCL_AS_START_FE;
}

/* Enough for what is not a string; strings need 4 for each octet, and 3. */
#define ZCL_TEXT_LEN 512

/*
 * "1250", "0x50", "now", "2015-01-01T00:00:00Z", "hardware-failure",
 * "general|0x100"; strings quoted with \xNN where they are text, else in
 * hexadecimal; "invalid". -ENOSPC if it does not fit, -EINVAL if the number is
 * not one of its type.
 */
int zcl_value_to_text(const struct zcl_value *value, struct zcl_about about,
		      char *text, size_t room);
/*
 * The inverse; a number can always be given as such, names in any case, with
 * or without the spaces and hyphens in them. Octets are appended to store,
 * which the result points into. -EINVAL: not a value of this type; -ENOSPC.
 */
int zcl_value_from_text(uint8_t type, struct zcl_about about, const char *text,
			struct wbuf *store, struct zcl_value *ret);

/* The type with this name; -EINVAL. */
int zcl_type_by_name(const char *name, uint8_t *ret);

static inline char zcl_folded(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Equal but for case, spaces and hyphens. */
bool zcl_same_name(const char *a, const char *b);

struct zcl_name {
	uint32_t number; /* the bit, of ZCL_AS_SNAPSHOT_CAUSE and after */
	const char *name;
};

/* All names of a meaning, NULL if it has no table. */
const struct zcl_name *zcl_meaning_names(enum zcl_meaning meaning, size_t *ret);

/* The name of a number where it has one, or NULL. */
const char *zcl_meaning_name(enum zcl_meaning meaning, uint32_t number);
/* The same, and of what the tables name. */
const char *zcl_name_of(struct zcl_about about, uint64_t number);
/* -EINVAL: no such name. */
int zcl_number_of_name(struct zcl_about about, const char *name, uint64_t *ret);

#endif /* HEARTH_ZCL_VALUE_H */
