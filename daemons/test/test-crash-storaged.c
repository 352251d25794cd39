// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * storaged's service and a disk whose power goes, beside its twin. HEARTH_CUTS=n
 * sets how many random cuts.
 */
#include <errno.h>
#include <string.h>

#include "../storaged/storaged-service.h"
#include "test.h"
#include "twin.h"

#define BEGIN_S UINT64_C(1709510400) /* Monday 2024-03-04 00:00 UTC */
#define HALF_HOUR_S 1800
#define METERS 2
#define SOURCES 3
#define LATCHES 400
#define OPERATIONS 150
#define RANDOM_CUTS 250

struct world {
	uint64_t now_s;
	uint64_t sequence[SOURCES]; /* acknowledged */
	struct profile_latch latch[LATCHES];
};

static const char *const meters[METERS] = { "electricity0", "gas0" };

/* Mostly a few minutes apart, at times more than a day. */
static uint64_t time_of(uint64_t n)
{
	return BEGIN_S + n * 600 + n / 16 * 60000 + twin_dice(n, 60, 500);
}

static struct profile_latch latch_at(int meter, uint32_t slot)
{
	uint32_t since = slot - (uint32_t)(BEGIN_S / HALF_HOUR_S) + 48;
	struct profile_latch latch = {
		.slot = slot,
		.flags = twin_dice(slot, 1, 5) ? 0 : PROFILE_BY_HUB,
	};
	unsigned int channels = meter ? 1 : 4;

	for (unsigned int n = 0; n < channels; n++)
		latch.registers[n] =
			since * (211 - 50 * n) + twin_dice(slot, 10 + n, 7);
	return latch;
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
	struct storaged_service *service = calloc(1, sizeof(*service));

	(void)world;
	storaged_init(service, store);
	return service;
}

/* --- operations */

static int put(struct storaged_service *service, struct world *world, int which)
{
	int meter = meter_id_of(meters[which]);
	uint32_t to = (uint32_t)(world->now_s / HALF_HOUR_S), slot;
	struct profile_latch last;
	size_t n = 0;
	int r;

	r = storaged_last(service, meter, &last);
	if (r < 0 && r != -ENOENT)
		return r;
	/* Again what it may have. */
	slot = r == -ENOENT ? to - 8 : last.slot - 2;
	for (; slot <= to && n < LATCHES; slot++)
		if (twin_dice(slot, 3 + (unsigned int)which, 12))
			world->latch[n++] = latch_at(which, slot);
	return storaged_put(service, meter, world->latch, n,
			    world->now_s * USEC_PER_SEC);
}

static int append(struct storaged_service *service, struct world *world,
		  uint64_t n)
{
	static const char *const logs[] = {
		LOG_EVENT,   LOG_SECURITY,   LOG_POWER,
		LOG_BILLING, LOG_DAILY_READ, LOG_AUXILIARY,
	};
	unsigned int which = (unsigned int)twin_dice(n, 1, SOURCES);
	uint64_t sequence = world->sequence[which] + 1, number;
	char source[32], text[64];
	struct log_record record = {
		.meter = meters[twin_dice(n, 2, METERS)],
		.log = logs[twin_dice(n, 3, ARRAY_SIZE(logs))],
		.at_us = world->now_s * USEC_PER_SEC,
		.code = (uint16_t)twin_dice(n, 4, 65536),
		.text = text,
		.detail = "{\"why\":\"a test\"}",
	};
	int r;

	/* At times one that it had, sent again. */
	if (sequence > 1 && !twin_dice(n, 5, 5))
		sequence--;
	snprintf(source, sizeof(source), "daemon%u-%08x", which, which);
	snprintf(text, sizeof(text), "%s %llu", source,
		 (unsigned long long)sequence);
	r = storaged_append(service, source, sequence, &record, &number);
	if (r < 0)
		return r;
	/* What was acknowledged is known, and is not taken again. */
	if (sequence <= world->sequence[which])
		assert_int_equal(number, 0);
	world->sequence[which] = sequence > world->sequence[which] ?
					 sequence :
					 world->sequence[which];
	return number != 0;
}

static int operate(void *userdata, void *userworld, uint64_t n)
{
	struct storaged_service *service = userdata;
	struct world *world = userworld;

	world->now_s = time_of(n);
	storaged_time(service, world->now_s * USEC_PER_SEC, 0);
	switch (twin_dice(n, 0, 8)) {
	case 0:
	case 1:
	case 2:
		return put(service, world, 0);
	case 3:
		return put(service, world, 1);
	case 4:
		return twin_dice(n, 1, 8) ?
			       0 :
			       storaged_set_tenancy(
				       service,
				       (world->now_s - 86400) * USEC_PER_SEC,
				       world->now_s * USEC_PER_SEC);
	default:
		return append(service, world, n);
	}
}

/* --- what has to hold */

struct growth {
	int meter;
	uint64_t first, last, flowed;
};

static int add_up(const struct profile_latch *before,
		  const struct profile_latch *latch, void *userdata)
{
	struct growth *growth = userdata;
	struct profile_latch should = latch_at(growth->meter, latch->slot);

	assert_memory_equal(latch->registers, should.registers,
			    sizeof(should.registers));
	if (before)
		growth->flowed += profile_interval_of(before, latch, 0).amount;
	else
		growth->first = latch->registers[0];
	growth->last = latch->registers[0];
	return 0;
}

/* What flowed in all half hours and gaps is what the register grew by. */
static void check(void *userdata, void *userworld)
{
	struct storaged_service *service = userdata;

	(void)userworld;
	for (int n = 0; n < METERS; n++) {
		struct growth growth = { .meter = n };

		assert_int_equal(storaged_walk(service, meter_id_of(meters[n]),
					       PROFILE_ALL, 0, add_up, &growth),
				 0);
		assert_int_equal(growth.flowed, growth.last - growth.first);
	}
	assert_false(service->damaged);
}

static const struct twin_ops ops = {
	.migrations = storaged_migrations,
	.n_migrations = &storaged_n_migrations,
	.open = open_service,
	.close = free,
	.operate = operate,
	.new_world = new_world,
	.copy_world = copy_world,
	.check = check,
};

int main(void)
{
	return twin_main(&ops, 50, OPERATIONS, RANDOM_CUTS);
}
