/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The reference messages (RTDS), which are not part of this tree: a test that
 * runs over them is skipped, with the reason, where they are not.
 */
#ifndef HEARTH_RTDS_H
#define HEARTH_RTDS_H

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../proto/gbcs-message.h"
#include "test.h"

#define RTDS_DEFAULT_DIR "../shared/rtds"

struct rtds_message {
	const char *path;
	const char *name; /* of the file: use case, case, COMMAND... */
	struct span octets;
	struct gbcs_message msg; /* spans into octets */
};

static inline const char *rtds_dir(void)
{
	const char *dir = getenv("GBCS_RTDS_DIR");

	return dir && *dir ? dir : RTDS_DEFAULT_DIR;
}

/* Files of the folder by pattern, sorted; the test is skipped without any. */
static inline void rtds_glob(const char *pattern, glob_t *ret)
{
	char path[4096];

	assert_true(snprintf(path, sizeof(path), "%s/%s", rtds_dir(), pattern) <
		    (int)sizeof(path));
	if (!glob(path, 0, NULL, ret))
		return;
	print_message("skipped: no %s (GBCS_RTDS_DIR)\n", path);
	skip();
}

static inline int rtds_digit(int c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	       c >= 'A' && c <= 'F' ? c - 'A' + 10 :
				      -1;
}

/* One line of hex digits, as many octets. */
static inline size_t rtds_read(const char *path, uint8_t *ret, size_t room)
{
	FILE *file = fopen(path, "re");
	size_t len = 0;
	int high, low;

	if (!file)
		fail_msg("%s: cannot be read", path);
	while ((high = rtds_digit(getc(file))) >= 0) {
		low = rtds_digit(getc(file));
		if (low < 0 || len == room)
			fail_msg("%s: not hex, or too long", path);
		ret[len++] = (uint8_t)(high << 4 | low);
	}
	fclose(file);
	return len;
}

/*
 * Calls each for every reference message, in the order of their paths; how many
 * there were. Octets end where their memory ends, for the sanitizer to see.
 */
static inline size_t rtds_each(void (*each)(const struct rtds_message *m,
					    void *context),
			       void *context)
{
	static uint8_t octets[GBCS_MESSAGE_MAX];
	const char *why = NULL;
	glob_t files;
	size_t n;

	rtds_glob("messages/*/*.HEX", &files);
	for (n = 0; n < files.gl_pathc; n++) {
		struct rtds_message m = { .path = files.gl_pathv[n] };
		size_t len = rtds_read(m.path, octets, sizeof(octets));
		uint8_t *copy = malloc(len + !len);

		assert_non_null(copy);
		memcpy(copy, octets, len);
		m.octets = SPAN(copy, len);
		m.name = strrchr(m.path, '/') + 1;
		if (gbcs_message_decode(m.octets, &m.msg, &why))
			fail_msg("%s: %s", m.path, why);
		each(&m, context);
		free(copy);
	}
	globfree(&files);
	return n;
}

#endif /* HEARTH_RTDS_H */
