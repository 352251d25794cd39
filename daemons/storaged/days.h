/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Consumption by UTC day, the daily consumption log (T-8): the sum of a day's
 * half hours. A gap inside a day leaves its sum exact; one over midnight is
 * counted in the day it ends in, and none of the days it touches is exact.
 * Pure.
 */
#ifndef HEARTH_DAYS_H
#define HEARTH_DAYS_H

#include "profile.h"

#define DAYS_KEPT 731
#define DAY_US (PROFILE_DAY_SLOTS * PROFILE_SLOT_US)

struct day {
	uint64_t amount[PROFILE_CHANNELS];
	uint32_t slots; /* half hours of it that are known of: 48 is all */
	bool inexact;
};

/*
 * Count what lies between two latches; days[0] is the day "first" (since
 * 1970), of n. What is outside of them is left out.
 */
void days_add(struct day *days, uint32_t first, size_t n,
	      const struct profile_latch *from, const struct profile_latch *to,
	      unsigned int channels);

/* All of it is known, and nothing in it is from another day. */
static inline bool day_exact(const struct day *day)
{
	return day->slots == PROFILE_DAY_SLOTS && !day->inexact;
}

#endif /* HEARTH_DAYS_H */
