// SPDX-License-Identifier: LGPL-2.1-or-later
#include "profile.h"

static const char *const reason_names[PROFILE_REASONS] = {
	[PROFILE_EXACT] = "exact",
	[PROFILE_SILENT] = "meter-silent",
	[PROFILE_HUB_OFF] = "hub-off",
	[PROFILE_CLOCK] = "clock",
	[PROFILE_DAMAGED] = "damaged",
	[PROFILE_BACK] = "register-went-back",
	[PROFILE_REPLACED] = "meter-replaced",
};

const char *profile_reason_name(uint8_t reason)
{
	return reason < PROFILE_REASONS ? reason_names[reason] : "unknown";
}

static bool went_back(const struct profile_latch *from,
		      const struct profile_latch *to, unsigned int channels)
{
	for (unsigned int n = 0; n < channels; n++)
		if (to->registers[n] < from->registers[n])
			return true;
	return false;
}

enum profile_reason profile_reason_of(const struct profile_latch *from,
				      const struct profile_latch *to,
				      unsigned int channels,
				      enum profile_reason why)
{
	if (to->flags & PROFILE_OTHER_METER)
		return PROFILE_REPLACED;
	if (went_back(from, to, channels))
		return PROFILE_BACK;
	if (to->slot - from->slot > 1 || why == PROFILE_CLOCK)
		return why;
	return PROFILE_EXACT;
}

bool profile_follows(const struct profile_latch *from,
		     const struct profile_latch *to, unsigned int channels)
{
	if (to->slot <= from->slot || to->reason >= PROFILE_REASONS)
		return false;
	if (profile_is_break(to->reason))
		return true;
	if (went_back(from, to, channels))
		return false;
	return to->reason == PROFILE_CLOCK ||
	       (to->slot - from->slot > 1) == (to->reason != PROFILE_EXACT);
}

struct profile_interval profile_interval_of(const struct profile_latch *from,
					    const struct profile_latch *to,
					    unsigned int channel)
{
	struct profile_interval out = {
		.slot = from->slot,
		.slots = to->slot - from->slot,
		.flags = to->flags,
		.reason = to->reason,
		.at_end = to->registers[channel],
	};

	if (!profile_is_break(to->reason))
		out.amount = to->registers[channel] - from->registers[channel];
	return out;
}
