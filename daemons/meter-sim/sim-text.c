// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim-text.h"

#include <errno.h>
#include <string.h>
#include <time.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* A quoted word, from behind its quote: where it ends, or NULL. */
static char *unquote(char *from)
{
	char *to = from;

	for (; *from && *from != '"'; from++) {
		if (*from == '\\' && (from[1] == '"' || from[1] == '\\'))
			from++;
		*to++ = *from;
	}
	if (!*from)
		return NULL;
	memset(to, 0, (size_t)(from - to));
	return from;
}

int sim_words(char *line, char **words, size_t max, const char **ret_why)
{
	size_t n = 0;

	for (;;) {
		bool quoted;

		while (is_space(*line))
			line++;
		if (!*line || *line == '#')
			return (int)n;
		if (n == max) {
			*ret_why = "too many words";
			return -EINVAL;
		}
		quoted = *line == '"';
		if (quoted)
			line++;
		words[n++] = line;
		if (quoted)
			line = unquote(line);
		if (!line) {
			*ret_why = "a quote without its end";
			return -EINVAL;
		}
		if (!quoted) {
			line += strcspn(line, " \t\r");
		} else if (line[1] && !is_space(line[1])) {
			*ret_why = "something clings to a quote";
			return -EINVAL;
		}
		if (*line)
			*line++ = '\0';
	}
}

/* Exactly so many digits. */
static bool digits(const char **text, int count, int *ret)
{
	*ret = 0;
	for (; count; count--, (*text)++) {
		if (**text < '0' || **text > '9')
			return false;
		*ret = *ret * 10 + (**text - '0');
	}
	return true;
}

static bool take(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

int sim_time(const char *text, int64_t *ret_s)
{
	struct tm tm = { 0 }, again;
	time_t at;

	if (!digits(&text, 4, &tm.tm_year) || !take(&text, '-') ||
	    !digits(&text, 2, &tm.tm_mon) || !take(&text, '-') ||
	    !digits(&text, 2, &tm.tm_mday))
		return -EINVAL;
	if (take(&text, 'T') || take(&text, ' ')) {
		if (!digits(&text, 2, &tm.tm_hour) || !take(&text, ':') ||
		    !digits(&text, 2, &tm.tm_min))
			return -EINVAL;
		if (take(&text, ':') && !digits(&text, 2, &tm.tm_sec))
			return -EINVAL;
	}
	(void)take(&text, 'Z');
	if (*text)
		return -EINVAL;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	again = tm;
	at = timegm(&again);
	if (again.tm_mon != tm.tm_mon || again.tm_mday != tm.tm_mday ||
	    again.tm_hour != tm.tm_hour || again.tm_min != tm.tm_min ||
	    again.tm_sec != tm.tm_sec || at < SIM_MIN_S || at >= SIM_END_S)
		return -EINVAL;
	*ret_s = at;
	return 0;
}

int sim_duration(const char *text, int64_t *ret_s)
{
	static const struct {
		char unit;
		int64_t s;
	} units[] = { { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };
	int64_t sum = 0;
	size_t next = 0;

	do {
		int64_t number = 0;
		const char *from = text;

		for (; *text >= '0' && *text <= '9'; text++) {
			number = number * 10 + (*text - '0');
			if (number > SIM_DURATION_MAX_S)
				return -EINVAL;
		}
		if (text == from)
			return -EINVAL;
		while (next < 4 && units[next].unit != *text)
			next++;
		if (next == 4)
			return -EINVAL;
		sum += number * units[next++].s;
		if (sum > SIM_DURATION_MAX_S)
			return -EINVAL;
		text++;
	} while (*text);
	*ret_s = sum;
	return 0;
}

int sim_decimal(const char *text, int places, int64_t min, int64_t max,
		int64_t *ret)
{
	bool minus = take(&text, '-'), point = false;
	int64_t value = 0;
	int seen = 0, left = places;

	for (; *text; text++) {
		if (*text == '.' && !point) {
			point = true;
			continue;
		}
		if (*text < '0' || *text > '9')
			return -EINVAL;
		seen++;
		if (point && !left) {
			if (*text != '0')
				return -EINVAL; /* finer than is counted */
			continue;
		}
		if (value > INT64_MAX / 100)
			return -EINVAL;
		value = value * 10 + (*text - '0');
		left -= point;
	}
	for (; left; left--) {
		if (value > INT64_MAX / 100)
			return -EINVAL;
		value *= 10;
	}
	if (minus)
		value = -value;
	if (!seen || value < min || value > max)
		return -EINVAL;
	*ret = value;
	return 0;
}

const char *sim_time_text(int64_t at_s, char room[SIM_TIME_LEN])
{
	struct tm tm;
	time_t at = at_s;

	if (!gmtime_r(&at, &tm) ||
	    !strftime(room, SIM_TIME_LEN, "%Y-%m-%dT%H:%M:%S", &tm))
		room[0] = '\0';
	return room;
}
