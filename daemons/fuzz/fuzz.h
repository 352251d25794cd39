/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every fuzz target has. */
#ifndef HEARTH_FUZZ_H
#define HEARTH_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static inline void require(bool holds)
{
	if (!holds)
		__builtin_trap();
}

#endif /* HEARTH_FUZZ_H */
