// SPDX-License-Identifier: LGPL-2.1-or-later
/* meter-sim: a home and its daemons in simulated time; see meter-sim(1). */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "sim.h"
#include "sim-text.h"

#define INSTALLED "/usr/libexec/hearth"
#define STEP_S 1800
#define STEP_MAX_S 86400
#define DAY_S 86400
#define HOUR_S 3600
#define SPEED_MAX 1e9

extern const char sim_profile_week[]; /* a NUL behind it */

volatile sig_atomic_t sim_stop;

struct arguments {
	struct sim_options options;
	const char *state, *profile, *from, *until;
	int64_t seed; /* of a made-up load; or -1 */
};

static void on_stop(int number)
{
	(void)number;
	sim_stop = 1;
}

static void usage(FILE *out)
{
	fputs("Usage: meter-sim [OPTION]... [SCRIPT]\n\n"
	      "A home, its meters and the hub's daemons on a private bus, in "
	      "simulated time.\n\n"
	      "  --from=TIME --until=TIME  2024-03-04T17:30, UTC (default: the "
	      "script's first and last)\n"
	      "  --speed=N                 times real time (default: as fast as "
	      "it goes)\n"
	      "  --step=DURATION           the longest step, up to 1d "
	      "(default: 30m)\n"
	      "  --profile=FILE            half-hourly load, CSV (default: a "
	      "week of a synthetic home)\n"
	      "  --made-up=SEED            or a load made up from a number\n"
	      "  --every=DURATION          a row of output so often\n"
	      "  --json                    one object a line\n"
	      "  --trace                   every step and latch, as JSON\n"
	      "  --quiet                   no rows\n"
	      "  --verbose                 show what calls return\n"
	      "  --stay                    keep the bus when the end is "
	      "reached\n"
	      "  --bin=DIR                 where the daemons are (default: "
	      "beside meter-sim)\n"
	      "  --daemons=NAME,...        only these\n"
	      "  --state=DIR               a new folder to keep (default: one "
	      "in memory)\n"
	      "  --help, --version\n",
	      out);
}

static int wrong(const char *what, const char *text)
{
	log_error("%s: \"%s\" is not right; see --help", what, text);
	return -EINVAL;
}

static int take_daemons(struct sim_options *options, char *list)
{
	char *save = NULL, *name;

	memset(options->daemon, 0, sizeof(options->daemon));
	for (name = strtok_r(list, ",", &save); name;
	     name = strtok_r(NULL, ",", &save)) {
		int n = 0;

		while (n < SIM_DAEMONS && strcmp(sim_daemon_name[n], name) != 0)
			n++;
		if (n == SIM_DAEMONS)
			return wrong("--daemons", name);
		options->daemon[n] = true;
	}
	return 0;
}

static int take_duration(const char *option, const char *text, int64_t max,
			 int64_t *ret)
{
	if (sim_duration(text, ret) || *ret < 1 || *ret > max)
		return wrong(option, text);
	return 0;
}

static int take_speed(const char *text, double *ret)
{
	char *end;

	*ret = strtod(text, &end);
	return end != text && !*end && *ret > 0 && *ret <= SPEED_MAX ?
		       0 :
		       wrong("--speed", text);
}

/* 0: go on; 1: done; negative errno: wrong. */
static int parse(int argc, char **argv, struct arguments *ret)
{
	static const struct option options[] = {
		{ "from", required_argument, NULL, 'f' },
		{ "until", required_argument, NULL, 'u' },
		{ "speed", required_argument, NULL, 's' },
		{ "step", required_argument, NULL, 't' },
		{ "profile", required_argument, NULL, 'p' },
		{ "made-up", required_argument, NULL, 'm' },
		{ "every", required_argument, NULL, 'e' },
		{ "json", no_argument, NULL, 'j' },
		{ "trace", no_argument, NULL, 'T' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "verbose", no_argument, NULL, 'V' },
		{ "stay", no_argument, NULL, 'y' },
		{ "bin", required_argument, NULL, 'b' },
		{ "daemons", required_argument, NULL, 'd' },
		{ "state", required_argument, NULL, 'S' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	struct sim_options *o = &ret->options;
	int opt, r = 0;

	while (!r && (opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (opt) {
		case 'f':
			ret->from = optarg;
			break;
		case 'u':
			ret->until = optarg;
			break;
		case 's':
			r = take_speed(optarg, &o->speed);
			break;
		case 't':
			r = take_duration("--step", optarg, STEP_MAX_S,
					  &o->step_s);
			break;
		case 'p':
			ret->profile = optarg;
			break;
		case 'm':
			if (parse_int(optarg, 0, INT64_MAX, &ret->seed))
				r = wrong("--made-up", optarg);
			break;
		case 'e':
			r = take_duration("--every", optarg, SIM_DURATION_MAX_S,
					  &o->row_s);
			break;
		case 'j':
			o->json = true;
			break;
		case 'T':
			o->trace = true;
			o->json = true;
			break;
		case 'q':
			o->quiet = true;
			break;
		case 'V':
			o->verbose = true;
			break;
		case 'y':
			o->stay = true;
			break;
		case 'b':
			o->bin = optarg;
			break;
		case 'd':
			r = take_daemons(o, optarg);
			break;
		case 'S':
			ret->state = optarg;
			break;
		case 'h':
			usage(stdout);
			return 1;
		case 'v':
			puts("meter-sim " HEARTH_VERSION);
			return 1;
		default:
			usage(stderr);
			return -EINVAL;
		}
	}
	if (!r && argc - optind > 1) {
		usage(stderr);
		return -EINVAL;
	}
	if (!r)
		o->script = argv[optind];
	return r;
}

/* A whole file; the octet behind its last is NUL. */
static int read_file(const char *path, char **ret, size_t *ret_len)
{
	CLEANUP(cleanup_fclose) FILE *file = fopen(path, "re");
	size_t room = 0, len = 0;
	char *text = NULL;

	if (!file)
		return -errno;
	do {
		char *more = realloc(text, room + 65536 + 1);

		if (!more) {
			free(text);
			return -ENOMEM;
		}
		text = more;
		room += 65536;
		len += fread(text + len, 1, room - len, file);
	} while (len == room && room <= 16 * SIM_SCRIPT_MAX);
	if (ferror(file)) {
		free(text);
		return -EIO;
	}
	text[len] = '\0';
	*ret = text;
	*ret_len = len;
	return 0;
}

static int read_script(const struct arguments *a, int64_t from_s,
		       struct sim_script *ret)
{
	CLEANUP(cleanup_free) char *text = NULL;
	char why[SIM_WHY_LEN] = "";
	unsigned int line = 0;
	size_t len = 0;
	int r;

	if (!a->options.script)
		return 0;
	r = read_file(a->options.script, &text, &len);
	if (r) {
		log_error("%s: %s", a->options.script, strerror(-r));
		return r;
	}
	r = sim_script_parse(text, len, from_s, ret, &line, why);
	if (r)
		fprintf(stderr, "%s:%u: %s\n", a->options.script, line,
			*why ? why : strerror(-r));
	return r;
}

static int read_profile(const struct arguments *a, struct sim_profile *ret)
{
	CLEANUP(cleanup_free) char *text = NULL;
	const char *why = NULL;
	unsigned int line = 0;
	size_t len = 0;
	int r;

	if (!a->profile)
		return sim_profile_parse(sim_profile_week,
					 strlen(sim_profile_week), ret, &line,
					 &why);
	r = read_file(a->profile, &text, &len);
	if (r) {
		log_error("%s: %s", a->profile, strerror(-r));
		return r;
	}
	r = sim_profile_parse(text, len, ret, &line, &why);
	if (r)
		fprintf(stderr, "%s:%u: %s\n", a->profile, line,
			why ? why : strerror(-r));
	return r;
}

/* The daemons are where we are, or where they are installed. */
static const char *own_folder(char room[SIM_PATH_LEN])
{
	char storaged[SIM_PATH_LEN + 16];
	ssize_t len = readlink("/proc/self/exe", room, SIM_PATH_LEN - 1);
	char *slash;

	if (len < 0)
		return ".";
	room[len] = '\0';
	slash = strrchr(room, '/');
	if (slash)
		*slash = '\0';
	(void)snprintf(storaged, sizeof(storaged), "%s/storaged", room);
	return access(storaged, X_OK) ? INSTALLED : room;
}

/* From and until, of options, script and profile. */
static int set_times(struct arguments *a, const struct sim_script *script,
		     const struct sim_profile *profile, int64_t *from_s)
{
	struct sim_options *o = &a->options;

	if (!*from_s)
		*from_s = script->from_s ? script->from_s : profile->first_s;
	o->until_s = script->n	  ? script->action[script->n - 1].at_s :
		     o->speed > 0 ? INT64_MAX :
				    *from_s + 7 * DAY_S;
	if (a->until &&
	    (sim_time(a->until, &o->until_s) || o->until_s < *from_s))
		return wrong("--until", a->until);
	if (!o->row_s)
		o->row_s = o->speed <= 0 || o->speed > 50000 ? DAY_S : HOUR_S;
	return 0;
}

static int run(const struct arguments *a, const struct sim_script *script,
	       const struct sim_profile *profile, int64_t from_s)
{
	static struct sim sim;
	int r;

	sim.options = &a->options;
	sim.script = script;
	sim.step_s = a->options.step_s;
	sim.row_due_s = from_s - from_s % a->options.row_s + a->options.row_s;
	sim_home_init(&sim.home, from_s, a->seed < 0 ? profile : NULL,
		      a->seed < 0 ? 1 : (uint64_t)a->seed);
	r = sim_open(&sim, a->state);
	if (!r)
		r = sim_run(&sim);
	sim_stop = 0; /* again: what ends may still be waited for */
	sim_close(&sim);
	return r < 0 && r != -EINTR ? r : sim.problems ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct arguments a = {
		.options = { .step_s = STEP_S,
			     .daemon = { true, true, true, true } },
		.seed = -1,
	};
	struct sigaction stop = { .sa_handler = on_stop };
	struct sim_script script = { 0 };
	struct sim_profile profile = { 0 };
	char folder[SIM_PATH_LEN];
	int64_t from_s = 0;
	int r;

	(void)sigaction(SIGINT, &stop, NULL);
	(void)sigaction(SIGTERM, &stop, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	r = parse(argc, argv, &a);
	if (!r && a.from && sim_time(a.from, &from_s))
		r = wrong("--from", a.from);
	if (r)
		return r == 1 ? EXIT_SUCCESS : 2;
	if (!a.options.bin)
		a.options.bin = own_folder(folder);
	r = read_script(&a, from_s, &script);
	if (!r)
		r = read_profile(&a, &profile);
	if (!r)
		r = set_times(&a, &script, &profile, &from_s);
	if (!r)
		r = run(&a, &script, &profile, from_s);
	else
		r = 2;
	sim_script_free(&script);
	sim_profile_free(&profile);
	return r < 0 ? EXIT_FAILURE : r;
}
