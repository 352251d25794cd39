// SPDX-License-Identifier: LGPL-2.1-or-later
/* uk.hearth.Supply1, documented in dbus/uk.hearth.Supply1.xml. */
#include "supplyd.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static struct supplyd_meter *meter_of(struct supplyd_object *object)
{
	return &object->manager->supplyd.meter[object->which];
}

/* --- methods */

static int done(struct supplyd_object *object, sd_bus_message *message, int r,
		const char *why, sd_bus_error *error)
{
	supplyd_bus_changed(object->manager);
	if (r < 0)
		return bus_fail(error, r, why);
	return sd_bus_reply_method_return(message, NULL);
}

static int may_request(sd_bus_message *message, int owner, sd_bus_error *error)
{
	switch (owner) {
	case SUPPLY_SUPPLIER:
	case SUPPLY_TAMPER:
		return bus_require(message, BUS_SUPPLIER, error);
	case SUPPLY_LOCAL:
		return bus_require(message, BUS_LOCAL, error);
	default:
		return bus_fail(error, -EINVAL,
				"owner: supplier, tamper or local");
	}
}

static const char *why_not(int r)
{
	return r == -ENODEV ? "this meter has no switch, or none yet" : NULL;
}

static int request(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	struct supplyd_object *object = userdata;
	struct supplyd_manager *manager = object->manager;
	const char *what, *owner;
	int r, who, wanted;

	r = sd_bus_message_read(message, "ss", &what, &owner);
	if (r < 0)
		return r;
	who = supply_owner_of(owner);
	r = may_request(message, who, error);
	if (r < 0)
		return r;
	wanted = supply_request_of(what);
	if (wanted < 0)
		return bus_fail(error, -EINVAL, "enable, arm or disable");
	r = supplyd_request(&manager->supplyd, object->which,
			    (enum supply_owner)who, (enum supply_request)wanted,
			    supplyd_now_us(manager));
	return done(object, message, r,
		    r == -EPERM ? "not from this state: what is on cannot be "
				  "armed, and gas not be enabled from afar" :
				  why_not(r),
		    error);
}

/* Follow what prepayment wants now, if it is there to say so. */
static int follow(struct supplyd_object *object, enum supply_state *ret_want)
{
	struct supplyd_manager *manager = object->manager;
	char reason[SUPPLY_REASON_SIZE];
	int r = supplyd_ask_prepayment(manager->daemon->bus, object->path,
				       ret_want, reason);

	return r < 0 ? r :
		       supplyd_follow(&manager->supplyd, object->which,
				      *ret_want, reason,
				      supplyd_now_us(manager));
}

static int refuse(struct supplyd_object *object, sd_bus_error *error)
{
	const struct supply *s = &meter_of(object)->supply;
	char why[128];

	if (supply_state(s) == SUPPLY_ENABLED)
		return bus_fail(error, -EALREADY, "supply is on already");
	if (supply_state(s) == SUPPLY_DISABLED) {
		snprintf(why, sizeof(why), "supply is held off: %s %s",
			 supply_owner_text(supply_reason(s)),
			 s->hold[supply_reason(s)].reason);
		return bus_fail(error, -EPERM, why);
	}
	if (s->flow)
		return bus_fail(error, -EPERM,
				"gas flows although the valve is shut");
	return 0;
}

/* Prepayment lifts its own hold first, or would take back what follows. That
 * of gas may be armed here only, for a person to come: then it wants it on.
 */
static int consent_of_prepayment(struct supplyd_object *object,
				 enum supply_state want, sd_bus_error *error)
{
	int r;

	if (want == SUPPLY_ENABLED)
		return 0;
	r = supplyd_prepayment_consent(object->manager->daemon->bus,
				       object->path, error);
	if (r < 0)
		return r;
	r = follow(object, &want);
	if (r < 0)
		return bus_fail(error, r, "prepayment does not answer");
	return want == SUPPLY_ENABLED ?
		       0 :
		       bus_fail(error, -EPERM, "prepayment still holds it");
}

static int prepare_consent(struct supplyd_object *object, sd_bus_error *error)
{
	enum supply_state want;
	int asked = follow(object, &want), r = refuse(object, error);

	if (r < 0 || meter_of(object)->supply.hold[SUPPLY_PREPAYMENT].state !=
			     SUPPLY_ARMED)
		return r;
	return asked < 0 ?
		       bus_fail(error, asked, "prepayment does not answer") :
		       consent_of_prepayment(object, want, error);
}

static int consent(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	struct supplyd_object *object = userdata;
	struct supplyd_manager *manager = object->manager;
	int r = bus_require(message, BUS_LOCAL, error);

	if (r < 0)
		return r;
	r = prepare_consent(object, error);
	if (r < 0) {
		supplyd_bus_changed(manager);
		return r;
	}
	r = supplyd_consent(&manager->supplyd, object->which,
			    supplyd_now_us(manager));
	/* Prepayment's was the only hold, and following it did all. */
	if (r == -EALREADY)
		r = 0;
	return done(object, message, r, why_not(r), error);
}

static int set_load_limit(sd_bus_message *message, void *userdata,
			  sd_bus_error *error)
{
	struct supplyd_object *object = userdata;
	struct supplyd_manager *manager = object->manager;
	struct supply_limit limit = { 0 };
	uint32_t period_s, restoration_s;
	int active, disables, arms, r;
	const char *why = NULL;
	uint64_t mw;

	r = bus_require(message, BUS_SUPPLIER, error);
	if (r < 0)
		return r;
	r = sd_bus_message_read(message, "btubub", &active, &mw, &period_s,
				&disables, &restoration_s, &arms);
	if (r < 0)
		return r;
	limit.active = active;
	limit.threshold_mw = mw > INT64_MAX ? INT64_MAX : (int64_t)mw;
	limit.period_s = period_s;
	limit.disables = disables;
	limit.restoration_s = restoration_s;
	limit.arms = arms;
	r = supply_limit_check(&limit, &why);
	if (!r)
		r = supplyd_set_limit(&manager->supplyd, &limit,
				      supplyd_now_us(manager));
	return done(object, message, r, why, error);
}

static int reset_load_limit_count(sd_bus_message *message, void *userdata,
				  sd_bus_error *error)
{
	struct supplyd_object *object = userdata;
	int r = bus_require(message, BUS_SUPPLIER, error);

	if (r < 0)
		return r;
	r = supplyd_reset_limited(&object->manager->supplyd);
	return done(object, message, r, NULL, error);
}

static int get_holds(sd_bus_message *message, void *userdata,
		     sd_bus_error *error)
{
	const struct supply *s = &meter_of(userdata)->supply;
	CLEANUP(cleanup_message) sd_bus_message *reply = NULL;
	int r = sd_bus_message_new_method_return(message, &reply);

	(void)error;
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(sst)");
	for (int n = 0; r >= 0 && n < SUPPLY_OWNERS; n++)
		if (s->hold[n].state != SUPPLY_ENABLED)
			r = sd_bus_message_append(
				reply, "(sst)", supply_owner_text(n),
				supply_state_text(s->hold[n].state),
				(uint64_t)s->hold[n].since_s * USEC_PER_SEC);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

/* --- properties */

static int get_text(sd_bus *bus, const char *path, const char *interface,
		    const char *property, sd_bus_message *reply, void *userdata,
		    sd_bus_error *error)
{
	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	return sd_bus_message_append(reply, "s", *(const char **)userdata);
}

static int get_detail(sd_bus *bus, const char *path, const char *interface,
		      const char *property, sd_bus_message *reply,
		      void *userdata, sd_bus_error *error)
{
	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	return sd_bus_message_append(reply, "s", (const char *)userdata);
}

static int get_bool(sd_bus *bus, const char *path, const char *interface,
		    const char *property, sd_bus_message *reply, void *userdata,
		    sd_bus_error *error)
{
	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	return sd_bus_message_append(reply, "b", (int)*(const bool *)userdata);
}

static int get_load_limit(sd_bus *bus, const char *path, const char *interface,
			  const char *property, sd_bus_message *reply,
			  void *userdata, sd_bus_error *error)
{
	const struct supply_limit *limit = &meter_of(userdata)->limit;

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	return sd_bus_message_append(reply, "(btubub)", (int)limit->active,
				     (uint64_t)limit->threshold_mw,
				     (uint32_t)limit->period_s,
				     (int)limit->disables,
				     (uint32_t)limit->restoration_s,
				     (int)limit->arms);
}

#define SHOWN(field) offsetof(struct supplyd_object, shown.field)
#define METHOD(name, in, out, fn) \
	SD_BUS_METHOD(name, in, out, fn, SD_BUS_VTABLE_UNPRIVILEGED)
#define PROPERTY(name, type, fn, offset)        \
	SD_BUS_PROPERTY(name, type, fn, offset, \
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)
#define OF_ALL_METERS                                                   \
	METHOD("Request", "ss", "", request),                           \
		METHOD("Consent", "", "", consent),                     \
		METHOD("GetHolds", "", "a(sst)", get_holds),            \
		PROPERTY("State", "s", get_text, SHOWN(state)),         \
		PROPERTY("Reason", "s", get_text, SHOWN(reason)),       \
		PROPERTY("Detail", "s", get_detail, SHOWN(detail)),     \
		PROPERTY("Since", "t", NULL, SHOWN(since_us)),          \
		PROPERTY("Commanded", "s", get_text, SHOWN(commanded)), \
		PROPERTY("Sensed", "s", get_text, SHOWN(sensed)),       \
		PROPERTY("Mismatch", "b", get_bool, SHOWN(mismatch)),   \
		PROPERTY("UncontrolledFlow", "b", get_bool, SHOWN(flow))

static const sd_bus_vtable gas_vtable[] = { SD_BUS_VTABLE_START(0),
					    OF_ALL_METERS, SD_BUS_VTABLE_END };

static const sd_bus_vtable electricity_vtable[] = {
	SD_BUS_VTABLE_START(0),
	OF_ALL_METERS,
	METHOD("SetLoadLimit", "btubub", "", set_load_limit),
	METHOD("ResetLoadLimitCount", "", "", reset_load_limit_count),
	METHOD("SetAuxiliary", "yssyb", "", supplyd_set_controller),
	METHOD("SetAuxiliarySchedule", "a(yyqyuyyyy)a(qyy)", "",
	       supplyd_set_schedule),
	METHOD("SetRandomisedOffset", "q", "", supplyd_set_offset),
	METHOD("CommandAuxiliary", "ysytt", "", supplyd_command_auxiliary),
	METHOD("ResetAuxiliary", "y", "", supplyd_reset_auxiliary),
	METHOD("BoostAuxiliary", "yu", "", supplyd_boost_auxiliary),
	PROPERTY("LoadLimit", "(btubub)", get_load_limit, 0),
	PROPERTY("LoadLimitCount", "u", NULL, SHOWN(limited)),
	PROPERTY("LoadLimitUntil", "t", NULL, SHOWN(until_us)),
	PROPERTY("Auxiliaries", "a(yssybysbt)", supplyd_get_controllers, 0),
	PROPERTY("AuxiliaryCommands", "a(ysytt)", supplyd_get_commands, 0),
	PROPERTY("AuxiliarySchedule", "(a(yyqyuyyyy)a(qyy))",
		 supplyd_get_schedule, 0),
	PROPERTY("RandomisedOffset", "(qq)", supplyd_get_offset, 0),
	SD_BUS_VTABLE_END
};

int supplyd_bus_add(struct supplyd_manager *manager)
{
	sd_bus *bus = manager->daemon->bus;
	int r = sd_bus_add_object_manager(bus, NULL, METER_ROOT);

	for (int n = 0; r >= 0 && n < SUPPLYD_METERS; n++) {
		struct supplyd_object *object = &manager->object[n];

		object->manager = manager;
		object->which = (enum supplyd_which)n;
		snprintf(object->path, sizeof(object->path), "%s/%s",
			 METER_ROOT, manager->supplyd.meter[n].name);
		supplyd_show(object, &object->shown);
		r = sd_bus_add_object_vtable(
			bus, &object->slot, object->path, SUPPLY_INTERFACE,
			n == SUPPLYD_GAS ? gas_vtable : electricity_vtable,
			object);
	}
	return r < 0 ? r : 0;
}

void supplyd_bus_remove(struct supplyd_manager *manager)
{
	for (int n = 0; n < SUPPLYD_METERS; n++)
		manager->object[n].slot =
			sd_bus_slot_unref(manager->object[n].slot);
}
