/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether supply may be on: who holds it off, and why (S-1), load limiting
 * (S-3), and whether relay or valve did as told (S-2). Pure; the caller keeps
 * the state and moves the switch.
 *
 * Each owner has one hold. Off, it waits for its owner; armed, for a person on
 * site. Supply is on only if no owner has either. 0 or negative errno, with
 * nothing changed: -EINVAL: no such thing, or time running backwards; -EPERM:
 * not allowed; -EALREADY: so already.
 */
#ifndef HEARTH_SUPPLY_H
#define HEARTH_SUPPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SUPPLY_TIME_MAX_S INT64_C(253402300800) /* the year 10000 */
#define SUPPLY_PERIOD_MAX_S (7 * 86400)
#define SUPPLY_POWER_MAX_MW INT64_C(1000000000000)
/* Longer than a relay waits for a zero crossing, or a valve's motor runs. */
#define SUPPLY_SETTLE_S 10

enum supply_fuel {
	SUPPLY_ELECTRICITY,
	SUPPLY_GAS,
	SUPPLY_FUELS
};

/* The first that holds gives the reason. */
enum supply_owner {
	SUPPLY_TAMPER,
	SUPPLY_SUPPLIER,
	SUPPLY_PREPAYMENT,
	SUPPLY_LOAD_LIMIT,
	SUPPLY_LOCAL,
	SUPPLY_OWNERS
};

/* Of one owner, and of supply as a whole. */
enum supply_state {
	SUPPLY_ENABLED,
	SUPPLY_ARMED,
	SUPPLY_DISABLED,
	SUPPLY_STATES
};

enum supply_request {
	SUPPLY_ENABLE,
	SUPPLY_ARM,
	SUPPLY_DISABLE,
	SUPPLY_REQUESTS
};

enum supply_sensed {
	SUPPLY_UNKNOWN,
	SUPPLY_CLOSED,
	SUPPLY_OPEN
};

struct supply_hold {
	enum supply_state state;
	int64_t since_s;
};

struct supply {
	enum supply_fuel fuel;
	int64_t at_s; /* what was told last is of then */
	struct supply_hold hold[SUPPLY_OWNERS];

	bool over; /* power has been above the threshold */
	bool counted;
	int64_t over_since_s;
	uint32_t limited;  /* times */
	int64_t restore_s; /* when load limiting lets go */

	enum supply_sensed sensed;
	int64_t differs_since_s; /* if it differs from what is commanded */
	bool differs, mismatch;	 /* the latter: for long, and told */
};

/* S-3; electricity only. */
struct supply_limit {
	bool active;
	int64_t threshold_mw; /* import above it counts */
	int64_t period_s;     /* after so long */
	bool disables;
	int64_t restoration_s;
	bool arms; /* when it has passed; else enables */
};

/* What a call has brought about: bits. */
enum supply_told {
	SUPPLY_TOLD_STATE = 1,	  /* supply_state() changed */
	SUPPLY_TOLD_LIMITED = 2,  /* power was above the threshold for long */
	SUPPLY_TOLD_MISMATCH = 4, /* sensed is not what is commanded */
	SUPPLY_TOLD_AGREES = 8,	  /* and is again */
};

/* 0, or -EINVAL and what is wrong; ret_why may be NULL. */
int supply_check(const struct supply *s, const char **ret_why);
int supply_limit_check(const struct supply_limit *limit, const char **ret_why);

/* Nobody holds; the contacts are not known. */
int supply_init(struct supply *s, enum supply_fuel fuel, int64_t now_s);

/* A command. Load limiting is not commanded: -EPERM. What a person does on
 * site is SUPPLY_LOCAL's disable, and supply_consent().
 */
int supply_request(struct supply *s, enum supply_owner owner,
		   enum supply_request request, int64_t now_s,
		   unsigned int *ret_told);
/* What an owner that keeps its own state says it is, as often as it likes. On
 * gas, what was off becomes armed where the owner says enabled.
 */
int supply_follow(struct supply *s, enum supply_owner owner,
		  enum supply_state state, int64_t now_s,
		  unsigned int *ret_told);
/* A person on site turns supply on: all that is armed lets go. -EPERM while
 * an owner holds it off.
 */
int supply_consent(struct supply *s, int64_t now_s, unsigned int *ret_told);

/* A reading, at least each few seconds; known is false if there is none. Time
 * also passes here: restoration, and how long a mismatch has been.
 */
int supply_advance(struct supply *s, const struct supply_limit *limit,
		   int64_t now_s, bool known, int64_t power_mw,
		   enum supply_sensed sensed, unsigned int *ret_told);

enum supply_state supply_state(const struct supply *s);
/* The owner to name, or SUPPLY_OWNERS if nobody holds. */
enum supply_owner supply_reason(const struct supply *s);
const char *supply_owner_text(enum supply_owner owner);
/* One hold: the state to go to, or -EALREADY or -EPERM. */
int supply_next_state(enum supply_fuel fuel, enum supply_state state,
		      enum supply_request request);

#endif /* HEARTH_SUPPLY_H */
