// SPDX-License-Identifier: MIT
#include "wave.h"

#include <math.h>
#include <string.h>

#define FULL_SCALE (1 << 23)
#define FULL_SCALE_V 500.0
#define FULL_SCALE_A 176.8

const struct frontend_model frontend_clean = {
	.gain = { 1, 1, 1 },
	.delay_s = { 27.3e-6, -11.9e-6 },
	.dc = { 12000, -9000, 7000 },
	.celsius = 25,
};

/* A shunt drifts by 50 ppm/K. 47 counts of noise are 102 dB, a good 24-bit converter. */
const struct frontend_model frontend_real = {
	.gain = { 0.987, 1.021, 0.994 },
	.delay_s = { 27.3e-6, -11.9e-6 },
	.dc = { 12000, -9000, 7000 },
	.noise = 47,
	.ppm_k = { 12, -50, 40 },
	.ppm_k2 = { 0.1, 0.3, -0.2 },
	.celsius = 25,
};

double noise_next(void)
{
	static double table[1 << 14];
	static uint64_t state = 88172645463325252u;

	if (table[0] == 0)
		for (int n = 0; n < 1 << 13; n++) {
			/* Quantiles by halving the interval of erf(). */
			double low = 0, high = 8, at = (n + 0.5) / (1 << 13);

			for (int k = 0; k < 50; k++) {
				double mid = (low + high) / 2;

				if (erf(mid / sqrt(2)) < at)
					low = mid;
				else
					high = mid;
			}
			table[2 * n] = low;
			table[2 * n + 1] = -low;
		}
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return table[state >> 50];
}

int32_t count_of(double value)
{
	if (value > FULL_SCALE - 1)
		return FULL_SCALE - 1;
	return value < -FULL_SCALE ? -FULL_SCALE : (int32_t)lrint(value);
}

struct wave wave_sine(double u, double i, double lag_deg, double hz)
{
	struct wave wave = { .hz = hz, .n_v = 1, .n_i = 1 };

	wave.v[0] = (struct line){ 1, u, 0.3 };
	wave.i[0] = (struct line){ 1, i, 0.3 - lag_deg * PI / 180 };
	return wave;
}

void wave_add_v(struct wave *wave, double order, double part, double phase)
{
	wave->v[wave->n_v++] =
		(struct line){ order, part * wave->v[0].rms, phase };
}

void wave_add_i(struct wave *wave, double order, double part, double phase)
{
	wave->i[wave->n_i++] =
		(struct line){ order, part * wave->i[0].rms, phase };
}

/* A line of f(at), which repeats after so many periods of the mains. */
static struct line line_of(double (*f)(double at, double arg), double arg,
			   double order, double periods)
{
	const int steps = 40000;
	double s = 0, c = 0;

	for (int n = 0; n < steps; n++) {
		double at = 2 * PI * periods * (n + 0.5) / steps;

		s += f(at, arg) * sin(order * at);
		c += f(at, arg) * cos(order * at);
	}
	s *= 2.0 / steps;
	c *= 2.0 / steps;
	/* Of a sine with RMS 1, peak sqrt(2). */
	if (order == 0)
		return (struct line){ 0, c / 2 * sqrt(2), 0 };
	return (struct line){ order, hypot(s, c), atan2(c, s) };
}

static double fired(double at, double from)
{
	return fmod(at, PI) >= from ? sin(at) : 0;
}

static double half(double at, double unused)
{
	(void)unused;
	return at < PI ? sin(at) : 0;
}

/* What charges a capacitor shortly before the peak, with a steep edge: LED and
 * compact fluorescent lamps.
 */
static double rectifier(double at, double unused)
{
	double half = fmod(at, PI), sign = at < PI ? 1 : -1;
	const double from = 65 * PI / 180, to = 95 * PI / 180;

	(void)unused;
	return half < from || half > to ? 0 : sign * (to - half) / (to - from);
}

static double burst(double at, double unused)
{
	(void)unused;
	return at < 4 * PI ? sin(at) : 0;
}

/* Up to 3.9 kHz: no converter lets pass more at 8,000 samples a second. */
static void lines_of(struct wave *wave, double i,
		     double (*f)(double at, double arg), double arg,
		     double step, double periods)
{
	wave->n_i = 0;
	for (int n = 0; n < WAVE_LINES && n * step * wave->hz < 3900; n++) {
		struct line line = line_of(f, arg, n * step, periods);

		line.rms *= i;
		/* The voltage's phase. */
		line.phase += 0.3 * line.order;
		if (fabs(line.rms) > 1e-9 * i)
			wave->i[wave->n_i++] = line;
	}
}

void wave_phase_fired(struct wave *wave, double i, double from_deg)
{
	lines_of(wave, i, fired, from_deg * PI / 180, 1, 1);
}

void wave_half(struct wave *wave, double i)
{
	lines_of(wave, i, half, 0, 1, 1);
}

void wave_rectifier(struct wave *wave, double i)
{
	lines_of(wave, i, rectifier, 0, 1, 1);
}

void wave_burst(struct wave *wave, double i)
{
	lines_of(wave, i, burst, 0, 0.25, 4);
}

struct truth wave_truth(const struct wave *wave)
{
	struct truth truth = { 0, 0, 0, 0 };

	for (int n = 0; n < wave->n_v; n++)
		truth.u += wave->v[n].rms * wave->v[n].rms;
	for (int n = 0; n < wave->n_i; n++)
		if (wave->i[n].order > 0)
			truth.i += wave->i[n].rms * wave->i[n].rms;
	truth.u = sqrt(truth.u);
	truth.i = sqrt(truth.i);
	for (int n = 0; n < wave->n_v; n++) {
		for (int k = 0; k < wave->n_i; k++) {
			const struct line *v = &wave->v[n], *i = &wave->i[k];
			double s = v->rms * i->rms, lag = v->phase - i->phase;

			if (fabs(v->order - i->order) > 1e-9)
				continue;
			truth.p += s * cos(lag);
			if (fabs(v->order - 1) < 1e-9)
				truth.q += s * sin(lag);
		}
	}
	return truth;
}

static double drift_ppm(const struct frontend_model *model, int channel,
			double celsius)
{
	double k = celsius - 25;

	return model->ppm_k[channel] * k + model->ppm_k2[channel] * k * k;
}

static double gain_of(const struct frontend_model *model, int channel)
{
	return model->gain[channel] *
	       (1 + drift_ppm(model, channel, model->celsius) / 1e6);
}

static void rotors(double *re, double *im, const struct line *line, int n,
		   double hz, double scale, double delay_s)
{
	for (int k = 0; k < n; k++) {
		double phase =
			line[k].phase - 2 * PI * line[k].order * hz * delay_s;
		double peak = sqrt(2) * line[k].rms * scale;

		if (line[k].order == 0) {
			re[k] = 0;
			im[k] = line[k].rms * scale;
		} else {
			re[k] = peak * cos(phase);
			im[k] = peak * sin(phase);
		}
	}
}

void source_start(struct source *src, const struct wave *wave,
		  const struct frontend_model *model)
{
	const struct line *line;

	memset(src, 0, sizeof(*src));
	src->model = model;
	src->wave = *wave;
	rotors(src->re[0], src->im[0], wave->v, wave->n_v, wave->hz,
	       gain_of(model, 0) * FULL_SCALE / FULL_SCALE_V, 0);
	for (int c = 0; c < 2; c++)
		rotors(src->re[c + 1], src->im[c + 1], wave->i, wave->n_i,
		       wave->hz,
		       gain_of(model, c + 1) * FULL_SCALE / FULL_SCALE_A,
		       model->delay_s[c]);
	for (int k = 0; k < wave->n_v + wave->n_i; k++) {
		double turn;

		line = k < wave->n_v ? &wave->v[k] : &wave->i[k - wave->n_v];
		turn = 2 * PI * line->order * wave->hz / MET_RATE_HZ;
		src->step_re[k] = cos(turn);
		src->step_im[k] = sin(turn);
	}
}

static double turn(struct source *src, int channel, int lines, int first_step)
{
	double sum = 0;

	for (int k = 0; k < lines; k++) {
		double *re = &src->re[channel][k], *im = &src->im[channel][k];
		double cos_step = src->step_re[first_step + k];
		double sin_step = src->step_im[first_step + k];
		double next = *re * cos_step - *im * sin_step;

		sum += *im;
		*im = *im * cos_step + *re * sin_step;
		*re = next;
	}
	return sum;
}

void source_block(struct source *src, int32_t *u, int32_t *live,
		  int32_t *neutral)
{
	int32_t *out[3] = { u, live, neutral };

	for (int n = 0; n < MET_BLOCK; n++) {
		for (int c = 0; c < 3; c++) {
			double re = src->re[c][0], im = src->im[c][0];
			double value = turn(src, c,
					    c ? src->wave.n_i : src->wave.n_v,
					    c ? src->wave.n_v : 0);

			value += src->model->dc[c];
			if (src->model->noise > 0)
				value += src->model->noise * noise_next();
			out[c][n] = count_of(value);
			if (src->seen_sets < src->look_sets) {
				value = out[c][n] - src->model->dc[c];
				src->seen_re[c] += value * re;
				src->seen_im[c] += value * im;
			}
		}
		src->seen_sets += src->seen_sets < src->look_sets;
	}
}

void source_look(struct source *src, double sets)
{
	memset(src->seen_re, 0, sizeof(src->seen_re));
	memset(src->seen_im, 0, sizeof(src->seen_im));
	src->seen_sets = 0;
	src->look_sets = sets;
}

/*
 * The line is a sin(x) + b cos(x) of what was put in, a being near 1 and b
 * near 0: im and re of a channel are its own sine and cosine.
 */
void source_seen(const struct source *src, int current, double *ret_p,
		 double *ret_q)
{
	const struct line *v = &src->wave.v[0], *i = &src->wave.i[0];
	double a_v = src->seen_im[0], b_v = src->seen_re[0];
	double a_i = src->seen_im[current + 1], b_i = src->seen_re[current + 1];
	double lag = v->phase - i->phase + atan2(b_v, a_v) - atan2(b_i, a_i);
	double peak_v = hypot(src->re[0][0], src->im[0][0]);
	double peak_i = hypot(src->re[current + 1][0], src->im[current + 1][0]);
	double scale = hypot(a_v, b_v) * hypot(a_i, b_i) /
		       (peak_v * peak_v * peak_i * peak_i) * v->rms * i->rms;

	/* Sums of sin^2 over n samples are n / 2. */
	scale *= 4 / (src->seen_sets * src->seen_sets);
	*ret_p = scale * cos(lag);
	*ret_q = scale * sin(lag);
}

/* In the plain numbers that a meter would store. */
struct met_trim frontend_trim(const struct frontend_model *model)
{
	struct met_trim trim = met_trim_default;

	trim.voltage_gain_ppb = (int32_t)lrint((1 / model->gain[0] - 1) * 1e9);
	trim.voltage_noise_mlsb = (uint32_t)lrint(model->noise * 1000);
	for (int c = 0; c < 2; c++) {
		trim.current_gain_ppb[c] =
			(int32_t)lrint((1 / model->gain[c + 1] - 1) * 1e9);
		trim.delay_ns[c] = (int32_t)lrint(model->delay_s[c] * 1e9);
		trim.current_noise_mlsb[c] = trim.voltage_noise_mlsb;
	}
	for (int n = 0; n < MET_DRIFTS; n++) {
		double celsius =
			(MET_DRIFT_FROM_MC + n * MET_DRIFT_STEP_MC) / 1e3;

		trim.voltage_drift_ppm[n] =
			(int16_t)lrint(drift_ppm(model, 0, celsius));
		for (int c = 0; c < 2; c++)
			trim.current_drift_ppm[c][n] = (int16_t)lrint(
				drift_ppm(model, c + 1, celsius));
	}
	return trim;
}
