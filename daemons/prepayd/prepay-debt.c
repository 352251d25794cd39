// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the supplier does to the registers (P-9). */
#include "prepay-rules.h"

#include <errno.h>

static int set_debt(struct prepay *next, enum prepay_debt debt, int64_t mp)
{
	if (mp < 0)
		return -EINVAL;
	if (mp > PREPAY_MONEY_MAX_MP)
		return -ERANGE;
	next->adjusted_mp -= mp - next->debt_mp[debt];
	next->debt_mp[debt] = mp;
	return 0;
}

int prepay_set_debt(struct prepay *p, const struct prepay_settings *settings,
		    enum prepay_debt debt, int64_t mp,
		    struct prepay_alerts *alerts)
{
	struct prepay next = *p;
	struct prepay_alerts more = { 0 };
	int ret;

	ret = prepay_ready(p, settings);
	if (ret)
		return ret;
	if ((unsigned int)debt >= PREPAY_DEBTS)
		return -EINVAL;
	ret = set_debt(&next, debt, mp);
	if (ret)
		return ret;
	prepay_evaluate(&next, settings, &more);
	return prepay_commit(p, &next, alerts, &more);
}

int prepay_adjust_debt(struct prepay *p, const struct prepay_settings *settings,
		       enum prepay_debt debt, int64_t by_mp,
		       struct prepay_alerts *alerts)
{
	if ((unsigned int)debt >= PREPAY_DEBTS || prepay_check(p, NULL))
		return -EINVAL;
	if (by_mp > PREPAY_MONEY_MAX_MP || by_mp < -PREPAY_MONEY_MAX_MP)
		return -ERANGE;
	return prepay_set_debt(p, settings, debt, p->debt_mp[debt] + by_mp,
			       alerts);
}

int prepay_clear_debts(struct prepay *p, const struct prepay_settings *settings,
		       struct prepay_alerts *alerts)
{
	struct prepay next = *p;
	struct prepay_alerts more = { 0 };
	int ret;

	ret = prepay_ready(p, settings);
	if (ret)
		return ret;
	for (int n = 0; n < PREPAY_DEBTS; n++)
		(void)set_debt(&next, (enum prepay_debt)n, 0);
	prepay_evaluate(&next, settings, &more);
	return prepay_commit(p, &next, alerts, &more);
}

int prepay_adjust_balance(struct prepay *p,
			  const struct prepay_settings *settings, int64_t by_mp,
			  struct prepay_alerts *alerts)
{
	struct prepay next = *p;
	struct prepay_alerts more = { 0 };
	int ret;

	ret = prepay_ready(p, settings);
	if (ret)
		return ret;
	if (by_mp > PREPAY_MONEY_MAX_MP || by_mp < -PREPAY_MONEY_MAX_MP)
		return -ERANGE;
	next.balance_mp += by_mp;
	next.adjusted_mp += by_mp;
	prepay_evaluate(&next, settings, &more);
	return prepay_commit(p, &next, alerts, &more);
}
