/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* uk.hearth.Tariff1: what the files of it share. */
#ifndef HEARTH_TARIFFD_BUS_H
#define HEARTH_TARIFFD_BUS_H

#include "tariffd.h"

extern const char *const tariffd_repeats[REPEAT_KINDS];

static inline int64_t seconds(uint64_t us)
{
	return (int64_t)(us / USEC_PER_SEC);
}

static inline uint64_t microseconds(int64_t s)
{
	return (uint64_t)s * USEC_PER_SEC;
}

/* What a table is asked or set for: bits of enum tariff_pend. */
enum tariffd_with {
	WITH_CALENDAR = TARIFF_CALENDAR,
	WITH_THRESHOLDS = TARIFF_THRESHOLDS,
	WITH_PRICES = TARIFF_PRICES,
	WITH_ALL = 7,
};

/* After a command: what it came to, for the caller and for the daemon. */
int tariffd_finish(struct tariffd_object *object, int r, const char *why,
		   sd_bus_error *error);
int tariffd_append_sum(sd_bus_message *reply, const struct cost_sum *sum);

/* --- methods: tariffd-bus-set.c, tariffd-bus-get.c */

int on_set_tariff(sd_bus_message *message, void *userdata, sd_bus_error *error);
int on_set_switching_table(sd_bus_message *message, void *userdata,
			   sd_bus_error *error);
int on_set_thresholds(sd_bus_message *message, void *userdata,
		      sd_bus_error *error);
int on_set_prices(sd_bus_message *message, void *userdata, sd_bus_error *error);
int on_cancel(sd_bus_message *message, void *userdata, sd_bus_error *error);
int on_set_half_hours(sd_bus_message *message, void *userdata,
		      sd_bus_error *error);
int on_use_half_hours(sd_bus_message *message, void *userdata,
		      sd_bus_error *error);
int on_set_billing(sd_bus_message *message, void *userdata,
		   sd_bus_error *error);
int on_set_reset(sd_bus_message *message, void *userdata, sd_bus_error *error);
int on_reset_blocks(sd_bus_message *message, void *userdata,
		    sd_bus_error *error);
int on_close_entry(sd_bus_message *message, void *userdata,
		   sd_bus_error *error);
int on_set_gas_values(sd_bus_message *message, void *userdata,
		      sd_bus_error *error);
int on_get_charges(sd_bus_message *message, void *userdata,
		   sd_bus_error *error);
int on_complete_entry(sd_bus_message *message, void *userdata,
		      sd_bus_error *error);
int on_get_registers(sd_bus_message *message, void *userdata,
		     sd_bus_error *error);
int on_get_switching_table(sd_bus_message *message, void *userdata,
			   sd_bus_error *error);
int on_get_thresholds(sd_bus_message *message, void *userdata,
		      sd_bus_error *error);
int on_get_prices(sd_bus_message *message, void *userdata, sd_bus_error *error);
int on_get_half_hours(sd_bus_message *message, void *userdata,
		      sd_bus_error *error);
int on_get_history(sd_bus_message *message, void *userdata,
		   sd_bus_error *error);

#endif /* HEARTH_TARIFFD_BUS_H */
