/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the files of the service. */
#ifndef HEARTH_SUPPLYD_INTERNAL_H
#define HEARTH_SUPPLYD_INTERNAL_H

#include "supplyd-service.h"

int64_t supplyd_now_s(uint64_t now_us, int64_t last_s);
uint64_t supplyd_at_us(int64_t at_s);
/* A transaction: end commits if r is 0, else rolls back; 0 or what went wrong,
 * which is noted.
 */
int supplyd_begin(struct supplyd *d);
int supplyd_finish(struct supplyd *d, int r);
int supplyd_aux_open(struct supplyd *d, uint16_t random, uint64_t now_us);

#endif /* HEARTH_SUPPLYD_INTERNAL_H */
