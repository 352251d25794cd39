// SPDX-License-Identifier: LGPL-2.1-or-later
/* Who holds supply off, and the switches that do it; see supplyd(8). */
#include "supplyd.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

/* Load and contacts; what prepayment wants, gas, controllers, log records. */
#define FAST_US (2 * USEC_PER_SEC)
#define SLOW_US (10 * USEC_PER_SEC)
/* Fast cycles without a question for power after one that hung. */
#define PAUSE 4

static const char *switch_dir = "";

static void ask_power(struct supplyd_manager *manager,
		      struct supply_reading *reading)
{
	int r;

	/* Nobody wants to know otherwise. */
	if (!manager->supplyd.meter[SUPPLYD_ELECTRICITY].limit.active)
		return;
	if (manager->pause) {
		manager->pause--;
		return;
	}
	r = supplyd_ask_power(manager->daemon->bus, &reading->power_mw);
	reading->power_known = r == 0;
	if (r == -ETIMEDOUT)
		manager->pause = PAUSE;
}

static int on_fast(uint64_t utc_us, void *userdata)
{
	struct supplyd_manager *manager = userdata;

	for (int n = 0; n < SUPPLYD_METERS; n++) {
		struct supply_reading reading = { 0 };

		if (n == SUPPLYD_ELECTRICITY)
			ask_power(manager, &reading);
		(void)supplyd_advance(&manager->supplyd, (enum supplyd_which)n,
				      &reading, utc_us);
	}
	supplyd_bus_changed(manager);
	return 0;
}

/* Gas is only asked for where it should not flow. */
static void advance_gas(struct supplyd_manager *manager, uint64_t utc_us)
{
	struct supply_reading reading = { 0 };

	if (supply_state(&manager->supplyd.meter[SUPPLYD_GAS].supply) ==
	    SUPPLY_ENABLED)
		return;
	reading.volume_known = supplyd_ask_volume(manager->daemon->bus,
						  &reading.volume_dm3) == 0;
	(void)supplyd_advance(&manager->supplyd, SUPPLYD_GAS, &reading, utc_us);
}

/* Where prepayment does not answer, what it said last holds. */
static void follow(struct supplyd_manager *manager, uint64_t utc_us)
{
	for (int n = 0; n < SUPPLYD_METERS; n++) {
		char reason[SUPPLY_REASON_SIZE];
		enum supply_state want;

		if (supplyd_ask_prepayment(manager->daemon->bus,
					   manager->object[n].path, &want,
					   reason) >= 0)
			(void)supplyd_follow(&manager->supplyd,
					     (enum supplyd_which)n, want,
					     reason, utc_us);
	}
}

static void flush(struct supplyd_manager *manager)
{
	struct daemon *daemon = manager->daemon;

	if (!manager->supplyd.posted)
		return;
	if (outbox_flush(daemon->store, daemon->bus, daemon->ops->name) >= 0)
		manager->supplyd.posted = false;
}

static int on_slow(uint64_t utc_us, void *userdata)
{
	struct supplyd_manager *manager = userdata;

	follow(manager, utc_us);
	advance_gas(manager, utc_us);
	(void)supplyd_aux_advance(&manager->supplyd, utc_us);
	supplyd_bus_changed(manager);
	flush(manager);
	return 0;
}

static int on_prepayment(sd_bus_message *message, void *userdata,
			 sd_bus_error *error)
{
	struct supplyd_manager *manager = userdata;

	(void)message, (void)error;
	clock_soon(manager->daemon->clock);
	return 0;
}

static int start(struct daemon *daemon)
{
	struct supplyd_manager *manager = daemon->userdata;
	uint16_t random;
	int r;

	manager->daemon = daemon;
	manager->gear = switchgear_folder(switch_dir);
	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return -EIO;
	r = supplyd_open(&manager->supplyd, daemon->store, &manager->gear,
			 random, clock_utc_us(daemon->clock));
	if (r >= 0 && daemon->found == STORE_SET_ASIDE)
		r = supplyd_lost(&manager->supplyd,
				 clock_utc_us(daemon->clock));
	if (r < 0)
		return daemon_store_failed(daemon, r);
	r = supplyd_bus_add(manager);
	if (r < 0)
		return r;
	r = sd_bus_match_signal_async(daemon->bus, &manager->prepayment,
				      "uk.hearth.Prepayment1", NULL,
				      "org.freedesktop.DBus.Properties",
				      "PropertiesChanged", on_prepayment, NULL,
				      manager);
	if (r < 0)
		return r;
	/* What prepayment wants comes first, where both are due. */
	r = clock_every(daemon->clock, SLOW_US, 0, on_slow, manager);
	if (r < 0)
		return r;
	return clock_every(daemon->clock, FAST_US, 0, on_fast, manager);
}

/* Nothing is turned on or off by the end of the daemon. */
static void stop(struct daemon *daemon)
{
	struct supplyd_manager *manager = daemon->userdata;

	sd_bus_slot_unref(manager->prepayment);
	supplyd_bus_remove(manager);
}

int main(int argc, char **argv)
{
	static const struct daemon_option options[] = {
		{ "switch", "DIR", "folder that stands in for the switches",
		  &switch_dir },
		{ NULL, NULL, NULL, NULL },
	};
	static const struct daemon_ops ops = {
		.name = "supplyd",
		.bus_name = SUPPLY_BUS_NAME,
		.summary = "Keep who holds supply off, and turn it off and on.",
		.options = options,
		.start = start,
		.stop = stop,
	};
	static struct supplyd_manager manager;

	return daemon_main(argc, argv, &ops, &manager);
}
