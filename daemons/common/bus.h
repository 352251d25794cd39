/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What daemons share of the bus: names of errors, rights of callers. */
#ifndef HEARTH_BUS_H
#define HEARTH_BUS_H

#include "util.h"

#define METER_ROOT "/uk/hearth/meter"

#define ERROR_INVALID "uk.hearth.Error.Invalid"	       /* not a valid value */
#define ERROR_RANGE "uk.hearth.Error.Range"	       /* out of bounds now */
#define ERROR_NOT_ALLOWED "uk.hearth.Error.NotAllowed" /* not for the caller */
#define ERROR_NOT_NOW "uk.hearth.Error.NotNow"	       /* not in this state */
#define ERROR_NO_SUCH "uk.hearth.Error.NoSuch"
#define ERROR_STORAGE "uk.hearth.Error.Storage" /* not on disk: not done */
#define ERROR_UNAVAILABLE "uk.hearth.Error.Unavailable" /* nothing is known */

/*
 * Who may call: the bus policy lets in root and group hearth. Beyond that the
 * daemon asks. Root and the daemon's own user may do everything; of others the
 * user counts that the bus tells, and the groups the user database has it in.
 */
enum bus_right {
	BUS_LOCAL,    /* a person on site: group hearth-local */
	BUS_SUPPLIER, /* remote parties, through dccd: group hearth-supplier */
	BUS_DAEMON,   /* Hearth's own daemons: group hearth-daemon */
};

/* Does the sender have the right? 0, or -EPERM with the error set. */
int bus_require(sd_bus_message *message, enum bus_right right,
		sd_bus_error *error);
/* The same, without an error. */
bool bus_allowed(sd_bus_message *message, enum bus_right right);

/*
 * Sets the error that belongs to a negative errno: -EINVAL, -ERANGE, -EPERM and
 * -EALREADY (NotNow), -ENOENT (NoSuch), what store.h lists (Storage), others
 * Unavailable. why: a sentence, or NULL for a general one. Returns the errno.
 */
int bus_fail(sd_bus_error *error, int r, const char *why);

/* "electricity0" of "/uk/hearth/meter/electricity0"; NULL if it is not one. */
const char *bus_meter_name(const char *path);

#endif /* HEARTH_BUS_H */
