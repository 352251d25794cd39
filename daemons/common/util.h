/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small things every daemon uses. */
#ifndef HEARTH_UTIL_H
#define HEARTH_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define USEC_PER_MSEC UINT64_C(1000)
#define USEC_PER_SEC UINT64_C(1000000)

/* Run fn on the variable when it goes out of scope. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

static inline void cleanup_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_fclose(FILE **file)
{
	if (*file)
		fclose(*file);
}

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_bus(sd_bus **bus)
{
	sd_bus_flush_close_unref(*bus);
}

static inline void cleanup_message(sd_bus_message **message)
{
	sd_bus_message_unref(*message);
}

static inline void cleanup_event(sd_event **event)
{
	sd_event_unref(*event);
}

static inline void cleanup_bus_error(sd_bus_error *error)
{
	sd_bus_error_free(error);
}

/* To standard error with the priority journald understands. */
enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO = 6
};
void log_at(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
#define log_error(...) log_at(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_at(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...) log_at(LOG_LEVEL_INFO, __VA_ARGS__)

/* Microseconds of CLOCK_BOOTTIME (for ages) and of UTC. */
uint64_t now_boottime_us(void);
uint64_t now_utc_us(void);

/* "system", "session" or NULL (HEARTH_BUS, or system). 0 or negative errno. */
int open_bus(const char *which, sd_bus **ret_bus);

/* Whole decimal number from min to max: 0, or -EINVAL, *ret unchanged. */
int parse_int(const char *text, int64_t min, int64_t max, int64_t *ret);

/*
 * Run a daemon's loop: SIGTERM and SIGINT end it, systemd is told that it is
 * ready, and that it lives. Returns the exit status for main().
 */
int run_loop(sd_event *event);

#endif /* HEARTH_UTIL_H */
