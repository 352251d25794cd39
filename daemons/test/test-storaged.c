// SPDX-License-Identifier: LGPL-2.1-or-later
/* The history on disk: nothing that was stored is missing, nothing twice. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "../common/checked.h"
#include "../storaged/days.h"
#include "../storaged/storaged-service.h"
#include "test.h"

#define START_SLOT UINT32_C(981792) /* 2026-01-01 */
#define US(_slot) ((_slot)*PROFILE_SLOT_US)
#define MINUTE_US (60 * USEC_PER_SEC)
#define MODEL 60000

static uint64_t seed;

static uint64_t random_of(uint64_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (seed >> 20) % n;
}

struct stage {
	char folder[64], path[96];
	struct storaged_service service;
	struct store *store;
	int meter;
	/* What was acknowledged. */
	struct profile_latch model[MODEL];
	size_t n, first;
	/* Signals. */
	char logged[512];
};

static struct stage stage;

static void on_logged(void *userdata, const char *meter, const char *log,
		      uint64_t number)
{
	struct stage *s = userdata;
	size_t len = strlen(s->logged);

	snprintf(s->logged + len, sizeof(s->logged) - len, "%s/%s/%u ", meter,
		 log, (unsigned int)number);
}

static void open_at(const char *path)
{
	enum store_found found;

	assert_int_equal(store_open(path, storaged_migrations,
				    storaged_n_migrations, &stage.store,
				    &found),
			 0);
	assert_int_not_equal(found, STORE_SET_ASIDE);
	storaged_init(&stage.service, stage.store);
	stage.service.logged = on_logged;
	stage.service.userdata = &stage;
}

static void close_store(void)
{
	store_close(stage.store);
	stage.store = NULL;
}

static void reopen(void)
{
	close_store();
	open_at(stage.path);
}

static int set_up(void **state)
{
	(void)state;
	memset(&stage, 0, sizeof(stage));
	/* In memory, where there is such a place: there are many commits. */
	snprintf(stage.folder, sizeof(stage.folder),
		 "%s/hearth-storaged-XXXXXX",
		 access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	assert_non_null(mkdtemp(stage.folder));
	snprintf(stage.path, sizeof(stage.path), "%s/storaged.db",
		 stage.folder);
	open_at(stage.path);
	stage.meter = meter_id_of("electricity0");
	return 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	close_store();
	snprintf(command, sizeof(command), "rm -rf %s", stage.folder);
	return system(command);
}

/* --- the model beside it */

struct compare {
	size_t at;
};

static int same(const struct profile_latch *before,
		const struct profile_latch *latch, void *userdata)
{
	struct compare *compare = userdata;
	const struct profile_latch *model = &stage.model[compare->at++];

	assert_true(compare->at <= stage.n);
	assert_int_equal(latch->slot, model->slot);
	assert_int_equal(latch->flags, model->flags);
	if (before) {
		assert_int_equal(latch->reason, model->reason);
		assert_int_equal(before->slot, model[-1].slot);
	}
	for (unsigned int c = 0; c < meter_kind_of(stage.meter)->channels; c++)
		assert_int_equal(latch->registers[c], model->registers[c]);
	return 0;
}

/* From any time on it is what was acknowledged. */
static void assert_stored(uint64_t from_us)
{
	struct compare compare = { .at = stage.first };

	while (compare.at + 1 < stage.n &&
	       US(stage.model[compare.at + 1].slot) <= from_us)
		compare.at++;
	assert_int_equal(storaged_walk(&stage.service, stage.meter, PROFILE_ALL,
				       from_us, same, &compare),
			 0);
	assert_int_equal(compare.at, stage.n);
}

/* Hands out; on success they are what the model has. */
static int put(const struct profile_latch *latch, size_t n)
{
	int r = storaged_put(&stage.service, stage.meter, latch, n,
			     n ? US(latch[n - 1].slot) : 0);

	for (size_t at = 0; r >= 0 && at < n; at++) {
		struct profile_latch *to = &stage.model[stage.n];

		if (stage.n && latch[at].slot <= to[-1].slot)
			continue;
		*to = latch[at];
		to->reason = PROFILE_EXACT;
		if (stage.n)
			to->reason = (uint8_t)profile_reason_of(
				to - 1, to,
				meter_kind_of(stage.meter)->channels,
				PROFILE_SILENT);
		stage.n++;
	}
	return r;
}

static struct profile_latch next_latch(void)
{
	struct profile_latch latch = { .slot = START_SLOT, .flags = 1 };

	if (stage.n)
		latch = stage.model[stage.n - 1];
	latch.slot++;
	latch.flags = 1;
	return latch;
}

static void grow(struct profile_latch *latch)
{
	latch->registers[0] += random_of(1 << random_of(11));
	latch->registers[1] += random_of(40) ? 0 : 500;
	latch->registers[2] += random_of(60);
	latch->registers[3] += 3;
}

/* --- half hours */

static void half_hours(void **state)
{
	struct profile_latch latch, last;

	(void)state;
	seed = 1;
	assert_int_equal(storaged_last(&stage.service, stage.meter, &last),
			 -ENOENT);
	/* Ten weeks, a half hour at a time, with a start now and then. */
	for (int n = 0; n < 70 * 48; n++) {
		latch = next_latch();
		grow(&latch);
		assert_int_equal(put(&latch, 1), 1);
		/* Again is nothing new, whatever it says. */
		if (!random_of(20)) {
			latch.registers[0] += 5;
			assert_int_equal(put(&latch, 1), 0);
		}
		if (!random_of(200))
			reopen();
		if (!random_of(100))
			assert_stored(US(START_SLOT + random_of(5000)));
	}
	assert_int_equal(storaged_last(&stage.service, stage.meter, &last), 0);
	assert_int_equal(last.slot, stage.model[stage.n - 1].slot);
	assert_stored(0);
	assert_stored(UINT64_MAX);
	/* Not of the future. */
	latch.slot += 2;
	assert_int_equal(storaged_put(&stage.service, stage.meter, &latch, 1,
				      US(latch.slot) - 1),
			 -ERANGE);
	assert_stored(0);
}

static void only_24_months(void **state)
{
	uint64_t oldest_us;
	uint32_t kept;

	(void)state;
	seed = 2;
	while (stage.n < 900 * 48) {
		struct profile_latch latch[96];

		for (size_t n = 0; n < ARRAY_SIZE(latch); n++) {
			latch[n] = n ? latch[n - 1] : next_latch();
			if (n)
				latch[n].slot++;
			grow(&latch[n]);
		}
		assert_int_equal(put(latch, ARRAY_SIZE(latch)),
				 ARRAY_SIZE(latch));
	}
	assert_int_equal(storaged_oldest(&stage.service, &oldest_us), 0);
	kept = stage.model[stage.n - 1].slot -
	       (uint32_t)(oldest_us / PROFILE_SLOT_US);
	assert_in_range(kept, 731 * 48, (731 + 2 + 64) * 48);
	while (US(stage.model[stage.first].slot) < oldest_us)
		stage.first++;
	assert_stored(0);
}

/* Random batches, silences, breaks; each meter for itself. */
static void any_history(void **state)
{
	(void)state;
	seed = 3;
	while (stage.n < 12000) {
		struct profile_latch latch[60];
		size_t n = 1 + random_of(ARRAY_SIZE(latch));

		for (size_t at = 0; at < n; at++) {
			latch[at] = at ? latch[at - 1] : next_latch();
			latch[at].flags = !random_of(9);
			if (at)
				latch[at].slot++;
			if (!random_of(50))
				latch[at].slot += (uint32_t)random_of(60);
			if (!random_of(300))
				latch[at].flags |= PROFILE_OTHER_METER;
			if (!random_of(300))
				latch[at].registers[random_of(4)] = 0;
			grow(&latch[at]);
		}
		assert_int_equal(put(latch, n), n);
		if (!random_of(10))
			reopen();
	}
	assert_stored(0);
	for (int n = 0; n < 100; n++)
		assert_stored(US(stage.model[random_of(stage.n)].slot) +
			      random_of(PROFILE_SLOT_US));
	stage.meter = meter_id_of("gas0");
	stage.n = 0;
	assert_stored(0);
	for (int n = 0; n < 200; n++) {
		struct profile_latch latch = next_latch();

		latch.registers[0] += random_of(9) * 10;
		assert_int_equal(put(&latch, 1), 1);
	}
	assert_stored(0);
}

/* --- the disk */

/* Two meters in one transaction: both, or neither. */
static void together(void **state)
{
	struct profile_latch electricity = next_latch(), gas = next_latch(),
			     last;
	struct storaged_readings readings[] = {
		{ stage.meter, &electricity, 1 },
		{ meter_id_of("gas0"), &gas, 1 },
	};
	uint64_t now_us = US(gas.slot + 1);

	(void)state;
	gas.registers[0] = electricity.registers[0] = 9;
	assert_int_equal(storaged_put_each(&stage.service, readings, 2, now_us),
			 2);
	assert_int_equal(storaged_put_each(&stage.service, readings, 2, now_us),
			 0);
	assert_int_equal(storaged_put_each(&stage.service, readings, 0, now_us),
			 0);
	assert_int_equal(storaged_put_each(&stage.service, readings,
					   STORAGED_TOGETHER + 1, now_us),
			 -EINVAL);
	/* The second cannot be: of the future; or the disk does not take it. */
	electricity.slot++;
	gas.slot += 2;
	assert_int_equal(storaged_put_each(&stage.service, readings, 2, now_us),
			 -ERANGE);
	gas.slot--;
	gas.registers[0] = electricity.registers[0] = 8;
	assert_int_equal(store_run(stage.store,
				   "CREATE TRIGGER no_gas BEFORE INSERT ON "
				   "piece WHEN NEW.id >> 32 = 32 BEGIN"
				   " SELECT RAISE(ABORT, 'no'); END",
				   ""),
			 0);
	stage.service.clock_behind = true;
	assert_int_equal(storaged_put_each(&stage.service, readings, 2, now_us),
			 -EEXIST);
	assert_true(stage.service.clock_behind);
	stage.service.clock_behind = false;
	assert_string_equal(stage.logged, "");
	assert_int_equal(storaged_last(&stage.service, stage.meter, &last), 0);
	assert_int_equal(last.slot, electricity.slot - 1);
	/* The one without the other; then both, and both logs are told of. */
	assert_int_equal(storaged_put_each(&stage.service, readings, 1, now_us),
			 1);
	assert_string_equal(stage.logged, "electricity0/security/1 ");
	assert_int_equal(store_run(stage.store, "DROP TRIGGER no_gas", ""), 0);
	electricity.slot++;
	electricity.registers[0] = 7;
	assert_int_equal(storaged_put_each(&stage.service, readings, 2,
					   now_us + US(1)),
			 2);
	assert_string_equal(stage.logged, "electricity0/security/1 "
					  "electricity0/security/2 "
					  "gas0/security/1 ");
	reopen();
	assert_int_equal(storaged_last(&stage.service, stage.meter, &last), 0);
	assert_int_equal(last.slot, electricity.slot);
	assert_int_equal(
		storaged_last(&stage.service, readings[1].meter, &last), 0);
	assert_int_equal(last.slot, gas.slot);
}

/* No room: an error, nothing changed; then all is asked for again. */
static void disk_full(void **state)
{
	struct rlimit none = { 0, RLIM_INFINITY }, before;
	struct profile_latch latch;
	struct log_record record = { .meter = "electricity0",
				     .log = LOG_EVENT,
				     .text = "said" };
	uint64_t number = 0;

	(void)state;
	seed = 5;
	for (int n = 0; n < 100; n++) {
		latch = next_latch();
		grow(&latch);
		assert_int_equal(put(&latch, 1), 1);
	}
	latch = next_latch();
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	none.rlim_max = before.rlim_max;
	setrlimit(RLIMIT_FSIZE, &none);
	stage.service.clock_behind = true;
	assert_true(put(&latch, 1) < 0);
	assert_true(stage.service.clock_behind);
	stage.service.clock_behind = false;
	assert_true(storaged_append(&stage.service, "a", 1, &record, &number) <
		    0);
	assert_true(storaged_set_tenancy(&stage.service, US(START_SLOT),
					 US(START_SLOT)) < 0);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_stored(0);
	assert_int_equal(put(&latch, 1), 1);
	assert_int_equal(
		storaged_append(&stage.service, "a", 1, &record, &number), 0);
	assert_int_equal(number, 1);
	reopen();
	assert_stored(0);
}

/* --- why half hours are missing */

struct listed {
	size_t n;
	struct storaged_entry entry[1000];
	char text[1000][256];
	char detail[1000][256];
};

static struct listed listed;

static int list(const struct storaged_entry *entry, void *userdata)
{
	(void)userdata;
	assert_true(listed.n < ARRAY_SIZE(listed.entry));
	snprintf(listed.text[listed.n], sizeof(listed.text[0]), "%s",
		 entry->text);
	snprintf(listed.detail[listed.n], sizeof(listed.detail[0]), "%s",
		 entry->detail);
	listed.entry[listed.n++] = *entry;
	return 0;
}

static size_t read_log(const char *log, uint64_t tenancy_us)
{
	listed.n = 0;
	assert_int_equal(storaged_read_log(&stage.service, stage.meter, log, 0,
					   0, tenancy_us, list, NULL),
			 0);
	return listed.n;
}

static int last_reason(const struct profile_latch *before,
		       const struct profile_latch *latch, void *userdata)
{
	(void)before;
	*(int *)userdata = latch->reason;
	return 0;
}

static int reason(void)
{
	int last = -1;

	assert_int_equal(storaged_walk(&stage.service, stage.meter, PROFILE_ALL,
				       0, last_reason, &last),
			 0);
	return last;
}

static void put_slot(uint32_t slot, uint64_t wh)
{
	struct profile_latch latch = { .slot = slot,
				       .registers = { wh, 1, 2, 3 } };

	assert_int_equal(storaged_put(&stage.service, stage.meter, &latch, 1,
				      US(slot) + MINUTE_US),
			 1);
}

static void silent_and_off(void **state)
{
	(void)state;
	storaged_time(&stage.service, US(1000000) - MINUTE_US, 0);
	put_slot(1000000, 10);
	storaged_time(&stage.service, US(1000001), 0);
	storaged_time(&stage.service, US(1000002), 0);
	put_slot(1000002, 20);
	assert_int_equal(reason(), PROFILE_SILENT);
	assert_int_equal(read_log(LOG_POWER, 0), 0);
	/* Off at a boundary, and on again 2 minutes after it. */
	reopen();
	storaged_time(&stage.service, US(1000003) + 2 * MINUTE_US, 0);
	put_slot(1000004, 30);
	assert_int_equal(reason(), PROFILE_HUB_OFF);
	assert_int_equal(read_log(LOG_POWER, 0), 1);
	assert_int_equal(listed.entry[0].code, 0x8f35);
	assert_int_equal(listed.entry[0].at_us, US(1000003) + 2 * MINUTE_US);
	/* And after 3 minutes: an outage to be told of, and its end. */
	reopen();
	storaged_time(&stage.service, US(1000005) + 3 * MINUTE_US, 0);
	stage.logged[0] = 0;
	put_slot(1000006, 40);
	assert_string_equal(stage.logged, "electricity0/power/3 ");
	assert_int_equal(read_log(LOG_POWER, 0), 3);
	assert_int_equal(listed.entry[1].code, 0);
	assert_int_equal(listed.entry[1].at_us, US(1000005));
	assert_int_equal(listed.entry[2].code, 0x8f36);
	/* Started anew between two boundaries: nothing is missing. */
	reopen();
	storaged_time(&stage.service, US(1000006) + 9 * MINUTE_US, 0);
	put_slot(1000007, 40);
	assert_int_equal(reason(), PROFILE_EXACT);
	assert_int_equal(read_log(LOG_POWER, 0), 3);
	/* Only we were away: metrologyd has one from before our start. */
	reopen();
	storaged_time(&stage.service, US(1000009) + 4 * MINUTE_US, 0);
	put_slot(1000009, 50);
	assert_int_equal(reason(), PROFILE_SILENT);
	assert_int_equal(read_log(LOG_POWER, 0), 3);
	/* A little before it: all were off, and it was up first. */
	reopen();
	storaged_time(&stage.service, US(1000011) + MINUTE_US, 0);
	put_slot(1000011, 60);
	assert_int_equal(reason(), PROFILE_HUB_OFF);
	assert_int_equal(read_log(LOG_POWER, 0), 5);
}

static void wrong_clock(void **state)
{
	(void)state;
	storaged_time(&stage.service, US(1000000), 0);
	put_slot(1000000, 10);
	/* Set forward by five hours. */
	storaged_time(&stage.service, US(1000010) + MINUTE_US, 0);
	put_slot(1000011, 20);
	assert_int_equal(reason(), PROFILE_CLOCK);
	/* Put back: what comes next may hold more than a half hour. */
	storaged_time(&stage.service, US(1000011) + MINUTE_US, 0);
	stage.service.clock_behind = true;
	put_slot(1000012, 30);
	assert_int_equal(reason(), PROFILE_CLOCK);
	put_slot(1000013, 30);
	assert_int_equal(reason(), PROFILE_EXACT);
	/* Not set for two hours after the start. */
	reopen();
	storaged_time(&stage.service, US(1000020) + MINUTE_US,
		      UINT64_C(7200) * USEC_PER_SEC);
	put_slot(1000021, 40);
	assert_int_equal(reason(), PROFILE_HUB_OFF);
	reopen();
	storaged_time(&stage.service, US(1000025) + MINUTE_US,
		      UINT64_C(7200) * USEC_PER_SEC);
	put_slot(1000026, 40);
	assert_int_equal(reason(), PROFILE_CLOCK);
}

static void breaks(void **state)
{
	struct profile_latch other = { .slot = 1000002,
				       .flags = PROFILE_OTHER_METER };

	(void)state;
	put_slot(1000000, 10);
	put_slot(1000001, 9);
	assert_int_equal(reason(), PROFILE_BACK);
	assert_int_equal(read_log(LOG_SECURITY, 0), 1);
	assert_int_equal(storaged_put(&stage.service, stage.meter, &other, 1,
				      US(1000002)),
			 1);
	assert_int_equal(reason(), PROFILE_REPLACED);
	assert_int_equal(read_log(LOG_EVENT, 0), 1);
}

/* As if the program had written something else: the page is fine, not it. */
static void spoil(const char *sql)
{
	sqlite3 *db;

	close_store();
	assert_int_equal(sqlite3_open_v2(stage.path, &db, SQLITE_OPEN_READWRITE,
					 CHECKED_VFS),
			 SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	open_at(stage.path);
}

/* A piece that cannot be read is a gap, and what was learnt after it stays. */
static void damaged(void **state)
{
	struct profile_latch latch;
	uint32_t lost;
	int gap = -1;

	(void)state;
	seed = 6;
	while (stage.n < 200 * 48) {
		struct profile_latch batch[48];

		for (size_t n = 0; n < ARRAY_SIZE(batch); n++) {
			batch[n] = n ? batch[n - 1] : next_latch();
			if (n)
				batch[n].slot++;
			grow(&batch[n]);
		}
		assert_int_equal(put(batch, ARRAY_SIZE(batch)),
				 ARRAY_SIZE(batch));
	}
	spoil("UPDATE piece SET octets = zeroblob(500) WHERE id ="
	      " (SELECT id FROM piece ORDER BY id LIMIT 1 OFFSET 1)");
	assert_false(stage.service.damaged);
	assert_int_equal(storaged_walk(&stage.service, stage.meter, PROFILE_ALL,
				       0, last_reason, &gap),
			 0);
	assert_true(stage.service.damaged);
	/* In the model it is one interval, with the total. */
	lost = 64 * 48;
	memmove(&stage.model[lost + 1], &stage.model[2 * lost],
		(stage.n - 2 * lost) * sizeof(latch));
	stage.n -= lost - 1;
	stage.model[lost + 1].reason = PROFILE_DAMAGED;
	assert_stored(0);
	latch = next_latch();
	assert_int_equal(put(&latch, 1), 1);
	assert_stored(0);
}

static void damaged_at_the_end(void **state)
{
	struct profile_latch latch;

	(void)state;
	seed = 7;
	while (stage.n < 2 * 48 + 10) {
		latch = next_latch();
		grow(&latch);
		assert_int_equal(put(&latch, 1), 1);
	}
	spoil("UPDATE piece SET octets = x'01' WHERE id ="
	      " (SELECT max(id) FROM piece)");
	/* What metrologyd still has of it is asked for again. */
	assert_int_equal(storaged_last(&stage.service, stage.meter, &latch), 0);
	assert_int_equal(latch.slot, stage.model[2 * 48].slot);
	assert_int_equal(storaged_put(&stage.service, stage.meter,
				      &stage.model[2 * 48 + 1], 9,
				      US(latch.slot + 9)),
			 9);
	stage.model[2 * 48 + 1].reason = PROFILE_DAMAGED;
	assert_stored(0);
}

/* --- logs */

static int append(const char *source, uint64_t sequence, const char *log,
		  uint64_t at_us, const char *text, uint64_t *ret_number)
{
	struct log_record record = { .meter = "electricity0",
				     .log = log,
				     .at_us = at_us,
				     .code = 0x8f0a,
				     .text = text,
				     .detail = "{\"n\":1}" };

	return storaged_append(&stage.service, source, sequence, &record,
			       ret_number);
}

static void each_once(void **state)
{
	uint64_t number;

	(void)state;
	assert_int_equal(append("tariffd-1", 1, LOG_EVENT, 7, "one", &number),
			 0);
	assert_int_equal(number, 1);
	assert_string_equal(stage.logged, "electricity0/event/1 ");
	assert_int_equal(append("tariffd-1", 1, LOG_EVENT, 7, "one", &number),
			 0);
	assert_int_equal(number, 0);
	assert_int_equal(append("prepayd-1", 1, LOG_EVENT, 8, "two", &number),
			 0);
	assert_int_equal(number, 2);
	reopen();
	assert_int_equal(append("tariffd-1", 1, LOG_SECURITY, 7, "?", &number),
			 0);
	assert_int_equal(number, 0);
	assert_int_equal(append("tariffd-1", 5, LOG_SECURITY, 9, "s", &number),
			 0);
	assert_int_equal(number, 1);
	assert_int_equal(append("tariffd-1", 4, LOG_SECURITY, 9, "?", &number),
			 0);
	assert_int_equal(number, 0);
	assert_int_equal(read_log(LOG_EVENT, 0), 2);
	assert_string_equal(listed.text[0], "one");
	assert_string_equal(listed.text[1], "two");
	assert_string_equal(listed.detail[1], "{\"n\":1}");
	assert_int_equal(listed.entry[1].at_us, 8);
	assert_int_equal(listed.entry[1].code, 0x8f0a);
	assert_int_equal(read_log(LOG_SECURITY, 0), 1);
	assert_int_equal(read_log(LOG_BILLING, 0), 0);
}

static void newest_kept(void **state)
{
	static const char *const logs[] = { LOG_EVENT,
					    LOG_SECURITY,
					    LOG_POWER,
					    LOG_AUXILIARY,
					    LOG_BILLING,
					    LOG_DAILY_READ,
					    LOG_PREPAYMENT_DAILY_READ };
	static const unsigned int kept[] = { 100, 100, 100, 100, 12, 31, 31 };
	uint64_t number, sequence = 0;

	(void)state;
	for (uint64_t n = 1; n <= 130; n++)
		for (size_t at = 0; at < ARRAY_SIZE(logs); at++) {
			assert_int_equal(append("a", ++sequence, logs[at], n,
						"x", &number),
					 0);
			assert_int_equal(number, n);
		}
	for (size_t at = 0; at < ARRAY_SIZE(logs); at++) {
		assert_int_equal(read_log(logs[at], 0), kept[at]);
		assert_int_equal(listed.entry[0].number, 131 - kept[at]);
		assert_int_equal(listed.entry[kept[at] - 1].number, 130);
		/* Part of them: from on, but not to. */
		listed.n = 0;
		assert_int_equal(storaged_read_log(&stage.service, stage.meter,
						   logs[at], 125, 128, 0, list,
						   NULL),
				 0);
		assert_int_equal(listed.n, 3);
		assert_int_equal(read_log(logs[at], 129), 2);
	}
}

static void many_sources(void **state)
{
	uint64_t number;
	char source[16];

	(void)state;
	for (int n = 0; n < 100; n++) {
		snprintf(source, sizeof(source), "s%d", n);
		assert_int_equal(append(source, 9, LOG_EVENT, 1, "x", &number),
				 0);
		assert_int_equal(append(source, 9, LOG_EVENT, 1, "x", &number),
				 0);
		assert_int_equal(number, 0);
		/* One that goes on being heard of is not forgotten. */
		assert_int_equal(append("kept", (uint64_t)n + 1, LOG_EVENT, 1,
					"x", &number),
				 0);
		assert_int_not_equal(number, 0);
		assert_int_equal(append("kept", 1, LOG_EVENT, 1, "x", &number),
				 0);
		assert_true(!number);
	}
}

static void not_a_record(void **state)
{
	char text[LOG_TEXT_MAX + 2], detail[LOG_DETAIL_MAX + 2];
	struct log_record record = { .meter = "electricity0",
				     .log = LOG_EVENT,
				     .text = text,
				     .detail = detail };
	uint64_t number;

	(void)state;
	memset(text, 'x', sizeof(text));
	memset(detail, 'y', sizeof(detail));
	text[LOG_TEXT_MAX] = detail[LOG_DETAIL_MAX] = 0;
#define APPEND(_source, _sequence) \
	storaged_append(&stage.service, _source, _sequence, &record, &number)
	assert_int_equal(APPEND("a", 1), 0);
	assert_int_equal(APPEND("", 2), -EINVAL);
	assert_int_equal(APPEND("a", 0), -EINVAL);
	assert_int_equal(APPEND("a", UINT64_MAX), -EINVAL);
	text[LOG_TEXT_MAX] = 'x';
	text[LOG_TEXT_MAX + 1] = 0;
	assert_int_equal(APPEND("a", 2), -EINVAL);
	record.text = "x";
	detail[LOG_DETAIL_MAX] = 'y';
	detail[LOG_DETAIL_MAX + 1] = 0;
	assert_int_equal(APPEND("a", 2), -EINVAL);
	record.detail = NULL;
	record.log = LOG_DAILY_CONSUMPTION;
	assert_int_equal(APPEND("a", 2), -EINVAL);
	record.log = LOG_EVENT;
	record.meter = "electricity8";
	assert_int_equal(APPEND("a", 2), -EINVAL);
	record.meter = "water0";
	assert_int_equal(APPEND("a", 2), -EINVAL);
	record.meter = "gas0";
	assert_int_equal(APPEND("a", 2), 0);
	assert_int_equal(number, 1);
	assert_int_equal(read_log(LOG_EVENT, 0), 1);
	assert_int_equal(storaged_read_log(&stage.service, stage.meter,
					   "rumour", 0, 0, 0, list, NULL),
			 -EINVAL);
}

/* --- consumption by day */

static void by_day(void **state)
{
	struct day days[3] = { 0 };
	struct profile_latch from = { .slot = 48 * 100 + 47 }, to = from;

	(void)state;
	/* A half hour is of one day; over midnight it is of two. */
	to.slot += 1;
	to.registers[0] = 5;
	days_add(days, 100, 3, &from, &to, 1);
	assert_int_equal(days[0].amount[0], 5);
	assert_int_equal(days[0].slots, 1);
	assert_false(days[0].inexact);
	assert_int_equal(days[1].slots, 0);
	from = to;
	to.slot += 10;
	to.registers[0] += 50;
	to.reason = PROFILE_SILENT;
	days_add(days, 100, 3, &from, &to, 1);
	assert_int_equal(days[1].amount[0], 50);
	assert_int_equal(days[1].slots, 10);
	assert_false(days[1].inexact);
	from = to;
	to.slot += 60;
	to.registers[0] += 7;
	days_add(days, 100, 3, &from, &to, 1);
	assert_int_equal(days[1].slots, 48);
	assert_true(days[1].inexact);
	assert_false(day_exact(&days[1]));
	assert_int_equal(days[1].amount[0], 50);
	assert_int_equal(days[2].amount[0], 7);
	assert_int_equal(days[2].slots, 22);
	/* From before to behind. */
	from.slot = 48 * 90;
	to.slot = 48 * 110;
	days_add(days, 100, 3, &from, &to, 1);
	assert_int_equal(days[0].slots, 49);
	assert_int_equal(days[2].slots, 70);
}

static void daily_consumption(void **state)
{
	uint64_t sums[800] = { 0 };

	(void)state;
	seed = 8;
	while (stage.n <= 740 * 48) {
		struct profile_latch latch[96];

		for (size_t n = 0; n < ARRAY_SIZE(latch); n++) {
			const struct profile_latch *before =
				n ? &latch[n - 1] :
				    &stage.model[stage.n ? stage.n - 1 : 0];

			latch[n] = n ? *before : next_latch();
			latch[n].slot += n > 0;
			grow(&latch[n]);
			if (n || stage.n)
				sums[(latch[n].slot - 1 - START_SLOT) / 48] +=
					latch[n].registers[0] -
					before->registers[0];
		}
		assert_int_equal(put(latch, ARRAY_SIZE(latch)),
				 ARRAY_SIZE(latch));
	}
	assert_int_equal(read_log(LOG_DAILY_CONSUMPTION, 0), 731);
	for (size_t n = 0; n < listed.n; n++) {
		char start[64];
		uint64_t day = listed.entry[n].number - START_SLOT / 48;

		assert_int_equal(listed.entry[n].at_us,
				 listed.entry[n].number * DAY_US);
		snprintf(start, sizeof(start),
			 "{\"exact\":true,\"active-import\":%u,",
			 (unsigned int)sums[day]);
		assert_memory_equal(listed.detail[n], start, strlen(start));
	}
	assert_int_equal(listed.entry[730].number, START_SLOT / 48 + 741);
	/* Of the tenancy's first day only what is after it. */
	assert_int_equal(read_log(LOG_DAILY_CONSUMPTION,
				  US(START_SLOT + 732 * 48 + 40)),
			 10);
	assert_memory_equal(listed.detail[0], "{\"exact\":false,", 15);
	assert_memory_equal(listed.detail[1], "{\"exact\":true,", 14);
}

/* --- the rest */

static void tenancy(void **state)
{
	uint64_t us;

	(void)state;
	assert_int_equal(storaged_tenancy(&stage.service, &us), 0);
	assert_int_equal(us, 0);
	assert_int_equal(storaged_set_tenancy(&stage.service, 1001, 1000),
			 -ERANGE);
	assert_int_equal(storaged_set_tenancy(&stage.service, 1000, 1000), 0);
	/* It does not show again what is hidden. */
	assert_int_equal(storaged_set_tenancy(&stage.service, 999, 2000),
			 -ERANGE);
	reopen();
	assert_int_equal(storaged_tenancy(&stage.service, &us), 0);
	assert_int_equal(us, 1000);
	/* Not what it should be: nothing is shown. */
	assert_int_equal(store_put(stage.store, "tenancy", "123", 3), 0);
	assert_int_equal(storaged_tenancy(&stage.service, &us), 0);
	assert_int_equal(us, UINT64_MAX);
	assert_int_equal(store_put(stage.store, "tenancy", "1234567890", 10),
			 0);
	assert_int_equal(storaged_tenancy(&stage.service, &us), 0);
	assert_int_equal(us, UINT64_MAX);
}

static void which_meters(void **state)
{
	int meters[METER_ID_MAX];
	char name[METER_NAME_ROOM];
	uint64_t number;

	(void)state;
	assert_int_equal(storaged_meters(&stage.service, meters), 0);
	put_slot(1000000, 5);
	assert_int_equal(append("a", 1, LOG_EVENT, 1, "x", &number), 0);
	stage.meter = meter_id_of("generation3");
	put_slot(1000000, 5);
	assert_int_equal(storaged_meters(&stage.service, meters), 2);
	meter_name_of(meters[0], name);
	assert_string_equal(name, "electricity0");
	meter_name_of(meters[1], name);
	assert_string_equal(name, "generation3");
	assert_int_equal(meter_id_of("electricity"), -EINVAL);
	assert_int_equal(meter_id_of("electricity00"), -EINVAL);
	assert_int_equal(meter_id_of("gas9"), -EINVAL);
	assert_int_equal(meter_id_of(""), -EINVAL);
	assert_int_equal(meter_channel_of(meters[0], "reactive-export"), 3);
	assert_int_equal(meter_channel_of(meters[1], "active-import"), -EINVAL);
	assert_int_equal(meter_channel_of(99, "active-import"), -EINVAL);
}

int main(void)
{
#define TEST(_name) cmocka_unit_test_setup_teardown(_name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(half_hours),   TEST(only_24_months),
		TEST(any_history),  TEST(together),
		TEST(disk_full),    TEST(silent_and_off),
		TEST(wrong_clock),  TEST(breaks),
		TEST(damaged),	    TEST(damaged_at_the_end),
		TEST(each_once),    TEST(newest_kept),
		TEST(many_sources), TEST(not_a_record),
		TEST(by_day),	    TEST(daily_consumption),
		TEST(tenancy),	    TEST(which_meters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
