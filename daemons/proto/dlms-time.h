/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Dates and times of DLMS (GBCS 6.1): date-time of 12 octets, date of 5, time
 * of 4, any field of which may be a wildcard. GBCS sends UTC, deviation and
 * day of week not given; two date-times mean "now" and "never" (also: cancel).
 */
#ifndef HEARTH_DLMS_TIME_H
#define HEARTH_DLMS_TIME_H

#include "span.h"

#define DLMS_DATE_TIME_LEN 12
#define DLMS_DATE_LEN 5
#define DLMS_TIME_LEN 4

/* "any" in a field; days and months have more, see dlms_time_valid(). */
#define DLMS_ANY_YEAR 0xffff
#define DLMS_ANY_FIELD 0xff
#define DLMS_NO_DEVIATION INT16_MIN

struct dlms_time {
	uint16_t year;
	uint8_t month, day, weekday; /* from 1; Monday is 1 */
	uint8_t hour, minute, second, hundredths;
	int16_t deviation_min; /* from local time to UTC */
	uint8_t status;
};

enum dlms_when {
	DLMS_WHEN_NOW,
	DLMS_WHEN_NEVER,
	DLMS_WHEN_EXACT, /* has seconds; hundredths may be wild */
	DLMS_WHEN_PATTERN,
};

/* "now" and "never" as they are sent. */
extern const struct dlms_time dlms_now, dlms_never;

/*
 * Ranges of all fields and the length of the month; "now" is valid. Days 0xfd
 * and 0xfe are the last but one and the last of a month, months 0xfd and 0xfe
 * the ends of summer time.
 */
bool dlms_time_valid(const struct dlms_time *time);
enum dlms_when dlms_time_when(const struct dlms_time *time);

/* 12, 5 (time wild) or 4 octets (date wild): 0 or -EBADMSG. */
int dlms_time_parse(struct span from, struct dlms_time *ret);
/* len is 12, 5 or 4. */
void dlms_time_put(struct wbuf *w, const struct dlms_time *time, size_t len);

/* Since 2000-01-01T00:00:00Z, negative before. -EINVAL unless exact. */
int dlms_time_to_seconds(const struct dlms_time *time, int64_t *ret);
/* As GBCS sends it. */
void dlms_time_from_seconds(uint32_t seconds, struct dlms_time *ret);

#define DLMS_TIME_TEXT_LEN 64

/*
 * "2015-01-01T00:00:00Z", ".50" for hundredths, "+01:00" for a deviation, "*"
 * for a wildcard, "now", "never"; "2015-12-25" of a date, "09:30:00" of a time;
 * then " day 1" for a weekday. len is 12, 5 or 4.
 */
void dlms_time_text(const struct dlms_time *time, size_t len,
		    char text[DLMS_TIME_TEXT_LEN]);
/* "2015-01-01T00:00:00Z", "now" or "never": 0 or -EINVAL. */
int dlms_time_from_text(const char *text, struct dlms_time *ret);

#endif /* HEARTH_DLMS_TIME_H */
