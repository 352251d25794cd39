// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Two services with the same meters and the same commands: one lives on, the
 * other dies at any time, is away for hours, and finds its disk full. In the end
 * what both have on disk is the same, and every Wh is in one cell.
 */
#include <ftw.h>
#include <signal.h>
#include <sys/resource.h>

#include "tariff-oracle.h"
#include "tariffd-octets.h"

#define LIVES 5
#define HALF_HOURS 200

struct home {
	char folder[64], path[80];
	struct store *store;
	struct tariffd_service service;
};

static void open_home(struct home *h)
{
	enum store_found found;

	assert_int_equal(store_open(h->path, tariffd_migrations,
				    TARIFFD_MIGRATIONS, &h->store, &found),
			 0);
	assert_int_equal(tariffd_load(&h->service, h->store, found, 0), 0);
}

static void begin_home(struct home *h)
{
	strcpy(h->folder, "/tmp/hearth-tariffd-XXXXXX");
	assert_non_null(mkdtemp(h->folder));
	snprintf(h->path, sizeof(h->path), "%s/tariffd.db", h->folder);
	open_home(h);
}

static int remove_one(const char *path, const struct stat *s, int flag,
		      struct FTW *ftw)
{
	(void)s, (void)flag, (void)ftw;
	return remove(path);
}

static void end_home(struct home *h)
{
	store_close(h->store);
	nftw(h->folder, remove_one, 4, FTW_DEPTH | FTW_PHYS);
}

static void die_and_come_back(struct home *h)
{
	store_close(h->store);
	open_home(h);
}

static void same(struct home *a, struct home *b)
{
	static uint8_t one[TARIFFD_OCTETS], two[TARIFFD_OCTETS];
	size_t len = tariffd_octets(&a->service, one);

	assert_int_equal(tariffd_octets(&b->service, two), len);
	assert_memory_equal(one, two, len);
}

/* --- what happens */

struct world {
	uint64_t seed;
	int64_t at_s;
	int64_t wh, second_wh, dm3; /* the meters' registers */
	int64_t consumed, second_consumed;
	/* Latches the second service has not seen yet. */
	struct tariffd_reading missed[TARIFFD_METERS][HALF_HOURS];
	size_t n_missed;
};

static void flow(struct world *w)
{
	int64_t wh = draw(&w->seed, 900), second = draw(&w->seed, 90);

	w->wh += wh;
	w->consumed += wh;
	w->second_wh += second;
	w->second_consumed += second;
	w->dm3 += draw(&w->seed, 300);
}

static void input_of(const struct world *w, int64_t now_s, size_t n,
		     struct tariffd_input input[TARIFFD_METERS])
{
	memset(input, 0, TARIFFD_METERS * sizeof(*input));
	for (unsigned int m = 0; m < TARIFFD_METERS; m++) {
		input[m].latch = w->missed[m] + (w->n_missed - n);
		input[m].n = n;
		input[m].now.at_s = now_s;
		input[m].now.value = m ? w->dm3 : w->wh;
		input[m].now.second_wh = m ? -1 : w->second_wh;
	}
}

static int step(struct home *h, const struct world *w, int64_t now_s, size_t n)
{
	struct tariffd_input input[TARIFFD_METERS];

	input_of(w, now_s, n, input);
	return tariffd_step(&h->service, input);
}

static void disk(bool full)
{
	static struct rlimit was;
	struct rlimit limit;

	if (full) {
		getrlimit(RLIMIT_FSIZE, &was);
		limit = was;
		limit.rlim_cur = 1024;
		setrlimit(RLIMIT_FSIZE, &limit);
	} else {
		setrlimit(RLIMIT_FSIZE, &was);
	}
}

static struct tariffd_meter *any_meter(struct home *h, uint64_t *seed)
{
	return &h->service.meter[draw(seed, 4) ? 0 : 1];
}

/* The same seed does the same to both. */
static int command(struct home *h, uint64_t seed, int64_t at_s)
{
	struct tariff_period period = { MARCH_4, (uint8_t)draw(&seed, 4) };
	struct tariffd_service *service = &h->service;
	struct tariffd_meter *m = any_meter(h, &seed);
	int64_t when = draw(&seed, 2) ? 0 : at_s + draw(&seed, 40000);
	struct tariffd_account account = { 7, 0, { 1, 2, 3, 4 } };
	struct tariff_thresholds x;
	struct tariff_calendar c;
	struct tariff_prices p;
	struct tariffd_tables tables = { &c, &x, &p };
	int32_t price[20];
	unsigned int cancelled;
	const char *why;

	any_calendar(&seed, &c);
	any_thresholds(&seed, &x);
	any_prices(&seed, &p);
	if (m->gas) {
		c.commodity = TARIFF_GAS;
		memset(c.action, ACTION_BLOCK, sizeof(c.action));
	}
	switch (draw(&seed, 9)) {
	case 0:
		return tariffd_set_tables(service, m, TARIFFD_PRIMARY, when,
					  &tables, &why);
	case 1:
		tables.calendar = NULL;
		return tariffd_set_tables(service, &service->meter[0],
					  TARIFFD_SECONDARY, when, &tables,
					  &why);
	case 2:
		return tariffd_set_billing(service, m, &period, &why);
	case 3:
		return tariffd_set_reset(service, m, &period, &why);
	case 4:
		for (int n = 0; n < 20; n++)
			price[n] = (int32_t)draw(&seed, 50000) - 9000;
		return tariffd_set_half_hours(
			service, m, at_s / 1800 * 1800 + 3600, price, 20);
	case 5:
		return tariffd_use_half_hours(service, m, draw(&seed, 2));
	case 6:
		return tariffd_cancel(service, m, TARIFFD_PRIMARY, 7,
				      &cancelled);
	case 7:
		return m->gas ? tariffd_set_gas_values(service, m,
						       3900 + draw(&seed, 100),
						       102264) :
				tariffd_reset_blocks(service, m);
	default:
		if (draw(&seed, 2))
			return tariffd_close_entry(service, m);
		/* Whichever it is, if there is one. */
		(void)tariffd_complete(service, m, 1 + draw(&seed, 9),
				       &account);
		return 0;
	}
}

static unsigned long deaths, commands, refusals;

static void half_hour(struct world *w, struct home *a, struct home *b)
{
	int64_t now_s;

	flow(w);
	w->at_s += 1800;
	w->missed[0][w->n_missed] =
		(struct tariffd_reading){ w->at_s, w->wh, w->second_wh };
	w->missed[1][w->n_missed] =
		(struct tariffd_reading){ w->at_s, w->dm3, -1 };
	w->n_missed++;
	now_s = w->at_s + 1 + draw(&w->seed, 1700);
	flow(w);
	assert_int_equal(step(a, w, now_s, 1), 0);
	if (draw(&w->seed, 3) == 0)
		return; /* the other is away */
	if (draw(&w->seed, 4) == 0) {
		disk(true);
		assert_true(step(b, w, now_s, w->n_missed) < 0);
		disk(false);
		deaths++;
	}
	if (draw(&w->seed, 3) == 0) {
		die_and_come_back(b);
		deaths++;
	}
	assert_int_equal(step(b, w, now_s, w->n_missed), 0);
	w->n_missed = 0;
	same(a, b);
	for (unsigned int n = draw(&w->seed, 3); n--;) {
		uint64_t seed = w->seed + n + 1;
		int r = command(a, seed, now_s);

		if (draw(&w->seed, 3) == 0) {
			disk(true);
			(void)command(b, seed, now_s);
			disk(false);
		}
		if (draw(&w->seed, 4) == 0) {
			die_and_come_back(b);
			assert_int_equal(step(b, w, now_s, 0), 0);
			deaths++;
		}
		assert_int_equal(command(b, seed, now_s), r);
		commands++;
		refusals += r < 0;
		same(a, b);
	}
}

static int64_t cells(const struct tariff *t)
{
	int64_t sum = 0;

	for (unsigned int n = 0; n < TARIFF_CELLS; n++)
		sum += t->cell_wh[n];
	return sum;
}

static void who_dies_has_the_same_as_who_lives(void **state)
{
	static struct home a, b;
	static struct world w;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	for (uint64_t life = 1; life <= LIVES; life++) {
		const struct tariffd_state *s = &a.service.meter[0].stored;

		memset(&w, 0, sizeof(w));
		w.seed = life * UINT64_C(0x9e3779b97f4a7c15);
		w.at_s = MARCH_4 + 1800 * (int64_t)draw(&w.seed, 9000);
		w.wh = draw(&w.seed, 100000);
		w.second_wh = 5;
		w.dm3 = draw(&w.seed, 9999);
		begin_home(&a);
		begin_home(&b);
		assert_int_equal(step(&a, &w, w.at_s, 0), 0);
		assert_int_equal(step(&b, &w, w.at_s, 0), 0);
		for (int n = 0; n < HALF_HOURS; n++)
			half_hour(&w, &a, &b);
		w.consumed -= w.wh - s->first.upto_wh;
		w.second_consumed -= w.second_wh - s->second.upto_wh;
		assert_int_equal(cells(&s->first), w.consumed);
		assert_int_equal(cells(&s->second), w.second_consumed);
		assert_int_equal(cells(&a.service.meter[1].stored.first),
				 a.service.meter[1].stored.gas.wh);
		end_home(&a);
		end_home(&b);
	}
	print_message("%lu deaths and full disks, %lu commands, %lu of them "
		      "refused\n",
		      deaths, commands, refusals);
	assert_true(deaths > 300 && commands - refusals > 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_dies_has_the_same_as_who_lives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
