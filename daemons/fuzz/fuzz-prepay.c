// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A meter's life from octets: settings, then an operation each. Whatever is
 * asked, the state stays one prepay_check() accepts, a refusal changes
 * nothing, and supply is not disabled in a non-disablement period.
 */
#include <string.h>

#include "../common/util.h"
#include "../prepayd/prepay.h"

struct input {
	const uint8_t *at, *end;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint8_t octet(struct input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

/* A small number, or one at the edge of what is possible. */
static int64_t number(struct input *in)
{
	static const int64_t edges[] = {
		INT64_MIN,	     INT64_MAX,
		PREPAY_MONEY_MAX_MP, -PREPAY_MONEY_MAX_MP,
		PREPAY_RATE_MAX_MP,  -PREPAY_RATE_MAX_MP,
		PREPAY_COST_MAX_UP,  -PREPAY_COST_MAX_UP,
	};
	uint8_t kind = octet(in);

	if (kind >= 248)
		return edges[kind - 248];
	if (kind >= 240)
		return (int64_t)octet(in) << (8 * (kind - 240) % 40);
	return (int64_t)octet(in) - (kind & 1 ? 64 : 0) + 256 * (kind >> 4);
}

static struct prepay_settings settings_of(struct input *in)
{
	struct prepay_settings s = {
		.emergency_limit_mp = number(in),
		.emergency_threshold_mp = number(in),
		.disablement_threshold_mp = number(in),
		.low_credit_threshold_mp = number(in),
		.max_credit_mp = number(in),
		.max_balance_mp = number(in),
		.recovery = { { number(in), true }, { number(in), false } },
		.share = (int32_t)number(in),
		.cap_mp = number(in),
		.lockout_tries = octet(in),
		.lockout_s = number(in),
	};
	uint8_t flags = octet(in);

	s.suspend_disabled = flags & 1;
	s.suspend_emergency = flags & 2;
	s.vulnerable = flags & 4;
	s.calendar.profile[0].n = flags >> 5;
	for (int n = 0; n < PREPAY_WINDOWS && flags & 8; n++) {
		s.calendar.profile[0].window[n].from_s = 600 * octet(in);
		s.calendar.profile[0].window[n].to_s = 600 * octet(in);
	}
	s.calendar.week[0] = octet(in) % 20;
	return s;
}

static int top_up(struct prepay *p, const struct prepay_settings *s,
		  struct input *in, struct prepay_alerts *alerts)
{
	struct prepay_token token = {
		.counter = (uint64_t)octet(in) << 32,
		.local = octet(in) & 1,
	};
	enum prepay_token_result result = PREPAY_TOKEN_OK;
	struct prepay before = *p;
	int ret;

	token.value_mp = number(in);
	ret = prepay_top_up(p, s, &token, alerts, &result);
	if (ret || result == PREPAY_TOKEN_OK)
		return ret;
	if (memcmp(p, &before, sizeof(before)) != 0)
		__builtin_trap();
	return 0;
}

static int operate(struct prepay *p, struct prepay_settings *s,
		   struct input *in, struct prepay_alerts *alerts)
{
	struct prepay_point point = {
		.at_s = p->at_s,
		.epoch = p->epoch,
		.cost_up = p->cost.up,
		.standing_up = p->standing.up,
	};
	int ret;

	switch (octet(in) % 12) {
	case 0:
		*s = settings_of(in);
		return 0;
	case 1:
	case 2:
		point.at_s += 97 * (number(in) % (400 * PREPAY_DAY_S));
		point.cost_up += number(in) % 9999;
		point.standing_up += octet(in);
		ret = prepay_advance(p, s, &point, alerts);
		return ret ? ret : prepay_look(p, s, p->at_s, alerts);
	case 3:
		point.epoch = octet(in) % 3;
		point.cost_up = number(in);
		point.standing_up = number(in);
		if (octet(in) & 1)
			return prepay_rebase(p, s, &point, alerts);
		return prepay_advance(p, s, &point, alerts);
	case 4:
		return prepay_ask(p, s, (enum prepay_event)(octet(in) % 8),
				  alerts);
	case 5:
		return top_up(p, s, in, alerts);
	case 6:
		return prepay_set_debt(p, s, (enum prepay_debt)(octet(in) % 5),
				       number(in), alerts);
	case 7:
		return prepay_adjust_debt(p, s,
					  (enum prepay_debt)(octet(in) % 5),
					  number(in), alerts);
	case 8:
		return prepay_adjust_balance(p, s, number(in), alerts);
	case 9:
		return prepay_look(p, s, p->now_s + number(in) % PREPAY_DAY_S,
				   alerts);
	case 10:
		return prepay_token_floor(p, s, octet(in), octet(in) & 1);
	default:
		return octet(in) & 1 ? prepay_wrong_entry(p, s, alerts) :
				       prepay_clear_debts(p, s, alerts);
	}
}

/*
 * What was read back from a damaged disk: one register is another, and what
 * came and went may have been made to fit. Either it is refused, by every
 * call, or it is a meter's state like any other.
 */
static void damage(struct prepay *p, const struct prepay_settings *s,
		   struct input *in)
{
	struct prepay bad = *p;
	int64_t *const fields[] = {
		&bad.at_s,
		&bad.cost.up,
		&bad.balance_mp,
		&bad.granted_mp,
		&bad.emergency_mp,
		&bad.debt_mp[0],
		&bad.debt_mp[1],
		&bad.debt_mp[2],
		&bad.debt_mp[3],
		&bad.week,
		&bad.week_recovered_mp,
		&bad.credited_mp,
		&bad.consumed_mp,
		&bad.standing_mp,
		&bad.adjusted_mp,
		&bad.locked_until_s,
		&bad.now_s,
		&bad.standing.up,
	};
	int64_t mp = number(in);
	uint8_t which = octet(in);

	*fields[which % ARRAY_SIZE(fields)] = mp;
	if (which & 16)
		bad.state = (enum prepay_state)(octet(in) % 9);
	if (which & 32)
		bad.emergency = !bad.emergency;
	if (which & 64)
		bad.used[octet(in) % PREPAY_TOKENS] = octet(in);
	if (which & 128 && mp <= PREPAY_MONEY_MAX_MP &&
	    mp >= -PREPAY_MONEY_MAX_MP)
		bad.opening_mp = prepay_worth_mp(&bad) - bad.credited_mp +
				 bad.consumed_mp + bad.standing_mp -
				 bad.adjusted_mp;
	if (prepay_check(&bad, NULL) == 0)
		*p = bad;
	else if (!prepay_look(&bad, s, p->now_s, NULL) ||
		 !prepay_ask(&bad, s, PREPAY_TO_CREDIT, NULL) ||
		 !prepay_clear_debts(&bad, s, NULL) ||
		 !prepay_wrong_entry(&bad, s, NULL))
		__builtin_trap();
}

/* Any state that is in order can be gone on from. */
static void go_on(const struct prepay *p, const struct prepay_settings *s)
{
	struct prepay copy = *p;
	struct prepay_point point = {
		.at_s = p->at_s,
		.epoch = p->epoch,
		.cost_up = p->cost.up,
		.standing_up = p->standing.up,
	};
	int ret = prepay_look(&copy, s, p->now_s, NULL);

	if (!ret && p->based)
		ret = prepay_advance(&copy, s, &point, NULL);

	if (ret && prepay_settings_check(s, NULL) == 0)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct input in = { data, data + len };
	struct prepay_settings s;
	struct prepay p, before;
	int spans = 0;

	s = settings_of(&in);
	if (prepay_init(&p, 86400 * (int64_t)octet(&in), number(&in)))
		return 0;
	while (in.at < in.end && spans++ < 60) {
		struct prepay_alerts alerts = { 0 };
		int ret;

		if (octet(&in) % 8 == 7)
			damage(&p, &s, &in);
		go_on(&p, &s);
		memcpy(&before, &p, sizeof(p));
		ret = operate(&p, &s, &in, &alerts);
		if (ret && memcmp(&p, &before, sizeof(p)) != 0)
			__builtin_trap();
		if (ret && alerts.n)
			__builtin_trap();
		if (prepay_check(&p, NULL))
			__builtin_trap();
		for (size_t n = 0; n < alerts.n; n++)
			if (alerts.alert[n].kind == PREPAY_SUPPLY_DISABLED &&
			    (s.vulnerable ||
			     prepay_in_calendar(&s.calendar,
						alerts.alert[n].at_s)))
				__builtin_trap();
	}
	return 0;
}
