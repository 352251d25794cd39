/* SPDX-License-Identifier: MIT */
/* Results of the type test: as a table, as JSON, as TAP. */
#ifndef HEARTH_TYPETEST_REPORT_H
#define HEARTH_TYPETEST_REPORT_H

#include <stdbool.h>

enum report_form {
	REPORT_TABLE,
	REPORT_TAP
};

/* Starts a group of load points; name and limits' source are for the reader. */
void report_group(const char *name, const char *limits);

/*
 * One result in its unit, the limit being that of its size. amps and pf place
 * it in the plot.
 */
void report_add(const char *point, const char *quantity, double amps, double pf,
		double limit, double error, const char *unit);
/* How much of a long run is done, 0 to 1: a line for each tenth. */
void report_progress(double done);
void report_skip(const char *why);

void report_start(enum report_form form);
/* Ends the run; how many results were beyond their limit. */
int report_end(const char *json_path);

#endif /* HEARTH_TYPETEST_REPORT_H */
