/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of meters, channels and logs, as on the bus and as on disk. Pure. */
#ifndef HEARTH_METERS_H
#define HEARTH_METERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "profile.h"

struct meter_kind {
	const char *name; /* "electricity": before the number */
	uint8_t id;	  /* on disk */
	bool measured;	  /* metrologyd has it; else its readings are brought */
	bool mains;	  /* it has its supply from where the hub has its own */
	unsigned int channels;
	const char *channel[PROFILE_CHANNELS];
	const char *unit[PROFILE_CHANNELS];
};

#define METERS_EACH 8 /* electricity0 to electricity7, ... */
#define METER_NAME_ROOM 24
#define METER_ID_MAX 0x3f

/* On disk; -EINVAL: no such name. */
int meter_id_of(const char *name);
/* The kind, or NULL: no such id. */
const struct meter_kind *meter_kind_of(int id);
void meter_name_of(int id, char ret[METER_NAME_ROOM]);
/* The number of a channel of the meter; -EINVAL: it has none of the name. */
int meter_channel_of(int id, const char *channel);

#define LOG_DAILY_CONSUMPTION "daily-consumption" /* made, not kept */
#define LOG_ID_MAX 7

/* On disk, from 1; -EINVAL: no log of the name is kept. */
int log_id_of(const char *log);
/* NULL: no such id. */
const char *log_name_of(int id);

#endif /* HEARTH_METERS_H */
