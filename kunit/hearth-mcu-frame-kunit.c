// SPDX-License-Identifier: GPL-2.0
/* Framing of the MCU link, with the vectors the firmware is tested with. */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/prandom.h>

#include <hearth/mcu_frame_vectors.h>

static void vector_desc(const struct hearth_frame_vector *vector, char *desc)
{
	strscpy(desc, vector->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(vector, hearth_frame_vectors, vector_desc);

static void expect_result(struct kunit *test,
			  const struct hearth_frame_result *want,
			  enum hearth_rx got, const struct hearth_frame *frame)
{
	KUNIT_ASSERT_EQ(test, got, want->rx);
	if (got != HEARTH_RX_FRAME)
		return;
	KUNIT_EXPECT_EQ(test, frame->type, want->type);
	KUNIT_EXPECT_EQ(test, frame->seq, want->seq);
	KUNIT_ASSERT_EQ(test, frame->len, want->len);
	if (want->len)
		KUNIT_EXPECT_MEMEQ(test, frame->payload, want->payload,
				   want->len);
}

static void received(struct kunit *test)
{
	const struct hearth_frame_vector *vector = test->param_value;
	struct hearth_deframer *rx;
	struct hearth_frame frame;
	enum hearth_rx got;
	int results = 0;
	size_t n;

	rx = kunit_kzalloc(test, sizeof(*rx), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, rx);
	hearth_deframer_init(rx);
	for (n = 0; n < vector->wire_len; n++) {
		got = hearth_deframer_push(rx, vector->wire[n], &frame);
		if (got == HEARTH_RX_MORE)
			continue;
		KUNIT_ASSERT_LT(test, results, HEARTH_VECTOR_RESULTS);
		expect_result(test, &vector->result[results++], got, &frame);
	}
	if (results < HEARTH_VECTOR_RESULTS)
		KUNIT_EXPECT_EQ(test, vector->result[results].rx,
				HEARTH_RX_MORE);
}

/* Those that are one good frame, without empty ones around it. */
static void encoded(struct kunit *test)
{
	u8 wire[HEARTH_FRAME_MAX_WIRE];
	int compared = 0;
	size_t n, len;

	for (n = 0; n < ARRAY_SIZE(hearth_frame_vectors); n++) {
		const struct hearth_frame_vector *vector =
			&hearth_frame_vectors[n];
		const struct hearth_frame_result *want = &vector->result[0];

		if (want->rx != HEARTH_RX_FRAME ||
		    vector->result[1].rx != HEARTH_RX_MORE)
			continue;
		len = hearth_frame_encode(want->type, want->seq, want->payload,
					  want->len, wire, sizeof(wire));
		if (len != vector->wire_len)
			continue;
		KUNIT_EXPECT_MEMEQ(test, wire, vector->wire, len);
		compared++;
	}
	KUNIT_EXPECT_GE(test, compared, 5);
}

/* Whatever came before, a frame that begins with a delimiter is received. */
static void resync(struct kunit *test)
{
	u8 payload[48], wire[HEARTH_FRAME_MAX_WIRE];
	struct hearth_deframer *rx;
	struct hearth_frame frame;
	struct rnd_state rnd;
	int round, n, found;
	size_t len, at;

	rx = kunit_kzalloc(test, sizeof(*rx), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, rx);
	hearth_deframer_init(rx);
	prandom_seed_state(&rnd, 4711);
	for (round = 0; round < 3000; round++) {
		for (n = prandom_u32_state(&rnd) % 400; n; n--)
			hearth_deframer_push(rx, prandom_u32_state(&rnd),
					     &frame);
		prandom_bytes_state(&rnd, payload, sizeof(payload));
		len = hearth_frame_encode(9, round, payload, sizeof(payload),
					  wire, sizeof(wire));
		for (at = 0, found = 0; at < len; at++)
			if (hearth_deframer_push(rx, wire[at], &frame) ==
			    HEARTH_RX_FRAME)
				found += frame.type == 9 &&
					 frame.seq == (u8)round &&
					 !memcmp(frame.payload, payload,
						 sizeof(payload));
		KUNIT_ASSERT_EQ(test, found, 1);
	}
}

static void room(struct kunit *test)
{
	u8 payload[HEARTH_MCU_MAX_PAYLOAD + 1] = { 1 };
	u8 wire[HEARTH_FRAME_MAX_WIRE];

	KUNIT_EXPECT_EQ(test, 0, hearth_frame_encode(1, 1, payload,
						     sizeof(payload), wire,
						     sizeof(wire)));
	KUNIT_EXPECT_EQ(test, 0, hearth_frame_encode(1, 1, payload, 4, wire,
						     14));
	KUNIT_EXPECT_NE(test, 0, hearth_frame_encode(1, 1, payload, 4, wire,
						     15));
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(received, vector_gen_params),
	KUNIT_CASE(encoded),
	KUNIT_CASE(resync),
	KUNIT_CASE(room),
	{}
};

static struct kunit_suite suite = {
	.name = "hearth_mcu_frame",
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit: framing of the meter MCU link");
MODULE_LICENSE("GPL");
