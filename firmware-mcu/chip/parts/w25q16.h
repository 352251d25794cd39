/* SPDX-License-Identifier: MIT */
/*
 * Winbond W25Q16JV (and GigaDevice's GD25Q16C): 2 MiB of SPI NOR flash,
 * sectors of 4 KiB that last for 100,000 erases. A page's program takes 0.4 ms
 * and at most 3, an erase 45 ms and at most 400; these calls wait for it.
 */
#ifndef HEARTH_W25Q16_H
#define HEARTH_W25Q16_H

#include <stddef.h>
#include <stdint.h>

#define W25Q16_SIZE (2u << 20)
#define W25Q16_SECTOR 4096u
#define W25Q16_PAGE 256u

/* 0, or -1: it does not answer, or refuses, or takes too long. */
int w25q16_init(void);
int w25q16_read(uint32_t at, void *data, size_t len);
/* Clears bits; over as many pages as it takes. */
int w25q16_program(uint32_t at, const void *data, size_t len);
/*
 * The sector at `at`, to 0xff. Given up where the mains fails meanwhile
 * (spi_hurry()): what is to be saved then cannot wait for it.
 */
int w25q16_erase(uint32_t at);

#endif /* HEARTH_W25Q16_H */
