/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A daemon of the crash tests that only counts: each transaction is an entry in
 * a table, the balance in the state, and a log record; and a storaged that
 * remembers all it was given. What a crash may do to them is checked here.
 */
#ifndef HEARTH_LEDGER_H
#define HEARTH_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/store.h"
#include "../common/util.h"

#define LEDGER_PATH "ledger.db"

/* Versions 1 to 3: one more table or column, and what is in it, each. */
#define LEDGER_MIGRATIONS 3
extern const char *const ledger_migrations[LEDGER_MIGRATIONS];

struct ledger {
	uint64_t done; /* acknowledged */
	/* The next one was begun and may be there. */
	bool doubtful;
	/* Records no longer in the outbox: acknowledged by storaged. */
	uint64_t handed_over;
};

/*
 * The next transaction; pad is how many octets it has more. It counts in
 * ledger as done or doubtful. 0 or what the store said.
 */
int ledger_step(struct ledger *ledger, struct store *store, size_t pad);
/*
 * After a start: all that was done is there, once, and the rest is not. What
 * was doubtful is decided then.
 */
void ledger_check(struct ledger *ledger, struct store *store);
/* The same as a question: nothing is there that should not be? */
bool ledger_is_right(const struct ledger *ledger, struct store *store,
		     uint64_t *ret_count);

/* --- the storaged, at the other end of a private connection */

struct storage_stand_in;

struct storage_stand_in *storage_new(sd_bus **ret_bus);
void storage_free(struct storage_stand_in *storage, sd_bus *bus);
/* The name of an error to answer with after so many more; NULL: none. */
void storage_refuse(struct storage_stand_in *storage, const char *error,
		    unsigned int after);
/*
 * Records it has. Each was there once, in order; more than the ledger has, or
 * not all that it has handed over, is a failure.
 */
uint64_t storage_check(struct storage_stand_in *storage,
		       const struct ledger *ledger);

#endif /* HEARTH_LEDGER_H */
