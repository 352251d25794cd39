// SPDX-License-Identifier: MIT
/* Any content of the flash: opened, written to, found again. */
#include <string.h>

#include "../app/store.h"
#include "../test/fake_chip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct store_state state, back;
	struct store store;

	fake_chip_new();
	memcpy(fake.flash, data,
	       len < sizeof(fake.flash) ? len : sizeof(fake.flash));
	(void)store_open(&store, &state);
	state.registers.milli[0]++;
	if (store_write(&store, &state))
		return 0;
	if (store_open(&store, &back) != 1 ||
	    memcmp(&back, &state, sizeof(back)) != 0)
		__builtin_trap();
	return 0;
}
