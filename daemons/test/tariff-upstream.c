// SPDX-License-Identifier: LGPL-2.1-or-later
/* Plays the daemons tariffd asks: metrologyd and storaged. A line on standard
 * input changes what they say, and is answered by "ok"; log records are printed.
 *
 *   latch METER AT_S VALUE...    metrologyd has one more latch
 *   stored METER AT_S VALUE...   storaged has one more reading
 *   forget METER                 metrologyd has none any more
 *   now METER AT_S VALUE...      the present registers; AT_S 0: not known
 *   own NAME, drop NAME          a name on the bus
 *   asked                        prints how often storaged was asked
 */
#include <errno.h>
#include <string.h>

#include "../common/util.h"

#define ROOT "/uk/hearth/meter/"
#define METROLOGY "uk.hearth.Metrology1"
#define STORAGE "uk.hearth.Storage1"
#define ROOM 6000
#define REGISTERS 5

struct reading {
	uint64_t at_us, value[REGISTERS];
	size_t n;
};

struct meter {
	const char *path;
	struct reading latch[ROOM], stored[ROOM], now;
	size_t latches, readings;
};

static struct meter meters[] = { { .path = ROOT "electricity0" },
				 { .path = ROOT "gas0" } };
static unsigned int asked;
static sd_bus *bus;

static struct meter *meter_named(const char *name)
{
	return strcmp(name, "gas0") ? &meters[0] : &meters[1];
}

static int append_reading(sd_bus_message *reply, const struct reading *reading)
{
	int r = sd_bus_message_open_container(reply, 'r', "tatu");

	if (r >= 0)
		r = sd_bus_message_append(reply, "t", reading->at_us);
	if (r >= 0)
		r = sd_bus_message_append_array(
			reply, 't', reading->value,
			reading->n * sizeof(reading->value[0]));
	if (r >= 0)
		r = sd_bus_message_append(reply, "u", 1U);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int answer(sd_bus_message *message, const struct reading *reading,
		  size_t n, uint64_t after_us, uint32_t limit)
{
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	int r = sd_bus_message_new_method_return(message, &reply);
	uint32_t count = 0;

	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(tatu)");
	for (; r >= 0 && n; n--, reading++) {
		if (reading->at_us <= after_us)
			continue;
		if (limit && count++ == limit)
			break;
		r = append_reading(reply, reading);
	}
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

static int get_latches(sd_bus_message *message, void *userdata,
		       sd_bus_error *error)
{
	const struct meter *m = userdata;
	uint64_t after_us;
	uint32_t limit;
	int r = sd_bus_message_read(message, "tu", &after_us, &limit);

	(void)error;
	return r < 0 ? r :
		       answer(message, m->latch, m->latches, after_us, limit);
}

static int get_registers(sd_bus_message *message, void *userdata,
			 sd_bus_error *error)
{
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	const struct meter *m = userdata;
	int r;

	if (!m->now.at_us) {
		sd_bus_error_set(error, "uk.hearth.Error.Unavailable", "none");
		return -ENODATA;
	}
	r = sd_bus_message_new_method_return(message, &reply);
	if (r >= 0)
		r = append_reading(reply, &m->now);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

static int get_readings(sd_bus_message *message, void *userdata,
			sd_bus_error *error)
{
	const struct meter *m;
	uint64_t after_us;
	const char *name;
	uint32_t limit;
	int r = sd_bus_message_read(message, "stu", &name, &after_us, &limit);

	(void)userdata, (void)error;
	if (r < 0)
		return r;
	asked++;
	m = meter_named(name);
	return answer(message, m->stored, m->readings, after_us, limit);
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
	printf("log %s %s %llu %04x %s %s\n", meter, log,
	       (unsigned long long)at_us, code, text, detail);
	return sd_bus_reply_method_return(message, NULL);
}

static const sd_bus_vtable metrology[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("GetLatches", "tu", "a(tatu)", get_latches,
		      SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("GetRegisters", "", "(tatu)", get_registers,
		      SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END,
};

static const sd_bus_vtable storage[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("GetReadings", "stu", "a(tatu)", get_readings,
		      SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("Append", "stsstqss", "", append,
		      SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END,
};

/* "AT_S VALUE..." */
static int read_reading(struct reading *ret)
{
	const char *word = strtok(NULL, " \n");
	int64_t value;

	memset(ret, 0, sizeof(*ret));
	if (!word || parse_int(word, 0, INT64_MAX / 1000000, &value))
		return -EINVAL;
	ret->at_us = (uint64_t)value * USEC_PER_SEC;
	while ((word = strtok(NULL, " \n"))) {
		if (ret->n == REGISTERS ||
		    parse_int(word, 0, INT64_MAX, &value))
			return -EINVAL;
		ret->value[ret->n++] = (uint64_t)value;
	}
	return 0;
}

static int add(struct reading *list, size_t *n)
{
	return *n == ROOM ? -ENOBUFS : read_reading(&list[(*n)++]);
}

static int obey(char *line)
{
	const char *what = strtok(line, " \n"), *name = strtok(NULL, " \n");
	struct meter *m = name ? meter_named(name) : NULL;

	if (!what)
		return -EINVAL;
	if (!strcmp(what, "asked")) {
		printf("asked %u\n", asked);
		return 0;
	}
	if (!m)
		return -EINVAL;
	if (!strcmp(what, "latch"))
		return add(m->latch, &m->latches);
	if (!strcmp(what, "stored"))
		return add(m->stored, &m->readings);
	if (!strcmp(what, "now"))
		return read_reading(&m->now);
	if (!strcmp(what, "own"))
		return sd_bus_request_name(bus, name, 0);
	if (!strcmp(what, "drop"))
		return sd_bus_release_name(bus, name);
	if (strcmp(what, "forget") != 0)
		return -EINVAL;
	m->latches = 0;
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

	for (size_t n = 0; r >= 0 && n < ARRAY_SIZE(meters); n++)
		r = sd_bus_add_object_vtable(bus, NULL, meters[n].path,
					     METROLOGY, metrology, &meters[n]);
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
