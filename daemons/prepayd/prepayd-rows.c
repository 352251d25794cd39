// SPDX-License-Identifier: LGPL-2.1-or-later
/* The accounts in the database. */
#include <errno.h>
#include <stdio.h>

#include "../common/util.h"
#include "prepay-codec.h"
#include "prepayd-work.h"

/*
 * Settings are octets under a name (store_put). So was the state of an account,
 * which is written each half hour: in a table of its own those of both meters
 * are on one page, to spare the flash. The other tables are for what there is
 * more than one of. Unsigned numbers are kept as signed ones.
 */
const char *const prepayd_migrations[] = {
	"CREATE TABLE entry("
	"	meter TEXT NOT NULL, entry INTEGER NOT NULL,"
	"	balance_mp INTEGER NOT NULL, emergency_mp INTEGER NOT NULL,"
	"	debt_0_mp INTEGER NOT NULL, debt_1_mp INTEGER NOT NULL,"
	"	debt_2_mp INTEGER NOT NULL, debt_3_mp INTEGER NOT NULL,"
	"	PRIMARY KEY(meter, entry)) WITHOUT ROWID;"
	"CREATE TABLE top_up("
	"	number INTEGER PRIMARY KEY AUTOINCREMENT,"
	"	meter TEXT NOT NULL, at_us INTEGER NOT NULL,"
	"	value_mp INTEGER NOT NULL, balance_mp INTEGER NOT NULL,"
	"	counter INTEGER NOT NULL, local INTEGER NOT NULL);"
	"CREATE TABLE supplier("
	"	meter TEXT NOT NULL, supplier INTEGER NOT NULL,"
	"	highest INTEGER NOT NULL,"
	"	PRIMARY KEY(meter, supplier)) WITHOUT ROWID;",
	/* id: place in the service's accounts */
	"CREATE TABLE account(id INTEGER PRIMARY KEY, octets BLOB NOT NULL);"
	"INSERT INTO account SELECT key = 'account-gas0', value FROM state"
	"	WHERE key IN ('account-electricity0', 'account-gas0');"
	"DELETE FROM state"
	"	WHERE key IN ('account-electricity0', 'account-gas0');",
};
const size_t prepayd_n_migrations = ARRAY_SIZE(prepayd_migrations);

#define KEY_ROOM 48
#define PLACE_LEN 24 /* after_us, entry, daily_s */
#define SUPPLIER_LEN 8

static const char *key_of(char key[KEY_ROOM], const char *what,
			  const char *meter)
{
	snprintf(key, KEY_ROOM, "%s-%s", what, meter);
	return key;
}

static int load_hot(struct store *store, struct prepayd_account *account)
{
	sqlite3_stmt *row;
	struct reader r;
	int ret;

	ret = store_row(store, &row, "SELECT octets FROM account WHERE id = ?",
			"i", account->id);
	if (ret <= 0)
		return ret < 0 ? ret : -ENOENT;
	r = reader_of(SPAN(sqlite3_column_blob(row, 0),
			   (size_t)sqlite3_column_bytes(row, 0)));
	account->after_us = (int64_t)read_be(&r, 8);
	account->entry = read_be(&r, 8);
	account->daily_s = (int64_t)read_be(&r, 8);
	ret = r.bad ? -EBADMSG : prepay_read_state(read_rest(&r), &account->p);
	store_done(row);
	account->saved_s = account->p.at_s;
	return ret;
}

static int load_cold(struct store *store, struct prepayd_account *account)
{
	uint8_t octets[PREPAY_OCTETS_MAX + SUPPLIER_LEN];
	char key[KEY_ROOM];
	struct reader r;
	size_t len;
	int ret;

	ret = store_get(store, key_of(key, "settings", account->meter), octets,
			sizeof(octets), &len);
	if (ret)
		return ret;
	r = reader_of(SPAN(octets, len));
	account->supplier = read_be(&r, 8);
	if (r.bad)
		return -EBADMSG;
	return prepay_read_settings(read_rest(&r), &account->settings);
}

/* -ENOENT: neither is there. One without the other is damage. */
int rows_load(struct store *store, struct prepayd_account *account)
{
	int hot = load_hot(store, account);
	int cold = load_cold(store, account);

	if (hot == -ENOENT && cold == -ENOENT)
		return -ENOENT;
	if (hot == -ENOENT || cold == -ENOENT)
		return -EBADMSG;
	return hot ? hot : cold;
}

int rows_save(struct store *store, const struct prepayd_account *account,
	      bool cold)
{
	uint8_t octets[PREPAY_OCTETS_MAX + PLACE_LEN];
	struct wbuf w = wbuf_of(octets, sizeof(octets));
	char key[KEY_ROOM];
	int ret;

	write_be(&w, (uint64_t)account->after_us, 8);
	write_be(&w, account->entry, 8);
	write_be(&w, (uint64_t)account->daily_s, 8);
	prepay_write_state(&w, &account->p);
	if (w.bad)
		return -EMSGSIZE;
	ret = store_run(store,
			"INSERT INTO account VALUES(?, ?) ON CONFLICT(id)"
			" DO UPDATE SET octets = excluded.octets",
			"ib", account->id, (const void *)octets, w.len);
	if (ret || !cold)
		return ret;
	w = wbuf_of(octets, sizeof(octets));
	write_be(&w, account->supplier, 8);
	prepay_write_settings(&w, &account->settings);
	if (w.bad)
		return -EMSGSIZE;
	return store_put(store, key_of(key, "settings", account->meter), octets,
			 w.len);
}

/* --- billing entries that tariffd has not been told of */

int rows_add_entry(struct store *store, const struct prepayd_account *account,
		   uint64_t entry)
{
	const struct prepay *p = &account->p;

	/* The account at its instant is what was seen first. */
	return store_run(store,
			 "INSERT OR IGNORE INTO entry"
			 " VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
			 "siiiiiii", account->meter, (int64_t)entry,
			 p->balance_mp, p->emergency_mp, p->debt_mp[0],
			 p->debt_mp[1], p->debt_mp[2], p->debt_mp[3]);
}

int rows_next_entry(struct store *store, const char *meter,
		    struct prepayd_entry *ret)
{
	sqlite3_stmt *row;
	int r;

	r = store_row(store, &row,
		      "SELECT entry, balance_mp, emergency_mp, debt_0_mp,"
		      " debt_1_mp, debt_2_mp, debt_3_mp FROM entry"
		      " WHERE meter = ? ORDER BY entry",
		      "s", meter);
	if (r <= 0)
		return r;
	ret->entry = (uint64_t)sqlite3_column_int64(row, 0);
	ret->balance_mp = sqlite3_column_int64(row, 1);
	ret->emergency_mp = sqlite3_column_int64(row, 2);
	for (int n = 0; n < PREPAY_DEBTS; n++)
		ret->debt_mp[n] = sqlite3_column_int64(row, 3 + n);
	store_done(row);
	return 1;
}

int rows_drop_entry(struct store *store, const char *meter, uint64_t entry)
{
	return store_run(store,
			 "DELETE FROM entry WHERE meter = ? AND entry = ?",
			 "si", meter, (int64_t)entry);
}

/* --- top-ups */

int rows_add_top_up(struct store *store, const char *meter,
		    const struct prepayd_top_up_record *record)
{
	int r;

	r = store_run(store,
		      "INSERT INTO top_up(meter, at_us, value_mp, balance_mp,"
		      " counter, local) VALUES(?, ?, ?, ?, ?, ?)",
		      "siiiii", meter, record->at_us, record->value_mp,
		      record->balance_mp, (int64_t)record->counter,
		      (int64_t)record->local);
	if (r)
		return r;
	return store_run(store,
			 "DELETE FROM top_up WHERE meter = ?1 AND number <="
			 " (SELECT number FROM top_up WHERE meter = ?1"
			 " ORDER BY number DESC LIMIT 1 OFFSET ?2)",
			 "si", meter, (int64_t)PREPAYD_TOP_UPS);
}

int prepayd_top_ups(struct prepayd_service *service,
		    const struct prepayd_account *account,
		    int (*fn)(const struct prepayd_top_up_record *record,
			      void *userdata),
		    void *userdata)
{
	sqlite3_stmt *row;
	int done, r;

	r = store_row(service->store, &row,
		      "SELECT at_us, value_mp, balance_mp, counter, local"
		      " FROM top_up WHERE meter = ? ORDER BY number DESC",
		      "s", account->meter);
	while (r > 0) {
		struct prepayd_top_up_record record = {
			.at_us = sqlite3_column_int64(row, 0),
			.value_mp = sqlite3_column_int64(row, 1),
			.balance_mp = sqlite3_column_int64(row, 2),
			.counter = (uint64_t)sqlite3_column_int64(row, 3),
			.local = sqlite3_column_int64(row, 4),
		};

		done = fn(&record, userdata);
		if (done < 0) {
			store_done(row);
			return done;
		}
		r = store_next(service->store, row);
	}
	return r;
}

/* --- suppliers that were */

int rows_supplier(struct store *store, const char *meter, uint64_t supplier,
		  uint32_t *ret_highest)
{
	sqlite3_stmt *row;
	int r;

	*ret_highest = 0;
	r = store_row(store, &row,
		      "SELECT highest FROM supplier"
		      " WHERE meter = ? AND supplier = ?",
		      "si", meter, (int64_t)supplier);
	if (r <= 0)
		return r;
	*ret_highest = (uint32_t)sqlite3_column_int64(row, 0);
	store_done(row);
	return 0;
}

int rows_save_supplier(struct store *store,
		       const struct prepayd_account *account)
{
	return store_run(store,
			 "INSERT INTO supplier VALUES(?, ?, ?)"
			 " ON CONFLICT(meter, supplier) DO UPDATE"
			 " SET highest = max(highest, excluded.highest)",
			 "sii", account->meter, (int64_t)account->supplier,
			 (int64_t)account->p.highest);
}
