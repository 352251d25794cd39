// SPDX-License-Identifier: LGPL-2.1-or-later
/* Requests, responses and alerts, down to their values. */
#include <errno.h>

#include "dlms-dump-text.h"
#include "dlms-objects.h"
#include "dlms-time.h"
#include "gbcs-dump.h"

/* "2 value", "0-0:19.10.0.255 Meter Balance"; the name where there is one. */
static void dump_named(struct dump *dump, const char *field, struct span raw,
		       const char *text, const char *name)
{
	dump_fieldf(dump, field, raw, "%s%s%s", text, name ? " " : "",
		    name ? name : "");
}

static void dump_object(struct dump *dump, struct reader *r, bool method)
{
	struct span raw = read_bytes(r, 2), obis, member;
	char text[DLMS_OBIS_TEXT_LEN];
	uint16_t class_id;

	obis = read_bytes(r, DLMS_OBIS_LEN);
	member = read_bytes(r, 1);
	if (r->bad)
		return;
	class_id = (uint16_t)(raw.p[0] << 8 | raw.p[1]);
	snprintf(text, sizeof(text), "%u", class_id);
	dump_named(dump, "class", raw, text, dlms_class_name(class_id));
	dlms_obis_text(obis.p, text);
	dump_named(dump, "instance", obis, text,
		   dlms_object_name(class_id, obis.p));
	snprintf(text, sizeof(text), "%u", member.p[0]);
	dump_named(dump, method ? "method" : "attribute", member, text,
		   dlms_member_name(class_id, method, member.p[0]));
}

static const char *access_name(uint8_t access)
{
	static const char *const names[] = { "unknown", "get", "set", "action",
					     "get with selection" };

	return names[access <= DLMS_GET_SELECT ? access : 0];
}

/* A length or count in front of what follows. */
static struct span count_raw(const uint8_t *end, size_t count)
{
	return SPAN(end - length_size(count), length_size(count));
}

static void dump_specs(struct dump *dump, const struct dlms_request *q)
{
	struct reader r = reader_of(q->specs);
	struct dlms_data selection;
	char name[DLMS_NAME_LEN];
	struct span access, selector;

	for (uint32_t n = 0; n < q->count && !r.bad; n++) {
		access = read_bytes(&r, 1);
		dlms_indexed(name, n, "specification");
		dump_begin(dump, name, access, access_name(access.p[0]));
		dump_object(dump, &r, access.p[0] == DLMS_ACTION);
		if (access.p[0] == DLMS_GET_SELECT) {
			selector = read_bytes(&r, 1);
			dlms_data_read(&r, &selection);
			dump_begin(dump, "selector", selector, NULL);
			dlms_dump_data(dump, dlms_type(selection.tag)->name,
				       &selection);
			dump_end(dump);
		}
		dump_end(dump);
	}
}

static int dump_request(struct dump *dump, struct span content)
{
	struct dlms_request_item item;
	struct dlms_items it;
	struct dlms_request q;
	char name[DLMS_NAME_LEN];

	if (dlms_request_parse(content, &q))
		return -EBADMSG;
	dump_begin(dump, "access-request", SPAN(content.p, 6), NULL);
	dump_begin(dump, "specifications", count_raw(q.specs.p, q.count),
		   dlms_elements(q.count, name));
	dump_specs(dump, &q);
	dump_end(dump);
	dump_begin(dump, "data", count_raw(q.data.p, q.count),
		   dlms_elements(q.count, name));
	it = dlms_request_items(&q);
	for (size_t n = 0; dlms_next_request(&it, &item); n++) {
		dlms_indexed(name, n, dlms_type(item.data.tag)->name);
		dlms_dump_data(dump, name, &item.data);
	}
	dump_end(dump);
	dump_end(dump);
	return 0;
}

/* The octets of the next value. */
static struct span field_of(struct reader *r)
{
	struct dlms_data data;

	dlms_data_read(r, &data);
	return data.raw;
}

static void dump_protected(struct dump *dump,
			   const struct dlms_protected_response *a)
{
	struct reader r = reader_of(a->protection_raw);

	/* Its form is fixed and has been checked: heads of lists are 01 n. */
	dump_begin(dump, "protection parameters", read_bytes(&r, 4), NULL);
	dump_field(dump, "protection type", field_of(&r),
		   "authentication and encryption");
	dump_field(dump, "protection options", read_bytes(&r, 2), NULL);
	dump_fieldf(dump, "transaction id", field_of(&r), "%u %llu",
		    a->protection.cra,
		    (unsigned long long)a->protection.counter);
	dump_field(dump, "originator", field_of(&r), NULL);
	dump_field(dump, "recipient", field_of(&r), NULL);
	dump_field(dump, "other information", field_of(&r), NULL);
	dump_begin(dump, "key info", read_bytes(&r, 2), NULL);
	dump_field(dump, "key info type", field_of(&r), "agreed key");
	dump_begin(dump, "agreed key options", read_bytes(&r, 2), NULL);
	dump_field(dump, "key parameters", field_of(&r), "C(0e, 2s ECC CDH)");
	dump_field(dump, "key ciphered data", field_of(&r), NULL);
	dump_end(dump);
	dump_end(dump);
	dump_end(dump);
	dump_begin(dump, "protected attributes",
		   SPAN(a->sealed_raw.p,
			(size_t)(a->header.p - a->sealed_raw.p)),
		   NULL);
	dump_field(dump, "security header", a->header, NULL);
	dump_field(dump, "ciphertext", a->ciphertext, NULL);
	dump_field(dump, "mac", a->tag, NULL);
	dump_end(dump);
}

static void dump_answer(struct dump *dump, const char *name,
			const struct dlms_response_item *item)
{
	struct dlms_protected_response sealed;

	if (item->access != DLMS_ACTION ||
	    dlms_protected_response_parse(&item->data, &sealed)) {
		dlms_dump_data(dump, name, &item->data);
		return;
	}
	dump_begin(dump, "protected attributes response",
		   dlms_data_head(&item->data), NULL);
	dump_protected(dump, &sealed);
	dump_end(dump);
}

static int dump_response(struct dump *dump, struct span content)
{
	struct dlms_response_item item;
	struct dlms_response a;
	struct dlms_items it;
	char name[DLMS_NAME_LEN];
	const uint8_t *at;

	if (dlms_response_parse(content, &a))
		return -EBADMSG;
	dump_begin(dump, "access-response", SPAN(content.p, 7), NULL);
	dump_begin(dump, "data", count_raw(a.data.p, a.count),
		   dlms_elements(a.count, name));
	it = dlms_response_items(&a);
	for (size_t n = 0; dlms_next_response(&it, &item); n++) {
		dlms_indexed(name, n, dlms_type(item.data.tag)->name);
		dump_answer(dump, name, &item);
	}
	dump_end(dump);
	dump_begin(dump, "results", count_raw(a.results.p, a.count),
		   dlms_elements(a.count, name));
	it = dlms_response_items(&a);
	for (size_t n = 0; at = it.items.p, dlms_next_response(&it, &item);
	     n++) {
		dlms_indexed(name, n, "result");
		dump_begin(dump, name, SPAN(at, 1), access_name(item.access));
		dump_field(dump, "code", SPAN(at + 1, 1),
			   dlms_result_name(item.code));
		dump_end(dump);
	}
	dump_end(dump);
	dump_end(dump);
	return 0;
}

/* --- alerts (GBCS 7.7) */

#define ALERT_FUTURE_SUCCESS 0x8f66
#define ALERT_FUTURE_FAILURE 0x8f67
#define ALERT_INTEGRITY 0x81a0

static const char *integrity_reason(uint16_t reason)
{
	static const char *const reasons[] = {
		"other",
		"nv memory",
		"program execution",
		"program storage",
		"ram",
		"unexpected reset",
		"watchdog",
		"metrology verification",
		"measurement",
		"unspecified",
	};

	if (reason >= sizeof(reasons) / sizeof(reasons[0]))
		return NULL;
	return reasons[reason];
}

static void dump_future_dated(struct dump *dump, const struct dlms_data *item)
{
	struct reader r = reader_of(item->body);
	struct dlms_future_dated dated;

	if (dlms_future_dated_parse(item->body, &dated))
		return;
	dump_field(dump, "future dated alert", dlms_data_head(item), NULL);
	gbcs_dump_message_code(dump, read_bytes(&r, 2), dated.message_code);
	dump_fieldf(dump, "originator counter", read_bytes(&r, 8), "%llu",
		    (unsigned long long)dated.counter);
	dump_object(dump, &r, false);
}

static void dump_alert_item(struct dump *dump, uint16_t alert_code,
			    const char *name, const struct dlms_data *item)
{
	bool octets = item->tag == DLMS_OCTET_STRING;
	uint16_t reason;

	if ((alert_code == ALERT_FUTURE_SUCCESS ||
	     alert_code == ALERT_FUTURE_FAILURE) &&
	    octets && item->body.len == DLMS_FUTURE_DATED_LEN) {
		dump_future_dated(dump, item);
	} else if (alert_code == ALERT_INTEGRITY && octets &&
		   item->body.len == 2) {
		reason = (uint16_t)(item->body.p[0] << 8 | item->body.p[1]);
		dump_begin(dump, name, dlms_data_head(item), NULL);
		dump_field(dump, "reason", item->body,
			   integrity_reason(reason));
		dump_end(dump);
	} else {
		dlms_dump_data(dump, name, item);
	}
}

static int dump_notification(struct dump *dump, struct span content)
{
	struct dlms_protected_response sealed;
	char text[DLMS_TIME_TEXT_LEN], name[DLMS_NAME_LEN];
	struct dlms_notification alert;
	struct dlms_iter it;
	struct dlms_time time;
	struct dlms_data item;

	if (dlms_notification_parse(content, &alert))
		return -EBADMSG;
	dump_begin(dump, "data-notification",
		   SPAN(content.p, (size_t)(alert.code_raw.p - content.p)),
		   NULL);
	gbcs_dump_alert_code(dump, alert.code_raw, alert.alert_code);
	if (dlms_time_parse(alert.time, &time))
		snprintf(text, sizeof(text), "malformed");
	else
		dlms_time_text(&time, alert.time.len, text);
	dump_field(dump, "time stamp", alert.time_raw, text);
	it = alert.items;
	if (!dlms_protected_alert_parse(&it, &sealed)) {
		dump_protected(dump, &sealed);
		dump_end(dump);
		return 0;
	}
	for (size_t n = 0; dlms_next(&alert.items, &item); n++) {
		dlms_indexed(name, n, dlms_type(item.tag)->name);
		dump_alert_item(dump, alert.alert_code, name, &item);
	}
	dump_end(dump);
	return 0;
}

int dlms_dump(struct dump *dump, struct span content)
{
	switch (content.len ? content.p[0] : 0) {
	case DLMS_APDU_ACCESS_REQUEST:
		return dump_request(dump, content);
	case DLMS_APDU_ACCESS_RESPONSE:
		return dump_response(dump, content);
	case DLMS_APDU_NOTIFICATION:
		return dump_notification(dump, content);
	default:
		return -EBADMSG;
	}
}
