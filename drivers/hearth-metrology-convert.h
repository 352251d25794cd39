/* SPDX-License-Identifier: GPL-2.0 */
/* From a LIVE message to what the IIO device offers; pure. */
#ifndef HEARTH_METROLOGY_CONVERT_H
#define HEARTH_METROLOGY_CONVERT_H

#include <linux/limits.h>
#include <linux/types.h>
#include <hearth/mcu_proto.h>

enum hearth_metrology_scan_index {
	HEARTH_SCAN_VOLTAGE,
	HEARTH_SCAN_CURRENT_LIVE,
	HEARTH_SCAN_CURRENT_NEUTRAL,
	HEARTH_SCAN_ACTIVE_POWER,
	HEARTH_SCAN_REACTIVE_POWER,
	HEARTH_SCAN_ACTIVE_IMPORT,
	HEARTH_SCAN_ACTIVE_EXPORT,
	HEARTH_SCAN_REACTIVE_IMPORT,
	HEARTH_SCAN_REACTIVE_EXPORT,
	HEARTH_SCAN_TIMESTAMP
};

#define HEARTH_SCAN_VALUES_32 (HEARTH_SCAN_REACTIVE_POWER + 1)
#define HEARTH_SCAN_VALUES_64 (HEARTH_SCAN_TIMESTAMP - HEARTH_SCAN_ACTIVE_IMPORT)

/* In a scan: this value was not measured. */
#define HEARTH_NO_VALUE_32 S32_MIN
#define HEARTH_NO_VALUE_64 S64_MIN

/**
 * struct hearth_metrology_scan - a scan with every channel in it
 * @value: mV, uA, uA, mW, mvar, or HEARTH_NO_VALUE_32
 * @energy: mWh, mWh, mvarh, mvarh, or HEARTH_NO_VALUE_64
 * @timestamp: filled in by the IIO core
 */
struct hearth_metrology_scan {
	s32 value[HEARTH_SCAN_VALUES_32];
	aligned_s64 energy[HEARTH_SCAN_VALUES_64];
	aligned_s64 timestamp;
};

/**
 * struct hearth_metrology_sample - a LIVE message in the CPU's terms
 * @scan: its values; timestamp not used
 * @frequency_mhz: millihertz, or HEARTH_NO_VALUE_32
 */
struct hearth_metrology_sample {
	struct hearth_metrology_scan scan;
	s32 frequency_mhz;
};

/* The longest scan there is, as bytes. */
#define HEARTH_SCAN_LEN sizeof(struct hearth_metrology_scan)

size_t hearth_metrology_pack(const struct hearth_metrology_scan *scan,
			     unsigned long mask, u8 *out);
void hearth_metrology_convert(const struct hearth_mcu_live *live,
			      struct hearth_metrology_sample *sample);

#endif /* HEARTH_METROLOGY_CONVERT_H */
