/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The chain without a bus: a simulated home below the services of storaged,
 * tariffd, prepayd and supplyd, on a disk in memory whose power can be cut.
 * What must hold of any life of it is checked on the way; the first that does
 * not ends the program, with its seed.
 */
#ifndef HEARTH_CORE_CHAIN_H
#define HEARTH_CORE_CHAIN_H

#include "../meter-sim/sim-home.h"
#include "../prepayd/prepayd-service.h"
#include "../storaged/storaged-service.h"
#include "../supplyd/supplyd-service.h"
#include "../tariffd/tariffd-service.h"
#include "powercut-vfs.h"

enum chain_daemon {
	CHAIN_STORAGED,
	CHAIN_TARIFFD,
	CHAIN_PREPAYD,
	CHAIN_SUPPLYD,
	CHAIN_DAEMONS
};

#define CHAIN_LOGS 8

/* Of one log of one meter. */
struct chain_log {
	char meter[24], log[32];
	uint64_t newest; /* the number that the last record got */
	bool doubt;	 /* or the one after it, when the power went */
};

struct chain {
	uint64_t seed;
	struct powercut *disk;
	struct sim_home home;
	struct store *store[CHAIN_DAEMONS]; /* NULL: the daemon is not there */
	struct storaged_service storaged;
	struct tariffd_service tariffd;
	struct prepayd_service prepayd;
	struct supplyd supplyd;
	struct switchgear gear;
	bool consent; /* a person is there, and turns supply on */

	/* What was counted on the way. */
	uint64_t sent[CHAIN_DAEMONS]; /* the last record's sequence */
	bool doubt[CHAIN_DAEMONS];    /* the power went while one was sent */
	struct chain_log log[2 * CHAIN_LOGS];
	size_t n_logs;
	uint64_t records;
	/*
	 * What cells have beyond the register: other meters' Wh, less the first
	 * register seen. Not known from a change of meters until tariffd has
	 * found it: what flowed around it is nobody's.
	 */
	int64_t beyond_wh;
	bool changed;
	int64_t credited_mp, adjusted_mp;
	/* The account's counters began there. */
	bool based;
	int64_t base_up;
};

void chain_begin(struct chain *chain, uint64_t seed, int64_t at_s,
		 uint64_t load_seed);
void chain_end(struct chain *chain);

/* All daemons start, those that are not there. */
void chain_start(struct chain *chain);
/* A daemon is killed: what it has not committed is gone. */
void chain_kill(struct chain *chain, enum chain_daemon n);
/* What a power cut leaves, after one: nothing runs. */
void chain_power_back(struct chain *chain);

/*
 * Each daemon in its order does what is due now. False: the power went.
 * Otherwise all went well, or the program ends.
 */
bool chain_cycle(struct chain *chain);

/* Everything that must hold whenever all daemons are up to date. */
void chain_check(struct chain *chain);

/* Ends the program. */
void chain_fail(const struct chain *chain, const char *format, ...)
	__attribute__((format(printf, 2, 3), noreturn));

static inline bool chain_has_power(const struct chain *chain)
{
	return !powercut_is_off(chain->disk);
}

static inline int64_t chain_now_s(const struct chain *chain)
{
	return sim_home_hub_s(&chain->home);
}

static inline uint64_t chain_now_us(const struct chain *chain)
{
	return (uint64_t)chain_now_s(chain) * USEC_PER_SEC;
}

/* A token: its counter, milli-pence, and whether it is authentic. */
void chain_token(char ret[PREPAYD_UTRN_ROOM], uint32_t counter, int64_t mp,
		 bool authentic);

#endif /* HEARTH_CORE_CHAIN_H */
