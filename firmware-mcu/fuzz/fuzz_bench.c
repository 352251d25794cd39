// SPDX-License-Identifier: MIT
#include "../sim/bench.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct frontend frontend;
	static struct plant plant;
	struct bench bench;
	char reply[BENCH_LINE];

	frontend_clear(&frontend);
	plant_init(&plant, &frontend);
	bench_init(&bench, &frontend);
	bench_plant(&bench, &plant);
	for (size_t n = 0; n < len; n++) {
		size_t out = bench_push(&bench, (char)data[n], reply);

		if (out > sizeof(reply) || (out && reply[out - 1] != '\n'))
			__builtin_trap();
	}
	return 0;
}
