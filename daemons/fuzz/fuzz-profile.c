// SPDX-License-Identifier: LGPL-2.1-or-later
/* Octets from the disk: what decodes is encoded again to the same history. */
#include <string.h>

#include <hearth/mcu_frame.h>

#include "../storaged/profile-codec.h"
#include "fuzz.h"

static struct profile profile, again;
static uint8_t octets[PROFILE_OCTETS_MAX(PROFILE_LATCHES, PROFILE_CHANNELS)];

static void same(unsigned int channel)
{
	require(profile.n == again.n && profile.channels == again.channels);
	for (size_t n = 0; n < profile.n; n++) {
		const struct profile_latch *a = &profile.latch[n];
		const struct profile_latch *b = &again.latch[n];

		require(a->slot == b->slot && a->flags == b->flags &&
			a->reason == b->reason &&
			a->registers[channel] == b->registers[channel]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t out;

	if (len > sizeof(octets) - 4)
		return 0;
	/* With the sum put right, so that the rest is reached. */
	memcpy(octets, data, len);
	for (int n = 0; n < 4; n++)
		octets[len + (size_t)n] =
			(uint8_t)(hearth_crc32(data, len) >> 8 * n);
	if (profile_decode(SPAN(octets, len + 4), PROFILE_ALL, &profile))
		return 0;
	for (unsigned int channel = 0; channel < profile.channels; channel++) {
		require(!profile_decode(SPAN(octets, len + 4), 1u << channel,
					&again));
		same(channel);
	}
	out = profile_encode(&profile, octets, sizeof(octets));
	require(out > 0 &&
		out <= PROFILE_OCTETS_MAX(profile.n, profile.channels));
	require(!profile_decode(SPAN(octets, out), PROFILE_ALL, &again));
	for (unsigned int channel = 0; channel < profile.channels; channel++)
		same(channel);
	return 0;
}
