// SPDX-License-Identifier: MIT
#include "calibration.h"

#include "metrology.h"

/* What no working meter of this kind needs more of. */
#define MAX_GAIN_PPB 250000000
#define MAX_DELAY_NS 60000 /* the all-pass is good for half a sample */
#define MAX_OFFSET_U 1000000
#define MAX_NOISE_MLSB 1000000 /* a thousand of the last place */
#define MAX_DRIFT_PPM 20000

/* Units of v and i at full scale: 25 and 27 bits signed. */
#define VOLTAGE_EXP 24
#define CURRENT_EXP 26

const struct met_trim met_trim_default = {
	.version = MET_TRIM_VERSION,
	.full_scale_mv = 500000,
	.full_scale_ma = { 176800, 176800 },
	.start_ua = 20000,
	.nominal_mv = 230000,
	/* That of the part's data sheet. */
	.voltage_noise_mlsb = 47000,
	.current_noise_mlsb = { 47000, 47000 },
};

/* What met_calibrate() makes of it. */
const struct met_calibration met_calibration_default = {
	/* 500 V over 2^24, 176.8 A over 2^26; and their product in mW. */
	.voltage_mv = { 4096000000u, -37 },
	.half_mv = { 4095266612u, -37 },
	.current_ua = { { 2828800000u, -30 }, { 2828800000u, -30 } },
	.power_mw = { { 2828800000u, -55 }, { 2828800000u, -55 } },
	.noise_sq = { 141376, 141376 },
	.voltage_noise_sq = 8836,
	.start_ua = 20000,
	.start_mw = 4600,
};

static bool within(int32_t value, int32_t limit)
{
	return value >= -limit && value <= limit;
}

static bool between(uint32_t value, uint32_t least, uint32_t most)
{
	return value >= least && value <= most;
}

static bool drift_good(const int16_t *drift_ppm)
{
	for (int n = 0; n < MET_DRIFTS; n++)
		if (!within(drift_ppm[n], MAX_DRIFT_PPM))
			return false;
	return true;
}

static enum met_trim_fault check_current(const struct met_trim *trim, int c)
{
	if (!between(trim->full_scale_ma[c], 1000, 1000000))
		return MET_TRIM_BAD_RANGE;
	if (!within(trim->current_gain_ppb[c], MAX_GAIN_PPB))
		return MET_TRIM_BAD_GAIN;
	if (!within(trim->delay_ns[c], MAX_DELAY_NS))
		return MET_TRIM_BAD_DELAY;
	if (!within(trim->active_offset_uw[c], MAX_OFFSET_U) ||
	    !within(trim->reactive_offset_uvar[c], MAX_OFFSET_U))
		return MET_TRIM_BAD_OFFSET;
	if (trim->current_noise_mlsb[c] > MAX_NOISE_MLSB)
		return MET_TRIM_BAD_NOISE;
	if (!drift_good(trim->current_drift_ppm[c]))
		return MET_TRIM_BAD_DRIFT;
	return MET_TRIM_OK;
}

enum met_trim_fault met_trim_check(const struct met_trim *trim)
{
	enum met_trim_fault fault = MET_TRIM_OK;

	if (trim->version != MET_TRIM_VERSION)
		return MET_TRIM_BAD_VERSION;
	if (!between(trim->full_scale_mv, 100000, 2000000) ||
	    !between(trim->nominal_mv, 100000, 300000) ||
	    !between(trim->start_ua, 1000, 1000000))
		return MET_TRIM_BAD_RANGE;
	if (!within(trim->voltage_gain_ppb, MAX_GAIN_PPB))
		return MET_TRIM_BAD_GAIN;
	if (trim->voltage_noise_mlsb > MAX_NOISE_MLSB)
		return MET_TRIM_BAD_NOISE;
	if (!drift_good(trim->voltage_drift_ppm))
		return MET_TRIM_BAD_DRIFT;
	for (int c = 0; c < MET_CURRENTS && fault == MET_TRIM_OK; c++)
		fault = check_current(trim, c);
	return fault;
}

/* In ppm, at a temperature. */
static int32_t drift_at(const int16_t *drift_ppm, int32_t temperature_mc)
{
	const int32_t last_mc =
		MET_DRIFT_FROM_MC + (MET_DRIFTS - 1) * MET_DRIFT_STEP_MC;
	int32_t above, n, part;

	if (temperature_mc <= MET_DRIFT_FROM_MC)
		return drift_ppm[0];
	if (temperature_mc >= last_mc)
		return drift_ppm[MET_DRIFTS - 1];
	above = temperature_mc - MET_DRIFT_FROM_MC;
	n = above / MET_DRIFT_STEP_MC;
	part = above % MET_DRIFT_STEP_MC;
	return drift_ppm[n] +
	       (drift_ppm[n + 1] - drift_ppm[n]) * part / MET_DRIFT_STEP_MC;
}

/* Full scale, raised by gain and what has drifted away, per unit. */
static struct scaled per_unit(uint32_t full_scale, int exp, int32_t gain_ppb,
			      int32_t drift_ppm)
{
	struct scale gain = { (uint32_t)(1000000000 + gain_ppb), 0 };
	struct scaled out = scaled_mul(scaled_of(full_scale), gain);

	out = scaled_div(out, 1000000000);
	out = scaled_mul(out, (struct scale){ 1000000, 0 });
	out = scaled_div(out, (uint32_t)(1000000 + drift_ppm));
	out.exp = (int16_t)(out.exp - exp);
	return out;
}

/*
 * The all-pass delays by D = 1 - delay x rate samples. That a delays by D at
 * frequency w is a = sin((1 - D) w/2) / sin((1 + D) w/2), which for small w
 * is (1 - D) / (1 + D) x (1 + D w^2 / 6). w is 50 Hz: at 45 and 65 the error
 * is a millionth of a radian.
 */
static int32_t allpass_q32(int32_t delay_ns)
{
	/* Samples, Q40: 2^40 x 8000 / 1e9. */
	int64_t early = (int64_t)delay_ns * 8796093;
	int64_t whole = INT64_C(1) << 41;
	/* In Q20: early is below half, and Q32 of a below 2^31. */
	int64_t a = early * (1 << 20) / ((whole - early) >> 12);
	/* w^2 / 6 is 0.000257020, 275974 in Q30. */
	int64_t delay = (INT64_C(1) << 40) - early;

	return (int32_t)(a + ((a * (((delay >> 20) * 275974) >> 20)) >> 30));
}

/* Mean square in units, of which the converter's last place has some. */
static uint32_t noise_sq(uint32_t noise_mlsb, uint32_t units)
{
	return (uint32_t)((uint64_t)noise_mlsb * noise_mlsb * units * units /
			  1000000);
}

enum met_trim_fault met_calibrate(const struct met_trim *trim,
				  int32_t temperature_mc,
				  struct met_calibration *ret)
{
	/* 1 / |H| of the high-pass at 50 Hz. */
	const struct scale highpass = { 4294198283u, -32 };
	enum met_trim_fault fault = met_trim_check(trim);
	struct met_calibration cal = { 0 };
	struct scaled mv;

	if (fault != MET_TRIM_OK)
		return fault;
	mv = per_unit(trim->full_scale_mv, VOLTAGE_EXP, trim->voltage_gain_ppb,
		      drift_at(trim->voltage_drift_ppm, temperature_mc));
	cal.voltage_mv = scale_of(mv);
	cal.half_mv = scale_of(scaled_mul(mv, highpass));
	cal.voltage_noise_sq = noise_sq(trim->voltage_noise_mlsb, 2);
	for (int c = 0; c < MET_CURRENTS; c++) {
		const int16_t *drift = trim->current_drift_ppm[c];
		struct scaled ua;

		ua = per_unit(trim->full_scale_ma[c], CURRENT_EXP,
			      trim->current_gain_ppb[c],
			      drift_at(drift, temperature_mc));
		ua = scaled_mul(ua, (struct scale){ 1000, 0 });
		cal.current_ua[c] = scale_of(ua);
		cal.power_mw[c] = scale_of(
			scaled_div(scaled_mul(ua, cal.voltage_mv), 1000000));
		cal.allpass_q32[c] = allpass_q32(trim->delay_ns[c]);
		cal.noise_sq[c] = noise_sq(trim->current_noise_mlsb[c], 8);
		cal.active_offset_uw[c] = trim->active_offset_uw[c];
		cal.reactive_offset_uvar[c] = trim->reactive_offset_uvar[c];
		cal.reversed[c] = trim->reversed[c];
	}
	cal.start_ua = trim->start_ua;
	cal.start_mw = (uint32_t)((uint64_t)trim->start_ua * trim->nominal_mv /
				  1000000);
	*ret = cal;
	return MET_TRIM_OK;
}
