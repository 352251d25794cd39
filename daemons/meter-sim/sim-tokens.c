// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The supplier's side of top-ups: a test PKI, of which prepayd gets what a
 * meter has, and tokens. gbcs-tool makes both.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "sim.h"

#define SUPPLIER "4865617274680010"
#define PENCE_MAX 8191 /* of a token; more is in whole pounds */

static const char *const device[SIM_METERS] = { "48656172746800a0",
						"48656172746800a1" };

/* gbcs-tool, beside the daemons or else in the path; what it prints. */
static int run_tool(const struct sim *sim, char *const *argv, char *ret,
		    size_t room)
{
	char path[SIM_PATH_LEN + 16];
	size_t len = 0;
	int fds[2], status;
	ssize_t got;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	(void)snprintf(path, sizeof(path), "%s/gbcs-tool", sim->options->bin);
	pid = fork();
	if (!pid) {
		(void)dup2(fds[1], STDOUT_FILENO);
		execv(path, argv);
		execvp(argv[0], argv);
		_exit(127);
	}
	close(fds[1]);
	while (pid > 0 && len < room - 1 &&
	       (got = read(fds[0], ret + len, room - 1 - len)) > 0)
		len += (size_t)got;
	close(fds[0]);
	if (pid < 0)
		return -EAGAIN;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	ret[len] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EPROTO;
}

static int give(const struct sim *sim, enum sim_meter_kind kind,
		const char *eui, const char *use)
{
	char from[SIM_PATH_LEN + 64], to[SIM_PATH_LEN + 64];

	(void)snprintf(from, sizeof(from), "%s/supplier/%s-%s", sim->folder,
		       eui, use);
	(void)snprintf(to, sizeof(to), "%s/keys/%s_%s-%s", sim->folder,
		       sim_meter_name[kind], eui, use);
	return link(from, to) < 0 ? -errno : 0;
}

int sim_tokens_open(struct sim *sim)
{
	char out[SIM_PATH_LEN + 16], keys[SIM_PATH_LEN + 16], said[200];
	char supplier[] = SUPPLIER ":supplier", esme[40], gsme[40];
	char *const argv[] = { "gbcs-tool", "pki", "--out", out,
			       supplier,    esme,  gsme,    NULL };
	int r;

	(void)snprintf(out, sizeof(out), "%s/supplier", sim->folder);
	(void)snprintf(keys, sizeof(keys), "%s/keys", sim->folder);
	(void)snprintf(esme, sizeof(esme), "%s:device",
		       device[SIM_ELECTRICITY]);
	(void)snprintf(gsme, sizeof(gsme), "%s:device", device[SIM_GAS]);
	r = run_tool(sim, argv, said, sizeof(said));
	if (!r && mkdir(keys, 0700) < 0)
		r = -errno;
	for (int kind = 0; kind < SIM_METERS && !r; kind++) {
		enum sim_meter_kind k = (enum sim_meter_kind)kind;

		r = give(sim, k, device[kind], "ka.key");
		if (!r)
			r = give(sim, k, SUPPLIER, "pp-ka.pem");
	}
	if (r)
		log_error("no keys of a supplier (gbcs-tool pki): %s",
			  strerror(-r));
	return r;
}

int sim_tokens_make(struct sim *sim, enum sim_meter_kind kind, int64_t pence,
		    char ret[SIM_TOKEN_LEN])
{
	bool whole = pence > PENCE_MAX;
	char folder[SIM_PATH_LEN + 16], counter[24], value[24], eui[20];
	char *const argv[] = { "gbcs-tool", "utrn",
			       "make",	    "--keystore",
			       folder,	    "--supplier",
			       SUPPLIER,    "--device",
			       eui,	    "--counter",
			       counter,	    whole ? "--pounds" : "--pence",
			       value,	    NULL };

	(void)snprintf(folder, sizeof(folder), "%s/supplier", sim->folder);
	(void)snprintf(eui, sizeof(eui), "%s", device[kind]);
	(void)snprintf(counter, sizeof(counter), "%" PRIu64,
		       (uint64_t)++sim->tokens[kind] << 32);
	(void)snprintf(value, sizeof(value), "%" PRId64,
		       whole ? pence / 100 : pence);
	return run_tool(sim, argv, ret, SIM_TOKEN_LEN);
}
