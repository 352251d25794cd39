/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cost and energy of days, weeks and months of London (T-6): differences of
 * the cumulative registers and cost at the periods' ends. Pure.
 */
#ifndef HEARTH_TARIFF_COST_H
#define HEARTH_TARIFF_COST_H

#include "civil.h"

#define COST_KINDS 3 /* as enum london_period */
#define COST_DAYS 8
#define COST_WEEKS 6
#define COST_MONTHS 14

struct cost_sum {
	int32_t first_day; /* days since 1970, of London */
	bool known;	   /* false: nobody saw it */
	bool whole;	   /* readings at its very beginning and end */
	int64_t wh, cost_up;
};

struct cost_track {
	int32_t first_day; /* of the period now */
	bool whole;	   /* its beginning was seen */
	int64_t end_s;
	int64_t from_wh, from_up;	   /* the registers then */
	struct cost_sum past[COST_MONTHS]; /* the newest first */
};

struct tariff_cost {
	bool known;
	int64_t last_s, last_wh, last_up;
	struct cost_track track[COST_KINDS];
};

/*
 * A reading: the register, and cost with standing charges. Readings at London
 * midnights make periods whole; without one, what flowed across the end is
 * the later period's, and neither is whole. -EINVAL, with nothing changed:
 * time or register went back (the history then begins anew by cost_begin()).
 */
int cost_update(struct tariff_cost *c, int64_t at_s, int64_t total_wh,
		int64_t cost_up);
/* How many past periods of a kind are kept. */
unsigned int cost_kept(enum london_period kind);

/* Forgets all and begins at a reading. */
int cost_begin(struct tariff_cost *c, int64_t at_s, int64_t total_wh,
	       int64_t cost_up);

/* Every rule of a history, as after it was stored: 0, or -EINVAL with the
 * reason in *ret_why.
 */
int cost_check(const struct tariff_cost *c, const char **ret_why);

/* ago 0: the period now; -ERANGE: beyond the history. */
int cost_get(const struct tariff_cost *c, enum london_period kind,
	     unsigned int ago, struct cost_sum *ret_sum);

#endif /* HEARTH_TARIFF_COST_H */
