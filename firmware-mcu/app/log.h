/* SPDX-License-Identifier: MIT */
/*
 * A log of records of one size over some sectors of a NOR flash. Each record
 * has a sequence number in front and a CRC-32 at its end, so a torn one is
 * passed over; the newest `keep` whole ones are never erased. A sector is
 * erased ahead of its use (log_prepare), so that a write, and above all the
 * last one before the power is gone, has only to program.
 *
 *   sequence (1, 2, ...) | payload | CRC-32 of both, xor the area's magic
 */
#ifndef HEARTH_LOG_H
#define HEARTH_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOG_OVERHEAD 8 /* of a record: sequence and CRC */
#define LOG_MAX_RECORD 256
#define LOG_TRIES 3

/* Written without an erase, as long as log_prepare() is called in between. */
#define LOG_AHEAD 18

struct log_area {
	uint32_t first;	  /* sector */
	uint32_t sectors; /* at least 3, and 2 more than hold `keep` */
	uint32_t record;  /* bytes; a multiple of 4 */
	uint32_t keep;
	uint32_t magic; /* whose record it is */
};

struct log {
	struct log_area area;
	uint32_t *last;	   /* highest sequence number in each sector, or 0 */
	uint32_t sequence; /* of the newest record; 0: there is none */
	uint32_t given;	   /* the last number tried, stored or not */
	uint32_t sector;   /* written to, counted in the area */
	uint32_t slot;	   /* next free one in that */
	uint32_t next;	   /* erased and waiting, or LOG_NONE */
	uint32_t tried;	   /* the last sector erased, or tried to */
	uint32_t failures; /* writes and erases that failed since the start */
};

#define LOG_SPOILT (-1)	    /* something is there, but no whole record */
#define LOG_UNREADABLE (-2) /* the flash does not answer */

/*
 * Find the newest record; last has room for area->sectors. Returns 1 with
 * its payload in *ret_newest; 0 where there is none (a new part, or one of
 * the store's first format, see store.c); LOG_SPOILT or LOG_UNREADABLE.
 */
int log_open(struct log *log, const struct log_area *area, uint32_t *last,
	     void *ret_newest);

/*
 * Write a record and read it back. Returns 0 when it is there; -1 after
 * LOG_TRIES sectors failed: the newest record is then the one before.
 */
int log_write(struct log *log, const void *payload);

/* Erase the next sector if it will be needed soon; whether it took an erase. */
bool log_prepare(struct log *log);

/* A way through all whole records, oldest first; begins all zero. */
struct log_cursor {
	uint32_t done; /* every record up to this number */
	uint32_t sector;
	uint32_t slot; /* the next one; 0: look for a sector */
};

/* The next one's payload; false at the end. */
bool log_next(const struct log *log, struct log_cursor *cursor,
	      void *ret_payload);

#endif /* HEARTH_LOG_H */
