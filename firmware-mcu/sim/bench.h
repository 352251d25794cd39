/* SPDX-License-Identifier: MIT */
/*
 * The bench channel: lines of text that set the simulated front end, one
 * answer line each, "ok ..." or "err reason". Integers only; a line that is
 * not understood changes nothing.
 *
 *   f MHZ              frequency, mHz, 40000..70000
 *   u MV MDEG          voltage, RMS; phase of its fundamental
 *   i CH UA MDEG       current of channel 0 (live) or 1 (neutral), RMS; its
 *                      lag behind the voltage; 180000 is export
 *   h CH ORDER PPM MDEG  harmonic 2..40 of u, i0 or i1: parts per million of
 *                      its fundamental, phase
 *   dc CH LSB          offset of u, i0 or i1, in counts of the converter
 *   noise LSB          RMS, of every channel
 *   clear              the settings of the start
 *   apply              all of the above take effect now: "ok SETS", the number
 *                      of the first sample set they are in
 *   sets               "ok SETS": sample sets made since the start
 *   help               the commands
 */
#ifndef HEARTH_BENCH_H
#define HEARTH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frontend.h"

#define BENCH_LINE 80

struct bench {
	struct frontend *frontend;
	size_t len;
	bool too_long;
	char line[BENCH_LINE + 1];
};

void bench_init(struct bench *bench, struct frontend *frontend);

/*
 * Take one character. Returns the length of an answer (with its newline, to
 * be sent back) in reply, which has BENCH_LINE bytes of room, or 0.
 */
size_t bench_push(struct bench *bench, char ch, char *reply);

#endif /* HEARTH_BENCH_H */
