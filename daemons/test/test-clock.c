// SPDX-License-Identifier: LGPL-2.1-or-later
/* The daemons' clock, simulated and real, over a bus of two ends. */
#include <errno.h>
#include <sys/socket.h>

#include "../common/bus.h"
#include "../common/clock.h"
#include "test.h"

#define START (UINT64_C(1767225600) * USEC_PER_SEC) /* 2026-01-01 */

struct seen {
	char order[64];
	uint64_t at_us[64];
	size_t n;
};

struct task {
	struct seen *seen;
	char name;
	int answer;
};

static int on_due(uint64_t utc_us, void *userdata)
{
	const struct task *task = userdata;

	task->seen->order[task->seen->n] = task->name;
	task->seen->at_us[task->seen->n++] = utc_us;
	return task->answer;
}

struct stage {
	sd_event *event;
	sd_bus *daemon, *simulator;
	struct clock *clock;
	struct seen seen;
};

static sd_bus *bus_end(int fd, sd_event *event, bool server)
{
	sd_id128_t id;
	sd_bus *bus;

	assert_true(sd_bus_new(&bus) >= 0);
	assert_true(sd_bus_set_fd(bus, fd, fd) >= 0);
	if (server) {
		assert_true(sd_id128_randomize(&id) >= 0);
		assert_true(sd_bus_set_server(bus, true, id) >= 0);
	}
	assert_true(sd_bus_start(bus) >= 0);
	assert_true(sd_bus_attach_event(bus, event, 0) >= 0);
	return bus;
}

static void begin(struct stage *stage, const char *which)
{
	int fd[2];

	memset(stage, 0, sizeof(*stage));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	assert_true(sd_event_new(&stage->event) >= 0);
	stage->daemon = bus_end(fd[0], stage->event, true);
	stage->simulator = bus_end(fd[1], stage->event, false);
	assert_int_equal(clock_new(stage->event, stage->daemon, which,
				   &stage->clock),
			 0);
}

static void end(struct stage *stage)
{
	clock_free(stage->clock);
	sd_bus_close_unref(stage->daemon);
	sd_bus_close_unref(stage->simulator);
	sd_event_unref(stage->event);
}

static int on_answer(sd_bus_message *message, void *userdata, sd_bus_error *e)
{
	int *answer = userdata;

	(void)e;
	*answer = -sd_bus_message_get_errno(message);
	return 0;
}

/* SetTime, and wait for its answer: 0 or negative errno. */
static int set_time(struct stage *stage, uint64_t utc_us)
{
	int answer = 1;

	assert_true(sd_bus_call_method_async(
			    stage->simulator, NULL, NULL, "/uk/hearth/clock",
			    "uk.hearth.Clock1", "SetTime", on_answer, &answer,
			    "t", utc_us) >= 0);
	while (answer == 1)
		assert_true(sd_event_run(stage->event, 10 * USEC_PER_SEC) >= 0);
	return answer;
}

static void simulated_time_stands_until_it_is_set(void **state)
{
	struct task task = { .name = 'a' };
	struct stage stage;

	(void)state;
	begin(&stage, "simulated");
	task.seen = &stage.seen;
	assert_int_equal(clock_utc_us(stage.clock), 0);
	assert_int_equal(
		clock_every(stage.clock, USEC_PER_SEC, 0, on_due, &task), 0);
	while (sd_event_run(stage.event, 0) > 0)
		;
	assert_int_equal(stage.seen.n, 0);
	assert_int_equal(set_time(&stage, START), 0);
	assert_int_equal(clock_utc_us(stage.clock), START);
	/* All was done before the answer came. */
	assert_int_equal(stage.seen.n, 1);
	assert_int_equal(stage.seen.at_us[0], START);
	end(&stage);
}

static void due_once_however_many_have_passed(void **state)
{
	struct task fast = { .name = 'f', .answer = -EIO };
	struct task slow = { .name = 's' };
	struct stage stage;

	(void)state;
	begin(&stage, "simulated");
	fast.seen = slow.seen = &stage.seen;
	assert_int_equal(clock_every(stage.clock, 10 * USEC_PER_SEC, 0, on_due,
				     &fast),
			 0);
	assert_int_equal(clock_every(stage.clock, 60 * USEC_PER_SEC,
				     2 * USEC_PER_SEC, on_due, &slow),
			 0);
	assert_int_equal(set_time(&stage, START + 3 * USEC_PER_SEC), 0);
	assert_string_equal(stage.seen.order, "fs");
	assert_int_equal(set_time(&stage, START + 9 * USEC_PER_SEC), 0);
	assert_string_equal(stage.seen.order, "fs");
	assert_int_equal(set_time(&stage, START + 10 * USEC_PER_SEC), 0);
	assert_string_equal(stage.seen.order, "fsf");
	/* The offset: not at the minute, but 2 s behind. */
	assert_int_equal(set_time(&stage, START + 61 * USEC_PER_SEC), 0);
	assert_string_equal(stage.seen.order, "fsff");
	assert_int_equal(set_time(&stage, START + 62 * USEC_PER_SEC), 0);
	assert_string_equal(stage.seen.order, "fsffs");
	assert_int_equal(set_time(&stage, START + 9999 * USEC_PER_SEC), 0);
	assert_string_equal(stage.seen.order, "fsffsfs");
	/* Back: what comes again is due again. */
	assert_int_equal(set_time(&stage, START + 10 * USEC_PER_SEC), 0);
	assert_string_equal(stage.seen.order, "fsffsfsfs");
	/* Soon: all, at the next step. */
	clock_soon(stage.clock);
	assert_int_equal(set_time(&stage, START + 10 * USEC_PER_SEC), 0);
	assert_string_equal(stage.seen.order, "fsffsfsfsfs");
	end(&stage);
}

static void a_time_that_cannot_be_is_refused(void **state)
{
	struct stage stage;

	(void)state;
	begin(&stage, "simulated");
	assert_int_equal(set_time(&stage, START), 0);
	assert_true(set_time(&stage, CLOCK_SET_US - 1) < 0);
	assert_true(set_time(&stage, UINT64_MAX) < 0);
	assert_int_equal(clock_utc_us(stage.clock), START);
	end(&stage);
}

static void real_time_calls_each_period(void **state)
{
	struct task task = { .name = 'a' };
	struct stage stage;

	(void)state;
	begin(&stage, "system");
	task.seen = &stage.seen;
	/* No SetTime in real time. */
	assert_true(set_time(&stage, START) < 0);
	assert_int_equal(clock_every(stage.clock, USEC_PER_SEC / 10,
				     USEC_PER_SEC / 20, on_due, &task),
			 0);
	while (stage.seen.n < 4)
		assert_true(sd_event_run(stage.event, 10 * USEC_PER_SEC) > 0);
	for (size_t n = 2; n < 4; n++)
		assert_true(stage.seen.at_us[n] > stage.seen.at_us[n - 1]);
	clock_soon(stage.clock);
	while (stage.seen.n < 5)
		assert_true(sd_event_run(stage.event, 10 * USEC_PER_SEC) > 0);
	end(&stage);
}

static void bad_arguments(void **state)
{
	struct clock *clock;
	struct stage stage;

	(void)state;
	begin(&stage, "simulated");
	assert_int_equal(clock_new(stage.event, stage.daemon, "wall", &clock),
			 -EINVAL);
	assert_int_equal(clock_every(stage.clock, 0, 0, on_due, NULL), -EINVAL);
	assert_int_equal(clock_every(stage.clock, 5, 5, on_due, NULL), -EINVAL);
	for (int n = 0; n < 8; n++)
		assert_int_equal(clock_every(stage.clock, 5, 0, on_due, NULL),
				 0);
	assert_int_equal(clock_every(stage.clock, 5, 0, on_due, NULL),
			 -ENOBUFS);
	end(&stage);
}

static void names_of_meters(void **state)
{
	(void)state;
	assert_string_equal(bus_meter_name("/uk/hearth/meter/gas0"), "gas0");
	assert_null(bus_meter_name("/uk/hearth/meter/"));
	assert_null(bus_meter_name("/uk/hearth/meter/gas0/x"));
	assert_null(bus_meter_name("/uk/hearth/meters"));
	assert_null(bus_meter_name("/"));
}

static void errors_have_names(void **state)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;

	(void)state;
	assert_int_equal(bus_fail(&error, -ERANGE, "too much"), -ERANGE);
	assert_string_equal(error.name, ERROR_RANGE);
	assert_string_equal(error.message, "too much");
	sd_bus_error_free(&error);
	bus_fail(&error, -ENOSPC, NULL);
	assert_string_equal(error.name, ERROR_STORAGE);
	assert_string_equal(error.message,
			    "nothing was done: the disk is full");
	sd_bus_error_free(&error);
	bus_fail(&error, -EHOSTUNREACH, NULL);
	assert_string_equal(error.name, ERROR_UNAVAILABLE);
	sd_bus_error_free(&error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(simulated_time_stands_until_it_is_set),
		cmocka_unit_test(due_once_however_many_have_passed),
		cmocka_unit_test(a_time_that_cannot_be_is_refused),
		cmocka_unit_test(real_time_calls_each_period),
		cmocka_unit_test(bad_arguments),
		cmocka_unit_test(names_of_meters),
		cmocka_unit_test(errors_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
