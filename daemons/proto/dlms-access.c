// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dlms-access.h"

#include <errno.h>

#define TIME_LEN 12
#define EUI_LEN 8

const char *dlms_result_name(uint8_t code)
{
	static const char *const names[] = {
		[DLMS_SUCCESS] = "success",
		[DLMS_HARDWARE_FAULT] = "hardware-fault",
		[DLMS_TEMPORARY_FAILURE] = "temporary-failure",
		[DLMS_READ_WRITE_DENIED] = "read-write-denied",
		[DLMS_OBJECT_UNDEFINED] = "object-undefined",
		[DLMS_OBJECT_CLASS_INCONSISTENT] = "object-class-inconsistent",
		[DLMS_OBJECT_UNAVAILABLE] = "object-unavailable",
		[DLMS_TYPE_UNMATCHED] = "type-unmatched",
		[DLMS_SCOPE_VIOLATED] = "scope-of-access-violated",
		[14] = "data-block-unavailable",
		[15] = "long-get-aborted",
		[16] = "no-long-get-in-progress",
		[17] = "long-set-aborted",
		[18] = "no-long-set-in-progress",
		[19] = "data-block-number-invalid",
		[DLMS_OTHER_REASON] = "other-reason",
	};

	if (code >= sizeof(names) / sizeof(names[0]) || !names[code])
		return "unknown";
	return names[code];
}

/* --- access */

static void read_spec(struct reader *r, struct dlms_spec *spec)
{
	struct span obis;

	memset(spec, 0, sizeof(*spec));
	spec->access = read_u8(r);
	if (spec->access < DLMS_GET || spec->access > DLMS_GET_SELECT)
		r->bad = true;
	spec->class_id = read_be16(r);
	obis = read_bytes(r, DLMS_OBIS_LEN);
	if (obis.len)
		memcpy(spec->obis, obis.p, obis.len);
	spec->member = read_u8(r);
	if (spec->access == DLMS_GET_SELECT) {
		spec->selector = read_u8(r);
		dlms_data_read(r, &spec->selection);
	}
}

static void read_result(struct reader *r, struct dlms_response_item *item)
{
	struct span both = read_bytes(r, 2);

	item->access = both.len ? both.p[0] : 0;
	item->code = both.len ? both.p[1] : 0;
	if (item->access < DLMS_GET || item->access > DLMS_ACTION)
		r->bad = true;
}

/* count of something that has at least an octet each */
static uint32_t read_count(struct reader *r)
{
	size_t count = read_length(r);

	r->bad |= count > reader_left(r);
	return r->bad ? 0 : (uint32_t)count;
}

static struct span read_data(struct reader *r, uint32_t count)
{
	const uint8_t *start = r->p;

	for (uint32_t n = 0; n < count && !r->bad; n++)
		dlms_data_skip(r);
	return SPAN(start, (size_t)(r->p - start));
}

int dlms_request_parse(struct span content, struct dlms_request *ret)
{
	struct dlms_request q = { 0 };
	struct dlms_spec spec;
	struct reader r;

	if (!content.len)
		return -EBADMSG;
	r = reader_of(content);
	r.bad |= read_u8(&r) != DLMS_APDU_ACCESS_REQUEST;
	q.liip = read_be32(&r);
	r.bad |= read_u8(&r) != 0; /* no date-time */
	q.count = read_count(&r);
	q.specs.p = r.p;
	for (uint32_t n = 0; n < q.count && !r.bad; n++)
		read_spec(&r, &spec);
	q.specs.len = (size_t)(r.p - q.specs.p);
	r.bad |= read_count(&r) != q.count;
	q.data = read_data(&r, q.count);
	if (reader_done(&r))
		return -EBADMSG;
	*ret = q;
	return 0;
}

struct dlms_items dlms_request_items(const struct dlms_request *request)
{
	return (struct dlms_items){ reader_of(request->specs),
				    reader_of(request->data), request->count };
}

bool dlms_next_request(struct dlms_items *it, struct dlms_request_item *ret)
{
	if (!it->left)
		return false;
	it->left--;
	read_spec(&it->items, &ret->spec);
	dlms_data_read(&it->data, &ret->data);
	return !it->items.bad && !it->data.bad;
}

int dlms_response_parse(struct span content, struct dlms_response *ret)
{
	struct dlms_response_item item;
	struct dlms_response a = { 0 };
	struct reader r;

	if (!content.len)
		return -EBADMSG;
	r = reader_of(content);
	r.bad |= read_u8(&r) != DLMS_APDU_ACCESS_RESPONSE;
	a.liip = read_be32(&r);
	/* No date-time, no specifications. */
	r.bad |= read_be16(&r) != 0;
	a.count = read_count(&r);
	a.data = read_data(&r, a.count);
	r.bad |= read_count(&r) != a.count;
	a.results.p = r.p;
	for (uint32_t n = 0; n < a.count && !r.bad; n++)
		read_result(&r, &item);
	a.results.len = (size_t)(r.p - a.results.p);
	if (reader_done(&r))
		return -EBADMSG;
	*ret = a;
	return 0;
}

struct dlms_items dlms_response_items(const struct dlms_response *response)
{
	return (struct dlms_items){ reader_of(response->results),
				    reader_of(response->data),
				    response->count };
}

bool dlms_next_response(struct dlms_items *it, struct dlms_response_item *ret)
{
	if (!it->left)
		return false;
	it->left--;
	read_result(&it->items, ret);
	dlms_data_read(&it->data, &ret->data);
	return !it->items.bad && !it->data.bad;
}

static void put_spec(struct wbuf *w, const struct dlms_spec *spec)
{
	if (spec->access < DLMS_GET || spec->access > DLMS_GET_SELECT)
		w->bad = true;
	write_u8(w, spec->access);
	write_be(w, spec->class_id, 2);
	write_bytes(w, spec->obis, DLMS_OBIS_LEN);
	write_u8(w, spec->member);
	if (spec->access == DLMS_GET_SELECT) {
		write_u8(w, spec->selector);
		dlms_put_data(w, &spec->selection);
	}
}

void dlms_put_request(struct wbuf *w, uint32_t liip,
		      const struct dlms_request_item *items, size_t count)
{
	write_u8(w, DLMS_APDU_ACCESS_REQUEST);
	write_be(w, liip, 4);
	write_u8(w, 0);
	write_length(w, count);
	for (size_t n = 0; n < count; n++)
		put_spec(w, &items[n].spec);
	write_length(w, count);
	for (size_t n = 0; n < count; n++)
		dlms_put_data(w, &items[n].data);
}

void dlms_put_response(struct wbuf *w, uint32_t liip,
		       const struct dlms_response_item *items, size_t count)
{
	write_u8(w, DLMS_APDU_ACCESS_RESPONSE);
	write_be(w, liip, 4);
	write_be(w, 0, 2);
	write_length(w, count);
	for (size_t n = 0; n < count; n++)
		dlms_put_data(w, &items[n].data);
	write_length(w, count);
	for (size_t n = 0; n < count; n++) {
		if (items[n].access < DLMS_GET || items[n].access > DLMS_ACTION)
			w->bad = true;
		write_u8(w, items[n].access);
		write_u8(w, items[n].code);
	}
}

/* --- selection by range */

/* Attribute 2 of class 1 0-0:94.44.100.255 is what is restricted. */
static const uint8_t range_obis[DLMS_OBIS_LEN] = { 0x00, 0x00, 0x5e,
						   0x2c, 0x64, 0xff };
#define RANGE_CLASS 1
#define RANGE_ATTRIBUTE 2

int dlms_range_parse(const struct dlms_data *selection, struct dlms_range *ret)
{
	struct dlms_iter it = dlms_iter_of(selection), object;
	struct dlms_range range;
	struct span obis;
	bool bad;

	if (selection->tag != DLMS_STRUCTURE)
		return -EBADMSG;
	object = dlms_next_list(&it, DLMS_STRUCTURE, 4);
	bad = dlms_next_uint(&object, DLMS_LONG_UNSIGNED) != RANGE_CLASS;
	obis = dlms_next_bytes(&object, DLMS_OCTET_STRING, DLMS_OBIS_LEN);
	bad |= !span_equal(obis, SPAN(range_obis, DLMS_OBIS_LEN));
	bad |= dlms_next_int(&object, DLMS_INTEGER) != RANGE_ATTRIBUTE;
	bad |= dlms_next_uint(&object, DLMS_LONG_UNSIGNED) != 0;
	range.from_s = (uint32_t)dlms_next_uint(&it, DLMS_DOUBLE_LONG_UNSIGNED);
	range.to_s = (uint32_t)dlms_next_uint(&it, DLMS_DOUBLE_LONG_UNSIGNED);
	dlms_next_list(&it, DLMS_ARRAY, 0);
	if (bad || dlms_iter_done(&object) || dlms_iter_done(&it))
		return -EBADMSG;
	*ret = range;
	return 0;
}

void dlms_put_range(struct wbuf *w, const struct dlms_range *range)
{
	dlms_put_list(w, DLMS_STRUCTURE, 4);
	dlms_put_list(w, DLMS_STRUCTURE, 4);
	dlms_put_uint(w, DLMS_LONG_UNSIGNED, RANGE_CLASS);
	dlms_put_bytes(w, DLMS_OCTET_STRING, SPAN(range_obis, DLMS_OBIS_LEN));
	dlms_put_int(w, DLMS_INTEGER, RANGE_ATTRIBUTE);
	dlms_put_uint(w, DLMS_LONG_UNSIGNED, 0);
	dlms_put_uint(w, DLMS_DOUBLE_LONG_UNSIGNED, range->from_s);
	dlms_put_uint(w, DLMS_DOUBLE_LONG_UNSIGNED, range->to_s);
	dlms_put_list(w, DLMS_ARRAY, 0);
}

/* --- alerts */

int dlms_notification_parse(struct span content, struct dlms_notification *ret)
{
	struct dlms_notification alert = { 0 };
	struct dlms_data body, item;
	struct reader r;

	if (!content.len)
		return -EBADMSG;
	r = reader_of(content);
	r.bad |= read_u8(&r) != DLMS_APDU_NOTIFICATION;
	alert.liip = read_be32(&r);
	r.bad |= read_u8(&r) != 0; /* no date-time */
	dlms_data_read(&r, &body);
	if (reader_done(&r) || body.tag != DLMS_STRUCTURE)
		return -EBADMSG;
	alert.items = dlms_iter_of(&body);
	if (!dlms_next(&alert.items, &item) || item.tag != DLMS_LONG_UNSIGNED)
		return -EBADMSG;
	alert.alert_code = (uint16_t)dlms_number(&item);
	alert.code_raw = item.raw;
	if (!dlms_next(&alert.items, &item) || item.tag != DLMS_OCTET_STRING ||
	    item.body.len != TIME_LEN)
		return -EBADMSG;
	alert.time = item.body;
	alert.time_raw = item.raw;
	*ret = alert;
	return 0;
}

void dlms_put_notification(struct wbuf *w, uint32_t liip, uint16_t alert_code,
			   struct span time, size_t items)
{
	w->bad |= time.len != TIME_LEN || items > UINT16_MAX;
	write_u8(w, DLMS_APDU_NOTIFICATION);
	write_be(w, liip, 4);
	write_u8(w, 0);
	dlms_put_list(w, DLMS_STRUCTURE, items + 2);
	dlms_put_uint(w, DLMS_LONG_UNSIGNED, alert_code);
	dlms_put_bytes(w, DLMS_OCTET_STRING, time);
}

int dlms_future_dated_parse(struct span octets, struct dlms_future_dated *ret)
{
	struct dlms_future_dated dated;
	struct reader r;

	if (octets.len != DLMS_FUTURE_DATED_LEN)
		return -EBADMSG;
	r = reader_of(octets);
	dated.message_code = read_be16(&r);
	dated.counter = read_be(&r, 8);
	dated.class_id = read_be16(&r);
	memcpy(dated.obis, read_bytes(&r, DLMS_OBIS_LEN).p, DLMS_OBIS_LEN);
	dated.attribute = read_u8(&r);
	*ret = dated;
	return 0;
}

void dlms_put_future_dated(struct wbuf *w,
			   const struct dlms_future_dated *dated)
{
	write_u8(w, DLMS_OCTET_STRING);
	write_length(w, DLMS_FUTURE_DATED_LEN);
	write_be(w, dated->message_code, 2);
	write_be(w, dated->counter, 8);
	write_be(w, dated->class_id, 2);
	write_bytes(w, dated->obis, DLMS_OBIS_LEN);
	write_u8(w, dated->attribute);
}

/* --- sensitive reads */

#define PROTECT_AUTHENTICATE_ENCRYPT 2
#define KEY_AGREED 2
#define TRANSACTION_LEN 9
#define TAG_LEN 12

/* Static unified model, one pair of keys: C(0e, 2s). */
static const uint8_t key_agreement[] = { 0x02 };
static const uint8_t sealed_header[] = { 0x31, 0, 0, 0, 0 };

static uint64_t octets_be(struct span s)
{
	uint64_t value = 0;

	for (size_t at = 0; at < s.len; at++)
		value = value << 8 | s.p[at];
	return value;
}

/* The next element is array(1) of the parameters. */
static int next_protection(struct dlms_iter *it, struct dlms_protection *ret)
{
	struct dlms_iter list = dlms_next_list(it, DLMS_ARRAY, 1);
	struct dlms_iter pp = dlms_next_list(&list, DLMS_STRUCTURE, 2);
	struct dlms_iter options, key, agreed;
	struct span id, way;
	bool bad;

	bad = dlms_next_uint(&pp, DLMS_ENUM) != PROTECT_AUTHENTICATE_ENCRYPT;
	options = dlms_next_list(&pp, DLMS_STRUCTURE, 5);
	id = dlms_next_bytes(&options, DLMS_OCTET_STRING, TRANSACTION_LEN);
	ret->originator = octets_be(
		dlms_next_bytes(&options, DLMS_OCTET_STRING, EUI_LEN));
	ret->recipient = octets_be(
		dlms_next_bytes(&options, DLMS_OCTET_STRING, EUI_LEN));
	dlms_next_bytes(&options, DLMS_OCTET_STRING, 0);
	key = dlms_next_list(&options, DLMS_STRUCTURE, 2);
	bad |= dlms_next_uint(&key, DLMS_ENUM) != KEY_AGREED;
	agreed = dlms_next_list(&key, DLMS_STRUCTURE, 2);
	way = dlms_next_bytes(&agreed, DLMS_OCTET_STRING,
			      sizeof(key_agreement));
	bad |= !span_equal(way, SPAN(key_agreement, sizeof(key_agreement)));
	dlms_next_bytes(&agreed, DLMS_OCTET_STRING, 0);
	if (bad || dlms_iter_done(&agreed) || dlms_iter_done(&key) ||
	    dlms_iter_done(&options) || dlms_iter_done(&pp) ||
	    dlms_iter_done(&list))
		return -EBADMSG;
	ret->cra = id.p[0];
	ret->counter = octets_be(SPAN(id.p + 1, id.len - 1));
	return 0;
}

static void put_protection(struct wbuf *w, const struct dlms_protection *pp)
{
	dlms_put_list(w, DLMS_ARRAY, 1);
	dlms_put_list(w, DLMS_STRUCTURE, 2);
	dlms_put_uint(w, DLMS_ENUM, PROTECT_AUTHENTICATE_ENCRYPT);
	dlms_put_list(w, DLMS_STRUCTURE, 5);
	write_u8(w, DLMS_OCTET_STRING);
	write_length(w, TRANSACTION_LEN);
	write_u8(w, pp->cra);
	write_be(w, pp->counter, 8);
	write_u8(w, DLMS_OCTET_STRING);
	write_length(w, EUI_LEN);
	write_be(w, pp->originator, EUI_LEN);
	write_u8(w, DLMS_OCTET_STRING);
	write_length(w, EUI_LEN);
	write_be(w, pp->recipient, EUI_LEN);
	dlms_put_bytes(w, DLMS_OCTET_STRING, SPAN(NULL, 0));
	dlms_put_list(w, DLMS_STRUCTURE, 2);
	dlms_put_uint(w, DLMS_ENUM, KEY_AGREED);
	dlms_put_list(w, DLMS_STRUCTURE, 2);
	dlms_put_bytes(w, DLMS_OCTET_STRING,
		       SPAN(key_agreement, sizeof(key_agreement)));
	dlms_put_bytes(w, DLMS_OCTET_STRING, SPAN(NULL, 0));
}

bool dlms_next_protected(struct dlms_iter *it,
			 struct dlms_protected_object *ret)
{
	struct dlms_iter object, restriction, range;
	struct dlms_data value;
	struct span obis;
	uint64_t kind;

	if (it->bad || !it->left)
		return false;
	memset(ret, 0, sizeof(*ret));
	object = dlms_next_list(it, DLMS_STRUCTURE, 5);
	ret->class_id = (uint16_t)dlms_next_uint(&object, DLMS_LONG_UNSIGNED);
	obis = dlms_next_bytes(&object, DLMS_OCTET_STRING, DLMS_OBIS_LEN);
	if (obis.len)
		memcpy(ret->obis, obis.p, DLMS_OBIS_LEN);
	ret->attribute = (int8_t)dlms_next_int(&object, DLMS_INTEGER);
	it->bad |= dlms_next_uint(&object, DLMS_LONG_UNSIGNED) != 0;
	restriction = dlms_next_list(&object, DLMS_STRUCTURE, 2);
	kind = dlms_next_uint(&restriction, DLMS_ENUM);
	ret->restricted = kind;
	if (kind == 1) {
		range = dlms_next_list(&restriction, DLMS_STRUCTURE, 2);
		ret->from =
			dlms_next_bytes(&range, DLMS_OCTET_STRING, TIME_LEN);
		ret->to = dlms_next_bytes(&range, DLMS_OCTET_STRING, TIME_LEN);
		it->bad |= dlms_iter_done(&range) != 0;
	} else if (kind || !dlms_next(&restriction, &value) ||
		   value.tag != DLMS_NULL) {
		it->bad = true;
	}
	it->bad |= dlms_iter_done(&restriction) || dlms_iter_done(&object);
	return !it->bad;
}

int dlms_protected_request_parse(const struct dlms_data *data,
				 struct dlms_protected_request *ret)
{
	struct dlms_iter it = dlms_iter_of(data), each;
	struct dlms_protected_request q;
	struct dlms_protected_object object;

	if (data->tag != DLMS_STRUCTURE)
		return -EBADMSG;
	q.objects = dlms_next_list(&it, DLMS_ARRAY, DLMS_ANY);
	each = q.objects;
	while (dlms_next_protected(&each, &object))
		;
	if (next_protection(&it, &q.protection) || dlms_iter_done(&it) ||
	    dlms_iter_done(&each))
		return -EBADMSG;
	*ret = q;
	return 0;
}

int dlms_protected_alert_parse(struct dlms_iter *it,
			       struct dlms_protected_response *ret)
{
	struct dlms_protected_response a = { .protection_raw = { it->at.p,
								 0 } };
	struct dlms_data sealed;
	struct reader r;

	if (next_protection(it, &a.protection))
		return -EBADMSG;
	a.protection_raw.len = (size_t)(it->at.p - a.protection_raw.p);
	if (!dlms_next(it, &sealed) || sealed.tag != DLMS_OCTET_STRING ||
	    dlms_iter_done(it) ||
	    sealed.body.len < sizeof(sealed_header) + TAG_LEN)
		return -EBADMSG;
	a.sealed_raw = sealed.raw;
	r = reader_of(sealed.body);
	a.header = read_bytes(&r, sizeof(sealed_header));
	a.ciphertext = read_bytes(&r, reader_left(&r) - TAG_LEN);
	a.tag = read_rest(&r);
	if (!span_equal(a.header, SPAN(sealed_header, sizeof(sealed_header))))
		return -EBADMSG;
	*ret = a;
	return 0;
}

int dlms_protected_response_parse(const struct dlms_data *data,
				  struct dlms_protected_response *ret)
{
	struct dlms_iter it = dlms_iter_of(data);

	if (data->tag != DLMS_STRUCTURE)
		return -EBADMSG;
	return dlms_protected_alert_parse(&it, ret);
}

void dlms_put_protected_request(struct wbuf *w,
				const struct dlms_protection *protection,
				const struct dlms_protected_object *objects,
				size_t count)
{
	dlms_put_list(w, DLMS_STRUCTURE, 2);
	dlms_put_list(w, DLMS_ARRAY, count);
	for (size_t n = 0; n < count; n++) {
		const struct dlms_protected_object *o = &objects[n];

		dlms_put_list(w, DLMS_STRUCTURE, 5);
		dlms_put_uint(w, DLMS_LONG_UNSIGNED, o->class_id);
		dlms_put_bytes(w, DLMS_OCTET_STRING,
			       SPAN(o->obis, DLMS_OBIS_LEN));
		dlms_put_int(w, DLMS_INTEGER, o->attribute);
		dlms_put_uint(w, DLMS_LONG_UNSIGNED, 0);
		dlms_put_list(w, DLMS_STRUCTURE, 2);
		dlms_put_uint(w, DLMS_ENUM, o->restricted);
		if (!o->restricted) {
			dlms_put_null(w);
			continue;
		}
		w->bad |= o->from.len != TIME_LEN || o->to.len != TIME_LEN;
		dlms_put_list(w, DLMS_STRUCTURE, 2);
		dlms_put_bytes(w, DLMS_OCTET_STRING, o->from);
		dlms_put_bytes(w, DLMS_OCTET_STRING, o->to);
	}
	put_protection(w, protection);
}

void dlms_put_protected_alert(struct wbuf *w,
			      const struct dlms_protection *protection,
			      struct span ciphertext, struct span tag)
{
	put_protection(w, protection);
	w->bad |= tag.len != TAG_LEN;
	write_u8(w, DLMS_OCTET_STRING);
	write_length(w, sizeof(sealed_header) + ciphertext.len + tag.len);
	write_bytes(w, sealed_header, sizeof(sealed_header));
	write_span(w, ciphertext);
	write_span(w, tag);
}

void dlms_put_protected_response(struct wbuf *w,
				 const struct dlms_protection *protection,
				 struct span ciphertext, struct span tag)
{
	dlms_put_list(w, DLMS_STRUCTURE, 2);
	dlms_put_protected_alert(w, protection, ciphertext, tag);
}
