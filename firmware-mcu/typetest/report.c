// SPDX-License-Identifier: MIT
#include "report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_RESULTS 6000
#define MAX_GROUPS 40

struct result {
	char point[48];
	const char *quantity, *unit;
	double amps, pf, limit, error;
	int group;
};

struct group {
	const char *name, *limits, *skipped;
	int results, failed;
	const struct result *nearest; /* to its limit */
};

static struct result results[MAX_RESULTS];
static struct group groups[MAX_GROUPS];
static int n_results, n_groups;
static enum report_form form;
static time_t started;

static double share(const struct result *res)
{
	return fabs(res->error) / res->limit;
}

static bool failed(const struct result *res)
{
	return !(fabs(res->error) <= res->limit);
}

static void print_result(const char *before, const struct result *res)
{
	printf("%s%-34s %-5s %9.5f %+10.6f %9.5f %-6s%s\n", before, res->point,
	       res->quantity, res->limit, res->error,
	       res->limit - fabs(res->error), res->unit,
	       failed(res) ? " FAILED" : "");
}

static void end_group(void)
{
	const struct group *group;

	if (!n_groups || form != REPORT_TAP)
		return;
	group = &groups[n_groups - 1];
	if (group->skipped) {
		printf("ok %d - %s # SKIP %s\n", n_groups, group->name,
		       group->skipped);
	} else {
		printf("%sok %d - %s: %d results", group->failed ? "not " : "",
		       n_groups, group->name, group->results);
		if (group->nearest)
			printf(", the nearest at %.1f %% of its limit (%s, %s)",
			       100 * share(group->nearest),
			       group->nearest->point, group->nearest->quantity);
		printf("\n");
	}
	fflush(stdout);
}

void report_group(const char *name, const char *limits)
{
	end_group();
	if (n_groups == MAX_GROUPS)
		exit(2);
	groups[n_groups++] = (struct group){ .name = name, .limits = limits };
	if (form == REPORT_TABLE)
		printf("\n%s (%s), after %ld s\n%-34s %-5s %9s %10s %9s\n",
		       name, limits, (long)(time(NULL) - started), "load point",
		       "", "limit", "error", "margin");
	fflush(stdout);
}

void report_add(const char *point, const char *quantity, double amps, double pf,
		double limit, double error, const char *unit)
{
	struct group *group = &groups[n_groups - 1];
	struct result *res = &results[n_results++];

	if (n_results > MAX_RESULTS)
		exit(2);
	snprintf(res->point, sizeof(res->point), "%s", point);
	res->quantity = quantity;
	res->unit = unit;
	res->amps = amps;
	res->pf = pf;
	res->limit = limit;
	res->error = error;
	res->group = n_groups - 1;
	group->results++;
	if (!group->nearest || !(share(res) <= share(group->nearest)))
		group->nearest = res;
	group->failed += failed(res);
	if (form == REPORT_TABLE)
		print_result("", res);
	else if (failed(res))
		print_result("# ", res);
	fflush(stdout);
}

void report_progress(double done)
{
	static int tenth;
	int now = (int)(10 * done);

	if (form != REPORT_TABLE || now == tenth)
		return;
	tenth = now;
	if (now > 0 && now < 10)
		fprintf(stderr, "%d %%, after %ld s\n", 10 * now,
			(long)(time(NULL) - started));
}

void report_skip(const char *why)
{
	groups[n_groups - 1].skipped = why;
	if (form == REPORT_TABLE)
		printf("skipped: %s\n", why);
}

void report_start(enum report_form as)
{
	form = as;
	started = time(NULL);
}

static void write_json(FILE *out)
{
	fprintf(out, "{\n \"groups\": [");
	for (int n = 0; n < n_groups; n++) {
		const struct group *group = &groups[n];

		fprintf(out,
			"%s\n  {\"name\": \"%s\", \"limits\": \"%s\", "
			"\"results\": %d, \"failed\": %d, \"worst_share\": ",
			n ? "," : "", group->name, group->limits,
			group->results, group->failed);
		if (group->nearest)
			fprintf(out, "%.6g}", share(group->nearest));
		else
			fprintf(out, "null}");
	}
	fprintf(out, "\n ],\n \"results\": [");
	for (int n = 0; n < n_results; n++) {
		const struct result *res = &results[n];

		fprintf(out,
			"%s\n  {\"group\": \"%s\", \"point\": \"%s\", "
			"\"quantity\": \"%s\", \"amps\": %g, \"pf\": %.4f, "
			"\"limit\": %g, \"error\": %.9g, \"unit\": \"%s\"}",
			n ? "," : "", groups[res->group].name, res->point,
			res->quantity, res->amps, res->pf, res->limit,
			res->error, res->unit);
	}
	fprintf(out, "\n ]\n}\n");
}

static void print_summary(void)
{
	printf("\n%-44s %7s %7s   %s\n", "group", "results", "failed",
	       "nearest to its limit");
	for (int n = 0; n < n_groups; n++) {
		const struct group *group = &groups[n];
		const struct result *res = group->nearest;

		printf("%-44s %7d %7d   ", group->name, group->results,
		       group->failed);
		if (res)
			printf("%s %s %+.5f of %g %s\n", res->point,
			       res->quantity, res->error, res->limit,
			       res->unit);
		else
			printf("%s\n", group->skipped);
	}
}

int report_end(const char *json_path)
{
	int bad = 0;

	end_group();
	for (int n = 0; n < n_groups; n++)
		bad += groups[n].failed;
	if (form == REPORT_TAP)
		printf("1..%d\n", n_groups);
	else
		print_summary();
	if (json_path) {
		FILE *out = fopen(json_path, "we");

		if (!out) {
			perror(json_path);
			exit(2);
		}
		write_json(out);
		fclose(out);
		printf("%s%d results in %ld s, written to %s\n",
		       form == REPORT_TAP ? "# " : "\n", n_results,
		       (long)(time(NULL) - started), json_path);
	}
	return bad;
}
