// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ihd-config.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../common/util.h"

const struct ihd_config ihd_config_default = {
	.port = 8080,
	.host_name = "hub",
	.price_mp_per_kwh = 24860,
	.export_price_mp_per_kwh = 0,
	.low_below_w = 300,
	.high_above_w = 1500,
	.timezone = "Europe/London",
};

static const struct key {
	const char *name;
	size_t offset;
	size_t text; /* room of a text; 0: a number */
	int64_t min, max;
} keys[] = {
#define NUMBER(_name, _min, _max)                                         \
	{                                                                 \
#_name, offsetof(struct ihd_config, _name), 0, _min, _max \
	}
#define TEXT(_name)                                                   \
	{                                                             \
#_name, offsetof(struct ihd_config, _name),           \
			sizeof(((struct ihd_config *)0)->_name), 0, 0 \
	}
	NUMBER(port, 0, 65535),
	TEXT(bind),
	TEXT(host_name),
	NUMBER(price_mp_per_kwh, -1000000, 1000000),
	NUMBER(export_price_mp_per_kwh, -1000000, 1000000),
	NUMBER(low_below_w, 0, 100000),
	NUMBER(high_above_w, 0, 100000),
	TEXT(timezone),
};

static bool printable(const char *text)
{
	for (; *text; text++)
		if (!isgraph((unsigned char)*text))
			return false;
	return true;
}

static char *trim(char *text)
{
	size_t len;

	while (*text == ' ' || *text == '\t')
		text++;
	len = strlen(text);
	while (len && strchr(" \t\r", text[len - 1]))
		text[--len] = 0;
	return text;
}

static int set(struct ihd_config *config, const struct key *key,
	       const char *value, char *message, size_t room)
{
	void *field = (char *)config + key->offset;

	if (!key->text) {
		if (!parse_int(value, key->min, key->max, field))
			return 0;
		snprintf(message, room,
			 "%s: \"%s\" is not a whole number from %lld to %lld",
			 key->name, value, (long long)key->min,
			 (long long)key->max);
		return -EINVAL;
	}
	if (strlen(value) < key->text && printable(value)) {
		strcpy(field, value);
		return 0;
	}
	snprintf(message, room, "%s: too long, or not a single word",
		 key->name);
	return -EINVAL;
}

static int take_line(struct ihd_config *config, char *line, char *message,
		     size_t room)
{
	char *name = trim(line), *value = strchr(line, '=');

	if (!*name || *name == '#')
		return 0;
	if (!value) {
		snprintf(message, room, "\"%s\": expected key = value", name);
		return -EINVAL;
	}
	*value++ = 0;
	name = trim(name);
	for (size_t n = 0; n < ARRAY_SIZE(keys); n++)
		if (!strcmp(name, keys[n].name))
			return set(config, &keys[n], trim(value), message,
				   room);
	snprintf(message, room, "unknown key \"%s\"", name);
	return -EINVAL;
}

int ihd_config_parse(struct ihd_config *config, const char *text, size_t len,
		     char *message, size_t room)
{
	struct ihd_config next = *config;
	char line[256], why[200] = "";
	unsigned int number = 0;

	while (len) {
		const char *end = memchr(text, '\n', len);
		size_t part = end ? (size_t)(end - text) : len;

		number++;
		if (part >= sizeof(line) || memchr(text, 0, part)) {
			snprintf(message, room,
				 "line %u: too long, or not text", number);
			return -EINVAL;
		}
		memcpy(line, text, part);
		line[part] = 0;
		if (take_line(&next, line, why, sizeof(why))) {
			snprintf(message, room, "line %u: %s", number, why);
			return -EINVAL;
		}
		part += end ? 1 : 0;
		text += part;
		len -= part;
	}
	if (next.low_below_w > next.high_above_w) {
		snprintf(message, room,
			 "low_below_w (%lld) is above high_above_w (%lld)",
			 (long long)next.low_below_w,
			 (long long)next.high_above_w);
		return -EINVAL;
	}
	*config = next;
	return 0;
}
