// SPDX-License-Identifier: MIT
/* Any content of the flash: opened, written to, found again. */
#include <string.h>

#include "../app/store.h"
#include "../test/fake_chip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct store store;
	static struct store_found found, back;

	fake_chip_new();
	memcpy(fake.flash, data, len < fake.size ? len : fake.size);
	(void)store_open(&store, &found);
	found.registers.registers.milli[0]++;
	found.state.pulses++;
	if (store_registers(&store, &found.registers) ||
	    store_state(&store, &found.state))
		return 0;
	if (store_open(&store, &back) != 1 ||
	    memcmp(&back.registers, &found.registers, sizeof(back.registers)) ||
	    memcmp(&back.state, &found.state, sizeof(back.state)))
		__builtin_trap();
	return 0;
}
