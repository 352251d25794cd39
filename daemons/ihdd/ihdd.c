// SPDX-License-Identifier: LGPL-2.1-or-later
/* The in-home display; see ihdd(8). */
#include "ihdd.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <string.h>
#include <time.h>

#define TICK_US (1 * USEC_PER_SEC)
#define DEFAULT_CONFIG "/etc/hearth/ihdd.conf"
#define ZONEINFO "/usr/share/zoneinfo"
#define DEFAULT_STATE "/var/lib/hearth-ihd/today"

static void local_time(struct today_time *now)
{
	time_t t = (time_t)(now_utc_us() / USEC_PER_SEC);
	struct tm tm;

	localtime_r(&t, &tm);
	now->utc_s = t;
	now->day = (tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 +
		   tm.tm_mday;
	now->second = tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
}

static void count_today(struct manager *manager,
			const struct ihd_readings *readings)
{
	struct today_time now;

	if (!manager->source.registers_new ||
	    readings->import_wh.quality != IHD_VALID ||
	    readings->export_wh.quality != IHD_VALID)
		return;
	manager->source.registers_new = false;
	local_time(&now);
	if (today_update(&manager->today, &now, readings->import_wh.value,
			 readings->export_wh.value) ||
	    manager->state_failed)
		state_save(manager);
}

static void refresh(struct manager *manager)
{
	struct ihd_readings readings;
	char since[16] = "";
	struct tm tm;
	time_t t;

	source_readings(&manager->source, now_boottime_us(), &readings);
	count_today(manager, &readings);
	t = (time_t)manager->today.since_s;
	localtime_r(&t, &tm);
	strftime(since, sizeof(since), "%H:%M", &tm);
	ihd_view_make(&manager->view, &manager->state, &manager->config,
		      &readings, &manager->today, since);
	ihd_bus_changed(manager);
	ihd_http_view(manager->http, &manager->view);
}

static int on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct manager *manager = userdata;
	int r;

	(void)usec;
	refresh(manager);
	r = sd_event_source_set_time_relative(source, TICK_US);
	if (r < 0)
		return r;
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static int read_config(struct ihd_config *config, const char *path, bool wanted)
{
	CLEANUP(cleanup_fclose) FILE *file = fopen(path, "re");
	char text[8192], why[300];
	size_t len;

	if (!file) {
		if (errno == ENOENT && !wanted)
			return 0;
		log_error("%s: %s", path, strerror(errno));
		return -EINVAL;
	}
	len = fread(text, 1, sizeof(text), file);
	if (ferror(file) || len == sizeof(text)) {
		log_error("%s: cannot be read, or over %zu bytes", path,
			  sizeof(text) - 1);
		return -EINVAL;
	}
	if (ihd_config_parse(config, text, len, why, sizeof(why))) {
		log_error("%s: %s; see ihdd.conf(5)", path, why);
		return -EINVAL;
	}
	return 0;
}

/*
 * The C library takes any text for a time zone, and UTC for one it does not
 * know: the day would begin at the wrong time, and nobody would know why.
 */
static int check_timezone(const char *name)
{
	CLEANUP(cleanup_fclose) FILE *file = NULL;
	char path[256], magic[4];

	if (*name && *name != '/' && !strstr(name, "..") &&
	    (size_t)snprintf(path, sizeof(path), ZONEINFO "/%s", name) <
		    sizeof(path))
		file = fopen(path, "re");
	if (file && fread(magic, sizeof(magic), 1, file) == 1 &&
	    !memcmp(magic, "TZif", sizeof(magic)))
		return 0;
	log_error("timezone: no \"%s\" in " ZONEINFO "; see ihdd.conf(5)",
		  name);
	return -EINVAL;
}

static int manager_start(struct manager *manager, const char *bus)
{
	int r;

	r = sd_event_default(&manager->event);
	if (r < 0)
		return r;
	r = open_bus(bus, &manager->bus);
	if (r < 0)
		return r;
	r = sd_bus_attach_event(manager->bus, manager->event, 0);
	if (r < 0)
		return r;
	r = ihd_http_start(&manager->http, manager->event, &manager->config);
	if (r < 0)
		return r;
	log_info("display on port %u", ihd_http_port(manager->http));
	r = ihd_bus_add(manager);
	if (r < 0)
		return r;
	r = source_start(manager);
	if (r < 0)
		return r;
	return sd_event_add_time_relative(manager->event, &manager->tick,
					  CLOCK_MONOTONIC, 0, 0, on_tick,
					  manager);
}

static void manager_stop(struct manager *manager)
{
	sd_event_source_disable_unref(manager->tick);
	ihd_http_stop(manager->http);
	sd_bus_flush_close_unref(manager->bus);
	sd_event_unref(manager->event);
}

static void usage(FILE *out)
{
	fputs("Usage: ihdd [OPTION]...\n\n"
	      "Show the meter's readings as a web page and as uk.hearth.Ihd1.\n\n"
	      "  --config=FILE         default " DEFAULT_CONFIG "\n"
	      "  --state=FILE          default " DEFAULT_STATE "\n"
	      "  --bus=system|session  where (default: $HEARTH_BUS, or system)\n"
	      "  --help, --version\n",
	      out);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "state", required_argument, NULL, 's' },
		{ "bus", required_argument, NULL, 'b' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	const char *bus = NULL, *config = NULL;
	static struct manager manager;
	int opt, r;

	manager.state_path = DEFAULT_STATE;
	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (opt) {
		case 'c':
			config = optarg;
			break;
		case 's':
			manager.state_path = optarg;
			break;
		case 'b':
			bus = optarg;
			break;
		case 'h':
			usage(stdout);
			return 0;
		case 'v':
			puts("ihdd " HEARTH_VERSION);
			return 0;
		default:
			usage(stderr);
			return 2;
		}
	}
	if (optind < argc) {
		usage(stderr);
		return 2;
	}
	manager.config = ihd_config_default;
	if (read_config(&manager.config, config ? config : DEFAULT_CONFIG,
			config) ||
	    check_timezone(manager.config.timezone))
		return EXIT_FAILURE;
	setenv("TZ", manager.config.timezone, 1);
	tzset();
	state_load(&manager);
	r = manager_start(&manager, bus);
	if (r < 0)
		log_error("cannot start: %s%s", strerror(-r),
			  r == -EADDRINUSE ? " (port: see ihdd.conf)" : "");
	else
		r = run_loop(manager.event);
	manager_stop(&manager);
	return r < 0 ? EXIT_FAILURE : r;
}
