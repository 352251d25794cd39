/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A real household's half hours and a real half-hourly tariff, from
 * ../shared/data as seen from the tree's root, where they are.
 */
#ifndef HEARTH_TARIFF_DATA_H
#define HEARTH_TARIFF_DATA_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define DATA_DIR "../shared/data/"
#define DATA_MAX 60000

struct data_half_hour {
	int64_t start_s; /* UTC */
	int32_t wh;
};

struct data_price {
	int64_t start_s; /* UTC */
	int32_t price_mp;
};

/* Digits with a point, by so many decimals, exactly. */
static inline long data_fixed(const char *text, int decimals)
{
	long value = 0;
	bool minus = *text == '-';
	int after = -1;

	for (text += minus; *text == '.' || (*text >= '0' && *text <= '9');
	     text++) {
		if (*text == '.') {
			after = 0;
			continue;
		}
		if (after == decimals)
			continue;
		value = value * 10 + (*text - '0');
		after += after >= 0;
	}
	for (after = after < 0 ? 0 : after; after < decimals; after++)
		value *= 10;
	return minus ? -value : value;
}

/* Returns how many half hours; 0: the file is not there. */
static inline size_t data_household(struct data_half_hour *ret)
{
	FILE *file = fopen(DATA_DIR "household-a-halfhourly.csv", "re");
	char line[100], kwh[16];
	size_t n = 0;

	if (!file)
		return 0;
	while (n < DATA_MAX && fgets(line, sizeof(line), file)) {
		struct tm tm = { 0 };

		if (sscanf(line, "%d-%d-%d %d:%d:%d,%15s", &tm.tm_year,
			   &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
			   &tm.tm_sec, kwh) != 7)
			continue;
		tm.tm_year -= 1900;
		tm.tm_mon--;
		ret[n].start_s = (int64_t)timegm(&tm) - 1800;
		ret[n++].wh = (int32_t)data_fixed(kwh, 3);
	}
	fclose(file);
	return n;
}

/* London to UTC by the C library; of a repeated hour, the first. */
static inline int64_t data_london(struct tm local)
{
	time_t utc = timegm(&local), earlier = utc - 3600;
	struct tm tm;

	localtime_r(&earlier, &tm);
	return tm.tm_hour == local.tm_hour ? (int64_t)earlier : (int64_t)utc;
}

/* Import prices; returns how many, 0: the file is not there. */
static inline size_t data_prices(struct data_price *ret)
{
	FILE *file = fopen(DATA_DIR "agile-prices-2022-11_2023-12.csv", "re");
	char line[120], price[16];
	size_t n = 0;

	setenv("TZ", "Europe/London", 1);
	tzset();
	if (!file)
		return 0;
	while (n < DATA_MAX && fgets(line, sizeof(line), file)) {
		struct tm tm = { 0 };

		if (sscanf(line, "%d/%d/%d %d:%d,%*[^,],%15[^,]", &tm.tm_mday,
			   &tm.tm_mon, &tm.tm_year, &tm.tm_hour, &tm.tm_min,
			   price) != 6)
			continue;
		tm.tm_year -= 1900;
		tm.tm_mon--;
		ret[n].start_s = data_london(tm);
		ret[n++].price_mp = (int32_t)data_fixed(price, 3);
	}
	fclose(file);
	return n;
}

#endif /* HEARTH_TARIFF_DATA_H */
