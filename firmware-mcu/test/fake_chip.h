/* SPDX-License-Identifier: MIT */
/* A chip made of arrays: time, flash and wires are the test's. */
#ifndef HEARTH_FAKE_CHIP_H
#define HEARTH_FAKE_CHIP_H

#include "../chip/chip.h"
#include "../sim/board.h"

/* A small one, so that tests come around it; fake_chip_flash() for others. */
#define FAKE_FLASH_SIZE (28 * 1024u)
#define FAKE_FLASH_SECTOR 1024u
#define FAKE_FLASH_MAX (1024 * 1024u)
#define FAKE_FLASH_MAX_SECTORS 1024u

/* What an SPI NOR flash takes at most: W25Q16JV data sheet, tPP and tSE. */
#define FAKE_PROGRAM_US 3000u
#define FAKE_ERASE_US 400000u

struct fake_chip {
	uint64_t now_us;
	uint8_t *flash;
	uint32_t size, sector;
	/* Programmed or erased before the power goes; -1: it stays. */
	long power_bytes;
	bool dead;	    /* the power has gone */
	bool fail_programs; /* the flash refuses */
	bool stuck;	    /* a byte programmed stays 0xff */
	long bad_reads;	    /* this many reads fail */
	/* What the cut hits is any mixture of old and new, not half of it. */
	bool torn_anyhow;
	unsigned int erases;
	unsigned int erased[FAKE_FLASH_MAX_SECTORS];
	uint64_t flash_us; /* spent waiting for it, at its slowest */

	bool wire_full;
	size_t tx_len;
	uint8_t tx[1 << 16];
	size_t rx_len, rx_at;
	uint8_t rx[4096];
	bool rx_endless; /* zeros, for ever */

	_Alignas(uint64_t) uint8_t retained[CHIP_RETAINED_LEN];
	enum hearth_mcu_reset_cause cause;
};
extern struct fake_chip fake;

/* As new from the factory. */
void fake_chip_new(void);
/* The same with a flash of another size, blank. */
void fake_chip_flash(uint32_t size, uint32_t sector);
/* As after a loss of power: what is not flash is gone. */
void fake_chip_power_on(void);

#endif /* HEARTH_FAKE_CHIP_H */
