// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The power goes at each persistence point of supplyd's life, one by one: what
 * was answered is there, what was not is there whole or not at all, and
 * supply is never on against a hold.
 */
#include <errno.h>
#include <string.h>

#include "../supplyd/supplyd-service.h"
#include "powercut-vfs.h"
#include "test.h"

#define T UINT64_C(1750000000000000)
#define S UINT64_C(1000000)
#define E SUPPLYD_ELECTRICITY
#define G SUPPLYD_GAS
#define STEPS 30

struct stage {
	struct powercut *disk;
	struct store *store;
	struct supplyd d;
	bool open;
	/* The switches outlive the power. */
	struct switch_state at[SUPPLYD_METERS];
	bool consent;
	unsigned int turned_on;
};

static int take_command(void *userdata, const char *meter, bool on)
{
	struct stage *stage = userdata;
	int which = strcmp(meter, "gas0") ? E : G;

	/* Without power nothing moves, and nothing is commanded. */
	if (powercut_is_off(stage->disk))
		return -EIO;
	if (on) {
		assert_true(which == E || stage->consent);
		stage->turned_on++;
	}
	stage->at[which].commanded = on ? SUPPLY_SENSED_ON : SUPPLY_SENSED_OFF;
	stage->at[which].sensed = stage->at[which].commanded;
	return 0;
}

static int read_switch(void *userdata, const char *meter,
		       struct switch_state *ret)
{
	struct stage *stage = userdata;

	*ret = stage->at[strcmp(meter, "gas0") ? E : G];
	return 0;
}

static const struct switchgear_ops ops = { take_command, read_switch };

static int start(struct stage *stage)
{
	static struct switchgear gear;
	enum store_found found;
	int r;

	gear = (struct switchgear){ &ops, stage };
	r = store_open("supplyd.db", NULL, 0, &stage->store, &found);
	if (r)
		return r;
	assert_int_not_equal(found, STORE_SET_ASIDE);
	stage->open = true;
	return supplyd_open(&stage->d, stage->store, &gear, 1234, T);
}

static void stop(struct stage *stage)
{
	if (stage->open)
		store_close(stage->store);
	stage->open = false;
}

static int consent(struct stage *stage, enum supplyd_which which, uint64_t at)
{
	int r;

	stage->consent = true;
	r = supplyd_consent(&stage->d, which, at);
	stage->consent = false;
	return r;
}

static int load(struct stage *stage, int64_t power_mw, uint64_t at)
{
	struct supply_reading reading = { .power_known = true,
					  .power_mw = power_mw };

	return supplyd_advance(&stage->d, E, &reading, at);
}

/* Step number n of the life. */
static int step(struct stage *stage, int n)
{
	static const struct supply_limit limit = {
		.active = true,
		.threshold_mw = 5000000,
		.disables = true,
		.restoration_s = 1,
		.arms = true,
	};
	static const struct aux_controller car = { AUX_PROPORTIONAL, 20, true,
						   "car" };
	struct supplyd *d = &stage->d;
	uint64_t at = T + (uint64_t)n * 2 * S;

	switch (n % 15) {
	case 0:
		return supplyd_request(d, E, SUPPLY_SUPPLIER, SUPPLY_DISABLE,
				       at);
	case 1:
		return supplyd_follow(d, G, SUPPLY_DISABLED, "credit", at);
	case 2:
		return supplyd_request(d, E, SUPPLY_SUPPLIER, SUPPLY_ARM, at);
	case 3:
		return consent(stage, E, at);
	case 4:
		return supplyd_follow(d, G, SUPPLY_ENABLED, "credit", at);
	case 5:
		return consent(stage, G, at);
	case 6:
		return supplyd_set_limit(d, &limit, at);
	case 7:
		return load(stage, 6000000, at);
	case 8:
		return load(stage, 0, at);
	case 9:
		return consent(stage, E, at);
	case 10:
		return supplyd_request(d, G, SUPPLY_LOCAL, SUPPLY_DISABLE, at);
	case 11:
		return consent(stage, G, at);
	case 12:
		return supplyd_aux_controller(d, 0, &car, at);
	case 13:
		return supplyd_aux_boost(d, 0, 600 + n, at);
	default:
		return supplyd_request(d, E, SUPPLY_TAMPER,
				       n % 2 ? SUPPLY_DISABLE : SUPPLY_ENABLE,
				       at);
	}
}

/* What matters of a state, to be compared. */
struct mark {
	enum supply_state hold[SUPPLYD_METERS][SUPPLY_OWNERS];
	uint32_t limited;
	bool limit;
	int64_t boost_end_s;
	enum aux_kind kind;
};

static struct mark mark_of(const struct supplyd *d)
{
	struct mark mark;

	memset(&mark, 0, sizeof(mark));
	for (int m = 0; m < SUPPLYD_METERS; m++)
		for (int n = 0; n < SUPPLY_OWNERS; n++)
			mark.hold[m][n] = d->meter[m].supply.hold[n].state;
	mark.limited = d->meter[E].supply.limited;
	mark.limit = d->meter[E].limit.active;
	mark.boost_end_s = d->aux.controller[0].boost_end_s;
	mark.kind = d->aux_settings.controller[0].kind;
	return mark;
}

static bool same(struct mark a, const struct mark *b, bool armed_gas)
{
	/* Gas found shut although nobody holds is armed by the service. */
	if (armed_gas)
		a.hold[G][SUPPLY_LOCAL] = SUPPLY_ARMED;
	return !memcmp(&a, b, sizeof(a));
}

static struct mark marks[STEPS + 1]; /* before each step, without cuts */

/* Points at which the power can go. */
static uint64_t whole_life(uint64_t seed)
{
	struct stage stage = { .disk = powercut_new(seed) };
	uint64_t points;

	for (int n = 0; n < SUPPLYD_METERS; n++)
		stage.at[n].sensed = SUPPLY_SENSED_ON;
	assert_int_equal(start(&stage), 0);
	for (int n = 0; n < STEPS; n++) {
		marks[n] = mark_of(&stage.d);
		assert_int_equal(step(&stage, n), 0);
	}
	marks[STEPS] = mark_of(&stage.d);
	points = powercut_points(stage.disk);
	assert_true(stage.turned_on >= 6);
	stop(&stage);
	powercut_free(stage.disk);
	return points;
}

static bool was_on(int done, int meter)
{
	for (int n = 0; n < SUPPLY_OWNERS; n++)
		if (marks[done].hold[meter][n] != SUPPLY_ENABLED)
			return false;
	return true;
}

static void check_after(struct stage *stage, int done)
{
	int next = done < STEPS ? done + 1 : done;
	struct mark is;
	bool on[SUPPLYD_METERS];

	for (int n = 0; n < SUPPLYD_METERS; n++)
		on[n] = stage->at[n].sensed == SUPPLY_SENSED_ON;
	assert_int_equal(start(stage), 0);
	is = mark_of(&stage->d);
	assert_true(same(marks[done], &is, false) ||
		    same(marks[next], &is, false) ||
		    same(marks[done], &is, true) ||
		    same(marks[next], &is, true));
	for (int n = 0; n < SUPPLYD_METERS; n++) {
		enum supply_state state =
			supply_state(&stage->d.meter[n].supply);

		/* Turned on before that was stored? */
		if (on[n] && state != SUPPLY_ENABLED)
			assert_true(was_on(done, n));
		/* A gas valve that was open may stay so, not be opened. */
		if (n == G && !on[n])
			assert_int_not_equal(state, SUPPLY_ENABLED);
		assert_int_equal(stage->at[n].sensed,
				 state == SUPPLY_ENABLED ? SUPPLY_SENSED_ON :
							   SUPPLY_SENSED_OFF);
	}
	/* And it lives on. */
	assert_int_equal(supplyd_request(&stage->d, E, SUPPLY_LOCAL,
					 SUPPLY_DISABLE, T + 900 * S),
			 0);
}

static void cut_life(uint64_t seed, uint64_t at)
{
	struct stage stage = { .disk = powercut_new(seed) };
	int done = 0;

	for (int n = 0; n < SUPPLYD_METERS; n++)
		stage.at[n].sensed = SUPPLY_SENSED_ON;
	powercut_at(stage.disk, at);
	if (!start(&stage))
		while (!powercut_is_off(stage.disk) && !step(&stage, done))
			done++;
	assert_true(powercut_is_off(stage.disk));
	stop(&stage);
	powercut_restart(stage.disk);
	check_after(&stage, done);
	stop(&stage);
	powercut_free(stage.disk);
}

static void each_point_is_cut(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 3; seed++) {
		uint64_t points = whole_life(seed);

		assert_true(points > 100);
		for (uint64_t at = 1; at <= points; at++)
			cut_life(seed, at);
	}
}

/* A disk that fails for a while: nothing is on against a hold, then or later. */
static void each_point_fails(void **state)
{
	uint64_t points = whole_life(1);

	(void)state;
	for (uint64_t at = 1; at <= points; at++) {
		struct stage stage = { .disk = powercut_new(at) };
		struct mark before;

		for (int n = 0; n < SUPPLYD_METERS; n++)
			stage.at[n].sensed = SUPPLY_SENSED_ON;
		powercut_fail(stage.disk, at, 3);
		if (start(&stage)) {
			stop(&stage);
			powercut_free(stage.disk);
			continue;
		}
		for (int n = 0; n < STEPS; n++) {
			before = mark_of(&stage.d);
			/* A refused step has not happened; go on. */
			if (step(&stage, n)) {
				struct mark after = mark_of(&stage.d);

				assert_memory_equal(&before, &after,
						    sizeof(before));
			}
			for (int m = 0; m < SUPPLYD_METERS; m++)
				if (supply_state(&stage.d.meter[m].supply))
					assert_int_equal(stage.at[m].sensed,
							 SUPPLY_SENSED_OFF);
		}
		before = mark_of(&stage.d);
		stop(&stage);
		powercut_restart(stage.disk);
		assert_int_equal(start(&stage), 0);
		if (stage.at[G].sensed == SUPPLY_SENSED_ON) {
			struct mark after = mark_of(&stage.d);

			assert_memory_equal(&before, &after, sizeof(before));
		}
		stop(&stage);
		powercut_free(stage.disk);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_point_is_cut),
		cmocka_unit_test(each_point_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
