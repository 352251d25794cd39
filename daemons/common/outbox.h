/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Records for the logs that storaged keeps. A daemon adds them in the
 * transaction of what they tell of, and they stay until storaged has them on
 * disk: each is in the log once, whatever died in between.
 */
#ifndef HEARTH_OUTBOX_H
#define HEARTH_OUTBOX_H

#include "store.h"
#include "util.h"

#define LOG_EVENT "event"
#define LOG_SECURITY "security"
#define LOG_POWER "power"
#define LOG_AUXILIARY "auxiliary"
#define LOG_BILLING "billing"
#define LOG_DAILY_READ "daily-read"
#define LOG_PREPAYMENT_DAILY_READ "prepayment-daily-read"

/* In octets, the terminating one not counted. */
#define LOG_TEXT_MAX 200
#define LOG_DETAIL_MAX 8192

struct log_record {
	const char *meter;  /* "electricity0" */
	const char *log;    /* one of the above */
	uint64_t at_us;	    /* UTC */
	uint16_t code;	    /* of a GBCS alert or event; 0: none */
	const char *text;   /* for a person */
	const char *detail; /* a JSON object; NULL: none */
};

/*
 * How many of a log are kept (T-8, L-2): 100, 12, 31; 0: no such log. Of what
 * waits here no more is kept either, the newest: the others would be gone from
 * the log as soon as they got there.
 */
unsigned int log_capacity(const char *log);

/* In the caller's transaction. -EINVAL: not a record. */
int outbox_add(struct store *store, const struct log_record *record);

/*
 * Hand all that waits to storaged, in order. The number that went, or negative
 * errno (-EHOSTUNREACH: storaged is not there); what did not go stays. What
 * storaged refuses as not a record is dropped, with a line in the log.
 */
int outbox_flush(struct store *store, sd_bus *bus, const char *daemon);

/* How many wait, or negative errno. */
int outbox_waiting(struct store *store);

#endif /* HEARTH_OUTBOX_H */
