// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The bus, the daemons, and the folders they have. Every process of ours ends
 * with us, whatever ends us; the daemons are no part of a terminal's process
 * group, so a Ctrl-C is ours alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#include "sim.h"

#define START_US (15 * USEC_PER_SEC)
#define LOOK_US (2 * USEC_PER_MSEC)
#define TMPFS 0x01021994

static int make_path(char room[SIM_PATH_LEN], const char *folder,
		     const char *name)
{
	int n = snprintf(room, SIM_PATH_LEN, "%s/%s", folder, name);

	return n < 0 || n >= SIM_PATH_LEN ? -ENAMETOOLONG : 0;
}

static int make_folder(const char *folder, const char *name)
{
	char path[SIM_PATH_LEN];

	if (make_path(path, folder, name))
		return -ENAMETOOLONG;
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

/* --- children */

/* In the child: runs argv, or ends. ready_fd: as its file 3, or -1. */
static void become(char *const *argv, const char *log, int ready_fd,
		   bool disk_fails, pid_t parent)
{
	struct rlimit none = { 0, RLIM_INFINITY };
	int fd = open("/dev/null", O_RDWR);

	(void)setsid();
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || fd < 0)
		_exit(127);
	(void)dup2(fd, STDIN_FILENO);
	(void)dup2(fd, STDOUT_FILENO);
	fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd < 0)
		_exit(127);
	(void)dup2(fd, STDERR_FILENO);
	if (ready_fd >= 0)
		(void)dup2(ready_fd, 3);
	(void)closefrom(ready_fd >= 0 ? 4 : 3);
	/* A write that may not be is an error, not the end. */
	(void)signal(SIGXFSZ, SIG_IGN);
	if (disk_fails)
		(void)setrlimit(RLIMIT_FSIZE, &none);
	execv(argv[0], argv);
	execvp(argv[0], argv);
	_exit(127);
}

static int spawn(struct sim_child *child, char *const *argv, const char *log,
		 int ready_fd)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		return -errno;
	if (!pid)
		become(argv, log, ready_fd, child->disk_fails, parent);
	child->pid = pid;
	return 0;
}

static void end(struct sim_child *child, int how)
{
	if (!child->pid)
		return;
	(void)kill(child->pid, how);
	while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
		;
	child->pid = 0;
}

/* Has it ended by itself? Then its status is in *ret_status. */
static bool has_ended(struct sim_child *child, int *ret_status)
{
	if (!child->pid || waitpid(child->pid, ret_status, WNOHANG) <= 0)
		return false;
	child->pid = 0;
	return true;
}

static int log_path(const struct sim *sim, const char *name,
		    char ret[SIM_PATH_LEN])
{
	int n = snprintf(ret, SIM_PATH_LEN, "%s/%s.log", sim->folder, name);

	return n < 0 || n >= SIM_PATH_LEN ? -ENAMETOOLONG : 0;
}

/* --- the bus */

static const char bus_config[] =
	"<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus "
	"Configuration 1.0//EN\" \"http://www.freedesktop.org/standards/dbus/"
	"1.0/busconfig.dtd\">\n"
	"<busconfig>\n"
	"<type>session</type>\n"
	"<listen>unix:path=%s/bus</listen>\n"
	"<auth>EXTERNAL</auth>\n"
	"<policy context=\"default\">\n"
	"<allow send_destination=\"*\" eavesdrop=\"true\"/>\n"
	"<allow eavesdrop=\"true\"/>\n"
	"<allow own=\"*\"/>\n"
	"</policy>\n"
	"</busconfig>\n";

static int write_config(const char *folder, char path[SIM_PATH_LEN])
{
	FILE *file;
	int r = make_path(path, folder, "bus.conf");

	if (r)
		return r;
	file = fopen(path, "we");
	if (!file)
		return -errno;
	fprintf(file, bus_config, folder);
	return fclose(file) ? -errno : 0;
}

/* It says so when it listens. */
static int wait_ready(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char c;

	if (poll(&ready, 1, (int)(START_US / USEC_PER_MSEC)) <= 0)
		return -ETIMEDOUT;
	return read(fd, &c, 1) == 1 ? 0 : -ECHILD;
}

static int start_bus(struct sim *sim)
{
	char config[SIM_PATH_LEN], option[SIM_PATH_LEN + 16];
	char log[SIM_PATH_LEN];
	char *const argv[] = { "dbus-daemon", option,	    "--nofork",
			       "--nopidfile", "--nosyslog", "--print-address=3",
			       NULL };
	int ready[2], r;

	r = write_config(sim->socket, config);
	if (r || log_path(sim, "bus", log))
		return r ? r : -ENAMETOOLONG;
	(void)snprintf(option, sizeof(option), "--config-file=%s", config);
	if (snprintf(sim->address, sizeof(sim->address), "unix:path=%s/bus",
		     sim->socket) >= (int)sizeof(sim->address))
		return -ENAMETOOLONG;
	if (pipe2(ready, O_CLOEXEC) < 0)
		return -errno;
	r = spawn(&sim->bus_daemon, argv, log, ready[1]);
	close(ready[1]);
	if (!r)
		r = wait_ready(ready[0]);
	close(ready[0]);
	if (r)
		log_error("dbus-daemon does not start: %s (see %s)",
			  strerror(-r), log);
	return r;
}

static int connect_bus(struct sim *sim)
{
	int r = sd_bus_new(&sim->bus);

	if (r >= 0)
		r = sd_bus_set_address(sim->bus, sim->address);
	if (r >= 0)
		r = sd_bus_set_bus_client(sim->bus, true);
	if (r >= 0)
		r = sd_bus_start(sim->bus);
	if (r >= 0)
		r = sim_metrology_add(sim);
	return r < 0 ? r : 0;
}

/* --- folders */

/* In memory, where that is to be had: a flash chip is not what is tested. */
static int make_own_folder(char ret[SIM_PATH_LEN])
{
	const char *const places[] = { getenv("XDG_RUNTIME_DIR"), "/dev/shm",
				       getenv("TMPDIR"), "/tmp" };

	for (size_t n = 0; n < ARRAY_SIZE(places); n++) {
		struct statfs fs;
		bool last = n + 1 == ARRAY_SIZE(places);

		if (!places[n] || *places[n] != '/' ||
		    statfs(places[n], &fs) < 0 ||
		    (fs.f_type != TMPFS && n < 2 && !last))
			continue;
		if (!make_path(ret, places[n], "meter-sim-XXXXXX") &&
		    mkdtemp(ret))
			return 0;
	}
	return -ENOENT;
}

static int make_folders(struct sim *sim, const char *state)
{
	int r;

	if (state) {
		/* The home begins anew each time, so its past must not be there. */
		if (mkdir(state, 0700) < 0 &&
		    (errno != EEXIST || rmdir(state) || mkdir(state, 0700) < 0))
			return -errno;
		r = snprintf(sim->folder, sizeof(sim->folder), "%s", state) >=
				    (int)sizeof(sim->folder) ?
			    -ENAMETOOLONG :
			    0;
	} else {
		r = make_own_folder(sim->folder);
		sim->own_folder = !r;
	}
	for (int n = 0; n < SIM_DAEMONS && !r; n++)
		r = make_folder(sim->folder, sim_daemon_name[n]);
	if (!r)
		r = make_folder(sim->folder, "switch");
	if (!r)
		r = make_folder(sim->folder, "switch/electricity0");
	if (!r)
		r = make_folder(sim->folder, "switch/gas0");
	if (r)
		return r;
	/* The path of a socket is short. */
	(void)snprintf(sim->socket, sizeof(sim->socket), "%s",
		       "/tmp/meter-sim-bus-XXXXXX");
	return mkdtemp(sim->socket) ? 0 : -errno;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	(void)remove(path);
	return 0;
}

static void remove_tree(const char *path)
{
	if (*path)
		(void)nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int sim_open(struct sim *sim, const char *state)
{
	int r = make_folders(sim, state);

	for (int n = 0; n < SIM_DAEMONS; n++)
		sim->daemon[n].cut_us = -1;
	if (r) {
		log_error("no folder for the state: %s", strerror(-r));
		return r;
	}
	r = start_bus(sim);
	if (!r && sim->options->daemon[SIM_PREPAYD])
		r = sim_tokens_open(sim);
	if (r)
		return r;
	r = connect_bus(sim);
	if (r)
		log_error("cannot use the bus: %s", strerror(-r));
	return r;
}

void sim_close(struct sim *sim)
{
	/* The last first, and politely: so that each can still ask. */
	for (int n = SIM_DAEMONS - 1; n >= 0; n--) {
		struct sim_child *child = &sim->daemon[n];
		uint64_t until = now_boottime_us() + START_US;
		int status;

		child->wanted = false;
		if (!child->pid)
			continue;
		(void)kill(child->pid, SIGTERM);
		while (!has_ended(child, &status) && now_boottime_us() < until)
			sim_bus_serve(sim, LOOK_US);
		end(child, SIGKILL);
	}
	sd_bus_flush_close_unref(sim->bus);
	end(&sim->bus_daemon, SIGTERM);
	remove_tree(sim->socket);
	if (sim->own_folder)
		remove_tree(sim->folder);
}

/* --- daemons */

static const char *ending(int status, char room[40])
{
	if (WIFSIGNALED(status))
		(void)snprintf(room, 40, "signal %d", WTERMSIG(status));
	else
		(void)snprintf(room, 40, "status %d", WEXITSTATUS(status));
	return room;
}

/* The last lines it wrote, for whom it concerns. */
static void tell_log(const char *path)
{
	FILE *file = fopen(path, "re");
	char tail[2000];
	size_t len;

	if (!file)
		return;
	if (fseek(file, -(long)sizeof(tail), SEEK_END))
		rewind(file);
	len = fread(tail, 1, sizeof(tail), file);
	(void)fwrite(tail, 1, len, stderr);
	(void)fclose(file);
}

int sim_start_daemon(struct sim *sim, enum sim_daemon n)
{
	struct sim_child *child = &sim->daemon[n];
	const char *name = sim_daemon_name[n];
	char path[SIM_PATH_LEN + 16], state[2 * SIM_PATH_LEN];
	char folder[2 * SIM_PATH_LEN], keys[2 * SIM_PATH_LEN];
	char log[SIM_PATH_LEN], bus_name[64], how[40];
	char *own = n == SIM_SUPPLYD ? folder : n == SIM_PREPAYD ? keys : NULL;
	char *const argv[] = {
		path, "--bus=session", "--clock=simulated", state, own, NULL
	};
	uint64_t until = now_boottime_us() + START_US;
	int status, r;

	if (child->pid || !sim->options->daemon[n])
		return 0;
	child->wanted = true;
	if (log_path(sim, name, log))
		return -ENAMETOOLONG;
	(void)snprintf(path, sizeof(path), "%s/%s", sim->options->bin, name);
	(void)snprintf(state, sizeof(state), "--state=%s/%s", sim->folder,
		       name);
	(void)snprintf(folder, sizeof(folder), "--switch=%s/switch",
		       sim->folder);
	(void)snprintf(bus_name, sizeof(bus_name), SIM_BUS_PREFIX "%s",
		       sim_daemon_interface[n]);
	(void)snprintf(keys, sizeof(keys), "--keys=%s/keys", sim->folder);
	if (access(path, X_OK) < 0) {
		log_error("%s: %s", path, strerror(errno));
		return -errno;
	}
	(void)setenv("DBUS_SESSION_BUS_ADDRESS", sim->address, 1);
	(void)unsetenv("NOTIFY_SOCKET");
	r = spawn(child, argv, log, -1);
	while (!r && !sim_bus_has_name(sim, bus_name)) {
		if (has_ended(child, &status)) {
			log_error("%s does not start: %s", name,
				  ending(status, how));
			tell_log(log);
			return -ECHILD;
		}
		if (now_boottime_us() > until)
			return -ETIMEDOUT;
		sim_bus_serve(sim, LOOK_US);
		if (sim_stop)
			return -EINTR;
	}
	return r;
}

void sim_kill_daemon(struct sim *sim, enum sim_daemon n)
{
	uint64_t until = now_boottime_us() + START_US;
	char name[64];

	end(&sim->daemon[n], SIGKILL);
	/* The bus finds out in its own time; until then it has the name. */
	(void)snprintf(name, sizeof(name), SIM_BUS_PREFIX "%s",
		       sim_daemon_interface[n]);
	while (sim_bus_has_name(sim, name) && now_boottime_us() < until)
		sim_bus_serve(sim, LOOK_US);
}

void sim_watch_daemons(struct sim *sim)
{
	for (int n = 0; n < SIM_DAEMONS; n++) {
		struct sim_child *child = &sim->daemon[n];
		char log[SIM_PATH_LEN], how[40];
		int status;

		if (!has_ended(child, &status))
			continue;
		sim_problem(sim, 0, "%s ended by itself, %s",
			    sim_daemon_name[n], ending(status, how));
		if (!log_path(sim, sim_daemon_name[n], log))
			tell_log(log);
		if (!sim_start_daemon(sim, (enum sim_daemon)n))
			(void)sim_bus_set_time(sim, (enum sim_daemon)n);
	}
}

void sim_fail_disk(struct sim *sim, enum sim_daemon n, bool fails)
{
	struct sim_child *child = &sim->daemon[n];
	struct rlimit limit = { fails ? 0 : RLIM_INFINITY, RLIM_INFINITY };

	child->disk_fails = fails;
	if (child->pid && prlimit(child->pid, RLIMIT_FSIZE, &limit, NULL) < 0)
		sim_problem(sim, 0, "the disk of %s cannot be made to fail: %s",
			    sim_daemon_name[n], strerror(errno));
}
