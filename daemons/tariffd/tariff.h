/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tariff engine: what energy is, in registers, and what it costs. Pure:
 * no clock, no file, no bus, no allocation; a state is one plain structure
 * and a reading of the cumulative register moves it.
 *
 * T-1: the sum of all cells equals the register's growth since the start,
 * always. Cells only ever grow; whoever wants those of one tariff or billing
 * period takes the difference of two entries.
 *
 * Money: a price is in milli-pence a kWh (_mp), so Wh times price is in
 * micro-pence (_up), exactly. Only tariff_up_to_mp() rounds, for the eye.
 * Times are seconds UTC since 1970 (_s).
 */
#ifndef HEARTH_TARIFF_H
#define HEARTH_TARIFF_H

#include <stdbool.h>

#include "tariff-calendar.h"
#include "tariff-period.h"

#define TARIFF_BLOCKS 4
#define TARIFF_ROWS ACTION_BLOCK_ROWS
/* As in a price matrix on the wire: 48 registers, then 8 rows of the first
 * block, 8 of the second... The second element uses the first four.
 */
#define TARIFF_CELLS (ACTION_TOUS + TARIFF_ROWS * TARIFF_BLOCKS)
#define TARIFF_CELL(row, block) (ACTION_TOUS + (block)*TARIFF_ROWS + (row))

#define TARIFF_NO_THRESHOLD INT64_MAX
#define TARIFF_WH_MAX INT64_C(1000000000000000) /* 1 PWh: no household's */

/* Half hours that can have a price: five days; they come one ahead (T-7). */
#define TARIFF_DYNAMIC_SLOTS 256

struct tariff_prices {
	int32_t cell_mp[TARIFF_CELLS]; /* a kWh; may be negative */
	int32_t standing_mp;	       /* a UTC day */
};

/* Block n of a row ends where the row's counters sum to threshold n. */
struct tariff_thresholds {
	int64_t wh[TARIFF_ROWS][TARIFF_BLOCKS - 1];
};

struct tariff_dynamic_price {
	int64_t start_s; /* of its half hour; 0: none */
	int32_t price_mp;
};

/* Not yet in force; at_s 0: nothing pending. */
struct tariff_pending {
	int64_t calendar_at_s, thresholds_at_s, prices_at_s;
	struct tariff_calendar calendar;
	struct tariff_thresholds thresholds;
	struct tariff_prices prices;
};

enum tariff_pend {
	TARIFF_CALENDAR = 1,
	TARIFF_THRESHOLDS = 2,
	TARIFF_PRICES = 4,
};

struct tariff {
	/* Consumed up to here. */
	int64_t upto_s, upto_wh;
	int64_t start_s, start_wh;
	int64_t cell_wh[TARIFF_CELLS];
	/* Since their reset: what thresholds are compared with. */
	int64_t counter_wh[TARIFF_ROWS][TARIFF_BLOCKS];
	int64_t cost_up;     /* energy: the sum of Wh x price */
	int64_t standing_up; /* standing charges */
	int32_t charged_day; /* the last UTC day whose standing charge is in */
	/* Of all Wh, how many were placed by estimate, or priced from the
	 * matrix for want of a half hour's price.
	 */
	int64_t estimated_wh, fallback_wh;

	struct tariff_calendar calendar;
	struct tariff_thresholds thresholds;
	struct tariff_prices prices;
	struct tariff_period reset;   /* of block counters */
	struct tariff_period billing; /* an entry is closed */
	uint8_t dynamic; /* 1: half-hourly prices go before the matrix */
	struct tariff_dynamic_price slot[TARIFF_DYNAMIC_SLOTS];
	struct tariff_pending pending;

	/* Worked out from the above; see tariff_refresh(). */
	int64_t next_reset_s, next_billing_s;
	int32_t profile_day;
	uint8_t profile;
};

/* Why an entry was closed: bits, those of enum tariff_pend among them. */
enum tariff_reason {
	TARIFF_PERIOD_END = 8, /* the billing period's */
	TARIFF_COMMAND = 16,
};

/* Of the billing data log. Cumulative, as everything that flows. */
struct tariff_entry {
	int64_t at_s, total_wh, start_wh;
	int64_t cell_wh[TARIFF_CELLS];
	int64_t counter_wh[TARIFF_ROWS][TARIFF_BLOCKS];
	int64_t cost_up, standing_up, estimated_wh, fallback_wh;
	uint8_t reasons;
};

enum tariff_flags {
	/* The reading is across a change of register, price, thresholds,
	 * counters or billing period, with none at the change: its Wh are
	 * spread evenly over its time.
	 */
	TARIFF_ESTIMATED = 1,
	/* A half hour had no price: the matrix's was taken. */
	TARIFF_FALLBACK = 2,
	/* The reading is from before the last one: as if of the same time. */
	TARIFF_CLOCK_BACK = 4,
	/* A calendar, thresholds, prices came into force. */
	TARIFF_NEW_CALENDAR = 8,
	TARIFF_NEW_THRESHOLDS = 16,
	TARIFF_NEW_PRICES = 32,
	TARIFF_RESET = 64,	 /* block counters began anew */
	TARIFF_NEW_PERIOD = 128, /* of billing */
};

struct tariff_step {
	unsigned int flags; /* enum tariff_flags */
	int64_t wh;
	int64_t cost_up, standing_up; /* what it added */
};

/*
 * A step in parts, for who wants to see what it passes: tariff_walk() goes to
 * the next half-hour boundary or change of tables, or to the step's end.
 */
struct tariff_walk {
	struct tariff_step step; /* so far */
	/*
	 * The end of what was in force, or of a billing period: an entry of the
	 * instant it has come to, before anything is changed there (T-5, T-8).
	 */
	bool closed;
	struct tariff_entry entry;
	/* The walk's own. */
	int64_t from_s, end_s, done_wh;
	unsigned int events; /* enum tariff_flags, of the last instant */
	bool estimated;
};

/* A state that begins at a reading, with a calendar, thresholds, prices. */
int tariff_start(struct tariff *ret_t, int64_t at_s, int64_t total_wh,
		 const struct tariff_calendar *calendar,
		 const struct tariff_thresholds *thresholds,
		 const struct tariff_prices *prices, const char **ret_why);

/* Every rule of a state, T-1 among them, as after it was stored. 0, or
 * -EINVAL with the reason in *ret_why.
 */
int tariff_check(const struct tariff *t, const char **ret_why);
int tariff_thresholds_check(const struct tariff_thresholds *x,
			    const char **ret_why);

/* Works out again what a checked state keeps for speed. */
void tariff_refresh(struct tariff *t);

/*
 * A reading of the cumulative register. Latched boundaries must be passed one
 * by one for cells to be exact; where they are not, the step's Wh are spread
 * evenly over its time and flagged. A change at at_s itself comes into force
 * after the step. At a UTC midnight the day that begins is charged, at the
 * prices in force from then on.
 *
 * -EINVAL: a time out of bounds, or a register that fell (see
 * tariff_new_meter()); -EOVERFLOW: sums could leave int64_t. Nothing is
 * changed then.
 */
int tariff_advance(struct tariff *t, int64_t at_s, int64_t total_wh,
		   struct tariff_step *ret_step);

/* What tariff_advance() would say, and nothing else. */
int tariff_may_advance(const struct tariff *t, int64_t at_s, int64_t total_wh);

/*
 * The same in parts. Begin has tariff_advance()'s errors and moves nothing;
 * then tariff_walk() is called until it returns false: it was at the end. It
 * goes no further than until_s, if that is before its next instant: two tariffs
 * can go side by side, and each comes to the same as alone.
 */
int tariff_walk_begin(const struct tariff *t, int64_t at_s, int64_t total_wh,
		      struct tariff_walk *ret);
int64_t tariff_walk_next(const struct tariff *t,
			 const struct tariff_walk *walk);
bool tariff_walk(struct tariff *t, struct tariff_walk *walk, int64_t until_s);

/* Another meter's register takes over: nothing was consumed in between. */
int tariff_new_meter(struct tariff *t, int64_t total_wh);
/* A clock that was ahead is put back by command (forward, tariff_advance()
 * does it): no energy moves. Midnights passed again are not charged again.
 */
int tariff_set_clock(struct tariff *t, int64_t at_s);

/* Bits of enum tariff_pend that came into force at once, for a time that is
 * not after upto_s (0: now), or -EINVAL. What was pending is replaced. A
 * What is put in force at once is closed by the caller before.
 */
int tariff_pend_calendar(struct tariff *t, int64_t at_s,
			 const struct tariff_calendar *next,
			 const char **ret_why);
int tariff_pend_thresholds(struct tariff *t, int64_t at_s,
			   const struct tariff_thresholds *next,
			   const char **ret_why);
int tariff_pend_prices(struct tariff *t, int64_t at_s,
		       const struct tariff_prices *next, const char **ret_why);
/* Of the given bits, those that were pending and are no longer. */
unsigned int tariff_cancel(struct tariff *t, unsigned int what);

/* Half-hourly prices go before the matrix, from the next Wh on. */
void tariff_use_dynamic(struct tariff *t, bool on);
/*
 * The price of a half hour that has not begun (T-7): what is rated is never
 * rated again. -ESTALE: it has; -ERANGE: too far ahead; -EINVAL: off the grid.
 */
int tariff_set_dynamic(struct tariff *t, int64_t start_s, int32_t price_mp);

/* The billing calendar (T-8). */
int tariff_set_billing(struct tariff *t, const struct tariff_period *billing,
		       const char **ret_why);
/* Block counters: the period of their reset, or now, by command (T-8). */
int tariff_set_reset(struct tariff *t, const struct tariff_period *reset,
		     const char **ret_why);
void tariff_reset_blocks(struct tariff *t);

/* A snapshot for the billing data log; cells go on as they are. */
void tariff_close(const struct tariff *t, unsigned int reasons,
		  struct tariff_entry *ret_entry);

/* The block a row of block registers is in, and the Wh that are left of it:
 * INT64_MAX of one without an end.
 */
unsigned int tariff_block(const struct tariff *t, unsigned int row,
			  int64_t *ret_left_wh);

/* The cell and price the next Wh goes to. */
unsigned int tariff_cell(const struct tariff *t);
int32_t tariff_price_mp(const struct tariff *t);

/* To the nearest milli-penny, halves away from zero. */
int64_t tariff_up_to_mp(int64_t up);

/*
 * A price off the wire: currency units x 10^price_scale for each Wh x
 * 10^commodity_scale, to milli-pence a kWh. -ERANGE if that is not a whole
 * number of them, or too large.
 */
int tariff_scale_price(int32_t price, int price_scale, int commodity_scale,
		       int32_t *ret_price_mp);

#endif /* HEARTH_TARIFF_H */
