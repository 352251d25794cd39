// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The store and a medium that changes what is on it, octet by octet, on real
 * files. HEARTH_FLIPS=n sets how many octets are tried.
 */
#include <errno.h>
#include <ftw.h>
#include <string.h>
#include <sys/stat.h>

#include "../common/outbox.h"
#include "ledger.h"
#include "powercut-vfs.h"
#include "test.h"

#define RANDOM_FLIPS 1500
#define STEPS 40

struct octets {
	uint8_t *data;
	size_t size;
};

struct stage {
	char folder[64], path[96], log[112];
	struct octets db, wal; /* in use */
	struct octets closed;  /* the same after a clean end */
	struct ledger ledger;
	uint64_t dice;
};

static struct octets copy_of(const struct powercut *disk, const char *name)
{
	struct octets octets = { 0 };
	const uint8_t *seen = powercut_file(disk, name, &octets.size);

	if (seen && octets.size) {
		octets.data = malloc(octets.size);
		memcpy(octets.data, seen, octets.size);
	}
	return octets;
}

/* A database in use: most of it in the file, the last steps in the log. */
static int begin(void **state)
{
	struct stage *stage = calloc(1, sizeof(*stage));
	struct powercut *disk = powercut_new(1);
	enum store_found found;
	struct store *store;

	snprintf(stage->folder, sizeof(stage->folder), "%s/hearth-XXXXXX",
		 access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	assert_non_null(mkdtemp(stage->folder));
	snprintf(stage->path, sizeof(stage->path), "%s/" LEDGER_PATH,
		 stage->folder);
	snprintf(stage->log, sizeof(stage->log), "%s-wal", stage->path);
	assert_int_equal(store_open(LEDGER_PATH, ledger_migrations,
				    LEDGER_MIGRATIONS, &store, &found),
			 0);
	for (int n = 0; n < STEPS; n++) {
		if (n == STEPS - 5) {
			store_close(store);
			assert_int_equal(
				store_open(LEDGER_PATH, ledger_migrations,
					   LEDGER_MIGRATIONS, &store, &found),
				0);
		}
		assert_int_equal(ledger_step(&stage->ledger, store, 400), 0);
	}
	stage->db = copy_of(disk, LEDGER_PATH);
	stage->wal = copy_of(disk, LEDGER_PATH "-wal");
	assert_true(stage->db.size > 20000 && stage->wal.size > 5000);
	store_close(store);
	stage->closed = copy_of(disk, LEDGER_PATH);
	powercut_free(disk);
	*state = stage;
	return 0;
}

static int remove_one(const char *path, const struct stat *seen, int kind,
		      struct FTW *where)
{
	(void)seen, (void)kind, (void)where;
	return remove(path);
}

static void empty(struct stage *stage)
{
	assert_int_equal(
		nftw(stage->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	assert_int_equal(mkdir(stage->folder, 0700), 0);
}

static int end(void **state)
{
	struct stage *stage = *state;

	nftw(stage->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(stage->db.data);
	free(stage->wal.data);
	free(stage->closed.data);
	free(stage);
	return 0;
}

static void put(const char *path, const struct octets *octets)
{
	CLEANUP(cleanup_fclose) FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(octets->data, 1, octets->size, file),
			 octets->size);
}

static bool is_there(const char *path)
{
	struct stat seen;

	return !stat(path, &seen);
}

static bool aside(const struct stage *stage, int number)
{
	char path[128];

	snprintf(path, sizeof(path), "%s.damaged-%d", stage->path, number);
	return is_there(path);
}

static int start(struct stage *stage, struct store **ret,
		 enum store_found *ret_found)
{
	return store_open(stage->path, ledger_migrations, LEDGER_MIGRATIONS,
			  ret, ret_found);
}

static uint64_t dice(struct stage *stage, uint64_t below)
{
	uint64_t x = stage->dice += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return (x ^ x >> 31) % below;
}

/* --- octets */

enum outcome {
	HARMLESS,
	SET_ASIDE,
	ROLLED_BACK, /* an older state, right by itself */
	WRONG,	     /* other than was written, and not noticed */
	STUCK,	     /* it does not start, and will not */
	OUTCOMES,
};

static const char *const names[] = { "harmless", "set aside", "older state",
				     "not noticed", "stuck" };

static enum outcome outcome_of(struct stage *stage)
{
	struct ledger none = { 0 };
	enum store_found found;
	enum outcome outcome;
	struct store *store;
	uint64_t count;
	int r;

	r = start(stage, &store, &found);
	if (r < 0) {
		print_message("# stuck: %s\n", store_error_text(r));
		return STUCK;
	}
	if (found == STORE_SET_ASIDE) {
		assert_true(aside(stage, 1));
		ledger_check(&none, store);
		assert_int_equal(none.done, 0);
		assert_int_equal(ledger_step(&none, store, 10), 0);
		outcome = SET_ASIDE;
	} else if (!ledger_is_right(&stage->ledger, store, &count)) {
		outcome = WRONG;
	} else {
		outcome = count < stage->ledger.done ? ROLLED_BACK : HARMLESS;
	}
	store_close(store);
	return outcome;
}

static enum outcome with_a_flip(struct stage *stage, struct octets *where,
				size_t offset)
{
	uint8_t before = where->data[offset];
	enum outcome outcome;

	where->data[offset] ^= dice(stage, 2) ? (uint8_t)(1 << dice(stage, 8)) :
						(uint8_t)(1 + dice(stage, 255));
	empty(stage);
	if (where == &stage->closed) {
		put(stage->path, &stage->closed);
	} else {
		put(stage->path, &stage->db);
		put(stage->log, &stage->wal);
	}
	outcome = outcome_of(stage);
	if (outcome == WRONG || outcome == STUCK)
		print_message("# at %zu: %02x to %02x\n", offset, before,
			      where->data[offset]);
	where->data[offset] = before;
	return outcome;
}

static void flip(struct stage *stage, struct octets *where, const char *what,
		 unsigned int of[OUTCOMES])
{
	const char *wanted = getenv("HEARTH_FLIPS");
	uint64_t tries = wanted ? strtoull(wanted, NULL, 10) : RANDOM_FLIPS;

	for (uint64_t n = 0; n < tries; n++) {
		/* The header and the list of tables more often. */
		size_t within = n % 4 ? where->size : 1024;

		of[with_a_flip(stage, where, dice(stage, within))]++;
	}
	for (int n = 0; n < OUTCOMES; n++)
		print_message("# %s: %u %s\n", what, of[n], names[n]);
	/* All that is not what was written is seen; nothing is left undone. */
	assert_int_equal(of[STUCK], 0);
	assert_int_equal(of[WRONG], 0);
}

static void flips_in_the_file(void **state)
{
	struct stage *stage = *state;
	unsigned int of[OUTCOMES] = { 0 };

	flip(stage, &stage->closed, "closed", of);
	assert_int_equal(of[ROLLED_BACK], 0);
}

static void flips_in_use(void **state)
{
	struct stage *stage = *state;
	unsigned int of[OUTCOMES] = { 0 };

	flip(stage, &stage->db, "in use", of);
	assert_int_equal(of[ROLLED_BACK], 0);
}

static void flips_in_the_log(void **state)
{
	struct stage *stage = *state;
	unsigned int of[OUTCOMES] = { 0 };

	flip(stage, &stage->wal, "log", of);
	assert_true(of[ROLLED_BACK] > 0);
}

/* --- files put aside */

static void put_damaged(struct stage *stage)
{
	stage->closed.data[100] ^= 1;
	put(stage->path, &stage->closed);
	stage->closed.data[100] ^= 1;
}

static enum store_found found_now(struct stage *stage)
{
	enum store_found found;
	struct store *store;

	assert_int_equal(start(stage, &store, &found), 0);
	store_close(store);
	return found;
}

static bool holds(const char *path, const struct octets *octets)
{
	CLEANUP(cleanup_fclose) FILE *file = fopen(path, "rb");
	uint8_t *data = malloc(octets->size);
	bool same;

	same = file && fread(data, 1, octets->size, file) == octets->size &&
	       !memcmp(data, octets->data, octets->size);
	free(data);
	return same;
}

static void three_are_kept(void **state)
{
	struct stage *stage = *state;

	empty(stage);
	assert_int_equal(found_now(stage), STORE_NEW);
	assert_int_equal(found_now(stage), STORE_FOUND);
	for (int n = 1; n <= 5; n++) {
		put_damaged(stage);
		assert_int_equal(found_now(stage), STORE_SET_ASIDE);
		assert_int_equal(found_now(stage), STORE_FOUND);
		assert_int_equal(aside(stage, n), n <= 3);
	}
}

/* The power goes when the file has its new name, and its log has not. */
static void putting_aside_cut(void **state)
{
	struct stage *stage = *state;
	char to[128], log_to[136];

	snprintf(to, sizeof(to), "%s.damaged-1", stage->path);
	snprintf(log_to, sizeof(log_to), "%s-wal", to);
	empty(stage);
	put(to, &stage->db);
	put(stage->log, &stage->wal);
	assert_int_equal(found_now(stage), STORE_SET_ASIDE);
	assert_true(holds(to, &stage->db));
	assert_true(holds(log_to, &stage->wal));
	assert_int_equal(found_now(stage), STORE_FOUND);
	/* The next one has no log, and gets none of another's. */
	put_damaged(stage);
	assert_int_equal(found_now(stage), STORE_SET_ASIDE);
	assert_true(holds(log_to, &stage->wal));
	snprintf(log_to, sizeof(log_to), "%s.damaged-2-wal", stage->path);
	assert_false(is_there(log_to));
}

static void cut_short(void **state)
{
	struct stage *stage = *state;
	struct octets part = stage->closed;

	for (part.size = 97; part.size < stage->closed.size; part.size += 97) {
		empty(stage);
		put(stage->path, &part);
		assert_int_equal(outcome_of(stage), SET_ASIDE);
	}
	/* An empty one is a new one. */
	empty(stage);
	part.size = 0;
	put(stage->path, &part);
	assert_int_equal(found_now(stage), STORE_NEW);
}

/* A database of another program is not ours to use. */
static void another_file(void **state)
{
	struct stage *stage = *state;
	char text[] = "not a database, but long enough to be looked at";
	struct octets octets = { (uint8_t *)text, sizeof(text) };
	sqlite3 *db;

	empty(stage);
	put(stage->path, &octets);
	assert_int_equal(found_now(stage), STORE_SET_ASIDE);
	empty(stage);
	assert_int_equal(sqlite3_open(stage->path, &db), SQLITE_OK);
	sqlite3_exec(db, "CREATE TABLE t(x); INSERT INTO t VALUES(1)", NULL,
		     NULL, NULL);
	sqlite3_close(db);
	assert_int_equal(found_now(stage), STORE_SET_ASIDE);
}

/* --- rights */

static int start_as_nobody(struct stage *stage)
{
	enum store_found found;
	struct store *store = NULL;
	int r;

	/* Root may do everything; then this has to be another. */
	if (!geteuid())
		assert_int_equal(seteuid(65534), 0);
	r = start(stage, &store, &found);
	if (!getuid())
		assert_int_equal(seteuid(0), 0);
	store_close(store);
	return r;
}

static void wrong_rights(void **state)
{
	struct stage *stage = *state;

	empty(stage);
	put(stage->path, &stage->closed);
	assert_int_equal(chmod(stage->path, 0), 0);
	assert_int_equal(chmod(stage->folder, 0755), 0);
	assert_int_equal(start_as_nobody(stage), -EACCES);
	/* It can be read, and not written; or nothing beside it can. */
	assert_int_equal(chmod(stage->path, 0444), 0);
	assert_int_equal(start_as_nobody(stage), -EACCES);
	assert_int_equal(chmod(stage->path, 0666), 0);
	assert_int_equal(chmod(stage->folder, 0555), 0);
	assert_int_equal(start_as_nobody(stage), -EACCES);
	assert_true(holds(stage->path, &stage->closed));
	assert_int_equal(chmod(stage->folder, 0), 0);
	assert_int_equal(start_as_nobody(stage), -EACCES);
	assert_int_equal(chmod(stage->folder, 0700), 0);
	assert_int_equal(chmod(stage->path, 0600), 0);
	assert_false(aside(stage, 1));
	assert_int_equal(found_now(stage), STORE_FOUND);
}

static void two_at_once(void **state)
{
	struct stage *stage = *state;
	enum store_found found;
	struct store *one, *two;

	empty(stage);
	assert_int_equal(start(stage, &one, &found), 0);
	assert_int_equal(start(stage, &two, &found), -EBUSY);
	assert_false(aside(stage, 1));
	store_close(one);
	assert_int_equal(found_now(stage), STORE_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(flips_in_the_file, begin, end),
		cmocka_unit_test_setup_teardown(flips_in_use, begin, end),
		cmocka_unit_test_setup_teardown(flips_in_the_log, begin, end),
		cmocka_unit_test_setup_teardown(three_are_kept, begin, end),
		cmocka_unit_test_setup_teardown(putting_aside_cut, begin, end),
		cmocka_unit_test_setup_teardown(cut_short, begin, end),
		cmocka_unit_test_setup_teardown(another_file, begin, end),
		cmocka_unit_test_setup_teardown(wrong_rights, begin, end),
		cmocka_unit_test_setup_teardown(two_at_once, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
