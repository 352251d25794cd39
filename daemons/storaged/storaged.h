/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HEARTH_STORAGED_H
#define HEARTH_STORAGED_H

#include "../common/bus.h"
#include "../common/daemon.h"
#include "storaged-service.h"

#define STORAGE_BUS_NAME "uk.hearth.Storage1"
#define STORAGE_INTERFACE "uk.hearth.Storage1"
#define STORAGE_PATH "/uk/hearth/storage"
#define STORAGE_SUPPLIER_PATH STORAGE_PATH "/supplier"

/* As many as metrologyd has, and as many as are taken at once. */
#define STORAGE_LATCHES 96

/* What is wrong; a bit each, in the order of the names on the bus. */
enum storage_alert {
	ALERT_DISK_FULL = 1,	   /* nothing more can be written */
	ALERT_DISK_FAILED = 2,	   /* the same, for another reason */
	ALERT_SET_ASIDE = 4,	   /* at this start the database was damaged */
	ALERT_HISTORY_DAMAGED = 8, /* a piece cannot be read */
	ALERT_CLOCK_BEHIND = 16,   /* the time is before what is stored */
};

struct storage;

/* What an object shows: of the tenancy, or all. */
struct storage_view {
	struct storage *storage;
	bool supplier;
};

struct storage {
	struct storaged_service service;
	sd_bus *bus;
	struct daemon *daemon; /* NULL: of a test */
	uint64_t (*now_us)(const struct storage *storage);
	struct storage_view consumer, supplier;
	unsigned int alerts, told; /* enum storage_alert */
	uint64_t boot_us;	   /* boot time of the start */
	bool timed;		   /* a first turn has been made */
	bool fetch_failed;	   /* said once */
};

/* Publish the objects; service, bus and now_us are there. */
int storage_bus_add(struct storage *storage);
/* Tell of alerts that have come or gone. */
void storage_bus_alerts(struct storage *storage);
/* What a write came to: sets or clears the alerts of the disk. Returns r. */
int storage_wrote(struct storage *storage, int r);

/*
 * a(tatu): how many, or -EINVAL: one is not of such a meter, or not after the
 * one before; -E2BIG: more than there is room for.
 */
int storage_read_latches(sd_bus_message *message, unsigned int channels,
			 struct profile_latch ret[STORAGE_LATCHES]);
int storage_append_latch(sd_bus_message *reply, unsigned int channels,
			 const struct profile_latch *latch);

/*
 * Latches after a time from metrologyd, at most STORAGE_LATCHES; how many, or
 * negative errno.
 */
int storage_fetch(struct storage *storage, int meter, uint64_t after_us,
		  struct profile_latch ret[STORAGE_LATCHES]);

/* What is due at a time: half hours that metrologyd has. */
int storage_cycle(struct storage *storage, uint64_t now_us);

#endif /* HEARTH_STORAGED_H */
