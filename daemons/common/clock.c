// SPDX-License-Identifier: LGPL-2.1-or-later
#include "clock.h"

#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>

#include "bus.h"

#define TASKS 8
#define CLOCK_PATH "/uk/hearth/clock"
#define CLOCK_INTERFACE "uk.hearth.Clock1"
#define CLOCK_END_US (UINT64_C(253402300800) * USEC_PER_SEC) /* year 10000 */
#define WAIT_SET_US (1 * USEC_PER_SEC)

struct task {
	uint64_t period_us, offset_us;
	uint64_t last; /* the period it was called in */
	int (*fn)(uint64_t utc_us, void *userdata);
	void *userdata;
};

struct clock {
	sd_event *event;
	bool simulated;
	uint64_t simulated_us;
	struct task task[TASKS];
	size_t n;
	bool soon;
	sd_event_source *timer;	  /* the next task */
	sd_event_source *stepped; /* the system's clock was set */
	int stepped_fd;
	sd_bus_slot *slot;
};

uint64_t clock_utc_us(const struct clock *clock)
{
	uint64_t now = clock->simulated ? clock->simulated_us : now_utc_us();

	return now < CLOCK_SET_US ? 0 : now;
}

static uint64_t period_of(const struct task *task, uint64_t utc_us)
{
	return (utc_us - task->offset_us) / task->period_us;
}

static void run_due(struct clock *clock, bool all)
{
	uint64_t now = clock_utc_us(clock);
	int r;

	if (!now)
		return;
	for (size_t n = 0; n < clock->n; n++) {
		struct task *task = &clock->task[n];
		uint64_t period = period_of(task, now);

		/* Not only later: a clock put back must not silence us. */
		if (period == task->last && !all)
			continue;
		task->last = period;
		r = task->fn(now, task->userdata);
		if (r < 0)
			log_warning("periodic work: %s", strerror(-r));
	}
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata);

/* Wake up for the first that is due. */
static int arm(struct clock *clock)
{
	uint64_t now = clock_utc_us(clock), first = UINT64_MAX;
	int r;

	if (clock->simulated || !clock->n)
		return 0;
	for (size_t n = 0; n < clock->n; n++) {
		const struct task *task = &clock->task[n];
		uint64_t next = (period_of(task, now) + 1) * task->period_us +
				task->offset_us;

		if (now && next - now < first)
			first = next - now;
	}
	if (!now)
		first = WAIT_SET_US;
	if (clock->soon)
		first = 0;
	if (!clock->timer)
		return sd_event_add_time_relative(clock->event, &clock->timer,
						  CLOCK_MONOTONIC, first, 0,
						  on_timer, clock);
	r = sd_event_source_set_time_relative(clock->timer, first);
	if (r < 0)
		return r;
	return sd_event_source_set_enabled(clock->timer, SD_EVENT_ONESHOT);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct clock *clock = userdata;
	bool all = clock->soon;

	(void)source, (void)usec;
	clock->soon = false;
	run_due(clock, all);
	return arm(clock);
}

/*
 * A timer that nobody waits for, but that the kernel cancels when the clock is
 * set: what is due then is done at once.
 */
static int watch_steps(struct clock *clock)
{
	struct itimerspec far = { .it_value.tv_sec = INT32_MAX };

	return timerfd_settime(clock->stepped_fd,
			       TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET,
			       &far, NULL) < 0 ?
		       -errno :
		       0;
}

static int on_stepped(sd_event_source *source, int fd, uint32_t events,
		      void *userdata)
{
	struct clock *clock = userdata;
	uint64_t count;

	(void)source, (void)events;
	if (read(fd, &count, sizeof(count)) < 0 && errno == EAGAIN)
		return 0;
	(void)watch_steps(clock);
	run_due(clock, false);
	return arm(clock);
}

static int set_time(sd_bus_message *message, void *userdata,
		    sd_bus_error *error)
{
	struct clock *clock = userdata;
	uint64_t utc_us;
	bool all = clock->soon;
	int r;

	r = bus_require(message, BUS_SUPPLIER, error);
	if (r < 0)
		return r;
	r = sd_bus_message_read(message, "t", &utc_us);
	if (r < 0)
		return r;
	if (utc_us < CLOCK_SET_US || utc_us >= CLOCK_END_US)
		return bus_fail(error, -ERANGE, "from 2020 until before 10000");
	clock->simulated_us = utc_us;
	clock->soon = false;
	run_due(clock, all);
	return sd_bus_reply_method_return(message, NULL);
}

static const sd_bus_vtable vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("SetTime", "t", "", set_time, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END,
};

static int use_system(struct clock *clock)
{
	int r;

	clock->stepped_fd =
		timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (clock->stepped_fd < 0)
		return -errno;
	r = watch_steps(clock);
	if (r < 0)
		return r;
	return sd_event_add_io(clock->event, &clock->stepped, clock->stepped_fd,
			       EPOLLIN, on_stepped, clock);
}

int clock_new(sd_event *event, sd_bus *bus, const char *which,
	      struct clock **ret)
{
	struct clock *clock;
	int r;

	if (strcmp(which, "system") != 0 && strcmp(which, "simulated") != 0)
		return -EINVAL;
	clock = calloc(1, sizeof(*clock));
	if (!clock)
		return -ENOMEM;
	clock->event = sd_event_ref(event);
	clock->stepped_fd = -1;
	clock->simulated = !strcmp(which, "simulated");
	r = clock->simulated ?
		    sd_bus_add_object_vtable(bus, &clock->slot, CLOCK_PATH,
					     CLOCK_INTERFACE, vtable, clock) :
		    use_system(clock);
	if (r < 0) {
		clock_free(clock);
		return r;
	}
	*ret = clock;
	return 0;
}

void clock_free(struct clock *clock)
{
	if (!clock)
		return;
	sd_bus_slot_unref(clock->slot);
	sd_event_source_disable_unref(clock->timer);
	sd_event_source_disable_unref(clock->stepped);
	if (clock->stepped_fd >= 0)
		close(clock->stepped_fd);
	sd_event_unref(clock->event);
	free(clock);
}

int clock_every(struct clock *clock, uint64_t period_us, uint64_t offset_us,
		int (*fn)(uint64_t utc_us, void *userdata), void *userdata)
{
	struct task *task = &clock->task[clock->n];

	if (!period_us || offset_us >= period_us)
		return -EINVAL;
	if (clock->n == TASKS)
		return -ENOBUFS;
	task->period_us = period_us;
	task->offset_us = offset_us;
	task->last = UINT64_MAX;
	task->fn = fn;
	task->userdata = userdata;
	clock->n++;
	clock_soon(clock);
	return 0;
}

void clock_soon(struct clock *clock)
{
	clock->soon = true;
	(void)arm(clock);
}
