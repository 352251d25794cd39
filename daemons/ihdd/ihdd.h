/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HEARTH_IHDD_H
#define HEARTH_IHDD_H

#include "../common/util.h"
#include "ihd-http.h"
#include "ihd-view.h"

#define IHD_BUS_NAME "uk.hearth.Ihd1"
#define IHD_INTERFACE "uk.hearth.Ihd1"
#define IHD_PATH "/uk/hearth/ihd1"

/* A reading as it came from the bus; its age grows from then on. */
struct source_reading {
	bool known;
	int64_t value;
	uint64_t measured_boot_us;
};

struct source {
	struct source_reading power_mw, voltage_mv, frequency_mhz;
	struct source_reading import_wh, export_wh;
	bool registers_new; /* a reading of both has come since last looked */
};

struct manager {
	sd_event *event;
	sd_bus *bus;
	sd_event_source *tick;
	struct ihd_config config;
	struct source source;
	struct ihd_state state;
	struct ihd_view view;
	struct today today;
	const char *state_path;
	bool state_failed; /* said once */
	struct ihd_http *http;
};

/* Follow uk.hearth.Metrology1. 0 or negative errno. */
int source_start(struct manager *manager);
/* Readings with their ages at this moment. */
void source_readings(const struct source *source, uint64_t now_boot_us,
		     struct ihd_readings *ret);

/* Publish the view as uk.hearth.Ihd1. */
int ihd_bus_add(struct manager *manager);
void ihd_bus_changed(struct manager *manager);

/* Keep and find the day's start. Saving says on the log why it failed. */
void state_load(struct manager *manager);
void state_save(struct manager *manager);

#endif /* HEARTH_IHDD_H */
