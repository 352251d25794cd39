/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Consumption per half hour in few octets: an adaptive binary arithmetic coder.
 * Coded is the length of a value in bits, as a step from the length before it,
 * and, by the length, its second highest bit; the bits below that go as they
 * are, in a row behind what is coded. Probabilities are learnt as it goes, anew
 * in each stream. A home's half hours take some 7.2 bits, one of nothing a
 * fiftieth of one. Pure.
 */
#ifndef HEARTH_PROFILE_VALUES_H
#define HEARTH_PROFILE_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../proto/span.h"

#define VALUES_MAX 4608 /* in a stream; more is not encoded */

/* The octets written, or 0: they would be more than room. */
size_t values_encode(const uint64_t *values, size_t n, uint8_t *out,
		     size_t room);

/* False: it is not a stream of n values, to its last octet. */
bool values_decode(struct span in, uint64_t *values, size_t n);

#endif /* HEARTH_PROFILE_VALUES_H */
