// SPDX-License-Identifier: MIT
#include "app.h"

#include <assert.h>
#include <string.h>

#include "../chip/chip.h"

static_assert(sizeof(struct link_events) <= CHIP_RETAINED_LEN,
	      "events do not fit the retained memory");

/* State and events wait for so long; the end of a window does not. */
#define SAVE_PERIOD_US 1000000u

/* A machine that cannot keep up must not wear out the log of events. */
#define LOST_PERIOD_US 60000000u

/* Of 64 bytes, before the next look at the converter: 350 ms at 115200 baud. */
#define MAX_READS 64

static bool write_link(void *context, const uint8_t *wire, size_t len)
{
	(void)context;
	return chip_link_write(wire, len);
}

void app_init(struct app *app)
{
	static struct link_config config = { .write = write_link };
	static struct store_found found;

	memset(app, 0, sizeof(*app));
	config.requests = app_requests;
	config.n_requests = app_n_requests;
	config.context = app;
	met_init(&app->met, &met_calibration_default);
	/* Counting from 0 again must never look like a reading. */
	app->registers_lost = store_open(&app->store, &found) < 0;
	if (app->registers_lost) {
		memset(&found, 0, sizeof(found));
		chip_log("store: unreadable, the registers are lost");
	}
	app->stored = found.registers;
	app->at_start = found.registers;
	app->pulses_at_start = found.state.pulses;
	app->clock_lost = found.state.clockless;
	app->registers = found.registers.registers;
	app->state_stored = found.state;
	app->state = found.state;
	app->state.boot_count++;
	app->state.clockless = 1;
	clock_init(&app->clock, app->stored.utc_s);
	app_latches_init(app);
	gear_init(&app->gear, &app->state);
	link_init(&app->link, &config, chip_retained(), app->stored.event_seq,
		  app->state.boot_count);
	if (app->registers_lost)
		link_event(&app->link, HEARTH_MCU_EVENT_STORE_FAULT, 0,
			   chip_uptime_us());
	else
		app_restore_events(app);
	if (app->store.calibration_lost && !app->registers_lost)
		link_event(&app->link, HEARTH_MCU_EVENT_CALIBRATION_LOST, 0,
			   chip_uptime_us());
	link_event(&app->link, HEARTH_MCU_EVENT_BOOT,
		   (uint32_t)chip_reset_cause(), chip_uptime_us());
	app_save(app);
}

static void tell(struct app *app, const struct met_result *res, bool cycles)
{
	struct hearth_mcu_live live = {
		.live_seq = app->live_seq++,
		.valid = HEARTH_MCU_VALID_VOLTAGE | HEARTH_MCU_VALID_CURRENT |
			 HEARTH_MCU_VALID_POWER,
		.uptime_ms = chip_uptime_us() / 1000,
		.window_us = res->window_us,
		.voltage_mv = res->voltage_mv,
		.current_live_ua = res->current_ua[MET_LIVE],
		.current_neutral_ua = res->current_ua[MET_NEUTRAL],
		.active_power_mw = (uint32_t)res->active_mw[MET_LIVE],
		.reactive_power_mvar = (uint32_t)res->reactive_mvar[MET_LIVE],
		.frequency_mhz = res->frequency_mhz,
	};

	if (cycles)
		live.valid |= HEARTH_MCU_VALID_FREQUENCY;
	if (app->stored_valid) {
		live.valid |= HEARTH_MCU_VALID_ENERGY;
		app_registers_wire(app->stored.registers.milli, &live.reg);
	}
	link_send_live(&app->link, &live);
}

static void add_window(struct app *app, const struct met_window *window,
		       struct met_result *ret)
{
	uint64_t end_us = chip_adc_time_us();

	met_evaluate(window, &met_calibration_default, ret);
	app_latch(app, ret,
		  end_us > ret->window_us ? end_us - ret->window_us : 0,
		  end_us);
	met_registers_add(&app->registers, ret->active_energy,
			  ret->reactive_energy);
}

/*
 * As met_block() closes a window for want of a zero: without whole cycles, so
 * for the nominal frequency. What is off is half a cycle's ripple.
 */
void app_close_window(struct app *app)
{
	struct metrology *met = &app->met;
	struct met_window window = { .sums = met->sums,
				     .sets_q16 = met->open_q16 };
	struct met_result res;

	memset(&met->sums, 0, sizeof(met->sums));
	met->open_q16 = 0;
	met->cycles = 0;
	met->synchronised = false;
	add_window(app, &window, &res);
}

/* A window has closed, at the end of the last block but for 10 ms. */
static void take_window(struct app *app, const struct met_window *window)
{
	struct met_result res;

	add_window(app, window, &res);
	if (!met_window_whole(window))
		return;
	app_save(app);
	tell(app, &res, window->cycles != 0);
	/* May take as long as an erase: after what is due is done. */
	if (!app->registers_lost && app->gear.mains_ok)
		store_prepare(&app->store);
}

static void tell_lost(struct app *app)
{
	uint64_t now_us = chip_uptime_us();

	if (!app->samples_lost ||
	    (app->lost_told && now_us - app->lost_told_us < LOST_PERIOD_US))
		return;
	link_event(&app->link, HEARTH_MCU_EVENT_SAMPLES_LOST, app->samples_lost,
		   now_us);
	app->samples_lost = 0;
	app->lost_told = true;
	app->lost_told_us = now_us;
}

static void measure(struct app *app)
{
	static int32_t u[MET_BLOCK], live[MET_BLOCK], neutral[MET_BLOCK];
	struct met_window window;
	uint32_t lost;

	while (chip_adc_block(u, live, neutral, &lost)) {
		if (lost) {
			app->samples_lost += lost;
			app->latch_flags |= HEARTH_MCU_LATCH_SAMPLES_LOST;
		}
		gear_block(&app->gear, u, live);
		if (met_block(&app->met, u, live, neutral, &window))
			take_window(app, &window);
	}
	tell_lost(app);
}

void app_poll(struct app *app)
{
	uint8_t data[64];
	size_t len;

	/* A hub that never stops talking must not keep us from measuring. */
	for (int n = 0; n < MAX_READS; n++) {
		len = chip_link_read(data, sizeof(data));
		if (!len)
			break;
		link_receive(&app->link, data, len);
	}
	measure(app);
	gear_poll(app);
	/* A converter that is silent must not keep events back. */
	if (chip_uptime_us() - app->saved_us >= SAVE_PERIOD_US)
		app_save(app);
	link_poll(&app->link, chip_uptime_us());
}
