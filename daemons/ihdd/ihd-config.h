/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ihdd.conf(5): key = value lines. Pure. */
#ifndef HEARTH_IHD_CONFIG_H
#define HEARTH_IHD_CONFIG_H

#include <stddef.h>
#include <stdint.h>

struct ihd_config {
	int64_t port;
	char bind[64];		  /* address; empty: all */
	char host_name[64];	  /* accepted in Host, beside addresses */
	int64_t price_mp_per_kwh; /* milli-pence, import */
	int64_t export_price_mp_per_kwh; /* paid for export */
	int64_t low_below_w;		 /* ambient: low below this */
	int64_t high_above_w;		 /* and high above this */
	char timezone[64];
};

extern const struct ihd_config ihd_config_default;

/*
 * Read text into *config, on top of what is there. 0; or -EINVAL with what is
 * wrong, and in which line, in message, and *config unchanged.
 */
int ihd_config_parse(struct ihd_config *config, const char *text, size_t len,
		     char *message, size_t room);

#endif /* HEARTH_IHD_CONFIG_H */
