/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the display shows, made once for page, JSON, events and D-Bus. Pure.
 *
 * The view is a list of named fields; dbus/uk.hearth.Ihd1.xml says what each
 * means. A field is a text, a number, or not known, which is neither.
 */
#ifndef HEARTH_IHD_VIEW_H
#define HEARTH_IHD_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "ihd-config.h"
#include "today.h"

enum ihd_quality {
	IHD_UNKNOWN,
	IHD_STALE,
	IHD_VALID
};

/* One reading of uk.hearth.Metrology1, with its age brought up to date. */
struct ihd_reading {
	int64_t value;
	uint64_t age_ms;
	enum ihd_quality quality;
};

struct ihd_readings {
	struct ihd_reading power_mw, voltage_mv, frequency_mhz;
	struct ihd_reading import_wh, export_wh;
};

enum ihd_ambient {
	IHD_AMBIENT_NONE,
	IHD_LOW,
	IHD_MEDIUM,
	IHD_HIGH
};

enum ihd_kind {
	IHD_MISSING,
	IHD_TEXT,
	IHD_NUMBER
};

#define IHD_TEXT_LEN 48

struct ihd_field {
	const char *name;
	enum ihd_kind kind;
	int64_t number;
	char text[IHD_TEXT_LEN];
};

#define IHD_MAX_FIELDS 32

struct ihd_view {
	int n;
	struct ihd_field field[IHD_MAX_FIELDS];
};

/* What the view remembers from one to the next: hysteresis. */
struct ihd_state {
	enum ihd_ambient ambient;
};

/* since_text: local time of today->since_s, "14:05". */
void ihd_view_make(struct ihd_view *view, struct ihd_state *state,
		   const struct ihd_config *config,
		   const struct ihd_readings *readings,
		   const struct today *today, const char *since_text);

/* NULL if there is none of that name. */
const struct ihd_field *ihd_view_find(const struct ihd_view *view,
				      const char *name);

/* Parts, for tests. Texts fit IHD_TEXT_LEN. */
void ihd_power_text(int64_t mw, char *text);
void ihd_money_text(int64_t mp, char *text);
void ihd_energy_text(int64_t wh, char *text);
void ihd_age_text(uint64_t age_ms, char *text);
/* Milli-pence for an hour at this power; exports earn: negative. */
int64_t ihd_cost_per_hour_mp(int64_t mw, const struct ihd_config *config);
enum ihd_ambient ihd_ambient_next(enum ihd_ambient before, int64_t mw,
				  const struct ihd_config *config);

#endif /* HEARTH_IHD_VIEW_H */
