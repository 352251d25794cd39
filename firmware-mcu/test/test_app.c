// SPDX-License-Identifier: MIT
/*
 * The whole firmware on a chip made of arrays: what the hub is told, and that
 * a register it was told never goes back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../app/app.h"
#include "../sim/bench.h"
#include "fake_chip.h"

static struct app app;
static struct hearth_mcu_live live; /* the last one */
static unsigned int lives, events;
static uint64_t highest[2]; /* import, export ever told */

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

static void never_back(uint64_t told, uint64_t *top)
{
	if (told < *top)
		fail_msg("register went back: %llu, was %llu",
			 (unsigned long long)told, (unsigned long long)*top);
	*top = told;
}

/* What went over the wire since the last look. */
static void look(void)
{
	static struct hearth_deframer rx;
	struct hearth_frame frame;

	for (size_t n = 0; n < fake.tx_len; n++) {
		if (hearth_deframer_push(&rx, fake.tx[n], &frame) !=
		    HEARTH_RX_FRAME)
			continue;
		if (frame.type == HEARTH_MCU_EVENT)
			events++;
		if (frame.type != HEARTH_MCU_LIVE)
			continue;
		lives++;
		assert_int_equal(frame.len, sizeof(live));
		memcpy(&live, frame.payload, sizeof(live));
		if (live.valid & HEARTH_MCU_VALID_ENERGY) {
			never_back(live.reg.active_import_mwh, &highest[0]);
			never_back(live.reg.active_export_mwh, &highest[1]);
		}
	}
	fake.tx_len = 0;
}

static void run_s(unsigned int tenths)
{
	for (unsigned int n = 0; n < tenths * 10; n++) {
		fake.now_us += 10000;
		app_poll(&app);
		look();
	}
}

static int fresh(void **state)
{
	(void)state;
	fake_chip_new();
	lives = 0;
	events = 0;
	memset(highest, 0, sizeof(highest));
	app_init(&app);
	return 0;
}

static void live_comes_each_second(void **state)
{
	(void)state;
	load(10000000, "60000");
	run_s(110);
	assert_in_range(lives, 9, 10);
	assert_int_equal(live.valid, 31);
	assert_in_range(live.voltage_mv, 229990, 230010);
	assert_in_range(live.active_power_mw, 1149900, 1150100);
	assert_in_range(live.reactive_power_mvar, 1991700, 1992000);
	assert_in_range(live.frequency_mhz, 49999, 50001);
	assert_in_range(live.window_us, 999000, 1001000);
	/* 9 windows of 1150 W, and the bit before the first zero. */
	assert_in_range(live.reg.active_import_mwh, 2850, 3220);
	assert_int_equal(live.reg.active_export_mwh, 0);
}

static void export_is_counted_apart(void **state)
{
	uint64_t imported;

	(void)state;
	load(10000000, "0");
	run_s(50);
	load(10000000, "180000");
	run_s(20);
	imported = live.reg.active_import_mwh;
	run_s(50);
	assert_int_equal(live.reg.active_import_mwh, imported);
	assert_true(live.reg.active_export_mwh > 3000);
	assert_true((int32_t)live.active_power_mw < -2299000);
}

static void a_reset_keeps_registers_and_events(void **state)
{
	uint64_t before;

	(void)state;
	load(40000000, "0");
	run_s(60);
	before = live.reg.active_import_mwh;
	assert_true(before > 8000);
	fake.now_us = 0;
	frontend_init(&board_frontend);
	fake.cause = HEARTH_MCU_RESET_PIN;
	app_init(&app);
	assert_int_equal(app.state.boot_count, 2);
	assert_int_equal(app.link.events->count, 2);
	run_s(40);
	assert_true(live.reg.active_import_mwh >= before);
}

/*
 * The power goes at any byte written to the flash, over and over: a register
 * that was told is there again (look() watches).
 */
static void power_cuts_never_take_back(void **state)
{
	(void)state;
	srand(7);
	for (int round = 0; round < 400; round++) {
		load(60000000, rand() & 1 ? "0" : "180000");
		fake.power_bytes = rand() % 1500;
		for (int n = 0; n < 60 && !fake.dead; n++)
			run_s(1);
		/* What it may still say in its last moments counts too. */
		run_s(12);
		fake_chip_power_on();
		app_init(&app);
	}
	assert_true(highest[0] > 100000);
	assert_true(highest[1] > 100000);
}

static void a_failing_store_tells_no_energy(void **state)
{
	(void)state;
	load(10000000, "0");
	run_s(40);
	assert_true(live.valid & HEARTH_MCU_VALID_ENERGY);
	fake.fail_programs = true;
	run_s(20);
	assert_false(live.valid & HEARTH_MCU_VALID_ENERGY);
	assert_true(live.valid & HEARTH_MCU_VALID_POWER);
	assert_int_equal(app.link.events->event[1].code,
			 HEARTH_MCU_EVENT_STORE_FAULT);
	run_s(20);
	assert_int_equal(app.link.events->count, 2);
	fake.fail_programs = false;
	run_s(20);
	assert_true(live.valid & HEARTH_MCU_VALID_ENERGY);
}

/* The fault is told without being stored: nothing else may have its number. */
static void a_fault_has_its_own_number(void **state)
{
	uint32_t fault;

	(void)state;
	load(10000000, "0");
	run_s(40);
	fake.fail_programs = true;
	run_s(20);
	assert_int_equal(app.link.events->event[1].code,
			 HEARTH_MCU_EVENT_STORE_FAULT);
	fault = app.link.events->event[1].event_seq;
	assert_true(fault <= app.link.stored_seq);
	fake_chip_power_on();
	app_init(&app);
	/* Before it comes the start that nobody has acknowledged. */
	assert_int_equal(app.link.events->count, 2);
	assert_int_equal(app.link.events->event[0].boot_count, 1);
	assert_true(app.link.events->event[1].event_seq > fault);
}

static void a_talking_hub_does_not_stop_the_meter(void **state)
{
	(void)state;
	fake.rx_endless = true;
	run_s(40);
	assert_in_range(lives, 2, 3);
}

/* Each is counted, and told once a minute at most. */
static void lost_samples_are_told_in_sums(void **state)
{
	uint64_t told = 0, lost = 0;
	unsigned int times = 0;

	(void)state;
	run_s(30);
	for (int n = 0; n < 20; n++) {
		fake.now_us += 15000000;
		lost += 5 * 8000 + 80; /* and the step after */
		run_s(20);
	}
	for (uint32_t n = 0; n < app.link.events->count; n++) {
		if (app.link.events->event[n].code !=
		    HEARTH_MCU_EVENT_SAMPLES_LOST)
			continue;
		told += app.link.events->event[n].arg;
		times++;
	}
	assert_in_range(times, 5, 7);
	assert_in_range(told + app.samples_lost, lost - 1000, lost + 1000);
}

/* However often it starts: what counts from 0 again is not the register. */
static void lost_registers_are_not_zero(void **state)
{
	(void)state;
	memset(fake.flash, 0x55, fake.size);
	for (int boot = 0; boot < 3; boot++) {
		fake_chip_power_on();
		app_init(&app);
		load(10000000, "0");
		lives = 0;
		events = 0;
		run_s(40);
		assert_true(lives > 0);
		assert_true(events > 0);
		assert_false(live.valid & HEARTH_MCU_VALID_ENERGY);
		assert_int_equal(app.link.events->event[0].code,
				 HEARTH_MCU_EVENT_STORE_FAULT);
	}
}

/* The power goes in the very first start: that is no loss of registers. */
static void a_first_start_cut_short_is_a_new_part(void **state)
{
	(void)state;
	for (long cut = 0;; cut++) {
		bool dead;

		fake_chip_new();
		fake.power_bytes = cut;
		app_init(&app);
		dead = fake.dead;
		fake_chip_power_on();
		app_init(&app);
		assert_false(app.registers_lost);
		assert_true(app.stored_valid);
		if (!dead)
			break;
	}
}

/* A flash that cannot be read once has its records still: leave them. */
static void an_unreadable_store_is_left_alone(void **state)
{
	static uint8_t before[FAKE_FLASH_SIZE];

	(void)state;
	load(40000000, "0");
	run_s(60);
	assert_true(highest[0] > 8000);
	memcpy(before, fake.flash, sizeof(before));

	fake_chip_power_on();
	fake.bad_reads = 1;
	app_init(&app);
	load(40000000, "0");
	run_s(1000);
	assert_false(live.valid & HEARTH_MCU_VALID_ENERGY);
	assert_memory_equal(fake.flash, before, sizeof(before));

	fake_chip_power_on();
	app_init(&app);
	load(40000000, "0");
	run_s(40);
	/* look() has seen to it that it did not go back. */
	assert_true(live.valid & HEARTH_MCU_VALID_ENERGY);
	assert_int_equal(app.state.boot_count, 2);
}

static void without_voltage_no_frequency(void **state)
{
	struct bench bench;
	char reply[BENCH_LINE];

	(void)state;
	bench_init(&bench, &board_frontend);
	for (const char *p = "u 0 0\napply\n"; *p; p++)
		(void)bench_push(&bench, *p, reply);
	run_s(50);
	assert_true(lives >= 2);
	assert_false(live.valid & HEARTH_MCU_VALID_FREQUENCY);
	assert_true(live.valid & HEARTH_MCU_VALID_VOLTAGE);
	assert_true(live.voltage_mv < 50);
}

static void requests_are_answered(void **state)
{
	struct hearth_mcu_identity_req req = { .session = 1 };
	struct hearth_deframer rx;
	struct hearth_frame frame;
	struct hearth_mcu_identity_rep rep;
	bool got = false;

	(void)state;
	hearth_deframer_init(&rx);
	fake.rx_len = hearth_frame_encode(HEARTH_MCU_IDENTITY, 9, &req,
					  sizeof(req), fake.rx,
					  sizeof(fake.rx));
	app_poll(&app);
	for (size_t n = 0; n < fake.tx_len; n++) {
		if (hearth_deframer_push(&rx, fake.tx[n], &frame) !=
			    HEARTH_RX_FRAME ||
		    frame.type != (HEARTH_MCU_IDENTITY | HEARTH_MCU_REPLY))
			continue;
		got = true;
		assert_int_equal(frame.seq, 9);
		assert_int_equal(frame.len, sizeof(rep));
		memcpy(&rep, frame.payload, sizeof(rep));
		assert_int_equal(rep.proto_version, HEARTH_MCU_PROTO_VERSION);
		assert_int_equal(rep.boot_count, 1);
		assert_int_equal(rep.serial[7], 0x42);
		assert_memory_equal(rep.hardware, "fake", 5);
	}
	assert_true(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(live_comes_each_second, fresh),
		cmocka_unit_test_setup(export_is_counted_apart, fresh),
		cmocka_unit_test_setup(a_reset_keeps_registers_and_events,
				       fresh),
		cmocka_unit_test_setup(power_cuts_never_take_back, fresh),
		cmocka_unit_test_setup(a_failing_store_tells_no_energy, fresh),
		cmocka_unit_test_setup(a_fault_has_its_own_number, fresh),
		cmocka_unit_test_setup(a_talking_hub_does_not_stop_the_meter,
				       fresh),
		cmocka_unit_test_setup(lost_samples_are_told_in_sums, fresh),
		cmocka_unit_test_setup(lost_registers_are_not_zero, fresh),
		cmocka_unit_test_setup(a_first_start_cut_short_is_a_new_part,
				       fresh),
		cmocka_unit_test_setup(an_unreadable_store_is_left_alone,
				       fresh),
		cmocka_unit_test_setup(without_voltage_no_frequency, fresh),
		cmocka_unit_test_setup(requests_are_answered, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
