/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How a decoded message describes itself: every codec walks its structures and
 * calls these, whoever listens makes text or JSON of it. A value comes with
 * the bytes it was decoded from, so nothing has to be believed.
 *
 * dump_field: a leaf. raw may be empty (p NULL) where a field has no bytes of
 * its own; meaning is a text for people and programs ("2015-01-01T00:00:00Z",
 * "success", "1250"), or NULL where there is nothing to add to the bytes.
 * dump_begin/dump_end: a group of fields; raw is its header or empty.
 */
#ifndef HEARTH_DUMP_H
#define HEARTH_DUMP_H

#include <stdarg.h>
#include <stdint.h>

#include "span.h"

struct dump {
	void (*begin)(struct dump *dump, const char *name, struct span raw,
		      const char *meaning);
	void (*field)(struct dump *dump, const char *name, struct span raw,
		      const char *meaning);
	void (*end)(struct dump *dump);
};

static inline void dump_begin(struct dump *dump, const char *name,
			      struct span raw, const char *meaning)
{
	dump->begin(dump, name, raw, meaning);
}

static inline void dump_field(struct dump *dump, const char *name,
			      struct span raw, const char *meaning)
{
	dump->field(dump, name, raw, meaning);
}

static inline void dump_end(struct dump *dump)
{
	dump->end(dump);
}

/* dump_field with a meaning made by printf; texts over 255 bytes are cut. */
void dump_fieldf(struct dump *dump, const char *name, struct span raw,
		 const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif /* HEARTH_DUMP_H */
