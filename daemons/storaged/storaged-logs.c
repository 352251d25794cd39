// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storaged-logs.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "days.h"

#define SOURCE_MAX 63
#define SOURCES_MAX "32" /* remembered: those that were heard of last */

/* GBCS alerts of a restored supply. */
#define ALERT_RESTORED 0x8f35
#define ALERT_RESTORED_3_MIN 0x8f36
#define LONG_OUTAGE_US (3 * 60 * USEC_PER_SEC)

#define TIME_ROOM 32

static const char *time_text(uint64_t us, char ret[TIME_ROOM])
{
	time_t seconds = (time_t)(us / USEC_PER_SEC);
	struct tm tm;

	if (!gmtime_r(&seconds, &tm) ||
	    !strftime(ret, TIME_ROOM, "%Y-%m-%d %H:%M:%S UTC", &tm))
		snprintf(ret, TIME_ROOM, "an unknown time");
	return ret;
}

/* --- writing */

static int64_t log_key(int meter, int log)
{
	return ((int64_t)meter << 8 | log) << 32;
}

static int last_number(struct storaged_service *service, int64_t key,
		       int64_t *ret)
{
	sqlite3_stmt *row;
	int r;

	*ret = key;
	r = store_row(service->store, &row,
		      "SELECT id FROM log WHERE id BETWEEN ? AND ?"
		      " ORDER BY id DESC LIMIT 1",
		      "ii", key, key | UINT32_MAX);
	if (r <= 0)
		return r;
	*ret = sqlite3_column_int64(row, 0);
	store_done(row);
	return 0;
}

/* Of each log only the newest is told of. */
static int note_added(struct storaged_service *service, int meter, int log,
		      uint32_t number)
{
	size_t n = 0;

	while (n < service->n_added && (service->added[n].meter != meter ||
					service->added[n].log != log))
		n++;
	if (n == ARRAY_SIZE(service->added))
		return -ENOBUFS;
	if (n == service->n_added)
		service->n_added++;
	service->added[n].meter = meter;
	service->added[n].log = log;
	service->added[n].number = number;
	return 0;
}

int logs_add(struct storaged_service *service, int meter, int log,
	     const struct log_record *record)
{
	int64_t key = log_key(meter, log), id;
	int r;

	r = last_number(service, key, &id);
	if (!r)
		r = store_run(service->store,
			      "INSERT INTO log(id, at_us, code, text, detail)"
			      " VALUES(?, ?, ?, ?, ?)",
			      "iiiss", id + 1, (int64_t)record->at_us,
			      (int64_t)record->code, record->text,
			      record->detail ? record->detail : "");
	if (!r)
		r = store_run(service->store,
			      "DELETE FROM log WHERE id BETWEEN ? AND ?", "ii",
			      key, id + 1 - log_capacity(record->log));
	return r ? r : note_added(service, meter, log, (uint32_t)(id + 1));
}

int logs_begin(struct storaged_service *service)
{
	service->n_added = 0;
	return store_begin(service->store);
}

int logs_commit(struct storaged_service *service)
{
	char name[METER_NAME_ROOM];
	int r = store_commit(service->store);

	if (r < 0)
		return r;
	for (size_t n = 0; service->logged && n < service->n_added; n++) {
		meter_name_of(service->added[n].meter, name);
		service->logged(service->userdata, name,
				log_name_of(service->added[n].log),
				service->added[n].number);
	}
	return 0;
}

/* 1: it has been sent before. */
static int take_sequence(struct storaged_service *service, const char *source,
			 uint64_t sequence)
{
	sqlite3_stmt *row;
	bool before;
	int r;

	r = store_row(service->store, &row,
		      "SELECT sequence FROM source WHERE source = ?", "s",
		      source);
	if (r < 0)
		return r;
	if (r) {
		before = sequence <= (uint64_t)sqlite3_column_int64(row, 0);
		store_done(row);
		if (before)
			return 1;
	}
	r = store_run(service->store,
		      "INSERT INTO source(source, sequence, used) VALUES"
		      " (?, ?, (SELECT coalesce(max(used), 0) + 1 FROM source))"
		      " ON CONFLICT(source) DO UPDATE SET"
		      " sequence = excluded.sequence, used = excluded.used",
		      "si", source, (int64_t)sequence);
	if (r < 0)
		return r;
	return store_run(service->store,
			 "DELETE FROM source WHERE source NOT IN (SELECT source"
			 " FROM source ORDER BY used DESC LIMIT " SOURCES_MAX
			 ")",
			 "");
}

int storaged_append(struct storaged_service *service, const char *source,
		    uint64_t sequence, const struct log_record *record,
		    uint64_t *ret_number)
{
	int meter = meter_id_of(record->meter), log = log_id_of(record->log);
	int r;

	if (meter < 0 || log < 0 || !*source || strlen(source) > SOURCE_MAX ||
	    !sequence || sequence > INT64_MAX || record->at_us > INT64_MAX ||
	    strlen(record->text) > LOG_TEXT_MAX ||
	    (record->detail && strlen(record->detail) > LOG_DETAIL_MAX))
		return -EINVAL;
	r = logs_begin(service);
	if (r < 0)
		return r;
	r = take_sequence(service, source, sequence);
	if (!r)
		r = logs_add(service, meter, log, record);
	if (!r)
		r = logs_commit(service);
	if (r)
		store_rollback(service->store);
	if (r < 0)
		return r;
	*ret_number = r ? 0 : service->added[0].number;
	return 0;
}

int storaged_note(struct storaged_service *service,
		  const struct log_record *record)
{
	int meter = meter_id_of(record->meter);
	int r;

	r = logs_begin(service);
	if (r < 0)
		return r;
	r = logs_add(service, meter, log_id_of(record->log), record);
	if (!r)
		r = logs_commit(service);
	store_rollback(service->store);
	return r;
}

/* --- what half hours say */

/*
 * Half hours that are missing because the hub was off: it shares its supply
 * with the meter. The outage began before the first boundary missed, and was
 * over when this process was started; how much longer it was is not known here.
 */
static int log_outage(struct storaged_service *service, int meter,
		      const struct profile_latch *from)
{
	uint64_t off_us = (from->slot + UINT64_C(1)) * PROFILE_SLOT_US;
	bool is_long = service->started_us - off_us >= LONG_OUTAGE_US;
	char text[LOG_TEXT_MAX + 1], off[TIME_ROOM], on[TIME_ROOM],
		seen[TIME_ROOM];
	struct log_record record = { .log = LOG_POWER, .text = text };
	int r;

	time_text(off_us, off);
	time_text(service->started_us, on);
	time_text(from->slot * PROFILE_SLOT_US, seen);
	if (is_long) {
		record.at_us = off_us;
		snprintf(text, sizeof(text),
			 "No power, or the hub off, for 3 minutes or more: off "
			 "at %s, last seen on at %s",
			 off, seen);
		r = logs_add(service, meter, log_id_of(LOG_POWER), &record);
		if (r < 0)
			return r;
	}
	record.at_us = service->started_us;
	record.code = is_long ? ALERT_RESTORED_3_MIN : ALERT_RESTORED;
	snprintf(text, sizeof(text),
		 "Power restored, or the hub on again: on at %s, off at %s", on,
		 off);
	return logs_add(service, meter, log_id_of(LOG_POWER), &record);
}

static int log_break(struct storaged_service *service, int meter,
		     const struct profile_latch *to)
{
	bool back = to->reason == PROFILE_BACK;
	char text[LOG_TEXT_MAX + 1], at[TIME_ROOM];
	struct log_record record = {
		.log = back ? LOG_SECURITY : LOG_EVENT,
		.at_us = to->slot * PROFILE_SLOT_US,
		.text = text,
	};

	snprintf(text, sizeof(text), "%s, seen at %s",
		 back ? "A register went back" : "Another meter",
		 time_text(record.at_us, at));
	return logs_add(service, meter, log_id_of(record.log), &record);
}

int logs_of_interval(struct storaged_service *service, int meter,
		     const struct profile_latch *from,
		     const struct profile_latch *to)
{
	if (profile_is_break(to->reason))
		return log_break(service, meter, to);
	if (to->reason == PROFILE_HUB_OFF && meter_kind_of(meter)->mains)
		return log_outage(service, meter, from);
	return 0;
}

/* --- reading */

struct consumption {
	const struct meter_kind *kind;
	struct day *days;
	uint32_t first;
	size_t n;
	uint64_t tenancy_us;
};

static int add_days(const struct profile_latch *before,
		    const struct profile_latch *latch, void *userdata)
{
	const struct consumption *c = userdata;

	if (before &&
	    profile_seen(before->slot * PROFILE_SLOT_US, c->tenancy_us))
		days_add(c->days, c->first, c->n, before, latch,
			 c->kind->channels);
	return 0;
}

static int tell_day(const struct consumption *c, size_t n,
		    storaged_entry_fn *fn, void *userdata)
{
	const struct day *day = &c->days[n];
	char text[256], detail[256], at[TIME_ROOM];
	struct storaged_entry entry = {
		.number = c->first + n,
		.at_us = (c->first + n) * DAY_US,
		.text = text,
		.detail = detail,
	};
	int text_len, detail_len;

	/* Of the time the date is enough. */
	text_len = snprintf(text, sizeof(text), "%.10s%s",
			    time_text(entry.at_us, at),
			    day_exact(day) ? "" : " (not all known)");
	detail_len = snprintf(detail, sizeof(detail), "{\"exact\":%s",
			      day_exact(day) ? "true" : "false");
	for (unsigned int at_c = 0; at_c < c->kind->channels; at_c++) {
		text_len += snprintf(text + text_len,
				     sizeof(text) - (size_t)text_len,
				     "%s %s %" PRIu64 " %s", at_c ? "," : ":",
				     c->kind->channel[at_c], day->amount[at_c],
				     c->kind->unit[at_c]);
		detail_len += snprintf(detail + detail_len,
				       sizeof(detail) - (size_t)detail_len,
				       ",\"%s\":%" PRIu64,
				       c->kind->channel[at_c],
				       day->amount[at_c]);
	}
	snprintf(detail + detail_len, sizeof(detail) - (size_t)detail_len, "}");
	return fn(&entry, userdata);
}

/* Days that are over, by the last latch; the newest 731 of them. */
static int read_consumption(struct storaged_service *service, int meter,
			    uint64_t from_us, uint64_t to_us,
			    uint64_t tenancy_us, storaged_entry_fn *fn,
			    void *userdata)
{
	struct consumption c = { .kind = meter_kind_of(meter),
				 .tenancy_us = tenancy_us };
	struct profile_latch last;
	uint64_t end;
	int r;

	r = storaged_last(service, meter, &last);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	end = last.slot / PROFILE_DAY_SLOTS;
	c.first = end > DAYS_KEPT ? (uint32_t)end - DAYS_KEPT : 0;
	c.n = end - c.first;
	c.days = calloc(c.n + !c.n, sizeof(*c.days));
	if (!c.days)
		return -ENOMEM;
	r = storaged_walk(service, meter, PROFILE_ALL, c.first * DAY_US,
			  add_days, &c);
	for (size_t n = 0; n < c.n && !r; n++) {
		uint64_t at_us = (c.first + n) * DAY_US;

		if (c.days[n].slots && at_us >= from_us &&
		    (!to_us || at_us < to_us))
			r = tell_day(&c, n, fn, userdata);
	}
	free(c.days);
	return r;
}

int storaged_read_log(struct storaged_service *service, int meter,
		      const char *log, uint64_t from_us, uint64_t to_us,
		      uint64_t tenancy_us, storaged_entry_fn *fn,
		      void *userdata)
{
	int r, id = log_id_of(log);
	sqlite3_stmt *row;
	int64_t key;

	if (!strcmp(log, LOG_DAILY_CONSUMPTION))
		return read_consumption(service, meter, from_us, to_us,
					tenancy_us, fn, userdata);
	if (id < 0)
		return -EINVAL;
	key = log_key(meter, id);
	r = store_row(service->store, &row,
		      "SELECT id & 0xffffffff, at_us, code, text, detail"
		      " FROM log WHERE id BETWEEN ? AND ? ORDER BY id",
		      "ii", key, key | UINT32_MAX);
	while (r > 0) {
		struct storaged_entry entry = {
			.number = (uint64_t)sqlite3_column_int64(row, 0),
			.at_us = (uint64_t)sqlite3_column_int64(row, 1),
			.code = (uint16_t)sqlite3_column_int(row, 2),
			.text = (const char *)sqlite3_column_text(row, 3),
			.detail = (const char *)sqlite3_column_text(row, 4),
		};

		if (entry.at_us >= from_us && (!to_us || entry.at_us < to_us) &&
		    profile_seen(entry.at_us, tenancy_us)) {
			r = fn(&entry, userdata);
			if (r) {
				store_done(row);
				return r;
			}
		}
		r = store_next(service->store, row);
	}
	return r;
}
