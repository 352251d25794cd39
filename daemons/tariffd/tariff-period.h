/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The billing calendar (T-8), and when block counters are reset: instants
 * that repeat from an anchor, in UTC. Pure.
 */
#ifndef HEARTH_TARIFF_PERIOD_H
#define HEARTH_TARIFF_PERIOD_H

#include <stdint.h>

enum tariff_repeat {
	REPEAT_NEVER, /* by command only */
	REPEAT_DAILY,
	REPEAT_WEEKLY,
	REPEAT_MONTHLY,
	REPEAT_QUARTERLY,
	REPEAT_HALF_YEARLY,
	REPEAT_YEARLY,
	REPEAT_KINDS
};

struct tariff_period {
	/* Any instant of the series, on the half-hour grid; for months, on a
	 * day that every month has (1..28).
	 */
	int64_t anchor_s;
	uint8_t repeat; /* enum tariff_repeat */
};

/* 0, or -EINVAL with the reason in *ret_why. */
int tariff_period_check(const struct tariff_period *p, const char **ret_why);

/* The first instant after a time (INT64_MAX: never), the last at or before
 * it (INT64_MIN: never). The series has no beginning.
 */
int64_t tariff_period_next(const struct tariff_period *p, int64_t after_s);
int64_t tariff_period_last(const struct tariff_period *p, int64_t until_s);

#endif /* HEARTH_TARIFF_PERIOD_H */
