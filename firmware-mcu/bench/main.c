// SPDX-License-Identifier: MIT
/*
 * Instructions per sample set (one voltage, two currents) on QEMU's
 * mps2-an385 (Cortex-M3) and an386 (M4) with -icount shift=0: an instruction is
 * then exactly a nanosecond of the board's time, and a tick of its 25 MHz timer
 * is 40 instructions. One JSON object a line; see tools/rig/bench_report.py for
 * the fields.
 *
 * All of metrology counts: half cycles, quality of supply, registers, maximum
 * demand. Both sides get the same samples and must find the same power in them:
 * figures of a program that computes something else are worth nothing. So the
 * digest of all results must be that of every other machine, too.
 */
#include <math.h>

#include "../chip/mps2/mps2.h"
#include "../chip/mps2/semihost.h"
#include "../metrology/meter.h"
#include "baseline.h"
#include "digest.h"

#ifdef __ARM_FEATURE_DSP
#define CORE "m4"
#else
#define CORE "m3"
#endif

#define INSTRUCTIONS_PER_TICK (1000000000u / MPS2_CLOCK_HZ)
#define CYCLE_BLOCKS 2 /* 50 Hz */
#define CYCLE_SETS (CYCLE_BLOCKS * MET_BLOCK)
/* The filters have settled to 1e-5 after this. */
#define WARM_BLOCKS 300
#define TIMED_BLOCKS 1000
#define BASELINE_BLOCKS 100

/* A half hour ends among the blocks that are timed one by one. */
#define FIRST_UTC_MS \
	(1800000 * UINT64_C(945123) - (WARM_BLOCKS + TIMED_BLOCKS + 500) * 10)

#define PEAK_V (230.0 * 1.41421356237 / 500.0 * (1 << 23))
#define PEAK_A (10.0 * 1.41421356237 / 176.8 * (1 << 23))
#define POWER_FACTOR 0.5
#define POWER_W (230.0 * 10.0 * POWER_FACTOR)
#define TOLERANCE 0.001

static int32_t u[CYCLE_SETS], live[CYCLE_SETS], neutral[CYCLE_SETS];
static struct met_meter meter;
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
		neutral[n] = live[n];
	}
}

static bool block(int number, struct met_result *result)
{
	int at = number % CYCLE_BLOCKS * MET_BLOCK;
	uint64_t utc_ms = FIRST_UTC_MS + (uint64_t)number * 10;

	return met_meter_block(&meter, u + at, live + at, neutral + at, utc_ms,
			       result);
}

static double metrology_per_set(double *ret_worst_block, double *ret_block)
{
	const struct met_demand_config demand = { 960, 1140 };
	struct met_result result = { 0 };
	double all, worst = 0, least = 1e9;
	uint32_t start;
	int number = 0;

	met_meter_init(&meter, &met_calibration_default, &met_quality_default,
		       &demand);
	while (number < WARM_BLOCKS)
		(void)block(number++, &result);

	start = ticks();
	while (number < WARM_BLOCKS + TIMED_BLOCKS)
		(void)block(number++, &result);
	all = instructions_since(start);
	check(result.active_mw[MET_LIVE] / 1000.0, "wrong power");

	while (number < WARM_BLOCKS + 2 * TIMED_BLOCKS) {
		double took;

		start = ticks();
		(void)block(number++, &result);
		took = instructions_since(start);
		worst = took > worst ? took : worst;
		least = took < least ? took : least;
	}
	if (!meter.demand.peak[MET_DEMAND_IMPORT].end_utc_s)
		fail("no half hour");
	*ret_worst_block = worst;
	*ret_block = least;
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

static void print_hex(uint64_t value)
{
	char text[17] = "";

	for (int n = 0; n < 16; n++)
		text[n] = "0123456789abcdef"[value >> (60 - 4 * n) & 15];
	semihost_print(text);
}

static void check_digest(void)
{
	uint64_t digest = digest_run();

	semihost_print("digest on " CORE ": 0x");
	print_hex(digest);
	semihost_print(digest == DIGEST_KNOWN ? ", as everywhere\n" : "\n");
	if (digest != DIGEST_KNOWN)
		fail("not the digest of bench/digest.h");
}

int main(void)
{
	double mine, worst, plain, theirs;

	MPS2_TIMER0->reload = UINT32_MAX;
	MPS2_TIMER0->value = UINT32_MAX;
	MPS2_TIMER0->ctrl = TIMER_CTRL_ENABLE;

	check_digest();
	make_samples();
	mine = metrology_per_set(&worst, &plain);
	theirs = baseline_per_set();
	report("mcu_sample_set_" CORE, mine,
	       "instructions (baseline: double precision)", theirs);
	report("mcu_block_" CORE, plain, "instructions (80 sets)", 0);
	report("mcu_worst_block_" CORE, worst,
	       "instructions (80 sets, window and half hour closed)", 0);
	report("mcu_second_" CORE, mine * MET_RATE_HZ / 1000,
	       "thousand instructions a second", 0);
	semihost_exit(0);
}
