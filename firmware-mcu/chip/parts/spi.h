/* SPDX-License-Identifier: MIT */
/* What the drivers of parts on an SPI bus need of the chip; tests mock it. */
#ifndef HEARTH_SPI_H
#define HEARTH_SPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum spi_part {
	SPI_CONVERTER,
	SPI_FLASH
};

/* Chip select, low while on. */
void spi_select(enum spi_part part, bool on);

/* tx NULL: zeros; rx NULL: not wanted. */
void spi_transfer(enum spi_part part, const uint8_t *tx, uint8_t *rx,
		  size_t len);

/* A wait, of the part's data sheet; interrupts go on. */
void spi_wait_us(uint32_t us);

/* The mains fails: whatever takes long is to be given up. */
bool spi_hurry(void);

#endif /* HEARTH_SPI_H */
