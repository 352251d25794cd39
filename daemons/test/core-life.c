// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * core-life FIRST COUNT [rough]: lives of the chain by chance, one of each seed.
 * What happened, and what became of it, is printed, a JSON object a line, for
 * core_oracle.py to work out again. Rough ones have clocks set, latches missing
 * and meters replaced: of these only sums are known, and checked here.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../common/util.h"
#include "../tariffd/tariffd-work.h"
#include "core-chain.h"

#define BEGIN INT64_C(1709510400) /* Monday 2024-03-04 */
#define YEAR_DAYS 366
#define HOUR_S 3600
#define EVENTS 48
#define CYCLE_POINTS 120 /* of persistence, at most */
#define COMMAND_POINTS 14
#define ACTIONS 5 /* 1, 2, 3 and two rows of blocks */

static struct chain chain;
static uint64_t dice;
static bool rough;
static uint32_t next_token;
static int64_t told_s; /* latches up to then were printed */

static uint64_t chance(uint64_t below)
{
	uint64_t z = dice += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (z ^ z >> 31) % below;
}

static int64_t between(int64_t low, int64_t high)
{
	return low + (int64_t)chance((uint64_t)(high - low) + 1);
}

static struct prepayd_account *account(void)
{
	return &chain.prepayd.account[0];
}

static struct tariffd_meter *electricity(void)
{
	return &chain.tariffd.meter[0];
}

static uint64_t register_wh(void)
{
	return sim_home_registers(&chain.home, SIM_ELECTRICITY).reg[0];
}

/* --- time */

/* What the meter latched on the way is what it was, whoever looks. */
static void pass(int64_t for_s)
{
	const struct sim_meter *m = &chain.home.meter[SIM_ELECTRICITY];
	int64_t end_s = chain.home.at_s + for_s;

	while (chain.home.at_s < end_s) {
		int64_t next = (chain.home.at_s / SIM_SLOT_S + 1) * SIM_SLOT_S;

		sim_home_advance(&chain.home, next < end_s ? next : end_s);
		if (!m->n_latches || m->latch[m->n_latches - 1].at_s <= told_s)
			continue;
		told_s = m->latch[m->n_latches - 1].at_s;
		printf("{\"e\":\"latch\",\"at\":%" PRId64 ",\"wh\":%" PRIu64
		       "}\n",
		       told_s, m->latch[m->n_latches - 1].reg[0]);
	}
}

static void print_state(void)
{
	const struct tariff *t = &electricity()->live.first;
	const struct prepay *p = &account()->p;
	const struct supply *s = &chain.supplyd.meter[0].supply;
	const char *between_cells = "";

	printf("{\"e\":\"state\"");
	if (chain.store[CHAIN_TARIFFD]) {
		printf(",\"cost\":%" PRId64 ",\"standing\":%" PRId64
		       ",\"fallback\":%" PRId64 ",\"cells\":{",
		       t->cost_up, t->standing_up, t->fallback_wh);
		for (int n = 0; n < TARIFF_CELLS; n++) {
			if (!t->cell_wh[n])
				continue;
			printf("%s\"%d\":%" PRId64, between_cells, n,
			       t->cell_wh[n]);
			between_cells = ",";
		}
		putchar('}');
	}
	if (chain.store[CHAIN_PREPAYD])
		printf(",\"balance\":%" PRId64
		       ",\"emergency\":%d,\"left\":%" PRId64
		       ",\"debts\":[%" PRId64 ",%" PRId64 ",%" PRId64
		       ",%" PRId64 "],\"prepayment\":%d,\"want\":%d",
		       p->balance_mp, p->emergency, p->emergency_mp,
		       p->debt_mp[0], p->debt_mp[1], p->debt_mp[2],
		       p->debt_mp[3], p->state != PREPAY_CREDIT,
		       prepay_supply(p).want);
	if (chain.store[CHAIN_SUPPLYD])
		printf(",\"supply\":\"%s\",\"limited\":%u",
		       supply_state_text(supply_state(s)), s->limited);
	printf(",\"on\":%d}\n", chain.home.meter[0].on);
}

/* What the daemons are to see, and whether the power went meanwhile. */
static bool told_cycle(void)
{
	const struct sim_meter *m = &chain.home.meter[0];
	int64_t mw = sim_home_flow(&chain.home, SIM_ELECTRICITY);
	bool on = m->on, done;

	printf("{\"e\":\"cycle\",\"at\":%" PRId64 ",\"wh\":%" PRIu64
	       ",\"up\":[%d,%d,%d,%d],\"mw\":%" PRId64 ",\"sensed\":\"%s\"",
	       chain_now_s(&chain), register_wh(),
	       chain.store[CHAIN_STORAGED] ? 1 : 0,
	       chain.store[CHAIN_TARIFFD] ? 1 : 0,
	       chain.store[CHAIN_PREPAYD] ? 1 : 0,
	       chain.store[CHAIN_SUPPLYD] ? 1 : 0, mw, on ? "on" : "off");
	done = chain_cycle(&chain);
	printf(",\"cut\":%d}\n", !done);
	return done;
}

static bool all_up(void)
{
	for (int n = 0; n < CHAIN_DAEMONS; n++)
		if (!chain.store[n])
			return false;
	return true;
}

static void restart(void)
{
	chain_power_back(&chain);
	pass(chance(3) ? between(0, 2 * HOUR_S) : between(0, 40 * HOUR_S));
	chain_start(&chain);
	puts("{\"e\":\"restart\"}");
}

/* Until it has come through. */
static void cycle(bool with_cuts)
{
	for (;;) {
		bool cut = with_cuts && !chance(12);

		powercut_at(chain.disk, cut ? 1 + chance(CYCLE_POINTS) : 0);
		if (told_cycle())
			break;
		restart();
	}
	powercut_at(chain.disk, 0);
	if (all_up())
		chain_check(&chain);
	print_state();
}

/* --- what can be asked for; each returns 0, or an errno */

static void print_prices(const struct tariff_prices *prices)
{
	printf("\"standing\":%" PRId32 ",\"prices\":[", prices->standing_mp);
	for (int n = 0; n < TARIFF_CELLS; n++)
		printf("%s%" PRId32, n ? "," : "", prices->cell_mp[n]);
	putchar(']');
}

static void random_prices(struct tariff_prices *prices)
{
	memset(prices, 0, sizeof(*prices));
	for (int n = 0; n < TARIFF_CELLS; n++)
		prices->cell_mp[n] = (int32_t)(chance(9) ?
						       between(5000, 60000) :
						       between(-20000, 5000));
	prices->standing_mp = (int32_t)(chance(3) ? between(0, 60000) : 0);
}

static void random_calendar(struct tariff_calendar *c)
{
	static const uint8_t actions[ACTIONS] = { 1, 2, 48, 101, 108 };

	memset(c, 0, sizeof(*c));
	c->days = (uint8_t)between(1, 3);
	c->weeks = (uint8_t)between(1, 2);
	c->seasons = c->weeks;
	for (int d = 0; d < c->days; d++) {
		uint8_t action = actions[chance(ACTIONS)];

		for (int slot = 0; slot < CIVIL_SLOTS; slot++) {
			if (!chance(6))
				action = actions[chance(ACTIONS)];
			c->action[d][slot] = action;
		}
	}
	for (int w = 0; w < c->weeks; w++) {
		for (int n = 0; n < 7; n++)
			c->week_day[w][n] = (uint8_t)chance(c->days);
		c->season_week[w] = (uint8_t)w;
		c->season_start[w] = (struct calendar_date){
			.year = DATE_ANY_YEAR,
			.month = (uint8_t)(w ? 3 : 1),
			.day = (uint8_t)(w ? between(1, 28) : 1),
			.weekday = DATE_ANY,
		};
	}
}

static void print_calendar(const struct tariff_calendar *c)
{
	printf("\"days\":[");
	for (int d = 0; d < c->days; d++) {
		printf("%s[", d ? "," : "");
		for (int slot = 0; slot < CIVIL_SLOTS; slot++)
			printf("%s%d", slot ? "," : "", c->action[d][slot]);
		putchar(']');
	}
	printf("],\"weeks\":[");
	for (int w = 0; w < c->weeks; w++) {
		printf("%s[", w ? "," : "");
		for (int n = 0; n < 7; n++)
			printf("%s%d", n ? "," : "", c->week_day[w][n]);
		putchar(']');
	}
	printf("],\"seasons\":[");
	for (int w = 0; w < c->seasons; w++)
		printf("%s[%d,%d,%d]", w ? "," : "", c->season_start[w].month,
		       c->season_start[w].day, c->season_week[w]);
	putchar(']');
}

static void random_thresholds(struct tariff_thresholds *x)
{
	for (int row = 0; row < TARIFF_ROWS; row++) {
		x->wh[row][0] = between(50, 3000);
		x->wh[row][1] = x->wh[row][0] + between(50, 3000);
		x->wh[row][2] = chance(3) ? x->wh[row][1] + between(50, 5000) :
					    TARIFF_NO_THRESHOLD;
	}
}

static void print_thresholds(const struct tariff_thresholds *x)
{
	printf("\"thresholds\":[");
	for (int row = 0; row < TARIFF_ROWS; row++)
		printf("%s[%" PRId64 ",%" PRId64 ",%" PRId64 "]",
		       row ? "," : "", x->wh[row][0], x->wh[row][1],
		       x->wh[row][2]);
	putchar(']');
}

static int set_tables(void)
{
	struct tariff_calendar calendar;
	struct tariff_thresholds thresholds;
	struct tariff_prices prices;
	struct tariffd_tables tables = { 0 };
	int64_t at_s = 0;
	const char *why = NULL;

	/* Now, or at a boundary to come. */
	if (chain.based && chance(2))
		at_s = (chain_now_s(&chain) / SIM_SLOT_S + between(1, 60)) *
		       SIM_SLOT_S;
	printf("\"at\":%" PRId64, at_s);
	if (chance(2)) {
		random_calendar(&calendar);
		tables.calendar = &calendar;
		putchar(',');
		print_calendar(&calendar);
	}
	if (chance(2)) {
		random_thresholds(&thresholds);
		tables.thresholds = &thresholds;
		putchar(',');
		print_thresholds(&thresholds);
	}
	random_prices(&prices);
	tables.prices = &prices;
	putchar(',');
	print_prices(&prices);
	return tariffd_set_tables(&chain.tariffd, electricity(),
				  TARIFFD_PRIMARY, at_s, &tables, &why);
}

static int cancel_tables(void)
{
	unsigned int what = (unsigned int)between(1, 7), cancelled = 0;
	int r;

	printf("\"what\":%u", what);
	r = tariffd_cancel(&chain.tariffd, electricity(), TARIFFD_PRIMARY, what,
			   &cancelled);
	return r == -ENOENT ? 0 : r;
}

static int set_half_hours(void)
{
	int64_t from_s = (chain_now_s(&chain) / SIM_SLOT_S + 1) * SIM_SLOT_S;
	int32_t price[48];
	size_t n = (size_t)between(1, 48);

	printf("\"from\":%" PRId64 ",\"prices\":[", from_s);
	for (size_t k = 0; k < n; k++) {
		price[k] = (int32_t)between(-20000, 80000);
		printf("%s%" PRId32, k ? "," : "", price[k]);
	}
	putchar(']');
	return tariffd_set_half_hours(&chain.tariffd, electricity(), from_s,
				      price, n);
}

static int use_half_hours(void)
{
	bool on = chance(2);

	printf("\"on\":%d", on);
	return tariffd_use_half_hours(&chain.tariffd, electricity(), on);
}

static int set_reset(void)
{
	struct tariff_period period = {
		.anchor_s = BEGIN + between(0, 47) * SIM_SLOT_S,
		.repeat = chance(2) ? REPEAT_DAILY : REPEAT_WEEKLY,
	};
	const char *why = NULL;

	printf("\"anchor\":%" PRId64 ",\"period\":%d", period.anchor_s,
	       period.repeat == REPEAT_DAILY ? CIVIL_DAY_S : 7 * CIVIL_DAY_S);
	return tariffd_set_reset(&chain.tariffd, electricity(), &period, &why);
}

static int reset_blocks(void)
{
	printf("\"now\":1");
	return tariffd_reset_blocks(&chain.tariffd, electricity());
}

static int set_billing(void)
{
	struct tariff_period period = {
		.anchor_s = BEGIN + between(0, 47) * SIM_SLOT_S,
		.repeat = REPEAT_DAILY,
	};
	const char *why = NULL;

	printf("\"now\":1");
	return tariffd_set_billing(&chain.tariffd, electricity(), &period,
				   &why);
}

static int close_entry(void)
{
	printf("\"now\":1");
	return tariffd_close_entry(&chain.tariffd, electricity());
}

static int set_settings(void)
{
	struct prepay_settings s = {
		.emergency_limit_mp = chance(3) ? between(1, 800000) : 0,
		.emergency_threshold_mp = between(0, 300000),
		.disablement_threshold_mp = chance(2) ? 0 :
							between(-100000, 50000),
		.low_credit_threshold_mp = between(0, 300000),
		.max_credit_mp = between(200000, 2000000),
		.max_balance_mp = between(1000000, 20000000),
		.recovery = { { between(0, 2000), false },
			      { between(0, 60000), chance(4) } },
		.share = (int32_t)between(0, PREPAY_SHARE_ALL),
		.cap_mp = chance(4) ? between(0, 500000) : 0,
		.suspend_disabled = chance(2),
		.suspend_emergency = chance(2),
		.vulnerable = !chance(10),
	};

	if (chance(2))
		for (int n = 0; n < PREPAY_PROFILES; n++) {
			s.calendar.profile[n].n = 1;
			s.calendar.profile[n].window[0].from_s =
				(int32_t)between(0, 40000);
			s.calendar.profile[n].window[0].to_s =
				(int32_t)between(40001, 86400);
		}
	for (int n = 0; n < 7; n++)
		s.calendar.week[n] = (uint8_t)chance(PREPAY_PROFILES);
	printf("\"emergency_limit\":%" PRId64
	       ",\"emergency_threshold\":%" PRId64 ",\"disablement\":%" PRId64
	       ",\"max_credit\":%" PRId64 ",\"max_balance\":%" PRId64
	       ",\"rates\":[[%" PRId64 ",%d],[%" PRId64
	       ",%d]],\"share\":%" PRId32 ",\"cap\":%" PRId64
	       ",\"suspend_disabled\":%d,\"suspend_emergency\":%d"
	       ",\"vulnerable\":%d,\"windows\":[",
	       s.emergency_limit_mp, s.emergency_threshold_mp,
	       s.disablement_threshold_mp, s.max_credit_mp, s.max_balance_mp,
	       s.recovery[0].rate_mp, s.recovery[0].daily,
	       s.recovery[1].rate_mp, s.recovery[1].daily, s.share, s.cap_mp,
	       s.suspend_disabled, s.suspend_emergency, s.vulnerable);
	for (int n = 0; n < 7; n++) {
		const struct prepay_profile *profile =
			&s.calendar.profile[s.calendar.week[n]];

		printf("%s[%d,%d]", n ? "," : "",
		       profile->n ? profile->window[0].from_s : 0,
		       profile->n ? profile->window[0].to_s : 0);
	}
	putchar(']');
	return prepayd_set_settings(&chain.prepayd, account(),
				    (int64_t)chain_now_us(&chain), &s);
}

static int top_up(void)
{
	struct prepayd_receipt receipt = { 0 };
	char utrn[PREPAYD_UTRN_ROOM];
	bool authentic = chance(12), again = next_token && !chance(10);
	int64_t mp = between(1, chance(3) ? 300000 : 3000000);
	int r;

	if (!again)
		next_token++;
	chain_token(utrn, next_token, mp, authentic);
	printf("\"mp\":%" PRId64 ",\"token\":%" PRIu32 ",\"authentic\":%d", mp,
	       next_token, authentic);
	r = prepayd_top_up(&chain.prepayd, account(),
			   (int64_t)chain_now_us(&chain), utrn, false,
			   &receipt);
	if (!r && receipt.accepted)
		chain.credited_mp += mp;
	return r ? r : receipt.accepted ? 0 : -EPERM;
}

static int ask(enum prepay_event event)
{
	return prepayd_ask(&chain.prepayd, account(),
			   (int64_t)chain_now_us(&chain), event);
}

static int activate(void)
{
	printf("\"now\":1");
	return ask(PREPAY_ACTIVATE);
}

static int to_mode(void)
{
	bool prepayment = chance(8);

	printf("\"prepayment\":%d", prepayment);
	return ask(prepayment ? PREPAY_TO_PREPAYMENT : PREPAY_TO_CREDIT);
}

static int set_debt(void)
{
	enum prepay_debt debt = (enum prepay_debt)chance(PREPAY_DEBTS);
	int64_t mp = chance(4) ? between(0, 300000) : 0;
	int64_t was = account()->p.debt_mp[debt];
	int r;

	printf("\"debt\":%d,\"mp\":%" PRId64, debt, mp);
	r = prepayd_set_debt(&chain.prepayd, account(),
			     (int64_t)chain_now_us(&chain), debt, mp);
	if (!r)
		chain.adjusted_mp -= mp - was;
	return r;
}

static int adjust_balance(void)
{
	int64_t mp = between(-400000, 400000);
	int r;

	printf("\"mp\":%" PRId64, mp);
	r = prepayd_adjust_balance(&chain.prepayd, account(),
				   (int64_t)chain_now_us(&chain), mp);
	if (!r)
		chain.adjusted_mp += mp;
	return r;
}

/* A person on site: prepayment's own hold first. */
static int consent(void)
{
	int asked = ask(PREPAY_CONSENT), r;
	static const enum supply_state wants[] = {
		[PREPAY_ON] = SUPPLY_ENABLED,
		[PREPAY_HOLD_OFF] = SUPPLY_DISABLED,
		[PREPAY_ARM] = SUPPLY_ARMED,
	};

	printf("\"asked\":%d", asked);
	if (!chain_has_power(&chain))
		return asked;
	chain.consent = true;
	r = supplyd_follow(&chain.supplyd, SUPPLYD_ELECTRICITY,
			   wants[prepay_supply(&account()->p).want], "",
			   chain_now_us(&chain));
	if (!r)
		r = supplyd_consent(&chain.supplyd, SUPPLYD_ELECTRICITY,
				    chain_now_us(&chain));
	chain.consent = false;
	return r;
}

static int request(void)
{
	static const char *const words[] = { "enable", "arm", "disable" };
	enum supply_request what = (enum supply_request)chance(SUPPLY_REQUESTS);

	printf("\"what\":\"%s\"", words[what]);
	return supplyd_request(&chain.supplyd, SUPPLYD_ELECTRICITY,
			       SUPPLY_SUPPLIER, what, chain_now_us(&chain));
}

static int set_limit(void)
{
	struct supply_limit limit = {
		.active = chance(4),
		.threshold_mw = between(100000, 1000000),
		.period_s = between(0, 600),
		.disables = chance(2),
		.restoration_s = between(0, 7200),
		.arms = chance(2),
	};

	printf("\"active\":%d,\"mw\":%" PRId64 ",\"period\":%" PRId64
	       ",\"disables\":%d,\"restoration\":%" PRId64 ",\"arms\":%d",
	       limit.active, limit.threshold_mw, limit.period_s, limit.disables,
	       limit.restoration_s, limit.arms);
	return supplyd_set_limit(&chain.supplyd, &limit, chain_now_us(&chain));
}

static const struct op {
	const char *name;
	enum chain_daemon of;
	unsigned int weight;
	int (*fn)(void);
	bool first; /* of a life */
} ops[] = {
	{ "tables", CHAIN_TARIFFD, 4, set_tables, true },
	{ "cancel", CHAIN_TARIFFD, 1, cancel_tables, false },
	{ "half-hours", CHAIN_TARIFFD, 2, set_half_hours, false },
	{ "dynamic", CHAIN_TARIFFD, 1, use_half_hours, false },
	{ "reset", CHAIN_TARIFFD, 1, set_reset, false },
	{ "blocks", CHAIN_TARIFFD, 1, reset_blocks, false },
	{ "billing", CHAIN_TARIFFD, 1, set_billing, false },
	{ "close", CHAIN_TARIFFD, 1, close_entry, false },
	{ "settings", CHAIN_PREPAYD, 2, set_settings, true },
	{ "top-up", CHAIN_PREPAYD, 8, top_up, false },
	{ "activate", CHAIN_PREPAYD, 3, activate, false },
	{ "mode", CHAIN_PREPAYD, 2, to_mode, true },
	{ "debt", CHAIN_PREPAYD, 3, set_debt, false },
	{ "adjust", CHAIN_PREPAYD, 2, adjust_balance, false },
	{ "consent", CHAIN_SUPPLYD, 6, consent, false },
	{ "request", CHAIN_SUPPLYD, 3, request, false },
	{ "limit", CHAIN_SUPPLYD, 1, set_limit, true },
};

static const struct op *choose(void)
{
	unsigned int sum = 0, n;

	for (size_t k = 0; k < ARRAY_SIZE(ops); k++)
		sum += ops[k].weight;
	n = (unsigned int)chance(sum);
	for (size_t k = 0;; k++) {
		if (n < ops[k].weight)
			return &ops[k];
		n -= ops[k].weight;
	}
}

/* Nothing else may come of a command. */
static bool is_refusal(int r)
{
	return r == -EPERM || r == -EALREADY || r == -EBUSY || r == -ERANGE ||
	       (rough && r == -ESTALE);
}

/* What was in doubt when the power went is counted as it turned out. */
static void settle_doubt(void)
{
	const struct prepay *p = &account()->p;

	chain.credited_mp = p->credited_mp;
	chain.adjusted_mp = p->adjusted_mp;
}

static void act(const struct op *op, bool with_cuts)
{
	bool cut = with_cuts && !chance(8);
	int r;

	if (!all_up())
		return;
	powercut_at(chain.disk, cut ? 1 + chance(COMMAND_POINTS) : 0);
	printf("{\"e\":\"%s\",", op->name);
	r = op->fn();
	if (!chain_has_power(&chain)) {
		puts(",\"doubt\":1}");
		restart();
		settle_doubt();
		cycle(false);
		return;
	}
	powercut_at(chain.disk, 0);
	if (r && !is_refusal(r))
		chain_fail(&chain, "%s: %s", op->name, strerror(-r));
	printf(",\"ok\":%d}\n", !r);
	print_state();
}

/* --- lives */

static void disturb(void)
{
	struct sim_meter *m = &chain.home.meter[0];
	/* Not both in one life: which of two meters had counted what before
	 * the clock was put back nobody can say.
	 */
	uint64_t what = chain.seed % 2 ? chance(3) : 1 + chance(3);

	printf("{\"e\":\"disturb\",\"what\":%" PRIu64 "}\n", what);
	switch (what) {
	case 0: /* odd seeds */
		sim_home_step_clock(&chain.home,
				    chance(2) ? between(-3 * HOUR_S, -1) :
						between(1, 30 * HOUR_S));
		break;
	case 1:
		chain.home.latching = (enum sim_latching)chance(3);
		break;
	case 3: /* even seeds */
		chain.changed = true;
		sim_home_replace(&chain.home, SIM_ELECTRICITY, 0);
		break;
	default: /* 2 */
		m->load = SIM_LOAD_FIXED;
		m->fixed = between(0, 9000000);
	}
	cycle(false);
}

/* One is killed; it is back at once, or after a while. */
static void kill_one(void)
{
	enum chain_daemon n = (enum chain_daemon)chance(CHAIN_DAEMONS);

	chain_kill(&chain, n);
	if (chance(2))
		chain_start(&chain);
	printf("{\"e\":\"killed\",\"daemon\":%d,\"back\":%d}\n", n,
	       chain.store[n] ? 1 : 0);
}

static void event(void)
{
	static const int64_t spans[] = { 10, 300, 1800, 5400, 14400 };

	pass(between(1, spans[chance(ARRAY_SIZE(spans))]));
	if (!all_up() && chance(2)) {
		chain_start(&chain);
		puts("{\"e\":\"back\"}");
	}
	if (rough && !chance(6))
		disturb();
	cycle(true);
	if (!chance(10))
		kill_one();
	else
		act(choose(), true);
}

static void check_entries(void)
{
	uint64_t last = 0, logged = 0, waiting;

	chain_start(&chain);
	pass(60);
	cycle(false);
	cycle(false);
	if (tariffd_last_entry(&chain.tariffd, &last))
		chain_fail(&chain, "the last entry");
	for (size_t n = 0; n < chain.n_logs; n++)
		if (!strcmp(chain.log[n].log, LOG_BILLING))
			logged += chain.log[n].newest;
	waiting =
		(uint64_t)tariffd_count_entries(&chain.tariffd, electricity());
	/* With a clock put back prepayd may not hear of one. */
	if (last != logged + waiting || (waiting && !rough))
		chain_fail(&chain,
			   "%" PRIu64 " billing entries, %" PRIu64
			   " logged, %" PRIu64 " wait",
			   last, logged, waiting);
}

static void live(uint64_t seed)
{
	int64_t begin_s;

	dice = seed * 1000003;
	begin_s = BEGIN + between(0, YEAR_DAYS * 48) * SIM_SLOT_S;
	next_token = 0;
	told_s = begin_s;
	chain_begin(&chain, seed, begin_s, seed);
	chain.beyond_wh = -(int64_t)register_wh();
	printf("{\"e\":\"life\",\"seed\":%" PRIu64 ",\"at\":%" PRId64 "}\n",
	       seed, begin_s);
	cycle(false);
	for (size_t n = 0; n < ARRAY_SIZE(ops); n++)
		if (ops[n].first)
			act(&ops[n], false);
	for (int n = 0; n < EVENTS; n++)
		event();
	check_entries();
	printf("{\"e\":\"end\",\"records\":%" PRIu64 "}\n", chain.records);
	chain_end(&chain);
}

int main(int argc, char **argv)
{
	int64_t first, count;

	if (argc < 3 || parse_int(argv[1], 0, INT32_MAX, &first) ||
	    parse_int(argv[2], 1, INT32_MAX, &count))
		return 2;
	rough = argc > 3;
	/* Its story has nobody who could tell it again. */
	if (rough && argc == 4 && !freopen("/dev/null", "w", stdout))
		return 2;
	for (int64_t seed = first; seed < first + count; seed++)
		live((uint64_t)seed);
	return 0;
}
