// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a state, settings and readings may be. */
#include "supply-rules.h"

#include <errno.h>
#include <string.h>

bool supply_reason_ok(const char *reason)
{
	size_t len = strnlen(reason, SUPPLY_REASON_SIZE);

	for (size_t n = 0; n < len; n++)
		if (reason[n] < ' ' || reason[n] > '~')
			return false;
	return len < SUPPLY_REASON_SIZE;
}

static bool past(const struct supply *s, int64_t time_s)
{
	return time_s >= 0 && time_s <= s->at_s;
}

static const char *hold_fault(const struct supply *s)
{
	for (int n = 0; n < SUPPLY_OWNERS; n++) {
		if ((unsigned int)s->hold[n].state >= SUPPLY_STATES)
			return "no such state of a hold";
		if (!past(s, s->hold[n].since_s))
			return "a hold of the future";
		if (!supply_reason_ok(s->hold[n].reason))
			return "a hold's reason";
	}
	/* A person on site can undo what was done on site. */
	if (s->hold[SUPPLY_LOCAL].state == SUPPLY_DISABLED)
		return "a local hold that nobody can lift";
	return NULL;
}

static const char *limit_state_fault(const struct supply *s)
{
	if (s->fuel == SUPPLY_GAS && (s->hold[SUPPLY_LOAD_LIMIT].state ||
				      s->over || s->counted || s->limited))
		return "load limiting of gas";
	if (s->over && (!past(s, s->over_at_s) || s->over_since_s < 0 ||
			s->over_since_s > s->over_at_s))
		return "load limiting from the future";
	if (s->restore_s < 0 || s->restore_s > s->at_s + SUPPLY_PERIOD_MAX_S)
		return "restoration out of bounds";
	return NULL;
}

static bool volume_ok(int64_t volume_dm3)
{
	return volume_dm3 >= 0 && volume_dm3 <= SUPPLY_VOLUME_MAX_DM3;
}

static const char *flow_fault(const struct supply *s)
{
	if (s->fuel == SUPPLY_ELECTRICITY && (s->shut || s->based || s->flow))
		return "flow of electricity";
	if (s->shut && !past(s, s->shut_since_s))
		return "a valve shut in the future";
	if (!volume_ok(s->base_dm3) || !volume_ok(s->last_dm3) ||
	    s->last_dm3 < s->base_dm3)
		return "a volume";
	if (s->based && !past(s, s->grown_s))
		return "a flow of the future";
	if (s->flow && !s->based)
		return "a flow of no volume";
	return NULL;
}

static const char *fault(const struct supply *s)
{
	const char *why;

	if ((unsigned int)s->fuel >= SUPPLY_FUELS)
		return "no such fuel";
	if (s->at_s < 0 || s->at_s >= SUPPLY_TIME_MAX_S)
		return "time out of bounds";
	why = hold_fault(s);
	if (!why)
		why = limit_state_fault(s);
	if (!why)
		why = flow_fault(s);
	if (why)
		return why;
	if ((unsigned int)s->sensed >= SUPPLY_SENSES)
		return "no such state of contacts";
	if (s->differs && !past(s, s->differs_since_s))
		return "a mismatch from the future";
	if (s->mismatch && !s->differs)
		return "a mismatch of what agrees";
	return NULL;
}

int supply_check(const struct supply *s, const char **ret_why)
{
	const char *why = fault(s);

	if (why && ret_why)
		*ret_why = why;
	return why ? -EINVAL : 0;
}

static const char *limit_fault(const struct supply_limit *limit)
{
	if (limit->threshold_mw < 0 ||
	    limit->threshold_mw > SUPPLY_POWER_MAX_MW)
		return "load limit power threshold";
	if (limit->period_s < 0 || limit->period_s > SUPPLY_PERIOD_MAX_S)
		return "load limit period";
	if (limit->restoration_s < 0 ||
	    limit->restoration_s > SUPPLY_PERIOD_MAX_S)
		return "load limit restoration period";
	return NULL;
}

int supply_limit_check(const struct supply_limit *limit, const char **ret_why)
{
	const char *why = limit_fault(limit);

	if (why && ret_why)
		*ret_why = why;
	return why ? -EINVAL : 0;
}

bool supply_reading_ok(const struct supply_reading *r)
{
	return (unsigned int)r->sensed < SUPPLY_SENSES &&
	       (!r->power_known || (r->power_mw <= SUPPLY_POWER_MAX_MW &&
				    r->power_mw >= -SUPPLY_POWER_MAX_MW)) &&
	       (!r->volume_known || volume_ok(r->volume_dm3));
}
