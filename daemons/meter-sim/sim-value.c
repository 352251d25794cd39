// SPDX-License-Identifier: LGPL-2.1-or-later
/* What comes back: values as text, and comparing them. */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim-args.h"

struct out {
	char *at;
	size_t room;
};

static void put(struct out *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void put(struct out *out, const char *format, ...)
{
	va_list list;
	int len;

	va_start(list, format);
	len = vsnprintf(out->at, out->room, format, list);
	va_end(list);
	if (len < 0)
		return;
	if ((size_t)len >= out->room)
		len = (int)out->room - 1;
	out->at += len;
	out->room -= (size_t)len;
}

static int put_basic(sd_bus_message *m, char type, struct out *out)
{
	union {
		uint8_t y;
		int b, i;
		int16_t n;
		uint16_t q;
		uint32_t u;
		int64_t x;
		uint64_t t;
		double d;
		const char *s;
	} v;
	int r = sd_bus_message_read_basic(m, type, &v);

	if (r < 0)
		return r;
	switch (type) {
	case 'y':
		put(out, "%u", v.y);
		break;
	case 'b':
		put(out, "%s", v.b ? "true" : "false");
		break;
	case 'n':
		put(out, "%d", v.n);
		break;
	case 'q':
		put(out, "%u", v.q);
		break;
	case 'i':
		put(out, "%d", v.i);
		break;
	case 'h':
		put(out, "(a file)");
		break;
	case 'u':
		put(out, "%" PRIu32, v.u);
		break;
	case 'x':
		put(out, "%" PRId64, v.x);
		break;
	case 't':
		put(out, "%" PRIu64, v.t);
		break;
	case 'd':
		put(out, "%g", v.d);
		break;
	default:
		put(out, "%s", v.s);
	}
	return 0;
}

static bool is_container(char type)
{
	return strchr("arev", type);
}

/*
 * All to the end of the container that was entered, or the next value only. 0
 * or negative errno.
 */
static int put_values(sd_bus_message *m, bool all, struct out *out)
{
	const char *contents;
	bool first = true;
	char type;
	int r;

	for (;;) {
		r = sd_bus_message_peek_type(m, &type, &contents);
		if (r <= 0)
			return r;
		if (!first)
			put(out, " ");
		first = false;
		if (is_container(type)) {
			r = sd_bus_message_enter_container(m, type, contents);
			if (r >= 0)
				r = put_values(m, true, out);
			if (r >= 0)
				r = sd_bus_message_exit_container(m);
		} else {
			r = put_basic(m, type, out);
		}
		if (r < 0 || !all)
			return r < 0 ? r : 0;
	}
}

/* Go into variants, and pass over so many values. */
static int go_to(sd_bus_message *m, unsigned long skip)
{
	const char *contents;
	char type;
	int r;

	for (; skip; skip--) {
		r = sd_bus_message_skip(m, NULL);
		if (r <= 0)
			return r < 0 ? r : -ENOENT;
	}
	for (;;) {
		r = sd_bus_message_peek_type(m, &type, &contents);
		if (r <= 0)
			return r < 0 ? r : -ENOENT;
		if (type != 'v')
			return 0;
		r = sd_bus_message_enter_container(m, type, contents);
		if (r < 0)
			return r;
	}
}

static int enter(sd_bus_message *m)
{
	const char *contents;
	char type;
	int r = sd_bus_message_peek_type(m, &type, &contents);

	if (r <= 0 || !is_container(type))
		return r < 0 ? r : -ENOENT;
	return sd_bus_message_enter_container(m, type, contents);
}

int sim_value_text(sd_bus_message *message, const char *path, char *ret,
		   size_t room)
{
	struct out out = { ret, room };
	char *end;
	int r = 0;

	*ret = '\0';
	if (*path)
		r = go_to(message, strtoul(path, &end, 10));
	else if (sd_bus_message_is_empty(message))
		return 0;
	else
		return put_values(message, true, &out);
	for (path = end; r >= 0 && *path == '.'; path = end) {
		r = enter(message);
		if (r >= 0)
			r = go_to(message, strtoul(path + 1, &end, 10));
		if (r < 0)
			break;
	}
	/* -ENXIO: the container has no more. */
	if (r < 0 || *path)
		return r == -ENXIO || r >= 0 ? -ENOENT : r;
	return put_values(message, false, &out);
}

static bool number(const char *text, int64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoll(text, &end, 10);
	return end != text && !*end && !errno;
}

int sim_value_compare(const char *left, const char *op, const char *right)
{
	int64_t a, b;
	bool numbers = number(left, &a) && number(right, &b);
	int order = numbers ? (a > b) - (a < b) : strcmp(left, right);

	if (!strcmp(op, "=="))
		return !order;
	if (!strcmp(op, "!="))
		return !!order;
	if (!strcmp(op, "<"))
		return numbers ? order < 0 : -EINVAL;
	if (!strcmp(op, "<="))
		return numbers ? order <= 0 : -EINVAL;
	if (!strcmp(op, ">"))
		return numbers ? order > 0 : -EINVAL;
	if (!strcmp(op, ">="))
		return numbers ? order >= 0 : -EINVAL;
	return -EINVAL;
}
