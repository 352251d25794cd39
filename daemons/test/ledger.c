// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ledger.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

#include "../common/bus.h"
#include "../common/outbox.h"
#include "test.h"

const char *const ledger_migrations[LEDGER_MIGRATIONS] = {
	"CREATE TABLE entry(n INTEGER PRIMARY KEY, amount INTEGER NOT NULL,"
	" pad BLOB);",
	"CREATE TABLE tag(name TEXT PRIMARY KEY, of INTEGER NOT NULL);"
	"INSERT INTO tag SELECT 'entry ' || n, n FROM entry;",
	"ALTER TABLE entry ADD COLUMN note TEXT NOT NULL DEFAULT 'none';"
	"CREATE INDEX entry_amount ON entry(amount);",
};

struct balance {
	uint64_t count;
	int64_t sum;
};

static int64_t amount_of(uint64_t n)
{
	return (int64_t)(n * 7919 % 1000) - 300;
}

static struct balance balance_after(uint64_t count)
{
	struct balance balance = { .count = count };

	for (uint64_t n = 1; n <= count; n++)
		balance.sum += amount_of(n);
	return balance;
}

static int write_step(struct store *store, uint64_t n, const uint8_t *pad,
		      size_t len)
{
	struct balance balance = balance_after(n);
	char text[32];
	struct log_record record = {
		.meter = "electricity0",
		.log = LOG_EVENT,
		.at_us = n,
		.code = (uint16_t)n,
		.text = text,
	};
	int r;

	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	r = store_put(store, "balance", &balance, sizeof(balance));
	if (!r)
		r = store_run(store,
			      "INSERT INTO entry(n, amount, pad)"
			      " VALUES(?, ?, ?)",
			      "iib", (int64_t)n, amount_of(n), pad, len);
	if (!r)
		r = outbox_add(store, &record);
	return r;
}

int ledger_step(struct ledger *ledger, struct store *store, size_t pad)
{
	uint64_t n = ledger->done + 1;
	uint8_t *data = malloc(pad ? pad : 1);
	int r;

	assert_false(ledger->doubtful);
	memset(data, (int)n, pad);
	r = store_begin(store);
	if (!r)
		r = write_step(store, n, data, pad);
	if (!r) {
		ledger->doubtful = true;
		r = store_commit(store);
		if (!r) {
			ledger->done = n;
			ledger->doubtful = false;
		}
	}
	store_rollback(store);
	free(data);
	return r;
}

static int64_t number(struct store *store, const char *sql)
{
	sqlite3_stmt *row;
	int64_t value;

	if (store_row(store, &row, sql, "") != 1)
		return INT64_MIN;
	value = sqlite3_column_int64(row, 0);
	store_done(row);
	return value;
}

static bool entries_are_right(struct store *store, uint64_t count)
{
	sqlite3_stmt *row;
	uint64_t n = 0;
	int r;

	r = store_row(store, &row,
		      "SELECT n, amount, pad FROM entry ORDER BY n", "");
	while (r == 1) {
		int len = sqlite3_column_bytes(row, 2);
		const uint8_t *pad = sqlite3_column_blob(row, 2);
		bool right = ++n == (uint64_t)sqlite3_column_int64(row, 0) &&
			     amount_of(n) == sqlite3_column_int64(row, 1);

		for (int i = 0; right && i < len; i++)
			right = pad[i] == (uint8_t)n;
		if (!right) {
			store_done(row);
			return false;
		}
		r = store_next(store, row);
	}
	return !r && n == count;
}

/* Of the outbox: the last ones, one after the other, each what it was. */
static bool records_are_right(struct store *store, uint64_t count)
{
	int64_t waiting = number(store, "SELECT count(*) FROM outbox");
	int64_t wrong = number(
		store, "SELECT count(*) FROM outbox WHERE sequence <> at_us"
		       " OR sequence <> CAST(text AS INTEGER)"
		       " OR code <> sequence % 65536 OR meter <> 'electricity0'"
		       " OR log <> 'event' OR detail <> ''");
	int64_t first = number(store, "SELECT min(sequence) FROM outbox");

	return waiting >= 0 && !wrong &&
	       (!waiting || first + waiting - 1 == (int64_t)count);
}

bool ledger_is_right(const struct ledger *ledger, struct store *store,
		     uint64_t *ret_count)
{
	struct balance balance = { 0 }, should;
	size_t len;
	int r;

	r = store_get(store, "balance", &balance, sizeof(balance), &len);
	if (r == -ENOENT)
		memset(&balance, 0, sizeof(balance));
	else if (r || len != sizeof(balance))
		return false;
	*ret_count = balance.count;
	if (balance.count > ledger->done + 1)
		return false;
	should = balance_after(balance.count);
	return balance.sum == should.sum &&
	       entries_are_right(store, balance.count) &&
	       records_are_right(store, balance.count);
}

void ledger_check(struct ledger *ledger, struct store *store)
{
	uint64_t count, handed_over;

	assert_true(ledger_is_right(ledger, store, &count));
	assert_in_range(count, ledger->done, ledger->done + ledger->doubtful);
	ledger->done = count;
	ledger->doubtful = false;
	handed_over = count - (uint64_t)outbox_waiting(store);
	assert_true(handed_over >= ledger->handed_over);
	ledger->handed_over = handed_over;
}

/* --- storaged */

struct storage_stand_in {
	pthread_t thread;
	sd_bus *bus;
	pthread_mutex_t lock;
	const char *refuse;
	unsigned int before; /* so many are taken first */
	char source[64];
	uint64_t last, count, bad;
};

static int on_append(sd_bus_message *message, void *userdata,
		     sd_bus_error *error)
{
	struct storage_stand_in *storage = userdata;
	const char *source, *meter, *log, *text, *detail;
	uint64_t sequence, at_us;
	uint16_t code;
	int r;

	r = sd_bus_message_read(message, "stsstqss", &source, &sequence, &meter,
				&log, &at_us, &code, &text, &detail);
	if (r < 0)
		return r;
	pthread_mutex_lock(&storage->lock);
	if (storage->refuse && !storage->before--) {
		storage->before = 0;
		sd_bus_error_set(error, storage->refuse, "not now");
		pthread_mutex_unlock(&storage->lock);
		return -EIO;
	}
	if (!*storage->source)
		snprintf(storage->source, sizeof(storage->source), "%s",
			 source);
	if (sequence > storage->last) {
		if (strcmp(storage->source, source) != 0 ||
		    sequence != storage->last + 1 || at_us != sequence ||
		    (uint64_t)strtoull(text, NULL, 10) != sequence)
			storage->bad++;
		storage->last = sequence;
		storage->count++;
	}
	pthread_mutex_unlock(&storage->lock);
	return sd_bus_reply_method_return(message, NULL);
}

static const sd_bus_vtable vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("Append", "stsstqss", "", on_append,
		      SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END,
};

static void *serve(void *data)
{
	struct storage_stand_in *storage = data;
	int r;

	do {
		r = sd_bus_process(storage->bus, NULL);
		if (!r)
			r = sd_bus_wait(storage->bus, UINT64_MAX);
	} while (r >= 0);
	return NULL;
}

struct storage_stand_in *storage_new(sd_bus **ret_bus)
{
	struct storage_stand_in *storage = calloc(1, sizeof(*storage));
	sd_id128_t id;
	int ends[2];

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	pthread_mutex_init(&storage->lock, NULL);
	sd_id128_randomize(&id);
	sd_bus_new(&storage->bus);
	sd_bus_set_fd(storage->bus, ends[0], ends[0]);
	sd_bus_set_server(storage->bus, true, id);
	sd_bus_set_anonymous(storage->bus, true);
	sd_bus_add_object_vtable(storage->bus, NULL, "/uk/hearth/storage",
				 "uk.hearth.Storage1", vtable, storage);
	assert_true(sd_bus_start(storage->bus) >= 0);
	assert_int_equal(pthread_create(&storage->thread, NULL, serve, storage),
			 0);
	sd_bus_new(ret_bus);
	sd_bus_set_fd(*ret_bus, ends[1], ends[1]);
	sd_bus_set_anonymous(*ret_bus, true);
	assert_true(sd_bus_start(*ret_bus) >= 0);
	return storage;
}

void storage_free(struct storage_stand_in *storage, sd_bus *bus)
{
	sd_bus_close(bus);
	sd_bus_unref(bus);
	pthread_join(storage->thread, NULL);
	sd_bus_close(storage->bus);
	sd_bus_unref(storage->bus);
	pthread_mutex_destroy(&storage->lock);
	free(storage);
}

void storage_refuse(struct storage_stand_in *storage, const char *error,
		    unsigned int after)
{
	pthread_mutex_lock(&storage->lock);
	storage->refuse = error;
	storage->before = after;
	pthread_mutex_unlock(&storage->lock);
}

uint64_t storage_check(struct storage_stand_in *storage,
		       const struct ledger *ledger)
{
	uint64_t count;

	pthread_mutex_lock(&storage->lock);
	count = storage->count;
	assert_int_equal(storage->bad, 0);
	assert_int_equal(storage->last, count);
	pthread_mutex_unlock(&storage->lock);
	assert_in_range(count, ledger->handed_over,
			ledger->done + ledger->doubtful);
	return count;
}
