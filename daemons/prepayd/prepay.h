/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules of prepayment (P-1 to P-10): what the consumer owes and has, and
 * whether supply may be on. Pure: plain structures, no clock, file or memory of
 * its own; the caller keeps the state on disk, whole, in one transaction.
 *
 * Money is milli-pence (_mp). Consumption comes as a cumulative signed counter
 * in micro-pence (_up), time as seconds UTC (_s), and all that is due by time
 * falls due on whole hours and days UTC. Every function but prepay_advance()
 * acts at the instant the state was last advanced to.
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
#define PREPAY_COST_MAX_UP (1000 * PREPAY_MONEY_MAX_MP)
#define PREPAY_TIME_MAX_S INT64_C(253402300800) /* the year 10000 */
#define PREPAY_SPAN_MAX_S (400 * PREPAY_DAY_S)	/* longer: in pieces */

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
	int64_t low_credit_threshold_mp;
	int64_t max_credit_mp;	/* of one top-up */
	int64_t max_balance_mp; /* a top-up may lead to */
	int64_t standing_mp;	/* each day */
	struct prepay_recovery recovery[2];
	/* Of a payment to payment debt, in hundredths of a per cent. */
	int32_t share;
	int64_t cap_mp; /* payment debt taken in a week from Monday */
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

struct prepay {
	enum prepay_state state;
	int64_t at_s;	 /* all that fell due up to then has been charged */
	int64_t cost_up; /* of consumption, charged up to here */
	int64_t balance_mp;
	bool emergency;			  /* credit is active: */
	int64_t granted_mp, emergency_mp; /* and this is left of it */
	int64_t debt_mp[PREPAY_DEBTS];
	int64_t week; /* since that of 1969-12-29 */
	int64_t week_recovered_mp;
	bool low; /* the alert was given */

	/* Cumulative, so that P-10 can be checked of any state. */
	int64_t opening_mp;
	int64_t credited_mp; /* top-ups */
	int64_t consumed_mp;
	int64_t standing_mp;
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
	PREPAY_EMERGENCY_ENDED,	 /* paid back */
	PREPAY_CREDIT_EXHAUSTED, /* in a non-disablement period */
	PREPAY_SUPPLY_DISABLED,
	PREPAY_SUPPLY_ARMED,
	PREPAY_SUPPLY_RELEASED, /* on, as far as prepayment goes */
	PREPAY_TOPPED_UP,
	PREPAY_ENTRY_LOCKED,
	PREPAY_MODE_CREDIT,
	PREPAY_MODE_PREPAYMENT,
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

/* Credit mode, empty registers, all consumption so far charged elsewhere. */
int prepay_init(struct prepay *p, int64_t now_s, int64_t cost_up,
		int64_t balance_mp);

/*
 * Charge what fell due in (at_s, now_s], then the consumption since cost_up.
 * Exact however often it is called in between with the same inputs. -ETIME for
 * a now before the last; -EOVERFLOW for more than PREPAY_SPAN_MAX_S.
 */
int prepay_advance(struct prepay *p, const struct prepay_settings *settings,
		   int64_t now_s, int64_t cost_up,
		   struct prepay_alerts *alerts);

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

struct prepay_supply prepay_supply(const struct prepay *p);
/* Is that instant in a non-disablement period? */
bool prepay_in_calendar(const struct prepay_calendar *calendar, int64_t at_s);
/* The state to go to, or -EALREADY or -EPERM. */
int prepay_next_state(enum prepay_state state, enum prepay_event event);
/* What the consumer has, less what is owed: the figure of P-10. */
int64_t prepay_worth_mp(const struct prepay *p);

#endif /* HEARTH_PREPAY_H */
