// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tables as arguments of uk.hearth.Tariff1. What is more than a table holds is
 * refused while it is read; the engine checks the rest.
 */
#include <errno.h>
#include <string.h>

#include "tariffd.h"

static int refuse(const char **ret_why, const char *why)
{
	*ret_why = why;
	return -EINVAL;
}

/* --- reading */

static int read_day(sd_bus_message *message, uint8_t action[CIVIL_SLOTS],
		    const char **ret_why)
{
	struct calendar_switch switches[CIVIL_SLOTS];
	size_t n = 0;
	int r;

	r = sd_bus_message_enter_container(message, 'a', "(qy)");
	while (r >= 0) {
		struct calendar_switch s;

		r = sd_bus_message_read(message, "(qy)", &s.minute, &s.action);
		if (r <= 0)
			break;
		if (n == CIVIL_SLOTS)
			return refuse(ret_why, "a day has 1 to 48 switches");
		switches[n++] = s;
	}
	if (r >= 0)
		r = sd_bus_message_exit_container(message);
	return r < 0 ? r : calendar_day(switches, n, action, ret_why);
}

static int read_days(sd_bus_message *message, struct tariff_calendar *c,
		     const char **ret_why)
{
	int r = sd_bus_message_enter_container(message, 'a', "a(qy)");

	while (r >= 0) {
		r = sd_bus_message_at_end(message, false);
		if (r)
			break;
		if (c->days == CALENDAR_DAYS)
			return refuse(ret_why, "1 to 16 day profiles");
		r = read_day(message, c->action[c->days++], ret_why);
	}
	return r < 0 ? r : sd_bus_message_exit_container(message);
}

static int read_weeks(sd_bus_message *message, struct tariff_calendar *c,
		      const char **ret_why)
{
	int r = sd_bus_message_enter_container(message, 'a', "(yyyyyyy)");

	while (r >= 0) {
		uint8_t day[7];

		r = sd_bus_message_read(message, "(yyyyyyy)", &day[0], &day[1],
					&day[2], &day[3], &day[4], &day[5],
					&day[6]);
		if (r <= 0)
			break;
		if (c->weeks == CALENDAR_WEEKS)
			return refuse(ret_why, "1 to 4 week profiles");
		memcpy(c->week_day[c->weeks++], day, sizeof(day));
	}
	return r < 0 ? r : sd_bus_message_exit_container(message);
}

/* Dates, each with a number of a profile. */
static int read_dates(sd_bus_message *message, struct calendar_date *date,
		      uint8_t *profile, uint8_t *ret_n, uint8_t room,
		      const char **ret_why)
{
	int r = sd_bus_message_enter_container(message, 'a', "(qyyyy)");

	while (r >= 0) {
		struct calendar_date d;
		uint8_t p;

		r = sd_bus_message_read(message, "(qyyyy)", &d.year, &d.month,
					&d.day, &d.weekday, &p);
		if (r <= 0)
			break;
		if (*ret_n == room)
			return refuse(ret_why,
				      "8 seasons and 50 special days at most");
		date[*ret_n] = d;
		profile[(*ret_n)++] = p;
	}
	return r < 0 ? r : sd_bus_message_exit_container(message);
}

int tariffd_read_calendar(sd_bus_message *message,
			  enum tariff_commodity commodity,
			  struct tariff_calendar *ret, const char **ret_why)
{
	int r;

	memset(ret, 0, sizeof(*ret));
	ret->commodity = (uint8_t)commodity;
	r = read_days(message, ret, ret_why);
	if (r >= 0)
		r = read_weeks(message, ret, ret_why);
	if (r >= 0)
		r = read_dates(message, ret->season_start, ret->season_week,
			       &ret->seasons, CALENDAR_SEASONS, ret_why);
	if (r >= 0)
		r = read_dates(message, ret->special, ret->special_day,
			       &ret->specials, CALENDAR_SPECIALS, ret_why);
	return r < 0 ? r : calendar_check(ret, ret_why);
}

int tariffd_read_thresholds(sd_bus_message *message,
			    struct tariff_thresholds *ret, const char **ret_why)
{
	unsigned int row;
	int r;

	for (row = 0; row < TARIFF_ROWS; row++)
		for (unsigned int n = 0; n < TARIFF_BLOCKS - 1; n++)
			ret->wh[row][n] = TARIFF_NO_THRESHOLD;
	row = 0;
	r = sd_bus_message_enter_container(message, 'a', "at");
	while (r >= 0) {
		const uint64_t *value;
		size_t size, n;

		r = sd_bus_message_read_array(message, 't',
					      (const void **)&value, &size);
		if (r <= 0)
			break;
		n = size / sizeof(*value);
		if (row == TARIFF_ROWS || n > TARIFF_BLOCKS - 1)
			return refuse(ret_why,
				      "8 rows of 3 thresholds at most");
		for (size_t k = 0; k < n; k++) {
			if (value[k] > INT64_MAX)
				continue;
			ret->wh[row][k] = (int64_t)value[k];
		}
		row++;
	}
	if (r >= 0)
		r = sd_bus_message_exit_container(message);
	return r < 0 ? r : tariff_thresholds_check(ret, ret_why);
}

/* A price of a scale to milli-pence: see tariff_scale_price(). */
static int scaled(int32_t price, int16_t scale, int32_t *ret_mp,
		  const char **ret_why)
{
	/* A kWh is 10^3 Wh. */
	if (!tariff_scale_price(price, scale, 3, ret_mp))
		return 0;
	*ret_why = "a price is no whole number of milli-pence, or too large";
	return -ERANGE;
}

static int read_list(sd_bus_message *message, int16_t scale, int32_t *price_mp,
		     size_t room, size_t *ret_n, const char **ret_why)
{
	const int32_t *value;
	size_t size, n;
	int r;

	*ret_n = 0;
	r = sd_bus_message_read_array(message, 'i', (const void **)&value,
				      &size);
	if (r < 0)
		return r;
	n = size / sizeof(*value);
	if (n > room)
		return refuse(ret_why, "more prices than there is room for");
	for (size_t k = 0; k < n; k++) {
		r = scaled(value[k], scale, &price_mp[k], ret_why);
		if (r)
			return r;
	}
	*ret_n = n;
	return 0;
}

int tariffd_read_scaled(sd_bus_message *message, int32_t *price_mp, size_t room,
			size_t *ret_n, const char **ret_why)
{
	int16_t scale;
	int r = sd_bus_message_read(message, "n", &scale);

	return r < 0 ? r :
		       read_list(message, scale, price_mp, room, ret_n,
				 ret_why);
}

int tariffd_read_prices(sd_bus_message *message, struct tariff_prices *ret,
			const char **ret_why)
{
	unsigned int row = 0;
	int32_t standing;
	int16_t scale;
	size_t n;
	int r;

	memset(ret, 0, sizeof(*ret));
	r = sd_bus_message_read(message, "n", &scale);
	if (r >= 0)
		r = read_list(message, scale, ret->cell_mp, ACTION_TOUS, &n,
			      ret_why);
	if (r >= 0)
		r = sd_bus_message_enter_container(message, 'a', "ai");
	while (r >= 0) {
		int32_t block[TARIFF_BLOCKS] = { 0 };

		r = sd_bus_message_at_end(message, false);
		if (r)
			break;
		r = read_list(message, scale, block, TARIFF_BLOCKS, &n,
			      ret_why);
		if (r < 0)
			return r;
		if (row == TARIFF_ROWS)
			return refuse(ret_why, "8 rows of prices at most");
		for (unsigned int b = 0; b < TARIFF_BLOCKS; b++)
			ret->cell_mp[TARIFF_CELL(row, b)] = block[b];
		row++;
	}
	if (r >= 0)
		r = sd_bus_message_exit_container(message);
	if (r >= 0)
		r = sd_bus_message_read(message, "i", &standing);
	return r < 0 ? r : scaled(standing, scale, &ret->standing_mp, ret_why);
}

/* --- writing */

static int append_day(sd_bus_message *reply, const uint8_t action[CIVIL_SLOTS])
{
	int r = sd_bus_message_open_container(reply, 'a', "(qy)");

	for (unsigned int slot = 0; r >= 0 && slot < CIVIL_SLOTS; slot++)
		if (!slot || action[slot] != action[slot - 1])
			r = sd_bus_message_append(reply, "(qy)", slot * 30U,
						  action[slot]);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_dates(sd_bus_message *reply, const struct calendar_date *date,
			const uint8_t *profile, unsigned int n)
{
	int r = sd_bus_message_open_container(reply, 'a', "(qyyyy)");

	for (; r >= 0 && n; n--, date++)
		r = sd_bus_message_append(reply, "(qyyyy)", date->year,
					  date->month, date->day, date->weekday,
					  *profile++);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

int tariffd_append_calendar(sd_bus_message *reply,
			    const struct tariff_calendar *c)
{
	int r = sd_bus_message_open_container(reply, 'a', "a(qy)");

	for (unsigned int d = 0; r >= 0 && d < c->days; d++)
		r = append_day(reply, c->action[d]);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(yyyyyyy)");
	for (unsigned int w = 0; r >= 0 && w < c->weeks; w++) {
		const uint8_t *day = c->week_day[w];

		r = sd_bus_message_append(reply, "(yyyyyyy)", day[0], day[1],
					  day[2], day[3], day[4], day[5],
					  day[6]);
	}
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	if (r >= 0)
		r = append_dates(reply, c->season_start, c->season_week,
				 c->seasons);
	return r < 0 ? r :
		       append_dates(reply, c->special, c->special_day,
				    c->specials);
}

int tariffd_append_thresholds(sd_bus_message *reply,
			      const struct tariff_thresholds *x)
{
	int r = sd_bus_message_open_container(reply, 'a', "at");

	for (unsigned int row = 0; r >= 0 && row < TARIFF_ROWS; row++) {
		uint64_t wh[TARIFF_BLOCKS - 1];

		for (unsigned int n = 0; n < TARIFF_BLOCKS - 1; n++)
			wh[n] = x->wh[row][n] == TARIFF_NO_THRESHOLD ?
					UINT64_MAX :
					(uint64_t)x->wh[row][n];
		r = sd_bus_message_append_array(reply, 't', wh, sizeof(wh));
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

int tariffd_append_prices(sd_bus_message *reply, const struct tariff_prices *p)
{
	int r = sd_bus_message_append_array(
		reply, 'i', p->cell_mp, ACTION_TOUS * sizeof(p->cell_mp[0]));

	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "ai");
	for (unsigned int row = 0; r >= 0 && row < TARIFF_ROWS; row++) {
		int32_t block[TARIFF_BLOCKS];

		for (unsigned int n = 0; n < TARIFF_BLOCKS; n++)
			block[n] = p->cell_mp[TARIFF_CELL(row, n)];
		r = sd_bus_message_append_array(reply, 'i', block,
						sizeof(block));
	}
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	return r < 0 ? r : sd_bus_message_append(reply, "i", p->standing_mp);
}

int tariffd_append_rows(sd_bus_message *reply, const int64_t *wh, bool by_block)
{
	int r = sd_bus_message_open_container(reply, 'a', "at");

	for (size_t row = 0; r >= 0 && row < TARIFF_ROWS; row++) {
		int64_t block[TARIFF_BLOCKS];

		for (size_t n = 0; n < TARIFF_BLOCKS; n++)
			block[n] = wh[by_block ? n * TARIFF_ROWS + row :
						 row * TARIFF_BLOCKS + n];
		r = sd_bus_message_append_array(reply, 't', block,
						sizeof(block));
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}
