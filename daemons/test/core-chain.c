// SPDX-License-Identifier: LGPL-2.1-or-later
#include "core-chain.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../common/util.h"

#define LATCHES_MAX 3000
#define POINTS_ROOM 64
#define LATE_S 60
#define UP_A_MP 1000

static const char *const names[CHAIN_DAEMONS] = { "storaged", "tariffd",
						  "prepayd", "supplyd" };
static const char *const meters[SIM_METERS] = { "electricity0", "gas0" };

void chain_fail(const struct chain *chain, const char *format, ...)
{
	va_list list;

	(void)fflush(stdout);
	fprintf(stderr, "seed %" PRIu64 " at %" PRId64 ": ", chain->seed,
		chain_now_s(chain));
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fputc('\n', stderr);
	exit(1);
}

/* Is all well, or the power gone? Anything else ends it. */
static bool went_well(const struct chain *chain, int r, const char *what)
{
	if (!chain_has_power(chain))
		return false;
	if (r < 0)
		chain_fail(chain, "%s: %s", what, strerror(-r));
	return true;
}

/* --- the switches, which the home has */

static enum sim_meter_kind kind_of(const char *meter)
{
	return strcmp(meter, meters[SIM_GAS]) ? SIM_ELECTRICITY : SIM_GAS;
}

static int gear_command(void *gear, const char *meter, bool on)
{
	struct chain *chain = gear;
	enum sim_meter_kind kind = kind_of(meter);

	/* S-1: nobody remote opens a valve. */
	if (on && kind == SIM_GAS && !chain->consent)
		chain_fail(chain, "the valve was opened with nobody there");
	chain->home.meter[kind].commanded_on = on;
	(void)sim_home_switch(&chain->home, kind);
	return 0;
}

static int gear_read(void *gear, const char *meter, struct switch_state *ret)
{
	const struct chain *chain = gear;
	const struct sim_meter *m = &chain->home.meter[kind_of(meter)];

	ret->commanded = m->commanded_on ? SUPPLY_SENSED_ON : SUPPLY_SENSED_OFF;
	ret->sensed = m->contact == SIM_CONTACT_UNKNOWN ?
			      SUPPLY_SENSED_UNKNOWN :
		      m->on ? SUPPLY_SENSED_ON :
			      SUPPLY_SENSED_OFF;
	return 0;
}

static const struct switchgear_ops gear_ops = { gear_command, gear_read };

/* --- what prepayd asks */

static int add_point(struct prepayd_charges *charges,
		     const struct tariffd_point *point)
{
	struct prepayd_charge *more = realloc(
		charges->charge, (charges->n + 1) * sizeof(*charges->charge));

	if (!more)
		return -ENOMEM;
	charges->charge = more;
	more[charges->n++] = (struct prepayd_charge){
		.at_us = point->at_s * (int64_t)USEC_PER_SEC,
		.cost_up = point->cost_up,
		.standing_up = point->standing_up,
		.entry = point->entry,
	};
	return 0;
}

static int get_charges(void *userdata, const char *name, int64_t after_us,
		       struct prepayd_charges *ret)
{
	struct chain *chain = userdata;
	struct tariffd_meter *meter;
	struct tariffd_point point[POINTS_ROOM];
	int64_t after_s = after_us / (int64_t)USEC_PER_SEC;
	size_t n;
	int r;

	if (!chain->store[CHAIN_TARIFFD])
		return -EHOSTUNREACH;
	meter = tariffd_meter(&chain->tariffd, name);
	ret->epoch = chain->tariffd.epoch;
	do {
		r = tariffd_points(&chain->tariffd, meter, after_s, point,
				   POINTS_ROOM, &n);
		for (size_t k = 0; k < n && !r; k++)
			r = add_point(ret, &point[k]);
		if (n)
			after_s = point[n - 1].at_s;
	} while (!r && n);
	if (!r)
		r = tariffd_present(meter, point);
	if (!r)
		r = add_point(ret, point);
	return r == -ENODATA ? 0 : r;
}

static int complete(void *userdata, const char *name,
		    const struct prepayd_entry *entry)
{
	struct chain *chain = userdata;
	struct tariffd_account account = {
		.balance_mp = entry->balance_mp,
		.emergency_mp = entry->emergency_mp,
	};

	if (!chain->store[CHAIN_TARIFFD])
		return -EHOSTUNREACH;
	memcpy(account.debt_mp, entry->debt_mp, sizeof(account.debt_mp));
	return tariffd_complete(&chain->tariffd,
				tariffd_meter(&chain->tariffd, name),
				entry->entry, &account);
}

void chain_token(char ret[PREPAYD_UTRN_ROOM], uint32_t counter, int64_t mp,
		 bool authentic)
{
	char room[48];

	(void)snprintf(room, sizeof(room), "%09" PRIu32 "%010" PRId64 "%d",
		       counter, mp, authentic);
	memcpy(ret, room, PREPAYD_UTRN_ROOM);
	ret[PREPAYD_UTRN_ROOM - 1] = '\0';
}

static int check_token(void *userdata, const char *meter, uint64_t supplier,
		       const struct prepay *p, const char *utrn,
		       struct prepayd_token *ret)
{
	char counter[10] = "", mp[11] = "";

	(void)userdata, (void)meter, (void)supplier, (void)p;
	memcpy(counter, utrn, 9);
	memcpy(mp, utrn + 9, 10);
	*ret = (struct prepayd_token){
		.verdict = utrn[19] == '1' ? PREPAYD_AUTHENTIC : PREPAYD_WRONG,
		.counter = strtoull(counter, NULL, 10) << 32,
		.value_mp = strtoll(mp, NULL, 10),
		.text = "as it says",
	};
	return 0;
}

/* --- start and end */

static int open_storaged(struct chain *chain, enum store_found found)
{
	(void)found;
	storaged_init(&chain->storaged, chain->store[CHAIN_STORAGED]);
	return 0;
}

static int open_tariffd(struct chain *chain, enum store_found found)
{
	memset(&chain->tariffd, 0, sizeof(chain->tariffd));
	return tariffd_load(&chain->tariffd, chain->store[CHAIN_TARIFFD], found,
			    chain_now_us(chain));
}

static int open_prepayd(struct chain *chain, enum store_found found)
{
	memset(&chain->prepayd, 0, sizeof(chain->prepayd));
	chain->prepayd.source =
		(struct prepayd_source){ get_charges, complete, chain };
	chain->prepayd.checker = (struct prepayd_checker){ check_token, chain };
	return prepayd_load(&chain->prepayd, chain->store[CHAIN_PREPAYD],
			    (int64_t)chain_now_us(chain),
			    found == STORE_SET_ASIDE);
}

static int open_supplyd(struct chain *chain, enum store_found found)
{
	(void)found;
	memset(&chain->supplyd, 0, sizeof(chain->supplyd));
	return supplyd_open(&chain->supplyd, chain->store[CHAIN_SUPPLYD],
			    &chain->gear, 0, chain_now_us(chain));
}

static void open_daemon(struct chain *chain, enum chain_daemon n)
{
	static int (*const open[CHAIN_DAEMONS])(struct chain *,
						enum store_found) = {
		open_storaged, open_tariffd, open_prepayd, open_supplyd
	};
	const char *const *const migrations[CHAIN_DAEMONS] = {
		storaged_migrations, tariffd_migrations, prepayd_migrations
	};
	const size_t n_migrations[CHAIN_DAEMONS] = { storaged_n_migrations,
						     TARIFFD_MIGRATIONS,
						     prepayd_n_migrations };
	enum store_found found;
	char path[32];
	int r;

	(void)snprintf(path, sizeof(path), "%s.db", names[n]);
	r = store_open(path, migrations[n], n_migrations[n], &chain->store[n],
		       &found);
	if (!r && found == STORE_SET_ASIDE)
		chain_fail(chain, "%s was damaged", path);
	if (!r)
		r = open[n](chain, found);
	if (r)
		chain_fail(chain, "%s does not start: %s", names[n],
			   strerror(-r));
}

void chain_start(struct chain *chain)
{
	for (int n = 0; n < CHAIN_DAEMONS; n++)
		if (!chain->store[n])
			open_daemon(chain, (enum chain_daemon)n);
}

void chain_kill(struct chain *chain, enum chain_daemon n)
{
	store_close(chain->store[n]);
	chain->store[n] = NULL;
}

void chain_power_back(struct chain *chain)
{
	for (int n = 0; n < CHAIN_DAEMONS; n++)
		if (chain->store[n])
			chain_kill(chain, (enum chain_daemon)n);
	powercut_restart(chain->disk);
}

void chain_begin(struct chain *chain, uint64_t seed, int64_t at_s,
		 uint64_t load_seed)
{
	memset(chain, 0, sizeof(*chain));
	chain->seed = seed;
	chain->disk = powercut_new(seed);
	chain->gear = (struct switchgear){ &gear_ops, chain };
	sim_home_init(&chain->home, at_s, NULL, load_seed);
	chain_start(chain);
}

void chain_end(struct chain *chain)
{
	for (int n = 0; n < CHAIN_DAEMONS; n++)
		if (chain->store[n])
			chain_kill(chain, (enum chain_daemon)n);
	powercut_free(chain->disk);
}

/* --- storaged's cycle: half hours, then what waits for the logs */

static bool store_latches(struct chain *chain, enum sim_meter_kind kind)
{
	struct profile_latch latch[SIM_LATCHES], last = { 0 };
	const struct sim_meter *m = &chain->home.meter[kind];
	int id = meter_id_of(meters[kind]);
	size_t n = 0;
	int r = storaged_last(&chain->storaged, id, &last);

	for (size_t k = 0; k < m->n_latches; k++) {
		uint32_t slot = (uint32_t)(m->latch[k].at_s / SIM_SLOT_S);

		if (!r && slot <= last.slot)
			continue;
		latch[n] = (struct profile_latch){
			.slot = slot,
			.flags = m->latch[k].by_hub ? PROFILE_BY_HUB : 0,
		};
		memcpy(latch[n].registers, m->latch[k].reg,
		       sizeof(latch[n].registers));
		n++;
	}
	r = storaged_put(&chain->storaged, id, latch, n, chain_now_us(chain));
	return went_well(chain, r, "storing half hours");
}

static struct chain_log *log_of(struct chain *chain, const char *meter,
				const char *log)
{
	struct chain_log *l = chain->log;

	for (; l < chain->log + chain->n_logs; l++)
		if (!strcmp(l->meter, meter) && !strcmp(l->log, log))
			return l;
	if (chain->n_logs == ARRAY_SIZE(chain->log))
		chain_fail(chain, "more logs than there are");
	chain->n_logs++;
	(void)snprintf(l->meter, sizeof(l->meter), "%s", meter);
	(void)snprintf(l->log, sizeof(l->log), "%s", log);
	return l;
}

static bool only_ours(const char *log)
{
	return !strcmp(log, LOG_BILLING) || !strcmp(log, LOG_DAILY_READ) ||
	       !strcmp(log, LOG_PREPAYMENT_DAILY_READ);
}

/*
 * Once, and none left out: numbers and sequences go up by one. What was sent
 * before the power went comes again, and must be known.
 */
static void count_record(struct chain *chain, enum chain_daemon n,
			 uint64_t sequence, struct chain_log *log,
			 uint64_t number)
{
	bool again = sequence <= chain->sent[n];

	if (!again && sequence != chain->sent[n] + 1)
		chain_fail(chain, "%s: record %" PRIu64 " after %" PRIu64,
			   names[n], sequence, chain->sent[n]);
	if (again ? number != 0 : !number && !chain->doubt[n])
		chain_fail(chain,
			   "%s: record %" PRIu64 " became number %" PRIu64,
			   names[n], sequence, number);
	/* Into others storaged itself writes as well. */
	if (number && number != log->newest + 1 &&
	    !(log->doubt && number == log->newest + 2) &&
	    (number <= log->newest || only_ours(log->log)))
		chain_fail(chain, "%s of %s: number %" PRIu64 " after %" PRIu64,
			   log->log, log->meter, number, log->newest);
	if (again)
		return;
	if (!number && log->doubt)
		log->newest++;
	if (!number || number > log->newest + 1)
		log->doubt = false;
	if (number)
		log->newest = number;
	chain->records++;
	chain->doubt[n] = false;
	chain->sent[n] = sequence;
}

/* As outbox_flush() does over the bus. */
static bool flush(struct chain *chain, enum chain_daemon n)
{
	struct store *store = chain->store[n];
	char source[64];
	sqlite3_stmt *row;
	uint64_t last = 0, number;
	int r;

	(void)snprintf(source, sizeof(source), "%s-%s", names[n],
		       store_id(store));
	r = store_row(store, &row,
		      "SELECT sequence, meter, log, at_us, code, text, detail"
		      " FROM outbox ORDER BY sequence",
		      "");
	while (r > 0) {
		struct log_record record = {
			.meter = (const char *)sqlite3_column_text(row, 1),
			.log = (const char *)sqlite3_column_text(row, 2),
			.at_us = (uint64_t)sqlite3_column_int64(row, 3),
			.code = (uint16_t)sqlite3_column_int(row, 4),
			.text = (const char *)sqlite3_column_text(row, 5),
			.detail = (const char *)sqlite3_column_text(row, 6),
		};
		struct chain_log *log = log_of(chain, record.meter, record.log);
		uint64_t sequence = (uint64_t)sqlite3_column_int64(row, 0);

		r = storaged_append(&chain->storaged, source, sequence, &record,
				    &number);
		if (r) {
			/* On disk, or not: nobody was told. */
			chain->doubt[n] = true;
			log->doubt = true;
			store_done(row);
			break;
		}
		last = sequence;
		count_record(chain, n, sequence, log, number);
		r = store_next(store, row);
	}
	if (!r && last)
		r = store_run(store, "DELETE FROM outbox WHERE sequence <= ?",
			      "i", (int64_t)last);
	return went_well(chain, r, "handing records to storaged");
}

static bool cycle_storaged(struct chain *chain)
{
	storaged_time(&chain->storaged, chain_now_us(chain), 0);
	for (int kind = 0; kind < SIM_METERS; kind++)
		if (!store_latches(chain, (enum sim_meter_kind)kind))
			return false;
	return true;
}

/* --- tariffd's */

struct latches {
	struct tariffd_reading reading[LATCHES_MAX];
	size_t n;
	bool gas;
};

static int take_latch(const struct profile_latch *before,
		      const struct profile_latch *latch, void *userdata)
{
	struct latches *l = userdata;

	(void)before;
	if (l->n == LATCHES_MAX)
		return -ENOBUFS;
	l->reading[l->n++] = (struct tariffd_reading){
		.at_s = (int64_t)latch->slot * SIM_SLOT_S,
		.value = (int64_t)latch->registers[0],
		.second_wh = -1,
	};
	return 0;
}

/* The meter's own; older ones, where it has them no longer, of storaged. */
static bool find_latches(struct chain *chain, enum sim_meter_kind kind,
			 struct latches *ret)
{
	const struct sim_meter *m = &chain->home.meter[kind];
	int64_t from_s = chain->tariffd.meter[kind].stored.first.upto_s;
	int64_t next_s = (from_s / SIM_SLOT_S + 1) * SIM_SLOT_S;
	int64_t last_s = from_s;
	size_t first = 0;
	int r = 0;

	ret->n = 0;
	while (first < m->n_latches && m->latch[first].at_s <= from_s)
		first++;
	if (chain->store[CHAIN_STORAGED] &&
	    (first == m->n_latches ? chain_now_s(chain) >= next_s + LATE_S :
				     m->latch[first].at_s > next_s))
		r = storaged_walk(&chain->storaged, meter_id_of(meters[kind]),
				  1, (uint64_t)from_s * USEC_PER_SEC,
				  take_latch, ret);
	if (ret->n)
		last_s = ret->reading[ret->n - 1].at_s;
	for (size_t n = first; n < m->n_latches && ret->n < LATCHES_MAX; n++)
		if (m->latch[n].at_s > last_s)
			ret->reading[ret->n++] = (struct tariffd_reading){
				.at_s = m->latch[n].at_s,
				.value = (int64_t)m->latch[n].reg[0],
				.second_wh = -1,
			};
	return went_well(chain, r, "reading half hours");
}

static bool cycle_tariffd(struct chain *chain)
{
	static struct latches latches[SIM_METERS];
	struct tariffd_input input[TARIFFD_METERS] = { 0 };
	int r;

	for (int kind = 0; kind < SIM_METERS; kind++) {
		struct sim_latch now = sim_home_registers(
			&chain->home, (enum sim_meter_kind)kind);

		if (!find_latches(chain, (enum sim_meter_kind)kind,
				  &latches[kind]))
			return false;
		input[kind].latch = latches[kind].reading;
		input[kind].n = latches[kind].n;
		input[kind].now = (struct tariffd_reading){
			.at_s = now.at_s,
			.value = (int64_t)now.reg[0],
			.second_wh = -1,
		};
		input[kind].wait = !chain->store[CHAIN_STORAGED];
	}
	r = tariffd_step(&chain->tariffd, input);
	return went_well(chain, r, "rating");
}

/* --- prepayd's and supplyd's */

static bool cycle_prepayd(struct chain *chain)
{
	int r = prepayd_cycle(&chain->prepayd, (int64_t)chain_now_us(chain));

	/* What it tells tariffd can wait. */
	return went_well(chain, r == -EHOSTUNREACH ? 0 : r, "charging");
}

static bool cycle_supplyd(struct chain *chain)
{
	static const enum supply_state wants[] = {
		[PREPAY_ON] = SUPPLY_ENABLED,
		[PREPAY_HOLD_OFF] = SUPPLY_DISABLED,
		[PREPAY_ARM] = SUPPLY_ARMED,
	};

	for (int n = 0; n < SUPPLYD_METERS; n++) {
		struct prepay_supply want =
			prepay_supply(&chain->prepayd.account[n].p);
		struct supply_reading reading = {
			.power_known = n == SUPPLYD_ELECTRICITY,
			.power_mw = sim_home_flow(&chain->home,
						  (enum sim_meter_kind)n),
		};
		int r = 0;

		if (chain->store[CHAIN_PREPAYD])
			r = supplyd_follow(&chain->supplyd,
					   (enum supplyd_which)n,
					   wants[want.want], want.reason,
					   chain_now_us(chain));
		if (went_well(chain, r, "prepayment's wish"))
			r = supplyd_advance(&chain->supplyd,
					    (enum supplyd_which)n, &reading,
					    chain_now_us(chain));
		if (!went_well(chain, r, "looking after supply"))
			return false;
	}
	return true;
}

bool chain_cycle(struct chain *chain)
{
	static bool (*const cycle[CHAIN_DAEMONS])(struct chain *) = {
		cycle_storaged, cycle_tariffd, cycle_prepayd, cycle_supplyd
	};

	for (int n = 0; n < CHAIN_DAEMONS; n++)
		if (chain->store[n] && !cycle[n](chain))
			return false;
	for (int n = CHAIN_TARIFFD; n < CHAIN_DAEMONS; n++)
		if (chain->store[n] && chain->store[CHAIN_STORAGED] &&
		    !flush(chain, (enum chain_daemon)n))
			return false;
	sim_home_read(&chain->home);
	return chain_has_power(chain);
}

/* --- what must hold */

/* T-1: every Wh is in a cell; the register is the home's own. */
static void check_register(struct chain *chain, const struct tariff *t,
			   int64_t sum)
{
	int64_t wh = (int64_t)sim_home_registers(&chain->home, SIM_ELECTRICITY)
			     .reg[0];

	if (chain->changed && t->upto_wh == wh) {
		chain->beyond_wh = sum - wh;
		chain->changed = false;
	}
	if (!chain->changed && sum != wh + chain->beyond_wh)
		chain_fail(chain,
			   "cells have %" PRId64 " Wh of %" PRId64
			   " + %" PRId64,
			   sum, wh, chain->beyond_wh);
}

static void check_cells(struct chain *chain)
{
	for (int kind = 0; kind < SIM_METERS; kind++) {
		const struct tariffd_state *s =
			&chain->tariffd.meter[kind].live;
		const char *why = "";
		int64_t sum = 0;

		if (!s->begun)
			continue;
		if (tariff_check(&s->first, &why))
			chain_fail(chain, "%s: %s", meters[kind], why);
		for (int n = 0; n < TARIFF_CELLS; n++)
			sum += s->first.cell_wh[n];
		if (kind == SIM_ELECTRICITY)
			check_register(chain, &s->first, sum);
	}
}

/* P-10, to the micro-penny, from what tariffd has charged. */
static void check_money(struct chain *chain)
{
	const struct prepay *p = &chain->prepayd.account[0].p;
	const struct tariff *t = &chain->tariffd.meter[0].live.first;
	int64_t worth_mp = p->balance_mp - (p->granted_mp - p->emergency_mp);
	int64_t spent_up;

	for (int n = 0; n < PREPAY_DEBTS; n++)
		worth_mp -= p->debt_mp[n];
	if (!p->based)
		return;
	if (!chain->based) {
		chain->based = true;
		chain->base_up = t->cost_up + t->standing_up;
		return;
	}
	spent_up = t->cost_up + t->standing_up - chain->base_up -
		   p->cost.rest_up - p->standing.rest_up;
	if (spent_up % UP_A_MP || worth_mp != chain->credited_mp +
						      chain->adjusted_mp -
						      spent_up / UP_A_MP)
		chain_fail(chain,
			   "worth %" PRId64 " mp of %" PRId64 " + %" PRId64
			   ", spent %" PRId64 " up",
			   worth_mp, chain->credited_mp, chain->adjusted_mp,
			   spent_up);
}

/* S-1: on only if nobody holds it off; the contact does as it is told. */
static void check_supply(struct chain *chain)
{
	for (int n = 0; n < SUPPLYD_METERS; n++) {
		const struct sim_meter *m = &chain->home.meter[n];
		const struct supply *s = &chain->supplyd.meter[n].supply;
		bool held = false;

		for (int owner = 0; owner < SUPPLY_OWNERS; owner++)
			held |= s->hold[owner].state != SUPPLY_ENABLED;
		if (m->commanded_on == held)
			chain_fail(chain, "%s is commanded %s", meters[n],
				   held ? "on, and held" : "off, by nobody");
	}
}

void chain_check(struct chain *chain)
{
	check_cells(chain);
	check_money(chain);
	check_supply(chain);
}
