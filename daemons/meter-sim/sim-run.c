// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Time goes on in steps: what flows until then, latches on the way, then each
 * daemon of the chain is told the time and does what is due; then contacts
 * move, and the script's actions of that time are carried out.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "sim.h"
#include "sim-args.h"

/* After a command or a contact that moved, so that it is seen soon. */
#define SETTLE_S 10
#define SETTLE_STEPS 2

#define TOP_UP_EITHER 2

/* --- switchgear, as the folder has it */

static int write_word(const struct sim *sim, enum sim_meter_kind kind,
		      const char *file, const char *word)
{
	char path[SIM_PATH_LEN + 64], temporary[SIM_PATH_LEN + 64];
	FILE *out;

	(void)snprintf(path, sizeof(path), "%s/switch/%s/%s", sim->folder,
		       sim_meter_name[kind], file);
	(void)snprintf(temporary, sizeof(temporary), "%s/switch/%s/.%s",
		       sim->folder, sim_meter_name[kind], file);
	out = fopen(temporary, "we");
	if (!out)
		return -errno;
	(void)fprintf(out, "%s\n", word);
	if (fclose(out) || rename(temporary, path) < 0)
		return -errno;
	return 0;
}

/* What is commanded; what it was, if nothing is. */
static bool read_commanded(const struct sim *sim, enum sim_meter_kind kind)
{
	char path[SIM_PATH_LEN + 64], word[8];
	bool on = sim->home.meter[kind].commanded_on;
	FILE *in;

	(void)snprintf(path, sizeof(path), "%s/switch/%s/commanded",
		       sim->folder, sim_meter_name[kind]);
	in = fopen(path, "re");
	if (!in)
		return on;
	if (fscanf(in, "%7s", word) == 1)
		on = !strcmp(word, "on") || (on && strcmp(word, "off") != 0);
	(void)fclose(in);
	return on;
}

static void tell_sensed(struct sim *sim, enum sim_meter_kind kind)
{
	const struct sim_meter *meter = &sim->home.meter[kind];
	const char *word = meter->contact == SIM_CONTACT_UNKNOWN ? "unknown" :
			   meter->on				 ? "on" :
								   "off";
	int r = write_word(sim, kind, "sensed", word);

	if (r)
		sim_problem(sim, 0, "the switchgear's folder: %s",
			    strerror(-r));
}

/* Relay and valve have no power without the mains. */
static void serve_switches(struct sim *sim)
{
	for (int kind = 0; kind < SIM_METERS && sim->home.mains; kind++) {
		struct sim_meter *meter = &sim->home.meter[kind];

		meter->commanded_on = read_commanded(sim, kind);
		if (!sim_home_switch(&sim->home, kind))
			continue;
		tell_sensed(sim, kind);
		sim->settle = SETTLE_STEPS;
	}
}

/* What flowed until then, before anybody looks. */
static void trace(struct sim *sim)
{
	const struct sim_meter *meter = &sim->home.meter[SIM_ELECTRICITY];

	if (!sim->options->trace)
		return;
	for (size_t n = 0; n < meter->n_latches; n++) {
		const struct sim_latch *latch = &meter->latch[n];

		if (latch->at_s <= sim->traced_s)
			continue;
		sim_show_latch(latch);
		sim->traced_s = latch->at_s;
	}
	if (!sim->hub_back_s)
		sim_show_step(sim);
}

/* --- steps */

static void tick(struct sim *sim)
{
	sim_home_read(&sim->home);
	sim_metrology_changed(sim);
	for (int n = 0; n < SIM_DAEMONS; n++)
		(void)sim_bus_set_time(sim, (enum sim_daemon)n);
	serve_switches(sim);
	sim_watch_daemons(sim);
	sim->steps++;
}

static void start_daemon(struct sim *sim, enum sim_daemon n)
{
	int r = sim_start_daemon(sim, n);

	if (r && r != -EINTR)
		sim_problem(sim, 0, "%s does not start: %s", sim_daemon_name[n],
			    strerror(-r));
	if (!r)
		(void)sim_bus_set_time(sim, n);
}

static void start_all(struct sim *sim)
{
	for (int n = 0; n < SIM_DAEMONS; n++)
		if (sim->daemon[n].wanted)
			start_daemon(sim, (enum sim_daemon)n);
}

static void hub_off(struct sim *sim, int64_t for_s)
{
	for (int n = 0; n < SIM_DAEMONS; n++)
		sim_kill_daemon(sim, (enum sim_daemon)n);
	sim->hub_back_s = sim->home.at_s + for_s;
}

static void hub_on(struct sim *sim)
{
	sim->hub_back_s = 0;
	sim->home.mains = true;
	sim_home_read(&sim->home);
	start_all(sim);
	sim->settle = SETTLE_STEPS;
}

/* --- actions */

static void look(struct sim *sim, const struct sim_action *a)
{
	char value[SIM_VALUE_MAX];
	int r = sim_bus_look(sim, a, value, sizeof(value));

	if (sim_stop)
		return;
	sim->checks++;
	if (a->verb == SIM_TRY)
		sim_show_try(sim, a, !r, value);
	else if (r)
		sim_problem(sim, a->line, "%s.%s of %s: %s", a->interface,
			    a->member, a->object, value);
	else if (a->verb == SIM_EXPECT &&
		 sim_value_compare(value, a->op, a->right) != 1)
		sim_problem(sim, a->line,
			    "%s.%s%s%s of %s is to be %s %s, and is %s",
			    a->interface, a->member, *a->path ? "." : "",
			    a->path, a->object, a->op, a->right, value);
	else if (a->verb == SIM_SHOW ||
		 (a->verb == SIM_CALL && sim->options->verbose))
		sim_show_value(sim, a, value);
}

static void look_refused(struct sim *sim, const struct sim_action *a)
{
	char value[SIM_VALUE_MAX], wanted[SIM_VALUE_MAX];
	int r = sim_bus_look(sim, a, value, sizeof(value));
	int len = snprintf(wanted, sizeof(wanted),
			   SIM_BUS_PREFIX "Error.%s:", a->right);

	sim->checks++;
	if (!r)
		sim_problem(sim, a->line, "%s was to be refused: %s", a->member,
			    a->right);
	else if (strncmp(value, wanted, (size_t)len) != 0)
		sim_problem(sim, a->line, "%s was to be refused as %s: %s",
			    a->member, a->right, value);
	else if (sim->options->verbose)
		sim_show_value(sim, a, value);
}

/* A person with a token; its result is the answer's first word. */
static void top_up(struct sim *sim, const struct sim_action *a)
{
	char value[SIM_VALUE_MAX], token[SIM_TOKEN_LEN];
	bool accepted;
	char *const words[] = { token };
	const struct sim_action call = {
		.object = sim_meter_name[a->meter],
		.interface = sim_daemon_interface[SIM_PREPAYD],
		.line = a->line,
		.member = "TopUp",
		.path = "0",
		.method = true,
		.signature = "s",
		.args = words,
		.n_args = 1,
	};
	int r = a->value ?
			sim_tokens_make(sim, a->meter, a->value, sim->token) :
			0;

	(void)snprintf(token, sizeof(token), "%s", sim->token);
	if (!r)
		r = sim_bus_look(sim, &call, value, sizeof(value));
	else
		(void)snprintf(value, sizeof(value), "no token: %s",
			       strerror(-r));
	sim->checks++;
	accepted = !r && !strcmp(value, "accepted");
	if (a->choice == TOP_UP_EITHER)
		sim_show_try(sim, &call, accepted, value);
	else if (r || accepted == (a->choice != 0))
		sim_problem(sim, a->line, "top-up of %s with %s: %s",
			    sim_meter_name[a->meter], token, value);
	else if (sim->options->verbose)
		sim_show_value(sim, &call, value);
}

static void to_daemon(struct sim *sim, const struct sim_action *a,
		      enum sim_daemon n)
{
	if (a->verb == SIM_DISK) {
		sim_fail_disk(sim, n, a->choice);
		return;
	}
	if (a->verb == SIM_KILL && a->value >= 0) {
		sim->daemon[n].cut_us = a->value;
		return;
	}
	if (a->verb != SIM_START)
		sim_kill_daemon(sim, n);
	if (a->verb == SIM_STOP)
		sim->daemon[n].wanted = false;
	else if (!sim->hub_back_s)
		start_daemon(sim, n);
}

static void to_daemons(struct sim *sim, const struct sim_action *a)
{
	for (int n = 0; n < SIM_DAEMONS; n++)
		if (a->daemon == SIM_DAEMONS || (int)a->daemon == n)
			to_daemon(sim, a, (enum sim_daemon)n);
}

static void to_meter(struct sim *sim, const struct sim_action *a)
{
	struct sim_meter *meter = &sim->home.meter[a->meter];

	if (a->verb == SIM_LOAD) {
		meter->load = (enum sim_load)a->choice;
		if (meter->load == SIM_LOAD_FIXED)
			meter->fixed = a->value;
		else
			meter->seed = (uint64_t)a->value;
	} else if (a->verb == SIM_REPLACE) {
		sim_home_replace(&sim->home, a->meter, (uint64_t)a->value);
	} else {
		meter->contact = (enum sim_contact)a->choice;
		(void)sim_home_switch(&sim->home, a->meter);
		tell_sensed(sim, a->meter);
	}
}

static void act(struct sim *sim, const struct sim_action *a)
{
	if (a->verb != SIM_EXPECT && a->verb != SIM_SHOW &&
	    a->verb != SIM_PRINT)
		sim->settle = SETTLE_STEPS;
	switch (a->verb) {
	case SIM_CALL:
	case SIM_TRY:
	case SIM_EXPECT:
	case SIM_SHOW:
		look(sim, a);
		break;
	case SIM_REFUSED:
		look_refused(sim, a);
		break;
	case SIM_TOP_UP:
		top_up(sim, a);
		break;
	case SIM_OUTAGE:
		sim->home.mains = false;
		hub_off(sim, a->value);
		break;
	case SIM_HUB:
		hub_off(sim, a->value);
		break;
	case SIM_LATCHING:
		sim->home.latching = (enum sim_latching)a->choice;
		break;
	case SIM_CLOCK:
		sim_home_step_clock(&sim->home, a->value);
		break;
	case SIM_STEP:
		sim->step_s = a->value;
		break;
	case SIM_PRINT:
		sim_show_text(sim, a->right);
		break;
	case SIM_KILL:
	case SIM_STOP:
	case SIM_START:
	case SIM_DISK:
		to_daemons(sim, a);
		break;
	case SIM_LOAD:
	case SIM_CONTACT:
	case SIM_REPLACE:
		to_meter(sim, a);
		break;
	default:
		break; /* SIM_END: see act_due() */
	}
}

/* All of the time that it is now. Is it the end? */
static bool act_due(struct sim *sim)
{
	const struct sim_script *script = sim->script;

	while (!sim_stop && sim->next_action < script->n) {
		const struct sim_action *a = &script->action[sim->next_action];

		if (a->at_s > sim->home.at_s)
			break;
		sim->next_action++;
		if (a->verb == SIM_END)
			return true;
		act(sim, a);
	}
	return sim->home.at_s >= sim->options->until_s;
}

/* --- the loop */

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t next_step(struct sim *sim)
{
	int64_t now = sim->home.at_s;
	int64_t next = now - now % sim->step_s + sim->step_s;

	if (sim->hub_back_s)
		next = sim->hub_back_s;
	else if (sim->settle && sim->settle--)
		next = earlier(next, now + SETTLE_S);
	if (sim->next_action < sim->script->n)
		next = earlier(next,
			       sim->script->action[sim->next_action].at_s);
	next = earlier(next, sim->row_due_s);
	return earlier(next, sim->options->until_s);
}

static void step(struct sim *sim)
{
	sim_home_advance(&sim->home, next_step(sim));
	if (sim->home.at_s == sim->hub_back_s)
		hub_on(sim);
	trace(sim);
	if (!sim->hub_back_s)
		tick(sim);
	if (sim->home.at_s >= sim->row_due_s) {
		sim_show_row(sim);
		sim->row_due_s += sim->options->row_s;
	}
}

/* Not before its time; meanwhile, whoever asks is answered. */
static void keep_pace(struct sim *sim, int64_t from_s, uint64_t from_us)
{
	uint64_t due, now;

	if (sim->options->speed <= 0)
		return;
	due = from_us + (uint64_t)((double)(sim->home.at_s - from_s) * 1e6 /
				   sim->options->speed);
	now = now_boottime_us();
	if (due > now)
		sim_bus_serve(sim, due - now);
}

int sim_run(struct sim *sim)
{
	int64_t from_s = sim->home.at_s;
	uint64_t from_us;

	for (int kind = 0; kind < SIM_METERS; kind++)
		tell_sensed(sim, kind);
	for (int n = 0; n < SIM_DAEMONS; n++) {
		int r = sim_start_daemon(sim, (enum sim_daemon)n);

		if (r)
			return r;
	}
	sim_show_start(sim);
	from_us = now_boottime_us();
	sim->traced_s = from_s;
	trace(sim);
	tick(sim);
	while (!sim_stop && !act_due(sim)) {
		step(sim);
		keep_pace(sim, from_s, from_us);
	}
	sim->simulated_s = sim->home.at_s - from_s;
	sim_show_end(sim, now_boottime_us() - from_us);
	while (sim->options->stay && !sim_stop)
		sim_bus_serve(sim, USEC_PER_SEC);
	return 0;
}
