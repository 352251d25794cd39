// SPDX-License-Identifier: MIT
#include "app.h"

#include <assert.h>
#include <string.h>

#include "../chip/chip.h"

static_assert(sizeof(struct link_events) <= CHIP_RETAINED_LEN,
	      "events do not fit the retained memory");

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
		.boot_count = app->boot_count,
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

/* Put what is new into the flash. Sets what may be told. */
static void save(struct app *app)
{
	struct store_state next = {
		.boot_count = app->boot_count,
		/* What is queued meanwhile may be sent before the next one. */
		.event_seq = app->link.events->seq + LINK_EVENTS,
		.registers = app->registers,
	};

	/*
	 * A record written now would pass for the registers at the next start,
	 * and in the end erase those that may be there still. So nothing is
	 * stored, and events cannot wait for it.
	 */
	if (app->registers_lost) {
		link_events_stored(&app->link, next.event_seq);
		return;
	}
	if (app->stored_valid && !memcmp(&next, &app->stored, sizeof(next)))
		return;
	if (!store_write(&app->store, &next)) {
		app->stored = next;
		app->stored_valid = true;
		app->store_failing = false;
		link_events_stored(&app->link, next.event_seq);
		return;
	}
	app->stored_valid = false;
	if (!app->store_failing) {
		app->store_failing = true;
		chip_log("store: cannot write the registers");
		link_event(&app->link, HEARTH_MCU_EVENT_STORE_FAULT,
			   app->store.failures, chip_uptime_us());
		/* Nothing was stored ever: this cannot wait for it. */
		if (!app->stored.event_seq)
			link_events_stored(&app->link, app->link.events->seq);
	}
}

void app_init(struct app *app)
{
	static struct link_config config = {
		.requests = requests,
		.n_requests = sizeof(requests) / sizeof(requests[0]),
		.write = write_link,
	};
	int found;

	memset(app, 0, sizeof(*app));
	config.context = app;
	met_init(&app->met, &met_calibration_default);
	found = store_open(&app->store, &app->stored);
	/* Counting from 0 again must never look like a reading. */
	app->registers_lost = found < 0;
	if (app->registers_lost)
		chip_log("store: unreadable, the registers are lost");
	app->registers = app->stored.registers;
	app->boot_count = app->stored.boot_count + 1;
	link_init(&app->link, &config, chip_retained(), app->stored.event_seq,
		  app->boot_count);
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
	link_poll(&app->link, chip_uptime_us());
}
