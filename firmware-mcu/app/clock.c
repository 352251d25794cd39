// SPDX-License-Identifier: MIT
#include "clock.h"

#include <string.h>

#define TOLERANCE_US (HEARTH_MCU_CLOCK_TOLERANCE_MS * (int64_t)1000)

static int64_t magnitude(int64_t value)
{
	return value < 0 ? -value : value;
}

void clock_init(struct clock *clock, uint32_t last_utc_s)
{
	memset(clock, 0, sizeof(*clock));
	clock->floor_us = (int64_t)last_utc_s * 1000000;
}

/* What has been worked off since up_us; up_us may be a little later. */
static int64_t worked_off(const struct clock *clock, int64_t since_us)
{
	int64_t most = since_us / (1000000 / HEARTH_MCU_CLOCK_SLEW_PPM);

	if (since_us <= 0)
		return 0;
	if (magnitude(clock->slew_us) <= most)
		return clock->slew_us;
	return clock->slew_us < 0 ? -most : most;
}

int64_t clock_utc_us(const struct clock *clock, uint64_t up_us)
{
	int64_t since_us = (int64_t)(up_us - clock->up_us);

	return clock->utc_us + since_us + worked_off(clock, since_us);
}

int64_t clock_slew_us(const struct clock *clock, uint64_t up_us)
{
	return clock->slew_us -
	       worked_off(clock, (int64_t)(up_us - clock->up_us));
}

static void take(struct clock *clock, uint64_t up_us, int64_t utc_us,
		 int64_t slew_us, uint32_t within_ms)
{
	clock->set = true;
	clock->up_us = up_us;
	clock->utc_us = utc_us;
	clock->slew_us = slew_us;
	clock->set_us = up_us;
	clock->within_ms = within_ms;
}

enum hearth_mcu_clock_action clock_set(struct clock *clock, uint64_t up_us,
				       uint64_t utc_us, uint32_t within_ms,
				       bool force)
{
	int64_t wanted = (int64_t)utc_us, now;
	bool first = !clock->set;

	clock->offset_us = 0;
	if (utc_us < CLOCK_MIN_UTC_US || utc_us >= CLOCK_MAX_UTC_US)
		return HEARTH_MCU_CLOCK_REFUSED;
	now = first ? clock->floor_us : clock_utc_us(clock, up_us);
	clock->offset_us = first && wanted >= now ? 0 : wanted - now;
	/* The second in which the power went is not known any better. */
	if (first && wanted >= now - TOLERANCE_US) {
		take(clock, up_us, wanted, 0, within_ms);
		return HEARTH_MCU_CLOCK_TAKEN;
	}
	if (!first && magnitude(wanted - now) <= TOLERANCE_US) {
		take(clock, up_us, now, wanted - now, within_ms);
		return HEARTH_MCU_CLOCK_SLEWING;
	}
	if (!force)
		return HEARTH_MCU_CLOCK_REFUSED;
	take(clock, up_us, wanted, 0, within_ms);
	return HEARTH_MCU_CLOCK_STEPPED;
}

enum hearth_mcu_clock_quality clock_quality(const struct clock *clock,
					    uint64_t up_us)
{
	if (!clock->set)
		return HEARTH_MCU_CLOCK_UNSET;
	if (up_us - clock->set_us >=
	    HEARTH_MCU_CLOCK_FRESH_S * (uint64_t)1000000)
		return HEARTH_MCU_CLOCK_HOLDOVER;
	return HEARTH_MCU_CLOCK_GOOD;
}

uint32_t clock_within_ms(const struct clock *clock, uint64_t up_us)
{
	uint64_t bound = clock->within_ms;

	if (!clock->set)
		return UINT32_MAX;
	bound += (up_us - clock->set_us) / (1000000 / CLOCK_DRIFT_PPM) / 1000;
	bound += (uint64_t)magnitude(clock_slew_us(clock, up_us)) / 1000 + 1;
	return bound < UINT32_MAX ? (uint32_t)bound : UINT32_MAX;
}
