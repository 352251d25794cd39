/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What moves relay and valve, and feels where they are. */
#ifndef HEARTH_SWITCHGEAR_H
#define HEARTH_SWITCHGEAR_H

#include <stdbool.h>

#include "supply.h"

/* What it was told last, and what it feels. */
struct switch_state {
	enum supply_sensed commanded, sensed;
};

/*
 * Switches by the name of their meter ("electricity0"). 0 or negative errno;
 * -ENODEV: this meter has no switch (a gas meter without a valve, S-5), or its
 * driver is not there yet.
 */
struct switchgear_ops {
	/* Returns when the command is given, not when it is done. The same
	 * command again does no harm.
	 */
	int (*command)(void *gear, const char *meter, bool on);
	int (*read)(void *gear, const char *meter, struct switch_state *ret);
};

struct switchgear {
	const struct switchgear_ops *ops;
	void *gear;
};

/*
 * The stand-in of a simulated home: DIR/METER/commanded is written here, by
 * renaming, DIR/METER/sensed by who plays the switch; one word each, "on",
 * "off" or "unknown" (as is a file that is not there). dir is kept by its
 * address; empty: there are no switches. -EPROTO: another word.
 */
struct switchgear switchgear_folder(const char *dir);

/* A sentence for a person. */
const char *switchgear_error_text(int error);

#endif /* HEARTH_SWITCHGEAR_H */
