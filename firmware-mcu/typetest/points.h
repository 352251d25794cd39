/* SPDX-License-Identifier: MIT */
/* The load points of the standards, and what else a meter meets. */
#ifndef HEARTH_TYPETEST_POINTS_H
#define HEARTH_TYPETEST_POINTS_H

#include <stdbool.h>

/* Reduced: fewer points and shorter means, for every build. */
void points_arithmetic(bool reduced);
void points_load(bool reduced);
void points_influence(bool reduced);
void points_waves(bool reduced);

/* Real waveforms from a folder that need not be there. */
void points_appliances(const char *folder);

/* Hours and days. */
void points_no_load(bool reduced);
void points_starting(bool reduced);
void points_day(bool reduced);
void points_year(bool reduced);

#endif /* HEARTH_TYPETEST_POINTS_H */
