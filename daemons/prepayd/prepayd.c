// SPDX-License-Identifier: LGPL-2.1-or-later
/* prepayd: the consumer's money (P-1 to P-10). See man/prepayd.8. */
#include "prepayd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CYCLE_US (10 * USEC_PER_SEC)

static int cycle(uint64_t utc_us, void *userdata)
{
	struct prepayd *prepayd = userdata;
	struct daemon *daemon = prepayd->daemon;
	int r;

	r = prepayd_cycle(&prepayd->service, (int64_t)utc_us);
	/* It is tried again every time, but said once. */
	if (r && r != -EHOSTUNREACH && r != prepayd->failed)
		daemon_store_failed(daemon, r);
	prepayd->failed = r;
	for (int n = 0; n < PREPAYD_ACCOUNTS; n++)
		prepayd_bus_changed(&prepayd->object[n], false);
	r = outbox_flush(daemon->store, daemon->bus, daemon->ops->name);
	return r < 0 && r != -EHOSTUNREACH ? r : 0;
}

static int start(struct daemon *daemon)
{
	struct prepayd *prepayd = daemon->userdata;
	int r;

	prepayd->daemon = daemon;
	if (!prepayd->keys)
		prepayd->keys = getenv("CREDENTIALS_DIRECTORY");
	if (!prepayd->keys) {
		log_warning("no keys: tokens cannot be checked (--keys=DIR)");
		prepayd->keys = "/nonexistent";
	}
	r = prepayd_helper_find(&prepayd->helper, prepayd->keys);
	if (r < 0)
		return r;
	prepayd->service.checker = prepayd_helper_checker(&prepayd->helper);
	prepayd->service.source = prepayd_tariff_source(prepayd);
	r = prepayd_load(&prepayd->service, daemon->store,
			 (int64_t)clock_utc_us(daemon->clock),
			 daemon->found == STORE_SET_ASIDE);
	if (r < 0)
		return daemon_store_failed(daemon, r);
	for (int n = 0; n < PREPAYD_ACCOUNTS; n++) {
		struct prepayd_object *object = &prepayd->object[n];

		object->prepayd = prepayd;
		object->account = &prepayd->service.account[n];
		snprintf(object->path, sizeof(object->path), METER_ROOT "/%s",
			 object->account->meter);
	}
	r = prepayd_bus_start(prepayd);
	if (r < 0)
		return r;
	return clock_every(daemon->clock, CYCLE_US, 0, cycle, prepayd);
}

static void stop(struct daemon *daemon)
{
	(void)daemon;
}

int main(int argc, char **argv)
{
	static struct prepayd prepayd;
	const struct daemon_option options[] = {
		{ "keys", "DIR",
		  "keys to check tokens with (default: "
		  "$CREDENTIALS_DIRECTORY)",
		  &prepayd.keys },
		{ NULL, NULL, NULL, NULL },
	};
	const struct daemon_ops ops = {
		.name = "prepayd",
		.bus_name = "uk.hearth.Prepayment1",
		.summary = "Keep the prepayment accounts of the meters, on "
			   "D-Bus as uk.hearth.Prepayment1.",
		.migrations = prepayd_migrations,
		.n_migrations = prepayd_n_migrations,
		.options = options,
		.start = start,
		.stop = stop,
	};

	return daemon_main(argc, argv, &ops, &prepayd);
}
