/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A service and its twin. Both do the same, one after the other; the one's disk
 * loses its power, the other's never does. After each start what is on disk has
 * to be, row by row, what the twin has: before the operation that was cut, or
 * after it, or (of one that has several transactions) what becomes that when it
 * is done again. One that was acknowledged has to be there. So nothing
 * is lost, nothing is there twice, and the two stay the same for ever.
 */
#ifndef HEARTH_TWIN_H
#define HEARTH_TWIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/store.h"
#include "powercut-vfs.h"

struct twin_ops {
	const char *const *migrations;
	const size_t *n_migrations;
	/* Load the service; what the world around it is, is kept by the caller
	 * in world.
	 */
	void *(*open)(struct store *store, void *world);
	void (*close)(void *service);
	/*
	 * The n-th operation, the same each time; dice: its own. Its result is
	 * that of the service.
	 */
	int (*operate)(void *service, void *world, uint64_t n);
	/* A world as it is in the beginning; and one as another is. */
	void *(*new_world)(void);
	void (*copy_world)(void *world, const void *from);
	/*
	 * What the disk refused leaves nothing in memory either, so it need
	 * not be done again. Not so where it is kept for being safe, or what
	 * was seen of the world is.
	 */
	bool forgets;
	/* Whatever has to hold of each at any time; NULL: nothing. */
	void (*check)(void *service, void *world);
};

/*
 * The tests of a service, and the exit status for main(): so many operations
 * cut at each persistence point, one by one; lives of so many operations with
 * so many cuts at random ($HEARTH_CUTS: that many); and half as many lives in
 * which the disk fails now and then, or is full for a while, and the service
 * goes on without a start.
 */
int twin_main(const struct twin_ops *ops, uint64_t one_by_one,
	      uint64_t operations, uint64_t cuts);

/* A number below, of the n-th operation. */
uint64_t twin_dice(uint64_t n, unsigned int which, uint64_t below);

#endif /* HEARTH_TWIN_H */
