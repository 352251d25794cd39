/* SPDX-License-Identifier: MIT */
/*
 * The registers at the boundaries of half hours, the newest
 * HEARTH_MCU_LATCHES_KEPT of them, in RAM; the store has the same. Pure.
 */
#ifndef HEARTH_LATCH_H
#define HEARTH_LATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "store.h"

#define LATCH_PERIOD_US ((int64_t)1800000000)

struct latches {
	uint32_t first, count; /* in the ring */
	struct store_latch at[HEARTH_MCU_LATCHES_KEPT];
};

void latches_init(struct latches *latches);

/* Those not before it are forgotten: they were by a clock that was wrong. */
void latches_add(struct latches *latches, const struct store_latch *latch);
void latches_forget(struct latches *latches, uint32_t from_half_hour);

/* The n-th, oldest first; NULL beyond the last. */
const struct store_latch *latches_get(const struct latches *latches,
				      uint32_t n);
const struct store_latch *latches_newest(const struct latches *latches);

/* A value between from and to, as at is between from_us and to_us. */
uint64_t latch_between(uint64_t from, uint64_t to, int64_t from_us,
		       int64_t to_us, int64_t at_us);

/* The same for energy from 0, signed. */
int64_t latch_part(int64_t energy, int64_t from_us, int64_t to_us,
		   int64_t at_us);

#endif /* HEARTH_LATCH_H */
