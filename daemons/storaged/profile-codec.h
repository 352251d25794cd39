/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A piece of a meter's history in few octets, lossless. All channels of the
 * meter share its times, flags and gaps; each has a stream of values of its
 * own, so that one can be read without the others.
 *
 *	u8 version (1), u8 channels
 *	first latch: slot, flags, registers
 *	number of intervals
 *	exceptions: number; each: exact half hours before it, half hours in it,
 *		reason; of a break also the registers at its end
 *	flags of the latches that end the intervals, in runs: length, flags
 *	each channel: length, octets of values (profile-values.h), breaks left
 *		out; or, were they shorter, the values as they are
 *	u32 CRC-32 of all before
 *
 * Numbers are 7 bits an octet, lowest first, the eighth bit set where more
 * follow. Pure.
 */
#ifndef HEARTH_PROFILE_CODEC_H
#define HEARTH_PROFILE_CODEC_H

#include "../proto/span.h"
#include "profile.h"

/*
 * What n latches can take at most: time, reason and flags of each 15 octets, a
 * register 10. A home takes about 1 a half hour and channel.
 */
#define PROFILE_OCTETS_MAX(_n, _channels) (96 + (_n) * (15 + (_channels)*10))

/* The octets written; 0: more than room, or not a profile. */
size_t profile_encode(const struct profile *profile, uint8_t *out, size_t room);

/*
 * 0, or -EBADMSG. wanted: a bit a channel, the lowest the first; registers of
 * the others are 0.
 */
int profile_decode(struct span in, unsigned int wanted,
		   struct profile *profile);
#define PROFILE_ALL ((1u << PROFILE_CHANNELS) - 1)

#endif /* HEARTH_PROFILE_CODEC_H */
