/* SPDX-License-Identifier: MIT */
#ifndef HEARTH_MPS2_FLASH_H
#define HEARTH_MPS2_FLASH_H

/* Open the file that stands in for the flash; 0 or -1. */
int mps2_flash_init(void);

#endif /* HEARTH_MPS2_FLASH_H */
