/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A disk in memory for SQLite, with a plug to pull. Of each file it knows what
 * programs see and what is on the medium; only a sync makes the second out of
 * the first. A power cut leaves all that was synced, and of the rest whatever
 * chance says: each write whole, not at all, or in part (by 512 octets, each
 * old, new, or rarely garbage); sizes, truncations, created and deleted names
 * there or not. What it promises is what SQLite's own unix VFS does: a sync of
 * a new journal or log syncs the folder as well, and a write leaves the octets
 * beside it alone ("powersafe overwrite"). No shared memory: WAL works in
 * exclusive locking mode only.
 *
 * There are no clocks and no real files in it; from the seed on all is the
 * same each time.
 */
#ifndef HEARTH_POWERCUT_VFS_H
#define HEARTH_POWERCUT_VFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct powercut;

/* A file whose name begins so is on another disk, which never fails. */
#define POWERCUT_SPARED "spared"

/*
 * An empty disk; the default VFS of SQLite until it is freed, last in, first
 * out.
 */
struct powercut *powercut_new(uint64_t seed);
void powercut_free(struct powercut *disk);

/*
 * A persistence point is a write, sync, truncation, creation or deletion. The
 * power goes at the n-th from now (1: the next; 0: never): that one fails as
 * all after it do, and may yet be on the medium, in part.
 */
void powercut_at(struct powercut *disk, uint64_t n);
bool powercut_is_off(const struct powercut *disk);
uint64_t powercut_points(const struct powercut *disk);
/* What remained becomes the disk's content. Nothing may be open. */
void powercut_restart(struct powercut *disk);

/* Other faults; 0 and false end them. */
void powercut_full(struct powercut *disk, bool full);
void powercut_read_only(struct powercut *disk, bool read_only);
/*
 * The n-th persistence point from now fails, and so do the next count - 1. A
 * sync that fails may have lost what it should have made durable, for good: a
 * later one does not bring it to the medium.
 */
void powercut_fail(struct powercut *disk, uint64_t n, uint64_t count);
/* The n-th read from now fails. */
void powercut_fail_read(struct powercut *disk, uint64_t n);

/* The files as programs see them: NULL if there is none of that name. */
const uint8_t *powercut_file(const struct powercut *disk, const char *name,
			     size_t *ret_size);
/* Change an octet, on the medium too. */
void powercut_flip(struct powercut *disk, const char *name, size_t offset,
		   uint8_t mask);
/* Forget what is on the disk, take what another has. Nothing may be open. */
void powercut_copy(struct powercut *disk, const struct powercut *from);

/* What the medium had to bear since the disk was made. */
struct powercut_wear {
	uint64_t octets, syncs;
};
struct powercut_wear powercut_wear(const struct powercut *disk);

/* The disk's dice: 0 to below. */
uint64_t powercut_random(struct powercut *disk, uint64_t below);

#endif /* HEARTH_POWERCUT_VFS_H */
