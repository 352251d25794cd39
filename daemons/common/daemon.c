// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon.h"

#include <errno.h>
#include <getopt.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define OPTIONS_MAX 16
#define FIRST_OWN 256
#define CALL_TIMEOUT_US (5 * USEC_PER_SEC)
#define STARTED_US (60 * USEC_PER_SEC)

struct arguments {
	const char *bus, *state, *clock;
};

static void usage(FILE *out, const struct daemon_ops *ops)
{
	const struct daemon_option *option = ops->options;

	fprintf(out,
		"Usage: %s [OPTION]...\n\n%s\n\n"
		"  --bus=system|session      where (default: $HEARTH_BUS, or "
		"system)\n"
		"  --state=DIR               the database's folder (default: "
		"$STATE_DIRECTORY)\n"
		"  --clock=system|simulated  whose time (default: system)\n",
		ops->name, ops->summary);
	for (; option && option->name; option++)
		fprintf(out, "  --%s=%-*s  %s\n", option->name,
			(int)(21 - strlen(option->name)), option->value,
			option->help);
	fputs("  --help, --version\n", out);
}

/* 0: go on; 1: done, exit status 0; 2: wrong. */
static int parse(int argc, char **argv, const struct daemon_ops *ops,
		 struct arguments *ret)
{
	struct option options[OPTIONS_MAX + 6] = {
		{ "bus", required_argument, NULL, 'b' },
		{ "state", required_argument, NULL, 's' },
		{ "clock", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
	};
	const struct daemon_option *own = ops->options;
	int n, opt;

	for (n = 0; own && own[n].name && n < OPTIONS_MAX; n++) {
		options[5 + n].name = own[n].name;
		options[5 + n].has_arg = required_argument;
		options[5 + n].val = FIRST_OWN + n;
	}
	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (opt) {
		case 'b':
			ret->bus = optarg;
			break;
		case 's':
			ret->state = optarg;
			break;
		case 'c':
			ret->clock = optarg;
			break;
		case 'h':
			usage(stdout, ops);
			return 1;
		case 'v':
			printf("%s " HEARTH_VERSION "\n", ops->name);
			return 1;
		default:
			if (opt < FIRST_OWN || opt >= FIRST_OWN + n) {
				usage(stderr, ops);
				return 2;
			}
			*own[opt - FIRST_OWN].ret = optarg;
		}
	}
	if (optind < argc) {
		usage(stderr, ops);
		return 2;
	}
	return 0;
}

static int open_state(struct daemon *daemon, const char *folder)
{
	const struct daemon_ops *ops = daemon->ops;
	char path[512];
	int r;

	if (!folder)
		folder = getenv("STATE_DIRECTORY");
	if (!folder || !*folder) {
		log_error("no state folder: give --state=DIR");
		return -EINVAL;
	}
	r = snprintf(path, sizeof(path), "%s/%s.db", folder, ops->name);
	if (r < 0 || (size_t)r >= sizeof(path))
		return -ENAMETOOLONG;
	umask(0077);
	r = store_open(path, ops->migrations, ops->n_migrations, &daemon->store,
		       &daemon->found);
	if (r < 0) {
		log_error("%s: %s", path, store_error_text(r));
		return r;
	}
	if (daemon->found == STORE_SET_ASIDE)
		log_error("%s was damaged: it is kept beside as .damaged, and "
			  "a new one begun",
			  path);
	return 0;
}

/* Code and constants only: what was written to is not in the file. */
static int give_back_object(struct dl_phdr_info *info, size_t size,
			    void *unused)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	(void)size, (void)unused;
	for (int n = 0; n < info->dlpi_phnum; n++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[n];
		uintptr_t from = info->dlpi_addr + part->p_vaddr;
		uintptr_t to = from + part->p_memsz;

		from &= ~(page - 1);
		to &= ~(page - 1);
		if (part->p_type == PT_LOAD && !(part->p_flags & PF_W) &&
		    from < to)
			(void)madvise((void *)from, to - from, MADV_DONTNEED);
	}
	return 0;
}

/*
 * Half of what a start has touched of its libraries (the linker's tables,
 * SQLite's parser, migrations, the bus's handshake) is not needed again. The
 * hub has little memory and many daemons: the pages are given back, and come
 * again from the file where they are needed after all.
 */
static int give_back(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source, (void)usec, (void)userdata;
	(void)dl_iterate_phdr(give_back_object, NULL);
	return 0;
}

static int start(struct daemon *daemon, const struct arguments *arguments)
{
	int r;

	r = sd_event_default(&daemon->event);
	if (r < 0)
		return r;
	r = open_bus(arguments->bus, &daemon->bus);
	if (r < 0) {
		log_error("cannot reach the bus: %s", strerror(-r));
		return r;
	}
	r = sd_bus_attach_event(daemon->bus, daemon->event, 0);
	if (r < 0)
		return r;
	r = sd_bus_set_method_call_timeout(daemon->bus, CALL_TIMEOUT_US);
	if (r < 0)
		return r;
	r = clock_new(daemon->event, daemon->bus, arguments->clock,
		      &daemon->clock);
	if (r < 0) {
		if (r == -EINVAL)
			log_error("--clock takes system or simulated");
		return r;
	}
	r = open_state(daemon, arguments->state);
	if (r < 0)
		return r;
	r = daemon->ops->start(daemon);
	if (r < 0)
		return r;
	r = sd_bus_request_name(daemon->bus, daemon->ops->bus_name, 0);
	if (r == -EEXIST)
		log_error("%s has an owner: is %s running already?",
			  daemon->ops->bus_name, daemon->ops->name);
	if (r < 0)
		return r;
	return sd_event_add_time_relative(daemon->event, NULL, CLOCK_MONOTONIC,
					  STARTED_US, 0, give_back, NULL);
}

int daemon_main(int argc, char **argv, const struct daemon_ops *ops,
		void *userdata)
{
	struct daemon daemon = { .ops = ops, .userdata = userdata };
	struct arguments arguments = { .clock = "system" };
	int r;

	r = parse(argc, argv, ops, &arguments);
	if (r)
		return r == 1 ? EXIT_SUCCESS : 2;
	r = start(&daemon, &arguments);
	if (r < 0)
		log_error("%s cannot start: %s", ops->name, strerror(-r));
	else
		r = run_loop(daemon.event);
	if (daemon.store)
		ops->stop(&daemon);
	clock_free(daemon.clock);
	store_close(daemon.store);
	sd_bus_flush_close_unref(daemon.bus);
	sd_event_unref(daemon.event);
	return r < 0 ? EXIT_FAILURE : r;
}

int daemon_store_failed(struct daemon *daemon, int r)
{
	log_error("%s: %s", daemon->ops->name, store_error_text(r));
	if (r == -EBADMSG)
		(void)sd_event_exit(daemon->event, EXIT_FAILURE);
	return r;
}
