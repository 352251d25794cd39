/* SPDX-License-Identifier: MIT */
/*
 * A simulated analogue front end and converter, for boards without one: an
 * oscillator a channel, set by a bench through the commands in bench.h. It
 * stands behind the same chip_adc_block() as a real converter; nothing in
 * front of the chip knows.
 *
 * 24 bit, 8000 sample sets a second; full scale 500 V and 176.8 A peak.
 */
#ifndef HEARTH_FRONTEND_H
#define HEARTH_FRONTEND_H

#include <stdbool.h>
#include <stdint.h>

#include "../metrology/metrology.h"

#define FRONTEND_TABLE_BITS 12
#define FRONTEND_TABLE (1 << FRONTEND_TABLE_BITS)
#define FRONTEND_MAX_ORDER 40

enum frontend_channel {
	FRONTEND_U,
	FRONTEND_LIVE,
	FRONTEND_NEUTRAL,
	FRONTEND_CHANNELS
};

/* Settings of one channel. Harmonics: parts per million of the fundamental. */
struct frontend_setting {
	uint32_t rms;	    /* mV or uA */
	int32_t phase_mdeg; /* of the fundamental; positive is later */
	int32_t dc_lsb;
	uint32_t harmonic_ppm[FRONTEND_MAX_ORDER + 1];
	int32_t harmonic_mdeg[FRONTEND_MAX_ORDER + 1];
};

struct frontend_settings {
	uint32_t frequency_mhz;
	uint32_t noise_lsb; /* RMS */
	struct frontend_setting channel[FRONTEND_CHANNELS];
};

struct frontend {
	struct frontend_settings pending;
	uint32_t step;	/* of the phase, a sample */
	uint32_t phase; /* 2^32 is a turn */
	uint32_t noise_lsb;
	int32_t dc_lsb[FRONTEND_CHANNELS];
	uint32_t random;
	uint64_t sets; /* made since the start */
	uint64_t lost; /* of those due, never made */
	/* The supply's contact: where it is, and when it will be elsewhere. */
	bool contact_open, contact_moves, contact_next_open;
	uint64_t contact_us;
	/* A voltage of the load's own, a quarter of a turn behind. */
	bool backfeed;
	int32_t load[MET_BLOCK]; /* of the last block */
	/* One cycle, 7 bits below the converter's; one more to interpolate. */
	int32_t table[FRONTEND_CHANNELS][FRONTEND_TABLE + 1];
};

/* 230 V, 50 Hz, no load, the noise of a good converter. */
void frontend_init(struct frontend *fe);

/* Settings as at the start, pending. */
void frontend_clear(struct frontend *fe);

/* Everything pending takes effect with the next sample set. */
void frontend_apply(struct frontend *fe);

/*
 * The next block, if it is due at uptime_us. A machine that stood still makes
 * up for at most 10 s; what is due beyond that is lost, and said once.
 */
bool frontend_block(struct frontend *fe, uint64_t uptime_us, int32_t *u,
		    int32_t *live, int32_t *neutral, uint32_t *ret_lost);

/* Uptime at the end of the last block. */
static inline uint64_t frontend_time_us(const struct frontend *fe)
{
	return (fe->sets + fe->lost) * (1000000 / MET_RATE_HZ);
}

/* Sine of phase (2^32 is a turn), Q30. */
int32_t frontend_sine(uint32_t phase);

#endif /* HEARTH_FRONTEND_H */
