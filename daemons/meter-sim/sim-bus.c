// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Calls to the daemons. While one is under way its daemon asks us, as
 * metrologyd, for registers: so none of them blocks, and all that arrives is
 * answered meanwhile.
 */
#include <errno.h>
#include <string.h>

#include "sim.h"
#include "sim-args.h"

#define TIMEOUT_US (20 * USEC_PER_SEC)
#define CLOCK_PATH "/uk/hearth/clock"
#define CLOCK_INTERFACE "uk.hearth.Clock1"
#define PROPERTIES "org.freedesktop.DBus.Properties"

struct answer {
	sd_bus_message *message;
};

static int on_answer(sd_bus_message *message, void *userdata,
		     sd_bus_error *error)
{
	struct answer *answer = userdata;

	(void)error;
	answer->message = sd_bus_message_ref(message);
	return 0;
}

/* Answer what has come, else wait for something, at most so long. */
static int turn(struct sim *sim, uint64_t wait_us)
{
	int r = sd_bus_process(sim->bus, NULL);

	if (!r)
		r = sd_bus_wait(sim->bus, wait_us);
	return r == -EINTR ? 0 : r;
}

static int finish(struct answer *answer, sd_bus_message **ret_reply,
		  sd_bus_error *error)
{
	const sd_bus_error *failed;

	failed = sd_bus_message_get_error(answer->message);
	if (failed) {
		int r = -sd_bus_message_get_errno(answer->message);

		(void)sd_bus_error_copy(error, failed);
		sd_bus_message_unref(answer->message);
		return r < 0 ? r : -EIO;
	}
	if (ret_reply)
		*ret_reply = answer->message;
	else
		sd_bus_message_unref(answer->message);
	return 0;
}

int sim_bus_call(struct sim *sim, sd_bus_message *message,
		 sd_bus_message **ret_reply, sd_bus_error *error)
{
	struct answer answer = { NULL };
	sd_bus_slot *slot = NULL;
	int r;

	r = sd_bus_call_async(sim->bus, &slot, message, on_answer, &answer,
			      TIMEOUT_US);
	while (r >= 0 && !answer.message) {
		r = turn(sim, UINT64_MAX);
		if (sim_stop && !answer.message)
			r = -EINTR;
	}
	sd_bus_slot_unref(slot);
	if (r < 0) {
		(void)sd_bus_error_set_errno(error, r);
		return r;
	}
	return finish(&answer, ret_reply, error);
}

int sim_bus_call_and_cut(struct sim *sim, sd_bus_message *message,
			 enum sim_daemon n, int64_t cut_us)
{
	struct answer answer = { NULL };
	sd_bus_slot *slot = NULL;
	uint64_t until;
	int r;

	r = sd_bus_call_async(sim->bus, &slot, message, on_answer, &answer,
			      TIMEOUT_US);
	if (r >= 0)
		r = sd_bus_flush(sim->bus);
	until = now_boottime_us() + (uint64_t)cut_us;
	while (r >= 0 && !answer.message) {
		uint64_t now = now_boottime_us();

		if (now >= until)
			break;
		r = turn(sim, until - now);
	}
	sim_kill_daemon(sim, n);
	sd_bus_slot_unref(slot);
	sd_bus_message_unref(answer.message);
	return r < 0 ? r : 0;
}

void sim_bus_serve(struct sim *sim, uint64_t for_us)
{
	uint64_t until = now_boottime_us() + for_us, now;

	while (!sim_stop && (now = now_boottime_us()) < until)
		if (turn(sim, until - now) < 0)
			return;
}

bool sim_bus_has_name(struct sim *sim, const char *name)
{
	CLEANUP(cleanup_message) sd_bus_message *call = NULL;
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	CLEANUP(cleanup_bus_error) sd_bus_error error = SD_BUS_ERROR_NULL;
	int has = 0, r;

	r = sd_bus_message_new_method_call(sim->bus, &call,
					   "org.freedesktop.DBus",
					   "/org/freedesktop/DBus",
					   "org.freedesktop.DBus",
					   "NameHasOwner");
	if (r >= 0)
		r = sd_bus_message_append(call, "s", name);
	if (r >= 0)
		r = sim_bus_call(sim, call, &reply, &error);
	if (r >= 0)
		r = sd_bus_message_read(reply, "b", &has);
	return r >= 0 && has;
}

static int bus_name(char room[64], const char *interface)
{
	int n = snprintf(room, 64, SIM_BUS_PREFIX "%s", interface);

	return n < 0 || n >= 64 ? -ENAMETOOLONG : 0;
}

int sim_bus_set_time(struct sim *sim, enum sim_daemon n)
{
	CLEANUP(cleanup_message) sd_bus_message *call = NULL;
	CLEANUP(cleanup_bus_error) sd_bus_error error = SD_BUS_ERROR_NULL;
	struct sim_child *child = &sim->daemon[n];
	int64_t cut_us = child->cut_us;
	char name[64];
	int r;

	if (!child->pid)
		return 0;
	r = bus_name(name, sim_daemon_interface[n]);
	if (!r)
		r = sd_bus_message_new_method_call(sim->bus, &call, name,
						   CLOCK_PATH, CLOCK_INTERFACE,
						   "SetTime");
	if (r >= 0)
		r = sd_bus_message_append(call, "t",
					  (uint64_t)sim_home_hub_s(&sim->home) *
						  USEC_PER_SEC);
	if (r < 0)
		return r;
	if (cut_us >= 0) {
		child->cut_us = -1;
		r = sim_bus_call_and_cut(sim, call, n, cut_us);
		if (!r)
			r = sim_start_daemon(sim, n);
		return r ? r : sim_bus_set_time(sim, n);
	}
	r = sim_bus_call(sim, call, NULL, &error);
	if (r < 0 && r != -EINTR)
		sim_problem(sim, 0, "%s does not take the time: %s",
			    sim_daemon_name[n],
			    error.message ? error.message : strerror(-r));
	return r;
}

static int new_call(struct sim *sim, const struct sim_action *action,
		    sd_bus_message **ret)
{
	char name[64], path[SIM_PATH_LEN];
	int r = bus_name(name, action->interface);

	if (r)
		return r;
	if (*action->object == '/')
		(void)snprintf(path, sizeof(path), "%s", action->object);
	else if (!strcmp(action->object, "storage"))
		(void)snprintf(path, sizeof(path), "%s", SIM_STORAGE_PATH);
	else
		(void)snprintf(path, sizeof(path), METER_ROOT "/%s",
			       action->object);
	r = sd_bus_message_new_method_call(
		sim->bus, ret, name, path, action->method ? name : PROPERTIES,
		action->method ? action->member : "Get");
	if (r >= 0 && !action->method)
		r = sd_bus_message_append(*ret, "ss", name, action->member);
	if (r >= 0 && action->method)
		r = sim_args_append(*ret, action->signature, action->args,
				    action->n_args, sim_home_hub_s(&sim->home));
	return r;
}

int sim_bus_look(struct sim *sim, const struct sim_action *action, char *ret,
		 size_t room)
{
	CLEANUP(cleanup_message) sd_bus_message *call = NULL;
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	CLEANUP(cleanup_bus_error) sd_bus_error error = SD_BUS_ERROR_NULL;
	char path[SIM_PATH_LEN];
	int r = new_call(sim, action, &call);

	if (r >= 0)
		r = sim_bus_call(sim, call, &reply, &error);
	if (r < 0) {
		(void)snprintf(ret, room, "%s: %s",
			       error.name ? error.name : "the call failed",
			       error.message ? error.message : strerror(-r));
		return r;
	}
	/* A property's value is the first and only one of its answer. */
	(void)snprintf(path, sizeof(path), "%s%s",
		       action->method || !*action->path ? "" : "0.",
		       action->path);
	r = sim_value_text(reply, path, ret, room);
	if (r == -ENOENT)
		(void)snprintf(ret, room, "there is no .%s in the value",
			       action->path);
	return r < 0 ? r : 0;
}
