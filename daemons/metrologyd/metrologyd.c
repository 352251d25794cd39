// SPDX-License-Identifier: LGPL-2.1-or-later
/* From the kernel's metrology device to the bus; see metrologyd(8). */
#include "metrologyd.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#define RETRY_US (1 * USEC_PER_SEC)
#define WATCH_US (USEC_PER_SEC / 2)

static int again(sd_event_source *source, uint64_t after_us)
{
	int r = sd_event_source_set_time_relative(source, after_us);

	if (r < 0)
		return r;
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static void lose_device(struct manager *manager, int error)
{
	manager->readable = sd_event_source_disable_unref(manager->readable);
	iio_device_close(&manager->device);
	meter_set_source(&manager->meter, error == -ENODEV ?
						  METER_SOURCE_NO_DEVICE :
						  METER_SOURCE_ERROR);
	metrology_bus_changed(manager);
	(void)again(manager->retry, RETRY_US);
}

static int on_readable(sd_event_source *source, int fd, uint32_t events,
		       void *userdata)
{
	struct manager *manager = userdata;
	int64_t values[METER_VALUES];
	uint64_t now = now_boottime_us(), boot_us = now;
	int r;

	(void)source, (void)fd, (void)events;
	r = iio_device_read(&manager->device, values, &boot_us);
	if (r < 0) {
		log_warning("metrology device lost: %s", strerror(-r));
		lose_device(manager, r);
		return 0;
	}
	if (!r)
		return 0;
	/* What comes from the future is from now. */
	if (boot_us > now)
		boot_us = now;
	if (meter_update(&manager->meter, values, boot_us,
			 now_utc_us() - (now - boot_us)))
		log_error(
			"%s",
			manager->meter.went_back ?
				"a register went back: was the meter replaced?" :
				"registers are back where they were");
	latches_update(&manager->latches, &manager->meter);
	manager->last_scan_us = now;
	manager->stale_told = false;
	metrology_bus_changed(manager);
	return 0;
}

static const char *advice(int error)
{
	switch (error) {
	case -ENODEV:
		return "no metrology device yet: is the hearth-mcu driver "
		       "loaded, does the MCU answer?";
	case -EBUSY:
		return "another program reads the metrology device";
	case -EACCES:
	case -EPERM:
	case -EROFS:
		return "not allowed to use the metrology device: are the udev "
		       "rules installed?";
	case -EPROTO:
		return "the metrology device has other channels than expected: "
		       "do driver and daemon belong together?";
	default:
		return strerror(-error);
	}
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct manager *manager = userdata;
	enum meter_source state;
	int r;

	(void)usec;
	r = iio_device_open(&manager->device);
	if (r >= 0)
		r = sd_event_add_io(manager->event, &manager->readable,
				    manager->device.fd, EPOLLIN, on_readable,
				    manager);
	if (r >= 0) {
		log_info("reading %s", manager->device.path);
		manager->last_error = 0;
		state = METER_SOURCE_SILENT;
		manager->last_scan_us = now_boottime_us();
	} else {
		iio_device_close(&manager->device);
		if (r != manager->last_error)
			log_warning("%s", advice(r));
		manager->last_error = r;
		state = r == -ENODEV ? METER_SOURCE_NO_DEVICE :
				       METER_SOURCE_ERROR;
		(void)again(source, RETRY_US);
	}
	if (state != manager->meter.source) {
		meter_set_source(&manager->meter, state);
		metrology_bus_changed(manager);
	}
	return 0;
}

static bool silent(const struct manager *manager)
{
	return now_boottime_us() - manager->last_scan_us > METER_STALE_US;
}

/* Says once that readings have turned stale. */
static int on_watch(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct manager *manager = userdata;

	(void)usec;
	/*
	 * Once its driver is unbound the kernel's IIO never reports the node as
	 * readable or hung up; only a read says that the device is gone.
	 */
	if (manager->device.fd >= 0 && silent(manager))
		(void)on_readable(manager->readable, manager->device.fd, 0,
				  manager);
	if (!manager->stale_told && silent(manager)) {
		manager->stale_told = true;
		if (manager->device.fd >= 0)
			meter_set_source(&manager->meter, METER_SOURCE_SILENT);
		metrology_bus_changed(manager);
	}
	(void)again(source, WATCH_US);
	return 0;
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
	r = metrology_bus_add(manager);
	if (r < 0)
		return r;
	r = sd_event_add_time_relative(manager->event, &manager->retry,
				       CLOCK_MONOTONIC, 0, 0, on_retry,
				       manager);
	if (r < 0)
		return r;
	return sd_event_add_time_relative(manager->event, &manager->watch,
					  CLOCK_MONOTONIC, WATCH_US, 0,
					  on_watch, manager);
}

static void manager_stop(struct manager *manager)
{
	sd_event_source_disable_unref(manager->readable);
	sd_event_source_disable_unref(manager->retry);
	sd_event_source_disable_unref(manager->watch);
	sd_event_source_disable_unref(manager->signal);
	iio_device_close(&manager->device);
	sd_bus_flush_close_unref(manager->bus);
	sd_event_unref(manager->event);
}

static void usage(FILE *out)
{
	fputs("Usage: metrologyd [OPTION]...\n\n"
	      "Publish the meter's readings as uk.hearth.Metrology1.\n\n"
	      "  --bus=system|session  where (default: $HEARTH_BUS, or system)\n"
	      "  --sysfs=DIR           instead of /sys/bus/iio/devices\n"
	      "  --dev=DIR             instead of /dev\n"
	      "  --help, --version\n",
	      out);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "bus", required_argument, NULL, 'b' },
		{ "sysfs", required_argument, NULL, 's' },
		{ "dev", required_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	const char *bus = NULL, *sysfs = "/sys/bus/iio/devices", *dev = "/dev";
	static struct manager manager;
	int opt, r;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (opt) {
		case 'b':
			bus = optarg;
			break;
		case 's':
			sysfs = optarg;
			break;
		case 'd':
			dev = optarg;
			break;
		case 'h':
			usage(stdout);
			return 0;
		case 'v':
			puts("metrologyd " HEARTH_VERSION);
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
	meter_init(&manager.meter);
	latches_init(&manager.latches);
	iio_device_init(&manager.device, sysfs, dev);
	manager.last_scan_us = now_boottime_us();
	r = manager_start(&manager, bus);
	if (r < 0)
		log_error("cannot start: %s%s", strerror(-r),
			  r == -EEXIST ? " (is metrologyd running already?)" :
					 "");
	else
		r = run_loop(manager.event);
	manager_stop(&manager);
	return r < 0 ? EXIT_FAILURE : r;
}
