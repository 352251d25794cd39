/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Alert codes of GBCS: what has happened. */
#ifndef HEARTH_GBCS_ALERTS_H
#define HEARTH_GBCS_ALERTS_H

#include <stdbool.h>
#include <stdint.h>

/* NULL: no such alert. */
const char *gbcs_alert_meaning(uint16_t code);

/* Critical alerts are signed, others have a MAC (GBCS 2.2); not of a CHF. */
static inline bool gbcs_alert_critical(uint16_t code)
{
	return code >> 8 == 0x8f;
}

#endif /* HEARTH_GBCS_ALERTS_H */
