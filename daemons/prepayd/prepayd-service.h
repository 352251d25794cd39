/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The accounts of a home and their store, without the bus: what tests drive.
 *
 * An account moves by copy, engine, write, commit, swap in. What a command
 * acknowledges is committed; so is what an alert tells of, and each half hour.
 * The rest of a half hour is in memory only: after a crash it is worked out
 * again from tariffd's counters.
 *
 * 0 or negative errno; on an error nothing has changed. Beside prepay.h's and
 * store.h's: -EHOSTUNREACH, the tokens' checker does not answer.
 */
#ifndef HEARTH_PREPAYD_SERVICE_H
#define HEARTH_PREPAYD_SERVICE_H

#include "../common/store.h"
#include "prepay.h"

#define PREPAYD_ACCOUNTS 2
#define PREPAYD_TOP_UPS 100 /* kept of each account */
/* As a UTRN's digits and the terminating octet. */
#define PREPAYD_UTRN_ROOM 21

extern const char *const prepayd_migrations[];
extern const size_t prepayd_n_migrations;

/* --- what is above: tariffd */

/*
 * A point of tariffd's GetCharges: at half hours, where a billing entry was
 * closed (more than one of an instant, perhaps; before the boundary's own,
 * which has the standing charge of the day that begins), and the present one.
 */
struct prepayd_charge {
	int64_t at_us;
	int64_t cost_up, standing_up;
	uint64_t entry; /* closed at that instant, ascending; 0: none */
};

struct prepayd_charges {
	uint32_t epoch;
	size_t n;
	struct prepayd_charge *charge; /* freed by who asked */
};

/* An account at a billing entry's instant. */
struct prepayd_entry {
	uint64_t entry;
	int64_t balance_mp, emergency_mp;
	int64_t debt_mp[PREPAY_DEBTS];
};

/* Both return 0 or negative errno. */
struct prepayd_source {
	/* Points after that time, ascending, the present one last. */
	int (*charges)(void *userdata, const char *meter, int64_t after_us,
		       struct prepayd_charges *ret);
	/* Idempotent. */
	int (*complete)(void *userdata, const char *meter,
			const struct prepayd_entry *entry);
	void *userdata;
};

/* --- who checks a token's MAC */

enum prepayd_verdict {
	PREPAYD_AUTHENTIC,
	PREPAYD_WRONG,	   /* counts towards the lockout */
	PREPAYD_REPLAYED,  /* authentic, and used, or too old */
	PREPAYD_NOT_TYPED, /* not 20 digits */
	PREPAYD_NO_KEY,
	PREPAYD_VERDICTS
};

struct prepayd_token {
	enum prepayd_verdict verdict;
	uint16_t code; /* alert of GBCS for a refusal; 0: none */
	uint64_t counter;
	int64_t value_mp;
	char text[80]; /* why, for a person */
};

struct prepayd_checker {
	/* supplier: EUI-64, 0: the one that there is a key of. */
	int (*check)(void *userdata, const char *meter, uint64_t supplier,
		     const struct prepay *p, const char *utrn,
		     struct prepayd_token *ret);
	void *userdata;
};

/* --- accounts */

struct prepayd_account {
	const char *meter; /* "electricity0" */
	int64_t id;	   /* of its row: its place */
	struct prepay p;
	struct prepay_settings settings;
	uint64_t supplier; /* whose tokens are taken; 0: see prepayd_checker */
	int64_t after_us;  /* points up to then have been taken */
	uint64_t entry;	   /* and billing entries up to this one */
	int64_t daily_s;   /* the last midnight that was recorded */
	int64_t saved_s;   /* p.at_s on disk */
	bool unfit;	   /* tariffd's points are, and it was said */
};

struct prepayd_service {
	struct store *store;
	struct prepayd_source source;
	struct prepayd_checker checker;
	struct prepayd_account account[PREPAYD_ACCOUNTS];
};

/*
 * Read the accounts, or begin them: credit mode, nothing owed. lost: a damaged
 * store was put aside, which is recorded.
 */
int prepayd_load(struct prepayd_service *service, struct store *store,
		 int64_t now_us, bool lost);
/* NULL: none of that name. */
struct prepayd_account *prepayd_account(struct prepayd_service *service,
					const char *meter);

/*
 * now_us everywhere: UTC, 0 if it is not known. All but what only reads goes
 * through tariffd's points first; while it does not answer, what fell due
 * waits, and supply is decided on what is known.
 */

/*
 * All accounts, in one transaction (flash); and billing entries are completed.
 * To be called every few seconds. -EHOSTUNREACH: done, but for entries.
 */
int prepayd_cycle(struct prepayd_service *service, int64_t now_us);

struct prepayd_receipt {
	bool accepted;
	char text[80]; /* "accepted", or why not */
	int64_t credited_mp;
	int64_t balance_mp;
};

/* P-7, P-8. On 0 the receipt is on disk, a refusal too if it counts. */
int prepayd_top_up(struct prepayd_service *service,
		   struct prepayd_account *account, int64_t now_us,
		   const char *utrn, bool local, struct prepayd_receipt *ret);

int prepayd_ask(struct prepayd_service *service,
		struct prepayd_account *account, int64_t now_us,
		enum prepay_event event);
int prepayd_set_debt(struct prepayd_service *service,
		     struct prepayd_account *account, int64_t now_us,
		     enum prepay_debt debt, int64_t mp);
int prepayd_adjust_debt(struct prepayd_service *service,
			struct prepayd_account *account, int64_t now_us,
			enum prepay_debt debt, int64_t by_mp);
int prepayd_clear_debts(struct prepayd_service *service,
			struct prepayd_account *account, int64_t now_us);
int prepayd_adjust_balance(struct prepayd_service *service,
			   struct prepayd_account *account, int64_t now_us,
			   int64_t by_mp);
/* What fell due before is charged by the settings that were. */
int prepayd_set_settings(struct prepayd_service *service,
			 struct prepayd_account *account, int64_t now_us,
			 const struct prepay_settings *settings);
/*
 * Whose tokens are taken from here on, and up to which counter none are. The
 * floor of a supplier only rises, also when it comes back: -ERANGE.
 */
int prepayd_set_supplier(struct prepayd_service *service,
			 struct prepayd_account *account, int64_t now_us,
			 uint64_t supplier, uint64_t floor_counter);

struct prepayd_top_up_record {
	int64_t at_us;
	int64_t value_mp;
	int64_t balance_mp; /* after it */
	uint64_t counter;
	bool local;
};

/* The last PREPAYD_TOP_UPS, newest first; fn's negative return ends it. */
int prepayd_top_ups(struct prepayd_service *service,
		    const struct prepayd_account *account,
		    int (*fn)(const struct prepayd_top_up_record *record,
			      void *userdata),
		    void *userdata);

#endif /* HEARTH_PREPAYD_SERVICE_H */
