// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * uk.hearth.Storage1 over a bus of two ends. The daemon is a thread; the test
 * is its clock, its metrologyd and its clients.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "../storaged/storaged-export.h"
#include "../storaged/storaged.h"
#include "test.h"

#define START UINT32_C(981792) /* 2026-01-01 */
#define US(_slot) ((uint64_t)(_slot)*PROFILE_SLOT_US)

/* --- the daemon */

static struct storage storage;

struct daemon_end {
	pthread_t thread;
	int fd, stop[2];
	char path[128];
	bool set_aside;
};

static uint64_t daemon_now(const struct storage *s)
{
	return clock_utc_us(s->daemon->clock);
}

static int on_due(uint64_t utc_us, void *userdata)
{
	return storage_cycle(userdata, utc_us);
}

static int on_stop(sd_event_source *source, int fd, uint32_t events,
		   void *userdata)
{
	(void)fd, (void)events, (void)userdata;
	return sd_event_exit(sd_event_source_get_event(source), 0);
}

static sd_bus *bus_end(int fd, bool server)
{
	sd_id128_t id;
	sd_bus *bus;

	if (sd_bus_new(&bus) < 0 || sd_bus_set_fd(bus, fd, fd) < 0 ||
	    sd_bus_negotiate_fds(bus, true) < 0)
		abort();
	if (server && (sd_id128_randomize(&id) < 0 ||
		       sd_bus_set_server(bus, true, id) < 0))
		abort();
	if (sd_bus_start(bus) < 0)
		abort();
	return bus;
}

static void *run_daemon(void *userdata)
{
	static const struct daemon_ops ops = { .name = "storaged" };
	struct daemon_end *end = userdata;
	struct daemon daemon = { .ops = &ops };

	memset(&storage, 0, sizeof(storage));
	if (sd_event_new(&daemon.event) < 0)
		abort();
	daemon.bus = bus_end(end->fd, true);
	if (sd_bus_attach_event(daemon.bus, daemon.event, 0) < 0 ||
	    sd_event_add_io(daemon.event, NULL, end->stop[0], POLLIN, on_stop,
			    NULL) < 0 ||
	    clock_new(daemon.event, daemon.bus, "simulated", &daemon.clock) ||
	    store_open(end->path, storaged_migrations, storaged_n_migrations,
		       &daemon.store, &daemon.found))
		abort();
	storaged_init(&storage.service, daemon.store);
	storage.bus = daemon.bus;
	storage.daemon = &daemon;
	storage.now_us = daemon_now;
	storage.boot_us = now_boottime_us();
	if (daemon.found == STORE_SET_ASIDE)
		storage.alerts = ALERT_SET_ASIDE;
	if (storage_bus_add(&storage) < 0 ||
	    clock_every(daemon.clock, 60 * USEC_PER_SEC, 5 * USEC_PER_SEC,
			on_due, &storage))
		abort();
	sd_event_loop(daemon.event);
	clock_free(daemon.clock);
	store_close(daemon.store);
	sd_bus_flush_close_unref(daemon.bus);
	sd_event_unref(daemon.event);
	return NULL;
}

/* --- the other end */

struct stage {
	char folder[64];
	struct daemon_end end;
	sd_bus *bus;
	/* metrologyd */
	struct profile_latch latch[200];
	size_t n;
	bool silent;
	unsigned int asked;
	/* seen */
	char logged[256];
	unsigned int alerts_changed;
};

static struct stage stage;

static int get_latches(sd_bus_message *message, void *userdata,
		       sd_bus_error *error)
{
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	uint64_t after_us;
	const unsigned int *channels = userdata;
	uint32_t limit;

	stage.asked++;
	if (stage.silent)
		return sd_bus_error_set(error, ERROR_UNAVAILABLE, "silent");
	assert_true(sd_bus_message_read(message, "tu", &after_us, &limit) >= 0);
	assert_true(sd_bus_message_new_method_return(message, &reply) >= 0);
	assert_true(sd_bus_message_open_container(reply, 'a', "(tatu)") >= 0);
	for (size_t n = 0; n < stage.n && limit; n++) {
		if (US(stage.latch[n].slot) <= after_us)
			continue;
		assert_true(storage_append_latch(reply,
						 channels ? *channels : 4,
						 &stage.latch[n]) >= 0);
		limit--;
	}
	assert_true(sd_bus_message_close_container(reply) >= 0);
	return sd_bus_send(NULL, reply, NULL);
}

static const sd_bus_vtable metrology[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("GetLatches", "tu", "a(tatu)", get_latches,
		      SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END
};

static int on_logged(sd_bus_message *message, void *userdata,
		     sd_bus_error *error)
{
	size_t len = strlen(stage.logged);
	const char *meter, *log;
	uint64_t number;

	(void)userdata, (void)error;
	assert_true(sd_bus_message_read(message, "sst", &meter, &log,
					&number) >= 0);
	snprintf(stage.logged + len, sizeof(stage.logged) - len, "%s/%s/%u ",
		 meter, log, (unsigned int)number);
	return 0;
}

static int on_changed(sd_bus_message *message, void *userdata,
		      sd_bus_error *error)
{
	const char *interface;

	(void)userdata, (void)error;
	assert_true(sd_bus_message_read(message, "s", &interface) >= 0);
	assert_string_equal(interface, STORAGE_INTERFACE);
	stage.alerts_changed++;
	return 0;
}

static void start(void)
{
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	assert_int_equal(pipe2(stage.end.stop, O_CLOEXEC), 0);
	stage.end.fd = fd[0];
	assert_int_equal(pthread_create(&stage.end.thread, NULL, run_daemon,
					&stage.end),
			 0);
	stage.bus = bus_end(fd[1], false);
	assert_true(sd_bus_add_object_vtable(
			    stage.bus, NULL, METER_ROOT "/electricity0",
			    "uk.hearth.Metrology1", metrology, NULL) >= 0);
	assert_true(sd_bus_match_signal(stage.bus, NULL, NULL, STORAGE_PATH,
					STORAGE_INTERFACE, "Logged", on_logged,
					NULL) >= 0);
	assert_true(sd_bus_match_signal(stage.bus, NULL, NULL, STORAGE_PATH,
					"org.freedesktop.DBus.Properties",
					"PropertiesChanged", on_changed,
					NULL) >= 0);
}

static void stop(void)
{
	assert_int_equal(write(stage.end.stop[1], "x", 1), 1);
	pthread_join(stage.end.thread, NULL);
	sd_bus_close_unref(stage.bus);
	close(stage.end.stop[0]);
	close(stage.end.stop[1]);
}

static void restart(void)
{
	stop();
	start();
}

static int set_up(void **state)
{
	(void)state;
	memset(&stage, 0, sizeof(stage));
	snprintf(stage.folder, sizeof(stage.folder),
		 "%s/hearth-storaged-XXXXXX",
		 access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	assert_non_null(mkdtemp(stage.folder));
	snprintf(stage.end.path, sizeof(stage.end.path), "%s/storaged.db",
		 stage.folder);
	start();
	return 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	stop();
	snprintf(command, sizeof(command), "rm -rf %s", stage.folder);
	return system(command);
}

static int on_answer(sd_bus_message *message, void *userdata,
		     sd_bus_error *error)
{
	(void)error;
	*(sd_bus_message **)userdata = sd_bus_message_ref(message);
	return 1;
}

/* The answer, an error as well; calls of the daemon are served meanwhile. */
static sd_bus_message *send_call(sd_bus_message *message)
{
	sd_bus_message *answer = NULL;

	assert_true(sd_bus_call_async(stage.bus, NULL, message, on_answer,
				      &answer, 20 * USEC_PER_SEC) >= 0);
	sd_bus_message_unref(message);
	while (!answer) {
		int r = sd_bus_process(stage.bus, NULL);

		assert_true(r >= 0);
		if (!r)
			assert_true(sd_bus_wait(stage.bus, UINT64_MAX) >= 0);
	}
	return answer;
}

static sd_bus_message *new_call(const char *path, const char *interface,
				const char *member)
{
	sd_bus_message *message;

	assert_true(sd_bus_message_new_method_call(stage.bus, &message, NULL,
						   path, interface,
						   member) >= 0);
	return message;
}

#define CALL(_path, _member, _types, ...)                                     \
	({                                                                    \
		sd_bus_message *_m =                                          \
			new_call(_path, STORAGE_INTERFACE, _member);          \
		assert_true(sd_bus_message_append(_m, _types, __VA_ARGS__) >= \
			    0);                                               \
		send_call(_m);                                                \
	})

static void assert_fine(sd_bus_message *answer)
{
	const sd_bus_error *error = sd_bus_message_get_error(answer);

	if (error)
		fail_msg("%s: %s", error->name, error->message);
}

static void assert_done(sd_bus_message *answer)
{
	assert_fine(answer);
	sd_bus_message_unref(answer);
}

static void assert_error(sd_bus_message *answer, const char *name)
{
	const sd_bus_error *error = sd_bus_message_get_error(answer);

	assert_non_null(error);
	assert_string_equal(error->name, name);
	sd_bus_message_unref(answer);
}

static void set_time(uint64_t utc_us)
{
	sd_bus_message *message =
		new_call("/uk/hearth/clock", "uk.hearth.Clock1", "SetTime");

	assert_true(sd_bus_message_append(message, "t", utc_us) >= 0);
	assert_done(send_call(message));
}

static void latch(uint32_t slot, uint64_t wh)
{
	stage.latch[stage.n++] = (struct profile_latch){
		.slot = slot, .flags = 1, .registers = { wh, 10, 20, 30 }
	};
}

/* As metrologyd, then as time, goes on. */
static void half_hours(uint32_t from, uint32_t to)
{
	for (uint32_t slot = from; slot < to; slot++) {
		latch(slot, 1000 + (slot - START) * 100);
		set_time(US(slot) + 5 * USEC_PER_SEC);
	}
}

/* "slot:register " of each */
static const char *readings(const char *meter, uint32_t after, uint32_t limit)
{
	static char text[8192];
	sd_bus_message *answer = CALL(STORAGE_PATH, "GetReadings", "stu", meter,
				      US(after), limit);
	const uint64_t *registers;
	size_t octets, len = 0;
	uint64_t at_us;
	uint32_t flags;

	assert_fine(answer);
	text[0] = '\0';
	assert_true(sd_bus_message_enter_container(answer, 'a', "(tatu)") >= 0);
	while (sd_bus_message_enter_container(answer, 'r', "tatu") > 0) {
		assert_true(sd_bus_message_read(answer, "t", &at_us) >= 0);
		assert_true(sd_bus_message_read_array(answer, 't',
						      (const void **)&registers,
						      &octets) >= 0);
		assert_true(sd_bus_message_read(answer, "u", &flags) >= 0);
		assert_true(sd_bus_message_exit_container(answer) >= 0);
		len += (size_t)snprintf(
			text + len, sizeof(text) - len, "%d:%u ",
			(int)(at_us / PROFILE_SLOT_US) - (int)START,
			(unsigned int)registers[0]);
	}
	sd_bus_message_unref(answer);
	return text;
}

/* --- half hours */

static void pulled_from_metrologyd(void **state)
{
	unsigned int asked;

	(void)state;
	set_time(US(START) - 1);
	assert_string_equal(readings("electricity0", 0, 0), "");
	half_hours(START, START + 3);
	assert_string_equal(readings("electricity0", 0, 0),
			    "0:1000 1:1100 2:1200 ");
	assert_string_equal(readings("electricity0", START, 0),
			    "1:1100 2:1200 ");
	assert_string_equal(readings("electricity0", START, 1), "1:1100 ");
	assert_string_equal(readings("electricity0", START + 2, 0), "");
	assert_string_equal(readings("gas0", 0, 0), "");
	/* Nothing is due, nobody is asked. */
	asked = stage.asked;
	set_time(US(START + 2) + 120 * USEC_PER_SEC);
	assert_int_equal(stage.asked, asked);
	/* It cannot say, it can again: nothing is lost. */
	stage.silent = true;
	half_hours(START + 3, START + 5);
	assert_string_equal(readings("electricity0", START + 1, 0), "2:1200 ");
	stage.silent = false;
	set_time(US(START + 4) + 70 * USEC_PER_SEC);
	assert_string_equal(readings("electricity0", START + 1, 0),
			    "2:1200 3:1300 4:1400 ");
	restart();
	/* Two days without us. */
	for (uint32_t slot = START + 5; slot < START + 101; slot++)
		latch(slot, 1000 + (slot - START) * 100);
	set_time(US(START + 100) + 5 * USEC_PER_SEC);
	assert_string_equal(readings("electricity0", START + 98, 0),
			    "99:10900 100:11000 ");
	/* One that it has no business to have yet. */
	latch(START + 101, 11100);
	latch(START + 102, 11200);
	set_time(US(START + 101) + 5 * USEC_PER_SEC);
	assert_string_equal(readings("electricity0", START + 99, 0),
			    "100:11000 101:11100 ");
	assert_string_equal(readings("electricity0", START + 4, 2),
			    "5:1500 6:1600 ");
}

/* What is wrong with one meter holds up no other, however much there is. */
static void one_fails(void **state)
{
	static unsigned int one = 1;

	(void)state;
	assert_true(sd_bus_add_object_vtable(
			    stage.bus, NULL, METER_ROOT "/gas0",
			    "uk.hearth.Metrology1", metrology, &one) >= 0);
	set_time(US(START) - 1);
	half_hours(START, START + 2);
	assert_string_equal(readings("electricity0", 0, 0), "0:1000 1:1100 ");
	assert_string_equal(readings("gas0", 0, 0), "0:1000 1:1100 ");
	assert_int_equal(store_run(storage.service.store,
				   "CREATE TRIGGER no BEFORE INSERT ON piece "
				   "WHEN NEW.id >> 32 = 16 BEGIN"
				   " SELECT RAISE(ABORT, 'no'); END",
				   ""),
			 0);
	for (uint32_t slot = START + 2; slot < START + 150; slot++)
		latch(slot, 1000 + (slot - START) * 100);
	set_time(US(START + 149) + 5 * USEC_PER_SEC);
	assert_string_equal(readings("electricity0", 0, 0), "0:1000 1:1100 ");
	assert_string_equal(readings("gas0", START + 147, 0),
			    "148:15800 149:15900 ");
	assert_int_equal(
		store_run(storage.service.store, "DROP TRIGGER no", ""), 0);
	set_time(US(START + 149) + 70 * USEC_PER_SEC);
	assert_string_equal(readings("electricity0", START + 147, 0),
			    "148:15800 149:15900 ");
}

static void clock_put_back(void **state)
{
	(void)state;
	set_time(US(START) - 1);
	half_hours(START, START + 3);
	assert_int_equal(stage.alerts_changed, 0);
	set_time(US(START));
	assert_int_equal(storage.alerts, ALERT_CLOCK_BEHIND);
	set_time(US(START + 1));
	half_hours(START + 3, START + 4);
	assert_int_equal(storage.alerts, 0);
	assert_int_equal(stage.alerts_changed, 2);
}

static void disk_full(void **state)
{
	struct rlimit none = { 0, RLIM_INFINITY }, before;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	none.rlim_max = before.rlim_max;
	set_time(US(START) - 1);
	half_hours(START, START + 2);
	setrlimit(RLIMIT_FSIZE, &none);
	half_hours(START + 2, START + 4);
	assert_error(CALL(STORAGE_PATH, "Append", "stsstqss", "a", UINT64_C(1),
			  "gas0", "event", UINT64_C(1), 0, "x", ""),
		     ERROR_STORAGE);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_true(storage.alerts & (ALERT_DISK_FULL | ALERT_DISK_FAILED));
	assert_int_equal(stage.alerts_changed, 1);
	assert_string_equal(readings("electricity0", 0, 0), "0:1000 1:1100 ");
	set_time(US(START + 3) + 70 * USEC_PER_SEC);
	assert_int_equal(storage.alerts, 0);
	assert_string_equal(readings("electricity0", START, 0),
			    "1:1100 2:1200 3:1300 ");
}

static sd_bus_message *put_readings(const char *meter, uint64_t at_us,
				    size_t registers, unsigned int count)
{
	static const uint64_t values[4] = { 7, 8, 9, 10 };
	sd_bus_message *message =
		new_call(STORAGE_PATH, STORAGE_INTERFACE, "PutReadings");

	assert_true(sd_bus_message_append(message, "s", meter) >= 0);
	assert_true(sd_bus_message_open_container(message, 'a', "(tatu)") >= 0);
	for (; count; count--, at_us += PROFILE_SLOT_US) {
		assert_true(sd_bus_message_open_container(message, 'r',
							  "tatu") >= 0);
		assert_true(sd_bus_message_append(message, "t", at_us) >= 0);
		assert_true(sd_bus_message_append_array(
				    message, 't', values,
				    registers * sizeof(*values)) >= 0);
		assert_true(sd_bus_message_append(message, "u", 0) >= 0);
		assert_true(sd_bus_message_close_container(message) >= 0);
	}
	assert_true(sd_bus_message_close_container(message) >= 0);
	return send_call(message);
}

static void brought_from_the_han(void **state)
{
	(void)state;
	assert_error(put_readings("generation0", US(START), 1, 1),
		     ERROR_NOT_NOW);
	set_time(US(START + 10));
	assert_done(put_readings("generation0", US(START), 1, 2));
	assert_done(put_readings("generation0", US(START), 1, 3));
	assert_string_equal(readings("generation0", 0, 0), "0:7 1:7 2:7 ");
	assert_error(put_readings("generation0", US(START + 3) + 1, 1, 1),
		     ERROR_INVALID);
	assert_error(put_readings("generation0", US(START + 3), 2, 1),
		     ERROR_INVALID);
	assert_error(put_readings("generation0", US(START + 3), 0, 1),
		     ERROR_INVALID);
	assert_error(put_readings("generation0", 0, 1, 1), ERROR_INVALID);
	assert_error(put_readings("generation0", US(START - 100), 1, 97),
		     ERROR_INVALID);
	assert_error(put_readings("generation0", US(START + 3), 1, 20),
		     ERROR_RANGE);
	assert_error(put_readings("electricity0", US(START + 3), 4, 1),
		     ERROR_INVALID);
	assert_error(put_readings("tidal0", US(START + 3), 1, 1),
		     ERROR_NO_SUCH);
	assert_string_equal(readings("generation0", 0, 0), "0:7 1:7 2:7 ");
}

/* --- profiles and exports */

/* All of an answer's memfd, and that nobody can change it. */
static char *contents(sd_bus_message *answer, size_t *ret_len)
{
	struct stat seen;
	char *data;
	int fd;

	assert_fine(answer);
	assert_true(sd_bus_message_read(answer, "h", &fd) >= 0);
	assert_int_equal(fcntl(fd, F_GET_SEALS), F_SEAL_SHRINK | F_SEAL_GROW |
							 F_SEAL_WRITE |
							 F_SEAL_SEAL);
	assert_int_equal(fstat(fd, &seen), 0);
	data = calloc(1, (size_t)seen.st_size + 1);
	assert_non_null(data);
	assert_int_equal(read(fd, data, (size_t)seen.st_size), seen.st_size);
	sd_bus_message_unref(answer);
	if (ret_len)
		*ret_len = (size_t)seen.st_size;
	return data;
}

/* "slot+slots:amount/register(reason) " of each */
static const char *profile(const char *path, uint64_t from_us, uint64_t to_us)
{
	static char text[4096];
	size_t len, out = 0;
	char *data = contents(CALL(path, "GetProfile", "sstt", "electricity0",
				   "active-import", from_us, to_us),
			      &len);
	struct reader r = reader_of(SPAN((const uint8_t *)data, len));
	uint64_t n, begin_us, end_us, at_us = 0, slots = 0;

	assert_memory_equal(read_bytes(&r, 8).p, EXPORT_MAGIC, 8);
	assert_int_equal(read_le32(&r), EXPORT_RECORD_OCTETS);
	n = read_le32(&r);
	begin_us = read_le(&r, 8);
	end_us = read_le(&r, 8);
	assert_int_equal(len, EXPORT_HEADER_OCTETS + n * EXPORT_RECORD_OCTETS);
	text[0] = '\0';
	for (uint64_t at = 0; at < n; at++) {
		uint64_t amount, end, reason;

		at_us = read_le(&r, 8);
		if (!at)
			assert_int_equal(begin_us, at_us);
		amount = read_le(&r, 8);
		end = read_le(&r, 8);
		slots = read_le(&r, 4);
		reason = read_le(&r, 2);
		assert_int_equal(read_le(&r, 2), 1);
		out += (size_t)snprintf(
			text + out, sizeof(text) - out, "%d+%u:%u/%u(%u) ",
			(int)(at_us / PROFILE_SLOT_US) - (int)START,
			(unsigned int)slots, (unsigned int)amount,
			(unsigned int)end, (unsigned int)reason);
	}
	assert_int_equal(end_us, at_us + US(slots));
	free(data);
	return text;
}

static void some_history(void)
{
	set_time(US(START) - 1);
	half_hours(START, START + 4);
	/* Two boundaries missing. */
	for (uint32_t slot = START + 4; slot < START + 6; slot++)
		set_time(US(slot) + 5 * USEC_PER_SEC);
	half_hours(START + 6, START + 8);
}

static void profiles(void **state)
{
	(void)state;
	some_history();
	assert_string_equal(profile(STORAGE_PATH, 0, 0),
			    "0+1:100/1100(0) 1+1:100/1200(0) 2+1:100/1300(0) "
			    "3+3:300/1600(1) 6+1:100/1700(0) ");
	/* What overlaps a range is in it, whole. */
	assert_string_equal(profile(STORAGE_PATH, US(START + 1), US(START + 2)),
			    "1+1:100/1200(0) ");
	assert_string_equal(profile(STORAGE_PATH, US(START + 5),
				    US(START + 6) + 1),
			    "3+3:300/1600(1) 6+1:100/1700(0) ");
	assert_string_equal(profile(STORAGE_PATH, US(START + 6), 0),
			    "6+1:100/1700(0) ");
	assert_string_equal(profile(STORAGE_PATH, US(START + 7), 0), "");
	assert_string_equal(profile(STORAGE_PATH, UINT64_MAX, UINT64_MAX), "");
	assert_string_equal(profile(STORAGE_PATH, 0, 1), "");
	assert_error(CALL(STORAGE_PATH, "GetProfile", "sstt", "electricity0",
			  "gas-volume", UINT64_C(0), UINT64_C(0)),
		     ERROR_NO_SUCH);
	assert_error(CALL(STORAGE_PATH, "GetProfile", "sstt", "water0",
			  "active-import", UINT64_C(0), UINT64_C(0)),
		     ERROR_NO_SUCH);
}

static void append(uint64_t sequence, const char *log, uint32_t slot,
		   const char *text)
{
	assert_done(CALL(STORAGE_PATH, "Append", "stsstqss", "tariffd-1",
			 sequence, "electricity0", log, US(slot), 0x8f0a, text,
			 "{\"a\":\"b\"}"));
}

/* "number:text " of each */
static const char *records(const char *path, const char *log)
{
	static char out[4096];
	sd_bus_message *answer = CALL(path, "ReadLog", "sstt", "electricity0",
				      log, UINT64_C(0), UINT64_C(0));
	const char *text, *detail;
	uint64_t number, at_us;
	uint16_t code;
	size_t len = 0;

	assert_fine(answer);
	out[0] = '\0';
	assert_true(sd_bus_message_enter_container(answer, 'a', "(ttqss)") >=
		    0);
	while (sd_bus_message_read(answer, "(ttqss)", &number, &at_us, &code,
				   &text, &detail) > 0)
		len += (size_t)snprintf(out + len, sizeof(out) - len, "%u:%s ",
					(unsigned int)number, text);
	sd_bus_message_unref(answer);
	return out;
}

static void logs(void **state)
{
	(void)state;
	append(1, "event", START, "one");
	append(1, "event", START, "one");
	append(2, "event", START + 1, "two");
	append(3, "billing", START + 2, "bill");
	assert_string_equal(records(STORAGE_PATH, "event"), "1:one 2:two ");
	assert_string_equal(records(STORAGE_PATH, "billing"), "1:bill ");
	assert_string_equal(stage.logged,
			    "electricity0/event/1 electricity0/event/2 "
			    "electricity0/billing/1 ");
	restart();
	assert_string_equal(records(STORAGE_PATH, "event"), "1:one 2:two ");
	assert_error(CALL(STORAGE_PATH, "Append", "stsstqss", "a", UINT64_C(1),
			  "electricity0", "rumour", UINT64_C(1), 0, "x", ""),
		     ERROR_INVALID);
	assert_error(CALL(STORAGE_PATH, "ReadLog", "sstt", "electricity0",
			  "rumour", UINT64_C(0), UINT64_C(0)),
		     ERROR_NO_SUCH);
	assert_error(CALL(STORAGE_PATH, "ReadLog", "sstt", "electricity",
			  "event", UINT64_C(0), UINT64_C(0)),
		     ERROR_NO_SUCH);
}

/* What was before is not shown any more, but to the supplier. */
static void change_of_tenancy(void **state)
{
	(void)state;
	some_history();
	append(1, "billing", START + 2, "old");
	append(2, "billing", START + 5, "new");
	assert_error(CALL(STORAGE_PATH, "SetTenancy", "t", US(START + 8)),
		     ERROR_RANGE);
	/* In the middle of the gap: that belongs to those before, too. */
	assert_done(CALL(STORAGE_PATH, "SetTenancy", "t", US(START + 5)));
	assert_error(CALL(STORAGE_PATH, "SetTenancy", "t", US(START + 4)),
		     ERROR_RANGE);
	restart();
	assert_string_equal(profile(STORAGE_PATH, 0, 0), "6+1:100/1700(0) ");
	assert_string_equal(records(STORAGE_PATH, "billing"), "2:new ");
	assert_string_equal(profile(STORAGE_SUPPLIER_PATH, 0, US(START + 1)),
			    "0+1:100/1100(0) ");
	assert_string_equal(records(STORAGE_SUPPLIER_PATH, "billing"),
			    "1:old 2:new ");
	/* The chain goes on from wherever it was. */
	assert_string_equal(readings("electricity0", START, 2),
			    "1:1100 2:1200 ");
}

static const char csv[] =
	"meter,series,begin,end,value,unit,register,quality,latched_by,code,"
	"text,detail\r\n"
	"electricity0,active-import,2026-01-01T03:00:00Z,2026-01-01T03:30:00Z,"
	"100,Wh,1700,exact,hub,,,\r\n"
	"electricity0,active-export,2026-01-01T03:00:00Z,2026-01-01T03:30:00Z,"
	"0,Wh,10,exact,hub,,,\r\n"
	"electricity0,reactive-import,2026-01-01T03:00:00Z,"
	"2026-01-01T03:30:00Z,0,varh,20,exact,hub,,,\r\n"
	"electricity0,reactive-export,2026-01-01T03:00:00Z,"
	"2026-01-01T03:30:00Z,0,varh,30,exact,hub,,,\r\n"
	"electricity0,event,2026-01-01T03:30:00Z,,,,,,,36618,"
	"\"say \"\"hello\"\"\",\"{\"\"a\"\":\"\"b\"\"}\"\r\n";

static const char json[] =
	"{\"format\":\"hearth-export-1\",\"from\":\"2026-01-01T03:00:00Z\","
	"\"to\":\"\",\"meters\":[{\"meter\":\"electricity0\",\"units\":{"
	"\"active-import\":\"Wh\",\"active-export\":\"Wh\","
	"\"reactive-import\":\"varh\",\"reactive-export\":\"varh\"},"
	"\"half_hours\":[\n"
	"{\"begin\":\"2026-01-01T03:00:00Z\",\"end\":\"2026-01-01T03:30:00Z\","
	"\"quality\":\"exact\",\"latched_by\":\"hub\","
	"\"active-import\":{\"value\":100,\"register\":1700},"
	"\"active-export\":{\"value\":0,\"register\":10},"
	"\"reactive-import\":{\"value\":0,\"register\":20},"
	"\"reactive-export\":{\"value\":0,\"register\":30}}],\n"
	"\"logs\":{\"event\":[\n"
	"{\"number\":2,\"at\":\"2026-01-01T03:30:00Z\",\"code\":36618,"
	"\"text\":\"say \\\"hello\\\"\","
	"\"detail\":\"{\\\"a\\\":\\\"b\\\"}\"}],\n"
	"\"security\":[],\n\"power\":[],\n\"auxiliary\":[],\n\"billing\":[],\n"
	"\"daily-read\":[],\n\"prepayment-daily-read\":[],\n"
	"\"daily-consumption\":[]}}]}\n";

static void exports(void **state)
{
	char *data;

	(void)state;
	data = contents(CALL(STORAGE_PATH, "Export", "stt", "json", UINT64_C(0),
			     UINT64_C(0)),
			NULL);
	assert_string_equal(data,
			    "{\"format\":\"hearth-export-1\",\"from\":"
			    "\"1970-01-01T00:00:00Z\",\"to\":\"\",\"meters\":"
			    "[]}\n");
	free(data);
	some_history();
	append(1, "event", START + 5, "earlier");
	append(2, "event", START + 7, "say \"hello\"");
	data = contents(CALL(STORAGE_PATH, "Export", "stt", "csv",
			     US(START + 6), UINT64_C(0)),
			NULL);
	assert_string_equal(data, csv);
	free(data);
	data = contents(CALL(STORAGE_PATH, "Export", "stt", "json",
			     US(START + 6), UINT64_C(0)),
			NULL);
	assert_string_equal(data, json);
	free(data);
	assert_error(CALL(STORAGE_PATH, "Export", "stt", "pdf", UINT64_C(0),
			  UINT64_C(0)),
		     ERROR_INVALID);
	/* And cut: nothing of before. */
	assert_done(CALL(STORAGE_PATH, "SetTenancy", "t", US(START + 6)));
	data = contents(CALL(STORAGE_PATH, "Export", "stt", "csv", UINT64_C(0),
			     UINT64_C(0)),
			NULL);
	assert_string_equal(data, csv);
	free(data);
	data = contents(CALL(STORAGE_SUPPLIER_PATH, "Export", "stt", "csv",
			     UINT64_C(0), UINT64_C(0)),
			NULL);
	assert_non_null(strstr(data, "earlier"));
	free(data);
}

static uint64_t number(const char *property)
{
	CLEANUP(cleanup_message) sd_bus_message *answer = NULL;
	sd_bus_message *message = new_call(
		STORAGE_PATH, "org.freedesktop.DBus.Properties", "Get");
	uint64_t value;

	assert_true(sd_bus_message_append(message, "ss", STORAGE_INTERFACE,
					  property) >= 0);
	answer = send_call(message);
	assert_fine(answer);
	assert_true(sd_bus_message_read(answer, "v", "t", &value) >= 0);
	return value;
}

static void properties(void **state)
{
	(void)state;
	assert_int_equal(number("OldestData"), 0);
	assert_int_equal(number("Tenancy"), 0);
	some_history();
	assert_int_equal(number("OldestData"), US(START));
	assert_in_range(number("DatabaseSize"), 4096, 65536);
	assert_done(CALL(STORAGE_PATH, "SetTenancy", "t", US(START)));
	assert_int_equal(number("Tenancy"), US(START));
}

static void database_set_aside(void **state)
{
	FILE *file;

	(void)state;
	some_history();
	stop();
	file = fopen(stage.end.path, "r+e");
	assert_non_null(file);
	for (int n = 0; n < 1024; n++)
		putc(0x5a, file);
	fclose(file);
	start();
	set_time(US(START + 7) + 70 * USEC_PER_SEC);
	assert_int_equal(storage.alerts, ALERT_SET_ASIDE);
	assert_string_equal(records(STORAGE_PATH, "event"),
			    "1:The history was damaged: it is put aside, and "
			    "begun anew ");
	/* As much as metrologyd still has is there again. */
	assert_string_equal(readings("electricity0", START + 5, 0),
			    "6:1600 7:1700 ");
}

int main(void)
{
#define TEST(_name) cmocka_unit_test_setup_teardown(_name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(pulled_from_metrologyd),
		TEST(one_fails),
		TEST(clock_put_back),
		TEST(disk_full),
		TEST(brought_from_the_han),
		TEST(profiles),
		TEST(logs),
		TEST(change_of_tenancy),
		TEST(exports),
		TEST(properties),
		TEST(database_set_aside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
