/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the files of the supply's rules. */
#ifndef HEARTH_SUPPLY_RULES_H
#define HEARTH_SUPPLY_RULES_H

#include "supply.h"

bool supply_reason_ok(const char *reason);
bool supply_reading_ok(const struct supply_reading *reading);

/* Put a hold; reason may be NULL. */
void supply_put(struct supply *s, enum supply_owner owner,
		enum supply_state state, const char *reason);
/* What the reading brings about: bits of supply_told. */
unsigned int supply_watch(struct supply *s, const struct supply_limit *limit,
			  const struct supply_reading *reading);

#endif /* HEARTH_SUPPLY_RULES_H */
