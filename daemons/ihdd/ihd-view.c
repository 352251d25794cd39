// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ihd-view.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Power below this is neither taken nor given, for the word beside it. */
#define IDLE_MW 500

static int64_t magnitude(int64_t value)
{
	return value < 0 ? -value : value;
}

static int64_t divide_rounded(int64_t value, int64_t by)
{
	return value < 0 ? -((-value + by / 2) / by) : (value + by / 2) / by;
}

/* Without a sign: the direction is a word of its own. */
void ihd_power_text(int64_t mw, char *text)
{
	int64_t watts = divide_rounded(magnitude(mw), 1000);
	int64_t ten_watts = divide_rounded(magnitude(mw), 10000);

	if (watts < 1000)
		snprintf(text, IHD_TEXT_LEN, "%" PRId64 " W", watts);
	else
		snprintf(text, IHD_TEXT_LEN, "%" PRId64 ".%02" PRId64 " kW",
			 ten_watts / 100, ten_watts % 100);
}

void ihd_money_text(int64_t mp, char *text)
{
	int64_t tenths = divide_rounded(magnitude(mp), 100); /* of a penny */
	int64_t pence = divide_rounded(magnitude(mp), 1000);
	const char *sign = mp < 0 && tenths ? "\u2212" : "";

	if (tenths < 1000)
		snprintf(text, IHD_TEXT_LEN, "%s%" PRId64 ".%" PRId64 "p", sign,
			 tenths / 10, tenths % 10);
	else
		snprintf(text, IHD_TEXT_LEN, "%s\u00a3%" PRId64 ".%02" PRId64,
			 sign, pence / 100, pence % 100);
}

void ihd_energy_text(int64_t wh, char *text)
{
	snprintf(text, IHD_TEXT_LEN, "%" PRId64 ".%03" PRId64 " kWh", wh / 1000,
		 wh % 1000);
}

void ihd_age_text(uint64_t age_ms, char *text)
{
	uint64_t s = age_ms / 1000;

	if (s < 120)
		snprintf(text, IHD_TEXT_LEN, "%" PRIu64 " s", s);
	else if (s < 7200)
		snprintf(text, IHD_TEXT_LEN, "%" PRIu64 " min", s / 60);
	else
		snprintf(text, IHD_TEXT_LEN, "%" PRIu64 " h", s / 3600);
}

int64_t ihd_cost_per_hour_mp(int64_t mw, const struct ihd_config *config)
{
	int64_t price = mw < 0 ? config->export_price_mp_per_kwh :
				 config->price_mp_per_kwh;

	/* mW times milli-pence per kWh: 10^6 mW in a kW. */
	return divide_rounded(mw * price, 1000000);
}

/* A level is left only 10 % beyond its border, so it does not flicker. */
enum ihd_ambient ihd_ambient_next(enum ihd_ambient before, int64_t mw,
				  const struct ihd_config *config)
{
	int64_t low = config->low_below_w * 1000;
	int64_t high = config->high_above_w * 1000;

	if (before == IHD_LOW)
		low += low / 10;
	if (before == IHD_HIGH)
		high -= high / 10;
	if (mw < low)
		return IHD_LOW;
	return mw > high ? IHD_HIGH : IHD_MEDIUM;
}

/* --- the fields */

static struct ihd_field *add(struct ihd_view *view, const char *name,
			     enum ihd_kind kind)
{
	struct ihd_field *field = &view->field[view->n++];

	memset(field, 0, sizeof(*field));
	field->name = name;
	field->kind = kind;
	return field;
}

static void add_text(struct ihd_view *view, const char *name, const char *text)
{
	snprintf(add(view, name, IHD_TEXT)->text, IHD_TEXT_LEN, "%s", text);
}

static void add_number(struct ihd_view *view, const char *name, bool known,
		       int64_t number)
{
	add(view, name, known ? IHD_NUMBER : IHD_MISSING)->number = number;
}

static void add_power(struct ihd_view *view, const struct ihd_reading *power)
{
	static const char *const qualities[] = { "unknown", "stale", "valid" };
	bool fresh = power->quality == IHD_VALID;
	char text[IHD_TEXT_LEN], age[IHD_TEXT_LEN];

	add_text(view, "power_quality", qualities[power->quality]);
	add_number(view, "power_mw", power->quality != IHD_UNKNOWN,
		   power->value);
	add_number(view, "power_age_ms", power->quality != IHD_UNKNOWN,
		   (int64_t)power->age_ms);

	ihd_power_text(power->value, text);
	add_text(view, "power_text", fresh ? text : "no data");
	add_text(view, "direction",
		 !fresh			  ? "" :
		 power->value <= -IDLE_MW ? "exporting" :
		 power->value >= IDLE_MW  ? "using" :
					    "nothing in use");

	ihd_age_text(power->age_ms, age);
	if (power->quality == IHD_UNKNOWN)
		snprintf(text, sizeof(text), "no reading from the meter");
	else
		snprintf(text, sizeof(text),
			 fresh ? "updated %.20s ago" : "no reading for %.20s",
			 age);
	add_text(view, "freshness", text);
}

static void add_ambient(struct ihd_view *view, struct ihd_state *state,
			const struct ihd_config *config,
			const struct ihd_reading *power)
{
	static const char *const words[] = { "none", "low", "medium", "high" };
	static const char *const texts[] = { "No data", "Low use", "Medium use",
					     "High use" };

	state->ambient =
		power->quality == IHD_VALID ?
			ihd_ambient_next(state->ambient, power->value, config) :
			IHD_AMBIENT_NONE;
	add_text(view, "ambient", words[state->ambient]);
	add_text(view, "ambient_text", texts[state->ambient]);
}

static void add_cost(struct ihd_view *view, const struct ihd_config *config,
		     const struct ihd_reading *power)
{
	bool fresh = power->quality == IHD_VALID;
	int64_t cost = fresh ? ihd_cost_per_hour_mp(power->value, config) : 0;
	char text[IHD_TEXT_LEN];

	add_number(view, "cost_per_hour_mp", fresh, cost);
	ihd_money_text(cost, text);
	add_text(view, "cost_text", fresh ? text : "no data");
	ihd_money_text(config->price_mp_per_kwh, text);
	add_text(view, "price_text", text);
}

static void add_today(struct ihd_view *view, const struct ihd_config *config,
		      const struct ihd_readings *readings,
		      const struct today *today, const char *since_text)
{
	/* What an old register says of today may be yesterday's. */
	bool known = today->known && readings->import_wh.quality == IHD_VALID;
	bool export_known = today->known &&
			    readings->export_wh.quality == IHD_VALID;
	int64_t used = readings->import_wh.value - today->import_wh;
	int64_t given = readings->export_wh.value - today->export_wh;
	int64_t cost =
		known ? divide_rounded(used * config->price_mp_per_kwh, 1000) :
			0;
	char text[IHD_TEXT_LEN];

	add_number(view, "energy_today_wh", known, used);
	ihd_energy_text(known ? used : 0, text);
	add_text(view, "energy_today_text", known ? text : "no data");
	add_number(view, "export_today_wh", export_known, given);
	ihd_energy_text(export_known ? given : 0, text);
	add_text(view, "export_today_text", export_known ? text : "no data");
	add_number(view, "cost_today_mp", known, cost);
	ihd_money_text(cost, text);
	add_text(view, "cost_today_text", known ? text : "no data");
	add_number(view, "energy_today_since", today->known, today->since_s);
	add_number(view, "day", today->known, today->day);
	if (!today->known)
		snprintf(text, sizeof(text), "not counted yet");
	else if (!known && !export_known)
		*text = 0;
	else if (today->whole)
		snprintf(text, sizeof(text), "since midnight");
	else
		snprintf(text, sizeof(text), "since %.20s", since_text);
	add_text(view, "today_note", text);
}

static void add_grid(struct ihd_view *view, const struct ihd_readings *readings)
{
	const struct ihd_reading *v = &readings->voltage_mv;
	const struct ihd_reading *f = &readings->frequency_mhz;
	char text[IHD_TEXT_LEN];

	snprintf(text, sizeof(text), "%" PRId64 ".%" PRId64 " V",
		 divide_rounded(v->value, 100) / 10,
		 divide_rounded(v->value, 100) % 10);
	add_text(view, "voltage_text",
		 v->quality == IHD_VALID ? text : "no data");
	snprintf(text, sizeof(text), "%" PRId64 ".%02" PRId64 " Hz",
		 divide_rounded(f->value, 10) / 100,
		 divide_rounded(f->value, 10) % 100);
	add_text(view, "frequency_text",
		 f->quality == IHD_VALID ? text : "no data");
}

void ihd_view_make(struct ihd_view *view, struct ihd_state *state,
		   const struct ihd_config *config,
		   const struct ihd_readings *readings,
		   const struct today *today, const char *since_text)
{
	view->n = 0;
	add_power(view, &readings->power_mw);
	add_ambient(view, state, config, &readings->power_mw);
	add_cost(view, config, &readings->power_mw);
	add_today(view, config, readings, today, since_text);
	add_number(view, "import_wh",
		   readings->import_wh.quality != IHD_UNKNOWN,
		   readings->import_wh.value);
	add_number(view, "export_wh",
		   readings->export_wh.quality != IHD_UNKNOWN,
		   readings->export_wh.value);
	add_grid(view, readings);
}

const struct ihd_field *ihd_view_find(const struct ihd_view *view,
				      const char *name)
{
	for (int n = 0; n < view->n; n++)
		if (!strcmp(view->field[n].name, name))
			return &view->field[n];
	return NULL;
}
