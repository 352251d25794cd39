/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of tariffd's service share. */
#ifndef HEARTH_TARIFFD_WORK_H
#define HEARTH_TARIFFD_WORK_H

#include "tariffd-service.h"

/* Of a meter's state, what has to be written. Registers always are. */
enum tariffd_part {
	TARIFFD_TABLES_1 = 1,
	TARIFFD_TABLES_2 = 2,
	TARIFFD_SLOTS = 4,
	TARIFFD_PAST = 8,
	TARIFFD_ALL = 15,
};

/* A meter's next state on its way. */
struct tariffd_work {
	struct tariffd_service *service;
	struct tariffd_meter *meter;
	struct tariffd_state *next;
	bool record;	    /* rows and log records are written */
	unsigned int parts; /* enum tariffd_part */
	int error;	    /* the first of the store's */
};

/* --- tariffd-rows.c: the store; each in the caller's transaction */

int tariffd_read_state(struct tariffd_service *service,
		       const struct tariffd_meter *meter,
		       struct tariffd_state *ret, const char **ret_why);
int tariffd_write_state(struct tariffd_service *service,
			const struct tariffd_meter *meter,
			const struct tariffd_state *state, unsigned int parts);
int tariffd_forget(struct tariffd_service *service,
		   const struct tariffd_meter *meter);
int tariffd_add_point(struct tariffd_service *service,
		      const struct tariffd_meter *meter,
		      const struct tariffd_point *point);
int tariffd_prune_points(struct tariffd_service *service, int64_t before_s);
/* Those of a time that the clock has left. */
int tariffd_drop_points(struct tariffd_service *service,
			const struct tariffd_meter *meter, int64_t after_s);
int tariffd_add_entry(struct tariffd_service *service,
		      const struct tariffd_meter *meter,
		      const struct tariff_entry *first,
		      const struct tariff_entry *second, uint64_t *ret_id);
/* -ENOENT: there is none of that number (0: the oldest). */
int tariffd_get_entry(struct tariffd_service *service,
		      const struct tariffd_meter *meter, uint64_t id,
		      uint64_t *ret_id, struct tariff_entry *ret_first,
		      struct tariff_entry *ret_second, bool *ret_has_second);
int tariffd_drop_entry(struct tariffd_service *service, uint64_t id);
/* How many of a meter wait; the highest number there ever was. */
int tariffd_count_entries(struct tariffd_service *service,
			  const struct tariffd_meter *meter);
int tariffd_last_entry(struct tariffd_service *service, uint64_t *ret_id);

/* --- tariffd-record.c: what tariffs tell the logs */

int tariffd_record(struct tariffd_service *service,
		   const struct tariffd_meter *meter, int64_t at_s,
		   uint16_t code, const char *text);
int tariffd_record_daily(struct tariffd_service *service,
			 const struct tariffd_meter *meter,
			 const struct tariffd_state *state, int64_t at_s);
/* account NULL: nobody has stated it. */
int tariffd_record_billing(struct tariffd_service *service,
			   const struct tariffd_meter *meter, uint64_t id,
			   const struct tariff_entry *first,
			   const struct tariff_entry *second,
			   const struct tariffd_account *account);

/* --- tariffd-walk.c */

void tariffd_work_init(struct tariffd_work *work,
		       struct tariffd_service *service,
		       struct tariffd_meter *meter, bool record);
/* The store's errors: the first is kept, and nothing is recorded after it. */
void tariffd_keep_error(struct tariffd_work *work, int r);
bool tariffd_going(const struct tariffd_work *work);
/*
 * Take the next state to a reading. Errors of the engine leave it as it was;
 * those of the store are in work->error.
 */
int tariffd_walk_to(struct tariffd_work *work,
		    const struct tariffd_reading *reading);
/* Close an entry of both elements, now: for a change that follows. */
int tariffd_close_now(struct tariffd_work *work, unsigned int reasons);
/* Bring the history up to the next state. */
void tariffd_update_cost(struct tariffd_work *work);
/* What both elements have cost. */
void tariffd_sum_of(const struct tariffd_state *state,
		    struct tariffd_point *ret);

/* --- tariffd-service.c */

/* Work live out again, from what is stored and the present reading. */
void tariffd_refresh_live(struct tariffd_service *service,
			  struct tariffd_meter *meter);

#endif /* HEARTH_TARIFFD_WORK_H */
