// SPDX-License-Identifier: LGPL-2.1-or-later
/* GBZ messages: envelope, components, alerts, and what they are said to be. */
#include "dlms-check.h"
#include "rtds.h"

#include "../proto/gbz-dump.h"

/* --- what has to hold for any octets */

/* How often each octet was dumped. */
struct coverage {
	struct dump dump;
	struct span of;
	uint8_t times[ROOM];
	int depth;
	size_t calls;
};

static void cover(struct dump *dump, const char *name, struct span raw,
		  const char *meaning)
{
	struct coverage *c = (struct coverage *)dump;

	assert_non_null(name);
	assert_true(!meaning || *meaning);
	c->calls++;
	for (size_t n = 0; n < raw.len; n++) {
		assert_true(raw.p + n >= c->of.p);
		assert_true(raw.p + n < c->of.p + c->of.len);
		c->times[raw.p + n - c->of.p]++;
	}
}

static void cover_begin(struct dump *dump, const char *name, struct span raw,
			const char *meaning)
{
	((struct coverage *)dump)->depth++;
	cover(dump, name, raw, meaning);
}

static void cover_end(struct dump *dump)
{
	assert_true(((struct coverage *)dump)->depth-- > 0);
}

static void coverage_of(struct coverage *c, struct span of)
{
	memset(c, 0, sizeof(*c));
	c->dump = (struct dump){ cover_begin, cover, cover_end };
	c->of = of;
	assert_true(of.len <= sizeof(c->times));
}

static void check_covered(const struct coverage *c)
{
	assert_int_equal(c->depth, 0);
	for (size_t n = 0; n < c->of.len; n++)
		assert_int_equal(c->times[n], 1);
}

static bool check_any(enum gbcs_cra cra, uint16_t code, struct span from)
{
	static struct coverage c;
	static uint8_t out[ROOM];
	struct wbuf w = wbuf_of(out, sizeof(out)), count = wbuf_counting();
	struct gbz_message msg;

	coverage_of(&c, from);
	if (gbz_parse(cra, code, from, &msg)) {
		assert_int_equal(gbz_recode(cra, code, from, &w), -EBADMSG);
		assert_int_equal(gbz_dump(&c.dump, cra, code, from), -EBADMSG);
		assert_int_equal(c.calls, 0);
		return false;
	}
	assert_int_equal(gbz_recode(cra, code, from, &w), 0);
	assert_false(w.bad);
	assert_true(span_equal(SPAN(out, w.len), from));
	assert_int_equal(gbz_recode(cra, code, from, &count), 0);
	assert_false(count.bad);
	assert_int_equal(count.len, from.len);
	w = wbuf_of(out, from.len - 1);
	assert_int_equal(gbz_recode(cra, code, from, &w), 0);
	assert_true(w.bad);
	assert_int_equal(gbz_dump(&c.dump, cra, code, from), 0);
	check_covered(&c);
	return true;
}

static bool check_command(struct span from)
{
	return check_any(GBCS_COMMAND, 0x006f, from);
}

static bool check_response(struct span from)
{
	return check_any(GBCS_RESPONSE, 0x006f, from);
}

/* --- vectors, made by hand */

/* Set Low Credit Warning Level for later, Publish Conversion Factor. */
#define COMMAND                                    \
	"0109 02"                                  \
	" 10 0705 000b 38818890 01 00 09 40420f00" \
	" 01 0700 0010 09 01 02 01000000 00000000 788f0100 50"
/* Publish Snapshot, encrypted, and what failed after it. */
#define RESPONSE                                            \
	"0109 02"                                           \
	" 02 0702 001a 00 00 19 05 06 0013 3100000000 aabb" \
	" 000102030405060708090a0b"                         \
	" 01 0702 0005 08 06 0b ff 01"
#define ALERT_TIME "1c374a80"

static void test_command(void **state)
{
	struct octets o = hex(COMMAND);
	struct gbz_component a, b, none;
	struct gbz_message msg;
	struct gbz_iter it;
	uint64_t number;

	(void)state;
	assert_int_equal(gbz_parse(GBCS_COMMAND, 0x006f, SPAN_OF(o), &msg), 0);
	assert_int_equal(msg.body, GBZ_COMPONENTS);
	assert_int_equal(msg.count, 2);
	it = gbz_components(&msg);
	assert_true(gbz_next(&it, &a));
	assert_true(gbz_next(&it, &b));
	assert_false(gbz_next(&it, &none));
	assert_int_equal(a.control, GBZ_FROM_DATE_TIME);
	assert_int_equal(a.cluster, ZCL_PREPAYMENT);
	assert_int_equal(a.from_s, 0x38818890);
	assert_int_equal(a.frame_control, ZCL_CLUSTER);
	assert_int_equal(a.command, 9);
	assert_int_equal(a.payload.len, 4);
	assert_int_equal(a.raw.len, 16);
	assert_string_equal(gbz_command(&a)->name, "SetLowCreditWarningLevel");
	assert_int_equal(zcl_find_number(gbz_payload(&a, a.payload),
					 "lowCreditWarningLevel", &number),
			 0);
	assert_int_equal(number, 1000000);
	assert_int_equal(b.control, GBZ_LAST);
	assert_int_equal(b.seq, 1);
	assert_int_equal(b.sealed.len, 0);
	assert_int_equal(zcl_find_number(gbz_payload(&b, b.payload),
					 "conversionFactor", &number),
			 0);
	assert_int_equal(number, 102264);
	check_cuts(o, check_command);
}

static void test_encrypted(void **state)
{
	struct octets o = hex(RESPONSE);
	struct gbz_component a, b;
	struct gbz_message msg;
	struct gbz_iter it;

	(void)state;
	assert_int_equal(gbz_parse(GBCS_RESPONSE, 0x006f, SPAN_OF(o), &msg), 0);
	it = gbz_components(&msg);
	assert_true(gbz_next(&it, &a));
	assert_true(gbz_next(&it, &b));
	assert_int_equal(a.control, GBZ_ENCRYPTED);
	assert_int_equal(a.payload.len, 0);
	assert_int_equal(a.sealed.len, 19);
	assert_int_equal(a.ciphertext.len, 2);
	assert_int_equal(a.ciphertext.p[0], 0xaa);
	assert_int_equal(a.tag.len, 12);
	assert_int_equal(a.tag.p[0], 0);
	assert_int_equal(a.seq, 5);
	assert_string_equal(gbz_command(&a)->name, "PublishSnapshot");
	assert_string_equal(gbz_command(&b)->name, "DefaultResponse");
	check_cuts(o, check_response);
}

static void test_refused(void **state)
{
	static const char *const cases[] = {
		"0108 01 01 0705 0007 01 00 09 40420f00", /* profile */
		"0109 00",				  /* no component */
		"0109 00 01 0705 0007 01 00 09 40420f00",
		"0109 02 01 0705 0007 01 00 09 40420f00",
		"0109 01 00 0705 0007 01 00 09 40420f00", /* last, or not */
		"0109 02 01 0705 0003 01 00 09 01 0705 0003 01 01 09",
		"0109 01 05 0705 0007 01 00 09 40420f00", /* control */
		"0109 01 81 0705 0007 01 00 09 40420f00",
		"0109 01 01 0705 0006 01 00 09 40420f00", /* length */
		"0109 01 01 0705 0008 01 00 09 40420f00",
		"0109 01 01 0705 0002 01 00",
		"0109 01 11 0705 0006 00000000 01 00",
		"0109 01 01 0705 0004 05 cdab 00", /* of a manufacturer */
		/* Encrypted and for later; additional header. */
		"0109 01 13 0702 001d 00000000 00 00 19 05 06 0012 3100000000"
		" aa 000102030405060708090a0b",
		"0109 01 03 0702 0019 01 00 19 05 06 0012 3100000000 aa"
		" 000102030405060708090a0b",
		/* Security header, ciphered length, no room for a tag. */
		"0109 01 03 0702 0019 00 00 19 05 06 0012 3000000000 aa"
		" 000102030405060708090a0b",
		"0109 01 03 0702 0019 00 00 19 05 06 0012 3100000001 aa"
		" 000102030405060708090a0b",
		"0109 01 03 0702 0019 00 00 19 05 06 0011 3100000000 aa"
		" 000102030405060708090a0b",
		"0109 01 03 0702 0019 00 00 19 05 06 0013 3100000000 aa"
		" 000102030405060708090a0b",
		"0109 01 03 0702 0017 00 00 19 05 06 0010 3100000000"
		" 000102030405060708090a",
	};
	struct octets o;

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(cases); n++) {
		o = hex(cases[n]);
		if (check_command(SPAN_OF(o)))
			fail_msg("accepted: %s", cases[n]);
	}
	assert_false(check_command(SPAN(NULL, 0)));
}

/* Well formed, and nobody knows what it is. */
static void test_unknown(void **state)
{
	static const char *const cases[] = {
		"0109 01 01 0b04 0005 09 00 77 0102", /* cluster */
		"0109 01 01 0700 0003 09 00 77",      /* command */
		"0109 01 01 0700 0005 00 00 02 0102", /* general command */
		"0109 01 01 0700 0005 02 00 02 0102", /* frame type */
		"0109 01 01 0700 0007 0d cdab 00 01 0102",
		"0109 01 01 0700 0007 08 00 01 feff 8600", /* malformed */
		"0109 01 01 0700 000a 08 00 01 feff 00 4c 010203",
	};
	struct octets o;

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(cases); n++) {
		o = hex(cases[n]);
		check_cuts(o, check_command);
	}
}

/* --- alerts */

static const struct {
	uint16_t code;
	const char *content;
	enum gbz_body body;
} alerts[] = {
	{ 0x1000, "0109 00 8f30 " ALERT_TIME, GBZ_NOTHING },
	{ 0x1001, "0109 00 810e " ALERT_TIME, GBZ_NOTHING },
	{ 0x1001, "0109 00 8161 " ALERT_TIME, GBZ_NOTHING },
	{ 0x1001, "0109 00 8161 " ALERT_TIME "0002", GBZ_USER_INTERFACE },
	{ 0x1001, "0109 00 8162 " ALERT_TIME "0077", GBZ_USER_INTERFACE },
	{ 0x00cd,
	  "0109 01 8f66 " ALERT_TIME " 0e 006f 00000000000003e8 0707 01 04",
	  GBZ_FUTURE_DATED },
	{ 0x00cf,
	  "0109 01 8f72 " ALERT_TIME " 0920 000102030405060708090a0b0c0d0e0f"
	  " 101112131415161718191a1b1c1d1e1f",
	  GBZ_HASH },
	{ 0x00f2, "0109 01 81a0 " ALERT_TIME " 0004", GBZ_REASON },
	{ 0x00f2, "0109 01 81a0 " ALERT_TIME " 0104", GBZ_REASON },
	{ 0x008b,
	  "0109 01 8f0a " ALERT_TIME " 03 0702 001a 00 00 19 00 06 0013"
	  " 3100000000 aabb 000102030405060708090a0b",
	  GBZ_COMPONENTS },
	{ 0x4242, "0109 07 8f0a " ALERT_TIME " 0102", GBZ_OTHER },
	{ 0x1001, "0109 00 8161 " ALERT_TIME "00", GBZ_OTHER },
};

static void test_alerts(void **state)
{
	struct gbz_message msg;
	struct octets o;

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(alerts); n++) {
		uint16_t code = alerts[n].code;

		o = hex(alerts[n].content);
		assert_true(check_any(GBCS_ALERT, code, SPAN_OF(o)));
		assert_int_equal(gbz_parse(GBCS_ALERT, code, SPAN_OF(o), &msg),
				 0);
		assert_int_equal(msg.body, alerts[n].body);
		assert_int_equal(msg.time_s, 473385600);
		assert_int_equal(msg.alert_code, o.p[3] << 8 | o.p[4]);
		for (size_t len = 0; len < o.len; len++) {
			bool ok = check_any(GBCS_ALERT, code, SPAN(o.p, len));

			/* Without a body they are other alerts. */
			assert_int_equal(ok, len >= 9 && code != 0x00cd &&
						     code != 0x00cf &&
						     code != 0x00f2 &&
						     code != 0x008b);
		}
	}
}

static void test_future_dated(void **state)
{
	struct octets o = hex("0109 01 8f66 " ALERT_TIME
			      " 0e 006f 00000000000003e8 0707 01 04");
	struct gbz_future_dated dated;
	struct gbz_message msg;

	(void)state;
	assert_int_equal(gbz_parse(GBCS_ALERT, 0x00cd, SPAN_OF(o), &msg), 0);
	dated = msg.future_dated;
	assert_int_equal(dated.message_code, 0x6f);
	assert_int_equal(dated.counter, 1000);
	assert_int_equal(dated.cluster, ZCL_CALENDAR);
	/* A question cannot be future dated, so it is the other one. */
	assert_string_equal(gbz_future_dated_command(&dated)->name,
			    "PublishSpecialDays");
	dated.frame_control = 0x09;
	assert_string_equal(gbz_future_dated_command(&dated)->name,
			    "PublishSpecialDays");
	dated.command = 0x77;
	assert_null(gbz_future_dated_command(&dated));
	o = hex("0109 01 8f66 " ALERT_TIME
		" 0d 006f 00000000000003e8 0707 01 04");
	assert_false(check_any(GBCS_ALERT, 0x00cd, SPAN_OF(o)));
	o = hex("0109 01 8f72 " ALERT_TIME
		" 0a20 000102030405060708090a0b0c0d0e0f"
		" 101112131415161718191a1b1c1d1e1f");
	assert_false(check_any(GBCS_ALERT, 0x00cf, SPAN_OF(o)));
}

/* --- dump */

static void check_dump(enum gbcs_cra cra, uint16_t code, const char *content,
		       const char *want)
{
	struct recorder r = recorder();
	struct octets o = hex(content);

	assert_int_equal(gbz_dump(&r.dump, cra, code, SPAN_OF(o)), 0);
	assert_int_equal(r.depth, 0);
	assert_string_equal(r.text, want);
}

static void test_dump(void **state)
{
	(void)state;
	check_dump(GBCS_COMMAND, 0x006f, COMMAND,
		   "(gbz=0109:profile 0x0109 components=02:2"
		   "([0] SetLowCreditWarningLevel="
		   " control=10:from date time cluster=0705:Prepayment"
		   " length=000b:11 from date time=38818890:"
		   "2030-01-15T09:00:00Z"
		   " frame control=01:cluster specific, to server"
		   " sequence number=00:0 command=09:SetLowCreditWarningLevel"
		   " lowCreditWarningLevel=40420f00:1000000)"
		   "([1] PublishConversionFactor="
		   " control=01:last cluster=0700:Price length=0010:16"
		   " frame control=09:cluster specific, to client"
		   " sequence number=01:1 command=02:PublishConversionFactor"
		   " issuerEventId=01000000:2000-01-01T00:00:01Z"
		   " startTime=00000000:now conversionFactor=788f0100:102264"
		   " trailingDigit=50:0x50))");
	check_dump(GBCS_RESPONSE, 0x006f, RESPONSE,
		   "(gbz=0109:profile 0x0109 components=02:2"
		   "([0] PublishSnapshot= control=02:encrypted"
		   " cluster=0702:Metering length=001a:26"
		   " additional header control=00 frame counter=00:0"
		   " frame control=19:cluster specific, to client,"
		   " no default response sequence number=05:5"
		   " command=06:PublishSnapshot ciphered length=0013:19"
		   " security header=3100000000:authentication and encryption"
		   " ciphertext=aabb mac=000102030405060708090a0b)"
		   "([1] DefaultResponse= control=01:last"
		   " cluster=0702:Metering length=0005:5"
		   " frame control=08:general, to client"
		   " sequence number=06:6 command=0b:DefaultResponse"
		   " commandId=ff:0xFF status=01:failure))");
	check_dump(GBCS_ALERT, 0x00cd,
		   "0109 01 8f66 1c374a80 0e 006f 00000000000003e8 0707 01 00",
		   "(gbz=0109:profile 0x0109 components=01:1"
		   " alert code=8f66:0x8F66 Future-date HAN Interface Command"
		   " Successfully Actioned"
		   " time stamp=1c374a80:2015-01-01T00:00:00Z"
		   "(future dated command=0e message code=006f:0x006F"
		   " GCS05 Update Prepayment Configurations on GSME"
		   " originator counter=00000000000003e8:1000"
		   " cluster=0707:Calendar"
		   " frame control=01:cluster specific, to server"
		   " command=00:PublishCalendar))");
	check_dump(GBCS_ALERT, 0x1001, "0109 00 8161 1c374a80 0002",
		   "(gbz=0109:profile 0x0109 components=00:0"
		   " alert code=8161:0x8161 User Interface Command Input and"
		   " Successfully Actioned"
		   " time stamp=1c374a80:2015-01-01T00:00:00Z"
		   " user interface command=0002:emergency-credit)");
	check_dump(GBCS_COMMAND, 0, "0109 01 01 0b04 0005 0d cdab 00 01",
		   "(gbz=0109:profile 0x0109 components=01:1"
		   "([0] unknown= control=01:last cluster=0b04:unknown"
		   " length=0005:5 frame control=0d:cluster specific,"
		   " of a manufacturer, to client manufacturer=cdab:0xabcd"
		   " sequence number=00:0 command=01:unknown))");
}

static void check_plain(uint16_t cluster, uint8_t frame_control,
			uint8_t command, const char *plain, const char *want)
{
	static struct coverage c;
	struct recorder r = recorder();
	struct octets o = hex(plain);

	gbz_dump_plain(&r.dump, cluster, frame_control, command, SPAN_OF(o));
	assert_string_equal(r.text, want);
	for (size_t len = 0; len <= o.len; len++) {
		coverage_of(&c, SPAN(o.p, len));
		gbz_dump_plain(&c.dump, cluster, frame_control, command, c.of);
		check_covered(&c);
	}
}

static void test_dump_plain(void **state)
{
	(void)state;
	check_plain(ZCL_METERING, 0x19, 0x06,
		    "05000000 804a371c 01 00 01 08000000 06 e80300000000"
		    " 02 010000000000 020000000000 12 030000000000",
		    " snapshotId=05000000:5"
		    " snapshotTime=804a371c:2015-01-01T00:00:00Z"
		    " totalSnapshotsFound=01:1 commandIndex=00:0"
		    " totalCommands=01:1"
		    " snapshotCause=08000000:change-of-tariff"
		    " snapshotPayloadType=06:block-tier-delivered-no-billing"
		    " currentSummationDelivered=e80300000000:1000"
		    " numTiersInUse=02:2 [0] tierSummation=010000000000:1"
		    " [1] tierSummation=020000000000:2"
		    " numTiersBlockThresholds=12:0x12"
		    " [0] tierBlockSummation=030000000000:3");
	check_plain(ZCL_PREPAYMENT, 0x08, 0x01,
		    "0100 00 2b 9cffffff 0500 c0 cdab 00 41 02 00ff",
		    "([0] attribute=:Credit Remaining"
		    " attrId=0100:Credit Remaining status=00:success"
		    " type=2b:int32 value=9cffffff:-100)"
		    "([1] attribute=:Accumulated Debt"
		    " attrId=0500:Accumulated Debt"
		    " status=c0:hardware-failure)"
		    "([2] attribute= attrId=cdab:0xABCD status=00:success"
		    " type=41:octet-string value=0200ff)");
	/* Groups inside groups. */
	check_plain(ZCL_PRICE, 0x09, 0x06,
		    "00000000 00000000 feffffff 01000000 00 01 01"
		    " 12 010000000000 020000000000 20",
		    " providerId=00000000:0"
		    " issuerEventId=00000000:2000-01-01T00:00:00Z"
		    " startTime=feffffff:cancel issuerTariffId=01000000:1"
		    " commandIndex=00:0 totalCommands=01:1"
		    " subPayloadControl=01:0x01"
		    "([0] tier= tier_numThresholds=12:18"
		    " [0] threshold=010000000000:1"
		    " [1] threshold=020000000000:2)"
		    "([1] tier= tier_numThresholds=20:32)");
	check_plain(ZCL_PREPAYMENT, 0x01, 0x09, "40420f",
		    " payload=40420f:malformed");
	check_plain(0x1234, 0x01, 0x09, "40420f", " payload=40420f");
}

/* --- hostile */

static void test_hostile(void **state)
{
	struct octets o;

	(void)state;
	for (size_t v = 0; v < 2 + ARRAY_SIZE(alerts); v++) {
		o = hex(v == 0 ? COMMAND :
			v == 1 ? RESPONSE :
				 alerts[v - 2].content);
		for (size_t at = 0; at < o.len; at++) {
			uint8_t was = o.p[at];

			for (unsigned int value = 0; value < 256; value++) {
				o.p[at] = (uint8_t)value;
				if (v < 2)
					check_command(SPAN_OF(o));
				else
					check_any(GBCS_ALERT,
						  alerts[v - 2].code,
						  SPAN_OF(o));
			}
			o.p[at] = was;
		}
	}
}

/* --- the reference messages */

struct seen {
	size_t messages, components, encrypted;
};

static void check_reference(const struct rtds_message *m, void *context)
{
	struct gbz_component component;
	struct seen *seen = context;
	struct gbz_message msg;
	struct gbz_iter it;

	if (gbcs_message_encoding(&m->msg) != GBCS_GBZ)
		return;
	if (gbz_parse(m->msg.cra, m->msg.code, m->msg.content, &msg))
		fail_msg("%s: not decoded", m->path);
	if (msg.body == GBZ_OTHER)
		fail_msg("%s: unknown alert", m->path);
	it = gbz_components(&msg);
	while (gbz_next(&it, &component)) {
		const struct zcl_command *command = gbz_command(&component);

		seen->components++;
		if (!command)
			fail_msg("%s: unknown command", m->path);
		if (component.control & GBZ_ENCRYPTED)
			seen->encrypted++;
		else if (zcl_check(command, component.payload))
			fail_msg("%s: %s is malformed", m->path, command->name);
	}
	assert_true(check_any(m->msg.cra, m->msg.code, m->msg.content));
	seen->messages++;
}

static void test_reference(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	rtds_each(check_reference, &seen);
	print_message("%zu messages, %zu components, %zu encrypted\n",
		      seen.messages, seen.components, seen.encrypted);
	assert_true(seen.messages && seen.encrypted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_command),
		cmocka_unit_test(test_encrypted),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_alerts),
		cmocka_unit_test(test_future_dated),
		cmocka_unit_test(test_dump),
		cmocka_unit_test(test_dump_plain),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_reference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
