// SPDX-License-Identifier: MIT
#include "quality.h"

const struct met_quality_config met_quality_default = {
	.limit_mv = { 184000, 207000, 253000, 264500 },
	.limit_ms = { 1000, 20, 20, 1000 },
	.hysteresis_mv = 4600,
	.average_s = 1800,
	.average_under_mv = 216200,
	.average_over_mv = 253000,
};

#define MAX_LIMIT_MS 3600000
#define DAY_S 86400

bool met_quality_check(const struct met_quality_config *config)
{
	const uint32_t *mv = config->limit_mv;

	for (int n = 0; n < MET_LIMITS; n++) {
		if (config->limit_ms[n] > MAX_LIMIT_MS)
			return false;
		if (n && mv[n] <= mv[n - 1])
			return false;
	}
	return mv[MET_EXTREME_UNDER] >= 20000 &&
	       mv[MET_EXTREME_OVER] <= 350000 &&
	       config->hysteresis_mv <= 20000 &&
	       mv[MET_SAG] + config->hysteresis_mv <
		       mv[MET_SWELL] - config->hysteresis_mv &&
	       config->average_s >= 60 && config->average_s <= DAY_S &&
	       DAY_S % config->average_s == 0 &&
	       config->average_under_mv < config->average_over_mv;
}

static void add_event(struct met_quality *quality, int kind, bool begins,
		      uint32_t mv, uint64_t for_us)
{
	struct met_quality_event *event;

	if (quality->events == MET_QUALITY_EVENTS) {
		quality->lost += quality->lost < UINT32_MAX;
		return;
	}
	event = &quality->event[quality->events++];
	event->kind = (uint8_t)kind;
	event->begins = begins;
	event->mv = mv;
	event->for_us = for_us;
}

bool met_quality_take(struct met_quality *quality,
		      struct met_quality_event *ret)
{
	if (!quality->events)
		return false;
	*ret = quality->event[0];
	quality->events--;
	for (uint32_t n = 0; n < quality->events; n++)
		quality->event[n] = quality->event[n + 1];
	return true;
}

static bool is_over(int kind)
{
	return kind == MET_SWELL || kind == MET_EXTREME_OVER;
}

static uint32_t worse(int kind, uint32_t a, uint32_t b)
{
	return (a > b) == is_over(kind) ? a : b;
}

/* Once beyond, it takes the hysteresis to be back. */
static bool beyond(const struct met_quality_config *config, int kind,
		   uint32_t mv, bool active)
{
	uint32_t limit = config->limit_mv[kind];
	uint32_t back = active ? config->hysteresis_mv : 0;

	return is_over(kind) ? mv > limit - back : mv < limit + back;
}

static void look(struct met_quality *quality,
		 const struct met_quality_config *config, int kind, uint32_t mv,
		 uint32_t us)
{
	struct met_limit *limit = &quality->limit[kind];

	if (beyond(config, kind, mv, limit->active) == limit->active) {
		if (limit->active) {
			limit->active_us += us + limit->doubt_us;
			limit->worst_mv = worse(kind, limit->worst_mv, mv);
		}
		limit->doubt_us = 0;
		return;
	}
	limit->doubt_worst_mv =
		limit->doubt_us ? worse(kind, limit->doubt_worst_mv, mv) : mv;
	limit->doubt_us += us;
	if (limit->doubt_us < config->limit_ms[kind] * 1000)
		return;
	limit->active = !limit->active;
	if (limit->active) {
		limit->active_us = limit->doubt_us;
		limit->worst_mv = limit->doubt_worst_mv;
	}
	add_event(quality, kind, limit->active, limit->worst_mv,
		  limit->active_us);
	limit->doubt_us = 0;
}

void met_quality_halves(struct met_quality *quality,
			const struct met_quality_config *config,
			const struct metrology *met,
			const struct met_calibration *cal)
{
	for (uint32_t n = 0; n < met->halves; n++) {
		const struct met_half *half = &met->half[n];
		bool first = !quality->before.sets_q16;
		bool cycle = met_half_cycle(&quality->before, half);
		/* At most 2 x MET_HALF_MAX sets: no overflow. */
		uint32_t us = half->sets_q16 / 16 * 125 >> 12;
		uint32_t mv = met_half_mv(&quality->before, half, cal);

		quality->before = *half;
		if (first)
			continue;
		quality->half_mv = mv;
		look(quality, config, MET_EXTREME_UNDER, mv, us);
		look(quality, config, MET_SAG, mv, us);
		/* Part of a cycle may well have more than the whole. */
		if (!cycle)
			continue;
		look(quality, config, MET_SWELL, mv, us);
		look(quality, config, MET_EXTREME_OVER, mv, us);
	}
}

static void end_period(struct met_quality *quality,
		       const struct met_quality_config *config)
{
	uint64_t for_us = (uint64_t)quality->squares_ms * 1000;
	uint32_t mv;

	if (!quality->squares_ms)
		return;
	mv = isqrt64(quality->squares / quality->squares_ms * 16);
	add_event(quality, MET_AVERAGE, true, mv, for_us);
	if (mv < config->average_under_mv) {
		quality->under_count++;
		add_event(quality, MET_AVERAGE_UNDER, true, mv, for_us);
	} else if (mv > config->average_over_mv) {
		quality->over_count++;
		add_event(quality, MET_AVERAGE_OVER, true, mv, for_us);
	}
	quality->squares = 0;
	quality->squares_ms = 0;
}

/*
 * A window that lies across the end of a period is the old one's. Where nobody
 * knows the time a period is as long as it should be, from wherever it began.
 */
void met_quality_window(struct met_quality *quality,
			const struct met_quality_config *config,
			const struct met_result *res, uint64_t utc_ms)
{
	uint32_t ms = res->window_us / 1000,
		 whole_ms = config->average_s * 1000;
	uint64_t period = utc_ms / whole_ms;

	/* 2^37 / 2^4 x 2^27: a day of the highest voltage there can be. */
	quality->squares +=
		(uint64_t)res->voltage_mv * res->voltage_mv / 16 * ms;
	quality->squares_ms += ms;
	if (utc_ms ? quality->period && period != quality->period :
		     quality->squares_ms >= whole_ms)
		end_period(quality, config);
	quality->period = utc_ms ? period : 0;
	/* A clock that is set again and again does not make it longer. */
	if (quality->squares_ms >= 2 * whole_ms)
		end_period(quality, config);
}
