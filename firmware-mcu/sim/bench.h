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
 *
 * Around the meter, at once. A start begins with a closed contact and an open
 * valve; what is mechanical in a real one stays where it was.
 *
 *   relay free|weld|stuck  the contact follows; stays closed; stays open
 *   relay delay US US  coil to contact, opening and closing
 *   backfeed 0|1       a voltage of the load's own on its side
 *   contact            "ok 1" if it is closed
 *   contact 0|1        it is so now, without a pulse
 *   valve free|jam|unplug  the motor turns; is stuck; is not connected
 *   valve              "ok N": its position, 0 shut to 5000000 open
 *   valve N            it is there now
 *   battery MV         of the valve
 *   gas L/H            flow through the valve when open; 10 l a pulse
 *   leak 0|1           ... and when shut
 *   bounce 0|1         the reed bounces
 *   reed wheel|0|1|2   as the wheel turns; held open, closed; chatters
 *   turns              "ok N": of the gas counter's wheel
 *   tamper terminal|cover|magnet 0|1
 *   button MS          pressed for so long
 *   mains 0|1          0: the supply is about to be gone
 *   trouble BITS       what the board says does not work (CHIP_TROUBLE_*)
 */
#ifndef HEARTH_BENCH_H
#define HEARTH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frontend.h"
#include "plant.h"

#define BENCH_LINE 80

struct bench {
	struct frontend *frontend;
	struct plant *plant; /* NULL: there is none */
	size_t len;
	bool too_long;
	char line[BENCH_LINE + 1];
};

void bench_init(struct bench *bench, struct frontend *frontend);

/* The bench has a plant, too. */
void bench_plant(struct bench *bench, struct plant *plant);

/*
 * Take one character. Returns the length of an answer (with its newline, to
 * be sent back) in reply, which has BENCH_LINE bytes of room, or 0.
 */
size_t bench_push(struct bench *bench, char ch, char *reply);

#endif /* HEARTH_BENCH_H */
