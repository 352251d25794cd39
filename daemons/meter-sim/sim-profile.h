/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a home takes: half hours from a file, or made up from a seed; the same
 * seed is the same home. Pure but for the memory of a file's half hours.
 */
#ifndef HEARTH_SIM_PROFILE_H
#define HEARTH_SIM_PROFILE_H

#include <stddef.h>
#include <stdint.h>

#define SIM_SLOT_S 1800
#define SIM_PROFILE_MAX 400000 /* half hours: 22 years */
/* What 100 A at 230 V take in half an hour. */
#define SIM_SLOT_MAX_MWH INT64_C(11500000)

struct sim_profile {
	int64_t first_s; /* when its first half hour begins */
	size_t count;
	int32_t *mwh; /* negative: export */
};

/*
 * CSV as the rig's: the header half_hour_ending_utc,kwh, then half hours one
 * after the other. text ends with a NUL, which len does not count. -EINVAL with
 * the reason and its line (0: of the whole), or -ENOMEM.
 */
int sim_profile_parse(const char *text, size_t len, struct sim_profile *ret,
		      unsigned int *ret_line, const char **ret_why);
void sim_profile_free(struct sim_profile *profile);

/* mWh of the half hour that begins then; before and after, it repeats. */
int64_t sim_profile_mwh(const struct sim_profile *profile, int64_t slot_s);

/* Of a home made up: mWh of electricity, and cm3 of gas (heating, cooking). */
int64_t sim_made_up_mwh(uint64_t seed, int64_t slot_s);
int64_t sim_made_up_cm3(uint64_t seed, int64_t slot_s);

#endif /* HEARTH_SIM_PROFILE_H */
