// SPDX-License-Identifier: MIT
#include "zero.h"

#include <string.h>

#include "../metrology/metrology.h"

#define SAMPLE_NS (1000000000u / MET_RATE_HZ)
/* 40 to 70 Hz. */
#define MIN_PERIOD_NS 14280000u
#define MAX_PERIOD_NS 25000000u
/* A sixteenth of full scale, 31 V: less is no mains. */
#define MIN_SWING (1 << 19)
#define STEADY_CYCLES 5
#define OLD_US 60000u

void zero_init(struct zero *zero)
{
	memset(zero, 0, sizeof(*zero));
}

static void rising(struct zero *zero, uint64_t at_us)
{
	uint64_t period_ns = (at_us - zero->at_us) * 1000;
	int32_t swing = zero->high - zero->low;

	if (zero->at_us && period_ns >= MIN_PERIOD_NS &&
	    period_ns <= MAX_PERIOD_NS && swing >= MIN_SWING) {
		int32_t off = (int32_t)period_ns - (int32_t)zero->period_ns;

		zero->period_ns =
			zero->good ? zero->period_ns + (uint32_t)(off / 8) :
				     (uint32_t)period_ns;
		if (zero->good < STEADY_CYCLES)
			zero->good++;
	} else {
		zero->good = 0;
	}
	zero->at_us = at_us;
	/* Of a whole cycle: half of its extremes is the offset. */
	zero->offset += (zero->high + zero->low) / 2;
	zero->low = 0;
	zero->high = 0;
	zero->armed = false;
}

void zero_block(struct zero *zero, const int32_t *u, uint32_t n,
		uint64_t end_us)
{
	for (uint32_t i = 0; i < n; i++) {
		int32_t now = u[i] - zero->offset;

		if (now < zero->low)
			zero->low = now;
		if (now > zero->high)
			zero->high = now;
		if (now < -MIN_SWING / 4)
			zero->armed = true;
		if (zero->armed && zero->last < 0 && now >= 0) {
			int64_t part = (int64_t)now * SAMPLE_NS /
				       ((int64_t)now - zero->last);
			uint64_t back_ns = (uint64_t)(n - 1 - i) * SAMPLE_NS +
					   (uint64_t)part;

			rising(zero, end_us - back_ns / 1000);
			now = u[i] - zero->offset;
		}
		zero->last = now;
	}
}

bool zero_next(const struct zero *zero, uint64_t now_us, uint64_t after_us,
	       uint64_t *ret_us)
{
	uint64_t half_ns = zero->period_ns / 2, halves;

	if (zero->good < STEADY_CYCLES || now_us - zero->at_us > OLD_US)
		return false;
	if (after_us <= zero->at_us) {
		*ret_us = zero->at_us;
		return true;
	}
	halves = ((after_us - zero->at_us) * 1000 + half_ns - 1) / half_ns;
	*ret_us = zero->at_us + halves * half_ns / 1000;
	return true;
}
