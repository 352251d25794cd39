// SPDX-License-Identifier: LGPL-2.1-or-later
/* Payloads of ZCL, read and written by their tables. */
#include "dlms-check.h"

#include "../proto/zcl-payload.h"

#define TEXTS 64

/* --- payloads */

/* Some value of the type; counts are small so that groups end. */
static struct zcl_value some_value(uint8_t type, size_t n)
{
	static const uint8_t octets[16] = "abcdefghijklmnop";

	switch ((enum zcl_form)zcl_type(type)->form) {
	case ZCL_FORM_STRING:
		return zcl_bytes(type, SPAN(octets, n % 5));
	case ZCL_FORM_BYTES:
		return zcl_bytes(type, SPAN(octets, 16));
	case ZCL_FORM_REST:
		return zcl_bytes(type, SPAN(octets, 3));
	default:
		return zcl_number(type, type == ZCL_UINT8 ? 3 : n % 128);
	}
}

static void check_same(const struct zcl_command *c, uint16_t cluster,
		       struct span payload)
{
	static struct zcl_text texts[TEXTS];
	static char text[TEXTS][128];
	static uint8_t octets[2048];
	struct wbuf store = wbuf_of(octets, sizeof(octets));
	uint8_t out[1024], from_text[1024];
	struct wbuf w = wbuf_of(out, sizeof(out));
	struct wbuf t = wbuf_of(from_text, sizeof(from_text));
	struct zcl_reader r = zcl_reader_of(c, cluster, c->kind, payload);
	struct zcl_writer writer = zcl_writer_of(c, cluster, c->kind, &w);
	const uint8_t *at = payload.p;
	struct zcl_item item;
	size_t n = 0;

	while (zcl_next(&r, &item)) {
		assert_ptr_equal(item.raw.p, at);
		at += item.raw.len;
		zcl_write(&writer, &item.value);
		assert_true(n < TEXTS);
		assert_int_equal(zcl_value_to_text(&item.value, item.about,
						   text[n], sizeof(text[n])),
				 0);
		texts[n] = (struct zcl_text){ item.name, text[n] };
		n++;
	}
	assert_false(r.from.bad);
	assert_ptr_equal(at, payload.p + payload.len);
	zcl_write_end(&writer);
	assert_false(w.bad);
	assert_true(span_equal(SPAN(out, w.len), payload));
	assert_int_equal(zcl_put_text(&t, c, cluster, c->kind, texts, n, &store,
				      NULL),
			 0);
	assert_true(span_equal(SPAN(from_text, t.len), payload));
}

/* Each shorter one is refused, or is another payload. */
static size_t check_shorter(const struct zcl_command *c, uint16_t cluster,
			    struct span payload)
{
	size_t refused = 0;

	for (size_t len = 0; len < payload.len; len++) {
		uint8_t *copy = malloc(len + !len);

		assert_non_null(copy);
		memcpy(copy, payload.p, len);
		if (zcl_check(c, SPAN(copy, len)))
			refused++;
		else
			check_same(c, cluster, SPAN(copy, len));
		free(copy);
	}
	return refused;
}

static void test_every_command(void **state)
{
	(void)state;
	for (size_t n = 0; n < zcl_command_count; n++) {
		const struct zcl_command *c = &zcl_commands[n];
		uint8_t out[1024], type;
		struct wbuf w = wbuf_of(out, sizeof(out));
		struct zcl_writer writer =
			zcl_writer_of(c, c->cluster, c->kind, &w);
		struct zcl_about about;
		struct zcl_value v;
		const char *name;

		if (c->id == ZCL_READ_ATTRIBUTES_RESPONSE && !c->cluster)
			continue; /* has a test of its own */
		for (size_t k = 0; k < 2 * c->count; k++) {
			name = zcl_write_next(&writer, &type, &about);
			if (!name)
				break;
			v = some_value(type, k);
			/* The only payload types with a layout. */
			if (!strcmp(name, "snapshotPayloadType"))
				v.number = c->cluster == ZCL_METERING ? 6 : 0;
			zcl_write(&writer, &v);
		}
		assert_false(w.bad);
		assert_true(w.len > 0);
		/* It may have stopped inside a group: complete that. */
		for (;;) {
			struct wbuf probe = wbuf_counting();
			struct zcl_writer end = writer;

			end.to = &probe;
			zcl_write_end(&end);
			if (!probe.bad)
				break;
			name = zcl_write_next(&writer, &type, &about);
			assert_non_null(name);
			v = some_value(type, 1);
			zcl_write(&writer, &v);
		}
		assert_false(w.bad);
		assert_int_equal(zcl_check(c, SPAN(out, w.len)), 0);
		check_same(c, c->cluster, SPAN(out, w.len));
		if (check_shorter(c, c->cluster, SPAN(out, w.len)) == 0)
			fail_msg("%s: no shorter one was refused", c->name);
	}
}

static void test_every_attribute(void **state)
{
	const struct zcl_command *c = zcl_command_find(0, ZCL_FROM_SERVER, 1);

	(void)state;
	for (size_t n = 0; n < zcl_attribute_count; n++) {
		const struct zcl_attribute *a = &zcl_attributes[n];
		struct zcl_value v = some_value(a->type, 1);
		uint8_t out[64];
		struct wbuf w = wbuf_of(out, sizeof(out));
		struct zcl_writer writer =
			zcl_writer_of(c, a->cluster, ZCL_FROM_SERVER, &w);
		struct zcl_reader r;
		struct zcl_item item;

		zcl_write_number(&writer, a->id);
		zcl_write_number(&writer, ZCL_SUCCESS);
		zcl_write_number(&writer, a->type);
		zcl_write(&writer, &v);
		zcl_write_number(&writer, 0xabcd);
		zcl_write_number(&writer, ZCL_UNSUPPORTED_ATTRIBUTE);
		zcl_write_end(&writer);
		assert_false(w.bad);
		r = zcl_reader_of(c, a->cluster, ZCL_FROM_SERVER,
				  SPAN(out, w.len));
		assert_int_equal(zcl_find(r, "value", 0, &item), 0);
		assert_int_equal(item.about.meaning, a->meaning);
		assert_int_equal(item.value.type, a->type);
		assert_int_equal(item.value.number, v.number);
		assert_true(span_equal(item.value.bytes, v.bytes));
		assert_int_equal(zcl_find(r, "value", 1, &item), -ENOENT);
		assert_int_equal(zcl_find(r, "status", 1, &item), 0);
		assert_int_equal(item.index, 1);
		check_same(c, a->cluster, SPAN(out, w.len));
		check_shorter(c, a->cluster, SPAN(out, w.len));
	}
}

/* The oddities of tables: optional and unknown tails, groups by type. */
static const struct {
	uint16_t cluster;
	uint8_t kind, id;
	const char *payload;
	const char *last; /* field; NULL: malformed */
} tails[] = {
	{ ZCL_MESSAGING, 9, 0, "01000000 00 00000000 ffff 0141", "message" },
	{ ZCL_MESSAGING, 9, 0, "01000000 00 00000000 ffff 0141 01",
	  "extendedMessageControl" },
	{ ZCL_MESSAGING, 9, 0, "01000000 00 00000000 ffff 0141 0102", "rest" },
	{ ZCL_MESSAGING, 9, 0, "01000000 00 00000000 ffff 0241", NULL },
	/* Snapshots: no block part, none at all, another type. */
	{ ZCL_METERING, 9, 6,
	  "01000000 00000000 01 00 01 01000000 04 010000000000 00",
	  "numTiersInUse" },
	{ ZCL_METERING, 9, 6,
	  "01000000 00000000 01 00 01 01000000 06 010000000000 00",
	  "numTiersInUse" },
	{ ZCL_METERING, 9, 6,
	  "01000000 00000000 01 00 01 01000000 06 010000000000 00 14"
	  " 020000000000",
	  "tierBlockSummation" },
	{ ZCL_METERING, 9, 6,
	  "01000000 00000000 01 00 01 01000000 06 010000000000 02"
	  " 020000000000",
	  NULL },
	{ ZCL_METERING, 9, 6, "01000000 00000000 01 00 01 01000000 80",
	  "snapshotPayloadType" },
	{ ZCL_METERING, 9, 6, "01000000 00000000 01 00 01 01000000 00 0102",
	  "rest" },
	/* As many entries as it says. */
	{ ZCL_CALENDAR, 9, 1, "00000000 00000000 00000000 01 00 00 01 00",
	  "calendarType" },
	{ ZCL_CALENDAR, 9, 1,
	  "00000000 00000000 00000000 01 01 00 01 00 0000 01", "tierOrEnable" },
	{ ZCL_CALENDAR, 9, 1,
	  "00000000 00000000 00000000 01 02 00 01 00 0000 01", NULL },
	/* Tier 1 has two thresholds, tier 2 none. */
	{ ZCL_PRICE, 9, 6,
	  "00000000 00000000 00000000 01000000 00 01 01"
	  " 12 010000000000 020000000000 20",
	  "tier_numThresholds" },
	/* A type nobody knows takes the rest. */
	{ ZCL_PRICE, 8, 1, "0001 00 48 0102", "value" },
	{ ZCL_PRICE, 8, 1, "0001 86 0101 00 20 05", "value" },
	{ ZCL_PRICE, 8, 1, "0001 00 20", NULL },
	{ ZCL_PRICE, 8, 1, "", "" },
};

static void test_tails(void **state)
{
	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(tails); n++) {
		struct octets o = hex(tails[n].payload);
		const struct zcl_command *c = zcl_command_find(
			tails[n].cluster, tails[n].kind, tails[n].id);
		struct zcl_reader r = zcl_reader_of(c, tails[n].cluster,
						    tails[n].kind, SPAN_OF(o));
		struct zcl_item item = { .name = "" };
		int want = tails[n].last ? 0 : -EBADMSG;

		while (zcl_next(&r, &item))
			;
		assert_int_equal(r.from.bad, want != 0);
		assert_int_equal(zcl_check(c, SPAN_OF(o)), want);
		if (want)
			continue;
		assert_string_equal(item.name, tails[n].last);
		check_same(c, tails[n].cluster, SPAN_OF(o));
	}
}

/* --- how it is used */

/* A device that is told a season. */
static void test_reading(void **state)
{
	struct octets o = hex("00000000 01000000 02000000 00 01"
			      " ff0314ff 01 ff0a1aff 02");
	const struct zcl_command *c = zcl_command_find(
		ZCL_CALENDAR, ZCL_CLUSTER | ZCL_FROM_SERVER, 0x03);
	struct zcl_reader r =
		zcl_reader_of(c, ZCL_CALENDAR, c->kind, SPAN_OF(o));
	struct zcl_item item;
	uint64_t number;

	(void)state;
	assert_int_equal(zcl_find_number(r, "issuerCalendarId", &number), 0);
	assert_int_equal(number, 2);
	assert_int_equal(zcl_find(r, "weekIdRef", 1, &item), 0);
	assert_int_equal(item.value.number, 2);
	assert_int_equal(item.depth, 1);
	assert_int_equal(item.index, 1);
	assert_int_equal(item.members, 2);
	assert_string_equal(item.group, "season");
	assert_false(item.first);
	assert_int_equal(zcl_find_number(r, "season", &number), -ENOENT);

	assert_int_equal(zcl_next_number(&r), 0);
	assert_int_equal(zcl_next_number(&r), 1);
	assert_int_equal(zcl_next_number(&r), 2);
	assert_int_equal(zcl_next_number(&r), 0);
	assert_int_equal(zcl_next_number(&r), 1);
	while (zcl_next(&r, &item))
		assert_int_equal(item.first, !strcmp(item.name, "seasonStart"));
	assert_false(r.from.bad);
	assert_int_equal(zcl_next_number(&r), 0);
	assert_true(r.from.bad);

	/* Not a number, not octets. */
	r = zcl_reader_of(NULL, 0, 0, SPAN_OF(o));
	assert_int_equal(zcl_find_number(r, "payload", &number), -ENOENT);
	zcl_next_number(&r);
	assert_true(r.from.bad);
	r = zcl_reader_of(c, 0, 0, SPAN_OF(o));
	assert_int_equal(zcl_next_bytes(&r).len, 0);
	assert_true(r.from.bad);
	r = zcl_reader_of(c, 0, 0, SPAN(o.p, o.len - 1));
	assert_int_equal(zcl_find(r, "weekIdRef", 1, &item), -EBADMSG);
}

static struct zcl_writer writing(struct wbuf *w, uint8_t kind, uint8_t id)
{
	*w = wbuf_counting();
	return zcl_writer_of(zcl_command_find(ZCL_DEVICE_MANAGEMENT, kind, id),
			     ZCL_DEVICE_MANAGEMENT, kind, w);
}

static void test_writing(void **state)
{
	const uint8_t kind = ZCL_CLUSTER | ZCL_FROM_SERVER;
	struct zcl_value v = zcl_number(ZCL_UINT8, 0);
	struct zcl_about about;
	struct zcl_writer writer;
	struct wbuf w;
	uint8_t type;

	(void)state;
	/* Set Event Configuration of one event. */
	writer = writing(&w, kind, 0x04);
	zcl_write_number(&writer, 1);
	zcl_write_number(&writer, 0);
	zcl_write_number(&writer, 0x4b);
	zcl_write_number(&writer, 0);
	zcl_write_number(&writer, 1);
	assert_string_equal(zcl_write_next(&writer, &type, &about), "eventId");
	assert_int_equal(type, ZCL_UINT16);
	assert_int_equal(about.meaning, ZCL_AS_HEX);
	zcl_write_number(&writer, 0x810e);
	zcl_write_end(&writer);
	assert_false(w.bad);
	assert_int_equal(w.len, 13);
	/* One too many. */
	zcl_write_number(&writer, 0x810f);
	assert_true(w.bad);
	/* Too few. */
	writer = writing(&w, kind, 0x05);
	zcl_write_end(&writer);
	assert_true(w.bad);
	/* Not in range, octets for a number, the wrong type. */
	writer = writing(&w, kind, 0x05);
	zcl_write_number(&writer, 0x10000);
	assert_true(w.bad);
	writer = writing(&w, kind, 0x05);
	zcl_write_bytes(&writer, SPAN((const uint8_t *)"ab", 2));
	assert_true(w.bad);
	writer = writing(&w, kind, 0x05);
	zcl_write(&writer, &v);
	assert_true(w.bad);
	/* What is behind the fields only once. */
	writer = writing(&w, kind, 0x05);
	zcl_write_number(&writer, 1);
	zcl_write_bytes(&writer, SPAN((const uint8_t *)"ab", 2));
	zcl_write_end(&writer);
	assert_false(w.bad);
	assert_null(zcl_write_next(&writer, &type, &about));
	zcl_write_bytes(&writer, SPAN((const uint8_t *)"ab", 2));
	assert_true(w.bad);
	/* An array of them. */
	w = wbuf_counting();
	v = zcl_number(ZCL_UINT16, 0x81ff);
	zcl_put(&w, zcl_command_find(ZCL_DEVICE_MANAGEMENT, kind, 0x05), &v, 1);
	assert_false(w.bad);
	zcl_put(&w, zcl_command_find(ZCL_DEVICE_MANAGEMENT, kind, 0x05), &v, 0);
	assert_true(w.bad);
}

static int put_texts(const struct zcl_text *texts, size_t count, size_t room,
		     size_t *ret_at)
{
	static const uint8_t want[] = { 0x01, 0x00, 0x00, 0x2b,
					0xff, 0xff, 0xff, 0xff };
	uint8_t out[64], octets[64];
	struct wbuf w = wbuf_of(out, room);
	struct wbuf store = wbuf_of(octets, sizeof(octets));
	const struct zcl_command *c = zcl_command_find(
		ZCL_PREPAYMENT, ZCL_FROM_SERVER, ZCL_READ_ATTRIBUTES_RESPONSE);
	int r = zcl_put_text(&w, c, ZCL_PREPAYMENT, ZCL_FROM_SERVER, texts,
			     count, &store, ret_at);

	if (!r)
		assert_true(
			span_equal(SPAN(out, w.len), SPAN(want, sizeof(want))));
	return r;
}

static void test_put_text(void **state)
{
	static const struct zcl_text texts[] = {
		{ "attrId", "Credit Remaining" },
		{ "Status", "success" },
		{ NULL, "int32" },
		{ "value", "-1" },
	};
	static const struct zcl_text wrong[] = {
		{ "attrId", "Credit Remaining" },
		{ "type", "success" },
	};
	static const struct zcl_text range[] = {
		{ "attrId", "Credit Remaining" },
		{ "status", "256" },
	};
	size_t at = 99;

	(void)state;
	assert_int_equal(put_texts(texts, 4, 64, &at), 0);
	assert_int_equal(put_texts(texts, 3, 64, &at), -EINVAL);
	assert_int_equal(at, 3);
	assert_int_equal(put_texts(wrong, 2, 64, &at), -EINVAL);
	assert_int_equal(at, 1);
	assert_int_equal(put_texts(range, 2, 64, NULL), -EINVAL);
	assert_int_equal(put_texts(texts, 4, 5, &at), -ENOSPC);
	assert_int_equal(at, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_command),
		cmocka_unit_test(test_every_attribute),
		cmocka_unit_test(test_tails),
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_writing),
		cmocka_unit_test(test_put_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
