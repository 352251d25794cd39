/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The history on disk, without the bus. Nothing of it is kept in memory:
 * each command reads what it needs and writes in one transaction, so after
 * a failed one all is as it was.
 *
 * 0 or negative errno: what store.h lists, and -EINVAL: not a valid argument.
 * Times are microseconds of UTC.
 */
#ifndef HEARTH_STORAGED_SERVICE_H
#define HEARTH_STORAGED_SERVICE_H

#include "../common/outbox.h"
#include "../common/store.h"
#include "meters.h"
#include "profile-codec.h"

extern const char *const storaged_migrations[];
extern const size_t storaged_n_migrations;

#define STORAGED_TOGETHER 4 /* meters, in one transaction */

struct storaged_service {
	struct store *store;
	/* Where it works. */
	struct profile tail, piece;
	uint8_t octets[PROFILE_OCTETS_MAX(PROFILE_LATCHES, PROFILE_CHANNELS)];

	/* What explains missing half hours. */
	uint64_t started_us; /* of this process; 0: no cycle yet */
	uint64_t seen_us;    /* of the last cycle */
	uint64_t jump_from_us, jump_to_us; /* the clock was set over these */
	bool clock_behind; /* it is earlier than what is stored */
	bool damaged;	   /* some history could not be read */

	/* Called after the commit, with the newest number. */
	void (*logged)(void *userdata, const char *meter, const char *log,
		       uint64_t number);
	void *userdata;
	struct {
		int meter, log;
		uint32_t number;
	} added[STORAGED_TOGETHER * LOG_ID_MAX]; /* in this transaction */
	size_t n_added;
};

void storaged_init(struct storaged_service *service, struct store *store);

/* --- half hours */

/*
 * The time goes on; waited_us: how long this process has waited for it to be
 * known, the first time.
 */
void storaged_time(struct storaged_service *service, uint64_t now_us,
		   uint64_t waited_us);

/* The last latch of a meter; -ENOENT: there is none. */
int storaged_last(struct storaged_service *service, int meter,
		  struct profile_latch *ret);

struct storaged_readings {
	int meter;
	const struct profile_latch *latch;
	size_t n;
};

/*
 * Store latches, ascending; their reason is found here. What is not later than
 * the last one stored is left out; more than now_us says is -ERANGE. In one
 * transaction with the log records that go with it (M-6: outages, as far as
 * missing half hours show them). Returns how many were new.
 *
 * Up to STORAGED_TOGETHER meters, another each, in one transaction, for a
 * commit costs flash whatever is in it; all of them or nothing.
 */
int storaged_put_each(struct storaged_service *service,
		      const struct storaged_readings *readings, size_t n,
		      uint64_t now_us);

/* The same of one. */
int storaged_put(struct storaged_service *service, int meter,
		 const struct profile_latch *latch, size_t n, uint64_t now_us);

/*
 * Call fn for each latch from the last one at or before "from" (or the first
 * there is) on, with the one before it, NULL for the first call; registers of
 * channels not wanted are 0. A return other than 0 ends it, and is returned.
 */
typedef int storaged_latch_fn(const struct profile_latch *before,
			      const struct profile_latch *latch,
			      void *userdata);
int storaged_walk(struct storaged_service *service, int meter,
		  unsigned int wanted, uint64_t from_us, storaged_latch_fn *fn,
		  void *userdata);

/* Meters with a history, ascending; how many. */
int storaged_meters(struct storaged_service *service,
		    int ret_meters[METER_ID_MAX]);

/* --- logs (L-2, T-8) */

/*
 * A record of a daemon: durable on return. *ret_number is its number in the
 * log; 0 if the source has sent a record of this sequence, or a later, before.
 */
int storaged_append(struct storaged_service *service, const char *source,
		    uint64_t sequence, const struct log_record *record,
		    uint64_t *ret_number);

/* A record of storaged's own, in a transaction of its own. */
int storaged_note(struct storaged_service *service,
		  const struct log_record *record);

struct storaged_entry {
	uint64_t number, at_us;
	uint16_t code;
	const char *text, *detail;
};

/*
 * Call fn for the records with from <= at < to (0: no end), oldest number
 * first, of those that are seen from tenancy_us on (0: all). For
 * "daily-consumption" they are made of the half hours: the number is the day,
 * since 1970, "at" its midnight.
 */
typedef int storaged_entry_fn(const struct storaged_entry *entry,
			      void *userdata);
int storaged_read_log(struct storaged_service *service, int meter,
		      const char *log, uint64_t from_us, uint64_t to_us,
		      uint64_t tenancy_us, storaged_entry_fn *fn,
		      void *userdata);

/* --- the rest */

/* Since when the present consumer is here; 0: from the beginning (L-4). */
int storaged_tenancy(struct storaged_service *service, uint64_t *ret_us);
/* -ERANGE: later than now, or earlier than the one before. */
int storaged_set_tenancy(struct storaged_service *service, uint64_t tenancy_us,
			 uint64_t now_us);

/* Octets of the database; time of the first latch, 0: none. */
int storaged_size(struct storaged_service *service, uint64_t *ret_octets);
int storaged_oldest(struct storaged_service *service, uint64_t *ret_us);

#endif /* HEARTH_STORAGED_SERVICE_H */
