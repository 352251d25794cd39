// SPDX-License-Identifier: LGPL-2.1-or-later
#include "status.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../common/util.h"

#define MAX_FIELDS 40
#define METER "uk.hearth.Metrology1"
#define METER_PATH "/uk/hearth/meter/electricity0"
#define IHD "uk.hearth.Ihd1"
#define IHD_PATH "/uk/hearth/ihd1"

struct field {
	char name[32];
	bool is_text;
	char text[64];
	int64_t number;
};

struct reading {
	char name[32];
	int64_t value;
	uint32_t age_ms;
	uint64_t time_us;
	char quality[16];
};

struct status {
	size_t n_fields, n_readings;
	struct field field[MAX_FIELDS];
	struct reading reading[MAX_FIELDS];
	char source[16];
	char display_error[160], meter_error[160];
};

static void copy(char *to, size_t room, const char *from)
{
	snprintf(to, room, "%s", from);
}

/* --- asking */

static int take_field(struct status *status, sd_bus_message *m)
{
	struct field *field = &status->field[status->n_fields];
	const char *name, *type, *text;
	int r;

	r = sd_bus_message_read(m, "s", &name);
	if (r < 0)
		return r;
	r = sd_bus_message_peek_type(m, NULL, &type);
	if (r < 0)
		return r;
	if (status->n_fields == MAX_FIELDS ||
	    (strcmp(type, "s") != 0 && strcmp(type, "x") != 0))
		return sd_bus_message_skip(m, "v");
	copy(field->name, sizeof(field->name), name);
	field->is_text = *type == 's';
	if (field->is_text) {
		r = sd_bus_message_read(m, "v", "s", &text);
		if (r >= 0)
			copy(field->text, sizeof(field->text), text);
	} else {
		r = sd_bus_message_read(m, "v", "x", &field->number);
	}
	if (r >= 0)
		status->n_fields++;
	return r;
}

static int take_reading(struct status *status, sd_bus_message *m)
{
	struct reading *reading = &status->reading[status->n_readings];
	const char *name, *type, *text;
	int r;

	r = sd_bus_message_read(m, "s", &name);
	if (r < 0)
		return r;
	r = sd_bus_message_peek_type(m, NULL, &type);
	if (r < 0)
		return r;
	if (!strcmp(name, "SourceState") && !strcmp(type, "s")) {
		r = sd_bus_message_read(m, "v", "s", &text);
		if (r >= 0)
			copy(status->source, sizeof(status->source), text);
		return r;
	}
	if (status->n_readings == MAX_FIELDS || strcmp(type, "(xuts)") != 0)
		return sd_bus_message_skip(m, "v");
	copy(reading->name, sizeof(reading->name), name);
	r = sd_bus_message_read(m, "v", "(xuts)", &reading->value,
				&reading->age_ms, &reading->time_us, &text);
	if (r < 0)
		return r;
	copy(reading->quality, sizeof(reading->quality), text);
	status->n_readings++;
	return 0;
}

/* Every entry of an a{sv} to take(). */
static int take_all(struct status *status, sd_bus_message *m,
		    int (*take)(struct status *status, sd_bus_message *m))
{
	int r = sd_bus_message_enter_container(m, 'a', "{sv}");

	while (r >= 0 &&
	       (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
		r = take(status, m);
		if (r >= 0)
			r = sd_bus_message_exit_container(m);
	}
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* Bus errors in the words of somebody who can do something about it. */
static void explain(const sd_bus_error *error, int r, const char *service,
		    char *text, size_t room)
{
	if (sd_bus_error_has_name(error, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
	    sd_bus_error_has_name(error, SD_BUS_ERROR_NAME_HAS_NO_OWNER))
		snprintf(text, room,
			 "%s is not running (systemctl status hearth-%s)",
			 service, service);
	else if (sd_bus_error_has_name(error, SD_BUS_ERROR_ACCESS_DENIED))
		snprintf(text, room,
			 "not allowed to ask %s (be root or in group hearth)",
			 service);
	else
		snprintf(text, room, "%s: %s", service,
			 error->message ? error->message : strerror(-r));
}

static void ask(sd_bus *bus, struct status *status)
{
	CLEANUP(cleanup_bus_error) sd_bus_error error = SD_BUS_ERROR_NULL;
	CLEANUP(cleanup_bus_error) sd_bus_error error2 = SD_BUS_ERROR_NULL;
	CLEANUP(cleanup_message) sd_bus_message *view = NULL, *meter = NULL;
	int r;

	memset(status, 0, sizeof(*status));
	r = sd_bus_get_property(bus, IHD, IHD_PATH, IHD, "View", &error, &view,
				"a{sv}");
	if (r >= 0)
		r = take_all(status, view, take_field);
	if (r < 0)
		explain(&error, r, "ihdd", status->display_error,
			sizeof(status->display_error));

	r = sd_bus_call_method(bus, METER, METER_PATH,
			       "org.freedesktop.DBus.Properties", "GetAll",
			       &error2, &meter, "s", METER);
	if (r >= 0)
		r = take_all(status, meter, take_reading);
	if (r < 0)
		explain(&error2, r, "metrologyd", status->meter_error,
			sizeof(status->meter_error));
}

/* --- printing */

static const char *text_of(const struct status *status, const char *name)
{
	for (size_t n = 0; n < status->n_fields; n++)
		if (status->field[n].is_text &&
		    !strcmp(status->field[n].name, name))
			return status->field[n].text;
	return "no data";
}

static void put_json_text(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		if ((unsigned char)*text < 0x20)
			printf("\\u%04x", (unsigned int)*text);
		else
			putchar(*text);
	}
	putchar('"');
}

/* A number that is not known is null, never 0. */
static void print_json(const struct status *status)
{
	fputs("{\"display\": {", stdout);
	for (size_t n = 0; n < status->n_fields; n++) {
		const struct field *field = &status->field[n];

		fputs(n ? ", " : "", stdout);
		put_json_text(field->name);
		fputs(": ", stdout);
		if (field->is_text)
			put_json_text(field->text);
		else
			printf("%" PRId64, field->number);
	}
	fputs("}, \"meter\": {", stdout);
	for (size_t n = 0; n < status->n_readings; n++) {
		const struct reading *reading = &status->reading[n];

		fputs(n ? ", " : "", stdout);
		put_json_text(reading->name);
		if (!strcmp(reading->quality, "unknown"))
			fputs(": {\"value\": null, \"age_ms\": null, "
			      "\"time_us\": null",
			      stdout);
		else
			printf(": {\"value\": %" PRId64 ", \"age_ms\": %" PRIu32
			       ", \"time_us\": %" PRIu64,
			       reading->value, reading->age_ms,
			       reading->time_us);
		fputs(", \"quality\": ", stdout);
		put_json_text(reading->quality);
		putchar('}');
	}
	fputs("}, \"source\": ", stdout);
	put_json_text(status->source);
	fputs(", \"errors\": [", stdout);
	if (*status->display_error)
		put_json_text(status->display_error);
	if (*status->display_error && *status->meter_error)
		fputs(", ", stdout);
	if (*status->meter_error)
		put_json_text(status->meter_error);
	puts("]}");
}

static void print_text(const struct status *status)
{
	static const char *const rows[][3] = {
		{ "Electricity now", "power_text", "direction" },
		{ "Level", "ambient_text", NULL },
		{ "Reading", "freshness", NULL },
		{ "Cost an hour", "cost_text", NULL },
		{ "Used today", "energy_today_text", "today_note" },
		{ "Cost today", "cost_today_text", NULL },
		{ "Exported today", "export_today_text", NULL },
		{ "Supply", "voltage_text", "frequency_text" },
	};

	for (size_t n = 0; n < ARRAY_SIZE(rows); n++)
		printf("%-16s %s%s%s\n", rows[n][0],
		       text_of(status, rows[n][1]), rows[n][2] ? "  " : "",
		       rows[n][2] ? text_of(status, rows[n][2]) : "");
	if (*status->source && strcmp(status->source, "ok") != 0)
		printf("%-16s %s\n", "Meter", status->source);
}

static bool fresh(const struct status *status)
{
	for (size_t n = 0; n < status->n_readings; n++)
		if (!strcmp(status->reading[n].name, "ActivePower"))
			return !strcmp(status->reading[n].quality, "valid");
	return false;
}

int status_print(sd_bus *bus, bool json)
{
	static struct status status;

	ask(bus, &status);
	if (json)
		print_json(&status);
	else if (!*status.display_error)
		print_text(&status);
	if (*status.display_error)
		fprintf(stderr, "meterctl: %s\n", status.display_error);
	if (*status.meter_error)
		fprintf(stderr, "meterctl: %s\n", status.meter_error);
	if (*status.display_error)
		return 1;
	return fresh(&status) ? 0 : 3;
}
