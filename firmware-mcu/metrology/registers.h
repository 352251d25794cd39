/* SPDX-License-Identifier: MIT */
/*
 * Energy registers: cumulative, never decreasing, one for each direction.
 * What a window brings is added whole; what does not fill a quantum stays as
 * remainder, so nothing is ever rounded away.
 */
#ifndef HEARTH_REGISTERS_H
#define HEARTH_REGISTERS_H

#include <stdint.h>

enum met_register {
	MET_ACTIVE_IMPORT,
	MET_ACTIVE_EXPORT,
	MET_REACTIVE_IMPORT,
	MET_REACTIVE_EXPORT,
	MET_REGISTERS
};

struct met_registers {
	uint64_t milli[MET_REGISTERS]; /* mWh, mvarh */
	uint32_t part[MET_REGISTERS];  /* 2^-32 of it */
};

/* Energy in 2^-32 mWh and mvarh; negative is export. */
void met_registers_add(struct met_registers *reg, int64_t active,
		       int64_t reactive);

#endif /* HEARTH_REGISTERS_H */
