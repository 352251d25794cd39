// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storaged-service.h"

#include <errno.h>
#include <string.h>

#include "../common/util.h"
#include "days.h"
#include "storaged-logs.h"

/* A day's latches are written each half hour; then they join the piece. */
#define TAIL_LATCHES (PROFILE_DAY_SLOTS + 1)
#define KEPT_SLOTS ((DAYS_KEPT + 1) * PROFILE_DAY_SLOTS)
/* A turn comes each minute, or each half hour where time is simulated. */
#define JUMP_US (PROFILE_SLOT_US + 5 * 60 * USEC_PER_SEC)
/* From the first daemon of a start to the last, with time to spare. */
#define START_US (3 * 60 * USEC_PER_SEC)

const char *const storaged_migrations[] = {
	/* id: meter << 32 | slot of its first latch */
	"CREATE TABLE piece(id INTEGER PRIMARY KEY, octets BLOB NOT NULL);"
	/* id: meter << 40 | log << 32 | number */
	"CREATE TABLE log("
	"	id INTEGER PRIMARY KEY, at_us INTEGER NOT NULL,"
	"	code INTEGER NOT NULL, text TEXT NOT NULL,"
	"	detail TEXT NOT NULL);"
	"CREATE TABLE source("
	"	source TEXT PRIMARY KEY, sequence INTEGER NOT NULL,"
	"	used INTEGER NOT NULL) WITHOUT ROWID;",
};
const size_t storaged_n_migrations = ARRAY_SIZE(storaged_migrations);

void storaged_init(struct storaged_service *service, struct store *store)
{
	memset(service, 0, sizeof(*service));
	service->store = store;
}

static int64_t piece_id(int meter, uint32_t slot)
{
	return (int64_t)meter << 32 | slot;
}

static uint32_t slot_of(uint64_t us)
{
	us /= PROFILE_SLOT_US;
	return us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

static uint64_t us_of(uint32_t slot)
{
	return slot * PROFILE_SLOT_US;
}

/* --- pieces */

static int decode(struct storaged_service *service, sqlite3_stmt *row,
		  unsigned int wanted, struct profile *piece)
{
	int64_t id = sqlite3_column_int64(row, 0);
	struct span octets = SPAN(sqlite3_column_blob(row, 1),
				  (size_t)sqlite3_column_bytes(row, 1));
	char name[METER_NAME_ROOM];

	if (!profile_decode(octets, wanted, piece) &&
	    piece->latch[0].slot == (uint32_t)id)
		return 1;
	meter_name_of((int)(id >> 32), name);
	if (!service->damaged)
		log_error("history of %s cannot be read: a piece is damaged",
			  name);
	service->damaged = true;
	/* Its first latch is known by its time, no more. */
	piece->n = 0;
	piece->latch[0].slot = (uint32_t)id;
	return 0;
}

/*
 * The last piece of a meter that begins before a slot. 1, or 0: there is none,
 * or it is damaged; then piece->n is 0 and the slot of latch[0] where it began.
 */
static int load_before(struct storaged_service *service, int meter,
		       uint32_t slot, struct profile *piece)
{
	sqlite3_stmt *row;
	int r;

	piece->n = 0;
	piece->latch[0].slot = 0;
	r = store_row(service->store, &row,
		      "SELECT id, octets FROM piece WHERE id BETWEEN ? AND ?"
		      " ORDER BY id DESC LIMIT 1",
		      "ii", piece_id(meter, 0), piece_id(meter, slot) - 1);
	if (r <= 0)
		return r;
	r = decode(service, row, PROFILE_ALL, piece);
	store_done(row);
	return r;
}

static int load_tail(struct storaged_service *service, int meter)
{
	return load_before(service, meter, UINT32_MAX, &service->tail);
}

static int save(struct storaged_service *service, int meter,
		const struct profile *piece)
{
	size_t len =
		profile_encode(piece, service->octets, sizeof(service->octets));

	if (!len)
		return -EINVAL;
	return store_run(service->store,
			 "INSERT INTO piece(id, octets) VALUES(?, ?)"
			 " ON CONFLICT(id) DO UPDATE SET octets ="
			 " excluded.octets",
			 "ib", piece_id(meter, piece->latch[0].slot),
			 (const void *)service->octets, len);
}

/* The pieces that end before what is kept. */
static int drop_old(struct storaged_service *service, int meter, uint32_t slot)
{
	if (slot <= KEPT_SLOTS)
		return 0;
	return store_run(service->store,
			 "DELETE FROM piece WHERE id >= ?1 AND id <"
			 " (SELECT max(id) FROM piece"
			 " WHERE id BETWEEN ?1 AND ?2)",
			 "ii", piece_id(meter, 0),
			 piece_id(meter, slot - KEPT_SLOTS));
}

/* A full tail joins the piece before it, or becomes one; another is begun. */
static int fold(struct storaged_service *service, int meter)
{
	struct profile *tail = &service->tail, *piece = &service->piece;
	struct profile_latch last = tail->latch[tail->n - 1];
	int r;

	r = load_before(service, meter, tail->latch[0].slot, piece);
	if (r < 0)
		return r;
	if (r && piece->n + tail->n - 1 <= PROFILE_LATCHES &&
	    piece->latch[piece->n - 1].slot == tail->latch[0].slot) {
		memcpy(&piece->latch[piece->n], &tail->latch[1],
		       (tail->n - 1) * sizeof(last));
		piece->n += tail->n - 1;
		r = store_run(service->store, "DELETE FROM piece WHERE id = ?",
			      "i", piece_id(meter, tail->latch[0].slot));
		if (!r)
			r = save(service, meter, piece);
	} else {
		r = save(service, meter, tail);
	}
	if (r < 0)
		return r;
	tail->latch[0] = last;
	tail->latch[0].reason = PROFILE_EXACT;
	tail->n = 1;
	return drop_old(service, meter, last.slot);
}

/* --- half hours */

void storaged_time(struct storaged_service *service, uint64_t now_us,
		   uint64_t waited_us)
{
	if (!service->started_us) {
		service->started_us = now_us - waited_us;
		service->seen_us = service->started_us;
	}
	if (now_us > service->seen_us + JUMP_US) {
		service->jump_from_us = service->seen_us;
		service->jump_to_us = now_us;
	}
	service->seen_us = now_us;
}

int storaged_last(struct storaged_service *service, int meter,
		  struct profile_latch *ret)
{
	int r = load_tail(service, meter);

	if (r < 0)
		return r;
	if (!r && !service->tail.latch[0].slot)
		return -ENOENT;
	*ret = service->tail.latch[r ? service->tail.n - 1 : 0];
	return 0;
}

/* Why there is none between these two where some were due. */
static enum profile_reason why(const struct storaged_service *service,
			       const struct profile_latch *from,
			       const struct profile_latch *to)
{
	uint64_t missing_us = us_of(from->slot + 1);

	if (service->clock_behind)
		return PROFILE_CLOCK;
	/* Unless metrologyd was there long before us: then we were off. */
	if (missing_us < service->started_us &&
	    us_of(to->slot) + START_US >= service->started_us)
		return PROFILE_HUB_OFF;
	if (missing_us > service->jump_from_us &&
	    missing_us < service->jump_to_us)
		return PROFILE_CLOCK;
	return PROFILE_SILENT;
}

static int add(struct storaged_service *service, int meter,
	       const struct profile_latch *latch)
{
	struct profile *tail = &service->tail;
	struct profile_latch next = *latch;
	int r;

	next.reason = PROFILE_EXACT;
	if (tail->n >= TAIL_LATCHES) {
		r = fold(service, meter);
		if (r < 0)
			return r;
	}
	if (tail->n) {
		const struct profile_latch *last = &tail->latch[tail->n - 1];

		next.reason = (uint8_t)profile_reason_of(
			last, &next, tail->channels, why(service, last, &next));
		r = logs_of_interval(service, meter, last, &next);
		if (r < 0)
			return r;
	}
	tail->latch[tail->n++] = next;
	service->clock_behind = false;
	return 0;
}

static int put_all(struct storaged_service *service, int meter,
		   const struct profile_latch *latch, size_t n)
{
	struct profile *tail = &service->tail;
	int r, count = 0;

	r = load_tail(service, meter);
	if (r < 0)
		return r;
	tail->channels = meter_kind_of(meter)->channels;
	for (; n; n--, latch++) {
		if (latch->slot <= tail->latch[tail->n ? tail->n - 1 : 0].slot)
			continue;
		r = add(service, meter, latch);
		if (r < 0)
			return r;
		count++;
	}
	r = count ? save(service, meter, tail) : 0;
	return r < 0 ? r : count;
}

static bool in_time(const struct storaged_readings *readings, uint64_t now_us)
{
	for (size_t n = 0; n < readings->n; n++)
		if (us_of(readings->latch[n].slot) > now_us)
			return false;
	return true;
}

int storaged_put_each(struct storaged_service *service,
		      const struct storaged_readings *readings, size_t n,
		      uint64_t now_us)
{
	bool behind = service->clock_behind;
	int r, count = 0;

	if (n > STORAGED_TOGETHER)
		return -EINVAL;
	for (size_t at = 0; at < n; at++)
		if (!in_time(&readings[at], now_us))
			return -ERANGE;
	r = logs_begin(service);
	if (r < 0)
		return r;
	for (; n && r >= 0; n--, readings++) {
		r = put_all(service, readings->meter, readings->latch,
			    readings->n);
		count += r;
	}
	if (r >= 0 && count)
		r = logs_commit(service);
	store_rollback(service->store);
	if (r < 0)
		service->clock_behind = behind;
	return r < 0 ? r : count;
}

int storaged_put(struct storaged_service *service, int meter,
		 const struct profile_latch *latch, size_t n, uint64_t now_us)
{
	const struct storaged_readings readings = { meter, latch, n };

	return storaged_put_each(service, &readings, 1, now_us);
}

/* --- reading */

struct walk {
	struct profile_latch last;
	bool begun;
	storaged_latch_fn *fn;
	void *userdata;
};

static int walk_to(struct walk *walk, const struct profile_latch *latch)
{
	int r = walk->fn(walk->begun ? &walk->last : NULL, latch,
			 walk->userdata);

	walk->last = *latch;
	walk->begun = true;
	return r;
}

static int walk_piece(struct walk *walk, const struct profile *piece)
{
	int r = 0;

	for (size_t n = 0; n < piece->n && !r; n++) {
		struct profile_latch latch = piece->latch[n];

		if (walk->begun && latch.slot <= walk->last.slot)
			continue; /* it ended the piece before, too */
		if (walk->begun && !n) {
			/* One between them is damaged: there is a gap. */
			latch.reason = (uint8_t)profile_reason_of(
				&walk->last, &latch, piece->channels,
				PROFILE_CLOCK);
			if (latch.reason == PROFILE_CLOCK)
				latch.reason = PROFILE_DAMAGED;
		}
		r = walk_to(walk, &latch);
	}
	return r;
}

/* From the last one at or before the slot, or the first. */
static int first_piece(struct storaged_service *service, int meter,
		       uint32_t slot, int64_t *ret)
{
	sqlite3_stmt *row;
	int r;

	*ret = piece_id(meter, 0);
	r = store_row(service->store, &row,
		      "SELECT id FROM piece WHERE id BETWEEN ? AND ?"
		      " ORDER BY id DESC LIMIT 1",
		      "ii", piece_id(meter, 0), piece_id(meter, slot));
	if (r <= 0)
		return r;
	*ret = sqlite3_column_int64(row, 0);
	store_done(row);
	return 0;
}

struct from {
	uint32_t slot;
	bool begun;
	storaged_latch_fn *fn;
	void *userdata;
};

/* Leaves out what is before the last latch at or before the slot. */
static int skip_before(const struct profile_latch *before,
		       const struct profile_latch *latch, void *userdata)
{
	struct from *from = userdata;
	int r = 0;

	if (!from->begun) {
		if (latch->slot <= from->slot)
			return 0;
		from->begun = true;
		if (before)
			r = from->fn(NULL, before, from->userdata);
	}
	return r ? r : from->fn(before, latch, from->userdata);
}

int storaged_walk(struct storaged_service *service, int meter,
		  unsigned int wanted, uint64_t from_us, storaged_latch_fn *fn,
		  void *userdata)
{
	struct from from = { .slot = slot_of(from_us),
			     .fn = fn,
			     .userdata = userdata };
	struct walk walk = { .fn = skip_before, .userdata = &from };
	sqlite3_stmt *row;
	int64_t id;
	int r;

	r = first_piece(service, meter, from.slot, &id);
	if (r < 0)
		return r;
	r = store_row(service->store, &row,
		      "SELECT id, octets FROM piece WHERE id BETWEEN ? AND ?"
		      " ORDER BY id",
		      "ii", id, piece_id(meter, UINT32_MAX));
	while (r > 0) {
		if (decode(service, row, wanted, &service->piece)) {
			r = walk_piece(&walk, &service->piece);
			if (r) {
				store_done(row);
				return r;
			}
		}
		r = store_next(service->store, row);
	}
	/* All of them are before: the last is the one to begin with. */
	if (!r && walk.begun && !from.begun)
		r = fn(NULL, &walk.last, userdata);
	return r;
}

int storaged_meters(struct storaged_service *service,
		    int ret_meters[METER_ID_MAX])
{
	sqlite3_stmt *row;
	int n = 0, r;

	r = store_row(service->store, &row,
		      "SELECT id >> 32 FROM piece UNION"
		      " SELECT id >> 40 FROM log ORDER BY 1",
		      "");
	while (r > 0) {
		int meter = sqlite3_column_int(row, 0);

		if (n < METER_ID_MAX && meter_kind_of(meter))
			ret_meters[n++] = meter;
		r = store_next(service->store, row);
	}
	return r < 0 ? r : n;
}

/* --- the rest */

int storaged_tenancy(struct storaged_service *service, uint64_t *ret_us)
{
	uint8_t octets[8];
	struct reader reader = reader_of(SPAN(octets, sizeof(octets)));
	size_t len;
	int r;

	r = store_get(service->store, "tenancy", octets, sizeof(octets), &len);
	if (r == -ENOENT) {
		*ret_us = 0;
		return 0;
	}
	/* In doubt nothing is shown of those who lived here before. */
	*ret_us = r || len != sizeof(octets) ? UINT64_MAX : read_le(&reader, 8);
	return r == -EMSGSIZE ? 0 : r;
}

int storaged_set_tenancy(struct storaged_service *service, uint64_t tenancy_us,
			 uint64_t now_us)
{
	uint64_t present_us;
	uint8_t octets[8];
	struct wbuf w = wbuf_of(octets, sizeof(octets));
	int r;

	r = storaged_tenancy(service, &present_us);
	if (r < 0)
		return r;
	if (tenancy_us > now_us || tenancy_us < present_us)
		return -ERANGE;
	write_le(&w, tenancy_us, sizeof(octets));
	r = store_begin(service->store);
	if (r < 0)
		return r;
	r = store_put(service->store, "tenancy", octets, sizeof(octets));
	if (!r)
		return store_commit(service->store);
	store_rollback(service->store);
	return r;
}

int storaged_size(struct storaged_service *service, uint64_t *ret_octets)
{
	sqlite3_stmt *row;
	int r;

	r = store_row(service->store, &row,
		      "SELECT page_count * page_size"
		      " FROM pragma_page_count(), pragma_page_size()",
		      "");
	if (r <= 0)
		return r < 0 ? r : -EIO;
	*ret_octets = (uint64_t)sqlite3_column_int64(row, 0);
	store_done(row);
	return 0;
}

int storaged_oldest(struct storaged_service *service, uint64_t *ret_us)
{
	sqlite3_stmt *row;
	int r;

	*ret_us = 0;
	r = store_row(service->store, &row,
		      "SELECT min(id & 0xffffffff) FROM piece", "");
	if (r <= 0)
		return r;
	*ret_us = us_of((uint32_t)sqlite3_column_int64(row, 0));
	store_done(row);
	return 0;
}
