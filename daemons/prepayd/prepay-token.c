// SPDX-License-Identifier: LGPL-2.1-or-later
#include "prepay-rules.h"

#include <errno.h>
#include <string.h>

const char *prepay_token_text(enum prepay_token_result result)
{
	static const char *const text[PREPAY_TOKEN_RESULTS] = {
		[PREPAY_TOKEN_OK] = "accepted",
		[PREPAY_TOKEN_LOCKED] = "too many wrong entries: try later",
		[PREPAY_TOKEN_MODE] = "this meter is not in prepayment mode",
		[PREPAY_TOKEN_DUPLICATE] = "used before",
		[PREPAY_TOKEN_OLD] = "too old: newer tokens were used",
		[PREPAY_TOKEN_TOO_LARGE] = "more than can be added at once",
		[PREPAY_TOKEN_BALANCE] = "would exceed the largest balance",
	};

	if ((unsigned int)result >= PREPAY_TOKEN_RESULTS)
		return "unknown";
	return text[result];
}

bool prepay_locked(const struct prepay *p)
{
	return p->now_s < p->locked_until_s;
}

int prepay_wrong_entry(struct prepay *p, const struct prepay_settings *settings,
		       struct prepay_alerts *alerts)
{
	struct prepay next = *p;
	struct prepay_alerts more = { 0 };
	int ret;

	ret = prepay_ready(p, settings);
	if (ret)
		return ret;
	if (prepay_locked(p))
		return -EPERM;
	if (!settings->lockout_tries)
		return 0;
	/* Settings may have lowered the number below what was counted. */
	if (++next.wrong >= settings->lockout_tries) {
		next.wrong = 0;
		next.locked_until_s = next.now_s + settings->lockout_s;
		prepay_alert(&more, &next, PREPAY_ENTRY_LOCKED, next.now_s);
	}
	return prepay_commit(p, &next, alerts, &more);
}

static enum prepay_token_result refusal(const struct prepay *p,
					const struct prepay_settings *settings,
					const struct prepay_token *token)
{
	uint32_t high = (uint32_t)(token->counter >> 32);

	if (token->local && prepay_locked(p))
		return PREPAY_TOKEN_LOCKED;
	if (p->state == PREPAY_CREDIT)
		return PREPAY_TOKEN_MODE;
	for (int n = 0; n < p->n_used; n++)
		if (p->used[n] == high)
			return PREPAY_TOKEN_DUPLICATE;
	if (high <= p->floor)
		return PREPAY_TOKEN_OLD;
	if (token->value_mp > settings->max_credit_mp)
		return PREPAY_TOKEN_TOO_LARGE;
	if (token->value_mp > settings->max_balance_mp - p->balance_mp)
		return PREPAY_TOKEN_BALANCE;
	return PREPAY_TOKEN_OK;
}

/* The lowest makes room and raises the floor, be it the new one itself: what
 * is not remembered is refused, so none is taken twice (P-8).
 */
static void remember(struct prepay *p, uint32_t high)
{
	int32_t n;

	if (high > p->highest)
		p->highest = high;
	if (p->n_used == PREPAY_TOKENS) {
		if (high < p->used[0]) {
			p->floor = high;
			return;
		}
		p->floor = p->used[0];
		p->n_used--;
		memmove(p->used, p->used + 1,
			(size_t)p->n_used * sizeof(p->used[0]));
	}
	for (n = p->n_used; n > 0 && p->used[n - 1] > high; n--)
		p->used[n] = p->used[n - 1];
	p->used[n] = high;
	p->n_used++;
}

static int64_t take(int64_t *left_mp, int64_t most_mp)
{
	int64_t part = *left_mp < most_mp ? *left_mp : most_mp;

	if (part < 0)
		part = 0;
	*left_mp -= part;
	return part;
}

/* P-7: in this order. A share is rounded down: the rest is the consumer's. */
static void pay(struct prepay *p, const struct prepay_settings *settings,
		int64_t mp, struct prepay_alerts *alerts)
{
	int64_t share_mp = mp * settings->share / PREPAY_SHARE_ALL;
	int64_t room_mp = settings->cap_mp - p->week_recovered_mp;
	int64_t part;

	p->credited_mp += mp;
	if (share_mp > room_mp)
		share_mp = room_mp;
	if (share_mp > p->debt_mp[PREPAY_PAYMENT_DEBT])
		share_mp = p->debt_mp[PREPAY_PAYMENT_DEBT];
	part = take(&mp, share_mp);
	p->debt_mp[PREPAY_PAYMENT_DEBT] -= part;
	p->week_recovered_mp += part;
	if (part && !p->debt_mp[PREPAY_PAYMENT_DEBT])
		prepay_alert(alerts, p, PREPAY_PAYMENT_DEBT_PAID, p->now_s);
	p->debt_mp[PREPAY_ACCUMULATED_DEBT] -=
		take(&mp, p->debt_mp[PREPAY_ACCUMULATED_DEBT]);
	prepay_credit(p, mp);
}

int prepay_top_up(struct prepay *p, const struct prepay_settings *settings,
		  const struct prepay_token *token,
		  struct prepay_alerts *alerts,
		  enum prepay_token_result *ret_result)
{
	struct prepay next = *p;
	struct prepay_alerts more = { 0 };
	enum prepay_token_result result;
	int ret;

	ret = prepay_ready(p, settings);
	if (ret)
		return ret;
	if ((token->counter & UINT32_MAX) || token->value_mp <= 0)
		return -EINVAL;
	result = refusal(p, settings, token);
	if (result == PREPAY_TOKEN_OK) {
		prepay_evaluate(&next, settings, &more);
		pay(&next, settings, token->value_mp, &more);
		remember(&next, (uint32_t)(token->counter >> 32));
		if (token->local)
			next.wrong = 0;
		prepay_alert(&more, &next, PREPAY_TOPPED_UP, next.now_s);
		prepay_evaluate(&next, settings, &more);
		ret = prepay_commit(p, &next, alerts, &more);
		if (ret)
			return ret;
	}
	*ret_result = result;
	return 0;
}

int prepay_token_floor(struct prepay *p, const struct prepay_settings *settings,
		       uint32_t floor, bool new_supplier)
{
	struct prepay next = *p;
	int32_t kept = 0;
	int ret;

	ret = prepay_ready(p, settings);
	if (ret)
		return ret;
	if (new_supplier) {
		next.floor = 0;
		next.highest = 0;
		next.n_used = 0;
	}
	if (floor < next.floor)
		return -ERANGE;
	for (int32_t n = 0; n < next.n_used; n++)
		if (next.used[n] > floor)
			next.used[kept++] = next.used[n];
	next.n_used = kept;
	next.floor = floor;
	if (floor > next.highest)
		next.highest = floor;
	*p = next;
	return 0;
}
