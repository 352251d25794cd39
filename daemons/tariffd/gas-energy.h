/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Gas volume to energy (M-7): kWh = m3 x conversion factor x calorific value
 * / 3.6. Cumulative as everything that flows: what is less than a Wh is kept,
 * so energy is never lost in rounding, however often it is worked out. Pure.
 */
#ifndef HEARTH_GAS_ENERGY_H
#define HEARTH_GAS_ENERGY_H

#include <stdint.h>

#define GAS_CV_DEFAULT 3950		      /* 39.50 MJ/m3 */
#define GAS_FACTOR_DEFAULT 102264	      /* 1.02264 */
#define GAS_VOLUME_MAX INT64_C(1000000000000) /* 1 km3: no household's, dm3 */

struct gas_energy {
	int64_t upto_dm3; /* consumed up to here */
	int64_t wh;	  /* its energy, cumulative */
	/* What is over: hundredths of MJ/m3 x hundred-thousandths x dm3, less
	 * than GAS_PARTS_A_WH.
	 */
	int64_t rest;
	uint32_t cv_10kj;    /* calorific value, 0.01 MJ/m3: 1..9999 */
	uint32_t factor_1e5; /* of volume conversion, 0.00001: 1..199999 */
};

/* dm3 x 0.01 MJ/m3 x 0.00001 is 10^-4 J: 3.6 x 10^7 of them are a Wh. */
#define GAS_PARTS_A_WH INT64_C(36000000)

/* Begins at a reading, with the default values. -EINVAL: out of bounds. */
int gas_begin(struct gas_energy *ret, int64_t volume_dm3);

/* Every rule of a state, as after it was stored: 0 or -EINVAL. */
int gas_check(const struct gas_energy *g);

/*
 * A reading of the volume: its energy is in g->wh afterwards. -EINVAL, with
 * nothing changed: out of bounds, or the volume fell (see gas_new_meter());
 * -EOVERFLOW: more energy than a register holds.
 */
int gas_advance(struct gas_energy *g, int64_t volume_dm3);

/* Another meter's register takes over: nothing was consumed in between. */
int gas_new_meter(struct gas_energy *g, int64_t volume_dm3);

/* Values for the volume from now on: what is counted stays as it is. */
int gas_set_values(struct gas_energy *g, uint32_t cv_10kj, uint32_t factor_1e5);

#endif /* HEARTH_GAS_ENERGY_H */
