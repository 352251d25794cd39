// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * tariffd's service and a disk whose power goes, beside its twin. HEARTH_CUTS=n
 * sets how many random cuts.
 */
#include <errno.h>
#include <string.h>

#include "../tariffd/tariffd-service.h"
#include "test.h"
#include "twin.h"

#define BEGIN_S INT64_C(1709510400) /* Monday 2024-03-04 00:00 UTC */
#define HALF_HOUR_S 1800
#define LATCHES 96
#define POINTS 1000
#define OPERATIONS 120
#define RANDOM_CUTS 300

/* Meters, of which all is a matter of the time. */
struct world {
	int64_t now_s;
	struct tariffd_reading latch[TARIFFD_METERS][LATCHES];
	struct tariffd_point point[POINTS];
};

struct service {
	struct tariffd_service tariffd;
};

static int64_t time_of(uint64_t n)
{
	return BEGIN_S + (int64_t)(n * 900 + twin_dice(n, 60, 800));
}

/* Registers that never fall, and not evenly. */
static struct tariffd_reading reading_at(int meter, int64_t at_s)
{
	int64_t passed_s = at_s - BEGIN_S;
	int64_t half_hours = passed_s / HALF_HOUR_S;
	struct tariffd_reading reading = { .at_s = at_s, .second_wh = -1 };

	reading.value =
		1000000 + passed_s / 3 + half_hours * 77 + half_hours % 5 * 10;
	if (!meter)
		reading.second_wh = 5000 + passed_s / 7 + half_hours * 11;
	return reading;
}

static void *new_world(void)
{
	return calloc(1, sizeof(struct world));
}

static void copy_world(void *to, const void *from)
{
	memcpy(to, from, sizeof(struct world));
}

static void *open_service(struct store *store, void *world)
{
	struct service *service = calloc(1, sizeof(*service));
	int r;

	(void)world;
	r = tariffd_load(&service->tariffd, store, STORE_FOUND, 0);
	if (r && r != -EIO)
		fail();
	return service;
}

/* --- operations */

static int see(struct tariffd_service *service, struct world *world, uint64_t n)
{
	struct tariffd_input input[TARIFFD_METERS] = { 0 };

	for (int i = 0; i < TARIFFD_METERS; i++) {
		int64_t at_s = service->meter[i].stored.first.upto_s;

		if (!service->meter[i].stored.begun)
			at_s = world->now_s - 4 * HALF_HOUR_S;
		for (size_t k = 0; k < LATCHES; k++) {
			at_s = (at_s / HALF_HOUR_S + 1) * HALF_HOUR_S;
			if (at_s > world->now_s)
				break;
			world->latch[i][input[i].n++] = reading_at(i, at_s);
		}
		input[i].latch = world->latch[i];
		input[i].now = reading_at(i, world->now_s);
		/* At times the meter tells nothing, or the latches are late. */
		if (!twin_dice(n, 10, 6))
			input[i].now.at_s = 0;
		if (!twin_dice(n, 11 + (unsigned int)i, 6)) {
			input[i].n = 0;
			input[i].wait = true;
		}
	}
	return tariffd_step(service, input);
}

static int set_tables(struct tariffd_service *service,
		      struct tariffd_meter *meter, struct world *world,
		      uint64_t n)
{
	struct tariff_calendar calendar = {
		.commodity = meter->gas ? TARIFF_GAS : TARIFF_ELECTRICITY,
		.days = 1,
		.weeks = 1,
		.seasons = 1,
		.season_start = { { 0, 1, 1 } },
	};
	struct tariff_thresholds thresholds;
	struct tariff_prices prices = {
		.standing_mp = (int32_t)twin_dice(n, 20, 60000),
	};
	struct tariffd_tables tables = { .prices = &prices };
	int64_t at_s = 0;
	const char *why;

	for (unsigned int i = 0; i < TARIFF_CELLS; i++)
		prices.cell_mp[i] =
			(int32_t)twin_dice(n, 21 + i % 8, 40000) - 5000;
	for (unsigned int i = 0; i < TARIFF_ROWS; i++)
		for (unsigned int k = 0; k < TARIFF_BLOCKS - 1; k++)
			thresholds.wh[i][k] = (int64_t)(k + 1) * 2000;
	for (unsigned int i = 0; i < CIVIL_SLOTS; i++)
		calendar.action[0][i] = (uint8_t)(1 + i / 16);
	if (twin_dice(n, 5, 2))
		tables.calendar = &calendar;
	if (!twin_dice(n, 6, 4))
		tables.thresholds = &thresholds;
	if (twin_dice(n, 7, 2))
		at_s = world->now_s + (int64_t)twin_dice(n, 8, 20000);
	return tariffd_set_tables(service, meter,
				  twin_dice(n, 9, 4) ? TARIFFD_PRIMARY :
						       TARIFFD_SECONDARY,
				  at_s, &tables, &why);
}

static int set_half_hours(struct tariffd_service *service,
			  struct tariffd_meter *meter, struct world *world,
			  uint64_t n)
{
	int32_t price_mp[48];

	for (unsigned int i = 0; i < 48; i++)
		price_mp[i] = (int32_t)twin_dice(n, i % 16 + 5, 50000) - 10000;
	if (!twin_dice(n, 30, 3))
		return tariffd_use_half_hours(service, meter,
					      twin_dice(n, 31, 2));
	return tariffd_set_half_hours(
		service, meter, (world->now_s / HALF_HOUR_S + 1) * HALF_HOUR_S,
		price_mp, 48);
}

static int set_period(struct tariffd_service *service,
		      struct tariffd_meter *meter, uint64_t n)
{
	struct tariff_period period = {
		.anchor_s = BEGIN_S,
		.repeat = (uint8_t)twin_dice(n, 5, 3),
	};
	const char *why;

	return twin_dice(n, 6, 2) ?
		       tariffd_set_billing(service, meter, &period, &why) :
		       tariffd_set_reset(service, meter, &period, &why);
}

/* What prepayd does, of each entry of the last days. */
static int complete(struct tariffd_service *service,
		    struct tariffd_meter *meter, struct world *world)
{
	size_t count;
	int r;

	r = tariffd_points(service, meter, world->now_s - 3 * 86400,
			   world->point, POINTS, &count);
	for (size_t n = 0; !r && n < count; n++) {
		uint64_t entry = world->point[n].entry;
		struct tariffd_account account = {
			.balance_mp = (int64_t)twin_dice(entry, 1, 1000000),
		};

		if (entry)
			r = tariffd_complete(service, meter, entry, &account);
	}
	return r;
}

static int operate(void *userdata, void *userworld, uint64_t n)
{
	struct tariffd_service *service =
		&((struct service *)userdata)->tariffd;
	struct world *world = userworld;
	struct tariffd_meter *meter =
		&service->meter[twin_dice(n, 1, 3) ? 0 : 1];
	unsigned int cancelled;

	world->now_s = time_of(n);
	switch (twin_dice(n, 0, 16)) {
	case 0:
	case 1:
		return set_tables(service, meter, world, n);
	case 2:
		return set_half_hours(service, meter, world, n);
	case 3:
		return set_period(service, meter, n);
	case 4:
		return tariffd_close_entry(service, meter);
	case 5:
		return tariffd_reset_blocks(service, meter);
	case 6:
		return tariffd_cancel(service, meter, TARIFFD_PRIMARY,
				      TARIFF_PRICES | TARIFF_CALENDAR,
				      &cancelled);
	case 7:
		return tariffd_set_gas_values(
			service, meter, 3900 + (uint32_t)twin_dice(n, 2, 100),
			102264);
	case 8:
	case 9:
		return complete(service, meter, world);
	default:
		return see(service, world, n);
	}
}

static int64_t sum_of(const struct tariff *t)
{
	int64_t sum = 0;

	for (unsigned int n = 0; n < TARIFF_CELLS; n++)
		sum += t->cell_wh[n];
	return sum;
}

/* T-1: what the register grew by is in the cells, and nothing else. */
static void check(void *userdata, void *world)
{
	const struct tariffd_service *service =
		&((struct service *)userdata)->tariffd;

	(void)world;
	for (int n = 0; n < TARIFFD_METERS; n++) {
		const struct tariffd_state *s = &service->meter[n].stored;
		int64_t register_now;

		if (!s->begun)
			continue;
		assert_int_equal(tariff_check(&s->first, NULL), 0);
		assert_int_equal(sum_of(&s->first),
				 s->first.upto_wh - s->first.start_wh);
		register_now = reading_at(n, s->first.upto_s).value;
		/* A boundary that was latched. */
		if (!n && s->first.upto_s % HALF_HOUR_S == 0 &&
		    s->first.upto_s != service->meter[n].present.at_s)
			assert_true(s->first.upto_wh <= register_now);
	}
}

static const size_t n_migrations = TARIFFD_MIGRATIONS;
static const struct twin_ops ops = {
	.migrations = tariffd_migrations,
	.n_migrations = &n_migrations,
	.open = open_service,
	.close = free,
	.operate = operate,
	.new_world = new_world,
	.copy_world = copy_world,
	.check = check,
};

int main(void)
{
	return twin_main(&ops, 30, OPERATIONS, RANDOM_CUTS);
}
