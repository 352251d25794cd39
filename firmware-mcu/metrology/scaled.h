/* SPDX-License-Identifier: MIT */
/*
 * Integer arithmetic with an exponent beside it, for the once-a-second step
 * from accumulators to engineering units. About 30 significant bits.
 */
#ifndef HEARTH_SCALED_H
#define HEARTH_SCALED_H

#include <stdint.h>

/* mant x 2^exp; mant has its top bit set. */
struct scale {
	uint32_t mant;
	int16_t exp;
};

/* mant x 2^exp; 0, or 2^61 <= |mant| < 2^62. */
struct scaled {
	int64_t mant;
	int16_t exp;
};

/* (value x factor) >> shift, the exact product in between; 0 <= shift <= 32;
 * the result must fit.
 */
int64_t mul_shr(int64_t value, uint32_t factor, unsigned int shift);

/* Square root, rounded down; value >= 0. */
uint32_t isqrt64(uint64_t value);

struct scaled scaled_of(int64_t value);
/* The nearest scale to a > 0, which is not beyond any double. */
struct scale scale_of(struct scaled a);
struct scaled scaled_mul(struct scaled a, struct scale factor);
/* a / divisor; divisor > 0. */
struct scaled scaled_div(struct scaled a, uint32_t divisor);
/* Square root; 0 for a negative number. */
struct scaled scaled_sqrt(struct scaled a);
/* Nearest integer to a x 2^shift, limited to what the type holds. */
int64_t scaled_round(struct scaled a, int shift);

#endif /* HEARTH_SCALED_H */
