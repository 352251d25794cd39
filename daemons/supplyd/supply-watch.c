// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the readings say: load above the limit, contacts that do not obey, gas
 * through a shut valve. Arguments have been checked.
 */
#include "supply-rules.h"

/* S-3. A gap in the readings is no proof that power stayed above; only one
 * below ends a crossing, which counts once.
 */
static unsigned int limit_load(struct supply *s,
			       const struct supply_limit *limit,
			       const struct supply_reading *reading)
{
	unsigned int told = 0;

	if (s->hold[SUPPLY_LOAD_LIMIT].state == SUPPLY_DISABLED &&
	    s->at_s >= s->restore_s) {
		supply_put(s, SUPPLY_LOAD_LIMIT,
			   limit->arms ? SUPPLY_ARMED : SUPPLY_ENABLED,
			   "restoration period over");
		told = SUPPLY_TOLD_RESTORED;
	}
	if (!limit->active ||
	    (reading->power_known && reading->power_mw <= limit->threshold_mw))
		s->counted = false;
	if (!limit->active || !reading->power_known ||
	    reading->power_mw <= limit->threshold_mw) {
		s->over = false;
		return told;
	}
	if (!s->over || s->at_s - s->over_at_s > SUPPLY_GAP_S)
		s->over_since_s = s->at_s;
	s->over = true;
	s->over_at_s = s->at_s;
	if (s->counted || s->at_s - s->over_since_s < limit->period_s)
		return told;
	if (s->limited < UINT32_MAX)
		s->limited++;
	if (limit->disables) {
		supply_put(s, SUPPLY_LOAD_LIMIT, SUPPLY_DISABLED,
			   "load above the limit");
		s->restore_s = s->at_s + limit->restoration_s;
	}
	s->counted = true;
	return told | SUPPLY_TOLD_LIMITED;
}

/* S-2. Not known is no mismatch, and no agreement either. */
static unsigned int compare(struct supply *s, enum supply_sensed sensed)
{
	bool on = supply_state(s) == SUPPLY_ENABLED, was = s->mismatch;
	int64_t settle_s = s->fuel == SUPPLY_GAS ? SUPPLY_SETTLE_GAS_S :
						   SUPPLY_SETTLE_S;

	s->sensed = sensed;
	if (sensed == SUPPLY_SENSED_UNKNOWN)
		return 0;
	if (sensed == (on ? SUPPLY_SENSED_ON : SUPPLY_SENSED_OFF)) {
		s->differs = false;
		s->mismatch = false;
		return was ? SUPPLY_TOLD_AGREES : 0;
	}
	if (!s->differs) {
		s->differs = true;
		s->differs_since_s = s->at_s;
	}
	if (was || s->at_s - s->differs_since_s < settle_s)
		return 0;
	s->mismatch = true;
	if (!on)
		return SUPPLY_TOLD_NOT_OFF;
	if (s->fuel == SUPPLY_GAS)
		supply_put(s, SUPPLY_LOCAL, SUPPLY_ARMED, "valve did not open");
	return SUPPLY_TOLD_NOT_ON;
}

/* M-7. Where the contacts are not known nothing is decided. */
static unsigned int watch_flow(struct supply *s,
			       const struct supply_reading *reading)
{
	int64_t volume_dm3 = reading->volume_dm3;
	bool was = s->flow;

	if (supply_state(s) == SUPPLY_ENABLED ||
	    reading->sensed == SUPPLY_SENSED_ON) {
		s->shut = false;
		s->based = false;
		s->flow = false;
		return was ? SUPPLY_TOLD_FLOW_ENDED : 0;
	}
	if (reading->sensed == SUPPLY_SENSED_UNKNOWN)
		return 0;
	if (!s->shut) {
		s->shut = true;
		s->shut_since_s = s->at_s;
	}
	if (!reading->volume_known)
		return 0;
	/* A register that is lower is another meter's. */
	if (!s->based || volume_dm3 < s->last_dm3) {
		if (!s->flow && s->at_s - s->shut_since_s < SUPPLY_SHUT_S)
			return 0;
		s->based = true;
		s->base_dm3 = volume_dm3;
		s->last_dm3 = volume_dm3;
		s->grown_s = s->at_s;
		return 0;
	}
	if (volume_dm3 > s->last_dm3) {
		s->last_dm3 = volume_dm3;
		s->grown_s = s->at_s;
	}
	if (!s->flow && s->last_dm3 - s->base_dm3 >= SUPPLY_FLOW_DM3) {
		s->flow = true;
		return SUPPLY_TOLD_FLOW;
	}
	if (s->flow && s->at_s - s->grown_s >= SUPPLY_QUIET_S) {
		s->flow = false;
		s->base_dm3 = s->last_dm3;
		return SUPPLY_TOLD_FLOW_ENDED;
	}
	return 0;
}

unsigned int supply_watch(struct supply *s, const struct supply_limit *limit,
			  const struct supply_reading *reading)
{
	unsigned int told = 0;

	if (s->fuel == SUPPLY_ELECTRICITY)
		told |= limit_load(s, limit, reading);
	told |= compare(s, reading->sensed);
	if (s->fuel == SUPPLY_GAS)
		told |= watch_flow(s, reading);
	return told;
}
