// SPDX-License-Identifier: LGPL-2.1-or-later
#include "twin.h"

#include <errno.h>
#include <string.h>

#include "test.h"

#define VICTIM "victim.db"
#define TWIN POWERCUT_SPARED ".db"
#define DUMP_TABLES 32

struct side {
	const char *path;
	struct store *store;
	void *service, *world;
};

struct pair {
	const struct twin_ops *ops;
	struct powercut *disk;
	struct side victim, twin;
	uint64_t cuts;
	unsigned int before, after,
		between; /* what the cuts were found to be */
};

static uint64_t twin_cuts(uint64_t usual)
{
	const char *wanted = getenv("HEARTH_CUTS");

	return wanted ? strtoull(wanted, NULL, 10) : usual;
}

uint64_t twin_dice(uint64_t n, unsigned int which, uint64_t below)
{
	uint64_t x = (n * 64 + which) * UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return (x ^ x >> 31) % below;
}

/* --- what is on disk, as text, a row a line */

struct dump {
	char *text;
	size_t len;
};

static void put_value(FILE *out, sqlite3_stmt *row, int n)
{
	const uint8_t *octets;

	switch (sqlite3_column_type(row, n)) {
	case SQLITE_INTEGER:
		fprintf(out, " %lld", sqlite3_column_int64(row, n));
		break;
	case SQLITE_TEXT:
		fprintf(out, " '%s'", sqlite3_column_text(row, n));
		break;
	case SQLITE_BLOB:
		octets = sqlite3_column_blob(row, n);
		fputs(" x", out);
		for (int i = 0; i < sqlite3_column_bytes(row, n); i++)
			fprintf(out, "%02x", octets[i]);
		break;
	default:
		fputs(" null", out);
	}
}

static void put_table(FILE *out, sqlite3 *db, const char *table)
{
	char sql[256];
	sqlite3_stmt *row;

	/* Which database it is, is the one thing that may differ. */
	snprintf(sql, sizeof(sql), "SELECT * FROM \"%s\"%s ORDER BY 1, 2",
		 table,
		 strcmp(table, "state") ? "" : " WHERE key <> 'store-id'");
	if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) != SQLITE_OK) {
		*strstr(sql, " ORDER") = '\0';
		assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &row, NULL),
				 SQLITE_OK);
	}
	while (sqlite3_step(row) == SQLITE_ROW) {
		fputs(table, out);
		for (int n = 0; n < sqlite3_column_count(row); n++)
			put_value(out, row, n);
		fputc('\n', out);
	}
	assert_int_equal(sqlite3_finalize(row), SQLITE_OK);
}

static struct dump dump_of(struct store *store)
{
	struct dump dump = { 0 };
	FILE *out = open_memstream(&dump.text, &dump.len);
	sqlite3_stmt *any, *table;
	sqlite3 *db;

	assert_int_equal(store_row(store, &any, "SELECT 1", ""), 1);
	db = sqlite3_db_handle(any);
	store_done(any);
	assert_int_equal(
		sqlite3_prepare_v2(db,
				   "SELECT name FROM sqlite_master WHERE"
				   " type = 'table' ORDER BY name",
				   -1, &table, NULL),
		SQLITE_OK);
	while (sqlite3_step(table) == SQLITE_ROW)
		put_table(out, db, (const char *)sqlite3_column_text(table, 0));
	sqlite3_finalize(table);
	fclose(out);
	return dump;
}

static bool same(const struct dump *a, const struct dump *b)
{
	return a->len == b->len && !memcmp(a->text, b->text, a->len);
}

/* The first line that differs. */
static void show(const char *whose, const struct dump *dump,
		 const struct dump *other)
{
	size_t n = 0, from = 0;

	while (n < dump->len && n < other->len &&
	       dump->text[n] == other->text[n]) {
		if (dump->text[n] == '\n')
			from = n + 1;
		n++;
	}
	print_message("# %s: %.*s\n", whose,
		      (int)strcspn(dump->text + from, "\n"), dump->text + from);
}

static void must_be_same(const struct dump *victim, const struct dump *twin)
{
	if (same(victim, twin))
		return;
	show("victim", victim, twin);
	show("twin", twin, victim);
	fail();
}

/* --- both */

static int open_store(const struct pair *pair, struct side *side)
{
	enum store_found found;

	return store_open(side->path, pair->ops->migrations,
			  *pair->ops->n_migrations, &side->store, &found);
}

static void load(const struct pair *pair, struct side *side)
{
	side->service = pair->ops->open(side->store, side->world);
}

static void unload(const struct pair *pair, struct side *side)
{
	if (side->service)
		pair->ops->close(side->service);
	side->service = NULL;
}

static void close_side(const struct pair *pair, struct side *side)
{
	unload(pair, side);
	store_close(side->store);
	side->store = NULL;
}

static void begin(struct pair *pair, const struct twin_ops *ops, uint64_t seed)
{
	memset(pair, 0, sizeof(*pair));
	pair->ops = ops;
	pair->disk = powercut_new(seed);
	pair->victim.path = VICTIM;
	pair->twin.path = TWIN;
	pair->victim.world = ops->new_world();
	pair->twin.world = ops->new_world();
	assert_int_equal(open_store(pair, &pair->twin), 0);
	load(pair, &pair->twin);
}

static void end(struct pair *pair)
{
	close_side(pair, &pair->victim);
	close_side(pair, &pair->twin);
	free(pair->victim.world);
	free(pair->twin.world);
	powercut_free(pair->disk);
}

static int operate(const struct pair *pair, struct side *side, uint64_t n)
{
	return pair->ops->operate(side->service, side->world, n);
}

/* The world went on from where the victim left it. */
static void restart_twin(struct pair *pair)
{
	unload(pair, &pair->twin);
	pair->ops->copy_world(pair->twin.world, pair->victim.world);
	load(pair, &pair->twin);
}

static void check_both(struct pair *pair)
{
	struct dump victim = dump_of(pair->victim.store);
	struct dump twin = dump_of(pair->twin.store);

	must_be_same(&victim, &twin);
	free(victim.text);
	free(twin.text);
	if (pair->ops->check) {
		pair->ops->check(pair->victim.service, pair->victim.world);
		pair->ops->check(pair->twin.service, pair->twin.world);
	}
}

static void do_again(struct pair *pair, uint64_t n)
{
	int result = operate(pair, &pair->victim, n);

	assert_int_equal(operate(pair, &pair->twin, n), result);
}

/* The n-th operation was cut; it said so or that it was done. */
static void recover(struct pair *pair, uint64_t n, int result)
{
	struct dump before = dump_of(pair->twin.store), after, found;

	close_side(pair, &pair->victim);
	powercut_restart(pair->disk);
	assert_int_equal(open_store(pair, &pair->victim), 0);
	found = dump_of(pair->victim.store);
	if (same(&found, &before) && result) {
		pair->before++;
		load(pair, &pair->victim);
		restart_twin(pair);
		do_again(pair, n);
	} else {
		(void)operate(pair, &pair->twin, n);
		after = dump_of(pair->twin.store);
		if (same(&found, &after)) {
			pair->after++;
			load(pair, &pair->victim);
			restart_twin(pair);
		} else {
			/* Not all of it: only if it said so. */
			if (!result)
				must_be_same(&found, &after);
			pair->between++;
			load(pair, &pair->victim);
			(void)operate(pair, &pair->victim, n);
			/* What it has in memory alone the twin has not. */
			unload(pair, &pair->victim);
			load(pair, &pair->victim);
			restart_twin(pair);
		}
		free(after.text);
	}
	free(before.text);
	free(found.text);
	check_both(pair);
	pair->cuts++;
}

/* Where the power goes before there is a service. */
static void first_start(struct pair *pair)
{
	while (open_store(pair, &pair->victim) < 0) {
		assert_true(powercut_is_off(pair->disk));
		powercut_restart(pair->disk);
		pair->cuts++;
	}
	load(pair, &pair->victim);
	while (powercut_is_off(pair->disk)) {
		close_side(pair, &pair->victim);
		powercut_restart(pair->disk);
		assert_int_equal(open_store(pair, &pair->victim), 0);
		load(pair, &pair->victim);
		restart_twin(pair);
		pair->cuts++;
	}
}

static void step(struct pair *pair, uint64_t n)
{
	int result = operate(pair, &pair->victim, n);

	if (powercut_is_off(pair->disk))
		recover(pair, n, result);
	else
		assert_int_equal(operate(pair, &pair->twin, n), result);
}

static uint64_t twin_one_by_one(const struct twin_ops *ops, uint64_t operations,
				uint64_t every)
{
	uint64_t points, cuts = 0;
	struct pair pair;

	begin(&pair, ops, 0);
	first_start(&pair);
	for (uint64_t n = 0; n < operations; n++)
		step(&pair, n);
	check_both(&pair);
	points = powercut_points(pair.disk);
	end(&pair);
	for (uint64_t point = 1; point <= points; point += every) {
		begin(&pair, ops, point);
		powercut_at(pair.disk, point);
		first_start(&pair);
		/* A few more after it, for what comes later. */
		for (uint64_t n = 0, more = 0; n < operations && more < 4;
		     n++) {
			more += pair.cuts != 0;
			step(&pair, n);
		}
		check_both(&pair);
		cuts += pair.cuts;
		end(&pair);
	}
	assert_true(cuts >= points / every);
	return cuts;
}

static void twin_at_random(const struct twin_ops *ops, uint64_t operations,
			   uint64_t cuts)
{
	unsigned int before = 0, after = 0, between = 0;
	uint64_t done = 0;

	for (uint64_t life = 1; done < cuts; life++) {
		struct pair pair;

		begin(&pair, ops, life);
		first_start(&pair);
		for (uint64_t n = 0; n < operations && done + pair.cuts < cuts;
		     n++) {
			if (!powercut_random(pair.disk, 2))
				powercut_at(pair.disk,
					    1 + powercut_random(pair.disk, 20));
			step(&pair, life * operations + n);
		}
		check_both(&pair);
		done += pair.cuts;
		before += pair.before;
		after += pair.after;
		between += pair.between;
		end(&pair);
	}
	print_message("# %llu cuts: %u not done, %u done, %u half done\n",
		      (unsigned long long)done, before, after, between);
}

/* The n-th operation was refused by the disk, which is well again. */
static void refused(struct pair *pair, uint64_t n, int result)
{
	struct dump before = dump_of(pair->twin.store);
	struct dump found = dump_of(pair->victim.store), after;

	pair->cuts++;
	if (same(&found, &before)) {
		pair->before++;
		if (result && pair->ops->forgets &&
		    powercut_random(pair->disk, 2)) {
			pair->between++;
			goto done;
		}
		do_again(pair, n);
	} else {
		pair->after++;
		(void)operate(pair, &pair->twin, n);
		after = dump_of(pair->twin.store);
		/* Not all of it: only if it said so. */
		if (!same(&found, &after)) {
			assert_int_not_equal(result, 0);
			(void)operate(pair, &pair->victim, n);
		}
		free(after.text);
	}
done:
	free(before.text);
	free(found.text);
	check_both(pair);
}

static void bad_step(struct pair *pair, uint64_t n, bool full)
{
	int result;

	if (full)
		powercut_full(pair->disk, true);
	else
		powercut_fail(pair->disk, 1 + powercut_random(pair->disk, 30),
			      1);
	result = operate(pair, &pair->victim, n);
	powercut_full(pair->disk, false);
	powercut_fail(pair->disk, 0, 0);
	if (result == -EIO || result == -ENOSPC)
		refused(pair, n, result);
	else
		assert_int_equal(operate(pair, &pair->twin, n), result);
}

static void twin_on_a_bad_disk(const struct twin_ops *ops, uint64_t operations,
			       uint64_t faults)
{
	unsigned int undone = 0, skipped = 0, in_part = 0;
	uint64_t done = 0;

	for (uint64_t life = 1; done < faults; life++) {
		bool full = life % 2;
		struct pair pair;

		begin(&pair, ops, life);
		first_start(&pair);
		for (uint64_t n = 0; n < operations; n++)
			if (powercut_random(pair.disk, 2))
				bad_step(&pair, life * operations + n, full);
			else
				step(&pair, life * operations + n);
		check_both(&pair);
		/* And from what is on disk. */
		close_side(&pair, &pair.victim);
		powercut_restart(pair.disk);
		assert_int_equal(open_store(&pair, &pair.victim), 0);
		load(&pair, &pair.victim);
		restart_twin(&pair);
		check_both(&pair);
		done += pair.cuts;
		undone += pair.before;
		skipped += pair.between;
		in_part += pair.after;
		end(&pair);
	}
	print_message("# %llu faults: %u undone, %u of these not done again,"
		      " %u done in part\n",
		      (unsigned long long)done, undone, skipped, in_part);
}

/* What the tests are about. */
static struct {
	const struct twin_ops *ops;
	uint64_t one_by_one, operations, cuts;
} subject;

static void one_by_one(void **state)
{
	(void)state;
	print_message("# %llu cuts\n",
		      (unsigned long long)twin_one_by_one(
			      subject.ops, subject.one_by_one, 1));
}

static void at_random(void **state)
{
	(void)state;
	twin_at_random(subject.ops, subject.operations,
		       twin_cuts(subject.cuts));
}

static void bad_disk(void **state)
{
	(void)state;
	twin_on_a_bad_disk(subject.ops, subject.operations,
			   twin_cuts(subject.cuts) / 2);
}

int twin_main(const struct twin_ops *ops, uint64_t one_by_one_operations,
	      uint64_t operations, uint64_t cuts)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_by_one),
		cmocka_unit_test(at_random),
		cmocka_unit_test(bad_disk),
	};

	subject.ops = ops;
	subject.one_by_one = one_by_one_operations;
	subject.operations = operations;
	subject.cuts = cuts;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
