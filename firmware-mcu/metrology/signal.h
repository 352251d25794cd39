/* SPDX-License-Identifier: MIT */
/* What runs once a sample; met_block() is the only caller. */
#ifndef HEARTH_SIGNAL_H
#define HEARTH_SIGNAL_H

#include "metrology.h"

/* Both take MET_BLOCK samples and write as many sets, from *set on. */
void met_filter_voltage(struct met_voltage *voltage, const int32_t *in,
			struct met_set *set);
void met_filter_current(struct met_current *current, const int32_t *in,
			struct met_set *set, int channel);

/* Adds the sums over n sets. */
void met_sum_voltage(const struct met_set *set, int n, struct met_half *half);
void met_sum_currents(const struct met_set *set, int n, struct met_sums *sums);

#endif /* HEARTH_SIGNAL_H */
