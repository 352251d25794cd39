// SPDX-License-Identifier: MIT
/*
 * Recorded appliances (HFHAD-C: 6.4 kHz, 16 bit, pairs of current and voltage),
 * brought to the meter's rate. What really flows is the mean product over the
 * record, played in a loop.
 */
#include "points.h"

#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "run.h"

#define RECORD_MAX 20000
#define CYCLE 128 /* samples, nominal */
#define TAPS 32
#define AMPS_PER_STEP (1 / 41.4738)

struct record {
	int n;
	double i[RECORD_MAX], v[RECORD_MAX];
};

static int digit(int c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	       c >= 'A' && c <= 'F' ? c - 'A' + 10 :
				      -1;
}

/* 16 bits in hex, low byte first; false at the end of the record. */
static bool next_value(FILE *in, double *ret)
{
	int nibbles[4], n = 0, value;

	while (n < 4) {
		int c = getc(in);

		if (c == EOF)
			return false;
		if (digit(c) >= 0)
			nibbles[n++] = digit(c);
	}
	value = nibbles[2] << 12 | nibbles[3] << 8 | nibbles[0] << 4 |
		nibbles[1];
	*ret = value - (value & 0x8000 ? 0x10000 : 0);
	return true;
}

static void centre(double *x, int n)
{
	double mean = 0;

	for (int k = 0; k < n; k++)
		mean += x[k] / n;
	for (int k = 0; k < n; k++)
		x[k] -= mean;
}

/* Whole cycles of the record, without offsets, the voltage as in GB. */
static bool read_record(const char *path, struct record *rec)
{
	FILE *in = fopen(path, "re");
	double square = 0, header;

	rec->n = 0;
	if (!in)
		return false;
	/* Eight characters of header. */
	(void)next_value(in, &header);
	(void)next_value(in, &header);
	while (rec->n < RECORD_MAX && next_value(in, &rec->i[rec->n]) &&
	       next_value(in, &rec->v[rec->n]))
		rec->n++;
	fclose(in);
	rec->n -= rec->n % CYCLE;
	if (rec->n < 50 * CYCLE)
		return false;
	centre(rec->i, rec->n);
	centre(rec->v, rec->n);
	for (int n = 0; n < rec->n; n++)
		square += rec->v[n] * rec->v[n] / rec->n;
	for (int n = 0; n < rec->n; n++) {
		rec->v[n] *= 230 / sqrt(square);
		rec->i[n] *= AMPS_PER_STEP;
	}
	return true;
}

/* x between its samples, the record being a loop: a windowed sinc. */
static double between(const double *x, int n, double at)
{
	int from = (int)floor(at) - TAPS + 1;
	double sum = 0;

	for (int k = from; k < from + 2 * TAPS; k++) {
		double d = PI * (at - k);
		double window = 0.5 + 0.5 * cos(d / TAPS);

		sum += x[((k % n) + n) % n] * window *
		       (fabs(d) < 1e-9 ? 1 : sin(d) / d);
	}
	return sum;
}

/* Sums over the record up to any time, as it goes round and round. */
struct truth_sums {
	int n;
	double vi[RECORD_MAX * 2 + 1], ii[RECORD_MAX * 2 + 1];
};

static double sum_until(const struct truth_sums *sums, const double *of,
			double at)
{
	int whole = (int)floor(at), round = whole / sums->n;
	int n = whole % sums->n;

	/* A sample stands for the half interval on both sides. */
	return round * of[sums->n] + of[n] + (at - whole) * (of[n + 1] - of[n]);
}

static void play(const struct record *rec, const char *name)
{
	static struct metrology met;
	static struct truth_sums sums;
	static int32_t u[RECORD_MAX * 2], i[RECORD_MAX * 2];
	int n = rec->n / 4 * 5, at = 0;
	double energy = 0, sets = 0, squares = 0, start = 0, end = 0;
	double truth, amps;
	struct met_window window;
	struct met_result res;

	sums.n = n;
	for (int k = 0; k < n; k++) {
		double v = between(rec->v, rec->n, k * 0.8);
		double a = between(rec->i, rec->n, k * 0.8);

		u[k] = count_of(v / 500 * (1 << 23) + 12000);
		i[k] = count_of(a / 176.8 * (1 << 23) - 9000);
		sums.vi[k + 1] = sums.vi[k] + v * a;
		sums.ii[k + 1] = sums.ii[k] + a * a;
	}
	met_init(&met, &met_calibration_default);
	/* Two times round to settle, then fourteen to measure. */
	while (at < 16 * n) {
		int32_t block_u[MET_BLOCK], block_i[MET_BLOCK];

		for (int k = 0; k < MET_BLOCK; k++, at++) {
			block_u[k] = u[at % n];
			block_i[k] = i[at % n];
		}
		if (!met_block(&met, block_u, block_i, block_i, &window) ||
		    at < 2 * n)
			continue;
		/* The window's end, in samples: they are seen one later, and
		 * a block ends half a sample after its last.
		 */
		end = at - met.open_q16 / 65536.0 - 1.5;
		if (start == 0) {
			start = end;
			continue;
		}
		met_evaluate(&window, &met_calibration_default, &res);
		energy += (double)res.energy[MET_LIVE];
		squares += pow(res.current_ua[MET_LIVE] / 1e6, 2) *
			   window.sets_q16;
		sets += window.sets_q16;
	}
	truth = (sum_until(&sums, sums.vi, end + 0.5) -
		 sum_until(&sums, sums.vi, start + 0.5)) /
		(end - start);
	amps = sqrt((sum_until(&sums, sums.ii, end + 0.5) -
		     sum_until(&sums, sums.ii, start + 0.5)) /
		    (end - start));
	energy *= 3.6 / 4294967296.0;
	report_add(name, "P", amps, truth / 230 / amps, 0.5,
		   100 * (energy / (sets / 65536 / MET_RATE_HZ) / truth - 1),
		   "%");
	report_add(name, "I", amps, truth / 230 / amps, 0.5,
		   100 * (sqrt(squares / sets) / amps - 1), "%");
}

void points_appliances(const char *folder)
{
	static struct record rec;
	char pattern[4096], name[48];
	glob_t found;

	report_group("recorded appliances", "0.5 %");
	snprintf(pattern, sizeof(pattern), "%s/*.txt", folder);
	if (glob(pattern, 0, NULL, &found) != 0) {
		report_skip("no recorded waveforms (HEARTH_WAVEFORMS)");
		return;
	}
	for (size_t n = 0; n < found.gl_pathc; n++) {
		const char *file = strrchr(found.gl_pathv[n], '/') + 1;

		snprintf(name, sizeof(name), "%.*s", (int)strcspn(file, "."),
			 file);
		if (read_record(found.gl_pathv[n], &rec))
			play(&rec, name);
	}
	globfree(&found);
}
