// SPDX-License-Identifier: MIT
/* The whole meter with relay, valve, gas counter and covers around it. */
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

static struct app app;
static struct hub hub;

static void bench(const char *text)
{
	static struct bench channel;
	char reply[BENCH_LINE];

	bench_init(&channel, &board_frontend);
	bench_plant(&channel, &board_plant);
	for (; *text; text++)
		if (bench_push(&channel, *text, reply))
			assert_memory_equal(reply, "ok", 2);
}

static void power_on(void)
{
	bool open = board_frontend.contact_open;
	int64_t position = board_plant.position;
	uint64_t wheel_nl = board_plant.wheel_nl, turns = board_plant.turns;

	fake_chip_power_on();
	/* What is mechanical stays as it is. */
	board_frontend.contact_open = open;
	board_plant.position = position;
	board_plant.wheel_nl = wheel_nl;
	board_plant.turns = turns;
	hearth_deframer_init(&hub.rx);
	app_init(&app);
}

static int fresh(void **unused)
{
	(void)unused;
	fake_chip_new();
	hub_init(&hub);
	app_init(&app);
	bench("i 0 10000000 0\ni 1 10000000 0\napply\n");
	hub_run(&hub, &app, 3000);
	return 0;
}

static struct hearth_mcu_switch_rep command_switch(uint8_t what, uint8_t flags)
{
	struct hearth_mcu_switch_command_req req = { .command = what,
						     .flags = flags };
	struct hearth_mcu_switch_rep rep;

	memset(&rep, 0xff, sizeof(rep));
	assert_int_equal(hub_ask(&hub, &app, HEARTH_MCU_SWITCH_COMMAND, &req,
				 sizeof(req), &rep, sizeof(rep)),
			 sizeof(rep));
	return rep;
}

static struct hearth_mcu_switch_rep ask_switch(void)
{
	struct hearth_mcu_switch_rep rep;

	assert_int_equal(hub_ask(&hub, &app, HEARTH_MCU_SWITCH, NULL, 0, &rep,
				 sizeof(rep)),
			 sizeof(rep));
	return rep;
}

static struct hearth_mcu_valve_rep command_valve(uint8_t what, uint8_t flags)
{
	struct hearth_mcu_valve_command_req req = { .command = what,
						    .flags = flags };
	struct hearth_mcu_valve_rep rep;

	assert_int_equal(hub_ask(&hub, &app, HEARTH_MCU_VALVE_COMMAND, &req,
				 sizeof(req), &rep, sizeof(rep)),
			 sizeof(rep));
	return rep;
}

static struct hearth_mcu_valve_rep ask_valve(void)
{
	struct hearth_mcu_valve_rep rep;

	assert_int_equal(hub_ask(&hub, &app, HEARTH_MCU_VALVE, NULL, 0, &rep,
				 sizeof(rep)),
			 sizeof(rep));
	return rep;
}

static struct hearth_mcu_pulses_rep ask_pulses(void)
{
	struct hearth_mcu_pulses_rep rep;

	assert_int_equal(hub_ask(&hub, &app, HEARTH_MCU_PULSES, NULL, 0, &rep,
				 sizeof(rep)),
			 sizeof(rep));
	return rep;
}

static void assert_event(uint16_t code, uint32_t arg)
{
	struct hearth_mcu_event event;

	assert_true(hub_events(&hub, code, &event) > 0);
	assert_int_equal(event.arg, arg);
}

/* --- relay */

static void a_start_sees_the_contact(void **unused)
{
	struct hearth_mcu_switch_rep rep = ask_switch();
	struct hearth_mcu_event event;

	(void)unused;
	assert_int_equal(rep.status, HEARTH_MCU_OK);
	assert_int_equal(rep.state, HEARTH_MCU_SWITCH_CLOSED);
	assert_int_equal(rep.contact, HEARTH_MCU_CONTACT_CLOSED);
	assert_int_equal(rep.operations, 0);
	assert_int_equal(hub_events(&hub, HEARTH_MCU_EVENT_SWITCH, &event), 0);
}

/* How far from a zero the contact really moved: its 50 Hz began at time 0. */
static uint32_t off_zero_us(void)
{
	uint32_t in_half = (uint32_t)(board_frontend.contact_us % 10000);

	return in_half < 5000 ? in_half : 10000 - in_half;
}

static void it_switches_at_a_zero(void **unused)
{
	uint32_t off = 0;

	(void)unused;
	/* Not what a new part is taken to have. */
	bench("relay delay 4100 11300\n");
	for (int n = 0; n < 20; n++) {
		struct hearth_mcu_switch_rep rep =
			command_switch(n & 1 ? HEARTH_MCU_SWITCH_ENABLE :
					       HEARTH_MCU_SWITCH_DISABLE,
				       0);

		assert_int_equal(rep.status, HEARTH_MCU_OK);
		assert_int_equal(rep.state, n & 1 ? HEARTH_MCU_SWITCH_CLOSING :
						    HEARTH_MCU_SWITCH_OPENING);
		hub_run(&hub, &app, 1500 + 37 * (unsigned int)n);
		rep = ask_switch();
		assert_int_equal(rep.state, n & 1 ? HEARTH_MCU_SWITCH_CLOSED :
						    HEARTH_MCU_SWITCH_OPEN);
		assert_int_equal(rep.contact,
				 n & 1 ? HEARTH_MCU_CONTACT_CLOSED :
					 HEARTH_MCU_CONTACT_OPEN);
		assert_int_equal(rep.operations, n + 1);
		assert_event(HEARTH_MCU_EVENT_SWITCH,
			     HEARTH_MCU_STATE_ARG(rep.state,
						  HEARTH_MCU_REASON_COMMAND,
						  rep.contact));
		/* The measure settles in a few operations of each coil. */
		if (n >= 12 && off_zero_us() > off)
			off = off_zero_us();
	}
	printf("# contact moves %u us off a zero at most\n", off);
	assert_true(off <= 300);
	assert_in_range(board_plant.longest_us, 1, RELAY_PULSE_US);
	assert_int_equal(board_plant.pulses_given, 20);
	/* And nothing flows through an open one. */
	command_switch(HEARTH_MCU_SWITCH_DISABLE, 0);
	hub_run(&hub, &app, 4000);
	assert_true(hub.live.current_live_ua < 20000);
}

static void a_welded_contact_is_found(void **unused)
{
	struct hearth_mcu_switch_rep rep;

	(void)unused;
	bench("relay weld\n");
	command_switch(HEARTH_MCU_SWITCH_DISABLE, 0);
	hub_run(&hub, &app, 4000);
	rep = ask_switch();
	assert_int_equal(rep.state, HEARTH_MCU_SWITCH_WELDED);
	assert_int_equal(rep.reason, HEARTH_MCU_REASON_WELDED);
	assert_int_equal(rep.contact, HEARTH_MCU_CONTACT_CLOSED);
	assert_int_equal(board_plant.pulses_given, 3);
	assert_event(HEARTH_MCU_EVENT_SWITCH,
		     HEARTH_MCU_STATE_ARG(HEARTH_MCU_SWITCH_WELDED,
					  HEARTH_MCU_REASON_WELDED,
					  HEARTH_MCU_CONTACT_CLOSED));
	bench("relay free\n");
	command_switch(HEARTH_MCU_SWITCH_DISABLE, 0);
	hub_run(&hub, &app, 2000);
	assert_int_equal(ask_switch().state, HEARTH_MCU_SWITCH_OPEN);
}

static void a_stuck_contact_is_found(void **unused)
{
	(void)unused;
	command_switch(HEARTH_MCU_SWITCH_DISABLE, 0);
	hub_run(&hub, &app, 2000);
	bench("relay stuck\n");
	command_switch(HEARTH_MCU_SWITCH_ENABLE, 0);
	hub_run(&hub, &app, 4000);
	assert_int_equal(ask_switch().state, HEARTH_MCU_SWITCH_STUCK);
	assert_int_equal(ask_switch().reason, HEARTH_MCU_REASON_STUCK);
}

static void a_live_load_is_not_closed_onto(void **unused)
{
	struct hearth_mcu_switch_rep rep;

	(void)unused;
	command_switch(HEARTH_MCU_SWITCH_DISABLE, 0);
	hub_run(&hub, &app, 2000);
	bench("backfeed 1\n");
	hub_run(&hub, &app, 2000);
	rep = command_switch(HEARTH_MCU_SWITCH_ENABLE, 0);
	assert_int_equal(rep.status, HEARTH_MCU_EREFUSED);
	assert_int_equal(rep.reason, HEARTH_MCU_REASON_LOAD_LIVE);
	assert_int_equal(rep.state, HEARTH_MCU_SWITCH_OPEN);
	assert_event(HEARTH_MCU_EVENT_SWITCH,
		     HEARTH_MCU_STATE_ARG(HEARTH_MCU_SWITCH_OPEN,
					  HEARTH_MCU_REASON_LOAD_LIVE,
					  HEARTH_MCU_CONTACT_FOREIGN));
	bench("backfeed 0\n");
	hub_run(&hub, &app, 2000);
	assert_int_equal(command_switch(HEARTH_MCU_SWITCH_ENABLE, 0).status,
			 HEARTH_MCU_OK);
}

static void the_button_closes_what_is_armed(void **unused)
{
	(void)unused;
	for (int remote = 0; remote < 2; remote++) {
		command_switch(HEARTH_MCU_SWITCH_DISABLE, 0);
		hub_run(&hub, &app, 2000);
		/* Not armed: nothing. */
		bench("button 300\n");
		hub_run(&hub, &app, 2000);
		assert_int_equal(ask_switch().state, HEARTH_MCU_SWITCH_OPEN);
		command_switch(HEARTH_MCU_SWITCH_ARM, 0);
		hub_run(&hub, &app, 2000);
		assert_int_equal(ask_switch().state, HEARTH_MCU_SWITCH_ARMED);
		if (remote)
			command_switch(HEARTH_MCU_SWITCH_ENABLE,
				       HEARTH_MCU_COMMAND_LOCAL);
		else
			bench("button 300\n");
		hub_run(&hub, &app, 2000);
		assert_int_equal(ask_switch().state, HEARTH_MCU_SWITCH_CLOSED);
		assert_int_equal(ask_switch().reason, HEARTH_MCU_REASON_BUTTON);
	}
	assert_int_equal(command_switch(3, 0).reason, HEARTH_MCU_REASON_VALUE);
}

/* A knock, or somebody with a magnet. */
static void a_contact_that_moves_by_itself(void **unused)
{
	(void)unused;
	bench("contact 0\n");
	hub_run(&hub, &app, 2000);
	assert_int_equal(ask_switch().state, HEARTH_MCU_SWITCH_OPEN);
	assert_int_equal(ask_switch().reason, HEARTH_MCU_REASON_MISMATCH);
	/* Supply that should be off is put off again. */
	command_switch(HEARTH_MCU_SWITCH_DISABLE, 0);
	hub_run(&hub, &app, 1000);
	bench("contact 1\n");
	hub_run(&hub, &app, 3000);
	assert_int_equal(ask_switch().state, HEARTH_MCU_SWITCH_OPEN);
	assert_int_equal(ask_switch().contact, HEARTH_MCU_CONTACT_OPEN);
	assert_true(board_frontend.contact_open);
}

static void supply_stays_off_over_a_loss_of_power(void **unused)
{
	(void)unused;
	for (long cut = 0; cut < 1500; cut += 13) {
		fresh(NULL);
		command_switch(HEARTH_MCU_SWITCH_ARM, 0);
		hub_run(&hub, &app, 1500);
		fake.power_bytes = cut;
		command_switch(HEARTH_MCU_SWITCH_DISABLE, 0);
		hub_run(&hub, &app, 1500);
		power_on();
		hub_run(&hub, &app, 3000);
		assert_true(board_frontend.contact_open);
		assert_true(ask_switch().state == HEARTH_MCU_SWITCH_OPEN ||
			    ask_switch().state == HEARTH_MCU_SWITCH_ARMED);
	}
}

/* Whatever was told to the hub to be open is open in the end. */
static void a_cut_while_it_opens(void **unused)
{
	(void)unused;
	for (long cut = 0; cut < 700; cut += 7) {
		fresh(NULL);
		hub.no_acks = true;
		fake.power_bytes = cut;
		command_switch(HEARTH_MCU_SWITCH_DISABLE, 0);
		/* The pulse ends with the power, the contact does not move. */
		if (fake.dead)
			board_frontend.contact_moves = false;
		hub_run(&hub, &app, 1500);
		if (!fake.dead)
			break;
		power_on();
		hub_run(&hub, &app, 3000);
		/* Either it was not stored, and all is as before, or it is. */
		assert_int_equal(board_frontend.contact_open,
				 ask_switch().state == HEARTH_MCU_SWITCH_OPEN);
	}
}

/* --- valve */

static void the_valve_closes_and_opens(void **unused)
{
	struct hearth_mcu_valve_rep rep = ask_valve();

	(void)unused;
	assert_int_equal(rep.state, HEARTH_MCU_VALVE_OPENED);
	assert_int_equal(rep.sensed, HEARTH_MCU_VALVE_AT_OPEN);
	rep = command_valve(HEARTH_MCU_VALVE_CLOSE, 0);
	assert_int_equal(rep.state, HEARTH_MCU_VALVE_CLOSING);
	hub_run(&hub, &app, 6000);
	rep = ask_valve();
	assert_int_equal(rep.state, HEARTH_MCU_VALVE_CLOSED);
	assert_int_equal(rep.sensed, HEARTH_MCU_VALVE_AT_CLOSED);
	assert_int_equal(rep.operations, 1);
	assert_in_range(rep.charge_mas, VALVE_BUDGET_MAS - 210,
			VALVE_BUDGET_MAS - 190);
	assert_int_equal(board_plant.position, 0);

	/* Never from afar, and not if it is not armed. */
	assert_int_equal(command_valve(HEARTH_MCU_VALVE_OPEN, 0).reason,
			 HEARTH_MCU_REASON_REMOTE);
	assert_int_equal(command_valve(HEARTH_MCU_VALVE_OPEN, 1).reason,
			 HEARTH_MCU_REASON_NOT_ARMED);
	assert_int_equal(command_valve(HEARTH_MCU_VALVE_ARM, 0).status,
			 HEARTH_MCU_OK);
	assert_int_equal(command_valve(HEARTH_MCU_VALVE_OPEN, 0).reason,
			 HEARTH_MCU_REASON_REMOTE);
	assert_int_equal(command_valve(9, 1).reason, HEARTH_MCU_REASON_VALUE);
	bench("button 300\n");
	hub_run(&hub, &app, 1000);
	assert_int_equal(ask_valve().state, HEARTH_MCU_VALVE_TESTING);
	hub_run(&hub, &app, 58000);
	assert_int_equal(board_plant.position, 0);
	hub_run(&hub, &app, 7000);
	assert_int_equal(ask_valve().state, HEARTH_MCU_VALVE_OPENED);
	assert_event(HEARTH_MCU_EVENT_VALVE,
		     HEARTH_MCU_STATE_ARG(HEARTH_MCU_VALVE_OPENED,
					  HEARTH_MCU_REASON_BUTTON,
					  HEARTH_MCU_VALVE_AT_OPEN));
}

static void flow_through_a_shut_valve(void **unused)
{
	struct hearth_mcu_event event;

	(void)unused;
	bench("gas 1200\n");
	command_valve(HEARTH_MCU_VALVE_CLOSE, 0);
	hub_run(&hub, &app, 300000);
	assert_int_equal(
		hub_events(&hub, HEARTH_MCU_EVENT_GAS_WHEN_SHUT, &event), 0);
	bench("leak 1\n");
	hub_run(&hub, &app, 100000);
	/* Said once. */
	assert_int_equal(
		hub_events(&hub, HEARTH_MCU_EVENT_GAS_WHEN_SHUT, &event), 1);
	assert_int_equal(event.arg, VALVE_LEAK_PULSES);
	command_valve(HEARTH_MCU_VALVE_ARM, 0);
	command_valve(HEARTH_MCU_VALVE_OPEN, HEARTH_MCU_COMMAND_LOCAL);
	hub_run(&hub, &app, 70000);
	assert_int_equal(ask_valve().state, HEARTH_MCU_VALVE_ARMED);
	assert_int_equal(ask_valve().reason, HEARTH_MCU_REASON_FLOW);
	assert_int_equal(board_plant.position, 0);
}

static void a_jammed_valve(void **unused)
{
	(void)unused;
	command_valve(HEARTH_MCU_VALVE_CLOSE, 0);
	hub_run(&hub, &app, 2000);
	bench("valve jam\n");
	hub_run(&hub, &app, 2000);
	assert_int_equal(ask_valve().state, HEARTH_MCU_VALVE_FAULT);
	assert_int_equal(ask_valve().reason, HEARTH_MCU_REASON_JAM);
	assert_int_equal(board_plant.motor, CHIP_MOTOR_STOP);
	assert_int_equal(command_valve(HEARTH_MCU_VALVE_ARM, 0).reason,
			 HEARTH_MCU_REASON_FAULT);
	/* Also after a loss of power. */
	power_on();
	hub_run(&hub, &app, 1000);
	assert_int_equal(ask_valve().state, HEARTH_MCU_VALVE_FAULT);
	command_valve(HEARTH_MCU_VALVE_CLOSE, 0);
	hub_run(&hub, &app, 6000);
	assert_int_equal(ask_valve().state, HEARTH_MCU_VALVE_CLOSED);
	bench("valve unplug\n");
	command_valve(HEARTH_MCU_VALVE_ARM, 0);
	command_valve(HEARTH_MCU_VALVE_OPEN, HEARTH_MCU_COMMAND_LOCAL);
	hub_run(&hub, &app, 62000);
	assert_int_equal(ask_valve().reason, HEARTH_MCU_REASON_NO_CURRENT);
}

static void a_cut_while_the_valve_moves(void **unused)
{
	struct hearth_mcu_event event;

	(void)unused;
	command_valve(HEARTH_MCU_VALVE_CLOSE, 0);
	hub_run(&hub, &app, 2000);
	power_on();
	hub_run(&hub, &app, 1000);
	assert_int_equal(ask_valve().state, HEARTH_MCU_VALVE_UNKNOWN);
	assert_true(hub_events(&hub, HEARTH_MCU_EVENT_VALVE, &event) >= 2);
	assert_int_equal(command_valve(HEARTH_MCU_VALVE_ARM, 0).reason,
			 HEARTH_MCU_REASON_POSITION);
	command_valve(HEARTH_MCU_VALVE_CLOSE, 0);
	hub_run(&hub, &app, 6000);
	assert_int_equal(ask_valve().state, HEARTH_MCU_VALVE_CLOSED);
	/* The charge of the first attempt is not forgotten. */
	assert_int_equal(ask_valve().operations, 2);
}

/* Somebody turns it by hand. */
static void a_valve_that_moves_by_itself(void **unused)
{
	(void)unused;
	command_valve(HEARTH_MCU_VALVE_CLOSE, 0);
	hub_run(&hub, &app, 6000);
	bench("valve 2000000\n");
	hub_run(&hub, &app, 500);
	assert_int_equal(ask_valve().state, HEARTH_MCU_VALVE_CLOSING);
	assert_int_equal(ask_valve().reason, HEARTH_MCU_REASON_MISMATCH);
	hub_run(&hub, &app, 3000);
	assert_int_equal(ask_valve().state, HEARTH_MCU_VALVE_CLOSED);
}

/* --- gas */

static void every_turn_is_counted_once(void **unused)
{
	uint64_t turns;

	(void)unused;
	bench("bounce 1\ngas 6000\n");
	hub_run(&hub, &app, 600000);
	bench("gas 0\n");
	hub_run(&hub, &app, 3000);
	turns = board_plant.turns;
	assert_in_range(turns, 99, 101);
	/* The last one counts when the reed has opened. */
	assert_in_range(ask_pulses().pulses, turns - 1, turns);
	assert_int_equal(ask_pulses().valid, 1);
	/* Chatter of a wheel at rest adds nothing. */
	turns = ask_pulses().pulses;
	bench("reed 2\n");
	hub_run(&hub, &app, 60000);
	assert_int_equal(ask_pulses().pulses, turns);
	assert_true(ask_pulses().rejected > 100);
}

/*
 * The mains fails, whenever: what has been counted is in the flash before the
 * hold-up time is over, and nothing is erased for it.
 */
static void a_last_gasp_saves_all(void **unused)
{
	uint64_t longest_us = 0;

	(void)unused;
	bench("gas 7000\n");
	for (int n = 0; n < 300; n++) {
		struct hearth_mcu_event event;
		uint64_t count, registers, told, grown;
		unsigned int erases;
		uint32_t open_ms;

		hub_run(&hub, &app, 2000 + 10 * (unsigned int)(rand() % 300));
		told = ask_pulses().pulses;
		/* 2.3 kW is 0.64 mWh a millisecond; ripple is half a cycle. */
		open_ms = (uint32_t)((uint64_t)app.met.open_q16 / 8 >> 16);
		registers = app.registers.milli[MET_ACTIVE_IMPORT];
		if (n % 3 == 0)
			bench("tamper cover 1\n");
		erases = fake.erases;
		fake.flash_us = 0;
		bench("mains 0\n");
		app_poll(&app);
		if (fake.flash_us > longest_us)
			longest_us = fake.flash_us;
		assert_int_equal(fake.erases, erases);
		count = app.gear.pulse.count;
		grown = app.registers.milli[MET_ACTIVE_IMPORT] - registers;
		registers += grown;
		assert_true(grown * 100 + 300 >= open_ms * 64);
		assert_true(grown * 100 <= open_ms * 64 + 300);
		assert_true(count >= told);
		power_on();
		assert_int_equal(app.gear.pulse.count, count);
		assert_int_equal(app.registers.milli[MET_ACTIVE_IMPORT],
				 registers);
		bench("i 0 10000000 0\ni 1 10000000 0\napply\ngas 7000\n");
		hub_run(&hub, &app, 1100);
		assert_true(hub_events(&hub, HEARTH_MCU_EVENT_MAINS_FAILED,
				       &event) > 0);
		hub.events = 0;
	}
	printf("# last gasp: %llu ms of flash at most, of %d\n",
	       (unsigned long long)(longest_us / 1000), CHIP_HOLD_UP_MS);
	assert_true(longest_us <= CHIP_HOLD_UP_MS * 1000 * 2 / 3);
	assert_true(app.gear.pulse.count > 100);
}

static void a_dip_is_survived(void **unused)
{
	struct hearth_mcu_event event;

	(void)unused;
	command_switch(HEARTH_MCU_SWITCH_ARM, 0);
	hub_run(&hub, &app, 2000);
	hub_run(&hub, &app, 16000);
	bench("mains 0\n");
	hub_run(&hub, &app, 100);
	assert_int_equal(command_switch(HEARTH_MCU_SWITCH_ENABLE, 0).reason,
			 HEARTH_MCU_REASON_POWER);
	bench("mains 1\n");
	hub_run(&hub, &app, 3000);
	assert_int_equal(
		hub_events(&hub, HEARTH_MCU_EVENT_MAINS_RETURNED, &event), 1);
	assert_in_range(event.arg, 90, 120);
	/* What takes long waits until the mains is back. */
	for (int n = 0; n < 20; n++) {
		unsigned int erases = fake.erases;

		bench("mains 0\n");
		hub_run(&hub, &app, 1500);
		assert_int_equal(fake.erases, erases);
		bench("mains 1\n");
		hub_run(&hub, &app, 2500);
	}
	assert_int_equal(command_switch(HEARTH_MCU_SWITCH_ENABLE, 0).status,
			 HEARTH_MCU_OK);
}

/* --- tamper */

static void tampering_is_told(void **unused)
{
	static const char *const names[] = { "terminal", "cover", "magnet" };
	struct hearth_mcu_tamper_rep rep;
	struct hearth_mcu_event event;
	char line[32];

	(void)unused;
	for (unsigned int n = 0; n < 3; n++) {
		snprintf(line, sizeof(line), "tamper %s 1\n", names[n]);
		bench(line);
		/* Too short to be one. */
		hub_run(&hub, &app, 90);
		snprintf(line, sizeof(line), "tamper %s 0\n", names[n]);
		bench(line);
		hub_run(&hub, &app, 2000);
		assert_int_equal(hub_events(&hub, HEARTH_MCU_EVENT_TAMPER,
					    &event),
				 2 * n);
		snprintf(line, sizeof(line), "tamper %s 1\n", names[n]);
		bench(line);
		hub_run(&hub, &app, 2000);
		assert_event(HEARTH_MCU_EVENT_TAMPER, 1u << n | 256u << n);
		assert_int_equal(hub_ask(&hub, &app, HEARTH_MCU_TAMPER, NULL, 0,
					 &rep, sizeof(rep)),
				 sizeof(rep));
		assert_int_equal(rep.active, 1 << n);
		assert_int_equal(rep.count[n], 1);
		snprintf(line, sizeof(line), "tamper %s 0\n", names[n]);
		bench(line);
		hub_run(&hub, &app, 11000);
		assert_event(HEARTH_MCU_EVENT_TAMPER, 256u << n);
	}
	/* One that rattles for ten minutes is one. */
	for (int n = 0; n < 600; n++) {
		bench("tamper cover 1\n");
		hub_run(&hub, &app, 500);
		bench("tamper cover 0\n");
		hub_run(&hub, &app, 500);
	}
	assert_int_equal(hub_events(&hub, HEARTH_MCU_EVENT_TAMPER, &event), 7);
}

static void a_silent_converter_is_told(void **unused)
{
	struct hearth_mcu_event event;

	(void)unused;
	for (unsigned int n = 1; n <= 2; n++) {
		bench("trouble 5\n");
		hub_run(&hub, &app, 2500);
		assert_int_equal(hub_events(&hub,
					    HEARTH_MCU_EVENT_CONVERTER_FAULT,
					    &event),
				 n);
		assert_int_equal(event.arg, 5);
		bench("trouble 0\n");
		hub_run(&hub, &app, 1000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_start_sees_the_contact, fresh),
		cmocka_unit_test_setup(it_switches_at_a_zero, fresh),
		cmocka_unit_test_setup(a_welded_contact_is_found, fresh),
		cmocka_unit_test_setup(a_stuck_contact_is_found, fresh),
		cmocka_unit_test_setup(a_live_load_is_not_closed_onto, fresh),
		cmocka_unit_test_setup(the_button_closes_what_is_armed, fresh),
		cmocka_unit_test_setup(a_contact_that_moves_by_itself, fresh),
		cmocka_unit_test_setup(supply_stays_off_over_a_loss_of_power,
				       fresh),
		cmocka_unit_test_setup(a_cut_while_it_opens, fresh),
		cmocka_unit_test_setup(the_valve_closes_and_opens, fresh),
		cmocka_unit_test_setup(flow_through_a_shut_valve, fresh),
		cmocka_unit_test_setup(a_jammed_valve, fresh),
		cmocka_unit_test_setup(a_cut_while_the_valve_moves, fresh),
		cmocka_unit_test_setup(a_valve_that_moves_by_itself, fresh),
		cmocka_unit_test_setup(every_turn_is_counted_once, fresh),
		cmocka_unit_test_setup(a_last_gasp_saves_all, fresh),
		cmocka_unit_test_setup(a_dip_is_survived, fresh),
		cmocka_unit_test_setup(tampering_is_told, fresh),
		cmocka_unit_test_setup(a_silent_converter_is_told, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
