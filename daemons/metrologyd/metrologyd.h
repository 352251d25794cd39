/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HEARTH_METROLOGYD_H
#define HEARTH_METROLOGYD_H

#include "../common/util.h"
#include "iio-device.h"
#include "latch.h"
#include "meter.h"

#define METROLOGY_BUS_NAME "uk.hearth.Metrology1"
#define METROLOGY_INTERFACE "uk.hearth.Metrology1"
#define METROLOGY_ROOT "/uk/hearth/meter"
#define METROLOGY_METER METROLOGY_ROOT "/electricity0"

struct manager {
	sd_event *event;
	sd_bus *bus;
	sd_event_source *readable; /* of the device */
	sd_event_source *retry;	   /* opens the device */
	sd_event_source *watch;	   /* turns readings stale */
	struct iio_device device;
	struct meter meter;
	struct latches latches;
	int last_error;	       /* of opening; said once */
	uint64_t last_scan_us; /* boot time */
	bool stale_told;
	sd_event_source *signal; /* sends a change that had to wait */
	uint64_t signalled_us;	 /* boot time of the last change signal */
};

/* Publish the meter; 0 or negative errno. */
int metrology_bus_add(struct manager *manager);
/*
 * Readings or source have changed: tell the listeners, now or, so that they are
 * told at most once a second, when a second has passed since the last time.
 */
void metrology_bus_changed(struct manager *manager);

#endif /* HEARTH_METROLOGYD_H */
