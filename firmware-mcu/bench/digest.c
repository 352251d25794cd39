// SPDX-License-Identifier: MIT
#include "digest.h"

#include "../metrology/meter.h"
#include "../sim/frontend.h"

/* A scene of the evening. */
struct scene {
	uint16_t blocks;
	uint32_t mhz, mv, live_ua, neutral_ua;
	int32_t lag_mdeg;
	uint32_t fifth_ppm; /* of voltage; four times as much of currents */
};

static const struct scene scenes[] = {
	{ 250, 50000, 230000, 5000000, 5000000, 60000, 0 },
	{ 210, 49370, 238000, 100000, 100000, 0, 20000 },
	{ 15, 49370, 95000, 100000, 100000, 0, 20000 },
	{ 205, 50200, 251000, 5000, 5000, 20000, 0 },
	{ 230, 50200, 0, 0, 0, 0, 0 },
	{ 240, 50040, 262000, 20000000, 31000000, 200000, 100000 },
	{ 300, 49990, 229000, 98000000, 98000000, -36870, 30000 },
	{ 150, 49990, 229000, 0, 0, 0, 0 },
};

static uint64_t mix(uint64_t digest, uint64_t value)
{
	digest ^= value;
	digest *= UINT64_C(0x100000001b3);
	return digest ^ digest >> 29;
}

static uint64_t mix_window(uint64_t digest, const struct met_window *window)
{
	digest = mix(digest, (uint64_t)window->sums.vv);
	for (int c = 0; c < MET_CURRENTS; c++) {
		digest = mix(digest, (uint64_t)window->sums.ii[c]);
		digest = mix(digest, (uint64_t)window->sums.vi[c]);
		digest = mix(digest, (uint64_t)window->sums.qi[c]);
	}
	digest = mix(digest, window->sets_q16);
	return mix(digest, window->cycles);
}

static uint64_t mix_result(uint64_t digest, const struct met_result *res)
{
	digest = mix(digest, res->window_us);
	digest = mix(digest, res->voltage_mv);
	digest = mix(digest, res->frequency_mhz);
	digest = mix(digest, res->flags);
	for (int c = 0; c < MET_CURRENTS; c++) {
		digest = mix(digest, res->current_ua[c]);
		digest = mix(digest, (uint64_t)res->active_mw[c]);
		digest = mix(digest, (uint64_t)res->reactive_mvar[c]);
		digest = mix(digest, res->apparent_mva[c]);
		digest = mix(digest, (uint64_t)res->power_factor_ppm[c]);
		digest = mix(digest, (uint64_t)res->energy[c]);
		digest = mix(digest, (uint64_t)res->reactive[c]);
	}
	return digest;
}

static uint64_t mix_meter(uint64_t digest, const struct met_meter *meter)
{
	for (int n = 0; n < MET_REGISTERS; n++) {
		digest = mix(digest, meter->registers.milli[n]);
		digest = mix(digest, meter->registers.part[n]);
	}
	for (int n = 0; n < MET_DEMANDS; n++)
		digest = mix(digest, meter->demand.peak[n].mean_mw);
	digest = mix(digest, meter->quality.under_count);
	return mix(digest, meter->quality.over_count);
}

static void set(struct frontend *fe, const struct scene *scene)
{
	frontend_clear(fe);
	fe->pending.frequency_mhz = scene->mhz;
	for (int c = 0; c < FRONTEND_CHANNELS; c++) {
		struct frontend_setting *to = &fe->pending.channel[c];

		to->rms = c == FRONTEND_U    ? scene->mv :
			  c == FRONTEND_LIVE ? scene->live_ua :
					       scene->neutral_ua;
		to->phase_mdeg = c == FRONTEND_U ? 0 : scene->lag_mdeg;
		to->dc_lsb = 12000 - 9000 * c;
		to->harmonic_ppm[5] =
			scene->fifth_ppm * (c == FRONTEND_U ? 1 : 4);
	}
	frontend_apply(fe);
}

/* The same steps as met_meter_block(), but that the window is seen. */
static uint64_t step(struct met_meter *meter, const int32_t *u,
		     const int32_t *live, const int32_t *neutral,
		     uint64_t utc_ms, uint64_t digest)
{
	struct met_quality_event event;
	struct met_window window;
	struct met_result res;

	if (met_block(&meter->met, u, live, neutral, &window)) {
		met_evaluate(&window, &meter->cal, &res);
		met_account(&meter->account, &meter->cal, &res);
		met_registers_add(&meter->registers, res.active_energy,
				  res.reactive_energy);
		met_quality_window(&meter->quality, &meter->quality_config,
				   &res, utc_ms);
		met_demand_add(&meter->demand, &meter->demand_config,
			       res.active_energy, res.window_us, utc_ms);
		digest = mix_window(digest, &window);
		digest = mix_result(digest, &res);
	}
	met_quality_halves(&meter->quality, &meter->quality_config, &meter->met,
			   &meter->cal);
	for (uint32_t n = 0; n < meter->met.halves; n++) {
		digest = mix(digest, (uint64_t)meter->met.half[n].vv);
		digest = mix(digest, meter->met.half[n].sets_q16);
	}
	digest = mix(digest, meter->quality.half_mv);
	while (met_quality_take(&meter->quality, &event)) {
		digest = mix(digest, event.kind);
		digest = mix(digest, event.mv);
		digest = mix(digest, event.for_us);
	}
	return digest;
}

uint64_t digest_run(void)
{
	/* The whole evening is part of the dear time of day. */
	static const struct met_demand_config demand = { 960, 1140 };
	static const uint32_t half_hour_ms = 1800000;
	static struct met_meter meter;
	static struct frontend fe;
	static int32_t u[MET_BLOCK], live[MET_BLOCK], neutral[MET_BLOCK];
	struct met_quality_config quality = met_quality_default;
	struct met_trim trim = met_trim_default;
	struct met_calibration cal;
	uint64_t digest = UINT64_C(0xcbf29ce484222325), uptime_us = 0;
	/* Ten seconds before a half hour that ends in that time. */
	uint64_t utc_ms = (uint64_t)half_hour_ms * 945123 - 10000;

	trim.delay_ns[MET_LIVE] = 27300;
	trim.delay_ns[MET_NEUTRAL] = -11900;
	trim.voltage_gain_ppb = 1234567;
	trim.active_offset_uw[MET_LIVE] = 321;
	if (met_calibrate(&trim, 23456, &cal) != MET_TRIM_OK ||
	    !met_quality_check(&quality))
		return 0;
	met_meter_init(&meter, &cal, &quality, &demand);
	frontend_init(&fe);
	for (unsigned int n = 0; n < sizeof(scenes) / sizeof(scenes[0]); n++) {
		set(&fe, &scenes[n]);
		for (unsigned int b = 0; b < scenes[n].blocks; b++) {
			uint32_t lost;

			uptime_us += 10000;
			utc_ms += 10;
			if (!frontend_block(&fe, uptime_us, u, live, neutral,
					    &lost))
				return 0;
			digest = step(&meter, u, live, neutral, utc_ms, digest);
		}
	}
	return mix_meter(digest, &meter);
}
