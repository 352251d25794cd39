/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A piece of work on an account: a copy, changed and written, then swapped in. */
#ifndef HEARTH_PREPAYD_WORK_H
#define HEARTH_PREPAYD_WORK_H

#include "prepayd-service.h"

struct work {
	struct prepayd_service *service;
	struct prepayd_account *account;
	struct prepayd_account next;
	struct prepay_alerts alerts;
	int64_t now_us;
	bool must; /* be committed */
	bool cold; /* settings or supplier have changed */
};

/*
 * Ask tariffd, begin a transaction, and bring the copy up to now. Ends with
 * work_end(), on an error too.
 */
int work_begin(struct work *work, struct prepayd_service *service,
	       struct prepayd_account *account, int64_t now_us);
/* r < 0: undo. Otherwise write what there is to write, and swap in. */
int work_end(struct work *work, int r);
/* The same of several, in one transaction. */
int works_end(struct work *work, size_t n, int r);

/* --- rows (prepayd-rows.c), in the transaction of who calls */

int rows_load(struct store *store, struct prepayd_account *account);
int rows_save(struct store *store, const struct prepayd_account *account,
	      bool cold);
int rows_add_entry(struct store *store, const struct prepayd_account *account,
		   uint64_t entry);
/* The first that waits: 1, 0 if there is none. */
int rows_next_entry(struct store *store, const char *meter,
		    struct prepayd_entry *ret);
int rows_drop_entry(struct store *store, const char *meter, uint64_t entry);
int rows_add_top_up(struct store *store, const char *meter,
		    const struct prepayd_top_up_record *record);
/* The highest counter, bits 63 to 32, that was taken of a supplier, or 0. */
int rows_supplier(struct store *store, const char *meter, uint64_t supplier,
		  uint32_t *ret_highest);
int rows_save_supplier(struct store *store,
		       const struct prepayd_account *account);

/* --- records for the logs (prepayd-record.c), the same */

int record_alerts(struct store *store, const char *meter,
		  const struct prepay_alerts *alerts);
int record_daily(struct store *store, const struct prepayd_account *account,
		 int64_t at_s);
int record_top_up(struct store *store, const struct prepayd_account *account,
		  const struct prepayd_top_up_record *record);
int record_refusal(struct store *store, const struct prepayd_account *account,
		   uint16_t code, const char *text, bool local);
int record_lost(struct store *store, const char *meter, int64_t now_us);

#endif /* HEARTH_PREPAYD_WORK_H */
