// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What rating a household-year of half hours costs, beside a bare loop over
 * the same numbers: figures for make bench, a JSON object a line. CPU time of
 * one thread; both are measured in turns, and the median turn counts.
 *
 * Real half hours and prices where ../shared/data is, or else made here.
 */
#include "../test/tariff-data.h"
#include "../tariffd/tariff.h"

#define TURNS 9
#define YEAR (365 * CIVIL_SLOTS)
#define BEGIN INT64_C(1669852800) /* 2022-12-01 00:00 UTC */

static int32_t wh_of[YEAR], price_of[YEAR];
static struct tariff begun;

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

static int64_t engine(bool dynamic)
{
	static struct tariff t;
	struct tariff_step step;
	int64_t total = 0;

	t = begun;
	tariff_use_dynamic(&t, dynamic);
	for (int n = 0; n < YEAR; n++) {
		if (dynamic && n % CIVIL_SLOTS == 0)
			for (int k = n; k < n + CIVIL_SLOTS; k++)
				if (tariff_set_dynamic(
					    &t, BEGIN + k * INT64_C(1800),
					    price_of[k]))
					die("a price is refused");
		total += wh_of[n];
		if (tariff_advance(&t, BEGIN + (n + 1) * INT64_C(1800), total,
				   NULL, &step))
			die("a reading is refused");
	}
	return t.cost_up;
}

/* Three rates in blocks, as in main(), with nothing around them. */
static int64_t bare_blocks(void)
{
	int64_t cost = 0, used[3] = { 0 };

	for (int n = 0; n < YEAR; n++) {
		int slot = n % CIVIL_SLOTS;
		int row = slot < 14 ? 0 : slot >= 32 && slot < 38 ? 2 : 1;
		int64_t wh = wh_of[n], low = 1500 - used[row];

		if (!slot) {
			used[0] = 0;
			used[1] = 0;
			used[2] = 0;
			low = 1500;
		}
		low = low < 0 ? 0 : low > wh ? wh : low;
		used[row] += wh;
		cost += low * begun.prices.cell_mp[TARIFF_CELL(row, 0)] +
			(wh - low) * begun.prices.cell_mp[TARIFF_CELL(row, 1)];
	}
	return cost;
}

static int64_t bare_dynamic(void)
{
	int64_t cost = 0;

	for (int n = 0; n < YEAR; n++) {
		cost += (int64_t)wh_of[n] * price_of[n];
		__asm__ volatile("" : "+r"(cost));
	}
	return cost;
}

static void bench(const char *name, bool dynamic, const char *what)
{
	double ours[TURNS], bare[TURNS];
	volatile int64_t sink;

	if (engine(dynamic) != (dynamic ? bare_dynamic() : bare_blocks()))
		die("engine and loop differ");
	for (int turn = 0; turn < TURNS; turn++) {
		uint64_t from = cpu_ns();

		for (int n = 0; n < 4; n++)
			sink = engine(dynamic);
		ours[turn] = (double)(cpu_ns() - from) / 4 / 1e6;
		from = cpu_ns();
		for (int n = 0; n < 40; n++)
			sink = dynamic ? bare_dynamic() : bare_blocks();
		bare[turn] = (double)(cpu_ns() - from) / 40 / 1e6;
	}
	(void)sink;
	qsort(ours, TURNS, sizeof(*ours), by_value);
	qsort(bare, TURNS, sizeof(*bare), by_value);
	printf("{\"name\": \"%s\", \"value\": %.4f, \"unit\": \"ms a "
	       "household-year, %s (baseline: a bare loop)\", \"baseline\": "
	       "%.4f, \"ratio\": %.4f}\n",
	       name, ours[TURNS / 2], what, bare[TURNS / 2],
	       ours[TURNS / 2] / bare[TURNS / 2]);
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
}

int main(void)
{
	struct tariff_calendar c = { .days = 1, .weeks = 1, .seasons = 1 };
	struct tariff_period daily = { BEGIN, REPEAT_DAILY };
	struct tariff_thresholds x;
	struct tariff_prices p = { 0 };

	load();
	for (unsigned int slot = 0; slot < CIVIL_SLOTS; slot++)
		c.action[0][slot] = slot < 14		    ? 101 :
				    slot >= 32 && slot < 38 ? 103 :
							      102;
	c.season_start[0] =
		(struct calendar_date){ DATE_ANY_YEAR, 1, 1, DATE_ANY };
	for (unsigned int row = 0; row < TARIFF_ROWS; row++)
		for (unsigned int n = 0; n < TARIFF_BLOCKS; n++) {
			p.cell_mp[TARIFF_CELL(row, n)] =
				(int32_t)(9000 + 5000 * row + 2000 * n);
			if (n < TARIFF_BLOCKS - 1)
				x.wh[row][n] = n ? TARIFF_NO_THRESHOLD : 1500;
		}
	if (tariff_start(&begun, BEGIN, 0, &c, &x, &p, NULL) ||
	    tariff_set_reset(&begun, &daily, NULL))
		die("the tariff is refused");
	bench("tariff_year_blocks", false, "three rates in blocks");
	bench("tariff_year_half_hourly", true,
	      "half-hourly prices set a day ahead");
	return 0;
}
