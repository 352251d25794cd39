// SPDX-License-Identifier: LGPL-2.1-or-later
#include "outbox.h"

#include <errno.h>
#include <string.h>

#include "bus.h"

#define STORAGE "uk.hearth.Storage1"
#define STORAGE_PATH "/uk/hearth/storage"
/* It has to get to its disk first, and that may be a slow card. */
#define STORAGE_TIMEOUT_US (10 * USEC_PER_SEC)

static const struct {
	const char *log;
	unsigned int capacity;
} logs[] = {
	{ LOG_EVENT, 100 },
	{ LOG_SECURITY, 100 },
	{ LOG_POWER, 100 },
	{ LOG_AUXILIARY, 100 },
	{ LOG_BILLING, 12 },
	{ LOG_DAILY_READ, 31 },
	{ LOG_PREPAYMENT_DAILY_READ, 31 },
};

unsigned int log_capacity(const char *log)
{
	for (size_t n = 0; n < ARRAY_SIZE(logs); n++)
		if (!strcmp(logs[n].log, log))
			return logs[n].capacity;
	return 0;
}

int outbox_add(struct store *store, const struct log_record *record)
{
	const char *detail = record->detail ? record->detail : "";
	unsigned int capacity = log_capacity(record->log);
	int r;

	if (!capacity || strlen(record->text) > LOG_TEXT_MAX ||
	    strlen(detail) > LOG_DETAIL_MAX)
		return -EINVAL;
	r = store_run(
		store,
		"INSERT INTO outbox(meter, log, at_us, code, text, detail)"
		" VALUES(?, ?, ?, ?, ?, ?)",
		"ssiiss", record->meter, record->log, (int64_t)record->at_us,
		(int64_t)record->code, record->text, detail);
	if (r < 0)
		return r;
	return store_run(
		store,
		"DELETE FROM outbox WHERE meter = ?1 AND log = ?2 AND"
		" sequence <= (SELECT sequence FROM outbox WHERE meter = ?1"
		" AND log = ?2 ORDER BY sequence DESC LIMIT 1 OFFSET ?3)",
		"ssi", record->meter, record->log, (int64_t)capacity);
}

static int append(sd_bus *bus, const char *source, sqlite3_stmt *row)
{
	CLEANUP(cleanup_bus_error) sd_bus_error error = SD_BUS_ERROR_NULL;
	CLEANUP(cleanup_message) sd_bus_message *message = NULL;
	int r;

	r = sd_bus_message_new_method_call(bus, &message, STORAGE, STORAGE_PATH,
					   STORAGE, "Append");
	if (r >= 0)
		r = sd_bus_message_append(
			message, "stsstqss", source,
			(uint64_t)sqlite3_column_int64(row, 0),
			sqlite3_column_text(row, 1),
			sqlite3_column_text(row, 2),
			(uint64_t)sqlite3_column_int64(row, 3),
			(unsigned int)sqlite3_column_int64(row, 4),
			sqlite3_column_text(row, 5),
			sqlite3_column_text(row, 6));
	if (r >= 0)
		r = sd_bus_call(bus, message, STORAGE_TIMEOUT_US, &error, NULL);
	if (r >= 0)
		return 0;
	if (sd_bus_error_has_name(&error, ERROR_INVALID)) {
		log_error("storaged refuses a record of log %s: %s",
			  (const char *)sqlite3_column_text(row, 2),
			  error.message);
		return 0;
	}
	return r == -ENXIO ||
			       sd_bus_error_has_name(
				       &error, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
			       sd_bus_error_has_name(
				       &error, SD_BUS_ERROR_NAME_HAS_NO_OWNER) ?
		       -EHOSTUNREACH :
		       r;
}

int outbox_flush(struct store *store, sd_bus *bus, const char *daemon)
{
	int64_t last = 0;
	sqlite3_stmt *row;
	char source[64];
	int count = 0, r, sent = 0;

	snprintf(source, sizeof(source), "%s-%s", daemon, store_id(store));
	r = store_row(store, &row,
		      "SELECT sequence, meter, log, at_us, code, text, detail"
		      " FROM outbox ORDER BY sequence",
		      "");
	while (r > 0) {
		sent = append(bus, source, row);
		if (sent < 0) {
			store_done(row);
			break;
		}
		last = sqlite3_column_int64(row, 0);
		count++;
		r = store_next(store, row);
	}
	if (r < 0)
		return r;
	if (count) {
		r = store_run(store, "DELETE FROM outbox WHERE sequence <= ?",
			      "i", last);
		if (r < 0)
			return r;
	}
	return sent < 0 ? sent : count;
}

int outbox_waiting(struct store *store)
{
	sqlite3_stmt *row;
	int r;

	r = store_row(store, &row, "SELECT count(*) FROM outbox", "");
	if (r <= 0)
		return r;
	r = sqlite3_column_int(row, 0);
	store_done(row);
	return r;
}
