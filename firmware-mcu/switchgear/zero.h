/* SPDX-License-Identifier: MIT */
/*
 * When the mains voltage will be zero: from the rising zeros of the samples,
 * their offset taken out, and the period between them. Pure.
 */
#ifndef HEARTH_ZERO_H
#define HEARTH_ZERO_H

#include <stdbool.h>
#include <stdint.h>

struct zero {
	int32_t last;	    /* sample, without the offset */
	int32_t low, high;  /* extremes since the last zero */
	int32_t offset;	    /* middle of the cycle before */
	bool armed;	    /* has been well below zero since */
	uint64_t at_us;	    /* the last rising zero */
	uint32_t period_ns; /* averaged */
	uint32_t good;	    /* cycles of a plausible length in a row */
};

void zero_init(struct zero *zero);

/* The next n samples of the voltage; the last one was taken at end_us. */
void zero_block(struct zero *zero, const int32_t *u, uint32_t n,
		uint64_t end_us);

/*
 * The first zero, rising or falling, not before `after_us`. False where there
 * is no steady mains at now_us.
 */
bool zero_next(const struct zero *zero, uint64_t now_us, uint64_t after_us,
	       uint64_t *ret_us);

#endif /* HEARTH_ZERO_H */
