// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latch.h"

#include <errno.h>
#include <string.h>

#include "../common/clock.h"

void latches_init(struct latches *latches)
{
	memset(latches, 0, sizeof(*latches));
}

/* What the meter shows, if it shows all; its time is that of the reading. */
static int take(const struct meter *meter, struct latch *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (int n = 0; n < LATCH_REGISTERS; n++) {
		const struct meter_reading *reading =
			&meter->reading[METER_ACTIVE_IMPORT + n];

		if (!reading->known || reading->value < 0)
			return -ENODATA;
		ret->registers[n] = (uint64_t)reading->value;
		ret->at_us = reading->utc_us;
	}
	return ret->at_us < CLOCK_SET_US ? -ENODATA : 0;
}

static void append(struct latches *latches, const struct latch *latch)
{
	if (latches->n && latches->latch[latches->n - 1].at_us >= latch->at_us)
		return;
	if (latches->n == LATCHES) {
		latches->n--;
		memmove(latches->latch, latches->latch + 1,
			latches->n * sizeof(*latch));
	}
	latches->latch[latches->n++] = *latch;
}

void latches_update(struct latches *latches, const struct meter *meter)
{
	struct latch now, latch = latches->last;
	uint64_t boundary_us;

	if (take(meter, &now) < 0) {
		latches->last.at_us = 0;
		return;
	}
	latches->last = now;
	while (latches->n && latches->latch[latches->n - 1].at_us > now.at_us)
		latches->n--;
	boundary_us = now.at_us / LATCH_PERIOD_US * LATCH_PERIOD_US;
	/* On the boundary itself this reading is the one. */
	if (now.at_us == boundary_us)
		latch = now;
	if (!latch.at_us || latch.at_us > boundary_us ||
	    boundary_us - latch.at_us > LATCH_NEAR_US ||
	    now.at_us - boundary_us > LATCH_NEAR_US)
		return;
	latch.at_us = boundary_us;
	latch.flags = LATCH_BY_HUB;
	append(latches, &latch);
}

size_t latches_after(const struct latches *latches, uint64_t after_us,
		     const struct latch **ret_first)
{
	size_t n = 0;

	while (n < latches->n && latches->latch[n].at_us <= after_us)
		n++;
	*ret_first = latches->latch + n;
	return latches->n - n;
}

int latch_now(const struct meter *meter, uint64_t now_boot_us,
	      struct latch *ret)
{
	for (int n = 0; n < LATCH_REGISTERS; n++)
		if (meter_quality(&meter->reading[METER_ACTIVE_IMPORT + n],
				  now_boot_us) != METER_QUALITY_VALID)
			return -ENODATA;
	return take(meter, ret);
}
