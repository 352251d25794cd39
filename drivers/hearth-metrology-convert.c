// SPDX-License-Identifier: GPL-2.0
/* From a LIVE message to what the IIO device offers; pure. */
#include <linux/bits.h>
#include <linux/export.h>
#include <linux/math.h>
#include <linux/string.h>
#include <asm/byteorder.h>
#include <kunit/visibility.h>

#include "hearth-metrology-convert.h"

/* Anything above what the type holds is nonsense from the MCU: no value. */
static s32 hearth_convert_32(u32 valid, u32 bit, __le32 raw)
{
	u32 value = le32_to_cpu(raw);

	return (valid & bit) && value <= S32_MAX ? (s32)value :
						   HEARTH_NO_VALUE_32;
}

/* For signed values S32_MIN itself already says "no value". */
static s32 hearth_convert_signed(u32 valid, u32 bit, __le32 raw)
{
	return valid & bit ? (s32)le32_to_cpu(raw) : HEARTH_NO_VALUE_32;
}

static s64 hearth_convert_64(u32 valid, u32 bit, __le64 raw)
{
	u64 value = le64_to_cpu(raw);

	return (valid & bit) && value <= S64_MAX ? (s64)value :
						   HEARTH_NO_VALUE_64;
}

/**
 * hearth_metrology_convert - a LIVE message in the CPU's terms
 * @live: as it came
 * @sample: what it says; every value that is not valid is HEARTH_NO_VALUE_*
 */
void hearth_metrology_convert(const struct hearth_mcu_live *live,
			      struct hearth_metrology_sample *sample)
{
	struct hearth_metrology_scan *scan = &sample->scan;
	u32 valid = le32_to_cpu(live->valid);
	const struct hearth_mcu_registers *reg = &live->reg;
	s32 *v = scan->value;
	s64 *e = scan->energy;

	memset(sample, 0, sizeof(*sample));
	v[HEARTH_SCAN_VOLTAGE] = hearth_convert_32(valid, HEARTH_MCU_VALID_VOLTAGE,
						   live->voltage_mv);
	v[HEARTH_SCAN_CURRENT_LIVE] =
		hearth_convert_32(valid, HEARTH_MCU_VALID_CURRENT,
				  live->current_live_ua);
	v[HEARTH_SCAN_CURRENT_NEUTRAL] =
		hearth_convert_32(valid, HEARTH_MCU_VALID_CURRENT,
				  live->current_neutral_ua);
	v[HEARTH_SCAN_ACTIVE_POWER] =
		hearth_convert_signed(valid, HEARTH_MCU_VALID_POWER,
				      live->active_power_mw);
	v[HEARTH_SCAN_REACTIVE_POWER] =
		hearth_convert_signed(valid, HEARTH_MCU_VALID_POWER,
				      live->reactive_power_mvar);
	e[0] = hearth_convert_64(valid, HEARTH_MCU_VALID_ENERGY,
				 reg->active_import_mwh);
	e[1] = hearth_convert_64(valid, HEARTH_MCU_VALID_ENERGY,
				 reg->active_export_mwh);
	e[2] = hearth_convert_64(valid, HEARTH_MCU_VALID_ENERGY,
				 reg->reactive_import_mvarh);
	e[3] = hearth_convert_64(valid, HEARTH_MCU_VALID_ENERGY,
				 reg->reactive_export_mvarh);
	sample->frequency_mhz =
		hearth_convert_32(valid, HEARTH_MCU_VALID_FREQUENCY,
				  live->frequency_mhz);
}
EXPORT_SYMBOL_IF_KUNIT(hearth_metrology_convert);

/**
 * hearth_metrology_pack - the wanted channels of a scan, as the IIO ABI has it
 * @scan: all of them
 * @mask: wanted ones, by enum hearth_metrology_scan_index
 * @out: HEARTH_SCAN_LEN bytes; the time stamp is not put in
 *
 * In order of index, each on a multiple of its size.
 *
 * Return: bytes used.
 */
size_t hearth_metrology_pack(const struct hearth_metrology_scan *scan,
			     unsigned long mask, u8 *out)
{
	size_t len = 0;
	int n;

	for (n = 0; n < HEARTH_SCAN_VALUES_32; n++) {
		if (!(mask & BIT(n)))
			continue;
		memcpy(out + len, &scan->value[n], sizeof(s32));
		len += sizeof(s32);
	}
	for (n = 0; n < HEARTH_SCAN_VALUES_64; n++) {
		if (!(mask & BIT(HEARTH_SCAN_ACTIVE_IMPORT + n)))
			continue;
		len = round_up(len, sizeof(s64));
		memcpy(out + len, &scan->energy[n], sizeof(s64));
		len += sizeof(s64);
	}
	return len;
}
EXPORT_SYMBOL_IF_KUNIT(hearth_metrology_pack);
