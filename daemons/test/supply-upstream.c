// SPDX-License-Identifier: LGPL-2.1-or-later
/* Plays the daemons supplyd asks: prepayd, metrologyd, storaged. A line on
 * standard input changes what they say, and is answered by "ok"; what supplyd
 * tells them is printed.
 *
 *   want METER on|arm|off REASON
 *   consent refuses|works
 *   power MW|-
 *   volume DM3|-
 *   own NAME, drop NAME    a name on the bus
 *   signal METER           that prepayment's properties changed
 */
#include <errno.h>
#include <string.h>

#include "../common/util.h"

#define ROOT "/uk/hearth/meter/"
#define METROLOGY "uk.hearth.Metrology1"
#define PREPAYMENT "uk.hearth.Prepayment1"
#define STORAGE "uk.hearth.Storage1"

struct meter {
	const char *path;
	char want[8], reason[64];
};

static struct meter meters[] = {
	{ ROOT "electricity0", "on", "credit" },
	{ ROOT "gas0", "on", "credit" },
};
static bool refuses;
static int64_t power_mw = INT64_MIN, volume_dm3 = -1;
static sd_bus *bus;

static int get_supply(sd_bus_message *message, void *userdata,
		      sd_bus_error *error)
{
	const struct meter *m = userdata;

	(void)error;
	return sd_bus_reply_method_return(message, "ss", m->want, m->reason);
}

static int consent(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	struct meter *m = userdata;

	printf("consent %s\n", m->path + strlen(ROOT));
	if (refuses || strcmp(m->want, "arm") != 0) {
		sd_bus_error_set(error, "uk.hearth.Error.NotNow", "not armed");
		return -EPERM;
	}
	strcpy(m->want, "on");
	return sd_bus_reply_method_return(message, NULL);
}

static int get_want(sd_bus *b, const char *path, const char *interface,
		    const char *property, sd_bus_message *reply, void *userdata,
		    sd_bus_error *error)
{
	(void)b, (void)path, (void)interface, (void)property, (void)error;
	return sd_bus_message_append(reply, "s",
				     ((struct meter *)userdata)->want);
}

static int get_power(sd_bus *b, const char *path, const char *interface,
		     const char *property, sd_bus_message *reply,
		     void *userdata, sd_bus_error *error)
{
	(void)b, (void)path, (void)interface, (void)property, (void)error;
	(void)userdata;
	return sd_bus_message_append(reply, "(xuts)", power_mw, 100u,
				     UINT64_C(1),
				     power_mw == INT64_MIN ? "stale" : "valid");
}

static int get_registers(sd_bus_message *message, void *userdata,
			 sd_bus_error *error)
{
	(void)userdata;
	if (volume_dm3 < 0) {
		sd_bus_error_set(error, "uk.hearth.Error.Unavailable", "none");
		return -ENODATA;
	}
	return sd_bus_reply_method_return(message, "(tatu)", UINT64_C(1), 1,
					  (uint64_t)volume_dm3, 0);
}

static int append(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	const char *source, *meter, *log, *text, *detail;
	uint64_t sequence, at_us;
	uint16_t code;
	int r = sd_bus_message_read(message, "stsstqss", &source, &sequence,
				    &meter, &log, &at_us, &code, &text,
				    &detail);

	(void)userdata, (void)error;
	if (r < 0)
		return r;
	printf("log %llu %s %s %04x %s\n", (unsigned long long)sequence, meter,
	       log, code, text);
	return sd_bus_reply_method_return(message, NULL);
}

static const sd_bus_vtable prepayment[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("GetSupply", "", "ss", get_supply,
		      SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("Consent", "", "", consent, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_PROPERTY("Want", "s", get_want, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_VTABLE_END,
};

static const sd_bus_vtable metrology[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("GetRegisters", "", "(tatu)", get_registers,
		      SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_PROPERTY("ActivePower", "(xuts)", get_power, 0, 0),
	SD_BUS_VTABLE_END,
};

static const sd_bus_vtable storage[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("Append", "stsstqss", "", append,
		      SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END,
};

static struct meter *meter_named(const char *name)
{
	return strcmp(name, "gas0") ? &meters[0] : &meters[1];
}

static int obey(char *line)
{
	char *what = strtok(line, " \n"), *a = strtok(NULL, " \n"),
	     *b = strtok(NULL, " \n"), *rest = strtok(NULL, "\n");

	if (!what || !a)
		return -EINVAL;
	if (!strcmp(what, "want") && b) {
		struct meter *m = meter_named(a);

		snprintf(m->want, sizeof(m->want), "%s", b);
		snprintf(m->reason, sizeof(m->reason), "%s", rest ? rest : "");
	} else if (!strcmp(what, "consent")) {
		refuses = !strcmp(a, "refuses");
	} else if (!strcmp(what, "power")) {
		if (parse_int(a, INT64_MIN, INT64_MAX, &power_mw))
			power_mw = INT64_MIN;
	} else if (!strcmp(what, "volume")) {
		if (parse_int(a, 0, INT64_MAX, &volume_dm3))
			volume_dm3 = -1;
	} else if (!strcmp(what, "own")) {
		return sd_bus_request_name(bus, a, 0);
	} else if (!strcmp(what, "drop")) {
		return sd_bus_release_name(bus, a);
	} else if (!strcmp(what, "signal")) {
		return sd_bus_emit_properties_changed(bus, meter_named(a)->path,
						      PREPAYMENT, "Want", NULL);
	} else {
		return -EINVAL;
	}
	return 0;
}

static int on_line(sd_event_source *source, int fd, uint32_t events,
		   void *userdata)
{
	char line[256];

	(void)fd, (void)events, (void)userdata;
	if (!fgets(line, sizeof(line), stdin))
		return sd_event_exit(sd_event_source_get_event(source), 0);
	puts(obey(line) < 0 ? "wrong" : "ok");
	return 0;
}

static int add_objects(void)
{
	int r = sd_bus_add_object_vtable(bus, NULL, "/uk/hearth/storage",
					 STORAGE, storage, NULL);

	for (size_t n = 0; r >= 0 && n < ARRAY_SIZE(meters); n++) {
		r = sd_bus_add_object_vtable(bus, NULL, meters[n].path,
					     PREPAYMENT, prepayment,
					     &meters[n]);
		if (r >= 0)
			r = sd_bus_add_object_vtable(bus, NULL, meters[n].path,
						     METROLOGY, metrology,
						     &meters[n]);
	}
	return r;
}

int main(void)
{
	CLEANUP(cleanup_event) sd_event *event = NULL;
	int r;

	setvbuf(stdin, NULL, _IONBF, 0);
	setvbuf(stdout, NULL, _IOLBF, 0);
	r = sd_event_default(&event);
	if (r >= 0)
		r = open_bus("session", &bus);
	if (r >= 0)
		r = sd_bus_attach_event(bus, event, 0);
	if (r >= 0)
		r = add_objects();
	if (r >= 0)
		r = sd_event_add_io(event, NULL, STDIN_FILENO, EPOLLIN, on_line,
				    NULL);
	if (r >= 0)
		r = sd_event_loop(event);
	sd_bus_flush_close_unref(bus);
	return r < 0;
}
