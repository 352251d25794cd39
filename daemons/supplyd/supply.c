// SPDX-License-Identifier: LGPL-2.1-or-later
#include "supply.h"

#include <errno.h>

#define DONE (-EALREADY)
#define NO (-EPERM)

/* Nobody remote opens a gas valve: a person on site does, from armed (S-1).
 * What is on cannot be armed; it would go off.
 */
static const int16_t next_state[SUPPLY_FUELS][SUPPLY_STATES][SUPPLY_REQUESTS] = {
	[SUPPLY_ELECTRICITY] = {
		[SUPPLY_ENABLED] = {
			[SUPPLY_ENABLE] = DONE,
			[SUPPLY_ARM] = NO,
			[SUPPLY_DISABLE] = SUPPLY_DISABLED,
		},
		[SUPPLY_ARMED] = {
			[SUPPLY_ENABLE] = SUPPLY_ENABLED,
			[SUPPLY_ARM] = DONE,
			[SUPPLY_DISABLE] = SUPPLY_DISABLED,
		},
		[SUPPLY_DISABLED] = {
			[SUPPLY_ENABLE] = SUPPLY_ENABLED,
			[SUPPLY_ARM] = SUPPLY_ARMED,
			[SUPPLY_DISABLE] = DONE,
		},
	},
	[SUPPLY_GAS] = {
		[SUPPLY_ENABLED] = {
			[SUPPLY_ENABLE] = NO,
			[SUPPLY_ARM] = NO,
			[SUPPLY_DISABLE] = SUPPLY_DISABLED,
		},
		[SUPPLY_ARMED] = {
			[SUPPLY_ENABLE] = NO,
			[SUPPLY_ARM] = DONE,
			[SUPPLY_DISABLE] = SUPPLY_DISABLED,
		},
		[SUPPLY_DISABLED] = {
			[SUPPLY_ENABLE] = NO,
			[SUPPLY_ARM] = SUPPLY_ARMED,
			[SUPPLY_DISABLE] = DONE,
		},
	},
};

int supply_next_state(enum supply_fuel fuel, enum supply_state state,
		      enum supply_request request)
{
	if ((unsigned int)fuel >= SUPPLY_FUELS ||
	    (unsigned int)state >= SUPPLY_STATES ||
	    (unsigned int)request >= SUPPLY_REQUESTS)
		return -EINVAL;
	return next_state[fuel][state][request];
}

const char *supply_owner_text(enum supply_owner owner)
{
	static const char *const text[SUPPLY_OWNERS + 1] = {
		[SUPPLY_TAMPER] = "tamper",
		[SUPPLY_SUPPLIER] = "supplier",
		[SUPPLY_PREPAYMENT] = "prepayment",
		[SUPPLY_LOAD_LIMIT] = "load limit",
		[SUPPLY_LOCAL] = "local",
		[SUPPLY_OWNERS] = "nobody",
	};

	return (unsigned int)owner > SUPPLY_OWNERS ? "unknown" : text[owner];
}

/* The strictest hold decides; of as strict ones, the first owner's. */
enum supply_owner supply_reason(const struct supply *s)
{
	enum supply_owner reason = SUPPLY_OWNERS;
	enum supply_state most = SUPPLY_ENABLED;

	for (int n = 0; n < SUPPLY_OWNERS; n++) {
		if (s->hold[n].state > most) {
			most = s->hold[n].state;
			reason = (enum supply_owner)n;
		}
	}
	return reason;
}

enum supply_state supply_state(const struct supply *s)
{
	enum supply_owner reason = supply_reason(s);

	return reason == SUPPLY_OWNERS ? SUPPLY_ENABLED : s->hold[reason].state;
}

static const char *fault(const struct supply *s)
{
	if ((unsigned int)s->fuel >= SUPPLY_FUELS)
		return "no such fuel";
	if (s->at_s < 0 || s->at_s >= SUPPLY_TIME_MAX_S)
		return "time out of bounds";
	for (int n = 0; n < SUPPLY_OWNERS; n++) {
		if ((unsigned int)s->hold[n].state >= SUPPLY_STATES)
			return "no such state of a hold";
		if (s->hold[n].since_s < 0 || s->hold[n].since_s > s->at_s)
			return "a hold of the future";
	}
	/* A person on site can undo what was done on site. */
	if (s->hold[SUPPLY_LOCAL].state == SUPPLY_DISABLED)
		return "a local hold that nobody can lift";
	if (s->fuel == SUPPLY_GAS &&
	    (s->hold[SUPPLY_LOAD_LIMIT].state || s->over))
		return "load limiting of gas";
	if (s->over && (s->over_since_s < 0 || s->over_since_s > s->at_s))
		return "load limiting from the future";
	if (s->counted && !s->over)
		return "load limiting without load";
	if (s->restore_s < 0 ||
	    s->restore_s > SUPPLY_TIME_MAX_S + SUPPLY_PERIOD_MAX_S)
		return "restoration out of bounds";
	if ((unsigned int)s->sensed > SUPPLY_OPEN)
		return "no such state of contacts";
	if (s->differs &&
	    (s->differs_since_s < 0 || s->differs_since_s > s->at_s))
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

int supply_init(struct supply *s, enum supply_fuel fuel, int64_t now_s)
{
	struct supply next = { .fuel = fuel, .at_s = now_s };

	for (int n = 0; n < SUPPLY_OWNERS; n++)
		next.hold[n].since_s = now_s;
	if (supply_check(&next, NULL))
		return -EINVAL;
	*s = next;
	return 0;
}

static int begin(const struct supply *s, int64_t now_s, struct supply *next)
{
	if (supply_check(s, NULL) || now_s < s->at_s ||
	    now_s >= SUPPLY_TIME_MAX_S)
		return -EINVAL;
	*next = *s;
	next->at_s = now_s;
	return 0;
}

static void put(struct supply *s, enum supply_owner owner,
		enum supply_state state)
{
	if (s->hold[owner].state == state)
		return;
	s->hold[owner] = (struct supply_hold){ state, s->at_s };
}

static void end(struct supply *s, const struct supply *next, unsigned int told,
		unsigned int *ret_told)
{
	if (supply_state(s) != supply_state(next))
		told |= SUPPLY_TOLD_STATE;
	*s = *next;
	if (ret_told)
		*ret_told = told;
}

int supply_request(struct supply *s, enum supply_owner owner,
		   enum supply_request request, int64_t now_s,
		   unsigned int *ret_told)
{
	struct supply next;
	int state;

	if (begin(s, now_s, &next) || (unsigned int)owner >= SUPPLY_OWNERS)
		return -EINVAL;
	state = supply_next_state(s->fuel, s->hold[owner].state, request);
	if (owner == SUPPLY_LOAD_LIMIT && state != -EINVAL)
		return -EPERM;
	if (owner == SUPPLY_LOCAL && state != -EINVAL) {
		if (request != SUPPLY_DISABLE)
			return -EPERM;
		state = s->hold[owner].state ? -EALREADY : SUPPLY_ARMED;
	}
	if (state < 0)
		return state;
	put(&next, owner, (enum supply_state)state);
	end(s, &next, 0, ret_told);
	return 0;
}

/* Gas is not turned on by anybody who is not there (S-1). */
static void let_go(struct supply *s, enum supply_owner owner)
{
	if (s->fuel == SUPPLY_GAS && s->hold[owner].state != SUPPLY_ENABLED)
		put(s, owner, SUPPLY_ARMED);
	else
		put(s, owner, SUPPLY_ENABLED);
}

int supply_follow(struct supply *s, enum supply_owner owner,
		  enum supply_state state, int64_t now_s,
		  unsigned int *ret_told)
{
	struct supply next;

	if (begin(s, now_s, &next) || (unsigned int)owner >= SUPPLY_OWNERS ||
	    (unsigned int)state >= SUPPLY_STATES)
		return -EINVAL;
	if (owner != SUPPLY_PREPAYMENT && owner != SUPPLY_TAMPER)
		return -EPERM;
	if (state == SUPPLY_ENABLED)
		let_go(&next, owner);
	else
		put(&next, owner, state);
	end(s, &next, 0, ret_told);
	return 0;
}

int supply_consent(struct supply *s, int64_t now_s, unsigned int *ret_told)
{
	struct supply next;

	if (begin(s, now_s, &next))
		return -EINVAL;
	if (supply_state(s) == SUPPLY_ENABLED)
		return -EALREADY;
	/* Not in advance: nobody might be there when it lets go. */
	if (supply_state(s) == SUPPLY_DISABLED)
		return -EPERM;
	for (int n = 0; n < SUPPLY_OWNERS; n++)
		put(&next, (enum supply_owner)n, SUPPLY_ENABLED);
	end(s, &next, 0, ret_told);
	return 0;
}

/* S-3. A gap in the readings is no proof that power stayed above. */
static unsigned int limit_load(struct supply *s,
			       const struct supply_limit *limit, bool known,
			       int64_t power_mw)
{
	if (s->hold[SUPPLY_LOAD_LIMIT].state == SUPPLY_DISABLED &&
	    s->at_s >= s->restore_s)
		put(s, SUPPLY_LOAD_LIMIT,
		    limit->arms ? SUPPLY_ARMED : SUPPLY_ENABLED);
	if (!limit->active || !known || power_mw <= limit->threshold_mw) {
		s->over = false;
		s->counted = false;
		return 0;
	}
	if (!s->over) {
		s->over = true;
		s->over_since_s = s->at_s;
	}
	if (s->counted || s->at_s - s->over_since_s < limit->period_s)
		return 0;
	s->counted = true;
	if (s->limited < UINT32_MAX)
		s->limited++;
	if (limit->disables) {
		put(s, SUPPLY_LOAD_LIMIT, SUPPLY_DISABLED);
		s->restore_s = s->at_s + limit->restoration_s;
		/* What flows is off; if it comes back, it counts anew. */
		s->over = false;
		s->counted = false;
	}
	return SUPPLY_TOLD_LIMITED;
}

/* S-2. Not known is no mismatch, and no agreement either. */
static unsigned int compare(struct supply *s, enum supply_sensed sensed)
{
	enum supply_sensed wanted =
		supply_state(s) == SUPPLY_ENABLED ? SUPPLY_CLOSED : SUPPLY_OPEN;
	bool was = s->mismatch;

	s->sensed = sensed;
	if (sensed == SUPPLY_UNKNOWN)
		return 0;
	if (sensed == wanted) {
		s->differs = false;
		s->mismatch = false;
		return was ? SUPPLY_TOLD_AGREES : 0;
	}
	if (!s->differs) {
		s->differs = true;
		s->differs_since_s = s->at_s;
	}
	if (s->at_s - s->differs_since_s >= SUPPLY_SETTLE_S)
		s->mismatch = true;
	return s->mismatch && !was ? SUPPLY_TOLD_MISMATCH : 0;
}

int supply_advance(struct supply *s, const struct supply_limit *limit,
		   int64_t now_s, bool known, int64_t power_mw,
		   enum supply_sensed sensed, unsigned int *ret_told)
{
	struct supply next;
	unsigned int told = 0;

	if (begin(s, now_s, &next) || supply_limit_check(limit, NULL) ||
	    (unsigned int)sensed > SUPPLY_OPEN ||
	    power_mw > SUPPLY_POWER_MAX_MW || power_mw < -SUPPLY_POWER_MAX_MW)
		return -EINVAL;
	if (s->fuel == SUPPLY_ELECTRICITY)
		told |= limit_load(&next, limit, known, power_mw);
	told |= compare(&next, sensed);
	end(s, &next, told, ret_told);
	return 0;
}
