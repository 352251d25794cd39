// SPDX-License-Identifier: MIT
/* Bytes from the hub. The first says whether the rest is framed for it. */
#include <string.h>

#include "../app/app.h"
#include "../test/fake_chip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct app app;
	static bool started;

	if (!started) {
		fake_chip_new();
		app_init(&app);
		started = true;
	}
	if (!len)
		return 0;
	fake.tx_len = 0;
	fake.rx_at = 0;
	if (data[0] & 1 && len >= 3)
		fake.rx_len = hearth_frame_encode(data[1], data[2], data + 3,
						  len - 3, fake.rx,
						  sizeof(fake.rx));
	else if (len < sizeof(fake.rx))
		memcpy(fake.rx, data, fake.rx_len = len);
	else
		return 0;
	app_poll(&app);
	return 0;
}
