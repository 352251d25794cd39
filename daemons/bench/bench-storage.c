// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What history costs, beside one row a half hour in SQLite: figures for make
 * bench, a JSON object a line. Half hours are of a real home where
 * $HEARTH_HOUSEHOLD (default ../shared/data/...) is, or else made here.
 *
 * The last figure is of storaged itself, on a bus of its own.
 */
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "../storaged/profile-values.h"
#include "../storaged/storaged-export.h"
#include "../test/household.h"

#define READINGS 35088 /* 24 months */
#define TURNS 21
#define METER "gas0" /* of one channel */
#define ONE_IN 200   /* so many boundaries are missing */

static unsigned int amounts[60000];
static struct storaged_service service;
static char folder[64];
static pid_t children[2];

static void die(const char *what)
{
	fprintf(stderr, "bench-storage: %s\n", what);
	exit(1);
}

static void clean_up(void)
{
	char command[128];

	for (size_t n = 0; n < ARRAY_SIZE(children); n++)
		if (children[n] > 0) {
			kill(children[n], SIGKILL);
			waitpid(children[n], NULL, 0);
		}
	if (!*folder)
		return;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	if (system(command))
		fprintf(stderr, "bench-storage: %s is left\n", folder);
}

static void report(const char *name, double value, const char *unit,
		   double baseline)
{
	printf("{\"name\": \"%s\", \"value\": %.3f, \"unit\": \"%s\", "
	       "\"baseline\": %.3f, \"ratio\": %.4f}\n",
	       name, value, unit, baseline, value / baseline);
	fflush(stdout);
}

static double wall_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Median, in ms; all that comes is the same each time. */
static double median_ms(void (*body)(void *context), void *context)
{
	double took[TURNS];

	body(context);
	for (int turn = 0; turn < TURNS; turn++) {
		double from = wall_ms();

		body(context);
		took[turn] = wall_ms() - from;
	}
	qsort(took, TURNS, sizeof(*took), by_value);
	return took[TURNS / 2];
}

/* --- the readings */

static void load_amounts(void)
{
	size_t n = household_read(amounts, ARRAY_SIZE(amounts));
	uint32_t dice = 1;

	if (n >= READINGS) {
		/* The last ones. */
		memmove(amounts, amounts + n - READINGS,
			READINGS * sizeof(*amounts));
		return;
	}
	fprintf(stderr, "bench-storage: no %s: half hours made here instead\n",
		household_path());
	for (n = 0; n < READINGS; n++) {
		dice = dice * 1664525 + 1013904223;
		amounts[n] = 60 + (dice >> 16) % 60 +
			     ((dice >> 8) % 8 ? 0 : (dice >> 12) % 1500);
	}
}

/* Latch n; its boundary is missing now and then, but not the last. */
static bool latch_of(size_t n, uint64_t *total, struct profile_latch *ret)
{
	*total += n ? amounts[n - 1] : 0;
	*ret = (struct profile_latch){ .slot = 981792 + (uint32_t)n,
				       .flags = PROFILE_BY_HUB,
				       .registers = { *total } };
	return !n || n == READINGS || n * 2654435761u % ONE_IN;
}

/* --- ours */

static uint64_t size_of_ours(void)
{
	uint64_t octets;

	if (storaged_size(&service, &octets) < 0)
		die("no size");
	return octets;
}

/* The octets of the history alone; the number of latches. */
static uint64_t fill_ours(struct store **ret_store, size_t *ret_latches)
{
	struct profile_latch latch[PROFILE_DAY_SLOTS];
	uint64_t total = 0, before;
	enum store_found found;
	size_t waiting = 0;
	char path[96];

	snprintf(path, sizeof(path), "%s/storaged.db", folder);
	if (store_open(path, storaged_migrations, storaged_n_migrations,
		       ret_store, &found) < 0)
		die("no database");
	storaged_init(&service, *ret_store);
	before = size_of_ours();
	*ret_latches = 0;
	for (size_t n = 0; n <= READINGS; n++) {
		if (latch_of(n, &total, &latch[waiting]))
			waiting++;
		/* A day in a transaction: sooner done, and the same after it. */
		if (waiting < ARRAY_SIZE(latch) && n < READINGS)
			continue;
		if (storaged_put(&service, meter_id_of(METER), latch, waiting,
				 UINT64_MAX) != (int)waiting)
			die("half hours cannot be stored");
		*ret_latches += waiting;
		waiting = 0;
	}
	return size_of_ours() - before;
}

static void read_ours(void *context)
{
	struct export_range all = { 0 };
	int fd;

	(void)context;
	if (export_profile(&service, meter_id_of(METER), 0, &all, &fd) < 0)
		die("no profile");
	close(fd);
}

/* --- rows */

static sqlite3 *rows;
static sqlite3_stmt *select_rows;

static int64_t one_number(const char *sql)
{
	sqlite3_stmt *row;
	int64_t value;

	if (sqlite3_prepare_v2(rows, sql, -1, &row, NULL) != SQLITE_OK ||
	    sqlite3_step(row) != SQLITE_ROW)
		die(sql);
	value = sqlite3_column_int64(row, 0);
	sqlite3_finalize(row);
	return value;
}

static void run_sql(const char *sql)
{
	if (sqlite3_exec(rows, sql, NULL, NULL, NULL) != SQLITE_OK)
		die(sql);
}

static int64_t fill_rows(void)
{
	struct profile_latch latch;
	sqlite3_stmt *insert;
	uint64_t total = 0, last = 0;
	int64_t before;
	char path[96];

	snprintf(path, sizeof(path), "%s/rows.db", folder);
	if (sqlite3_open(path, &rows) != SQLITE_OK)
		die("no database");
	run_sql("PRAGMA page_size = 1024; PRAGMA journal_mode = WAL;"
		"CREATE TABLE reading(at INTEGER PRIMARY KEY, wh INTEGER);");
	before = one_number("PRAGMA page_count");
	if (sqlite3_prepare_v2(rows, "INSERT INTO reading VALUES(?, ?)", -1,
			       &insert, NULL) != SQLITE_OK)
		die("no statement");
	run_sql("BEGIN");
	for (size_t n = 0; n <= READINGS; n++) {
		if (!latch_of(n, &total, &latch))
			continue;
		sqlite3_bind_int64(insert, 1, (int64_t)latch.slot * 1800);
		sqlite3_bind_int64(insert, 2,
				   (int64_t)(latch.registers[0] - last));
		last = latch.registers[0];
		if (sqlite3_step(insert) != SQLITE_DONE)
			die("a row cannot be inserted");
		sqlite3_reset(insert);
	}
	run_sql("COMMIT");
	sqlite3_finalize(insert);
	if (sqlite3_prepare_v2(rows,
			       "SELECT at, wh FROM reading WHERE at >= ?"
			       " ORDER BY at",
			       -1, &select_rows, NULL) != SQLITE_OK)
		die("no statement");
	return (one_number("PRAGMA page_count") - before) * 1024;
}

static void read_rows(void *context)
{
	FILE *file = fdopen(memfd_create("rows", MFD_CLOEXEC), "w");
	int64_t record[4] = { 0 };

	(void)context;
	if (!file)
		die("no memfd");
	sqlite3_bind_int64(select_rows, 1, 0);
	while (sqlite3_step(select_rows) == SQLITE_ROW) {
		record[0] = sqlite3_column_int64(select_rows, 0);
		record[1] = sqlite3_column_int64(select_rows, 1);
		record[2] += record[1];
		if (!fwrite(record, sizeof(record), 1, file))
			die("no room");
	}
	sqlite3_reset(select_rows);
	fclose(file);
}

/* --- values alone */

struct values {
	uint64_t values[PROFILE_LATCHES];
	uint8_t octets[4 * PROFILE_LATCHES];
	size_t n, len;
};

static void encode(void *context)
{
	struct values *v = context;

	v->len = values_encode(v->values, v->n, v->octets, sizeof(v->octets));
}

static void decode(void *context)
{
	struct values *v = context;

	if (!values_decode(SPAN(v->octets, v->len), v->values, v->n))
		die("values cannot be read");
}

static void plain_copy(void *context)
{
	struct values *v = context;

	memcpy(v->octets, v->values, sizeof(v->octets) / 2);
	__asm__ volatile("" : : "r"(v->octets) : "memory");
}

static void bench_values(void)
{
	static struct values v;
	double copied;

	v.n = PROFILE_LATCHES - 1;
	for (size_t n = 0; n < v.n; n++)
		v.values[n] = amounts[n];
	copied = median_ms(plain_copy, &v) * 1e6 / (double)v.n;
	report("storage_encode", median_ms(encode, &v) * 1e6 / (double)v.n,
	       "ns/half hour (baseline: copying 64 bits)", copied);
	report("storage_decode", median_ms(decode, &v) * 1e6 / (double)v.n,
	       "ns/half hour (baseline: copying 64 bits)", copied);
}

/* --- over the bus */

static pid_t spawn(const char *const argv[], int out)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	if (out >= 0)
		dup2(out, STDOUT_FILENO);
	execvp(argv[0], (char *const *)argv);
	_exit(127);
}

static void start_bus(void)
{
	char address[256] = "", listen[128], *end;
	const char *const argv[] = {
		"dbus-daemon",	     "--session", "--nofork", "--nopidfile",
		"--print-address=1", listen,	  NULL
	};
	int out[2];

	snprintf(listen, sizeof(listen), "--address=unix:dir=%s", folder);
	if (pipe2(out, O_CLOEXEC))
		die("no pipe");
	children[0] = spawn(argv, out[1]);
	close(out[1]);
	if (read(out[0], address, sizeof(address) - 1) <= 0)
		die("no dbus-daemon");
	close(out[0]);
	end = strchr(address, '\n');
	if (end)
		*end = '\0';
	setenv("DBUS_SESSION_BUS_ADDRESS", address, 1);
}

static void start_storaged(sd_bus *bus)
{
	char self[PATH_MAX], program[PATH_MAX + 16], state[96];
	const char *const argv[] = { program, "--bus=session",
				     "--clock=simulated", state, NULL };
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (len < 0)
		die("no /proc");
	self[len] = '\0';
	snprintf(program, sizeof(program), "%s/storaged", dirname(self));
	snprintf(state, sizeof(state), "--state=%s", folder);
	children[1] = spawn(argv, -1);
	/* The bus says when it has its name. */
	for (int n = 0;; n++) {
		int r = sd_bus_call_method(bus, "uk.hearth.Storage1",
					   "/uk/hearth/storage",
					   "org.freedesktop.DBus.Peer", "Ping",
					   NULL, NULL, NULL);

		if (r >= 0)
			return;
		if (n == 1000)
			die("storaged does not come up");
		usleep(10000);
	}
}

static void ask(void *context)
{
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	const uint64_t *records;
	struct stat seen;
	uint64_t sum = 0;
	int fd;

	if (sd_bus_call_method(context, "uk.hearth.Storage1",
			       "/uk/hearth/storage", "uk.hearth.Storage1",
			       "GetProfile", NULL, &reply, "sstt", METER,
			       "gas-volume", UINT64_C(0), UINT64_C(0)) < 0 ||
	    sd_bus_message_read(reply, "h", &fd) < 0 || fstat(fd, &seen) < 0)
		die("GetProfile failed");
	records =
		mmap(NULL, (size_t)seen.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (records == MAP_FAILED)
		die("no memory");
	for (size_t n = 4; n < (size_t)seen.st_size / 8; n += 4)
		sum += le64toh(records[n + 1]);
	munmap((void *)records, (size_t)seen.st_size);
	for (size_t n = 0; n < READINGS; n++)
		sum -= amounts[n];
	if (sum)
		die("the sum over the bus is wrong");
}

static double bench_bus(void)
{
	sd_bus *bus;
	double ms;

	start_bus();
	if (sd_bus_open_user(&bus) < 0)
		die("no bus");
	start_storaged(bus);
	ms = median_ms(ask, bus);
	sd_bus_close_unref(bus);
	return ms;
}

int main(void)
{
	struct store *store;
	uint64_t ours, plain;
	size_t latches;
	double rows_ms;

	strcpy(folder, "/tmp/hearth-bench-XXXXXX");
	if (!mkdtemp(folder))
		die("no folder");
	atexit(clean_up);
	load_amounts();
	bench_values();
	ours = fill_ours(&store, &latches);
	plain = (uint64_t)fill_rows();
	report("storage_octets", (double)ours / (double)latches,
	       "octets on disk a half hour of one channel, gaps and flags in "
	       "it (baseline: rows in SQLite, without flags)",
	       (double)plain / (double)latches);
	rows_ms = median_ms(read_rows, NULL);
	report("storage_read", median_ms(read_ours, NULL),
	       "ms for 24 months of one channel as records (baseline: rows in "
	       "SQLite)",
	       rows_ms);
	store_close(store);
	report("storage_read_bus", bench_bus(),
	       "ms for the same over D-Bus, summed up by the client (baseline: "
	       "rows in SQLite, without a bus)",
	       rows_ms);
	sqlite3_finalize(select_rows);
	sqlite3_close(rows);
	return 0;
}
