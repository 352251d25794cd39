// SPDX-License-Identifier: LGPL-2.1-or-later
/* A script of the simulator, or a load's CSV: whatever comes, in bounds. */
#include "../meter-sim/sim-args.h"
#include "../meter-sim/sim-script.h"
#include "../meter-sim/sim-text.h"
#include "fuzz.h"

static void look_at_script(const char *text, size_t len)
{
	struct sim_script script;
	char why[SIM_WHY_LEN];
	unsigned int line;
	const char *reason;
	int64_t last = SIM_MIN_S;

	if (sim_script_parse(text, len, 0, &script, &line, why))
		return;
	for (size_t n = 0; n < script.n; n++) {
		const struct sim_action *a = &script.action[n];

		require(a->at_s >= last && a->at_s < SIM_END_S);
		require(a->at_s >= script.from_s);
		require(a->verb >= 0 && a->verb < SIM_VERBS);
		require(a->meter < SIM_METERS && a->daemon <= SIM_DAEMONS);
		if (a->signature)
			require(!sim_args_check(a->signature, a->args,
						a->n_args, &reason));
		if (a->op)
			require(sim_value_compare("0", a->op, a->right) >= 0);
		last = a->at_s;
	}
	sim_script_free(&script);
}

static void look_at_profile(const char *text, size_t len)
{
	struct sim_profile profile;
	const char *why;
	unsigned int line;

	if (sim_profile_parse(text, len, &profile, &line, &why))
		return;
	require(profile.count && profile.count <= SIM_PROFILE_MAX);
	for (size_t n = 0; n < profile.count; n++)
		require(profile.mwh[n] <= SIM_SLOT_MAX_MWH &&
			profile.mwh[n] >= -SIM_SLOT_MAX_MWH);
	sim_profile_free(&profile);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	look_at_script((const char *)data, len);
	look_at_profile((const char *)data, len);
	return 0;
}
