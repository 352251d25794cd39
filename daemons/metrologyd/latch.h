/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The registers as they were at half-hour boundaries of UTC, of the last 48
 * hours. Pure.
 *
 * Made here of the last reading before each boundary, which is at most a second
 * or two old then, until the meter's own latches come: hence LATCH_BY_HUB. A
 * boundary that no reading was near to (the hub was off, the meter silent, the
 * clock set) has no latch; whoever keeps history sees the gap.
 */
#ifndef HEARTH_LATCH_H
#define HEARTH_LATCH_H

#include <stddef.h>
#include <stdint.h>

#include "meter.h"

#define LATCHES 96
#define LATCH_PERIOD_US UINT64_C(1800000000)
#define LATCH_REGISTERS 4 /* as meter.h has them, from METER_ACTIVE_IMPORT */
/* A reading this much before a boundary, and one as near behind. */
#define LATCH_NEAR_US UINT64_C(3000000)

enum latch_flags {
	LATCH_BY_HUB = 1,
};

struct latch {
	uint64_t at_us; /* UTC; a boundary, but for latch_now() */
	uint64_t registers[LATCH_REGISTERS];
	uint32_t flags;
};

struct latches {
	size_t n;
	struct latch latch[LATCHES]; /* ascending */
	struct latch last;	     /* the last reading; at_us 0: none */
};

void latches_init(struct latches *latches);

/*
 * A reading of the meter, with its time. Where UTC is not set (before 2020) or
 * a register is not known nothing is latched. A clock put back takes along the
 * latches of the future it has left.
 */
void latches_update(struct latches *latches, const struct meter *meter);

/* The first latch after a time; how many there are from there to the end. */
size_t latches_after(const struct latches *latches, uint64_t after_us,
		     const struct latch **ret_first);

/* The registers now; -ENODATA if one is unknown, or stale. */
int latch_now(const struct meter *meter, uint64_t now_boot_us,
	      struct latch *ret);

#endif /* HEARTH_LATCH_H */
