/* SPDX-License-Identifier: MIT */
/*
 * Calibration: what a bench finds out about one meter (struct met_trim, plain
 * numbers, to be stored), and what metrology computes with (struct
 * met_calibration), made from it for one temperature.
 *
 * The order of a calibration: noise with the inputs shorted, gain of the
 * voltage, gains of the currents, delays at half load and a power factor of
 * 0.5, offsets at the smallest current.
 */
#ifndef HEARTH_CALIBRATION_H
#define HEARTH_CALIBRATION_H

#include <stdbool.h>
#include <stdint.h>

#include "scaled.h"

#define MET_CURRENTS 2
#define MET_LIVE 0
#define MET_NEUTRAL 1

/* Drift is known every 5 K from -40 to 85 degrees, and linear in between. */
#define MET_DRIFT_FROM_MC (-40000)
#define MET_DRIFT_STEP_MC 5000
#define MET_DRIFTS 26

#define MET_TRIM_VERSION 1

struct met_trim {
	uint32_t version; /* MET_TRIM_VERSION */

	/* By design: the peak that gives full scale of the converter. */
	uint32_t full_scale_mv;
	uint32_t full_scale_ma[MET_CURRENTS];
	/* Starting current (EN 50470-3: at most 0.04 Itr) and its voltage. */
	uint32_t start_ua;
	uint32_t nominal_mv;

	/* By measuring; the gain is what a reading has to be raised by. */
	int32_t voltage_gain_ppb;
	int32_t current_gain_ppb[MET_CURRENTS];
	/* How much later than the voltage the converter sees the current. */
	int32_t delay_ns[MET_CURRENTS];
	/* What is read when nothing flows at nominal voltage. */
	int32_t active_offset_uw[MET_CURRENTS];
	int32_t reactive_offset_uvar[MET_CURRENTS];
	/* RMS, in thousandths of the converter's last place. */
	uint32_t voltage_noise_mlsb;
	uint32_t current_noise_mlsb[MET_CURRENTS];
	bool reversed[MET_CURRENTS]; /* the sensor sits the other way round */

	int16_t voltage_drift_ppm[MET_DRIFTS];
	int16_t current_drift_ppm[MET_CURRENTS][MET_DRIFTS];
};

/* What turns raw units into engineering units; per channel. */
struct met_calibration {
	struct scale voltage_mv;	       /* per unit of v */
	struct scale half_mv;		       /* the same, 50 Hz gain undone */
	struct scale current_ua[MET_CURRENTS]; /* per unit of i */
	struct scale power_mw[MET_CURRENTS];   /* per unit of v x i */
	int32_t allpass_q32[MET_CURRENTS];     /* |a| < 2^31 */
	uint32_t noise_sq[MET_CURRENTS]; /* mean square of i at no current */
	uint32_t voltage_noise_sq;
	int32_t active_offset_uw[MET_CURRENTS];
	int32_t reactive_offset_uvar[MET_CURRENTS];
	bool reversed[MET_CURRENTS];
	uint32_t start_ua, start_mw;
};

enum met_trim_fault {
	MET_TRIM_OK = 0,
	MET_TRIM_BAD_VERSION,
	MET_TRIM_BAD_RANGE, /* of full scale, start or nominal voltage */
	MET_TRIM_BAD_GAIN,
	MET_TRIM_BAD_DELAY,
	MET_TRIM_BAD_OFFSET,
	MET_TRIM_BAD_NOISE,
	MET_TRIM_BAD_DRIFT,
};

/* The front end of firmware-mcu/sim: 500 V and 176.8 A peak at full scale. */
extern const struct met_trim met_trim_default;
extern const struct met_calibration met_calibration_default;

/* The first thing that is wrong with it. */
enum met_trim_fault met_trim_check(const struct met_trim *trim);

/*
 * Beyond the ends of the drift table the outermost value holds. *ret is
 * written only when the trim is good.
 */
enum met_trim_fault met_calibrate(const struct met_trim *trim,
				  int32_t temperature_mc,
				  struct met_calibration *ret);

#endif /* HEARTH_CALIBRATION_H */
