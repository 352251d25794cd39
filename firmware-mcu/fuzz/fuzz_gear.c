// SPDX-License-Identifier: MIT
/*
 * What a burglar, a lorry or a broken sensor may do to the switchgear: two
 * bytes a step, what happens and how. Whatever it is, a coil's pulse is never
 * long or soon after another, no motor runs for ever, a valve is not opened
 * from afar, and no count goes back.
 */
#include <string.h>

#include "../switchgear/contact.h"
#include "../switchgear/pulse.h"
#include "../switchgear/relay.h"
#include "../switchgear/valve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct relay relay;
static struct valve valve;
static struct pulse pulse;
static struct zero zero;
static struct relay_inputs relay_in;
static struct valve_inputs valve_in;
static uint64_t now_us, last_pulse_us, running_us;
static bool pulsed;

static void check_relay(const struct relay_output *out)
{
	if (out->pulse) {
		if (out->at_us < now_us ||
		    (pulsed && out->at_us < last_pulse_us + RELAY_PULSE_US +
						    RELAY_REST_US))
			__builtin_trap();
		last_pulse_us = out->at_us;
		pulsed = true;
		if (!relay_in.mains_ok)
			__builtin_trap();
	}
	if (relay.state >= RELAY_STATES || relay.tries > RELAY_TRIES)
		__builtin_trap();
}

static void check_valve(enum valve_drive before, bool tested)
{
	if (valve.state >= VALVE_STATES)
		__builtin_trap();
	if (valve.drive == VALVE_DRIVE_OPEN && before != VALVE_DRIVE_OPEN &&
	    !tested)
		__builtin_trap();
	if (valve.drive == VALVE_STOP || valve.drive != before)
		running_us = now_us;
	/* A poll comes each second here at the latest. */
	if (now_us - running_us > VALVE_TIMEOUT_US + 1100000)
		__builtin_trap();
}

static void step(uint8_t what, uint8_t how)
{
	struct relay_output relay_out;
	struct valve_output valve_out;
	enum valve_drive before = valve.drive;
	uint64_t count = pulse.count;
	int32_t u[32];

	now_us += 1 + how * 4000u;
	relay_in.now_us = now_us;
	valve_in.now_us = now_us;
	valve_in.pulses = pulse.count;
	memset(&relay_out, 0, sizeof(relay_out));
	switch (what & 7) {
	case 0:
		/* The first of them are commands; the rest is seen by itself. */
		(void)relay_command(&relay, (enum relay_event)(how % 4),
				    &relay_in, &relay_out);
		break;
	case 1:
		(void)valve_command(&valve, (enum valve_event)(how % 4),
				    &valve_in, &valve_out);
		check_valve(before, false);
		break;
	case 2:
		relay_in.contact = (enum hearth_mcu_contact)(how & 3);
		relay_in.contact_us = now_us - how;
		relay_in.mains_ok = how & 4;
		relay_in.current = how & 8;
		break;
	case 3:
		valve_in.limits = how & 3;
		valve_in.current_ma = how;
		valve_in.battery_mv = how * 20u;
		break;
	case 4:
		for (unsigned int n = 0; n < 1u + how * 5u; n++)
			(void)pulse_step(&pulse, what & 8);
		break;
	case 5:
		for (unsigned int n = 0; n < 32; n++)
			u[n] = (int32_t)((n ^ what) * how * 20000u) -
			       (what & 16 ? 4000000 : 0);
		zero_block(&zero, u, 32, now_us);
		break;
	default:
		break;
	}
	check_relay(&relay_out);
	relay_poll(&relay, &relay_in, &relay_out);
	check_relay(&relay_out);
	before = valve.drive;
	valve_poll(&valve, &valve_in, &valve_out);
	check_valve(before, true);
	if (pulse.count < count)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len < 2)
		return 0;
	now_us = 0;
	running_us = 0;
	pulsed = false;
	memset(&relay_in, 0, sizeof(relay_in));
	memset(&valve_in, 0, sizeof(valve_in));
	relay_in.zero = &zero;
	zero_init(&zero);
	pulse_init(&pulse, 0);
	relay_init(&relay, data[0] & 15, 0, data[1], data[0], 0);
	valve_init(&valve, data[1] & 15, 0, 0, data[0] * 3000u, &valve_in);
	for (size_t n = 2; n + 1 < len; n += 2)
		step(data[n], data[n + 1]);
	return 0;
}
