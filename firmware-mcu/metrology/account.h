/* SPDX-License-Identifier: MIT */
/*
 * What a window adds to the registers.
 *
 * The same current flows in live and neutral; where it does not, some of it
 * goes past the meter. Then that circuit counts which shows more import: of two
 * imports the larger, of two exports the smaller.
 *
 * Too small a load counts nothing (IEC 62053-21 8.3.2, no-load condition), so
 * that noise never turns a meter: it begins at 3/4 of the starting current or
 * its power, and ends below half of both.
 */
#ifndef HEARTH_ACCOUNT_H
#define HEARTH_ACCOUNT_H

#include "metrology.h"

/* Live and neutral disagree by an eighth of the larger, and this much. */
#define MET_IMBALANCE_UA 250000
/* Or in direction, where each has this power. */
#define MET_OPPOSED_MW 50000

struct met_account {
	bool counting;
	bool imbalance;
};

/* Sets the energies that count, and the flags. */
void met_account(struct met_account *acc, const struct met_calibration *cal,
		 struct met_result *res);

/* Current and both powers of a circuit are below these. */
bool met_below(const struct met_result *res, int circuit, uint32_t ua,
	       uint32_t mw);

#endif /* HEARTH_ACCOUNT_H */
