// SPDX-License-Identifier: MIT
/* Latches: exact, kept, and honest about what they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../app/app.h"
#include "../sim/bench.h"
#include "fake_chip.h"
#include "hub.h"

#define HALF_HOUR 1000001u /* a boundary: 2027-01-15 */
#define BOUNDARY_US (HALF_HOUR * LATCH_PERIOD_US)

static struct app app;
static struct hub hub;

static void load(uint32_t ua, const char *lag)
{
	struct bench bench;
	char line[80], reply[BENCH_LINE];

	bench_init(&bench, &board_frontend);
	snprintf(line, sizeof(line), "i 0 %u %s\ni 1 %u %s\napply\n", ua, lag,
		 ua, lag);
	for (const char *p = line; *p; p++)
		(void)bench_push(&bench, *p, reply);
}

static void power_on(void)
{
	fake_chip_power_on();
	hearth_deframer_init(&hub.rx);
	app_init(&app);
}

static int fresh(void **unused)
{
	(void)unused;
	fake_chip_new();
	hub_init(&hub);
	app_init(&app);
	return 0;
}

static struct hearth_mcu_clock_rep set_clock(int64_t utc_us, uint32_t flags)
{
	struct hearth_mcu_clock_set_req req = { .utc_us = (uint64_t)utc_us,
						.within_ms = 10,
						.flags = flags };
	struct hearth_mcu_clock_rep rep;

	memset(&rep, 0xff, sizeof(rep));
	assert_int_equal(hub_ask(&hub, &app, HEARTH_MCU_CLOCK_SET, &req,
				 sizeof(req), &rep, sizeof(rep)),
			 sizeof(rep));
	return rep;
}

static struct hearth_mcu_latches_rep ask(uint32_t first, uint32_t last)
{
	struct hearth_mcu_latches_req req = { .first = first, .last = last };
	struct hearth_mcu_latches_rep rep;
	size_t len;

	memset(&rep, 0, sizeof(rep));
	len = hub_ask(&hub, &app, HEARTH_MCU_LATCHES, &req, sizeof(req), &rep,
		      sizeof(rep));
	assert_int_equal(len, 16 + rep.count * sizeof(rep.latch[0]));
	return rep;
}

static uint64_t import_now(void)
{
	return app.stored.registers.milli[MET_ACTIVE_IMPORT];
}

static void a_boundary_in_mid_window_is_exact(void **unused)
{
	struct hearth_mcu_latches_rep rep;
	uint64_t before, after;
	double truth;

	(void)unused;
	/* 23 kW: 6.4 mWh a millisecond; the boundary anywhere in a window. */
	for (int ms = 0; ms < 1000; ms += 130) {
		int64_t end_us;

		fresh(NULL);
		load(100000000, "0");
		hub_run(&hub, &app, 3000);
		set_clock(BOUNDARY_US - 5000000 - ms * 1000, 0);
		assert_int_equal(ask(0, UINT32_MAX).count, 0);
		hub_run(&hub, &app, 4900);
		before = import_now();
		assert_int_equal(ask(0, UINT32_MAX).count, 0);
		hub_run(&hub, &app, 2500);
		after = import_now();
		rep = ask(HALF_HOUR, HALF_HOUR);
		assert_int_equal(rep.count, 1);
		assert_int_equal(rep.oldest, HALF_HOUR);
		assert_int_equal(rep.newest, HALF_HOUR);
		assert_int_equal(rep.latch[0].half_hour, HALF_HOUR);
		assert_int_equal(rep.latch[0].flags,
				 HEARTH_MCU_LATCH_CLOCK_GOOD);
		assert_in_range(rep.latch[0].reg.active_import_mwh, before,
				after);
		/* Back from where the last window ended, to within a block. */
		end_us = clock_utc_us(
			&app.clock,
			app.stored.utc_s ? hub.live.uptime_ms * 1000 : 0);
		truth = (double)after -
			(double)(end_us - BOUNDARY_US) * 23000.0 / 3.6e6;
		assert_true(rep.latch[0].reg.active_import_mwh > truth - 140);
		assert_true(rep.latch[0].reg.active_import_mwh < truth + 140);
		assert_int_equal(rep.latch[0].reg.active_export_mwh, 0);
	}
}

/* Two hours without power, which nobody told the meter about. */
static void an_outage_has_the_registers_of_its_start(void **unused)
{
	struct hearth_mcu_latches_rep rep;
	struct hearth_mcu_event event;
	uint64_t before;

	(void)unused;
	load(40000000, "0");
	hub_run(&hub, &app, 3000);
	set_clock(BOUNDARY_US - 3000000, 0);
	hub_run(&hub, &app, 6000);
	before = import_now();
	assert_int_equal(hub_events(&hub, HEARTH_MCU_EVENT_OUTAGE, &event), 0);

	power_on();
	load(40000000, "0");
	hub_run(&hub, &app, 5000);
	/* The power came back 5 s ago, ten minutes after a boundary. */
	set_clock(BOUNDARY_US + 4 * LATCH_PERIOD_US + 600 * 1000000ll, 0);
	hub_run(&hub, &app, 2500);
	rep = ask(0, UINT32_MAX);
	assert_int_equal(rep.count, 5);
	for (uint32_t n = 0; n < 5; n++) {
		assert_int_equal(rep.latch[n].half_hour, HALF_HOUR + n);
		assert_int_equal(rep.latch[n].flags,
				 HEARTH_MCU_LATCH_CLOCK_GOOD |
					 (n ? HEARTH_MCU_LATCH_OUTAGE : 0));
		if (n)
			assert_int_equal(rep.latch[n].reg.active_import_mwh,
					 before);
	}
	assert_true(rep.latch[0].reg.active_import_mwh < before);
	assert_true(import_now() > before);
	assert_int_equal(hub_events(&hub, HEARTH_MCU_EVENT_OUTAGE, &event), 1);
	assert_in_range(event.arg, 4 * 1800 + 590, 4 * 1800 + 594);
}

/* The hub brought the time only after the boundary. */
static void a_late_clock_is_an_estimate(void **unused)
{
	struct hearth_mcu_latches_rep rep;
	uint64_t now;

	(void)unused;
	load(40000000, "0");
	hub_run(&hub, &app, 21000);
	set_clock(BOUNDARY_US + 10 * 1000000, 0);
	hub_run(&hub, &app, 1500);
	now = import_now();
	rep = ask(0, UINT32_MAX);
	assert_int_equal(rep.count, 1);
	assert_int_equal(rep.latch[0].flags,
			 HEARTH_MCU_LATCH_CLOCK_GOOD |
				 HEARTH_MCU_LATCH_ESTIMATED);
	assert_in_range(rep.latch[0].reg.active_import_mwh, now * 2 / 5,
			now * 3 / 5);

	/* A run that never had the time says nothing about the next boundary. */
	power_on();
	load(40000000, "0");
	hub_run(&hub, &app, 5000);
	power_on();
	set_clock(BOUNDARY_US + LATCH_PERIOD_US + 60 * 1000000, 0);
	hub_run(&hub, &app, 2500);
	rep = ask(HALF_HOUR + 1, HALF_HOUR + 1);
	assert_int_equal(rep.count, 1);
	assert_int_equal(rep.latch[0].flags,
			 HEARTH_MCU_LATCH_CLOCK_GOOD |
				 HEARTH_MCU_LATCH_ESTIMATED);
}

static void ninety_six_are_kept(void **unused)
{
	struct hearth_mcu_latches_rep rep;
	uint32_t next = 0, count = 0;

	(void)unused;
	load(40000000, "0");
	hub_run(&hub, &app, 3000);
	set_clock(BOUNDARY_US - 600 * 1000000ll, 0);
	for (uint32_t n = 0; n < 130; n++) {
		set_clock(BOUNDARY_US + n * LATCH_PERIOD_US - 300000,
			  HEARTH_MCU_CLOCK_FORCE);
		hub_run(&hub, &app, 2200);
	}
	for (int start = 0; start < 2; start++) {
		uint64_t last = 0;

		for (next = 0, count = 0;; next++) {
			rep = ask(next, UINT32_MAX);
			if (!rep.count)
				break;
			assert_int_equal(rep.newest, HALF_HOUR + 129);
			assert_int_equal(rep.oldest, HALF_HOUR + 34);
			for (uint32_t n = 0; n < rep.count; n++) {
				assert_int_equal(rep.latch[n].half_hour,
						 HALF_HOUR + 34 + count++);
				assert_true(rep.latch[n].reg.active_import_mwh >
					    last);
				last = rep.latch[n].reg.active_import_mwh;
			}
			next = rep.latch[rep.count - 1].half_hour;
		}
		assert_int_equal(count, HEARTH_MCU_LATCHES_KEPT);
		assert_int_equal(ask(HALF_HOUR + 50, HALF_HOUR + 52).count, 3);
		assert_int_equal(ask(HALF_HOUR + 52, HALF_HOUR + 50).count, 0);
		power_on();
	}
}

static void a_step_is_refused_and_told(void **unused)
{
	struct hearth_mcu_clock_rep rep;
	struct hearth_mcu_event event;

	(void)unused;
	rep = set_clock(BOUNDARY_US + 60 * 1000000, 0);
	assert_int_equal(rep.status, HEARTH_MCU_OK);
	assert_int_equal(rep.action, HEARTH_MCU_CLOCK_TAKEN);
	assert_int_equal(rep.quality, HEARTH_MCU_CLOCK_GOOD);
	assert_int_equal(rep.utc_us, BOUNDARY_US + 60 * 1000000);
	rep = set_clock(BOUNDARY_US + 40 * 1000000, 0);
	assert_int_equal(rep.status, HEARTH_MCU_EREFUSED);
	assert_int_equal(rep.action, HEARTH_MCU_CLOCK_REFUSED);
	assert_int_equal((int32_t)rep.offset_ms, -20000);
	hub_run(&hub, &app, 3000);
	assert_int_equal(
		hub_events(&hub, HEARTH_MCU_EVENT_CLOCK_REFUSED, &event), 1);
	assert_int_equal((int32_t)event.arg, -20);
	rep = set_clock(BOUNDARY_US + 73 * 1000000, 0);
	assert_int_equal(rep.action, HEARTH_MCU_CLOCK_SLEWING);
	assert_int_equal((int32_t)rep.slew_us, 10000000);
	assert_int_equal(hub_ask(&hub, &app, HEARTH_MCU_CLOCK, NULL, 0, &rep,
				 sizeof(rep)),
			 sizeof(rep));
	assert_int_equal(rep.action, HEARTH_MCU_CLOCK_NONE);
	assert_int_equal(rep.utc_us, BOUNDARY_US + 63 * 1000000);
}

/* What was latched by a clock that was wrong never was. */
static void a_forced_step_back_forgets(void **unused)
{
	struct hearth_mcu_latches_rep rep;
	struct hearth_mcu_event event;

	(void)unused;
	load(40000000, "0");
	hub_run(&hub, &app, 3000);
	set_clock(BOUNDARY_US + 5 * LATCH_PERIOD_US - 1000000, 0);
	hub_run(&hub, &app, 4000);
	assert_int_equal(ask(0, UINT32_MAX).newest, HALF_HOUR + 5);
	set_clock(BOUNDARY_US - 1000000, HEARTH_MCU_CLOCK_FORCE);
	hub_run(&hub, &app, 1500);
	/* Also by the store, whatever happens. */
	power_on();
	load(40000000, "0");
	assert_int_equal(app.latches.count ?
				 latches_newest(&app.latches)->half_hour :
				 HALF_HOUR,
			 HALF_HOUR);
	set_clock(BOUNDARY_US + LATCH_PERIOD_US - 3000000, 0);
	hub_run(&hub, &app, 5000);
	rep = ask(HALF_HOUR + 1, UINT32_MAX);
	assert_int_equal(rep.count, 1);
	assert_int_equal(rep.newest, HALF_HOUR + 1);
	assert_int_equal(
		hub_events(&hub, HEARTH_MCU_EVENT_CLOCK_STEPPED, &event), 1);
	assert_in_range((uint32_t)-event.arg, 9000, 9010);
}

static void lost_samples_are_told(void **unused)
{
	struct hearth_mcu_latches_rep rep;

	(void)unused;
	hub_run(&hub, &app, 3000);
	set_clock(BOUNDARY_US - 60 * 1000000, 0);
	fake.now_us += 40000000;
	hub_run(&hub, &app, 25000);
	rep = ask(0, UINT32_MAX);
	assert_int_equal(rep.count, 1);
	assert_int_equal(rep.latch[0].flags,
			 HEARTH_MCU_LATCH_CLOCK_GOOD |
				 HEARTH_MCU_LATCH_SAMPLES_LOST);
}

/*
 * The power goes at every byte that is written around a boundary: the latch
 * is there after that, and it is the same.
 */
static void a_cut_at_the_boundary_loses_nothing(void **unused)
{
	uint64_t exact = 0;
	long cuts = 0;

	(void)unused;
	for (long cut = 0;; cut += 3) {
		struct hearth_mcu_latches_rep rep;
		bool dead;

		fresh(NULL);
		hub.no_acks = true;
		load(80000000, "0");
		hub_run(&hub, &app, 3000);
		/* The time itself has to be in the store. */
		set_clock(BOUNDARY_US - 2500000, 0);
		hub_run(&hub, &app, 2000);
		fake.power_bytes = cut;
		hub_run(&hub, &app, 2000);
		dead = fake.dead;
		cuts += dead;
		power_on();
		set_clock(BOUNDARY_US + 60 * 1000000, 0);
		load(80000000, "0");
		hub_run(&hub, &app, 2500);
		rep = ask(HALF_HOUR, HALF_HOUR);
		assert_int_equal(rep.count, 1);
		assert_true(rep.latch[0].reg.active_import_mwh <=
			    hub.live.reg.active_import_mwh);
		if (!dead) {
			exact = rep.latch[0].reg.active_import_mwh;
			break;
		}
	}
	assert_true(cuts > 60);
	/* Once its registers are stored, no cut changes it. */
	for (long cut = 64 + 64; cut < 3 * cuts; cut += 11) {
		struct hearth_mcu_latches_rep rep;

		fresh(NULL);
		hub.no_acks = true;
		load(80000000, "0");
		hub_run(&hub, &app, 3000);
		/* The time itself has to be in the store. */
		set_clock(BOUNDARY_US - 2500000, 0);
		hub_run(&hub, &app, 2000);
		fake.power_bytes = cut;
		hub_run(&hub, &app, 2000);
		power_on();
		set_clock(BOUNDARY_US + 60 * 1000000, 0);
		hub_run(&hub, &app, 2500);
		rep = ask(HALF_HOUR, HALF_HOUR);
		assert_int_equal(rep.count, 1);
		if (rep.latch[0].flags & HEARTH_MCU_LATCH_OUTAGE)
			continue;
		assert_int_equal(rep.latch[0].reg.active_import_mwh, exact);
	}
}

static void the_event_log_outlives_the_power(void **unused)
{
	struct hearth_mcu_event_log_req req = { 0 };
	struct hearth_mcu_event_log_rep rep;
	uint32_t seen = 0, boots = 0;
	size_t len;

	(void)unused;
	for (int n = 0; n < 30; n++) {
		hub_run(&hub, &app, 2000);
		power_on();
	}
	hub_run(&hub, &app, 2000);
	for (;;) {
		len = hub_ask(&hub, &app, HEARTH_MCU_EVENT_LOG, &req,
			      sizeof(req), &rep, sizeof(rep));
		assert_int_equal(len, 4 + rep.count * sizeof(rep.event[0]));
		if (!rep.count)
			break;
		for (uint32_t n = 0; n < rep.count; n++) {
			assert_true(rep.event[n].event_seq > seen);
			seen = rep.event[n].event_seq;
			if (rep.event[n].code == HEARTH_MCU_EVENT_BOOT)
				assert_int_equal(rep.event[n].boot_count,
						 ++boots);
		}
		req.first_seq = seen + 1;
	}
	assert_int_equal(boots, 31);
}

/* --- cut anywhere */

struct told {
	uint64_t highest[2];
	struct hearth_mcu_latch latch[HEARTH_MCU_LATCHES_KEPT];
	uint32_t latches, newest;
};

static void never_back(uint64_t value, uint64_t *highest)
{
	if (value < *highest)
		fail_msg("register went back: %llu, was %llu",
			 (unsigned long long)value,
			 (unsigned long long)*highest);
	*highest = value;
}

static void check_told(struct told *told)
{
	struct hearth_mcu_latches_rep rep;

	if (hub.live.valid & HEARTH_MCU_VALID_ENERGY) {
		never_back(hub.live.reg.active_import_mwh, &told->highest[0]);
		never_back(hub.live.reg.active_export_mwh, &told->highest[1]);
	}
	rep = ask(told->newest ? told->newest : 1, UINT32_MAX);
	if (told->newest) {
		/* Told once, it is there, and the same. */
		assert_true(rep.count >= 1);
		assert_memory_equal(
			&rep.latch[0],
			&told->latch[told->newest % HEARTH_MCU_LATCHES_KEPT],
			sizeof(rep.latch[0]));
	}
	for (uint32_t n = told->newest ? 1 : 0; n < rep.count; n++) {
		const struct hearth_mcu_latch *latch = &rep.latch[n];

		if (told->newest && latch->half_hour != told->newest + 1)
			fail_msg("latch %u after %u", latch->half_hour,
				 told->newest);
		told->newest = latch->half_hour;
		told->latch[told->newest % HEARTH_MCU_LATCHES_KEPT] = *latch;
		told->latches++;
	}
	if (rep.count) {
		const struct hearth_mcu_latch *last = &rep.latch[rep.count - 1];

		assert_true(last->reg.active_import_mwh <=
			    app.registers.milli[MET_ACTIVE_IMPORT]);
		/* Nothing goes back from latch to latch either. */
		assert_true(!rep.count || rep.latch[0].reg.active_import_mwh <=
						  last->reg.active_import_mwh);
	}
}

static long from_environment(const char *name, long otherwise)
{
	const char *text = getenv(name);

	return text ? atol(text) : otherwise;
}

/*
 * The whole meter, its power cut at any byte: 100,000 times with HEARTH_CUTS
 * (make soak). A boundary is never far.
 */
static void random_power_cuts(void **unused)
{
	static struct told told;
	long cuts = from_environment("HEARTH_CUTS", 600);
	int64_t utc_us = BOUNDARY_US;
	uint64_t powered_us = 0;

	(void)unused;
	srand((unsigned int)from_environment("HEARTH_SEED", 1));
	for (long n = 0; n < cuts; n++) {
		load(60000000, rand() & 1 ? "0" : "180000");
		utc_us += rand() % 8 ? 100000000 : LATCH_PERIOD_US / 3;
		if (rand() % 8)
			assert_int_equal(set_clock(utc_us, 0).action,
					 HEARTH_MCU_CLOCK_TAKEN);
		/* To just before a boundary, by force. */
		if (rand() % 4 == 0 && app.clock.set) {
			utc_us += LATCH_PERIOD_US - utc_us % LATCH_PERIOD_US -
				  1000000;
			set_clock(utc_us, HEARTH_MCU_CLOCK_FORCE);
		}
		fake.torn_anyhow = true;
		/* Often enough for what is due to be caught up with. */
		fake.power_bytes = rand() % (rand() % 4 ? 900 : 9000);
		for (int ms = 0; ms < 6000 && !fake.dead; ms += 100) {
			hub_run(&hub, &app, 100);
			if (!fake.dead && ms % 1000 == 0)
				check_told(&told);
		}
		/* What it may still say in its last moments counts too. */
		check_told(&told);
		hub_run(&hub, &app, 1200);
		check_told(&told);
		if (app.clock.set)
			utc_us = clock_utc_us(&app.clock, fake.now_us);
		powered_us += fake.now_us;
		power_on();
		check_told(&told);
	}
	printf("# %ld power cuts, %u latches, %llu mWh in, %llu mWh out\n",
	       cuts, told.latches, (unsigned long long)told.highest[0],
	       (unsigned long long)told.highest[1]);
	assert_true(told.latches > cuts / 8);
	/* No more than flowed: 13.8 kW are 3.8333 mWh a millisecond. */
	assert_true((told.highest[0] + told.highest[1]) * 1000 <
		    powered_us / 1000 * 3840);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_boundary_in_mid_window_is_exact,
				       fresh),
		cmocka_unit_test_setup(an_outage_has_the_registers_of_its_start,
				       fresh),
		cmocka_unit_test_setup(a_late_clock_is_an_estimate, fresh),
		cmocka_unit_test_setup(ninety_six_are_kept, fresh),
		cmocka_unit_test_setup(a_step_is_refused_and_told, fresh),
		cmocka_unit_test_setup(a_forced_step_back_forgets, fresh),
		cmocka_unit_test_setup(lost_samples_are_told, fresh),
		cmocka_unit_test_setup(a_cut_at_the_boundary_loses_nothing,
				       fresh),
		cmocka_unit_test_setup(the_event_log_outlives_the_power, fresh),
		cmocka_unit_test_setup(random_power_cuts, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
