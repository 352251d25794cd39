// SPDX-License-Identifier: LGPL-2.1-or-later
/* The home's history; see storaged(8). */
#include "storaged.h"

/* When metrologyd has the half hour that has just ended. */
#define OFFSET_US (5 * USEC_PER_SEC)
#define PERIOD_US (60 * USEC_PER_SEC)

static uint64_t now_us(const struct storage *storage)
{
	return clock_utc_us(storage->daemon->clock);
}

static int on_due(uint64_t utc_us, void *userdata)
{
	return storage_cycle(userdata, utc_us);
}

static int start(struct daemon *daemon)
{
	struct storage *storage = daemon->userdata;
	int r;

	storaged_init(&storage->service, daemon->store);
	storage->bus = daemon->bus;
	storage->daemon = daemon;
	storage->now_us = now_us;
	storage->boot_us = now_boottime_us();
	if (daemon->found == STORE_SET_ASIDE)
		storage->alerts = ALERT_SET_ASIDE;
	r = storage_bus_add(storage);
	if (r < 0)
		return r;
	return clock_every(daemon->clock, PERIOD_US, OFFSET_US, on_due,
			   storage);
}

static void stop(struct daemon *daemon)
{
	(void)daemon;
}

int main(int argc, char **argv)
{
	static struct storage storage;
	struct daemon_ops ops = {
		.name = "storaged",
		.bus_name = STORAGE_BUS_NAME,
		.summary = "Keep the home's half hours and logs, as "
			   "uk.hearth.Storage1.",
		.migrations = storaged_migrations,
		.n_migrations = storaged_n_migrations,
		.start = start,
		.stop = stop,
	};

	return daemon_main(argc, argv, &ops, &storage);
}
