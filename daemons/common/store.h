/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a daemon keeps on disk: one SQLite database, written in transactions
 * that are on the medium when store_commit() returns (WAL, synchronous FULL).
 *
 * 0 or negative errno. What the disk does is told apart: -ENOSPC full, -EROFS
 * read-only, -EACCES not allowed, -EBUSY another process has it, -EBADMSG
 * damaged, -EIO anything else of the kind. After an error nothing of the
 * transaction is there; it may be tried again, but for -EBADMSG: then the
 * daemon ends, and the next start puts the file aside.
 */
#ifndef HEARTH_STORE_H
#define HEARTH_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

struct store;

/* What was there. */
enum store_found {
	STORE_FOUND,
	STORE_NEW,
	STORE_SET_ASIDE, /* damaged: kept beside as NAME.damaged-N, begun anew */
};

/*
 * What is noticed: any octet of the database that is not as it was written
 * (checked.h), a structure that SQLite finds wrong, a file cut short. What is
 * not: damage to the write-ahead log, which looks as a power cut does that tore
 * its end; then the state is an older one, right by itself, of at most the last
 * 1,000 pages; and a whole file put back from an older copy.
 */

/*
 * Open or create the database. migrations[n] takes the schema from version n
 * to n + 1; the tables "state" and "outbox" are the store's own. -ENOTSUP: of
 * a newer version of the program.
 */
int store_open(const char *path, const char *const *migrations,
	       size_t n_migrations, struct store **ret,
	       enum store_found *ret_found);
void store_close(struct store *store);

/* Eight hexadecimal digits that no other database of its kind has. */
const char *store_id(const struct store *store);

/* A transaction. None inside another; rollback does nothing outside one. */
int store_begin(struct store *store);
int store_commit(struct store *store);
void store_rollback(struct store *store);

/*
 * Run a statement to its end. types has a letter a parameter: i int64_t,
 * b const void * and size_t, s const char * (NULL: null). The text of the
 * statement is kept by its address: a literal.
 */
int store_run(struct store *store, const char *sql, const char *types, ...);
/*
 * A statement's first row: 1, 0 if there is none. *ret_row is valid until the
 * same statement runs again; the next row by store_next() (1, 0). Rows not read
 * to their end are given back by store_done().
 */
int store_row(struct store *store, sqlite3_stmt **ret_row, const char *sql,
	      const char *types, ...);
int store_next(struct store *store, sqlite3_stmt *row);
void store_done(sqlite3_stmt *row);

/*
 * Octets under a name. Get: -ENOENT if there are none, -EMSGSIZE if there are
 * more than room; *ret_len is how many.
 */
int store_put(struct store *store, const char *key, const void *data,
	      size_t len);
int store_get(struct store *store, const char *key, void *data, size_t room,
	      size_t *ret_len);

/* A sentence for a person, on what the disk did. */
const char *store_error_text(int error);

static inline void cleanup_store(struct store **store)
{
	store_close(*store);
}

#endif /* HEARTH_STORE_H */
