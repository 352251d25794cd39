// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim-home.h"

#include <string.h>

/* Of active energy, so much is reactive: a power factor of 0.98. */
#define REACTIVE_PER_CENT 20

void sim_home_init(struct sim_home *home, int64_t at_s,
		   const struct sim_profile *profile, uint64_t seed)
{
	memset(home, 0, sizeof(*home));
	home->at_s = at_s;
	home->mains = true;
	home->profile = profile;
	for (int kind = 0; kind < SIM_METERS; kind++) {
		struct sim_meter *meter = &home->meter[kind];

		meter->load = profile ? SIM_LOAD_PROFILE : SIM_LOAD_MADE_UP;
		meter->seed = seed;
		meter->commanded_on = true;
		meter->on = true;
	}
	sim_home_read(home);
}

int64_t sim_home_hub_s(const struct sim_home *home)
{
	return home->at_s + home->offset_s;
}

void sim_home_step_clock(struct sim_home *home, int64_t by_s)
{
	home->offset_s += by_s;
	for (int kind = 0; kind < SIM_METERS; kind++) {
		struct sim_meter *meter = &home->meter[kind];

		while (meter->n_latches &&
		       meter->latch[meter->n_latches - 1].at_s >
			       sim_home_hub_s(home))
			meter->n_latches--;
	}
	sim_home_read(home);
}

static int64_t floor_slot(int64_t at_s)
{
	return at_s - at_s % SIM_SLOT_S;
}

/* What the half hour that begins then asks for: mWh or cm3. */
static int64_t demand(const struct sim_home *home, enum sim_meter_kind kind,
		      int64_t slot_s)
{
	const struct sim_meter *meter = &home->meter[kind];

	if (meter->load == SIM_LOAD_FIXED)
		return meter->fixed / 2;
	if (kind == SIM_GAS)
		return sim_made_up_cm3(meter->seed, slot_s);
	if (meter->load == SIM_LOAD_PROFILE && home->profile)
		return sim_profile_mwh(home->profile, slot_s);
	return sim_made_up_mwh(meter->seed, slot_s);
}

/* Within one half hour of the load. */
static void flow(struct sim_home *home, enum sim_meter_kind kind, int64_t to_s)
{
	struct sim_meter *meter = &home->meter[kind];
	int64_t slot = floor_slot(home->at_s), mwh;

	if (!home->mains || !meter->on)
		return;
	mwh = demand(home, kind, slot);
	/* Differences of what has flowed since its beginning, so that parts
	 * add up to the whole.
	 */
	mwh = mwh * (to_s - slot) / SIM_SLOT_S -
	      mwh * (home->at_s - slot) / SIM_SLOT_S;
	if (mwh >= 0)
		meter->count[0] += (uint64_t)mwh;
	else
		meter->count[1] += (uint64_t)-mwh;
	if (kind == SIM_ELECTRICITY) {
		meter->count[2] = meter->count[0] * REACTIVE_PER_CENT / 100;
		meter->count[3] = meter->count[1] * REACTIVE_PER_CENT / 100;
	}
}

struct sim_latch sim_home_registers(const struct sim_home *home,
				    enum sim_meter_kind kind)
{
	struct sim_latch now = { .at_s = sim_home_hub_s(home) };

	for (int n = 0; n < SIM_REGISTERS; n++)
		now.reg[n] = home->meter[kind].count[n] / 1000;
	return now;
}

static void latch(struct sim_home *home, enum sim_meter_kind kind)
{
	struct sim_meter *meter = &home->meter[kind];
	struct sim_latch new = sim_home_registers(home, kind);

	if (home->latching == SIM_LATCH_NONE || !home->mains)
		return;
	if (home->latching == SIM_LATCH_HUB) {
		new = meter->reading;
		new.at_s = sim_home_hub_s(home);
		new.by_hub = true;
	}
	if (meter->n_latches == SIM_LATCHES)
		memmove(meter->latch, meter->latch + 1,
			--meter->n_latches * sizeof(new));
	meter->latch[meter->n_latches++] = new;
}

void sim_home_advance(struct sim_home *home, int64_t to_s)
{
	while (home->at_s < to_s) {
		int64_t next = floor_slot(home->at_s) + SIM_SLOT_S;
		int64_t boundary = floor_slot(sim_home_hub_s(home)) +
				   SIM_SLOT_S - home->offset_s;

		if (boundary < next)
			next = boundary;
		if (to_s < next)
			next = to_s;
		for (int kind = 0; kind < SIM_METERS; kind++)
			flow(home, kind, next);
		home->at_s = next;
		if (next != boundary)
			continue;
		for (int kind = 0; kind < SIM_METERS; kind++)
			latch(home, kind);
	}
}

void sim_home_read(struct sim_home *home)
{
	for (int kind = 0; kind < SIM_METERS; kind++)
		home->meter[kind].reading = sim_home_registers(home, kind);
}

bool sim_home_switch(struct sim_home *home, enum sim_meter_kind kind)
{
	struct sim_meter *meter = &home->meter[kind];
	bool was = meter->on;

	meter->on = meter->contact == SIM_CONTACT_WELDED ? true :
		    meter->contact == SIM_CONTACT_STUCK	 ? false :
							   meter->commanded_on;
	return meter->on != was;
}

void sim_home_replace(struct sim_home *home, enum sim_meter_kind kind,
		      uint64_t start)
{
	struct sim_meter *meter = &home->meter[kind];

	memset(meter->count, 0, sizeof(meter->count));
	meter->count[0] = start * 1000;
	if (kind == SIM_ELECTRICITY)
		meter->count[2] = meter->count[0] * REACTIVE_PER_CENT / 100;
	meter->n_latches = 0;
	meter->reading = sim_home_registers(home, kind);
}

int64_t sim_home_flow(const struct sim_home *home, enum sim_meter_kind kind)
{
	if (!home->mains || !home->meter[kind].on)
		return 0;
	return 2 * demand(home, kind, floor_slot(home->at_s));
}
