/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether supply may be on: who holds it off, and why (S-1), load limiting
 * (S-3), whether relay or valve did as told (S-2), and gas that flows through
 * a shut valve (M-7). Pure; the caller keeps the state and moves the switch.
 *
 * Each owner has one hold. Disabled, it waits for its owner; armed, for a
 * person on site. Supply is on only if no owner has either.
 *
 * Calls return 0 or negative errno, with nothing changed: -EINVAL: no such
 * thing, or out of bounds; -EPERM: not allowed; -EALREADY: so already; -EBUSY:
 * gas flows through a valve that should be shut.
 *
 * Time is UTC, which may step back. Holds stay then, dated no later than now;
 * what takes its time (load above the threshold, a mismatch, a valve shutting,
 * a flow ending) begins anew; and restoration is as far away as it was. So a
 * clock put back never turns supply on early, nor off. One put forward is time
 * passing.
 */
#ifndef HEARTH_SUPPLY_H
#define HEARTH_SUPPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SUPPLY_TIME_MAX_S INT64_C(253402300800) /* the year 10000 */
#define SUPPLY_PERIOD_MAX_S (7 * 86400)
#define SUPPLY_POWER_MAX_MW INT64_C(1000000000000)
#define SUPPLY_VOLUME_MAX_DM3 INT64_C(1000000000000000)
#define SUPPLY_REASON_SIZE 32 /* with its end */

/* How long contacts may differ from the command: longer than a relay waits
 * for a zero crossing; than a valve's motor runs, and the test before it.
 */
#define SUPPLY_SETTLE_S 10
#define SUPPLY_SETTLE_GAS_S 120
/* Readings above the threshold further apart than this do not prove that it
 * was above between them.
 */
#define SUPPLY_GAP_S 60
/* A valve shut for so long lets nothing through that was on its way; two
 * pulses then are a flow (one may be a magnet on the reed's edge), which ends
 * when there has been none for so long.
 */
#define SUPPLY_SHUT_S 60
#define SUPPLY_FLOW_DM3 20
#define SUPPLY_QUIET_S 3600

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

/* Of contacts or valve: what lets energy through is on. */
enum supply_sensed {
	SUPPLY_SENSED_UNKNOWN,
	SUPPLY_SENSED_ON,
	SUPPLY_SENSED_OFF,
	SUPPLY_SENSES
};

struct supply_hold {
	enum supply_state state;
	int64_t since_s;
	char reason[SUPPLY_REASON_SIZE]; /* printable ASCII, or empty */
};

struct supply {
	enum supply_fuel fuel;
	int64_t at_s; /* what was told last is of then */
	struct supply_hold hold[SUPPLY_OWNERS];

	/* Load limiting: electricity only. */
	bool over; /* the readings since over_since_s are above the threshold */
	int64_t over_since_s, over_at_s;
	bool counted; /* this crossing; until there is a reading below */
	uint32_t limited;
	int64_t restore_s; /* when a disabled hold of load limiting lets go */

	enum supply_sensed sensed;
	bool differs; /* from what is commanded */
	int64_t differs_since_s;
	bool mismatch; /* for long, and told */

	/* Flow: gas only. */
	bool shut; /* commanded and sensed off */
	int64_t shut_since_s;
	bool based; /* base_dm3 was the register after shutting */
	int64_t base_dm3, last_dm3;
	int64_t grown_s;
	bool flow; /* uncontrolled, and told */
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

struct supply_reading {
	bool power_known;
	int64_t power_mw; /* import is positive */
	bool volume_known;
	int64_t volume_dm3; /* the gas register */
	enum supply_sensed sensed;
};

/* What a call has brought about: bits. */
enum supply_told {
	SUPPLY_TOLD_STATE = 1,	     /* supply_state() changed */
	SUPPLY_TOLD_LIMITED = 2,     /* power was above for the period */
	SUPPLY_TOLD_RESTORED = 4,    /* load limiting lets go, or arms */
	SUPPLY_TOLD_NOT_ON = 8,	     /* contacts, or valve, did not close */
	SUPPLY_TOLD_NOT_OFF = 16,    /* or open: there is supply */
	SUPPLY_TOLD_AGREES = 32,     /* as commanded again */
	SUPPLY_TOLD_FLOW = 64,	     /* gas flows with the valve shut */
	SUPPLY_TOLD_FLOW_ENDED = 128 /* and no longer, or it is open */
};

/* 0, or -EINVAL and what is wrong; ret_why may be NULL. */
int supply_check(const struct supply *s, const char **ret_why);
int supply_limit_check(const struct supply_limit *limit, const char **ret_why);

/* Nobody holds; the contacts are not known. */
int supply_init(struct supply *s, enum supply_fuel fuel, int64_t now_s);

/* What is left of the state after a restart: holds, counts, what has been told
 * and what it was measured from; not what was being measured.
 */
void supply_restart(struct supply *s);
/* Whether anything differs that a restart has to find again, but at_s. */
bool supply_to_store(const struct supply *s, const struct supply *stored);

/* S-1: a command of supplier or tamper; what a person does on site is local's
 * disable, which arms, and supply_consent(). reason may be NULL. The supplier's
 * enable and arm also act on what load limiting holds, which is his.
 */
int supply_request(struct supply *s, enum supply_owner owner,
		   enum supply_request request, const char *reason,
		   int64_t now_s, unsigned int *ret_told);
/* What prepayment wants, as often as it likes. On gas, what was off becomes
 * armed where it says enabled: nobody remote opens a valve.
 */
int supply_follow(struct supply *s, enum supply_state state, const char *reason,
		  int64_t now_s, unsigned int *ret_told);
/* A person on site turns supply on: all that is armed lets go. -EPERM while an
 * owner holds it off. Of the test before a valve opens (S-2) this decides one
 * half: it refuses (-EBUSY) while the register says that gas flows although
 * the valve is shut. Whether there is flow when it opens only the meter can
 * test, who shuts it again: sensed off then arms (see supply_advance()).
 */
int supply_consent(struct supply *s, int64_t now_s, unsigned int *ret_told);

/* Other settings of load limiting: what was measured was against the old ones.
 * What is held stays, for as long as it was told.
 */
void supply_limit_changed(struct supply *s);

/* A reading, at least each SUPPLY_GAP_S; time also passes here. A gas valve
 * that did not open in time is armed again (local): it must not open later,
 * with nobody there.
 */
int supply_advance(struct supply *s, const struct supply_limit *limit,
		   int64_t now_s, const struct supply_reading *reading,
		   unsigned int *ret_told);

enum supply_state supply_state(const struct supply *s);
/* The owner to name, or SUPPLY_OWNERS if nobody holds. */
enum supply_owner supply_reason(const struct supply *s);
/* One hold: the state to go to, or -EALREADY or -EPERM. */
int supply_next_state(enum supply_fuel fuel, enum supply_state state,
		      enum supply_request request);

/* Words for people and bus: "load-limit", "none" for SUPPLY_OWNERS; back again,
 * or -EINVAL.
 */
const char *supply_owner_text(enum supply_owner owner);
const char *supply_state_text(enum supply_state state);
const char *supply_sensed_text(enum supply_sensed sensed);
int supply_owner_of(const char *text);
int supply_request_of(const char *text);

#endif /* HEARTH_SUPPLY_H */
