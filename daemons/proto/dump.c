// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dump.h"

#include <stdio.h>

void dump_fieldf(struct dump *dump, const char *name, struct span raw,
		 const char *format, ...)
{
	char meaning[256];
	va_list args;

	va_start(args, format);
	vsnprintf(meaning, sizeof(meaning), format, args);
	va_end(args);
	dump_field(dump, name, raw, meaning);
}
