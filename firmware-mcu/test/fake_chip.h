/* SPDX-License-Identifier: MIT */
/* A chip made of arrays: time, flash and wires are the test's. */
#ifndef HEARTH_FAKE_CHIP_H
#define HEARTH_FAKE_CHIP_H

#include "../chip/chip.h"
#include "../sim/frontend.h"

#define FAKE_FLASH_SIZE (4 * 1024u)
#define FAKE_FLASH_SECTOR 1024u

struct fake_chip {
	uint64_t now_us;
	struct frontend frontend;

	uint8_t flash[FAKE_FLASH_SIZE];
	/* Programmed or erased before the power goes; -1: it stays. */
	long power_bytes;
	bool dead;	    /* the power has gone */
	bool fail_programs; /* the flash refuses */
	bool stuck;	    /* a byte programmed stays 0xff */
	long bad_reads;	    /* this many reads fail */
	unsigned int erases;

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
/* As after a loss of power: what is not flash is gone. */
void fake_chip_power_on(void);

#endif /* HEARTH_FAKE_CHIP_H */
