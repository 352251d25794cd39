/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What supplyd has to say in storaged's logs, in the transaction it tells of.
 * 0 or negative errno of the store.
 */
#ifndef HEARTH_SUPPLYD_LOG_H
#define HEARTH_SUPPLYD_LOG_H

#include "../common/outbox.h"
#include "aux.h"
#include "supply.h"

/* From before to after; told are the bits of the calls between. */
int supplyd_log_supply(struct store *store, const char *meter,
		       const struct supply *before, const struct supply *after,
		       const struct supply_limit *limit, unsigned int told,
		       uint64_t at_us);
int supplyd_log_limit(struct store *store, const char *meter,
		      const struct supply_limit *limit, uint64_t at_us);

/* Controller n of electricity: told by aux_advance(). */
int supplyd_log_aux(struct store *store, const char *meter,
		    const struct aux_settings *set, const struct aux *aux,
		    unsigned int n, unsigned int told, uint64_t at_us);
/* A command: "set", "limit", "reset", "boost". */
int supplyd_log_aux_command(struct store *store, const char *meter,
			    unsigned int n, const char *what, unsigned int pct,
			    int64_t start_s, int64_t end_s, uint64_t at_us);

/* Other settings: "schedule set". */
int supplyd_log_aux_settings(struct store *store, const char *meter,
			     const char *text, uint64_t at_us);

#endif /* HEARTH_SUPPLYD_LOG_H */
