// SPDX-License-Identifier: MIT
/* The MCU's end of the link, and the framing below it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <hearth/mcu_frame_vectors.h>

#include "../link/link.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define S UINT64_C(1000000)
#define REQUEST 0x10

static struct link_events retained;
static struct link mcu;
static int executed;
static bool wire_full;
static struct hearth_frame sent[64];
static uint8_t sent_payload[64][HEARTH_MCU_MAX_PAYLOAD];
static size_t n_sent;
static struct hearth_deframer hub;

static bool take(void *context, const uint8_t *wire, size_t len)
{
	struct hearth_frame frame;

	(void)context;
	if (wire_full)
		return false;
	for (size_t n = 0; n < len; n++) {
		if (hearth_deframer_push(&hub, wire[n], &frame) !=
		    HEARTH_RX_FRAME)
			continue;
		assert_true(n_sent < COUNT(sent));
		sent[n_sent] = frame;
		memcpy(sent_payload[n_sent], frame.payload, frame.len);
		n_sent++;
	}
	return true;
}

static size_t count_up(void *context, const uint8_t *payload, uint8_t *reply)
{
	(void)context;
	executed++;
	reply[0] = HEARTH_MCU_OK;
	reply[1] = 0;
	reply[2] = (uint8_t)executed;
	reply[3] = payload[0];
	return 4;
}

static const struct link_request requests[] = {
	{ REQUEST, 2, count_up },
	{ HEARTH_MCU_IDENTITY, 4, count_up },
};
static const struct link_config config = { requests, COUNT(requests), NULL,
					   take };

static int fresh(void **state)
{
	(void)state;
	memset(&retained, 0x5a, sizeof(retained));
	executed = 0;
	n_sent = 0;
	wire_full = false;
	hearth_deframer_init(&hub);
	link_init(&mcu, &config, &retained, 0, 1);
	return 0;
}

static void receive(uint8_t type, uint8_t seq, const void *payload, size_t len)
{
	uint8_t wire[HEARTH_FRAME_MAX_WIRE];
	size_t wire_len = hearth_frame_encode(type, seq, payload, len, wire,
					      sizeof(wire));

	link_receive(&mcu, wire, wire_len);
}

static void assert_status(uint8_t type, uint8_t seq, unsigned int status)
{
	assert_int_equal(n_sent, 1);
	assert_int_equal(sent[0].type, type | HEARTH_MCU_REPLY);
	assert_int_equal(sent[0].seq, seq);
	assert_true(sent[0].len >= 2);
	assert_int_equal(sent_payload[0][0] | sent_payload[0][1] << 8, status);
	n_sent = 0;
}

/* --- framing */

static void check_vector(const struct hearth_frame_vector *vector)
{
	struct hearth_deframer rx;
	struct hearth_frame frame;
	size_t at = 0;

	hearth_deframer_init(&rx);
	for (size_t n = 0; n < vector->wire_len; n++) {
		const struct hearth_frame_result *want = &vector->result[at];
		enum hearth_rx got =
			hearth_deframer_push(&rx, vector->wire[n], &frame);

		if (got == HEARTH_RX_MORE)
			continue;
		if (at == HEARTH_VECTOR_RESULTS || got != want->rx)
			fail_msg("%s: result %zu is %d", vector->name, at, got);
		if (got == HEARTH_RX_FRAME) {
			assert_int_equal(frame.type, want->type);
			assert_int_equal(frame.seq, want->seq);
			assert_int_equal(frame.len, want->len);
			if (want->len)
				assert_memory_equal(frame.payload,
						    want->payload, want->len);
		}
		at++;
	}
	if (at < HEARTH_VECTOR_RESULTS &&
	    vector->result[at].rx != HEARTH_RX_MORE)
		fail_msg("%s: only %zu results", vector->name, at);
}

static void vectors_are_received(void **state)
{
	(void)state;
	for (size_t n = 0; n < COUNT(hearth_frame_vectors); n++)
		check_vector(&hearth_frame_vectors[n]);
}

static void good_vectors_are_encoded(void **state)
{
	int compared = 0;

	(void)state;
	for (size_t n = 0; n < COUNT(hearth_frame_vectors); n++) {
		const struct hearth_frame_vector *v = &hearth_frame_vectors[n];
		const struct hearth_frame_result *r = &v->result[0];
		uint8_t wire[HEARTH_FRAME_MAX_WIRE];
		size_t len;

		if (r->rx != HEARTH_RX_FRAME ||
		    v->result[1].rx != HEARTH_RX_MORE)
			continue;
		len = hearth_frame_encode(r->type, r->seq, r->payload, r->len,
					  wire, sizeof(wire));
		/* Some vectors have empty frames around the one. */
		if (len != v->wire_len)
			continue;
		assert_memory_equal(wire, v->wire, len);
		compared++;
	}
	assert_true(compared >= 5);
}

/* After any garbage the second frame at the latest is received. */
static void resync_within_one_frame(void **state)
{
	uint8_t payload[64], wire[HEARTH_FRAME_MAX_WIRE];
	struct hearth_deframer rx;
	struct hearth_frame frame;

	(void)state;
	srand(1);
	hearth_deframer_init(&rx);
	for (int round = 0; round < 20000; round++) {
		int garbage = rand() % 400, got = 0;
		size_t len;

		for (int n = 0; n < garbage; n++)
			(void)hearth_deframer_push(&rx, (uint8_t)rand(),
						   &frame);
		for (size_t n = 0; n < sizeof(payload); n++)
			payload[n] = (uint8_t)(rand() % 3);
		len = hearth_frame_encode(7, (uint8_t)round, payload,
					  sizeof(payload), wire, sizeof(wire));
		for (size_t n = 0; n < len; n++)
			got += hearth_deframer_push(&rx, wire[n], &frame) ==
				       HEARTH_RX_FRAME &&
			       frame.type == 7 && frame.seq == (round & 0xff);
		assert_int_equal(got, 1);
	}
}

static void encoding_keeps_to_its_room(void **state)
{
	uint8_t payload[HEARTH_MCU_MAX_PAYLOAD + 1] = { 1 };
	uint8_t wire[HEARTH_FRAME_MAX_WIRE];

	(void)state;
	assert_int_equal(hearth_frame_encode(1, 1, payload, sizeof(payload),
					     wire, sizeof(wire)),
			 0);
	for (size_t room = 0; room < 14; room++)
		assert_int_equal(
			hearth_frame_encode(1, 1, payload, 4, wire, room), 0);
	assert_true(hearth_frame_encode(1, 1, payload, 4, wire, 15) > 0);
}

/* --- requests */

static void a_request_is_answered(void **state)
{
	(void)state;
	receive(REQUEST, 5, "ab", 2);
	assert_int_equal(sent_payload[0][3], 'a');
	assert_status(REQUEST, 5, HEARTH_MCU_OK);
	/* A longer payload is a newer hub's. */
	receive(REQUEST, 6, "abcdef", 6);
	assert_status(REQUEST, 6, HEARTH_MCU_OK);
	assert_int_equal(executed, 2);
}

static void a_repeat_is_not_carried_out_again(void **state)
{
	(void)state;
	for (int n = 0; n < 3; n++) {
		receive(REQUEST, 5, "ab", 2);
		assert_int_equal(sent_payload[0][2], 1);
		assert_status(REQUEST, 5, HEARTH_MCU_OK);
	}
	assert_int_equal(executed, 1);
	receive(REQUEST, 6, "ab", 2);
	assert_status(REQUEST, 6, HEARTH_MCU_OK);
	assert_int_equal(executed, 2);
}

static void a_new_hub_may_begin_with_any_number(void **state)
{
	(void)state;
	receive(REQUEST, 5, "ab", 2);
	assert_status(REQUEST, 5, HEARTH_MCU_OK);
	receive(HEARTH_MCU_IDENTITY, 4, "abcd", 4);
	assert_status(HEARTH_MCU_IDENTITY, 4, HEARTH_MCU_OK);
	receive(REQUEST, 5, "ab", 2);
	assert_status(REQUEST, 5, HEARTH_MCU_OK);
	assert_int_equal(executed, 3);
}

static void bad_requests_are_refused(void **state)
{
	(void)state;
	receive(REQUEST, 5, "a", 1);
	assert_status(REQUEST, 5, HEARTH_MCU_EINVAL);
	receive(0x3f, 6, "", 0);
	assert_status(0x3f, 6, HEARTH_MCU_EOPNOTSUPP);
	assert_int_equal(executed, 0);
	/* Not for us, and nobody's question. */
	receive(0x7f, 7, "", 0);
	receive(REQUEST | HEARTH_MCU_REPLY, 8, "ab", 2);
	assert_int_equal(n_sent, 0);
}

static void a_full_wire_drops_whole_messages(void **state)
{
	struct hearth_mcu_live live = { 0 };

	(void)state;
	wire_full = true;
	receive(REQUEST, 5, "ab", 2);
	assert_false(link_send_live(&mcu, &live));
	assert_int_equal(mcu.tx_dropped, 2);
	wire_full = false;
	/* The hub asks again, and the request was carried out. */
	receive(REQUEST, 5, "ab", 2);
	assert_status(REQUEST, 5, HEARTH_MCU_OK);
	assert_int_equal(executed, 1);
}

/* --- events */

static uint32_t event_seq(size_t n)
{
	struct hearth_mcu_event event;

	assert_true(n < n_sent);
	assert_int_equal(sent[n].type, HEARTH_MCU_EVENT);
	memcpy(&event, sent_payload[n], sizeof(event));
	return event.event_seq;
}

static void ack(uint32_t seq)
{
	struct hearth_mcu_event_ack body = { .event_seq = seq };

	receive(HEARTH_MCU_EVENT_ACK, 0, &body, sizeof(body));
}

static void events_repeat_until_acknowledged(void **state)
{
	(void)state;
	link_event(&mcu, HEARTH_MCU_EVENT_BOOT, 1, 0);
	link_event(&mcu, HEARTH_MCU_EVENT_SAMPLES_LOST, 2, 0);
	link_poll(&mcu, 0);
	assert_int_equal(n_sent, 0); /* not before it is stored */
	link_events_stored(&mcu, 2);
	link_poll(&mcu, 0);
	link_poll(&mcu, S - 1);
	assert_int_equal(n_sent, 1);
	link_poll(&mcu, S);
	assert_int_equal(n_sent, 2);
	assert_int_equal(event_seq(0), 1);
	assert_int_equal(event_seq(1), 1);
	ack(2); /* not its turn */
	ack(7);
	receive(HEARTH_MCU_EVENT_ACK, 0, "abc", 3); /* too short */
	link_poll(&mcu, 2 * S);
	assert_int_equal(event_seq(2), 1);
	ack(1);
	link_poll(&mcu, 2 * S);
	assert_int_equal(event_seq(3), 2);
	ack(2);
	ack(2);
	link_poll(&mcu, 9 * S);
	assert_int_equal(n_sent, 4);
}

static void events_outlive_a_reset(void **state)
{
	(void)state;
	link_event(&mcu, HEARTH_MCU_EVENT_BOOT, 1, 0);
	link_events_stored(&mcu, 1);
	link_init(&mcu, &config, &retained, 1, 2);
	link_event(&mcu, HEARTH_MCU_EVENT_BOOT, 1, 0);
	link_events_stored(&mcu, 2);
	link_poll(&mcu, 0);
	ack(1);
	link_poll(&mcu, 0);
	assert_int_equal(event_seq(0), 1);
	assert_int_equal(event_seq(1), 2);
	/* After a loss of power: none are left, the numbers go on. */
	memset(&retained, 0xa5, sizeof(retained));
	link_init(&mcu, &config, &retained, 2, 3);
	assert_int_equal(retained.count, 0);
	link_event(&mcu, HEARTH_MCU_EVENT_BOOT, 1, 0);
	assert_int_equal(retained.event[0].event_seq, 3);
	assert_int_equal(retained.event[0].boot_count, 3);
}

/* A reset in the middle of a change: the queue is lost, but not silently. */
static void a_torn_queue_is_told(void **state)
{
	(void)state;
	link_event(&mcu, HEARTH_MCU_EVENT_BOOT, 1, 0);
	link_event(&mcu, HEARTH_MCU_EVENT_SAMPLES_LOST, 1, 0);
	retained.count--;
	link_init(&mcu, &config, &retained, 20, 2);
	link_event(&mcu, HEARTH_MCU_EVENT_BOOT, 1, 0);
	link_poll(&mcu, 0);
	assert_int_equal(retained.count, 2);
	assert_int_equal(retained.event[0].event_seq, 21);
	assert_int_equal(retained.event[1].code, HEARTH_MCU_EVENT_EVENTS_LOST);
	assert_int_equal(retained.event[1].arg, 1);
}

static void a_full_queue_says_what_it_lost(void **state)
{
	uint32_t seq = 0;

	(void)state;
	for (uint32_t n = 0; n < LINK_EVENTS + 9; n++)
		link_event(&mcu, HEARTH_MCU_EVENT_SAMPLES_LOST, n, 0);
	link_events_stored(&mcu, 100);
	for (uint32_t n = 0; n < LINK_EVENTS; n++) {
		link_poll(&mcu, n * S);
		seq = event_seq(n);
		assert_int_equal(seq, n + 1);
		ack(seq);
	}
	link_poll(&mcu, 100 * S);
	assert_int_equal(n_sent, LINK_EVENTS);
	{
		struct hearth_mcu_event last;

		memcpy(&last, sent_payload[LINK_EVENTS - 1], sizeof(last));
		assert_int_equal(last.code, HEARTH_MCU_EVENT_EVENTS_LOST);
		assert_int_equal(last.arg, 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_are_received),
		cmocka_unit_test(good_vectors_are_encoded),
		cmocka_unit_test(resync_within_one_frame),
		cmocka_unit_test(encoding_keeps_to_its_room),
		cmocka_unit_test_setup(a_request_is_answered, fresh),
		cmocka_unit_test_setup(a_repeat_is_not_carried_out_again,
				       fresh),
		cmocka_unit_test_setup(a_new_hub_may_begin_with_any_number,
				       fresh),
		cmocka_unit_test_setup(bad_requests_are_refused, fresh),
		cmocka_unit_test_setup(a_full_wire_drops_whole_messages, fresh),
		cmocka_unit_test_setup(events_repeat_until_acknowledged, fresh),
		cmocka_unit_test_setup(events_outlive_a_reset, fresh),
		cmocka_unit_test_setup(a_torn_queue_is_told, fresh),
		cmocka_unit_test_setup(a_full_queue_says_what_it_lost, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
