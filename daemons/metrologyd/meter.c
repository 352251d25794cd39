// SPDX-License-Identifier: LGPL-2.1-or-later
#include "meter.h"

#include <string.h>

static bool is_register(enum meter_value which)
{
	return which >= METER_ACTIVE_IMPORT && which <= METER_REACTIVE_EXPORT;
}

void meter_init(struct meter *meter)
{
	memset(meter, 0, sizeof(*meter));
}

bool meter_update(struct meter *meter, const int64_t values[METER_VALUES],
		  uint64_t boot_us, uint64_t utc_us)
{
	bool before = meter->went_back;

	meter->went_back = false;
	for (int n = 0; n < METER_VALUES; n++) {
		struct meter_reading *reading = &meter->reading[n];
		int64_t value = values[n];

		if (is_register((enum meter_value)n) &&
		    value != METER_UNKNOWN && value < meter->highest[n]) {
			meter->went_back = true;
			value = METER_UNKNOWN;
		}
		memset(reading, 0, sizeof(*reading));
		if (value == METER_UNKNOWN)
			continue;
		reading->known = true;
		reading->value = value;
		reading->boot_us = boot_us;
		reading->utc_us = utc_us;
		if (is_register((enum meter_value)n))
			meter->highest[n] = value;
	}
	meter->source = meter->went_back ? METER_SOURCE_ERROR : METER_SOURCE_OK;
	return meter->went_back != before;
}

void meter_set_source(struct meter *meter, enum meter_source source)
{
	meter->source = source;
}

enum meter_quality meter_quality(const struct meter_reading *reading,
				 uint64_t now_boot_us)
{
	if (!reading->known)
		return METER_QUALITY_UNKNOWN;
	if (now_boot_us > reading->boot_us &&
	    now_boot_us - reading->boot_us > METER_STALE_US)
		return METER_QUALITY_STALE;
	return METER_QUALITY_VALID;
}

uint32_t meter_age_ms(const struct meter_reading *reading, uint64_t now_boot_us)
{
	uint64_t age_ms;

	if (!reading->known)
		return METER_AGE_UNKNOWN;
	if (now_boot_us <= reading->boot_us)
		return 0;
	age_ms = (now_boot_us - reading->boot_us) / 1000;
	return age_ms < METER_AGE_UNKNOWN ? (uint32_t)age_ms :
					    METER_AGE_UNKNOWN - 1;
}

const char *meter_quality_name(enum meter_quality quality)
{
	static const char *const names[] = { "unknown", "stale", "valid" };

	return names[quality];
}

const char *meter_source_name(enum meter_source source)
{
	static const char *const names[] = { "no-device", "silent", "ok",
					     "error" };

	return names[source];
}
