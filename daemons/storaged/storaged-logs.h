/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The logs' part of the service: inside of it only. */
#ifndef HEARTH_STORAGED_LOGS_H
#define HEARTH_STORAGED_LOGS_H

#include "storaged-service.h"

/* A transaction in which there may be records; told of after the commit. */
int logs_begin(struct storaged_service *service);
int logs_commit(struct storaged_service *service);

/* What an interval about to be stored says, in the caller's transaction. */
int logs_of_interval(struct storaged_service *service, int meter,
		     const struct profile_latch *from,
		     const struct profile_latch *to);

/* A record of storaged's own, in the caller's transaction. */
int logs_add(struct storaged_service *service, int meter, int log,
	     const struct log_record *record);

#endif /* HEARTH_STORAGED_LOGS_H */
