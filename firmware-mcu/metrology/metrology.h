/* SPDX-License-Identifier: MIT */
/*
 * Metrology: sample sets (voltage, live and neutral current) in, averages and
 * energy out. Integers only, no state outside struct metrology, the same
 * result bit for bit on every machine.
 *
 * Every block of MET_BLOCK sample sets runs through the same steps:
 *
 *   u -> high-pass -> one sample's delay -+-> v ------------.
 *                                         '-> integrate -> v' (-90 degrees)
 *   i -> high-pass -> all-pass delay -----+-> i ------------.
 *                                         '-> high-pass -> i'
 *
 *   sums of  v v,  i i,  v i (active),  v' i' (reactive)
 *
 * The high-pass filters (1.24 Hz) are the same everywhere, so their phase
 * cancels; the integrator and the second high-pass have the same pole, so v'
 * against i' is v against i turned by 90 degrees at any frequency. What
 * remains are known gains, taken out once a window with the frequency.
 *
 * Windows close at a rising zero of v' (harmonics are weakened there by their
 * order), in mid-sample, after about a second; without a voltage, after
 * MET_WINDOW_MAX sets.
 */
#ifndef HEARTH_METROLOGY_H
#define HEARTH_METROLOGY_H

#include <stdbool.h>
#include <stdint.h>

#include "scaled.h"

#define MET_RATE_HZ 8000
#define MET_BLOCK 80
#define MET_CURRENTS 2
#define MET_LIVE 0
#define MET_NEUTRAL 1

/* A window closes at the first zero after this many sets, or at the end of
 * the block in which it has had MET_WINDOW_MAX.
 */
#define MET_WINDOW_MIN 7960
#define MET_WINDOW_MAX 8240

/* After a start the filters settle first: nothing is measured for a second. */
#define MET_SETTLE_BLOCKS 100

/* What one current channel remembers from sample to sample. */
struct met_current {
	int32_t dc;	 /* high-pass state */
	int32_t x, y;	 /* all-pass: last in and out */
	int32_t out;	 /* last output */
	int32_t second;	 /* second high-pass */
	int32_t allpass; /* coefficient, Q31; 0 delays one sample exactly */
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
 * begin at a zero has no cycles; the first zero cuts it short.
 */
struct met_window {
	struct met_sums sums;
	uint32_t sets_q16; /* its length in sample sets, Q16 */
	uint32_t cycles;   /* whole cycles in it */
};

struct metrology {
	int32_t v_dc, v_last, v_delayed, v_integral;
	struct met_current current[MET_CURRENTS];
	/* Element 0 is the last of the block before. */
	int32_t v[MET_BLOCK + 1], vq[MET_BLOCK + 1];
	int32_t i[MET_CURRENTS][MET_BLOCK + 1], iq[MET_CURRENTS][MET_BLOCK + 1];

	uint32_t blocks;      /* since the start, up to MET_SETTLE_BLOCKS */
	struct met_sums sums; /* of the open window */
	uint32_t open_q16;    /* its length up to the end of the last block */
	uint32_t cycles;      /* zeros seen in it */
	bool armed;	      /* v' has been well below zero since the last */
	bool synchronised;    /* the open window began at a zero */
};

/* What turns raw units into engineering units; per channel. */
struct met_calibration {
	struct scale voltage_mv;	       /* per unit of v */
	struct scale current_ua[MET_CURRENTS]; /* per unit of i */
	struct scale power_mw[MET_CURRENTS];   /* per unit of v x i */
	int32_t allpass_q31[MET_CURRENTS];     /* |a| < 2^31 */
	uint32_t noise_sq[MET_CURRENTS]; /* mean square of i at no current */
	uint32_t voltage_noise_sq;
};

/* A window in engineering units. */
struct met_result {
	uint32_t window_us;
	uint32_t voltage_mv;
	uint32_t current_ua[MET_CURRENTS];
	int32_t active_mw[MET_CURRENTS];
	int32_t reactive_mvar[MET_CURRENTS]; /* lagging import is positive */
	uint32_t frequency_mhz;		     /* 0: no usable voltage */
	/* Energy of the live circuit in 2^-32 mWh; 0 below starting current. */
	int64_t active_energy, reactive_energy;
};

/* The front end of firmware-mcu/sim: 500 V and 176.8 A peak at full scale. */
extern const struct met_calibration met_calibration_default;

void met_init(struct metrology *met, const struct met_calibration *cal);

/*
 * One block of MET_BLOCK sample sets, 24 bit signed. Returns true when a
 * window has closed, which is then in *ret_window.
 */
bool met_block(struct metrology *met, const int32_t *u, const int32_t *live,
	       const int32_t *neutral, struct met_window *ret_window);

/* Long enough to be shown, not only counted. */
static inline bool met_window_whole(const struct met_window *window)
{
	return window->sets_q16 >= (uint32_t)MET_WINDOW_MIN << 16;
}

void met_evaluate(const struct met_window *window,
		  const struct met_calibration *cal, struct met_result *ret);

#endif /* HEARTH_METROLOGY_H */
