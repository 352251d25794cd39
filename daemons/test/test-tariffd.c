// SPDX-License-Identifier: LGPL-2.1-or-later
/* The service of tariffd over a store on disk, without a bus. */
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <sys/resource.h>

#include "../tariffd/tariffd-service.h"
#include "tariff-oracle.h"

#define BEGIN MARCH_4
#define ELECTRICITY 0
#define GAS 1

struct home {
	char folder[64], path[80];
	struct store *store;
	struct tariffd_service service;
	struct tariffd_input input[TARIFFD_METERS];
	struct tariffd_reading latch[TARIFFD_METERS];
};

static void open_home(struct home *h)
{
	enum store_found found;

	assert_int_equal(store_open(h->path, tariffd_migrations,
				    TARIFFD_MIGRATIONS, &h->store, &found),
			 0);
	assert_int_equal(tariffd_load(&h->service, h->store, found, 0), 0);
}

static struct home *home_new(void)
{
	struct home *h = calloc(1, sizeof(*h));

	assert_non_null(h);
	strcpy(h->folder, "/tmp/hearth-tariffd-XXXXXX");
	assert_non_null(mkdtemp(h->folder));
	snprintf(h->path, sizeof(h->path), "%s/tariffd.db", h->folder);
	open_home(h);
	return h;
}

/* What a crash leaves: what was committed. */
static void reopen(struct home *h)
{
	store_close(h->store);
	open_home(h);
}

static int remove_one(const char *path, const struct stat *s, int flag,
		      struct FTW *ftw)
{
	(void)s, (void)flag, (void)ftw;
	return remove(path);
}

static void home_free(struct home *h)
{
	store_close(h->store);
	nftw(h->folder, remove_one, 4, FTW_DEPTH | FTW_PHYS);
	free(h);
}

static struct tariffd_meter *meter(struct home *h, int n)
{
	return &h->service.meter[n];
}

/* The present register of one meter; nothing of the other. */
static int see(struct home *h, int n, int64_t at_s, int64_t value)
{
	memset(h->input, 0, sizeof(h->input));
	h->input[n].now = (struct tariffd_reading){ at_s, value, -1 };
	return tariffd_step(&h->service, h->input);
}

/* A boundary latched, seen ten seconds later. */
static int latch(struct home *h, int n, int64_t at_s, int64_t value)
{
	memset(h->input, 0, sizeof(h->input));
	h->latch[n] = (struct tariffd_reading){ at_s, value, -1 };
	h->input[n].latch = &h->latch[n];
	h->input[n].n = 1;
	h->input[n].now = (struct tariffd_reading){ at_s + 10, value, -1 };
	return tariffd_step(&h->service, h->input);
}

static int64_t cells(const struct tariff *t)
{
	int64_t sum = 0;

	for (unsigned int n = 0; n < TARIFF_CELLS; n++)
		sum += t->cell_wh[n];
	return sum;
}

static int count(struct home *h, const char *log, const char *like)
{
	sqlite3_stmt *row;
	int n;

	assert_int_equal(store_row(h->store, &row,
				   "SELECT count(*) FROM outbox WHERE log = ? "
				   "AND text || detail LIKE ?",
				   "ss", log, like),
			 1);
	n = sqlite3_column_int(row, 0);
	store_done(row);
	return n;
}

static size_t points(struct home *h, int n, int64_t after_s,
		     struct tariffd_point *point, size_t room)
{
	size_t got = 0;

	assert_int_equal(tariffd_points(&h->service, meter(h, n), after_s,
					point, room, &got),
			 0);
	return got;
}

static struct tariff_prices flat(int32_t price_mp)
{
	struct tariff_prices p = { .standing_mp = 46000 };

	for (unsigned int n = 0; n < TARIFF_CELLS; n++)
		p.cell_mp[n] = price_mp + (int32_t)n;
	return p;
}

static void set_prices(struct home *h, int n, int64_t at_s, int32_t price_mp)
{
	struct tariff_prices p = flat(price_mp);
	struct tariffd_tables tables = { .prices = &p };
	const char *why = "";

	if (tariffd_set_tables(&h->service, meter(h, n), TARIFFD_PRIMARY, at_s,
			       &tables, &why))
		fail_msg("%s", why);
}

/* --- */

static void nobody_has_set_anything(void **state)
{
	struct home *h = home_new();
	struct tariffd_meter *m = meter(h, ELECTRICITY);
	struct tariffd_point p;

	(void)state;
	assert_int_equal(tariffd_present(m, &p), -ENODATA);
	assert_int_equal(tariffd_reset_blocks(&h->service, m), -EPERM);
	/* Latches of before are not waited for. */
	assert_int_equal(latch(h, ELECTRICITY, BEGIN + 100 * DAY, 5), 0);
	home_free(h);
	h = home_new();
	m = meter(h, ELECTRICITY);
	assert_int_equal(see(h, ELECTRICITY, BEGIN + 5, 123456), 0);
	reopen(h);
	assert_true(meter(h, ELECTRICITY)->stored.begun);
	assert_false(meter(h, GAS)->stored.begun);
	assert_int_equal(count(h, LOG_EVENT, "%begins%"), 1);
	/* In memory only, until a boundary comes. */
	assert_int_equal(see(h, ELECTRICITY, BEGIN + 15, 123460), 0);
	assert_int_equal(m->live.first.cell_wh[0], 4);
	assert_int_equal(m->stored.first.cell_wh[0], 0);
	assert_int_equal(latch(h, ELECTRICITY, BEGIN + 1800, 123500), 0);
	assert_int_equal(m->stored.first.cell_wh[0], 44);
	assert_int_equal(m->stored.first.cost_up, 0);
	assert_int_equal(tariffd_present(m, &p), 0);
	assert_int_equal(p.at_s, BEGIN + 1810);
	home_free(h);
}

static void a_change_closes_an_entry(void **state)
{
	struct tariffd_account account = { -5, 6, { 1, 2, 3, 4 } };
	struct tariffd_point p[20];
	struct home *h = home_new();
	struct tariffd_meter *m = meter(h, ELECTRICITY);
	unsigned int cancelled;
	size_t n;

	(void)state;
	assert_int_equal(see(h, ELECTRICITY, BEGIN, 1000), 0);
	set_prices(h, ELECTRICITY, 0, 20000);
	/* Now: an entry of this instant. */
	n = points(h, ELECTRICITY, 0, p, 20);
	assert_int_equal(n, 1);
	assert_int_equal(p[0].at_s, BEGIN);
	assert_int_equal(p[0].entry, 1);
	/* To come, at an instant that is no boundary; and cancelled. */
	set_prices(h, ELECTRICITY, BEGIN + 2000, 30000);
	assert_int_equal(tariffd_cancel(&h->service, m, TARIFFD_PRIMARY,
					TARIFF_PRICES | TARIFF_CALENDAR,
					&cancelled),
			 0);
	assert_int_equal(cancelled, TARIFF_PRICES);
	assert_int_equal(count(h, LOG_EVENT, "%cancelled%"), 1);
	set_prices(h, ELECTRICITY, BEGIN + 2000, 40000);
	reopen(h);
	assert_int_equal(latch(h, ELECTRICITY, BEGIN + 1800, 1100), 0);
	assert_int_equal(see(h, ELECTRICITY, BEGIN + 2000, 1111), 0);
	assert_int_equal(latch(h, ELECTRICITY, BEGIN + 3600, 1280), 0);
	assert_int_equal(count(h, LOG_EVENT, "new prices are in force"), 1);
	n = points(h, ELECTRICITY, BEGIN, p, 20);
	assert_int_equal(n, 3);
	assert_int_equal(p[1].at_s, BEGIN + 2000);
	assert_int_equal(p[1].entry, 2);
	assert_int_equal(p[2].entry, 0);
	/* 1100 to 1280 in half an hour: a ninth of it, 20, at the old price. */
	assert_int_equal(p[1].cost_up, 120 * 20000);
	assert_int_equal(p[2].cost_up, 120 * 20000 + 160 * 40000);
	assert_int_equal(count(h, LOG_BILLING, "%"), 0);
	assert_int_equal(tariffd_complete(&h->service, m, 3, &account),
			 -ENOENT);
	assert_int_equal(tariffd_complete(&h->service, m, 2, &account), 0);
	assert_int_equal(count(h, LOG_BILLING,
			       "%\"entry\": 2%prices%\"balance_mp\": -5%"
			       "[1, 2]%"),
			 1);
	assert_int_equal(tariffd_complete(&h->service, m, 2, &account), 0);
	assert_int_equal(count(h, LOG_BILLING, "%"), 1);
	/* Of the other meter it is not. */
	assert_int_equal(
		tariffd_complete(&h->service, meter(h, GAS), 1, &account), 0);
	assert_int_equal(count(h, LOG_BILLING, "%"), 1);
	home_free(h);
}

static void what_is_refused_changes_nothing(void **state)
{
	struct home *h = home_new();
	struct tariffd_meter *m = meter(h, ELECTRICITY);
	struct tariff_prices p = flat(1);
	struct tariff_thresholds x;
	struct tariff_calendar c;
	struct tariffd_tables tables = { &c, &x, &p };
	struct tariffd_state *before = calloc(1, sizeof(*before));
	int32_t prices[3] = { 1, 2, 3 };
	struct tariff_period bad = { 5, REPEAT_DAILY };
	const char *why = NULL;

	(void)state;
	assert_int_equal(see(h, ELECTRICITY, BEGIN + 5, 1000), 0);
	*before = m->stored;
	c = m->stored.first.calendar;
	x = m->stored.first.thresholds;
	x.wh[3][1] = 7;
	x.wh[3][0] = 8;
	assert_int_equal(tariffd_set_tables(&h->service, m, TARIFFD_PRIMARY, 0,
					    &tables, &why),
			 -EINVAL);
	assert_string_equal(why, "thresholds do not rise");
	assert_int_equal(tariffd_set_tables(&h->service, m, TARIFFD_SECONDARY,
					    0, &tables, &why),
			 -ENOENT);
	memset(&tables, 0, sizeof(tables));
	assert_int_equal(tariffd_set_tables(&h->service, m, TARIFFD_PRIMARY, 0,
					    &tables, &why),
			 -EINVAL);
	/* The third is too far ahead: none is there. */
	assert_int_equal(tariffd_set_half_hours(&h->service, m,
						BEGIN + 254 * 1800, prices, 3),
			 -ERANGE);
	assert_int_equal(tariffd_set_half_hours(&h->service, m, BEGIN, prices,
						3),
			 -ESTALE);
	assert_int_equal(tariffd_set_half_hours(&h->service, m, BEGIN + 1,
						prices, 0),
			 -EINVAL);
	assert_int_equal(tariffd_set_billing(&h->service, m, &bad, &why),
			 -EINVAL);
	assert_int_equal(tariffd_set_reset(&h->service, m, &bad, &why),
			 -EINVAL);
	assert_int_equal(tariffd_set_gas_values(&h->service, m, 3900, 100000),
			 -ENOENT);
	assert_memory_equal(before, &m->stored, sizeof(*before));
	reopen(h);
	assert_int_equal(m->stored.first.upto_wh, 1000);
	assert_int_equal(points(h, ELECTRICITY, 0, NULL, 0), 0);
	free(before);
	home_free(h);
}

static void entries_wait_for_the_account(void **state)
{
	struct tariff_period daily = { BEGIN, REPEAT_DAILY };
	struct tariffd_account account = { 0 };
	static struct tariffd_point p[2000];
	struct home *h = home_new();
	struct tariffd_meter *m = meter(h, ELECTRICITY);
	const char *why;
	size_t n, entries = 0;

	(void)state;
	assert_int_equal(see(h, ELECTRICITY, BEGIN, 0), 0);
	set_prices(h, ELECTRICITY, 0, 10000);
	assert_int_equal(tariffd_complete(&h->service, m, 1, &account), 0);
	assert_int_equal(tariffd_set_billing(&h->service, m, &daily, &why), 0);
	for (int64_t k = 1; k <= 20 * 48; k++)
		assert_int_equal(latch(h, ELECTRICITY, BEGIN + k * 1800, k), 0);
	/* Of 20, 12 wait; the others are in the log without it. */
	assert_int_equal(count(h, LOG_BILLING, "%without%"), 8);
	assert_int_equal(count(h, LOG_DAILY_READ, "%total_wh%"), 20);
	n = points(h, ELECTRICITY, BEGIN, p, 2000);
	/* 15 days of boundaries are kept, and as many entries' points. */
	assert_int_equal(n, 15 * 48 + 1 + 16);
	for (size_t k = 0; k < n; k++) {
		if (!p[k].entry)
			continue;
		entries++;
		/* Its own point is before the day that begins. */
		assert_int_equal(p[k].at_s % DAY, 0);
		assert_int_equal(p[k + 1].at_s, p[k].at_s);
		assert_int_equal(p[k + 1].standing_up - p[k].standing_up,
				 46000000);
		assert_int_equal(p[k + 1].cost_up, p[k].cost_up);
	}
	assert_int_equal(entries, 16);
	assert_int_equal(
		tariffd_complete(&h->service, m, p[n - 2].entry, &account), 0);
	home_free(h);
}

static void points_are_given_in_parts(void **state)
{
	struct tariff_period daily = { BEGIN, REPEAT_DAILY };
	struct tariffd_point p[3], all[300];
	struct home *h = home_new();
	size_t n, got = 0;
	const char *why;
	int64_t after = 0;

	(void)state;
	assert_int_equal(see(h, ELECTRICITY, BEGIN + 5, 0), 0);
	assert_int_equal(
		tariffd_set_billing(&h->service, meter(h, 0), &daily, &why), 0);
	for (int64_t k = 1; k <= 100; k++)
		assert_int_equal(latch(h, ELECTRICITY, BEGIN + k * 1800, k), 0);
	n = points(h, ELECTRICITY, 0, all, 300);
	assert_int_equal(n, 102);
	while (got < n) {
		size_t part = points(h, ELECTRICITY, after, p, 3);

		assert_true(part > 0);
		assert_memory_equal(p, all + got, part * sizeof(*p));
		got += part;
		after = p[part - 1].at_s;
	}
	assert_int_equal(points(h, ELECTRICITY, after, p, 3), 0);
	assert_int_equal(tariffd_points(&h->service, meter(h, 0),
					BEGIN + 47 * 1800, p, 1, &n),
			 -ENOBUFS);
	home_free(h);
}

static void a_missed_boundary_is_passed_by_estimate(void **state)
{
	struct home *h = home_new();
	struct tariffd_meter *m = meter(h, ELECTRICITY);
	struct tariffd_point p[9];

	(void)state;
	assert_int_equal(see(h, ELECTRICITY, BEGIN, 0), 0);
	set_prices(h, ELECTRICITY, BEGIN + 3600, 10000);
	assert_int_equal(see(h, ELECTRICITY, BEGIN + 1859, 1859), 0);
	assert_int_equal(m->stored.first.upto_s, BEGIN);
	assert_int_equal(m->live.first.upto_s, BEGIN + 1859);
	/* As long as latches may come, nothing is settled. */
	h->input[0].now = (struct tariffd_reading){ BEGIN + 1900, 1900, -1 };
	h->input[0].wait = true;
	assert_int_equal(tariffd_step(&h->service, h->input), 0);
	assert_int_equal(m->stored.first.upto_s, BEGIN);
	assert_int_equal(see(h, ELECTRICITY, BEGIN + 1910, 1910), 0);
	assert_int_equal(m->stored.first.upto_s, BEGIN + 1910);
	assert_int_equal(points(h, ELECTRICITY, 0, p, 9), 1);
	assert_int_equal(p[0].at_s, BEGIN + 1800);
	/* A day without a reading, with a change in it. */
	assert_int_equal(see(h, ELECTRICITY, BEGIN + DAY, DAY), 0);
	assert_int_equal(m->stored.first.cost_up, (DAY - 3600) * 10000);
	assert_true(m->stored.first.estimated_wh > 0);
	assert_int_equal(cells(&m->stored.first), DAY);
	home_free(h);
}

static void registers_and_clocks_go_back(void **state)
{
	struct home *h = home_new();
	struct tariffd_meter *m = meter(h, ELECTRICITY);
	struct tariffd_point p[9];

	(void)state;
	assert_int_equal(see(h, ELECTRICITY, BEGIN, 5000), 0);
	set_prices(h, ELECTRICITY, 0, 10000);
	assert_int_equal(latch(h, ELECTRICITY, BEGIN + 1800, 5100), 0);
	/* Lower in between: not believed until a boundary says so. */
	assert_int_equal(see(h, ELECTRICITY, BEGIN + 1900, 3), 0);
	assert_int_equal(m->live.first.upto_wh, 5100);
	assert_int_equal(latch(h, ELECTRICITY, BEGIN + 3600, 20), 0);
	assert_int_equal(count(h, LOG_EVENT, "%another meter%"), 1);
	assert_int_equal(latch(h, ELECTRICITY, BEGIN + 5400, 50), 0);
	assert_int_equal(cells(&m->stored.first), 130);
	assert_int_equal(m->stored.first.cost_up, 130 * 10000);
	/* A clock behind is waited for; what flows is counted. */
	assert_int_equal(see(h, ELECTRICITY, BEGIN + 5300, 60), 0);
	assert_int_equal(see(h, ELECTRICITY, BEGIN + 5310, 61), 0);
	assert_int_equal(count(h, LOG_EVENT, "%waiting%"), 1);
	assert_int_equal(cells(&m->live.first), 141);
	assert_int_equal(see(h, ELECTRICITY, BEGIN + 5401, 62), 0);
	assert_int_equal(latch(h, ELECTRICITY, BEGIN + 7200, 70), 0);
	assert_int_equal(cells(&m->stored.first), 150);
	/* From a year ahead it is followed. */
	assert_int_equal(see(h, ELECTRICITY, BEGIN + 400 * DAY, 80), 0);
	assert_int_equal(m->stored.first.standing_up, 400 * INT64_C(46000000));
	assert_int_equal(see(h, ELECTRICITY, BEGIN + 9000, 90), 0);
	assert_int_equal(m->stored.first.upto_s, BEGIN + 9000);
	assert_int_equal(count(h, LOG_EVENT, "%time with it%"), 1);
	reopen(h);
	assert_int_equal(latch(h, ELECTRICITY, BEGIN + 10800, 100), 0);
	assert_int_equal(cells(&m->stored.first), 180);
	assert_int_equal(m->stored.first.cost_up, 180 * 10000);
	assert_int_equal(m->stored.first.standing_up, 400 * INT64_C(46000000));
	assert_int_equal(points(h, ELECTRICITY, BEGIN + 8000, p, 9), 1);
	home_free(h);
}

static void the_second_element_has_its_own(void **state)
{
	struct home *h = home_new();
	struct tariffd_meter *m = meter(h, ELECTRICITY);
	struct tariff_prices p = flat(5000);
	struct tariffd_tables tables = { .prices = &p };
	struct tariffd_reading latches[3] = {
		{ BEGIN + 1800, 100, 1000 },
		{ BEGIN + 3600, 200, 1040 },
		/* Its register may be missing for a while. */
		{ BEGIN + 5400, 300, -1 },
	};
	struct tariffd_point point[9];
	const char *why;
	size_t n;

	(void)state;
	h->input[0].now = (struct tariffd_reading){ BEGIN, 0, 1000 };
	assert_int_equal(tariffd_step(&h->service, h->input), 0);
	assert_true(m->stored.second_begun);
	p.standing_mp = 0;
	assert_int_equal(tariffd_set_tables(&h->service, m, TARIFFD_SECONDARY,
					    BEGIN + 1800, &tables, &why),
			 0);
	set_prices(h, ELECTRICITY, BEGIN + 2700, 10000);
	reopen(h);
	memset(h->input, 0, sizeof(h->input));
	h->input[0].latch = latches;
	h->input[0].n = 2;
	assert_int_equal(tariffd_step(&h->service, h->input), 0);
	/* An entry of the second only, with the first as it is then. */
	assert_int_equal(tariffd_set_tables(&h->service, m, TARIFFD_SECONDARY,
					    BEGIN + 4000, &tables, &why),
			 0);
	h->input[0].n = 3;
	assert_int_equal(tariffd_step(&h->service, h->input), 0);
	assert_int_equal(m->stored.second.cell_wh[0], 40);
	assert_int_equal(m->stored.second.cost_up, 40 * 5000);
	assert_int_equal(m->stored.first.cost_up, 150 * 10000);
	n = points(h, ELECTRICITY, 0, point, 9);
	assert_int_equal(n, 6);
	assert_int_equal(point[0].entry, 1); /* at 1800, the second's */
	assert_int_equal(point[1].entry, 0);
	assert_int_equal(point[2].at_s, BEGIN + 2700);
	assert_int_equal(point[2].entry, 2);
	assert_int_equal(point[3].cost_up, 50 * 10000 + 40 * 5000);
	assert_int_equal(point[4].at_s, BEGIN + 4000);
	assert_int_equal(point[4].entry, 3);
	assert_int_equal(point[4].cost_up, 72 * 10000 + 40 * 5000);
	assert_int_equal(point[5].cost_up, 150 * 10000 + 40 * 5000);
	/* Both are in the history. */
	assert_int_equal(m->stored.cost.last_wh, 340);
	reopen(h);
	assert_int_equal(m->stored.second.cell_wh[0], 40);
	home_free(h);
}

static void gas_is_rated_as_energy(void **state)
{
	struct home *h = home_new();
	struct tariffd_meter *m = meter(h, GAS);

	(void)state;
	assert_int_equal(see(h, GAS, BEGIN, 7000), 0);
	set_prices(h, GAS, 0, 10000);
	assert_int_equal(latch(h, GAS, BEGIN + 1800, 8000), 0);
	assert_int_equal(m->stored.first.cell_wh[0], 11220);
	assert_int_equal(tariffd_set_gas_values(&h->service, m, 3600, 100000),
			 0);
	assert_int_equal(tariffd_set_gas_values(&h->service, m, 0, 100000),
			 -EINVAL);
	reopen(h);
	assert_int_equal(latch(h, GAS, BEGIN + 3600, 9000), 0);
	assert_int_equal(m->stored.first.cell_wh[0], 21220);
	assert_int_equal(m->stored.first.cost_up, INT64_C(21220) * 10000);
	/* Another meter: energy goes on. */
	assert_int_equal(latch(h, GAS, BEGIN + 5400, 10), 0);
	assert_int_equal(latch(h, GAS, BEGIN + 7200, 20), 0);
	assert_int_equal(m->stored.first.cell_wh[0], 21320);
	assert_int_equal(count(h, LOG_EVENT, "%another meter%"), 1);
	home_free(h);
}

/* The disk is full, and has room again. */
static void a_failed_commit_changes_nothing(void **state)
{
	struct home *h = home_new();
	struct tariffd_meter *m = meter(h, ELECTRICITY);
	struct tariff_prices p = flat(1);
	struct tariffd_tables tables = { .prices = &p };
	struct rlimit limit, none;
	struct tariffd_point point[99];
	const char *why;
	int r;

	(void)state;
	assert_int_equal(see(h, ELECTRICITY, BEGIN, 0), 0);
	set_prices(h, ELECTRICITY, 0, 10000);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	none = limit;
	none.rlim_cur = 1024;
	setrlimit(RLIMIT_FSIZE, &none);
	r = latch(h, ELECTRICITY, BEGIN + 1800, 70);
	assert_true(r < 0);
	assert_int_equal(m->stored.first.upto_wh, 0);
	/* What it costs now is known all the same. */
	assert_int_equal(m->live.first.cost_up, 70 * 10000);
	assert_true(tariffd_set_tables(&h->service, m, TARIFFD_PRIMARY, 0,
				       &tables, &why) < 0);
	assert_int_equal(m->stored.first.prices.cell_mp[0], 10000);
	setrlimit(RLIMIT_FSIZE, &limit);
	assert_int_equal(latch(h, ELECTRICITY, BEGIN + 1800, 70), 0);
	reopen(h);
	assert_int_equal(m->stored.first.cost_up, 70 * 10000);
	assert_int_equal(points(h, ELECTRICITY, 0, point, 99), 2);
	home_free(h);
}

/* The newest points are beside the state, and go to their table by and by. */
static void points_move_to_their_table(void **state)
{
	static const char *const back[] = {
		"CREATE TABLE hot(id INTEGER PRIMARY KEY, value BLOB NOT NULL)",
		"INSERT INTO hot SELECT id, value FROM live"
		" WHERE value IS NOT NULL",
		"INSERT INTO point SELECT at_s, meter, entry, cost_up,"
		" standing_up FROM live WHERE value IS NULL",
		"DROP TABLE live",
		"PRAGMA user_version = 1",
	};
	struct tariffd_point p[99];
	struct home *h = home_new();
	int64_t k;

	(void)state;
	assert_int_equal(see(h, ELECTRICITY, BEGIN, 0), 0);
	assert_int_equal(see(h, GAS, BEGIN, 0), 0);
	set_prices(h, ELECTRICITY, 0, 10000);
	for (k = 1; k <= 40; k++) {
		assert_int_equal(latch(h, ELECTRICITY, BEGIN + k * 1800, k), 0);
		assert_int_equal(latch(h, GAS, BEGIN + k * 1800, k), 0);
		if (k == 20) {
			/* As the first version had it. */
			for (size_t n = 0; n < ARRAY_SIZE(back); n++)
				assert_int_equal(
					store_run(h->store, back[n], ""), 0);
			reopen(h);
			assert_int_equal(meter(h, GAS)->stored.gas.upto_dm3, k);
		}
		if (k % 7 == 0)
			reopen(h);
		/* That of the entry which the first prices closed, and these. */
		assert_int_equal(points(h, ELECTRICITY, 0, p, 99), k + 1);
		assert_int_equal(p[k].at_s, BEGIN + k * 1800);
		assert_int_equal(p[k].cost_up, k * 10000);
		assert_int_equal(p[k - 1].at_s, BEGIN + (k - 1) * 1800);
		assert_int_equal(points(h, GAS, BEGIN, p, 99), k);
	}
	home_free(h);
}

static void what_cannot_be_read_begins_anew(void **state)
{
	struct home *h = home_new();
	uint32_t epoch;

	(void)state;
	assert_int_equal(see(h, ELECTRICITY, BEGIN, 500), 0);
	assert_int_equal(see(h, GAS, BEGIN, 500), 0);
	epoch = h->service.epoch;
	reopen(h);
	assert_int_equal(h->service.epoch, epoch);
	assert_int_equal(store_run(h->store,
				   "UPDATE live SET value = x'0102' "
				   "WHERE id = 0",
				   ""),
			 0);
	reopen(h);
	assert_int_equal(h->service.epoch, epoch + 1);
	assert_false(meter(h, ELECTRICITY)->stored.begun);
	assert_true(meter(h, GAS)->stored.begun);
	assert_int_equal(count(h, LOG_EVENT, "%cannot be read%"), 1);
	assert_int_equal(see(h, ELECTRICITY, BEGIN + 60, 600), 0);
	reopen(h);
	assert_int_equal(h->service.epoch, epoch + 1);
	assert_int_equal(meter(h, ELECTRICITY)->stored.first.start_wh, 600);
	home_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_has_set_anything),
		cmocka_unit_test(a_change_closes_an_entry),
		cmocka_unit_test(what_is_refused_changes_nothing),
		cmocka_unit_test(entries_wait_for_the_account),
		cmocka_unit_test(points_are_given_in_parts),
		cmocka_unit_test(a_missed_boundary_is_passed_by_estimate),
		cmocka_unit_test(registers_and_clocks_go_back),
		cmocka_unit_test(the_second_element_has_its_own),
		cmocka_unit_test(gas_is_rated_as_energy),
		cmocka_unit_test(a_failed_commit_changes_nothing),
		cmocka_unit_test(points_move_to_their_table),
		cmocka_unit_test(what_cannot_be_read_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
