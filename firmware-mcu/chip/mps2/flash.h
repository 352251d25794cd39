/* SPDX-License-Identifier: MIT */
#ifndef HEARTH_MPS2_FLASH_H
#define HEARTH_MPS2_FLASH_H

/* Open the file that stands in for the flash; NULL, or what is wrong. */
const char *mps2_flash_init(void);

#endif /* HEARTH_MPS2_FLASH_H */
