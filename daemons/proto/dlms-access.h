/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What ESME, CHF and SAPC are told and answer: access-request and -response
 * and data-notification (alerts), GBCS 7.1, 7.3, 7.6 and 7.7. Decoders check
 * everything and leave spans into the message; errors as in dlms-data.h.
 */
#ifndef HEARTH_DLMS_ACCESS_H
#define HEARTH_DLMS_ACCESS_H

#include "dlms-data.h"

#define DLMS_OBIS_LEN 6

/* First octet of the content. */
enum dlms_apdu {
	DLMS_APDU_NOTIFICATION = 0x0f,
	DLMS_APDU_ACCESS_REQUEST = 0xd9,
	DLMS_APDU_ACCESS_RESPONSE = 0xda,
};

/*
 * long-invoke-id-and-priority: this, and the low 24 bits of the originator
 * counter. Whether it fits the message is for the caller to see.
 */
#define DLMS_LIIP_BREAK_ON_ERROR UINT32_C(0x20000000)

static inline uint32_t dlms_liip(uint64_t originator_counter)
{
	return DLMS_LIIP_BREAK_ON_ERROR |
	       (uint32_t)(originator_counter & 0xffffff);
}

/* --- access */

enum dlms_access {
	DLMS_GET = 1,
	DLMS_SET = 2,
	DLMS_ACTION = 3,
	DLMS_GET_SELECT = 4, /* only in requests */
};

enum dlms_result_code {
	DLMS_SUCCESS = 0,
	DLMS_HARDWARE_FAULT = 1,
	DLMS_TEMPORARY_FAILURE = 2,
	DLMS_READ_WRITE_DENIED = 3,
	DLMS_OBJECT_UNDEFINED = 4,
	DLMS_OBJECT_CLASS_INCONSISTENT = 9,
	DLMS_OBJECT_UNAVAILABLE = 11,
	DLMS_TYPE_UNMATCHED = 12,
	DLMS_SCOPE_VIOLATED = 13,
	DLMS_OTHER_REASON = 250,
};

/* "success", "hardware-fault"...; "unknown" if there is no such. */
const char *dlms_result_name(uint8_t code);

struct dlms_spec {
	uint8_t access; /* enum dlms_access */
	uint16_t class_id;
	uint8_t obis[DLMS_OBIS_LEN];
	uint8_t member;		    /* attribute or method */
	uint8_t selector;	    /* and this of DLMS_GET_SELECT */
	struct dlms_data selection; /* parameters of the selector */
};

struct dlms_request_item {
	struct dlms_spec spec;
	struct dlms_data data; /* null for a GET */
};

struct dlms_request {
	uint32_t liip;
	uint32_t count;
	struct span specs, data;
};

struct dlms_response_item {
	uint8_t access; /* without DLMS_GET_SELECT */
	uint8_t code;	/* enum dlms_result_code */
	struct dlms_data data;
};

struct dlms_response {
	uint32_t liip;
	uint32_t count;
	struct span data, results;
};

/* Walks the items of a request or response: pairs of the two lists. */
struct dlms_items {
	struct reader items, data;
	uint32_t left;
};

int dlms_request_parse(struct span content, struct dlms_request *ret);
struct dlms_items dlms_request_items(const struct dlms_request *request);
bool dlms_next_request(struct dlms_items *it, struct dlms_request_item *ret);

int dlms_response_parse(struct span content, struct dlms_response *ret);
struct dlms_items dlms_response_items(const struct dlms_response *response);
bool dlms_next_response(struct dlms_items *it, struct dlms_response_item *ret);

void dlms_put_request(struct wbuf *w, uint32_t liip,
		      const struct dlms_request_item *items, size_t count);
void dlms_put_response(struct wbuf *w, uint32_t liip,
		       const struct dlms_response_item *items, size_t count);

/* --- selection by range (GBCS 7.3), seconds since 2000-01-01 UTC */

#define DLMS_SELECTOR_RANGE 1

struct dlms_range {
	uint32_t from_s, to_s;
};

int dlms_range_parse(const struct dlms_data *selection, struct dlms_range *ret);
void dlms_put_range(struct wbuf *w, const struct dlms_range *range);

/* --- alerts (GBCS 7.7) */

struct dlms_notification {
	uint32_t liip;
	uint16_t alert_code;
	struct span time;	/* 12 octets, for dlms_time_parse() */
	struct dlms_iter items; /* what comes after code and time */
	struct span code_raw, time_raw;
};

int dlms_notification_parse(struct span content, struct dlms_notification *ret);
/* The items come next. */
void dlms_put_notification(struct wbuf *w, uint32_t liip, uint16_t alert_code,
			   struct span time, size_t items);

/* Item of a future dated alert: octet-string(19). */
struct dlms_future_dated {
	uint16_t message_code;
	uint64_t counter; /* of the command */
	uint16_t class_id;
	uint8_t obis[DLMS_OBIS_LEN];
	uint8_t attribute;
};

#define DLMS_FUTURE_DATED_LEN 19

int dlms_future_dated_parse(struct span octets, struct dlms_future_dated *ret);
void dlms_put_future_dated(struct wbuf *w,
			   const struct dlms_future_dated *dated);

/* --- sensitive reads (GBCS 7.6): class 30 method 1 */

#define DLMS_CLASS_DATA_PROTECTION 30

/* The only protection there is: authenticated, encrypted, key agreed. */
struct dlms_protection {
	uint8_t cra; /* 4 */
	uint64_t counter;
	uint64_t originator, recipient; /* entity ids */
};

/* An attribute asked for; with from and to (12 octets each), or all of it. */
struct dlms_protected_object {
	uint16_t class_id;
	uint8_t obis[DLMS_OBIS_LEN];
	int8_t attribute;
	bool restricted;
	struct span from, to;
};

struct dlms_protected_request {
	struct dlms_protection protection;
	struct dlms_iter objects;
};

/* sealed: header 31 00000000, ciphertext, tag of 12 octets. */
struct dlms_protected_response {
	struct dlms_protection protection;
	struct span protection_raw; /* the array(1) of it */
	struct span sealed_raw;	    /* with tag and length */
	struct span header, ciphertext, tag;
};

int dlms_protected_request_parse(const struct dlms_data *data,
				 struct dlms_protected_request *ret);
/* True, or there are no more, or it->bad. */
bool dlms_next_protected(struct dlms_iter *it,
			 struct dlms_protected_object *ret);
int dlms_protected_response_parse(const struct dlms_data *data,
				  struct dlms_protected_response *ret);
/* The same as the last two items of an alert; it stands before them. */
int dlms_protected_alert_parse(struct dlms_iter *it,
			       struct dlms_protected_response *ret);

void dlms_put_protected_request(struct wbuf *w,
				const struct dlms_protection *protection,
				const struct dlms_protected_object *objects,
				size_t count);
void dlms_put_protected_response(struct wbuf *w,
				 const struct dlms_protection *protection,
				 struct span ciphertext, struct span tag);
/* The two items of an alert. */
void dlms_put_protected_alert(struct wbuf *w,
			      const struct dlms_protection *protection,
			      struct span ciphertext, struct span tag);

#endif /* HEARTH_DLMS_ACCESS_H */
