// SPDX-License-Identifier: MIT
#include "debounce.h"

int debounce_step(struct debounce *debounce, bool closed, uint32_t on_ms,
		  uint32_t off_ms)
{
	/* By sample, then for one that has lasted long enough. */
	static const uint8_t next[DEBOUNCE_STATES][2] = {
		[DEBOUNCE_OFF] = { DEBOUNCE_OFF, DEBOUNCE_RISING },
		[DEBOUNCE_RISING] = { DEBOUNCE_OFF, DEBOUNCE_RISING },
		[DEBOUNCE_ON] = { DEBOUNCE_FALLING, DEBOUNCE_ON },
		[DEBOUNCE_FALLING] = { DEBOUNCE_FALLING, DEBOUNCE_ON },
	};
	static const uint8_t lasted[DEBOUNCE_STATES] = {
		[DEBOUNCE_OFF] = DEBOUNCE_OFF,
		[DEBOUNCE_RISING] = DEBOUNCE_ON,
		[DEBOUNCE_ON] = DEBOUNCE_ON,
		[DEBOUNCE_FALLING] = DEBOUNCE_OFF,
	};
	enum debounce_state before = debounce->state;
	uint32_t limit;

	debounce->state = (enum debounce_state)next[before][closed];
	debounce->ms = debounce->state == before ? debounce->ms + 1 : 1;
	limit = debounce->state == DEBOUNCE_RISING ? on_ms : off_ms;
	if ((debounce->state != DEBOUNCE_RISING &&
	     debounce->state != DEBOUNCE_FALLING) ||
	    debounce->ms < limit)
		return 0;
	debounce->state = (enum debounce_state)lasted[debounce->state];
	return debounce->state == DEBOUNCE_ON ? 1 : -1;
}
