// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tariff-codec.h"

#include <errno.h>

#define VERSION 1

/* --- numbers: seven bits an octet, the lowest first, sign in bit 0 */

static void put(struct wbuf *w, int64_t value)
{
	uint64_t bits = (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);

	while (bits >= 0x80) {
		write_u8(w, (uint8_t)(bits | 0x80));
		bits >>= 7;
	}
	write_u8(w, (uint8_t)bits);
}

static int64_t get(struct reader *r)
{
	uint64_t bits = 0;
	unsigned int shift = 0;
	uint8_t octet;

	do {
		octet = read_u8(r);
		/* Of the tenth one bit is left; one of zeros is not needed. */
		if (shift > 63 || (shift == 63 && octet > 1) ||
		    (shift && !octet))
			r->bad = true;
		if (r->bad)
			return 0;
		bits |= (uint64_t)(octet & 0x7f) << shift;
		shift += 7;
	} while (octet & 0x80);
	return (int64_t)(bits >> 1 ^ (bits & 1 ? UINT64_MAX : 0));
}

static int64_t get_between(struct reader *r, int64_t min, int64_t max)
{
	int64_t value = get(r);

	if (value >= min && value <= max)
		return value;
	r->bad = true;
	return min;
}

static int32_t get32(struct reader *r)
{
	return (int32_t)get_between(r, INT32_MIN, INT32_MAX);
}

static bool get_bool(struct reader *r)
{
	return get_between(r, 0, 1);
}

static void put_all(struct wbuf *w, const int64_t *value, size_t n)
{
	while (n--)
		put(w, *value++);
}

static void get_all(struct reader *r, int64_t *value, size_t n)
{
	while (n--)
		*value++ = get(r);
}

static struct reader open_part(struct span from)
{
	struct reader r = reader_of(from);

	if (read_u8(&r) != VERSION)
		r.bad = true;
	return r;
}

static int refuse(const char **ret_why, const char *why)
{
	if (ret_why)
		*ret_why = why;
	return -EBADMSG;
}

/* --- tables */

static void put_date(struct wbuf *w, const struct calendar_date *d)
{
	write_be(w, d->year, 2);
	write_u8(w, d->month);
	write_u8(w, d->day);
	write_u8(w, d->weekday);
}

static void get_date(struct reader *r, struct calendar_date *d)
{
	d->year = read_be16(r);
	d->month = read_u8(r);
	d->day = read_u8(r);
	d->weekday = read_u8(r);
}

static void put_calendar(struct wbuf *w, const struct tariff_calendar *c)
{
	write_u8(w, c->commodity);
	write_u8(w, c->days);
	write_u8(w, c->weeks);
	write_u8(w, c->seasons);
	write_u8(w, c->specials);
	write_bytes(w, c->action, c->days * sizeof(c->action[0]));
	write_bytes(w, c->week_day, c->weeks * sizeof(c->week_day[0]));
	for (unsigned int n = 0; n < c->seasons; n++) {
		write_u8(w, c->season_week[n]);
		put_date(w, &c->season_start[n]);
	}
	for (unsigned int n = 0; n < c->specials; n++) {
		write_u8(w, c->special_day[n]);
		put_date(w, &c->special[n]);
	}
}

static void get_octets(struct reader *r, void *to, size_t n)
{
	struct span s = read_bytes(r, n);

	if (s.len)
		memcpy(to, s.p, s.len);
}

static void get_calendar(struct reader *r, struct tariff_calendar *c)
{
	c->commodity = read_u8(r);
	c->days = read_u8(r);
	c->weeks = read_u8(r);
	c->seasons = read_u8(r);
	c->specials = read_u8(r);
	if (c->days > CALENDAR_DAYS || c->weeks > CALENDAR_WEEKS ||
	    c->seasons > CALENDAR_SEASONS || c->specials > CALENDAR_SPECIALS) {
		r->bad = true;
		return;
	}
	get_octets(r, c->action, c->days * sizeof(c->action[0]));
	get_octets(r, c->week_day, c->weeks * sizeof(c->week_day[0]));
	for (unsigned int n = 0; n < c->seasons; n++) {
		c->season_week[n] = read_u8(r);
		get_date(r, &c->season_start[n]);
	}
	for (unsigned int n = 0; n < c->specials; n++) {
		c->special_day[n] = read_u8(r);
		get_date(r, &c->special[n]);
	}
}

/* No threshold is written as -1: a number of one octet. */
static void put_thresholds(struct wbuf *w, const struct tariff_thresholds *x)
{
	const int64_t *wh = x->wh[0];

	for (size_t n = 0; n < TARIFF_ROWS * (TARIFF_BLOCKS - 1); n++)
		put(w, wh[n] == TARIFF_NO_THRESHOLD ? -1 : wh[n]);
}

static void get_thresholds(struct reader *r, struct tariff_thresholds *x)
{
	int64_t *wh = x->wh[0];

	for (size_t n = 0; n < TARIFF_ROWS * (TARIFF_BLOCKS - 1); n++) {
		wh[n] = get_between(r, -1, TARIFF_WH_MAX);
		if (wh[n] < 0)
			wh[n] = TARIFF_NO_THRESHOLD;
	}
}

static void put_prices(struct wbuf *w, const struct tariff_prices *p)
{
	for (unsigned int n = 0; n < TARIFF_CELLS; n++)
		put(w, p->cell_mp[n]);
	put(w, p->standing_mp);
}

static void get_prices(struct reader *r, struct tariff_prices *p)
{
	for (unsigned int n = 0; n < TARIFF_CELLS; n++)
		p->cell_mp[n] = get32(r);
	p->standing_mp = get32(r);
}

static void put_period(struct wbuf *w, const struct tariff_period *p)
{
	write_u8(w, p->repeat);
	put(w, p->anchor_s);
}

static void get_period(struct reader *r, struct tariff_period *p)
{
	p->repeat = read_u8(r);
	p->anchor_s = get(r);
}

/* --- a tariff */

void tariff_put_hot(struct wbuf *w, const struct tariff *t)
{
	write_u8(w, VERSION);
	put(w, t->upto_s);
	put(w, t->upto_wh);
	put(w, t->start_s);
	put(w, t->start_wh);
	put(w, t->charged_day);
	put(w, t->cost_up);
	put(w, t->standing_up);
	put(w, t->estimated_wh);
	put(w, t->fallback_wh);
	put_all(w, t->cell_wh, TARIFF_CELLS);
	put_all(w, t->counter_wh[0], TARIFF_ROWS * TARIFF_BLOCKS);
}

static int get_hot(struct span from, struct tariff *t)
{
	struct reader r = open_part(from);

	t->upto_s = get(&r);
	t->upto_wh = get(&r);
	t->start_s = get(&r);
	t->start_wh = get(&r);
	t->charged_day = get32(&r);
	t->cost_up = get(&r);
	t->standing_up = get(&r);
	t->estimated_wh = get(&r);
	t->fallback_wh = get(&r);
	get_all(&r, t->cell_wh, TARIFF_CELLS);
	get_all(&r, t->counter_wh[0], TARIFF_ROWS * TARIFF_BLOCKS);
	return reader_done(&r);
}

void tariff_put_cold(struct wbuf *w, const struct tariff *t)
{
	const struct tariff_pending *p = &t->pending;

	write_u8(w, VERSION);
	put_calendar(w, &t->calendar);
	put_thresholds(w, &t->thresholds);
	put_prices(w, &t->prices);
	put_period(w, &t->reset);
	put_period(w, &t->billing);
	write_u8(w, t->dynamic);
	put(w, p->calendar_at_s);
	if (p->calendar_at_s)
		put_calendar(w, &p->calendar);
	put(w, p->thresholds_at_s);
	if (p->thresholds_at_s)
		put_thresholds(w, &p->thresholds);
	put(w, p->prices_at_s);
	if (p->prices_at_s)
		put_prices(w, &p->prices);
}

static int get_cold(struct span from, struct tariff *t)
{
	struct tariff_pending *p = &t->pending;
	struct reader r = open_part(from);

	get_calendar(&r, &t->calendar);
	get_thresholds(&r, &t->thresholds);
	get_prices(&r, &t->prices);
	get_period(&r, &t->reset);
	get_period(&r, &t->billing);
	t->dynamic = read_u8(&r);
	p->calendar_at_s = get(&r);
	if (p->calendar_at_s)
		get_calendar(&r, &p->calendar);
	p->thresholds_at_s = get(&r);
	if (p->thresholds_at_s)
		get_thresholds(&r, &p->thresholds);
	p->prices_at_s = get(&r);
	if (p->prices_at_s)
		get_prices(&r, &p->prices);
	return reader_done(&r);
}

/* In the order of their places, those that there are. */
void tariff_put_slots(struct wbuf *w, const struct tariff *t)
{
	write_u8(w, VERSION);
	for (unsigned int n = 0; n < TARIFF_DYNAMIC_SLOTS; n++) {
		if (!t->slot[n].start_s)
			continue;
		put(w, t->slot[n].start_s / CIVIL_SLOT_S);
		put(w, t->slot[n].price_mp);
	}
}

static int get_slots(struct span from, struct tariff *t)
{
	struct reader r = open_part(from);
	int64_t last = -1;

	while (!r.bad && reader_left(&r)) {
		int64_t slot = get_between(&r, 1, CIVIL_END_S / CIVIL_SLOT_S);
		int64_t n = slot % TARIFF_DYNAMIC_SLOTS;

		if (n <= last)
			return -1;
		last = n;
		t->slot[n].start_s = slot * CIVIL_SLOT_S;
		t->slot[n].price_mp = get32(&r);
	}
	return reader_done(&r);
}

int tariff_get(struct span hot, struct span cold, struct span slots,
	       struct tariff *ret, const char **ret_why)
{
	memset(ret, 0, sizeof(*ret));
	if (get_hot(hot, ret))
		return refuse(ret_why, "registers cannot be read");
	if (get_cold(cold, ret))
		return refuse(ret_why, "tables cannot be read");
	if (get_slots(slots, ret))
		return refuse(ret_why, "half-hourly prices cannot be read");
	if (tariff_check(ret, ret_why))
		return -EBADMSG;
	tariff_refresh(ret);
	return 0;
}

/* --- the history of cost; where a period ends follows from its first day */

void cost_put_hot(struct wbuf *w, const struct tariff_cost *c)
{
	write_u8(w, VERSION);
	put(w, c->known);
	if (!c->known)
		return;
	put(w, c->last_s);
	put(w, c->last_wh);
	put(w, c->last_up);
	for (int kind = 0; kind < COST_KINDS; kind++) {
		put(w, c->track[kind].first_day);
		put(w, c->track[kind].whole);
		put(w, c->track[kind].from_wh);
		put(w, c->track[kind].from_up);
	}
}

static int get_cost_hot(struct span from, struct tariff_cost *c)
{
	struct reader r = open_part(from);

	c->known = get_bool(&r);
	if (!c->known)
		return reader_done(&r);
	c->last_s = get(&r);
	c->last_wh = get(&r);
	c->last_up = get(&r);
	for (int kind = 0; kind < COST_KINDS; kind++) {
		struct cost_track *track = &c->track[kind];

		track->first_day =
			(int32_t)get_between(&r, CIVIL_MIN_S / CIVIL_DAY_S - 31,
					     CIVIL_END_S / CIVIL_DAY_S);
		track->whole = get_bool(&r);
		track->from_wh = get(&r);
		track->from_up = get(&r);
		track->end_s = london_midnight_s(london_period_shift(
			(enum london_period)kind, track->first_day, 1));
	}
	return reader_done(&r);
}

void cost_put_past(struct wbuf *w, const struct tariff_cost *c)
{
	write_u8(w, VERSION);
	for (int kind = 0; kind < COST_KINDS; kind++) {
		unsigned int n = cost_kept((enum london_period)kind);

		for (const struct cost_sum *sum = c->track[kind].past; n--;
		     sum++) {
			put(w, sum->first_day);
			put(w, sum->known);
			if (!sum->known)
				continue;
			put(w, sum->whole);
			put(w, sum->wh);
			put(w, sum->cost_up);
		}
	}
}

static int get_cost_past(struct span from, struct tariff_cost *c)
{
	struct reader r = open_part(from);

	for (int kind = 0; kind < COST_KINDS; kind++) {
		unsigned int n = cost_kept((enum london_period)kind);

		for (struct cost_sum *sum = c->track[kind].past; n--; sum++) {
			sum->first_day = get32(&r);
			sum->known = get_bool(&r);
			if (!sum->known)
				continue;
			sum->whole = get_bool(&r);
			sum->wh = get(&r);
			sum->cost_up = get(&r);
		}
	}
	return reader_done(&r);
}

int cost_read(struct span hot, struct span past, struct tariff_cost *ret,
	      const char **ret_why)
{
	memset(ret, 0, sizeof(*ret));
	if (get_cost_hot(hot, ret) || get_cost_past(past, ret))
		return refuse(ret_why, "the history cannot be read");
	return cost_check(ret, ret_why) ? -EBADMSG : 0;
}

/* --- gas, and entries of the billing data log */

void gas_put(struct wbuf *w, const struct gas_energy *g)
{
	write_u8(w, VERSION);
	put(w, g->upto_dm3);
	put(w, g->wh);
	put(w, g->rest);
	put(w, g->cv_10kj);
	put(w, g->factor_1e5);
}

int gas_get(struct span from, struct gas_energy *ret, const char **ret_why)
{
	struct reader r = open_part(from);

	ret->upto_dm3 = get(&r);
	ret->wh = get(&r);
	ret->rest = get(&r);
	ret->cv_10kj = (uint32_t)get_between(&r, 0, UINT32_MAX);
	ret->factor_1e5 = (uint32_t)get_between(&r, 0, UINT32_MAX);
	if (reader_done(&r) || gas_check(ret))
		return refuse(ret_why, "gas energy cannot be read");
	return 0;
}

void tariff_put_entry(struct wbuf *w, const struct tariff_entry *e)
{
	write_u8(w, VERSION);
	put(w, e->at_s);
	put(w, e->total_wh);
	put(w, e->start_wh);
	put(w, e->cost_up);
	put(w, e->standing_up);
	put(w, e->estimated_wh);
	put(w, e->fallback_wh);
	write_u8(w, e->reasons);
	put_all(w, e->cell_wh, TARIFF_CELLS);
	put_all(w, e->counter_wh[0], TARIFF_ROWS * TARIFF_BLOCKS);
}

/* An entry's own sums have to be right, as a tariff's. */
static bool entry_valid(const struct tariff_entry *e)
{
	int64_t cells = 0;

	if (e->at_s < CIVIL_MIN_S || e->at_s >= CIVIL_END_S ||
	    e->total_wh < 0 || e->total_wh > TARIFF_WH_MAX ||
	    e->start_wh < -TARIFF_WH_MAX || e->start_wh > TARIFF_WH_MAX)
		return false;
	for (unsigned int n = 0; n < TARIFF_CELLS; n++) {
		if (e->cell_wh[n] < 0 || e->cell_wh[n] > TARIFF_WH_MAX)
			return false;
		cells += e->cell_wh[n];
	}
	return cells == e->total_wh - e->start_wh;
}

int tariff_get_entry(struct span from, struct tariff_entry *ret,
		     const char **ret_why)
{
	struct reader r = open_part(from);

	memset(ret, 0, sizeof(*ret));
	ret->at_s = get(&r);
	ret->total_wh = get(&r);
	ret->start_wh = get(&r);
	ret->cost_up = get(&r);
	ret->standing_up = get(&r);
	ret->estimated_wh = get(&r);
	ret->fallback_wh = get(&r);
	ret->reasons = read_u8(&r);
	get_all(&r, ret->cell_wh, TARIFF_CELLS);
	get_all(&r, ret->counter_wh[0], TARIFF_ROWS * TARIFF_BLOCKS);
	if (reader_done(&r) || !entry_valid(ret))
		return refuse(ret_why, "an entry cannot be read");
	return 0;
}
