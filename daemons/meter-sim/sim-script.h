/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is to happen in a simulation, and what is expected: meter-sim(1) has
 * the language. All that can be wrong without asking a daemon is found here,
 * before anything is started. Pure but for memory.
 */
#ifndef HEARTH_SIM_SCRIPT_H
#define HEARTH_SIM_SCRIPT_H

#include <stddef.h>
#include <stdint.h>

#include "sim-home.h"

#define SIM_SCRIPT_MAX (4u << 20)     /* octets */
#define SIM_SCRIPT_ACTIONS_MAX 200000 /* with every one of a series */
#define SIM_SCRIPT_LINE_MAX 16384
#define SIM_SCRIPT_WORDS_MAX 2048 /* of a line */
#define SIM_WHY_LEN 200

enum sim_daemon {
	SIM_STORAGED,
	SIM_TARIFFD,
	SIM_PREPAYD,
	SIM_SUPPLYD,
	SIM_DAEMONS /* in an action: all of them */
};

extern const char *const sim_daemon_name[SIM_DAEMONS];
extern const char *const sim_daemon_interface[SIM_DAEMONS];

enum sim_verb {
	SIM_CALL,
	SIM_TRY,     /* a call that may fail */
	SIM_REFUSED, /* a call that is expected to fail: right is the error */
	SIM_EXPECT,
	SIM_SHOW,
	SIM_TOP_UP, /* value: pence, 0: the last again; choice: 1 refused, 2 either */
	SIM_LOAD,     /* choice: enum sim_load; value: mW, cm3/h, or the seed */
	SIM_OUTAGE,   /* value: s */
	SIM_HUB,      /* value: s without the hub */
	SIM_LATCHING, /* choice: enum sim_latching */
	SIM_KILL,     /* value: us after its next step began; -1: now */
	SIM_STOP,
	SIM_START,
	SIM_CLOCK,   /* value: s, signed */
	SIM_DISK,    /* choice: 1 fails */
	SIM_CONTACT, /* choice: enum sim_contact */
	SIM_REPLACE, /* value: the first register, Wh or dm3 */
	SIM_STEP,    /* value: s */
	SIM_PRINT,   /* right: the text */
	SIM_END,
	SIM_VERBS
};

/* Words point into the script's text. */
struct sim_action {
	int64_t at_s;
	unsigned int line;
	enum sim_verb verb;
	enum sim_meter_kind meter;
	enum sim_daemon daemon;
	int choice;
	int64_t value;
	/* A call, or what is looked at. */
	const char *object;    /* "electricity0", "storage", "/a/path" */
	const char *interface; /* "Tariff1" */
	const char *member;
	const char *path; /* in its value: "" or "1.0" */
	bool method;
	const char *signature;
	char *const *args;
	size_t n_args;
	const char *op, *right;
};

struct sim_script {
	int64_t from_s; /* when the simulation begins; 0: it does not say */
	struct sim_action *action; /* in the order of their times */
	size_t n;
	char *text;
	char **word;
};

/*
 * from_s: the beginning if it is known, or 0: then it is the script's first
 * time. text need not end with a NUL. -EINVAL with line and reason, or -ENOMEM.
 */
int sim_script_parse(const char *text, size_t len, int64_t from_s,
		     struct sim_script *ret, unsigned int *ret_line,
		     char ret_why[SIM_WHY_LEN]);
void sim_script_free(struct sim_script *script);

#endif /* HEARTH_SIM_SCRIPT_H */
