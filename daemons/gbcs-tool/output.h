/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Two listeners for struct dump: an indented text, and JSON. In JSON every
 * group and field is an object of an ordered list:
 *   { "name": ..., "hex": ..., "meaning": ..., "fields": [ ... ] }
 * where hex and meaning are left out if there are none.
 */
#ifndef HEARTH_GBCS_OUTPUT_H
#define HEARTH_GBCS_OUTPUT_H

#include <stdio.h>

#include "../proto/dump.h"

struct output {
	struct dump dump; /* first: the callbacks get it back */
	FILE *file;
	unsigned int depth;
	bool first; /* nothing written yet in this list */
};

void output_text(struct output *out, FILE *file);
void output_json(struct output *out, FILE *file);

/* A JSON string with its quotes. */
void output_json_string(FILE *file, const char *text);
void output_hex(FILE *file, struct span s);

#endif /* HEARTH_GBCS_OUTPUT_H */
