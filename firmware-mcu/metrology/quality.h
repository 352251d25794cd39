/* SPDX-License-Identifier: MIT */
/*
 * Quality of the supply (SMETS 2, ESME: voltage operational functions).
 *
 * Sag, swell and the two extremes look at the RMS voltage of one cycle, anew
 * with each half cycle (Urms(1/2) of IEC 61000-4-30): each begins when the
 * voltage has been beyond its threshold for its measurement period, and ends
 * when it has been back, by the hysteresis, for as long. The average looks at
 * what follows: the RMS over a longer period of the clock.
 *
 * Nothing here knows a clock: the caller says what time it is, and stamps what
 * he takes.
 */
#ifndef HEARTH_QUALITY_H
#define HEARTH_QUALITY_H

#include "metrology.h"

/* Those in front of MET_LIMITS are of half cycles. */
enum met_quality_kind {
	MET_EXTREME_UNDER,
	MET_SAG,
	MET_SWELL,
	MET_EXTREME_OVER,
	MET_LIMITS,
	MET_AVERAGE = MET_LIMITS, /* of the period that has ended */
	MET_AVERAGE_UNDER,
	MET_AVERAGE_OVER,
};

struct met_quality_config {
	uint32_t limit_mv[MET_LIMITS];
	/* Measurement periods. Below 20 ms a voltage that ends near its peak
	 * may seem to swell with its last half cycle.
	 */
	uint32_t limit_ms[MET_LIMITS];
	uint32_t hysteresis_mv;
	uint32_t average_s; /* a whole part of a day */
	uint32_t average_under_mv, average_over_mv;
};

/* EN 50160 and the usual thresholds around 230 V; half an hour. */
extern const struct met_quality_config met_quality_default;

/* In order, none unreasonable. */
bool met_quality_check(const struct met_quality_config *config);

struct met_quality_event {
	uint8_t kind;	 /* enum met_quality_kind */
	bool begins;	 /* of a limit; all others only happen */
	uint32_t mv;	 /* the worst so far, or the average */
	uint64_t for_us; /* how long it has been so */
};

#define MET_QUALITY_EVENTS 8

/* One threshold: beyond it or not, and how long it has looked otherwise. */
struct met_limit {
	bool active;
	uint32_t worst_mv, doubt_worst_mv;
	uint64_t active_us;
	uint32_t doubt_us;
};

struct met_quality {
	struct met_limit limit[MET_LIMITS];
	struct met_half before;
	uint32_t half_mv; /* the last cycle's; 0 before there was one */

	uint64_t period; /* number of the open one, since 1970 */
	uint64_t squares;
	uint32_t squares_ms;

	uint32_t under_count,
		over_count; /* of averages; the caller's to keep */

	struct met_quality_event event[MET_QUALITY_EVENTS];
	uint32_t events, lost; /* waiting; that found no room */
};

/* After each block: its half cycles. */
void met_quality_halves(struct met_quality *quality,
			const struct met_quality_config *config,
			const struct metrology *met,
			const struct met_calibration *cal);

/* After each window, which has just ended; utc_ms is 0 where nobody knows. */
void met_quality_window(struct met_quality *quality,
			const struct met_quality_config *config,
			const struct met_result *res, uint64_t utc_ms);

/* The oldest event that waits. */
bool met_quality_take(struct met_quality *quality,
		      struct met_quality_event *ret);

#endif /* HEARTH_QUALITY_H */
