// SPDX-License-Identifier: LGPL-2.1-or-later
#include "supply-rules.h"

#include <errno.h>
#include <string.h>

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

static const char *const owner_text[SUPPLY_OWNERS + 1] = {
	[SUPPLY_TAMPER] = "tamper",	    [SUPPLY_SUPPLIER] = "supplier",
	[SUPPLY_PREPAYMENT] = "prepayment", [SUPPLY_LOAD_LIMIT] = "load-limit",
	[SUPPLY_LOCAL] = "local",	    [SUPPLY_OWNERS] = "none",
};

static const char *const request_text[SUPPLY_REQUESTS] = {
	[SUPPLY_ENABLE] = "enable",
	[SUPPLY_ARM] = "arm",
	[SUPPLY_DISABLE] = "disable",
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
	return (unsigned int)owner > SUPPLY_OWNERS ? "unknown" :
						     owner_text[owner];
}

const char *supply_state_text(enum supply_state state)
{
	static const char *const text[SUPPLY_STATES] = {
		[SUPPLY_ENABLED] = "enabled",
		[SUPPLY_ARMED] = "armed",
		[SUPPLY_DISABLED] = "disabled",
	};

	return (unsigned int)state >= SUPPLY_STATES ? "unknown" : text[state];
}

const char *supply_sensed_text(enum supply_sensed sensed)
{
	return sensed == SUPPLY_SENSED_ON  ? "on" :
	       sensed == SUPPLY_SENSED_OFF ? "off" :
					     "unknown";
}

int supply_owner_of(const char *text)
{
	for (int n = 0; n < SUPPLY_OWNERS; n++)
		if (!strcmp(text, owner_text[n]))
			return n;
	return -EINVAL;
}

int supply_request_of(const char *text)
{
	for (int n = 0; n < SUPPLY_REQUESTS; n++)
		if (!strcmp(text, request_text[n]))
			return n;
	return -EINVAL;
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

void supply_restart(struct supply *s)
{
	s->over = false;
	s->over_since_s = 0;
	s->over_at_s = 0;
	s->sensed = SUPPLY_SENSED_UNKNOWN;
	s->differs = s->mismatch;
	s->differs_since_s = s->mismatch ? s->at_s : 0;
	s->shut = false;
	s->shut_since_s = 0;
	if (!s->based)
		s->base_dm3 = 0;
	s->last_dm3 = s->base_dm3;
	s->grown_s = s->based ? s->at_s : 0;
	if (s->hold[SUPPLY_LOAD_LIMIT].state != SUPPLY_DISABLED)
		s->restore_s = 0;
}

bool supply_to_store(const struct supply *s, const struct supply *stored)
{
	for (int n = 0; n < SUPPLY_OWNERS; n++)
		if (s->hold[n].state != stored->hold[n].state ||
		    s->hold[n].since_s != stored->hold[n].since_s ||
		    strcmp(s->hold[n].reason, stored->hold[n].reason) != 0)
			return true;
	return s->fuel != stored->fuel || s->counted != stored->counted ||
	       s->limited != stored->limited ||
	       s->restore_s != stored->restore_s ||
	       s->mismatch != stored->mismatch || s->based != stored->based ||
	       s->base_dm3 != stored->base_dm3 || s->flow != stored->flow;
}

static int64_t earlier(int64_t a_s, int64_t b_s)
{
	return a_s < b_s ? a_s : b_s;
}

/* The clock was put back; see supply.h. */
static void turn_back(struct supply *s, int64_t now_s)
{
	int64_t left_s = s->restore_s > s->at_s ? s->restore_s - s->at_s : 0;

	for (int n = 0; n < SUPPLY_OWNERS; n++)
		s->hold[n].since_s = earlier(s->hold[n].since_s, now_s);
	s->restore_s = now_s + left_s;
	s->over = false;
	s->differs = s->mismatch;
	s->differs_since_s = now_s;
	s->shut_since_s = now_s;
	s->grown_s = now_s;
}

static int begin(const struct supply *s, int64_t now_s, struct supply *next)
{
	if (supply_check(s, NULL) || now_s < 0 || now_s >= SUPPLY_TIME_MAX_S)
		return -EINVAL;
	*next = *s;
	if (now_s < s->at_s)
		turn_back(next, now_s);
	next->at_s = now_s;
	return 0;
}

/* Whether on is commanded changes: whether the switch obeys is open again. */
void supply_put(struct supply *s, enum supply_owner owner,
		enum supply_state state, const char *reason)
{
	struct supply_hold *hold = &s->hold[owner];
	bool was_on = supply_state(s) == SUPPLY_ENABLED;

	if (hold->state != state) {
		hold->state = state;
		hold->since_s = s->at_s;
	}
	memset(hold->reason, 0, sizeof(hold->reason));
	if (reason && state != SUPPLY_ENABLED)
		strncpy(hold->reason, reason, sizeof(hold->reason) - 1);
	if ((supply_state(s) == SUPPLY_ENABLED) != was_on) {
		s->differs = false;
		s->mismatch = false;
	}
	/* What comes after load limiting is another crossing. */
	if (owner == SUPPLY_LOAD_LIMIT && state != SUPPLY_DISABLED) {
		s->over = false;
		s->counted = false;
	}
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

static int request_local(struct supply *s, enum supply_request request,
			 const char *reason)
{
	if (request != SUPPLY_DISABLE)
		return -EPERM;
	if (s->hold[SUPPLY_LOCAL].state)
		return -EALREADY;
	supply_put(s, SUPPLY_LOCAL, SUPPLY_ARMED, reason);
	return 0;
}

static int request_one(struct supply *s, enum supply_owner owner,
		       enum supply_request request, const char *reason)
{
	int state = supply_next_state(s->fuel, s->hold[owner].state, request);

	if (state < 0)
		return state;
	supply_put(s, owner, (enum supply_state)state, reason);
	return 0;
}

int supply_request(struct supply *s, enum supply_owner owner,
		   enum supply_request request, const char *reason,
		   int64_t now_s, unsigned int *ret_told)
{
	struct supply next;
	int r;

	if (begin(s, now_s, &next) || (unsigned int)owner >= SUPPLY_OWNERS ||
	    (unsigned int)request >= SUPPLY_REQUESTS ||
	    (reason && !supply_reason_ok(reason)))
		return -EINVAL;
	if (owner == SUPPLY_LOAD_LIMIT || owner == SUPPLY_PREPAYMENT)
		return -EPERM;
	if (owner == SUPPLY_LOCAL)
		r = request_local(&next, request, reason);
	else
		r = request_one(&next, owner, request, reason);
	if (owner == SUPPLY_SUPPLIER && request != SUPPLY_DISABLE &&
	    next.hold[SUPPLY_LOAD_LIMIT].state &&
	    !request_one(&next, SUPPLY_LOAD_LIMIT, request, reason))
		r = 0;
	if (r)
		return r;
	end(s, &next, 0, ret_told);
	return 0;
}

int supply_follow(struct supply *s, enum supply_state state, const char *reason,
		  int64_t now_s, unsigned int *ret_told)
{
	struct supply next;

	if (begin(s, now_s, &next) || (unsigned int)state >= SUPPLY_STATES ||
	    (reason && !supply_reason_ok(reason)))
		return -EINVAL;
	/* Gas is not turned on by anybody who is not there (S-1). */
	if (s->fuel == SUPPLY_GAS && state == SUPPLY_ENABLED &&
	    s->hold[SUPPLY_PREPAYMENT].state != SUPPLY_ENABLED)
		state = SUPPLY_ARMED;
	supply_put(&next, SUPPLY_PREPAYMENT, state, reason);
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
	if (s->flow)
		return -EBUSY;
	for (int n = 0; n < SUPPLY_OWNERS; n++)
		supply_put(&next, (enum supply_owner)n, SUPPLY_ENABLED, NULL);
	end(s, &next, 0, ret_told);
	return 0;
}

void supply_limit_changed(struct supply *s)
{
	s->over = false;
	s->counted = false;
}

int supply_advance(struct supply *s, const struct supply_limit *limit,
		   int64_t now_s, const struct supply_reading *reading,
		   unsigned int *ret_told)
{
	struct supply next;
	unsigned int told;

	if (begin(s, now_s, &next) || supply_limit_check(limit, NULL) ||
	    !supply_reading_ok(reading))
		return -EINVAL;
	told = supply_watch(&next, limit, reading);
	end(s, &next, told, ret_told);
	return 0;
}
