// SPDX-License-Identifier: LGPL-2.1-or-later
/* The disk of the crash tests itself: harsh where SQLite is careless. */
#include <string.h>

#include <sqlite3.h>

#include "powercut-vfs.h"
#include "test.h"

#define NAME "test.db"

/* --- a ledger: two purses whose sum stays, and a count of what was done */

#define SUM 1000

struct tally {
	unsigned int cuts, lost, corrupt;
};

static sqlite3 *open_ledger(const char *settings)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(NAME, &db), SQLITE_OK);
	if (sqlite3_exec(db, settings, NULL, NULL, NULL) != SQLITE_OK) {
		sqlite3_close(db);
		return NULL;
	}
	return db;
}

static int scalar(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *row;
	int value = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) != SQLITE_OK)
		return -1;
	if (sqlite3_step(row) == SQLITE_ROW)
		value = sqlite3_column_int(row, 0);
	sqlite3_finalize(row);
	return value;
}

static bool is_sound(sqlite3 *db)
{
	sqlite3_stmt *row;
	bool sound = false;

	if (sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &row, NULL) !=
	    SQLITE_OK)
		return false;
	if (sqlite3_step(row) == SQLITE_ROW)
		sound = !strcmp((const char *)sqlite3_column_text(row, 0),
				"ok");
	sqlite3_finalize(row);
	return sound && scalar(db, "SELECT sum(v) FROM purse") == SUM;
}

/* Transactions until the power goes; how many were acknowledged. */
static int spend(struct powercut *disk, sqlite3 *db)
{
	static const char step[] =
		"BEGIN IMMEDIATE;"
		"UPDATE purse SET v = v - 1, pad = randomblob(700)"
		" WHERE name = 'a';"
		"UPDATE purse SET v = v + 1, pad = randomblob(700)"
		" WHERE name = 'b';"
		"UPDATE done SET n = n + 1;"
		"COMMIT;";
	int acknowledged = 0;

	while (!powercut_is_off(disk) && acknowledged < 200)
		if (sqlite3_exec(db, step, NULL, NULL, NULL) == SQLITE_OK)
			acknowledged++;
	return acknowledged;
}

static void begin_ledger(struct powercut *disk, const char *settings)
{
	static const char tables[] =
		"CREATE TABLE purse(name PRIMARY KEY, v, pad);"
		"INSERT INTO purse VALUES('a', 1000, ''), ('b', 0, '');"
		"CREATE TABLE done(n); INSERT INTO done VALUES(0);";
	sqlite3 *db = open_ledger(settings);

	(void)disk;
	assert_non_null(db);
	assert_int_equal(sqlite3_exec(db, tables, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static struct tally cut_often(const char *settings, unsigned int cuts)
{
	struct powercut *first = powercut_new(1);
	struct tally tally = { .cuts = cuts };

	begin_ledger(first, settings);
	for (unsigned int n = 0; n < cuts; n++) {
		struct powercut *disk = powercut_new(n);
		sqlite3 *db;
		int acknowledged;

		powercut_copy(disk, first);
		db = open_ledger(settings);
		assert_non_null(db);
		powercut_at(disk, 1 + powercut_random(disk, 150));
		acknowledged = spend(disk, db);
		assert_true(powercut_is_off(disk));
		sqlite3_close(db);
		powercut_restart(disk);
		db = open_ledger(settings);
		if (!db || !is_sound(db))
			tally.corrupt++;
		else if (scalar(db, "SELECT n FROM done") < acknowledged)
			tally.lost++;
		sqlite3_close(db);
		powercut_free(disk);
	}
	powercut_free(first);
	return tally;
}

#define WAL                              \
	"PRAGMA locking_mode=EXCLUSIVE;" \
	"PRAGMA page_size=1024;"         \
	"PRAGMA journal_mode=WAL;"       \
	"PRAGMA wal_autocheckpoint=10;"
#define JOURNAL "PRAGMA page_size=1024; PRAGMA journal_mode=DELETE;"

static void careless_is_punished(void **state)
{
	struct tally tally;

	(void)state;
	tally = cut_often(JOURNAL "PRAGMA synchronous=OFF;", 200);
	print_message("# journal, OFF: of %u cuts %u lost, %u corrupt\n",
		      tally.cuts, tally.lost, tally.corrupt);
	assert_true(tally.lost > 20 && tally.corrupt > 20);
	tally = cut_often(WAL "PRAGMA synchronous=OFF;", 200);
	print_message("# log, OFF: of %u cuts %u lost, %u corrupt\n",
		      tally.cuts, tally.lost, tally.corrupt);
	assert_true(tally.lost > 20 && tally.corrupt > 5);
}

/* Without a sync at each commit nothing breaks, but what was said is lost. */
static void normal_only_loses(void **state)
{
	struct tally tally = cut_often(WAL "PRAGMA synchronous=NORMAL;", 200);

	(void)state;
	print_message("# log, NORMAL: of %u cuts %u lost, %u corrupt\n",
		      tally.cuts, tally.lost, tally.corrupt);
	assert_true(tally.lost > 20);
	assert_int_equal(tally.corrupt, 0);
}

static void careful_is_safe(void **state)
{
	struct tally tally = cut_often(WAL "PRAGMA synchronous=FULL;", 1000);

	(void)state;
	assert_int_equal(tally.lost, 0);
	assert_int_equal(tally.corrupt, 0);
	tally = cut_often(JOURNAL "PRAGMA synchronous=EXTRA;", 1000);
	assert_int_equal(tally.lost, 0);
	assert_int_equal(tally.corrupt, 0);
}

/* --- the disk by itself, through SQLite's file methods */

struct stage {
	struct powercut *disk;
	sqlite3_vfs *vfs;
	sqlite3_file *file;
};

static void begin(struct stage *stage, uint64_t seed)
{
	stage->disk = powercut_new(seed);
	stage->vfs = sqlite3_vfs_find(NULL);
	stage->file = calloc(1, (size_t)stage->vfs->szOsFile);
}

static void end(struct stage *stage)
{
	free(stage->file);
	powercut_free(stage->disk);
}

static int open_file(struct stage *stage, int kind)
{
	return stage->vfs->xOpen(
		stage->vfs, NAME, stage->file,
		kind | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
}

static int write_sectors(struct stage *stage, uint8_t value, int count,
			 sqlite3_int64 offset)
{
	uint8_t data[8 * 512];

	memset(data, value, sizeof(data));
	return stage->file->pMethods->xWrite(stage->file, data, count * 512,
					     offset);
}

static int sync_file(struct stage *stage)
{
	return stage->file->pMethods->xSync(stage->file, SQLITE_SYNC_NORMAL);
}

static void close_and_restart(struct stage *stage)
{
	stage->file->pMethods->xClose(stage->file);
	powercut_restart(stage->disk);
}

/* What may be after four sectors of 1 were synced and 2 was written over. */
static void unsynced_is_torn(void **state)
{
	unsigned int all_new = 0, all_old = 0, torn = 0, garbage = 0;
	struct stage stage;
	size_t size;

	(void)state;
	for (uint64_t seed = 0; seed < 500; seed++) {
		unsigned int olds = 0, news = 0;
		const uint8_t *seen;

		begin(&stage, seed);
		open_file(&stage, SQLITE_OPEN_WAL);
		write_sectors(&stage, 1, 4, 0);
		assert_int_equal(sync_file(&stage), SQLITE_OK);
		powercut_at(stage.disk, 1);
		assert_int_equal(write_sectors(&stage, 2, 4, 0),
				 SQLITE_IOERR_WRITE);
		assert_int_not_equal(sync_file(&stage), SQLITE_OK);
		close_and_restart(&stage);
		seen = powercut_file(stage.disk, NAME, &size);
		assert_int_equal(size, 4 * 512);
		for (size_t n = 0; n < 4; n++) {
			olds += seen[n * 512] == 1 && seen[n * 512 + 511] == 1;
			news += seen[n * 512] == 2 && seen[n * 512 + 511] == 2;
		}
		all_old += olds == 4;
		all_new += news == 4;
		torn += olds && news;
		garbage += olds + news < 4;
		end(&stage);
	}
	assert_true(all_old > 20 && all_new > 20 && torn > 20 && garbage > 0);
}

static void synced_is_there(void **state)
{
	struct stage stage;
	size_t size;

	(void)state;
	for (uint64_t seed = 0; seed < 100; seed++) {
		const uint8_t *seen;

		begin(&stage, seed);
		open_file(&stage, SQLITE_OPEN_WAL);
		write_sectors(&stage, 1, 4, 0);
		assert_int_equal(sync_file(&stage), SQLITE_OK);
		write_sectors(&stage, 2, 2, 2048);
		close_and_restart(&stage);
		seen = powercut_file(stage.disk, NAME, &size);
		assert_true(size >= 2048);
		for (size_t n = 0; n < 2048; n++)
			assert_int_equal(seen[n], 1);
		end(&stage);
	}
}

/* A database's name is only there when a journal beside it was synced. */
static void names_are_lost(void **state)
{
	unsigned int there = 0, back = 0;
	struct stage stage;
	size_t size;

	(void)state;
	for (uint64_t seed = 0; seed < 100; seed++) {
		begin(&stage, seed);
		open_file(&stage, SQLITE_OPEN_MAIN_DB);
		assert_int_equal(sync_file(&stage), SQLITE_OK);
		close_and_restart(&stage);
		there += !!powercut_file(stage.disk, NAME, &size);
		end(&stage);

		begin(&stage, seed);
		open_file(&stage, SQLITE_OPEN_WAL);
		assert_int_equal(sync_file(&stage), SQLITE_OK);
		stage.file->pMethods->xClose(stage.file);
		stage.vfs->xDelete(stage.vfs, NAME, 0);
		assert_null(powercut_file(stage.disk, NAME, &size));
		powercut_restart(stage.disk);
		back += !!powercut_file(stage.disk, NAME, &size);
		end(&stage);
	}
	assert_in_range(there, 20, 80);
	assert_in_range(back, 20, 80);
}

static void faults(void **state)
{
	struct powercut_wear wear;
	struct stage stage;
	uint8_t octet;
	size_t size;

	(void)state;
	begin(&stage, 1);
	open_file(&stage, SQLITE_OPEN_WAL);
	assert_int_equal(write_sectors(&stage, 1, 4, 0), SQLITE_OK);
	powercut_full(stage.disk, true);
	assert_int_equal(write_sectors(&stage, 2, 4, 0), SQLITE_OK);
	assert_int_equal(write_sectors(&stage, 3, 4, 1024), SQLITE_FULL);
	(void)powercut_file(stage.disk, NAME, &size);
	assert_int_equal(size, 2048);
	powercut_full(stage.disk, false);
	assert_int_equal(write_sectors(&stage, 3, 4, 1024), SQLITE_OK);
	powercut_read_only(stage.disk, true);
	assert_int_equal(write_sectors(&stage, 4, 4, 0), SQLITE_IOERR_WRITE);
	powercut_read_only(stage.disk, false);
	powercut_fail(stage.disk, 2, 2);
	assert_int_equal(write_sectors(&stage, 5, 4, 0), SQLITE_OK);
	assert_int_equal(write_sectors(&stage, 6, 4, 0), SQLITE_IOERR_WRITE);
	assert_int_equal(sync_file(&stage), SQLITE_IOERR_FSYNC);
	assert_int_equal(sync_file(&stage), SQLITE_OK);
	powercut_fail_read(stage.disk, 1);
	assert_int_equal(stage.file->pMethods->xRead(stage.file, &octet, 1, 0),
			 SQLITE_IOERR_READ);
	assert_int_equal(stage.file->pMethods->xRead(stage.file, &octet, 1, 0),
			 SQLITE_OK);
	assert_int_equal(octet, 5);
	powercut_flip(stage.disk, NAME, 0, 0x80);
	stage.file->pMethods->xRead(stage.file, &octet, 1, 0);
	assert_int_equal(octet, 0x85);
	wear = powercut_wear(stage.disk);
	assert_int_equal(wear.octets, 4 * 2048 + 1024);
	assert_int_equal(wear.syncs, 1);
	stage.file->pMethods->xClose(stage.file);
	end(&stage);
}

/* What a failed sync lost stays lost, whatever comes after it. */
static void failed_sync_loses(void **state)
{
	unsigned int lost = 0;
	struct stage stage;
	size_t size;

	(void)state;
	for (uint64_t seed = 0; seed < 100; seed++) {
		begin(&stage, seed);
		open_file(&stage, SQLITE_OPEN_WAL);
		assert_int_equal(sync_file(&stage), SQLITE_OK);
		write_sectors(&stage, 1, 4, 0);
		powercut_fail(stage.disk, 1, 1);
		assert_int_equal(sync_file(&stage), SQLITE_IOERR_FSYNC);
		assert_int_equal(sync_file(&stage), SQLITE_OK);
		close_and_restart(&stage);
		(void)powercut_file(stage.disk, NAME, &size);
		lost += !size;
		end(&stage);
	}
	assert_in_range(lost, 20, 80);
}

static void the_same_from_a_seed(void **state)
{
	struct tally one = cut_often(WAL "PRAGMA synchronous=OFF;", 20);
	struct tally two = cut_often(WAL "PRAGMA synchronous=OFF;", 20);

	(void)state;
	assert_int_equal(one.lost, two.lost);
	assert_int_equal(one.corrupt, two.corrupt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unsynced_is_torn),
		cmocka_unit_test(synced_is_there),
		cmocka_unit_test(names_are_lost),
		cmocka_unit_test(failed_sync_loses),
		cmocka_unit_test(faults),
		cmocka_unit_test(careless_is_punished),
		cmocka_unit_test(normal_only_loses),
		cmocka_unit_test(careful_is_safe),
		cmocka_unit_test(the_same_from_a_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
