// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "checked.h"
#include "util.h"

#define STATEMENTS 64
#define PATH_ROOM 512
#define ASIDE ".damaged-"
#define SET_ASIDE_MAX 3 /* damaged files kept; then the last is replaced */

struct store {
	sqlite3 *db;
	bool in_transaction;
	bool is_new; /* never opened to the end before */
	char id[9];
	struct {
		const char *sql; /* by its address */
		sqlite3_stmt *statement;
	} kept[STATEMENTS];
	size_t n_kept;
};

static const char settings[] =
	/* The write-ahead log's index stays in memory: one process has it. */
	"PRAGMA locking_mode = EXCLUSIVE;"
	"PRAGMA page_size = 1024;"
	"PRAGMA journal_mode = WAL;"
	"PRAGMA synchronous = FULL;"
	"PRAGMA wal_autocheckpoint = 1000;"
	"PRAGMA journal_size_limit = 1048576;"
	"PRAGMA temp_store = MEMORY;"
	"PRAGMA cache_size = -128;"
	"PRAGMA trusted_schema = OFF;"
	"PRAGMA cell_size_check = ON;";

static const char own_tables[] =
	"CREATE TABLE IF NOT EXISTS state("
	"	key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS outbox("
	"	sequence INTEGER PRIMARY KEY AUTOINCREMENT,"
	"	meter TEXT NOT NULL, log TEXT NOT NULL, at_us INTEGER NOT NULL,"
	"	code INTEGER NOT NULL, text TEXT NOT NULL,"
	"	detail TEXT NOT NULL);";

static int error_of(int code)
{
	/* A folder that is not to be written to, where the file may be. */
	if (code == SQLITE_READONLY_DIRECTORY)
		return -EACCES;
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_CANTOPEN:
		return -EACCES;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EBADMSG;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_CONSTRAINT:
		return -EEXIST;
	case SQLITE_TOOBIG:
		return -EMSGSIZE;
	case SQLITE_MISUSE:
	case SQLITE_RANGE:
	case SQLITE_ERROR:
		return -EINVAL;
	default:
		return -EIO;
	}
}

const char *store_error_text(int error)
{
	switch (error) {
	case -ENOSPC:
		return "the disk is full";
	case -EROFS:
		return "the disk is read-only";
	case -EACCES:
		return "the state folder cannot be written to: check its owner "
		       "and mode";
	case -EBUSY:
		return "another process has the database: is the daemon running "
		       "already?";
	case -EBADMSG:
		return "the database is damaged";
	case -ENOTSUP:
		return "the database is of a newer version of the program";
	case -EIO:
		return "the disk fails";
	default:
		return strerror(-error);
	}
}

/* --- statements */

static int prepare(struct store *store, const char *sql, sqlite3_stmt **ret)
{
	sqlite3_stmt *statement;
	int r;

	for (size_t n = 0; n < store->n_kept; n++)
		if (store->kept[n].sql == sql) {
			*ret = store->kept[n].statement;
			sqlite3_reset(*ret);
			return 0;
		}
	if (store->n_kept == STATEMENTS)
		return -ENOBUFS;
	r = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
			       &statement, NULL);
	if (r != SQLITE_OK)
		return error_of(r);
	store->kept[store->n_kept].sql = sql;
	store->kept[store->n_kept++].statement = statement;
	*ret = statement;
	return 0;
}

static int bind(sqlite3_stmt *statement, const char *types, va_list args)
{
	const void *data;
	const char *text;
	size_t len;
	int r = SQLITE_OK;

	if (sqlite3_bind_parameter_count(statement) != (int)strlen(types))
		return -EINVAL;
	for (int n = 1; *types && r == SQLITE_OK; n++, types++) {
		switch (*types) {
		case 'i':
			r = sqlite3_bind_int64(statement, n,
					       va_arg(args, int64_t));
			break;
		case 'b':
			data = va_arg(args, const void *);
			len = va_arg(args, size_t);
			/* A null pointer would become a null value. */
			r = sqlite3_bind_blob64(statement, n, data ? data : "",
						len, SQLITE_TRANSIENT);
			break;
		case 's':
			text = va_arg(args, const char *);
			r = sqlite3_bind_text(statement, n, text, -1,
					      SQLITE_TRANSIENT);
			break;
		default:
			return -EINVAL;
		}
	}
	return error_of(r);
}

static int first_step(struct store *store, sqlite3_stmt **ret, const char *sql,
		      const char *types, va_list args)
{
	int r;

	r = prepare(store, sql, ret);
	if (r < 0)
		return r;
	r = bind(*ret, types, args);
	if (r < 0)
		return r;
	return store_next(store, *ret);
}

int store_next(struct store *store, sqlite3_stmt *row)
{
	int r = sqlite3_step(row);

	(void)store;
	if (r == SQLITE_ROW)
		return 1;
	sqlite3_reset(row);
	return error_of(r);
}

void store_done(sqlite3_stmt *row)
{
	sqlite3_reset(row);
}

int store_row(struct store *store, sqlite3_stmt **ret_row, const char *sql,
	      const char *types, ...)
{
	va_list args;
	int r;

	va_start(args, types);
	r = first_step(store, ret_row, sql, types, args);
	va_end(args);
	return r;
}

int store_run(struct store *store, const char *sql, const char *types, ...)
{
	sqlite3_stmt *row;
	va_list args;
	int r;

	va_start(args, types);
	r = first_step(store, &row, sql, types, args);
	va_end(args);
	while (r > 0)
		r = store_next(store, row);
	return r;
}

/* --- transactions */

int store_begin(struct store *store)
{
	int r;

	if (store->in_transaction)
		return -EBUSY;
	r = store_run(store, "BEGIN IMMEDIATE", "");
	store->in_transaction = !r;
	return r;
}

void store_rollback(struct store *store)
{
	if (!store->in_transaction)
		return;
	store->in_transaction = false;
	/* After some errors SQLite has rolled back by itself. */
	if (!sqlite3_get_autocommit(store->db))
		(void)store_run(store, "ROLLBACK", "");
}

int store_commit(struct store *store)
{
	int r;

	if (!store->in_transaction)
		return -EINVAL;
	/* It may be over already, by an error in it. */
	r = sqlite3_get_autocommit(store->db) ? -EIO :
						store_run(store, "COMMIT", "");
	if (r < 0)
		store_rollback(store);
	store->in_transaction = false;
	return r;
}

/* --- opening */

static int execute(sqlite3 *db, const char *sql)
{
	return error_of(sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static int scalar(sqlite3 *db, const char *sql, int64_t *ret)
{
	sqlite3_stmt *statement;
	int r = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

	if (r != SQLITE_OK)
		return error_of(r);
	r = sqlite3_step(statement);
	if (r == SQLITE_ROW)
		*ret = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return r == SQLITE_ROW ? 0 : r == SQLITE_DONE ? -ENOENT : error_of(r);
}

static int check_integrity(sqlite3 *db)
{
	unsigned int failed = checked_failed_reads();
	sqlite3_stmt *statement;
	int r = sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1,
				   &statement, NULL);
	bool fine = false;

	if (r != SQLITE_OK)
		return error_of(r);
	r = sqlite3_step(statement);
	if (r == SQLITE_ROW)
		fine = !strcmp((const char *)sqlite3_column_text(statement, 0),
			       "ok");
	sqlite3_finalize(statement);
	if (r != SQLITE_ROW)
		return error_of(r);
	if (fine)
		return 0;
	/* What could not be read now may be sound. */
	return checked_failed_reads() != failed ? -EIO : -EBADMSG;
}

/* SQLite opens what it cannot write for reading. */
static int check_writable(sqlite3 *db, const char *path)
{
	CLEANUP(cleanup_close) int fd = -1;

	if (sqlite3_db_readonly(db, "main") != 1)
		return 0;
	fd = open(path, O_RDWR | O_CLOEXEC);
	return fd < 0 && errno == EACCES ? -EACCES : -EROFS;
}

/* The journal mode is an answer, not an error, where it cannot be set. */
static int check_journal(sqlite3 *db)
{
	sqlite3_stmt *statement;
	int r = sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &statement,
				   NULL);
	bool wal = false;

	if (r != SQLITE_OK)
		return error_of(r);
	r = sqlite3_step(statement);
	if (r == SQLITE_ROW)
		wal = !strcmp((const char *)sqlite3_column_text(statement, 0),
			      "wal");
	sqlite3_finalize(statement);
	if (r != SQLITE_ROW)
		return error_of(r);
	return wal ? 0 : -EROFS;
}

static int migrate(sqlite3 *db, const char *const *migrations, size_t n)
{
	int64_t version = 0;
	char text[64];
	int r;

	r = scalar(db, "PRAGMA user_version", &version);
	if (r < 0)
		return r;
	if (version < 0 || version > (int64_t)n)
		return -ENOTSUP;
	for (size_t next = (size_t)version; next < n; next++) {
		snprintf(text, sizeof(text), "PRAGMA user_version = %zu",
			 next + 1);
		r = execute(db, "BEGIN IMMEDIATE");
		if (!r)
			r = execute(db, migrations[next]);
		if (!r)
			r = execute(db, text);
		if (!r)
			r = execute(db, "COMMIT");
		if (r) {
			(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
			return r;
		}
	}
	return 0;
}

static int take_id(struct store *store)
{
	unsigned int random;
	size_t len;
	int r;

	r = store_get(store, "store-id", store->id, sizeof(store->id) - 1,
		      &len);
	if (!r)
		return len == sizeof(store->id) - 1 ? 0 : -EBADMSG;
	if (r != -ENOENT)
		return r;
	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return -EIO;
	store->is_new = true;
	snprintf(store->id, sizeof(store->id), "%08x", random);
	return store_put(store, "store-id", store->id, strlen(store->id));
}

static int set_up(struct store *store, const char *path,
		  const char *const *migrations, size_t n)
{
	int r;

	r = error_of(checked_register());
	if (!r)
		r = error_of(sqlite3_open_v2(
			path, &store->db,
			SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
				SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
			CHECKED_VFS));
	if (r == -EACCES && sqlite3_system_errno(store->db) == EROFS)
		return -EROFS;
	if (!r)
		r = error_of(checked_prepare(store->db));
	if (!r)
		r = check_writable(store->db, path);
	if (!r)
		r = execute(store->db, settings);
	if (!r)
		r = check_journal(store->db);
	if (!r)
		r = check_integrity(store->db);
	if (!r)
		r = execute(store->db, own_tables);
	if (!r)
		r = migrate(store->db, migrations, n);
	if (!r)
		r = take_id(store);
	return r;
}

static int open_once(const char *path, const char *const *migrations, size_t n,
		     struct store **ret)
{
	struct store *store = calloc(1, sizeof(*store));
	int r;

	if (!store)
		return -ENOMEM;
	r = set_up(store, path, migrations, n);
	if (r) {
		store_close(store);
		return r;
	}
	*ret = store;
	return 0;
}

/* number 0: none is in the name. */
static bool is_there(const char *path, const char *suffix, int number)
{
	char name[PATH_ROOM];
	struct stat seen;

	snprintf(name, sizeof(name), "%s%s%.0d", path, suffix, number);
	return !stat(name, &seen);
}

static int sync_folder_of(const char *path)
{
	CLEANUP(cleanup_close) int fd = -1;
	char folder[PATH_ROOM];
	char *end;

	snprintf(folder, sizeof(folder), "%s", path);
	end = strrchr(folder, '/');
	if (end)
		*end = '\0';
	fd = open(end ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

/* The log goes where its database went; an old one must not stay there. */
static int log_aside(const char *path, int number)
{
	char from[PATH_ROOM], to[PATH_ROOM];

	snprintf(from, sizeof(from), "%s-wal", path);
	snprintf(to, sizeof(to), "%s" ASIDE "%d-wal", path, number);
	if (rename(from, to) < 0) {
		if (errno != ENOENT)
			return -errno;
		(void)unlink(to);
	}
	return sync_folder_of(path);
}

/*
 * First the database: without its log it would be taken for an older state,
 * while a log without a database tells that this was not finished.
 */
static int set_aside(const char *path)
{
	char to[PATH_ROOM];
	int number = 1;

	while (number < SET_ASIDE_MAX && is_there(path, ASIDE, number))
		number++;
	snprintf(to, sizeof(to), "%s" ASIDE "%d", path, number);
	if (rename(path, to) < 0)
		return -errno;
	return log_aside(path, number);
}

static int finish_set_aside(const char *path)
{
	int number = SET_ASIDE_MAX;

	if (is_there(path, "", 0) || !is_there(path, "-wal", 0))
		return 0;
	while (number > 1 && !is_there(path, ASIDE, number))
		number--;
	return log_aside(path, number);
}

int store_open(const char *path, const char *const *migrations,
	       size_t n_migrations, struct store **ret,
	       enum store_found *ret_found)
{
	int r;

	/* Room for what is added to the name. */
	if (strlen(path) > PATH_ROOM - 32)
		return -ENAMETOOLONG;
	r = finish_set_aside(path);
	if (r < 0)
		return r;
	r = open_once(path, migrations, n_migrations, ret);
	if (r == -EBADMSG) {
		r = set_aside(path);
		if (!r)
			r = open_once(path, migrations, n_migrations, ret);
	}
	if (r < 0)
		return r;
	/* Told until the new one has been begun, whatever dies before. */
	*ret_found = !(*ret)->is_new	      ? STORE_FOUND :
		     is_there(path, ASIDE, 1) ? STORE_SET_ASIDE :
						STORE_NEW;
	return 0;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	store_rollback(store);
	for (size_t n = 0; n < store->n_kept; n++)
		sqlite3_finalize(store->kept[n].statement);
	sqlite3_close(store->db);
	free(store);
}

const char *store_id(const struct store *store)
{
	return store->id;
}

/* --- octets under a name */

int store_put(struct store *store, const char *key, const void *data,
	      size_t len)
{
	return store_run(
		store,
		"INSERT INTO state(key, value) VALUES(?, ?) "
		"ON CONFLICT(key) DO UPDATE SET value = excluded.value",
		"sb", key, data, len);
}

int store_get(struct store *store, const char *key, void *data, size_t room,
	      size_t *ret_len)
{
	sqlite3_stmt *row;
	size_t len;
	int r;

	r = store_row(store, &row, "SELECT value FROM state WHERE key = ?", "s",
		      key);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	len = (size_t)sqlite3_column_bytes(row, 0);
	if (len <= room && len)
		memcpy(data, sqlite3_column_blob(row, 0), len);
	store_done(row);
	*ret_len = len;
	return len <= room ? 0 : -EMSGSIZE;
}
