/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Auxiliary load control (S-4): up to five switches and proportional
 * controllers (HCALCS and the like), each at a level of 0 to 100 %. Pure.
 *
 * Who decides, the first that has something to say:
 *
 * 1. boost: a person on site pressed the button; 100 % until it ends;
 * 2. a command "set", from its start to its end;
 * 3. the schedule: the last switching time passed, up to AUX_LOOK_BACK_DAYS
 *    ago;
 * 4. the controller's idle level.
 *
 * Whoever it is, a command "limit" caps it, from its start to its end: it
 * protects the network, so the boost button does not pass it. A switch is on
 * at 100 and off at 0, and knows no limit.
 *
 * The randomised offset (0 to 1799 s, the same for all that is remote or
 * scheduled) moves switching times, and starts and ends of commands, later,
 * so that not all homes switch at once. The boost button is at once.
 *
 * Time is UTC. It may step back: schedule and commands are of the calendar,
 * and follow it; a boost lasts as long as was left.
 *
 * 0 or negative errno, with nothing changed: -EINVAL: out of bounds; -ENOENT:
 * no such controller; -EPERM: not of this kind, or not allowed; -ESTALE: it
 * would have ended already; -EALREADY: there is nothing to cancel.
 */
#ifndef HEARTH_AUX_H
#define HEARTH_AUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AUX_CONTROLLERS 5
#define AUX_SWITCHES 120
#define AUX_SPECIAL_DAYS 20
#define AUX_OFFSET_MAX_S 1799
#define AUX_BOOST_MAX_S 3600
#define AUX_LOOK_BACK_DAYS 366
#define AUX_LABEL_SIZE 23		     /* with its end */
#define AUX_TIME_MAX_S INT64_C(253402300800) /* the year 10000 */

enum aux_kind {
	AUX_NONE,
	AUX_SWITCH,
	AUX_PROPORTIONAL,
	AUX_KINDS
};

struct aux_controller {
	enum aux_kind kind;
	uint8_t idle_pct;
	bool boostable;		    /* the button acts on it */
	char label[AUX_LABEL_SIZE]; /* printable ASCII */
};

/* A date that comes each year where the year is 0. */
struct aux_date {
	uint16_t year;
	uint8_t month, day;
};

/* A switching time. On a special day those count that name it (by the bit of
 * its place in the list), on others those that name the weekday (bit 0 is
 * Monday). Only from begin to end of each year, which may pass New Year; both
 * months 0: always.
 */
struct aux_switch {
	uint8_t controller;
	uint8_t pct;
	uint16_t minute; /* of the day */
	uint8_t weekdays;
	uint32_t special_days;
	uint8_t begin_month, begin_day, end_month, end_day;
};

struct aux_settings {
	struct aux_controller controller[AUX_CONTROLLERS];
	uint16_t offset_s;
	uint8_t switches, special_days; /* how many */
	struct aux_switch at[AUX_SWITCHES];
	struct aux_date special[AUX_SPECIAL_DAYS];
};

struct aux_command {
	bool set;
	uint8_t pct;
	int64_t start_s, end_s; /* as commanded, without the offset */
};

/* Who decides. */
enum aux_cause {
	AUX_IDLE,
	AUX_SCHEDULE,
	AUX_COMMAND,
	AUX_BOOST,
	AUX_CAUSES
};

struct aux_state {
	uint8_t pct; /* what the controller was told last */
	enum aux_cause cause;
	bool limited; /* the cause alone would have it higher */
	struct aux_command command, limit;
	int64_t boost_end_s; /* 0: none */
};

struct aux {
	int64_t at_s;
	struct aux_state controller[AUX_CONTROLLERS];
};

/* What aux_advance() has found, of one controller: bits. */
enum aux_told {
	AUX_TOLD_LEVEL = 1,	    /* another level */
	AUX_TOLD_CAUSE = 2,	    /* or another cause, or limited or not */
	AUX_TOLD_COMMAND_ENDED = 4, /* its time is over */
	AUX_TOLD_LIMIT_ENDED = 8,
	AUX_TOLD_BOOST_ENDED = 16
};

/* 0, or -EINVAL and what is wrong; ret_why may be NULL. */
int aux_settings_check(const struct aux_settings *set, const char **ret_why);
int aux_check(const struct aux *aux, const struct aux_settings *set,
	      const char **ret_why);

/* All idle, nothing commanded. */
int aux_init(struct aux *aux, const struct aux_settings *set, int64_t now_s);
/* Other settings: what does not fit the controllers any more is dropped. */
int aux_settings_changed(struct aux *aux, const struct aux_settings *set,
			 int64_t now_s);

/* Remote commands, n from 0. From start_s (which may have passed) to end_s;
 * each takes the place of the one of its kind before.
 */
int aux_set(struct aux *aux, const struct aux_settings *set, unsigned int n,
	    uint8_t pct, int64_t start_s, int64_t end_s, int64_t now_s);
int aux_limit(struct aux *aux, const struct aux_settings *set, unsigned int n,
	      uint8_t pct, int64_t start_s, int64_t end_s, int64_t now_s);
/* Back to the schedule: neither set nor limited. A boost stays. */
int aux_reset(struct aux *aux, const struct aux_settings *set, unsigned int n,
	      int64_t now_s);
/* The button: at once, for 1 to AUX_BOOST_MAX_S from now; 0 ends it. */
int aux_boost(struct aux *aux, const struct aux_settings *set, unsigned int n,
	      int64_t duration_s, int64_t now_s);

/* Time passes: what ended is dropped, levels are what they have to be. Call
 * after each of the above, and each few seconds.
 */
int aux_advance(struct aux *aux, const struct aux_settings *set, int64_t now_s,
		unsigned int ret_told[AUX_CONTROLLERS]);

/* The schedule's level of a controller at a time, or -1: it says nothing. The
 * offset is in it.
 */
int aux_scheduled(const struct aux_settings *set, unsigned int n,
		  int64_t now_s);

/* "none", "switch", "proportional"; "idle", "schedule", "command", "boost". */
const char *aux_kind_text(enum aux_kind kind);
const char *aux_cause_text(enum aux_cause cause);
int aux_kind_of(const char *text);

#endif /* HEARTH_AUX_H */
