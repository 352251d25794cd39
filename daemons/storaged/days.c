// SPDX-License-Identifier: LGPL-2.1-or-later
#include "days.h"

static uint32_t later(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static uint32_t earlier(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

void days_add(struct day *days, uint32_t first, size_t n,
	      const struct profile_latch *from, const struct profile_latch *to,
	      unsigned int channels)
{
	uint32_t begin = from->slot / PROFILE_DAY_SLOTS;
	uint32_t end = (to->slot - 1) / PROFILE_DAY_SLOTS;
	bool inexact = begin != end || profile_is_break(to->reason);

	for (uint32_t day = later(begin, first); day <= end && day - first < n;
	     day++) {
		uint32_t midnight = day * PROFILE_DAY_SLOTS;

		days[day - first].slots +=
			earlier(to->slot, midnight + PROFILE_DAY_SLOTS) -
			later(from->slot, midnight);
		days[day - first].inexact |= inexact;
	}
	if (end < first || end - first >= n)
		return;
	for (unsigned int c = 0; c < channels; c++)
		days[end - first].amount[c] +=
			profile_interval_of(from, to, c).amount;
}
