// SPDX-License-Identifier: LGPL-2.1-or-later
/* Host headers, templates and texts in them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../ihdd/ihd-page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ihd_view view = { .n = 1 };
	char host[300];
	size_t part = len < sizeof(host) - 1 ? len : sizeof(host) - 1, out;
	char *text;

	memcpy(host, data, part);
	host[part] = 0;
	/* Whatever is accepted has nothing of another domain in it. */
	if (ihd_page_host_ok(host, "hub") && strstr(host, "evil"))
		__builtin_trap();
	view.field[0].name = "a";
	view.field[0].kind = IHD_TEXT;
	snprintf(view.field[0].text, IHD_TEXT_LEN, "%.40s", host);
	text = ihd_page_fill((const char *)data, len, &view, &out);
	free(text);
	text = ihd_page_json(&view, &out);
	for (size_t n = 0; text && n < out; n++)
		if ((unsigned char)text[n] < 0x20)
			__builtin_trap();
	free(text);
	return 0;
}
