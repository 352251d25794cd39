/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Energy today: the difference between a register now and at the day's start,
 * which is kept across restarts. Pure; days are the consumer's (Europe/London).
 */
#ifndef HEARTH_TODAY_H
#define HEARTH_TODAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A reading this soon after midnight stands for midnight, s: one comes each
 * second, and a hub that was off over midnight shall not claim the whole day.
 */
#define TODAY_MIDNIGHT_S 10

struct today_time {
	int64_t utc_s;
	int32_t day;	/* local date as YYYYMMDD */
	int32_t second; /* of the local day by the clock on the wall */
};

struct today {
	bool known;
	bool whole;	   /* counted from midnight on */
	int32_t day;	   /* YYYYMMDD */
	int64_t since_s;   /* UTC: what is counted began here */
	int64_t import_wh; /* the registers then */
	int64_t export_wh;
};

/*
 * A new reading. Returns true if *today now begins elsewhere and must be
 * kept: the first reading ever, of another day, or of registers below the
 * ones at the start (another meter).
 */
bool today_update(struct today *today, const struct today_time *now,
		  int64_t import_wh, int64_t export_wh);

/* As text to be kept; returns its length, or -ENOSPC. */
int today_format(const struct today *today, char *text, size_t room);
/* 0, or -EINVAL (damaged) with *today unchanged. */
int today_parse(struct today *today, const char *text, size_t len);

#endif /* HEARTH_TODAY_H */
