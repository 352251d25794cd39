// SPDX-License-Identifier: GPL-2.0
/* The hub's end of the link against an MCU that misbehaves as told. */
#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/workqueue.h>

#include "hearth-mcu-link.h"
#include "hearth-mcu-say.h"

#define REQUEST 0x10

enum behaviour {
	ANSWER,
	LOSE,		/* the request never arrives */
	CORRUPT,	/* the reply does, damaged */
	TWICE,		/* the reply comes two times */
	WRONG_SEQ,	/* a reply to something else */
	WRONG_TYPE,
	SPLIT,		/* the reply comes byte by byte */
	LATE,		/* only when the next try comes, to the one before */
	REFUSE_WRITE,	/* the UART does not take it */
	SHORT,		/* a reply shorter than it must be */
	EMPTY,		/* a reply without a status */
	BUSY,		/* the MCU refuses: a status only */
	LIVE_FIRST,	/* a LIVE message comes before the reply */
};

/**
 * struct mock - an MCU and its wire
 * @link: must be the first
 * @script: what to do with each request; the last entry stays
 * @steps: entries of @script
 * @step: requests so far
 * @seq: sequence numbers they had
 * @acked: of the last EVENT_ACK
 * @lives: LIVE messages given on
 * @events: EVENT messages given on
 * @last_event: sequence number of the last
 */
struct mock {
	struct hearth_link link;
	enum behaviour script[8];
	int steps;
	int step;
	u8 seq[32];
	u32 acked;
	int lives;
	int events;
	u32 last_event;
};

static void give(struct mock *mock, u8 type, u8 seq, const void *payload,
		 size_t len)
{
	u8 wire[HEARTH_FRAME_MAX_WIRE];

	len = hearth_frame_encode(type, seq, payload, len, wire, sizeof(wire));
	hearth_link_receive(&mock->link, wire, len);
}

static void give_corrupt(struct mock *mock, u8 seq, const void *payload,
			 size_t len)
{
	u8 wire[HEARTH_FRAME_MAX_WIRE];

	len = hearth_frame_encode(REQUEST | HEARTH_MCU_REPLY, seq, payload,
				  len, wire, sizeof(wire));
	/* In the payload, where COBS does not notice. */
	*(u8 *)memchr(wire, 0x12, len) ^= 1;
	hearth_link_receive(&mock->link, wire, len);
}

static void give_split(struct mock *mock, u8 seq, const void *payload,
		       size_t len)
{
	u8 wire[HEARTH_FRAME_MAX_WIRE];
	size_t n;

	len = hearth_frame_encode(REQUEST | HEARTH_MCU_REPLY, seq, payload,
				  len, wire, sizeof(wire));
	for (n = 0; n < len; n++)
		hearth_link_receive(&mock->link, wire + n, 1);
}

static int mock_request(struct mock *mock, u8 seq)
{
	static const u8 good[4] = { 0, 0, 0x12, 0x34 };
	static const u8 busy[2] = { HEARTH_MCU_EBUSY, 0 };
	const struct hearth_mcu_live live = { };
	u8 reply = REQUEST | HEARTH_MCU_REPLY;
	int step = mock->step++;

	mock->seq[step] = seq;
	switch (mock->script[min(step, mock->steps - 1)]) {
	case LIVE_FIRST:
		give(mock, HEARTH_MCU_LIVE, 0, &live, sizeof(live));
		fallthrough;
	case ANSWER:
		give(mock, reply, seq, good, sizeof(good));
		break;
	case LOSE:
		break;
	case CORRUPT:
		give_corrupt(mock, seq, good, sizeof(good));
		break;
	case TWICE:
		give(mock, reply, seq, good, sizeof(good));
		give(mock, reply, seq, good, sizeof(good));
		break;
	case WRONG_SEQ:
		give(mock, reply, seq + 1, good, sizeof(good));
		break;
	case WRONG_TYPE:
		give(mock, reply + 1, seq, good, sizeof(good));
		break;
	case SPLIT:
		give_split(mock, seq, good, sizeof(good));
		break;
	case LATE:
		if (step)
			give(mock, reply, mock->seq[step - 1], good,
			     sizeof(good));
		break;
	case REFUSE_WRITE:
		return -EIO;
	case SHORT:
		give(mock, reply, seq, good, 3);
		break;
	case EMPTY:
		give(mock, reply, seq, NULL, 0);
		break;
	case BUSY:
		give(mock, reply, seq, busy, sizeof(busy));
		break;
	}
	return 0;
}

static int mock_write(struct hearth_link *link, const u8 *wire, size_t len)
{
	struct mock *mock = container_of(link, struct mock, link);
	struct hearth_mcu_event_ack ack;
	struct hearth_deframer rx;
	struct hearth_frame frame;
	size_t n;
	int ret = 0;

	hearth_deframer_init(&rx);
	for (n = 0; n < len; n++) {
		if (hearth_deframer_push(&rx, wire[n], &frame) !=
		    HEARTH_RX_FRAME)
			continue;
		if (frame.type == HEARTH_MCU_EVENT_ACK) {
			memcpy(&ack, frame.payload, sizeof(ack));
			mock->acked = le32_to_cpu(ack.event_seq);
		} else {
			ret = mock_request(mock, frame.seq);
		}
	}
	return ret;
}

static void mock_live(struct hearth_link *link,
		      const struct hearth_mcu_live *live)
{
	container_of(link, struct mock, link)->lives++;
}

static void mock_event(struct hearth_link *link,
		       const struct hearth_mcu_event *event)
{
	struct mock *mock = container_of(link, struct mock, link);

	mock->events++;
	mock->last_event = le32_to_cpu(event->event_seq);
}

static const struct hearth_link_ops mock_ops = {
	.write = mock_write,
	.live = mock_live,
	.event = mock_event,
};

static int mock_init(struct kunit *test)
{
	struct mock *mock = kunit_kzalloc(test, sizeof(*mock), GFP_KERNEL);

	if (!mock)
		return -ENOMEM;
	hearth_link_init(&mock->link, &mock_ops);
	mock->link.retry_ms = 20;
	test->priv = mock;
	return 0;
}

struct request_case {
	const char *name;
	enum behaviour script[4];
	int steps;
	int ret;
	int requests;		/* how often it is written */
	unsigned int retries, timeouts, unexpected, bad_crc;
};

static const struct request_case request_cases[] = {
	{ "answered", { ANSWER }, 1, 0, 1 },
	{ "answered byte by byte", { SPLIT }, 1, 0, 1 },
	{ "first request lost", { LOSE, ANSWER }, 2, 0, 2, .retries = 1 },
	{ "three lost", { LOSE, LOSE, LOSE, ANSWER }, 4, 0, 4, .retries = 3 },
	{ "MCU silent", { LOSE }, 1, -ETIMEDOUT, HEARTH_LINK_TRIES,
	  .retries = HEARTH_LINK_TRIES - 1, .timeouts = 1 },
	{ "reply corrupt, then good", { CORRUPT, ANSWER }, 2, 0, 2,
	  .retries = 1, .bad_crc = 1 },
	{ "reply duplicated", { TWICE }, 1, 0, 1, .unexpected = 1 },
	{ "reply late", { LATE }, 1, 0, 2, .retries = 1 },
	{ "reply to another request first", { WRONG_SEQ, ANSWER }, 2, 0, 2,
	  .retries = 1, .unexpected = 1 },
	{ "reply of another type", { WRONG_TYPE, ANSWER }, 2, 0, 2,
	  .retries = 1, .unexpected = 1 },
	{ "LIVE before the reply", { LIVE_FIRST }, 1, 0, 1 },
	{ "UART refuses", { REFUSE_WRITE }, 1, -EIO, 1 },
	{ "reply too short", { SHORT }, 1, -EPROTO, 1 },
	{ "reply empty", { EMPTY }, 1, -EPROTO, 1 },
	{ "MCU busy", { BUSY }, 1, -EBUSY, 1 },
};

static void request_desc(const struct request_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(request, request_cases, request_desc);

static void request(struct kunit *test)
{
	const struct request_case *c = test->param_value;
	struct mock *mock = test->priv;
	struct hearth_link *link = &mock->link;
	u8 rep[4] = { };
	int n;

	memcpy(mock->script, c->script, sizeof(c->script));
	mock->steps = c->steps;
	KUNIT_EXPECT_EQ(test, c->ret, hearth_link_request(link, REQUEST, "ab",
							  2, rep, sizeof(rep)));
	KUNIT_EXPECT_EQ(test, c->requests, mock->step);
	/* A repeat is recognised by its number. */
	for (n = 1; n < mock->step; n++)
		KUNIT_EXPECT_EQ(test, mock->seq[0], mock->seq[n]);
	if (!c->ret)
		KUNIT_EXPECT_EQ(test, 0x12, rep[2]);
	KUNIT_EXPECT_EQ(test, c->retries,
			hearth_link_count(link, HEARTH_LINK_REQUEST_RETRIES));
	KUNIT_EXPECT_EQ(test, c->timeouts,
			hearth_link_count(link, HEARTH_LINK_REQUEST_TIMEOUTS));
	KUNIT_EXPECT_EQ(test, c->unexpected,
			hearth_link_count(link, HEARTH_LINK_RX_UNEXPECTED));
	KUNIT_EXPECT_EQ(test, c->bad_crc,
			hearth_link_count(link, HEARTH_LINK_RX_BAD_CRC));

	/* The link is as good as new for the next one, with another number. */
	mock->script[0] = ANSWER;
	mock->steps = 1;
	n = mock->step;
	KUNIT_EXPECT_EQ(test, 0, hearth_link_request(link, REQUEST, NULL, 0,
						     rep, sizeof(rep)));
	KUNIT_EXPECT_NE(test, mock->seq[0], mock->seq[n]);
}

/* A reply that comes when nobody waits any more must not be written. */
static void reply_after_timeout(struct kunit *test)
{
	static const u8 good[4] = { 0, 0, 0x55, 0x55 };
	struct mock *mock = test->priv;
	u8 rep[4] = { };

	mock->script[0] = LOSE;
	mock->steps = 1;
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT,
			hearth_link_request(&mock->link, REQUEST, NULL, 0, rep,
					    sizeof(rep)));
	give(mock, REQUEST | HEARTH_MCU_REPLY, mock->seq[0], good,
	     sizeof(good));
	KUNIT_EXPECT_EQ(test, 0, rep[2]);
	KUNIT_EXPECT_EQ(test, 1, hearth_link_count(&mock->link,
						   HEARTH_LINK_RX_UNEXPECTED));
}

/* A reply longer than asked for is cut off, not written past the end. */
static void reply_too_long(struct kunit *test)
{
	struct mock *mock = test->priv;
	u8 rep[4] = { 9, 9, 9, 9 };

	mock->script[0] = ANSWER;
	mock->steps = 1;
	KUNIT_EXPECT_EQ(test, 0, hearth_link_request(&mock->link, REQUEST,
						     NULL, 0, rep, 3));
	KUNIT_EXPECT_EQ(test, 0x12, rep[2]);
	KUNIT_EXPECT_EQ(test, 9, rep[3]);
}

static void too_large_request(struct kunit *test)
{
	struct mock *mock = test->priv;
	u8 *big = kunit_kzalloc(test, HEARTH_MCU_MAX_PAYLOAD + 1, GFP_KERNEL);
	u8 rep[4];

	KUNIT_ASSERT_NOT_NULL(test, big);
	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			hearth_link_request(&mock->link, REQUEST, big,
					    HEARTH_MCU_MAX_PAYLOAD + 1, rep,
					    sizeof(rep)));
	KUNIT_EXPECT_EQ(test, 0, mock->step);
}

static void events(struct kunit *test)
{
	struct mock *mock = test->priv;
	struct hearth_mcu_event event = { .event_seq = cpu_to_le32(77) };

	give(mock, HEARTH_MCU_EVENT, 0, &event, sizeof(event));
	give(mock, HEARTH_MCU_EVENT, 0, &event, sizeof(event));
	KUNIT_EXPECT_EQ(test, 2, mock->events);
	KUNIT_EXPECT_EQ(test, 77, mock->last_event);
	KUNIT_EXPECT_EQ(test, 0, hearth_link_ack_event(&mock->link,
						       event.event_seq));
	KUNIT_EXPECT_EQ(test, 77, mock->acked);
}

/* Payloads shorter than their structure are damage, longer ones are newer. */
static void payload_lengths(struct kunit *test)
{
	struct mock *mock = test->priv;
	u8 payload[HEARTH_MCU_MAX_PAYLOAD] = { };

	give(mock, HEARTH_MCU_LIVE, 0, payload,
	     sizeof(struct hearth_mcu_live) - 1);
	give(mock, HEARTH_MCU_EVENT, 0, payload,
	     sizeof(struct hearth_mcu_event) - 1);
	give(mock, HEARTH_MCU_LIVE, 0, NULL, 0);
	KUNIT_EXPECT_EQ(test, 0, mock->lives + mock->events);
	KUNIT_EXPECT_EQ(test, 3, hearth_link_count(&mock->link,
						   HEARTH_LINK_RX_MALFORMED));
	give(mock, HEARTH_MCU_LIVE, 0, payload, sizeof(payload));
	give(mock, HEARTH_MCU_EVENT, 0, payload, sizeof(payload));
	KUNIT_EXPECT_EQ(test, 1, mock->lives);
	KUNIT_EXPECT_EQ(test, 1, mock->events);
}

static void unknown_messages(struct kunit *test)
{
	struct mock *mock = test->priv;

	give(mock, 0x7f, 0, NULL, 0);
	give(mock, REQUEST, 0, NULL, 0);
	give(mock, 0xff, 0, NULL, 0);
	KUNIT_EXPECT_EQ(test, 3, hearth_link_count(&mock->link,
						   HEARTH_LINK_RX_UNEXPECTED));
	KUNIT_EXPECT_EQ(test, 0, mock->lives + mock->events);
}

/* A wire that comes and goes every four seconds, for a day. */
static void flapping_is_not_news(struct kunit *test)
{
	static const int minutes[] = { 0, 1, 3, 7, 15, 31, 63, 123, 183 };
	struct hearth_say say = { };
	int said = 0, s;
	s64 ms;

	for (s = 0; s < 24 * 3600; s += 4) {
		if (!hearth_say_due(&say, 1000LL * s))
			continue;
		if (said < ARRAY_SIZE(minutes))
			KUNIT_EXPECT_EQ(test, minutes[said], s / 60);
		said++;
	}
	KUNIT_EXPECT_LE(test, said, 7 + 24);
	/* Well for long: news again, and twice within the next minutes. */
	ms = 1000LL * s + 3 * HEARTH_SAY_MAX_MS;
	KUNIT_EXPECT_TRUE(test, hearth_say_due(&say, ms));
	KUNIT_EXPECT_FALSE(test, hearth_say_due(&say, ms + 59999));
	KUNIT_EXPECT_TRUE(test, hearth_say_due(&say, ms + 60000));
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(request, request_gen_params),
	KUNIT_CASE(reply_after_timeout),
	KUNIT_CASE(reply_too_long),
	KUNIT_CASE(too_large_request),
	KUNIT_CASE(events),
	KUNIT_CASE(payload_lengths),
	KUNIT_CASE(unknown_messages),
	KUNIT_CASE(flapping_is_not_news),
	{}
};

static struct kunit_suite suite = {
	.name = "hearth_mcu_link",
	.init = mock_init,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit: link layer of the meter MCU");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
