// SPDX-License-Identifier: LGPL-2.1-or-later
/* The meter on the command line; see meterctl(1). */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <string.h>

#include "../common/util.h"
#include "status.h"

static void usage(FILE *out)
{
	fputs("Usage: meterctl [OPTION]... status\n\n"
	      "Show what the in-home display shows.\n\n"
	      "  --json                for scripts: every field, and the meter's\n"
	      "                        readings with age and quality\n"
	      "  --watch               again each second, until Ctrl-C\n"
	      "  --bus=system|session  where (default: $HEARTH_BUS, or system)\n"
	      "  --help, --version\n\n"
	      "Exit status: 0 the reading is fresh, 1 error, 2 wrong usage,\n"
	      "3 there is no fresh reading.\n",
	      out);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "watch", no_argument, NULL, 'w' },
		{ "bus", required_argument, NULL, 'b' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	CLEANUP(cleanup_bus) sd_bus *bus = NULL;
	bool json = false, watch = false;
	const char *which = NULL;
	int opt, r;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (opt) {
		case 'j':
			json = true;
			break;
		case 'w':
			watch = true;
			break;
		case 'b':
			which = optarg;
			break;
		case 'h':
			usage(stdout);
			return 0;
		case 'v':
			puts("meterctl " HEARTH_VERSION);
			return 0;
		default:
			usage(stderr);
			return 2;
		}
	}
	if (optind != argc - 1 || strcmp(argv[optind], "status") != 0) {
		usage(stderr);
		return 2;
	}
	r = open_bus(which, &bus);
	if (r < 0) {
		fprintf(stderr,
			"meterctl: no D-Bus: %s (--bus is system or session)\n",
			strerror(-r));
		return 1;
	}
	do {
		if (watch && !json && isatty(STDOUT_FILENO))
			fputs("\033[H\033[2J", stdout);
		r = status_print(bus, json);
		fflush(stdout);
		if (watch)
			sleep(1);
	} while (watch && r != 1);
	return r;
}
