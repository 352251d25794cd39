/* SPDX-License-Identifier: MIT */
/*
 * Maximum demand: the highest mean power over a half hour of the clock, import
 * and export, and a second pair that looks only at half hours that begin in a
 * part of the day.
 */
#ifndef HEARTH_DEMAND_H
#define HEARTH_DEMAND_H

#include <stdbool.h>
#include <stdint.h>

enum met_demand_register {
	MET_DEMAND_IMPORT,
	MET_DEMAND_EXPORT,
	MET_DEMAND_WINDOW_IMPORT,
	MET_DEMAND_WINDOW_EXPORT,
	MET_DEMANDS
};

/* Minutes of the day in UTC; to is not part of it, and may be before from.
 * Where both are the same there is no such window.
 */
struct met_demand_config {
	uint16_t window_from, window_to;
};

struct met_peak {
	uint32_t mean_mw;
	uint64_t end_utc_s; /* of its half hour; 0: there was none yet */
};

struct met_demand {
	struct met_peak peak[MET_DEMANDS];

	/* The open half hour: its number since 1970, or 0. */
	uint64_t half_hour;
	uint64_t energy[2]; /* import, export; 2^-32 mWh */
	uint32_t known_ms;  /* how much of it was measured */
};

bool met_demand_check(const struct met_demand_config *config);

/*
 * Energy of a window that has just ended, in 2^-32 mWh, export negative. Where
 * utc_ms is 0 the time is not known, and no half hour can be.
 */
void met_demand_add(struct met_demand *demand,
		    const struct met_demand_config *config, int64_t energy,
		    uint32_t window_us, uint64_t utc_ms);

/* Begin anew: those of all day, or those of the window. */
void met_demand_reset(struct met_demand *demand, bool of_window);

#endif /* HEARTH_DEMAND_H */
