// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dlms-time.h"

#include <errno.h>
#include <stdio.h>

#define DAY_S 86400
#define STATUS_NONE 0xff

const struct dlms_time dlms_now = {
	.deviation_min = DLMS_NO_DEVIATION,
	.status = STATUS_NONE,
};

const struct dlms_time dlms_never = {
	.year = DLMS_ANY_YEAR,
	.month = DLMS_ANY_FIELD,
	.day = DLMS_ANY_FIELD,
	.weekday = DLMS_ANY_FIELD,
	.hour = DLMS_ANY_FIELD,
	.minute = DLMS_ANY_FIELD,
	.second = DLMS_ANY_FIELD,
	.hundredths = DLMS_ANY_FIELD,
	.deviation_min = DLMS_NO_DEVIATION,
	.status = STATUS_NONE,
};

static bool is_leap(unsigned int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Wildcards give the longest there can be. */
static unsigned int days_in(unsigned int year, unsigned int month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30,
					31, 31, 30, 31, 30, 31 };

	if (month < 1 || month > 12)
		return 31;
	if (month == 2 && (year == DLMS_ANY_YEAR || is_leap(year)))
		return 29;
	return days[month - 1];
}

static bool same(const struct dlms_time *a, const struct dlms_time *b)
{
	return a->year == b->year && a->month == b->month && a->day == b->day &&
	       a->weekday == b->weekday && a->hour == b->hour &&
	       a->minute == b->minute && a->second == b->second &&
	       a->hundredths == b->hundredths;
}

static bool in_range(uint8_t field, uint8_t min, uint8_t max)
{
	return field == DLMS_ANY_FIELD || (field >= min && field <= max);
}

bool dlms_time_valid(const struct dlms_time *t)
{
	if (same(t, &dlms_now))
		return true;
	if (!in_range(t->month, 1, 12) && t->month < 0xfd)
		return false;
	if (!in_range(t->day, 1, (uint8_t)days_in(t->year, t->month)) &&
	    t->day < 0xfd)
		return false;
	/* The widest deviation of the standard is 14 hours. */
	if (t->deviation_min != DLMS_NO_DEVIATION &&
	    (t->deviation_min < -840 || t->deviation_min > 840))
		return false;
	return in_range(t->weekday, 1, 7) && in_range(t->hour, 0, 23) &&
	       in_range(t->minute, 0, 59) && in_range(t->second, 0, 59) &&
	       in_range(t->hundredths, 0, 99);
}

enum dlms_when dlms_time_when(const struct dlms_time *t)
{
	if (same(t, &dlms_now))
		return DLMS_WHEN_NOW;
	if (same(t, &dlms_never))
		return DLMS_WHEN_NEVER;
	if (t->year == DLMS_ANY_YEAR || t->month > 12 || t->day > 31 ||
	    t->hour > 23 || t->minute > 59 || t->second > 59)
		return DLMS_WHEN_PATTERN;
	return DLMS_WHEN_EXACT;
}

int dlms_time_parse(struct span from, struct dlms_time *ret)
{
	struct reader r = { from.p, from.p, false };
	struct dlms_time t = dlms_never;

	if (from.len != DLMS_DATE_TIME_LEN && from.len != DLMS_DATE_LEN &&
	    from.len != DLMS_TIME_LEN)
		return -EBADMSG;
	r.end += from.len;
	if (from.len != DLMS_TIME_LEN) {
		t.year = read_be16(&r);
		t.month = read_u8(&r);
		t.day = read_u8(&r);
		t.weekday = read_u8(&r);
	}
	if (from.len != DLMS_DATE_LEN) {
		t.hour = read_u8(&r);
		t.minute = read_u8(&r);
		t.second = read_u8(&r);
		t.hundredths = read_u8(&r);
	}
	if (from.len == DLMS_DATE_TIME_LEN) {
		t.deviation_min = (int16_t)read_be16(&r);
		t.status = read_u8(&r);
	}
	if (reader_done(&r) || !dlms_time_valid(&t))
		return -EBADMSG;
	*ret = t;
	return 0;
}

void dlms_time_put(struct wbuf *w, const struct dlms_time *t, size_t len)
{
	if (len != DLMS_DATE_TIME_LEN && len != DLMS_DATE_LEN &&
	    len != DLMS_TIME_LEN)
		w->bad = true;
	w->bad |= !dlms_time_valid(t);
	if (len != DLMS_TIME_LEN) {
		write_be(w, t->year, 2);
		write_u8(w, t->month);
		write_u8(w, t->day);
		write_u8(w, t->weekday);
	}
	if (len != DLMS_DATE_LEN) {
		write_u8(w, t->hour);
		write_u8(w, t->minute);
		write_u8(w, t->second);
		write_u8(w, t->hundredths);
	}
	if (len == DLMS_DATE_TIME_LEN) {
		write_be(w, (uint16_t)t->deviation_min, 2);
		write_u8(w, t->status);
	}
}

/* Days since 0000-01-01; year 0 counts as a leap year. */
static int64_t day_number(unsigned int year, unsigned int month,
			  unsigned int day)
{
	int64_t days = (int64_t)year * 365 + (year + 3) / 4 -
		       (year + 99) / 100 + (year + 399) / 400;

	for (unsigned int m = 1; m < month; m++)
		days += days_in(year, m);
	return days + day - 1;
}

int dlms_time_to_seconds(const struct dlms_time *t, int64_t *ret)
{
	int64_t days;

	if (!dlms_time_valid(t) || dlms_time_when(t) != DLMS_WHEN_EXACT)
		return -EINVAL;
	days = day_number(t->year, t->month, t->day) - day_number(2000, 1, 1);
	*ret = days * DAY_S + t->hour * 3600 + t->minute * 60 + t->second;
	if (t->deviation_min != DLMS_NO_DEVIATION)
		*ret += (int64_t)t->deviation_min * 60;
	return 0;
}

void dlms_time_from_seconds(uint32_t seconds, struct dlms_time *ret)
{
	unsigned int days = seconds / DAY_S, rest = seconds % DAY_S;
	unsigned int year = 2000, month = 1;

	/* Up to 2136: short loops are simpler than formulas. */
	for (; days >= 365U + is_leap(year); year++)
		days -= 365U + is_leap(year);
	for (; days >= days_in(year, month); month++)
		days -= days_in(year, month);
	*ret = dlms_never;
	ret->year = (uint16_t)year;
	ret->month = (uint8_t)month;
	ret->day = (uint8_t)(days + 1);
	ret->hour = (uint8_t)(rest / 3600);
	ret->minute = (uint8_t)(rest / 60 % 60);
	ret->second = (uint8_t)(rest % 60);
	ret->hundredths = 0;
}

/* --- text */

/* A field as text; special values from 0xfd are in words. */
static void field_text(char text[12], unsigned int value, int digits,
		       const char *const special[2])
{
	unsigned int any = digits == 4 ? DLMS_ANY_YEAR : DLMS_ANY_FIELD;

	if (value == any)
		snprintf(text, 12, "*");
	else if (special && (value == 0xfd || value == 0xfe))
		snprintf(text, 12, "%s", special[value - 0xfd]);
	else
		snprintf(text, 12, "%0*u", digits, value);
}

static void date_text(const struct dlms_time *t, char *text, size_t room)
{
	static const char *const months[] = { "dst-end", "dst-begin" };
	static const char *const days[] = { "last-1", "last" };
	char year[12], month[12], day[12];

	field_text(year, t->year, 4, NULL);
	field_text(month, t->month, 2, months);
	field_text(day, t->day, 2, days);
	snprintf(text, room, "%.5s-%.9s-%.6s", year, month, day);
}

static void clock_text(const struct dlms_time *t, char *text, size_t room)
{
	char hour[12], minute[12], second[12], part[12] = "";

	field_text(hour, t->hour, 2, NULL);
	field_text(minute, t->minute, 2, NULL);
	field_text(second, t->second, 2, NULL);
	if (t->hundredths && t->hundredths != DLMS_ANY_FIELD)
		snprintf(part, sizeof(part), ".%02u", t->hundredths);
	snprintf(text, room, "%.3s:%.3s:%.3s%.4s", hour, minute, second, part);
}

void dlms_time_text(const struct dlms_time *t, size_t len,
		    char text[DLMS_TIME_TEXT_LEN])
{
	enum dlms_when when = dlms_time_when(t);
	char date[24] = "", clock[24] = "", zone[24] = "Z", weekday[8] = "";
	/* ISO 8601 gives what to add to UTC, DLMS the contrary. */
	int east = -t->deviation_min;
	unsigned int off = (unsigned int)(east < 0 ? -east : east);

	if (len == DLMS_DATE_TIME_LEN && when <= DLMS_WHEN_NEVER) {
		snprintf(text, DLMS_TIME_TEXT_LEN, "%s",
			 when == DLMS_WHEN_NOW ? "now" : "never");
		return;
	}
	if (len != DLMS_TIME_LEN)
		date_text(t, date, sizeof(date));
	if (len != DLMS_DATE_LEN)
		clock_text(t, clock, sizeof(clock));
	if (len != DLMS_DATE_TIME_LEN)
		zone[0] = 0;
	else if (t->deviation_min != DLMS_NO_DEVIATION)
		snprintf(zone, sizeof(zone), "%c%02u:%02u",
			 east < 0 ? '-' : '+', off / 60, off % 60);
	if (len != DLMS_TIME_LEN && t->weekday != DLMS_ANY_FIELD)
		snprintf(weekday, sizeof(weekday), " day %u", t->weekday % 10U);
	snprintf(text, DLMS_TIME_TEXT_LEN, "%.24s%s%.16s%.6s%.6s", date,
		 *date && *clock ? "T" : "", clock, zone, weekday);
}

int dlms_time_from_text(const char *text, struct dlms_time *ret)
{
	static const char format[] = "dddd-dd-ddTdd:dd:ddZ";
	unsigned int field[7] = { 0 }, n = 0;
	struct dlms_time t = dlms_never;

	if (!strcmp(text, "now") || !strcmp(text, "never")) {
		*ret = text[2] == 'w' ? dlms_now : dlms_never;
		return 0;
	}
	if (strlen(text) != sizeof(format) - 1)
		return -EINVAL;
	for (size_t at = 0; format[at]; at++) {
		if (format[at] == 'd' && text[at] >= '0' && text[at] <= '9')
			field[n] = field[n] * 10 + (unsigned int)text[at] - '0';
		else if (format[at] != 'd' && text[at] == format[at])
			n++;
		else
			return -EINVAL;
	}
	t.year = (uint16_t)field[0];
	t.month = (uint8_t)field[1];
	t.day = (uint8_t)field[2];
	t.hour = (uint8_t)field[3];
	t.minute = (uint8_t)field[4];
	t.second = (uint8_t)field[5];
	t.hundredths = 0;
	if (!dlms_time_valid(&t))
		return -EINVAL;
	*ret = t;
	return 0;
}
