// SPDX-License-Identifier: MIT
#include "meter.h"

#include <string.h>

void met_meter_init(struct met_meter *meter, const struct met_calibration *cal,
		    const struct met_quality_config *quality,
		    const struct met_demand_config *demand)
{
	memset(meter, 0, sizeof(*meter));
	meter->cal = *cal;
	meter->quality_config = *quality;
	meter->demand_config = *demand;
	met_init(&meter->met, cal);
}

void met_meter_calibrate(struct met_meter *meter,
			 const struct met_calibration *cal)
{
	meter->cal = *cal;
	for (int c = 0; c < MET_CURRENTS; c++)
		meter->met.current[c].allpass = cal->allpass_q32[c];
}

bool met_meter_block(struct met_meter *meter, const int32_t *u,
		     const int32_t *live, const int32_t *neutral,
		     uint64_t utc_ms, struct met_result *ret)
{
	struct met_window window;
	bool closed = met_block(&meter->met, u, live, neutral, &window);

	met_quality_halves(&meter->quality, &meter->quality_config, &meter->met,
			   &meter->cal);
	if (!closed)
		return false;
	met_evaluate(&window, &meter->cal, ret);
	met_account(&meter->account, &meter->cal, ret);
	met_registers_add(&meter->registers, ret->active_energy,
			  ret->reactive_energy);
	met_quality_window(&meter->quality, &meter->quality_config, ret,
			   utc_ms);
	met_demand_add(&meter->demand, &meter->demand_config,
		       ret->active_energy, ret->window_us, utc_ms);
	return true;
}
