// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Random lives of an account with crashes, full disks and a tariffd that comes
 * and goes. P-10: to the last micro-penny, what came and went is what was
 * acknowledged and what the meter counted.
 */
#include "prepayd-stage.h"

#define SCRIPTS 60
#define STEPS 150

static uint64_t seed;

/* xorshift64*, so that a script is the same everywhere. */
static int64_t any(int64_t from, int64_t to)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return from + (int64_t)((seed * 0x2545f4914f6cdd1dULL >> 16) %
				(uint64_t)(to - from + 1));
}

/* What the outside knows: what was acknowledged. */
struct ledger {
	int64_t credited_mp, adjusted_mp;
	int64_t base_cost_up, base_standing_up;
	uint32_t counter;
	bool used[4000];
};

static struct {
	int accepted, refused, failed, crashes, torn, entries;
} seen;

static void pay_once(struct stage *stage, struct ledger *ledger)
{
	bool old = ledger->counter && any(0, 3) == 0;
	uint32_t counter = old ? (uint32_t)any(1, ledger->counter) :
				 ++ledger->counter;
	struct prepayd_receipt receipt = { 0 };
	int64_t value_mp = any(1, 20 * POUND);
	char text[PREPAYD_UTRN_ROOM];
	int r;

	r = prepayd_top_up(&stage->service, electricity(stage), stage->now_us,
			   fake_token(text, counter, value_mp, 0), false,
			   &receipt);
	if (r) {
		assert_int_equal(r, -ENOSPC);
		seen.failed++;
		return;
	}
	if (!receipt.accepted) {
		seen.refused++;
		return;
	}
	assert_false(ledger->used[counter]);
	ledger->used[counter] = true;
	ledger->credited_mp += value_mp;
	seen.accepted++;
}

static void ask_once(struct stage *stage, struct ledger *ledger)
{
	struct prepayd_account *account = electricity(stage);
	struct prepayd_service *service = &stage->service;
	int64_t now_us = stage->now_us, mp = any(0, 5 * POUND);
	enum prepay_debt debt = (enum prepay_debt)any(0, 3);
	int64_t before_mp = account->p.adjusted_mp;
	int r;

	switch (any(0, 6)) {
	case 0:
		r = prepayd_adjust_balance(service, account, now_us, mp);
		break;
	case 1:
		r = prepayd_set_debt(service, account, now_us, debt, mp);
		break;
	case 2:
		r = prepayd_clear_debts(service, account, now_us);
		break;
	case 3:
		r = prepayd_ask(service, account, now_us, PREPAY_ACTIVATE);
		break;
	case 4:
		r = prepayd_ask(service, account, now_us, PREPAY_CONSENT);
		break;
	default:
		r = prepayd_ask(service, account, now_us,
				any(0, 9) ? PREPAY_TO_PREPAYMENT :
					    PREPAY_TO_CREDIT);
	}
	if (r)
		assert_int_equal(account->p.adjusted_mp, before_mp);
	else
		ledger->adjusted_mp += account->p.adjusted_mp - before_mp;
	if (r == -ENOSPC)
		seen.failed++;
}

static void pass_once(struct stage *stage)
{
	int64_t span_us = any(0, 3) ? any(1, 90) * 60 * US :
				      any(1, 50) * HALF_HOUR;

	fake_pass(stage, stage->now_us + span_us, any(-20000, 300000000));
	for (int n = 0; n < PREPAYD_ACCOUNTS; n++) {
		const struct fake_meter *m = &stage->meter[n];

		if (any(0, 4) || !m->n || m->point[m->n - 1].entry ||
		    m->point[m->n - 1].at_us <
			    stage->service.account[n].after_us)
			continue;
		if (any(0, 1))
			fake_close_entry(stage, n);
		else
			fake_close_now(stage, n);
		seen.entries++;
	}
}

/* A copy of the files at an instant, the log cut somewhere: an older state. */
static void look_at_torn_copy(struct stage *stage)
{
	char command[700], path[120];
	struct prepayd_service copy;
	enum store_found found;
	struct store *store;

	snprintf(path, sizeof(path), "%s/torn.db", stage->folder);
	snprintf(command, sizeof(command),
		 "cp %s %s && cp %s-wal %s-wal && truncate -s %lld %s-wal",
		 stage->path, path, stage->path, path, (long long)any(0, 40000),
		 path);
	assert_int_equal(system(command), 0);
	assert_int_equal(store_open(path, prepayd_migrations,
				    prepayd_n_migrations, &store, &found),
			 0);
	copy = stage->service;
	assert_int_equal(prepayd_load(&copy, store, stage->now_us, false), 0);
	assert_int_equal(prepayd_cycle(&copy, stage->now_us), 0);
	/* What the meter counted is charged, from wherever it had stopped. */
	if (electricity(stage)->p.based && copy.account[0].p.consumed_mp) {
		assert_int_equal(copy.account[0].p.cost.up,
				 stage->meter[0].cost_up);
		assert_int_equal(copy.account[0].p.consumed_mp * 1000 +
					 copy.account[0].p.cost.rest_up,
				 electricity(stage)->p.consumed_mp * 1000 +
					 electricity(stage)->p.cost.rest_up +
					 stage->meter[0].cost_up -
					 electricity(stage)->p.cost.up);
	}
	store_close(store);
	seen.torn++;
}

static void settle(struct stage *stage, const struct ledger *ledger)
{
	const struct prepay *p = &electricity(stage)->p;
	const struct fake_meter *m = &stage->meter[0];

	stage->away = false;
	stage->deaf = false;
	limit_disk(stage, false);
	cycle(stage);
	assert_int_equal(p->consumed_mp * 1000 + p->cost.rest_up,
			 m->cost_up - ledger->base_cost_up);
	assert_int_equal(p->standing_mp * 1000 + p->standing.rest_up,
			 m->standing_up - ledger->base_standing_up);
	assert_int_equal(p->credited_mp, ledger->credited_mp);
	assert_int_equal(p->adjusted_mp, ledger->adjusted_mp);
	assert_int_equal(prepay_worth_mp(p),
			 ledger->credited_mp + ledger->adjusted_mp -
				 p->consumed_mp - p->standing_mp);
}

static void step(struct stage *stage, struct ledger *ledger)
{
	int what = (int)any(0, 19);

	if (what < 8) {
		pass_once(stage);
		if (any(0, 2))
			cycle(stage);
	} else if (what < 11) {
		pay_once(stage, ledger);
	} else if (what < 15) {
		ask_once(stage, ledger);
	} else if (what < 16) {
		stage->away = any(0, 1);
		stage->deaf = any(0, 1);
	} else if (what < 17) {
		limit_disk(stage, any(0, 1));
	} else if (what < 19) {
		stage_crash(stage);
		seen.crashes++;
	} else {
		settle(stage, ledger);
		if (!any(0, 9))
			look_at_torn_copy(stage);
	}
	assert_int_equal(prepay_check(&electricity(stage)->p, NULL), 0);
}

/* Each entry was told of, once; both meters go their own way. */
static void check_entries(const struct stage *stage)
{
	size_t told = stage->meter[0].n_completed + stage->meter[1].n_completed;

	assert_int_equal(told, stage->entries);
}

static void money_is_conserved(void **state)
{
	static struct ledger ledger;

	(void)state;
	for (uint64_t n = 1; n <= SCRIPTS; n++) {
		struct stage *stage = stage_new();

		seed = n * 0x9e3779b97f4a7c15ULL;
		memset(&ledger, 0, sizeof(ledger));
		stage->meter[0].cost_up = any(-5000, 1000000);
		stage->meter[0].standing_day_up = any(0, 60 * POUND);
		cycle(stage);
		ledger.base_cost_up = stage->meter[0].cost_up;
		for (int m = 0; m < STEPS; m++)
			step(stage, &ledger);
		settle(stage, &ledger);
		check_entries(stage);
		stage_free(stage);
	}
	printf("accepted %d, refused %d, disk full %d, crashes %d, torn %d, entries %d\n",
	       seen.accepted, seen.refused, seen.failed, seen.crashes,
	       seen.torn, seen.entries);
	assert_true(seen.accepted > 100 && seen.refused > 100 &&
		    seen.failed > 20 && seen.crashes > 100 && seen.torn > 5 &&
		    seen.entries > 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(money_is_conserved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
