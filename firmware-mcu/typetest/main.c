// SPDX-License-Identifier: MIT
/*
 * The numerical type test: the firmware's arithmetic, compiled for this
 * machine, against waveforms of which the truth is known.
 *
 *   mcu-typetest [--json FILE]   every point, the result as a table
 *   test-mcu-typetest            fewer and shorter, TAP
 *
 * The exit status is 1 when a point is beyond its limit. The name of the
 * program says which of the two it is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "points.h"
#include "report.h"

#define DEFAULT_WAVEFORMS "../shared/data/waveforms"

int main(int argc, char *argv[])
{
	bool reduced = !!strstr(argv[0], "test-mcu-");
	const char *waveforms = getenv("HEARTH_WAVEFORMS");
	const char *json = NULL;

	if (argc == 3 && !strcmp(argv[1], "--json")) {
		json = argv[2];
	} else if (argc != 1) {
		fprintf(stderr, "usage: %s [--json FILE]\n", argv[0]);
		return 2;
	}
	report_start(reduced ? REPORT_TAP : REPORT_TABLE);
	points_arithmetic(reduced);
	points_load(reduced);
	points_influence(reduced);
	points_waves(reduced);
	points_appliances(waveforms && *waveforms ? waveforms :
						    DEFAULT_WAVEFORMS);
	points_starting(reduced);
	points_no_load(reduced);
	points_day(reduced);
	points_year(reduced);
	return report_end(json) ? 1 : 0;
}
