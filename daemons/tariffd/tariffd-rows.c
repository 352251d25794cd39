// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Rows of tariffd's database. What changes each half hour is all on one page, to
 * spare the flash: a short row a part, and the newest points, which move to
 * their table together.
 */
#include <errno.h>
#include <string.h>

#include "tariff-codec.h"
#include "tariffd-work.h"

const char *const tariffd_migrations[TARIFFD_MIGRATIONS] = {
	"CREATE TABLE hot(id INTEGER PRIMARY KEY, value BLOB NOT NULL);"
	"CREATE TABLE point(at_s INTEGER NOT NULL, meter INTEGER NOT NULL,"
	"	entry INTEGER NOT NULL, cost_up INTEGER NOT NULL,"
	"	standing_up INTEGER NOT NULL,"
	"	PRIMARY KEY(at_s, meter, entry)) WITHOUT ROWID;"
	"CREATE TABLE entry(id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"	meter INTEGER NOT NULL, first BLOB NOT NULL,"
	"	second BLOB NOT NULL);",
	/* Parts, which have a value, and points, which have the rest. */
	"CREATE TABLE live(id INTEGER PRIMARY KEY, value BLOB,"
	"	at_s INTEGER, meter INTEGER, entry INTEGER, cost_up INTEGER,"
	"	standing_up INTEGER);"
	"INSERT INTO live(id, value) SELECT id, value FROM hot;"
	"DROP TABLE hot;",
};

#define FIRST_POINT 16 /* its id in live; those of parts are lower */
#define POINTS_LIVE 12 /* more would not fit on the page */

enum hot {
	HOT_FIRST,
	HOT_SECOND,
	HOT_COST,
	HOT_GAS,
	HOT_PARTS
};

static int64_t hot_id(const struct tariffd_meter *meter, enum hot part)
{
	return (int64_t)meter->index * HOT_PARTS + part;
}

static void key_of(const struct tariffd_meter *meter, const char *part,
		   char key[40])
{
	snprintf(key, 40, "%s.%s", meter->name, part);
}

/* --- writing */

static int put_hot(struct tariffd_service *service,
		   const struct tariffd_meter *meter, enum hot part,
		   const struct wbuf *w)
{
	if (w->bad)
		return -EMSGSIZE;
	return store_run(service->store,
			 "INSERT INTO live(id, value) VALUES(?, ?) ON "
			 "CONFLICT(id) DO UPDATE SET value = excluded.value",
			 "ib", hot_id(meter, part), (const void *)w->p, w->len);
}

static int put_cold(struct tariffd_service *service,
		    const struct tariffd_meter *meter, const char *part,
		    const struct wbuf *w)
{
	char key[40];

	if (w->bad)
		return -EMSGSIZE;
	key_of(meter, part, key);
	return store_put(service->store, key, w->p, w->len);
}

static int write_hot(struct tariffd_service *service,
		     const struct tariffd_meter *meter,
		     const struct tariffd_state *state)
{
	uint8_t octets[TARIFF_HOT_MAX];
	struct wbuf w = wbuf_of(octets, sizeof(octets));
	int r;

	tariff_put_hot(&w, &state->first);
	r = put_hot(service, meter, HOT_FIRST, &w);
	if (!r && state->second_begun) {
		w.len = 0;
		tariff_put_hot(&w, &state->second);
		r = put_hot(service, meter, HOT_SECOND, &w);
	}
	if (!r) {
		w.len = 0;
		cost_put_hot(&w, &state->cost);
		r = put_hot(service, meter, HOT_COST, &w);
	}
	if (!r && meter->gas) {
		w.len = 0;
		gas_put(&w, &state->gas);
		r = put_hot(service, meter, HOT_GAS, &w);
	}
	return r;
}

int tariffd_write_state(struct tariffd_service *service,
			const struct tariffd_meter *meter,
			const struct tariffd_state *state, unsigned int parts)
{
	uint8_t octets[TARIFF_COLD_MAX];
	struct wbuf w = wbuf_of(octets, sizeof(octets));
	int r = write_hot(service, meter, state);

	if (!r && parts & TARIFFD_TABLES_1) {
		tariff_put_cold(&w, &state->first);
		r = put_cold(service, meter, "tables", &w);
	}
	if (!r && parts & TARIFFD_TABLES_2 && state->second_begun) {
		w.len = 0;
		tariff_put_cold(&w, &state->second);
		r = put_cold(service, meter, "tables2", &w);
	}
	if (!r && parts & TARIFFD_SLOTS) {
		w.len = 0;
		tariff_put_slots(&w, &state->first);
		r = put_cold(service, meter, "slots", &w);
	}
	if (!r && parts & TARIFFD_PAST) {
		w.len = 0;
		cost_put_past(&w, &state->cost);
		r = put_cold(service, meter, "past", &w);
	}
	return r;
}

/* --- reading */

struct octets {
	uint8_t p[TARIFF_COLD_MAX];
	size_t len;
};

static int get_hot(struct tariffd_service *service,
		   const struct tariffd_meter *meter, enum hot part,
		   struct octets *ret)
{
	sqlite3_stmt *row;
	int r;

	r = store_row(service->store, &row,
		      "SELECT value FROM live WHERE id = ?", "i",
		      hot_id(meter, part));
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	ret->len = (size_t)sqlite3_column_bytes(row, 0);
	if (ret->len <= sizeof(ret->p))
		memcpy(ret->p, sqlite3_column_blob(row, 0), ret->len);
	store_done(row);
	return ret->len <= sizeof(ret->p) ? 0 : -EMSGSIZE;
}

static int get_cold(struct tariffd_service *service,
		    const struct tariffd_meter *meter, const char *part,
		    struct octets *ret)
{
	char key[40];

	key_of(meter, part, key);
	return store_get(service->store, key, ret->p, sizeof(ret->p),
			 &ret->len);
}

static struct span span_of(const struct octets *from)
{
	return SPAN(from->p, from->len);
}

static int missing(const char **ret_why)
{
	*ret_why = "a part of the state is missing";
	return -EBADMSG;
}

static int read_second(struct tariffd_service *service,
		       const struct tariffd_meter *meter,
		       struct tariffd_state *ret, const char **ret_why)
{
	static const uint8_t no_slots[] = { 1 };
	static struct octets hot, cold;
	int r = get_hot(service, meter, HOT_SECOND, &hot);

	if (r == -ENOENT)
		return 0;
	if (r || get_cold(service, meter, "tables2", &cold))
		return missing(ret_why);
	ret->second_begun = true;
	r = tariff_get(span_of(&hot), span_of(&cold),
		       SPAN(no_slots, sizeof(no_slots)), &ret->second, ret_why);
	if (!r && ret->second.upto_s != ret->first.upto_s) {
		*ret_why = "the elements' times differ";
		r = -EBADMSG;
	}
	return r;
}

int tariffd_read_state(struct tariffd_service *service,
		       const struct tariffd_meter *meter,
		       struct tariffd_state *ret, const char **ret_why)
{
	static struct octets hot, cold, slots;
	int r;

	memset(ret, 0, sizeof(*ret));
	r = get_hot(service, meter, HOT_FIRST, &hot);
	if (r == -ENOENT)
		return 0;
	if (!r)
		r = get_cold(service, meter, "tables", &cold);
	if (!r)
		r = get_cold(service, meter, "slots", &slots);
	if (r)
		return missing(ret_why);
	ret->begun = true;
	r = tariff_get(span_of(&hot), span_of(&cold), span_of(&slots),
		       &ret->first, ret_why);
	if (!r)
		r = read_second(service, meter, ret, ret_why);
	if (r)
		return r;
	if (get_hot(service, meter, HOT_COST, &hot) ||
	    get_cold(service, meter, "past", &cold))
		return missing(ret_why);
	r = cost_read(span_of(&hot), span_of(&cold), &ret->cost, ret_why);
	if (r || !meter->gas)
		return r;
	if (get_hot(service, meter, HOT_GAS, &hot))
		return missing(ret_why);
	return gas_get(span_of(&hot), &ret->gas, ret_why);
}

int tariffd_forget(struct tariffd_service *service,
		   const struct tariffd_meter *meter)
{
	int r;

	r = store_run(service->store,
		      "DELETE FROM live"
		      " WHERE value IS NOT NULL AND id / 4 = ?",
		      "i", (int64_t)meter->index);
	return r ? r : tariffd_drop_points(service, meter, INT64_MIN);
}

/* --- points */

/* The id of the next one; where there are enough they move. */
static int next_point(struct tariffd_service *service, int64_t *ret)
{
	sqlite3_stmt *row;
	bool enough;
	int r;

	*ret = FIRST_POINT;
	r = store_row(service->store, &row,
		      "SELECT max(id) + 1, count(*) FROM live"
		      " WHERE value IS NULL",
		      "");
	if (r <= 0)
		return r;
	enough = sqlite3_column_int(row, 1) >= POINTS_LIVE;
	if (sqlite3_column_int(row, 1) && !enough)
		*ret = sqlite3_column_int64(row, 0);
	store_done(row);
	if (!enough)
		return 0;
	r = store_run(service->store,
		      "INSERT INTO point(at_s, meter, entry, cost_up, "
		      "standing_up) SELECT at_s, meter, entry, cost_up, "
		      "standing_up FROM live WHERE value IS NULL",
		      "");
	return r ? r :
		   store_run(service->store,
			     "DELETE FROM live WHERE value IS NULL", "");
}

int tariffd_add_point(struct tariffd_service *service,
		      const struct tariffd_meter *meter,
		      const struct tariffd_point *point)
{
	int64_t id;
	int r;

	/* What there is of the same is replaced. */
	r = store_run(service->store,
		      "DELETE FROM live WHERE value IS NULL"
		      " AND at_s = ? AND meter = ? AND entry = ?",
		      "iii", point->at_s, (int64_t)meter->index,
		      (int64_t)point->entry);
	if (!r)
		r = store_run(service->store,
			      "DELETE FROM point"
			      " WHERE at_s = ? AND meter = ? AND entry = ?",
			      "iii", point->at_s, (int64_t)meter->index,
			      (int64_t)point->entry);
	if (!r)
		r = next_point(service, &id);
	if (r)
		return r;
	return store_run(service->store,
			 "INSERT INTO live(id, at_s, meter, entry, cost_up, "
			 "standing_up) VALUES(?, ?, ?, ?, ?, ?)",
			 "iiiiii", id, point->at_s, (int64_t)meter->index,
			 (int64_t)point->entry, point->cost_up,
			 point->standing_up);
}

int tariffd_prune_points(struct tariffd_service *service, int64_t before_s)
{
	int r;

	r = store_run(service->store, "DELETE FROM point WHERE at_s < ?", "i",
		      before_s);
	return r ? r :
		   store_run(service->store,
			     "DELETE FROM live WHERE value IS NULL"
			     " AND at_s < ?",
			     "i", before_s);
}

int tariffd_drop_points(struct tariffd_service *service,
			const struct tariffd_meter *meter, int64_t after_s)
{
	int r;

	r = store_run(service->store,
		      "DELETE FROM point WHERE at_s > ? AND meter = ?", "ii",
		      after_s, (int64_t)meter->index);
	return r ? r :
		   store_run(service->store,
			     "DELETE FROM live WHERE value IS NULL"
			     " AND at_s > ? AND meter = ?",
			     "ii", after_s, (int64_t)meter->index);
}

/* An entry's own point comes before the boundary's: before what begins. */
int tariffd_points(struct tariffd_service *service,
		   const struct tariffd_meter *meter, int64_t after_s,
		   struct tariffd_point *point, size_t room, size_t *ret_n)
{
	sqlite3_stmt *row;
	size_t n = 0;
	int r;

	r = store_row(service->store, &row,
		      "SELECT at_s, cost_up, standing_up, entry FROM ("
		      " SELECT at_s, cost_up, standing_up, entry FROM point"
		      " WHERE at_s > ?1 AND meter = ?2 UNION ALL"
		      " SELECT at_s, cost_up, standing_up, entry FROM live"
		      " WHERE value IS NULL"
		      " AND at_s > ?1 AND meter = ?2)"
		      " ORDER BY at_s, entry = 0, entry",
		      "ii", after_s, (int64_t)meter->index);
	for (; r > 0; r = store_next(service->store, row)) {
		if (n == room)
			break;
		point[n].at_s = sqlite3_column_int64(row, 0);
		point[n].cost_up = sqlite3_column_int64(row, 1);
		point[n].standing_up = sqlite3_column_int64(row, 2);
		point[n++].entry = (uint64_t)sqlite3_column_int64(row, 3);
	}
	if (r > 0) {
		/* What is left may be of the last instant. */
		int64_t left_s = sqlite3_column_int64(row, 0);

		store_done(row);
		while (n && point[n - 1].at_s == left_s)
			n--;
		if (!n)
			return -ENOBUFS;
		r = 0;
	}
	*ret_n = n;
	return r;
}

/* --- entries */

int tariffd_add_entry(struct tariffd_service *service,
		      const struct tariffd_meter *meter,
		      const struct tariff_entry *first,
		      const struct tariff_entry *second, uint64_t *ret_id)
{
	uint8_t a[TARIFF_ENTRY_MAX], b[TARIFF_ENTRY_MAX];
	struct wbuf one = wbuf_of(a, sizeof(a)), two = wbuf_of(b, sizeof(b));
	int r;

	tariff_put_entry(&one, first);
	if (second)
		tariff_put_entry(&two, second);
	if (one.bad || two.bad)
		return -EMSGSIZE;
	r = store_run(service->store,
		      "INSERT INTO entry(meter, first, second) VALUES(?, ?, ?)",
		      "ibb", (int64_t)meter->index, (const void *)a, one.len,
		      (const void *)b, two.len);
	return r ? r : tariffd_last_entry(service, ret_id);
}

static struct span column(sqlite3_stmt *row, int n)
{
	return SPAN(sqlite3_column_blob(row, n),
		    (size_t)sqlite3_column_bytes(row, n));
}

int tariffd_get_entry(struct tariffd_service *service,
		      const struct tariffd_meter *meter, uint64_t id,
		      uint64_t *ret_id, struct tariff_entry *ret_first,
		      struct tariff_entry *ret_second, bool *ret_has_second)
{
	sqlite3_stmt *row;
	int r;

	r = store_row(service->store, &row,
		      "SELECT id, first, second FROM entry WHERE meter = ?1 "
		      "AND (id = ?2 OR ?2 = 0) ORDER BY id",
		      "ii", (int64_t)meter->index, (int64_t)id);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	*ret_id = (uint64_t)sqlite3_column_int64(row, 0);
	*ret_has_second = sqlite3_column_bytes(row, 2) > 0;
	r = tariff_get_entry(column(row, 1), ret_first, NULL);
	if (!r && *ret_has_second)
		r = tariff_get_entry(column(row, 2), ret_second, NULL);
	store_done(row);
	return r;
}

int tariffd_drop_entry(struct tariffd_service *service, uint64_t id)
{
	return store_run(service->store, "DELETE FROM entry WHERE id = ?", "i",
			 (int64_t)id);
}

int tariffd_count_entries(struct tariffd_service *service,
			  const struct tariffd_meter *meter)
{
	sqlite3_stmt *row;
	int r;

	r = store_row(service->store, &row,
		      "SELECT count(*) FROM entry WHERE meter = ?", "i",
		      (int64_t)meter->index);
	if (r <= 0)
		return r;
	r = sqlite3_column_int(row, 0);
	store_done(row);
	return r;
}

int tariffd_last_entry(struct tariffd_service *service, uint64_t *ret_id)
{
	sqlite3_stmt *row;
	int r;

	*ret_id = 0;
	r = store_row(service->store, &row,
		      "SELECT seq FROM sqlite_sequence WHERE name = 'entry'",
		      "");
	if (r <= 0)
		return r;
	*ret_id = (uint64_t)sqlite3_column_int64(row, 0);
	store_done(row);
	return 0;
}
