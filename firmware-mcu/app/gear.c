// SPDX-License-Identifier: MIT
#include "gear.h"

#include <assert.h>
#include <string.h>

#include "../chip/chip.h"
#include "app.h"

/* Bit n of the tamper inputs is bit n of what the hub is told. */
#define TAMPER_SHIFT 1
static_assert(!((CHIP_INPUT_TERMINAL_COVER >> TAMPER_SHIFT) ^
		HEARTH_MCU_TAMPER_TERMINAL_COVER) &&
		      !((CHIP_INPUT_METER_COVER >> TAMPER_SHIFT) ^
			HEARTH_MCU_TAMPER_METER_COVER) &&
		      !((CHIP_INPUT_MAGNET >> TAMPER_SHIFT) ^
			HEARTH_MCU_TAMPER_MAGNET),
	      "tamper inputs are not in the order of the protocol");

#define TAMPER_ON_MS 100u
/* One that rattles is one event, not thousands. */
#define TAMPER_OFF_MS 10000u
#define BUTTON_ON_MS 50u
#define BUTTON_OFF_MS 200u
/* In a row; more than the chip keeps. */
#define MAX_SAMPLES 2048u

static struct valve_inputs valve_inputs(const struct gear *gear)
{
	struct valve_inputs in = {
		.now_us = chip_uptime_us(),
		.pulses = gear->pulse.count,
		.current_ma = chip_valve_current_ma(),
		.battery_mv = chip_battery_mv(),
		.limits = gear->limits,
	};

	return in;
}

static struct relay_inputs relay_inputs(const struct gear *gear)
{
	struct relay_inputs in = {
		.now_us = chip_uptime_us(),
		.contact = gear->contact.state,
		.contact_us = gear->contact.changed_us,
		.current = gear->contact.current,
		.mains_ok = gear->mains_ok,
		.zero = &gear->zero,
	};

	return in;
}

static uint8_t limits_of(uint8_t sample)
{
	return (uint8_t)((sample & CHIP_INPUT_VALVE_CLOSED ?
				  HEARTH_MCU_VALVE_AT_CLOSED :
				  0) |
			 (sample & CHIP_INPUT_VALVE_OPEN ?
				  HEARTH_MCU_VALVE_AT_OPEN :
				  0));
}

void gear_init(struct gear *gear, const struct store_state *state)
{
	memset(gear, 0, sizeof(*gear));
	gear->mains_ok = true;
	zero_init(&gear->zero);
	contact_init(&gear->contact);
	pulse_init(&gear->pulse, state->pulses);
	relay_init(&gear->relay, state->switch_state, state->switch_reason,
		   state->open_delay_us, state->close_delay_us,
		   state->switch_operations);
}

void gear_block(struct gear *gear, const int32_t *u, const int32_t *live)
{
	uint64_t end_us = chip_adc_time_us();

	zero_block(&gear->zero, u, MET_BLOCK, end_us);
	contact_block(&gear->contact, u, chip_adc_load(), live, MET_BLOCK,
		      end_us);
}

/* --- what comes out */

static void keep(struct app *app)
{
	struct gear *gear = &app->gear;
	struct store_state *state = &app->state;

	state->switch_state = (uint8_t)gear->relay.state;
	state->switch_reason = (uint8_t)gear->relay.reason;
	state->switch_operations = gear->relay.operations;
	state->open_delay_us = gear->relay.delay_us[RELAY_COIL_OPEN];
	state->close_delay_us = gear->relay.delay_us[RELAY_COIL_CLOSE];
	state->pulses = gear->pulse.count;
	if (!gear->valve_known)
		return;
	state->valve_state = (uint8_t)gear->valve.state;
	state->valve_reason = (uint8_t)gear->valve.reason;
	state->valve_operations = gear->valve.operations;
	state->valve_charge_mas = gear->valve.used_mas;
}

/* What is about to move is stored as moving before it does. */
static void carry_out_switch(struct app *app, const struct relay_output *out)
{
	struct gear *gear = &app->gear;

	if (out->changed) {
		/* A new part that has looked where its contact is: no news. */
		if (gear->relay.reason != HEARTH_MCU_REASON_NONE)
			link_event(&app->link, HEARTH_MCU_EVENT_SWITCH,
				   HEARTH_MCU_STATE_ARG(gear->relay.state,
							gear->relay.reason,
							gear->contact.state),
				   chip_uptime_us());
		keep(app);
	}
	if (out->cancel)
		chip_relay_cancel();
	if (!out->pulse)
		return;
	keep(app);
	app_save(app);
	chip_relay_pulse(out->coil == RELAY_COIL_OPEN ? CHIP_COIL_OPEN :
							CHIP_COIL_CLOSE,
			 out->at_us, RELAY_PULSE_US);
}

static void carry_out_valve(struct app *app, const struct valve_output *out)
{
	static const enum chip_motor motor[] = {
		[VALVE_STOP] = CHIP_MOTOR_STOP,
		[VALVE_DRIVE_OPEN] = CHIP_MOTOR_OPEN,
		[VALVE_DRIVE_CLOSE] = CHIP_MOTOR_CLOSE,
	};
	struct gear *gear = &app->gear;

	if (out->leak)
		link_event(
			&app->link, HEARTH_MCU_EVENT_GAS_WHEN_SHUT,
			(uint32_t)(gear->pulse.count - gear->valve.shut_pulses),
			chip_uptime_us());
	if (out->changed) {
		link_event(&app->link, HEARTH_MCU_EVENT_VALVE,
			   HEARTH_MCU_STATE_ARG(gear->valve.state,
						gear->valve.reason,
						gear->limits),
			   chip_uptime_us());
		keep(app);
	}
	if (gear->valve.drive == gear->driven)
		return;
	keep(app);
	if (gear->valve.drive != VALVE_STOP)
		app_save(app);
	gear->driven = gear->valve.drive;
	chip_valve_drive(motor[gear->driven]);
}

enum hearth_mcu_reason gear_switch(struct app *app, enum relay_event event)
{
	struct relay_inputs in = relay_inputs(&app->gear);
	struct relay_output out;
	enum hearth_mcu_reason no =
		relay_command(&app->gear.relay, event, &in, &out);

	carry_out_switch(app, &out);
	return no;
}

enum hearth_mcu_reason gear_valve(struct app *app, enum valve_event event)
{
	struct valve_inputs in = valve_inputs(&app->gear);
	struct valve_output out;
	enum hearth_mcu_reason no;

	if (!app->gear.valve_known)
		return HEARTH_MCU_REASON_BUSY;
	no = valve_command(&app->gear.valve, event, &in, &out);
	carry_out_valve(app, &out);
	return no;
}

/* --- what comes in */

static void take_tampers(struct app *app, uint8_t sample)
{
	struct gear *gear = &app->gear;
	uint8_t before = gear->tamper_active;

	for (unsigned int n = 0; n < GEAR_TAMPERS; n++) {
		int news = debounce_step(&gear->tamper[n],
					 sample >> TAMPER_SHIFT & 1u << n,
					 TAMPER_ON_MS, TAMPER_OFF_MS);

		if (news > 0) {
			gear->tamper_count[n]++;
			gear->tamper_active |= (uint8_t)(1u << n);
		} else if (news < 0) {
			gear->tamper_active &= (uint8_t) ~(1u << n);
		}
	}
	if (gear->tamper_active != before)
		link_event(&app->link, HEARTH_MCU_EVENT_TAMPER,
			   gear->tamper_active |
				   (uint32_t)(gear->tamper_active ^ before)
					   << 8,
			   chip_uptime_us());
}

static void take_sample(struct app *app, uint8_t sample)
{
	struct gear *gear = &app->gear;
	enum pulse_news news;

	gear->limits = limits_of(sample);
	news = pulse_step(&gear->pulse, sample & CHIP_INPUT_REED);
	if (news == PULSE_COUNTED)
		keep(app);
	else if (news != PULSE_NOTHING)
		link_event(&app->link, HEARTH_MCU_EVENT_PULSE_HELD,
			   news == PULSE_HELD_ON, chip_uptime_us());
	take_tampers(app, sample);
	if (debounce_step(&gear->button, sample & CHIP_INPUT_BUTTON,
			  BUTTON_ON_MS, BUTTON_OFF_MS) <= 0)
		return;
	/* Whichever is armed; a refusal is nobody's news. */
	(void)gear_switch(app, RELAY_BUTTON);
	(void)gear_valve(app, VALVE_OPEN_LOCAL);
}

/* With the first samples it is known at which end it is, if at one. */
static void find_valve(struct app *app)
{
	struct gear *gear = &app->gear;
	const struct store_state *state = &app->state;
	struct valve_inputs in = valve_inputs(gear);
	struct valve_output out = { .changed = true };

	valve_init(&gear->valve, state->valve_state, state->valve_reason,
		   state->valve_operations, state->valve_charge_mas, &in);
	gear->valve_known = true;
	/* It was on its way when the power went, or was turned by hand. */
	if (state->valve_state &&
	    state->valve_state != (uint8_t)gear->valve.state)
		carry_out_valve(app, &out);
	keep(app);
}

static void take_samples(struct app *app)
{
	uint8_t samples[64];
	size_t len, all = 0;

	do {
		len = chip_inputs(samples, sizeof(samples));
		for (size_t n = 0; n < len; n++)
			take_sample(app, samples[n]);
		all += len;
		if (len && !app->gear.valve_known)
			find_valve(app);
	} while (len == sizeof(samples) && all < MAX_SAMPLES);
}

/*
 * The mains is going: what is not in the flash has CHIP_HOLD_UP_MS to get
 * there. No sector is erased until it is back.
 */
static void watch_mains(struct app *app)
{
	struct gear *gear = &app->gear;
	uint64_t now_us = chip_uptime_us();
	bool ok = chip_mains_ok();

	if (ok == gear->mains_ok)
		return;
	gear->mains_ok = ok;
	if (ok) {
		link_event(&app->link, HEARTH_MCU_EVENT_MAINS_RETURNED,
			   (uint32_t)((now_us - gear->mains_us) / 1000),
			   now_us);
		return;
	}
	gear->mains_us = now_us;
	chip_log("mains: failed, saving");
	link_event(&app->link, HEARTH_MCU_EVENT_MAINS_FAILED,
		   app->clock.set ?
			   (uint32_t)(clock_utc_us(&app->clock, now_us) /
				      1000000) :
			   0,
		   now_us);
	app_close_window(app);
	keep(app);
	app_save(app);
}

static void watch_board(struct app *app)
{
	uint32_t trouble = chip_trouble();

	if (trouble & ~app->gear.trouble & CHIP_TROUBLE_CONVERTER)
		link_event(&app->link, HEARTH_MCU_EVENT_CONVERTER_FAULT,
			   trouble, chip_uptime_us());
	app->gear.trouble = trouble;
}

void gear_poll(struct app *app)
{
	struct gear *gear = &app->gear;
	struct relay_inputs relay;
	struct relay_output switched;
	struct valve_inputs valve;
	struct valve_output valved;

	watch_mains(app);
	watch_board(app);
	take_samples(app);
	relay = relay_inputs(gear);
	relay_poll(&gear->relay, &relay, &switched);
	carry_out_switch(app, &switched);
	if (!gear->valve_known)
		return;
	valve = valve_inputs(gear);
	valve_poll(&gear->valve, &valve, &valved);
	carry_out_valve(app, &valved);
}
