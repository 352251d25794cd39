// SPDX-License-Identifier: MIT
/* Once a window, or half a cycle: from sums to engineering units. */
#include "account.h"
#include "metrology.h"

#define ONE_Q30 (1 << 30)

/* The pole of the filters, a in signal.c: 2^-10. */
#define POLE_Q30 (ONE_Q30 >> 10)

/* Cycles a sample at 50 Hz, Q40. */
#define NOMINAL_Q40 6871947674u
#define SLOWEST_Q40 (NOMINAL_Q40 / 5)
#define FASTEST_Q40 ((uint64_t)NOMINAL_Q40 * 5)

/* Known gains of the filters at the mains' frequency, to be undone. */
struct corrections {
	struct scale highpass_sq; /* 1 / |H|^2 */
	struct scale integrator;  /* v' is so much smaller than v */
	int32_t lead_q30;	  /* and so much less than 90 degrees late */
};

/*
 * With w the frequency in radian a sample, s = sin(w/2), a the pole:
 *   1 / |H|^2 = 1 - a + (a / 2s)^2
 *   |v| / |v'| = 64 tan(w/2) / (1 + r),  r = (a / 2s)^2 |H|^2
 *   v' leads by 2 r d,  d = (a - 2s^2) / w
 * What the leaking integrator gives is 1 + r exp(2jd) of a whole one, r and d
 * being small; the error of all this is below 2e-7 from 45 to 65 Hz.
 */
static struct corrections corrections_at(uint64_t cycles_q40)
{
	/* pi f / MET_RATE_HZ; 3373259426 is pi in Q30. */
	int64_t x = mul_shr((int64_t)cycles_q40, 3373259426u, 32) >> 8;
	int64_t x2 = (x * x) >> 30;
	int64_t x4 = (x2 * x2) >> 30;
	int64_t sin_sq = x2 - x4 / 3 + ((x4 * x2) >> 30) * 2 / 45;
	int64_t tan = x + ((x * x2) >> 30) / 3 + ((x * x4) >> 30) * 2 / 15;
	int64_t square = ((int64_t)1 << 38) / sin_sq;
	int64_t highpass_sq = ONE_Q30 - POLE_Q30 + square;
	int64_t r = (square << 30) / highpass_sq;
	int64_t d = (POLE_Q30 - 2 * sin_sq) * (1 << 29) / x;
	struct corrections out = {
		.highpass_sq = { (uint32_t)highpass_sq, -30 },
		.integrator = { (uint32_t)((tan << 34) / (ONE_Q30 + r)), -28 },
		.lead_q30 = (int32_t)((2 * r * d) >> 30),
	};

	return out;
}

/* Cycles a sample, Q40; 0 where that is no mains at all. */
static uint64_t cycles_q40(const struct met_window *window)
{
	uint64_t cycles = ((uint64_t)window->cycles << 56) / window->sets_q16;

	return cycles < SLOWEST_Q40 || cycles > FASTEST_Q40 ? 0 : cycles;
}

/* Mean of a product over the window: the sums are sixteenths. */
static struct scaled mean(int64_t sum, const struct met_window *window,
			  struct scale gain)
{
	struct scaled out = scaled_div(scaled_of(sum), window->sets_q16);

	out.exp = (int16_t)(out.exp + 20);
	return scaled_mul(out, gain);
}

static uint32_t rms(int64_t sum_sq, uint32_t noise_sq, struct scale unit,
		    const struct met_window *window,
		    const struct corrections *corr)
{
	struct scaled sq = mean(sum_sq, window, corr->highpass_sq);
	int64_t clean_q8 = scaled_round(sq, 8) - ((int64_t)noise_sq << 8);

	if (clean_q8 <= 0)
		return 0;
	sq = scaled_of(clean_q8);
	sq.exp = (int16_t)(sq.exp - 8);
	return (uint32_t)scaled_round(scaled_mul(scaled_sqrt(sq), unit), 0);
}

/* Nearest mW of a power in Q24. */
static int32_t milli(int64_t power_q24)
{
	return (int32_t)((power_q24 + (1 << 23)) >> 24);
}

/* Energy of the window in 2^-32 mWh. */
static int64_t energy(int64_t power_q24, const struct met_window *window)
{
	struct scaled sum = scaled_mul(scaled_of(power_q24),
				       (struct scale){ window->sets_q16, 0 });

	/* 2^-16 sets, 2^-24 mW */
	return scaled_round(scaled_div(sum, MET_RATE_HZ * 3600u), 32 - 40);
}

static int64_t micro_q24(int32_t micro)
{
	return (int64_t)micro * (1 << 24) / 1000;
}

/* Active by apparent power; active_nw and nva are whole in 63 bits. */
static int32_t power_factor_ppm(int64_t active_nw, uint64_t nva)
{
	const int32_t one = 1000000;
	struct scaled quotient;
	int32_t ppm;
	int shift;

	if (!nva)
		return MET_POWER_FACTOR_UNKNOWN;
	/* Enough for any power factor: the divisor's 32 highest bits. */
	shift = 32 - __builtin_clzll(nva);
	if (shift < 0)
		shift = 0;
	quotient = scaled_div(scaled_of(active_nw), (uint32_t)(nva >> shift));
	quotient.exp = (int16_t)(quotient.exp - shift);
	ppm = (int32_t)scaled_round(
		scaled_mul(quotient, (struct scale){ 1000000, 0 }), 0);
	if (ppm > one)
		return one;
	return ppm < -one ? -one : ppm;
}

static void evaluate_powers(const struct met_window *window, int c,
			    const struct met_calibration *cal,
			    const struct corrections *corr,
			    struct met_result *res)
{
	struct scaled p = mean(window->sums.vi[c], window, corr->highpass_sq);
	struct scaled q = mean(window->sums.qi[c], window, corr->highpass_sq);
	uint64_t nva = (uint64_t)res->voltage_mv * res->current_ua[c];
	int64_t p_q24, q_q24;

	p = scaled_mul(p, cal->power_mw[c]);
	q = scaled_mul(scaled_mul(q, corr->integrator), cal->power_mw[c]);
	p_q24 = scaled_round(p, 24);
	q_q24 = scaled_round(q, 24) - (((p_q24 >> 15) * corr->lead_q30) >> 15);
	if (cal->reversed[c]) {
		p_q24 = -p_q24;
		q_q24 = -q_q24;
	}
	p_q24 -= micro_q24(cal->active_offset_uw[c]);
	q_q24 -= micro_q24(cal->reactive_offset_uvar[c]);
	res->active_mw[c] = milli(p_q24);
	res->reactive_mvar[c] = milli(q_q24);
	res->energy[c] = energy(p_q24, window);
	res->reactive[c] = energy(q_q24, window);
	res->apparent_mva[c] = (uint32_t)((nva + 500000) / 1000000);
	/* 1e6 / 2^24 is 15625 / 2^18. */
	res->power_factor_ppm[c] =
		power_factor_ppm((p_q24 >> 4) * 15625 >> 14, nva);
}

void met_evaluate(const struct met_window *window,
		  const struct met_calibration *cal, struct met_result *ret)
{
	const struct met_sums *sums = &window->sums;
	struct met_result res = { 0 };
	struct corrections corr;
	uint64_t cycles;

	if (!window->sets_q16) {
		*ret = res;
		return;
	}
	cycles = cycles_q40(window);
	corr = corrections_at(cycles ? cycles : NOMINAL_Q40);
	/* cycles x rate, in millihertz */
	res.frequency_mhz = (uint32_t)((cycles * (MET_RATE_HZ * 1000u) +
					((uint64_t)1 << 39)) >>
				       40);
	res.window_us = (uint32_t)((uint64_t)window->sets_q16 * 125 >> 16);
	res.voltage_mv = rms(sums->vv, cal->voltage_noise_sq, cal->voltage_mv,
			     window, &corr);
	for (int c = 0; c < MET_CURRENTS; c++) {
		res.current_ua[c] = rms(sums->ii[c], cal->noise_sq[c],
					cal->current_ua[c], window, &corr);
		evaluate_powers(window, c, cal, &corr, &res);
	}
	if (met_below(&res, MET_LIVE, cal->start_ua / 2, cal->start_mw / 2)) {
		res.flags = MET_NO_LOAD;
	} else {
		res.active_energy = res.energy[MET_LIVE];
		res.reactive_energy = res.reactive[MET_LIVE];
	}
	*ret = res;
}

/* sqrt(x) in Q13 for 2^30 <= x < 2^32. */
static uint32_t root_q13(uint32_t x)
{
	/* A straight line, 9 % off; Newton; and what then remains. */
	uint32_t r = (x >> 17) + 27500;
	int32_t rest;

	r = (r + x / r) >> 1;
	r = (r + x / r) >> 1;
	rest = (int32_t)(x - r * r);
	return (r << 13) + (uint32_t)(rest * 4096 / (int32_t)r);
}

bool met_half_cycle(const struct met_half *before, const struct met_half *half)
{
	uint32_t a = before->sets_q16, b = half->sets_q16;
	uint32_t apart = a > b ? a - b : b - a;

	/* 5 % of second harmonic make a sixteenth at the most. */
	return before->whole && half->whole && apart <= (a + b) / 16;
}

/*
 * A voltage that suddenly begins or ends is an offset to the high-pass, which it
 * forgets in the tenths of a second in which a sag is looked at. So it is taken
 * out of whole cycles: less (sum of v)^2 / n.
 */
static int64_t squares(const struct met_half *before,
		       const struct met_half *half, uint32_t sets_q16)
{
	int64_t sum = before->vv + half->vv;
	int32_t plain = before->v + half->v;
	int32_t sets = (int32_t)(sets_q16 >> 16);

	if (!met_half_cycle(before, half))
		return sum;
	/* Quarters of v, sixteenths of its square. */
	return sum - (int64_t)plain * (plain / sets);
}

/* With divisions of 32 bits only: this is run a hundred times a second. */
uint32_t met_half_mv(const struct met_half *before, const struct met_half *half,
		     const struct met_calibration *cal)
{
	uint32_t sets_q16 = before->sets_q16 + half->sets_q16;
	int64_t sum = squares(before, half, sets_q16);
	uint32_t num, den, high, square;
	int up, down, exp, shift;

	if (sum <= 0 || !sets_q16)
		return 0;
	/* num x 2^(33 - up) and den x 2^-down, of 31 and 16 bits */
	up = __builtin_clzll((uint64_t)sum);
	num = (uint32_t)(((uint64_t)sum << up) >> 33);
	down = __builtin_clz(sets_q16);
	den = ((sets_q16 << down) >> 15) + 1;
	den = den > 0x1ffff ? 0xffff : den >> 1;
	high = num / den;
	square = (high << 16) + ((num - high * den) << 16) / den;
	/* mean square: sums are sixteenths */
	exp = 4 - 16 + 33 - up + down;
	if (exp & 1) {
		bool low = square < (uint32_t)1 << 31;

		square = low ? square << 1 : square >> 1;
		exp += low ? -1 : 1;
	}
	shift = 13 - exp / 2 - cal->half_mv.exp;
	if (shift < 1 || shift > 63)
		return 0;
	return (uint32_t)(((((uint64_t)root_q13(square) * cal->half_mv.mant) >>
			    (shift - 1)) +
			   1) >>
			  1);
}
