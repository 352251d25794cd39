/* SPDX-License-Identifier: MIT */
/*
 * The register store: a log of small records over the sectors of a NOR flash.
 * The newest whole record counts; a torn one is passed over. See README.md
 * for the wear.
 */
#ifndef HEARTH_STORE_H
#define HEARTH_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "../metrology/registers.h"

#define STORE_RECORD_LEN 64

/* What a record keeps. */
struct store_state {
	uint32_t boot_count;
	uint32_t event_seq; /* no event sent has a higher one */
	struct met_registers registers;
};

struct store {
	uint32_t sequence; /* of the newest record; 0: there is none */
	uint32_t home;	   /* its sector, which is not erased */
	uint32_t sector;   /* written to */
	uint32_t slot;	   /* next free one in that */
	uint32_t failures; /* writes that failed since the start */
};

/*
 * Find the newest record. Returns 1 with *ret_state filled in; 0 where there
 * is none (a new part: *ret_state is all zero); -1 where the flash cannot be
 * read, or holds something but no whole record. After -1 a meter must not
 * write: its records may be there still, and nothing protects them.
 */
int store_open(struct store *store, struct store_state *ret_state);

/*
 * Write a record and read it back. Returns 0 when it is there; -1 after
 * STORE_TRIES sectors failed: the newest record is then the one before.
 */
int store_write(struct store *store, const struct store_state *state);

#endif /* HEARTH_STORE_H */
