/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * prepayd's accounts on a disk of their own, below a tariffd and beside a
 * checker of tokens that are made up.
 */
#ifndef HEARTH_PREPAYD_STAGE_H
#define HEARTH_PREPAYD_STAGE_H

#include <errno.h>
#include <string.h>

#include "../common/outbox.h"
#include "../prepayd/prepayd-service.h"
#include "test.h"

#define US INT64_C(1000000)
#define HALF_HOUR (1800 * US)
#define DAY_US (86400 * US)
#define BEGIN (INT64_C(1709510400) * US) /* Monday 2024-03-04 00:00 UTC */
#define POUND INT64_C(100000)
#define POINTS (60 * 48)
#define GAS 1

/* A meter's counters at each half hour, and now. */
struct fake_meter {
	struct prepayd_charge point[POINTS];
	size_t n;
	int64_t cost_up, standing_up;
	int64_t standing_day_up;
	uint32_t epoch;
	uint64_t completed[64]; /* entries, as they were told of */
	struct prepayd_entry entry[64];
	size_t n_completed;
};

struct stage {
	char folder[64], path[96];
	struct store *store;
	struct prepayd_service service;
	int64_t now_us;
	struct fake_meter meter[PREPAYD_ACCOUNTS];
	uint64_t entries; /* closed so far */
	bool away;	  /* tariffd does not answer */
	bool deaf;	  /* nor takes what is completed */
	bool full;	  /* limit_disk() */
	bool no_key;
};

static inline struct fake_meter *fake_of(struct stage *stage, const char *name)
{
	return &stage->meter[strcmp(name, "gas0") == 0 ? GAS : 0];
}

static inline int fake_charges(void *userdata, const char *meter,
			       int64_t after_us, struct prepayd_charges *ret)
{
	struct stage *stage = userdata;
	const struct fake_meter *m = fake_of(stage, meter);

	if (stage->away)
		return -EHOSTUNREACH;
	ret->epoch = m->epoch;
	ret->n = 0;
	ret->charge = calloc(m->n + 1, sizeof(*ret->charge));
	for (size_t n = 0; n < m->n; n++)
		if (m->point[n].at_us > after_us)
			ret->charge[ret->n++] = m->point[n];
	/* No second point of a boundary. */
	if (ret->n && ret->charge[ret->n - 1].at_us == stage->now_us)
		return 0;
	ret->charge[ret->n++] = (struct prepayd_charge){
		.at_us = stage->now_us,
		.cost_up = m->cost_up,
		.standing_up = m->standing_up,
	};
	return 0;
}

static inline int fake_complete(void *userdata, const char *meter,
				const struct prepayd_entry *entry)
{
	struct stage *stage = userdata;
	struct fake_meter *m = fake_of(stage, meter);

	if (stage->away || stage->deaf)
		return -EHOSTUNREACH;
	for (size_t n = 0; n < m->n_completed; n++)
		if (m->completed[n] == entry->entry)
			return 0;
	assert_true(m->n_completed < 64);
	m->completed[m->n_completed] = entry->entry;
	m->entry[m->n_completed++] = *entry;
	return 0;
}

/* 20 digits: a counter, a value in mp, and what becomes of it. */
static inline const char *fake_token(char text[PREPAYD_UTRN_ROOM],
				     uint32_t counter, int64_t value_mp,
				     int what)
{
	char room[40];

	snprintf(room, sizeof(room), "%09u%010lld%d", counter,
		 (long long)value_mp, what);
	assert_int_equal(strlen(room), PREPAYD_UTRN_ROOM - 1);
	memcpy(text, room, PREPAYD_UTRN_ROOM);
	return text;
}

static inline int fake_check(void *userdata, const char *meter,
			     uint64_t supplier, const struct prepay *p,
			     const char *utrn, struct prepayd_token *ret)
{
	struct stage *stage = userdata;
	char counter[10] = "", value[11] = "";

	(void)meter, (void)supplier, (void)p;
	if (stage->no_key) {
		ret->verdict = PREPAYD_NO_KEY;
		strcpy(ret->text, "no key");
		return 0;
	}
	if (strlen(utrn) != 20) {
		ret->verdict = PREPAYD_NOT_TYPED;
		strcpy(ret->text, "not 20 digits");
		return 0;
	}
	memcpy(counter, utrn, 9);
	memcpy(value, utrn + 9, 10);
	ret->verdict = utrn[19] == '0' ? PREPAYD_AUTHENTIC : PREPAYD_WRONG;
	ret->code = utrn[19] == '0' ? 0 : 0x8f63;
	ret->counter = (uint64_t)atoll(counter) << 32;
	ret->value_mp = atoll(value);
	strcpy(ret->text, utrn[19] == '0' ? "accepted" : "not authentic");
	return 0;
}

static inline int stage_open(struct stage *stage)
{
	enum store_found found;
	int r;

	r = store_open(stage->path, prepayd_migrations, prepayd_n_migrations,
		       &stage->store, &found);
	if (r)
		return r;
	return prepayd_load(&stage->service, stage->store, stage->now_us,
			    found == STORE_SET_ASIDE);
}

/* Die: nothing is written that was not. */
static inline void stage_crash(struct stage *stage)
{
	store_close(stage->store);
	stage->full = false;
	assert_int_equal(stage_open(stage), 0);
}

static inline void stage_set_up(struct stage *stage)
{
	stage->now_us = BEGIN;
	stage->service.source =
		(struct prepayd_source){ fake_charges, fake_complete, stage };
	stage->service.checker = (struct prepayd_checker){ fake_check, stage };
}

static inline struct stage *stage_new(void)
{
	struct stage *stage = calloc(1, sizeof(*stage));

	strcpy(stage->folder, "/tmp/hearth-prepayd-XXXXXX");
	assert_non_null(mkdtemp(stage->folder));
	snprintf(stage->path, sizeof(stage->path), "%s/prepayd.db",
		 stage->folder);
	stage_set_up(stage);
	assert_int_equal(stage_open(stage), 0);
	return stage;
}

static inline void stage_remove(const char *folder)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	assert_int_equal(system(command), 0);
}

static inline void stage_free(struct stage *stage)
{
	store_close(stage->store);
	stage_remove(stage->folder);
	free(stage);
}

static inline struct prepayd_account *electricity(struct stage *stage)
{
	return &stage->service.account[0];
}

/* Time goes on; what a meter used by then came evenly. */
static inline void fake_pass(struct stage *stage, int64_t to_us,
			     int64_t more_up)
{
	while (stage->now_us < to_us) {
		int64_t next_us = (stage->now_us / HALF_HOUR + 1) * HALF_HOUR;
		bool boundary = next_us <= to_us;
		int64_t span_us = to_us - stage->now_us;

		if (!boundary)
			next_us = to_us;
		for (int n = 0; n < PREPAYD_ACCOUNTS; n++) {
			struct fake_meter *m = &stage->meter[n];

			m->cost_up +=
				more_up * (next_us - stage->now_us) / span_us;
			if (next_us % DAY_US == 0)
				m->standing_up += m->standing_day_up;
			if (boundary && m->n < POINTS)
				m->point[m->n++] = (struct prepayd_charge){
					next_us, m->cost_up, m->standing_up, 0
				};
		}
		more_up -= more_up * (next_us - stage->now_us) / span_us;
		stage->now_us = next_us;
	}
}

/* The last boundary closes a billing entry; its number. */
static inline uint64_t fake_close_entry(struct stage *stage, int meter)
{
	struct fake_meter *m = &stage->meter[meter];

	m->point[m->n - 1].entry = ++stage->entries;
	return stage->entries;
}

static inline void cycle(struct stage *stage)
{
	int r = prepayd_cycle(&stage->service, stage->now_us);

	assert_true(!r || stage->away || stage->deaf ||
		    (stage->full && r == -ENOSPC));
}

/* One is closed as tariffd does at a boundary: before its own point. */
static inline uint64_t fake_close_at_boundary(struct stage *stage, int meter,
					      int64_t standing_up)
{
	struct fake_meter *m = &stage->meter[meter];

	m->point[m->n] = m->point[m->n - 1];
	m->point[m->n - 1].entry = ++stage->entries;
	m->point[m->n - 1].standing_up -= standing_up;
	m->n++;
	return stage->entries;
}

/* One is closed here and now, by command. */
static inline uint64_t fake_close_now(struct stage *stage, int meter)
{
	struct fake_meter *m = &stage->meter[meter];

	m->point[m->n++] = (struct prepayd_charge){ stage->now_us, m->cost_up,
						    m->standing_up,
						    ++stage->entries };
	return stage->entries;
}

/* The disk takes no more pages, or as many as it likes. */
static inline void limit_disk(struct stage *stage, bool full)
{
	stage->full = full;
	assert_int_equal(store_run(stage->store,
				   full ? "PRAGMA max_page_count = 1" :
					  "PRAGMA max_page_count = 1073741823",
				   ""),
			 0);
}

/* How many records wait for a log, all of them or of one code. */
static inline int records(struct stage *stage, const char *log, int code)
{
	sqlite3_stmt *row;
	int n;

	assert_int_equal(
		store_row(stage->store, &row,
			  "SELECT count(*) FROM outbox WHERE log = ?1 AND"
			  " (code = ?2 OR ?2 < 0)",
			  "si", log, (int64_t)code),
		1);
	n = sqlite3_column_int(row, 0);
	store_done(row);
	return n;
}

static inline struct prepayd_receipt pay(struct stage *stage, uint32_t counter,
					 int64_t value_mp, int what)
{
	struct prepayd_receipt receipt = { 0 };
	char text[PREPAYD_UTRN_ROOM];

	assert_int_equal(
		prepayd_top_up(&stage->service, electricity(stage),
			       stage->now_us,
			       fake_token(text, counter, value_mp, what), true,
			       &receipt),
		0);
	return receipt;
}

#endif /* HEARTH_PREPAYD_STAGE_H */
