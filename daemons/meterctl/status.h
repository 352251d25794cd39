/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HEARTH_METERCTL_STATUS_H
#define HEARTH_METERCTL_STATUS_H

#include <stdbool.h>

#include <systemd/sd-bus.h>

/* Print the state of the meter; returns the program's exit status. */
int status_print(sd_bus *bus, bool json);

#endif /* HEARTH_METERCTL_STATUS_H */
