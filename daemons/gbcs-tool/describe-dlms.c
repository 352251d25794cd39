// SPDX-License-Identifier: LGPL-2.1-or-later
/* Descriptions: messages of DLMS to text. describe-dlms-value.c has values. */
#include <errno.h>

#include "../proto/dlms-dump.h"
#include "../proto/dlms-time.h"
#include "describe-dlms.h"

static const char *const access_names[] = {
	[DLMS_GET] = "get",
	[DLMS_SET] = "set",
	[DLMS_ACTION] = "action",
	[DLMS_GET_SELECT] = "get-select",
};

static void put_liip(struct text_out *out, uint32_t liip,
		     const struct gbcs_message *msg)
{
	if (liip != dlms_liip(msg->counter))
		text_putf(out, "liip 0x%08x", (unsigned int)liip);
}

/* --- to text */

static int describe_request(const struct gbcs_message *msg,
			    struct text_out *out)
{
	struct dlms_request_item item;
	struct dlms_request request;
	char obis[DLMS_OBIS_TEXT_LEN];
	struct dlms_items it;
	int r = 0;

	if (dlms_request_parse(msg->content, &request))
		return -EBADMSG;
	text_putf(out, "dlms-request");
	put_liip(out, request.liip, msg);
	text_put_open(out);
	it = dlms_request_items(&request);
	while (!r && dlms_next_request(&it, &item)) {
		dlms_obis_text(item.spec.obis, obis);
		text_putf(out, "%s %u %s %u", access_names[item.spec.access],
			  item.spec.class_id, obis, item.spec.member);
		if (item.spec.access == DLMS_GET_SELECT)
			r = describe_selection(&item.spec, out);
		/* Null is what goes with a GET, and is left out. */
		if (!r && item.data.tag != DLMS_NULL)
			r = describe_value(&item.data, out);
		text_put_end(out);
	}
	text_put_close(out);
	return r;
}

static int describe_response(const struct gbcs_message *msg,
			     struct text_out *out)
{
	struct dlms_response_item item;
	struct dlms_response response;
	struct dlms_items it;
	int r = 0;

	if (dlms_response_parse(msg->content, &response))
		return -EBADMSG;
	text_putf(out, "dlms-response");
	put_liip(out, response.liip, msg);
	text_put_open(out);
	it = dlms_response_items(&response);
	while (!r && dlms_next_response(&it, &item)) {
		const char *name = dlms_result_name(item.code);

		text_putf(out, "%s", access_names[item.access]);
		if (strcmp(name, "unknown"))
			text_putf(out, "%s", name);
		else
			text_putf(out, "%u", item.code);
		if (item.data.tag != DLMS_NULL)
			r = describe_value(&item.data, out);
		text_put_end(out);
	}
	text_put_close(out);
	return r;
}

static int describe_alert(const struct gbcs_message *msg, struct text_out *out)
{
	struct dlms_notification alert;
	struct dlms_data item;
	int r = 0;

	if (dlms_notification_parse(msg->content, &alert))
		return -EBADMSG;
	text_putf(out, "dlms-alert 0x%04x", alert.alert_code);
	describe_time(alert.time, out);
	put_liip(out, alert.liip, msg);
	text_put_open(out);
	while (!r && dlms_next(&alert.items, &item)) {
		r = describe_value(&item, out);
		text_put_end(out);
	}
	text_put_close(out);
	return r;
}

int describe_dlms(const struct gbcs_message *msg, struct text_out *out)
{
	switch (msg->content.p[0]) {
	case DLMS_APDU_ACCESS_REQUEST:
		return describe_request(msg, out);
	case DLMS_APDU_ACCESS_RESPONSE:
		return describe_response(msg, out);
	default:
		return describe_alert(msg, out);
	}
}

/* --- from text */

/* "0-0:94.44.0.255" to its six octets. */
static bool parse_obis(struct text *t, uint8_t obis[DLMS_OBIS_LEN])
{
	static const char separators[] = "-:...";
	char word[40], *at = word;
	unsigned long value;

	if (!text_word(t, "OBIS code", word, sizeof(word)))
		return false;
	for (int n = 0; n < DLMS_OBIS_LEN; n++) {
		char *end;

		value = strtoul(at, &end, 10);
		if (*at < '0' || *at > '9' || value > 255 ||
		    *end != (n < DLMS_OBIS_LEN - 1 ? separators[n] : 0))
			return text_fail(t,
					 "'%s' is not an OBIS code, as "
					 "0-0:94.44.0.255",
					 word);
		obis[n] = (uint8_t)value;
		at = end + 1;
	}
	return true;
}

static int access_of(struct text *t)
{
	for (int access = DLMS_GET; access <= DLMS_GET_SELECT; access++)
		if (text_take(t, access_names[access]))
			return access;
	text_unexpected(t, "get, get-select, set, action, a value or }");
	return -1;
}

static bool parse_liip(struct text *t, uint32_t *liip)
{
	uint64_t value;

	if (!text_take(t, "liip"))
		return true;
	if (!text_uint(t, "liip", UINT32_MAX, &value))
		return false;
	*liip = (uint32_t)value;
	return true;
}

/* Values stand behind each other in room; an item's is a span of it. */
static bool parse_optional(struct text *t, struct wbuf *room,
			   struct dlms_data *ret)
{
	struct span raw;

	*ret = (struct dlms_data){ 0 };
	if (!undescribe_begins(t))
		return true;
	return undescribe_value(t, room, &raw) &&
	       (!dlms_data_parse(raw, ret) || text_fail(t, "no such value"));
}

static bool parse_request_item(struct text *t, struct wbuf *room,
			       struct dlms_request_item *item)
{
	int access = access_of(t);
	uint64_t class_id, member;

	memset(item, 0, sizeof(*item));
	if (access < 0 || !text_uint(t, "class", UINT16_MAX, &class_id) ||
	    !parse_obis(t, item->spec.obis) ||
	    !text_uint(t, "attribute or method", UINT8_MAX, &member))
		return false;
	item->spec.access = (uint8_t)access;
	item->spec.class_id = (uint16_t)class_id;
	item->spec.member = (uint8_t)member;
	if (access == DLMS_GET_SELECT &&
	    !undescribe_selection(t, room, &item->spec))
		return false;
	return parse_optional(t, room, &item->data);
}

static bool parse_request(struct text *t, uint32_t liip, struct wbuf *room,
			  struct wbuf *content)
{
	static struct dlms_request_item items[DLMS_TEXT_ITEMS];
	size_t n = 0;

	while (!text_take(t, "}")) {
		if (n == DLMS_TEXT_ITEMS)
			return text_fail(t, "too many items for a message");
		if (!parse_request_item(t, room, &items[n++]))
			return false;
	}
	dlms_put_request(content, liip, items, n);
	return true;
}

static bool parse_result(struct text *t, uint8_t *ret)
{
	uint64_t value;

	for (unsigned int code = 0; code <= UINT8_MAX; code++) {
		const char *name = dlms_result_name((uint8_t)code);

		if (strcmp(name, "unknown") && text_take(t, name)) {
			*ret = (uint8_t)code;
			return true;
		}
	}
	if (!text_uint(t, "result", UINT8_MAX, &value))
		return false;
	*ret = (uint8_t)value;
	return true;
}

static bool parse_response(struct text *t, uint32_t liip, struct wbuf *room,
			   struct wbuf *content)
{
	static struct dlms_response_item items[DLMS_TEXT_ITEMS];
	size_t n = 0;

	while (!text_take(t, "}")) {
		struct dlms_response_item *item = &items[n];
		int access;

		if (n++ == DLMS_TEXT_ITEMS)
			return text_fail(t, "too many items for a message");
		access = access_of(t);
		if (access < 0 || !parse_result(t, &item->code) ||
		    !parse_optional(t, room, &item->data))
			return false;
		item->access = (uint8_t)access;
	}
	dlms_put_response(content, liip, items, n);
	return true;
}

static bool parse_alert(struct text *t, const struct gbcs_message *msg,
			struct wbuf *room, struct wbuf *content)
{
	uint32_t liip = dlms_liip(msg->counter);
	struct span time, raw;
	uint64_t code;
	size_t n = 0;

	if (!text_uint(t, "alert code", UINT16_MAX, &code) ||
	    !undescribe_time(t, &time) || !parse_liip(t, &liip) ||
	    !text_expect(t, "{"))
		return false;
	for (; !text_take(t, "}"); n++)
		if (!undescribe_value(t, room, &raw))
			return false;
	dlms_put_notification(content, liip, (uint16_t)code, time, n);
	write_bytes(content, room->p, room->len);
	return true;
}

bool undescribe_dlms(struct text *t, const struct gbcs_message *msg,
		     const char *keyword, struct wbuf *content)
{
	static uint8_t values[GBCS_MESSAGE_MAX];
	struct wbuf room = wbuf_of(values, sizeof(values));
	uint32_t liip = dlms_liip(msg->counter);
	bool good;

	if (!strcmp(keyword, "dlms-alert"))
		good = parse_alert(t, msg, &room, content);
	else if (!parse_liip(t, &liip) || !text_expect(t, "{"))
		good = false;
	else if (!strcmp(keyword, "dlms-request"))
		good = parse_request(t, liip, &room, content);
	else
		good = parse_response(t, liip, &room, content);
	if (good && (room.bad || content->bad))
		return text_fail(t, "too long for a message, or cannot be "
				    "encoded");
	return good;
}
