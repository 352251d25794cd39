// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "../ihdd/ihd-config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ihd_config config = ihd_config_default;
	char why[300] = "";

	if (ihd_config_parse(&config, (const char *)data, len, why,
			     sizeof(why))) {
		/* An error says why, and changes nothing. */
		if (!*why ||
		    memcmp(&config, &ihd_config_default, sizeof(config)) != 0)
			__builtin_trap();
	} else if (config.port < 0 || config.port > 65535 ||
		   config.low_below_w > config.high_above_w) {
		__builtin_trap();
	}
	return 0;
}
