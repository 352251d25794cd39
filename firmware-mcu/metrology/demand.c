// SPDX-License-Identifier: MIT
#include "demand.h"

#define HALF_HOUR_S 1800u
#define HALF_HOUR_MS (HALF_HOUR_S * 1000u)
#define HALF_HOURS_A_DAY 48
#define DAY_MIN 1440

bool met_demand_check(const struct met_demand_config *config)
{
	return config->window_from < DAY_MIN && config->window_to < DAY_MIN;
}

static bool in_window(const struct met_demand_config *config,
		      uint64_t half_hour)
{
	uint32_t minute = (uint32_t)(half_hour % HALF_HOURS_A_DAY) * 30;
	bool after = minute >= config->window_from;
	bool before = minute < config->window_to;

	return config->window_from <= config->window_to ? after && before :
							  after || before;
}

/*
 * A half hour of which only a part was measured has what was measured in it. A
 * clock set back makes one longer: then its mean is over all of that.
 */
static uint32_t mean_mw(uint64_t energy, uint32_t known_ms)
{
	uint32_t ms = known_ms > HALF_HOUR_MS ? known_ms : HALF_HOUR_MS;
	/* 2^-32 mWh to 2^-8 mW; a half hour of 44 kW has 57 bits. */
	uint64_t mean_q8 = (energy >> 24) * (2 * HALF_HOUR_MS) / ms;

	mean_q8 = (mean_q8 + 128) >> 8;
	return mean_q8 > UINT32_MAX ? UINT32_MAX : (uint32_t)mean_q8;
}

static void offer(struct met_peak *peak, uint32_t mw, uint64_t half_hour)
{
	if (peak->end_utc_s && mw <= peak->mean_mw)
		return;
	peak->mean_mw = mw;
	peak->end_utc_s = (half_hour + 1) * HALF_HOUR_S;
}

static void end_half_hour(struct met_demand *demand,
			  const struct met_demand_config *config)
{
	for (int n = 0; n < 2 && demand->known_ms; n++) {
		uint32_t mw = mean_mw(demand->energy[n], demand->known_ms);

		offer(&demand->peak[MET_DEMAND_IMPORT + n], mw,
		      demand->half_hour);
		if (in_window(config, demand->half_hour))
			offer(&demand->peak[MET_DEMAND_WINDOW_IMPORT + n], mw,
			      demand->half_hour);
	}
	demand->energy[0] = 0;
	demand->energy[1] = 0;
	demand->known_ms = 0;
}

static void add(struct met_demand *demand, int64_t energy, uint32_t ms)
{
	if (energy < 0)
		demand->energy[1] += (uint64_t)0 - (uint64_t)energy;
	else
		demand->energy[0] += (uint64_t)energy;
	demand->known_ms += ms;
}

void met_demand_add(struct met_demand *demand,
		    const struct met_demand_config *config, int64_t energy,
		    uint32_t window_us, uint64_t utc_ms)
{
	uint64_t half_hour = utc_ms / HALF_HOUR_MS;
	uint32_t ms = window_us / 1000;
	uint32_t after_ms = (uint32_t)(utc_ms % HALF_HOUR_MS);
	int64_t before = 0;

	if (!utc_ms) {
		if (demand->half_hour)
			end_half_hour(demand, config);
		demand->half_hour = 0;
		return;
	}
	if (demand->half_hour && half_hour != demand->half_hour) {
		/* The part of the window that was still in it. */
		if (half_hour == demand->half_hour + 1 && after_ms < ms) {
			before = energy / ms * (ms - after_ms);
			add(demand, before, ms - after_ms);
			ms = after_ms;
		}
		end_half_hour(demand, config);
	}
	demand->half_hour = half_hour;
	add(demand, energy - before, ms);
}

void met_demand_reset(struct met_demand *demand, bool of_window)
{
	int first = of_window ? MET_DEMAND_WINDOW_IMPORT : MET_DEMAND_IMPORT;

	for (int n = first; n < first + 2; n++) {
		demand->peak[n].mean_mw = 0;
		demand->peak[n].end_utc_s = 0;
	}
}
