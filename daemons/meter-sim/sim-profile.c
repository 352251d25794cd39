// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim-profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim-text.h"

#define HEADER "half_hour_ending_utc,kwh"
#define ROW_MAX 64
#define DAY_SLOTS 48
#define YEAR_DAYS 365

static int parse_row(char *row, struct sim_profile *profile, const char **why)
{
	char *comma = strchr(row, ',');
	int64_t end, mwh;

	*why = "not a time and kWh, like 2024-01-31 17:30:00,0.250";
	if (!comma)
		return -EINVAL;
	*comma = '\0';
	if (sim_time(row, &end) || end % SIM_SLOT_S)
		return -EINVAL;
	*why = "kWh have up to six places, and at most 11.5 (100 A)";
	if (sim_decimal(comma + 1, 6, -SIM_SLOT_MAX_MWH, SIM_SLOT_MAX_MWH,
			&mwh))
		return -EINVAL;
	if (!profile->count)
		profile->first_s = end - SIM_SLOT_S;
	*why = "not the half hour after the one before";
	if (profile->first_s + ((int64_t)profile->count + 1) * SIM_SLOT_S !=
	    end)
		return -EINVAL;
	*why = "too many half hours";
	if (profile->count == SIM_PROFILE_MAX)
		return -EINVAL;
	profile->mwh[profile->count++] = (int32_t)mwh;
	return 0;
}

static int parse_rows(const char *text, size_t len, struct sim_profile *profile,
		      unsigned int *line, const char **why)
{
	const char *end = text + len;
	int r;

	for (*line = 1; text < end; ++*line) {
		const char *next = memchr(text, '\n', (size_t)(end - text));
		size_t width = (size_t)((next ? next : end) - text);
		char row[ROW_MAX];

		if (width && text[width - 1] == '\r')
			width--;
		*why = "the line is too long";
		if (width >= sizeof(row))
			return -EINVAL;
		memcpy(row, text, width);
		row[width] = '\0';
		if (*line == 1) {
			*why = "the first line must be \"" HEADER "\"";
			r = strcmp(row, HEADER) ? -EINVAL : 0;
		} else {
			r = parse_row(row, profile, why);
		}
		if (r)
			return r;
		text = next ? next + 1 : end;
	}
	*line = 0;
	*why = "no half hours in it";
	return profile->count ? 0 : -EINVAL;
}

int sim_profile_parse(const char *text, size_t len, struct sim_profile *ret,
		      unsigned int *ret_line, const char **ret_why)
{
	struct sim_profile profile = { 0 };
	size_t rows = 1;
	int r;

	for (size_t n = 0; n < len; n++)
		rows += text[n] == '\n';
	if (rows > SIM_PROFILE_MAX)
		rows = SIM_PROFILE_MAX;
	profile.mwh = calloc(rows, sizeof(*profile.mwh));
	if (!profile.mwh)
		return -ENOMEM;
	r = parse_rows(text, len, &profile, ret_line, ret_why);
	if (r) {
		sim_profile_free(&profile);
		return r;
	}
	*ret = profile;
	return 0;
}

void sim_profile_free(struct sim_profile *profile)
{
	free(profile->mwh);
	profile->mwh = NULL;
}

int64_t sim_profile_mwh(const struct sim_profile *profile, int64_t slot_s)
{
	int64_t count = (int64_t)profile->count;
	int64_t n = (slot_s - profile->first_s) / SIM_SLOT_S % count;

	return profile->mwh[n < 0 ? n + count : n];
}

/* Of a seed and a number, one that looks like chance (splitmix64). */
static uint64_t mix(uint64_t seed, uint64_t n)
{
	uint64_t z = seed + (n + 1) * UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

int64_t sim_made_up_mwh(uint64_t seed, int64_t slot_s)
{
	int64_t slot = slot_s / SIM_SLOT_S, part = slot % DAY_SLOTS;
	uint64_t chance = mix(seed, (uint64_t)slot);
	/* A fridge and what else never sleeps. */
	int64_t mwh = 60000 + (int64_t)(chance % 40000);

	/* People are up in the morning, and home in the evening. */
	if ((part >= 13 && part < 18) || (part >= 34 && part < 46))
		mwh += 120000 + (int64_t)(chance >> 16) % 250000;
	if (chance >> 60 == 0)
		mwh += 1200000; /* a kettle, an oven */
	return mwh;
}

int64_t sim_made_up_cm3(uint64_t seed, int64_t slot_s)
{
	int64_t slot = slot_s / SIM_SLOT_S, part = slot % DAY_SLOTS;
	int64_t day = slot / DAY_SLOTS % YEAR_DAYS;
	/* 0 in July, 182 in January. */
	int64_t cold = day < 182 ? 182 - day : day - 182;
	uint64_t chance = mix(~seed, (uint64_t)slot);
	int64_t cm3 = 0;

	if (cold > 60 &&
	    ((part >= 12 && part < 17) || (part >= 32 && part < 44)))
		cm3 += cold * 4000 + (int64_t)(chance % 100000);
	if (chance >> 61 == 0)
		cm3 += 90000; /* hot water, a hob */
	return cm3;
}
