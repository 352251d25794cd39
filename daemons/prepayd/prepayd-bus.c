// SPDX-License-Identifier: LGPL-2.1-or-later
/* uk.hearth.Prepayment1, documented in dbus/uk.hearth.Prepayment1.xml. */
#include "prepayd-methods.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* --- what the properties show */

static const char *const states[PREPAY_STATES] = {
	[PREPAY_CREDIT] = "credit",
	[PREPAY_GOOD] = "good",
	[PREPAY_AVAILABLE] = "emergency-available",
	[PREPAY_EMERGENCY] = "emergency",
	[PREPAY_PROTECTED] = "protected",
	[PREPAY_DISABLED] = "disabled",
	[PREPAY_ARMED] = "armed",
};

static const char *want_name(enum prepay_want want)
{
	return want == PREPAY_ON ? "on" : want == PREPAY_ARM ? "arm" : "off";
}

static struct prepayd_view view_of(const struct prepayd_account *account)
{
	const struct prepay *p = &account->p;
	struct prepay_supply supply = prepay_supply(p);
	struct prepayd_view view;

	/* What is between the members is compared, too. */
	memset(&view, 0, sizeof(view));
	view.mode = p->state == PREPAY_CREDIT ? "credit" : "prepayment";
	view.state = states[p->state];
	view.supply = want_name(supply.want);
	view.supply_reason = supply.reason;
	view.balance_mp = p->balance_mp;
	view.emergency_mp = p->emergency_mp;
	view.granted_mp = p->granted_mp;
	memcpy(view.debt_mp, p->debt_mp, sizeof(view.debt_mp));
	view.emergency = p->emergency;
	view.emergency_available =
		prepay_emergency_available(p, &account->settings);
	view.low = p->low;
	view.vulnerable = account->settings.vulnerable;
	if (prepay_locked(p))
		view.locked_until_us =
			(uint64_t)p->locked_until_s * USEC_PER_SEC;
	view.charged_to_us = (uint64_t)p->at_s * USEC_PER_SEC;
	view.token_supplier = account->supplier;
	return view;
}

#define SHOWN(_name, _type, _member, _flags)                            \
	SD_BUS_PROPERTY(_name, _type, NULL,                             \
			offsetof(struct prepayd_object, view) +         \
				offsetof(struct prepayd_view, _member), \
			_flags)

static const struct {
	const char *name;
	size_t at, size;
} signalled[] = {
#define SIGNALLED(_name, _member)                                      \
	{                                                              \
		_name, offsetof(struct prepayd_view, _member),         \
			sizeof(((struct prepayd_view *)NULL)->_member) \
	}
	SIGNALLED("Mode", mode),
	SIGNALLED("State", state),
	SIGNALLED("Supply", supply),
	SIGNALLED("SupplyReason", supply_reason),
	SIGNALLED("Balance", balance_mp),
	SIGNALLED("EmergencyCredit", emergency_mp),
	SIGNALLED("EmergencyCreditGranted", granted_mp),
	SIGNALLED("EmergencyCreditActive", emergency),
	SIGNALLED("EmergencyCreditAvailable", emergency_available),
	SIGNALLED("TimeDebt1", debt_mp[PREPAY_TIME_DEBT_1]),
	SIGNALLED("TimeDebt2", debt_mp[PREPAY_TIME_DEBT_2]),
	SIGNALLED("PaymentDebt", debt_mp[PREPAY_PAYMENT_DEBT]),
	SIGNALLED("AccumulatedDebt", debt_mp[PREPAY_ACCUMULATED_DEBT]),
	SIGNALLED("LowCredit", low),
	SIGNALLED("Vulnerable", vulnerable),
	SIGNALLED("LockedUntil", locked_until_us),
	SIGNALLED("TokenSupplier", token_supplier),
};

void prepayd_bus_changed(struct prepayd_object *object, bool settings)
{
	struct prepayd_view view = view_of(object->account);
	char *names[ARRAY_SIZE(signalled) + 3];
	size_t count = 0;
	int r;

	for (size_t n = 0; n < ARRAY_SIZE(signalled); n++)
		if (memcmp((char *)&view + signalled[n].at,
			   (char *)&object->view + signalled[n].at,
			   signalled[n].size) != 0)
			names[count++] = (char *)(uintptr_t)signalled[n].name;
	if (settings) {
		names[count++] = (char *)(uintptr_t) "Settings";
		names[count++] = (char *)(uintptr_t) "Calendar";
	}
	names[count] = NULL;
	object->view = view;
	if (!count)
		return;
	r = sd_bus_emit_properties_changed_strv(object->prepayd->daemon->bus,
						object->path, PREPAYD_INTERFACE,
						names);
	if (r < 0)
		log_warning("cannot emit a change: %s", strerror(-r));
}

static int get_settings(sd_bus *bus, const char *path, const char *interface,
			const char *property, sd_bus_message *reply,
			void *userdata, sd_bus_error *error)
{
	const struct prepayd_object *object = userdata;

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	return prepayd_append_settings(reply, &object->account->settings);
}

static int get_calendar(sd_bus *bus, const char *path, const char *interface,
			const char *property, sd_bus_message *reply,
			void *userdata, sd_bus_error *error)
{
	const struct prepayd_object *object = userdata;
	int r = sd_bus_message_open_container(reply, 'r',
					      PREPAYD_CALENDAR_TYPES);

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	if (r >= 0)
		r = prepayd_append_calendar(
			reply, &object->account->settings.calendar);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* --- what is read */

static int get_supply(sd_bus_message *message, void *userdata,
		      sd_bus_error *error)
{
	const struct prepayd_object *object = userdata;
	struct prepay_supply supply = prepay_supply(&object->account->p);

	(void)error;
	return sd_bus_reply_method_return(message, "ss", want_name(supply.want),
					  supply.reason);
}

static int get_statement(sd_bus_message *message, void *userdata,
			 sd_bus_error *error)
{
	const struct prepayd_object *object = userdata;
	const struct prepay *p = &object->account->p;

	(void)error;
	return sd_bus_reply_method_return(message, "txxxxxx",
					  (uint64_t)p->at_s * USEC_PER_SEC,
					  p->opening_mp, p->credited_mp,
					  p->consumed_mp, p->standing_mp,
					  p->adjusted_mp, prepay_worth_mp(p));
}

struct listing {
	sd_bus_message *reply;
	uint32_t left;
};

static int append_top_up(const struct prepayd_top_up_record *record,
			 void *userdata)
{
	struct listing *listing = userdata;

	if (!listing->left)
		return 0;
	listing->left--;
	return sd_bus_message_append(listing->reply, "(txxtb)",
				     (uint64_t)record->at_us, record->value_mp,
				     record->balance_mp, record->counter,
				     (int)record->local);
}

static int get_top_ups(sd_bus_message *message, void *userdata,
		       sd_bus_error *error)
{
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	struct prepayd_object *object = userdata;
	struct listing listing;
	int r;

	r = sd_bus_message_read(message, "u", &listing.left);
	if (r < 0)
		return r;
	if (!listing.left)
		listing.left = PREPAYD_TOP_UPS;
	r = sd_bus_message_new_method_return(message, &reply);
	if (r < 0)
		return r;
	listing.reply = reply;
	r = sd_bus_message_open_container(reply, 'a', "(txxtb)");
	if (r >= 0)
		r = prepayd_top_ups(&object->prepayd->service, object->account,
				    append_top_up, &listing);
	if (r < 0)
		return bus_fail(error, r, NULL);
	r = sd_bus_message_close_container(reply);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

/* --- the interface */

#define CHANGES SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE
#define ANYONE SD_BUS_VTABLE_UNPRIVILEGED
#define NONE SD_BUS_NO_ARGS

static const sd_bus_vtable vtable[] = {
	SD_BUS_VTABLE_START(0),
	SHOWN("Mode", "s", mode, CHANGES),
	SHOWN("State", "s", state, CHANGES),
	SHOWN("Supply", "s", supply, CHANGES),
	SHOWN("SupplyReason", "s", supply_reason, CHANGES),
	SHOWN("Balance", "x", balance_mp, CHANGES),
	SHOWN("EmergencyCredit", "x", emergency_mp, CHANGES),
	SHOWN("EmergencyCreditGranted", "x", granted_mp, CHANGES),
	SHOWN("EmergencyCreditActive", "b", emergency, CHANGES),
	SHOWN("EmergencyCreditAvailable", "b", emergency_available, CHANGES),
	SHOWN("TimeDebt1", "x", debt_mp[PREPAY_TIME_DEBT_1], CHANGES),
	SHOWN("TimeDebt2", "x", debt_mp[PREPAY_TIME_DEBT_2], CHANGES),
	SHOWN("PaymentDebt", "x", debt_mp[PREPAY_PAYMENT_DEBT], CHANGES),
	SHOWN("AccumulatedDebt", "x", debt_mp[PREPAY_ACCUMULATED_DEBT],
	      CHANGES),
	SHOWN("LowCredit", "b", low, CHANGES),
	SHOWN("Vulnerable", "b", vulnerable, CHANGES),
	SHOWN("LockedUntil", "t", locked_until_us, CHANGES),
	SHOWN("TokenSupplier", "t", token_supplier, CHANGES),
	SHOWN("ChargedTo", "t", charged_to_us, 0),
	SD_BUS_PROPERTY("Settings", "a{sv}", get_settings, 0, CHANGES),
	SD_BUS_PROPERTY("Calendar", "(" PREPAYD_CALENDAR_TYPES ")",
			get_calendar, 0, CHANGES),
	SD_BUS_METHOD_WITH_ARGS("TopUp", SD_BUS_ARGS("s", utrn),
				SD_BUS_RESULT("s", result, "x", credited, "x",
					      balance),
				prepayd_on_top_up, ANYONE),
	SD_BUS_METHOD_WITH_ARGS("TopUpRemote", SD_BUS_ARGS("s", utrn),
				SD_BUS_RESULT("s", result, "x", credited, "x",
					      balance),
				prepayd_on_top_up_remote, ANYONE),
	SD_BUS_METHOD_WITH_ARGS("ActivateEmergencyCredit", NONE, NONE,
				prepayd_on_activate, ANYONE),
	SD_BUS_METHOD_WITH_ARGS("Consent", NONE, NONE, prepayd_on_consent,
				ANYONE),
	SD_BUS_METHOD_WITH_ARGS("SetMode", SD_BUS_ARGS("s", mode), NONE,
				prepayd_on_set_mode, ANYONE),
	SD_BUS_METHOD_WITH_ARGS("Restore", NONE, NONE, prepayd_on_restore,
				ANYONE),
	SD_BUS_METHOD_WITH_ARGS("SetDebt", SD_BUS_ARGS("s", debt, "x", amount),
				NONE, prepayd_on_set_debt, ANYONE),
	SD_BUS_METHOD_WITH_ARGS("AdjustDebt", SD_BUS_ARGS("s", debt, "x", by),
				NONE, prepayd_on_adjust_debt, ANYONE),
	SD_BUS_METHOD_WITH_ARGS("ClearDebts", NONE, NONE,
				prepayd_on_clear_debts, ANYONE),
	SD_BUS_METHOD_WITH_ARGS("AdjustBalance", SD_BUS_ARGS("x", by), NONE,
				prepayd_on_adjust_balance, ANYONE),
	SD_BUS_METHOD_WITH_ARGS("SetSettings", SD_BUS_ARGS("a{sv}", settings),
				NONE, prepayd_on_set_settings, ANYONE),
	SD_BUS_METHOD_WITH_ARGS("SetCalendar",
				SD_BUS_ARGS("aa(uu)", profiles, "ay", week,
					    "a(iy)", special),
				NONE, prepayd_on_set_calendar, ANYONE),
	SD_BUS_METHOD_WITH_ARGS("SetVulnerable", SD_BUS_ARGS("b", vulnerable),
				NONE, prepayd_on_set_vulnerable, ANYONE),
	SD_BUS_METHOD_WITH_ARGS("SetTokenSupplier",
				SD_BUS_ARGS("t", supplier, "t", floor), NONE,
				prepayd_on_set_supplier, ANYONE),
	SD_BUS_METHOD_WITH_ARGS("GetSupply", NONE,
				SD_BUS_RESULT("s", want, "s", reason),
				get_supply, ANYONE),
	SD_BUS_METHOD_WITH_ARGS("GetStatement", NONE,
				SD_BUS_RESULT("t", at, "x", opening, "x",
					      credits, "x", consumption, "x",
					      standing, "x", adjustments, "x",
					      closing),
				get_statement, ANYONE),
	SD_BUS_METHOD_WITH_ARGS("GetTopUps", SD_BUS_ARGS("u", limit),
				SD_BUS_RESULT("a(txxtb)", top_ups), get_top_ups,
				ANYONE),
	SD_BUS_VTABLE_END
};

int prepayd_bus_start(struct prepayd *prepayd)
{
	sd_bus *bus = prepayd->daemon->bus;
	int r = sd_bus_add_object_manager(bus, NULL, METER_ROOT);

	for (int n = 0; n < PREPAYD_ACCOUNTS && r >= 0; n++) {
		struct prepayd_object *object = &prepayd->object[n];

		object->view = view_of(object->account);
		r = sd_bus_add_object_vtable(bus, NULL, object->path,
					     PREPAYD_INTERFACE, vtable, object);
	}
	return r;
}
