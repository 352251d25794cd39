/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of the simulator share: the home, its bus, its daemons. */
#ifndef HEARTH_SIM_H
#define HEARTH_SIM_H

#include <stdbool.h>
#include <sys/types.h>

#include "../common/bus.h"
#include "../common/util.h"
#include "sim-home.h"
#include "sim-script.h"

#define SIM_PATH_LEN 256
#define SIM_METER_ROOT METER_ROOT
#define SIM_STORAGE_PATH "/uk/hearth/storage"
#define SIM_BUS_PREFIX "uk.hearth."

#define SIM_TOKEN_LEN 32

extern const char *const sim_meter_name[SIM_METERS];

struct sim_child {
	pid_t pid;	 /* 0: not running */
	bool wanted;	 /* is to run when there is power */
	bool disk_fails; /* writes nothing */
	int64_t cut_us;	 /* killed so long after its next step began; or -1 */
};

struct sim_options {
	const char *bin;    /* the daemons' folder */
	const char *script; /* its name, for messages */
	bool daemon[SIM_DAEMONS];
	double speed;	 /* times real time; 0: as fast as it goes */
	int64_t until_s; /* INT64_MAX: no end */
	int64_t step_s;
	int64_t row_s; /* a row of output each */
	bool trace;    /* every step and latch of electricity, as JSON */
	bool json, quiet, verbose, stay;
};

struct sim {
	const struct sim_options *options;
	const struct sim_script *script;
	size_t next_action;

	struct sim_home home;
	int64_t step_s;
	int64_t row_due_s;
	int64_t traced_s;    /* latches up to then were shown */
	int64_t hub_back_s;  /* without power until then; 0: it has */
	unsigned int settle; /* short steps still to come */

	char folder[SIM_PATH_LEN]; /* state, logs, switchgear */
	char socket[SIM_PATH_LEN]; /* the bus's folder */
	bool own_folder;
	char address[SIM_PATH_LEN];
	struct sim_child bus_daemon;
	struct sim_child daemon[SIM_DAEMONS];
	sd_bus *bus;
	uint32_t tokens[SIM_METERS]; /* made so far */
	char token[SIM_TOKEN_LEN];   /* the last one */

	int64_t simulated_s;
	uint64_t problems; /* expectations and calls that failed */
	uint64_t steps, checks;
};

/* Set when the simulation is to end early (Ctrl-C). */
extern volatile sig_atomic_t sim_stop;

/* --- sim-process.c */

/* Folders, the private bus, the connection to it. */
int sim_open(struct sim *sim, const char *state);
/* End every process, remove what is ours. */
void sim_close(struct sim *sim);
/* Start, and wait until its name is on the bus. */
int sim_start_daemon(struct sim *sim, enum sim_daemon n);
void sim_kill_daemon(struct sim *sim, enum sim_daemon n);
/* One that ended by itself is a problem, and started again. */
void sim_watch_daemons(struct sim *sim);
void sim_fail_disk(struct sim *sim, enum sim_daemon n, bool fails);

/* --- sim-bus.c */

/*
 * A call, while what the daemons ask of us is answered. timeout 20 s. Negative
 * errno with the error set; -EINTR: stopped.
 */
int sim_bus_call(struct sim *sim, sd_bus_message *message,
		 sd_bus_message **ret_reply, sd_bus_error *error);
/* As that, but kill the daemon so many us after the call was sent. */
int sim_bus_call_and_cut(struct sim *sim, sd_bus_message *message,
			 enum sim_daemon n, int64_t cut_us);
/* Answer for so long (us), at most. */
void sim_bus_serve(struct sim *sim, uint64_t for_us);
bool sim_bus_has_name(struct sim *sim, const char *name);
/* uk.hearth.Clock1.SetTime of a daemon, by the hub's clock. */
int sim_bus_set_time(struct sim *sim, enum sim_daemon n);
/* A call or property as the script says; its answer, or -errno and why. */
int sim_bus_look(struct sim *sim, const struct sim_action *action, char *ret,
		 size_t room);

/* --- sim-metrology.c: uk.hearth.Metrology1 in metrologyd's place */

int sim_metrology_add(struct sim *sim);
void sim_metrology_changed(struct sim *sim);

/* --- sim-tokens.c */

/* Keys of a supplier and of the meters. */
int sim_tokens_open(struct sim *sim);
/* A token of the supplier for the meter. */
int sim_tokens_make(struct sim *sim, enum sim_meter_kind kind, int64_t pence,
		    char ret[SIM_TOKEN_LEN]);

/* --- sim-run.c */

/* To the end, or sim_stop. 0, or negative errno. */
int sim_run(struct sim *sim);

/* --- sim-show.c */

void sim_show_start(struct sim *sim);
void sim_show_row(struct sim *sim);
void sim_show_value(struct sim *sim, const struct sim_action *action,
		    const char *value);
void sim_show_try(struct sim *sim, const struct sim_action *action, bool done,
		  const char *value);
void sim_show_latch(const struct sim_latch *latch);
void sim_show_step(struct sim *sim);
void sim_show_text(struct sim *sim, const char *text);
/* Something is not as it should: counted, told with line and time. */
void sim_problem(struct sim *sim, unsigned int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void sim_show_end(struct sim *sim, uint64_t took_us);

#endif /* HEARTH_SIM_H */
