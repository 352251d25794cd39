// SPDX-License-Identifier: MIT
#include "account.h"

static uint32_t distance(int32_t value)
{
	return value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
}

bool met_below(const struct met_result *res, int circuit, uint32_t ua,
	       uint32_t mw)
{
	return res->current_ua[circuit] < ua &&
	       distance(res->active_mw[circuit]) < mw &&
	       distance(res->reactive_mvar[circuit]) < mw;
}

/* It ends at half of what it begins with. */
static bool disagree(const struct met_result *res, bool already)
{
	uint32_t live = res->current_ua[MET_LIVE];
	uint32_t neutral = res->current_ua[MET_NEUTRAL];
	uint32_t larger = live > neutral ? live : neutral;
	uint32_t smaller = live > neutral ? neutral : live;
	uint32_t part = already ? 16 : 8;
	uint32_t least = already ? MET_IMBALANCE_UA / 2 : MET_IMBALANCE_UA;

	return larger - smaller > larger / part && larger - smaller > least;
}

static bool opposed(const struct met_result *res)
{
	int32_t live = res->active_mw[MET_LIVE];
	int32_t neutral = res->active_mw[MET_NEUTRAL];

	return (live < 0) != (neutral < 0) &&
	       distance(live) >= MET_OPPOSED_MW &&
	       distance(neutral) >= MET_OPPOSED_MW;
}

void met_account(struct met_account *acc, const struct met_calibration *cal,
		 struct met_result *res)
{
	int circuit = MET_LIVE;
	uint32_t quarters;

	res->flags = 0;
	acc->imbalance = disagree(res, acc->imbalance);
	if (acc->imbalance)
		res->flags |= MET_IMBALANCE;
	if (opposed(res))
		res->flags |= MET_OPPOSED;
	if (res->flags &&
	    res->active_mw[MET_NEUTRAL] > res->active_mw[MET_LIVE]) {
		res->flags |= MET_ON_NEUTRAL;
		circuit = MET_NEUTRAL;
	}
	quarters = acc->counting ? 2 : 3;
	acc->counting = !met_below(res, circuit, cal->start_ua / 4 * quarters,
				   cal->start_mw / 4 * quarters);
	if (acc->counting) {
		res->active_energy = res->energy[circuit];
		res->reactive_energy = res->reactive[circuit];
	} else {
		res->flags |= MET_NO_LOAD;
		res->active_energy = 0;
		res->reactive_energy = 0;
	}
}
