// SPDX-License-Identifier: LGPL-2.1-or-later
#include "util.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <systemd/sd-daemon.h>

void log_at(enum log_level level, const char *format, ...)
{
	va_list args;

	/* The prefix is for journald; on a terminal it would only disturb. */
	if (!isatty(STDERR_FILENO))
		fprintf(stderr, "<%d>", level);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

static uint64_t clock_us(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * USEC_PER_SEC + (uint64_t)ts.tv_nsec / 1000;
}

uint64_t now_boottime_us(void)
{
	return clock_us(CLOCK_BOOTTIME);
}

uint64_t now_utc_us(void)
{
	return clock_us(CLOCK_REALTIME);
}

int open_bus(const char *which, sd_bus **ret_bus)
{
	if (!which)
		which = getenv("HEARTH_BUS");
	if (!which || !strcmp(which, "system"))
		return sd_bus_open_system(ret_bus);
	if (!strcmp(which, "session"))
		return sd_bus_open_user(ret_bus);
	return -EINVAL;
}

int parse_int(const char *text, int64_t min, int64_t max, int64_t *ret)
{
	const char *digits = text + (*text == '-');
	long long value;
	char *end;

	if (*digits < '0' || *digits > '9')
		return -EINVAL;
	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno || *end || value < min || value > max)
		return -EINVAL;
	*ret = value;
	return 0;
}

int run_loop(sd_event *event)
{
	sigset_t set;
	int r;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	r = sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL);
	if (r >= 0)
		r = sd_event_add_signal(event, NULL, SIGINT, NULL, NULL);
	if (r >= 0)
		r = sd_event_set_watchdog(event, true);
	if (r < 0) {
		log_error("cannot set up the event loop: %s", strerror(-r));
		return EXIT_FAILURE;
	}
	(void)sd_notify(false, "READY=1");
	r = sd_event_loop(event);
	(void)sd_notify(false, "STOPPING=1");
	if (r < 0) {
		log_error("event loop: %s", strerror(-r));
		return EXIT_FAILURE;
	}
	return r;
}
