// SPDX-License-Identifier: LGPL-2.1-or-later
/* Loading, catching up with tariffd, and the frame of every change. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../common/util.h"
#include "prepayd-work.h"

#define HALF_HOUR_S 1800
#define HALF_HOUR_US (HALF_HOUR_S * (int64_t)USEC_PER_SEC)
#define DAILY_KEPT 31 /* T-8 */

static const char *const meters[PREPAYD_ACCOUNTS] = { "electricity0", "gas0" };

/* As a meter is delivered: GBP 5 of emergency credit from GBP 2 on. */
static const struct prepay_settings delivered = {
	.emergency_limit_mp = 500000,
	.emergency_threshold_mp = 200000,
	.low_credit_threshold_mp = 200000,
	.max_credit_mp = 25000000,
	.max_balance_mp = 50000000,
	.share = 2500,
	.cap_mp = 1000000,
	.suspend_emergency = true,
	.lockout_tries = 5,
	.lockout_s = 600,
};

static int begin_account(struct prepayd_service *service,
			 struct prepayd_account *account, int64_t now_us,
			 bool lost)
{
	int r;

	account->settings = delivered;
	r = prepay_init(&account->p, 0, 0);
	if (!r)
		r = rows_save(service->store, account, true);
	if (!r && lost)
		r = record_lost(service->store, account->meter, now_us);
	return r;
}

int prepayd_load(struct prepayd_service *service, struct store *store,
		 int64_t now_us, bool lost)
{
	int r;

	service->store = store;
	r = store_begin(store);
	for (int n = 0; n < PREPAYD_ACCOUNTS && !r; n++) {
		struct prepayd_account *account = &service->account[n];

		memset(account, 0, sizeof(*account));
		account->meter = meters[n];
		account->id = n;
		r = rows_load(store, account);
		if (r == -ENOENT)
			r = begin_account(service, account, now_us, lost);
	}
	if (!r)
		return store_commit(store);
	store_rollback(store);
	return r;
}

struct prepayd_account *prepayd_account(struct prepayd_service *service,
					const char *meter)
{
	for (int n = 0; n < PREPAYD_ACCOUNTS; n++)
		if (!strcmp(service->account[n].meter, meter))
			return &service->account[n];
	return NULL;
}

/* --- points */

static int daily(struct work *work, int64_t midnight_s)
{
	if (midnight_s <= work->next.daily_s)
		return 0;
	work->next.daily_s = midnight_s;
	work->must = true;
	return record_daily(work->service->store, &work->next, midnight_s);
}

static int advance(struct work *work, const struct prepay_point *point)
{
	return prepay_advance(&work->next.p, &work->next.settings, point,
			      &work->alerts);
}

/*
 * Midnights that no point tells of: what fell due by time is charged, what was
 * consumed is not known until the next point.
 */
static int pass_midnights(struct work *work, const struct prepay_point *to)
{
	const struct prepay *p = &work->next.p;
	int64_t day = p->at_s / PREPAY_DAY_S + 1;
	int64_t last = (to->at_s - 1) / PREPAY_DAY_S;
	int r = 0;

	if (day < last - DAILY_KEPT)
		day = last - DAILY_KEPT;
	for (; day <= last && !r; day++) {
		struct prepay_point midnight = {
			.at_s = day * PREPAY_DAY_S,
			.epoch = p->epoch,
			.cost_up = p->cost.up,
			.standing_up = p->standing.up,
		};

		r = advance(work, &midnight);
		if (!r)
			r = daily(work, midnight.at_s);
	}
	return r;
}

static int take_point(struct work *work, uint32_t epoch,
		      const struct prepayd_charge *charge)
{
	struct prepay_point point = {
		.at_s = charge->at_us / (int64_t)USEC_PER_SEC,
		.epoch = epoch,
		.cost_up = charge->cost_up,
		.standing_up = charge->standing_up,
	};
	struct prepayd_account *next = &work->next;
	int r = 0;

	if (!next->p.based)
		next->daily_s = point.at_s;
	if (!next->p.based || next->p.epoch != epoch) {
		r = prepay_rebase(&next->p, &next->settings, &point,
				  &work->alerts);
		/* Entries are numbered anew as well. */
		next->entry = 0;
		work->must = true;
	}
	if (!r && next->daily_s < point.at_s)
		r = pass_midnights(work, &point);
	if (!r)
		r = advance(work, &point);
	/* An entry's point comes before that of its boundary. */
	if (!r && point.at_s % PREPAY_DAY_S == 0 && !charge->entry)
		r = daily(work, point.at_s);
	if (!r && charge->entry > next->entry) {
		r = rows_add_entry(work->service->store, next, charge->entry);
		next->entry = charge->entry;
		work->must = true;
	}
	return r;
}

static bool charge_check(const struct prepayd_charges *charges)
{
	for (size_t n = 0; n < charges->n; n++)
		if (charges->charge[n].at_us < 0 ||
		    charges->charge[n].at_us / (int64_t)USEC_PER_SEC >=
			    PREPAY_TIME_MAX_S)
			return false;
	return true;
}

/* Is there anything in it that was not taken before? The last is the present. */
static bool fresh(const struct work *work, const struct prepayd_charge *charge,
		  const struct prepayd_charge *last, bool other_epoch)
{
	/* Of a clock that was put back since. */
	if (charge->at_us > last->at_us)
		return false;
	return charge == last || charge->at_us > work->account->after_us ||
	       charge->entry > work->account->entry || other_epoch;
}

/* Where to go on from: points that stay are at boundaries and of entries. */
static void go_on(struct prepayd_account *next,
		  const struct prepayd_charge *charge, bool present)
{
	bool stays = charge->entry || charge->at_us % HALF_HOUR_US == 0;

	if ((stays && charge->at_us > next->after_us) ||
	    (present && charge->at_us < next->after_us))
		next->after_us = charge->at_us;
}

static int take_points(struct work *work, const struct prepayd_charges *charges)
{
	struct prepayd_account *next = &work->next;
	const struct prepayd_charge *charge = charges->charge, *last;
	int r = 0;

	if (!charges->n)
		return 0;
	last = charge + charges->n - 1;
	if (!charge_check(charges))
		return -EINVAL;
	/* What was consumed before the account began was paid elsewhere. */
	if (!next->p.based)
		charge = last;
	for (; charge <= last && !r; charge++) {
		if (!fresh(work, charge, last, next->p.epoch != charges->epoch))
			continue;
		r = take_point(work, charges->epoch, charge);
		go_on(next, charge, charge == last);
	}
	return r;
}

/* --- the frame */

static int look(struct work *work)
{
	int64_t now_s = work->now_us ? work->now_us / (int64_t)USEC_PER_SEC :
				       work->next.p.now_s;

	return prepay_look(&work->next.p, &work->next.settings, now_s,
			   &work->alerts);
}

/*
 * Points that an account cannot take (a counter out of bounds) are as good as
 * none: nobody is kept from a top-up by them.
 */
static int catch_up(struct work *work, const struct prepayd_charges *charges)
{
	struct store *store = work->service->store;
	int r;

	r = store_run(store, "SAVEPOINT points", "");
	if (!r)
		r = take_points(work, charges);
	if (r == -EINVAL || r == -ERANGE) {
		if (!work->account->unfit)
			log_warning("%s: tariffd's counters cannot be taken",
				    work->account->meter);
		work->account->unfit = true;
		work->next = *work->account;
		work->alerts = (struct prepay_alerts){ 0 };
		work->must = false;
		r = store_run(store, "ROLLBACK TO points", "");
	} else if (charges->n) {
		work->next.unfit = false;
	}
	return r ? r : store_run(store, "RELEASE points", "");
}

/* What tariffd says: before the transaction, for it may take its time. */
static void fetch(struct work *work, struct prepayd_service *service,
		  struct prepayd_account *account, int64_t now_us,
		  struct prepayd_charges *charges)
{
	const struct prepayd_source *source = &service->source;
	/* Again those of the last instant: an entry may have joined them. */
	int64_t after_us = account->after_us ? account->after_us - 1 : 0;

	memset(work, 0, sizeof(*work));
	memset(charges, 0, sizeof(*charges));
	work->service = service;
	work->account = account;
	work->next = *account;
	work->now_us = now_us;
	/* Without it what fell due waits; everything else goes on. */
	if (source->charges(source->userdata, account->meter, after_us,
			    charges))
		charges->n = 0;
}

int work_begin(struct work *work, struct prepayd_service *service,
	       struct prepayd_account *account, int64_t now_us)
{
	struct prepayd_charges charges;
	int r;

	fetch(work, service, account, now_us, &charges);
	r = store_begin(service->store);
	if (!r)
		r = catch_up(work, &charges);
	free(charges.charge);
	return r ? r : look(work);
}

/* Is it worth a write? */
static bool moved(const struct work *work)
{
	const struct prepay *next = &work->next.p;

	return work->must || work->cold || work->alerts.n ||
	       next->state != work->account->p.state ||
	       next->at_s / HALF_HOUR_S != work->account->saved_s / HALF_HOUR_S;
}

static int write_rows(struct work *work)
{
	struct store *store = work->service->store;
	int r;

	r = record_alerts(store, work->next.meter, &work->alerts);
	if (!r)
		r = rows_save(store, &work->next, work->cold);
	work->next.saved_s = work->next.p.at_s;
	return r;
}

int work_end(struct work *work, int r)
{
	return works_end(work, 1, r);
}

int works_end(struct work *work, size_t n, int r)
{
	struct store *store = work->service->store;
	bool any = false;

	for (size_t i = 0; i < n && !r; i++) {
		if (!moved(&work[i]))
			continue;
		r = write_rows(&work[i]);
		any = true;
	}
	if (!r && any)
		r = store_commit(store);
	store_rollback(store);
	for (size_t i = 0; i < n && !r; i++)
		*work[i].account = work[i].next;
	return r;
}

/* tariffd is told only of what is on disk, and asked again until it answers. */
static int complete_entries(struct prepayd_service *service,
			    const struct prepayd_account *account)
{
	struct prepayd_entry entry;
	int r;

	while ((r = rows_next_entry(service->store, account->meter, &entry)) >
	       0) {
		r = service->source.complete(service->source.userdata,
					     account->meter, &entry);
		if (r)
			return r;
		r = rows_drop_entry(service->store, account->meter,
				    entry.entry);
		if (r)
			return r;
	}
	return r;
}

int prepayd_cycle(struct prepayd_service *service, int64_t now_us)
{
	struct prepayd_charges charges[PREPAYD_ACCOUNTS];
	struct work work[PREPAYD_ACCOUNTS];
	int r;

	for (int n = 0; n < PREPAYD_ACCOUNTS; n++)
		fetch(&work[n], service, &service->account[n], now_us,
		      &charges[n]);
	r = store_begin(service->store);
	for (int n = 0; n < PREPAYD_ACCOUNTS; n++) {
		if (!r)
			r = catch_up(&work[n], &charges[n]);
		if (!r)
			r = look(&work[n]);
		free(charges[n].charge);
	}
	r = works_end(work, PREPAYD_ACCOUNTS, r);
	for (int n = 0; n < PREPAYD_ACCOUNTS && !r; n++)
		r = complete_entries(service, &service->account[n]);
	return r;
}
