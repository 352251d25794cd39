/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A layer below SQLite that gives each page of a database a check value of 64
 * bits, in eight octets that SQLite leaves free at its end. A page that is not
 * what was written is SQLITE_CORRUPT when it is read: what the medium has
 * changed is never taken for the truth (L-3). SQLite's own integrity check sees
 * only what breaks its structure, and no amount of money does.
 *
 * The write-ahead log has check values of its own. Pages of zeros are taken as
 * never written.
 */
#ifndef HEARTH_CHECKED_H
#define HEARTH_CHECKED_H

#include <sqlite3.h>

#define CHECKED_VFS "hearth-checked"
#define CHECKED_PAGE 1024 /* the only page size it knows */

/* Once or more; the name is known to sqlite3_open_v2() then. SQLite's code. */
int checked_register(void);

/* Right after opening, before anything is read: room for the check values. */
int checked_prepare(sqlite3 *db);

/*
 * How many reads the disk has failed so far, of any database: SQLite's check of
 * integrity takes that for damage.
 */
unsigned int checked_failed_reads(void);

#endif /* HEARTH_CHECKED_H */
