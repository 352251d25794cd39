// SPDX-License-Identifier: LGPL-2.1-or-later
#include "today.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <hearth/mcu_frame.h>

#define FORMAT_1 \
	"hearth-today 1 %d %" PRId32 " %" PRId64 " %" PRId64 " %" PRId64
#define TEXT_MAX 160

bool today_update(struct today *today, const struct today_time *now,
		  int64_t import_wh, int64_t export_wh)
{
	if (today->known && today->day == now->day &&
	    import_wh >= today->import_wh && export_wh >= today->export_wh)
		return false;
	/*
	 * Only a day that follows one we know can be whole: on the very first
	 * reading, or after another meter was fitted, nobody knows what flowed
	 * since midnight, however short ago that is.
	 */
	today->whole = today->known && today->day != now->day &&
		       now->second <= TODAY_MIDNIGHT_S &&
		       import_wh >= today->import_wh &&
		       export_wh >= today->export_wh;
	today->known = true;
	today->day = now->day;
	today->since_s = now->utc_s;
	today->import_wh = import_wh;
	today->export_wh = export_wh;
	return true;
}

int today_format(const struct today *today, char *text, size_t room)
{
	int len = snprintf(text, room, FORMAT_1, today->whole, today->day,
			   today->since_s, today->import_wh, today->export_wh);
	int more;

	if (len < 0 || (size_t)len >= room)
		return -ENOSPC;
	more = snprintf(text + len, room - (size_t)len, " %08" PRIx32 "\n",
			hearth_crc32(text, (size_t)len));
	if (more < 0 || (size_t)more >= room - (size_t)len)
		return -ENOSPC;
	return len + more;
}

/* Believed only if it is to the letter what today_format() writes. */
int today_parse(struct today *today, const char *text, size_t len)
{
	struct today next = { .known = true };
	char copy[TEXT_MAX], again[TEXT_MAX];
	int whole = 0;

	if (len >= sizeof(copy) || memchr(text, 0, len))
		return -EINVAL;
	memcpy(copy, text, len);
	copy[len] = 0;
	if (sscanf(copy,
		   "hearth-today 1 %1d %9" SCNd32 " %19" SCNd64 " %19" SCNd64
		   " %19" SCNd64,
		   &whole, &next.day, &next.since_s, &next.import_wh,
		   &next.export_wh) != 5)
		return -EINVAL;
	next.whole = whole;
	if (next.day < 19700101 || next.import_wh < 0 || next.export_wh < 0 ||
	    today_format(&next, again, sizeof(again)) != (int)len ||
	    memcmp(again, copy, len) != 0)
		return -EINVAL;
	*today = next;
	return 0;
}
