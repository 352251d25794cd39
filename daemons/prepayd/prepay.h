/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules of prepayment (P-1 to P-10): what the consumer owes and has, and
 * whether supply may be on. Pure: plain structures, no clock, file or memory of
 * its own; the caller keeps the state on disk, whole, in one transaction.
 *
 * Money is milli-pence (_mp), time seconds UTC (_s). What is to be paid for
 * comes as two cumulative signed counters in micro-pence (_up), of energy and
 * of standing charges; what is less than a milli-penny of them is kept for
 * later. Time debt falls due on whole hours and days UTC.
 *
 * Money moves in prepay_advance(), up to a point of the counters, which may be
 * long past; supply is decided by prepay_look(), at the time it is. So what was
 * missed is charged as it came, hour by hour, but nobody's supply is switched
 * in the past. Everything else acts on what these two have left: the caller
 * goes through both before it asks for something.
 *
 * 0 or negative errno; on an error nothing has changed:
 * -EINVAL: settings, state or argument that prepay_*check() would refuse;
 * -ERANGE: a register would leave its bounds; -EALREADY: so already;
 * -EPERM: not in this state.
 */
#ifndef HEARTH_PREPAY_H
#define HEARTH_PREPAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PREPAY_HOUR_S 3600
#define PREPAY_DAY_S 86400
#define PREPAY_WEEK_S (7 * PREPAY_DAY_S)

/* Bounds that no sum of an advance can take to an overflow. */
#define PREPAY_MONEY_MAX_MP INT64_C(1000000000000000) /* a register: 1e10 GBP */
#define PREPAY_RATE_MAX_MP INT64_C(100000000000) /* a rate, a limit: 1e6 GBP */
#define PREPAY_UP_PER_MP 1000
#define PREPAY_COST_MAX_UP (PREPAY_UP_PER_MP * PREPAY_MONEY_MAX_MP)
#define PREPAY_TIME_MAX_S INT64_C(253402300800) /* the year 10000 */
/* A point may come later than another that is so much younger. */
#define PREPAY_LATE_S PREPAY_HOUR_S
#define PREPAY_LOCKOUT_MAX_S (7 * PREPAY_DAY_S)

#define PREPAY_WINDOWS 4
#define PREPAY_PROFILES 16
#define PREPAY_SPECIAL_DAYS 50
#define PREPAY_TOKENS 100
#define PREPAY_SHARE_ALL 10000

enum prepay_debt {
	PREPAY_TIME_DEBT_1,
	PREPAY_TIME_DEBT_2,
	PREPAY_PAYMENT_DEBT,
	PREPAY_ACCUMULATED_DEBT,
	PREPAY_DEBTS
};

/* A part of a day in which supply is never disabled: [from, to) seconds UTC,
 * at most to 86400. Windows of a day are in order and do not overlap.
 */
struct prepay_window {
	int32_t from_s, to_s;
};

struct prepay_profile {
	uint8_t n;
	struct prepay_window window[PREPAY_WINDOWS];
};

struct prepay_special_day {
	int32_t day; /* days since 1970-01-01 */
	uint8_t profile;
};

/* The Non-Disablement Calendar (P-3). */
struct prepay_calendar {
	struct prepay_profile profile[PREPAY_PROFILES];
	uint8_t week[7];   /* profile of Monday, ... */
	uint8_t n_special; /* ascending by day */
	struct prepay_special_day special[PREPAY_SPECIAL_DAYS];
};

struct prepay_recovery {
	int64_t rate_mp; /* each period; 0: none */
	bool daily;	 /* else hourly */
};

/* P-3. Set remotely, as a whole. */
struct prepay_settings {
	int64_t emergency_limit_mp;	/* 0: none is given */
	int64_t emergency_threshold_mp; /* at or below: it can be activated */
	int64_t disablement_threshold_mp;
	/* Alert when balance and emergency credit fall below it together. */
	int64_t low_credit_threshold_mp;
	int64_t max_credit_mp;	/* of one top-up */
	int64_t max_balance_mp; /* a top-up may lead to */
	struct prepay_recovery recovery[2];
	/* Of a payment to payment debt, in hundredths of a per cent. */
	int32_t share;
	int64_t cap_mp; /* payment debt taken in a week; 0: none is taken */
	bool suspend_disabled;
	bool suspend_emergency;
	bool vulnerable; /* as if always in a non-disablement period (P-9) */
	int32_t lockout_tries; /* wrong entries in a row; 0: no lockout */
	int64_t lockout_s;
	struct prepay_calendar calendar;
};

enum prepay_state {
	PREPAY_CREDIT,	  /* credit mode */
	PREPAY_GOOD,	  /* prepayment mode, credit left */
	PREPAY_AVAILABLE, /* emergency credit can be activated */
	PREPAY_EMERGENCY, /* it is active, and supply on */
	PREPAY_PROTECTED, /* nothing left, but a non-disablement period */
	PREPAY_DISABLED,
	PREPAY_ARMED, /* credit again; the consumer turns supply on */
	PREPAY_STATES
};

/* What is asked for, then what the registers and the calendar say. */
enum prepay_event {
	PREPAY_TO_CREDIT,
	PREPAY_TO_PREPAYMENT,
	PREPAY_ACTIVATE, /* emergency credit */
	PREPAY_CONSENT,	 /* the consumer turns supply on */
	PREPAY_RESTORE,	 /* the supplier does (P-9) */
	PREPAY_IS_GOOD,
	PREPAY_IS_LOW,
	PREPAY_IS_BACKED,    /* emergency credit, not needed for supply yet */
	PREPAY_IS_EMERGENCY, /* emergency credit alone keeps supply on */
	PREPAY_IS_PROTECTED,
	PREPAY_IS_EMPTY,
	PREPAY_EVENTS
};

/* The part of a counter that has been charged. */
struct prepay_counter {
	int64_t up;	 /* read up to here */
	int32_t rest_up; /* 0 to 999 of it, less than a milli-penny */
};

/* A reading of both counters. */
struct prepay_point {
	int64_t at_s;
	uint32_t epoch; /* another one: they have begun anew */
	int64_t cost_up, standing_up;
};

struct prepay {
	enum prepay_state state;
	int64_t now_s; /* last looked at */
	int64_t at_s;  /* what fell due by time up to then has been charged */
	bool behind;   /* the last point was long before that */
	bool based;    /* the counters are those of an epoch: */
	uint32_t epoch;
	struct prepay_counter cost, standing;
	int64_t balance_mp;
	bool emergency;			  /* credit is active: */
	int64_t granted_mp, emergency_mp; /* and this is left of it */
	int64_t debt_mp[PREPAY_DEBTS];
	/* Weeks begin on Monday 00:00 UTC and count from 1969-12-29. */
	int64_t week;
	int64_t week_recovered_mp; /* of payment debt, in that week */
	bool low;		   /* the alert was given */
	bool spent;		   /* emergency credit: the same */

	/* Cumulative, so that P-10 can be checked of any state. */
	int64_t opening_mp;
	int64_t credited_mp; /* top-ups */
	int64_t consumed_mp;
	int64_t standing_mp; /* charges */
	int64_t adjusted_mp; /* by the supplier; debt counts negative */

	/* Tokens accepted: bits 63 to 32 of their counters, ascending. */
	uint32_t used[PREPAY_TOKENS];
	int32_t n_used;
	uint32_t floor; /* up to here no longer remembered, and refused */
	uint32_t highest;
	int32_t wrong; /* entries in a row */
	int64_t locked_until_s;
};

enum prepay_alert_kind {
	PREPAY_LOW_CREDIT,
	PREPAY_EMERGENCY_AVAILABLE,
	PREPAY_EMERGENCY_ACTIVE,
	PREPAY_EMERGENCY_EXHAUSTED,
	PREPAY_EMERGENCY_ENDED,	 /* paid back */
	PREPAY_CREDIT_EXHAUSTED, /* in a non-disablement period */
	PREPAY_SUPPLY_DISABLED,
	PREPAY_SUPPLY_ARMED,
	PREPAY_EMERGENCY_ARMED, /* the same, by activating emergency credit */
	PREPAY_SUPPLY_RELEASED, /* on, as far as prepayment goes */
	PREPAY_TOPPED_UP,
	PREPAY_ENTRY_LOCKED,
	PREPAY_TIME_DEBT_1_PAID,
	PREPAY_TIME_DEBT_2_PAID,
	PREPAY_PAYMENT_DEBT_PAID,
	PREPAY_MODE_CREDIT,
	PREPAY_MODE_PREPAYMENT,
	PREPAY_CLOCK_BACK, /* a point before what has been charged */
	PREPAY_REBASED,	   /* the counters began anew; nothing was charged */
	PREPAY_ALERT_KINDS
};

struct prepay_alert {
	enum prepay_alert_kind kind;
	int64_t at_s;
	int64_t balance_mp;
};

#define PREPAY_ALERTS 64

/* Appended to. Once full, the newest are counted only. */
struct prepay_alerts {
	size_t n, lost;
	struct prepay_alert alert[PREPAY_ALERTS];
};

enum prepay_want {
	PREPAY_ON,
	PREPAY_HOLD_OFF,
	PREPAY_ARM
};

/* What supplyd is told. On is "no hold of ours": others may have theirs, and
 * who may close a gas valve's circuit is their rule (S-1).
 */
struct prepay_supply {
	enum prepay_want want;
	const char *reason;
};

enum prepay_token_result {
	PREPAY_TOKEN_OK,
	PREPAY_TOKEN_LOCKED,
	PREPAY_TOKEN_MODE,	/* credit mode takes none */
	PREPAY_TOKEN_DUPLICATE, /* accepted before */
	PREPAY_TOKEN_OLD,	/* counter below what is remembered */
	PREPAY_TOKEN_TOO_LARGE, /* maximum credit */
	PREPAY_TOKEN_BALANCE,	/* maximum balance */
	PREPAY_TOKEN_RESULTS
};

/* Authenticated by the caller. */
struct prepay_token {
	uint64_t counter; /* the low 32 bits are 0 */
	int64_t value_mp;
	bool local; /* entered by a person: the lockout applies */
};

/* 0, or -EINVAL and what is wrong (never NULL then; may be NULL to ask less).
 * prepay_check() includes P-10: the registers are what the counters say.
 */
int prepay_settings_check(const struct prepay_settings *settings,
			  const char **ret_why);
int prepay_check(const struct prepay *p, const char **ret_why);

/* Credit mode, no debt; the first point will be the base of the counters. */
int prepay_init(struct prepay *p, int64_t now_s, int64_t balance_mp);

/*
 * Take the point's counters as what has been charged: no money moves, nothing
 * falls due. For the first point, and the first one of an epoch. -EALREADY for
 * the epoch that it is.
 */
int prepay_rebase(struct prepay *p, const struct prepay_settings *settings,
		  const struct prepay_point *point,
		  struct prepay_alerts *alerts);

/*
 * Charge the time debt that fell due after at_s up to the point, then standing
 * charges, then consumption; where the registers stand then is what a bill of
 * that instant shows. Exact however many points are taken on the way. A point
 * before at_s: nothing is due, consumption is charged, at_s stays, so that no
 * hour is paid for twice. More than PREPAY_LATE_S before it the clock was put
 * back: PREPAY_CLOCK_BACK, once.
 * -ESTALE for another epoch.
 */
int prepay_advance(struct prepay *p, const struct prepay_settings *settings,
		   const struct prepay_point *point,
		   struct prepay_alerts *alerts);

/*
 * It is now_s: what do registers, settings and calendar say to supply? To be
 * called after every prepay_advance(), change of settings, and now and then.
 */
int prepay_look(struct prepay *p, const struct prepay_settings *settings,
		int64_t now_s, struct prepay_alerts *alerts);

/* One of the first five events. */
int prepay_ask(struct prepay *p, const struct prepay_settings *settings,
	       enum prepay_event event, struct prepay_alerts *alerts);

/* P-8, P-7. *ret_result is written on 0; only PREPAY_TOKEN_OK changed *p. */
int prepay_top_up(struct prepay *p, const struct prepay_settings *settings,
		  const struct prepay_token *token,
		  struct prepay_alerts *alerts,
		  enum prepay_token_result *ret_result);
/* A token entered by a person that was not authentic. -EPERM while locked. */
int prepay_wrong_entry(struct prepay *p, const struct prepay_settings *settings,
		       struct prepay_alerts *alerts);
bool prepay_locked(const struct prepay *p);
/*
 * Refuse tokens up to this one (bits 63 to 32 of the counter) from here on. Of
 * another supplier: those remembered are forgotten, for its key gives other
 * MACs. -ERANGE: below what is refused already.
 */
int prepay_token_floor(struct prepay *p, const struct prepay_settings *settings,
		       uint32_t floor, bool new_supplier);
/* A sentence for a person. */
const char *prepay_token_text(enum prepay_token_result result);

/* P-9. A debt is never negative: -EINVAL. */
int prepay_set_debt(struct prepay *p, const struct prepay_settings *settings,
		    enum prepay_debt debt, int64_t mp,
		    struct prepay_alerts *alerts);
int prepay_adjust_debt(struct prepay *p, const struct prepay_settings *settings,
		       enum prepay_debt debt, int64_t by_mp,
		       struct prepay_alerts *alerts);
int prepay_clear_debts(struct prepay *p, const struct prepay_settings *settings,
		       struct prepay_alerts *alerts);
int prepay_adjust_balance(struct prepay *p,
			  const struct prepay_settings *settings, int64_t by_mp,
			  struct prepay_alerts *alerts);

/* Would PREPAY_ACTIVATE be done? */
bool prepay_emergency_available(const struct prepay *p,
				const struct prepay_settings *settings);
struct prepay_supply prepay_supply(const struct prepay *p);
/* Is that instant in a non-disablement period? */
bool prepay_in_calendar(const struct prepay_calendar *calendar, int64_t at_s);
/* The state to go to, or -EALREADY or -EPERM. */
int prepay_next_state(enum prepay_state state, enum prepay_event event);
/* What the consumer has, less what is owed: the figure of P-10. */
int64_t prepay_worth_mp(const struct prepay *p);

#endif /* HEARTH_PREPAY_H */
