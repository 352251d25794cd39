/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where daemons have the time from, and what they do every so often. In
 * simulated time it stands still until uk.hearth.Clock1.SetTime moves it; the
 * answer comes when all that was due has been done, so a simulation goes in
 * step with its daemons.
 */
#ifndef HEARTH_CLOCK_H
#define HEARTH_CLOCK_H

#include "util.h"

/* Before that a clock has not been set (2020-01-01). */
#define CLOCK_SET_US (UINT64_C(1577836800) * USEC_PER_SEC)

struct clock;

/* which: "system" or "simulated"; -EINVAL otherwise. */
int clock_new(sd_event *event, sd_bus *bus, const char *which,
	      struct clock **ret);
void clock_free(struct clock *clock);

/* UTC, us; 0 while it is not known. */
uint64_t clock_utc_us(const struct clock *clock);

/*
 * Call fn with the time at each multiple of period_us of UTC, plus offset_us
 * (less than the period); never while the time is not known. However many have
 * passed it is called once. A negative return is logged and the next one comes
 * as ever. Tasks that are due together run in the order they were given.
 */
int clock_every(struct clock *clock, uint64_t period_us, uint64_t offset_us,
		int (*fn)(uint64_t utc_us, void *userdata), void *userdata);

/* Call all of them at the next turn of the loop: something has happened. */
void clock_soon(struct clock *clock);

#endif /* HEARTH_CLOCK_H */
