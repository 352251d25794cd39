// SPDX-License-Identifier: LGPL-2.1-or-later
#include "output.h"

#define TEXT_OCTETS 24 /* longer fields are on lines of their own */

void output_hex(FILE *file, struct span s)
{
	for (size_t n = 0; n < s.len; n++)
		fprintf(file, "%02X", s.p[n]);
}

void output_json_string(FILE *file, const char *text)
{
	fputc('"', file);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(file, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			fprintf(file, "\\u%04x", c);
		else
			fputc(c, file);
	}
	fputc('"', file);
}

/* --- text */

static void text_line(struct output *out, const char *name, struct span raw,
		      const char *meaning)
{
	fprintf(out->file, "%*s%s", (int)out->depth * 2, "", name);
	if (raw.len) {
		fputs(": ", out->file);
		if (raw.len > TEXT_OCTETS)
			fprintf(out->file, "(%zu octets) ", raw.len);
		output_hex(out->file, raw);
	}
	/* What a device or a stranger wrote must not move the cursor. */
	if (meaning) {
		fputs("  ", out->file);
		for (; *meaning; meaning++)
			fputc((unsigned char)*meaning < 0x20 ||
					      *meaning == 0x7f ?
				      '.' :
				      *meaning,
			      out->file);
	}
	fputc('\n', out->file);
}

static void text_begin(struct dump *dump, const char *name, struct span raw,
		       const char *meaning)
{
	struct output *out = (struct output *)dump;

	text_line(out, name, raw, meaning);
	out->depth++;
}

static void text_field(struct dump *dump, const char *name, struct span raw,
		       const char *meaning)
{
	text_line((struct output *)dump, name, raw, meaning);
}

static void text_end(struct dump *dump)
{
	((struct output *)dump)->depth--;
}

void output_text(struct output *out, FILE *file)
{
	*out = (struct output){
		{ text_begin, text_field, text_end }, file, 0, true
	};
}

/* --- JSON */

static void json_open(struct output *out, const char *name, struct span raw,
		      const char *meaning)
{
	fprintf(out->file, "%s\n%*s{\"name\": ", out->first ? "" : ",",
		(int)out->depth, "");
	output_json_string(out->file, name);
	if (raw.len) {
		fputs(", \"hex\": \"", out->file);
		output_hex(out->file, raw);
		fputc('"', out->file);
	}
	if (meaning) {
		fputs(", \"meaning\": ", out->file);
		output_json_string(out->file, meaning);
	}
}

static void json_begin(struct dump *dump, const char *name, struct span raw,
		       const char *meaning)
{
	struct output *out = (struct output *)dump;

	json_open(out, name, raw, meaning);
	fputs(", \"fields\": [", out->file);
	out->depth++;
	out->first = true;
}

static void json_field(struct dump *dump, const char *name, struct span raw,
		       const char *meaning)
{
	struct output *out = (struct output *)dump;

	json_open(out, name, raw, meaning);
	fputc('}', out->file);
	out->first = false;
}

static void json_end(struct dump *dump)
{
	struct output *out = (struct output *)dump;

	fputs("]}", out->file);
	out->depth--;
	out->first = false;
}

void output_json(struct output *out, FILE *file)
{
	*out = (struct output){
		{ json_begin, json_field, json_end }, file, 1, true
	};
}
