// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What rating a household-year of half hours costs: figures for make bench, a
 * JSON object a line. CPU time of one thread; each figure and its baselines
 * are measured in turns, and the median turn counts. Baselines are the same
 * sums in SQL, of a table of half hours in memory, and a bare loop.
 *
 * Real half hours and prices where ../shared/data is, or else made here.
 */
#include <sqlite3.h>
#include <string.h>

#include "../test/tariff-data.h"
#include "../tariffd/tariff-rate.h"

#define TURNS 9
#define YEAR (365 * CIVIL_SLOTS)
#define BEGIN INT64_C(1669852800) /* 2022-12-01 00:00 UTC */
#define BLOCK_WH 1500

static int32_t wh_of[YEAR], price_of[YEAR];
static int64_t register_wh[YEAR + 1];
static uint8_t row_of[CIVIL_SLOTS];
static struct tariff begun;
static struct tariff_rates rates;
static sqlite3 *db;

static void die(const char *what)
{
	fprintf(stderr, "bench-tariff: %s\n", what);
	exit(1);
}

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* --- the ways to a year's cost, micro-pence */

static int64_t steps(bool dynamic)
{
	static struct tariff t;
	struct tariff_step step;

	t = begun;
	tariff_use_dynamic(&t, dynamic);
	for (int n = 0; n < YEAR; n++) {
		if (dynamic && n % CIVIL_SLOTS == 0)
			for (int k = n; k < n + CIVIL_SLOTS; k++)
				if (tariff_set_dynamic(
					    &t, BEGIN + k * INT64_C(1800),
					    price_of[k]))
					die("a price is refused");
		if (tariff_advance(&t, BEGIN + (n + 1) * INT64_C(1800),
				   register_wh[n + 1], &step))
			die("a reading is refused");
	}
	return t.cost_up;
}

static int64_t at_once(bool dynamic)
{
	static struct tariff t;
	struct tariff_step step;

	t = begun;
	if (tariff_rate_profile(&t, &rates, register_wh, YEAR,
				dynamic ? price_of : NULL, &step))
		die("a year is refused");
	return t.cost_up;
}

static int64_t compile(bool dynamic)
{
	(void)dynamic;
	if (tariff_rates_compile(&begun.calendar, civil_utc_day(BEGIN), 365,
				 &rates))
		die("a calendar is refused");
	return rates.days;
}

/* Three rates in blocks, as in main(), with nothing around them. */
static int64_t bare_blocks(void)
{
	int64_t cost = 0, used[3] = { 0 };

	for (int n = 0; n < YEAR; n++) {
		int slot = n % CIVIL_SLOTS;
		int row = row_of[slot];
		int64_t wh = wh_of[n], low;

		if (!slot) {
			used[0] = 0;
			used[1] = 0;
			used[2] = 0;
		}
		low = BLOCK_WH - used[row];
		low = low < 0 ? 0 : low > wh ? wh : low;
		used[row] += wh;
		cost += low * begun.prices.cell_mp[TARIFF_CELL(row, 0)] +
			(wh - low) * begun.prices.cell_mp[TARIFF_CELL(row, 1)];
	}
	return cost;
}

static int64_t bare(bool dynamic)
{
	int64_t cost = 0;

	if (!dynamic)
		return bare_blocks();
	for (int n = 0; n < YEAR; n++)
		cost += (int64_t)wh_of[n] * price_of[n];
	return cost;
}

static int64_t in_sql(bool dynamic)
{
	static sqlite3_stmt *prepared[2];
	static const char *const text[] = {
		"SELECT sum(min(wh, 1500) * low + max(wh - 1500, 0) * high) "
		"FROM (SELECT n / 48 AS day, row, sum(wh) AS wh FROM half_hour "
		"JOIN slot ON slot.slot = n % 48 GROUP BY day, row) "
		"JOIN rate USING (row)",
		"SELECT sum(wh * price) FROM half_hour JOIN half_hour_price "
		"USING (n)",
	};
	sqlite3_stmt *s = prepared[dynamic];
	int64_t cost;

	if (!s && sqlite3_prepare_v2(db, text[dynamic], -1, &s, NULL))
		die(sqlite3_errmsg(db));
	prepared[dynamic] = s;
	if (sqlite3_step(s) != SQLITE_ROW)
		die(sqlite3_errmsg(db));
	cost = sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	return cost;
}

static void sql(const char *text)
{
	if (sqlite3_exec(db, text, NULL, NULL, NULL))
		die(sqlite3_errmsg(db));
}

static void fill_database(void)
{
	char text[200];

	if (sqlite3_open(":memory:", &db))
		die("no database");
	sql("BEGIN;"
	    "CREATE TABLE half_hour(n INTEGER PRIMARY KEY, wh INTEGER);"
	    "CREATE TABLE half_hour_price(n INTEGER PRIMARY KEY, price INTEGER);"
	    "CREATE TABLE slot(slot INTEGER PRIMARY KEY, row INTEGER);"
	    "CREATE TABLE rate(row INTEGER PRIMARY KEY, low INTEGER, "
	    "high INTEGER);");
	for (int n = 0; n < YEAR; n++) {
		snprintf(text, sizeof(text),
			 "INSERT INTO half_hour VALUES(%d, %d);"
			 "INSERT INTO half_hour_price VALUES(%d, %d)",
			 n, wh_of[n], n, price_of[n]);
		sql(text);
	}
	for (int slot = 0; slot < CIVIL_SLOTS; slot++) {
		snprintf(text, sizeof(text), "INSERT INTO slot VALUES(%d, %d)",
			 slot, row_of[slot]);
		sql(text);
	}
	for (int row = 0; row < 3; row++) {
		snprintf(text, sizeof(text),
			 "INSERT INTO rate VALUES(%d, %d, %d)", row,
			 begun.prices.cell_mp[TARIFF_CELL(row, 0)],
			 begun.prices.cell_mp[TARIFF_CELL(row, 1)]);
		sql(text);
	}
	sql("COMMIT");
}

/* --- measuring */

typedef int64_t way_fn(bool dynamic);

static double us_each(way_fn *way, bool dynamic, int times)
{
	volatile int64_t sink;
	uint64_t from = cpu_ns();

	for (int n = 0; n < times; n++)
		sink = way(dynamic);
	(void)sink;
	return (double)(cpu_ns() - from) / times / 1e3;
}

static double median(double value[TURNS])
{
	qsort(value, TURNS, sizeof(*value), by_value);
	return value[TURNS / 2];
}

static void report(const char *name, double value, const char *what,
		   double baseline)
{
	printf("{\"name\": \"%s\", \"value\": %.3f, \"unit\": \"us a "
	       "household-year, %s\", \"baseline\": %.3f, \"ratio\": %.4f}\n",
	       name, value, what, baseline, value / baseline);
}

static void bench(bool dynamic, const char *const name[3],
		  const char *const what[3])
{
	double ours[TURNS], stepped[TURNS], loop[TURNS], tables[TURNS];
	double loop_us;

	if (at_once(dynamic) != bare(dynamic) ||
	    steps(dynamic) != bare(dynamic) || in_sql(dynamic) != bare(dynamic))
		die("the ways differ");
	for (int turn = 0; turn < TURNS; turn++) {
		ours[turn] = us_each(at_once, dynamic, 200);
		loop[turn] = us_each(bare, dynamic, 200);
		stepped[turn] = us_each(steps, dynamic, 5);
		tables[turn] = us_each(in_sql, dynamic, 2);
	}
	loop_us = median(loop);
	report(name[0], median(ours), what[0], median(tables));
	report(name[1], ours[TURNS / 2], what[1], loop_us);
	report(name[2], median(stepped), what[2], loop_us);
}

static void bench_compile(void)
{
	double ours[TURNS], loop[TURNS];

	for (int turn = 0; turn < TURNS; turn++) {
		ours[turn] = us_each(compile, false, 50);
		loop[turn] = us_each(bare, false, 50);
	}
	report("tariff_compile", median(ours),
	       "laying out its calendar (baseline: a bare loop that rates it)",
	       median(loop));
}

static void load(void)
{
	static struct data_half_hour half[DATA_MAX];
	static struct data_price price[DATA_MAX];
	size_t halves = data_household(half), prices = data_prices(price);

	if (!halves || !prices)
		fprintf(stderr, "bench-tariff: no " DATA_DIR
				": half hours made here instead\n");
	for (int n = 0; n < YEAR; n++) {
		wh_of[n] = n * 7919 % 997;
		price_of[n] = n * 104729 % 60000 - 3000;
	}
	for (size_t n = 0; n < halves; n++) {
		int64_t at = (half[n].start_s - BEGIN) / CIVIL_SLOT_S;

		if (at >= 0 && at < YEAR)
			wh_of[at] = half[n].wh;
	}
	for (size_t n = 0; n < prices; n++) {
		int64_t at = (price[n].start_s - BEGIN) / CIVIL_SLOT_S;

		if (at >= 0 && at < YEAR)
			price_of[at] = price[n].price_mp;
	}
	for (int n = 0; n < YEAR; n++)
		register_wh[n + 1] = register_wh[n] + wh_of[n];
}

int main(void)
{
	struct tariff_calendar c = { .days = 1, .weeks = 1, .seasons = 1 };
	struct tariff_period daily = { BEGIN, REPEAT_DAILY };
	struct tariff_thresholds x;
	struct tariff_prices p = { 0 };

	load();
	for (unsigned int slot = 0; slot < CIVIL_SLOTS; slot++) {
		row_of[slot] = slot < 14 ? 0 : slot >= 32 && slot < 38 ? 2 : 1;
		c.action[0][slot] = (uint8_t)(ACTION_BLOCK + row_of[slot]);
	}
	c.season_start[0] =
		(struct calendar_date){ DATE_ANY_YEAR, 1, 1, DATE_ANY };
	for (unsigned int row = 0; row < TARIFF_ROWS; row++)
		for (unsigned int n = 0; n < TARIFF_BLOCKS; n++) {
			p.cell_mp[TARIFF_CELL(row, n)] =
				(int32_t)(9000 + 5000 * row + 2000 * n);
			if (n < TARIFF_BLOCKS - 1)
				x.wh[row][n] = n ? TARIFF_NO_THRESHOLD :
						   BLOCK_WH;
		}
	if (tariff_start(&begun, BEGIN, 0, &c, &x, &p, NULL) ||
	    tariff_set_reset(&begun, &daily, NULL))
		die("the tariff is refused");
	compile(false);
	fill_database();
	bench_compile();
	bench(false,
	      (const char *const[]){ "tariff_year_blocks_sql",
				     "tariff_year_blocks",
				     "tariff_year_blocks_stepwise" },
	      (const char *const[]){
		      "three rates in blocks, at once (baseline: SQL)",
		      "three rates in blocks, at once (baseline: a bare loop)",
		      "three rates in blocks, half hour by half hour "
		      "(baseline: a bare loop)" });
	/* Where half hours have their price there is one register. */
	memset(&begun.calendar.action, ACTION_TOU,
	       sizeof(begun.calendar.action));
	begun.reset.repeat = REPEAT_NEVER;
	tariff_refresh(&begun);
	compile(true);
	bench(true,
	      (const char *const[]){ "tariff_year_half_hourly_sql",
				     "tariff_year_half_hourly",
				     "tariff_year_half_hourly_stepwise" },
	      (const char *const[]){
		      "half-hourly prices, at once (baseline: SQL)",
		      "half-hourly prices, at once (baseline: a bare loop)",
		      "half-hourly prices set a day ahead, half hour by half "
		      "hour (baseline: a bare loop)" });
	sqlite3_close_v2(db);
	return 0;
}
