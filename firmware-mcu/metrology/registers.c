// SPDX-License-Identifier: MIT
#include "registers.h"

static void add(struct met_registers *reg, enum met_register which,
		uint64_t energy)
{
	uint64_t part = reg->part[which] + (energy & 0xffffffffu);

	reg->milli[which] += (energy >> 32) + (part >> 32);
	reg->part[which] = (uint32_t)part;
}

static void add_signed(struct met_registers *reg, enum met_register import,
		       enum met_register export, int64_t energy)
{
	if (energy >= 0)
		add(reg, import, (uint64_t)energy);
	else
		add(reg, export, (uint64_t)0 - (uint64_t)energy);
}

void met_registers_add(struct met_registers *reg, int64_t active,
		       int64_t reactive)
{
	add_signed(reg, MET_ACTIVE_IMPORT, MET_ACTIVE_EXPORT, active);
	add_signed(reg, MET_REACTIVE_IMPORT, MET_REACTIVE_EXPORT, reactive);
}
