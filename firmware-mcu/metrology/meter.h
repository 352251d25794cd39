/* SPDX-License-Identifier: MIT */
/*
 * All of metrology in its order: what a main loop calls with each block.
 *
 *	if (met_meter_block(&meter, u, live, neutral, utc_ms, &res))
 *		store(&meter.registers, &meter.demand), tell(&res);
 *	while (met_quality_take(&meter.quality, &event))
 *		log(&event);
 */
#ifndef HEARTH_METER_H
#define HEARTH_METER_H

#include "account.h"
#include "demand.h"
#include "metrology.h"
#include "quality.h"
#include "registers.h"

struct met_meter {
	struct met_calibration cal;
	struct met_quality_config quality_config;
	struct met_demand_config demand_config;

	struct metrology met;
	struct met_account account;
	struct met_registers registers;
	struct met_quality quality;
	struct met_demand demand;
};

/* The registers and maxima are those that were stored, or 0 when new. */
void met_meter_init(struct met_meter *meter, const struct met_calibration *cal,
		    const struct met_quality_config *quality,
		    const struct met_demand_config *demand);

/* Gains of another temperature; filters and sums go on. */
void met_meter_calibrate(struct met_meter *meter,
			 const struct met_calibration *cal);

/* Returns true when a window has closed and *ret is new: met_window_whole()
 * by its length. Time is that of the block's end, 0 where nobody knows.
 */
bool met_meter_block(struct met_meter *meter, const int32_t *u,
		     const int32_t *live, const int32_t *neutral,
		     uint64_t utc_ms, struct met_result *ret);

#endif /* HEARTH_METER_H */
