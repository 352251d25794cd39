// SPDX-License-Identifier: MIT
#include "latch.h"

#include <string.h>

void latches_init(struct latches *latches)
{
	latches->first = 0;
	latches->count = 0;
}

const struct store_latch *latches_get(const struct latches *latches, uint32_t n)
{
	if (n >= latches->count)
		return NULL;
	return &latches->at[(latches->first + n) % HEARTH_MCU_LATCHES_KEPT];
}

const struct store_latch *latches_newest(const struct latches *latches)
{
	return latches->count ? latches_get(latches, latches->count - 1) : NULL;
}

void latches_forget(struct latches *latches, uint32_t from_half_hour)
{
	while (latches->count &&
	       latches_newest(latches)->half_hour >= from_half_hour)
		latches->count--;
}

void latches_add(struct latches *latches, const struct store_latch *latch)
{
	latches_forget(latches, latch->half_hour);
	if (latches->count == HEARTH_MCU_LATCHES_KEPT)
		latches->first = (latches->first + 1) % HEARTH_MCU_LATCHES_KEPT;
	else
		latches->count++;
	latches->at[(latches->first + latches->count - 1) %
		    HEARTH_MCU_LATCHES_KEPT] = *latch;
}

/* How far at is on its way, Q16, from 0 to 1. */
static uint32_t share(int64_t from_us, int64_t to_us, int64_t at_us)
{
	uint64_t whole, part;

	if (at_us <= from_us)
		return 0;
	if (at_us >= to_us)
		return 1u << 16;
	whole = (uint64_t)(to_us - from_us);
	part = (uint64_t)(at_us - from_us);
	/* Years of microseconds, shifted, would not fit. */
	while (whole >= (uint64_t)1 << 47) {
		whole >>= 1;
		part >>= 1;
	}
	return (uint32_t)((part << 16) / whole);
}

uint64_t latch_between(uint64_t from, uint64_t to, int64_t from_us,
		       int64_t to_us, int64_t at_us)
{
	uint32_t q16 = share(from_us, to_us, at_us);
	uint64_t grown = to - from;

	if (to <= from)
		return to;
	/* In two parts: a register may have more than 48 bits. */
	return from + (grown >> 16) * q16 + (((grown & 0xffff) * q16) >> 16);
}

int64_t latch_part(int64_t energy, int64_t from_us, int64_t to_us,
		   int64_t at_us)
{
	uint64_t amount = energy < 0 ? 0 - (uint64_t)energy : (uint64_t)energy;
	uint64_t part = latch_between(0, amount, from_us, to_us, at_us);

	return energy < 0 ? -(int64_t)part : (int64_t)part;
}
