// SPDX-License-Identifier: LGPL-2.1-or-later
/* GBZ messages, written component by component. */
#include "dlms-check.h"

#include "../proto/gbz-message.h"

/* Set Low Credit Warning Level for later, Publish Conversion Factor. */
static const char command[] =
	"0109 02 10 0705 000b 38818890 01 00 09 40420f00"
	" 01 0700 0010 09 01 02 01000000 00000000 788f0100 50";

static const struct gbz_message answer = {
	.cra = GBCS_RESPONSE,
	.body = GBZ_COMPONENTS,
};

static void test_writing(void **state)
{
	struct octets o = hex(command), want, out;
	struct wbuf w = wbuf_of(out.p, sizeof(out.p));
	struct gbz_component c, refused;
	struct gbz_writer writer;
	struct zcl_writer payload;
	struct gbz_message msg;
	struct gbz_open open;
	struct gbz_iter it;

	(void)state;
	assert_int_equal(gbz_parse(GBCS_COMMAND, 0x006f, SPAN_OF(o), &msg), 0);
	it = gbz_components(&msg);
	writer = gbz_begin(&w, &answer);
	assert_true(gbz_next(&it, &c));
	gbz_put_default_response(&writer, &c, c.command, ZCL_HARDWARE_FAILURE);
	assert_true(gbz_next(&it, &refused));
	gbz_put_default_response(&writer, &refused, ZCL_NOT_EXECUTED,
				 ZCL_FAILURE);
	c = (struct gbz_component){ .cluster = ZCL_BASIC,
				    .frame_control = ZCL_FROM_SERVER,
				    .seq = 2,
				    .command = ZCL_READ_ATTRIBUTES_RESPONSE };
	open = gbz_open_component(&writer, &c);
	payload =
		zcl_writer_of(gbz_command(&c), c.cluster, c.frame_control, &w);
	zcl_write_number(&payload, 0x0003);
	zcl_write_number(&payload, ZCL_SUCCESS);
	zcl_write_number(&payload, ZCL_UINT8);
	zcl_write_number(&payload, 7);
	zcl_write_end(&payload);
	gbz_close_component(&writer, &open);
	gbz_end(&writer);
	assert_false(w.bad);
	want = hex("0109 03 00 0705 0005 08 00 0b 09 c0"
		   " 00 0700 0005 00 01 0b ff 01"
		   " 01 0000 0008 08 02 01 0300 00 20 07");
	assert_true(span_equal(SPAN(out.p, w.len), SPAN_OF(want)));
	assert_int_equal(gbz_parse(GBCS_RESPONSE, 0, SPAN_OF(want), &msg), 0);
}

static void test_not_writable(void **state)
{
	static uint8_t much[UINT16_MAX];
	struct gbz_component c = { .cluster = ZCL_PRICE };
	struct wbuf w = wbuf_counting();
	struct gbz_writer writer = gbz_begin(&w, &answer);
	struct gbz_message msg = answer;

	(void)state;
	gbz_end(&writer); /* no components */
	assert_true(w.bad);

	w = wbuf_counting();
	writer = gbz_begin(&w, &answer);
	for (size_t n = 0; n < GBZ_MAX_COMPONENTS; n++)
		gbz_put_component(&writer, &c);
	gbz_end(&writer);
	assert_false(w.bad);
	gbz_put_component(&writer, &c);
	gbz_end(&writer);
	assert_true(w.bad);

	w = wbuf_counting();
	writer = gbz_begin(&w, &answer);
	c.payload = SPAN(much, sizeof(much) - 3);
	gbz_put_component(&writer, &c);
	assert_false(w.bad);
	c.payload.len++;
	gbz_put_component(&writer, &c);
	assert_true(w.bad);

	w = wbuf_counting();
	writer = gbz_begin(&w, &answer);
	c.control = GBZ_ENCRYPTED; /* and not sealed */
	gbz_put_component(&writer, &c);
	assert_true(w.bad);
	w = wbuf_counting();
	writer = gbz_begin(&w, &answer);
	c.control = GBZ_ENCRYPTED | GBZ_FROM_DATE_TIME;
	gbz_open_component(&writer, &c);
	assert_true(w.bad);

	/* Only alerts are without components. */
	w = wbuf_counting();
	msg.body = GBZ_NOTHING;
	gbz_begin(&w, &msg);
	assert_true(w.bad);
	w = wbuf_counting();
	msg.cra = GBCS_ALERT;
	writer = gbz_begin(&w, &msg);
	assert_false(w.bad);
	gbz_open_component(&writer, &c);
	assert_true(w.bad);
	w = wbuf_counting();
	msg.body = GBZ_HASH;
	gbz_begin(&w, &msg);
	assert_true(w.bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_writing),
		cmocka_unit_test(test_not_writable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
