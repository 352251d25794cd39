/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * States as octets, for the store. What changes each half hour (hot) is apart
 * from tables that change when somebody sets them (cold), half-hourly prices
 * and past periods. Every part begins with its version.
 *
 * A part has one form only: what is read and written again is the same. What
 * is read has been checked as a whole; nothing that does not check gets in.
 * Writers set bad in the wbuf if there is no room, readers return -EBADMSG
 * with the reason in *ret_why.
 */
#ifndef HEARTH_TARIFF_CODEC_H
#define HEARTH_TARIFF_CODEC_H

#include "../proto/span.h"
#include "gas-energy.h"
#include "tariff-cost.h"
#include "tariff.h"

/* Room that is always enough. */
#define TARIFF_HOT_MAX 1100
#define TARIFF_COLD_MAX 4400
#define TARIFF_SLOTS_MAX 3600
#define COST_HOT_MAX 200
#define COST_PAST_MAX 1000
#define GAS_MAX 50
#define TARIFF_ENTRY_MAX 1100

void tariff_put_hot(struct wbuf *w, const struct tariff *t);
void tariff_put_cold(struct wbuf *w, const struct tariff *t);
void tariff_put_slots(struct wbuf *w, const struct tariff *t);
int tariff_get(struct span hot, struct span cold, struct span slots,
	       struct tariff *ret, const char **ret_why);

void cost_put_hot(struct wbuf *w, const struct tariff_cost *c);
void cost_put_past(struct wbuf *w, const struct tariff_cost *c);
int cost_read(struct span hot, struct span past, struct tariff_cost *ret,
	      const char **ret_why);

void gas_put(struct wbuf *w, const struct gas_energy *g);
int gas_get(struct span from, struct gas_energy *ret, const char **ret_why);

void tariff_put_entry(struct wbuf *w, const struct tariff_entry *e);
int tariff_get_entry(struct span from, struct tariff_entry *ret,
		     const char **ret_why);

#endif /* HEARTH_TARIFF_CODEC_H */
