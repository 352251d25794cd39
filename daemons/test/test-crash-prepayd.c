// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * prepayd's accounts and a disk whose power goes, beside their twin.
 * HEARTH_CUTS=n sets how many random cuts.
 */
#include <errno.h>
#include <string.h>

#include "../prepayd/prepayd-service.h"
#include "test.h"
#include "twin.h"

#define US INT64_C(1000000)
#define BEGIN_S INT64_C(1709510400) /* Monday 2024-03-04 00:00 UTC */
#define HALF_HOUR_S 1800
#define DAY_S 86400
#define POUND INT64_C(100000)
#define EPOCH 1
#define OPERATIONS 150
#define RANDOM_CUTS 500
#define ENTRIES 64
#define TOKENS 4096

/* tariffd, of which all is a matter of the time. */
struct world {
	int64_t begun_s, now_s;
	bool away;
	/* Where the counters stood when an account began. */
	bool based[PREPAYD_ACCOUNTS];
	int64_t base_up[PREPAYD_ACCOUNTS];
	struct prepayd_entry entry[PREPAYD_ACCOUNTS][ENTRIES];
	/*
	 * What was said to be accepted. The twin's world has been told all; an
	 * answer that was cut is one that the other never got.
	 */
	bool accepted[TOKENS];
	bool told_all;
};

struct service {
	struct prepayd_service prepayd;
	struct world *world;
};

static int64_t time_of(uint64_t n)
{
	return BEGIN_S + (int64_t)(n * 700 + twin_dice(n, 60, 600));
}

/* Uneven, never falling. */
static int64_t cost_up(int64_t at_s)
{
	int64_t half_hours = at_s / HALF_HOUR_S;

	return (at_s - BEGIN_S) * 5333 +
	       (half_hours - BEGIN_S / HALF_HOUR_S) * 7777 +
	       half_hours % 3 * 1000;
}

static struct prepayd_charge point_at(int64_t at_s)
{
	return (struct prepayd_charge){
		.at_us = at_s * US,
		.cost_up = cost_up(at_s),
		.standing_up = (at_s - BEGIN_S) / DAY_S * 46123456,
		/* Each other day closes one. */
		.entry = at_s % (2 * DAY_S) ? 0 : (uint64_t)(at_s / DAY_S),
	};
}

static int charges(void *userdata, const char *meter, int64_t after_us,
		   struct prepayd_charges *ret)
{
	const struct world *world = ((struct service *)userdata)->world;
	int64_t after_s = after_us / US, at_s;

	(void)meter;
	if (world->away)
		return -EHOSTUNREACH;
	if (after_s < world->begun_s)
		after_s = world->begun_s;
	at_s = (after_s / HALF_HOUR_S + 1) * HALF_HOUR_S;
	ret->epoch = EPOCH;
	ret->n = 0;
	ret->charge = calloc((size_t)((world->now_s - at_s) / HALF_HOUR_S + 3),
			     sizeof(*ret->charge));
	for (; at_s < world->now_s; at_s += HALF_HOUR_S)
		ret->charge[ret->n++] = point_at(at_s);
	ret->charge[ret->n++] = point_at(world->now_s);
	return 0;
}

/* T-5: told more than once it is told the same, whatever crashed. */
static int complete(void *userdata, const char *meter,
		    const struct prepayd_entry *entry)
{
	struct world *world = ((struct service *)userdata)->world;
	struct prepayd_entry *kept =
		&world->entry[!strcmp(meter, "gas0")][entry->entry % ENTRIES];

	if (world->away)
		return -EHOSTUNREACH;
	if (kept->entry == entry->entry) {
		assert_int_equal(kept->balance_mp, entry->balance_mp);
		assert_int_equal(kept->emergency_mp, entry->emergency_mp);
		for (int n = 0; n < PREPAY_DEBTS; n++)
			assert_int_equal(kept->debt_mp[n], entry->debt_mp[n]);
	}
	*kept = *entry;
	return 0;
}

/* 20 digits: a counter, a value in mp, and whether it is authentic. */
static int check_token(void *userdata, const char *meter, uint64_t supplier,
		       const struct prepay *p, const char *utrn,
		       struct prepayd_token *ret)
{
	char counter[10] = "", value[11] = "";

	(void)userdata, (void)meter, (void)supplier, (void)p;
	memcpy(counter, utrn, 9);
	memcpy(value, utrn + 9, 10);
	ret->verdict = utrn[19] == '0' ? PREPAYD_AUTHENTIC : PREPAYD_WRONG;
	ret->counter = (uint64_t)atoll(counter) << 32;
	ret->value_mp = atoll(value);
	strcpy(ret->text, "as it says");
	return 0;
}

static void *new_world(void)
{
	return calloc(1, sizeof(struct world));
}

static void copy_world(void *to, const void *from)
{
	struct world *world = to, before = *world;

	memcpy(to, from, sizeof(struct world));
	memcpy(world->accepted, before.accepted, sizeof(before.accepted));
	world->told_all = true;
}

static void *open_service(struct store *store, void *world)
{
	struct service *service = calloc(1, sizeof(*service));
	int r;

	service->world = world;
	service->prepayd.source =
		(struct prepayd_source){ charges, complete, service };
	service->prepayd.checker =
		(struct prepayd_checker){ check_token, service };
	r = prepayd_load(&service->prepayd, store, BEGIN_S * US, false);
	if (r && r != -EIO)
		fail();
	return service;
}

/* New ones, old ones again, wrong ones. */
static int top_up(struct prepayd_service *service,
		  struct prepayd_account *account, struct world *world,
		  uint64_t n, int64_t now_us)
{
	uint64_t counter = 1 + n % OPERATIONS;
	struct prepayd_receipt receipt = { 0 };
	bool wrong = !twin_dice(n, 2, 6);
	char room[40];
	int r;

	if (counter > 3 && !twin_dice(n, 1, 3))
		counter = 1 + twin_dice(n, 3, counter - 1);
	snprintf(room, sizeof(room), "%09u%010llu%d", (unsigned int)counter,
		 (unsigned long long)twin_dice(counter, 4, 30 * POUND), wrong);
	r = prepayd_top_up(service, account, now_us, room, twin_dice(n, 5, 2),
			   &receipt);
	/* P-8: once, ever. */
	if (!r && receipt.accepted) {
		size_t which =
			(size_t)(account - service->account) * (TOKENS / 2) +
			counter;

		assert_false(wrong);
		assert_false(world->accepted[which]);
		world->accepted[which] = true;
	}
	return r ? r : 1 + receipt.accepted;
}

static int set_settings(struct prepayd_service *service,
			struct prepayd_account *account, uint64_t n,
			int64_t now_us)
{
	struct prepay_settings settings = account->settings;

	settings.emergency_limit_mp = (int64_t)twin_dice(n, 1, 10) * POUND;
	settings.emergency_threshold_mp = (int64_t)twin_dice(n, 2, 5) * POUND;
	settings.max_credit_mp = 50 * POUND;
	settings.max_balance_mp = 500 * POUND;
	settings.recovery[0].rate_mp = (int64_t)twin_dice(n, 3, 900);
	settings.recovery[1].rate_mp = (int64_t)twin_dice(n, 4, 9000);
	settings.recovery[1].daily = true;
	settings.share = (int32_t)twin_dice(n, 5, 5000);
	settings.cap_mp = (int64_t)twin_dice(n, 6, 5) * POUND;
	settings.suspend_disabled = twin_dice(n, 7, 2);
	settings.suspend_emergency = twin_dice(n, 8, 2);
	settings.lockout_tries = 3;
	settings.lockout_s = 600;
	return prepayd_set_settings(service, account, now_us, &settings);
}

static int command(struct prepayd_service *service,
		   struct prepayd_account *account, uint64_t n, int64_t now_us)
{
	enum prepay_debt debt = (enum prepay_debt)twin_dice(n, 1, PREPAY_DEBTS);
	int64_t mp = (int64_t)twin_dice(n, 2, 20 * POUND);

	switch (twin_dice(n, 3, 7)) {
	case 0:
		return prepayd_set_debt(service, account, now_us, debt, mp);
	case 1:
		return prepayd_adjust_debt(service, account, now_us, debt,
					   mp - 10 * POUND);
	case 2:
		return twin_dice(n, 4, 4) ?
			       -EAGAIN :
			       prepayd_clear_debts(service, account, now_us);
	case 3:
		return prepayd_adjust_balance(service, account, now_us,
					      mp - 15 * POUND);
	case 4:
		return set_settings(service, account, n, now_us);
	default:
		return prepayd_ask(
			service, account, now_us,
			(enum prepay_event)twin_dice(n, 5, PREPAY_RESTORE + 1));
	}
}

static int operate(void *userdata, void *userworld, uint64_t n)
{
	struct service *service = userdata;
	struct world *world = userworld;
	struct prepayd_account *account =
		&service->prepayd.account[twin_dice(n, 50, 4) ? 0 : 1];
	int64_t now_us;

	world->now_s = time_of(n);
	if (!world->begun_s)
		world->begun_s = world->now_s;
	now_us = world->now_s * US;
	world->away = n > 0 && !twin_dice(n / 4, 51, 8);
	switch (twin_dice(n, 0, 6)) {
	case 0:
	case 1:
		return top_up(&service->prepayd, account, world, n, now_us);
	case 2:
	case 3:
		return command(&service->prepayd, account, n, now_us);
	default:
		return prepayd_cycle(&service->prepayd, now_us);
	}
}

/* P-10, against the counters above and what was acknowledged. */
static void check(void *userdata, void *userworld)
{
	const struct service *service = userdata;
	struct world *world = userworld;

	for (int n = 0; n < PREPAYD_ACCOUNTS; n++) {
		const struct prepay *p = &service->prepayd.account[n].p;
		int64_t credited_mp = 0, base_up;

		assert_int_equal(prepay_check(p, NULL), 0);
		if (!p->based)
			continue;
		base_up = p->cost.up - p->consumed_mp * PREPAY_UP_PER_MP -
			  p->cost.rest_up;
		if (!world->based[n])
			world->base_up[n] = base_up;
		world->based[n] = true;
		assert_int_equal(base_up, world->base_up[n]);
		for (int i = 0; i < TOKENS / 2; i++)
			if (world->accepted[n * (TOKENS / 2) + i])
				credited_mp += (int64_t)twin_dice(
					(uint64_t)i, 4, 30 * POUND);
		if (world->told_all)
			assert_int_equal(p->credited_mp, credited_mp);
		else
			assert_true(p->credited_mp >= credited_mp);
	}
}

static const struct twin_ops ops = {
	.migrations = prepayd_migrations,
	.n_migrations = &prepayd_n_migrations,
	.open = open_service,
	.close = free,
	.operate = operate,
	.new_world = new_world,
	.copy_world = copy_world,
	.forgets = true,
	.check = check,
};

int main(void)
{
	return twin_main(&ops, 30, OPERATIONS, RANDOM_CUTS);
}
