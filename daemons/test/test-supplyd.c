// SPDX-License-Identifier: LGPL-2.1-or-later
/* supplyd's service: rules, store and switch together. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../supplyd/supply-codec.h"
#include "../supplyd/supplyd-service.h"
#include "test.h"

#define T_S INT64_C(1750000000)
#define T (T_S * 1000000)
#define S UINT64_C(1000000)
#define E SUPPLYD_ELECTRICITY
#define G SUPPLYD_GAS
#define ON SUPPLY_SENSED_ON
#define OFF SUPPLY_SENSED_OFF
#define UNKNOWN SUPPLY_SENSED_UNKNOWN

/* A home: a store on disk, and switches that obey, or do not. */
struct home {
	char dir[64];
	struct store *store;
	struct supplyd d;
	struct switchgear gear;
	struct switch_state at[SUPPLYD_METERS];
	int command_error, read_error;
	bool consent; /* a person is there, and says so now */
	int commands;
};

static int which_of(const char *meter)
{
	return strcmp(meter, "gas0") ? E : G;
}

static enum supply_state stored_state(struct home *h, int which)
{
	uint8_t octets[SUPPLY_OCTETS_MAX];
	struct supply s;
	size_t len;

	if (store_get(h->store,
		      which == G ? "supply/gas0" : "supply/electricity0",
		      octets, sizeof(octets), &len))
		return SUPPLY_ENABLED;
	assert_int_equal(supply_decode(SPAN(octets, len), &s), 0);
	return supply_state(&s);
}

/* Nothing is turned on that the store does not say; gas by a person only. */
static int take_command(void *userdata, const char *meter, bool on)
{
	struct home *h = userdata;
	int which = which_of(meter);

	h->commands++;
	if (on) {
		assert_int_equal(stored_state(h, which), SUPPLY_ENABLED);
		assert_true(which == E || h->consent);
	}
	if (h->command_error)
		return h->command_error;
	h->at[which].commanded = on ? ON : OFF;
	if (h->at[which].sensed != UNKNOWN)
		h->at[which].sensed = h->at[which].commanded;
	return 0;
}

static int read_switch(void *userdata, const char *meter,
		       struct switch_state *ret)
{
	struct home *h = userdata;

	if (h->read_error)
		return h->read_error;
	*ret = h->at[which_of(meter)];
	return 0;
}

static const struct switchgear_ops fake_ops = { take_command, read_switch };

static void open_home(struct home *h)
{
	enum store_found found;
	char path[128];

	snprintf(path, sizeof(path), "%s/supplyd.db", h->dir);
	assert_int_equal(store_open(path, NULL, 0, &h->store, &found), 0);
	h->gear = (struct switchgear){ &fake_ops, h };
	assert_int_equal(supplyd_open(&h->d, h->store, &h->gear, 0x8000, T), 0);
}

/* The power goes: nobody gets to say good bye. */
static void reopen(struct home *h)
{
	store_close(h->store);
	open_home(h);
}

static struct home *new_home(enum supply_sensed commanded,
			     enum supply_sensed sensed)
{
	static struct home home;

	home = (struct home){ 0 };
	for (int n = 0; n < SUPPLYD_METERS; n++)
		home.at[n] = (struct switch_state){ commanded, sensed };
	strcpy(home.dir, "/tmp/test-supplyd-XXXXXX");
	assert_non_null(mkdtemp(home.dir));
	open_home(&home);
	return &home;
}

static void end_home(struct home *h)
{
	char line[256];

	store_close(h->store);
	snprintf(line, sizeof(line), "rm -r '%s'", h->dir);
	assert_int_equal(system(line), 0);
}

/* A disk that takes nothing. */
#define BROKEN (-EROFS)

static void break_store(struct home *h)
{
	assert_int_equal(store_run(h->store, "PRAGMA query_only = ON", ""), 0);
}

static void mend_store(struct home *h)
{
	assert_int_equal(store_run(h->store, "PRAGMA query_only = OFF", ""), 0);
}

static enum supply_state state_of(const struct home *h, int which)
{
	return supply_state(&h->d.meter[which].supply);
}

static void advance(struct home *h, int which, uint64_t at_us)
{
	struct supply_reading none = { 0 };

	assert_int_equal(supplyd_advance(&h->d, which, &none, at_us), 0);
}

/* Records waiting, of a code; code -1: any. */
static int records(struct home *h, const char *meter, const char *log, int code)
{
	sqlite3_stmt *row;
	int n;

	assert_int_equal(
		store_row(h->store, &row,
			  "SELECT count(*) FROM outbox WHERE meter = ? AND"
			  " log = ? AND (code = ?3 OR ?3 < 0)",
			  "ssi", meter, log, (int64_t)code),
		1);
	n = sqlite3_column_int(row, 0);
	store_done(row);
	return n;
}

static void a_new_store_leaves_supply_as_it_is(void **state)
{
	struct home *h = new_home(UNKNOWN, ON);

	(void)state;
	assert_int_equal(h->commands, 0);
	assert_int_equal(state_of(h, E), SUPPLY_ENABLED);
	end_home(h);
	/* Off: who knows why. A person may turn it on. */
	h = new_home(OFF, OFF);
	for (int n = 0; n < SUPPLYD_METERS; n++) {
		assert_int_equal(state_of(h, n), SUPPLY_ARMED);
		assert_int_equal(supply_reason(&h->d.meter[n].supply),
				 SUPPLY_LOCAL);
	}
	assert_int_equal(h->commands, 0);
	assert_int_equal(h->at[E].commanded, OFF);
	h->consent = true;
	assert_int_equal(supplyd_consent(&h->d, G, T), 0);
	assert_int_equal(h->at[G].commanded, ON);
	end_home(h);
	/* Seen on once, it is ours: off is what it should not be. */
	h = new_home(UNKNOWN, UNKNOWN);
	h->at[E].sensed = ON;
	advance(h, E, T + S);
	h->at[E].sensed = OFF;
	advance(h, E, T + 2 * S);
	assert_int_equal(h->at[E].commanded, ON);
	end_home(h);
	/* And off when it is felt first, it is not. */
	h = new_home(UNKNOWN, UNKNOWN);
	advance(h, E, T + S);
	h->at[E].sensed = OFF;
	advance(h, E, T + 2 * S);
	assert_int_equal(h->at[E].commanded, UNKNOWN);
	assert_int_equal(state_of(h, E), SUPPLY_ARMED);
	end_home(h);
}

static void who_is_off_stays_off_over_a_restart(void **state)
{
	struct home *h = new_home(ON, ON);

	(void)state;
	assert_int_equal(supplyd_request(&h->d, E, SUPPLY_SUPPLIER,
					 SUPPLY_DISABLE, T),
			 0);
	assert_int_equal(h->at[E].commanded, OFF);
	assert_int_equal(supplyd_follow(&h->d, G, SUPPLY_DISABLED, "credit", T),
			 0);
	assert_int_equal(h->at[G].commanded, OFF);
	h->commands = 0;
	reopen(h);
	assert_int_equal(state_of(h, E), SUPPLY_DISABLED);
	assert_int_equal(h->d.meter[E].supply.hold[SUPPLY_SUPPLIER].since_s,
			 T_S);
	assert_string_equal(h->d.meter[G].supply.hold[SUPPLY_PREPAYMENT].reason,
			    "credit");
	advance(h, E, T + S);
	advance(h, G, T + S);
	/* They do as they were told: left alone. */
	assert_int_equal(h->commands, 0);
	/* One that was moved by another hand is told again. */
	h->at[E] = (struct switch_state){ ON, ON };
	reopen(h);
	assert_int_equal(h->at[E].commanded, OFF);
	h->at[E].sensed = ON;
	h->commands = 0;
	reopen(h);
	assert_int_equal(h->commands, 1);
	end_home(h);
}

/* The power goes after the commit, before the command. */
static void a_crash_before_the_command_is_made_good(void **state)
{
	struct home *h = new_home(ON, ON);

	(void)state;
	h->command_error = -EIO;
	assert_int_equal(supplyd_request(&h->d, E, SUPPLY_SUPPLIER,
					 SUPPLY_DISABLE, T),
			 0);
	assert_int_equal(h->at[E].commanded, ON);
	h->command_error = 0;
	reopen(h);
	assert_int_equal(h->at[E].commanded, OFF);
	h->command_error = -EIO;
	assert_int_equal(supplyd_request(&h->d, E, SUPPLY_SUPPLIER,
					 SUPPLY_ENABLE, T),
			 0);
	h->command_error = 0;
	reopen(h);
	assert_int_equal(h->at[E].commanded, ON);
	/* Gas waits for a person again. */
	assert_int_equal(
		supplyd_request(&h->d, G, SUPPLY_LOCAL, SUPPLY_DISABLE, T), 0);
	h->consent = true;
	h->command_error = -EIO;
	assert_int_equal(supplyd_consent(&h->d, G, T), 0);
	assert_int_equal(stored_state(h, G), SUPPLY_ENABLED);
	h->command_error = 0;
	h->consent = false;
	reopen(h);
	assert_int_equal(h->at[G].commanded, OFF);
	assert_int_equal(state_of(h, G), SUPPLY_ARMED);
	/* Also without a crash. */
	h->consent = true;
	h->command_error = -EIO;
	assert_int_equal(supplyd_consent(&h->d, G, T), 0);
	h->command_error = 0;
	h->consent = false;
	advance(h, G, T + S);
	assert_int_equal(state_of(h, G), SUPPLY_ARMED);
	end_home(h);
}

static void a_command_that_is_not_stored_is_not_done(void **state)
{
	struct home *h = new_home(ON, ON);
	struct supply was = h->d.meter[E].supply;
	struct supply_limit limit = { .active = true };

	(void)state;
	break_store(h);
	assert_int_equal(supplyd_request(&h->d, E, SUPPLY_SUPPLIER,
					 SUPPLY_DISABLE, T),
			 BROKEN);
	assert_int_equal(supplyd_set_limit(&h->d, &limit, T), BROKEN);
	assert_false(h->d.meter[E].limit.active);
	assert_memory_equal(&h->d.meter[E].supply, &was, sizeof(was));
	assert_int_equal(h->commands, 0);
	mend_store(h);
	supplyd_request(&h->d, E, SUPPLY_LOCAL, SUPPLY_DISABLE, T);
	break_store(h);
	h->commands = 0;
	assert_int_equal(supplyd_consent(&h->d, E, T), BROKEN);
	assert_int_equal(state_of(h, E), SUPPLY_ARMED);
	assert_int_equal(h->commands, 0);
	end_home(h);
}

/* Off against a store that cannot be written; on only when it can. */
static void no_credit_is_off_stored_or_not(void **state)
{
	struct home *h = new_home(ON, ON);

	(void)state;
	break_store(h);
	for (int n = 0; n < SUPPLYD_METERS; n++) {
		assert_int_equal(supplyd_follow(&h->d, n, SUPPLY_DISABLED,
						"credit", T),
				 BROKEN);
		assert_int_equal(h->at[n].commanded, OFF);
	}
	h->commands = 0;
	assert_int_equal(supplyd_follow(&h->d, E, SUPPLY_DISABLED, "credit",
					T + S),
			 BROKEN);
	/* Credit again: on would not be stored either. */
	assert_int_equal(supplyd_follow(&h->d, E, SUPPLY_ENABLED, "credit",
					T + 2 * S),
			 BROKEN);
	assert_int_equal(h->commands, 0);
	mend_store(h);
	assert_int_equal(supplyd_follow(&h->d, E, SUPPLY_ENABLED, "credit",
					T + 3 * S),
			 0);
	assert_int_equal(h->at[E].commanded, ON);
	/* Gas found shut: for a person. */
	assert_int_equal(supplyd_follow(&h->d, G, SUPPLY_ENABLED, "credit",
					T + 3 * S),
			 0);
	assert_int_equal(h->at[G].commanded, OFF);
	assert_int_equal(state_of(h, G), SUPPLY_ARMED);
	end_home(h);
}

static const struct supply_limit limit = {
	.active = true,
	.threshold_mw = 5000000,
	.period_s = 30,
	.disables = true,
	.restoration_s = 300,
	.arms = true,
};

static void load(struct home *h, int at_s, int64_t power_mw, int want)
{
	struct supply_reading reading = { .power_known = true,
					  .power_mw = power_mw };

	assert_int_equal(supplyd_advance(&h->d, E, &reading,
					 T + (uint64_t)at_s * S),
			 want);
}

static void load_limiting_is_done_stored_and_told(void **state)
{
	struct home *h = new_home(ON, ON);

	(void)state;
	assert_int_equal(supplyd_set_limit(&h->d, &limit, T), 0);
	reopen(h);
	assert_memory_equal(&h->d.meter[E].limit, &limit, sizeof(limit));
	load(h, 0, 6000000, 0);
	load(h, 30, 6000000, 0);
	assert_int_equal(h->at[E].commanded, OFF);
	assert_int_equal(records(h, "electricity0", "event", 0x8f01), 1);
	assert_int_equal(records(h, "electricity0", "event", 0x8f33), 1);
	reopen(h);
	assert_int_equal(h->d.meter[E].supply.limited, 1);
	load(h, 329, 0, 0);
	assert_int_equal(state_of(h, E), SUPPLY_DISABLED);
	load(h, 330, 0, 0);
	assert_int_equal(state_of(h, E), SUPPLY_ARMED);
	assert_int_equal(records(h, "electricity0", "event", 0x8f32), 1);
	assert_int_equal(supplyd_reset_limited(&h->d), 0);
	reopen(h);
	assert_int_equal(h->d.meter[E].supply.limited, 0);
	end_home(h);
}

static void another_limit_is_measured_anew(void **state)
{
	struct home *h = new_home(ON, ON);

	(void)state;
	supplyd_set_limit(&h->d, &limit, T);
	load(h, 0, 6000000, 0);
	assert_int_equal(supplyd_set_limit(&h->d, &limit, T + 20 * S), 0);
	load(h, 30, 6000000, 0);
	assert_int_equal(state_of(h, E), SUPPLY_ENABLED);
	load(h, 60, 6000000, 0);
	assert_int_equal(state_of(h, E), SUPPLY_DISABLED);
	end_home(h);
}

static void load_above_is_off_stored_or_not(void **state)
{
	struct home *h = new_home(ON, ON);

	(void)state;
	supplyd_set_limit(&h->d, &limit, T);
	load(h, 0, 6000000, 0);
	break_store(h);
	load(h, 30, 6000000, BROKEN);
	assert_int_equal(h->at[E].commanded, OFF);
	/* Nothing flows any more: that is not what lets it on. */
	load(h, 32, 0, BROKEN);
	assert_int_equal(h->at[E].commanded, OFF);
	end_home(h);
}

static void a_switch_that_disobeys_is_told_and_told_again(void **state)
{
	struct home *h = new_home(ON, ON);

	(void)state;
	supplyd_request(&h->d, E, SUPPLY_TAMPER, SUPPLY_DISABLE, T);
	assert_int_equal(records(h, "electricity0", "security", 0x81be), 1);
	h->at[E].sensed = ON; /* welded */
	h->commands = 0;
	advance(h, E, T + S);
	advance(h, E, T + 10 * S);
	assert_int_equal(h->commands, 0);
	advance(h, E, T + 11 * S);
	assert_int_equal(h->commands, 1);
	assert_int_equal(records(h, "electricity0", "event", 0x81c0), 1);
	/* It moved this time. */
	advance(h, E, T + 12 * S);
	assert_false(h->d.meter[E].supply.mismatch);
	assert_int_equal(records(h, "electricity0", "event", -1), 2);
	end_home(h);
}

static void a_meter_without_a_switch_says_so(void **state)
{
	struct home *h = new_home(ON, ON);

	(void)state;
	h->read_error = -ENODEV;
	assert_int_equal(supplyd_request(&h->d, G, SUPPLY_SUPPLIER,
					 SUPPLY_DISABLE, T),
			 -ENODEV);
	assert_int_equal(supplyd_consent(&h->d, G, T), -ENODEV);
	assert_int_equal(state_of(h, G), SUPPLY_ENABLED);
	advance(h, G, T);
	assert_int_equal(h->d.meter[G].gear.sensed, UNKNOWN);
	/* What prepayment says is kept for when it comes. */
	assert_int_equal(supplyd_follow(&h->d, G, SUPPLY_DISABLED, "credit", T),
			 0);
	assert_int_equal(h->commands, 0);
	h->read_error = 0;
	advance(h, G, T + S);
	assert_int_equal(h->at[G].commanded, OFF);
	end_home(h);
}

static void a_state_that_makes_no_sense_is_a_lost_one(void **state)
{
	struct home *h = new_home(ON, ON);

	(void)state;
	supplyd_request(&h->d, E, SUPPLY_SUPPLIER, SUPPLY_DISABLE, T);
	assert_int_equal(store_put(h->store, "supply/electricity0", "?", 1), 0);
	assert_int_equal(store_put(h->store, "limit/electricity0", "?", 1), 0);
	assert_int_equal(store_put(h->store, "aux-settings", "?", 1), 0);
	reopen(h);
	assert_int_equal(state_of(h, E), SUPPLY_ARMED);
	assert_int_equal(h->at[E].commanded, OFF);
	end_home(h);
}

/* --- auxiliary load */

static void controllers_come_back(void **state)
{
	static const struct aux_controller car = { AUX_PROPORTIONAL, 20, true,
						   "car" };
	struct home *h = new_home(ON, ON);
	struct aux_settings set = { .switches = 1 };

	(void)state;
	assert_int_equal(supplyd_aux_controller(&h->d, 1, &car, T), 0);
	assert_int_equal(supplyd_aux_controller(&h->d, 5, &car, T), -ENOENT);
	assert_int_equal(supplyd_aux_offset(&h->d, 1799, T), 0);
	assert_int_equal(supplyd_aux_offset(&h->d, 1800, T), -EINVAL);
	/* Half of it: the random part is 0x8000 of 0x10000. */
	assert_int_equal(h->d.aux_settings.offset_s, 900);
	h->d.random = 0;
	reopen(h);
	assert_int_equal(h->d.random, 0x8000);
	assert_int_equal(h->d.aux_settings.offset_s, 900);
	assert_int_equal(h->d.aux.controller[1].pct, 20);
	/* Two settings, and a level that came of one. */
	assert_int_equal(records(h, "electricity0", "auxiliary", 0), 3);
	assert_int_equal(supplyd_aux_limit(&h->d, 1, 10, T_S - 900, T_S, T), 0);
	assert_int_equal(h->d.aux.controller[1].pct, 10);
	assert_int_equal(records(h, "electricity0", "auxiliary", 0x8f86), 1);
	assert_int_equal(supplyd_aux_set(&h->d, 1, 60, T_S, T_S + 60, T), 0);
	assert_int_equal(supplyd_aux_boost(&h->d, 1, 1200, T), 0);
	reopen(h);
	assert_int_equal(supplyd_aux_advance(&h->d, T + 900 * S), 0);
	assert_int_equal(records(h, "electricity0", "auxiliary", 0x8f87), 1);
	assert_int_equal(h->d.aux.controller[1].pct, 100);
	assert_int_equal(supplyd_aux_boost(&h->d, 1, 0, T + 900 * S), 0);
	assert_int_equal(h->d.aux.controller[1].pct, 60);
	assert_int_equal(supplyd_aux_boost(&h->d, 1, 0, T + 900 * S), 0);
	assert_int_equal(supplyd_aux_reset(&h->d, 1, T + 900 * S), 0);
	assert_int_equal(h->d.aux.controller[1].pct, 20);
	assert_int_equal(supplyd_aux_reset(&h->d, 1, T + 900 * S), 0);
	set.at[0] = (struct aux_switch){ .controller = 1,
					 .pct = 77,
					 .weekdays = 0x7f };
	assert_int_equal(supplyd_aux_schedule(&h->d, &set, T + 900 * S), 0);
	reopen(h);
	assert_int_equal(h->d.aux.controller[1].pct, 77);
	set.at[0].pct = 177;
	assert_int_equal(supplyd_aux_schedule(&h->d, &set, T + 900 * S),
			 -EINVAL);
	/* What is not stored is not done. */
	break_store(h);
	assert_int_equal(supplyd_aux_boost(&h->d, 1, 60, T + 901 * S), BROKEN);
	assert_int_equal(h->d.aux.controller[1].pct, 77);
	assert_int_equal(supplyd_aux_advance(&h->d, T + 902 * S), 0);
	end_home(h);
}

/* --- a life: anything, in any order, cut off anywhere */

static uint32_t rng;

static unsigned int any(unsigned int n)
{
	rng = rng * 1664525 + 1013904223;
	return (rng >> 8) % n;
}

static int any_call(struct home *h, int which, struct supply *shadow,
		    uint64_t at_us)
{
	int64_t at_s = (int64_t)(at_us / S);
	struct supply next = *shadow;
	unsigned int what = any(8);
	int r, own;

	if (what < 4) {
		enum supply_owner owner =
			any(2) ? SUPPLY_SUPPLIER :
				 (any(2) ? SUPPLY_LOCAL : SUPPLY_TAMPER);
		enum supply_request request = any(SUPPLY_REQUESTS);

		own = supply_request(&next, owner, request, "x", at_s, NULL);
		r = supplyd_request(&h->d, which, owner, request, at_us);
		own = own == -EALREADY ? 0 : own;
	} else if (what < 6) {
		enum supply_state want = any(SUPPLY_STATES);

		own = supply_follow(&next, want, "x", at_s, NULL);
		r = supplyd_follow(&h->d, which, want, "x", at_us);
	} else {
		own = supply_consent(&next, at_s, NULL);
		h->consent = true;
		r = supplyd_consent(&h->d, which, at_us);
		h->consent = false;
	}
	if (r == BROKEN)
		return r;
	assert_int_equal(r, own);
	if (!r)
		*shadow = next;
	return r;
}

static void same_holds(const struct supply *a, const struct supply *b)
{
	for (int n = 0; n < SUPPLY_OWNERS; n++)
		assert_int_equal(a->hold[n].state, b->hold[n].state);
}

static void live(struct home *h, uint32_t seed)
{
	struct supply shadow[SUPPLYD_METERS];
	uint64_t at_us = T;
	bool broken = false;

	rng = seed;
	for (int n = 0; n < SUPPLYD_METERS; n++)
		shadow[n] = h->d.meter[n].supply;
	for (int step = 0; step < 300; step++) {
		int which = (int)any(SUPPLYD_METERS);
		struct supplyd_meter *m = &h->d.meter[which];

		at_us += any(5) * S;
		h->command_error = any(8) ? 0 : -EIO;
		if (!any(10)) {
			if (broken)
				mend_store(h);
			else
				break_store(h);
			broken = !broken;
		}
		any_call(h, which, &shadow[which], at_us);
		/* The service alone may arm a valve that is shut. */
		if (m->supply.hold[SUPPLY_LOCAL].state !=
		    shadow[which].hold[SUPPLY_LOCAL].state) {
			assert_int_equal(which, G);
			assert_int_equal(m->supply.hold[SUPPLY_LOCAL].state,
					 SUPPLY_ARMED);
			shadow[which] = m->supply;
		}
		same_holds(&m->supply, &shadow[which]);
		if (!any(6)) {
			h->command_error = 0;
			broken = false;
			reopen(h);
			for (int n = 0; n < SUPPLYD_METERS; n++) {
				if (n == G &&
				    state_of(h, n) != supply_state(&shadow[n]))
					assert_int_equal(state_of(h, n),
							 SUPPLY_ARMED);
				else
					same_holds(&h->d.meter[n].supply,
						   &shadow[n]);
				shadow[n] = h->d.meter[n].supply;
			}
		}
		/* Off is off, as soon as the switch can hear. */
		if (!h->command_error && state_of(h, which) != SUPPLY_ENABLED) {
			struct supply_reading none = { 0 };

			(void)supplyd_advance(&h->d, which, &none, at_us);
			assert_int_equal(h->at[which].commanded, OFF);
			shadow[which].at_s = h->d.meter[which].supply.at_s;
		}
	}
}

static void a_life_of_crashes(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 12; seed++) {
		struct home *h = new_home(ON, ON);

		live(h, seed);
		end_home(h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_store_leaves_supply_as_it_is),
		cmocka_unit_test(who_is_off_stays_off_over_a_restart),
		cmocka_unit_test(a_crash_before_the_command_is_made_good),
		cmocka_unit_test(a_command_that_is_not_stored_is_not_done),
		cmocka_unit_test(no_credit_is_off_stored_or_not),
		cmocka_unit_test(load_limiting_is_done_stored_and_told),
		cmocka_unit_test(another_limit_is_measured_anew),
		cmocka_unit_test(load_above_is_off_stored_or_not),
		cmocka_unit_test(a_switch_that_disobeys_is_told_and_told_again),
		cmocka_unit_test(a_meter_without_a_switch_says_so),
		cmocka_unit_test(a_state_that_makes_no_sense_is_a_lost_one),
		cmocka_unit_test(controllers_come_back),
		cmocka_unit_test(a_life_of_crashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
