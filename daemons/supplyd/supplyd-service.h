/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Supply of the hub's meters: rules, store and switches together, without a
 * bus.
 *
 * Each command is one transaction: state and log records. What a hold says is
 * on disk before the switch is told to go off, and that nobody holds before it
 * is told to go on. After a crash between the two the switch is told when the
 * service is opened again; one that does as the stored state says is left
 * alone. The end of the daemon, orderly or not, moves nothing.
 *
 * A store that cannot be written:
 * - a command of somebody is refused, and changes nothing;
 * - what is found here (prepayment's wish, load limiting) would be held off
 *   turns supply off at once, and is tried to be stored again each time it is
 *   found; meanwhile nothing turns it on;
 * - nothing turns supply on that is not stored.
 *
 * A gas valve is told to open only by the consent of a person (S-1): where it
 * turns out to be shut although nobody holds (a crash after the consent, a
 * valve shut by hand, a lost store), it is armed.
 *
 * A lost store says nothing of who held: supply that is on stays on; off, it
 * is armed.
 *
 * Times are microseconds of UTC; 0: not known, then that of the last is used.
 * 0 or negative errno: those of supply.h and aux.h, or of store.h (nothing was
 * done), or -ENODEV: the meter has no switch.
 */
#ifndef HEARTH_SUPPLYD_SERVICE_H
#define HEARTH_SUPPLYD_SERVICE_H

#include "../common/outbox.h"
#include "../common/store.h"
#include "aux.h"
#include "supply.h"
#include "switchgear.h"

enum supplyd_which {
	SUPPLYD_ELECTRICITY,
	SUPPLYD_GAS,
	SUPPLYD_METERS
};

struct supplyd_meter {
	const char *name; /* "electricity0" */
	struct supply supply;
	struct supply stored; /* as the store has it */
	struct supply_limit limit;
	struct switch_state gear;
	int gear_error; /* of reading it last: 0 or errno */
	int command_error;
	bool gear_known;  /* it has been read since the start */
	bool lost;	  /* there was no state in the store */
	bool unsaved_off; /* told off, and the store knows nothing of it */
	bool again;	  /* tell the switch once more */
};

struct supplyd {
	struct store *store;
	const struct switchgear *gear;
	struct supplyd_meter meter[SUPPLYD_METERS];
	struct aux_settings aux_settings; /* of electricity */
	struct aux aux;
	uint16_t random; /* of the randomised offset; stored */
	uint16_t offset_limit_s;
	bool posted;	 /* log records wait */
	int store_error; /* of the last transaction */
};

/* random is taken where the store has none yet. The switches are told what is
 * stored, if they do something else.
 */
int supplyd_open(struct supplyd *d, struct store *store,
		 const struct switchgear *gear, uint16_t random,
		 uint64_t now_us);

/* Tell the log that the store before this one was damaged. */
int supplyd_lost(struct supplyd *d, uint64_t now_us);

/* Commands (S-1); one that finds it so already has done it. */
int supplyd_request(struct supplyd *d, enum supplyd_which which,
		    enum supply_owner owner, enum supply_request request,
		    uint64_t now_us);
/* Prepayment's own hold has to be lifted before, by prepayment. */
int supplyd_consent(struct supplyd *d, enum supplyd_which which,
		    uint64_t now_us);
/* What prepayment wants. */
int supplyd_follow(struct supplyd *d, enum supplyd_which which,
		   enum supply_state want, const char *reason, uint64_t now_us);

/* Load limiting (S-3), of electricity. */
int supplyd_set_limit(struct supplyd *d, const struct supply_limit *limit,
		      uint64_t now_us);
int supplyd_reset_limited(struct supplyd *d);

/* Readings, but for what the switch feels: that is asked here. Each few
 * seconds, and as soon as anything has happened.
 */
int supplyd_advance(struct supplyd *d, enum supplyd_which which,
		    const struct supply_reading *reading, uint64_t now_us);

/* Auxiliary load control (S-4), n from 0. */
int supplyd_aux_controller(struct supplyd *d, unsigned int n,
			   const struct aux_controller *controller,
			   uint64_t now_us);
/* Switches and special days of set. */
int supplyd_aux_schedule(struct supplyd *d, const struct aux_settings *set,
			 uint64_t now_us);
/* The offset is the stored random part of it. */
int supplyd_aux_offset(struct supplyd *d, uint16_t limit_s, uint64_t now_us);
int supplyd_aux_set(struct supplyd *d, unsigned int n, uint8_t pct,
		    int64_t start_s, int64_t end_s, uint64_t now_us);
int supplyd_aux_limit(struct supplyd *d, unsigned int n, uint8_t pct,
		      int64_t start_s, int64_t end_s, uint64_t now_us);
int supplyd_aux_reset(struct supplyd *d, unsigned int n, uint64_t now_us);
int supplyd_aux_boost(struct supplyd *d, unsigned int n, int64_t duration_s,
		      uint64_t now_us);
int supplyd_aux_advance(struct supplyd *d, uint64_t now_us);

#endif /* HEARTH_SUPPLYD_SERVICE_H */
