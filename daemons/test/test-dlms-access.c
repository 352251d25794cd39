// SPDX-License-Identifier: LGPL-2.1-or-later
/* DLMS messages, and the times in them. */
#include <time.h>

#include "dlms-check.h"

#include "../proto/dlms-time.h"

/* --- times */

static const struct {
	const char *hex;
	const char *text; /* NULL: malformed */
	enum dlms_when when;
	int64_t seconds; /* of exact ones */
} times[] = {
	{ "07df0101ff 00000000 8000ff", "2015-01-01T00:00:00Z", DLMS_WHEN_EXACT,
	  473385600 },
	{ "07d00101ff 00000000 8000ff", "2000-01-01T00:00:00Z", DLMS_WHEN_EXACT,
	  0 },
	{ "07cf0c1fff 173b3b00 8000ff", "1999-12-31T23:59:59Z", DLMS_WHEN_EXACT,
	  -1 },
	{ "07d0021d02 0c000032 8000ff", "2000-02-29T12:00:00.50Z day 2",
	  DLMS_WHEN_EXACT, 59 * 86400 + 43200 },
	{ "07e40301ff 00000000 8000ff", "2020-03-01T00:00:00Z", DLMS_WHEN_EXACT,
	  636336000 },
	{ "08340301ff 00000000 8000ff", "2100-03-01T00:00:00Z", DLMS_WHEN_EXACT,
	  3160857600 },
	/* An hour east of Greenwich, two hours and a half west. */
	{ "07df0101ff 01000000 ffc400", "2015-01-01T01:00:00+01:00",
	  DLMS_WHEN_EXACT, 473385600 },
	{ "07de0c1fff 151e0000 009600", "2014-12-31T21:30:00-02:30",
	  DLMS_WHEN_EXACT, 473385600 },
	{ "0000000000 00000000 8000ff", "now", DLMS_WHEN_NOW, 0 },
	{ "ffffffffff ffffffff 8000ff", "never", DLMS_WHEN_NEVER, 0 },
	{ "ffff0c19ff 00000000 8000ff", "*-12-25T00:00:00Z", DLMS_WHEN_PATTERN,
	  0 },
	{ "07dffdfeff 01ffffff 8000ff", "2015-dst-end-lastT01:*:*Z",
	  DLMS_WHEN_PATTERN, 0 },
	{ "ffff021dff", "*-02-29", DLMS_WHEN_PATTERN, 0 },
	{ "07dffefd01", "2015-dst-begin-last-1 day 1", DLMS_WHEN_PATTERN, 0 },
	{ "ffffffffff", "*-*-*", DLMS_WHEN_NEVER, 0 },
	{ "173b3b63", "23:59:59.99", DLMS_WHEN_PATTERN, 0 },
	{ "07df021dff 00000000 8000ff", NULL, 0, 0 },
	{ "0834021dff 00000000 8000ff", NULL, 0, 0 },
	{ "07df041fff 00000000 8000ff", NULL, 0, 0 },
	{ "07df0d01ff 00000000 8000ff", NULL, 0, 0 },
	{ "07df0001ff 00000000 8000ff", NULL, 0, 0 },
	{ "07df0100ff 00000000 8000ff", NULL, 0, 0 },
	{ "07df010120 00000000 8000ff", NULL, 0, 0 },
	{ "07df010108 00000000 8000ff", NULL, 0, 0 },
	{ "07df010100 00000000 8000ff", NULL, 0, 0 },
	{ "07df0101ff 18000000 8000ff", NULL, 0, 0 },
	{ "07df0101ff 003c0000 8000ff", NULL, 0, 0 },
	{ "07df0101ff 00003c00 8000ff", NULL, 0, 0 },
	{ "07df0101ff 00000064 8000ff", NULL, 0, 0 },
	{ "07df0101ff 00000000 034900", NULL, 0, 0 },
	{ "07df0101ff 00000000 fcb700", NULL, 0, 0 },
	{ "0000000000", NULL, 0, 0 },
	{ "18000000", NULL, 0, 0 },
	{ "", NULL, 0, 0 },
	{ "07df0101ff0000", NULL, 0, 0 },
};

static void times_are_parsed_and_shown(void **state)
{
	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(times); n++) {
		struct octets o = hex(times[n].hex), out;
		struct wbuf w = wbuf_of(out.p, sizeof(out.p));
		char text[DLMS_TIME_TEXT_LEN];
		int64_t seconds = 77;
		struct dlms_time time, kept;

		memset(&time, 0x5a, sizeof(time));
		kept = time;
		if (!times[n].text) {
			if (dlms_time_parse(SPAN_OF(o), &time) != -EBADMSG)
				fail_msg("accepted %s", times[n].hex);
			assert_memory_equal(&time, &kept, sizeof(time));
			continue;
		}
		assert_int_equal(dlms_time_parse(SPAN_OF(o), &time), 0);
		assert_int_equal(dlms_time_when(&time), times[n].when);
		dlms_time_text(&time, o.len, text);
		assert_string_equal(text, times[n].text);
		dlms_time_put(&w, &time, o.len);
		assert_false(w.bad);
		assert_true(span_equal(SPAN(out.p, w.len), SPAN_OF(o)));
		assert_int_equal(dlms_time_to_seconds(&time, &seconds),
				 times[n].when == DLMS_WHEN_EXACT ? 0 :
								    -EINVAL);
		assert_true(seconds == (times[n].when == DLMS_WHEN_EXACT ?
						times[n].seconds :
						77));
	}
}

static void seconds_make_times_and_back(void **state)
{
	char text[DLMS_TIME_TEXT_LEN];
	struct dlms_time time, again;
	int64_t seconds;
	struct tm tm;
	time_t at;

	(void)state;
	/* Twice a day and more, to the last second there is. */
	for (uint64_t s = 0; s <= UINT32_MAX; s += 40007) {
		dlms_time_from_seconds((uint32_t)s, &time);
		assert_true(dlms_time_valid(&time));
		assert_int_equal(dlms_time_to_seconds(&time, &seconds), 0);
		assert_true(seconds == (int64_t)s);
		/* As the C library has it. */
		at = (time_t)s + 946684800;
		assert_ptr_equal(gmtime_r(&at, &tm), &tm);
		assert_int_equal(time.year, tm.tm_year + 1900);
		assert_int_equal(time.month, tm.tm_mon + 1);
		assert_int_equal(time.day, tm.tm_mday);
		assert_int_equal(time.hour, tm.tm_hour);
		assert_int_equal(time.minute, tm.tm_min);
		assert_int_equal(time.second, tm.tm_sec);
	}
	dlms_time_from_seconds(UINT32_MAX, &time);
	dlms_time_text(&time, 12, text);
	assert_string_equal(text, "2136-02-07T06:28:15Z");
	assert_int_equal(dlms_time_from_text(text, &again), 0);
	assert_int_equal(dlms_time_to_seconds(&again, &seconds), 0);
	assert_true(seconds == UINT32_MAX);
}

static void texts_are_parsed(void **state)
{
	static const char *const bad[] = {
		"",
		"2015-01-01",
		"2015-01-01T00:00:00",
		"2015-02-29T00:00:00Z",
		"2015-01-01 00:00:00Z",
		"2015-01-01T24:00:00Z",
		"nower",
		"2015-01-01T00:00:00Zx",
		"2015-13-01T00:00:00Z",
		"0000-00-00T00:00:00Z",
		"+015-01-01T00:00:00Z",
	};
	struct dlms_time time;
	int64_t seconds;

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(bad); n++)
		if (dlms_time_from_text(bad[n], &time) != -EINVAL)
			fail_msg("accepted \"%s\"", bad[n]);
	assert_int_equal(dlms_time_from_text("now", &time), 0);
	assert_int_equal(dlms_time_when(&time), DLMS_WHEN_NOW);
	assert_int_equal(dlms_time_from_text("never", &time), 0);
	assert_int_equal(dlms_time_when(&time), DLMS_WHEN_NEVER);
	assert_int_equal(dlms_time_from_text("2016-02-29T23:59:59Z", &time), 0);
	assert_int_equal(dlms_time_to_seconds(&time, &seconds), 0);
	assert_int_equal(seconds, 510105599);
}

/* --- messages */

#define PROTECTION                                                            \
	"0101 0202 1602 0205 0909 04 00000000000003e9 0908 90b3d51f30010000 " \
	"0908 00db1234567890a0 0900 0202 1602 0202 0901 02 0900 "
#define SEALED "0914 3100000000 aabbcc 000102030405060708090a0b"

static const struct {
	const char *hex, *dump;
} messages[] = {
	/* GBCS 4.5, first example */
	{ "D9 200004B0 00 02 03 0003 010020200004 01 03 0003 010020240004 01 "
	  "02 0F00 0F00",
	  "(access-request=d9200004b000(specifications=02:2 elements("
	  "[0] specification=03:action class=0003:3 register "
	  "instance=010020200004:1-0:32.32.0.4 "
	  "(Phase 1) Average RMS Under Voltage Counter method=01:1 reset)("
	  "[1] specification=03:action class=0003:3 register "
	  "instance=010020240004:1-0:32.36.0.4 "
	  "(Phase 1) Average RMS Over Voltage Counter method=01:1 reset))("
	  "data=02:2 elements "
	  "[0] integer=0f00:0 [1] integer=0f00:0))" },
	{ "D9 20000001 00 00 00",
	  "(access-request=d9200000"
	  "0100(specifications=00:0 elements)(data=00:0 elements))" },
	{ "D9 200003e8 00 02 01 0008 0000010000ff 02 04 0007 0000636200ff 02 01 "
	  "0204 0204 120001 0906 00005e2c64ff 0f02 120000 06 1c34a744 "
	  "06 1c374a80 0100 02 00 00",
	  NULL },
	{ "D9 200003e9 00 01 03 001e 00002b0208ff 01 01 0202 0102 "
	  "0205 120001 0906 00005e2c220a 0f02 120000 0202 1600 00 "
	  "0205 120007 0906 0000620102ff 0f02 120000 0202 1601 0202 "
	  "090c 07de0a02ff 09000000 8000ff 090c 07df0301ff 09000000 8000ff " PROTECTION,
	  NULL },
	{ "DA 200003f1 0000 02 00 12 1234 02 02 fa 01 00",
	  "(access-response=da200003f10000(data=02:2 elements [0] null-data=00 "
	  "[1] long-unsigned=121234:4660)(results=02:2 elements("
	  "[0] result=02:set code=fa:other-reason)("
	  "[1] result=01:get code=00:success)))" },
	{ "DA 200003e8 0000 01 0202 " PROTECTION SEALED " 01 03 00",
	  "(access-response=da200003e80000(data=01:1 element("
	  "protected attributes response=0202(protection parameters=01010202 "
	  "protection type=1602:authentication and encryption "
	  "protection options=0205 transaction id=09090400000000000003e9:4 1001 "
	  "originator=090890b3d51f30010000 recipient=090800db1234567890a0 "
	  "other information=0900(key info=0202 key info type=1602:agreed key("
	  "agreed key options=0202 key parameters=090102:C(0e, 2s ECC CDH) "
	  "key ciphered data=0900)))(protected attributes=0914 "
	  "security header=3100000000 ciphertext=aabbcc "
	  "mac=000102030405060708090a0b)))(results=01:1 element("
	  "[0] result=03:action code=00:success)))" },
	{ "0F 200007d0 00 02 02 12 810e 090c 07df0101ff 00000000 8000ff",
	  "(data-notification=0f200007d0000202 alert code=12810e:0x810E Credit Added Locally "
	  "time stamp=090c07df0101ff000000008000ff:2015-01-01T00:00:00Z)" },
	{ "0F 200007de 00 02 03 12 8f66 090c 07ee010fff 09000000 8000ff "
	  "0913 0019 00000000000003f0 2328 00005e2c0200 06",
	  "(data-notification=0f200007de000203 alert code=128f66:0x8F66 "
	  "Future-date HAN Interface Command Successfully Actioned "
	  "time stamp=090c07ee010fff090000008000ff:2030-01-15T09:00:00Z "
	  "future dated alert=0913 message code=0019:0x0019 "
	  "ECS01a Set Tariff and Price on ESME "
	  "originator counter=00000000000003f0:1008 "
	  "class=2328:9000 gbcs extended data "
	  "instance=00005e2c0200:0-0:94.44.2.0 Currency Unit "
	  "attribute=06:6 activate passive value time)" },
	{ "0F 200007d0 00 02 03 12 81a0 090c 07df0101ff 00000000 8000ff "
	  "0902 0005",
	  "(data-notification=0f200007d0000203 alert code=1281a0:0x81A0 "
	  "Smart Meter Integrity Issue - Warning "
	  "time stamp=090c07df0101ff000000008000ff:2015-01-01T00:00:00Z("
	  "[0] octet-string=0902 reason=0005:unexpected reset))" },
	{ "0F 200007d1 00 02 04 12 8f0a 090c 07df0101ff 00000000 8000ff " PROTECTION
		  SEALED,
	  NULL },
	{ "0F 200007d0 00 02 04 12 8f87 090c 070001ff07 00000000 8000ff "
	  "1121 110a",
	  NULL },
};

static void messages_round_trip(void **state)
{
	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(messages); n++) {
		struct octets o = hex(messages[n].hex);
		struct recorder r = recorder();

		check_cuts(o, check_message);
		assert_int_equal(dlms_dump(&r.dump, SPAN_OF(o)), 0);
		if (messages[n].dump)
			assert_string_equal(r.text, messages[n].dump);
	}
}

static void malformed_messages_are_refused(void **state)
{
	static const char *const bad[] = {
		/* another protocol */
		"010901",
		"30 00",
		/* a date-time */
		"D9 200004B0 01 00 00 00",
		"DA 200004B0 0001 00 00",
		"DA 200004B0 0100 00 00",
		"0F 200007d0 01 00 0202 12810e 090c 07df0101ff 00000000 8000ff",
		/* access there is not */
		"D9 200004B0 00 01 00 0003 010020200004 01 01 00",
		"D9 200004B0 00 01 05 0003 010020200004 01 01 00",
		"DA 200004B0 0000 01 00 01 04 00",
		"DA 200004B0 0000 01 00 01 00 00",
		/* lists not of the same length, or longer than the message */
		"D9 200004B0 00 01 01 0003 010020200004 01 02 00 00",
		"D9 200004B0 00 01 01 0003 010020200004 01 00",
		"DA 200004B0 0000 01 00 02 01 00 01 00",
		"DA 200004B0 0000 82 ffff 00",
		"D9 200004B0 00 82 ffff 01",
		/* alerts need a structure, a code and a time */
		"0F 200007d0 00 0102 12810e 090c 07df0101ff 00000000 8000ff",
		"0F 200007d0 00 0200",
		"0F 200007d0 00 0201 12810e",
		"0F 200007d0 00 0202 06 0000810e 090c 07df0101ff 00000000 8000ff",
		"0F 200007d0 00 0202 12810e 0905 07df0101ff",
		"0F 200007d0 00 0202 12810e 190c 07df0101ff 00000000 8000ff",
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(bad); n++) {
		struct octets o = hex(bad[n]);

		if (check_message(SPAN_OF(o)))
			fail_msg("accepted %s", bad[n]);
	}
}

static void writers_refuse_what_cannot_be(void **state)
{
	struct dlms_request_item asked = { .spec.access = 5 };
	struct dlms_response_item answered = { .access = DLMS_GET_SELECT };
	struct dlms_protected_object object = { .restricted = true };
	struct dlms_protection protection = { .cra = 4 };
	struct wbuf w = wbuf_counting();

	(void)state;
	dlms_put_request(&w, 1, &asked, 1);
	assert_true(w.bad);
	w = wbuf_counting();
	dlms_put_response(&w, 1, &answered, 1);
	assert_true(w.bad);
	w = wbuf_counting();
	dlms_put_notification(&w, 1, 1, SPAN(NULL, 0), 0);
	assert_true(w.bad);
	w = wbuf_counting();
	dlms_put_protected_request(&w, &protection, &object, 1);
	assert_true(w.bad);
	w = wbuf_counting();
	dlms_put_protected_response(&w, &protection, SPAN(NULL, 0),
				    SPAN(NULL, 0));
	assert_true(w.bad);
}

static void items_have_what_was_sent(void **state)
{
	struct octets o = hex(messages[2].hex);
	struct dlms_range range = { 0, 0 };
	struct dlms_request_item item;
	struct dlms_request request;
	struct dlms_items it;
	uint8_t out[64];
	struct wbuf w = wbuf_of(out, sizeof(out));

	(void)state;
	assert_int_equal(dlms_request_parse(SPAN_OF(o), &request), 0);
	assert_int_equal(request.liip, dlms_liip(UINT64_C(0x50000003e8)));
	it = dlms_request_items(&request);
	assert_true(dlms_next_request(&it, &item));
	assert_int_equal(item.spec.access, DLMS_GET);
	assert_int_equal(item.spec.class_id, 8);
	assert_memory_equal(item.spec.obis, "\0\0\1\0\0\xff", 6);
	assert_int_equal(item.spec.member, 2);
	assert_true(dlms_next_request(&it, &item));
	assert_int_equal(item.spec.selector, DLMS_SELECTOR_RANGE);
	assert_int_equal(dlms_range_parse(&item.spec.selection, &range), 0);
	assert_int_equal(range.from_s, 473212740);
	assert_int_equal(range.to_s, 473385600);
	assert_int_equal(dlms_range_parse(&item.data, &range), -EBADMSG);
	dlms_put_range(&w, &range);
	assert_true(span_equal(SPAN(out, w.len), item.spec.selection.raw));
	assert_false(dlms_next_request(&it, &item));
}

/* Each octet changed: refused, or something that can be written again. */
static void check_protected(const uint8_t *p, size_t len, bool *ret_same)
{
	struct dlms_protected_response sealed;
	struct dlms_protected_object object[4];
	struct dlms_protected_request asked;
	struct dlms_range range;
	struct dlms_data data;
	uint8_t out[512];
	struct wbuf w = wbuf_of(out, sizeof(out));
	size_t n = 0;

	*ret_same = false;
	if (dlms_data_parse(SPAN(p, len), &data))
		return;
	if (!dlms_range_parse(&data, &range)) {
		dlms_put_range(&w, &range);
	} else if (!dlms_protected_response_parse(&data, &sealed)) {
		dlms_put_protected_response(&w, &sealed.protection,
					    sealed.ciphertext, sealed.tag);
	} else if (!dlms_protected_request_parse(&data, &asked)) {
		while (n < 4 && dlms_next_protected(&asked.objects, &object[n]))
			n++;
		dlms_put_protected_request(&w, &asked.protection, object, n);
	} else {
		return;
	}
	assert_false(w.bad);
	assert_true(span_equal(SPAN(out, w.len), data.raw));
	*ret_same = true;
}

static void parameters_have_one_form(void **state)
{
	static const struct {
		const char *hex;
		unsigned int free; /* octets that may be any */
	} each[] = {
		{ "0204 0204 120001 0906 00005e2c64ff 0f02 120000 06 1c34a744 "
		  "06 1c374a80 0100",
		  8 },
		{ "0202 " PROTECTION SEALED, 9 + 8 + 8 + 3 + 12 },
		{ "0202 0102 0205 120001 0906 00005e2c220a 0f02 120000 0202 "
		  "1600 00 0205 120007 0906 0000620102ff 0f02 120000 0202 1601 "
		  "0202 090c 07de0a02ff 09000000 8000ff "
		  "090c 07df0301ff 09000000 8000ff " PROTECTION,
		  2 * (2 + 6 + 1) + 24 + 9 + 8 + 8 },
	};
	/* There is no third restriction. */
	struct octets third = hex("0202 0101 0205 120001 0906 00005e2c220a "
				  "0f02 120000 0202 1602 00 " PROTECTION);
	bool same;

	(void)state;
	check_protected(third.p, third.len, &same);
	assert_false(same);
	for (size_t n = 0; n < ARRAY_SIZE(each); n++) {
		struct octets o = hex(each[n].hex);
		unsigned int is_free = 0;

		check_protected(o.p, o.len, &same);
		assert_true(same);
		for (size_t at = 0; at < o.len; at++) {
			o.p[at] ^= 0x55;
			check_protected(o.p, o.len, &same);
			o.p[at] ^= 0x55;
			is_free += same;
		}
		assert_int_equal(is_free, each[n].free);
	}
}

static void future_dated_alerts_are_built(void **state)
{
	struct octets want = hex("0913 0019 00000000000003f0 2328 "
				 "00005e2c0200 06");
	struct dlms_future_dated dated;
	uint8_t out[32];
	struct wbuf w = wbuf_of(out, sizeof(out));

	(void)state;
	assert_int_equal(dlms_future_dated_parse(SPAN(want.p + 2, 18), &dated),
			 -EBADMSG);
	assert_int_equal(dlms_future_dated_parse(SPAN(want.p + 2, 19), &dated),
			 0);
	assert_int_equal(dated.message_code, 0x19);
	assert_int_equal(dated.counter, 1008);
	assert_int_equal(dated.class_id, 9000);
	assert_int_equal(dated.attribute, 6);
	dlms_put_future_dated(&w, &dated);
	assert_true(span_equal(SPAN(out, w.len), SPAN_OF(want)));
}

/* What a listener prints is text, whatever was sent. */
static void strings_are_shown_safely(void **state)
{
	static const struct {
		const char *hex;
		const char *meaning;
	} each[] = {
		{ "0c 04 f09f9880", ":\"\xf0\x9f\x98\x80\"" },
		{ "0c 03 eda080", NULL },   /* surrogate */
		{ "0c 03 e08080", NULL },   /* overlong */
		{ "0c 04 f4908080", NULL }, /* beyond Unicode */
		{ "0c 02 c285", NULL },	    /* C1 control */
		{ "0c 02 41c3", NULL },	    /* unfinished */
		{ "0a 03 417f42", NULL },   /* DEL */
		{ "09 06 77696e746572", ":\"winter\"" },
		{ "09 01 41", NULL },
		{ "09 04 77696e74", ":\"wint\"" },
		{ "19 07df0d01ff000000008000ff", NULL },
	};
	static struct octets o = { { DLMS_VISIBLE_STRING, 0x82, 0x06, 0 }, 0 };
	struct recorder r;

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(each); n++) {
		struct octets one = hex(each[n].hex);
		const char *colon;

		r = recorder();
		assert_int_equal(dlms_dump_plain(&r.dump, SPAN_OF(one)), 0);
		colon = strchr(r.text, ':');
		if (each[n].meaning)
			assert_string_equal(colon, each[n].meaning);
		else
			assert_null(colon);
	}
	o.len = 4 + 1536;
	memset(o.p + 4, 'x', 1536);
	r = recorder();
	assert_int_equal(dlms_dump_plain(&r.dump, SPAN_OF(o)), 0);
	o.p[0] = DLMS_BIT_STRING;
	o.len = 4 + 1536 / 8;
	r = recorder();
	assert_int_equal(dlms_dump_plain(&r.dump, SPAN_OF(o)), 0);
	assert_null(strchr(r.text, ':'));
	r = recorder();
	assert_int_equal(dlms_dump_plain(&r.dump, SPAN(o.p, 0)), -EBADMSG);
	assert_int_equal(dlms_dump_plain(&r.dump, SPAN(o.p, 9)), -EBADMSG);
	assert_int_equal(r.len, 0);
}

static void results_have_names(void **state)
{
	(void)state;
	assert_string_equal(dlms_result_name(0), "success");
	assert_string_equal(dlms_result_name(250), "other-reason");
	assert_string_equal(dlms_result_name(5), "unknown");
	assert_string_equal(dlms_result_name(255), "unknown");
}

/* --- anything at all */

static void mutations_are_refused_or_round_trip(void **state)
{
	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(messages); n++) {
		struct octets o = hex(messages[n].hex);

		for (size_t at = 0; at < o.len; at++) {
			uint8_t kept = o.p[at];

			for (unsigned int value = 0; value < 256; value += 3) {
				o.p[at] = (uint8_t)value;
				check_message(SPAN_OF(o));
				check_data(SPAN(o.p + 6, o.len - 6));
			}
			o.p[at] = kept;
		}
	}
}

static void random_octets_are_harmless(void **state)
{
	static const uint8_t likely[] = { 0, 1, 2, 3, 9, 0x13, 0xff, 6 };
	uint32_t seed = 1;

	(void)state;
	for (unsigned int n = 0; n < 20000; n++) {
		struct octets o = { .len = 1 + n % 40 };

		for (size_t at = 0; at < o.len; at++) {
			seed = seed * 1664525 + 1013904223;
			o.p[at] = seed >> 31 ? likely[seed >> 8 & 7] :
					       (uint8_t)(seed >> 16);
		}
		check_data(SPAN_OF(o));
		check_message(SPAN_OF(o));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_parsed_and_shown),
		cmocka_unit_test(seconds_make_times_and_back),
		cmocka_unit_test(texts_are_parsed),
		cmocka_unit_test(messages_round_trip),
		cmocka_unit_test(malformed_messages_are_refused),
		cmocka_unit_test(writers_refuse_what_cannot_be),
		cmocka_unit_test(items_have_what_was_sent),
		cmocka_unit_test(parameters_have_one_form),
		cmocka_unit_test(future_dated_alerts_are_built),
		cmocka_unit_test(strings_are_shown_safely),
		cmocka_unit_test(results_have_names),
		cmocka_unit_test(mutations_are_refused_or_round_trip),
		cmocka_unit_test(random_octets_are_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
