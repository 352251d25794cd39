/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HEARTH_PREPAYD_H
#define HEARTH_PREPAYD_H

#include "../common/daemon.h"
#include "prepayd-checker.h"
#include "prepayd-service.h"

#define PREPAYD_INTERFACE "uk.hearth.Prepayment1"

/* What the properties show: as sd-bus reads them. */
struct prepayd_view {
	const char *mode, *state, *supply, *supply_reason;
	int64_t balance_mp, emergency_mp, granted_mp;
	int64_t debt_mp[PREPAY_DEBTS];
	int emergency, emergency_available, low, vulnerable;
	uint64_t locked_until_us, charged_to_us, token_supplier;
};

struct prepayd;

/* An account on the bus. */
struct prepayd_object {
	struct prepayd *prepayd;
	struct prepayd_account *account;
	struct prepayd_view view;
	char path[64];
	bool tariffd_away; /* said so */
};

struct prepayd {
	struct daemon *daemon;
	struct prepayd_service service;
	struct prepayd_helper helper;
	const char *keys;
	int failed; /* how the last cycle ended */
	struct prepayd_object object[PREPAYD_ACCOUNTS];
};

/* tariffd on the bus (prepayd-tariff.c). */
struct prepayd_source prepayd_tariff_source(struct prepayd *prepayd);

/* Publish the accounts (prepayd-bus.c). 0 or negative errno. */
int prepayd_bus_start(struct prepayd *prepayd);
/* Something may have changed: look, and signal what has. */
void prepayd_bus_changed(struct prepayd_object *object, bool settings);

/* Settings and calendar as messages have them (prepayd-settings.c). */
int prepayd_append_settings(sd_bus_message *reply,
			    const struct prepay_settings *settings);
int prepayd_append_calendar(sd_bus_message *reply,
			    const struct prepay_calendar *calendar);
/*
 * Change *settings by what the message has: 0, or negative errno with the
 * error set, and *settings is of no more use. -EINVAL: a key that is not
 * known or of another type, or what prepay_settings_check() refuses.
 */
int prepayd_read_settings(sd_bus_message *message,
			  struct prepay_settings *settings,
			  sd_bus_error *error);
int prepayd_read_calendar(sd_bus_message *message,
			  struct prepay_settings *settings,
			  sd_bus_error *error);

#define PREPAYD_CALENDAR_TYPES "aa(uu)aya(iy)"

#endif /* HEARTH_PREPAYD_H */
