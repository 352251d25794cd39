// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tariff-cost.h"

#include <errno.h>
#include <string.h>

static const unsigned int history[COST_KINDS] = {
	[LONDON_DAY] = COST_DAYS,
	[LONDON_WEEK] = COST_WEEKS,
	[LONDON_MONTH] = COST_MONTHS,
};

unsigned int cost_kept(enum london_period kind)
{
	return history[kind];
}

static bool time_valid(int64_t at_s)
{
	return at_s >= CIVIL_MIN_S && at_s < CIVIL_END_S;
}

static void open_period(struct cost_track *track, enum london_period kind,
			int64_t at_s, int64_t total_wh, int64_t cost_up)
{
	int32_t first = london_period_first(kind, london_day(at_s));

	track->first_day = first;
	track->whole = london_midnight_s(first) == at_s;
	track->end_s = london_midnight_s(london_period_shift(kind, first, 1));
	track->from_wh = total_wh;
	track->from_up = cost_up;
}

int cost_begin(struct tariff_cost *c, int64_t at_s, int64_t total_wh,
	       int64_t cost_up)
{
	if (!time_valid(at_s) || total_wh < 0)
		return -EINVAL;
	memset(c, 0, sizeof(*c));
	c->known = true;
	c->last_s = at_s;
	c->last_wh = total_wh;
	c->last_up = cost_up;
	for (int kind = 0; kind < COST_KINDS; kind++)
		open_period(&c->track[kind], (enum london_period)kind, at_s,
			    total_wh, cost_up);
	return 0;
}

static void push(struct cost_track *track, unsigned int n, struct cost_sum sum)
{
	memmove(&track->past[1], &track->past[0],
		(n - 1) * sizeof(track->past[0]));
	track->past[0] = sum;
}

struct reading {
	int64_t at_s, wh, up;
};

/* The end has come; *last is the last reading before it, or at it. */
static void close_period(struct cost_track *track, enum london_period kind,
			 const struct reading *last, int64_t now_s)
{
	unsigned int n = history[kind];
	int32_t now = london_period_first(kind, london_day(now_s));
	int32_t missed = london_period_shift(kind, track->first_day, 1);

	push(track, n,
	     (struct cost_sum){
		     .first_day = track->first_day,
		     .known = true,
		     .whole = track->whole && last->at_s == track->end_s,
		     .wh = last->wh - track->from_wh,
		     .cost_up = last->up - track->from_up,
	     });
	/* Periods without any reading; of very many the last will do. */
	if (london_period_shift(kind, missed, (int32_t)n) < now)
		missed = london_period_shift(kind, now, -(int32_t)n);
	while (missed < now) {
		push(track, n, (struct cost_sum){ .first_day = missed });
		missed = london_period_shift(kind, missed, 1);
	}
	open_period(track, kind, now_s, last->wh, last->up);
}

static bool sums_overflow(const struct tariff_cost *c, int64_t cost_up)
{
	int64_t up;

	for (int kind = 0; kind < COST_KINDS; kind++)
		if (__builtin_sub_overflow(cost_up, c->track[kind].from_up,
					   &up))
			return true;
	return false;
}

int cost_update(struct tariff_cost *c, int64_t at_s, int64_t total_wh,
		int64_t cost_up)
{
	struct reading now = { at_s, total_wh, cost_up };
	struct reading before = { c->last_s, c->last_wh, c->last_up };

	if (!c->known)
		return cost_begin(c, at_s, total_wh, cost_up);
	if (!time_valid(at_s) || at_s < c->last_s || total_wh < c->last_wh)
		return -EINVAL;
	if (sums_overflow(c, cost_up))
		return -EOVERFLOW;
	for (int kind = 0; kind < COST_KINDS; kind++) {
		struct cost_track *track = &c->track[kind];

		if (at_s >= track->end_s)
			close_period(track, (enum london_period)kind,
				     at_s == track->end_s ? &now : &before,
				     at_s);
	}
	c->last_s = at_s;
	c->last_wh = total_wh;
	c->last_up = cost_up;
	return 0;
}

/* Past periods follow each other without a gap; before those nothing is. */
static bool past_valid(const struct cost_track *track, enum london_period kind)
{
	bool more = true;

	for (unsigned int n = 0; n < COST_MONTHS; n++) {
		const struct cost_sum *sum = &track->past[n];

		more &= n < history[kind] && sum->first_day;
		if (!more) {
			if (sum->first_day || sum->known)
				return false;
		} else if (sum->first_day !=
			   london_period_shift(kind, track->first_day,
					       -(int32_t)n - 1)) {
			return false;
		}
		if (!sum->known && (sum->whole || sum->wh || sum->cost_up))
			return false;
		if (sum->wh < 0)
			return false;
	}
	return true;
}

static bool track_valid(const struct tariff_cost *c, enum london_period kind)
{
	const struct cost_track *track = &c->track[kind];
	int64_t up;

	/* The period of the last reading is the one that is open. */
	if (track->first_day !=
	    london_period_first(kind, london_day(c->last_s)))
		return false;
	if (track->end_s !=
	    london_midnight_s(london_period_shift(kind, track->first_day, 1)))
		return false;
	return track->from_wh >= 0 && track->from_wh <= c->last_wh &&
	       !__builtin_sub_overflow(c->last_up, track->from_up, &up) &&
	       past_valid(track, kind);
}

static bool empty(const struct tariff_cost *c)
{
	for (int kind = 0; kind < COST_KINDS; kind++)
		for (unsigned int n = 0; n < COST_MONTHS; n++)
			if (c->track[kind].past[n].first_day ||
			    c->track[kind].past[n].known)
				return false;
	return true;
}

int cost_check(const struct tariff_cost *c, const char **ret_why)
{
	const char *why = NULL;

	if (!c->known)
		why = empty(c) ? NULL : "a history without a beginning";
	else if (!time_valid(c->last_s) || c->last_wh < 0)
		why = "a history's last reading is out of bounds";
	for (int kind = 0; !why && c->known && kind < COST_KINDS; kind++)
		if (!track_valid(c, (enum london_period)kind))
			why = "a history's periods do not fit together";
	if (!why)
		return 0;
	if (ret_why)
		*ret_why = why;
	return -EINVAL;
}

int cost_get(const struct tariff_cost *c, enum london_period kind,
	     unsigned int ago, struct cost_sum *ret_sum)
{
	const struct cost_track *track;

	if (!c->known)
		return -ENODATA;
	if ((unsigned int)kind >= COST_KINDS || ago > history[kind])
		return -ERANGE;
	track = &c->track[kind];
	if (ago) {
		*ret_sum = track->past[ago - 1];
		return 0;
	}
	*ret_sum = (struct cost_sum){
		.first_day = track->first_day,
		.known = true,
		.whole = track->whole,
		.wh = c->last_wh - track->from_wh,
		.cost_up = c->last_up - track->from_up,
	};
	return 0;
}
