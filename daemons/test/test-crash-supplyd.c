// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * supplyd's service and a disk whose power goes, beside its twin. HEARTH_CUTS=n
 * sets how many random cuts.
 */
#include <errno.h>
#include <string.h>

#include "../supplyd/supply-codec.h"
#include "../supplyd/supplyd-service.h"
#include "test.h"
#include "twin.h"

#define START_S INT64_C(1750000000)
#define OPERATIONS 120
#define RANDOM_CUTS 700

/* The switches, which have their power from elsewhere, and the person. */
struct world {
	struct switch_state at[SUPPLYD_METERS];
	bool consent;
	struct store *store; /* of the service that is there now */
};

struct service {
	struct supplyd d;
	struct switchgear gear;
};

static int which_of(const char *meter)
{
	return strcmp(meter, "gas0") ? SUPPLYD_ELECTRICITY : SUPPLYD_GAS;
}

/* Nothing goes on that is not stored as on; gas by a person only (S-1). */
static void may_go_on(struct world *world, int which)
{
	uint8_t octets[SUPPLY_OCTETS_MAX];
	struct supply s;
	size_t len;
	int r = store_get(world->store,
			  which == SUPPLYD_GAS ? "supply/gas0" :
						 "supply/electricity0",
			  octets, sizeof(octets), &len);

	assert_true(which == SUPPLYD_ELECTRICITY || world->consent);
	if (r)
		return; /* the power is off, or nothing was ever held */
	assert_int_equal(supply_decode(SPAN(octets, len), &s), 0);
	assert_int_equal(supply_state(&s), SUPPLY_ENABLED);
}

static int take_command(void *userdata, const char *meter, bool on)
{
	struct world *world = userdata;
	int which = which_of(meter);

	if (on)
		may_go_on(world, which);
	world->at[which].commanded = on ? SUPPLY_SENSED_ON : SUPPLY_SENSED_OFF;
	world->at[which].sensed = world->at[which].commanded;
	return 0;
}

static int read_switch(void *userdata, const char *meter,
		       struct switch_state *ret)
{
	struct world *world = userdata;

	*ret = world->at[which_of(meter)];
	return 0;
}

static const struct switchgear_ops gear_ops = { take_command, read_switch };

static void *new_world(void)
{
	struct world *world = calloc(1, sizeof(*world));

	for (int n = 0; n < SUPPLYD_METERS; n++)
		world->at[n] = (struct switch_state){ SUPPLY_SENSED_ON,
						      SUPPLY_SENSED_ON };
	return world;
}

static void copy_world(void *to, const void *from)
{
	const struct world *other = from;
	struct world *world = to;

	memcpy(world->at, other->at, sizeof(world->at));
}

static void *open_service(struct store *store, void *world)
{
	struct service *service = calloc(1, sizeof(*service));
	int r;

	((struct world *)world)->store = store;
	service->gear = (struct switchgear){ &gear_ops, world };
	r = supplyd_open(&service->d, store, &service->gear, 0x8000,
			 (uint64_t)START_S * USEC_PER_SEC);
	if (r && r != -EIO)
		fail();
	return service;
}

static uint64_t time_of(uint64_t n)
{
	/* Mostly some seconds apart, at times hours. */
	return ((uint64_t)START_S + n * 17 + n / 10 * 4000) * USEC_PER_SEC;
}

static int request(struct supplyd *d, uint64_t n)
{
	static const enum supply_owner owners[] = { SUPPLY_SUPPLIER,
						    SUPPLY_TAMPER,
						    SUPPLY_LOCAL };

	return supplyd_request(d, (enum supplyd_which)twin_dice(n, 1, 2),
			       owners[twin_dice(n, 2, 3)],
			       (enum supply_request)twin_dice(n, 3, 3),
			       time_of(n));
}

static int follow(struct supplyd *d, uint64_t n)
{
	return supplyd_follow(d, (enum supplyd_which)twin_dice(n, 1, 2),
			      (enum supply_state)twin_dice(n, 2, 3), "balance",
			      time_of(n));
}

static int set_limit(struct supplyd *d, uint64_t n)
{
	struct supply_limit limit = {
		.active = twin_dice(n, 1, 4) != 0,
		.threshold_mw = 3000000 + (int64_t)twin_dice(n, 2, 4000000),
		.period_s = 10 + (int64_t)twin_dice(n, 3, 60),
		.disables = twin_dice(n, 4, 2),
		.restoration_s = 60 + (int64_t)twin_dice(n, 5, 5000),
		.arms = twin_dice(n, 6, 2),
	};

	return supplyd_set_limit(d, &limit, time_of(n));
}

static int advance(struct supplyd *d, uint64_t n)
{
	struct supply_reading reading = {
		.power_known = true,
		.power_mw = (int64_t)twin_dice(n, 1, 12000000),
		.volume_known = true,
		.volume_dm3 = (int64_t)n * 20,
	};

	return supplyd_advance(d, (enum supplyd_which)twin_dice(n, 2, 2),
			       &reading, time_of(n));
}

static int set_auxiliary(struct supplyd *d, uint64_t n)
{
	struct aux_controller controller = {
		.kind = AUX_SWITCH,
		.idle_pct = 0,
		.boostable = true,
		.label = "heater",
	};
	unsigned int which = (unsigned int)twin_dice(n, 1, AUX_CONTROLLERS);
	int64_t now_s = (int64_t)(time_of(n) / USEC_PER_SEC);

	switch (twin_dice(n, 2, 6)) {
	case 0:
		return supplyd_aux_controller(d, which, &controller,
					      time_of(n));
	case 1:
		return supplyd_aux_set(d, which, 100, now_s, now_s + 600,
				       time_of(n));
	case 2:
		return supplyd_aux_limit(d, which, 0, now_s, now_s + 900,
					 time_of(n));
	case 3:
		return supplyd_aux_boost(d, which, 1800, time_of(n));
	case 4:
		return supplyd_aux_offset(d, (uint16_t)twin_dice(n, 3, 1800),
					  time_of(n));
	default:
		return supplyd_aux_advance(d, time_of(n));
	}
}

static int operate(void *service, void *userdata, uint64_t n)
{
	struct supplyd *d = &((struct service *)service)->d;
	struct world *world = userdata;
	int r;

	switch (twin_dice(n, 0, 10)) {
	case 0:
	case 1:
		return request(d, n);
	case 2:
		world->consent = true;
		r = supplyd_consent(d, (enum supplyd_which)twin_dice(n, 1, 2),
				    time_of(n));
		world->consent = false;
		return r;
	case 3:
	case 4:
		return follow(d, n);
	case 5:
		return set_limit(d, n);
	case 6:
		return twin_dice(n, 1, 4) ? advance(d, n) :
					    supplyd_reset_limited(d);
	case 7:
		return advance(d, n);
	default:
		return set_auxiliary(d, n);
	}
}

/* The switch is where the stored state says. */
static void check(void *service, void *userdata)
{
	const struct supplyd *d = &((struct service *)service)->d;
	const struct world *world = userdata;

	for (int n = 0; n < SUPPLYD_METERS; n++) {
		const struct supplyd_meter *m = &d->meter[n];
		bool on = supply_state(&m->supply) == SUPPLY_ENABLED;

		assert_false(supply_to_store(&m->supply, &m->stored));
		assert_int_equal(world->at[n].commanded,
				 on ? SUPPLY_SENSED_ON : SUPPLY_SENSED_OFF);
	}
}

static const size_t no_migrations;
static const struct twin_ops ops = {
	.migrations = NULL,
	.n_migrations = &no_migrations,
	.open = open_service,
	.close = free,
	.operate = operate,
	.new_world = new_world,
	.copy_world = copy_world,
	.check = check,
};

int main(void)
{
	return twin_main(&ops, 40, OPERATIONS, RANDOM_CUTS);
}
