// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a person, or a program, is told: a row every so often, and problems. */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "sim.h"
#include "sim-args.h"
#include "sim-text.h"

#define HEAD_EVERY 24
#define UNKNOWN "-9223372036854775808"

/* Columns that come from the daemons. */
static const struct column {
	const char *key, *interface, *member, *path;
} columns[] = {
	{ "cost_today_mp", "Tariff1", "CostToday", "4" },
	{ "balance_mp", "Prepayment1", "Balance", "" },
	{ "supply", "Supply1", "State", "" },
};

#define COLUMNS ARRAY_SIZE(columns)

/* Not known, or its daemon is not there: an empty text. */
static void ask(struct sim *sim, enum sim_meter_kind kind,
		const struct column *column, char *ret, size_t room)
{
	const struct sim_action action = {
		.object = sim_meter_name[kind],
		.interface = column->interface,
		.member = column->member,
		.path = column->path,
	};

	if (sim->hub_back_s || sim_bus_look(sim, &action, ret, room))
		*ret = '\0';
	if (!strcmp(ret, UNKNOWN))
		*ret = '\0';
}

/* A JSON string. */
static void put_quoted(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < 0x20)
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static bool is_number(const char *text)
{
	size_t digits = strspn(text + (*text == '-'), "0123456789");

	return digits && !text[(*text == '-') + digits];
}

static void put_value(const char *text)
{
	if (!*text)
		fputs("null", stdout);
	else if (is_number(text) || !strcmp(text, "true") ||
		 !strcmp(text, "false"))
		fputs(text, stdout);
	else
		put_quoted(text);
}

static void json_meter(struct sim *sim, enum sim_meter_kind kind)
{
	const struct sim_meter *meter = &sim->home.meter[kind];
	struct sim_latch now = sim_home_registers(&sim->home, kind);
	char value[SIM_VALUE_MAX];

	printf(",\"%s\":{", sim_meter_name[kind]);
	if (kind == SIM_GAS)
		printf("\"volume_dm3\":%" PRIu64, now.reg[0]);
	else
		printf("\"power_mw\":%" PRId64 ",\"import_wh\":%" PRIu64
		       ",\"export_wh\":%" PRIu64,
		       sim_home_flow(&sim->home, kind), now.reg[0], now.reg[1]);
	printf(",\"commanded\":\"%s\",\"contact\":\"%s\"",
	       meter->commanded_on ? "on" : "off", meter->on ? "on" : "off");
	for (size_t n = 0; n < COLUMNS; n++) {
		ask(sim, kind, &columns[n], value, sizeof(value));
		printf(",\"%s\":", columns[n].key);
		put_value(value);
	}
	putchar('}');
}

static void json_row(struct sim *sim)
{
	char at[SIM_TIME_LEN];

	printf("{\"at\":\"%s\",\"power\":\"%s\"",
	       sim_time_text(sim->home.at_s, at),
	       !sim->home.mains ? "off" :
	       sim->hub_back_s	? "hub-off" :
				  "on");
	for (int kind = 0; kind < SIM_METERS; kind++)
		json_meter(sim, kind);
	puts("}");
}

/* Milli-pence as pounds: -1.23. */
static const char *pounds(const char *mp, char room[32])
{
	char *end;
	int64_t value = strtoll(mp, &end, 10), pence;

	if (!*mp || *end)
		return "-";
	pence = (value < 0 ? -value : value) / 1000;
	(void)snprintf(room, 32, "%s%" PRId64 ".%02" PRId64,
		       value < 0 ? "-" : "", pence / 100, pence % 100);
	return room;
}

static void table_row(struct sim *sim)
{
	char at[SIM_TIME_LEN], value[COLUMNS][SIM_VALUE_MAX];
	char cost[32], balance[32];

	for (int kind = 0; kind < SIM_METERS; kind++) {
		struct sim_latch now = sim_home_registers(&sim->home, kind);

		for (size_t n = 0; n < COLUMNS; n++)
			ask(sim, kind, &columns[n], value[n], sizeof(value[n]));
		if (kind == SIM_ELECTRICITY)
			printf("%.16s %7" PRId64 " W %11.3f kWh",
			       sim_time_text(sim->home.at_s, at),
			       sim_home_flow(&sim->home, kind) / 1000,
			       (double)now.reg[0] / 1e3);
		else
			printf(" | %9.3f m3", (double)now.reg[0] / 1e3);
		printf(" %7s %8s %s%s", pounds(value[0], cost),
		       pounds(value[1], balance), *value[2] ? value[2] : "-",
		       sim->home.meter[kind].on ? "" : " (off)");
	}
	putchar('\n');
}

void sim_show_start(struct sim *sim)
{
	if (sim->options->json) {
		printf("{\"bus\":\"%s\",\"folder\":\"%s\"}\n", sim->address,
		       sim->folder);
	} else {
		printf("Bus: %s\n"
		       "  busctl --address=%s tree uk.hearth.Tariff1\n"
		       "  DBUS_SESSION_BUS_ADDRESS=%s, --bus=session: ihdd, "
		       "meterctl and programs of yours\n"
		       "State and logs: %s\n",
		       sim->address, sim->address, sim->address, sim->folder);
	}
	(void)fflush(stdout);
}

void sim_show_row(struct sim *sim)
{
	static unsigned int rows;

	if (sim->options->quiet)
		return;
	if (sim->options->json) {
		json_row(sim);
	} else {
		if (rows++ % HEAD_EVERY == 0)
			puts("\nUTC               electricity: power, register,"
			     " cost today, balance, supply | gas: register, "
			     "...");
		table_row(sim);
	}
	(void)fflush(stdout);
}

void sim_show_value(struct sim *sim, const struct sim_action *action,
		    const char *value)
{
	char at[SIM_TIME_LEN];

	(void)sim_time_text(sim->home.at_s, at);
	if (sim->options->json) {
		printf("{\"show\":\"%s%s%s\",\"object\":\"%s\",\"at\":\"%s\","
		       "\"line\":%u,\"value\":",
		       action->member, *action->path ? "." : "", action->path,
		       action->object, at, action->line);
		put_value(value);
		puts("}");
	} else {
		printf("%.16s %s %s%s%s: %s\n", at, action->object,
		       action->member, *action->path ? "." : "", action->path,
		       value);
	}
	(void)fflush(stdout);
}

/* A call that may be refused. */
void sim_show_try(struct sim *sim, const struct sim_action *action, bool done,
		  const char *value)
{
	char at[SIM_TIME_LEN];

	(void)sim_time_text(sim->home.at_s, at);
	if (sim->options->json) {
		printf("{\"try\":\"%s\",\"object\":\"%s\",\"at\":\"%s\","
		       "\"line\":%u,\"done\":%s,\"value\":",
		       action->member, action->object, at, action->line,
		       done ? "true" : "false");
		put_value(value);
		puts("}");
	} else {
		printf("%.16s %s %s%s: %s\n", at, action->object,
		       action->member, done ? "" : " refused", value);
	}
	(void)fflush(stdout);
}

void sim_show_latch(const struct sim_latch *latch)
{
	printf("{\"latch\":%" PRId64 ",\"wh\":%" PRIu64 "}\n", latch->at_s,
	       latch->reg[0]);
}

void sim_show_step(struct sim *sim)
{
	printf("{\"step\":%" PRId64 ",\"wh\":%" PRIu64 ",\"mw\":%" PRId64
	       ",\"on\":%s}\n",
	       sim_home_hub_s(&sim->home),
	       sim_home_registers(&sim->home, SIM_ELECTRICITY).reg[0],
	       sim_home_flow(&sim->home, SIM_ELECTRICITY),
	       sim->home.meter[SIM_ELECTRICITY].on ? "true" : "false");
}

void sim_show_text(struct sim *sim, const char *text)
{
	char at[SIM_TIME_LEN];

	(void)sim_time_text(sim->home.at_s, at);
	if (sim->options->json) {
		printf("{\"print\":");
		put_quoted(text);
		printf(",\"at\":\"%s\"}\n", at);
	} else {
		printf("%.16s %s\n", at, text);
	}
	(void)fflush(stdout);
}

void sim_problem(struct sim *sim, unsigned int line, const char *format, ...)
{
	char at[SIM_TIME_LEN];
	va_list list;

	sim->problems++;
	(void)fflush(stdout);
	if (line)
		fprintf(stderr, "%s:%u: ", sim->options->script, line);
	else
		fputs("meter-sim: ", stderr);
	fprintf(stderr, "at %s: ", sim_time_text(sim->home.at_s, at));
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fputc('\n', stderr);
}

void sim_show_end(struct sim *sim, uint64_t took_us)
{
	double s = (double)took_us / 1e6;
	double factor = took_us ? (double)sim->simulated_s / s : 0;

	if (sim->options->json)
		printf("{\"end\":true,\"simulated_s\":%" PRId64
		       ",\"took_s\":%.3f,\"speed\":%.0f,\"steps\":%" PRIu64
		       ",\"checks\":%" PRIu64 ",\"problems\":%" PRIu64 "}\n",
		       sim->simulated_s, s, factor, sim->steps, sim->checks,
		       sim->problems);
	else
		printf("%.1f days in %.1f s (%.0f times real time), %" PRIu64
		       " steps; %" PRIu64 " checks, %" PRIu64 " problems\n",
		       (double)sim->simulated_s / 86400, s, factor, sim->steps,
		       sim->checks, sim->problems);
	(void)fflush(stdout);
}
