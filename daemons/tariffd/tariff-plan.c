// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is set: now, or for a time to come (T-3, T-7, T-8). */
#include <errno.h>

#include "tariff.h"

#define UP_A_MP 1000
/* A currency unit is 10^5 milli-pence, a kWh 10^3 Wh. */
#define SCALE_MP_A_KWH (5 + 3)

static int refuse(const char **ret_why, const char *why)
{
	if (ret_why)
		*ret_why = why;
	return -EINVAL;
}

/* 0: pending; 1: now. */
static int when(const struct tariff *t, int64_t at_s, const char **ret_why)
{
	if (at_s < 0 || at_s >= CIVIL_END_S)
		return refuse(ret_why, "an activation time is out of bounds");
	return at_s <= t->upto_s;
}

int tariff_pend_calendar(struct tariff *t, int64_t at_s,
			 const struct tariff_calendar *next,
			 const char **ret_why)
{
	int now = when(t, at_s, ret_why);
	int r = now < 0 ? now : calendar_check(next, ret_why);

	if (r)
		return r;
	if (next->commodity != t->calendar.commodity)
		return refuse(ret_why, "a calendar of another commodity");
	if (now) {
		t->calendar = *next;
		t->pending.calendar_at_s = 0;
		t->profile_day = -1;
		return TARIFF_CALENDAR;
	}
	t->pending.calendar = *next;
	t->pending.calendar_at_s = at_s;
	return 0;
}

int tariff_pend_thresholds(struct tariff *t, int64_t at_s,
			   const struct tariff_thresholds *next,
			   const char **ret_why)
{
	int now = when(t, at_s, ret_why);
	int r = now < 0 ? now : tariff_thresholds_check(next, ret_why);

	if (r)
		return r;
	if (now) {
		t->thresholds = *next;
		t->pending.thresholds_at_s = 0;
		return TARIFF_THRESHOLDS;
	}
	t->pending.thresholds = *next;
	t->pending.thresholds_at_s = at_s;
	return 0;
}

int tariff_pend_prices(struct tariff *t, int64_t at_s,
		       const struct tariff_prices *next, const char **ret_why)
{
	int now = when(t, at_s, ret_why);

	if (now < 0)
		return now;
	if (now) {
		t->prices = *next;
		t->pending.prices_at_s = 0;
		return TARIFF_PRICES;
	}
	t->pending.prices = *next;
	t->pending.prices_at_s = at_s;
	return 0;
}

unsigned int tariff_cancel(struct tariff *t, unsigned int what)
{
	struct tariff_pending *p = &t->pending;
	unsigned int cancelled = 0;

	if (what & TARIFF_CALENDAR && p->calendar_at_s) {
		p->calendar_at_s = 0;
		cancelled |= TARIFF_CALENDAR;
	}
	if (what & TARIFF_THRESHOLDS && p->thresholds_at_s) {
		p->thresholds_at_s = 0;
		cancelled |= TARIFF_THRESHOLDS;
	}
	if (what & TARIFF_PRICES && p->prices_at_s) {
		p->prices_at_s = 0;
		cancelled |= TARIFF_PRICES;
	}
	return cancelled;
}

void tariff_use_dynamic(struct tariff *t, bool on)
{
	t->dynamic = on;
}

int tariff_set_dynamic(struct tariff *t, int64_t start_s, int32_t price_mp)
{
	int64_t ahead = (int64_t)(TARIFF_DYNAMIC_SLOTS - 1) * CIVIL_SLOT_S;
	unsigned int n;

	if (start_s < CIVIL_MIN_S || start_s >= CIVIL_END_S ||
	    start_s % CIVIL_SLOT_S)
		return -EINVAL;
	if (start_s < t->upto_s)
		return -ESTALE;
	/* Else it would be in the place of one still to come. */
	if (start_s - t->upto_s > ahead)
		return -ERANGE;
	n = (unsigned int)(start_s / CIVIL_SLOT_S % TARIFF_DYNAMIC_SLOTS);
	t->slot[n].start_s = start_s;
	t->slot[n].price_mp = price_mp;
	return 0;
}

int tariff_set_reset(struct tariff *t, const struct tariff_period *reset,
		     const char **ret_why)
{
	int r = tariff_period_check(reset, ret_why);

	if (r)
		return r;
	t->reset = *reset;
	t->next_reset_s = tariff_period_next(reset, t->upto_s);
	return 0;
}

int tariff_set_billing(struct tariff *t, const struct tariff_period *billing,
		       const char **ret_why)
{
	int r = tariff_period_check(billing, ret_why);

	if (r)
		return r;
	t->billing = *billing;
	t->next_billing_s = tariff_period_next(billing, t->upto_s);
	return 0;
}

int tariff_set_clock(struct tariff *t, int64_t at_s)
{
	if (at_s < CIVIL_MIN_S || at_s > t->upto_s)
		return -EINVAL;
	t->upto_s = at_s;
	tariff_refresh(t);
	return 0;
}

int64_t tariff_up_to_mp(int64_t up)
{
	int64_t rest = up % UP_A_MP, mp = up / UP_A_MP;

	if (rest >= UP_A_MP / 2)
		return mp + 1;
	return rest <= -UP_A_MP / 2 ? mp - 1 : mp;
}

int tariff_scale_price(int32_t price, int price_scale, int commodity_scale,
		       int32_t *ret_price_mp)
{
	int64_t value = price;
	int exponent;

	/* Scales are one octet each. */
	if (price_scale < INT8_MIN || price_scale > INT8_MAX ||
	    commodity_scale < INT8_MIN || commodity_scale > INT8_MAX)
		return -ERANGE;
	exponent = price_scale - commodity_scale + SCALE_MP_A_KWH;
	for (; value && exponent > 0; exponent--) {
		value *= 10;
		if (value > INT32_MAX || value < INT32_MIN)
			return -ERANGE;
	}
	for (; value && exponent < 0; exponent++) {
		if (value % 10)
			return -ERANGE;
		value /= 10;
	}
	*ret_price_mp = (int32_t)value;
	return 0;
}
