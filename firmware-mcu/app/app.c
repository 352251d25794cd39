// SPDX-License-Identifier: MIT
#include "app.h"

#include <assert.h>
#include <string.h>

#include "../chip/chip.h"

static_assert(sizeof(struct link_events) <= CHIP_RETAINED_LEN,
	      "events do not fit the retained memory");

/* State and events wait for so long; the end of a window does not. */
#define SAVE_PERIOD_US 1000000u

/* Of 64 bytes, before the next look at the converter: 350 ms at 115200 baud. */
#define MAX_READS 64

static bool write_link(void *context, const uint8_t *wire, size_t len)
{
	(void)context;
	return chip_link_write(wire, len);
}

static size_t identity(void *context, const uint8_t *payload, uint8_t *reply)
{
	const struct app *app = context;
	struct hearth_mcu_identity_rep rep = {
		.status = HEARTH_MCU_OK,
		.proto_version = HEARTH_MCU_PROTO_VERSION,
		.features = HEARTH_MCU_FEATURE_METROLOGY,
		.firmware_version = APP_FIRMWARE_VERSION,
		.boot_count = app->state.boot_count,
		.reset_cause = (uint8_t)chip_reset_cause(),
	};

	/* The session number does its work by making this a new request. */
	(void)payload;
	chip_serial_number(rep.serial);
	memcpy(rep.hardware, chip_hardware_name(), HEARTH_MCU_NAME_LEN);
	memcpy(reply, &rep, sizeof(rep));
	return sizeof(rep);
}

static void told_registers(const struct app *app,
			   struct hearth_mcu_registers *reg)
{
	const uint64_t *milli = app->stored.registers.milli;

	reg->active_import_mwh = milli[MET_ACTIVE_IMPORT];
	reg->active_export_mwh = milli[MET_ACTIVE_EXPORT];
	reg->reactive_import_mvarh = milli[MET_REACTIVE_IMPORT];
	reg->reactive_export_mvarh = milli[MET_REACTIVE_EXPORT];
}

static size_t registers(void *context, const uint8_t *payload, uint8_t *reply)
{
	const struct app *app = context;
	struct hearth_mcu_registers_rep rep = { .status = HEARTH_MCU_OK };

	(void)payload;
	if (app->stored_valid) {
		rep.valid = HEARTH_MCU_VALID_ENERGY;
		told_registers(app, &rep.reg);
	}
	memcpy(reply, &rep, sizeof(rep));
	return sizeof(rep);
}

static const struct link_request requests[] = {
	{ HEARTH_MCU_IDENTITY, sizeof(struct hearth_mcu_identity_req),
	  identity },
	{ HEARTH_MCU_REGISTERS, 0, registers },
};

static bool save_registers(struct app *app)
{
	struct store_registers next = {
		/* What is queued meanwhile may be sent before the next one. */
		.event_seq = app->link.events->seq + LINK_EVENTS,
		.registers = app->registers,
	};

	if (app->stored_valid && !memcmp(&next, &app->stored, sizeof(next)))
		return true;
	app->stored_valid = !store_registers(&app->store, &next);
	if (app->stored_valid) {
		app->stored = next;
		link_events_stored(&app->link, next.event_seq);
	}
	return app->stored_valid;
}

static bool save_state(struct app *app)
{
	if (app->link.acked_seq > app->state.event_acked)
		app->state.event_acked = app->link.acked_seq;
	if (!memcmp(&app->state, &app->state_stored, sizeof(app->state)))
		return true;
	if (store_state(&app->store, &app->state))
		return false;
	app->state_stored = app->state;
	return true;
}

static bool save_events(struct app *app)
{
	const struct link_events *events = app->link.events;

	for (uint32_t n = 0; n < events->count; n++) {
		uint32_t seq = events->event[n].event_seq;

		if (seq <= app->events_stored)
			continue;
		if (store_event(&app->store, &events->event[n]))
			return false;
		app->events_stored = seq;
	}
	return true;
}

/*
 * Put what is new into the flash. Sets what may be told. Registers come first:
 * a store without any is a new part's.
 */
static void save(struct app *app)
{
	app->saved_us = chip_uptime_us();
	/*
	 * A record written now would pass for the registers at the next start,
	 * and in the end erase those that may be there still. So nothing is
	 * stored, and events cannot wait for it.
	 */
	if (app->registers_lost) {
		link_events_stored(&app->link,
				   app->link.events->seq + LINK_EVENTS);
		return;
	}
	if (save_registers(app) && save_state(app) && save_events(app)) {
		app->store_failing = false;
		return;
	}
	if (!app->store_failing) {
		app->store_failing = true;
		chip_log("store: cannot write");
		link_event(&app->link, HEARTH_MCU_EVENT_STORE_FAULT,
			   store_failures(&app->store), chip_uptime_us());
		/* Nothing was stored ever: this cannot wait for it. */
		if (!app->stored.event_seq)
			link_events_stored(&app->link, app->link.events->seq);
	}
}

/* What an earlier run could not get rid of before its power went. */
static void restore_events(struct app *app)
{
	struct log_cursor at = { 0 };
	struct hearth_mcu_event event;

	while (store_next_event(&app->store, &at, &event)) {
		app->events_stored = event.event_seq;
		if (!app->link.events_kept &&
		    event.event_seq > app->state.event_acked)
			link_restore(&app->link, &event);
	}
}

void app_init(struct app *app)
{
	static struct link_config config = {
		.requests = requests,
		.n_requests = sizeof(requests) / sizeof(requests[0]),
		.write = write_link,
	};
	static struct store_found found;

	memset(app, 0, sizeof(*app));
	config.context = app;
	met_init(&app->met, &met_calibration_default);
	/* Counting from 0 again must never look like a reading. */
	app->registers_lost = store_open(&app->store, &found) < 0;
	if (app->registers_lost) {
		memset(&found, 0, sizeof(found));
		chip_log("store: unreadable, the registers are lost");
	}
	app->stored = found.registers;
	app->registers = found.registers.registers;
	app->state_stored = found.state;
	app->state = found.state;
	app->state.boot_count++;
	link_init(&app->link, &config, chip_retained(), app->stored.event_seq,
		  app->state.boot_count);
	if (!app->registers_lost)
		restore_events(app);
	if (app->registers_lost)
		link_event(&app->link, HEARTH_MCU_EVENT_STORE_FAULT, 0,
			   chip_uptime_us());
	link_event(&app->link, HEARTH_MCU_EVENT_BOOT,
		   (uint32_t)chip_reset_cause(), chip_uptime_us());
	save(app);
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
		told_registers(app, &live.reg);
	}
	link_send_live(&app->link, &live);
}

static void measure(struct app *app)
{
	static int32_t u[MET_BLOCK], live[MET_BLOCK], neutral[MET_BLOCK];
	struct met_window window;
	struct met_result res;
	uint32_t lost;

	while (chip_adc_block(u, live, neutral, &lost)) {
		if (lost)
			link_event(&app->link, HEARTH_MCU_EVENT_SAMPLES_LOST,
				   lost, chip_uptime_us());
		if (!met_block(&app->met, u, live, neutral, &window))
			continue;
		met_evaluate(&window, &met_calibration_default, &res);
		met_registers_add(&app->registers, res.active_energy,
				  res.reactive_energy);
		if (!met_window_whole(&window))
			continue;
		save(app);
		tell(app, &res, window.cycles != 0);
		/* May take as long as an erase: after what is due is done. */
		if (!app->registers_lost)
			store_prepare(&app->store);
	}
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
	/* A converter that is silent must not keep events back. */
	if (chip_uptime_us() - app->saved_us >= SAVE_PERIOD_US)
		save(app);
	link_poll(&app->link, chip_uptime_us());
}
