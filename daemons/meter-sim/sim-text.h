/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words, times and numbers as they are written in scripts and profiles. Pure. */
#ifndef HEARTH_SIM_TEXT_H
#define HEARTH_SIM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a simulation believes a time to be, s UTC: from 2020 until before 2100. */
#define SIM_MIN_S INT64_C(1577836800)
#define SIM_END_S INT64_C(4102444800)
#define SIM_DURATION_MAX_S (INT64_C(20) * 366 * 86400)

#define SIM_TIME_LEN 24 /* of a time as text, with its end */

/*
 * Cut a line into its words, in place: between white space, or "..." with \"
 * and \\ in it; # begins a comment. How many, or -EINVAL with the reason.
 */
int sim_words(char *line, char **words, size_t max, const char **ret_why);

/*
 * "2024-03-04", "2024-03-04T17:30" or "2024-03-04T17:30:05", a Z at the end or
 * not; a space does for the T. -EINVAL, nothing written.
 */
int sim_time(const char *text, int64_t *ret_s);
/* "1d12h", "90s": days, hours, minutes, seconds, each at most once. */
int sim_duration(const char *text, int64_t *ret_s);
/* A decimal number by ten to the power of places ("1.5", 3: 1500). */
int sim_decimal(const char *text, int places, int64_t min, int64_t max,
		int64_t *ret);

/* "2024-03-04T17:30:05"; returns room. */
const char *sim_time_text(int64_t at_s, char room[SIM_TIME_LEN]);

#endif /* HEARTH_SIM_TEXT_H */
