/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The home: two meters, their registers and latches, and the contacts that
 * let energy through. Pure. Times are s UTC; flows of gas are counted in cm3
 * as those of electricity in mWh.
 */
#ifndef HEARTH_SIM_HOME_H
#define HEARTH_SIM_HOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim-profile.h"

#define SIM_LATCHES 96 /* two days, as the MCU keeps them */
#define SIM_REGISTERS 4

enum sim_meter_kind {
	SIM_ELECTRICITY,
	SIM_GAS,
	SIM_METERS
};

/* Wh: active import, export; varh: reactive import, export. Gas: dm3. */
struct sim_latch {
	int64_t at_s;
	uint64_t reg[SIM_REGISTERS];
	bool by_hub;
};

enum sim_load {
	SIM_LOAD_PROFILE, /* gas has none: it is made up */
	SIM_LOAD_MADE_UP,
	SIM_LOAD_FIXED,
};

/* Who latches at a half hour. */
enum sim_latching {
	SIM_LATCH_METER,
	SIM_LATCH_HUB, /* from the last reading */
	SIM_LATCH_NONE,
};

enum sim_contact {
	SIM_CONTACT_FREE,
	SIM_CONTACT_WELDED, /* closed, whatever is commanded */
	SIM_CONTACT_STUCK,  /* open, whatever is commanded */
	SIM_CONTACT_UNKNOWN /* moves, and is not sensed */
};

struct sim_meter {
	uint64_t count[SIM_REGISTERS]; /* mWh, mvarh; cm3 */
	enum sim_load load;
	int64_t fixed; /* mW, or cm3 an hour */
	uint64_t seed;
	bool commanded_on;
	bool on; /* the contact */
	enum sim_contact contact;
	struct sim_latch reading; /* the last step's */
	struct sim_latch latch[SIM_LATCHES];
	size_t n_latches; /* the newest last */
};

struct sim_home {
	int64_t at_s;	  /* the load's time */
	int64_t offset_s; /* what the hub's clock is ahead of it */
	bool mains;	  /* without, nothing flows, and no meter latches */
	enum sim_latching latching;
	const struct sim_profile *profile; /* or NULL: made up */
	struct sim_meter meter[SIM_METERS];
};

/* As installed: mains and contacts on, registers at zero. */
void sim_home_init(struct sim_home *home, int64_t at_s,
		   const struct sim_profile *profile, uint64_t seed);

/* The hub's clock. */
int64_t sim_home_hub_s(const struct sim_home *home);
/* Set it forward or back; latches of a time yet to come are dropped. */
void sim_home_step_clock(struct sim_home *home, int64_t by_s);

/* Let time go on, not back; latches are made on the way. */
void sim_home_advance(struct sim_home *home, int64_t to_s);
/* The end of a step: what a hub that latches itself would have read last. */
void sim_home_read(struct sim_home *home);

/* Move the contact as it was commanded, if it can. Has it moved? */
bool sim_home_switch(struct sim_home *home, enum sim_meter_kind kind);
/* Another meter is put in, its first register at that (Wh, dm3). */
void sim_home_replace(struct sim_home *home, enum sim_meter_kind kind,
		      uint64_t start);

/* mW or cm3 an hour that flow now; export is negative. */
int64_t sim_home_flow(const struct sim_home *home, enum sim_meter_kind kind);
/* The registers now, as of the hub's clock. */
struct sim_latch sim_home_registers(const struct sim_home *home,
				    enum sim_meter_kind kind);

#endif /* HEARTH_SIM_HOME_H */
