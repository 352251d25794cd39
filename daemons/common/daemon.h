/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The frame of a daemon that has a state on disk: options, bus, clock, store,
 * loop. What it does comes as operations.
 */
#ifndef HEARTH_DAEMON_H
#define HEARTH_DAEMON_H

#include "bus.h"
#include "clock.h"
#include "outbox.h"
#include "store.h"
#include "util.h"

struct daemon {
	const struct daemon_ops *ops;
	sd_event *event;
	sd_bus *bus;
	struct clock *clock;
	struct store *store;
	enum store_found found;
	void *userdata; /* the daemon's own */
};

/* --name=VALUE beside those that all have. */
struct daemon_option {
	const char *name;  /* "switch" */
	const char *value; /* "DIR", for the help text */
	const char *help;
	const char **ret;
};

struct daemon_ops {
	const char *name;     /* "tariffd": also of the database */
	const char *bus_name; /* "uk.hearth.Tariff1" */
	const char *summary;  /* of the help text, one line */
	const char *const *migrations;
	size_t n_migrations;
	const struct daemon_option *options; /* ends with a NULL name; or NULL */
	/*
	 * Load the state, publish the objects, set up what is periodic. The bus
	 * name is asked for after it. Negative errno ends the daemon.
	 */
	int (*start)(struct daemon *daemon);
	void (*stop)(struct daemon *daemon);
};

/*
 * main() of a daemon. Options: --bus=system|session, --state=DIR (default:
 * $STATE_DIRECTORY), --clock=system|simulated, --help, --version.
 */
int daemon_main(int argc, char **argv, const struct daemon_ops *ops,
		void *userdata);

/*
 * -EBADMSG from the store: the database is damaged, and the daemon ends, to be
 * started anew with another. Anything else only logs. Returns r.
 */
int daemon_store_failed(struct daemon *daemon, int r);

#endif /* HEARTH_DAEMON_H */
