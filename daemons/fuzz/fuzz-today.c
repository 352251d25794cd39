// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <string.h>

#include <hearth/mcu_frame.h>

#include "../ihdd/today.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct today today = { 0 };
	char text[200], again[200];
	int out;

	(void)today_parse(&today, (const char *)data, len);
	/* With the sum put right, so that the rest is reached. */
	if (len > 150 || memchr(data, 0, len))
		return 0;
	memcpy(text, data, len);
	out = snprintf(text + len, sizeof(text) - len, " %08x\n",
		       hearth_crc32(data, len));
	if (today_parse(&today, text, len + (size_t)out))
		return 0;
	if (today_format(&today, again, sizeof(again)) != (int)len + out ||
	    memcmp(again, text, len + (size_t)out) != 0)
		__builtin_trap();
	return 0;
}
