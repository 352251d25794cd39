/* SPDX-License-Identifier: MIT */
/*
 * Metrology: sample sets (voltage, live and neutral current) in, averages and
 * energy out. Integers only, no state outside the structures, the same result
 * bit for bit on every machine.
 *
 * Every block of MET_BLOCK sample sets runs through the same steps:
 *
 *   u -> high-pass -> one sample's delay -+-> v ------------.
 *                                         '-> integrate -> v' (-90 degrees)
 *   i -> high-pass -> all-pass delay -----+-> i
 *
 *   sums of  v v,  i i,  v i (active),  v' i (reactive)
 *
 * The high-pass filters (1.24 Hz) are the same everywhere, so their phase
 * cancels. The integrator leaks as fast, and gives back what it has leaked
 * once, which leaves 0.06 % of gain and less than a hundred thousandth of a
 * radian at the mains' frequency. What remains is known, and taken out once a
 * window with the frequency.
 *
 * Zeros of v cut time into half cycles, each with its own sum of v v. Windows
 * close at a rising zero, in mid-sample, after about a second; without a
 * voltage, after MET_WINDOW_MAX sets.
 */
#ifndef HEARTH_METROLOGY_H
#define HEARTH_METROLOGY_H

#include <stdbool.h>
#include <stdint.h>

#include "calibration.h"
#include "scaled.h"

#define MET_RATE_HZ 8000
#define MET_BLOCK 80

/* A window closes at the first zero after this many sets, or at the end of
 * the block in which it has had MET_WINDOW_MAX.
 */
#define MET_WINDOW_MIN 7960
#define MET_WINDOW_MAX 8240

/* A zero so soon after the last is none; without one for so long the half
 * cycle ends with its block.
 */
#define MET_HALF_MIN 40
#define MET_HALF_MAX 100

/* Half cycles that can end in one block. */
#define MET_HALVES 4

/* After a start the filters settle first: nothing is measured for a second. */
#define MET_SETTLE_BLOCKS 100

/* A sample set behind the filters: 25 bits of voltage, 27 of current. */
struct met_set {
	int32_t v, vq;
	int32_t i[MET_CURRENTS];
};

/* What the filters remember from sample to sample. */
struct met_voltage {
	int32_t dc;	  /* high-pass */
	int32_t last;	  /* its last output */
	int32_t integral; /* leaky */
	int32_t leaked;	  /* what it has lost */
};

struct met_current {
	int32_t dc;	 /* high-pass */
	int32_t x, y;	 /* all-pass: last in and out */
	int32_t allpass; /* coefficient, Q32; 0 delays one sample exactly */
};

/* Sums over a window, each product sum divided by 16. */
struct met_sums {
	int64_t vv;
	int64_t ii[MET_CURRENTS];
	int64_t vi[MET_CURRENTS];
	int64_t qi[MET_CURRENTS];
};

/*
 * A closed window. Windows follow each other without a gap. One that did not
 * begin at a zero, or missed some, has no cycles; the first zero cuts it short.
 */
struct met_window {
	struct met_sums sums;
	uint32_t sets_q16; /* its length in sample sets, Q16 */
	uint32_t cycles;   /* whole cycles in it */
};

/* Half a cycle of the voltage, or what passes for it where there is none. */
struct met_half {
	int64_t vv; /* as in struct met_sums */
	int32_t v;  /* sum of v, divided by 4 */
	uint32_t sets_q16;
	bool whole; /* from a zero to a zero */
};

struct metrology {
	struct met_voltage voltage;
	struct met_current current[MET_CURRENTS];
	/* Element 0 is the last of the block before; the voltage, delayed by
	 * one sample, is one ahead.
	 */
	struct met_set set[MET_BLOCK + 2];

	uint32_t blocks;      /* since the start, up to MET_SETTLE_BLOCKS */
	struct met_sums sums; /* of the open window; vv: up to the open half */
	uint32_t open_q16;    /* its length up to the end of the last block */
	uint32_t cycles;      /* rising zeros seen in it */
	bool synchronised;    /* the open window began at a zero */
	bool missed;	      /* and has been without one for too long */

	struct met_half open_half; /* up to the end of the last block */
	int8_t next_zero; /* 1: rising, -1: falling, 0: v has been small */

	/* Those that ended in the last block. */
	uint32_t halves;
	struct met_half half[MET_HALVES];
};

enum met_flags {
	MET_NO_LOAD = 1u << 0,	  /* too small a load: nothing counted */
	MET_IMBALANCE = 1u << 1,  /* live and neutral current disagree */
	MET_ON_NEUTRAL = 1u << 2, /* energy is that of the neutral */
	MET_OPPOSED = 1u << 3,	  /* one shows import, the other export */
};

/* There is no power factor without a current. */
#define MET_POWER_FACTOR_UNKNOWN INT32_MIN

/* A window in engineering units. */
struct met_result {
	uint32_t window_us;
	uint32_t voltage_mv;
	uint32_t current_ua[MET_CURRENTS];
	int32_t active_mw[MET_CURRENTS];     /* import is positive */
	int32_t reactive_mvar[MET_CURRENTS]; /* lagging import is positive */
	uint32_t apparent_mva[MET_CURRENTS];
	int32_t power_factor_ppm[MET_CURRENTS]; /* signed as active power */
	uint32_t frequency_mhz;			/* 0: no usable voltage */
	/* Energy of each circuit in 2^-32 mWh, whatever it is. */
	int64_t energy[MET_CURRENTS], reactive[MET_CURRENTS];
	/* What counts, of the live circuit or as met_account() decides. */
	int64_t active_energy, reactive_energy;
	uint32_t flags; /* enum met_flags */
};

void met_init(struct metrology *met, const struct met_calibration *cal);

/*
 * One block of MET_BLOCK sample sets, 24 bit signed. Returns true when a
 * window has closed, which is then in *ret_window. Half cycles that have ended
 * are in met->half until the next block.
 */
bool met_block(struct metrology *met, const int32_t *u, const int32_t *live,
	       const int32_t *neutral, struct met_window *ret_window);

/* Long enough to be shown, not only counted. */
static inline bool met_window_whole(const struct met_window *window)
{
	return window->sets_q16 >= (uint32_t)MET_WINDOW_MIN << 16;
}

/*
 * Evaluate a window of any length; of length 0 it is all zero. The frequency
 * is 0 where the window holds no whole cycle; gains are then taken out for
 * 50 Hz. Below half the starting current no energy counts.
 */
void met_evaluate(const struct met_window *window,
		  const struct met_calibration *cal, struct met_result *ret);

/* Two half cycles that follow each other make a whole one: none is cut short by
 * a voltage that has jumped.
 */
bool met_half_cycle(const struct met_half *before, const struct met_half *half);

/* RMS voltage of two half cycles that follow each other, mV. */
uint32_t met_half_mv(const struct met_half *before, const struct met_half *half,
		     const struct met_calibration *cal);

#endif /* HEARTH_METROLOGY_H */
