// SPDX-License-Identifier: GPL-2.0
/* LIVE messages as scans. */
#include <kunit/test.h>
#include <linux/module.h>
#include <asm/byteorder.h>

#include "hearth-metrology-convert.h"

#define ALL (HEARTH_MCU_VALID_VOLTAGE | HEARTH_MCU_VALID_CURRENT |	\
	     HEARTH_MCU_VALID_POWER | HEARTH_MCU_VALID_FREQUENCY |	\
	     HEARTH_MCU_VALID_ENERGY)

static struct hearth_mcu_live make_live(u32 valid)
{
	struct hearth_mcu_live live = {
		.valid = cpu_to_le32(valid),
		.voltage_mv = cpu_to_le32(230123),
		.current_live_ua = cpu_to_le32(20000001),
		.current_neutral_ua = cpu_to_le32(19999999),
		.active_power_mw = cpu_to_le32(-2300000),
		.reactive_power_mvar = cpu_to_le32(3983720),
		.frequency_mhz = cpu_to_le32(49987),
		.reg = {
			.active_import_mwh = cpu_to_le64(0x123456789abcULL),
			.active_export_mwh = cpu_to_le64(2),
			.reactive_import_mvarh = cpu_to_le64(3),
			.reactive_export_mvarh = cpu_to_le64(4),
		},
	};

	return live;
}

static void all_valid(struct kunit *test)
{
	struct hearth_mcu_live live = make_live(ALL);
	struct hearth_metrology_sample sample;
	const s32 *v = sample.scan.value;

	hearth_metrology_convert(&live, &sample);
	KUNIT_EXPECT_EQ(test, 230123, v[HEARTH_SCAN_VOLTAGE]);
	KUNIT_EXPECT_EQ(test, 20000001, v[HEARTH_SCAN_CURRENT_LIVE]);
	KUNIT_EXPECT_EQ(test, 19999999, v[HEARTH_SCAN_CURRENT_NEUTRAL]);
	KUNIT_EXPECT_EQ(test, -2300000, v[HEARTH_SCAN_ACTIVE_POWER]);
	KUNIT_EXPECT_EQ(test, 3983720, v[HEARTH_SCAN_REACTIVE_POWER]);
	KUNIT_EXPECT_EQ(test, 0x123456789abcLL, sample.scan.energy[0]);
	KUNIT_EXPECT_EQ(test, 2, sample.scan.energy[1]);
	KUNIT_EXPECT_EQ(test, 3, sample.scan.energy[2]);
	KUNIT_EXPECT_EQ(test, 4, sample.scan.energy[3]);
	KUNIT_EXPECT_EQ(test, 49987, sample.frequency_mhz);
}

struct valid_case {
	const char *name;
	u32 bit;
	u32 values;	/* scan indices it makes valid */
	bool frequency;
};

static const struct valid_case valid_cases[] = {
	{ "none", 0, 0, false },
	{ "voltage", HEARTH_MCU_VALID_VOLTAGE, BIT(HEARTH_SCAN_VOLTAGE), false },
	{ "current", HEARTH_MCU_VALID_CURRENT,
	  BIT(HEARTH_SCAN_CURRENT_LIVE) | BIT(HEARTH_SCAN_CURRENT_NEUTRAL),
	  false },
	{ "power", HEARTH_MCU_VALID_POWER,
	  BIT(HEARTH_SCAN_ACTIVE_POWER) | BIT(HEARTH_SCAN_REACTIVE_POWER),
	  false },
	{ "frequency", HEARTH_MCU_VALID_FREQUENCY, 0, true },
	{ "energy", HEARTH_MCU_VALID_ENERGY,
	  GENMASK(HEARTH_SCAN_REACTIVE_EXPORT, HEARTH_SCAN_ACTIVE_IMPORT),
	  false },
	{ "bits of the future", ~(u32)ALL, 0, false },
};

static void valid_desc(const struct valid_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(valid, valid_cases, valid_desc);

static bool has_value(const struct hearth_metrology_scan *scan, int index)
{
	if (index < HEARTH_SCAN_VALUES_32)
		return scan->value[index] != HEARTH_NO_VALUE_32;
	return scan->energy[index - HEARTH_SCAN_ACTIVE_IMPORT] !=
	       HEARTH_NO_VALUE_64;
}

/* Each bit vouches for its own values and for no other. */
static void validity(struct kunit *test)
{
	const struct valid_case *c = test->param_value;
	struct hearth_mcu_live live = make_live(c->bit);
	struct hearth_metrology_sample sample;
	int n;

	hearth_metrology_convert(&live, &sample);
	for (n = 0; n < HEARTH_SCAN_TIMESTAMP; n++)
		KUNIT_EXPECT_EQ_MSG(test, has_value(&sample.scan, n),
				    !!(c->values & BIT(n)), "index %d", n);
	KUNIT_EXPECT_EQ(test, c->frequency,
			sample.frequency_mhz != HEARTH_NO_VALUE_32);
}

/* What does not fit is no value, rather than a negative one. */
static void out_of_range(struct kunit *test)
{
	struct hearth_mcu_live live = make_live(ALL);
	struct hearth_metrology_sample sample;

	live.voltage_mv = cpu_to_le32(0x80000000);
	live.current_live_ua = cpu_to_le32(0xffffffff);
	live.current_neutral_ua = cpu_to_le32(0x7fffffff);
	live.frequency_mhz = cpu_to_le32(0xfffffffe);
	live.reg.active_import_mwh = cpu_to_le64(U64_MAX);
	live.reg.active_export_mwh = cpu_to_le64(S64_MAX);
	hearth_metrology_convert(&live, &sample);
	KUNIT_EXPECT_FALSE(test, has_value(&sample.scan, HEARTH_SCAN_VOLTAGE));
	KUNIT_EXPECT_FALSE(test, has_value(&sample.scan,
					   HEARTH_SCAN_CURRENT_LIVE));
	KUNIT_EXPECT_EQ(test, S32_MAX,
			sample.scan.value[HEARTH_SCAN_CURRENT_NEUTRAL]);
	KUNIT_EXPECT_EQ(test, HEARTH_NO_VALUE_32, sample.frequency_mhz);
	KUNIT_EXPECT_FALSE(test, has_value(&sample.scan,
					   HEARTH_SCAN_ACTIVE_IMPORT));
	KUNIT_EXPECT_EQ(test, S64_MAX, sample.scan.energy[1]);
}

/* Every subset: in order, aligned, nothing else. */
static void pack(struct kunit *test)
{
	struct hearth_metrology_sample sample;
	struct hearth_mcu_live live = make_live(ALL);
	unsigned long mask;
	u8 out[HEARTH_SCAN_LEN];
	s32 value;
	s64 energy;
	size_t at;
	int n;

	hearth_metrology_convert(&live, &sample);
	for (mask = 0; mask < BIT(HEARTH_SCAN_TIMESTAMP); mask++) {
		size_t len = hearth_metrology_pack(&sample.scan, mask, out);

		for (n = 0, at = 0; n < HEARTH_SCAN_TIMESTAMP; n++) {
			if (!(mask & BIT(n)))
				continue;
			if (n < HEARTH_SCAN_VALUES_32) {
				memcpy(&value, out + at, sizeof(value));
				KUNIT_ASSERT_EQ(test, value,
						sample.scan.value[n]);
				at += sizeof(value);
				continue;
			}
			at = round_up(at, sizeof(energy));
			memcpy(&energy, out + at, sizeof(energy));
			KUNIT_ASSERT_EQ(test, energy,
					sample.scan.energy[n - HEARTH_SCAN_ACTIVE_IMPORT]);
			at += sizeof(energy);
		}
		KUNIT_ASSERT_EQ(test, len, at);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(pack),
	KUNIT_CASE(all_valid),
	KUNIT_CASE_PARAM(validity, valid_gen_params),
	KUNIT_CASE(out_of_range),
	{}
};

static struct kunit_suite suite = {
	.name = "hearth_metrology",
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit: metrology of the meter MCU");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
