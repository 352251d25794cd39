// SPDX-License-Identifier: MIT
/* What the hub asks, and what it is answered. */
#include <string.h>

#include "../chip/chip.h"
#include "app.h"

static size_t identity(void *context, const uint8_t *payload, uint8_t *reply)
{
	const struct app *app = context;
	struct hearth_mcu_identity_rep rep = {
		.status = HEARTH_MCU_OK,
		.proto_version = HEARTH_MCU_PROTO_VERSION,
		.features =
			HEARTH_MCU_FEATURE_METROLOGY |
			HEARTH_MCU_FEATURE_CLOCK | HEARTH_MCU_FEATURE_LATCHES |
			HEARTH_MCU_FEATURE_SWITCH | HEARTH_MCU_FEATURE_VALVE |
			HEARTH_MCU_FEATURE_PULSES | HEARTH_MCU_FEATURE_TAMPER |
			HEARTH_MCU_FEATURE_EVENT_LOG,
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

void app_registers_wire(const uint64_t milli[MET_REGISTERS],
			struct hearth_mcu_registers *ret)
{
	ret->active_import_mwh = milli[MET_ACTIVE_IMPORT];
	ret->active_export_mwh = milli[MET_ACTIVE_EXPORT];
	ret->reactive_import_mvarh = milli[MET_REACTIVE_IMPORT];
	ret->reactive_export_mvarh = milli[MET_REACTIVE_EXPORT];
}

static size_t registers(void *context, const uint8_t *payload, uint8_t *reply)
{
	const struct app *app = context;
	struct hearth_mcu_registers_rep rep = { .status = HEARTH_MCU_OK };

	(void)payload;
	if (app->stored_valid) {
		rep.valid = HEARTH_MCU_VALID_ENERGY;
		app_registers_wire(app->stored.registers.milli, &rep.reg);
	}
	memcpy(reply, &rep, sizeof(rep));
	return sizeof(rep);
}

/* --- the clock */

static size_t clock_reply(const struct app *app, uint64_t now_us,
			  enum hearth_mcu_clock_action action, uint8_t *reply)
{
	const struct clock *clock = &app->clock;
	struct hearth_mcu_clock_rep rep = {
		.status = action == HEARTH_MCU_CLOCK_REFUSED ?
				  HEARTH_MCU_EREFUSED :
				  HEARTH_MCU_OK,
		.quality = (uint8_t)clock_quality(clock, now_us),
		.action = (uint8_t)action,
		.within_ms = clock_within_ms(clock, now_us),
		.uptime_us = now_us,
		.offset_ms = (uint32_t)(clock->offset_us / 1000),
	};

	if (clock->set) {
		rep.utc_us = (uint64_t)clock_utc_us(clock, now_us);
		rep.slew_us = (uint32_t)clock_slew_us(clock, now_us);
	}
	memcpy(reply, &rep, sizeof(rep));
	return sizeof(rep);
}

static size_t clock_state(void *context, const uint8_t *payload, uint8_t *reply)
{
	(void)payload;
	return clock_reply(context, chip_uptime_us(), HEARTH_MCU_CLOCK_NONE,
			   reply);
}

/* In seconds, as an event's argument has it. */
static uint32_t offset_s(const struct clock *clock)
{
	return (uint32_t)(int32_t)(clock->offset_us / 1000000);
}

/* The time is known for the first time in this run: how long was it off? */
static void tell_outage(struct app *app, uint64_t now_us)
{
	int64_t start_s =
		(clock_utc_us(&app->clock, now_us) - (int64_t)now_us) / 1000000;
	uint32_t last_s = app->at_start.utc_s;

	if (!last_s || app->clock_lost || start_s < last_s ||
	    chip_reset_cause() != HEARTH_MCU_RESET_POWER_ON)
		return;
	link_event(&app->link, HEARTH_MCU_EVENT_OUTAGE,
		   (uint32_t)(start_s - last_s), now_us);
}

static size_t clock_set_request(void *context, const uint8_t *payload,
				uint8_t *reply)
{
	struct app *app = context;
	uint64_t now_us = chip_uptime_us();
	struct hearth_mcu_clock_set_req req;
	enum hearth_mcu_clock_action action;
	bool first = !app->clock.set;

	memcpy(&req, payload, sizeof(req));
	action = clock_set(&app->clock, now_us, req.utc_us, req.within_ms,
			   req.flags & HEARTH_MCU_CLOCK_FORCE);
	switch (action) {
	case HEARTH_MCU_CLOCK_REFUSED:
		link_event(&app->link, HEARTH_MCU_EVENT_CLOCK_REFUSED,
			   offset_s(&app->clock), now_us);
		break;
	case HEARTH_MCU_CLOCK_STEPPED:
		link_event(&app->link, HEARTH_MCU_EVENT_CLOCK_STEPPED,
			   offset_s(&app->clock), now_us);
		app_latches_stepped(app);
		break;
	default:
		if (first)
			tell_outage(app, now_us);
		break;
	}
	if (app->clock.set)
		app->state.clockless = 0;
	return clock_reply(app, now_us, action, reply);
}

/* --- latches and events */

static size_t latches(void *context, const uint8_t *payload, uint8_t *reply)
{
	const struct app *app = context;
	struct hearth_mcu_latches_req req;
	struct hearth_mcu_latches_rep rep;
	size_t count = 0;

	memcpy(&req, payload, sizeof(req));
	memset(&rep, 0, sizeof(rep));
	for (uint32_t n = 0; n < app->latches.count; n++) {
		const struct store_latch *latch = latches_get(&app->latches, n);
		struct hearth_mcu_latch *out = &rep.latch[count];

		if (latch->half_hour > app->latches_stored)
			break;
		if (!rep.oldest)
			rep.oldest = latch->half_hour;
		rep.newest = latch->half_hour;
		if (latch->half_hour < req.first ||
		    latch->half_hour > req.last ||
		    count == HEARTH_MCU_LATCHES_PER_REPLY)
			continue;
		out->half_hour = latch->half_hour;
		out->flags = latch->flags;
		app_registers_wire(latch->milli, &out->reg);
		out->pulses = latch->pulses;
		count++;
	}
	rep.count = (uint16_t)count;
	memcpy(reply, &rep, sizeof(rep));
	return offsetof(struct hearth_mcu_latches_rep, latch) +
	       count * sizeof(rep.latch[0]);
}

static size_t event_log(void *context, const uint8_t *payload, uint8_t *reply)
{
	const struct app *app = context;
	struct hearth_mcu_event_log_req req;
	struct hearth_mcu_event_log_rep rep;
	struct hearth_mcu_event event;
	struct log_cursor at = { 0 };
	size_t count = 0;

	memcpy(&req, payload, sizeof(req));
	memset(&rep, 0, sizeof(rep));
	while (!app->registers_lost && count < HEARTH_MCU_EVENTS_PER_REPLY &&
	       store_next_event(&app->store, &at, &event))
		if (event.event_seq >= req.first_seq)
			rep.event[count++] = event;
	rep.count = (uint16_t)count;
	memcpy(reply, &rep, sizeof(rep));
	return offsetof(struct hearth_mcu_event_log_rep, event) +
	       count * sizeof(event);
}

/* --- switchgear */

static uint16_t status_of(enum hearth_mcu_reason refusal)
{
	return refusal == HEARTH_MCU_REASON_NONE ? HEARTH_MCU_OK :
						   HEARTH_MCU_EREFUSED;
}

static size_t switch_reply(const struct app *app,
			   enum hearth_mcu_reason refusal, uint8_t *reply)
{
	const struct relay *relay = &app->gear.relay;
	struct hearth_mcu_switch_rep rep = {
		.status = status_of(refusal),
		.state = (uint8_t)relay->state,
		.contact = (uint8_t)app->gear.contact.state,
		.reason = (uint8_t)(refusal ? refusal : relay->reason),
		.operations = relay->operations,
		.open_delay_us = relay->delay_us[RELAY_COIL_OPEN],
		.close_delay_us = relay->delay_us[RELAY_COIL_CLOSE],
	};

	memcpy(reply, &rep, sizeof(rep));
	return sizeof(rep);
}

static size_t switch_state(void *context, const uint8_t *payload,
			   uint8_t *reply)
{
	(void)payload;
	return switch_reply(context, HEARTH_MCU_REASON_NONE, reply);
}

static size_t switch_command(void *context, const uint8_t *payload,
			     uint8_t *reply)
{
	static const enum relay_event events[] = {
		[HEARTH_MCU_SWITCH_DISABLE] = RELAY_DISABLE,
		[HEARTH_MCU_SWITCH_ARM] = RELAY_ARM,
		[HEARTH_MCU_SWITCH_ENABLE] = RELAY_ENABLE,
	};
	struct hearth_mcu_switch_command_req req;
	enum relay_event event;

	memcpy(&req, payload, sizeof(req));
	if (req.command > HEARTH_MCU_SWITCH_ENABLE)
		return switch_reply(context, HEARTH_MCU_REASON_VALUE, reply);
	event = events[req.command];
	/* The consumer, at a display: as if at the meter's button. */
	if (event == RELAY_ENABLE && req.flags & HEARTH_MCU_COMMAND_LOCAL)
		event = RELAY_BUTTON;
	return switch_reply(context, gear_switch(context, event), reply);
}

static size_t valve_reply(const struct app *app, enum hearth_mcu_reason refusal,
			  uint8_t *reply)
{
	const struct valve *valve = &app->gear.valve;
	struct hearth_mcu_valve_rep rep = {
		.status = status_of(refusal),
		.state = (uint8_t)valve->state,
		.sensed = app->gear.limits,
		.reason = (uint8_t)(refusal ? refusal : valve->reason),
		.battery_mv = (uint16_t)chip_battery_mv(),
		.operations = valve->operations,
		.charge_mas = valve_left_mas(valve),
	};

	memcpy(reply, &rep, sizeof(rep));
	return sizeof(rep);
}

static size_t valve_state(void *context, const uint8_t *payload, uint8_t *reply)
{
	(void)payload;
	return valve_reply(context, HEARTH_MCU_REASON_NONE, reply);
}

static size_t valve_command_request(void *context, const uint8_t *payload,
				    uint8_t *reply)
{
	struct hearth_mcu_valve_command_req req;
	enum valve_event event;

	memcpy(&req, payload, sizeof(req));
	switch (req.command) {
	case HEARTH_MCU_VALVE_CLOSE:
		event = VALVE_CLOSE;
		break;
	case HEARTH_MCU_VALVE_ARM:
		event = VALVE_ARM;
		break;
	case HEARTH_MCU_VALVE_OPEN:
		event = req.flags & HEARTH_MCU_COMMAND_LOCAL ?
				VALVE_OPEN_LOCAL :
				VALVE_OPEN_REMOTE;
		break;
	default:
		return valve_reply(context, HEARTH_MCU_REASON_VALUE, reply);
	}
	return valve_reply(context, gear_valve(context, event), reply);
}

static size_t pulses(void *context, const uint8_t *payload, uint8_t *reply)
{
	const struct app *app = context;
	struct hearth_mcu_pulses_rep rep = {
		.status = HEARTH_MCU_OK,
		.held = app->gear.pulse.state == PULSE_HELD,
		.rejected = app->gear.pulse.rejected,
	};

	(void)payload;
	if (!app->registers_lost) {
		rep.valid = 1;
		rep.pulses = app->state_stored.pulses;
	}
	memcpy(reply, &rep, sizeof(rep));
	return sizeof(rep);
}

static size_t tamper(void *context, const uint8_t *payload, uint8_t *reply)
{
	const struct app *app = context;
	struct hearth_mcu_tamper_rep rep = {
		.status = HEARTH_MCU_OK,
		.active = app->gear.tamper_active,
	};

	(void)payload;
	for (int n = 0; n < GEAR_TAMPERS; n++)
		rep.count[n] = app->gear.tamper_count[n];
	memcpy(reply, &rep, sizeof(rep));
	return sizeof(rep);
}

const struct link_request app_requests[] = {
	{ HEARTH_MCU_IDENTITY, sizeof(struct hearth_mcu_identity_req),
	  identity },
	{ HEARTH_MCU_REGISTERS, 0, registers },
	{ HEARTH_MCU_CLOCK_SET, sizeof(struct hearth_mcu_clock_set_req),
	  clock_set_request },
	{ HEARTH_MCU_CLOCK, 0, clock_state },
	{ HEARTH_MCU_LATCHES, sizeof(struct hearth_mcu_latches_req), latches },
	{ HEARTH_MCU_EVENT_LOG, sizeof(struct hearth_mcu_event_log_req),
	  event_log },
	{ HEARTH_MCU_SWITCH_COMMAND,
	  sizeof(struct hearth_mcu_switch_command_req), switch_command },
	{ HEARTH_MCU_SWITCH, 0, switch_state },
	{ HEARTH_MCU_VALVE_COMMAND, sizeof(struct hearth_mcu_valve_command_req),
	  valve_command_request },
	{ HEARTH_MCU_VALVE, 0, valve_state },
	{ HEARTH_MCU_PULSES, 0, pulses },
	{ HEARTH_MCU_TAMPER, 0, tamper },
};
const size_t app_n_requests = sizeof(app_requests) / sizeof(app_requests[0]);
