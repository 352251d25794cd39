// SPDX-License-Identifier: MIT
#include "frontend.h"

#include <string.h>

#define CATCH_UP_SETS (10u * MET_RATE_HZ)
#define LSB_BITS 7
#define PEAK_LSB ((1 << 23) - 1)

/* Taylor series on the first quarter; the error is below 2^-22 of full scale,
 * two counts of the converter.
 */
int32_t frontend_sine(uint32_t phase)
{
	/* (-1)^k / (2k+1)!, Q30 */
	static const int32_t term[] = { 1073741824, -178956971, 8947849,
					-213044,    2959,	-27 };
	uint32_t quarter = phase & 0x3fffffffu;
	bool mirrored = phase & 0x40000000u;
	int64_t x;
	int32_t x2, sum = 0;

	if (mirrored)
		quarter = 0x40000000u - quarter;
	/* Radians, Q29: pi/2 does not fit Q30. 3373259426 is pi in Q30. */
	x = ((int64_t)quarter * 3373259426LL) >> 32;
	x2 = (int32_t)((x * x) >> 29);
	for (int k = 5; k > 0; k--)
		sum = (int32_t)(((int64_t)(term[k] + sum) * x2) >> 29);
	sum = (int32_t)(((int64_t)(term[0] + sum) * x) >> 29);
	return phase & 0x80000000u ? -sum : sum;
}

static uint32_t phase_of(int32_t mdeg)
{
	return (uint32_t)(((int64_t)mdeg << 32) / 360000);
}

/* Peak in the table's units: sqrt(2) / full scale, 2^30 units at full scale. */
static int64_t peak_of(const struct frontend_setting *set, bool voltage)
{
	/* Q16: 500e3 mV and 176.8e6 uA peak. */
	int64_t per_unit = voltage ? 199032865 : 562876;

	return ((int64_t)set->rms * per_unit) >> 16;
}

static void make_table(struct frontend *fe, enum frontend_channel channel)
{
	const struct frontend_setting *set = &fe->pending.channel[channel];
	int64_t peak = peak_of(set, channel == FRONTEND_U);
	uint32_t shift = phase_of(set->phase_mdeg);
	int32_t *table = fe->table[channel];

	for (uint32_t n = 0; n < FRONTEND_TABLE; n++) {
		uint32_t at = n << (32 - FRONTEND_TABLE_BITS);
		int64_t sum = (peak * frontend_sine(at - shift)) >> 30;

		for (uint32_t k = 2; k <= FRONTEND_MAX_ORDER; k++) {
			if (!set->harmonic_ppm[k])
				continue;
			sum += ((peak * set->harmonic_ppm[k] / 1000000) *
				frontend_sine(
					k * at -
					phase_of(set->harmonic_mdeg[k]))) >>
			       30;
		}
		/* The converter clips anyway; keep the sum in 32 bits. */
		if (sum > INT32_MAX / 2)
			sum = INT32_MAX / 2;
		if (sum < -INT32_MAX / 2)
			sum = -INT32_MAX / 2;
		table[n] = (int32_t)sum;
	}
	table[FRONTEND_TABLE] = table[0];
}

void frontend_clear(struct frontend *fe)
{
	memset(&fe->pending, 0, sizeof(fe->pending));
	fe->pending.frequency_mhz = 50000;
	fe->pending.noise_lsb = 47;
	fe->pending.channel[FRONTEND_U].rms = 230000;
}

void frontend_init(struct frontend *fe)
{
	memset(fe, 0, sizeof(*fe));
	fe->random = 0x2545f491;
	frontend_clear(fe);
	frontend_apply(fe);
}

void frontend_apply(struct frontend *fe)
{
	const struct frontend_settings *set = &fe->pending;

	fe->step = (uint32_t)(((uint64_t)set->frequency_mhz << 32) /
			      (MET_RATE_HZ * 1000u));
	fe->noise_lsb = set->noise_lsb;
	for (int c = 0; c < FRONTEND_CHANNELS; c++) {
		fe->dc_lsb[c] = set->channel[c].dc_lsb;
		make_table(fe, (enum frontend_channel)c);
	}
}

/* Four bytes of a xorshift generator: near enough to a normal distribution
 * of 148 RMS around 510.
 */
static int32_t noise(struct frontend *fe)
{
	uint32_t r = fe->random;
	int32_t sum;

	r ^= r << 13;
	r ^= r >> 17;
	r ^= r << 5;
	fe->random = r;
	sum = (int32_t)((r & 255) + (r >> 8 & 255) + (r >> 16 & 255) +
			(r >> 24));
	return (sum - 510) * (int32_t)fe->noise_lsb * (1 << LSB_BITS) / 148;
}

static int32_t sample(struct frontend *fe, int channel)
{
	const int32_t *at =
		&fe->table[channel][fe->phase >> (32 - FRONTEND_TABLE_BITS)];
	int32_t part =
		(int32_t)(fe->phase >> (16 - FRONTEND_TABLE_BITS) & 0xffff);
	int32_t value =
		at[0] + (int32_t)(((int64_t)(at[1] - at[0]) * part) >> 16);

	value += noise(fe);
	value = ((value + (1 << (LSB_BITS - 1))) >> LSB_BITS) +
		fe->dc_lsb[channel];
	if (value > PEAK_LSB)
		return PEAK_LSB;
	return value < -PEAK_LSB - 1 ? -PEAK_LSB - 1 : value;
}

/* Through an open contact flows nothing but the converter's noise. */
static int32_t behind_contact(struct frontend *fe, int channel)
{
	if (!fe->contact_open)
		return sample(fe, channel);
	return (noise(fe) >> LSB_BITS) + fe->dc_lsb[channel];
}

static int32_t quarter_later(const struct frontend *fe)
{
	uint32_t at = fe->phase - 0x40000000u;

	return fe->table[FRONTEND_U][at >> (32 - FRONTEND_TABLE_BITS)] >>
	       LSB_BITS;
}

bool frontend_block(struct frontend *fe, uint64_t uptime_us, int32_t *u,
		    int32_t *live, int32_t *neutral, uint32_t *ret_lost)
{
	uint64_t due = uptime_us * MET_RATE_HZ / 1000000;
	uint64_t done = fe->sets + fe->lost;

	*ret_lost = 0;
	if (due > done + CATCH_UP_SETS) {
		uint64_t lost = due - done - CATCH_UP_SETS;

		*ret_lost = lost > UINT32_MAX ? UINT32_MAX : (uint32_t)lost;
		fe->lost += lost;
		done += lost;
	}
	if (due < done + MET_BLOCK)
		return false;
	for (int n = 0; n < MET_BLOCK; n++) {
		uint64_t at_us = (done + (uint64_t)n) * (1000000 / MET_RATE_HZ);

		if (fe->contact_moves && at_us >= fe->contact_us) {
			fe->contact_open = fe->contact_next_open;
			fe->contact_moves = false;
		}
		u[n] = sample(fe, FRONTEND_U);
		live[n] = behind_contact(fe, FRONTEND_LIVE);
		neutral[n] = behind_contact(fe, FRONTEND_NEUTRAL);
		fe->load[n] = u[n];
		if (fe->contact_open)
			fe->load[n] = fe->backfeed ? quarter_later(fe) : 0;
		fe->phase += fe->step;
	}
	fe->sets += MET_BLOCK;
	return true;
}
