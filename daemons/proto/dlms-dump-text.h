/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of dlms-dump*.c: names of elements. */
#ifndef HEARTH_DLMS_DUMP_TEXT_H
#define HEARTH_DLMS_DUMP_TEXT_H

#include <stdio.h>

#include "dlms-dump.h"

#define DLMS_NAME_LEN 48

static inline const char *dlms_elements(size_t count, char text[DLMS_NAME_LEN])
{
	snprintf(text, DLMS_NAME_LEN, "%zu element%s", count,
		 count == 1 ? "" : "s");
	return text;
}

static inline void dlms_indexed(char name[DLMS_NAME_LEN], size_t n,
				const char *what)
{
	snprintf(name, DLMS_NAME_LEN, "[%zu] %s", n, what);
}

#endif /* HEARTH_DLMS_DUMP_TEXT_H */
