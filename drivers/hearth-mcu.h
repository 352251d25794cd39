/* SPDX-License-Identifier: GPL-2.0 */
/* What the meter MCU's child devices may ask of its core driver. */
#ifndef HEARTH_MCU_H
#define HEARTH_MCU_H

#include <linux/device.h>
#include <hearth/mcu_proto.h>

/* How old the last LIVE may be before its values are no longer current. */
#define HEARTH_MCU_STALE_MS 3000

/**
 * typedef hearth_mcu_live_fn - takes each LIVE message
 * @context: as given to hearth_mcu_set_live()
 * @live: of this call only
 *
 * Called from the receive path; must not sleep.
 */
typedef void (*hearth_mcu_live_fn)(void *context,
				   const struct hearth_mcu_live *live);

void hearth_mcu_set_live(struct device *mcu, hearth_mcu_live_fn fn,
			 void *context);

#endif /* HEARTH_MCU_H */
