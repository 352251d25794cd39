// SPDX-License-Identifier: LGPL-2.1-or-later
#include "meters.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../common/outbox.h"

static const struct meter_kind kinds[] = {
	{
		.name = "electricity",
		.id = 0x10,
		.measured = true,
		.mains = true,
		.channels = 4,
		.channel = { "active-import", "active-export",
			     "reactive-import", "reactive-export" },
		.unit = { "Wh", "Wh", "varh", "varh" },
	},
	{
		.name = "gas",
		.id = 0x20,
		.measured = true,
		.channels = 1,
		.channel = { "gas-volume" },
		.unit = { "dm3" },
	},
	{
		.name = "generation",
		.id = 0x30,
		.channels = 1,
		.channel = { "generation" },
		.unit = { "Wh" },
	},
};

/* Their place is their number on disk. */
static const char *const logs[LOG_ID_MAX + 1] = {
	NULL,	       LOG_EVENT,   LOG_SECURITY,   LOG_POWER,
	LOG_AUXILIARY, LOG_BILLING, LOG_DAILY_READ, LOG_PREPAYMENT_DAILY_READ,
};

int meter_id_of(const char *name)
{
	for (size_t n = 0; n < ARRAY_SIZE(kinds); n++) {
		size_t len = strlen(kinds[n].name);

		if (!strncmp(name, kinds[n].name, len) && name[len] >= '0' &&
		    name[len] < '0' + METERS_EACH && !name[len + 1])
			return kinds[n].id + name[len] - '0';
	}
	return -EINVAL;
}

const struct meter_kind *meter_kind_of(int id)
{
	for (size_t n = 0; n < ARRAY_SIZE(kinds); n++)
		if (id >= kinds[n].id && id < kinds[n].id + METERS_EACH)
			return &kinds[n];
	return NULL;
}

void meter_name_of(int id, char ret[METER_NAME_ROOM])
{
	const struct meter_kind *kind = meter_kind_of(id);

	if (kind)
		snprintf(ret, METER_NAME_ROOM, "%s%d", kind->name,
			 id - kind->id);
	else
		snprintf(ret, METER_NAME_ROOM, "unknown");
}

int meter_channel_of(int id, const char *channel)
{
	const struct meter_kind *kind = meter_kind_of(id);

	for (unsigned int n = 0; kind && n < kind->channels; n++)
		if (!strcmp(kind->channel[n], channel))
			return (int)n;
	return -EINVAL;
}

int log_id_of(const char *log)
{
	for (int n = 1; n <= LOG_ID_MAX; n++)
		if (!strcmp(logs[n], log))
			return n;
	return -EINVAL;
}

const char *log_name_of(int id)
{
	return id >= 1 && id <= LOG_ID_MAX ? logs[id] : NULL;
}
