/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tariffs of a home's meters and their store, without the bus: what tests
 * drive.
 *
 * A state moves by copy, engine, write, commit, swap in. What is latched at
 * half-hour boundaries is committed, and what a command acknowledges; what came
 * after that is worked out again from the present register and is in memory
 * only. A tariff that nobody has set is one register at no price, from the first
 * register seen (T-1).
 *
 * 0 or negative errno; on an error nothing has changed. Beside store.h's:
 * -EINVAL, -ERANGE, -ESTALE as the engine has them, with a reason where one is
 * asked for; -EPERM: no register has been seen yet; -ENOENT: there is no such
 * thing.
 */
#ifndef HEARTH_TARIFFD_SERVICE_H
#define HEARTH_TARIFFD_SERVICE_H

#include "../common/outbox.h"
#include "../common/store.h"
#include "gas-energy.h"
#include "tariff-cost.h"
#include "tariff.h"

#define TARIFFD_METERS 2
/* Points of cost are kept so long, and a day. */
#define TARIFFD_POINTS_S (15 * CIVIL_DAY_S)
/* A boundary nobody latched is passed by estimate after that. */
#define TARIFFD_LATE_S 60
/* A clock so much behind the tariff's time is told of. */
#define TARIFFD_BEHIND_S 10
/* Further back than that, and the tariff's time is put back, too. */
#define TARIFFD_BACK_S 7200

#define TARIFFD_MIGRATIONS 2
extern const char *const tariffd_migrations[TARIFFD_MIGRATIONS];

enum tariffd_element {
	TARIFFD_PRIMARY = 1,
	TARIFFD_SECONDARY = 2, /* of twin elements (T-4) */
};

/* A reading of a meter's registers. */
struct tariffd_reading {
	int64_t at_s;
	int64_t value;	   /* active import, Wh; of gas: volume, dm3 */
	int64_t second_wh; /* of the second element; -1: there is none */
};

struct tariffd_state {
	bool begun, second_begun;
	struct tariff first, second;
	struct gas_energy gas; /* of gas: what first's register is made of */
	struct tariff_cost cost;
};

struct tariffd_meter {
	const char *name;
	bool gas;
	unsigned int index;
	struct tariffd_state stored;	/* as it is on disk */
	struct tariffd_state live;	/* up to the present register */
	struct tariffd_reading present; /* what took live there; at_s 0: none */
	bool behind;			/* the clock is, and it was told */
};

struct tariffd_service {
	struct store *store;
	uint32_t epoch;
	struct tariffd_meter meter[TARIFFD_METERS];
	struct tariffd_state next[TARIFFD_METERS]; /* being worked out */
};

/*
 * Read all meters' states. One that cannot be read begins anew, under another
 * epoch, which is recorded. now_us: UTC, 0 if it is not known.
 */
int tariffd_load(struct tariffd_service *service, struct store *store,
		 enum store_found found, uint64_t now_us);
/* NULL: none of that name. */
struct tariffd_meter *tariffd_meter(struct tariffd_service *service,
				    const char *name);

/* --- registers */

struct tariffd_input {
	/* Latched at boundaries, ascending; those up to the state's time are
	 * passed over, and all before the tariff has begun.
	 */
	const struct tariffd_reading *latch;
	size_t n;
	/* The present registers; at_s 0: not known. */
	struct tariffd_reading now;
	/* More latches may come: nothing is passed by estimate yet. */
	bool wait;
};

/*
 * Take all meters on, in one transaction if there is anything to be kept. A
 * register that fell, or leapt beyond reason, is taken as another meter's; a
 * clock put back is waited for, or followed. Both are recorded.
 */
int tariffd_step(struct tariffd_service *service,
		 const struct tariffd_input input[TARIFFD_METERS]);

/* --- commands; each is on disk when it returns 0 */

/* What there is of it (else NULL) comes into force together (T-3). */
struct tariffd_tables {
	const struct tariff_calendar *calendar;
	const struct tariff_thresholds *thresholds;
	const struct tariff_prices *prices;
};

/* at_s: when; 0, or not after the present reading: now. */
int tariffd_set_tables(struct tariffd_service *service,
		       struct tariffd_meter *meter,
		       enum tariffd_element element, int64_t at_s,
		       const struct tariffd_tables *tables,
		       const char **ret_why);
/* Bits of enum tariff_pend; *ret_cancelled: those that were pending. */
int tariffd_cancel(struct tariffd_service *service, struct tariffd_meter *meter,
		   enum tariffd_element element, unsigned int what,
		   unsigned int *ret_cancelled);
/* Prices of half hours in a row, all or none (T-7). */
int tariffd_set_half_hours(struct tariffd_service *service,
			   struct tariffd_meter *meter, int64_t from_s,
			   const int32_t *price_mp, size_t n);
int tariffd_use_half_hours(struct tariffd_service *service,
			   struct tariffd_meter *meter, bool on);
int tariffd_set_billing(struct tariffd_service *service,
			struct tariffd_meter *meter,
			const struct tariff_period *period,
			const char **ret_why);
int tariffd_set_reset(struct tariffd_service *service,
		      struct tariffd_meter *meter,
		      const struct tariff_period *period, const char **ret_why);
int tariffd_reset_blocks(struct tariffd_service *service,
			 struct tariffd_meter *meter);
/* Close an entry of the billing data log now. */
int tariffd_close_entry(struct tariffd_service *service,
			struct tariffd_meter *meter);
/* M-7; -ENOENT: not a gas meter. */
int tariffd_set_gas_values(struct tariffd_service *service,
			   struct tariffd_meter *meter, uint32_t cv_10kj,
			   uint32_t factor_1e5);

/* --- cost, as prepayd takes it */

struct tariffd_point {
	int64_t at_s;
	int64_t cost_up, standing_up;
	uint64_t entry; /* of billing, closed at that instant; 0: none */
};

/*
 * Points after a time, ascending, at most room of them (more are left for the
 * next call, but never one of the same instant as the last). *ret_n is how many.
 * -ENOBUFS: not even one instant has room.
 */
int tariffd_points(struct tariffd_service *service,
		   const struct tariffd_meter *meter, int64_t after_s,
		   struct tariffd_point *point, size_t room, size_t *ret_n);
/* Up to the present register; -ENODATA: none has been seen. */
int tariffd_present(const struct tariffd_meter *meter,
		    struct tariffd_point *ret);

/* An account at an entry's instant, as prepayd states it (T-5). */
struct tariffd_account {
	int64_t balance_mp, emergency_mp;
	int64_t debt_mp[4]; /* time 1, time 2, payment, accumulated */
};

/*
 * The entry goes to the billing data log. Once it has, this does nothing;
 * -ENOENT: there never was one.
 */
int tariffd_complete(struct tariffd_service *service,
		     struct tariffd_meter *meter, uint64_t entry,
		     const struct tariffd_account *account);

#endif /* HEARTH_TARIFFD_SERVICE_H */
