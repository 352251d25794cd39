/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A meter's history: its registers as they were at half-hour boundaries of UTC
 * (L-1). What flowed between two boundaries is their difference, so the sum of
 * all half hours and gaps is the growth of the register, always.
 *
 * A half hour whose two boundaries are known is exact. Over boundaries that are
 * missing the total is known but not how it is divided: that is one interval of
 * several half hours, with the reason. A register that begins anew (another
 * meter, or one that went back) has a break there: nothing is known of what
 * flowed. Pure.
 */
#ifndef HEARTH_PROFILE_H
#define HEARTH_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROFILE_SLOT_US UINT64_C(1800000000)
#define PROFILE_DAY_SLOTS 48
#define PROFILE_CHANNELS 4
/* The latches that one piece of history holds: 64 days, and one to begin. */
#define PROFILE_LATCHES 3073

/* As they come with the registers. */
enum profile_flags {
	PROFILE_BY_HUB = 1,	 /* latched by the hub, not by the meter */
	PROFILE_OTHER_METER = 2, /* the first one of another meter */
};

/* Why an interval is not an exact half hour. Stored: never renumber. */
enum profile_reason {
	PROFILE_EXACT,
	PROFILE_SILENT,	  /* nothing came from the meter */
	PROFILE_HUB_OFF,  /* the hub was off: a power cut, or a restart */
	PROFILE_CLOCK,	  /* the hub's clock was wrong */
	PROFILE_DAMAGED,  /* it was stored, but cannot be read any more */
	PROFILE_BACK,	  /* break: a register went back */
	PROFILE_REPLACED, /* break: another meter */
	PROFILE_REASONS
};

struct profile_latch {
	uint64_t registers[PROFILE_CHANNELS]; /* Wh, varh or dm3 */
	uint32_t slot;			      /* half hours since 1970 */
	uint32_t flags;
	uint8_t reason; /* of the interval that it ends; the first has none */
};

/* Latches in order. At least one, where it is not being made. */
struct profile {
	unsigned int channels;
	size_t n;
	struct profile_latch latch[PROFILE_LATCHES];
};

/* One channel between two latches. */
struct profile_interval {
	uint32_t slot;	/* it begins there */
	uint32_t slots; /* half hours */
	uint32_t flags; /* of the latch that ends it */
	uint8_t reason;
	uint64_t amount; /* what flowed; 0 over a break */
	uint64_t at_end; /* the register there */
};

static inline bool profile_is_break(uint8_t reason)
{
	return reason == PROFILE_BACK || reason == PROFILE_REPLACED;
}

/* A name as it is exported; "exact" of PROFILE_EXACT. */
const char *profile_reason_name(uint8_t reason);

/*
 * The reason of the interval between two latches of a meter. why: what is known
 * here of boundaries that are missing between them (PROFILE_SILENT, _HUB_OFF),
 * or PROFILE_CLOCK where the time cannot be trusted, missing ones or not.
 */
enum profile_reason profile_reason_of(const struct profile_latch *from,
				      const struct profile_latch *to,
				      unsigned int channels,
				      enum profile_reason why);

/* May "to" follow "from", with the reason it has? */
bool profile_follows(const struct profile_latch *from,
		     const struct profile_latch *to, unsigned int channels);

/* Latches n - 1 and n of one channel; n from 1. */
struct profile_interval profile_interval_of(const struct profile_latch *from,
					    const struct profile_latch *to,
					    unsigned int channel);

/*
 * Does a reader see what began at a time (us UTC)? Consumers and local readers
 * see nothing from before the tenancy date, 0 being none (L-4).
 */
static inline bool profile_seen(uint64_t begin_us, uint64_t tenancy_us)
{
	return begin_us >= tenancy_us;
}

#endif /* HEARTH_PROFILE_H */
