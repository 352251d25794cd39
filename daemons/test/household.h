/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The half hours of a real home, in Wh. They are not part of this tree: where
 * they are not, a test that needs them is skipped, with the reason.
 */
#ifndef HEARTH_HOUSEHOLD_H
#define HEARTH_HOUSEHOLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUSEHOLD_DEFAULT "../shared/data/household-a-halfhourly.csv"

static inline const char *household_path(void)
{
	const char *path = getenv("HEARTH_HOUSEHOLD");

	return path && *path ? path : HOUSEHOLD_DEFAULT;
}

/* How many there are, at most max; 0: there is no such file. */
static inline size_t household_read(unsigned int *ret_wh, size_t max)
{
	FILE *file = fopen(household_path(), "re");
	unsigned int kwh, parts;
	char line[128];
	size_t n = 0;

	while (file && n < max && fgets(line, sizeof(line), file)) {
		const char *comma = strchr(line, ',');

		/* "2020-08-06 05:30:00,0.2060"; the first line is a heading. */
		if (comma && sscanf(comma, ",%u.%4u", &kwh, &parts) == 2)
			ret_wh[n++] = kwh * 1000 + parts / 10;
	}
	if (file)
		fclose(file);
	return n;
}

#endif /* HEARTH_HOUSEHOLD_H */
