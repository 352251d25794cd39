// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Octets as tables and as what happens to a tariff. Whatever the checks let
 * through, no Wh may be lost and a state must stay one that checks.
 */
#include <errno.h>
#include <string.h>

#include "../tariffd/tariff-cost.h"
#include "../tariffd/tariff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct octets {
	const uint8_t *p;
	size_t len;
};

static void take(struct octets *in, void *to, size_t n)
{
	size_t some = n < in->len ? n : in->len;

	memset(to, 0, n);
	memcpy(to, in->p, some);
	in->p += some;
	in->len -= some;
}

static int64_t number(struct octets *in, size_t size)
{
	uint8_t octet[8] = { 0 };
	uint64_t value = 0;

	take(in, octet, size);
	for (size_t n = size; n--;)
		value = value << 8 | octet[n];
	return (int64_t)value;
}

static void take_date(struct octets *in, struct calendar_date *d)
{
	d->year = (uint16_t)number(in, 2);
	d->month = (uint8_t)number(in, 1);
	d->day = (uint8_t)number(in, 1);
	d->weekday = (uint8_t)number(in, 1);
}

/* Short tables, so that few octets make one that checks. */
static void take_calendar(struct octets *in, struct tariff_calendar *c)
{
	memset(c, 0, sizeof(*c));
	c->commodity = (uint8_t)number(in, 1);
	c->days = (uint8_t)number(in, 1);
	c->weeks = (uint8_t)number(in, 1);
	c->seasons = (uint8_t)number(in, 1);
	c->specials = (uint8_t)number(in, 1);
	for (unsigned int d = 0; d < c->days && d < CALENDAR_DAYS; d++) {
		struct calendar_switch s[4];
		unsigned int n = (unsigned int)number(in, 1) % 5;

		for (unsigned int k = 0; k < n; k++) {
			s[k].minute = (uint16_t)(number(in, 1) * 30);
			s[k].action = (uint8_t)number(in, 1);
		}
		(void)calendar_day(s, n, c->action[d], NULL);
	}
	for (unsigned int w = 0; w < c->weeks && w < CALENDAR_WEEKS; w++)
		take(in, c->week_day[w], 7);
	for (unsigned int s = 0; s < c->seasons && s < CALENDAR_SEASONS; s++) {
		c->season_week[s] = (uint8_t)number(in, 1);
		take_date(in, &c->season_start[s]);
	}
	for (unsigned int s = 0; s < c->specials && s < CALENDAR_SPECIALS;
	     s++) {
		c->special_day[s] = (uint8_t)number(in, 1);
		take_date(in, &c->special[s]);
	}
}

static void take_thresholds(struct octets *in, struct tariff_thresholds *x)
{
	for (unsigned int row = 0; row < TARIFF_ROWS; row++)
		for (unsigned int n = 0; n < TARIFF_BLOCKS - 1; n++) {
			int64_t wh = number(in, 2);

			x->wh[row][n] = wh ? wh : TARIFF_NO_THRESHOLD;
		}
}

static void take_prices(struct octets *in, struct tariff_prices *p)
{
	for (unsigned int n = 0; n < TARIFF_CELLS; n++)
		p->cell_mp[n] = (int32_t)number(in, n % 8 ? 1 : 4);
	p->standing_mp = (int32_t)number(in, 4);
}

static void must(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void advance(struct octets *in, struct tariff *t, struct tariff_cost *c)
{
	/* Mostly days at most: a century of half hours takes its time. */
	int64_t at_s = t->upto_s + (int32_t)number(in, 3) % 400000 - 60;
	int64_t wh = number(in, 1) == 255 ? number(in, 8) : number(in, 2);
	static struct tariff before;
	struct tariff_walk walk;
	struct tariff_step step;
	int64_t total;
	int r;

	if (__builtin_add_overflow(t->upto_wh, wh, &total))
		return;
	before = *t;
	if (tariff_walk_begin(t, at_s, total, &walk)) {
		must(tariff_advance(t, at_s, total, &step));
		must(!memcmp(&before, t, sizeof(before)));
		return;
	}
	while (tariff_walk(t, &walk, INT64_MAX)) {
		must(t->upto_wh <= total);
		must(!walk.closed || walk.entry.at_s == t->upto_s);
	}
	/* In parts it is the same as at once. */
	must(!tariff_advance(&before, at_s, total, &step));
	must(!memcmp(&before, t, sizeof(before)));
	before.cost_up -= step.cost_up;
	before.upto_wh -= step.wh;
	must(step.wh == total - before.upto_wh && t->upto_wh == total);
	must(t->cost_up - before.cost_up == step.cost_up);
	/* Sums of a period can overflow where the whole does not. */
	r = cost_update(c, t->upto_s, total, t->cost_up);
	must(!r || r == -EOVERFLOW);
}

static void happen(struct octets *in, struct tariff *t, struct tariff_cost *c)
{
	struct tariff_calendar calendar;
	struct tariff_thresholds thresholds;
	struct tariff_prices prices;
	struct tariff_period period;
	int64_t at_s = t->upto_s + number(in, 3) - 1000;

	switch (number(in, 1) % 10) {
	case 0:
		take_calendar(in, &calendar);
		(void)tariff_pend_calendar(t, at_s, &calendar, NULL);
		break;
	case 1:
		take_thresholds(in, &thresholds);
		(void)tariff_pend_thresholds(t, at_s, &thresholds, NULL);
		break;
	case 2:
		take_prices(in, &prices);
		(void)tariff_pend_prices(t, at_s, &prices, NULL);
		break;
	case 3:
		tariff_use_dynamic(t, true);
		(void)tariff_set_dynamic(t, at_s / 1800 * 1800,
					 (int32_t)number(in, 4));
		break;
	case 4:
		(void)tariff_cancel(t, (unsigned int)number(in, 1));
		break;
	case 5:
		period.anchor_s = at_s / 1800 * 1800;
		period.repeat = (uint8_t)number(in, 1);
		(void)tariff_set_reset(t, &period, NULL);
		(void)tariff_set_billing(t, &period, NULL);
		break;
	case 6:
		tariff_reset_blocks(t);
		break;
	case 7:
		if (!tariff_new_meter(t, number(in, 8)))
			(void)cost_begin(c, t->upto_s, t->upto_wh, t->cost_up);
		break;
	default:
		advance(in, t, c);
	}
}

/* A state off the disk: as it lies, where it checks. */
static void stored(struct octets in, struct tariff *t)
{
	struct tariff_step step;
	size_t n = 0;

	/* Octets over a state that checks; few places, so that some do. */
	while (in.len && n++ < 4) {
		size_t at = (size_t)number(&in, 2) % sizeof(*t);

		take(&in, (uint8_t *)t + at, sizeof(*t) - at < 2 ? 1 : 2);
	}
	if (tariff_check(t, NULL))
		return;
	tariff_refresh(t);
	if (!tariff_advance(t, t->upto_s + 90000, t->upto_wh + 77, &step))
		must(!tariff_check(t, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct octets in = { data, len };
	struct tariff_thresholds thresholds;
	struct tariff_calendar calendar;
	struct tariff_prices prices;
	static struct tariff t;
	struct tariff_cost cost = { 0 };
	int64_t at_s = CIVIL_MIN_S + number(&in, 4);

	take_calendar(&in, &calendar);
	take_thresholds(&in, &thresholds);
	take_prices(&in, &prices);
	if (tariff_start(&t, at_s, 1000, &calendar, &thresholds, &prices, NULL))
		return 0;
	for (int n = 0; n < 40 && in.len; n++) {
		const char *why;

		happen(&in, &t, &cost);
		must(!tariff_check(&t, &why));
	}
	stored((struct octets){ data, len < 16 ? len : 16 }, &t);
	return 0;
}
