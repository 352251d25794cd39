/* SPDX-License-Identifier: MIT */
/*
 * Where the supply's contact is, as seen from its load side: the voltage there
 * follows the mains, is none, or is another's; and a current that flows has to
 * come through it. Pure.
 */
#ifndef HEARTH_CONTACT_H
#define HEARTH_CONTACT_H

#include <stdbool.h>
#include <stdint.h>

#include <hearth/mcu_proto.h>

struct contact {
	enum hearth_mcu_contact state;
	uint64_t changed_us; /* when it came into it, as near as can be seen */
	enum hearth_mcu_contact seen; /* what the last samples say */
	uint32_t run;		      /* so many of them in a row */
	uint64_t run_us;	      /* the first of these */
	uint64_t before_us;	      /* the last one that said otherwise */
	uint32_t blind;		      /* samples that said nothing, in a row */
	bool current;		      /* flows */
};

void contact_init(struct contact *contact);

/*
 * The next n samples: mains, load side (NULL: the board cannot see it) and
 * live current; the last ones taken at end_us.
 */
void contact_block(struct contact *contact, const int32_t *u,
		   const int32_t *load, const int32_t *live, uint32_t n,
		   uint64_t end_us);

#endif /* HEARTH_CONTACT_H */
