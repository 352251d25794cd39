// SPDX-License-Identifier: MIT
/*
 * Instructions per sample set (one voltage, two currents) on QEMU's
 * mps2-an385 with -icount shift=0: an instruction is then exactly a nanosecond
 * of the board's time, and a tick of its 25 MHz timer is 40 instructions. One
 * JSON object a line; see tools/rig/bench_report.py for the fields.
 *
 * Both sides get the same samples and must find the same power in them:
 * figures of a program that computes something else are worth nothing.
 */
#include <math.h>

#include "../chip/mps2/mps2.h"
#include "../chip/mps2/semihost.h"
#include "../metrology/metrology.h"
#include "baseline.h"

#define INSTRUCTIONS_PER_TICK (1000000000u / MPS2_CLOCK_HZ)
#define CYCLE_BLOCKS 2 /* 50 Hz */
#define CYCLE_SETS (CYCLE_BLOCKS * MET_BLOCK)
/* The filters have settled to 1e-5 after this. */
#define WARM_BLOCKS 300
#define TIMED_BLOCKS 1000
#define BASELINE_BLOCKS 100

#define PEAK_V (230.0 * 1.41421356237 / 500.0 * (1 << 23))
#define PEAK_A (10.0 * 1.41421356237 / 176.8 * (1 << 23))
#define POWER_FACTOR 0.5
#define POWER_W (230.0 * 10.0 * POWER_FACTOR)
#define TOLERANCE 0.001

static int32_t u[CYCLE_SETS], live[CYCLE_SETS], neutral[CYCLE_SETS];
static struct metrology met;
static struct baseline base;

_Noreturn static void fail(const char *what)
{
	semihost_print("bench: ");
	semihost_print(what);
	semihost_print("\n");
	semihost_exit(1);
}

/* What the vectors of startup.c want; no interrupt is ever enabled. */
void mps2_fault(const char *what)
{
	fail(what);
}

void mps2_uart1_rx_irq(void)
{
	fail("interrupt");
}

void mps2_uart2_rx_irq(void)
{
	fail("interrupt");
}

void mps2_timer0_irq(void)
{
	fail("interrupt");
}

/* Counts down; 2^32 ticks are nearly three minutes. */
static uint32_t ticks(void)
{
	return MPS2_TIMER0->value;
}

static double instructions_since(uint32_t start)
{
	return (double)(start - ticks()) * INSTRUCTIONS_PER_TICK;
}

/* With so many decimals, at most 4. There is no printf without a heap. */
static void print_number(double value, int decimals)
{
	char text[24], *at = text + sizeof(text);
	uint32_t scaled;

	for (int n = 0; n < decimals; n++)
		value *= 10;
	scaled = (uint32_t)lround(value);
	*--at = '\0';
	for (int n = 0; n <= decimals || scaled; n++) {
		if (n && n == decimals)
			*--at = '.';
		*--at = (char)('0' + scaled % 10);
		scaled /= 10;
	}
	semihost_print(at);
}

/* A baseline of 0 is none. */
static void report(const char *name, double value, const char *unit,
		   double baseline)
{
	semihost_print("{\"name\": \"");
	semihost_print(name);
	semihost_print("\", \"value\": ");
	print_number(value, 1);
	semihost_print(", \"unit\": \"");
	semihost_print(unit);
	semihost_print("\", \"baseline\": ");
	if (baseline > 0) {
		print_number(baseline, 1);
		semihost_print(", \"ratio\": ");
		print_number(value / baseline, 4);
	} else {
		semihost_print("null, \"ratio\": null");
	}
	semihost_print("}\n");
}

static void check(double got, const char *what)
{
	if (fabs(got / POWER_W - 1) > TOLERANCE)
		fail(what);
}

static void make_samples(void)
{
	const double lag = acos(POWER_FACTOR);

	for (int n = 0; n < CYCLE_SETS; n++) {
		double angle = 2 * 3.14159265358979 * n / CYCLE_SETS;

		u[n] = (int32_t)lround(PEAK_V * sin(angle));
		live[n] = (int32_t)lround(PEAK_A * sin(angle - lag));
		neutral[n] = -live[n];
	}
}

static bool block(int number, struct met_window *window)
{
	int at = number % CYCLE_BLOCKS * MET_BLOCK;

	return met_block(&met, u + at, live + at, neutral + at, window);
}

static double metrology_per_set(double *ret_worst_block)
{
	const struct met_calibration *cal = &met_calibration_default;
	struct met_result result = { 0 };
	struct met_window window;
	double all, worst = 0;
	uint32_t start;

	met_init(&met, cal);
	for (int n = 0; n < WARM_BLOCKS; n++)
		(void)block(n, &window);

	start = ticks();
	for (int n = 0; n < TIMED_BLOCKS; n++)
		if (block(n, &window))
			met_evaluate(&window, cal, &result);
	all = instructions_since(start);
	check(result.active_mw[MET_LIVE] / 1000.0, "wrong power");

	for (int n = 0; n < 2 * WARM_BLOCKS; n++) {
		double took;

		start = ticks();
		if (block(n, &window))
			met_evaluate(&window, cal, &result);
		took = instructions_since(start);
		worst = took > worst ? took : worst;
	}
	*ret_worst_block = worst;
	return all / (TIMED_BLOCKS * MET_BLOCK);
}

static double baseline_per_set(void)
{
	struct baseline_result result;
	double all;
	uint32_t start;

	for (int n = 0; n < WARM_BLOCKS * MET_BLOCK; n++)
		baseline_set(&base, u[n % CYCLE_SETS], live[n % CYCLE_SETS],
			     neutral[n % CYCLE_SETS]);
	base = (struct baseline){ .v_dc = base.v_dc,
				  .i_dc = { base.i_dc[0], base.i_dc[1] } };

	start = ticks();
	for (int block = 0; block < BASELINE_BLOCKS; block++) {
		int at = block % CYCLE_BLOCKS * MET_BLOCK;

		for (int n = at; n < at + MET_BLOCK; n++)
			baseline_set(&base, u[n], live[n], neutral[n]);
	}
	all = instructions_since(start);
	result = baseline_evaluate(&base);
	check(result.power[MET_LIVE], "wrong power in the baseline");
	return all / (BASELINE_BLOCKS * MET_BLOCK);
}

int main(void)
{
	double mine, worst, theirs;

	MPS2_TIMER0->reload = UINT32_MAX;
	MPS2_TIMER0->value = UINT32_MAX;
	MPS2_TIMER0->ctrl = TIMER_CTRL_ENABLE;

	make_samples();
	mine = metrology_per_set(&worst);
	theirs = baseline_per_set();
	report("mcu_sample_set", mine,
	       "instructions (baseline: double precision)", theirs);
	report("mcu_worst_block", worst,
	       "instructions (80 sets, window closed)", 0);
	semihost_exit(0);
}
