/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The load of a home that has no profile of its own. */
	.section .rodata
	.globl sim_profile_week
sim_profile_week:
	.incbin "synthetic-week.csv"
	.byte 0

	.section .note.GNU-stack, "", %progbits
