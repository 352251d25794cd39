// SPDX-License-Identifier: MIT
/* The state machines of switchgear/, each over its whole matrix. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../metrology/metrology.h"
#include "../switchgear/contact.h"
#include "../switchgear/debounce.h"
#include "../switchgear/pulse.h"
#include "../switchgear/relay.h"
#include "../switchgear/valve.h"
#include "../switchgear/zero.h"

#define SAMPLE_US 125

/* --- samples */

struct wave {
	double hz, peak, offset, fifth, noise;
};

static double wave_at(const struct wave *wave, double s)
{
	double turn = 2 * M_PI * wave->hz * s;

	return wave->peak * (sin(turn) + wave->fifth * sin(5 * turn + 1)) +
	       wave->offset;
}

static int32_t sample_at(const struct wave *wave, uint64_t us)
{
	return (int32_t)(wave_at(wave, (double)us / 1e6) +
			 wave->noise * (rand() % 1000 - 500) / 500.0);
}

static uint64_t feed(struct zero *zero, const struct wave *wave,
		     uint64_t from_us, int blocks)
{
	int32_t u[MET_BLOCK];

	for (int b = 0; b < blocks; b++) {
		for (int n = 0; n < MET_BLOCK; n++) {
			from_us += SAMPLE_US;
			u[n] = sample_at(wave, from_us);
		}
		zero_block(zero, u, MET_BLOCK, from_us);
	}
	return from_us;
}

static const struct wave mains = { .hz = 50, .peak = 5457000 };

/* --- zero */

static void the_next_zero_is_foretold(void **unused)
{
	double worst_us = 0;

	(void)unused;
	for (int n = 0; n < 200; n++) {
		struct wave wave = {
			.hz = 45 + n % 11,
			.peak = 5457000.0 * (n % 3 ? 1 : 0.5),
			.offset = n % 4 ? 0 : 80000,
			.fifth = n % 5 ? 0 : 0.02,
			.noise = 200,
		};
		struct zero zero;
		uint64_t now, at, after;
		double halves, off;

		zero_init(&zero);
		now = feed(&zero, &wave, (uint64_t)n * 777, 60);
		after = now + (uint64_t)n * 331;
		assert_true(zero_next(&zero, now, after, &at));
		assert_true(at >= after);
		assert_true(at <= after + (uint64_t)(0.5e6 / wave.hz) + 2);
		if (wave.fifth > 0)
			continue;
		halves = (double)at / 1e6 * wave.hz * 2;
		off = fabs(halves - round(halves)) / wave.hz / 2 * 1e6;
		if (off > worst_us)
			worst_us = off;
	}
	printf("# a zero up to 66 ms ahead: off by %.0f us at most\n",
	       worst_us);
	assert_true(worst_us < 150);
}

static void without_mains_there_is_none(void **unused)
{
	struct wave weak = { .hz = 50, .peak = 100000 };
	struct wave wrong = { .hz = 150, .peak = 5457000 };
	struct zero zero;
	uint64_t now, at;

	(void)unused;
	zero_init(&zero);
	assert_false(zero_next(&zero, 0, 0, &at));
	now = feed(&zero, &weak, 0, 100);
	assert_false(zero_next(&zero, now, now, &at));
	now = feed(&zero, &wrong, now, 100);
	assert_false(zero_next(&zero, now, now, &at));
	now = feed(&zero, &mains, now, 100);
	assert_true(zero_next(&zero, now, now, &at));
	/* And what was is not for ever. */
	assert_false(zero_next(&zero, now + 100000, now + 100000, &at));
}

/* --- contact */

enum side {
	LOAD_MAINS,
	LOAD_DEAD,
	LOAD_OTHER,
	LOAD_NOTHING
};

static uint64_t show(struct contact *contact, enum side side, int32_t ua,
		     uint64_t from_us, int samples)
{
	struct wave other = { .hz = 49.3, .peak = 5000000 };
	int32_t u[MET_BLOCK], load[MET_BLOCK], live[MET_BLOCK];
	uint32_t n = 0;

	for (int s = 0; s < samples; s++) {
		from_us += SAMPLE_US;
		u[n] = side == LOAD_NOTHING ? 0 : sample_at(&mains, from_us);
		load[n] = side == LOAD_MAINS ? u[n] - u[n] / 300 :
			  side == LOAD_OTHER ? sample_at(&other, from_us) :
					       rand() % 100;
		live[n] = (int32_t)(ua * sin((double)from_us / 3183.0));
		if (++n == MET_BLOCK || s == samples - 1) {
			contact_block(contact, u, load, live, n, from_us);
			n = 0;
		}
	}
	return from_us;
}

static void the_contact_is_seen(void **unused)
{
	struct contact contact;
	uint64_t now, moved;
	double worst = 0;

	(void)unused;
	contact_init(&contact);
	assert_int_equal(contact.state, HEARTH_MCU_CONTACT_UNKNOWN);
	now = show(&contact, LOAD_MAINS, 0, 0, 400);
	assert_int_equal(contact.state, HEARTH_MCU_CONTACT_CLOSED);
	for (int n = 0; n < 300; n++) {
		bool opens = !(n & 1);

		moved = now;
		now = show(&contact, opens ? LOAD_DEAD : LOAD_MAINS, 0, now,
			   400 + n);
		assert_int_equal(contact.state,
				 opens ? HEARTH_MCU_CONTACT_OPEN :
					 HEARTH_MCU_CONTACT_CLOSED);
		if (fabs((double)contact.changed_us - (double)moved) > worst)
			worst = fabs((double)contact.changed_us -
				     (double)moved);
	}
	printf("# contact seen to move to within %.0f us\n", worst);
	assert_true(worst <= 250);
	now = show(&contact, LOAD_OTHER, 0, now, 4000);
	assert_int_equal(contact.state, HEARTH_MCU_CONTACT_FOREIGN);
	now = show(&contact, LOAD_NOTHING, 0, now, 1000);
	assert_int_equal(contact.state, HEARTH_MCU_CONTACT_UNKNOWN);
	assert_false(contact.current);
	now = show(&contact, LOAD_MAINS, 40000, now, 400);
	assert_true(contact.current);
	show(&contact, LOAD_MAINS, 3000, now, 400);
	assert_false(contact.current);
}

/* A board that cannot see the load side knows what a current tells it. */
static void current_alone_says_closed(void **unused)
{
	int32_t u[MET_BLOCK] = { 0 }, live[MET_BLOCK] = { 0 };
	struct contact contact;

	(void)unused;
	contact_init(&contact);
	contact_block(&contact, u, NULL, live, MET_BLOCK, 10000);
	assert_int_equal(contact.state, HEARTH_MCU_CONTACT_UNKNOWN);
	live[3] = 100000;
	contact_block(&contact, u, NULL, live, MET_BLOCK, 20000);
	assert_int_equal(contact.state, HEARTH_MCU_CONTACT_CLOSED);
}

/* --- relay */

static struct zero steady;
static uint64_t steady_us;

static int with_mains(void **unused)
{
	(void)unused;
	zero_init(&steady);
	steady_us = feed(&steady, &mains, 0, 100);
	return 0;
}

static struct relay_inputs relay_in(enum hearth_mcu_contact contact)
{
	struct relay_inputs in = {
		.now_us = steady_us,
		.contact = contact,
		.mains_ok = true,
		.zero = &steady,
	};

	return in;
}

/*
 * State by state, event by event: where it goes (U O A C > < W S), or '!' and
 * the reason if it is refused; '*' behind it if a coil gets a pulse.
 */
static const char *const relay_matrix[RELAY_STATES] = {
	/* D  A  E  B  open closed foreign again give-up blind power */
	"> * > * < * !4 O C O U U U U", "O A < * !4 O > * O O O O O",
	"O A < * < * A > * A A A A A",	"> * > * C !4 O C O C C C C",
	"> > !3 !3 O > O > * W O O",	"!3 !3 < < < C < < * S U U",
	"> * > * C !7 O W O W W W W",	"O A < * !8 S C S S S S S",
};

static const char state_letter[] = "UOAC><WS";

static const char *expect(const char **at, char *ret_state, int *ret_reason)
{
	const char *here = *at;
	static char text[8];
	size_t len = strcspn(here, " ");

	memcpy(text, here, len);
	text[len] = 0;
	*ret_reason = text[0] == '!' ? atoi(text + 1) : 0;
	*ret_state = text[0];
	*at = here + len + strspn(here + len, " ");
	return text;
}

static bool starred(const char **at)
{
	if (**at != '*')
		return false;
	*at += 1 + strspn(*at + 1, " ");
	return true;
}

static void every_transition_of_the_relay(void **unused)
{
	unsigned int refused = 0;

	(void)unused;
	for (int s = 0; s < RELAY_STATES; s++) {
		const char *at = relay_matrix[s];

		for (int e = 0; e < RELAY_EVENTS; e++) {
			struct relay_inputs in =
				relay_in(HEARTH_MCU_CONTACT_UNKNOWN);
			struct relay_output out;
			struct relay relay, before;
			enum hearth_mcu_reason no;
			int reason;
			char state;
			bool pulse;

			expect(&at, &state, &reason);
			pulse = starred(&at);
			relay_init(&relay, 0, 0, 0, 0, 0);
			relay.state = (enum hearth_mcu_switch_state)s;
			relay.to_armed = s == HEARTH_MCU_SWITCH_ARMED;
			before = relay;
			no = relay_command(&relay, (enum relay_event)e, &in,
					   &out);
			if (no != (enum hearth_mcu_reason)reason ||
			    (!no && state_letter[relay.state] != state) ||
			    out.pulse != pulse)
				fail_msg("state %d event %d: to %c, reason %d",
					 s, e, state_letter[relay.state], no);
			if (no) {
				assert_memory_equal(&relay, &before,
						    sizeof(relay));
				assert_false(out.changed);
				refused++;
			}
		}
		assert_int_equal(*at, 0);
	}
	assert_int_equal(refused, 9);
}

static void the_relay_is_not_moved_into_danger(void **unused)
{
	(void)unused;
	for (int s = 0; s < RELAY_STATES; s++) {
		for (int e = 0; e < RELAY_EVENTS; e++) {
			struct zero none;

			zero_init(&none);
			for (int kind = 0; kind < 3; kind++) {
				struct relay_inputs in = relay_in(
					kind == 2 ? HEARTH_MCU_CONTACT_FOREIGN :
						    HEARTH_MCU_CONTACT_OPEN);
				struct relay_output out;
				struct relay relay;

				in.mains_ok = kind != 0;
				if (kind == 1)
					in.zero = &none;
				relay_init(&relay, 0, 0, 0, 0, 0);
				relay.state = (enum hearth_mcu_switch_state)s;
				(void)relay_command(&relay, (enum relay_event)e,
						    &in, &out);
				/* Opening needs no mains, but power. */
				assert_false(out.pulse &&
					     (kind == 0 ||
					      out.coil == RELAY_COIL_CLOSE));
			}
		}
	}
}

static void a_pulse_is_ahead_of_a_zero(void **unused)
{
	struct relay_inputs in = relay_in(HEARTH_MCU_CONTACT_CLOSED);
	struct relay_output out;
	struct relay relay;
	uint64_t first;
	double off;

	(void)unused;
	relay_init(&relay, HEARTH_MCU_SWITCH_CLOSED, 0, 5300, 9100, 0);
	assert_int_equal(relay_command(&relay, RELAY_DISABLE, &in, &out), 0);
	assert_true(out.pulse && out.coil == RELAY_COIL_OPEN);
	assert_true(out.at_us >= in.now_us + 20000);
	off = fmod((double)(out.at_us + 5300), 10000.0);
	assert_true(off < 60 || off > 9940);
	first = out.at_us;

	/* Nothing new before the pulse has ended. */
	in.now_us = first + 1000;
	in.contact = HEARTH_MCU_CONTACT_OPEN;
	in.contact_us = first + 6100;
	relay_poll(&relay, &in, &out);
	assert_int_equal(relay.state, HEARTH_MCU_SWITCH_OPENING);
	in.now_us = first + RELAY_PULSE_US;
	relay_poll(&relay, &in, &out);
	assert_int_equal(relay.state, HEARTH_MCU_SWITCH_OPEN);
	assert_int_equal(relay.delay_us[RELAY_COIL_OPEN], 5700);

	/* And the coil has its rest before the next. */
	assert_int_equal(relay_command(&relay, RELAY_ENABLE, &in, &out), 0);
	assert_true(out.at_us >= first + RELAY_PULSE_US + RELAY_REST_US);
}

/* Three tries, then it is said: welded, stuck. */
static void a_contact_that_does_not_follow(void **unused)
{
	(void)unused;
	for (int closing = 0; closing < 2; closing++) {
		struct relay_inputs in =
			relay_in(closing ? HEARTH_MCU_CONTACT_OPEN :
					   HEARTH_MCU_CONTACT_CLOSED);
		struct relay_output out;
		struct relay relay;
		int pulses = 1;

		with_mains(NULL);
		in = relay_in(in.contact);
		relay_init(&relay,
			   closing ? HEARTH_MCU_SWITCH_OPEN :
				     HEARTH_MCU_SWITCH_CLOSED,
			   0, 0, 0, 0);
		relay_command(&relay, closing ? RELAY_ENABLE : RELAY_DISABLE,
			      &in, &out);
		for (int n = 0; n < 400; n++) {
			in.now_us = feed(&steady, &mains, in.now_us, 1);
			relay_poll(&relay, &in, &out);
			pulses += out.pulse;
			if (!relay.moving)
				break;
		}
		assert_int_equal(pulses, RELAY_TRIES);
		assert_int_equal(relay.state, closing ?
						      HEARTH_MCU_SWITCH_STUCK :
						      HEARTH_MCU_SWITCH_WELDED);
		assert_int_equal(relay.reason,
				 closing ? HEARTH_MCU_REASON_STUCK :
					   HEARTH_MCU_REASON_WELDED);
		/* It leaves it at that. */
		for (int n = 0; n < 400; n++) {
			in.now_us = feed(&steady, &mains, in.now_us, 1);
			relay_poll(&relay, &in, &out);
			assert_false(out.pulse || out.changed);
		}
	}
}

/* Load-side voltage may be gone (a fuse), a current is not. */
static void a_current_is_a_closed_contact(void **unused)
{
	struct relay_inputs in = relay_in(HEARTH_MCU_CONTACT_OPEN);
	struct relay_output out;
	struct relay relay;

	(void)unused;
	relay_init(&relay, HEARTH_MCU_SWITCH_OPEN, 0, 0, 0, 0);
	in.current = true;
	relay_poll(&relay, &in, &out);
	assert_int_equal(relay.state, HEARTH_MCU_SWITCH_OPENING);
	assert_int_equal(relay.reason, HEARTH_MCU_REASON_MISMATCH);
	assert_true(out.pulse && out.changed);
}

static void a_start_goes_on_where_it_was(void **unused)
{
	static const uint8_t after[] = {
		[HEARTH_MCU_SWITCH_UNKNOWN] = HEARTH_MCU_SWITCH_UNKNOWN,
		[HEARTH_MCU_SWITCH_OPEN] = HEARTH_MCU_SWITCH_OPEN,
		[HEARTH_MCU_SWITCH_ARMED] = HEARTH_MCU_SWITCH_ARMED,
		[HEARTH_MCU_SWITCH_CLOSED] = HEARTH_MCU_SWITCH_CLOSED,
		[HEARTH_MCU_SWITCH_OPENING] = HEARTH_MCU_SWITCH_OPEN,
		[HEARTH_MCU_SWITCH_CLOSING] = HEARTH_MCU_SWITCH_UNKNOWN,
		[HEARTH_MCU_SWITCH_WELDED] = HEARTH_MCU_SWITCH_WELDED,
		[HEARTH_MCU_SWITCH_STUCK] = HEARTH_MCU_SWITCH_STUCK,
		[8] = HEARTH_MCU_SWITCH_UNKNOWN,
		[255] = HEARTH_MCU_SWITCH_UNKNOWN,
	};

	(void)unused;
	for (unsigned int s = 0; s < sizeof(after); s++) {
		struct relay relay;

		relay_init(&relay, (uint8_t)s, 0, 0, 60000, 0);
		assert_int_equal(relay.state, after[s]);
		assert_int_equal(relay.delay_us[0], RELAY_DELAY_US);
		assert_int_equal(relay.delay_us[1], RELAY_DELAY_US);
	}
}

/* --- valve */

static struct valve_inputs valve_in(uint8_t limits)
{
	struct valve_inputs in = {
		.now_us = 1000000,
		.current_ma = 40,
		.battery_mv = 3600,
		.limits = limits,
	};

	return in;
}

/*
 * As for the relay: U C A T o (opening) O c (closing) F; then '+' drives it
 * open, '-' shut, '.' stops it, '=' as it was.
 */
static const char *const valve_matrix[VALVE_STATES] = {
	/* close arm open remote end jam late dead flow tested moved-off */
	"c- !16 !16 !5 U= U= U= U= U= U= U=",
	"C= A= !4 !5 C= C= C= C= C= C= c-",
	"C= A= T= !5 A= A= A= A= A= A= c-",
	"C= T= !3 !5 T= T= T= T= C= o+ c-",
	"c- c- !3 !5 O. F. F. F. o= o= o=",
	"c- c- O= !5 O= O= O= O= O= O= U=",
	"c= c= !3 !5 C. F. F. F. c= c= c=",
	"c- !17 !17 !5 F= F= F= F= F= F= F=",
};

static char valve_name(enum hearth_mcu_valve_state state)
{
	static const char names[] = { 'U', 'C', 'A', 'T', 'o', 'O', 'c', 'F' };

	return names[state];
}

static void every_transition_of_the_valve(void **unused)
{
	unsigned int refused = 0;

	(void)unused;
	for (int s = 0; s < VALVE_STATES; s++) {
		const char *at = valve_matrix[s];

		for (int e = 0; e < VALVE_EVENTS; e++) {
			struct valve_inputs in = valve_in(0);
			struct valve_output out;
			struct valve valve, before;
			enum hearth_mcu_reason no;
			enum valve_drive drive;
			const char *want;
			int reason;
			char state;

			want = expect(&at, &state, &reason);
			valve_init(&valve, 0, 0, 0, 0, &in);
			valve.state = (enum hearth_mcu_valve_state)s;
			valve.to_armed = s == HEARTH_MCU_VALVE_ARMED;
			if (s == HEARTH_MCU_VALVE_OPENING)
				valve.drive = VALVE_DRIVE_OPEN;
			if (s == HEARTH_MCU_VALVE_CLOSING)
				valve.drive = VALVE_DRIVE_CLOSE;
			before = valve;
			no = valve_command(&valve, (enum valve_event)e, &in,
					   &out);
			drive = want[1] == '+' ? VALVE_DRIVE_OPEN :
				want[1] == '-' ? VALVE_DRIVE_CLOSE :
				want[1] == '.' ? VALVE_STOP :
						 before.drive;
			if (no != (enum hearth_mcu_reason)reason ||
			    (!no && valve_name(valve.state) != state) ||
			    (!no && valve.drive != drive))
				fail_msg("state %d event %d: to %c, reason %d",
					 s, e, valve_name(valve.state), no);
			if (no) {
				assert_memory_equal(&valve, &before,
						    sizeof(valve));
				assert_false(out.changed);
				refused++;
			}
		}
		assert_int_equal(*at, 0);
	}
	assert_int_equal(refused, 16);
}

static void nothing_remote_opens_the_valve(void **unused)
{
	(void)unused;
	for (int s = 0; s < VALVE_STATES; s++) {
		for (int e = 0; e < VALVE_EVENTS; e++) {
			struct valve_inputs in = valve_in(0);
			struct valve_output out;
			struct valve valve;

			valve_init(&valve, 0, 0, 0, 0, &in);
			valve.state = (enum hearth_mcu_valve_state)s;
			valve_command(&valve, (enum valve_event)e, &in, &out);
			/* Only at the end of a test. */
			assert_true(valve.drive != VALVE_DRIVE_OPEN ||
				    (s == HEARTH_MCU_VALVE_TESTING &&
				     e == VALVE_TESTED));
			assert_true(valve.state != HEARTH_MCU_VALVE_TESTING ||
				    s == HEARTH_MCU_VALVE_TESTING ||
				    (s == HEARTH_MCU_VALVE_ARMED &&
				     e == VALVE_OPEN_LOCAL));
		}
	}
}

static void the_battery_is_kept_for_closing(void **unused)
{
	struct valve_inputs in = valve_in(HEARTH_MCU_VALVE_AT_CLOSED);
	struct valve_output out;
	struct valve valve;

	(void)unused;
	for (int kind = 0; kind < 2; kind++) {
		valve_init(&valve, HEARTH_MCU_VALVE_ARMED, 0, 0,
			   kind ? VALVE_BUDGET_MAS - VALVE_RESERVE_MAS : 0,
			   &in);
		in.battery_mv = kind ? 3600 : 2600;
		assert_int_equal(valve_command(&valve, VALVE_OPEN_LOCAL, &in,
					       &out),
				 HEARTH_MCU_REASON_BATTERY);
		assert_int_equal(valve.state, HEARTH_MCU_VALVE_ARMED);
		valve.state = HEARTH_MCU_VALVE_OPENED;
		assert_int_equal(valve_command(&valve, VALVE_CLOSE, &in, &out),
				 HEARTH_MCU_REASON_NONE);
		assert_int_equal(valve.drive, VALVE_DRIVE_CLOSE);
	}
	/* It may give up while the test goes on. */
	in = valve_in(HEARTH_MCU_VALVE_AT_CLOSED);
	valve_init(&valve, HEARTH_MCU_VALVE_ARMED, 0, 0, 0, &in);
	valve_command(&valve, VALVE_OPEN_LOCAL, &in, &out);
	in.battery_mv = 2000;
	in.now_us += VALVE_TEST_US;
	valve_poll(&valve, &in, &out);
	assert_int_equal(valve.state, HEARTH_MCU_VALVE_ARMED);
	assert_int_equal(valve.reason, HEARTH_MCU_REASON_BATTERY);
	assert_true(out.changed);
}

/* One pulse in the test is enough; at other times one is the wheel's. */
static void a_test_with_flow_fails(void **unused)
{
	struct valve_inputs in = valve_in(HEARTH_MCU_VALVE_AT_CLOSED);
	struct valve_output out;
	struct valve valve;

	(void)unused;
	valve_init(&valve, HEARTH_MCU_VALVE_ARMED, 0, 0, 0, &in);
	in.pulses = 1;
	valve_poll(&valve, &in, &out);
	assert_false(out.leak);
	valve_command(&valve, VALVE_OPEN_LOCAL, &in, &out);
	in.now_us += VALVE_TEST_US - 1;
	valve_poll(&valve, &in, &out);
	assert_int_equal(valve.state, HEARTH_MCU_VALVE_TESTING);
	in.now_us += 1;
	in.pulses = 2;
	valve_poll(&valve, &in, &out);
	assert_true(out.leak && out.changed);
	assert_int_equal(valve.state, HEARTH_MCU_VALVE_ARMED);
	assert_int_equal(valve.reason, HEARTH_MCU_REASON_FLOW);
	assert_int_equal(valve.drive, VALVE_STOP);
}

static enum hearth_mcu_reason run_motor(struct valve *valve,
					uint32_t current_ma, uint32_t end_ms,
					uint8_t end)
{
	struct valve_inputs in = valve_in(0);
	struct valve_output out;

	in.current_ma = current_ma;
	for (uint32_t ms = 0; ms < 20000 && valve->drive != VALVE_STOP;
	     ms += 10) {
		in.now_us += 10000;
		if (ms >= end_ms)
			in.limits = end;
		valve_poll(valve, &in, &out);
	}
	return valve->reason;
}

static void the_motor_stops_whatever_happens(void **unused)
{
	(void)unused;
	for (int open = 0; open < 2; open++) {
		uint8_t end = open ? HEARTH_MCU_VALVE_AT_OPEN :
				     HEARTH_MCU_VALVE_AT_CLOSED;
		struct valve_inputs in = valve_in(0);
		struct valve_output out;
		struct valve fresh, valve;

		valve_init(&fresh, 0, 0, 0, 0, &in);
		fresh.state = open ? HEARTH_MCU_VALVE_TESTING :
				     HEARTH_MCU_VALVE_OPENED;
		valve_command(&fresh, open ? VALVE_TESTED : VALVE_CLOSE, &in,
			      &out);
		assert_int_equal(fresh.operations, 1);

		valve = fresh;
		run_motor(&valve, 40, 5000, end);
		assert_int_equal(valve.state, open ? HEARTH_MCU_VALVE_OPENED :
						     HEARTH_MCU_VALVE_CLOSED);
		assert_in_range(valve.used_mas, 199, 202);
		valve = fresh;
		assert_int_equal(run_motor(&valve, 140, 99999, end),
				 HEARTH_MCU_REASON_JAM);
		assert_in_range(valve.used_mas, 40, 60);
		valve = fresh;
		assert_int_equal(run_motor(&valve, 40, 99999, end),
				 HEARTH_MCU_REASON_TIMEOUT);
		valve = fresh;
		assert_int_equal(run_motor(&valve, 0, 99999, end),
				 HEARTH_MCU_REASON_NO_CURRENT);
		/* Both switches at once are none. */
		valve = fresh;
		assert_int_equal(run_motor(&valve, 40, 100, 3),
				 HEARTH_MCU_REASON_TIMEOUT);
		assert_int_equal(valve.state, HEARTH_MCU_VALVE_FAULT);
	}
}

/* --- debounce */

static void debounce_matrix(void **unused)
{
	/* State, sample, how long it has been: then what. */
	static const struct {
		uint8_t state, closed, ms, next;
		int8_t news;
	} rows[] = {
		{ DEBOUNCE_OFF, 0, 1, DEBOUNCE_OFF, 0 },
		{ DEBOUNCE_OFF, 0, 200, DEBOUNCE_OFF, 0 },
		{ DEBOUNCE_OFF, 1, 200, DEBOUNCE_RISING, 0 },
		{ DEBOUNCE_RISING, 0, 8, DEBOUNCE_OFF, 0 },
		{ DEBOUNCE_RISING, 1, 8, DEBOUNCE_RISING, 0 },
		{ DEBOUNCE_RISING, 1, 9, DEBOUNCE_ON, 1 },
		{ DEBOUNCE_ON, 0, 200, DEBOUNCE_FALLING, 0 },
		{ DEBOUNCE_ON, 1, 200, DEBOUNCE_ON, 0 },
		{ DEBOUNCE_FALLING, 0, 18, DEBOUNCE_FALLING, 0 },
		{ DEBOUNCE_FALLING, 0, 19, DEBOUNCE_OFF, -1 },
		{ DEBOUNCE_FALLING, 1, 19, DEBOUNCE_ON, 0 },
	};

	(void)unused;
	for (size_t n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
		struct debounce debounce = {
			.state = (enum debounce_state)rows[n].state,
			.ms = rows[n].ms,
		};

		assert_int_equal(debounce_step(&debounce, rows[n].closed, 10,
					       20),
				 rows[n].news);
		assert_int_equal(debounce.state, rows[n].next);
	}
}

/* --- pulses */

static uint64_t hold(struct pulse *pulse, bool closed, uint32_t ms)
{
	uint64_t before = pulse->count;

	while (ms--)
		(void)pulse_step(pulse, closed);
	return pulse->count - before;
}

static void chatter(struct pulse *pulse, uint32_t ms, uint32_t longest)
{
	while (ms) {
		uint32_t n = 1 + (uint32_t)rand() % longest;

		if (n > ms)
			n = ms;
		hold(pulse, rand() & 1, n);
		ms -= n;
	}
}

static void a_pulse_counts_on_release(void **unused)
{
	struct pulse pulse;

	(void)unused;
	pulse_init(&pulse, 0xffffffffull);
	assert_int_equal(hold(&pulse, false, 1000), 0);
	assert_int_equal(hold(&pulse, true, 1000), 0);
	assert_int_equal(hold(&pulse, false, PULSE_OPEN_MS - 1), 0);
	assert_int_equal(hold(&pulse, false, 1), 1);
	/* 64 bits of them. */
	assert_int_equal(pulse.count, 0x100000000ull);
	/* Too short to be one. */
	hold(&pulse, false, 5000);
	hold(&pulse, true, PULSE_CLOSED_MS - 1);
	assert_int_equal(hold(&pulse, false, 5000), 0);
	hold(&pulse, true, PULSE_CLOSED_MS);
	assert_int_equal(hold(&pulse, false, 5000), 1);
	/* Too soon to be one. */
	hold(&pulse, true, 100);
	assert_int_equal(hold(&pulse, false, 600), 1);
	hold(&pulse, true, 100);
	assert_int_equal(hold(&pulse, false, 600), 0);
	assert_true(pulse.rejected > 0);
}

/* A wheel at any flow, bouncing at either edge. */
static void bounce_is_not_gas(void **unused)
{
	struct pulse pulse;
	uint64_t turns = 0;

	(void)unused;
	srand(5);
	pulse_init(&pulse, 0);
	for (int n = 0; n < 3000; n++) {
		uint32_t turn_ms = 5000 + (uint32_t)rand() % 40000;
		uint32_t closed_ms = turn_ms / (3 + (uint32_t)rand() % 3);

		chatter(&pulse, (uint32_t)rand() % 9, 4);
		hold(&pulse, true, closed_ms);
		chatter(&pulse, (uint32_t)rand() % 9, 4);
		hold(&pulse, false, turn_ms - closed_ms);
		assert_int_equal(pulse.count, ++turns);
	}
}

/* The wheel stops with its magnet on the reed's edge, and a lorry passes. */
static void a_parked_magnet_is_not_gas(void **unused)
{
	struct pulse pulse;

	(void)unused;
	pulse_init(&pulse, 0);
	hold(&pulse, true, 300);
	for (int n = 0; n < 20000; n++) {
		hold(&pulse, false, 1 + (uint32_t)rand() % 400);
		hold(&pulse, true, 1 + (uint32_t)rand() % 400);
	}
	hold(&pulse, true, 3600000);
	assert_int_equal(pulse.count, 0);
	assert_int_equal(hold(&pulse, false, 1000), 1);
}

static void a_magnet_for_a_day_is_told(void **unused)
{
	enum pulse_news news = PULSE_NOTHING;
	struct pulse pulse;
	uint32_t ms = 0;

	(void)unused;
	pulse_init(&pulse, 0);
	while (news == PULSE_NOTHING && ms++ < PULSE_HELD_MS + 100)
		news = pulse_step(&pulse, true);
	assert_int_equal(news, PULSE_HELD_ON);
	assert_in_range(ms, PULSE_HELD_MS, PULSE_HELD_MS + 20);
	for (int n = 0; n < 1000; n++)
		assert_int_equal(pulse_step(&pulse, true), PULSE_NOTHING);
	assert_int_equal(pulse_step(&pulse, false), PULSE_HELD_OFF);
	assert_int_equal(hold(&pulse, false, 1000), 1);
}

static void every_transition_of_the_pulse(void **unused)
{
	/* Event by kind of sample: open, closed, open long, closed long, held. */
	static const struct {
		bool closed;
		uint32_t ms;
	} samples[PULSE_EVENTS] = {
		{ false, 0 },
		{ true, 0 },
		{ false, PULSE_OPEN_MS },
		{ true, PULSE_CLOSED_MS },
		{ true, PULSE_HELD_MS },
	};
	/* Where a sample cannot be long in a state, it is as the short one. */
	static const char *const next[PULSE_STATES] = {
		"OcOcc", "OcOCC", "pCpCH", "pCOCC", "pHpHH",
	};
	static const char names[] = "OcCpH";

	(void)unused;
	for (int s = 0; s < PULSE_STATES; s++) {
		for (int e = 0; e < PULSE_EVENTS; e++) {
			struct pulse pulse;

			pulse_init(&pulse, 0);
			pulse.state = (enum pulse_state)s;
			pulse.ms = samples[e].ms;
			(void)pulse_step(&pulse, samples[e].closed);
			if (names[pulse.state] != next[s][e])
				fail_msg("state %d sample %d: %c", s, e,
					 names[pulse.state]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_zero_is_foretold),
		cmocka_unit_test(without_mains_there_is_none),
		cmocka_unit_test(the_contact_is_seen),
		cmocka_unit_test(current_alone_says_closed),
		cmocka_unit_test_setup(every_transition_of_the_relay,
				       with_mains),
		cmocka_unit_test_setup(the_relay_is_not_moved_into_danger,
				       with_mains),
		cmocka_unit_test_setup(a_pulse_is_ahead_of_a_zero, with_mains),
		cmocka_unit_test_setup(a_contact_that_does_not_follow,
				       with_mains),
		cmocka_unit_test_setup(a_current_is_a_closed_contact,
				       with_mains),
		cmocka_unit_test(a_start_goes_on_where_it_was),
		cmocka_unit_test(every_transition_of_the_valve),
		cmocka_unit_test(nothing_remote_opens_the_valve),
		cmocka_unit_test(the_battery_is_kept_for_closing),
		cmocka_unit_test(a_test_with_flow_fails),
		cmocka_unit_test(the_motor_stops_whatever_happens),
		cmocka_unit_test(debounce_matrix),
		cmocka_unit_test(a_pulse_counts_on_release),
		cmocka_unit_test(bounce_is_not_gas),
		cmocka_unit_test(a_parked_magnet_is_not_gas),
		cmocka_unit_test(a_magnet_for_a_day_is_told),
		cmocka_unit_test(every_transition_of_the_pulse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
