// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>

#include "../common/bus.h"
#include "../common/outbox.h"
#include "ledger.h"
#include "powercut-vfs.h"
#include "test.h"

struct stage {
	struct powercut *disk;
	struct storage_stand_in *storage;
	sd_bus *bus;
	struct store *store;
	struct ledger ledger;
};

static void begin(struct stage *stage)
{
	enum store_found found;

	memset(stage, 0, sizeof(*stage));
	stage->disk = powercut_new(1);
	stage->storage = storage_new(&stage->bus);
	assert_int_equal(store_open(LEDGER_PATH, ledger_migrations,
				    LEDGER_MIGRATIONS, &stage->store, &found),
			 0);
}

static void end(struct stage *stage)
{
	store_close(stage->store);
	storage_free(stage->storage, stage->bus);
	powercut_free(stage->disk);
}

static void steps(struct stage *stage, int count)
{
	for (int n = 0; n < count; n++)
		assert_int_equal(ledger_step(&stage->ledger, stage->store, 0),
				 0);
}

static int flush(struct stage *stage)
{
	return outbox_flush(stage->store, stage->bus, "ledger");
}

static void in_order_and_once(void **state)
{
	struct stage stage;

	(void)state;
	begin(&stage);
	assert_int_equal(flush(&stage), 0);
	for (int n = 1; n < 10; n++) {
		steps(&stage, n);
		assert_int_equal(outbox_waiting(stage.store), n);
		assert_int_equal(flush(&stage), n);
		assert_int_equal(outbox_waiting(stage.store), 0);
		assert_int_equal(flush(&stage), 0);
	}
	ledger_check(&stage.ledger, stage.store);
	assert_int_equal(storage_check(stage.storage, &stage.ledger), 45);
	end(&stage);
}

static void waits_for_storaged(void **state)
{
	struct stage stage;

	(void)state;
	begin(&stage);
	steps(&stage, 3);
	storage_refuse(stage.storage, SD_BUS_ERROR_SERVICE_UNKNOWN, 0);
	assert_int_equal(flush(&stage), -EHOSTUNREACH);
	storage_refuse(stage.storage, ERROR_STORAGE, 0);
	assert_true(flush(&stage) < 0);
	storage_refuse(stage.storage, SD_BUS_ERROR_NO_REPLY, 0);
	assert_true(flush(&stage) < 0);
	assert_int_equal(outbox_waiting(stage.store), 3);
	storage_refuse(stage.storage, NULL, 0);
	assert_int_equal(flush(&stage), 3);
	end(&stage);
}

static void in_part(void **state)
{
	struct stage stage;

	(void)state;
	begin(&stage);
	steps(&stage, 5);
	storage_refuse(stage.storage, ERROR_STORAGE, 2);
	assert_true(flush(&stage) < 0);
	assert_int_equal(outbox_waiting(stage.store), 3);
	storage_refuse(stage.storage, NULL, 0);
	assert_int_equal(flush(&stage), 3);
	assert_int_equal(storage_check(stage.storage, &stage.ledger), 5);
	end(&stage);
}

/* What can never be delivered must not keep the others back. */
static void no_record_is_dropped(void **state)
{
	struct stage stage;

	(void)state;
	begin(&stage);
	steps(&stage, 2);
	storage_refuse(stage.storage, ERROR_INVALID, 0);
	assert_int_equal(flush(&stage), 2);
	assert_int_equal(outbox_waiting(stage.store), 0);
	end(&stage);
}

/* Each log has its own bound, of each meter, and the newest stay. */
static void bounded(void **state)
{
	struct log_record record = {
		.meter = "gas0",
		.log = LOG_BILLING,
		.text = "an entry",
	};
	struct stage stage;
	sqlite3_stmt *row;

	(void)state;
	begin(&stage);
	for (int n = 1; n <= 130; n++) {
		record.at_us = (uint64_t)n;
		record.log = n % 2 ? LOG_BILLING : LOG_EVENT;
		record.meter = n % 3 ? "gas0" : "electricity0";
		assert_int_equal(outbox_add(stage.store, &record), 0);
	}
	assert_int_equal(store_row(stage.store, &row,
				   "SELECT count(*), min(at_us) FROM outbox"
				   " WHERE log = 'billing' AND meter = 'gas0'",
				   ""),
			 1);
	assert_int_equal(sqlite3_column_int(row, 0), 12);
	assert_int_equal(sqlite3_column_int(row, 1), 95);
	store_done(row);
	assert_int_equal(outbox_waiting(stage.store), 12 + 12 + 65);
	end(&stage);
}

static void not_a_record(void **state)
{
	char text[LOG_TEXT_MAX + 2], detail[LOG_DETAIL_MAX + 2];
	struct log_record record = {
		.meter = "gas0",
		.log = LOG_EVENT,
		.text = text,
		.detail = detail,
	};
	struct stage stage;

	(void)state;
	begin(&stage);
	memset(text, 'a', sizeof(text));
	memset(detail, 'a', sizeof(detail));
	text[LOG_TEXT_MAX] = detail[LOG_DETAIL_MAX] = '\0';
	assert_int_equal(outbox_add(stage.store, &record), 0);
	detail[LOG_DETAIL_MAX] = 'a';
	detail[LOG_DETAIL_MAX + 1] = '\0';
	assert_int_equal(outbox_add(stage.store, &record), -EINVAL);
	record.detail = NULL;
	assert_int_equal(outbox_add(stage.store, &record), 0);
	text[LOG_TEXT_MAX] = 'a';
	text[LOG_TEXT_MAX + 1] = '\0';
	assert_int_equal(outbox_add(stage.store, &record), -EINVAL);
	record.text = "";
	record.log = "evenT";
	assert_int_equal(outbox_add(stage.store, &record), -EINVAL);
	assert_int_equal(outbox_waiting(stage.store), 2);
	end(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order_and_once),
		cmocka_unit_test(waits_for_storaged),
		cmocka_unit_test(in_part),
		cmocka_unit_test(no_record_is_dropped),
		cmocka_unit_test(bounded),
		cmocka_unit_test(not_a_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
