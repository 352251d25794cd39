// SPDX-License-Identifier: MIT
#include "contact.h"

#include <stddef.h>
#include <string.h>

#include "../metrology/metrology.h"

#define SAMPLE_US (1000000u / MET_RATE_HZ)
/* Below a thirty-second of full scale, 16 V, a sample says nothing. */
#define TELLING (1 << 18)
/* 5 ms: bounce is shorter, and so is another's voltage passing ours. */
#define SURE_SAMPLES 40u
/* 100 ms without anything to see. */
#define BLIND_SAMPLES 800u
/* Peak to peak, 0.4 A: far above noise, no matter the offset. */
#define CURRENT_SWING 19000

void contact_init(struct contact *contact)
{
	memset(contact, 0, sizeof(*contact));
}

static int32_t magnitude(int32_t value)
{
	return value < 0 ? -value : value;
}

static enum hearth_mcu_contact look(int32_t u, int32_t load)
{
	int32_t mains = magnitude(u), there = magnitude(load);

	if (mains < TELLING)
		return there < TELLING ? HEARTH_MCU_CONTACT_UNKNOWN :
					 HEARTH_MCU_CONTACT_FOREIGN;
	if (magnitude(u - load) < mains / 4)
		return HEARTH_MCU_CONTACT_CLOSED;
	if (there < TELLING / 2)
		return HEARTH_MCU_CONTACT_OPEN;
	return HEARTH_MCU_CONTACT_FOREIGN;
}

static bool flows(const int32_t *live, uint32_t n)
{
	int32_t low = live[0], high = live[0];

	for (uint32_t i = 1; i < n; i++) {
		if (live[i] < low)
			low = live[i];
		if (live[i] > high)
			high = live[i];
	}
	return high - low > CURRENT_SWING;
}

static void change(struct contact *contact, enum hearth_mcu_contact to,
		   uint64_t at_us)
{
	if (contact->state == to)
		return;
	contact->state = to;
	contact->changed_us = at_us;
}

static void sample(struct contact *contact, enum hearth_mcu_contact seen,
		   uint64_t at_us)
{
	if (seen == HEARTH_MCU_CONTACT_UNKNOWN) {
		if (contact->blind < BLIND_SAMPLES)
			contact->blind++;
		else
			change(contact, HEARTH_MCU_CONTACT_UNKNOWN, at_us);
		return;
	}
	contact->blind = 0;
	if (seen != contact->seen) {
		contact->seen = seen;
		contact->run = 0;
		contact->run_us = at_us;
	}
	if (++contact->run < SURE_SAMPLES) {
		if (seen == contact->state)
			contact->before_us = at_us;
		return;
	}
	/* Somewhere between the last that said otherwise and the first. */
	if (seen != contact->state && contact->before_us &&
	    contact->run_us > contact->before_us)
		change(contact, seen,
		       (contact->before_us + contact->run_us) / 2);
	else
		change(contact, seen, contact->run_us);
	contact->before_us = at_us;
}

void contact_block(struct contact *contact, const int32_t *u,
		   const int32_t *load, const int32_t *live, uint32_t n,
		   uint64_t end_us)
{
	contact->current = flows(live, n);
	for (uint32_t i = 0; load && i < n; i++)
		sample(contact, look(u[i], load[i]),
		       end_us - (n - 1 - i) * SAMPLE_US);
	if (load)
		return;
	/* A current says that it is closed, none says nothing. */
	change(contact,
	       contact->current ? HEARTH_MCU_CONTACT_CLOSED :
				  HEARTH_MCU_CONTACT_UNKNOWN,
	       end_us);
}
