// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../sim/bench.h"
#include "../sim/frontend.h"

static struct frontend fe;
static struct bench bench;

static int fresh(void **state)
{
	(void)state;
	frontend_init(&fe);
	bench_init(&bench, &fe);
	return 0;
}

static const char *say(const char *line)
{
	static char reply[BENCH_LINE + 1];
	size_t len = 0;

	for (; *line; line++)
		assert_int_equal(bench_push(&bench, *line, reply), 0);
	len = bench_push(&bench, '\n', reply);
	assert_in_range(len, 3, BENCH_LINE);
	assert_int_equal(reply[len - 1], '\n');
	reply[len - 1] = 0;
	return reply;
}

static void assert_near(double seen, double truth, double limit)
{
	if (!(fabs(seen - truth) <= limit))
		fail_msg("%g, should be %g +- %g", seen, truth, limit);
}

static void the_sine_is_one(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < 1 << 20; n++) {
		uint32_t phase = (uint32_t)(n << 12);
		double truth = sin((double)phase * 2 * M_PI / 4294967296.0);

		if (fabs(frontend_sine(phase) / 1073741824.0 - truth) > 2.4e-7)
			fail_msg("at phase %u", phase);
	}
}

static void blocks_follow_the_clock(void **state)
{
	int32_t u[MET_BLOCK], i[MET_BLOCK], n[MET_BLOCK];
	uint32_t lost;
	int blocks = 0;

	(void)state;
	assert_false(frontend_block(&fe, 9999, u, i, n, &lost));
	assert_true(frontend_block(&fe, 10000, u, i, n, &lost));
	assert_false(frontend_block(&fe, 10000, u, i, n, &lost));
	/* A machine that stood still for 5 s makes up for all of it. */
	while (frontend_block(&fe, 5010000, u, i, n, &lost)) {
		assert_int_equal(lost, 0);
		blocks++;
	}
	assert_int_equal(blocks, 500);
	/* For an hour it does not, and says how much is missing. */
	assert_true(frontend_block(&fe, 3605010000, u, i, n, &lost));
	assert_int_equal(lost, 3590 * MET_RATE_HZ);
	blocks = 1;
	while (frontend_block(&fe, 3605010000, u, i, n, &lost)) {
		assert_int_equal(lost, 0);
		blocks++;
	}
	assert_int_equal(blocks, 1000);
	assert_int_equal(fe.sets + fe.lost, 3605010000 / 125);
}

/* RMS of what comes out, and the phase by the product with a sine. */
static void what_is_set_comes_out(void **state)
{
	int32_t u[MET_BLOCK], i[MET_BLOCK], n[MET_BLOCK];
	double uu = 0, ii = 0, ui = 0, nn = 0;
	uint32_t lost;

	(void)state;
	assert_string_equal(say("noise 0"), "ok");
	assert_string_equal(say("u 231500 0"), "ok");
	assert_string_equal(say("i 0 12345678 60000"), "ok");
	assert_string_equal(say("i 1 1000000 180000"), "ok");
	assert_string_equal(say("h i1 3 500000 0"), "ok");
	assert_string_equal(say("apply"), "ok 0");
	for (int b = 1; b <= 200; b++) {
		assert_true(frontend_block(&fe, (uint64_t)b * 10000, u, i, n,
					   &lost));
		for (int k = 0; k < MET_BLOCK; k++) {
			double volt = u[k] * 500.0 / (1 << 23);
			double amp = i[k] * 176.8 / (1 << 23);

			uu += volt * volt;
			ii += amp * amp;
			ui += volt * amp;
			nn += pow(n[k] * 176.8 / (1 << 23), 2);
		}
	}
	assert_near(sqrt(uu / 16000), 231.5, 231.5 * 2e-6);
	assert_near(sqrt(ii / 16000), 12.345678, 12.3 * 2e-6);
	assert_near(ui / 16000, 231.5 * 12.345678 / 2, 1429 * 4e-6);
	assert_near(sqrt(nn / 16000), sqrt(1.25), 1e-4);
}

static void settings_wait_for_apply(void **state)
{
	int32_t u[MET_BLOCK], i[MET_BLOCK], n[MET_BLOCK];
	uint32_t lost;

	(void)state;
	say("noise 0");
	say("u 0 0");
	say("apply");
	say("u 230000 0");
	frontend_block(&fe, 10000, u, i, n, &lost);
	for (int k = 0; k < MET_BLOCK; k++)
		assert_int_equal(u[k], 0);
	assert_string_equal(say("sets"), "ok 80");
	assert_string_equal(say("apply"), "ok 80");
	frontend_block(&fe, 20000, u, i, n, &lost);
	assert_int_not_equal(u[20], 0);
}

static void the_converter_clips(void **state)
{
	int32_t u[MET_BLOCK], i[MET_BLOCK], n[MET_BLOCK];
	int32_t top = 0, bottom = 0;
	uint32_t lost;

	(void)state;
	say("u 500000 0");
	say("h u 3 2000000 0");
	say("noise 10000");
	say("dc u 1000000");
	say("apply");
	for (int b = 1; b <= 10; b++) {
		frontend_block(&fe, (uint64_t)b * 10000, u, i, n, &lost);
		for (int k = 0; k < MET_BLOCK; k++) {
			top = u[k] > top ? u[k] : top;
			bottom = u[k] < bottom ? u[k] : bottom;
		}
	}
	assert_int_equal(top, (1 << 23) - 1);
	assert_true(bottom >= -(1 << 23));
}

static void bad_lines_change_nothing(void **state)
{
	static const char *const bad[] = {
		"",
		" ",
		"volts",
		"f",
		"f 39999",
		"f 70001",
		"f 50000 1",
		"f 5e4",
		"f -",
		"f 99999999999999999999999999",
		"u 500001 0",
		"u 230000",
		"u -1 0",
		"u 1 360001",
		"i 2 0 0",
		"i 0 200000001 0",
		"i 0 0 0 0 0 0 0 0",
		"h u 1 0 0",
		"h u 41 0 0",
		"h i2 3 0 0",
		"h u 3 2000001 0",
		"dc u 1000001",
		"noise 10001",
		"apply now",
		"sets 1",
		"help me",
		"0123456789012345678901234567890123456789"
		"01234567890123456789012345678901234567890",
	};
	struct frontend_settings before = fe.pending;

	(void)state;
	for (size_t n = 0; n < sizeof(bad) / sizeof(bad[0]); n++) {
		if (strncmp(say(bad[n]), "err ", 4) != 0)
			fail_msg("accepted \"%s\"", bad[n]);
		assert_memory_equal(&fe.pending, &before, sizeof(before));
	}
	/* And the next line is understood. */
	assert_string_equal(say("f 50010\r"), "ok");
	assert_int_equal(fe.pending.frequency_mhz, 50010);
	assert_string_equal(say("clear"), "ok");
	assert_memory_equal(&fe.pending, &before, sizeof(before));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_sine_is_one, fresh),
		cmocka_unit_test_setup(blocks_follow_the_clock, fresh),
		cmocka_unit_test_setup(what_is_set_comes_out, fresh),
		cmocka_unit_test_setup(settings_wait_for_apply, fresh),
		cmocka_unit_test_setup(the_converter_clips, fresh),
		cmocka_unit_test_setup(bad_lines_change_nothing, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
