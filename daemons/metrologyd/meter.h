/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is known of the meter: readings with age and quality. Pure: the time
 * comes in as an argument (boot time for ages, UTC to be shown).
 */
#ifndef HEARTH_METER_H
#define HEARTH_METER_H

#include <stdbool.h>
#include <stdint.h>

/* A reading older than this is stale. */
#define METER_STALE_US 3000000u

#define METER_UNKNOWN INT64_MIN
#define METER_AGE_UNKNOWN UINT32_MAX

enum meter_value {
	METER_ACTIVE_POWER,   /* mW, import is positive */
	METER_REACTIVE_POWER, /* mvar */
	METER_VOLTAGE,	      /* mV */
	METER_CURRENT_LIVE,   /* uA */
	METER_CURRENT_NEUTRAL,
	METER_FREQUENCY,     /* mHz */
	METER_ACTIVE_IMPORT, /* Wh */
	METER_ACTIVE_EXPORT,
	METER_REACTIVE_IMPORT, /* varh */
	METER_REACTIVE_EXPORT,
	METER_VALUES
};

enum meter_quality {
	METER_QUALITY_UNKNOWN,
	METER_QUALITY_STALE,
	METER_QUALITY_VALID
};

enum meter_source {
	METER_SOURCE_NO_DEVICE, /* the kernel has no metrology device */
	METER_SOURCE_SILENT,	/* it has one, but nothing comes */
	METER_SOURCE_OK,
	METER_SOURCE_ERROR, /* it cannot be read, or its registers went back */
};

struct meter_reading {
	int64_t value;
	uint64_t boot_us; /* when it was measured */
	uint64_t utc_us;
	bool known;
};

struct meter {
	struct meter_reading reading[METER_VALUES];
	int64_t highest[METER_VALUES]; /* of the registers, in this run */
	enum meter_source source;
	bool went_back; /* some register did, and is not back yet */
};

void meter_init(struct meter *meter);

/*
 * One scan: values in the units above, METER_UNKNOWN where not measured. A
 * register below the highest seen is not believed: its reading becomes
 * unknown until it is there again. Returns true if went_back has changed.
 */
bool meter_update(struct meter *meter, const int64_t values[METER_VALUES],
		  uint64_t boot_us, uint64_t utc_us);

/* The device is gone, or its data makes no sense; readings grow old. */
void meter_set_source(struct meter *meter, enum meter_source source);

enum meter_quality meter_quality(const struct meter_reading *reading,
				 uint64_t now_boot_us);
/* In milliseconds, METER_AGE_UNKNOWN where there is no reading. */
uint32_t meter_age_ms(const struct meter_reading *reading,
		      uint64_t now_boot_us);

const char *meter_quality_name(enum meter_quality quality);
const char *meter_source_name(enum meter_source source);

#endif /* HEARTH_METER_H */
