/* SPDX-License-Identifier: MIT */
/* chip.h's switchgear for boards that have none: front end and plant. */
#ifndef HEARTH_BOARD_H
#define HEARTH_BOARD_H

#include "frontend.h"
#include "plant.h"

extern struct frontend board_frontend;
extern struct plant board_plant;

void board_init(void);

#endif /* HEARTH_BOARD_H */
